"""The template workbook of a pack: written with one sheet per table, and read, once filled, into CSV tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.checking.xlsx import Row, load_openpyxl, open_workbook, rows_of_sheet
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.evidence.symbols import NUMBER
from sendneeds.foundation.csv_text import csv_text, shortest
from sendneeds.foundation.errors import DomainError, Fault, PackError
from sendneeds.foundation.outputs import LOCAL_RECORDS, NO_FIGURES, write_output

MOST_ROWS = 1_048_576
MOST_COLUMNS = 200
LONGEST_LIST = 250  # characters that a spreadsheet allows in a list of allowed words
DAY = dt.datetime(2000, 1, 1)  # a fixed day, so that the same template has the same bytes


def write_workbook(path: str | Path, tables: tuple[str, ...]) -> Path:
    """Write a workbook with one sheet per table, drop-down lists of allowed words, and notes.

    Parameters
    ----------
    path : str or Path
    tables : tuple of str

    Returns
    -------
    Path

    Raises
    ------
    DomainError
        The file exists: it may be filled in.
    MissingDataError
        The extra ``excel`` is not installed.
    """
    openpyxl = load_openpyxl("Writing")
    from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

    if Path(path).exists():
        raise DomainError(f"{path} exists, and may be filled in. Name another file.")
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = DAY
    book.properties.creator = "sendneeds"
    notes, bold = book.active, Font(bold=True)
    notes.title = "notes"
    words = book.create_sheet("words")
    fill = PatternFill("solid", fgColor="DDE6EE")
    _notes(notes, tables)
    for name in tables:
        sheet = book.create_sheet(name)
        for index, column in enumerate(TABLES[name].columns, start=1):
            cell = sheet.cell(1, index, column.name)
            cell.font, cell.fill = bold, fill
            letter = cell.column_letter
            sheet.column_dimensions[letter].width = max(12, len(column.name) + 3)
            if column.kind in ("month", "area", "choice", "text"):
                sheet.column_dimensions[
                    letter
                ].number_format = "@"  # as text, so that 0-1 and 2025-01 do not become dates
            if column.allowed:
                rule = DataValidation("list", _choices(words, name, column), allow_blank=True)
                rule.error = f"Choose one of: {', '.join(column.allowed)}"[:LONGEST_LIST]
                sheet.add_data_validation(rule)
                rule.add(f"{letter}2:{letter}100000")
        sheet.freeze_panes = "A2"
    for row in notes.iter_rows(min_row=1, max_row=4):
        for cell in row:
            cell.font = bold
    for row in notes.iter_rows(min_row=5):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    words.sheet_state = "hidden"
    book.move_sheet(words, offset=len(tables))
    path = Path(path)
    return write_output(path.parent, path.name, book.save, NO_FIGURES)


def _notes(sheet: Any, tables: tuple[str, ...]) -> None:
    sheet.append(["One sheet per table. Fill in the rows below each header; leave out what you do not have."])
    sheet.append(["An empty figure needs one of the flags suppressed, unavailable or not_applicable."])
    sheet.append(["Save each sheet as 'CSV UTF-8' under its name, or read this workbook with read_workbook."])
    sheet.append(["table", "column", "unit", "what it holds", "allowed", "required"])
    for name in tables:
        for column in TABLES[name].columns:
            needed = "yes" if column.required else "no"
            sheet.append([name, column.name, column.unit, column.description, column.allows(), needed])
    for letter, width in zip("ABCDEF", (22, 22, 14, 52, 60, 14), strict=True):
        sheet.column_dimensions[letter].width = width


def _choices(words: Any, table: str, column: Column) -> str:
    """Return the source of a drop-down list: the words themselves, or cells of the hidden sheet if too long."""
    joined = ",".join(column.allowed)
    if len(joined) <= LONGEST_LIST and not any(
        "," in word or word.startswith((">", "=")) for word in column.allowed
    ):
        return f'"{joined}"'
    index = 1 if words.max_column == 1 and words.cell(1, 1).value is None else words.max_column + 1
    words.cell(1, index, f"{table}.{column.name}")
    for row, word in enumerate(column.allowed, start=2):
        cell = words.cell(row, index, word)
        cell.data_type = "s"
    letter = words.cell(1, index).column_letter
    return f"words!${letter}$2:${letter}${len(column.allowed) + 1}"


def read_workbook(path: str | Path, folder: str | Path, replace: bool = False) -> list[Path]:
    """Write the filled sheets of a template workbook as CSV tables of a pack, all or none.

    Parameters
    ----------
    path : str or Path
        A workbook as `new_pack` wrote it, filled.
    folder : str or Path
        The pack's folder.
    replace : bool
        Replace tables of the pack that have rows; without it they are refused, unless the rows are the same.

    Returns
    -------
    list of Path
        The files written; sheets without rows are left out.

    Raises
    ------
    PackError
        A sheet has faults, or its table in the pack has rows. The message lists all of them.
    ReleaseError
        The file is not a workbook.
    MissingDataError
        The extra ``excel`` is not installed.

    Examples
    --------
    >>> read_workbook("filled.xlsx", "my-area")  # doctest: +SKIP
    [PosixPath('my-area/waiting_list.csv')]
    """
    with open_workbook(path) as book:
        sheets = {
            sheet.title: rows_of_sheet(sheet, MOST_ROWS, MOST_COLUMNS)
            for sheet in book.worksheets
            if sheet.title in TABLES
        }
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for name, rows in sheets.items():
        text = sheet_text(rows, TABLES[name])
        if text.count("\n") < 2:
            continue
        faults += read_table(text.encode(), TABLES[name], file=f"{Path(path).name} sheet {name}")[1]
        texts[name] = text
    targets = {name: Path(folder) / TABLES[name].file for name in texts}
    if not replace:
        cure = "Move the file away, or give replace=True to lose its rows."
        faults += [
            Fault(path.name, 0, "", "a table with other rows", "no table, or a header alone", cure)
            for name, path in targets.items()
            if path.is_file() and _has_other_rows(path, texts[name])
        ]
    if faults:
        raise PackError(f"The workbook {Path(path).name} cannot be used", faults)
    return [
        write_output(Path(folder), TABLES[name].file, text, LOCAL_RECORDS) for name, text in texts.items()
    ]


def _has_other_rows(path: Path, text: str) -> bool:
    there = path.read_text(encoding="utf-8", errors="replace")
    return there.strip().count("\n") > 0 and there != text


def sheet_text(rows: list[Row], table: Table) -> str:
    r"""Return a sheet's rows as the CSV text of a table: dates as ISO, whole numbers without a point.

    Examples
    --------
    >>> rows = [("area_code", "census_january"), ("E06000055", 2025.0), (None, None)]
    >>> sheet_text(rows, TABLES["sen_percent"])
    'area_code,census_january\nE06000055,2025\n'
    """
    kinds = {c.name: c.kind for c in table.columns}
    header = [str(cell).strip() if cell is not None else "" for cell in rows[0]] if rows else []
    while header and not header[-1]:
        header.pop()
    cells = (
        [_value(cell, kinds.get(h, "text")) for cell, h in zip(row, header, strict=False)] for row in rows[1:]
    )
    return csv_text(header, (row for row in cells if any(cell not in (None, "") for cell in row)), shortest)


def _value(cell: Any, kind: str) -> Any:
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell:%Y-%m}" if kind == "month" else f"{cell:%Y-%m-%d}"
    if isinstance(cell, str) and kind != "text" and NUMBER.fullmatch(cell):  # typed as text, but a number
        return float(cell)
    return cell
