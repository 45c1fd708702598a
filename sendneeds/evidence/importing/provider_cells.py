"""Cells of providers' spreadsheets: headings over several rows, bands in words."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from sendneeds.evidence.checking.csv_reader import read_bytes
from sendneeds.evidence.checking.xlsx import Row, open_workbook, rows_of_sheet
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.vocabulary import WEEK_BANDS

MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
SEPARATORS = (",", ";", "\t", "|")
TOTALS = re.compile(
    r"(grand )?(sub)?-?totals?\b|sum\b|average\b|mean\b|source\b|notes?\b|\*|all\b", re.IGNORECASE
)


def rows_of(path: str | Path, sheet: str = "") -> list[Row]:
    """Return the rows of a CSV file or a sheet; encoding and separator are detected.

    Raises
    ------
    ReleaseError
        It cannot be read.
    """
    name = Path(path).name
    if Path(path).suffix.casefold() in (".xlsx", ".xlsm"):
        return _sheet(path, sheet)
    data = read_bytes(Path(path), name)
    if isinstance(data, Fault):
        raise ReleaseError(f"{name} cannot be read", [data])
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    head = text[:5_000]
    separator = max(SEPARATORS, key=lambda s: (head.count(s), -SEPARATORS.index(s)))
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=separator):
            rows.append(tuple(row[:MOST_COLUMNS]))
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        fault = Fault(name, len(rows) + 1, "", str(error), "CSV", "Save it again as 'CSV UTF-8'.")
        raise ReleaseError(f"{name} cannot be read", [fault]) from error
    return rows


def _sheet(path: str | Path, sheet: str) -> list[Row]:
    name = Path(path).name
    with open_workbook(path) as book:
        if sheet and sheet not in book.sheetnames:
            fault = Fault(name, 0, "sheet", repr(sheet), ", ".join(book.sheetnames), "Correct the mapping.")
            raise ReleaseError(f"{name} cannot be read", [fault])
        return rows_of_sheet(book[sheet] if sheet else book.worksheets[0], MOST_ROWS, MOST_COLUMNS)


def header_of(rows: list[Row], first: int, count: int) -> list[str]:
    """Return one heading per column from a heading over `count` rows; a merged cell applies to the columns it spans.

    Examples
    --------
    >>> header_of([("Referral", None, "Wait"), ("date", "source", "weeks")], 1, 2)
    ['Referral date', 'Referral source', 'Wait weeks']
    """
    parts = rows[first - 1 : first - 1 + count]
    width = max((len(row) for row in parts), default=0)
    names = [""] * width
    for number, row in enumerate(parts):
        last = ""
        for index in range(width):
            text = (
                " ".join(str(row[index]).split()) if index < len(row) and row[index] not in (None, "") else ""
            )
            if number < count - 1:
                text = last = text or last
            names[index] = f"{names[index]} {text}".strip()
    return names


def is_total(row: Row) -> bool:
    """Return whether a row is a total or a footnote.

    Examples
    --------
    >>> is_total(("Total", 12)), is_total((None, "Grand total", 12)), is_total(("0-1 weeks", 12))
    (True, True, False)
    """
    first = next((cell for cell in row if cell not in (None, "")), None)
    return isinstance(first, str) and TOTALS.match(first.strip()) is not None


def band_word(text: str) -> str | None:
    """Return the NHS band of weeks that a text describes; None if it is none.

    Examples
    --------
    >>> [band_word(t) for t in ("0-1 weeks", ">4 to 12 wks", "18-52", "over 52 weeks", "52+", "up to 1 week", "5-6")]
    ['0-1', '>4-12', '>18-52', '>52', '>52', '0-1', None]
    """
    plain = re.sub(r"\b(weeks?|wks?|waiting)\b", "", text.casefold()).strip()
    numbers = [int(n) for n in re.findall(r"\d{1,3}", plain)]
    for band, (low, high) in WEEK_BANDS.items():
        if high is None:
            if numbers == [low] and re.search(r"over|>|\+|more|longer", plain):
                return band
        elif numbers == [low, high] or (
            low == 0 and numbers == [high] and re.search(r"up to|<|under|within", plain)
        ):
            return band
    return None
