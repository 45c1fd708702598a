"""Scenario files (TOML): read and checked whole, every fault reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendneeds.evidence.checking.csv_reader import read_bytes
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import Fault, MissingDataError, ScenarioError, UnknownNameError, nearest
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.toml_text import MOST_BYTES, read_toml, row_at, rows_of
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.checks import Checked
from sendneeds.scenarios.levers import LEVERS, Lever
from sendneeds.scenarios.levers.base import draft, keys_of, read, read_from
from sendneeds.scenarios.levers.keys import did_you_mean, shown, toml_name
from sendneeds.scenarios.scenario import Scenario, as_things_stand, faults_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

TOP_KEYS = ("name", "title", "note", "staffing", "levers")
BACKUPS = ("~", ".bak", ".orig", ".old", ".swp")
"""Endings of what editors leave beside a file."""
TOML_HINT = "Mend the line that is named: dates are 2027-09-01 without quotes, shares 0.67, texts in quotes."


def open_scenarios(
    source: str | Path | Area,
    area: Area | None = None,
    *,
    to: int | None = None,
    until: date | None = None,
) -> list[Scenario]:
    """Read the scenarios of an area, a folder or one file; the baseline comes first.

    Parameters
    ----------
    source : str, Path or Area
        A pack that ships (``"bedford"``), an Area, a folder of ``.toml`` files, a pack folder with a folder
        ``scenarios``, or one file.
    area : Area, optional
        On which the scenarios will be run: what it cannot do is reported with the faults of the files.
    to : int, optional
        Last January of the projection, as it will be given to `run`.
    until : date, optional
        Last week of the lists, as it will be given to `run`; the end of the scored years when left out.

    Returns
    -------
    list of Scenario
        A baseline is put in front where the files have none.

    Raises
    ------
    ScenarioError
        With every fault in every file.
    MissingDataError
        If there is no such folder or file.

    Examples
    --------
    >>> import sendneeds as sn
    >>> [s.name for s in sn.open_scenarios("bedford")][:2]
    ['baseline', 'fill-two-slt-posts']
    """
    kinds(source=(source, "path or Area"))
    if isinstance(source, str) and not source.strip():
        raise MissingDataError(
            "open_scenarios was given an empty text. Give a .toml file or a folder of them."
        )
    if area is not None:
        kinds(area=(area, "Area"))
    to = None if to is None else arguments.whole("to", to, 2000, 2200, 2035)
    until = None if until is None else arguments.day("until", until)
    folder, found_area = _find(source)
    area = area or found_area
    if folder is None:  # an area read from a release has no folder
        return [as_things_stand()]
    paths, faults = _paths(folder)
    if not paths and not faults and found_area is None:
        inside = sorted(path.parent.name for path in folder.glob("*/*.toml"))
        hint = (
            f" Those in {inside[0]} are read as open_scenarios({str(folder / inside[0])!r})."
            if inside
            else ""
        )
        raise MissingDataError(f"{folder}: there is no .toml file in that folder.{hint}")
    found: dict[str, Scenario] = {}
    for path in paths:
        of_file: list[Fault] = []
        rows: dict[str, int] = {}
        scenario, levers = _read(path, of_file, rows)
        if area is not None:
            of_file += Checked(area, to, until).faults(path.name, levers)
        if scenario is not None and scenario.name in found:
            of_file.append(
                Fault(path.name, 0, "name", scenario.name, "a name of its own", "Rename one of the two.")
            )
        placed = [replace(f, row=f.row or row_at(rows, f.column)) for f in of_file]
        faults += sorted(placed, key=lambda fault: fault.row)
        if scenario is not None:
            found[scenario.name] = scenario
    if faults:
        raise ScenarioError(f"The scenarios in {folder.name} cannot be used", faults)
    baseline = found.pop(BASELINE, as_things_stand())
    return [baseline, *found.values()]


def _find(source: str | Path | Area) -> tuple[Path | None, Area | None]:
    from sendneeds.evidence.area import Area, open_area
    from sendneeds.evidence.pack.read import shipped_packs

    if isinstance(source, Area):
        return (Path(source.folder) / "scenarios" if source.folder is not None else None), source
    path = Path(source)
    if path.is_file():
        return path, None
    if path.is_dir():
        if (path / "area.toml").is_file():
            area = open_area(path)
            return path / "scenarios", area
        return path, None
    if path.suffix or len(path.parts) > 1:
        raise MissingDataError(
            f"{source}: there is no such file or folder. Give a .toml file or a folder of them."
        )
    try:
        return _find(open_area(str(source)))
    except UnknownNameError:
        close = nearest(str(source), shipped_packs())
        hint = f" Did you mean the scenarios of {' or '.join(close)}?" if close else ""
        raise MissingDataError(
            f"{source}: there is no file or folder of scenarios of that name.{hint} Give a .toml file or a folder "
            "of them."
        ) from None


def _paths(folder: Path) -> tuple[list[Path], list[Fault]]:
    """Return the scenario files of a folder, or the one given, and a fault for each that would not be read."""
    names = [folder] if folder.is_file() else sorted(folder.glob("*"), key=lambda p: p.stem)
    there = {path.name for path in names}
    faults = []
    for path in names:
        stem, dot, ending = path.name.lower().partition(".toml")
        meant = f"{path.name[: len(stem)]}.toml" if dot else f"{path.stem}.toml"
        backup = path.name.lower().endswith(BACKUPS) and meant in there
        if path.suffix == ".toml" or path.name.startswith((".", "#")) or backup or not path.is_file():
            continue
        by_name = folder.is_file()
        if (dot and (ending in ("", ".txt") or not by_name)) or (not by_name and _holds_scenario(path)):
            found = path.name[len(stem) :] if dot else path.suffix or path.name
            other = " under a name of its own, or take it out" if meant in there else ""
            cure = f"Rename it to {meant} (switch on the file name extensions to see the ending){other}."
            faults.append(
                Fault(path.name, 0, "", f"a name that ends in {found}", "one that ends in .toml", cure)
            )
    wrong = {fault.file for fault in faults}
    files = [path for path in names if path.suffix == ".toml" or folder.is_file()]
    return [path for path in files if path.name not in wrong], faults


def _holds_scenario(path: Path) -> bool:
    """Return whether a whole file is TOML with the keys of a scenario, whatever it is called."""
    data = read_bytes(path, path.name, MOST_BYTES)
    if isinstance(data, Fault):
        return False
    raw, faults = read_toml(data, path.name, TOML_HINT)
    return not faults and ("levers" in raw or {"name", "title"} <= set(raw))


def _read(path: Path, faults: list[Fault], rows: dict[str, int]) -> tuple[Scenario | None, list[Lever]]:
    """Return the scenario of a file, None where it has faults, and its levers, faulty ones too; add to the others."""

    def fault(column: str, found: Any, allowed: str, cure: str) -> None:
        faults.append(Fault(path.name, 0, column, shown(found), allowed, cure))

    before = len(faults)
    data = read_bytes(path, path.name, MOST_BYTES)
    raw, wrong = ({}, [data]) if isinstance(data, Fault) else read_toml(data, path.name, TOML_HINT)
    if wrong:
        faults += wrong
        return None, []
    assert isinstance(data, bytes)
    rows.update(rows_of(data.decode("utf-8-sig")))
    for key in raw:
        if key not in TOP_KEYS:
            fault(key, key, ", ".join(TOP_KEYS), did_you_mean(key, TOP_KEYS))
    entries = raw.get("levers", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        found = "one table, [levers]" if isinstance(entries, dict) else entries
        fault("levers", found, "a list of tables", "Write each lever under [[levers]], with two brackets.")
        entries = []
    levers = []
    for number, entry in enumerate(entries, 1):
        lever, wrong = _lever(path.name, f"levers[{number}]", entry, rows)
        faults += wrong
        levers += [] if lever is None else [lever]
    of_whole = faults_of(raw.get("name"), raw.get("title"), levers, path.name, raw.get("staffing"))
    meant = {close for key in raw if key not in TOP_KEYS for close in nearest(key, TOP_KEYS, 1)}
    faults += [f for f in of_whole if not (f.column in meant and f.column not in raw)]
    if len(faults) > before:
        return None, levers
    if not isinstance(raw.get("note", ""), str):
        fault("note", raw["note"], "a text", "Put it in quotes.")
        return None, levers
    scenario = Scenario(raw["name"], raw["title"], raw.get("note", ""), levers, raw.get("staffing"))
    return scenario, levers


def _lever(
    file: str, place: str, entry: Mapping[str, Any], rows: Mapping[str, int]
) -> tuple[Lever | None, list[Fault]]:
    """Return the lever of a table, a draft where it has faults, None where its kind is not known; and the faults."""
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in LEVERS:
        cure = "Say which lever it is: kind = ..." if kind is None else did_you_mean(str(kind), LEVERS)
        return None, [Fault(file, 0, f"{place}.kind", shown(kind), ", ".join(LEVERS), cure)]
    lever = LEVERS[kind]
    names = {toml_name(name): name for name in keys_of(lever)}
    allowed = ("kind", *names)
    unknown = [key for key in entry if key not in allowed]
    faults = [
        Fault(file, 0, f"{place}.{key}", key, ", ".join(allowed), did_you_mean(key, allowed))
        for key in unknown
    ]
    values, wrong = read(lever, {names[key]: entry[key] for key in entry if key in names}, file, place)
    faults += wrong
    if not faults:
        try:
            made = lever(**values)
        except ScenarioError as error:
            faults = [replace(f, file=file, column=f"{place}.{toml_name(f.column)}") for f in error.faults]
        else:
            return read_from(made, file, place, rows), []
    return draft(lever, values, file, place, rows), faults
