"""Blank packs to fill: `area.toml`, one CSV file per table, and a workbook with one sheet per table and notes."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from sendneeds.evidence.pack.settings import FILE, SCHEMA, UNASSIGNED
from sendneeds.evidence.published.community_waits import NEEDS_OPENPYXL
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.evidence.symbols import NUMBER
from sendneeds.foundation.csv_text import csv_text, shortest
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.folders import whole_folder
from sendneeds.foundation.outputs import NO_FIGURES, write_output

WORKBOOK = "tables.xlsx"
FOR_AN_AREA = (
    *("population", "pupils", "ehc_plans", "ehc_flow", "ehc_timeliness", "sen_pupils", "sen_percent"),
    *("waiting_list", "referrals", "service_parameters", "claims"),
)
LONGEST_LIST = 250  # characters that a spreadsheet allows in a list of allowed words
DAY = dt.datetime(2000, 1, 1)  # a fixed day, so that the same template has the same bytes


def new_pack(
    folder: str | Path,
    code: str = "",
    name: str = "",
    tables: tuple[str, ...] = FOR_AN_AREA,
    force: bool = False,
) -> Path:
    """Write a blank pack to fill.

    Parameters
    ----------
    folder : str or Path
        Where to write; the short name of the pack is derived from its name.
    code, name : str
        ONS code and name of the area. If left out, `check_folder` asks for them.
    tables : tuple of str
        Tables to include.
    force : bool
        Replace earlier results that stand there even if they were edited. A pack is never replaced.

    Returns
    -------
    Path
        The folder: ``area.toml``, a CSV file with a header for each table, and, if openpyxl is installed,
        ``tables.xlsx`` with one sheet per table, drop-down lists of allowed words, and notes on every column.

    Raises
    ------
    UnknownNameError
        There is no table of that name.
    DomainError
        The folder is there and may not be replaced.

    Examples
    --------
    >>> import tempfile
    >>> made = new_pack(Path(tempfile.mkdtemp()) / "torbay", "E06000027", "Torbay")
    >>> (made / "sen_percent.csv").read_text().strip()
    'area_code,census_january,provision,percent_of_pupils'
    """
    for table in tables:
        if table not in TABLES:
            raise unknown("table", table, TABLES)
    folder = Path(folder)
    slug = re.sub(r"[^a-z0-9]+", "-", folder.name.casefold()).strip("-") or "my-area"
    with whole_folder(folder, {"template": True}, force) as part:
        write_output(part, FILE, _settings(slug, code, name), NO_FIGURES)
        for table in tables:
            write_output(part, TABLES[table].file, csv_text(TABLES[table].names(), []), NO_FIGURES)
        with suppress(MissingDataError):  # the workbook is a convenience: the CSV files are the pack
            write_workbook(part / WORKBOOK, tables)
    return folder


def _settings(slug: str, code: str, name: str) -> str:
    given: dict[str, Any] = {"slug": slug, "code": code, "name": name, "kind": "local_authority"}
    lines = ["# The area, its partners, and the source of each table.", ""]
    for section, schema in SCHEMA["properties"].items():
        if section == "findings":  # written on import, not by hand
            continue
        listed = schema["type"] == "array"
        record = schema["items"] if listed else schema
        lines.append(f"# {record['description']}")
        mark = "" if section in ("area", "chapter") else "# "
        lines.append(f"{mark}[[{section}]]" if listed else f"{mark}[{section}]")
        for key, says in record["properties"].items():
            words = says.get("enum")
            lines.append(f"# {says['description']}" + (f": {', '.join(words)}" if words else ""))
            value = given.get(key, "") if section == "area" else words[0] if words else ""
            if section == "chapter":
                value = UNASSIGNED
            text = "[]" if says["type"] == "array" else f'"{value}"'
            if says.get("format") == "date":
                text = f"{DAY:%Y-%m-%d}"
            shown = mark or ("# " if section == "area" and key == "dfe_code" else "")
            lines.append(f"{shown}{key} = {text}")
        lines.append("")
    return "\n".join(lines)


def write_workbook(path: str | Path, tables: tuple[str, ...] = FOR_AN_AREA) -> Path:
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
    MissingDataError
        The extra ``excel`` is not installed.
    """
    try:
        import openpyxl  # type: ignore[import-untyped]
        from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
        from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDataError(f"Writing .xlsx {NEEDS_OPENPYXL}") from error
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


def sheet_text(rows: list[tuple[Any, ...]], table: Table) -> str:
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
