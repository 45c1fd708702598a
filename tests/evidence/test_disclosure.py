"""Packs with records of their own: what is withheld, by hand, and an attack on made-up packs that finds nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sendneeds as sn
from sendneeds.evidence.area import Area
from sendneeds.evidence.disclosure.cells import cells_of
from sendneeds.evidence.disclosure.protected import FEWEST_ANSWERS, attack_area, cell_name, protect_area
from sendneeds.evidence.disclosure.run_tables import shown_table
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.disclosure.profiles import COUNCIL, PROFILES, profile

CODE = "E06000055"
LISTS = ["area_code", "service", "stage", "snapshot", "weeks_band", "priority", "waiting", "flag"]


def area_of(tables, basis="local"):
    meta = {name: TableMeta(name, "made up", "none", None, basis) for name in tables}
    return Area("made-up", CODE, "Made-up", "local_authority", {}, tables, meta)


def plans(rows):
    """A table of plans of January 2025 from (need, age, plans)."""
    frame = pd.DataFrame(rows, columns=["need", "age", "plans"])
    frame.insert(0, "area_code", CODE)
    frame.insert(1, "census_january", 2025)
    frame["placement"], frame["flag"] = "all", "ok"
    frame["plans"] = frame["plans"].astype("Int64")
    return frame


def withheld(area, **more):
    return {cell.split(" | ", 3)[3] for cell in protect_area(area, **more).withheld["cell"]}


def test_a_published_pack_is_left_as_it_is(bedford):
    found = protect_area(bedford)
    assert found.area is bedford
    assert found.is_open
    assert found.sentences() == []


def test_a_small_count_of_a_local_table_goes_and_so_does_what_gives_it_away():
    table = plans([("all", "all", 60), ("ASD", "all", 3), ("SEMH", "all", 40), ("SLCN", "all", 17)])
    found = protect_area(area_of({"ehc_plans": table}))
    assert withheld(area_of({"ehc_plans": table})) == {"2025 | ASD | all | all", "2025 | SLCN | all | all"}
    shown = found.area.table("ehc_plans").set_index("need")
    assert shown["plans"].dropna().to_dict() == {"all": 60, "SEMH": 40}
    assert shown["flag"].to_dict() == {"all": "ok", "ASD": "suppressed", "SEMH": "ok", "SLCN": "suppressed"}
    assert found.statement()["small_counts_withheld"] == 1
    assert found.statement()["covering_counts_withheld"] == 1


def test_two_tables_that_count_the_same_plans_are_one_system():
    flow = pd.DataFrame(
        [(CODE, 2024, "new_plans", "all", "all", "all", 100, "ok")],
        columns=["area_code", "calendar_year", "stage", "need", "age", "reason", "count", "flag"],
    )
    time = pd.DataFrame(
        [(CODE, 2024, "including", 97, 60, 37, 0, "ok")],
        columns=["area_code", "calendar_year", "exceptions", "issued", "within_20_weeks",
                 "from_20_to_52_weeks", "over_52_weeks", "flag"],
    )  # fmt: skip
    # three new plans were not issued here: nobody printed them, and the two totals would
    gone = withheld(area_of({"ehc_flow": flow, "ehc_timeliness": time}))
    assert gone & {"2024 | new_plans | all | all | all", "2024 | including"}


def test_the_late_are_a_count_though_nobody_prints_them():
    time = pd.DataFrame(
        [(CODE, 2024, "excluding", 30, 28, "ok")],
        columns=["area_code", "calendar_year", "exceptions", "issued", "within_20_weeks", "flag"],
    )
    found = protect_area(area_of({"ehc_timeliness": time}))
    assert len(found.withheld) == 1


def test_rows_of_basis_local_are_the_area_s_own_in_a_mixed_table(bedford):
    table = bedford.table("service_parameters").head(3).copy()
    table["parameter"], table["central"] = ["opening_list", "opening_list", "missed_share"], [3.0, 3.0, 3.0]
    table["basis"] = ["local", "scaled", "local"]
    found = protect_area(area_of({"service_parameters": table}, basis="mixed"))
    assert found.local == ["service_parameters"]
    assert found.area.table("service_parameters")["central"].isna().tolist() == [True, False, False]


def test_a_score_of_few_answers_is_withheld():
    survey = pd.DataFrame(
        {"question": ["a", "b", "c"], "group": "all", "respondents": [FEWEST_ANSWERS - 1, FEWEST_ANSWERS, None],
         "score": [3.1, 3.2, 3.3], "target": 4.0, "year": 2024}
    )  # fmt: skip
    shown = protect_area(area_of({"survey": survey})).area.table("survey")
    assert shown["score"].isna().tolist() == [True, False, True]


def test_what_an_earlier_version_showed_is_known_and_a_small_change_is_withheld():
    first = area_of({"ehc_plans": plans([("all", "all", 60), ("ASD", "all", 20), ("SEMH", "all", 40)])})
    before = protect_area(first).shown
    assert before[cell_name(("ehc_plans", "plans", CODE, 2025, "ASD", "all", "all"))] == 20
    # three more children are recorded, all with autism: the two versions together would say so
    again = area_of({"ehc_plans": plans([("all", "all", 63), ("ASD", "all", 23), ("SEMH", "all", 40)])})
    assert withheld(again) == set()
    assert withheld(again, before=before) >= {"2025 | all | all | all", "2025 | ASD | all | all"}


def test_the_nhs_profile_shows_multiples_of_five():
    table = plans([("all", "all", 63), ("ASD", "all", 23), ("SEMH", "all", 40)])
    shown = protect_area(area_of({"ehc_plans": table}), profile("nhs")).area.table("ehc_plans")
    assert shown["plans"].tolist() == [65, 25, 40]


def test_internal_withholds_nothing_and_says_so():
    table = plans([("all", "all", 60), ("ASD", "all", 3), ("SEMH", "all", 57)])
    found = protect_area(area_of({"ehc_plans": table}), PROFILES["internal"])
    assert found.area.table("ehc_plans")["plans"].tolist() == [60, 3, 57]
    assert not found.may_be_published
    assert "not for publication" in found.sentences()[-1]


def test_every_row_of_a_run_that_repeats_a_record_is_marked():
    area = area_of({"ehc_plans": plans([("all", "all", 60), ("ASD", "all", 3), ("SEMH", "all", 57)])})
    run = pd.DataFrame(
        {"year": [2025, 2025, 2025, 2026], "need": ["all", "ASD", "SEMH", "ASD"],
         "low": [60, 3, 57, 2], "central": [60, 3, 57, 3], "high": [60, 3, 57, 4]}
    )  # fmt: skip
    shown = shown_table(run, protect_area(area))
    assert shown["disclosure"].tolist() == ["own record, may be shown", "withheld", "withheld", ""]
    assert shown["central"].isna().tolist() == [False, True, True, False]
    internal = shown_table(run, protect_area(area, PROFILES["internal"]))
    assert internal["central"].tolist() == [60, 3, 57, 3]
    assert internal["disclosure"].tolist() == ["own record, not for publication"] * 3 + [""]


def test_a_saved_result_and_a_notebook_say_what_they_rest_on(bedford, tmp_path):
    import xarray as xr

    own = replace(
        bedford, meta=bedford.meta | {"ehc_plans": replace(bedford.meta["ehc_plans"], basis="local")}
    )
    for area, expected in ((bedford, False), (own, True)):
        need = sn.project(area, to=2026, draws=10)
        assert ("not for publication" in repr(need)) is expected
        assert ("not for publication" in need._repr_html_()) is expected
        path = need.to_netcdf(tmp_path / "need.nc")
        with xr.open_dataset(path, engine="h5netcdf") as data:
            assert ("not for publication" in data.attrs.get("disclosure", "")) is expected
        assert "disclosure" not in sn.open_result(path).data.attrs


@st.composite
def packs(draw):
    """A pack whose tables are all the area's own: plans by need and age, by need and placement, and a waiting list."""
    counts = st.one_of(st.integers(0, 6), st.integers(0, 60))
    needs, ages = ("ASD", "SEMH", "SLCN", "HI"), ("3", "4", "5")
    cube = np.array(draw(st.lists(counts, min_size=12, max_size=12))).reshape(4, 3)
    rows = [(n, a, cube[i, j]) for i, n in enumerate(needs) for j, a in enumerate(ages)]
    rows += [(n, "all", cube[i].sum()) for i, n in enumerate(needs)]
    rows += [("all", a, cube[:, j].sum()) for j, a in enumerate(ages)]
    table = plans([*rows, ("all", "all", cube.sum() + draw(st.sampled_from([0, 0, 2, 9])))])
    placed = draw(st.lists(counts, min_size=3, max_size=3))
    names = ("Mainstream - academy", "Special - Academy/free schools", "Educated elsewhere - NEET")
    more = plans([("HI", "all", n) for n in placed])
    more["placement"] = names
    bands = draw(st.lists(counts, min_size=7, max_size=7))
    words = ["0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52", "all"]
    waiting = [(CODE, "SLT", "first_appointment", "2025-01-06", b, "all", n, "ok")
               for b, n in zip(words, [*bands, sum(bands)], strict=True)]  # fmt: skip
    lists = pd.DataFrame(waiting, columns=LISTS)
    lists["waiting"] = lists["waiting"].astype("Int64")
    return area_of({"ehc_plans": pd.concat([table, more], ignore_index=True), "waiting_list": lists})


@settings(max_examples=25)
@given(packs(), st.sampled_from(["council", "nhs"]))
def test_no_pack_gives_a_child_away(area, name):
    found = protect_area(area, profile(name))
    assert found.given_away == []
    assert attack_area(area, found).empty
    chosen = profile(name)
    for table, column in (("ehc_plans", "plans"), ("waiting_list", "waiting")):
        shown = found.area.table(table)[column].dropna()
        assert not any(chosen.is_small(n) for n in shown)
        truth = area.table(table)[column][shown.index]
        assert all(abs(a - b) <= chosen.slack for a, b in zip(shown, truth, strict=True))


def test_showing_one_count_more_is_found():
    """The attack can fail: what it clears is cleared only as long as nothing more is shown."""
    area = area_of({"ehc_plans": plans([("all", "all", 60), ("ASD", "all", 3), ("SEMH", "all", 57)])})
    found = protect_area(area)
    assert attack_area(area, found).empty
    more = replace(found, withheld=found.withheld[found.withheld["why"] == "small count"])
    assert attack_area(area, more)[["low", "high"]].values.tolist() == [[3, 3]]


@pytest.mark.slow
def test_the_whole_of_bedford_taken_as_its_own_gives_no_child_away(bedford):
    local = {name: replace(meta, basis="local") for name, meta in bedford.meta.items()}
    area = replace(bedford, meta=local)
    found = protect_area(area)
    assert len(found.withheld) > 100
    assert attack_area(area, found).empty
    system, _ = cells_of(area, COUNCIL)
    assert len(system.sums) > 200
