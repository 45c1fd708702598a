"""The Ministry of Justice's table of SEND appeals, which comes with the SEN2 release."""

from __future__ import annotations

import re

import pandas as pd

from sendneeds.evidence.published.archive import Archive, Member
from sendneeds.evidence.published.layout import canon
from sendneeds.evidence.published.table_text import records, text_of
from sendneeds.evidence.quality.findings import Detection

COLUMNS = ["name", "dfe_code", "calendar_year", "appeals_registered", "appealable_decisions"]
FIRST = {"appeals_registered": "appeals registered", "appealable_decisions": "total appealable decisions"}
MOST_HEADER = 15
NOTES = re.compile(r"[\d,]+$")  # footnote marks after a name


def read_appeals(archive: Archive, member: Member | None, detections: list[Detection]) -> pd.DataFrame:
    """Return appeals and appealable decisions by authority and calendar year, as text.

    Parameters
    ----------
    archive : Archive
    member : Member or None
        The table; None if the release has none.
    detections : list of Detection
        Differences from the expected layout are appended.

    Returns
    -------
    DataFrame
        Columns name, dfe_code, calendar_year, appeals_registered and appealable_decisions.
    """
    empty = pd.DataFrame(columns=COLUMNS)
    if member is None:
        detections.append(Detection("table_missing", archive.name, "no table of SEND appeals"))
        return empty
    text, odd = text_of(archive.read(member), member.name)
    detections += odd
    rows = list(records(text, member.name))
    head = next((i for i, row in enumerate(rows[:MOST_HEADER]) if sum(_is_year(c) for c in row) >= 2), None)
    if head is None or head + 1 >= len(rows):
        detections.append(Detection("column_missing", member.name, "no header row with years"))
        return empty
    places = _places(rows[head], rows[head + 1])
    kept = []
    for row in rows[head + 2 :]:
        row += [""] * (len(rows[head]) - len(row))
        name = NOTES.sub("", row[0].strip()).strip()
        if canon(name) == "englandtotal":
            name = "England"
        elif not re.fullmatch(r"\d{3}", row[1].strip()):
            continue
        for year, columns in places.items():
            figures = [row[columns[key]].strip() if key in columns else "" for key in FIRST]
            kept.append([name, row[1].strip(), year, *figures])
    return pd.DataFrame(kept, columns=COLUMNS).drop_duplicates(["name", "calendar_year"])


def appeals_of(appeals: pd.DataFrame, name: str, dfe_code: str) -> tuple[pd.DataFrame, list[Detection]]:
    """Return an authority's rows, matched by name, or by code if no row has the name.

    A code that contradicts the name is noted: the 2025 release gives Central Bedfordshire 873, which is
    Cambridgeshire's.
    """
    rows = appeals[appeals["name"].map(canon) == canon(name)]
    if rows.empty:
        return appeals[(appeals["dfe_code"] == dfe_code) & (dfe_code != "")], []
    codes = set(rows["dfe_code"]) - {dfe_code, ""}
    if codes and dfe_code:
        found = (
            f"{name} has the code {', '.join(sorted(codes))} here and {dfe_code} elsewhere; matched by name"
        )
        return rows, [Detection("code_contradicts_name", "SEND appeals", found)]
    return rows, []


def _is_year(cell: str) -> bool:
    return re.fullmatch(r"20\d{2}", cell.strip()) is not None


def _places(years: list[str], names: list[str]) -> dict[int, dict[str, int]]:
    """Return the positions of each year's columns: a year heads the columns up to the next year."""
    places: dict[int, dict[str, int]] = {}
    year = 0
    for index, cell in enumerate(years):
        if _is_year(cell):
            year = int(cell)
        if not year or index >= len(names):
            continue
        name = NOTES.sub("", names[index].strip().casefold())
        for key, words in FIRST.items():
            if name == words:
                places.setdefault(year, {}).setdefault(key, index)
    return places
