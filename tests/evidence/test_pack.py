"""Packs: opened by name and by folder, every fault at once, findings kept."""

import shutil

import pytest

from sendneeds.evidence.area import open_area
from sendneeds.evidence.pack.read import check_folder, shipped_packs
from sendneeds.evidence.pack.settings import read_settings, settings_text
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import MissingDataError, PackError, UnknownNameError

TOML = '[area]\nslug = "x"\ncode = "E06000055"\nname = "X"\nkind = "local_authority"\n'
PERCENT = "area_code,census_january,provision,percent_of_pupils\nE06000055,2025,K,12.5\n"


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "area.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "sen_percent.csv").write_text(PERCENT, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("slug", ["england", "bedford", "central-bedfordshire", "luton", "milton-keynes"])
def test_every_pack_that_ships_opens(slug):
    area = open_area(slug)
    assert area.slug == slug
    assert area.start.isoformat() == "2025-01-06"
    assert check_folder(slug) == []
    for name, frame in area.tables.items():
        assert len(frame)
        assert area.meta[name].source
    assert all(f.name != "table_without_source" for f in area.findings)


def test_the_area_files_that_ship_are_written_as_sendneeds_writes_them():
    for folder in shipped_packs().values():
        data = (folder / "area.toml").read_bytes()
        assert settings_text(read_settings(data)[0]).encode() == data


def test_a_folder_opens_and_an_unsourced_table_is_taken_for_local(pack):
    area = open_area(pack)
    assert area.table("sen_percent")["percent_of_pupils"].tolist() == [12.5]
    assert area.meta["sen_percent"].basis == "local"
    assert "table_without_source" in {f.name for f in area.findings}
    assert area.england().slug == "england"
    assert open_area(str(pack / "area.toml")).code == area.code


def test_an_unknown_name_gives_the_nearest():
    with pytest.raises(UnknownNameError, match=r"Did you mean bedford.*folder"):
        open_area("bedfrod")
    with pytest.raises(UnknownNameError):
        open_area("no\0such")


def test_a_missing_table_says_what_it_is_for(pack):
    with pytest.raises(MissingDataError, match=r"population\.csv.*how many children live here"):
        open_area(pack).table("population")
    with pytest.raises(UnknownNameError, match="population"):
        open_area(pack).table("populatoin")


def test_every_fault_of_a_pack_is_told_at_once(pack):
    (pack / "area.toml").write_text(
        TOML.replace("local_authority", "town") + '[chaptre]\n[[tables]]\nfile = "gone.csv"\n',
        encoding="utf-8",
    )
    (pack / "sen_percent.csv").write_text(PERCENT.replace("12.5", "x"), encoding="utf-8")
    (pack / "populaton.csv").write_text("a\n1\n", encoding="utf-8")
    found = {f.column or f.file for f in check_folder(pack)}
    expected = {
        "area.kind",
        "chaptre",
        "tables[1].title",
        "tables[1].file",
        "percent_of_pupils",
        "populaton.csv",
    }
    assert expected <= found
    with pytest.raises(PackError, match="population"):
        open_area(pack)


@pytest.mark.parametrize(
    "data", [b"", b"[area", b"\xff\xfe", b"area = 3", b"[area]\nname = 1979-05-27", b"a = " + b"[" * 5000]
)
def test_damaged_settings_are_faults(pack, data):
    (pack / "area.toml").write_bytes(data)
    assert check_folder(pack)


def test_a_byte_order_mark_is_let_pass(pack):
    (pack / "area.toml").write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    assert open_area(pack).name == "X"


def test_a_csv_file_that_nothing_reads_is_a_fault(pack):
    (pack / "notes.csv").write_text("anything\n", encoding="utf-8")
    (pack / "outcome.csv").write_text("outcome,statement\n", encoding="utf-8")
    found = {fault.file: fault for fault in check_folder(pack)}
    assert set(found) == {"notes.csv", "outcome.csv"}
    assert "Take it out" in found["notes.csv"].cure
    assert found["outcome.csv"].cure == "Rename it to outcomes.csv."


@pytest.mark.parametrize(
    ("file", "instead"),
    [
        ("unit_costs.csv", "service_parameters.csv"),
        ("Indicators.csv", "indicator_values.csv"),
        ("ehc_plan.csv", "ehc_plans.csv"),
    ],
)
def test_the_fault_of_an_unread_file_says_where_its_figures_belong(pack, file, instead):
    (pack / file).write_text("a,b\n1,2\n", encoding="utf-8")
    (fault,) = check_folder(pack)
    assert fault.file == file
    assert instead in fault.cure


def test_two_spellings_of_one_file_are_a_fault(pack):
    (pack / "SEN_Percent.CSV").write_text(PERCENT, encoding="utf-8")
    found = check_folder(pack)
    assert not found or "second file" in found[0].found  # one file where the file system knows no case


def test_text_is_escaped_where_it_is_shown(pack):
    (pack / "area.toml").write_text(TOML.replace('"X"', '"<script>"'), encoding="utf-8")
    area = open_area(pack)
    assert "<script>" not in area._repr_html_()
    assert "sen_percent" in repr(area)


def test_every_table_describes_itself():
    for table in TABLES.values():
        assert set(table.key) <= set(table.names())
        assert set(table.values) <= set(table.names())
        assert table.purpose
        assert all(c.description for c in table.columns)


def test_prose_that_is_not_utf8_is_a_fault_with_its_line_before_any_work(tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(shipped_packs()["luton"], folder)
    (folder / "prose").mkdir()
    (folder / "prose" / "summary.md").write_bytes(b"Good\n\nB\xe4d\n")
    (folder / "prose" / "voice.md").write_bytes("Größe\n".encode())
    (folder / "prose" / "needs.md").write_bytes("word".encode("utf-16"))
    assert [(fault.file, fault.row) for fault in check_folder(folder)] == [
        ("prose/needs.md", 1),
        ("prose/summary.md", 3),
    ]
    with pytest.raises(PackError, match="UTF-8"):
        open_area(folder)
