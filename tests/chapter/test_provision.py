"""Places, and care at home: by need, against the preferred mix, and what is not available."""

from dataclasses import replace

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.provision.places import add_places
from sendneeds.chapter.sections.provision.places_charts import add_overflow, add_special
from sendneeds.foundation.vocabulary import BASELINE


def test_resourced_provision_is_given_by_need(chapter, table):
    columns = {r["column"] for r in table(chapter, "places_by_need")}
    assert {"Resourced 2025", "Special 2025", "Independent 2025"} <= columns


def test_places_name_the_observed_mix_and_what_is_scored(chapter, bare, section, table):
    for folder in (chapter, bare):
        assert "England's observed mix stands in" in section(folder, "detail")
        assert "Places commissioned are not available locally" in section(folder, "places")
        assert {r["row"] for r in table(folder, "places_special") if r["row"].endswith("*")} == {
            f"{y}*" for y in range(2031, 2036)
        }
    assert {r["row"] for r in table(chapter, "places_yearly")} >= {"Cost of transport a year"}
    assert {r["row"] for r in table(bare, "places_yearly")} == {"Children awaiting a place"}


def test_all_needs_together_are_the_children_of_the_chart(chapter, table):
    by_need = {
        (r["column"], r["row"]): (r["value"], r["low"], r["high"]) for r in table(chapter, "places_by_need")
    }
    overflow = {
        r["row"]: (r["value"], r["low"], r["high"])
        for r in table(chapter, "places_overflow")
        if r["column"] == "Placed"
    }
    for year in ("2025", "2030", "2035*"):
        assert by_need[f"Independent {year}", "All needs"] == overflow[year]


def test_care_is_given_where_the_pack_has_figures_and_listed_as_a_gap_where_not(
    chapter, bare, section, table
):
    rows = table(chapter, "care_capacity")
    assert len({r["row"] for r in rows}) == 5
    assert {r["basis"] for r in rows} == {"illustrative"}
    text = section(bare, "care")
    for what in ("Short-break nights", "continuing care", "Specialist equipment", "Personal budgets: uptake"):
        assert what in text


def test_a_chapter_without_a_clock_or_places_says_what_would_supply_them(
    bedford, small_run, write_pages, section
):
    chapter = ChapterBuilder(bedford, bedford.england())
    folder = write_pages(chapter, replace(small_run, clock={}, places={}))
    assert "ehc_timeliness.csv" in section(folder, "ehc")
    assert "plans by placement and need" in section(folder, "places")


def test_a_preferred_mix_of_the_pack_is_not_called_englands(bedford, run):
    area = replace(bedford, tables=bedford.tables | {"placement_mix": pd.DataFrame()})
    chapter = ChapterBuilder(area, area.england())
    assert add_places(chapter, run, Horizon.of(run.need)).observed_mix is False
    assert "Wanted by the preferred mix 2030" in chapter.tables["places_by_setting"].head


def test_places_commissioned_are_a_gap_unless_the_pack_has_them_for_both_settings(bedford, run):
    parameters = bedford.table("service_parameters")
    rows = [
        parameters.iloc[[0]].assign(
            service="PLACES",
            parameter=f"commissioned_places_{setting}",
            unit="places",
            low=9,
            central=9,
            high=9,
        )
        for setting in ("resourced", "state_special")
    ]
    filled = []
    for count in (0, 1, 2):
        table = pd.concat([parameters, *rows[:count]], ignore_index=True)
        area = replace(bedford, tables=bedford.tables | {"service_parameters": table})
        chapter = ChapterBuilder(area, area.england())
        filled.append(add_places(chapter, run, Horizon.of(run.need)).filled)
    assert filled == [True, True, False]


def test_places_by_need_and_phase_have_a_table(bedford, run):
    table = pd.DataFrame(
        {
            "academic_year": 2025,
            "setting": "state_special",
            "phase": ["primary", "secondary"],
            "need": "all",
            "commissioned": [200, 260],
        }
    )
    area = replace(bedford, tables=bedford.tables | {"places": table})
    result = sn.project_places(area, run.need)
    two = result.by_setting("placed").sel(setting=["resourced", "state_special"], year=2028)
    assert (result.data["cell_placed"].sel(year=2028).sum("cell") == two.sum("setting")).all()
    chapter = ChapterBuilder(area, area.england())
    add_places(chapter, replace(run, places={BASELINE: result}), Horizon.of(run.need))
    found = chapter.tables["places_by_need_and_phase"]
    rows = {name: cells[0] for name, cells in found.rows}
    assert rows["State-funded special school: all needs, primary"].value == 200
    assert rows["State-funded special school: all needs, secondary"].value == 260


def test_plans_without_a_recorded_placement_are_named_where_places_are(bedford, run, chapter, section):
    """One of Bedford's 2,170 plans, for SEMH, has none in January 2025; thirty would be thirty."""
    assert "1 plan without a recorded placement is shared out" in section(chapter, "places")
    plans = bedford.table("ehc_plans").copy()
    lost = (plans["placement"] == "Placement not recorded") & (plans["census_january"] == 2025)
    for count, told in ((30, " 30 plans have no placement recorded, and count"), (0, None)):
        plans.loc[lost & (plans["need"] != "all"), "plans"] = count
        area = replace(bedford, tables=bedford.tables | {"ehc_plans": plans})
        made = ChapterBuilder(area, area.england())
        assert add_places(made, run, Horizon.of(run.need)).unrecorded.value == count
        note = made.tables["places_by_setting"].note
        assert "placement recorded" not in note if told is None else told in note


@pytest.mark.parametrize(
    ("gap", "then", "special", "independent"),
    [
        (
            (200, 50, 500),
            (150, 60, 320),
            "short by 200 (50 to 500)",
            "would go from 42 to about 150 (60 to 320)",
        ),
        (
            (200, 0, 500),
            (150, 40, 320),
            "may be short by 200 (0 to 500) in 2030",
            "may be more or fewer in 2030 than",
        ),
        (
            (0, 0, 0),
            (30, 20, 40),
            "746 places, as many as they would need",
            "would be no more in 2030 than the 42 of",
        ),
    ],
)
def test_titles_of_charts_are_true_of_their_intervals(bedford, gap, then, special, independent):
    """Ten years in which the last scored has the figures given."""
    chapter = ChapterBuilder(bedford, bedford.england())
    horizon = Horizon(tuple(range(2025, 2036)), 2030)

    def by_year(id, value, low, high):
        made = {"low": low, "high": high, "level": 80} if low < high else {}
        record = Indicator(id, id, value, "children", "2030", "s", "estimate", **made)
        return {year: replace(record, id=f"{id}.{year}") for year in horizon.years}

    there, needed = by_year("there", 746, 0, 0), by_year("needed", 1000, 800, 1200)
    add_special(chapter, horizon, needed, there, by_year("gap", *gap))
    start = {2025: by_year("now", 42, 0, 0)[2025]}
    add_overflow(chapter, horizon, by_year("placed", *then) | start, by_year("sought", 42, 0, 0))
    assert special in chapter.figures["places_special"].title
    assert independent in chapter.figures["places_overflow"].title
