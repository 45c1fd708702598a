"""The tables of a chapter as one accessible workbook, and the schema of their files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import BASES, FILE_HEAD, Cell, Table
from sendneeds.foundation.workbook_writer import workbook_bytes
from sendneeds.foundation.workbooks import LONGEST_NAME, Column, Cover, Sheet

SYMBOL = {"missing": "[x]", "withheld": "[c]"}
NO_WORDS = "[z]"
"""What stands in a cell that says nothing, since no cell of a workbook may be empty."""
MEANINGS = {
    "table": "Id of the table",
    "row": "Heading of the row",
    "column": "Heading of the column",
    "value": "The figure; [c] where it is withheld, [x] where it is not available, words where the cell has words",
    "low": "Lower end of the interval",
    "high": "Upper end of the interval",
    "interval_level": "Level of the interval, percent",
    "unit": "Unit of the figure",
    "period": "Period of the figure",
    "basis": "What the figure rests on: published, local, scaled, estimate or illustrative",
    "state": "shown, missing or withheld",
    "indicator": "Id of the figure in indicators.csv",
    "source": "Where the figure is from",
}
NUMBERS = ("low", "high", "interval_level")


def tables_workbook(chapter: ChapterBuilder, title: str, disclosure: list[str]) -> bytes:
    """Return every table of a chapter as a workbook, a sheet a table, intervals in columns of their own.

    Parameters
    ----------
    chapter : ChapterBuilder
    title : str
    disclosure : list of str
        What is said of the area's own records.

    Returns
    -------
    bytes
    """
    names = sheet_names(list(chapter.tables))
    sheets = [_sheet(names[id], table) for id, table in chapter.tables.items()]
    about = [
        "Each table of the chapter is here once, with the figures that the chapter prints.",
        "The last column of a table says what the figures of a row rest on: published, local, scaled, estimate or "
        "illustrative. A sheet without it holds published figures, or words.",
    ]
    parts = [("About", about), *([("Disclosure", disclosure)] if disclosure else [])]
    return workbook_bytes(Cover(title, parts), sheets)


def sheet_names(ids: list[str]) -> dict[str, str]:
    """Return the name of each table's sheet: its id, cut and numbered where it is long.

    Examples
    --------
    >>> sheet_names(["places", "a_table_whose_name_is_much_too_long_for_a_tab"])["places"]
    'places'
    """
    found: dict[str, str] = {}
    for id in ids:
        name = id[:LONGEST_NAME]
        for number in range(2, len(ids) + 2):
            if name.casefold() not in {other.casefold() for other in found.values()}:
                break
            name = f"{id[: LONGEST_NAME - 3]}_{number}"
        found[id] = name
    return found


def _sheet(name: str, table: Table) -> Sheet:
    columns: list[Column | str] = [table.head[0] or "Row"]
    taken = {str(columns[0])}
    plan: list[tuple[int, bool]] = []
    for j, head in enumerate(table.head[1:]):
        cells = [cells[j] for _, cells in table.rows]
        ranged = any(isinstance(cell, Indicator) and cell.shown and cell.interval for cell in cells)
        plan.append((j, ranged))
        for end in ("", ", low", ", high") if ranged else ("",):
            heading = _free(f"{head}{end}", taken)
            taken.add(heading)
            columns.append(heading)
    rests = {record.basis for record in table.records()} - {"published"}
    if rests:
        columns.append(_free("Basis", taken))
    rows = [
        [
            row or NO_WORDS,
            *(value for j, ranged in plan for value in _values(cells[j], ranged)),
            *([_basis(cells)] if rests else []),
        ]
        for row, cells in table.rows
    ]
    units = list(dict.fromkeys(record.unit for record in table.records()))
    about = tuple(
        line
        for line in (
            f"Units: {', '.join(units)}." if units else "",
            f"Source: {table.source}." if table.source else "",
        )
        if line
    )
    return Sheet(name, table.title, columns, rows, about, (table.note,) if table.note else ())


def _basis(cells: Sequence[Cell]) -> str:
    """Return what the figures of a row rest on, the most certain first."""
    found = {cell.basis for cell in cells if isinstance(cell, Indicator)}
    return ", ".join(basis for basis in BASES if basis in found) or NO_WORDS


def _free(heading: str, taken: set[str]) -> str:
    name, number = heading or "Column", 2
    while name in taken:
        name, number = f"{heading} ({number})", number + 1
    return name


def _values(cell: Cell, ranged: bool) -> list[object]:
    """Return what the columns of a cell hold: its figure and, where the column has intervals, both ends."""
    if isinstance(cell, str):
        return [cell or NO_WORDS, *([NO_WORDS] * 2 if ranged else [])]
    if not cell.shown:
        return [SYMBOL[cell.state]] * (3 if ranged else 1)
    ends = cell.interval or (NO_WORDS, NO_WORDS)
    return [cell.number, *(ends if ranged else ())]


def tables_schema(chapter: ChapterBuilder, files: Mapping[str, object]) -> str:
    """Return the schema of the files in ``tables`` as a Tabular Data Package.

    Parameters
    ----------
    chapter : ChapterBuilder
    files : mapping of str to object
        All files of the chapter by name.
    """
    resources = []
    for name in sorted(files):
        folder, _, file = name.partition("/")
        if folder != "tables" or not file.endswith(".csv"):
            continue
        id = file.removesuffix(".csv")
        content = files[name]
        head = str(content).split("\n", 1)[0].split(",") if isinstance(content, str) else list(FILE_HEAD)
        resources.append(
            {
                "name": id,
                "path": file,
                "title": chapter.tables[id].title if id in chapter.tables else TITLES.get(id, id),
                "profile": "tabular-data-resource",
                "encoding": "utf-8",
                "schema": {"fields": [_field(column, id in chapter.tables) for column in head]},
            }
        )
    package = {
        "profile": "tabular-data-package",
        "name": f"{chapter.area.slug}-chapter",
        "title": f"Tables of the chapter of {chapter.area.name}",
        "resources": resources,
    }
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


TITLES = {
    "indicators": "Every figure of the chapter, one a line",
    "run_summary": "The main figures of the run",
    "own_counts": "The area's own counts that may be shown",
}
_NUMBERS = {field.name for field in fields(Indicator) if "float" in str(field.type)} | {*NUMBERS, "central"}


def _field(column: str, is_table: bool) -> dict[str, object]:
    kind = "number" if column in _NUMBERS and not (is_table and column == "value") else "string"
    out: dict[str, object] = {"name": column, "type": kind}
    if column in MEANINGS:
        out["description"] = MEANINGS[column]
    return out
