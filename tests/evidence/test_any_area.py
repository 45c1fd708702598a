"""Any authority by its code or name from a release, without a pack in between."""

import pytest

import sendneeds as sn
from sendneeds.__main__ import main

BEDFORD = "E06000055"


@pytest.mark.parametrize("name", [BEDFORD, "822", 822, "Bedford", " bedford "])
def test_an_area_is_known_by_code_number_and_name(small_release, name):
    area = sn.read_area(name, release=small_release())
    assert (area.code, area.slug, area.folder) == (BEDFORD, "bedford", None)
    assert area.table("ehc_plans").equals(sn.read_sen2(small_release(), BEDFORD).table("ehc_plans"))


def test_a_name_that_no_area_has_is_told_with_the_nearest(small_release):
    with pytest.raises(sn.errors.UnknownNameError, match="Did you mean"):
        sn.read_area("Bedfrod", release=small_release())
    with pytest.raises(sn.errors.UnknownNameError, match="E06000056"):
        sn.read_area("E06000056", release=small_release())
    with pytest.raises(sn.errors.UnknownNameError, match="--release ZIP"):
        sn.open_area("E06000027")


def test_the_areas_of_a_release_are_listed(small_release):
    assert sn.list_areas(release=small_release()).values.tolist() == [
        ["bedford", BEDFORD, "Bedford", "local_authority"]
    ]


def test_every_authority_of_the_release_is_listed(sen2_zip):
    table = sn.list_areas(release=sen2_zip)
    assert table["kind"].value_counts().to_dict() == {"local_authority": 153, "country": 1}
    assert table["slug"].is_unique
    assert table.set_index("slug").loc["torbay", "code"] == "E06000027"


def test_scenarios_of_the_working_folder_are_not_taken_for_the_areas_own(
    small_release, tmp_path, monkeypatch
):
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "one.toml").write_text('name = "one"\n', encoding="utf-8")
    area = sn.read_area(BEDFORD, release=small_release())
    monkeypatch.chdir(tmp_path)
    assert [s.name for s in sn.open_scenarios(area)] == ["baseline"]


def test_one_command_from_the_zip(sen2_zip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["project", "E06000027", "--release", str(sen2_zip), "--draws", "10", "--to", "2026"]) == 0
    assert "2025     1,643" in capsys.readouterr().out  # as published
    assert (tmp_path / "build" / "torbay-need" / "totals.csv").is_file()
    assert main(["project", "bedford", "--population", "p.csv"]) == 2
    assert "--population goes with --release" in capsys.readouterr().err
