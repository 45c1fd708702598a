"""Opening .xlsx workbooks of unknown quality, within limits on size."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sendneeds.evidence.checking.limits import MOST_RATIO, MOST_TOTAL, RATIO_FROM
from sendneeds.foundation.errors import Fault, MissingDataError, ReleaseError, SendneedsError

Row = tuple[Any, ...]

DAMAGED = (
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, EOFError, OverflowError),
    *(SyntaxError, zlib.error, zipfile.BadZipFile),  # the first is what the XML parser raises
    *(NotImplementedError, RuntimeError),  # packed in another way, or with a password
)
"""Errors that openpyxl raises for a damaged workbook."""


@contextmanager
def open_workbook(path: str | Path) -> Iterator[Any]:
    """Open a workbook to read values, and close it when the block ends.

    Parameters
    ----------
    path : str or Path

    Yields
    ------
    openpyxl.Workbook
        Read-only, with the results of formulas. Read its sheets within the block by `rows_of_sheet`.

    Raises
    ------
    ReleaseError
        The file is not a workbook, exceeds a limit, or is damaged.
    MissingDataError
        The extra ``excel`` is not installed.

    Examples
    --------
    >>> with open_workbook("no-such.xlsx") as book:
    ...     book.sheetnames
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.ReleaseError: no-such.xlsx cannot be read: 1 fault
    ...
    """
    name = Path(path).name
    _check_limits(path)
    openpyxl = load_openpyxl("Reading")
    try:
        with open(path, "rb") as file:  # closed though the workbook may fail to open
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except SendneedsError:  # of the block; some of them are ValueErrors too
        raise
    except DAMAGED as error:
        raise _refuse(
            name, f"a damaged workbook ({error})"[:200], "Save it again, or download it again."
        ) from error


def rows_of_sheet(sheet: Any, most_rows: int, most_columns: int) -> list[Row]:
    """Return the values of a sheet, up to a number of rows and columns, without the empty rows at its end.

    The cells are read, and not the dimensions that the file states: some state one cell.
    """
    sheet.reset_dimensions()
    rows = list(islice(sheet.iter_rows(max_col=most_columns, values_only=True), most_rows))
    while rows and all(cell in (None, "") for cell in rows[-1]):
        rows.pop()
    return rows


def load_openpyxl(doing: str) -> Any:
    """Import openpyxl; raise a MissingDataError that says how to install it if it is missing."""
    try:
        import openpyxl  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingDataError(
            f"{doing} .xlsx needs openpyxl: pip install 'sendneeds[excel]', or from a clone: "
            "pip install -e '.[excel]'."
        ) from error
    return openpyxl


def _check_limits(path: str | Path) -> None:
    name = Path(path).name
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        cure = "Check the path; save .xls as .xlsx."
        raise _refuse(name, f"not a workbook ({error})"[:200], cure) from error
    for info in infos:
        if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise _refuse(name, f"{info.filename[:60]!r} unpacks {MOST_RATIO}-fold", "Do not open it.")
    if sum(info.file_size for info in infos) > MOST_TOTAL:
        raise _refuse(name, f"over {MOST_TOTAL:,} bytes unpacked", "Do not open it.")


def _refuse(name: str, found: str, cure: str) -> ReleaseError:
    return ReleaseError(f"{name} cannot be read", [Fault(name, 0, "", found, "an .xlsx file", cure)])
