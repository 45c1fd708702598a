"""What a service gives, held to what its list has done: the factor on stated slots, and how slots grow from there.

Stated staff and a stated list are two accounts of one service, and often cannot both be true. On the steady budget

    (1 - missed) x factor x slots = advice x slots each + firsts x work
    firsts = joined - left - growth of the list

with work the slots of a child from the first assessment to the last session. So the factor is the one with which the
list moves as its record does from a month to the same month of another year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.constants import INTERVAL_LEVELS, WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

Staffing = Literal["follows_record", "fixed"]
STAFFING = ("follows_record", "fixed")
PLAUSIBLE = (0.7, 1.4)
"""A factor outside is flagged: stated staff and stated list cannot both be right."""
SPREAD = 0.09
"""Standard deviation of a list's yearly log change where no record says it: England's children waiting for community
health services went from 72,071 (June 2023) to 76,331 (May 2024) and 68,185 (May 2025), log changes of +0.057 and
-0.113, whose root mean square it is."""
LEAST_POINTS = 3
"""Dated totals of a list, each in a month that another of them shares, with which a drift is fitted."""


@dataclass(frozen=True)
class Drift:
    """How a list has moved.

    Parameters
    ----------
    a_year : ndarray, (draw,)
        Log change a year.
    record : str
        What it rests on, in words.
    """

    a_year: np.ndarray
    record: str


def drift_of(area: Area, service: str, draws: int, seed: int) -> Drift:
    """Return the drift of a list from the nearest record that has one: the area's, its NHS body's, then England's.

    Totals are compared with those of the same calendar month alone, so that the season is no drift: a straight line
    in time through their logs, with a level a calendar month. Where no record has enough of them the list is taken to
    stand, give or take `SPREAD`.

    Parameters
    ----------
    area : Area
    service : str
    draws, seed : int
    """
    luck = standard_normal(seed, (area.code, service, "drift of the list"), draws)
    for table, where, name in (
        ("waiting_list", area, "the area's own list"),
        ("nhs_waiting_list", area, "the list published for its NHS body"),
        ("nhs_waiting_list", area.england(), "England's list"),
    ):
        found = line(*_totals(where, table, service))
        if found is not None:
            slope, error, points = found
            text = (
                f"{name} has moved by {slope:+.1%} a year "
                f"({points} totals, each beside the same month of another year)"
            )
            return Drift(slope + error * luck, text)
    text = (
        f"no record has {LEAST_POINTS} totals in months of one name, so it is taken to stand, give or take "
        f"{SPREAD:.0%} a year"
    )
    return Drift(SPREAD * luck, text)


def line(months: np.ndarray, totals: np.ndarray) -> tuple[float, float, int] | None:
    """Return the log change a year, its standard error, and how many totals it rests on; None where too few.

    Parameters
    ----------
    months : ndarray of int
        Months since any month.
    totals : ndarray of float

    Examples
    --------
    >>> slope, error, points = line(np.array([0, 12, 24, 5]), np.array([100.0, 90.0, 81.0, 500.0]))
    >>> round(float(np.exp(slope)), 3), round(error, 3), points  # the total of month 5 has no other beside it
    (0.9, 0.052, 3)
    """
    kind, count = np.unique(months % 12, return_counts=True)
    paired = np.isin(months % 12, kind[count > 1]) & (totals > 0)
    months, totals = months[paired], totals[paired]
    if len(months) < LEAST_POINTS:
        return None
    years, logs = months / 12.0, np.log(totals)
    levels = np.unique(months % 12)
    for level in levels:  # each calendar month has a level of its own
        some = months % 12 == level
        years[some] -= years[some].mean()
        logs[some] -= logs[some].mean()
    spread = float((years**2).sum())
    if spread == 0:
        return None
    slope = float((years * logs).sum()) / spread
    free = len(months) - len(levels) - 1
    rest = float(((logs - slope * years) ** 2).sum()) / free if free > 0 else 0.0
    # a few totals on a line do not make it certain: no less than what a year moves, spread over the years there are
    error = float(np.sqrt(max(rest, SPREAD**2 * float(np.ptp(months)) / 12.0 / len(months)) / spread))
    return slope, min(error, SPREAD), len(months)


def _totals(area: Area, table: str, service: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the months and totals of a service's list: the row of all weeks, or its bands if none is withheld."""
    if not area.has(table):
        return np.zeros(0, int), np.zeros(0)
    frame = area.table(table)
    rows = frame[frame["service"] == service]
    if "stage" in rows:
        rows = rows[rows["stage"] == "first_appointment"]
    if "priority" in rows:
        rows = rows[rows["priority"] == "all"]
    when = rows["month" if "month" in rows else "snapshot"]
    months = when.astype(str).str[:7].to_numpy(dtype="datetime64[M]")
    counts = rows["waiting"].to_numpy(dtype=float, na_value=np.nan)
    whole = (rows["weeks_band"] == "all").to_numpy()
    found = {}
    for month in np.unique(months):
        here = months == month
        total = counts[here & whole if whole[here].any() else here].sum()
        if not np.isnan(total):  # no count of it is withheld
            found[int(month.astype(int))] = total
    return np.array(list(found), int), np.array(list(found.values()), float)


def factor(
    slots: np.ndarray,
    joined: np.ndarray,
    waiting: np.ndarray,
    leaving: np.ndarray,
    advice: np.ndarray,
    work: np.ndarray,
    missed: np.ndarray,
    drift: np.ndarray,
) -> np.ndarray:
    """Return the factor on the slots there are with which the list moves as its record does, (draw,).

    Parameters
    ----------
    slots : ndarray, (draw,)
        Units of slots a week as stated, a mean over a year.
    joined, waiting, leaving : ndarray, (draw,)
        Children who join a week, who wait, and the chance a week that one who waits leaves unseen.
    advice, work : ndarray, (draw,)
        Units a week of statutory advice, and units of a child from the first assessment to the last session.
    missed : ndarray, (draw,)
        Share of slots missed.
    drift : ndarray, (draw,)
        Log change of the list a year.

    Examples
    --------
    >>> one = np.ones(1)  # ten join, one of a hundred leaves, the list stands: nine are seen at two slots each
    >>> found = factor(20 * one, 10 * one, 100 * one, 0.01 * one, 0 * one, 2 * one, 0.1 * one, 0 * one)
    >>> float(found[0]) == 9 * 2 / 0.9 / 20
    True
    """
    seen = np.maximum(joined - waiting * leaving - waiting * drift / WEEKS_PER_YEAR, 0.0)
    return (advice + seen * work) / np.maximum(1.0 - missed, 1e-9) / slots


def growth(asked: np.ndarray) -> np.ndarray:
    """Return what is asked of a service over what was in the first year, a mean of the year around each week.

    Parameters
    ----------
    asked : ndarray, (week, draw)
        Units of slots a week, for half a year more than is wanted.

    Returns
    -------
    ndarray, (week, draw)
        1 in the first half year; of no meaning in the last half year.
    """
    weeks, year = len(asked), int(WEEKS_PER_YEAR)
    if weeks <= year:
        return np.ones_like(asked)
    total = np.cumsum(np.concatenate([np.zeros((1, asked.shape[1])), asked]), axis=0)
    mean = (total[year:] - total[:-year]) / year
    at = np.clip(np.arange(weeks) - year // 2, 0, len(mean) - 1)
    return np.where(mean[:1] > 0, mean[at] / np.maximum(mean[:1], 1e-9), 1.0)


def said_of(service: str, found: np.ndarray, record: str, stated: bool) -> str:
    """Return what the factor of a service says, in a sentence; `stated` is whether the pack says what it gives."""
    if not stated:
        return f"{service}: it gives what its list must have been given: {record}."
    low, central, high = np.quantile(found, INTERVAL_LEVELS)
    text = (
        f"{service}: gives {central:.2f} ({low:.2f} to {high:.2f}) times what is stated, so that its list moves as "
        f"its record: {record}."
    )
    if PLAUSIBLE[0] <= central <= PLAUSIBLE[1]:
        return text
    return f"{text} Stated staff and stated list cannot both be right."


def check_staffing(staffing: str) -> None:
    """Refuse a staffing that there is not."""
    if not isinstance(staffing, str) or staffing not in STAFFING:
        raise DomainError(f"staffing={staffing!r}: one of {', '.join(STAFFING)}.")
