"""Reading a CSV file of unknown quality into columns of text, or faults, within limits on size."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendneeds.foundation.errors import Fault
from sendneeds.foundation.in_place import in_place_of

MOST_BYTES = 512 * 2**20
MOST_ROWS = 5_000_000
MOST_COLUMNS = 500
LONGEST_CELL = 20_000
CHUNK = 20_000
SHOWN = 20  # most faults of one kind reported for a column

csv.field_size_limit(max(csv.field_size_limit(), 2**17))


@dataclass
class Text:
    """The cells of a file as text, each column as codes into its distinct texts.

    Parameters
    ----------
    header : list of str
    codes : list of int array (rows,)
        For each column, which of its texts each row holds.
    texts : list of list of str
        For each column, its distinct texts.
    rows : int array (rows,)
        The row of each record as a spreadsheet numbers it.
    """

    header: list[str]
    codes: list[NDArray[np.int64]] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def column(self, name: str) -> pd.Series:
        """Return a column as text."""
        at = self.header.index(name)
        return pd.Series(np.array(self.texts[at], dtype=object)[self.codes[at]], dtype=object)


def read_bytes(path: Path, file: str, most: int = MOST_BYTES) -> bytes | Fault:
    """Return the bytes of a file, or the fault that prevents reading it."""
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "no plain file" if path.exists() else "no such file"
            return Fault(file, 0, "", what, "a file", "Put the file itself there, not a pipe or device.")
        size = path.stat().st_size
        if size > most:
            return Fault(
                file, 0, "", f"{size:,} bytes", f"up to {most:,} bytes", "Leave out what is not needed."
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        return Fault(file, 0, "", reason, "a file that can be read", "Close it elsewhere, or copy it again.")


def decode(data: bytes, file: str) -> str | Fault:
    """Return UTF-8 text without a byte-order mark, or the fault."""
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        cure = (
            "Save it again as 'CSV UTF-8'. UTF-16 ('Unicode text') files and damaged files hold such bytes."
        )
        return Fault(file, line, "", "a NUL byte: the file is not plain text", "UTF-8 text", cure)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        was = data[error.start : error.start + 1].hex()
        guess = data[error.start : error.start + 1].decode("cp1252", "replace")
        found = f"byte 0x{was} (in Windows text: {guess!r})"
        return Fault(file, line, "", found, "UTF-8 text", "Save it from the spreadsheet as 'CSV UTF-8'.")


def read_text(data: bytes, file: str, separator: str = ",") -> tuple[Text | None, list[Fault]]:
    r"""Return the cells of a CSV file, and faults of its form.

    Parameters
    ----------
    data : bytes
    file : str
        File name to use in the faults.
    separator : str

    Returns
    -------
    Text or None
        None if the file cannot be read.
    list of Fault
        Ragged and empty rows, broken quotes, wrong separators.

    Examples
    --------
    >>> text, faults = read_text(b"a,b\n1,2\n3\n", "t.csv")
    >>> text.header, [f.where() for f in faults]
    (['a', 'b'], ['t.csv row 3'])
    """
    if fault := in_place_of(data, file):
        return None, [fault]
    content = decode(data, file)
    if isinstance(content, Fault):
        return None, [content]
    if not content.strip():
        return None, [Fault(file, 0, "", "an empty file", "a header and rows", "Delete the file or fill it.")]
    records = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    faults: list[Fault] = []
    try:
        header = [name.strip() for name in next(records)]
    except (csv.Error, StopIteration) as error:
        return None, [_broken(file, 1, str(error))]
    if fault := _header_fault(header, file):
        return None, [fault]
    text = Text(header)
    _collect(text, records, file, faults)
    if not content.endswith(("\n", "\r")) and faults and "cells" in faults[-1].found:
        last = faults[-1]
        faults[-1] = Fault(
            last.file,
            last.row,
            "",
            f"{last.found}, and the file ends in the middle of a line",
            last.allowed,
            "The file was cut short: fetch it again.",
        )
    return text, faults


def _header_fault(header: list[str], file: str) -> Fault | None:
    if len(header) > MOST_COLUMNS:
        allowed = f"up to {MOST_COLUMNS} columns"
        return Fault(file, 1, "", f"{len(header)} columns", allowed, "Give each table a file of its own.")
    if len(header) == 1:
        for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in header[0]:
                cure = "Save it as 'CSV UTF-8 (comma delimited)'."
                return Fault(file, 1, "", f"columns separated by {name}", "commas", cure)
    return None


def _broken(file: str, row: int, reason: str) -> Fault:
    cure = "Look for a quotation mark that is not closed, or fetch the file again: it may be cut short."
    return Fault(file, row, "", f"a row that cannot be read ({reason})", "comma separated values", cure)


def _collect(text: Text, records: Iterator[list[str]], file: str, faults: list[Fault]) -> None:
    """Read the records in chunks into the columns of `text`; add faults for ragged and empty rows."""
    width = len(text.header)
    maps: list[dict[str, int]] = [{} for _ in range(width)]
    parts: list[list[NDArray[np.int64]]] = [[] for _ in range(width)]
    kept: list[NDArray[np.int64]] = []
    empty: list[int] = []
    row, ragged = 2, 0
    while True:
        chunk: list[list[str]] = []
        try:
            for record in islice(records, CHUNK):
                chunk.append(record)
        except csv.Error as error:
            faults.append(_broken(file, row + len(chunk), str(error)))
            stop = True
        else:
            stop = len(chunk) < CHUNK
        good: list[list[str]] = chunk
        numbers: Sequence[int] = range(row, row + len(chunk))
        if any(len(record) != width or not record[0] for record in chunk):
            good, numbers = [], []
            for number, record in enumerate(chunk, start=row):
                if not any(record):
                    empty.append(number)
                elif len(record) == width:
                    good.append(record)
                    numbers.append(number)
                else:
                    ragged += 1
                    if ragged <= SHOWN:
                        faults.append(_ragged(file, number, len(record), width))
        for at, cells in enumerate(zip(*good, strict=True)):
            known = maps[at]
            codes, distinct = pd.factorize(np.array(cells, dtype=object))
            places = np.array([known.setdefault(cell, len(known)) for cell in distinct], np.int64)
            parts[at].append(places[codes])
        kept.append(np.array(numbers, np.int64))
        row += len(chunk)
        if row > MOST_ROWS:
            allowed = f"up to {MOST_ROWS:,} rows"
            faults.append(Fault(file, row, "", "more rows than are read", allowed, "Leave out other areas."))
            break
        if stop:
            break
    if ragged > SHOWN:
        faults.append(more(file, "", ragged - SHOWN, "rows with the wrong number of cells"))
    text.rows = np.concatenate(kept)
    _empty_rows(text, empty, file, faults)
    text.codes = [np.concatenate(p) if p else np.zeros(0, np.int64) for p in parts]
    text.texts = [list(known) for known in maps]
    for at, name in enumerate(text.header):
        long = [code for code, cell in enumerate(text.texts[at]) if len(cell) > LONGEST_CELL]
        for number in text.rows[np.isin(text.codes[at], long)][:SHOWN] if long else ():
            allowed = f"up to {LONGEST_CELL:,} characters"
            cure = "Check for a missing quotation mark."
            faults.append(Fault(file, int(number), name, "a cell that is too long", allowed, cure))


def _empty_rows(text: Text, empty: list[int], file: str, faults: list[Fault]) -> None:
    """Add a fault for empty rows between records; those at the end are ignored."""
    last = int(text.rows[-1]) if len(text.rows) else 0
    inner = [row for row in empty if row < last]
    if inner:
        found = f"{len(inner)} empty row{'s' if len(inner) > 1 else ''}"
        faults.append(Fault(file, inner[0], "", found, "no empty rows between records", "Delete them."))


def _ragged(file: str, row: int, cells: int, width: int) -> Fault:
    cure = "A comma inside a text needs quotation marks around the text; a missing cell needs its comma."
    return Fault(file, row, "", f"{cells} cells", f"{width} cells, as in the header", cure)


def more(file: str, column: str, count: int, what: str) -> Fault:
    """Return the fault that gives the number of faults not listed."""
    return Fault(
        file, 0, column, f"and {count:,} more {what}", "none", "Correct the first ones and check again."
    )
