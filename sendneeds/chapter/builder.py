"""What the sections of a chapter add to: its indicator records, tables and figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sendneeds.chapter.charts.artist import Artist
from sendneeds.chapter.charts.lines import Series
from sendneeds.chapter.records import Indicator, IndicatorRecords, Period
from sendneeds.chapter.tables import Cell, Figure, Table, weakest
from sendneeds.chapter.units import Unit
from sendneeds.chapter.words import Standing
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.evidence.disclosure.protected import ProtectedArea


@dataclass(frozen=True)
class Gap:
    """A figure of the area that nobody has supplied.

    Parameters
    ----------
    record : Indicator
    period : Period or str
    """

    record: Indicator
    period: Period | str


@dataclass
class ChapterBuilder:
    """The records, tables and figures of a chapter, as its sections add them.

    Parameters
    ----------
    area, england : Area
        The area of the chapter, and the country that it is compared with.
    protected : ProtectedArea, optional
        What disclosure control made of the area: `area` is then its area.
    records : IndicatorRecords
    tables : dict of str to Table
    figures : dict of str to Figure
    hidden_figures : dict of str to str
        Titles of figures of which nothing may be shown, by id.
    gaps : list of Gap
        Figures of the area that nobody has supplied, in the order in which they were missed.
    artist : Artist
        Who draws the figures.
    """

    area: Area
    england: Area
    protected: ProtectedArea | None = None
    records: IndicatorRecords = field(default_factory=IndicatorRecords)
    tables: dict[str, Table] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    hidden_figures: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    artist: Artist = field(default_factory=Artist)

    @property
    def areas(self) -> tuple[tuple[str, Area], tuple[str, Area]]:
        """The area and England, each with the part of indicator ids that is its own."""
        return ("", self.area), (".england", self.england)

    @cached_property
    def facts(self) -> set[str]:
        """The periods in which a run states what is known: the last caseload, and the January of its start."""
        years = {self.area.start.year}
        if self.area.has("ehc_plans"):
            years.add(int(self.area.table("ehc_plans")["census_january"].max()))
        return {f"January {year}" for year in years}

    def add_table(
        self,
        id: str,
        title: str,
        head: Sequence[str],
        rows: Sequence[tuple[str, Sequence[Cell]]],
        note: str = "",
        ranges: bool = True,
    ) -> Table:
        """Add a table; its sources are those of its records.

        Raises
        ------
        DomainError
            If the chapter has a table of that id.
        """
        if id in self.tables:
            raise DomainError(f"table {id!r} is already in the chapter")
        alone = [(name, [c.alone if isinstance(c, Standing) else c for c in cells]) for name, cells in rows]
        table = Table(id, title, head, alone, note, ranges)
        self.tables[id] = table
        return table

    def add_figure(
        self,
        id: str,
        title: str,
        alt: str,
        draw: Callable[[], Callable[[], str]],
        table: Table,
        unit: str,
        *,
        caveats: Sequence[str] = (),
    ) -> bool:
        """Add a figure beside the `table` of what it shows, and return whether anything is shown.

        `draw` returns the call that draws it, which can be pickled; it is asked only where something is shown.

        `caveats` are sentences for the reader: breaks in the series, measures that differ.
        """
        shown = [record for record in table.records() if record.shown]
        if not shown:
            self.hidden_figures[id] = title
            return False
        basis = weakest([record.basis for record in shown])
        self.figures[id] = Figure(
            id, title, alt, self.artist.draw(draw()), table, unit, basis, tuple(caveats)
        )
        return True

    def breaks(self, table: str, first: int, last: int) -> tuple[list[int], list[str]]:
        """Return the years in which a series of a `table` breaks, and a sentence for each."""
        known = self.area.breaks()
        rows = known[(known["table"] == table) & (known["year"] > first) & (known["year"] <= last)]
        sentences = [f"Break in {y}: {what}." for y, what in zip(rows["year"], rows["what"], strict=True)]
        return [int(y) for y in rows["year"]], sentences

    def add(self, record: Indicator) -> Indicator:
        """Add a record worked out by a section."""
        return self.records.add(record)

    def add_missing(
        self, id: str, title: str, unit: str, period: Period | str, supplied_by: str
    ) -> Indicator:
        """Add a record of a figure of the area that nobody has supplied, and list it among the gaps."""
        if self.area.parts:
            supplied_by = supplied_by.replace("the council", "each council")
        record = self.records.missing(id, title, unit, str(period), supplied_by)
        self.gaps.append(Gap(record, period))
        return record

    def add_published(
        self,
        id: str,
        title: str,
        value: Any,
        unit: str,
        period: Period | str,
        table: str,
        *,
        area: Area | None = None,
        supplied_by: str = "",
        suppressed: bool = False,
        **more: Any,
    ) -> Indicator:
        """Add a figure read or worked out from a `table` of the area's pack, or of England's.

        Without a value it is withheld where the source suppressed it, and else missing.
        """
        owner = area or self.area
        if value is not None and not pd.isna(value):
            meta = owner.meta[table]
            return self.add(
                Indicator(id, title, float(value), unit, str(period), meta.source, meta.basis, **more)
            )
        if suppressed:
            meta = owner.meta[table]
            return self.add(
                Indicator(id, title, None, unit, str(period), meta.source, meta.basis, state="withheld")
            )
        supplied_by = supplied_by or f"a row of {table}.csv"
        if owner is self.england:
            return self.records.missing(id, title, unit, str(period), supplied_by)
        return self.add_missing(id, title, unit, period, supplied_by)

    def add_drawn(
        self,
        id: str,
        title: str,
        draws: Any,
        unit: str,
        period: Period | str,
        source: str,
        basis: str = "estimate",
        *,
        value: float | None = None,
        **more: Any,
    ) -> Indicator:
        """Add the median and the 80 % interval of `draws`, (draw,): parts are summed first, as medians do not add.

        There is no interval where every draw agrees. That is no projection but a fact, and so is where a run starts:
        one that rests on the area's own records is withheld where it could be of a few children.

        `value` takes the place of the median where parts are rounded together. There is no interval where every draw
        agrees. Precision follows the interval: a count is rounded as its interval allows, once, so that every sentence,
        chart and table has the same number.
        """
        low, middle, high = (float(q) for q in np.quantile(np.asarray(draws, float), INTERVAL_LEVELS))
        is_fact = low == high or str(period) in self.facts
        hidden = is_fact and self.protected is not None and self.protected.hides_fact(middle, unit, source)
        if hidden or (value is not None and math.isnan(value)):  # a part of what is withheld is too
            return self.add(
                Indicator(id, title, None, unit, str(period), source, basis, state="withheld", **more)
            )
        middle = middle if value is None else value
        if Unit(unit).is_count and basis not in ("published", "local"):
            step = step_of(high - low)
            low, high = (step * round(end / step) for end in (low, high))
            middle = middle if value is not None else step * round(middle / step)
        ends: dict[str, Any] = {} if low == high else {"low": low, "high": high}
        return self.add(Indicator(id, title, middle, unit, str(period), source, basis, **ends, **more))

    def add_rough(
        self, id: str, title: str, draws: Any, unit: str, period: Period | str, source: str, **more: Any
    ) -> Indicator:
        """Add the median of `draws`, (draw,), that rest on England's figure, scaled: to two figures, and no interval.

        How far an area is from England's share has no record, so that the spread of the draws would say too little.
        """
        middle = float(np.median(np.asarray(draws, float)))
        step = max(1.0, 10.0 ** (math.floor(math.log10(middle)) - 1)) if middle >= 1 else 1.0
        return self.add(
            Indicator(id, title, step * round(middle / step), unit, str(period), source, "scaled", **more)
        )


def step_of(width: float) -> float:
    """Return the power of ten to which a count with an interval of some width is rounded, 1 at least.

    Examples
    --------
    >>> step_of(909), step_of(213), step_of(20), step_of(0)
    (100.0, 10.0, 1.0, 1.0)
    """
    return max(1.0, 10.0 ** math.floor(math.log10(width / 4))) if width > 0 else 1.0


def rounded_to_sum(parts: Sequence[float], total: float) -> list[float]:
    """Return whole numbers near `parts` that add up to the whole number nearest `total`.

    What the parts are off by is shared among them by their size, and the rest goes to the largest remainders.

    Examples
    --------
    >>> rounded_to_sum([13, 13, 26, 90, 14, 0, 0], 176)
    [15.0, 15.0, 29.0, 101.0, 16.0, 0.0, 0.0]
    >>> rounded_to_sum([40, -10], 33)
    [42.0, -9.0]
    >>> rounded_to_sum([40, 3], math.nan)  # a sum that may not be told tells no part
    [nan, nan]
    """
    if math.isnan(total):
        return [math.nan] * len(parts)
    sizes = np.asarray(parts, float)
    weight = np.abs(sizes).sum()
    exact = sizes + (round(total) - sizes.sum()) * (np.abs(sizes) / weight if weight else 1 / len(sizes))
    whole = np.floor(exact)
    most = np.argsort(-(exact - whole), kind="stable")[: round(round(total) - whole.sum())]
    whole[most] += 1
    return [float(value) for value in whole]


def series(
    label: str, records: Mapping[int, Indicator], *, dashed: bool = False, band: bool = False
) -> Series:
    """Return a line of a chart from records by year, with their intervals as a `band` if wanted."""
    shown = records.values()
    low = [record.lower_end for record in shown] if band else ()
    high = [record.upper_end for record in shown] if band else ()
    return Series(label, list(records), [record.number for record in shown], low, high, dashed)


def in_years(records: Mapping[int, Indicator], years: Iterable[int]) -> list[Cell]:
    """Return the cells of a row of a table: the record of each year, empty where there is none."""
    return [records.get(year, "") for year in years]


def rows(area: Area, table: str, **where: Any) -> pd.DataFrame:
    """Return the rows of a `table` in which each named column holds the given value; empty if there is none."""
    frame = area.tables.get(table)
    if frame is None:
        return pd.DataFrame(columns=TABLES[table].names())
    masks = [frame[column] == value for column, value in where.items() if column in frame]
    return frame[np.logical_and.reduce(masks)] if masks else frame


def figure_of(area: Area, table: str, column: str, **where: Any) -> float | None:
    """Return the one figure of a `table` that `where` names, or None where it is absent or has no value."""
    found = rows(area, table, **where)
    if len(found) != 1 or pd.isna(found[column].iloc[0]):
        return None
    return float(found[column].iloc[0])


def is_scaled(area: Area, table: str) -> bool:
    """Return whether a `table` is England's scaled: set against England's it can only say that the two agree."""
    return table in area.meta and area.meta[table].basis == "scaled"


def suppressed(found: pd.DataFrame) -> bool:
    """Return whether any of some rows of a table was suppressed by its source."""
    return "flag" in found and bool((found["flag"] == "suppressed").any())
