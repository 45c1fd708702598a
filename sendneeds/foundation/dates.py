"""Dates as people and spreadsheets write them: one reader, and one order of day and month for a whole column.

A date in numbers alone is read day first, as it is written in England. It is never read month first because day
first happens not to fit: 03/04/2026 and 04/25/2026 in one column are a fault, not two orders.
"""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.errors import Fault

EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, as Excel has counted since March 1900
SERIALS = (20_000, 80_000)  # 1954 to 2119: other numbers are not taken for days of a spreadsheet
YEARS = (1950, 2100)
CENTURY = 70  # two-digit years from 70 are in the 1900s
HERE = "Europe/London"
ALLOWED = f"a date from {YEARS[0]} to {YEARS[1]}, as YYYY-MM-DD or DD/MM/YYYY"
MISSING = ("", "nat", "nan", "none", "null", "<na>")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]?\s+", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:\s*,?\s+|T)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([ap]\.?m\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$",
    re.IGNORECASE | re.ASCII,
)
_BASIC = re.compile(r"(\d{8}T\d{2})(\d{2})(\d{2})?(?=$|[.Z+-])", re.IGNORECASE | re.ASCII)
"""Date and time without a mark between their parts, as ISO 8601 has them too: 20260105T100000Z."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})", re.ASCII)
_IN_NUMBERS = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{2}|\d{4})", re.ASCII)
_DAY_AND_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[-/., ]*([a-z]{3,9})[-/., ]*(\d{2}|\d{4})", re.IGNORECASE | re.ASCII
)
_NAME_AND_DAY = re.compile(
    r"([a-z]{3,9})[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4})", re.IGNORECASE | re.ASCII
)


def is_missing(cell: Any) -> bool:
    """Return whether a cell holds nothing: blank, None, NaN, NaT or one of these as text.

    Examples
    --------
    >>> [is_missing(cell) for cell in (None, " ", float("nan"), np.datetime64("NaT"), "NaT", 0, "today")]
    [True, True, True, True, True, False, False]
    """
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(cell, str):
        return cell.strip().casefold() in MISSING
    if isinstance(cell, np.datetime64):
        return bool(np.isnat(cell))
    return isinstance(cell, numbers.Real) and math.isnan(cell)


def day_of(cell: Any, day_first: bool = True) -> dt.date | None:
    """Return the date in a cell, or None if it holds no date in the given order.

    Parameters
    ----------
    cell : str, number, date, datetime or datetime64
        A number of five digits, or a text of one, is a spreadsheet's serial in the calendar from 1900. A time of
        day is left off; a moment with a time zone is the day it was in England. Words such as "today" are no date.
    day_first : bool
        Whether 03/04/2026 is 3 April or 4 March.

    Examples
    --------
    >>> texts = ("2025-01-31", "31/01/2025", "31.1.25", "31-Jan-25", "Fri 31 January 2025", 45688, "45688", "20250131")
    >>> {day_of(text) for text in texts}
    {datetime.date(2025, 1, 31)}
    >>> day_of("2025-06-30T23:30:00Z"), day_of("01/31/2025"), day_of("today")
    (datetime.date(2025, 7, 1), None, None)
    """
    if is_missing(cell) or isinstance(cell, bool | np.bool_):
        return None
    if isinstance(cell, dt.date | np.datetime64):
        return _in_range(_own_day(cell))
    if isinstance(cell, numbers.Real | Decimal):
        number = float(cell)
        if not math.isfinite(number):
            return None
        cell = str(int(number)) if number == int(number) else f"{number:f}"
    if not isinstance(cell, str):
        return None
    text = _WEEKDAY.sub("", " ".join(cell.split()), count=1)
    if _SERIAL.fullmatch(text):
        serial = SERIALS[0] <= float(text) <= SERIALS[1]
        return EPOCH + dt.timedelta(days=int(float(text))) if serial else None
    text = _BASIC.sub(lambda match: f"{match[1]}:{match[2]}:{match[3] or '00'}", text)
    clock = _CLOCK.search(text)
    day = _written_day(text[: clock.start()] if clock else text, day_first)
    return _in_range(_at_home(day, clock) if day and clock else day)


def read_dates(
    values: Iterable[Any],
    file: str,
    column: str,
    faults: list[Fault],
    *,
    needed: bool = False,
    day_first: bool = True,
) -> list[dt.date | None]:
    """Read a column of dates in one order, noting every cell that is no date.

    Parameters
    ----------
    values : iterable
        Cells, as `day_of` takes them.
    file, column : str
        Where they stand, for the faults.
    faults : list of Fault
        Added to: the first value stands in row 2.
    needed : bool
        Whether an empty cell is a fault.
    day_first : bool

    Returns
    -------
    list of date or None
        None where there is none, or a fault.

    Examples
    --------
    >>> faults = []
    >>> read_dates(["03/04/2026", 46115, "2026-04-03", None], "list.csv", "referred", faults)[:3] == 3 * [
    ...     dt.date(2026, 4, 3)
    ... ], faults
    (True, [])
    >>> read_dates(["03/04/2026", "04/25/2026"], "list.csv", "referred", faults)
    [datetime.date(2026, 4, 3), None]
    >>> print(faults[0].text())
      list.csv row 3, column referred
        found:   04/25/2026, which is a date month first only; 1 other date of the column can be read in both orders
        allowed: a date from 1950 to 2100, as YYYY-MM-DD or DD/MM/YYYY
        do:      Write every date of the column as YYYY-MM-DD.
    """
    cells = list(values)
    days = [day_of(cell, day_first) for cell in cells]
    other = [day_of(cell, not day_first) for cell in cells]
    both = sum(
        one is not None and two is not None and one != two for one, two in zip(days, other, strict=True)
    )
    order = "month" if day_first else "day"
    for row, (cell, day, turned) in enumerate(zip(cells, days, other, strict=True)):
        if day is not None:
            continue
        found, cure = str(cell), "Mend the date."
        if is_missing(cell):
            if not needed:
                continue
            found, cure = "nothing", "Give the date or leave the row out."
        elif turned is not None:
            found += f", which is a date {order} first only"
            if both:
                found += f"; {both} other date{'s' * (both > 1)} of the column can be read in both orders"
            cure = "Write every date of the column as YYYY-MM-DD."
        faults.append(Fault(file, row + 2, column, found, ALLOWED, cure))
    return days


def read_date(name: str, value: Any) -> dt.date:
    """Return an argument that has to be one date, read as `day_of` reads it.

    Raises
    ------
    DomainError

    Examples
    --------
    >>> read_date("start", "02/03/2026")
    datetime.date(2026, 3, 2)
    >>> read_date("start", "today")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: start='today': a text; allowed: a date ... Write start='2026-03-02', ...
    """
    day = day_of(value)
    if day is None:
        raise refusal(name, value, ALLOWED, f"Write {name}='2026-03-02', for example.")
    return day


def _own_day(moment: dt.date | np.datetime64) -> dt.date | None:
    if isinstance(moment, np.datetime64):
        if np.datetime_data(moment.dtype)[0] in ("Y", "M", "W"):
            return None  # a year, a month or a week is no day
        found = moment.astype("datetime64[D]").item()
        return found if isinstance(found, dt.date) else None
    if isinstance(moment, dt.datetime):
        return (moment.astimezone(ZoneInfo(HERE)) if moment.tzinfo else moment).date()
    return moment


def _written_day(text: str, day_first: bool) -> dt.date | None:
    """Return the day that a text without a time of day writes."""
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        if match[2] or len(text) == 8:
            return _day(match[1], match[3], match[4])
    elif match := _IN_NUMBERS.fullmatch(text):
        return _day(match[4], *((match[3], match[1]) if day_first else (match[1], match[3])))
    elif match := _DAY_AND_NAME.fullmatch(text):
        return _day(match[3], _month(match[2]), match[1])
    elif match := _NAME_AND_DAY.fullmatch(text):
        return _day(match[3], _month(match[1]), match[2])
    return None


def _at_home(day: dt.date, clock: re.Match[str]) -> dt.date | None:
    """Return the day in England of a written day, time and, if there is one, offset; None for an impossible time."""
    hour, half, offset = int(clock[1]), (clock[4] or "")[:1].casefold(), (clock[5] or "").upper()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "p")
    try:
        moment = dt.datetime(day.year, day.month, day.day, hour, int(clock[2]), int(clock[3] or 0))
        if offset:
            behind = 0 if offset in ("Z", "UTC", "GMT") else int(offset[0] + "1") * (
                60 * int(offset[1:3]) + int(offset[3:].strip(":") or 0)
            )  # fmt: skip
            moment = moment.replace(tzinfo=dt.timezone(dt.timedelta(minutes=behind)))
    except ValueError:
        return None
    return _own_day(moment)


def _month(name: str) -> int:
    """Return the month of a name or its first letters; 0 for another word."""
    letters = name.casefold()
    if letters == "sept":
        return 9
    return next((number for number, month in enumerate(MONTHS, 1) if letters in (month, month[:3])), 0)


def _day(year: str, month: str | int, day: str) -> dt.date | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= CENTURY else 2000
    try:
        return dt.date(number, int(month), int(day))
    except ValueError:
        return None


def _in_range(day: dt.date | None) -> dt.date | None:
    return day if day is not None and YEARS[0] <= day.year <= YEARS[1] else None
