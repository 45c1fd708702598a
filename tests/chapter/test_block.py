"""The high needs block in the chapter: a balance only where all that is spent is known."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.options import block
from sendneeds.evidence.area import shipped
from sendneeds.scenarios.high_needs_result import ROWS, HighNeedsResult

YEARS, DRAWS = [2025, 2026, 2027], 5
TITLES = {"baseline": "As things stand", "more": "More places", "same": "Nothing moves"}
HORIZON = Horizon((2025, 2026, 2027, 2028), scored_to=2028)


def result(left_out="", illustrative=""):
    """GBP 10 of special places a year and 2 of therapies, in draws 0 to 4 GBP 0 to 4 more; an option costs 3 less."""
    spend = np.zeros((3, len(ROWS), len(YEARS), DRAWS))
    spend[:, list(ROWS).index("state_special")] = 10.0 + np.arange(DRAWS)
    spend[:, list(ROWS).index("therapies")] = 2.0
    spend[1, list(ROWS).index("state_special")] -= 3.0
    dims = ("scenario", "row", "financial_year", "draw")
    data = xr.Dataset(
        {"spend": (dims, spend)},
        coords={"scenario": list(TITLES), "row": list(ROWS), "financial_year": YEARS},
        attrs={"balance_from": 2026, "left_out": left_out, "illustrative_allocation": illustrative},
    )
    data["income"] = ("financial_year", "draw"), np.full((len(YEARS), DRAWS), 11.0)
    data["in_year"] = data["income"] - data["spend"].sum("row")
    data["cumulative"] = data["in_year"].cumsum("financial_year") - 100.0
    return HighNeedsResult(data, {}, "Made up")


@pytest.fixture
def added(bedford, monkeypatch):
    """Return what is added to a chapter of an area with or without an allocation, from a made-up result."""

    def add(made, has=True):
        tables = {**bedford.tables, "high_needs": pd.DataFrame()} if has else bedford.tables
        area = dataclasses.replace(bedford, tables=tables)
        chapter = ChapterBuilder(area, shipped("england"), None)
        monkeypatch.setattr(block, "high_needs", lambda run: made)
        return chapter, block.add_block(chapter, None, HORIZON, TITLES)

    return add


def test_balances_are_those_of_the_years_from_which_they_are_carried(added):
    """Median spend 14 against 11: 3 over in a year; the balance at the end of 2027/28 is -100 - 9."""
    chapter, found = added(result())
    assert found.last == "2027/28"
    assert (found.spend.value, found.income.value, found.balance.value) == (14.0, 11.0, -109.0)
    assert list(chapter.tables) == ["high_needs_block", "high_needs_rows", "high_needs_options"]
    head = list(chapter.tables["high_needs_block"].head)
    assert head == ["Row", "2026/27", "2027/28"]
    assert chapter.records["block.in_year.2026"].value == -3.0
    assert chapter.records["block.therapies.2026"].low is None  # every draw has the same
    assert not found.illustrative


def test_an_option_saves_what_is_spent_less_and_one_that_moves_nothing_is_not_named(added):
    """Three a year in 2026/27 and 2027/28."""
    chapter, found = added(result())
    assert [(title, saved.value) for title, saved in found.options] == [("More places", 6.0)]
    assert "block.same.saved" not in chapter.records


def test_where_spending_is_left_out_there_is_no_balance(added):
    chapter, found = added(result("college; tribunals and mediation"))
    assert found.left_out == "college and tribunals and mediation"
    assert found.balance is found.income is None
    assert found.spend.value == 14.0
    assert "high_needs_block" not in chapter.tables
    assert "block.cumulative.2027" not in chapter.records
    assert "college and tribunals" in chapter.tables["high_needs_rows"].note
    assert [saved.value for _, saved in found.options] == [6.0]


def test_an_illustrative_allocation_is_marked(added):
    _, found = added(result(illustrative="made up"))
    assert found.illustrative
    assert found.balance.basis == "illustrative"


def test_an_area_without_an_allocation_has_no_such_part(added):
    assert added(result(), has=False)[1] is None
