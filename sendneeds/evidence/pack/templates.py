"""Blank packs to fill: `area.toml`, one CSV file per table, and a workbook."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from sendneeds.evidence.pack.settings import FILE, SCHEMA, UNASSIGNED
from sendneeds.evidence.pack.workbook import write_workbook
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.csv_text import csv_text
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.folders import whole_folder
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.outputs import NO_FIGURES, write_output

WORKBOOK = "tables.xlsx"
FOR_AN_AREA = (
    *("population", "pupils", "ehc_plans", "ehc_flow", "ehc_timeliness", "sen_pupils", "sen_percent"),
    *("waiting_list", "referrals", "service_parameters", "claims"),
    *("outcomes", "outcome_map", "targets", "indicator_values", "actions", "priorities"),
    *("survey", "you_said", "unmet_need", "neighbours", "ethnicity", "workforce"),
    *("high_needs", "assumptions"),
)
EXAMPLE_DAY = dt.date(2000, 1, 1)


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
        Replace earlier results in the folder even if they were edited. A pack is never replaced.

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
    >>> folder = new_pack(Path(tempfile.mkdtemp()) / "torbay", "E06000027", "Torbay")
    >>> (folder / "sen_percent.csv").read_text().strip()
    'area_code,census_january,provision,percent_of_pupils'
    """
    kinds(folder=(folder, "path"), code=(code, "text"), name=(name, "text"), tables=(tables, "texts"))
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
                text = f"{EXAMPLE_DAY:%Y-%m-%d}"
            shown = mark or ("# " if key in ("dfe_code", "as_of") else "")
            lines.append(f"{shown}{key} = {text}")
        lines.append("")
    return "\n".join(lines)
