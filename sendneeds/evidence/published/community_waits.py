"""Reading NHS England's workbook of community health services waiting lists: tables 4 to 4g, children's services.

The layout has changed from month to month. Sheets are recognised by their titles ("over 52 weeks" or ">52 weeks"),
columns by their headings or what is in them, organisations by name, ignoring case, or by code where there are codes.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sendneeds.evidence.checking.xlsx import Row, open_workbook, rows_of_sheet
from sendneeds.evidence.published.layout import OGL, canon
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.errors import Fault, ReleaseError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import WEEK_BANDS

SERVICES = {
    "communitynursing": "COMM_NURSING",
    "communitypaediatric": "COMM_PAEDS",
    "occupationaltherapy": "OT",
    "physiotherapy": "PT",
    "speechandlanguage": "SLT",
    "wheelchair": "EQUIP",
}
"""Part of the name of a children's service -> service, for those that are modelled here."""
CHILDREN = "(cyp)"
LEVELS = {
    **{"national": "country", "region": "region", "icb": "icb", "integrated care board": "icb"},
    **{"provider": "provider", "organisation": "provider"},
}
"""Type of organisation, as published -> level; the row for England may have none."""
ENGLAND = "England"
MOST_ROWS = 5_000
MOST_COLUMNS = 400
BAND = re.compile(r">?\s*(\d+)\s*(?:-|to|–)\s*(\d+) weeks")
OPEN = re.compile(r"(?:over|>|more than)\s*(\d+) weeks")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
TABLE = re.compile(r"^table \w+\s*[:.]\s*", re.IGNORECASE)
KEY = ["area_code", "area", "month", "service", "stage", "weeks_band"]
LIST = ["level", "code", "organisation", "month", "service", "weeks_band", "waiting", "flag"]


def band_of(title: str) -> str | None:
    """Return the band of weeks in a sheet's title: ``all`` for the total, None for other tables.

    Examples
    --------
    >>> [band_of(t) for t in ("Number waiting >4-12 weeks (29-84 days)", "Number waiting over 52 weeks (over 365)",
    ...   "Number waiting >52 weeks", "Number waiting 1-2 weeks", "Total waiting list by service", "Contents")]
    ['>4-12', '>52', '>52', '>1-2', 'all', None]
    """
    text = title.casefold()
    bands = {tuple(map(str, edges)): band for band, edges in WEEK_BANDS.items()}
    if match := BAND.search(text):
        return bands.get((match[1], match[2]))
    if match := OPEN.search(text):
        return bands.get((match[1], "None"))
    return "all" if text.startswith("total waiting list") else None


def read_community_lists(path: str | Path, *, month: str | None = None) -> pd.DataFrame:
    """Read the waiting lists of children of every organisation from a workbook of community health services.

    All layouts that NHS England has published are read: titles in the first or second column, months in the titles
    or on the sheet of contents, with and without codes of organisations, names in capitals or not.

    Parameters
    ----------
    path : str or Path
        The ``.xlsx`` file "Community health services waiting lists" of one month.
    month : str, optional
        The month that the lists are of (2023-02), where the workbook does not say. One that contradicts the workbook
        is refused.

    Returns
    -------
    DataFrame
        A row for each organisation, month, service and band of weeks waited (``all`` for the published total), with
        columns level (country, region, icb or provider), code (empty where the workbook has none), organisation,
        month, service, weeks_band, waiting (Int64, children) and flag (``unavailable`` for a blank cell: no data
        were submitted). Bands fall short of totals where providers give no weeks.

    Raises
    ------
    MissingDataError
        The extra ``excel`` is not installed.
    ReleaseError
        The file is not this workbook, or no month can be told.

    Examples
    --------
    >>> import sendneeds as sn
    >>> lists = sn.read_community_lists("Community-health-services-waiting-lists.xlsx")  # doctest: +SKIP
    >>> lists.query("level == 'provider' and service == 'SLT' and weeks_band == '>52'")  # doctest: +SKIP
    """
    kinds(path=(path, "path"))
    name = Path(path).name
    if month is not None and not re.fullmatch(r"20\d{2}-(0[1-9]|1[0-2])", str(month)):
        raise refusal("month", month, "a month as YYYY-MM", "Write month='2023-02', for example.")
    rows: list[list[Any]] = []
    faults: list[Fault] = []
    sheets, contents = _sheets(path)
    for sheet in sheets:
        band = band_of(sheet.title)
        if band is None:
            continue
        told = _month(sheet.title) or contents.get(band)
        if told is None and month is None:
            cure = "Give the month that the lists are of: month='2023-02', for example."
            faults.append(Fault(name, 0, "title", repr(sheet.title), "a title with a month", cure))
        elif told is not None and month is not None and told != month:
            cure = f"Leave month out, or give the workbook of {month}."
            faults.append(Fault(name, 0, "title", f"{sheet.title!r}, of {told}", f"lists of {month}", cure))
        for level, code, organisation, cells in sheet.organisations():
            for index, service in sheet.services.items():
                cell = cells[index] if index < len(cells) else None
                read = read_symbol("" if cell is None else str(cell))
                value = None if read.value is None else round(read.value)
                flag = read.flag or "unavailable"
                rows.append([level, code, organisation, told or month, service, band, value, flag])
    if not rows and not faults:
        cure = "Give the workbook 'Community health services waiting lists' as published."
        faults.append(Fault(name, 0, "", "no table 4 to 4g", "waiting lists of children by service", cure))
    if faults:
        raise ReleaseError(f"{name} cannot be read", faults)
    return pd.DataFrame(rows, columns=LIST).astype({"waiting": "Int64"})


def read_community_waits(
    path: str | Path, organisation: str, area_code: str, month: str | None = None
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Read one organisation's waiting lists of children from the workbook, as a table of a pack.

    Parameters
    ----------
    path : str or Path
        The ``.xlsx`` file.
    organisation : str
        England, a region, an integrated care board or a provider, by its name or code in the workbook.
    area_code : str
        Code of the area, for the rows.
    month : str, optional
        As in `read_community_lists`.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta, list of Finding)
        The table ``nhs_waiting_list``. Blank cells are ``unavailable``: no data were submitted.

    Raises
    ------
    MissingDataError
        The extra ``excel`` is not installed.
    ReleaseError
        The file is not this workbook.
    UnknownNameError
        The workbook does not have the organisation.
    """
    name = Path(path).name
    lists = read_community_lists(path, month=month)
    names = lists["organisation"].drop_duplicates()
    wanted = names[names.map(_same) == _same(organisation)]
    is_meant = lists["organisation"].isin(wanted)
    if wanted.empty and organisation.strip():
        is_meant = lists["code"] == organisation.strip().upper()
        wanted = lists.loc[is_meant, "organisation"].drop_duplicates()
    if wanted.empty:
        raise unknown("organisation", organisation, sorted(names), f"These are the names in {name}.")
    detections: list[Detection] = []
    if len(wanted) > 1:
        detections.append(Detection("labels_differ", name, f"written {', '.join(map(repr, sorted(wanted)))}"))
    frame = lists[is_meant].assign(area_code=area_code, area=organisation, stage="first_appointment")
    frame = frame[[*KEY, "waiting", "flag"]]
    again = frame.duplicated(KEY)
    if again.any():
        found = f"{int(again.sum())} figures occur twice for {organisation}; the first was read"
        detections.append(Detection("column_twice", name, found))
    order = {band: i for i, band in enumerate(("all", *WEEK_BANDS))}
    frame = frame[~again].sort_values(
        ["service", "weeks_band"], key=lambda s: s.map(order) if s.name == "weeks_band" else s
    )
    note = "Bands fall short of totals where providers give no weeks."
    source = f"NHS England, Community health services waiting lists, {name}"
    meta = TableMeta(TABLES["nhs_waiting_list"].title, source, OGL, _published(path), "published", note)
    return (
        {"nhs_waiting_list": frame.reset_index(drop=True)},
        {"nhs_waiting_list": meta},
        [make_finding(s) for s in detections],
    )


def _same(name: str) -> str:
    """Return a name in lower case, without punctuation, NHS and ICB: its spelling differs between months."""
    return canon(re.sub(r"\b(nhs|icb|integrated care board)\b", "", name, flags=re.IGNORECASE))


def _services(header: Row) -> dict[int, str]:
    found = {}
    for index, cell in enumerate(header):
        text = str(cell or "").casefold()
        if text.startswith(CHILDREN):
            for letters, service in SERVICES.items():
                if letters in canon(text):
                    found[index] = service
    return found


def _month(title: str) -> str | None:
    match = re.search(rf"({'|'.join(MONTHS)}) (20\d{{2}})", title.casefold())
    return f"{match[2]}-{MONTHS.index(match[1]) + 1:02d}" if match else None


@dataclass(frozen=True)
class _Sheet:
    """One table of organisations by service.

    Parameters
    ----------
    title : str
    header : tuple
    body : list of tuple
    services : dict of int to str
        Position of the column of each service.
    """

    title: str
    header: Row
    body: list[Row]
    services: dict[int, str]

    def organisations(self) -> Iterator[tuple[str, str, str, Row]]:
        """Yield level, code, name and cells of each organisation; a merged type applies to the rows below it."""
        first = next(i for i, cell in enumerate(self.header) if str(cell or "").startswith("("))
        kinds, codes, names = self._columns(first)
        level = ""
        for row in self.body:
            name = _text(row, names)
            if not name:
                continue
            if _same(name) == _same(ENGLAND):
                yield "country", _text(row, codes), ENGLAND, row
                continue
            level = LEVELS.get(_text(row, kinds).casefold(), level)
            yield level, _text(row, codes), name, row

    def _columns(self, first: int) -> tuple[int, int, int]:
        """Return the positions of types, codes and names, -1 for none: by heading, else by what is in a column."""
        headings = {canon(str(cell)): i for i, cell in enumerate(self.header[:first]) if cell}
        held = [{_text(row, i) for row in self.body} for i in range(first)]
        kinds = headings.get("organisationtype", -1)
        if kinds < 0:
            kinds = next(
                (i for i, cells in enumerate(held) if {c.casefold() for c in cells} & set(LEVELS)), -1
            )
        names = headings.get("organisationname", -1)
        if names < 0:
            names = next((i for i, cells in enumerate(held) if ENGLAND in cells), first - 1)
        return kinds, headings.get("organisationcode", -1), names


def _text(row: Row, index: int) -> str:
    return " ".join(str(row[index] or "").split()) if 0 <= index < len(row) else ""


def _sheets(path: str | Path) -> tuple[list[_Sheet], dict[str, str]]:
    """Return the tables of organisations by service, and the month of each band by the sheet of contents."""
    sheets: list[_Sheet] = []
    contents: dict[str, str] = {}
    with open_workbook(path) as book:
        for sheet in book.worksheets:
            rows = rows_of_sheet(sheet, MOST_ROWS, MOST_COLUMNS)
            head = next(
                (i for i, r in enumerate(rows[:15]) if sum(CHILDREN in str(c).casefold() for c in r) > 2),
                None,
            )
            if head is not None:
                title = next((str(cell) for row in rows[:head] for cell in row if cell), "")
                sheets.append(_Sheet(title, rows[head], rows[head + 1 :], _services(rows[head])))
            elif sheet.title.strip().casefold() == "contents":
                lines = [TABLE.sub("", str(cell).strip()) for row in rows for cell in row if cell]
                months = [(band_of(line), _month(line)) for line in lines]
                contents = {band: month for band, month in months if band and month}
    return sheets, contents


def _published(path: str | Path) -> dt.date:
    """Return the modification date in the workbook's properties, else that of the file."""
    with zipfile.ZipFile(path) as archive:
        core = (
            archive.read("docProps/core.xml").decode("utf-8", "replace")
            if "docProps/core.xml" in archive.namelist()
            else ""
        )
    match = re.search(r"<dcterms:modified[^>]*>(\d{4}-\d{2}-\d{2})", core)
    return dt.date.fromisoformat(match[1]) if match else dt.date.fromtimestamp(Path(path).stat().st_mtime)
