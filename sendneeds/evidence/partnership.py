"""Dates and names in the tables that a partnership keeps, read as they are printed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_WORD = re.compile(r"([A-Za-z]{3})[a-z]*\.?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_PRINTED = re.compile(r"(?:([A-Za-z.]{3,10})\s*(?:-|–|to)\s*)?([A-Za-z.]{3,10})[\s\-]*(\d{4}|\d{2})")


class Due(NamedTuple):
    """When an action is due: from the first to the last day that its date can mean."""

    first: dt.date
    last: dt.date

    @property
    def is_range(self) -> bool:
        """Whether it spans more than one month."""
        return (self.first.year, self.first.month) != (self.last.year, self.last.month)


def read_due(text: str) -> Due | None:
    """Return when an action is due, or None where the text names no month.

    Parameters
    ----------
    text : str
        A day (``2027-03-31``), a month (``2027-03``, ``Mar-27``), or months (``Sept - Nov 26``).

    Examples
    --------
    >>> read_due("Mar-19").last.isoformat(), read_due("Sept - Nov 18").first.isoformat()
    ('2019-03-31', '2018-09-01')
    >>> read_due("ongoing") is None
    True
    """
    text = text.strip()
    if _ISO_DAY.fullmatch(text):
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return None
        return Due(day, day)
    iso = _ISO_MONTH.fullmatch(text)
    if iso:
        return _months(int(iso[1]), int(iso[2]), int(iso[2]))
    printed = _PRINTED.fullmatch(text)
    if printed is None:
        return None
    last = _month(printed[2])
    first = _month(printed[1]) if printed[1] else last
    year = int(printed[3]) + (2000 if len(printed[3]) == 2 else 0)
    return _months(year, first, last)


def _month(word: str) -> int:
    """Return the number of a month from its name or its start, 0 where it is none."""
    found = _WORD.fullmatch(word)
    return _MONTHS.get(found[1].casefold(), 0) if found else 0


def _months(year: int, first: int, last: int) -> Due | None:
    """Return the first day of a month to the last day of another; the first may lie in the year before."""
    if not (1 <= first <= 12 and 1 <= last <= 12 and 1990 <= year <= 2100):
        return None
    began = year - 1 if first > last else year
    return Due(dt.date(began, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))
