"""Which years of the share of plans in time are a forecast, to be drawn as one, and why the others are not.

The interval of one area is wide after a year already, and the share ends at 0 and at 100 %. An interval wider than 60
points says little more than that; one that what is published so far contradicts says something else. Neither is a
forecast, nor is any year after such a one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

WIDEST = 60.0
"""Points of the 80 % interval beyond which a share in time is not drawn as a forecast."""
Interval = tuple[float, float, float]
"""Low, central and high of an 80 % interval, in per cent."""


class DrawnYears(NamedTuple):
    """Years that are drawn, and why the first of the others is not.

    Parameters
    ----------
    years : tuple of int
        From the first of the run on; none where that is none already.
    first_not : int or None
        The first year that is not drawn, and no year from it on.
    contradicted : bool
        Whether that is because the published record contradicts it.
    why : str
        A clause that a sentence may end with; empty where all are drawn.
    """

    years: tuple[int, ...]
    first_not: int | None
    contradicted: bool
    why: str


def contradicts(central: float, record: Interval | None) -> bool:
    """Return whether a projected share lies outside the interval of the published record alone, where there is one.

    Examples
    --------
    >>> contradicts(5, (24, 60, 88)), contradicts(70, (24, 60, 88)), contradicts(5, None)
    (True, False, False)
    """
    return record is not None and not record[0] <= central <= record[2]


def drawn_years(
    ahead: Mapping[int, Interval | None], record: Mapping[int, Interval] | None = None
) -> DrawnYears:
    """Return the years drawn as a forecast: those before the first that is none.

    Parameters
    ----------
    ahead : mapping of year to tuple of float, or None
        The projected share in per cent, None where no plan is issued.
    record : mapping of year to tuple of float, optional
        The share as the record alone has it (`track_record.record_alone`).

    Examples
    --------
    >>> drawn_years({2025: (50, 70, 90), 2026: (30, 65, 95)}).why
    'its 80% interval, 30% to 95%, is wider than 60 points'
    >>> drawn_years({2025: (1, 5, 12)}, {2025: (24, 60, 88)})[1:]
    (2025, True, 'the published record contradicts it: that alone has 24% to 88%')
    """
    years: list[int] = []
    for year in sorted(ahead):
        interval, alone = ahead[year], (record or {}).get(year)
        if interval is None:
            return DrawnYears(tuple(years), year, False, "no plan is issued")
        low, central, high = interval
        if alone is not None and contradicts(central, alone):
            why = f"the published record contradicts it: that alone has {alone[0]:.0f}% to {alone[2]:.0f}%"
            return DrawnYears(tuple(years), year, True, why)
        if high - low > WIDEST:
            why = f"its 80% interval, {low:.0f}% to {high:.0f}%, is wider than {WIDEST:.0f} points"
            return DrawnYears(tuple(years), year, False, why)
        years.append(year)
    return DrawnYears(tuple(years), None, False, "")


def as_interval(values: Sequence[float]) -> Interval:
    """Return three numbers as low, central and high."""
    low, central, high = map(float, values)
    return low, central, high
