"""Dates of every form in which they come, one order to a column, and nothing guessed."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sendneeds.foundation.dates import day_of, is_missing, read_date, read_dates
from sendneeds.foundation.errors import DomainError

DAY = dt.date(2027, 2, 9)


@pytest.mark.parametrize(
    "cell",
    [
        *("2027-02-09", " 2027-02-09 ", "2027/2/9", "2027.02.09", "20270209", "09/02/2027", "9/2/27", "9.2.2027"),
        *("9-Feb-27", "9 February 2027", "9th Feb 2027", "February 9, 2027", "Tue 09 Feb 2027", "Tuesday, 9 Feb 2027"),
        *("2027-02-09 00:00:00", "2027-02-09T23:59:59", "09/02/2027 4:30 PM", "9/2/2027 12:05 am"),
        *("2027-02-09T10:00:00+00:00", "2027-02-09T23:30:00Z", "2027-02-10T01:00:00+02:00"),
        *(46427, 46427.75, "46427", "46427.5", 20270209, Decimal("46427"), np.int64(46427), np.float64(46427)),
        *(DAY, dt.datetime(2027, 2, 9, 23), pd.Timestamp("2027-02-09 23:00"), np.datetime64("2027-02-09T05")),
        pd.Timestamp("2027-02-09 23:30", tz="UTC"),
        pd.Timestamp("2027-02-08 20:00", tz="America/New_York"),
    ],
)  # fmt: skip
def test_one_day_in_many_forms(cell):
    assert day_of(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        *("today", "now", "tomorrow", "soon", "2027-02", "Feb-27", "9/2", "2027", "7", 7, 2027, 190001, "99999", 99999),
        *(True, float("inf"), "30/02/2027", "2027-02-30", "2027-13-02", "09/02-2027", "0209", "9/2/2027 25:00"),
        *("9/2/2027 13:00 PM", "9 Febtober 2027", "1066-10-14", dt.date(1066, 10, 14), "٠٩/٠٢/٢٠٢٧", ("2027", 2, 9)),
        *("", None, float("nan"), pd.NaT, pd.NA, np.datetime64("NaT"), "NaT"),
        *(np.datetime64("2027-02"), np.datetime64("2027"), Decimal("7"), pd.Period("2027-02", "M")),
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(cell):
    assert day_of(cell) is None


def test_a_moment_is_the_day_it_was_in_england():
    # summer time from 28 March 2027: systems in UTC write midnight of 9 April as 23:00 of the 8th
    assert day_of("2027-04-08T23:00:00Z") == day_of("2027-04-09T00:00:00+01:00") == dt.date(2027, 4, 9)
    assert day_of("2027-04-08T22:59:00Z") == dt.date(2027, 4, 8)


def test_nothing_is_told_from_nonsense():
    assert [is_missing(c) for c in (pd.NA, pd.NaT, " ", "None", np.nan)] == [True] * 5
    assert [is_missing(c) for c in (0, "-", "today", False, DAY)] == [False] * 5


def test_a_column_has_one_order():
    faults = []
    read = read_dates(["01/02/2027", "13/02/2027", "2027-02-03", 46421], "f.csv", "on", faults, needed=True)
    assert read == [dt.date(2027, 2, d) for d in (1, 13, 3, 3)]
    assert faults == []
    read = read_dates(["01/02/2027", "02/13/2027", "05/06/2027", "07/07/2027"], "f.csv", "on", faults)
    assert read == [dt.date(2027, 2, 1), None, dt.date(2027, 6, 5), dt.date(2027, 7, 7)]
    (fault,) = faults
    assert (fault.file, fault.row, fault.column) == ("f.csv", 3, "on")
    # the first and the third could be either; 7 July is the same day in both orders
    assert "02/13/2027, which is a date month first only; 2 other dates" in fault.found
    read = read_dates(["01/02/2027", "02/13/2027"], "f.csv", "on", faults, day_first=False)
    assert (read, len(faults)) == ([dt.date(2027, 1, 2), dt.date(2027, 2, 13)], 1)


def test_empty_cells_are_faults_only_where_needed():
    faults = []
    assert read_dates(["", None, pd.NaT], "f.csv", "seen", faults) == [None] * 3
    assert faults == []
    read_dates(pd.Series(["2027-02-09", pd.NaT]), "f.csv", "referred", faults, needed=True)
    assert [(f.row, f.found) for f in faults] == [(3, "nothing")]


@pytest.mark.parametrize("value", ["today", None, pd.NaT, "02/13/2027", 5])
def test_one_date_is_read_or_refused(value):
    assert read_date("start", "09/02/2027") == DAY
    with pytest.raises(DomainError, match="start="):
        read_date("start", value)
