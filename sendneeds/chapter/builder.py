"""What the sections of a chapter fill: the book of indicators, the tables and the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sendneeds.chapter.records import Indicator, IndicatorRecords
from sendneeds.chapter.tables import Figure, Table, weakest
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import DomainError


@dataclass
class ChapterBuilder:
    """An area, a run, and the chapter so far.

    Parameters
    ----------
    area, england : Area
    result : RunResult
    book : IndicatorRecords
    tables : dict of str to Table
    figures : dict of str to Figure
    facts : dict of str to object
        Words and lists that templates need beside the records (names, years, never a measured number).
    withheld : dict of str to str
        Figures of which nothing may be shown, with their titles.
    """

    area: Any
    england: Any
    result: Any
    book: IndicatorRecords = field(default_factory=IndicatorRecords)
    tables: dict[str, Table] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)

    def table(
        self,
        id: str,
        title: str,
        head: Sequence[str],
        rows: Sequence[tuple[str, Sequence[Any]]],
        note: str = "",
        ranges: bool = True,
    ) -> Table:
        """Add a table; a cell given as an indicator id is looked up, and its sources are gathered."""
        looked = [
            (name, [self.book[c] if isinstance(c, str) and c in self.book else c for c in cells])
            for name, cells in rows
        ]
        sources = dict.fromkeys(
            c.source for _, cells in looked for c in cells if isinstance(c, Indicator) and c.source
        )
        made = Table(id, title, head, looked, "; ".join(sources) or "none", note, ranges)
        if id in self.tables:
            raise DomainError(f"table {id!r} is already in the chapter")
        self.tables[id] = made
        return made

    def figure(
        self,
        id: str,
        title: str,
        alt: str,
        draw: Callable[[], str],
        table: Table,
        unit: str,
        table_open: bool = False,
        mind: Sequence[str] = (),
    ) -> None:
        """Add a figure drawn by `draw`, beside the `table` of what it shows; none where all of it is hidden.

        `mind` is what a reader has to mind: breaks in the series, measures that differ.
        """
        if not any(record.shown for record in table.records()):
            self.withheld[id] = title
            return
        basis = weakest([r.basis for r in table.records() if r.shown])
        made = Figure(id, title, alt, draw(), table, unit, table.source, basis, table_open, tuple(mind))
        self.figures[id] = made

    def breaks(self, table: str, first: int, last: int) -> tuple[list[int], list[str]]:
        """Return the years in which a series of a `table` breaks, and a sentence for each."""
        known = self.area.breaks()
        rows = known[(known["table"] == table) & (known["year"] > first) & (known["year"] <= last)]
        words = [f"Break in {y}: {what}." for y, what in zip(rows["year"], rows["what"], strict=True)]
        return [int(y) for y in rows["year"]], words

    def published(
        self,
        id: str,
        title: str,
        value: Any,
        unit: str,
        period: str,
        table: str,
        *,
        area: Any = None,
        supplied_by: str = "",
        suppressed: bool = False,
        **more: Any,
    ) -> Indicator:
        """Add a figure read or worked out from a `table` of the area's pack.

        Without a value it is withheld where the source suppressed it, and else missing.
        """
        owner = area or self.area
        if value is None or pd.isna(value):
            if suppressed:
                meta = owner.meta[table]
                return self.book.add(
                    Indicator(id, title, None, unit, period, meta.source, meta.basis, state="withheld")
                )
            return self.book.missing(id, title, unit, period, supplied_by or f"a row of {table}.csv")
        meta = owner.meta[table]
        return self.book.add(
            Indicator(id, title, float(value), unit, period, meta.source, meta.basis, **more)
        )

    def drawn(
        self,
        id: str,
        title: str,
        draws: Any,
        unit: str,
        period: str,
        source: str,
        basis: str = "estimate",
        **more: Any,
    ) -> Indicator:
        """Add the median and the 80 % interval of `draws` (summed before this is called: medians do not add)."""
        low, middle, high = (float(q) for q in np.quantile(np.asarray(draws, float), INTERVAL_LEVELS))
        ends: dict[str, Any] = (
            {} if low == high else {"low": low, "high": high}
        )  # what every draw agrees on has no interval
        return self.book.add(Indicator(id, title, middle, unit, period, source, basis, **ends, **more))


def rows(area: Any, table: str, **where: Any) -> pd.DataFrame:
    """Return the rows of a `table` in which each named column holds the given value; empty if there is none."""
    frame = area.tables.get(table)
    if frame is None:
        return pd.DataFrame(columns=TABLES[table].names())
    for column, value in where.items():
        if column in frame:
            frame = frame[frame[column] == value]
    return frame


def figure_of(area: Any, table: str, column: str, **where: Any) -> float | None:
    """Return the one figure of a `table` that `where` names, or None where it is absent or has no value."""
    found = rows(area, table, **where)
    if len(found) != 1 or pd.isna(found[column].iloc[0]):
        return None
    return float(found[column].iloc[0])


def stands_in(area: Any, table: str) -> bool:
    """Return whether a `table` is England's scaled: set against England's it can only say that the two agree."""
    return table in area.meta and area.meta[table].basis == "scaled"


def suppressed(found: pd.DataFrame) -> bool:
    """Return whether any of some rows of a table was suppressed by its source."""
    return "flag" in found and bool((found["flag"] == "suppressed").any())
