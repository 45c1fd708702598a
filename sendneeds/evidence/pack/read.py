"""Reading an area pack: a folder with `area.toml` and tidy CSV tables."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.checking.csv_reader import read_bytes
from sendneeds.evidence.pack.prose import prose_faults
from sendneeds.evidence.pack.settings import FILE, read_settings
from sendneeds.evidence.pack.together import added_tables
from sendneeds.evidence.quality.findings import DEFECTS, Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.types import TOGETHER, AreaTables, TableMeta
from sendneeds.foundation.errors import Fault, PackError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.shipped import shipped_root

LOCK = "~$"
"""How the names of the files begin that Excel keeps beside one that is open: no tables."""
MOST_FILES = 200
MOST_SETTINGS = 2**20
ELSEWHERE = {
    "activity": "rows of service_parameters.csv, such as slots_per_wte_week",
    "capacity_rules": "rows of service_parameters.csv, such as slots_per_wte_week",
    "care_packages": "rows of service_parameters.csv, such as block_sessions",
    "unit_costs": "rows of service_parameters.csv, such as gbp_per_wte_year",
    "pool_rules": "rows of service_parameters.csv of the service POOL",
    "indicators": "indicator_values.csv",
}
"""Names that are given to tables for figures which other tables hold."""
MISSPELT = 0.85  # a file name at least this similar to a table's is taken for a misspelling


def shipped_packs() -> dict[str, Path]:
    """Return the folders of the packs that ship with the package, by slug."""
    root = shipped_root()
    return {f.name: f for f in sorted(root.iterdir()) if (f / FILE).is_file()} if root else {}


def list_areas(release: str | Path | None = None) -> pd.DataFrame:
    """Return the areas whose packs ship with the package, or those of a SEN2 release.

    Parameters
    ----------
    release : str or Path, optional
        The zip of *Education, health and care plans*, or its folder: its authorities and England.

    Returns
    -------
    pandas.DataFrame
        A row an area, in order of ``slug`` (what `open_area` takes, and `read_area` with the release), with ``code``
        (ONS), ``name`` and ``kind`` (``local_authority``, ``integrated_care_board``, ``region`` or ``country``).

    Raises
    ------
    ReleaseError
        `release` cannot be read.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.list_areas()["slug"].tolist()
    ['bedford', 'blmk', 'central-bedfordshire', 'england', 'luton', 'milton-keynes']
    """
    if release is not None:
        kinds(release=(release, "path"))
    if release is not None:
        from sendneeds.evidence.published.authorities import COLUMNS, authorities

        return authorities(release)[COLUMNS]
    rows = []
    for slug, folder in shipped_packs().items():
        who = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))["area"]
        rows.append((slug, who["code"], who["name"], who["kind"]))
    return pd.DataFrame(rows, columns=["slug", "code", "name", "kind"])


@cache
def shipped_tables(slug: str) -> AreaTables:
    """Return the tables of a pack that ships, read once: for reading only."""
    tables, faults = read_folder(shipped_packs()[slug])
    if tables is None:
        raise PackError(f"The pack {slug!r} cannot be used", faults)
    return tables


def check_folder(path: str | Path) -> list[Fault]:
    """Return every fault of a pack, with what to do about each.

    Parameters
    ----------
    path : str or Path
        A folder with ``area.toml`` in it, or the name of a pack that ships.

    Returns
    -------
    list of Fault
        Empty if the pack can be used.

    Raises
    ------
    UnknownNameError
        There is no such folder or pack.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.check_folder("bedford")
    []
    """
    kinds(path=(path, "path"))
    return read_folder(find_pack(path))[1]


def find_pack(name: str | Path) -> Path:
    """Return the folder of a pack that ships, or of a path.

    Raises
    ------
    UnknownNameError
        No pack of that name ships and no such folder exists.
    """
    text = str(name)
    packs = shipped_packs()
    if text in packs:
        return packs[text]
    try:
        path = Path(text).expanduser()
        if path.is_dir():
            return path
        if path.name == FILE and path.is_file():
            return path.parent
    except (OSError, ValueError, RuntimeError):
        pass  # not a valid path on this system: an unknown name
    more = (
        "Or give the path of a folder that holds an area.toml and CSV tables; any other authority comes from the "
        "release: sendneeds import-sen2 writes its pack; project, run and chapter take --release ZIP as well, "
        "sn.read_area(name, release=ZIP) in Python."
    )
    if re.fullmatch(r"E\d{8}|\d{3}", text):
        more = (
            "Any authority is read by its code from the SEN2 release: --release ZIP on the command line, "
            "read_area(code, release=ZIP) in Python."
        )
    raise unknown("area", text, packs, more)


def read_folder(folder: Path) -> tuple[AreaTables | None, list[Fault]]:
    """Return the tables of a pack, or None and every fault in it."""
    data = read_bytes(folder / FILE, FILE, MOST_SETTINGS)
    if isinstance(data, Fault):
        cure = "Write one with `sendneeds new-pack`, or copy that of another pack."
        return None, [
            Fault(FILE, 0, "", "no area.toml that can be read", "an area.toml beside the tables", cure)
        ]
    settings, faults = read_settings(data)
    codes = codes_of(settings)
    findings = [
        make_finding(Detection(f["name"], f["where"], f["seen"]))
        for f in ([] if faults else settings.get("findings", []))
        if f["name"] in DEFECTS
    ]
    listed = {t["file"]: t for t in _records(settings, "tables") if isinstance(t.get("file"), str)}
    faults += _listing_faults(settings, folder) + prose_faults(folder)
    tables: dict[str, pd.DataFrame] = {}
    for name, path in _csv_files(folder, faults).items():
        if name not in TABLES:
            faults.append(_stray(path.name))
            continue
        frame, found = read_table(path, TABLES[name], codes, path.name)
        faults += found
        if path.name not in listed:
            missing = "area.toml has no entry for the table"
            findings.append(make_finding(Detection("table_without_source", path.name, missing)))
        elif listed[path.name].get("basis") == "mixed" and not any(
            c.name == "basis" for c in TABLES[name].columns
        ):
            cure = "Give one basis for the whole table; if its parts differ, that of the least certain part."
            faults.append(
                Fault(FILE, 0, f"tables {path.name} basis", "mixed", "a basis of the whole table", cure)
            )
        if frame is not None and len(frame):
            tables[name] = frame
        elif frame is not None:
            findings.append(make_finding(Detection("table_empty", path.name, "a header and no row")))
    parts = _parts(settings, folder, faults)
    if faults:
        return None, sorted(faults)
    area = settings["area"]
    meta = {name: _meta(listed.get(TABLES[name].file), name) for name in tables}
    if parts:  # a table of the whole's own stands before the sum
        theirs, sources = added_tables(parts, area["code"])
        tables, meta = {**theirs, **tables}, {**sources, **meta}
    rest = {key: value for key, value in settings.items() if key not in ("area", "tables", "findings")}
    if "dfe_code" in area:
        rest["dfe_code"] = area["dfe_code"]
    ordered = {name: tables[name] for name in TABLES if name in tables}
    return (
        AreaTables(
            area["slug"],
            area["code"],
            area["name"],
            area["kind"],
            rest,
            ordered,
            meta,
            folder,
            findings,
            parts,
        ),
        [],
    )


def _parts(settings: Mapping[str, Any], folder: Path, faults: list[Fault]) -> tuple[AreaTables, ...]:
    """Return the areas of which a pack is the sum; a fault for each that cannot be, and for every fault of theirs."""
    area = settings.get("area", {})
    kind, names = (area.get("kind"), area.get("parts")) if isinstance(area, dict) else (None, None)
    whole = kind in TOGETHER
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        if whole:
            cure = 'Name the packs that it is the sum of, or write kind = "local_authority".'
            faults.append(Fault(FILE, 0, "area.parts", "nothing", "names of two packs or more", cure))
        return ()
    if not whole:
        cure = f'Take it out, or write kind = "{TOGETHER[0]}".'
        faults.append(
            Fault(FILE, 0, "area.parts", f"parts of a {kind}", f"parts of a {' or '.join(TOGETHER)}", cure)
        )
        return ()
    found: dict[str, AreaTables] = {}
    for number, name in enumerate(names, start=1):
        where = f"area.parts[{number}]"
        packs = shipped_packs()
        beside = folder.parent / name
        plain = Path(name).name == name and name not in (".", "..")
        if plain and (beside / FILE).is_file():
            path = beside
        elif name in packs:
            path = packs[name]
        else:
            cure = f"Write the name of a folder in {folder.parent.name}, or of a pack that ships."
            faults.append(Fault(FILE, 0, where, repr(name), f"a pack: {', '.join(packs)}, or a folder", cure))
            continue
        if path.resolve() == folder.resolve() or _is_sum(path):
            cure = "Name the councils themselves."
            faults.append(Fault(FILE, 0, where, f"{name}, itself a sum of areas", "a pack of one area", cure))
            continue
        part, theirs = read_folder(path)
        faults += [replace(f, file=f"{name}/{f.file}") for f in theirs]
        if part is not None and part.code in found:
            cure = "Name each area once: it would be counted twice."
            faults.append(Fault(FILE, 0, where, f"{name} ({part.code}) again", "each area once", cure))
        elif part is not None:
            found[part.code] = part
    if len(names) < 2:
        cure = "Name them all, or run the one area by itself."
        faults.append(Fault(FILE, 0, "area.parts", f"{len(names)} pack", "two or more", cure))
    return tuple(found.values())


def _is_sum(folder: Path) -> bool:
    """Return whether a pack is itself a sum of areas; one that cannot be read is told by its own faults."""
    data = read_bytes(folder / FILE, FILE, MOST_SETTINGS)
    settings = {} if isinstance(data, Fault) else read_settings(data)[0]
    area = settings.get("area", {})
    return isinstance(area, dict) and "parts" in area


def _records(settings: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    records = settings.get(name, [])
    return [r for r in records if isinstance(r, dict)] if isinstance(records, list) else []


def codes_of(settings: Mapping[str, Any]) -> set[str]:
    """Return the codes that the tables may have rows of: the area's own and those of its partners.

    One in lower case is a fault of ``area.toml``, and not of every row.
    """
    area = settings.get("area", {})
    codes = [area.get("code") if isinstance(area, dict) else None]
    codes += [p.get("code") for p in _records(settings, "partners")]
    return {code.upper() for code in codes if isinstance(code, str)}


def _csv_files(folder: Path, faults: list[Fault]) -> dict[str, Path]:
    """Return the CSV files of a folder by table name; ``.CSV`` counts too."""
    files = sorted(
        p
        for p in folder.iterdir()
        if p.suffix.casefold() == ".csv" and not p.is_dir() and not p.name.startswith(LOCK)
    )
    if len(files) > MOST_FILES:
        cure = "Give one area a folder of its own."
        faults.append(Fault(".", 0, "", f"{len(files)} CSV files", f"up to {MOST_FILES}", cure))
    named: dict[str, Path] = {}
    for path in files[:MOST_FILES]:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            found = "a link to a file outside the pack"
            faults.append(
                Fault(path.name, 0, "", found, "a file in the pack", "Copy the file into the pack.")
            )
            continue
        name = path.stem.casefold() if path.stem.casefold() in TABLES else path.stem
        if name in named:
            cure = "Keep one of them; names that differ in case only are one file on Windows."
            faults.append(
                Fault(path.name, 0, "", f"a second file beside {named[name].name}", "one file", cure)
            )
        named[name] = path
    return named


def _listing_faults(settings: Mapping[str, Any], folder: Path) -> list[Fault]:
    """Return faults for tables that area.toml lists twice, or that are not in the folder."""
    faults = []
    listed: set[str] = set()
    for number, record in enumerate(_records(settings, "tables"), start=1):
        file = record.get("file")
        if not isinstance(file, str):
            continue
        if file in listed:
            cure = "Keep the correct entry."
            faults.append(Fault(FILE, 0, f"tables[{number}].file", f"{file} again", "each file once", cure))
        listed.add(file)
        if "/" not in file and "\\" not in file and not (folder / file).is_file():
            book = Path(file).with_suffix(".xlsx").name
            cure = "Add the file, or take the entry out."
            if (folder / book).is_file():
                cure = f"{book} is there and is not read: save its sheet as CSV, under the name {file}."
            faults.append(
                Fault(FILE, 0, f"tables[{number}].file", f"{file}, which is not there", "a file", cure)
            )
    return faults


def _stray(file: str) -> Fault:
    """Return the fault of a CSV file that is not named as a table: nothing would read it."""
    stem = Path(file).stem.casefold()
    close = get_close_matches(stem, TABLES, n=1, cutoff=MISSPELT)
    if stem in ELSEWHERE:
        cure = (
            f"Put its figures into {ELSEWHERE[stem]}, and take the file out of the folder and of area.toml."
        )
        return Fault(file, 0, "", "not the name of a table", ", ".join(f"{t}.csv" for t in TABLES), cure)
    cure = f"Rename it to {close[0]}.csv." if close else "Take it out of the folder, and of area.toml."
    return Fault(file, 0, "", "not the name of a table", ", ".join(f"{t}.csv" for t in TABLES), cure)


def _meta(record: Mapping[str, Any] | None, name: str) -> TableMeta:
    if record is None:
        return TableMeta(TABLES[name].title, "not stated", "not stated", None, "local")
    day = record["extracted_on"]
    return TableMeta(
        record["title"],
        record["source"],
        record["licence"],
        day if isinstance(day, dt.date) else dt.date.fromisoformat(day),
        record["basis"],
        record.get("note", ""),
    )
