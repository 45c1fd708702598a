"""The counts of children in an area's tables as cells, with every sum that ties them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from sendneeds.evidence.schema.columns import ALL, RANGE
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.schema.types import Table
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.disclosure.cells import Cell, CellSystem
from sendneeds.foundation.disclosure.profiles import Profile

PEOPLE = frozenset(
    {"persons", "pupils", "children", "plans", "appeals", "referrals", "requests", "respondents", "people"}
)
"""Units of which one is a child or young person."""

PARTS_IN_A_ROW = {
    "ehc_timeliness": ("issued", ("within_20_weeks", "from_20_to_52_weeks", "over_52_weeks")),
    "referrals": ("referrals", ("accepted",)),
    "deprivation": ("persons", ("identified",)),
    "ethnicity": ("persons", ("identified",)),
}
"""Columns of a table of which the first is the total of the others, as far as they go."""

PARTS_OF_STAGES = {
    "requests_received_in_year": (
        "requests_decided_to_assess",
        "requests_decided_not_to_assess",
        "requests_decision_not_made",
        "requests_withdrawn",
    ),
    "assess_in_year": ("assess_issued", "assess_not_issued", "assess_not_made", "assess_withdrawn"),
    "reviews_expected": (
        "reviews_held_in_year",
        "reviews_held_since",
        "reviews_held_before",
        "reviews_not_held",
    ),
    "assess_issued": ("new_plans",),
    "new_plans": ("new_plans_by_cohort_age",),
}
"""Stages of `ehc_flow` of which the first is the total of the others."""

PEOPLE_PARAMETERS = ("opening_list", "tier4_admissions_per_year", "reviews_held_per_year")
"""Parameters of a service that count children."""

_PARAMETERS = "service_parameters"


def people_columns(table: Table) -> list[str]:
    """Return the columns of a table that count children or young people.

    Examples
    --------
    >>> people_columns(TABLES["ehc_plans"]), people_columns(TABLES["season"])
    (['plans'], [])
    """
    return [
        column.name
        for column in table.columns
        if column.kind == "count" and column.name not in RANGE and PEOPLE & set(column.unit.split())
    ]


def local_rows(area: AreaTables, name: str) -> pd.Series:
    """Return which rows of a table are the area's own records, unpublished: by row where the table says so.

    Examples
    --------
    >>> import sendneeds as sn
    >>> int(local_rows(sn.open_area("bedford"), "ehc_plans").sum())
    0
    """
    frame, basis = area.tables[name], area.meta[name].basis
    if "basis" in frame:
        stated = frame["basis"].astype("object")
        return (stated == "local") | (stated.isna() & (basis == "local"))
    return pd.Series(basis == "local", index=frame.index)


def local_tables(area: AreaTables) -> list[str]:
    """Return the tables with rows that are the area's own records, unpublished."""
    return [name for name in area.tables if bool(local_rows(area, name).any())]


def cells_of(area: AreaTables, profile: Profile) -> tuple[CellSystem, dict[int, tuple[str, Hashable, str]]]:
    """Return the cells of an area, and for each the table, the row and the column that hold it.

    Parameters
    ----------
    area : AreaTables
    profile : Profile
        Says the range of a count that its source withheld without one.
    """
    system = CellSystem()
    held: dict[int, tuple[str, Hashable, str]] = {}
    for name, frame in area.tables.items():
        table, local = TABLES[name], local_rows(area, name)
        for column in people_columns(table):
            if column in frame:
                _add_column(system, held, table, frame, column, local, profile)
        if name == _PARAMETERS:
            _add_parameters(system, held, frame, local)
    for name, frame in area.tables.items():
        _add_margins(system, TABLES[name], frame)
        _add_rows(system, TABLES[name], frame)
    _add_links(system, area)
    return system, held


def _keys(table: Table, frame: pd.DataFrame) -> list[str]:
    return [name for name in table.key if name in frame and name != "area_code"]


def _names(table: Table, frame: pd.DataFrame, column: str) -> list[tuple[Any, ...]]:
    """Return the name of the cell of each row; rows of another area than the first have its code too."""
    keys = [frame[key].astype(str) for key in _keys(table, frame)]
    codes = frame["area_code"].astype(str) if "area_code" in frame else pd.Series("", index=frame.index)
    return [(table.name, column, *parts) for parts in zip(codes, *keys, strict=True)]


def _add_column(
    system: CellSystem,
    held: dict[int, tuple[str, Hashable, str]],
    table: Table,
    frame: pd.DataFrame,
    column: str,
    local: pd.Series,
    profile: Profile,
) -> None:
    flag = frame["flag"].astype("object") if "flag" in frame else pd.Series("", index=frame.index)
    for name, row, count, state, own in zip(
        _names(table, frame, column), frame.index, frame[column], flag, local, strict=True
    ):
        if name in system.place or (pd.isna(count) and state != "suppressed"):
            continue
        low, high = 1, max(profile.largest_small, 4)
        for end in RANGE:
            if pd.isna(count) and end in frame and not pd.isna(frame.at[row, end]):
                low, high = (
                    (int(frame.at[row, end]), high) if end == RANGE[0] else (low, int(frame.at[row, end]))
                )
        value = None if pd.isna(count) else int(count)
        held[system.add(Cell(name, value, low, high, is_open=not own))] = (table.name, row, column)


def _add_parameters(
    system: CellSystem,
    held: dict[int, tuple[str, Hashable, str]],
    frame: pd.DataFrame,
    local: pd.Series,
) -> None:
    for row in frame.index[local & frame["parameter"].isin(PEOPLE_PARAMETERS)]:
        count = frame.at[row, "central"]
        name = (_PARAMETERS, frame.at[row, "parameter"], str(frame.at[row, "service"]))
        if not pd.isna(count) and float(count).is_integer() and name not in system.place:
            held[system.add(Cell(name, int(count)))] = (_PARAMETERS, row, "central")


def _add_margins(system: CellSystem, table: Table, frame: pd.DataFrame) -> None:
    """Add, for every word "all", the sum over the other words of its column."""
    keys = _keys(table, frame)
    for column in people_columns(table):
        if column not in frame:
            continue
        names = np.array(_names(table, frame, column), dtype=object).reshape(len(frame), -1)
        for position, key in enumerate(keys, start=3):
            whole = "E+K" if key == "provision" else ALL
            if whole not in table.column(key).allowed:
                continue
            groups: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
            for row in map(tuple, names):
                groups.setdefault((*row[:position], *row[position + 1 :]), []).append(row)
            for rows in groups.values():
                words = {row[position]: row for row in rows}
                if whole in words:
                    for total, parts in _partition(whole, words):
                        system.add_sum(words[total], [words[part] for part in parts])


def _partition(whole: str, words: dict[Any, Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each total among words with its parts, none of which overlap."""
    parts = [word for word in words if word != whole]
    for word in list(parts):
        low, dash, high = str(word).partition("-")
        if dash and low.isdigit() and high.isdigit():
            within = [p for p in parts if str(p).isdigit() and int(low) <= int(p) <= int(high)]
            if within:
                yield word, within
                parts = [p for p in parts if p not in within]
    if parts:
        yield whole, parts


def _add_rows(system: CellSystem, table: Table, frame: pd.DataFrame) -> None:
    """Add the sums within each row."""
    if table.name not in PARTS_IN_A_ROW:
        return
    total, parts = PARTS_IN_A_ROW[table.name]
    columns = [column for column in parts if column in frame]
    for names in zip(*(_names(table, frame, column) for column in (total, *columns)), strict=True):
        system.add_sum(names[0], names[1:])


def _add_links(system: CellSystem, area: AreaTables) -> None:
    """Add the sums that tie one table, or one step of the process, to another."""
    if "ehc_flow" in area.tables:
        for code, year in area.tables["ehc_flow"][["area_code", "calendar_year"]].drop_duplicates().values:
            step = {
                stage: ("ehc_flow", "count", str(code), str(year), stage, ALL, ALL, ALL)
                for stage in {*PARTS_OF_STAGES, *(p for parts in PARTS_OF_STAGES.values() for p in parts)}
            }
            for stage, stages in PARTS_OF_STAGES.items():
                system.add_sum(step[stage], [step[part] for part in stages])
            issued = ("ehc_timeliness", "issued", str(code), str(year), "including")
            system.add_sum(step["new_plans"], [issued])
    if "ehc_timeliness" in area.tables:
        frame = area.tables["ehc_timeliness"]
        for code, year in frame[["area_code", "calendar_year"]].drop_duplicates().values:
            for column in ("issued", "within_20_weeks"):
                both = ("ehc_timeliness", column, str(code), str(year))
                system.add_sum((*both, "including"), [(*both, "excluding")])
    if "waiting_list" in area.tables:
        frame = area.tables["waiting_list"]
        for service, rows in frame.groupby("service", observed=True):
            opening = (_PARAMETERS, "opening_list", str(service))
            last = rows[rows["snapshot"] == rows["snapshot"].max()]
            for name in _names(TABLES["waiting_list"], last, "waiting"):
                if name[-2:] == (ALL, ALL) or name[-1] == ALL:
                    system.add_sum(opening, [name])
