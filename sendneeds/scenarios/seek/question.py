"""What is sought: which measure has to be where, when, and how surely."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sendneeds.foundation.arguments import amount
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.vocabulary import SERVICES

IN, BY = "in", "by"
WITHIN = {18: "waiting_within_18", 52: "waiting_over_52"}
"""Weeks within which a list is counted, and the variable that counts it (over 52: the rest of the list)."""


@dataclass(frozen=True)
class Measure:
    """Something a target may be set for.

    Parameters
    ----------
    name : str
    text : str
        The target in words, with ``{target}``, ``{within}`` and ``{what}`` to fill in.
    least : bool
        Whether the target is the least (a share that should be high) and not the most (a count that should be low).
    default : float or None
        The target where none is given; None where one has to be.
    """

    name: str
    text: str
    least: bool
    default: float | None


MEASURES = {
    m.name: m
    for m in (
        Measure(
            "within",
            "{target:.0%} or more of those waiting for {what} have waited {within} weeks or less",
            True,
            0.92,
        ),
        Measure("over_52", "{target} children have waited over 52 weeks for {what}", False, 0),
        Measure("sessions_past_due", "{target} sessions of {what} are past due", False, None),
        Measure(
            "plans_in_time",
            "{target:.0%} or more of the plans of a calendar year are issued within 20 weeks",
            True,
            0.6,
        ),
        Measure("places_short", "{target} places are short in {what}", False, 0),
    )
}
"""What a target may be set for."""


@dataclass(frozen=True)
class Question:
    """A target, its month, and how surely it has to be met.

    Parameters
    ----------
    measure : Measure
    what : str
        A service, or a setting of places.
    target : float
    within : int
        Weeks, for the measure ``within``.
    month : datetime.date
        First day of the month asked about.
    how : {"in", "by"}
        Met in that month, or in some month up to it.
    since : datetime.date
        Months before this day are no answer to "by".
    confidence : float
    hold_weeks : int
        Weeks after the month's first Monday for which a list has to stay there.
    """

    measure: Measure
    what: str
    target: float
    within: int
    month: date
    how: str
    since: date
    confidence: float
    hold_weeks: int

    @property
    def weekly(self) -> bool:
        """Whether the measure is counted week by week."""
        return self.measure.name in ("within", "over_52", "sessions_past_due")

    @property
    def when(self) -> str:
        """When it has to be met, in words."""
        yearly = self.measure.name == "plans_in_time"
        when = f"calendar year {self.month.year}" if yearly else f"{self.month:%B %Y}"
        if self.how == BY:
            first = f"{self.since.year}" if yearly else f"{self.since:%B %Y}"
            return f"in some {'year' if yearly else 'month'} from {first} to {when}"
        held = (
            f" and for {self.hold_weeks} weeks after its first Monday"
            if self.weekly and self.hold_weeks
            else ""
        )
        return f"in {when}{held}"

    def text(self) -> str:
        """Return the target in words."""
        what = SERVICES.get(self.what, self.what.replace("_", " "))
        what = what[0].lower() + what[1:] if what in SERVICES.values() and not what[:2].isupper() else what
        few = f"{self.target:,.0f} or fewer" if self.target else "no"
        target = self.target if self.measure.least else few
        told = self.measure.text.format(target=target, within=self.within, what=what)
        return f"{told}, {self.when}"

    def reached(self, value: np.ndarray) -> np.ndarray:
        """Return whether values reach the target."""
        return value >= self.target - 1e-9 if self.measure.least else value <= self.target + 1e-9

    def met(self, at: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Return in which draws a weekly measure meets the target when asked.

        Parameters
        ----------
        at : ndarray of bool, (..., week, draw)
            Whether it does in each week.
        days : ndarray of datetime64[D], (week,)
            Mondays.

        Returns
        -------
        ndarray of bool, (..., draw)
        """
        first = [self.first_week(days, month) for month in self.months()]
        held = [at[..., week : week + self.hold_weeks + 1, :].all(axis=-2) for week in first]
        return np.logical_or.reduce(held)

    def months(self) -> list[date]:
        """Return the months in which it may be met: the one asked about, or all up to it."""
        if self.how == IN:
            return [self.month]
        first = self.since.year * 12 + self.since.month - 1
        last = self.month.year * 12 + self.month.month - 1
        return [date(m // 12, m % 12 + 1, 1) for m in range(min(first, last), last + 1)]

    def first_week(self, days: np.ndarray, month: date) -> int:
        """Return the week of a run that begins on the month's first Monday."""
        return int(np.flatnonzero(days >= np.datetime64(month, "D"))[0])

    @property
    def first_monday(self) -> date:
        """The first Monday of the month asked about."""
        return self.month + timedelta(days=-self.month.weekday() % 7)

    @property
    def last_day(self) -> date:
        """The last Monday that has to be known."""
        return self.first_monday + timedelta(weeks=self.hold_weeks)

    def refuse_start(self, first: date) -> None:
        """Raise where a lever that begins on a day does nothing by the time that is asked about."""
        end = self.last_day if self.weekly else date(self.month.year, 12, 31)
        if first > end:
            when = f"{self.month:%Y-%m}" if self.weekly else f"{self.month.year}"
            raise DomainError(
                f"{'month' if self.how == IN else 'by'}={when!r}: the lever begins on {first}, so none acts by then. "
                "Ask for a later one, or give an earlier start."
            )


def read_month(name: str, text: object, measure: Measure) -> date:
    """Return the first day of a month written ``2028-03``; of a calendar year for plans, ``2028``; January for places.

    Raises
    ------
    DomainError
        If it is not so written, or is no January where places are counted.

    Examples
    --------
    >>> read_month("month", "2028-03", MEASURES["within"])
    datetime.date(2028, 3, 1)
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", str(text).strip())
    yearly = measure.name in ("plans_in_time", "places_short")
    if not found or (found[2] is None and not yearly) or not 1 <= int(found[2] or 1) <= 12:
        what = "a calendar year, 2028," if yearly else "a month, year-month"
        raise DomainError(
            f"{name}={text!r}: allowed: {what}. Write {name}='{'2028' if yearly else '2028-03'}'."
        )
    month = date(int(found[1]), int(found[2] or 1), 1)
    if measure.name == "places_short" and month.month != 1:
        raise DomainError(
            f"{name}={text!r}: places are counted each January. Write {name}='{month.year + 1}-01'."
        )
    return month


def measure_of(name: str) -> Measure:
    """Return a measure by name."""
    if name not in MEASURES:
        raise unknown("measure", name, MEASURES)
    return MEASURES[name]


def need_target(measure: Measure, target: float | None) -> float:
    """Return the target given, or the measure's own.

    Raises
    ------
    MissingDataError
        If it has none and none is given.
    """
    if target is None and measure.default is None:
        raise MissingDataError(
            f"{measure.name} needs a target: how many are few enough. Write target=50, for example."
        )
    value = measure.default if target is None else target
    if measure.least:
        return amount("target", value, lambda n: 0 < n <= 1, "a share over 0, up to 1 (92 % is 0.92)", 0.92)
    return amount("target", value, lambda n: n >= 0, "a number from 0, the most that is few enough", 50)
