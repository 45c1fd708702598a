"""What stands beside the lists: hidden backlogs, the EHC clock and its record, places, care at home, options' price."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.chapter import build
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import panels
from sendneeds.chapter.charts.lines import Series
from sendneeds.chapter.page import render
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc import clock_record
from sendneeds.chapter.sections.health import backlog_charts, yearly
from sendneeds.chapter.sections.options import compared as options
from sendneeds.chapter.sections.summary import front
from sendneeds.foundation.errors import DomainError

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "services.md"


def section(folder, name):
    text = (folder / "index.html").read_text(encoding="utf-8")
    start = text.index(f'<section id="{name}"')
    plain = re.sub(
        r"<[^>]+>", " ", re.sub(r'src="data:[^"]*"', "", text[start : text.index("</section>", start)])
    )
    return re.sub(r"\s+", " ", plain)


def table(folder, name):
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def kit_with(run, bedford, **figures):
    kit = ChapterBuilder(bedford, bedford.england(), run)
    for id, (value, unit) in figures.items():
        kit.book.add(Indicator(id.replace("__", "."), id, value, unit, "2030", "s", "illustrative"))
    return kit


@pytest.mark.parametrize(
    ("within", "late", "kind", "words"),
    [
        (100.0, 20.0, "hidden", "looks green"),
        (40.0, 20.0, "both", "both wait"),
        (40.0, 0.2, "list", "but only 40%"),
        (100.0, 0.2, "neither", "keep close to time"),
    ],
)
def test_a_green_list_is_never_told_without_what_is_behind_it(run, bedford, within, late, kind, words):
    kit = kit_with(
        run,
        bedford,
        standard__share=(92.0, "whole percent"),
        late__SLT__2030=(late, "weeks on average"),
        list_within__SLT__2030=(within, "whole percent"),
    )
    title, found = backlog_charts._finding(kit, "SLT", [2030])
    assert found == kind
    assert words in title
    assert ("20.0 weeks late" in title) == (late > 1)


def fenced(run, bedford, late):
    """A kit with an option whose sessions come `late` weeks later in 2027 and pile up to 1,512 in July 2027."""
    kit = kit_with(run, bedford)
    kit.facts["ahead"] = ["2027-01", "2027-02", "2027-03"]
    for id, value, unit, period in (
        ("diff.SLT.fence.late", late, "weeks on average", "calendar year 2027"),
        ("overdue_peak.SLT.fence", 1512, "follow-up sessions", "2027-07"),
        ("overdue_peak.SLT.fence.now", 11, "follow-up sessions", "2027-07"),
    ):
        kit.book.add(Indicator(id, id, value, unit, period, "s", "illustrative"))
    return kit


HARM = "1,512 in July 2027 against 11, and sessions of 2027 come 24.0 weeks later"


def test_an_option_that_makes_a_list_green_at_the_cost_of_therapy_says_so(run, bedford):
    months = ["2027-01", "2027-02", "2027-03"]
    chance = {"baseline": [0.0, 0.1, 0.1], "fence": [0.5, 0.9, 0.95]}
    titles = {"baseline": "As now", "fence": "Firsts first"}
    dear = options._finding(fenced(run, bedford, 24.0), "SLT", titles, months, chance)
    assert "from February 2027 on" in dear
    assert HARM in dear
    cheap = options._finding(fenced(run, bedford, 0.1), "SLT", titles, months, chance)
    assert "later" not in cheap


def test_an_option_is_judged_by_its_end_and_not_by_its_best_month(run, bedford):
    months = ["2027-01", "2027-02", "2027-03"]
    chance = {"baseline": [0.0, 0.1, 0.1], "posts": [0.0, 0.1, 0.2], "fence": [0.99, 0.99, 0.07]}
    titles = {"baseline": "As now", "posts": "Fill posts", "fence": "Firsts first"}
    title = options._finding(fenced(run, bedford, 24.0), "SLT", titles, months, chance)
    assert title.startswith("No option makes it 80% likely")
    assert "20%, with “Fill posts”" in title
    assert "“Firsts first” gets there for a time and is at 7% in the end" in title
    assert HARM in title


def test_sessions_at_the_worst_stand_in_the_comparison_and_in_a_chart(bedford, make_run, tmp_path):
    run = make_run(bedford)
    for name, peak in (("overdue_sessions", 1512), ("late_weeks", 2000)):
        array = run.lists[name]
        time = "week" if "week" in array.dims else "week_commencing"
        at = (array[time].dt.year == 2027) & (array["scenario"] == "option-1") & (array["service"] == "SLT")
        run.lists[name] = array.where(~at, peak)
    kit = build.compose(bedford, run)
    assert kit.book["overdue_peak.SLT.option-1"].number == 1512
    assert kit.book["overdue_peak.SLT.option-1"].period[:4] == "2027"
    row = next(cells for name, cells in kit.tables["differences"].rows if name.startswith("Option <b>1</b>"))
    assert any("2027" in cell for cell in row if isinstance(cell, str))
    assert "1,512" in kit.figures["overdue_slt"].title
    folder = build.build_chapter(bedford, run, tmp_path / "out")
    (line,) = re.findall(r"ends best, .*? later", section(folder, "summary"))
    assert "1,512 in" in line
    assert re.search(r"sessions of 2027 come [\d.]+", line)


def test_years_of_a_run_are_whole(run):
    whole = yearly.years_of(run.lists)
    assert list(whole) == [2025, 2026, 2027, 2028]
    assert all(at.stop - at.start == 52 for at in whole.values())


def test_every_service_has_its_list_beside_its_sessions(chapter, run):
    text = section(chapter, "health")
    for code in run.services:
        assert (chapter / "figures" / f"backlog_{code.lower()}.svg").is_file()
        rows = {r["row"] for r in table(chapter, f"backlog_{code.lower()}")}
        assert {"Mean weeks late of a session given", "Chance that demand is above capacity"} <= rows
    assert "reach the age limit" in text
    assert "Where demand stays above capacity waits grow without end" in text
    assert "At the central figures never" in text


def test_slots_of_a_service_add_up(chapter):
    rows = table(chapter, "slots_by_use")
    for service in {r["row"] for r in rows}:
        medians = [float(r["value"]) for r in rows if r["row"] == service]
        assert len(medians) == 5
        assert abs(sum(medians) - 100) < 12  # medians of parts need not add up, but nearly do


def test_the_clock_says_both_bases_and_what_has_no_record(chapter, bare):
    text = section(chapter, "ehc")
    assert "unscored" in text
    assert "excluding exceptions" in text
    assert "educational psychology stays as it is today" in text
    record = {
        r["row"]: r["value"] for r in table(chapter, "ehc_ahead") if r["column"] == "Areas held in a replay"
    }
    assert record["Within 20 weeks, excluding exceptions"] == "unscored"
    assert record["Requests for an assessment"] == "85%"
    alone = {
        r["row"]: r["value"] for r in table(bare, "ehc_ahead") if r["column"] == "Areas held in a replay"
    }
    assert alone["Within 20 weeks, excluding exceptions"] == "79%"  # no staff stand between it and its record
    assert "stays as it is today" not in section(bare, "ehc")
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


@pytest.mark.parametrize(("ahead", "contradicts"), [(60.0, False), (95.0, True), (5.0, True)])
def test_a_clock_that_the_record_contradicts_is_told(run, bedford, ahead, contradicts):
    kit = kit_with(run, bedford, clock__in_time__excluding__2025=(ahead, "whole percent"))
    past = Indicator("clock.past.2025", "t", 50, "whole percent", "2025", "s", "estimate", low=20, high=80)
    kit.book.add(past)
    clock_record._agree(kit, [2025])
    assert kit.facts["clock_contradicts"] is contradicts


def test_the_clock_says_its_draws_and_how_sure_its_chances_are(chapter, run):
    text = section(chapter, "ehc")
    assert f"the clock follows {run.clock['baseline'].data.sizes['draw']} draws" in text
    assert re.search(r"with a standard error of \d+\.\d points", text)
    for name in ("ehc_ahead", "options_in_time_chance"):
        chances = [r for r in table(chapter, name) if "chance" in r["indicator"]]
        assert chances
        assert all(
            r["interval_level"] == "95" and float(r["low"]) <= float(r["value"]) <= float(r["high"])
            for r in chances
        )


def test_a_chance_on_which_every_draw_agrees_still_has_an_error(run, bedford):
    kit = kit_with(run, bedford)
    found = clock_record.chance(kit, "chance.60.2026", "", np.zeros(24), 60.0, "2026", "estimate")
    assert found.number == 0
    assert found.upper_end > 0.1
    assert kit.book["clock.chance.60.2026.error"].number > 1


def test_plans_issued_are_never_told_without_what_stands_under_way(chapter, run, bare):
    for name in ("ehc", "projection"):
        assert "The difference stands under way" in section(chapter, name)
        assert "The difference stands under way" not in section(
            bare, name
        )  # no staff, nothing waits for them
    rows = table(chapter, "ehc_ahead")
    mine = [r for r in rows if r["indicator"] == "clock.new_plans.2025"]
    new = run.need.data["new_plans"].sel(calendar_year=2025).sum(("plan_need", "age"))
    assert float(mine[0]["value"]) == float(new.median())
    clock = run.clock["baseline"].data
    ends = float(clock["in_progress"].isel(bound=-1).median())
    with (chapter / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        known = {r["id"]: r["value"] for r in csv.DictReader(file)}
    year = int(clock["quarter"].dt.year.values[-1]) + 1
    assert float(known[f"clock.in_progress.{year}"]) == ends


@pytest.mark.parametrize(("torn", "says"), [(True, True), (False, False)])
def test_an_interval_from_nothing_to_all_is_no_finding(bedford, make_run, torn, says):
    run = make_run(bedford)
    done = run.lists["advice_done"]
    none = xr.DataArray(np.arange(done.sizes["draw"]) < (12 if torn else 0), dims="draw")
    run.lists["advice_in_time"] = done.where(~none, 0)
    kit = build.compose(bedford, run)
    kit.facts |= {"unpublished": [], "unwritten": []}
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", render(kit, {}, front.front(kit))))
    assert ("the figures cannot tell: the interval goes from 0% to 100%" in text) is says


def test_figures_that_are_england_s_scaled_are_not_set_against_england(bedford, run, tmp_path):
    scaled = {n: replace(bedford.meta[n], basis="scaled") for n in ("population", "pupils", "sen_percent")}
    area = replace(bedford, meta=bedford.meta | scaled)
    folder = build.build_chapter(area, run, tmp_path / "out")
    summary = section(folder, "summary")
    assert "England's own share in its place, which says nothing about Bedford" in summary
    assert "share of pupils with a plan is" not in summary
    assert "EHC plans for each 1,000 residents: not available locally" in section(folder, "level")
    with (folder / "tables" / "indicators.csv").open(encoding="utf-8") as file:
        known = {r["id"]: r for r in csv.DictReader(file)}
    assert not any(id.startswith(("share.E.", "expected.", "identified.")) for id in known)
    assert known["plans_rate"]["state"] == "missing"
    assert all(r["low"] == "" for id, r in known.items() if id.startswith("rate.ASD"))


def test_capital_and_running_cost_are_apart_and_a_saving_is_taken_off(bedford, make_run):
    run = make_run(bedford)
    capital = run.costs[run.costs["scenario"] == "option-2"].assign(
        cost_type="capital", central=4_000_000.0, high=5_000_000.0, weeks=np.nan
    )
    costs = pd.concat([run.costs[run.costs["scenario"] != "option-2"], capital], ignore_index=True)
    kit = build.compose(bedford, replace(run, costs=costs))
    title = kit.figures["cost_by_funder"].title
    assert "takes about £16.0 million of capital and saves about" in title or "and adds about" in title
    assert "“Option <b>1</b>” costs about" in title
    book = kit.book
    assert "cost.option-2.run.recurrent" not in book
    net = book["cost.option-2.run"].number - book["saved.places.option-2.run"].number
    assert book["cost.option-2.net"].number == pytest.approx(net)
    assert "cost.option-1.net" not in book  # nothing is known that it saves


def test_resourced_provision_is_given_by_need(chapter):
    columns = {r["column"] for r in table(chapter, "places_by_need")}
    assert {"Resourced 2025", "Special 2025", "Independent 2025"} <= columns


def test_places_name_what_stands_in_and_what_is_scored(chapter, bare):
    for folder in (chapter, bare):
        text = section(folder, "places")
        assert "England's observed mix stands in" in text
        assert "Places commissioned are not available locally" in text
        assert {r["row"] for r in table(folder, "places_special") if r["row"].endswith("*")} == {
            f"{y}*" for y in range(2031, 2036)
        }
    assert {r["row"] for r in table(chapter, "places_yearly")} >= {"Cost of transport a year"}
    assert {r["row"] for r in table(bare, "places_yearly")} == {"Children awaiting a place"}


def test_all_needs_together_are_the_children_of_the_chart(chapter):
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


def test_care_is_told_where_the_pack_has_figures_and_missed_where_not(chapter, bare):
    rows = table(chapter, "care_capacity")
    assert len({r["row"] for r in rows}) == 5
    assert {r["basis"] for r in rows} == {"illustrative"}
    text = section(bare, "care")
    for what in ("Short-break nights", "continuing care", "Specialist equipment", "Personal budgets"):
        assert what in text
    assert text.count("not available locally") == 6


def test_options_are_compared_on_plans_in_time_and_places_where_they_change_them(chapter, bare):
    # the first option adds psychologists, the second special places: see the synthetic run
    assert {r["row"] for r in table(chapter, "options_in_time")} == {"As things stand", "Option <b>1</b>"}
    places = table(chapter, "options_places")
    assert {r["row"] for r in places} == {"Option <b>2</b>: 2030", "Option <b>2</b>: 2035*"}
    special = [float(r["high"] or r["value"]) for r in places if r["column"] == "In state special schools"]
    assert max(special) > 0
    spent = {r["column"] for r in table(chapter, "options_places_cost")}
    assert "Council: high needs block" in spent
    assert "No option changes when plans are issued" in section(bare, "options")


def test_a_chapter_without_a_clock_or_places_says_what_would_supply_them(bedford, run, tmp_path):
    folder = build.build_chapter(bedford, replace(run, clock={}, places={}), tmp_path / "out")
    assert "ehc_timeliness.csv" in section(folder, "ehc")
    assert "plans by placement and need" in section(folder, "places")


def test_two_panels_are_the_same_bytes_twice_and_refuse_five_lines():
    line = Series("Waiting", [2025.0, 2026.0], [231.0, 330.0], [200.0, 300.0], [250.0, 400.0])
    drawn = [panels.beside([("list", [line]), ("sessions", [line])]) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert "Waiting: 330" in drawn[0]
    with pytest.raises(DomainError):
        panels.beside([("list", [line] * 5), ("sessions", [line])])


def test_labels_of_two_heights_keep_apart_and_above_the_foot():
    from sendneeds.chapter.charts.lines import spread

    heights = [10.0, 20.0, 5.0]
    placed = np.array(spread([1.0, 2.0, 1.5], heights, foot=0.0))
    order = np.argsort(placed)
    ends = placed[order] + np.array(heights)[order] / 2
    starts = placed[order] - np.array(heights)[order] / 2
    assert starts[0] >= 0
    assert (starts[1:] >= ends[:-1] - 1e-9).all()
