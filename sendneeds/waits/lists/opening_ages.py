"""The opening list by whole weeks waited, from what a service holds: dates, one number, or the weeks themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.dates import read_date, read_dates
from sendneeds.foundation.errors import Fault, FaultsError, from_zero, positive, require
from sendneeds.foundation.kinds import kinds

if TYPE_CHECKING:
    import pandas as pd

MOST = 100_000_000
"""Most children of a list: more than the country has."""


def ages_from_dates(referred: pd.Series | Sequence, start: date | str) -> np.ndarray:
    """Count the children waiting at a date by the week in which they were referred.

    Parameters
    ----------
    referred : sequence of dates
        Date of referral of every child waiting at `start`. Dates in numbers alone are read day first, the whole
        column in one order; serials of a spreadsheet (46054) are read.
    start : date or str
        The first day simulated.

    Returns
    -------
    ndarray of int32, (weeks,)
        Children by weeks waited: the first were referred 1 to 7 days before `start` (the week before, where it
        is a Monday), the next 8 to 14 days, as the bands 0-1, >1-2 and so on count them.

    Raises
    ------
    DomainError
        `start` is no date.
    FaultsError
        A date that cannot be read, or a referral on `start` or later; all of them are told at once.

    Examples
    --------
    >>> ages_from_dates(["2026-03-01", "2026-02-23", "2026-02-20", "2026-02-20"], "2026-03-02").tolist()
    [2, 2]
    """
    first = read_date("start", start)
    if isinstance(referred, str):
        raise refusal("referred", referred, "a column of dates", f"Write referred=[{referred!r}].")
    kinds(referred=(referred, "iterable"))
    faults: list[Fault] = []
    weeks = []
    for row, day in enumerate(read_dates(referred, "referrals", "referred", faults, needed=True)):
        if day is None:
            continue
        if day >= first:
            allowed, cure = f"before {first}", "leave out those who join later, or move the start"
            faults.append(Fault("referrals", row + 2, "referred", str(day), allowed, cure))
        else:
            weeks.append(((first - day).days - 1) // 7)
    if faults:
        raise FaultsError("the opening list", sorted(faults, key=lambda fault: fault.row))
    return np.bincount(np.array(weeks, dtype=np.int64), minlength=1).astype(np.int32)


def ages_from_number(waiting: int, referrals: ArrayLike, hazard: float = 0.0) -> np.ndarray:
    """Spread a list of which only the number is known over whole weeks waited.

    The law is that of a list served in order: as many weeks of past referrals, the latest first, as the list
    holds, each thinned by those who have left since.

    Parameters
    ----------
    waiting : int
        Children waiting, 0 or more.
    referrals : array_like
        Children referred a week: one number, or by week, the latest first; the last holds for earlier weeks.
    hazard : float
        Chance a week that a waiting child leaves unseen; with it the past may not hold so long a list.

    Returns
    -------
    ndarray of int32, (weeks,)
        Whole children by whole weeks waited, `waiting` in all.

    Raises
    ------
    DomainError
        A number outside its domain, or a list longer than such referrals and removals can leave.

    Examples
    --------
    >>> ages_from_number(45, 20).tolist()
    [20, 20, 5]
    >>> ages_from_number(45, 20, hazard=0.1).tolist()
    [20, 18, 7]
    """
    kinds(waiting=(waiting, "number"), referrals=(referrals, "number"))
    number = from_zero("waiting", waiting)
    require(number <= MOST, "waiting", number, f"up to {MOST:,}", "Check the number")
    require(number == np.floor(number), "waiting", number, "a whole number", "Round it")
    rates = np.atleast_1d(positive("referrals", referrals))
    if not rates.size or rates.ndim > 1:
        raise refusal("referrals", referrals, "one number, or one a week", "Write referrals=20, for example.")
    for name, one in (("waiting", waiting), ("hazard", hazard)):
        if np.ndim(one):
            raise refusal(name, one, "one number", "Give one for the list.")
    chance = from_zero("hazard", hazard)
    require(chance < 1, "hazard", chance, "from 0 and under 1", "Give a chance a week, for example 0.005")
    most = rates[-1] / float(chance) + rates.sum() if chance > 0 else np.inf
    require(
        np.asarray(number < most),
        "waiting",
        number,
        f"under {most:g}",
        "Removals alone would keep it shorter",
    )
    total = 0.0
    sizes: list[float] = []
    while total < number:
        age = len(sizes)
        stay = rates[min(age, rates.size - 1)] * (1.0 - float(chance)) ** age
        require(
            np.asarray(age < 10_000),
            "waiting",
            number,
            "a list under 10,000 weeks old",
            "Check the referrals",
        )
        sizes.append(min(stay, float(number) - total))
        total += sizes[-1]
    whole = np.rint(np.cumsum([0.0, *sizes]))
    return np.diff(whole).astype(np.int32) if sizes else np.zeros(1, dtype=np.int32)
