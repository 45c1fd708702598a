"""The register of assumptions: each used, with its interval and source; owners and confirmations of a pack."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.foundation.vocabulary import BASES
from sendneeds.scenarios.assumptions import QUALITY, assumptions, slug


@pytest.fixture(scope="module")
def found(result):
    return sn.assumptions(result)


def test_every_figure_that_the_services_used_is_there_with_its_interval_and_source(result, found):
    table = found.entries.set_index("id")
    for row in result.parameters.to_dict("records"):
        own = table.loc[f"{row['service']}.{row['parameter']}"]
        assert (own["low"], own["central"], own["high"]) == (row["low"], row["central"], row["high"])
        assert own["source"] == row["source"]
        assert own["quality"] == QUALITY[row["basis"]]


def test_every_sentence_and_every_lever_is_there(result, found):
    told = found.entries["assumption"].tolist()
    assert set(result.need.assumptions) <= set(told)
    table = found.entries.set_index("id")
    price = table.loc["fill-slt-posts-and-initiative.2.gbp_per_child"]
    assert (price["low"], price["central"], price["high"]) == (500, 700, 900)
    assert price["owner_role"] == "author of the scenario"
    assert found.entries["id"].is_unique


def test_each_basis_has_a_quality():
    assert set(BASES) <= set(QUALITY)
    assert (
        slug("Births start from the 2020 count of age 0 and go on.")
        == "births-start-from-the-2020-count-of-age"
    )


@pytest.fixture(scope="module")
def own(bedford, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "pack"
    shutil.copytree(bedford.folder, folder)
    (folder / "assumptions.csv").write_text(
        "id,owner_role,confirmed_by,confirmed_on,note\n"
        "SLT.slots_per_wte_week,head of therapies,therapy lead,2026-10-01,job plans of 2026\n"
        "SLT.slots_per_wte_wek,head of therapies,,,\n",
        encoding="utf-8",
    )
    return folder


def declare(folder, **changed):
    text = (folder / "area.toml").read_text(encoding="utf-8")
    if "assumptions.csv" not in text:
        lines = [
            "",
            "[[tables]]",
            'file = "assumptions.csv"',
            'title = "Assumptions"',
            'source = "made up"',
            'licence = "x"',
        ]
        more = ["extracted_on = 2026-10-02", 'basis = "local"', 'note = ""', ""]
        (folder / "area.toml").write_text(text + "\n".join([*lines, *more]), encoding="utf-8")


def test_a_pack_may_confirm_one_and_a_wrong_name_is_told(own, result):
    declare(own)
    made = assumptions(replace(result, area=sn.open_area(own)))
    row = made.entries.set_index("id").loc["SLT.slots_per_wte_week"]
    assert (row["owner_role"], row["confirmed_by"], row["confirmed_on"]) == (
        "head of therapies",
        "therapy lead",
        "2026-10-01",
    )
    assert int(made.summary()["confirmed"].sum()) == 1
    assert "SLT.slots_per_wte_week" not in set(made.unconfirmed["id"])
    assert made.unconfirmed["quality"].iloc[0] == "low"
    (note,) = made.notes
    assert (
        "SLT.slots_per_wte_wek, which this run does not assume. Did you mean SLT.slots_per_wte_week" in note
    )


def test_confirmed_by_nobody_on_a_day_is_a_fault(own):
    declare(own)
    path = own / "assumptions.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("therapy lead,2026-10-01", "therapy lead,"), encoding="utf-8")
    faults = sn.check_folder(own)
    path.write_text(before, encoding="utf-8")
    assert [fault.column for fault in faults if "assumptions" in fault.file] == ["confirmed_on"]


def test_it_is_exported_and_saved(found, tmp_path):
    found.entries.to_csv(tmp_path / "assumptions.csv", index=False)
    assert len(pd.read_csv(tmp_path / "assumptions.csv")) == len(found.entries)
    again = sn.open_result(found.to_netcdf(tmp_path / "assumptions.nc"))
    pd.testing.assert_frame_equal(again.entries, found.entries)
