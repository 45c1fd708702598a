"""Scenario files (TOML): read, checked whole, every fault told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.errors import (
    DomainError,
    Fault,
    MissingDataError,
    ScenarioError,
    UnknownNameError,
    nearest,
)
from sendneeds.foundation.vocabulary import FUNDERS, SERVICES
from sendneeds.need.inputs.change import GROWTH
from sendneeds.scenarios.checks import Checked
from sendneeds.scenarios.levers import BUDGETS, LEVERS, NEED_LEVERS, PLACE_LEVERS, Key, Lever, need_change
from sendneeds.waits.services.rules_from_parameters import SHAPES

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

TOP_KEYS = ("name", "title", "note", "levers")
TOML_HINT = "Mend the line that is named: dates are 2027-09-01 without quotes, shares 0.67, texts in quotes."
_WHOLE = {"year": (2000, 2100), "age": (0, 25), "size": (2, 4), "years": (1, 10), "count": (1, 10_000)}
_WORDS = {"growth": GROWTH, "pathway": SHAPES, "setting": ("resourced", "state_special")}


@dataclass(frozen=True)
class Scenario:
    """A named list of levers; the baseline has none.

    Parameters
    ----------
    name : str
        Short, in lower case with hyphens.
    title : str
        For people.
    note : str
    levers : tuple of Lever

    Examples
    --------
    >>> Scenario("baseline", "As things stand").levers
    ()
    """

    name: str
    title: str
    note: str = ""
    levers: tuple[Lever, ...] = ()


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
        On which the scenarios will be run: what it cannot do is told with the faults of the files.
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
    ['baseline', 'fill-slt-posts']
    """
    folder, found_area = _find(source)
    area = area or found_area
    paths = [folder] if folder.is_file() else sorted(folder.glob("*.toml"), key=lambda p: p.stem)
    faults: list[Fault] = []
    found: dict[str, Scenario] = {}
    for path in paths:
        scenario, levers = _read(path, faults)
        if area is not None:
            faults += Checked(area, to, until).faults(path.name, levers)
        if scenario is None:
            continue
        if scenario.name in found:
            faults.append(
                Fault(path.name, 0, "name", scenario.name, "a name of its own", "Rename one of the two.")
            )
        found[scenario.name] = scenario
    if faults:
        raise ScenarioError(f"The scenarios in {folder.name} cannot be used", faults)
    baseline = found.pop("baseline", Scenario("baseline", "As things stand"))
    return [baseline, *found.values()]


def _find(source: str | Path | Area) -> tuple[Path, Area | None]:
    from sendneeds.evidence.area import Area, open_area
    from sendneeds.evidence.pack.read import shipped_packs

    if isinstance(source, Area):
        return (Path(source.folder) / "scenarios" if source.folder is not None else Path("scenarios")), source
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


def _read(path: Path, faults: list[Fault]) -> tuple[Scenario | None, list[Lever]]:
    """Return the scenario of a file, None where it has no name or title, and its levers, faulty ones too."""

    def fault(column: str, found: Any, allowed: str, cure: str) -> None:
        faults.append(Fault(path.name, 0, column, _shown(found), allowed, cure))

    before = len(faults)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault("", str(error), "a TOML file in UTF-8", TOML_HINT)
        return None, []
    for key in raw:
        if key not in TOP_KEYS:
            fault(key, key, ", ".join(TOP_KEYS), _did_you_mean(key, TOP_KEYS))
    for key in ("name", "title"):
        if not isinstance(raw.get(key), str) or not raw.get(key):
            fault(key, raw.get(key, "nothing"), "a text", f'Add {key} = "..."')
    entries = raw.get("levers", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        found = "one table, [levers]" if isinstance(entries, dict) else entries
        fault("levers", found, "a list of tables", "Write each lever under [[levers]], with two brackets.")
        entries = []
    read = [_lever(path.name, f"levers[{i}]", entry, fault) for i, entry in enumerate(entries, 1)]
    levers = [lever for lever in read if lever is not None]
    budgets = [lever for lever in levers if lever.kind == BUDGETS]
    if len(budgets) > 1:
        cure = "Leave one: it acts on every service whose sessions budgets buy."
        fault(budgets[1].place, BUDGETS, "one such lever a scenario", cure)
    if len(faults) == before:
        try:
            need_change(levers)
        except DomainError as error:
            fault("levers", "a lever on need that cannot be", str(error), "Mend the lever on need.")
    name, title = raw.get("name"), raw.get("title")
    if not isinstance(name, str) or not isinstance(title, str):
        return None, levers
    return Scenario(name, title, str(raw.get("note", "")), tuple(levers)), levers


def _lever(file: str, where: str, entry: Mapping[str, Any], fault: Any) -> Lever | None:
    kind = entry.get("kind")
    every = {**LEVERS, **PLACE_LEVERS, **NEED_LEVERS}
    kinds = [*every]
    if kind is None:
        fault(f"{where}.kind", "nothing", ", ".join(kinds), "Say which lever it is: kind = ...")
        return None
    if kind not in kinds:
        fault(f"{where}.kind", kind, ", ".join(kinds), _did_you_mean(str(kind), kinds))
        return None
    keys = every[kind]
    allowed = ("kind", *keys)
    for key in entry:
        if key not in allowed:
            fault(f"{where}.{key}", key, ", ".join(allowed), _did_you_mean(key, allowed))
    values = {}
    for name, spec in keys.items():
        if name not in entry:
            if spec.required:
                fault(f"{where}.{name}", "nothing", spec.what, f"Add {name} to the lever.")
            values[name] = spec.default
            continue
        problem, values[name] = _value(spec, entry[name])
        if problem:
            cure = _did_you_mean(str(entry[name]), SERVICES) if name == "service" else f"{name}: {spec.what}."
            fault(f"{where}.{name}", entry[name], problem, cure)
    if values.get("gbp_per_year") and not values.get("funders"):
        fault(
            f"{where}.funders", "nothing", keys["funders"].what, "Say who pays the cost that the lever has."
        )
    first, last = values.get("from"), values.get("to")
    if first is not None and last is not None and last < first:
        fault(f"{where}.to", last, f"a date from {first}", "Put the last day after the first.")
    on_places = kind in PLACE_LEVERS or kind == BUDGETS
    service = values.pop("service", None)
    return Lever(kind, "PLACES" if on_places else str(service or ""), values, file, where)


def _value(key: Key, raw: Any) -> tuple[str, Any]:
    """Return what is wrong with a value ('' if nothing) and the value as it is used."""
    if key.kind == "service":
        return ("" if raw in [*SERVICES] else ", ".join(SERVICES), raw)
    number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if key.kind == "date":
        good = isinstance(raw, date) and not isinstance(raw, datetime)
        return ("" if good else "a date without quotes, year-month-day", raw if good else None)
    if key.kind == "share":
        return ("" if number and 0 <= raw <= 1 else "a number from 0 to 1", raw)
    if key.kind == "number":
        return ("" if number and raw > 0 else "a number over 0", raw)
    if key.kind in _WHOLE:
        whole = number and isinstance(raw, int)
        low, high = _WHOLE[key.kind]
        return ("" if whole and low <= raw <= high else f"a whole number from {low} to {high}", raw)
    if key.kind in _WORDS:
        return ("" if raw in _WORDS[key.kind] else ", ".join(_WORDS[key.kind]), raw)
    if key.kind == "interval":
        parts: list[Any] = [raw.get(k) for k in ("low", "central", "high")] if isinstance(raw, dict) else []
        good = len(parts) == 3 and all(isinstance(p, int | float) for p in parts)
        good = good and set(raw) == {"low", "central", "high"} and 0 < parts[0] <= parts[1] <= parts[2]
        return ("" if good else "{ low = ..., central = ..., high = ... }, over 0 and in order", tuple(parts))
    return _funders(raw), raw


def _funders(raw: Any) -> str:
    words = f"shares of {', '.join(FUNDERS)} that add up to 1"
    if not isinstance(raw, dict) or not raw or any(name not in FUNDERS for name in raw):
        return words
    shares = list(raw.values())
    if not all(isinstance(s, int | float) and 0 <= s <= 1 for s in shares) or abs(sum(shares) - 1) > 1e-6:
        return words
    return ""


def _shown(value: Any) -> str:
    """Return a value as it is written in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_shown(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return str(value)


def _did_you_mean(name: str, valid: Any) -> str:
    close = nearest(name, valid)
    return f"Did you mean {' or '.join(close)}?" if close else "Use one of those allowed, or leave it out."
