"""One statistic for one thing: bars, tables, titles and text alternatives say the same, and parts add up."""

import math
import re

import numpy as np
import pytest

from sendneeds.chapter.builder import ChapterBuilder, rounded_to_sum
from sendneeds.chapter.sections.ehc.clock import year_told
from sendneeds.chapter.sections.health.lists_ahead import finding
from sendneeds.chapter.sections.health.lists_now import PARTS
from sendneeds.chapter.sections.need.by_need import zero_note
from sendneeds.chapter.sections.options.in_time import printed
from sendneeds.chapter.words import is_even, likelihood


def by_row(rows):
    found = {}
    for row in rows:
        found.setdefault(row["row"], {})[row["column"]] = row["value"]
    return found


def drawn(chapter, figure):
    return (chapter / "figures" / f"{figure}.svg").read_text(encoding="utf-8")


def test_the_parts_of_a_list_add_up_to_the_list_and_the_bar_prints_them(chapter, table):
    text = drawn(chapter, "lists_by_band")
    over = waiting = 0.0
    for cells in by_row(table(chapter, "waits_now")).values():
        parts = [float(cells[label.capitalize()]) for label in PARTS]
        assert sum(parts) == round(float(cells["All"]))
        assert all(f">{part:,.0f}<" in text for part in parts if part > 40)
        over, waiting = over + parts[2] + parts[3], waiting + float(cells["All"])
    title = re.search(r"On these figures (\d+)% of the children", (chapter / "index.html").read_text("utf-8"))
    if title:
        assert float(title.group(1)) == round(100 * over / waiting)


def test_the_share_within_18_weeks_is_taken_draw_by_draw_before_counts_are_rounded(chapter, table, run):
    cells = by_row(table(chapter, "backlog_slt"))["Share of them waiting up to 18 weeks"]
    lists = run.lists.sel(scenario="baseline", service="SLT")
    for year in ("2025", "2028"):
        weeks = lists["week"].dt.year.values[:-1] == int(year)
        within, waiting = (
            lists[name].transpose("week", "draw").values[:-1][weeks].sum(axis=0, dtype=int)
            for name in ("waiting_within_18", "waiting")
        )
        assert float(cells[year]) == pytest.approx(100 * np.median(within / waiting), abs=0.5)


def test_the_waterfall_adds_up_to_its_total(chapter, table):
    cells = {row: float(of["Plans"]) for row, of in by_row(table(chapter, "causes")).items()}
    total = cells.pop("All causes together")
    assert sum(cells.values()) == round(total)
    assert "All causes" in drawn(chapter, "causes")


@pytest.mark.parametrize("total", [176, 0, -3.4])
def test_parts_are_rounded_to_their_sum(total):
    for parts in ([13, 13, 26, 90, 14, 0, 0], [0.4, 0.4, 0.4], [-5.5, 5.5, 1.0]):
        found = rounded_to_sum(parts, total)
        assert sum(found) == round(total)
        assert all(value == int(value) for value in found)
    assert rounded_to_sum([1.4, 1.4, 1.2], 4) == [2, 1, 1]


def test_a_chance_near_a_half_is_about_even_and_no_finding():
    assert [is_even(p) for p in (0.394, 0.396, 0.501, 0.604, 0.606)] == [False, True, True, True, False]
    assert likelihood(0.501) == "about even"
    assert "likely to be above" not in finding(0, 1, 1, 2025)
    assert "in 1 the chance is about even" in finding(0, 1, 1, 2025)
    assert "in 2025" in finding(1, 0, 1, 2025)


def test_a_title_tells_of_the_end_where_the_line_has_left_what_was_published(record):
    def share(low, middle, high):
        return record("s", middle, "whole percent", low=low, high=high)

    falls = {2026: share(16, 67, 92), 2030: share(0, 1, 4)}
    assert year_told(falls, 2026, 2030, 74.0) == 2030
    opens = {2026: share(16, 67, 92), 2030: share(13, 59, 93)}
    assert year_told(opens, 2026, 2030, 74.0) == 2026


def test_a_need_with_no_plan_and_a_rate_of_pupils_has_a_word(chapter):
    assert zero_note([]) == ""
    text = (chapter / "index.html").read_text(encoding="utf-8")
    if (chapter / "annex.html").is_file():
        text += (chapter / "annex.html").read_text(encoding="utf-8")
    assert zero_note(["MSI", "OTH"]).strip()[:60] in re.sub("&#39;", "'", text)


def test_rows_that_print_alike_are_told_apart_by_what_is_printed(record):
    one, two = (record("s", value, "whole percent", low=10, high=20) for value in (15.2, 15.4))
    assert printed([one, "x"]) == printed([two, "x"])
    assert printed([one]) != printed([record("s", 15.6, "whole percent", low=10, high=20)])


@pytest.mark.parametrize("name", ["places_by_need", "plans_by_need", "projected_plans_by_need"])
def test_the_three_needs_have_a_row_in_every_table_by_need(chapter, table, name):
    rows = {row["row"] for row in table(chapter, name)}
    assert {
        "Autistic spectrum disorder",
        "Social, emotional and mental health",
        "Speech, language and communication needs",
    } <= rows


def test_numbers_drawn_are_finite():
    assert np.isfinite(rounded_to_sum([0.0, 0.0], 5)).all()


def test_a_part_of_what_is_withheld_is_withheld(bedford):
    chapter = ChapterBuilder(bedford, bedford.england())
    parts = rounded_to_sum([40.0, 3.0], math.nan)
    found = chapter.add_drawn("p", "p", [38.0, 40.0, 43.0], "children", "now", "s", value=parts[0])
    assert (found.value, found.state) == (None, "withheld")
