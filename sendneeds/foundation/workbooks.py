"""Accessible workbooks, by the Analysis Function's rules for statistics in spreadsheets.

A workbook is a cover, contents, notes and a sheet a table. Every sheet has its title in cell A1 and one table, marked
as a table of the spreadsheet, with no cell merged, hidden or empty. What is no figure is a symbol in brackets, said on
the sheet. `sendneeds.foundation.workbook_writer` writes it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sendneeds.foundation.errors import Fault
from sendneeds.foundation.vocabulary import FLAGS_WITHOUT_VALUE

SYMBOLS = {
    "[c]": "withheld, so that nobody can be recognised",
    "[low]": "over 0, and rounds to 0",
    "[u]": "too uncertain to be used",
    "[x]": "not available",
    "[z]": "not applicable",
}
"""What stands in a cell that has no figure, as the Government Statistical Service writes it, and what it means."""

FLAG_SYMBOLS = dict(zip(FLAGS_WITHOUT_VALUE, ("[c]", "[x]", "[z]"), strict=True))
"""Symbol of each state of a figure that carries no value."""

COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
RESERVED = (COVER, CONTENTS, NOTES)
LONGEST_NAME, LONGEST_TEXT = 31, 32_767
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    heading : str
        With the unit where there is one: ``"2029, low"``, ``"Children in time (%)"``.
    decimals : int, optional
        Places to which its numbers are rounded; as they are where left out.
    notes : tuple of str
        Notes on the column, printed on the sheet of notes and referred to from its heading.

    Examples
    --------
    >>> Column("Share of pupils (%)", decimals=1).decimals
    1
    """

    heading: str
    decimals: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    r"""A sheet with one table.

    Parameters
    ----------
    name : str
        Of the tab: at most 31 characters, none of ``[ ] : * ? / \``.
    title : str
    columns : sequence of Column or str
        The first names what a row is.
    rows : sequence of sequences
        Text, numbers, truth values and dates; where there is no figure, one of `SYMBOLS`. None and NaN are refused.
    about : tuple of str
        Lines between title and table: period, source, what is counted.
    notes : tuple of str
        Notes on the whole table, referred to from its title.
    row_notes : mapping of row to tuple of str
        Notes on rows, counted from 0, referred to from their first cell.

    Examples
    --------
    >>> Sheet("5_1", "Plans by age", ["Age", "2025"], [["Under 5", 103]]).title
    'Plans by age'
    """

    name: str
    title: str
    columns: Sequence[Column | str]
    rows: Sequence[Sequence[object]]
    about: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    row_notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def heads(self) -> list[Column]:
        """Its columns, those given as text too."""
        return [column if isinstance(column, Column) else Column(column) for column in self.columns]


@dataclass(frozen=True)
class Cover:
    """What the first sheet says.

    Parameters
    ----------
    title : str
        Of the workbook, and of the document.
    sections : sequence of (heading, paragraphs)

    Examples
    --------
    >>> Cover("Plans, Bedford", [("Source", ["SEN2, January 2025"])]).title
    'Plans, Bedford'
    """

    title: str
    sections: Sequence[tuple[str, Sequence[str]]] = ()


def numbered_notes(sheets: Sequence[Sheet]) -> dict[str, int]:
    """Return every note and its number, in the order in which a reader meets them; the same text is one note.

    Examples
    --------
    >>> numbered_notes([Sheet("a", "A", [Column("Age", notes=("At 31 August.",))], [], notes=("Medians.",))])
    {'Medians.': 1, 'At 31 August.': 2}
    """
    texts = [
        text
        for sheet in sheets
        for some in (
            sheet.notes,
            *(c.notes for c in sheet.heads),
            *(sheet.row_notes[row] for row in sorted(sheet.row_notes)),
        )
        for text in some
    ]
    return {text: number for number, text in enumerate(dict.fromkeys(texts), 1)}


def faults_of(sheet: Sheet, before: Sequence[Sheet]) -> list[Fault]:
    """Return what keeps a sheet from being written."""
    place = f"sheet {sheet.name!r}"
    out = []
    taken = {name.casefold() for name in (*RESERVED, *(other.name for other in before))}
    if not 1 <= len(sheet.name) <= LONGEST_NAME or NOT_IN_A_NAME.search(sheet.name) or "'" in sheet.name:
        allowed = f"1 to {LONGEST_NAME} characters, none of [ ] : * ? / \\ '"
        out.append(Fault(place, 0, "name", repr(sheet.name), allowed, "Give the sheet another name."))
    elif sheet.name.casefold() in taken:
        out.append(
            Fault(place, 0, "name", repr(sheet.name), "each name once", "Give the sheet another name.")
        )
    heads = [column.heading for column in sheet.heads]
    for number, head in enumerate(heads):
        if not head or head.casefold() in {other.casefold() for other in heads[:number]}:
            out.append(
                Fault(place, 0, "columns", repr(head), "each heading once", "Give it another heading.")
            )
    for number, row in enumerate(sheet.rows):
        if len(row) != len(heads):
            found, allowed = f"{len(row)} cells", f"{len(heads)}, one a column"
            out.append(Fault(place, number + 1, heads[0], found, allowed, "Give each row all its cells."))
            continue
        for head, cell in zip(heads, row, strict=True):
            lost = isinstance(cell, float | np.floating) and not math.isfinite(cell)
            if cell is None or cell == "" or lost or type(cell).__name__ in ("NAType", "NaTType"):
                allowed = f"a figure, text, or one of {' '.join(SYMBOLS)}"
                cure = "Say why there is no figure."
                out.append(Fault(place, number + 1, head, repr(cell), allowed, cure))
            elif isinstance(cell, str) and len(cell) > LONGEST_TEXT:
                found, allowed = f"{len(cell)} characters", f"{LONGEST_TEXT} at most"
                out.append(Fault(place, number + 1, head, found, allowed, "Shorten it."))
    for number in sheet.row_notes:
        if not 0 <= number < len(sheet.rows):
            found, allowed = f"notes on row {number}", f"rows from 0, of which there are {len(sheet.rows)}"
            out.append(Fault(place, 0, "row_notes", found, allowed, "Give the number of a row."))
    return out
