"""Reading a filled template workbook into the CSV tables of a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.pack.templates import sheet_text
from sendneeds.evidence.published.community_waits import BROKEN_WORKBOOK, NEEDS_OPENPYXL, check_workbook
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import Fault, MissingDataError, PackError
from sendneeds.foundation.outputs import LOCAL_RECORDS, write_output

MOST_ROWS = 1_048_576
MOST_COLUMNS = 200


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
    check_workbook(path)
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDataError(f"Reading .xlsx {NEEDS_OPENPYXL}") from error
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheets: dict[str, list[tuple[Any, ...]]] = {
                sheet.title: list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))
                for sheet in book.worksheets
                if sheet.title in TABLES
            }
        finally:
            book.close()
    except BROKEN_WORKBOOK as error:
        fault = Fault(
            Path(path).name, 0, "", f"cannot be read ({error})"[:200], "a workbook", "Save it again."
        )
        raise PackError(Path(path).name, [fault]) from error
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
