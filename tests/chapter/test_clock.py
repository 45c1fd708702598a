"""The EHC clock: its bases, its record, its draws, and how sure its chances are."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import calendar_year
from sendneeds.chapter.sections.ehc import clock_record
from sendneeds.chapter.sections.ehc.clock import contradicts, reviews_as_published
from sendneeds.chapter.sections.ehc.clock_years import add_chance

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "services.md"


def test_the_clock_says_both_bases_and_what_has_no_record(chapter, bare, section, table):
    assert "excluding exceptions" in section(chapter, "ehc")
    assert "unscored" in section(chapter, "ehc")
    text = section(chapter, "detail")
    assert "educational psychology stays as it is today" in text
    record = {
        r["row"]: r["value"] for r in table(chapter, "ehc_ahead") if r["column"] == "Areas held in a replay"
    }
    assert record["Within 20 weeks, excluding exceptions"] == "unscored"
    assert record["Requests for an assessment"] == "68%"
    alone = {
        r["row"]: r["value"] for r in table(bare, "ehc_ahead") if r["column"] == "Areas held in a replay"
    }
    assert alone["Within 20 weeks, excluding exceptions"] == "81%"  # no staff stand between it and its record
    assert "stays as it is today" not in section(bare, "detail")
    quarters = table(chapter, "ehc_in_time_ahead")
    assert {r["column"] for r in quarters} == {"Excluding exceptions", "Including exceptions"}


def test_the_track_record_is_the_one_documented():
    text = DOCS.read_text(encoding="utf-8")
    held = re.search(r"79 others.*?(?=\n\n)", text, flags=re.DOTALL).group()
    found = {int(h): float(s) for h, s in re.findall(r"\| (\d) \| \d+ \| (\d+) % \|", held)}
    assert found == clock_record.HELD
    replay = text[text.index("The whole clock, replayed for 2024") :]
    for words, id in (
        ("share within 20 weeks, exceptions left out", "in_time.excluding"),
        ("requests", "requests"),
        ("refusals that stand", "refusals"),
        ("assessments", "assessments"),
        ("decisions within six weeks", "decided"),
    ):
        share = re.search(rf"^\| {words} \| (\d+) % \|", replay, flags=re.MULTILINE).group(1)
        assert float(share) == clock_record.REPLAYED[id]


@pytest.mark.parametrize(("ahead", "outside"), [(60.0, False), (80.0, False), (95.0, True), (5.0, True)])
def test_a_share_outside_the_interval_of_the_record_contradicts_it(record, ahead, outside):
    ahead = record("ahead", ahead, "whole percent")
    assert contradicts(ahead, record("past", 50, "whole percent", low=20, high=80)) is outside
    assert contradicts(ahead, None) is False


def test_the_clock_says_its_draws_and_how_sure_its_chances_are(chapter, run, section, table):
    text = section(chapter, "detail")
    assert f"the clock follows {run.clock['baseline'].data.sizes['draw']} draws" in text
    assert re.search(r"with a standard error of \d+\.\d points", text)
    for name in ("ehc_ahead", "options_in_time_chance"):
        chances = [r for r in table(chapter, name) if "chance" in r["indicator"]]
        assert chances
        assert all(
            r["interval_level"] == "95" and float(r["low"]) <= float(r["value"]) <= float(r["high"])
            for r in chances
        )


def test_a_chance_on_which_every_draw_agrees_still_has_an_error(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    found = add_chance(chapter, "chance.60.2026", "", np.zeros(24), 60, calendar_year(2026), "estimate")
    # Wilson: with 0 of 24 the upper end is z^2 / (n + z^2) = 3.8416 / 27.8416
    assert found.number == 0
    assert found.upper_end == pytest.approx(3.8416 / 27.8416, rel=1e-3)
    error = chapter.records["clock.chance.60.2026.error"]
    assert error.number == pytest.approx(100 * (3.8416 / 27.8416) / 3.92, rel=1e-3)


def test_a_chance_counts_draws_at_the_mark(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    draws = np.array([59.9, 60.0, 60.1, 80.0])
    assert add_chance(chapter, "c", "", draws, 60, calendar_year(2026), "estimate").number == 0.75


def test_plans_issued_are_given_with_those_in_progress(chapter, run, bare, section, table):
    assert "The difference stands under way" in section(chapter, "detail")
    assert "The difference stands under way" not in section(
        bare, "detail"
    )  # no staff, nothing waits for them
    rows = table(chapter, "ehc_ahead")
    mine = [r for r in rows if r["indicator"] == "clock.new_plans.2025"]
    new = run.need.data["new_plans"].sel(calendar_year=2025).sum(("plan_need", "age"))
    assert float(mine[0]["value"]) == 10 * round(float(new.median()) / 10)  # as wide as its interval is
    clock = run.clock["baseline"].data
    ends = float(clock["in_progress"].isel(bound=-1).median())
    with (chapter / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        known = {r["id"]: r["value"] for r in csv.DictReader(file)}
    year = int(clock["quarter"].dt.year.values[-1]) + 1
    assert float(known[f"clock.in_progress.{year}"]) == 100 * round(ends / 100)


def test_reviews_are_at_the_published_pace_where_staff_are_fixed_and_the_pack_has_no_number(bedford):
    assert reviews_as_published(bedford, "fixed") is True
    assert reviews_as_published(bedford, "follows_record") is False
    parameters = bedford.table("service_parameters")
    row = parameters.iloc[[0]].assign(
        service="EHC",
        parameter="reviews_held_per_year",
        unit="reviews a year",
        low=900,
        central=900,
        high=900,
    )
    table = pd.concat([parameters, row], ignore_index=True)
    given = replace(bedford, tables=bedford.tables | {"service_parameters": table})
    assert reviews_as_published(given, "fixed") is False
