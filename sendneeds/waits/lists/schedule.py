"""Dates in, dates out: put dated referrals into dated slots, first in, first out within priority."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.columns import numbers_of
from sendneeds.foundation.dates import read_dates
from sendneeds.foundation.errors import Fault, FaultsError
from sendneeds.foundation.kinds import kinds

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd


MOST_SLOTS = 100_000
"""Most slots of a day."""


def schedule(referrals: pd.DataFrame | Sequence, slots: pd.DataFrame | Sequence) -> pd.DataFrame:
    """Put each waiting child into the first slot that is its turn.

    Slots are taken in order of date. Each goes to the most urgent child not yet seen whose referral is earlier
    than the slot's day; among children of one priority, to the one referred first. A slot on or before the day
    of referral cannot be used by that child. Rows may come in any order; of two children alike in priority and
    day, the upper row goes first. Dates in numbers alone are read day first, a whole column in one order; a
    spreadsheet's serials (46115) are read, times of day are left off, and words such as "today" are refused.

    Parameters
    ----------
    referrals : pandas.DataFrame or sequence of dates
        Columns ``referred`` (date), and if present ``priority`` (a whole number, 1 the most urgent) and
        ``seen`` (date; a child who has one keeps it and needs no slot). Other columns are carried through.
    slots : pandas.DataFrame or sequence of dates
        Dates of slots, a date once for each slot; or columns ``date`` and ``slots`` (how many that day).

    Returns
    -------
    pandas.DataFrame
        The rows of `referrals` in their own order and index, with ``seen`` (NaT where no slot was left) and
        ``weeks_waited`` (days from referral to ``seen`` over 7; NaN where there is none).

    Raises
    ------
    FaultsError
        A date or number that cannot be read or used; all of them are told at once.

    Examples
    --------
    >>> import pandas as pd
    >>> waiting = pd.DataFrame(
    ...     {"referred": ["2026-03-09", "2026-03-02", "2026-03-03"], "priority": [2, 2, 1]}
    ... )
    >>> booked = schedule(waiting, ["2026-03-03", "2026-03-10"])
    >>> print(booked)
        referred  priority       seen  weeks_waited
    0 2026-03-09         2        NaT           NaN
    1 2026-03-02         2 2026-03-03      0.142857
    2 2026-03-03         1 2026-03-10      1.000000
    """
    kinds(referrals=(referrals, "rows"), slots=(slots, "rows"))
    import pandas as pd

    if isinstance(referrals, Mapping):
        cure = "Give a list of dates, or a table with the column referred."
        raise refusal("referrals", referrals, "a list of dates, or a table", cure)
    table = (
        referrals.copy()
        if isinstance(referrals, pd.DataFrame)
        else pd.DataFrame({"referred": list(referrals)})
    )
    faults: list[Fault] = []
    days = _slot_days(slots, faults)
    referred, priority, seen = _read_referrals(table, faults)
    if faults:
        raise FaultsError("the schedule", faults)

    order = sorted((day, row) for row, day in enumerate(referred) if seen[row] is None)
    waiting: list[tuple[int, dt.date, int]] = []
    next_in = 0
    for day in sorted(days):
        while next_in < len(order) and order[next_in][0] < day:
            joined, row = order[next_in]
            heapq.heappush(waiting, (priority[row], joined, row))
            next_in += 1
        if waiting:
            seen[heapq.heappop(waiting)[2]] = day
    table["referred"] = pd.to_datetime(pd.Series(referred, index=table.index))
    table["seen"] = pd.to_datetime(pd.Series(seen, index=table.index, dtype="object"))
    table["weeks_waited"] = (table["seen"] - table["referred"]).dt.days / 7
    return table


def _read_referrals(
    table: pd.DataFrame, faults: list[Fault]
) -> tuple[list[dt.date], list[int], list[dt.date | None]]:
    """Return the dates of referral, the priorities and the dates already given, noting every fault."""
    if "referred" not in table:
        found = ", ".join(map(str, table.columns))
        faults.append(
            Fault("referrals", 0, "referred", f"columns {found}", "a column 'referred'", "name the column")
        )
        return [], [], []
    if _twice(table, "referrals", ("referred", "seen", "priority"), faults):
        return [], [], []
    referred = read_dates(table["referred"], "referrals", "referred", faults, needed=True)
    given: list[dt.date | None] = [None] * len(table)
    if "seen" in table:
        given = read_dates(table["seen"], "referrals", "seen", faults)
    urgency = [1] * len(table)
    if "priority" in table:
        numbers = numbers_of(table["priority"])
        for row, (number, found) in enumerate(zip(numbers, table["priority"], strict=True)):
            if not number >= 1 or number % 1:
                faults.append(
                    _fault("referrals", row, "priority", found, "a whole number from 1", "mend the number")
                )
            else:
                urgency[row] = int(number)
    for row, (joined, left) in enumerate(zip(referred, given, strict=True)):
        if joined is not None and left is not None and left < joined:
            found = f"{left}, before the referral of {joined}"
            faults.append(
                _fault("referrals", row, "seen", found, "the day of referral or later", "check both dates")
            )
    return [day for day in referred if day is not None], urgency, given


def _slot_days(slots: pd.DataFrame | Sequence, faults: list[Fault]) -> list[dt.date]:
    """Return the day of every slot, noting every fault."""
    import pandas as pd

    if isinstance(slots, Mapping):
        cure = "Give a date for each slot in a list, or a table with the columns date and slots."
        raise refusal("slots", slots, "a list of dates, or a table", cure)
    if not isinstance(slots, pd.DataFrame):
        days = read_dates(slots, "slots", "date", faults, needed=True)
        return [day for day in days if day is not None]
    for column in ("date", "slots"):
        if column not in slots:
            found = ", ".join(map(str, slots.columns))
            faults.append(
                Fault("slots", 0, column, f"columns {found}", f"a column '{column}'", "name the column")
            )
    if not {"date", "slots"} <= set(slots) or _twice(slots, "slots", ("date", "slots"), faults):
        return []
    days = read_dates(slots["date"], "slots", "date", faults, needed=True)
    numbers = numbers_of(slots["slots"])
    out: list[dt.date] = []
    for row, (day, number, found) in enumerate(zip(days, numbers, slots["slots"], strict=True)):
        if not 0 <= number <= MOST_SLOTS or number % 1:
            allowed = f"a whole number from 0 to {MOST_SLOTS:,}"
            faults.append(_fault("slots", row, "slots", found, allowed, "mend the number"))
        elif day is not None:
            out += [day] * int(number)
    return out


def _twice(table: pd.DataFrame, file: str, columns: Sequence[str], faults: list[Fault]) -> bool:
    """Return whether a column is there more than once, noting each that is."""
    names = list(table.columns)
    twice = [column for column in columns if names.count(column) > 1]
    for column in twice:
        found = f"{names.count(column)} columns '{column}'"
        faults.append(Fault(file, 0, column, found, "one", "take out the others"))
    return bool(twice)


def _fault(file: str, row: int, column: str, found: object, allowed: str, cure: str) -> Fault:
    return Fault(file, row + 2, column, str(found), allowed, cure)
