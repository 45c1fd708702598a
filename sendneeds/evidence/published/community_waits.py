"""Reading NHS England's workbook of community health services waiting lists: tables 4 to 4g, children's services.

Sheets are recognised by their titles ("over 52 weeks" or ">52 weeks"), organisations by name, ignoring case.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sendneeds.evidence.checking.xlsx import Row, open_workbook, rows_of_sheet
from sendneeds.evidence.published.layout import OGL, canon
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.errors import Fault, ReleaseError, unknown
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
MOST_ROWS = 5_000
MOST_COLUMNS = 400
BAND = re.compile(r">?\s*(\d+)\s*(?:-|to|–)\s*(\d+) weeks")
OPEN = re.compile(r"(?:over|>|more than)\s*(\d+) weeks")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
KEY = ["area_code", "area", "month", "service", "stage", "weeks_band"]


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


def read_community_waits(
    path: str | Path, organisation: str, area_code: str
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Read one organisation's waiting lists of children from the workbook.

    Parameters
    ----------
    path : str or Path
        The ``.xlsx`` file.
    organisation : str
        England, a region, an integrated care board or a provider, by its name in the workbook.
    area_code : str
        Code for the rows; the workbook has names of organisations without codes.

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
    rows: list[list[Any]] = []
    names: set[str] = set()
    detections: list[Detection] = []
    spelled: set[str] = set()
    for title, header, body in _sheets(path):
        band, month = band_of(title), _month(title)
        if band is None or month is None:
            continue
        services = _services(header)
        for cells in body:
            spelling = str(cells[1] or "").strip()
            names.add(spelling)
            if _same(spelling) != _same(organisation):
                continue
            spelled.add(spelling)
            for index, service in services.items():
                cell = cells[index] if index < len(cells) else None
                read = read_symbol("" if cell is None else str(cell))
                value = None if read.value is None else round(read.value)
                flag = read.flag or "unavailable"
                rows.append([area_code, organisation, month, service, "first_appointment", band, value, flag])
    if not names:
        fault = Fault(name, 0, "", "no table 4 to 4g", "waiting list by service, with months in the titles", "Give "
                      "the workbook 'Community health services waiting lists' as published.")  # fmt: skip
        raise ReleaseError(f"{name} cannot be read", [fault])
    if not rows:
        raise unknown("organisation", organisation, sorted(names - {""}), f"These are the names in {name}.")
    if len(spelled) > 1:
        detections.append(
            Detection("labels_differ", name, f"written {', '.join(map(repr, sorted(spelled)))}")
        )
    frame = pd.DataFrame(rows, columns=[*KEY, "waiting", "flag"]).astype({"waiting": "Int64"})
    again = frame.duplicated(KEY)
    if again.any():
        found = f"{int(again.sum())} figures occur twice for {organisation}; the first was read"
        detections.append(Detection("column_twice", name, found))
    order = {band: i for i, band in enumerate(("all", *WEEK_BANDS))}
    frame = frame[~again].sort_values(
        ["service", "weeks_band"], key=lambda s: s.map(order) if s.name == "weeks_band" else s
    )
    note = "Bands fall short of totals where providers give no weeks. The workbook names organisations without codes."
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


def _sheets(path: str | Path) -> Iterator[tuple[str, Row, list[Row]]]:
    """Yield title, header and rows of each sheet of organisations."""
    with open_workbook(path) as book:
        for sheet in book.worksheets:
            rows = rows_of_sheet(sheet, MOST_ROWS, MOST_COLUMNS)
            title = str(rows[0][0] or "") if rows and rows[0] else ""
            head = next(
                (i for i, r in enumerate(rows[:15]) if sum(CHILDREN in str(c).casefold() for c in r) > 2),
                None,
            )
            if head is not None:
                yield title, rows[head], [r for r in rows[head + 1 :] if len(r) > 1 and r[1]]


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
