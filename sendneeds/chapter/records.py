"""Indicator records: every number that the chapter shows is one of these, and none is typed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

from sendneeds.chapter.units import Unit
from sendneeds.foundation.errors import DomainError, UnknownNameError, nearest
from sendneeds.foundation.vocabulary import BASES

STATES = ("shown", "missing", "withheld")
"""`missing`: nobody has supplied it; `withheld`: its source suppressed it, and it is shown as `[c]`."""

OPEN_BASES = ("published", "scaled", "estimate", "illustrative")
"""Bases that rest on published figures or on none, so that no child can be identified from them."""


Z95 = 1.96
"""A 95 % interval is the centre plus or minus this many standard errors."""


@dataclass(frozen=True)
class Period:
    """A year and what it is a year of; prints as ``January 2025`` or ``calendar year 2024``.

    Parameters
    ----------
    kind : str
    plural : str
    year : int

    Examples
    --------
    >>> str(january(2025)), calendar_year(2019).to(calendar_year(2022))
    ('January 2025', 'calendar years 2019 to 2022')
    """

    kind: str
    plural: str
    year: int

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"

    def to(self, last: Period) -> str:
        """Return the periods from this one to the `last` in words."""
        return f"{self.plural} {self.year} to {last.year}" if last.kind == self.kind else f"{self} to {last}"


def january(year: int) -> Period:
    """Return the January of a `year`, at which stocks are counted."""
    return Period("January", "January", int(year))


def calendar_year(year: int) -> Period:
    """Return a calendar `year`, over which flows are counted."""
    return Period("calendar year", "calendar years", int(year))


@dataclass(frozen=True)
class Indicator:
    """One figure with all that is needed to print it honestly.

    Parameters
    ----------
    id : str
        Dotted name, from the general to the particular: ``plans.total.2025``.
    title : str
        What is counted or measured, in plain words.
    value : float or None
        Central figure; None where the state is not ``shown``.
    unit : Unit or str
        A `sendneeds.chapter.units.Unit`, which a name becomes.
    period : str
        In words: ``January 2025``, ``calendar year 2024``.
    source : str
    basis : str
        One of `sendneeds.foundation.vocabulary.BASES`.
    definition : str
        Denominator, exceptions, what is in and what is out.
    low, high : float or None
        Ends of the interval.
    level : int
        Level of that interval, percent.
    better : str
        ``up``, ``down`` or empty where neither is better.
    state : str
        One of `STATES`.
    supplied_by : str
        For a missing figure: what would supply it.

    Raises
    ------
    DomainError
        If basis or state is not known, a shown figure has no finite value, or the interval is not in order.

    Examples
    --------
    >>> plans = Indicator("plans.2025", "EHC plans", 1868, "plans", "January 2025", "SEN2", "published")
    >>> plans.value, plans.shown
    (1868, True)
    """

    id: str
    title: str
    value: float | None
    unit: Unit | str
    period: str
    source: str
    basis: str
    definition: str = ""
    low: float | None = None
    high: float | None = None
    level: int = 80
    better: str = ""
    state: str = "shown"
    supplied_by: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.basis not in BASES:
            raise DomainError(f"indicator {self.id}: basis {self.basis!r} is not one of {', '.join(BASES)}")
        if self.state not in STATES:
            raise DomainError(f"indicator {self.id}: state {self.state!r} is not one of {', '.join(STATES)}")
        if self.shown and (self.value is None or not math.isfinite(self.value)):
            raise DomainError(
                f"indicator {self.id}: a shown figure needs a finite value, found {self.value!r}"
            )
        if not self.shown and self.value is not None:
            raise DomainError(f"indicator {self.id}: a figure in state {self.state!r} must not carry a value")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise DomainError(f"indicator {self.id}: interval {self.low} to {self.high} is not in order")

    @property
    def shown(self) -> bool:
        """Whether the figure may be printed as a number."""
        return self.state == "shown"

    @property
    def interval(self) -> tuple[float, float] | None:
        """The two ends of the interval, or None."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def number(self) -> float:
        """The figure for arithmetic and charts: NaN where it may not be printed, so that nothing derived is."""
        return math.nan if self.value is None else self.value

    @property
    def lower_end(self) -> float:
        """The lower end of the interval; the figure itself where it has none."""
        return self.number if self.low is None else self.low

    @property
    def upper_end(self) -> float:
        """The upper end of the interval; the figure itself where it has none."""
        return self.number if self.high is None else self.high


class IndicatorRecords:
    """All indicator records of one chapter, by id, in the order in which they were added.

    Examples
    --------
    >>> records = IndicatorRecords()
    >>> _ = records.missing("list.OT", "Children waiting for OT", "children", "now", "a waiting_list table")
    >>> records["list.OT"].state
    'missing'
    """

    def __init__(self) -> None:
        self._records: dict[str, Indicator] = {}

    def add(self, record: Indicator) -> Indicator:
        """Add a `record`; DomainError where its id is taken (two figures must not share a name)."""
        if record.id in self._records:
            raise DomainError(f"indicator {record.id!r} is already in the chapter")
        self._records[record.id] = record
        return record

    def missing(self, id: str, title: str, unit: str, period: str, supplied_by: str) -> Indicator:
        """Add a record of a figure that nobody has supplied, with what would supply it."""
        return self.add(
            Indicator(id, title, None, unit, period, "", "local", state="missing", supplied_by=supplied_by)
        )

    def __getitem__(self, id: str) -> Indicator:
        if id not in self._records:
            # a chapter has thousands of records: name the nearest, not all
            close = nearest(id, self._records)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise UnknownNameError(
                f"indicator {id!r} is not in the chapter.{hint} tables/indicators.csv lists all."
            )
        return self._records[id]

    def __contains__(self, id: object) -> bool:
        return id in self._records

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def shown(self, id: str) -> bool:
        """Whether there is a figure of that id and it may be printed as a number."""
        return id in self._records and self._records[id].shown

    def rows(self) -> list[dict[str, object]]:
        """Return every record as a dict, sorted by id, for ``tables/indicators.csv``."""
        names = [field.name for field in fields(Indicator)]
        return [{name: getattr(self._records[id], name) for name in names} for id in sorted(self._records)]
