"""Tables and figures of the chapter: cells are indicator records, so a printed number cannot be typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import MARKS, mark, number, show
from sendneeds.foundation.csv_text import escape_formula
from sendneeds.foundation.errors import DomainError

Cell = Indicator | str

TAGS = {"scaled": "scaled", "illustrative": "illustrative", "estimate": "estimate", "local": "local"}
"""The bases that are named beside a number."""


@dataclass(frozen=True)
class Table:
    """A table with one header row; the first column heads the rows.

    Parameters
    ----------
    id : str
        Its file is ``tables/<id>.csv``.
    title : str
        The caption.
    head : sequence of str
        Column headers, the first column's first.
    rows : sequence of (str, sequence of Cell)
        Row header and cells.
    source : str
    note : str
        What a reader must know, printed under the caption.
    ranges : bool
        Whether intervals are printed in the cells; the file has them in any case.
    """

    id: str
    title: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    source: str
    note: str = ""
    ranges: bool = True

    def __post_init__(self) -> None:
        for name, cells in self.rows:
            if len(cells) != len(self.head) - 1:
                raise DomainError(
                    f"table {self.id}, row {name!r}: {len(cells)} cells under {len(self.head) - 1} columns"
                )

    def records(self) -> list[Indicator]:
        """Return the records in the cells, row by row."""
        return [cell for _, cells in self.rows for cell in cells if isinstance(cell, Indicator)]

    def csv(self) -> str:
        """Return one line a cell, with unit, period, basis and source; safe to open in a spreadsheet."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(["table", "row", "column", "value", "low", "high", "interval_level", "unit", "period",
                         "basis", "state", "indicator", "source"])  # fmt: skip
        for name, cells in self.rows:
            for column, cell in zip(self.head[1:], cells, strict=True):
                start = [self.id, escape_formula(name), escape_formula(column)]
                if isinstance(cell, str):
                    writer.writerow(
                        [*start, escape_formula(cell), "", "", "", "text", "", "", "shown", "", ""]
                    )
                    continue
                level = cell.level if cell.interval else ""
                numbers = [plain(v) for v in (cell.value, cell.low, cell.high)]
                if not cell.shown:
                    numbers[0] = MARKS[cell.state]
                about = [
                    cell.unit,
                    escape_formula(cell.period),
                    cell.basis,
                    cell.state,
                    cell.id,
                    escape_formula(cell.source),
                ]
                writer.writerow([*start, *numbers, level, *about])
        return buffer.getvalue()


@dataclass(frozen=True)
class Figure:
    """A chart with its finding as the title, a text alternative and the table of what it shows.

    Parameters
    ----------
    id : str
        Its file is ``figures/<id>.svg``.
    title : str
        The finding, in a sentence made from the numbers.
    alt : str
        The text alternative: what kind of chart, and what it shows.
    svg : str
    table : Table
    unit, source : str
    basis : str
        The weakest basis among what it shows; named beside the title unless published.
    table_open : bool
        Whether the table is open when the page is.
    mind : tuple of str
        What a reader has to mind: breaks in the series, measures that differ.
    """

    id: str
    title: str
    alt: str
    svg: str
    table: Table
    unit: str
    source: str
    basis: str = field(default="published")
    table_open: bool = False
    mind: tuple[str, ...] = ()


def plain(value: float | None) -> str:
    """Return a number for a file: no separators, no exponent, no binary dust.

    Examples
    --------
    >>> plain(1868.0), plain(0.1 + 0.2), plain(None)
    ('1868', '0.3', '')
    """
    if value is None:
        return ""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))


NOTES = {
    "missing": "[x]: not available locally.",
    "small": "<5: one to four.",
    "withheld": "[c]: withheld, so that a count of one to four cannot be worked out.",
}
"""Shorthand of the Government Statistical Service, explained under every table that uses it."""


def tag(basis: str) -> Markup:
    """Return the words that stand beside a number that is scaled, estimated or illustrative."""
    return Markup(' <span class="basis">{}</span>').format(TAGS[basis]) if basis in TAGS else Markup("")


def cell_html(cell: Cell, with_tag: bool, ranges: bool = True) -> Markup:
    """Return the content of one table cell; intervals stand on a line of their own."""
    if isinstance(cell, str):
        return escape(cell)
    if not cell.shown:
        return Markup('<span class="gap">{}</span>').format(mark(cell))
    text = Markup('<span class="n">{}</span>').format(show(cell))
    if with_tag:
        text += tag(cell.basis)
    if cell.interval and ranges:
        low, high = (number(end, cell.unit) for end in cell.interval)
        text += Markup(' <span class="range">{} to {}</span>').format(low, high)
    return text


def weakest(bases: Sequence[str]) -> str:
    """Return the basis to name for a whole table or chart: the least certain among them.

    Examples
    --------
    >>> weakest(["published", "scaled", "published"])
    'scaled'
    """
    order = ("published", "local", "estimate", "scaled", "illustrative")
    return max(bases, key=order.index, default="published")
