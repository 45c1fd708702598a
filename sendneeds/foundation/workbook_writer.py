"""Writes an accessible workbook with XlsxWriter.

The same content gives the same bytes: the document carries a fixed date, and so do the parts of its archive.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.csv_text import escape_formula
from sendneeds.foundation.errors import FaultsError
from sendneeds.foundation.workbooks import (
    CONTENTS,
    COVER,
    NOTES,
    SYMBOLS,
    Cover,
    Sheet,
    faults_of,
    numbered_notes,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT, SIZE, HEADING, TITLE = "Arial", 12, 14, 16
DAY = dt.datetime(2000, 1, 1)
NARROWEST, WIDEST, PAGE = 12, 50, 100
"""Widths of columns in characters: of figures at least, of words at most, of text on a sheet of its own."""
A4 = 9
LEADING, BROAD = 1.35, 1.05
"""Height of a line beside the size of its letters, and breadth of these beside the unit of a column's width."""


def workbook_bytes(cover: Cover, sheets: Sequence[Sheet]) -> bytes:
    """Return an accessible workbook: cover, contents, notes where there are some, then a sheet a table.

    Text that a spreadsheet would run as a formula gets an apostrophe in front, as in CSV, and no cell holds a formula.

    Parameters
    ----------
    cover : Cover
    sheets : sequence of Sheet

    Returns
    -------
    bytes
        The same for the same content.

    Raises
    ------
    FaultsError
        If a sheet's name cannot be one or is there twice, two columns share a heading, a row has more or fewer cells
        than there are columns, or a cell is empty or no figure. All of them are told.

    Examples
    --------
    >>> sheet = Sheet("5_1", "Plans by age", ["Age", "2025"], [["Under 5", 103], ["20 to 25", "[x]"]])
    >>> book = workbook_bytes(Cover("Plans, Bedford"), [sheet])
    >>> book[:2], book == workbook_bytes(Cover("Plans, Bedford"), [sheet])
    (b'PK', True)
    """
    faults = [fault for number, sheet in enumerate(sheets) for fault in faults_of(sheet, sheets[:number])]
    if faults:
        raise FaultsError(f"The workbook {cover.title!r} cannot be written", faults)
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": cover.title, "author": "sendneeds", "created": DAY})
    book.formats[0].set_font_name(FONT)
    book.formats[0].set_font_size(SIZE)
    writer = _Writer(book, numbered_notes(sheets))
    writer.cover(cover)
    writer.contents(sheets)
    writer.notes_sheet()
    for number, sheet in enumerate(sheets, 1):
        writer.table(sheet, number)
    book.close()
    return out.getvalue()


def height_of(texts: Sequence[str], widths: Sequence[float], size: int = SIZE) -> float:
    """Return the height in points of a row, with each text wrapped in a column of a width in characters.

    Programs other than Excel do not make room for wrapped text by themselves.

    Examples
    --------
    >>> height_of(["Total", "2025, adding up"], [20, 12]), height_of(["Total"], [20])
    (32.4, 16.2)
    """
    lines = [
        len(textwrap.wrap(text, max(1, int(width / BROAD))))
        for text, width in zip(texts, widths, strict=True)
    ]
    return round(max([1, *lines]) * size * LEADING, 2)


def cell_value(cell: object, decimals: int | None = None) -> str | float | int:
    """Return what is written for a cell: a number, rounded to `decimals`, or text.

    A number over or under 0 that rounds to 0 is ``[low]``; a truth value is yes or no; a date is text.

    Examples
    --------
    >>> cell_value(12.345, 1), cell_value(0.04, 1), cell_value(0.0, 1), cell_value(True), cell_value("=1+1")
    (12.3, '[low]', 0.0, 'yes', "'=1+1")
    """
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, int | np.integer):
        return int(cell)
    if isinstance(cell, float | np.floating):
        number = float(cell)
        if decimals is None:
            return number
        rounded = round(number, decimals)
        if rounded == 0 and number != 0:
            return "[low]"
        return int(rounded) if decimals == 0 else rounded
    return escape_formula(str(cell))


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Workbook, notes: dict[str, int]) -> None:
        self.book, self.notes = book, notes
        self.numbers: dict[str, Format] = {}
        self.plain = self._format()
        self.wrapped = self._format(text_wrap=True)
        self.title = self._format(bold=True, font_size=TITLE)
        self.heading = self._format(bold=True, font_size=HEADING)
        self.head = self._format(bold=True, text_wrap=True, bottom=1)
        self.head_right = self._format(bold=True, text_wrap=True, bottom=1, align="right")
        self.right = self._format(align="right")
        self.link = self._format(font_color="#0563C1", underline=1)

    def _format(self, **of: Any) -> Format:
        return self.book.add_format({"font_name": FONT, "font_size": SIZE, "valign": "top", **of})

    def _sheet(self, name: str, title: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, height_of([], [], TITLE))
        sheet.write_string(0, 0, escape_formula(title), self.title)
        return sheet

    def cover(self, cover: Cover) -> None:
        """Write the cover: a title, and paragraphs under headings."""
        sheet = self._sheet(COVER, cover.title)
        sheet.set_column(0, 0, PAGE)
        lines = [
            (text, shape)
            for heading, paragraphs in cover.sections
            for text, shape in ((heading, self.heading), *((text, self.wrapped) for text in paragraphs))
        ]
        for row, (text, shape) in enumerate(lines, 1):
            sheet.write_string(row, 0, escape_formula(text), shape)
            heading = shape is self.heading
            sheet.set_row(row, height_of([text], [PAGE], HEADING if heading else SIZE))

    def contents(self, sheets: Sequence[Sheet]) -> None:
        """Write the contents: a link to each sheet, and its title."""
        listed = [(NOTES, "Notes on the tables")] if self.notes else []
        listed += [(sheet.name, sheet.title) for sheet in sheets]
        sheet = self._sheet(CONTENTS, "Contents")
        sheet.write_string(1, 0, "This sheet has one table. Each name is a link to a sheet.", self.plain)
        for row, (name, title) in enumerate(listed, 3):
            self._link(sheet, row, name, name)
            sheet.write_string(row, 1, escape_formula(title), self.wrapped)
            sheet.set_row(row, height_of([title], [PAGE]))
        self._as_table(sheet, 2, len(listed), ["Sheet", "Title"], "contents", 0)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, PAGE)

    def notes_sheet(self) -> None:
        """Write the notes and their numbers, where there are some."""
        if not self.notes:
            return
        sheet = self._sheet(NOTES, "Notes")
        sheet.write_string(1, 0, "This sheet has one table.", self.plain)
        for text, number in self.notes.items():
            sheet.write_string(2 + number, 0, f"note {number}", self.plain)
            sheet.write_string(2 + number, 1, escape_formula(text), self.wrapped)
            sheet.set_row(2 + number, height_of([text], [PAGE]))
        self._as_table(sheet, 2, len(self.notes), ["Note", "What it says"], "notes", 0)
        sheet.set_column(0, 0, NARROWEST)
        sheet.set_column(1, 1, PAGE)

    def table(self, table: Sheet, number: int) -> None:
        """Write a sheet with its table."""
        sheet = self._sheet(table.name, self._referring(table.title, table.notes))
        heads = [self._referring(column.heading, column.notes) for column in table.heads]
        cells = [
            [cell_value(cell, column.decimals) for cell, column in zip(row, table.heads, strict=True)]
            for row in table.rows
        ]
        for row, notes in table.row_notes.items():
            cells[row][0] = self._referring(str(cells[row][0]), notes)
        lines = [
            "This sheet has one table." if cells else "The table of this sheet has no rows.",
            *table.about,
        ]
        used = [symbol for symbol in SYMBOLS if any(symbol in row for row in cells)]
        if used:
            lines.append("Symbols: " + "; ".join(f"{symbol} {SYMBOLS[symbol]}" for symbol in used) + ".")
        if any((table.notes, *(c.notes for c in table.heads), *table.row_notes.values())):
            lines.append("Words in brackets such as [note 1] refer to the sheet of notes.")
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, escape_formula(line), self.plain)
        self._link(sheet, len(lines) + 1, CONTENTS, "Contents of the workbook")
        top = len(lines) + 2
        text = [column for column in range(len(heads)) if _is_text([row[column] for row in cells])]
        for r, values in enumerate(cells, top + 1):
            for c, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(r, c, value, self.wrapped if c in text else self.right)
                else:
                    sheet.write_number(r, c, value, self._number(table.heads[c].decimals))
        if cells:
            self._as_table(sheet, top, len(cells), heads, f"table_{number}", len(heads), text)
        widths = []
        for c, head in enumerate(heads):
            longest = max([len(head) / 2, *(len(str(row[c])) for row in cells)])
            widths.append(float(np.clip(1.25 * longest + 2, NARROWEST, WIDEST)))
            sheet.set_column(c, c, widths[c])
        sheet.set_row(top, height_of(heads, widths))
        for r, values in enumerate(cells, top + 1):
            sheet.set_row(r, height_of([str(values[c]) for c in text], [widths[c] for c in text]))
        if cells:
            sheet.repeat_rows(top)

    def _number(self, decimals: int | None) -> Format:
        """Return the format of a number: to so many places with a comma at thousands, or as it is."""
        shape = "General" if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
        if shape not in self.numbers:
            self.numbers[shape] = self._format(align="right", num_format=shape)
        return self.numbers[shape]

    def _referring(self, text: str, notes: Sequence[str]) -> str:
        return " ".join([text, *(f"[note {self.notes[note]}]" for note in notes)])

    def _link(self, sheet: Worksheet, row: int, to: str, text: str) -> None:
        sheet.write_url(row, 0, f"internal:'{to}'!A1", self.link, text)

    def _as_table(
        self,
        sheet: Worksheet,
        top: int,
        rows: int,
        heads: Sequence[str],
        name: str,
        right_to: int,
        text: Sequence[int] = (),
    ) -> None:
        """Mark cells as a table of the spreadsheet, so that a screen reader knows where it begins and ends."""
        columns = [
            {
                "header": escape_formula(head),
                "header_format": self.head_right if c < right_to and c not in text else self.head,
            }
            for c, head in enumerate(heads)
        ]
        options = {"name": name, "columns": columns, "autofilter": False, "style": "Table Style Light 1"}
        sheet.add_table(top, 0, top + rows, len(heads) - 1, {**options, "banded_rows": False})


def _is_text(cells: Sequence[object]) -> bool:
    """Return whether a column holds words rather than figures and symbols."""
    return any(isinstance(cell, str) and cell not in SYMBOLS for cell in cells)
