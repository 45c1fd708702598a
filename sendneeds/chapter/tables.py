"""Tables and figures of the chapter: cells are indicator records, so a printed number cannot be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from sendneeds.chapter.charts.artist import Drawing
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import MARKS, mark, number, show
from sendneeds.foundation.beside import Task
from sendneeds.foundation.csv_text import csv_text
from sendneeds.foundation.errors import DomainError

Cell = Indicator | str

TAGGED = ("scaled", "illustrative", "estimate", "local")
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
    note : str
        What a reader must know, printed under the caption.
    ranges : bool
        Whether intervals are printed in the cells; the file has them in any case.

    Raises
    ------
    DomainError
        If a row has more or fewer cells than there are columns.
    """

    id: str
    title: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
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

    @property
    def source(self) -> str:
        """The sources of its records, each once; empty where no cell has one."""
        return "; ".join(dict.fromkeys(record.source for record in self.records() if record.source))

    def csv(self) -> str:
        """Return one line a cell, with unit, period, basis and source; safe to open in a spreadsheet."""
        lines = [
            [self.id, name, column, *_file_cells(cell)]
            for name, cells in self.rows
            for column, cell in zip(self.head[1:], cells, strict=True)
        ]
        return csv_text(FILE_HEAD, lines, plain)


FILE_HEAD = ("table", "row", "column", "value", "low", "high", "interval_level", "unit", "period", "basis", "state",
             "indicator", "source")  # fmt: skip


def _file_cells(cell: Cell) -> list[object]:
    """Return what a file holds of a cell, from its value on."""
    if isinstance(cell, str):
        return [cell, None, None, None, "text", "", "", "shown", "", ""]
    value = cell.value if cell.shown else MARKS[cell.state]
    level = cell.level if cell.interval else None
    about = (cell.unit, cell.period, cell.basis, cell.state, cell.id, cell.source)
    return [value, cell.low, cell.high, level, *about]


@dataclass(frozen=True)
class Figure:
    """A chart with its finding as the title, a text alternative and the table of what it shows.

    Parameters
    ----------
    id : str
        Its files are ``figures/<id>.svg`` and ``figures/<id>-narrow.svg``.
    title : str
        The finding, in a sentence worked out from the numbers.
    alt : str
        The text alternative: what kind of chart, and what it shows.
    drawing : Task of Drawing
        Comes while other sections are written.
    table : Table
    unit : str
    basis : str
        The weakest basis among what it shows; named beside the title unless published.
    caveats : tuple of str
        What a reader must know of it: breaks in the series, measures that differ.
    """

    id: str
    title: str
    alt: str
    drawing: Task[Drawing]
    table: Table
    unit: str
    basis: str = "published"
    caveats: tuple[str, ...] = ()

    @property
    def svg(self) -> str:
        """The chart, for a page or a screen."""
        return self.drawing.result().wide

    @property
    def narrow_svg(self) -> str:
        """The chart, for a telephone."""
        return self.drawing.result().narrow

    @property
    def picture(self) -> bytes:
        """The chart as PNG."""
        return self.drawing.result().picture


def plain(value: float) -> str:
    """Return a number for a file: no separators, no exponent, no binary dust.

    Examples
    --------
    >>> plain(1868.0), plain(0.1 + 0.2)
    ('1868', '0.3')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))


NOTES = {
    "missing": "[x]: not available locally.",
    "withheld": "[c]: withheld, so that a count of one to four cannot be worked out.",
}
"""Shorthand of the Government Statistical Service, explained under every table that uses it."""


def tag(basis: str) -> Markup:
    """Return the label of a number that is scaled, estimated or illustrative."""
    return Markup(' <span class="basis">{}</span>').format(basis) if basis in TAGGED else Markup("")


def cell_html(cell: Cell, with_tag: bool, ranges: bool = True) -> Markup:
    """Return the content of one table cell; an interval is on a line of its own."""
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


BASES = ("published", "local", "estimate", "scaled", "illustrative")
"""What figures rest on, the most certain first."""


def weakest(bases: Sequence[str]) -> str:
    """Return the basis to name for a whole table or chart: the least certain among them.

    Examples
    --------
    >>> weakest(["published", "scaled", "published"])
    'scaled'
    """
    return max(bases, key=BASES.index, default="published")
