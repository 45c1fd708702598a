"""England's tables that ship with the package, as the rules of this room take them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.shipped import shipped_root
from sendneeds.need.inputs.history import ENGLAND, History, National

# measure in forecast_national.csv -> field of History
MEASURES = {
    "ehc_plans": "plans",
    "pupils_aged_5_to_15": "pupils_5_15",
    "requests": "requests",
    "new_plans": "new_plans",
    "plans_issued_excl_exceptions": "issued",
    "issued_within_20_weeks_excl_exceptions": "issued_20",
    "requests_refused": "refused",
    "assessments_undecided": "undecided",
}
NEED_PREFIX = "pupils_with_plan_"
MEDIAN_LATE = "median_share_issued_late"


def national_from_rows(
    national: Iterable[Mapping[str, str]], constants: Iterable[Mapping[str, str]]
) -> National:
    """Return the National of tidy rows (year, measure, value) and (name, value).

    Examples
    --------
    >>> rows = [{"year": "2024", "measure": "ehc_plans", "value": "576474"}]
    >>> made = national_from_rows(rows, [{"name": "total_rate", "value": "-0.06"}])
    >>> made.england.plans, made.constants
    ({2024: 576474.0}, {'total_rate': -0.06})
    """
    series: dict[str, dict[int, float]] = {}
    for row in national:
        series.setdefault(row["measure"], {})[int(row["year"])] = float(row["value"])
    fields = {name: series[measure] for measure, name in MEASURES.items() if measure in series}
    needs = {m.removeprefix(NEED_PREFIX): s for m, s in series.items() if m.startswith(NEED_PREFIX)}
    return National(
        england=History(ENGLAND, pupils_by_need=needs, **fields),
        median_late=series.get(MEDIAN_LATE, {}),
        constants={row["name"]: float(row["value"]) for row in constants},
    )


def shipped_folder() -> Path:
    """Return the folder of the pack for England: in the wheel, else in the source tree."""
    root = shipped_root()
    if root and (root / "england" / "forecast_national.csv").is_file():
        return root / "england"
    raise MissingDataError("The pack 'england' that ships with sendneeds is not there: install it again.")


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of one of the shipped CSV tables."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@cache
def shipped_national() -> National:
    """Return the National that ships in ``data/england``.

    Examples
    --------
    >>> shipped_national().england.plans[2025]
    638745.0
    """
    folder = shipped_folder()
    return national_from_rows(
        read_rows(folder / "forecast_national.csv"), read_rows(folder / "forecast_constants.csv")
    )


@cache
def authority_series(table: str, value: str) -> dict[str, dict[int, float]]:
    """Return a shipped series of every authority, by ONS code and year.

    Parameters
    ----------
    table : str
        ``pupils_5_to_15`` or ``assessments_undecided``.
    value : str
        The column of figures.

    Examples
    --------
    >>> authority_series("pupils_5_to_15", "pupils")["E06000055"][2025]
    26487.0
    """
    out: dict[str, dict[int, float]] = {}
    for row in read_rows(shipped_folder() / f"{table}.csv"):
        code, year, *_ = row.values()
        out.setdefault(code, {})[int(year)] = float(row[value])
    return out


def shipped_record() -> list[dict[str, str]]:
    """Return the rows of the track record on the development areas that ships in ``data/england``."""
    return read_rows(shipped_folder() / "forecast_record.csv")
