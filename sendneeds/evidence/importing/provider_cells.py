"""Cells of providers' spreadsheets: headings over several rows, bands in words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from sendneeds.evidence.checking.csv_reader import read_bytes
from sendneeds.evidence.checking.xlsx import Row, open_workbook, rows_of_sheet
from sendneeds.evidence.published.table_text import separator_of, text_of, unreadable
from sendneeds.evidence.symbols import plain_text
from sendneeds.foundation.dates import MONTHS, day_of
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.vocabulary import WEEK_BANDS

MOST_ROWS = 1_000_000
MOST_COLUMNS = 300
WORKBOOKS = (".xlsx", ".xlsm")
SEPARATOR_ROW = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # read by spreadsheets and not shown as a row
TOTALS = re.compile(
    r"(grand )?(sub)?-?totals?\b|sum\b|average\b|mean\b|source\b|notes?\b|\*|all\b", re.IGNORECASE
)
TOTAL_LABEL = re.compile(
    r"((grand|sub)[ -]?)?(totals?|cyfanswm)([ ,:;/–-]+(?!communication\b).+)?|.* (sub[ -]?)?totals?"
    r"|overall|sum( of .+)?|(average|mean|median)( (waits?|waiting|weeks?|number|per)\b.*)?"
    r"|target|trajectory|(change|difference|variance)( (on|from|since|to|against) .+)?|%.*|per ?cent(age)?( .+)?"
    r"|all( (ages|areas|children|clinics|icbs|organisations|providers|services|sites|teams))?",
    re.IGNORECASE,
)
"""Whole labels of rows that are no clinic; *Total Communication* is an approach to teaching language."""
AFTER_LABEL = re.compile(r"([\s:*†‡¹²³⁴-⁹]|\([^()]*\)|\[[^\[\]]*\])+$")
OTHER_UNITS = re.compile(
    r"(?<![a-z])(m|mo|mos|mon|mons|mths?|months?|mis(oedd)?|y|yrs?|years?|blynyddoedd|h|hrs?|hours?|oriau"
    r"|mins?|minutes?|fortnights?|quarters?|qtrs?)\b",
    re.IGNORECASE,
)
"""Units of time that are no whole number of weeks, or are never meant as one."""
WEEKS = re.compile(r"(?<![a-z])(weeks?|wks?|wythnos(au)?)\b", re.IGNORECASE)
DAYS = re.compile(r"(?<![a-z])(days?|diwrnod(au)?)\b")
UP_TO = re.compile(
    r"up to|<|≤|(?<!no )(?<!not )(under|below)|within|or (less|fewer)|not? (more|over|above|longer|greater)|at most"
    r"|(?<!no )(?<!not )(less|fewer) than"
)
SECOND = re.compile(r"(of (which|whom|these)|including|incl\.?|(grand |sub)?-?totals?|all)\b", re.IGNORECASE)
"""Words before a band that other rows may hold already: ``of which over 52 weeks``."""
NO_COUNT = re.compile(r"%|per ?cent|proportion|\brates?\b|thousands|\b000s?\b", re.IGNORECASE)
"""Words of a heading whose figures are no counts."""
OPEN_END = re.compile(r"over|>|≥|\+|plus|above|more|longer|greater|at least|not? (less|fewer|under|below)")
Edges = tuple[int, int | None]
_MONTH = "|".join(f"{name[:3]}({name[3:]})?" for name in MONTHS)
DAY_AND_MONTH = re.compile(
    rf"(\d{{1,2}}[-/ ]({_MONTH})|({_MONTH})[-/ ](\d{{1,2}}|\d{{4}}))( \d\d?:\d\d(:\d\d)?)?"
    r"|(19|20)\d\d-\d\d-\d\d.*",
    re.IGNORECASE,
)


def rows_of(path: str | Path, sheet: str = "") -> list[Row]:
    """Return the rows of a CSV file or a sheet; encoding and separator are detected.

    Raises
    ------
    ReleaseError
        It cannot be read.
    """
    name = Path(path).name
    if Path(path).suffix.casefold() in WORKBOOKS:
        return _sheet(path, sheet)
    data = read_bytes(Path(path), name)
    if isinstance(data, Fault):
        raise ReleaseError(f"{name} cannot be read", [data])
    if fault := unreadable(data, name):
        raise ReleaseError(f"{name} cannot be read", [fault])
    text, _ = text_of(data, name)
    separator = separator_of(text)
    if stated := SEPARATOR_ROW.match(text):
        text, separator = text[stated.end() :], stated[1]
    rows: list[Row] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append(tuple(map(plain_text, row[:MOST_COLUMNS])))
            if len(rows) > MOST_ROWS:
                raise _too_long(name)
    except csv.Error as error:
        fault = Fault(name, len(rows) + 1, "", str(error), "CSV", "Save it again as 'CSV UTF-8'.")
        raise ReleaseError(f"{name} cannot be read", [fault]) from error
    return rows


def sheets_with(path: str | Path, headings: Collection[str], first: int, count: int) -> list[str]:
    """Return the sheets of a workbook whose heading, over `count` rows, has all of some names; none for a CSV."""
    if Path(path).suffix.casefold() not in WORKBOOKS:
        return []
    wanted = {plain_text(name).casefold() for name in headings}
    with open_workbook(path) as book:
        tops = {
            sheet.title: rows_of_sheet(sheet, first - 1 + count, MOST_COLUMNS) for sheet in book.worksheets
        }
    return [
        title
        for title, rows in tops.items()
        if wanted <= {plain_text(name).casefold() for name in header_of(rows, first, count)}
    ]


def _sheet(path: str | Path, sheet: str) -> list[Row]:
    name = Path(path).name
    with open_workbook(path) as book:
        if sheet and sheet not in book.sheetnames:
            fault = Fault(name, 0, "sheet", repr(sheet), ", ".join(book.sheetnames), "Correct the mapping.")
            raise ReleaseError(f"{name} cannot be read", [fault])
        rows = rows_of_sheet(book[sheet] if sheet else book.worksheets[0], MOST_ROWS + 1, MOST_COLUMNS)
    if len(rows) > MOST_ROWS:
        raise _too_long(name)
    return [tuple(plain_text(cell) if isinstance(cell, str) else cell for cell in row) for row in rows]


def _too_long(name: str) -> ReleaseError:
    cure = "Give the years or the services that are wanted, in files of their own."
    fault = Fault(name, 0, "", f"over {MOST_ROWS:,} rows", f"up to {MOST_ROWS:,} rows", cure)
    return ReleaseError(f"{name} cannot be read", [fault])


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


def without_merged(rows: list[Row], labels: int, chosen: Collection[int]) -> tuple[list[Row], int]:
    """Return rows in which the blank cells below a label hold the label, as merged cells mean, and their number.

    Parameters
    ----------
    rows : list of tuple
    labels : int
        How many columns stand before the figures. Where all of them are blank they are those of the row above.
    chosen : collection of int
        Columns that choose rows: a blank cell is the one above, as long as the columns before it stay the same.

    Examples
    --------
    >>> without_merged([("A", "0-1", 1), ("", "1-2", 2), ("Total", "0-1", 1), ("", "1-2", 2)], 1, ())[0][3]
    ('Total', '1-2', 2)
    """
    filled: list[Row] = []
    above: Row = ()
    changed = 0
    for row in rows:
        cells = list(row)
        if not any(cell not in (None, "") for cell in cells):
            above = ()
        elif above:
            own = [index for index in range(min(labels, len(cells))) if cells[index] not in (None, "")]
            places = set(chosen) if own else {*range(labels), *chosen}
            for index in sorted(places):
                same = all(cells[i] == above[i] for i in range(index) if i in places and i < len(above))
                if same and index < min(len(cells), len(above)) and cells[index] in (None, ""):
                    cells[index] = above[index]
        changed += tuple(cells) != tuple(row)
        above = tuple(cells) if any(cell not in (None, "") for cell in cells) else ()
        filled.append(tuple(cells))
    return filled, changed


def is_total(row: Row) -> bool:
    """Return whether a row is a total or a footnote, by its first filled cell.

    Examples
    --------
    >>> is_total(("Total", 12)), is_total((None, "Grand total", 12)), is_total(("0-1 weeks", 12))
    (True, True, False)
    """
    first = _first_text(row)
    return first is not None and TOTALS.match(first) is not None


def is_total_label(row: Row) -> bool:
    """Return whether the first filled cell of a row is a total's name and nothing more, or that of a comparison.

    For rows with a figure and a key of their own, where *All Saints Primary* or a masked number is no total.

    Examples
    --------
    >>> [is_total_label((text, "0-1", 12)) for text in ("Total", "All providers", "All Saints", "***1234")]
    [True, True, False, False]
    >>> [is_total_label((text,)) for text in ("SLT total:", "Total (all)*", "Summerfield", "Total over 52 weeks")]
    [True, True, False, False]
    """
    first = AFTER_LABEL.sub("", _first_text(row) or "")
    if SECOND.match(first) and band_edges(first):
        return False
    return TOTAL_LABEL.fullmatch(first) is not None


def _first_text(row: Row) -> str | None:
    first = next((cell for cell in row if cell not in (None, "")), None)
    return first.strip() if isinstance(first, str) else None


def band_edges(text: str) -> Edges | None:
    """Return the weeks of a band as (more than, up to), None for an open end; None if the text is no band of weeks.

    Examples
    --------
    >>> [band_edges(t) for t in ("0-1 weeks", ">4 to 12 wks (29-84 days)", "18-26", "over 52 weeks", "up to 1 week")]
    [(0, 1), (4, 12), (18, 26), (52, None), (0, 1)]
    >>> band_edges("8-14 days"), band_edges("over 364 days"), band_edges("2-4 months"), band_edges("0-10 days")
    ((1, 2), (52, None), None, None)
    >>> band_edges("not over 52 weeks"), band_edges("not under 52 weeks")
    ((0, 52), (52, None))
    """
    plain = re.sub(r"\([^)]*\)", "", text.casefold())
    if OTHER_UNITS.search(plain):
        return None
    if DAYS.search(plain):
        return _weeks_of_days(band_edges(DAYS.sub("", plain)))
    plain = re.sub(r"\bwaiting\b", "", WEEKS.sub("", plain)).strip()
    numbers = [int(n) for n in re.findall(r"\d{1,3}", plain)]
    if len(numbers) == 2 and numbers[0] < numbers[1]:
        return numbers[0], numbers[1]
    if len(numbers) == 1 and numbers[0] > 0 and UP_TO.search(plain):
        return 0, numbers[0]
    if len(numbers) == 1 and OPEN_END.search(plain):
        return numbers[0], None
    return None


def _weeks_of_days(edges: Edges | None) -> Edges | None:
    """Return days as whole weeks, where they are: 8 to 14 days are more than 1 and up to 2 weeks."""
    low, high = edges or (None, None)
    if low is None or low % 7 > 1 or (high is not None and high % 7):
        return None
    return low // 7, high if high is None else high // 7


def band_word(text: str) -> str | None:
    """Return the NHS band of weeks that a text describes; None if it is none.

    Examples
    --------
    >>> [band_word(t) for t in ("0-1 weeks", ">4 to 12 wks", "18-52", "over 52 weeks", "52+", "up to 1 week", "5-6")]
    ['0-1', '>4-12', '>18-52', '>52', '>52', '0-1', None]
    """
    return next((band for band, edges in WEEK_BANDS.items() if band_edges(text) == edges), None)


def is_date_for_band(cell: Any) -> bool:
    """Return whether a cell is a date where a band is wanted: a spreadsheet makes 1 February of ``1-2``.

    Examples
    --------
    >>> [is_date_for_band(t) for t in ("2026-02-01 00:00:00", "01-Feb", "Feb-2004", "1-2", "18-52", "Wks 52", "Total")]
    [True, True, True, False, False, False, False]
    """
    if isinstance(cell, str) and DAY_AND_MONTH.fullmatch(cell.strip()):
        return True
    return day_of(cell) is not None
