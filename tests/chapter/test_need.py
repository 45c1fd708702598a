"""Need as published and projected: Bedford's figures worked out by hand from its pack."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.records import IndicatorRecords, calendar_year, january
from sendneeds.chapter.sections.need import families
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.summary import register


def test_what_rests_on_englands_share_has_two_figures_and_no_interval(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    for draws, told in (
        ([3039, 3041, 3042], 3000),
        ([1249, 1251, 1290], 1300),
        ([4, 5, 7], 5),
        ([0, 0, 1], 0),
    ):
        record = chapter.add_rough(f"r.{told}", "Children", draws, "children", "January 2025", "made up")
        assert (record.value, record.interval, record.basis) == (told, None, "scaled")


@pytest.fixture(scope="module")
def figures(chapter):
    with (chapter / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        return {r["id"]: r for r in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("id", "by_hand"),
    [
        ("plans.growth", 100 * (2170 / 1185 - 1)),  # plans of January 2025 and of January 2020
        ("plans.index.2024", 100 * 1899 / 1185),
        ("plans.need_share.ASD", 100 * 541 / 2170),
        ("plans.top_share", 100 * (579 + 541 + 378) / 2170),  # SLCN, ASD, SEMH
        ("rate.ASD.2025", 1000 * 500 / 31_938),  # pupils with a plan for autism, pupils on roll
        ("ehc.unexplained.2024", 2170 - 1899 - 358 + 162),  # closing, opening, new and ended plans
        ("ehc.refused_share", 100 * 153 / (153 + 320)),
        ("time.excluding.2024", 100 * 259 / 349),
        ("time.including.2024", 100 * 259 / 355),
        ("duty.without_notice.share", 100 * 58 / 2170),  # NEET; 98 more have notice that their plan will end
        ("duty.with_notice.count", 98),
        ("record.own.made", 8),  # forecasts from January 2017 to January 2024
    ],
)
def test_published_figures_of_bedford(figures, id, by_hand):
    assert float(figures[id]["value"]) == pytest.approx(by_hand, abs=1e-6)


def test_the_share_of_decisions_has_wilsons_interval(figures):
    # p = 153/473, z = 1.96: centre (p + z^2/2n) / (1 + z^2/n), half-width z/(1 + z^2/n) sqrt(p(1-p)/n + z^2/4n^2)
    n, z = 473, 1.959964
    p = 153 / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    found = figures["ehc.refused_share"]
    assert float(found["low"]) == pytest.approx(100 * (centre - half), abs=1e-3)
    assert float(found["high"]) == pytest.approx(100 * (centre + half), abs=1e-3)


def test_years_that_tables_show_and_those_without_a_record():
    horizon = Horizon(tuple(range(2025, 2036)), scored_to=2030)
    assert horizon.shown == (2025, 2026, 2028, 2030, 2035)
    assert [horizon.label(year) for year in (2030, 2031)] == ["2030", "2031*"]
    assert "Years after 2030 (marked *)" in horizon.note
    short = Horizon((2025, 2026), scored_to=2026)
    assert short.shown == (2025, 2026)
    assert short.note == "The range under a figure is an 80% interval."


def test_the_largest_age_group_needs_every_group(record):
    cells = [record(str(i), value, "plans") for i, value in enumerate((4, 9, 2))]
    largest = families._largest(cells)
    assert (largest.name, largest.plans.number) == ("5 to 7", 9)
    hidden = IndicatorRecords().missing("x", "t", "plans", "January 2025", "a row")
    assert families._largest([*cells, hidden]) is None


def test_a_figure_missing_in_several_years_is_one_gap(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    for year in (2019, 2020, 2022):
        chapter.add_missing(f"a.{year}", "Plans that ended", "plans", calendar_year(year), "a return")
    chapter.add_missing("b.2024", "Appeals", "appeals", calendar_year(2024), "a table")
    chapter.add_published("c", "England's", None, "plans", january(2025), "ehc_plans", area=chapter.england)
    assert register._add_gaps(chapter).number == 2  # England's gaps are not the area's
    assert chapter.tables["gaps"].rows == [
        ("Plans that ended", ["calendar years 2019 to 2022", "a return"]),
        ("Appeals", ["calendar year 2024", "a table"]),
    ]


def test_figures_that_are_england_s_scaled_are_not_set_against_england(
    bedford, small_run, write_pages, section
):
    scaled = {n: replace(bedford.meta[n], basis="scaled") for n in ("population", "pupils", "sen_percent")}
    area = replace(bedford, meta=bedford.meta | scaled)
    folder = write_pages(ChapterBuilder(area, area.england()), small_run)
    level = section(folder, "level")
    assert "England's own share in its place, which says nothing about Bedford" in level
    assert "The share with a plan is" not in level
    assert "EHC plans for each 1,000 residents: not available locally" in level
    with (folder / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        known = {r["id"]: r for r in csv.DictReader(file)}
    assert not any(id.startswith(("share.E.", "expected.", "identified.")) for id in known)
    assert known["plans_rate"]["state"] == "missing"
    assert all(r["low"] == "" for id, r in known.items() if id.startswith("rate.ASD"))


@pytest.mark.usefixtures("undrawn")
def test_figures_far_from_those_beside_them_are_named_under_their_table(bedford, small_run):
    """6,078 new plans in 2022 are a region's; what Bedford has of its own is like the years beside it."""
    flow = bedford.table("ehc_flow").copy()
    rows = (flow["stage"] == "new_plans") & (flow["calendar_year"] == 2022)
    rows &= (flow[["need", "age", "reason"]] == "all").all(axis=1)
    assert rows.sum() == 1
    for count in (6078, int(flow.loc[rows, "count"].iloc[0])):
        flow.loc[rows, "count"] = count
        area = replace(bedford, tables=bedford.tables | {"ehc_flow": flow.copy()})
        chapter = ChapterBuilder(area, area.england())
        compose(chapter, small_run)
        for id in ("ehc_process", "stock_and_flow"):
            told = "check before quoting: new plans in 2022." in chapter.tables[id].note
            assert told is (count == 6078)


@pytest.mark.usefixtures("undrawn")
def test_sen_support_where_a_projection_starts_has_no_interval_of_a_rounding(bedford, small_run):
    """Three in four draws at 4,055 and the rest two off: the figure is 4,055, and the year after keeps its interval."""
    data = small_run.need.data.copy(deep=True)
    data["children"].loc[{"provision": "K"}] = 0
    cell = {"provision": "K", "need": "SLCN", "age": 7}
    draws = np.arange(data.sizes["draw"])
    data["children"].loc[{**cell, "year": 2025}] = np.where(draws % 4 == 0, 4053, 4055)
    data["children"].loc[{**cell, "year": 2026}] = 4000 + 20 * draws
    chapter = ChapterBuilder(bedford, bedford.england())
    found = compose(chapter, replace(small_run, need=replace(small_run.need, data=data))).projection.support
    assert (found[2025].value, found[2025].interval) == (4055, None)
    assert found[2026].interval is not None
