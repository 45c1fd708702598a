"""Annual reviews: one outstanding a plan, the share held kept, and how many must be held."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError
from sendneeds.waits.ehc.annual_reviews import overdue_in_january, reviews
from sendneeds.waits.services.simulate import weeks_of


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2031, draws=40, seed=2)


def test_overdue_is_plans_less_those_new_and_those_held():
    # 1,000 plans, 100 new and 700 held in the year: 0.96 x 800 = 768 are not due
    assert overdue_in_january(np.array(1000.0), np.array(100.0), np.array(700.0)) == pytest.approx(232)
    assert overdue_in_january(np.array(500.0), np.array(100.0), np.array(700.0)) == 0


def by_january(found, days):
    """Return the overdue of each January after the start, (year, draw)."""
    year = days.astype("datetime64[Y]").astype(int) + 1970
    return [found.weekly["reviews_overdue"][1 + np.flatnonzero(year == y)[-1]] for y in np.unique(year)]


def test_the_share_held_is_kept(bedford, need):
    """1,389 of 1,801 expected were held: of what is due each year the rest is overdue in January."""
    days = weeks_of(bedford, need, None)
    found = reviews(bedford, need, days)
    assert (found.weekly["reviews_overdue"][0] == 412).all()  # 339 held before 2024 and 73 never
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    for january, late in zip(range(2026, 2031), by_january(found, days), strict=False):
        due = plans.sel(year=january).values - 0.96 * new.sel(calendar_year=january - 1).values
        assert late == pytest.approx(due * (1 - 1389 / 1801), abs=1)
        assert (late <= plans.sel(year=january).values).all()
        assert found.yearly["needed"][january - 1] == pytest.approx(due / 0.96)


def test_as_many_held_as_now_leaves_more_overdue_every_year(bedford, need):
    """1,389 plans with a review held are 1,447 reviews: what is due beyond them is overdue."""
    days = weeks_of(bedford, need, None)
    fixed, kept = (by_january(reviews(bedford, need, days, fixed=f), days) for f in (True, False))
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    expected = plans.sel(year=2027).values - 0.96 * new.sel(calendar_year=2026).values - 1389
    assert fixed[1] == pytest.approx(expected, abs=1)
    assert (fixed[4] >= kept[4]).all()


def test_a_year_of_53_weeks_is_a_year(bedford, need):
    """2029 has 53 Mondays: its reviews are spread over them, none is added."""
    days = weeks_of(bedford, need, None)
    found = reviews(bedford, need, days)
    year = days.astype("datetime64[Y]").astype(int) + 1970
    held = [found.weekly["reviews_held"][year == y].sum(axis=0) for y in (2028, 2029)]
    assert [int((year == y).sum()) for y in (2028, 2029)] in ([52, 53], [53, 52], [52, 52])
    for total, y in zip(held, (2028, 2029), strict=True):
        assert total == pytest.approx(found.yearly["held"][y])


def test_enough_room_leaves_none_overdue(bedford, need):
    days = weeks_of(bedford, need, None)
    found = reviews(bedford, need, days, 20_000.0)
    assert (found.weekly["reviews_overdue"][-1] == 0).all()


@pytest.mark.parametrize("a_year", [np.nan, np.inf, -1, "1500", True])
def test_reviews_that_can_be_held_are_a_number(bedford, need, a_year):
    with pytest.raises(DomainError, match="reviews_a_year"):
        sn.ehc_process(bedford, need, reviews_a_year=a_year)
