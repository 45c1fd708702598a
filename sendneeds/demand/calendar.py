"""Weeks of the year as schools keep them: which fall outside term."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from dateutil.easter import easter

LEAST_OF_A_YEAR = 26
"""Weeks of its last calendar year that a run holds for it to be told of as a year."""
WEEKS_OUTSIDE_TERM = 13
"""Of 52: schools in England open 190 days, 38 weeks, and five training days make the 39th."""


def mondays(start: date, weeks: int) -> np.ndarray:
    """Return the Mondays of consecutive weeks.

    Parameters
    ----------
    start : date
        Any day of the first week.
    weeks : int

    Returns
    -------
    ndarray of datetime64[D], shape (weeks,)

    Examples
    --------
    >>> mondays(date(2025, 1, 8), 2)
    array(['2025-01-06', '2025-01-13'], dtype='datetime64[D]')
    """
    first = np.datetime64(_monday(start), "D")
    return first + 7 * np.arange(weeks)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_starts(weeks: np.ndarray) -> np.ndarray:
    """Return where each month's first week stands; the first week counts for the month in which it lies.

    Parameters
    ----------
    weeks : ndarray of datetime64[D], shape (week,)
        Consecutive Mondays.

    Returns
    -------
    ndarray of int

    Examples
    --------
    >>> month_starts(mondays(date(2025, 1, 6), 9))
    array([0, 4, 8])
    """
    month = weeks.astype("datetime64[M]")
    return np.flatnonzero(np.append(True, month[1:] != month[:-1]))


def sums_by_period(weekly: np.ndarray, starts: np.ndarray, dtype: type | None = None) -> np.ndarray:
    """Return numbers by week added up from each start to the next, and from the last to the end.

    As `numpy.add.reduceat`, which takes four times as long where a week is a row of draws.

    Parameters
    ----------
    weekly : ndarray, (week, ...)
    starts : ndarray of int, (period,)
        The week with which each period begins, rising.
    dtype : type, optional
        Of the sums; that of `numpy.sum` where left out.

    Returns
    -------
    ndarray, (period, ...)

    Examples
    --------
    >>> sums_by_period(np.array([[1, 2], [3, 4], [5, 6]]), np.array([0, 2])).tolist()
    [[4, 6], [5, 6]]
    """
    of_sums = np.add.reduce(weekly[:0], axis=0, dtype=dtype).dtype
    out = np.empty((len(starts), *weekly.shape[1:]), of_sums)
    for period, (first, last) in enumerate(zip(starts, [*starts[1:], len(weekly)], strict=True)):
        np.add.reduce(weekly[first:last], axis=0, dtype=of_sums, out=out[period, ...])
    return out


def told_years(weeks: np.ndarray) -> np.ndarray:
    """Return which years of a run are told of as years: not the last, where so few of its weeks are held.

    A run that ends in January holds two or three of its last year.

    Parameters
    ----------
    weeks : ndarray of int, (year,)
        Weeks held of each calendar year.

    Returns
    -------
    ndarray of bool, (year,)

    Examples
    --------
    >>> told_years(np.array([52, 53, 3])), told_years(np.array([3]))
    (array([ True,  True, False]), array([ True]))
    """
    told = np.ones(len(weeks), bool)
    if len(weeks) > 1:
        told[-1] = weeks[-1] >= LEAST_OF_A_YEAR
    return told


def holidays(year: int) -> set[date]:
    """Return the Mondays of the weeks of a calendar year that fall outside school term, by the usual pattern.

    A fortnight at Christmas from the week of 25 December; the third week of February; a fortnight at Easter (the week
    of Good Friday with the one before, or the one after where Easter falls before 10 April); the last week of
    May; the six weeks before the week of 1 September; the last week of October. Councils and academies differ
    by a week: an area may state its own dates.

    Parameters
    ----------
    year : int

    Examples
    --------
    >>> len(holidays(2026))
    13
    >>> date(2025, 10, 27) in holidays(2025)
    True
    """
    week = timedelta(days=7)
    christmas = _monday(date(year, 12, 25))
    february = _monday(date(year, 2, 21))  # the third Monday lies between the 15th and the 21st
    sunday = easter(year)
    good_friday = _monday(sunday - timedelta(days=2))
    beside = good_friday + week if sunday < date(year, 4, 10) else good_friday - week
    summer = _monday(date(year, 9, 1))
    days = {christmas, christmas + week, february, good_friday, beside}
    days |= {_monday(date(year, 5, 31)), _monday(date(year, 10, 31))}
    days |= {summer - k * week for k in range(1, 7)}
    return days


def in_term(weeks: np.ndarray) -> np.ndarray:
    """Return whether each week lies in school term.

    Parameters
    ----------
    weeks : ndarray of datetime64[D]
        Mondays.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> in_term(np.array(["2025-08-04", "2025-09-08"], dtype="datetime64[D]")).tolist()
    [False, True]
    """
    days = weeks.astype("datetime64[D]").tolist()
    out: set[date] = set()
    for year in {d.year for d in days} | {min(d.year for d in days) - 1}:
        out |= holidays(year)
    return np.array([d not in out for d in days])


def weeks_to(day: date, start: np.datetime64) -> int:
    """Return the weeks from that which begins on `start` to the first that begins on a day or after; may be negative.

    Examples
    --------
    >>> weeks_to(date(2026, 1, 1), np.datetime64("2025-01-06"))
    52
    """
    return int(np.ceil((np.datetime64(day) - start).astype("timedelta64[D]").astype(int) / 7))
