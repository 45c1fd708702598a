"""Opening lists from dates and from one number: every child counted once, in the right week."""

import datetime as dt
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.foundation.errors import DomainError, FaultsError
from sendneeds.waits.lists.opening_ages import ages_from_dates, ages_from_number

START = dt.date(2026, 3, 2)


@given(days=st.lists(st.integers(1, 900), max_size=60))
def test_every_dated_child_is_counted_in_its_week(days):
    counts = ages_from_dates([START - dt.timedelta(days=d) for d in days], START)
    assert counts.sum() == len(days)
    for week, count in enumerate(counts):
        assert count == sum(7 * week < d <= 7 * week + 7 for d in days)


def test_dates_that_cannot_be_used_are_all_told():
    with pytest.raises(FaultsError) as told:
        ages_from_dates(["2026-02-01", "soon", "2026-03-02", None], START)
    assert "3 faults" in str(told.value)
    assert "before 2026-03-02" in str(told.value)
    rows = re.findall(r"referrals row (\d+), column referred\n    found:   (\S+)", str(told.value))
    assert rows == [("3", "soon"), ("4", "2026-03-02"), ("5", "nothing")]


@given(waiting=st.integers(0, 3000), rate=st.floats(1.0, 60.0), hazard=st.sampled_from([0.0, 0.001]))
def test_one_number_is_spread_whole(waiting, rate, hazard):
    counts = ages_from_number(waiting, rate, hazard) if waiting < rate / 0.0011 else np.array([waiting])
    assert counts.sum() == waiting
    assert (counts >= 0).all()


def test_recent_referrals_come_first():
    assert ages_from_number(50, [30, 10]).tolist() == [30, 10, 10]
    assert ages_from_number(0, 10).tolist() == [0]


def test_refusals():
    # 20 a week, of whom one in twenty leaves a week, keep the list under 20 / 0.05 + 20
    with pytest.raises(DomainError, match="waiting: found 5000; allowed: under 420"):
        ages_from_number(5000, 20, hazard=0.05)
    with pytest.raises(DomainError, match=r"found 2\.5"):
        ages_from_number(2.5, 20)
    with pytest.raises(DomainError, match="referrals: found 0"):
        ages_from_number(10, 0)


def test_dates_in_numbers_are_day_first_and_serials_are_read():
    # 30, 21, 20 and 1 days before 1 May 2026
    expected = [1, 0, 2, 0, 1]
    forms = (
        (["01/04/2026", "10/04/2026", "11/04/2026", "30/04/2026"], "01/05/2026"),
        ([46113, 46122, 46123, 46142], 46143),
        (
            ["2026-03-31T23:30:00Z", "2026-04-10", "2026-04-11 09:00", "30 Apr 2026"],
            dt.datetime(2026, 5, 1, 9),
        ),
    )
    for referred, start in forms:
        assert ages_from_dates(referred, start).tolist() == expected
    with pytest.raises(FaultsError, match="month first only"):
        ages_from_dates(["04/11/2025", "04/30/2025"], "2026-05-01")
    for start in ("today", None, "05/31/2026"):
        with pytest.raises(DomainError, match="start="):
            ages_from_dates(["2026-04-01"], start)
    with pytest.raises(DomainError, match="a column of dates"):
        ages_from_dates("2026-04-01", "2026-05-01")


@pytest.mark.parametrize("referred", [None, 5, START])
def test_what_is_no_column_of_dates_is_told(referred):
    with pytest.raises(DomainError, match="referred="):
        ages_from_dates(referred, START)


@pytest.mark.parametrize(
    "given",
    [
        {"referrals": []},
        {"referrals": [[20, 10], [1, 2]]},
        {"referrals": 20, "hazard": "x"},
        {"referrals": 20, "hazard": [0.1, 0.2]},
    ],
)
def test_what_is_no_number_is_told(given):
    with pytest.raises(DomainError, match=r"referrals=|hazard: found 'x'|hazard="):
        ages_from_number(45, **given)


def test_truth_values_and_more_children_than_there_are_are_refused():
    for more in ({"waiting": True}, {"waiting": 3e9}, {"waiting": 45, "referrals": [True]}):
        with pytest.raises(DomainError, match=r"waiting|referrals"):
            ages_from_number(**{"referrals": 3e9, **more})
    with pytest.raises(DomainError, match="hazard: found True"):
        ages_from_number(45, 20, hazard=True)
