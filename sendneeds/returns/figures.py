"""Draws of the tables of a return as tidy figures: medians, intervals, and whole numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.intervals import quantiles
from sendneeds.returns.adding_up import added_up, added_up_both_ways
from sendneeds.returns.ages import new_plans_by_group
from sendneeds.returns.provisions import divided
from sendneeds.returns.rows import AGE_GROUPS, BY_NEED, FLOWS, NEEDS, PARENTS, PROVISIONS, TITLES, TOTAL
from sendneeds.waits.ehc.published_rates import stage_counts

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area


@dataclass(frozen=True)
class Drawn:
    """One scenario by draw.

    Parameters
    ----------
    tables : dict of str to xarray.DataArray
        By number, each (calendar_year, row, draw); the base in front of stocks.
    cells : xarray.DataArray
        Children by (calendar_year, row of table 6, need, draw).
    """

    tables: dict[str, xr.DataArray]
    cells: xr.DataArray


def figure_rows(area: Area, drawn: dict[str, Drawn], start: int, basis: str) -> pd.DataFrame:
    """Return every figure of every table as tidy rows.

    Parameters
    ----------
    area : Area
    drawn : dict of scenario to Drawn
    start : int
        The last January published: the calendar year before it is the base.
    basis : str
        A key of `AGE_BASES`.

    Returns
    -------
    pandas.DataFrame
        Columns as in `LsrpReturn`.
    """
    import pandas as pd

    rows = []
    lacking = set(PARENTS) - divided(area)
    for scenario, found in drawn.items():
        whole = _added_up(found)
        for number, table in found.tables.items():
            total = table.sum("row").expand_dims(row=[TOTAL])
            for row, cube in ((str(r), table.sel(row=[r])) for r in table["row"].values):
                rows += _rows(scenario, number, row, cube, start, whole[number], row in lacking)
            rows += _rows(scenario, number, TOTAL, total, start, whole[number], False)
    projected = pd.DataFrame(rows)
    base = pd.DataFrame(_base_flows(area, list(drawn), start - 1, basis))
    out = pd.concat([base, projected], ignore_index=True) if len(base) else projected
    order = {number: n for n, number in enumerate(TITLES)}
    rank = {name: n for n, name in enumerate([*AGE_GROUPS, *PROVISIONS, *NEEDS, TOTAL])}
    keys = pd.DataFrame(
        {
            "s": out["scenario"].map({name: n for n, name in enumerate(drawn)}),
            "t": out["table"].map(order),
            "r": out["row"].map(rank),
            "y": out["calendar_year"],
        }
    )
    out = out.loc[keys.sort_values(["s", "t", "r", "y"]).index].reset_index(drop=True)
    floats = dict.fromkeys(("low", "central", "high"), "float64")
    out = out.astype({**floats, "adding_up": "Int64"})
    words = {**PROVISIONS, **NEEDS}
    out["row"] = out["row"].map(lambda row: words.get(row, row))
    return out


def _rows(
    scenario: str,
    number: str,
    row: str,
    cube: xr.DataArray,
    start: int,
    whole: dict[int, dict[str, int]],
    lacking: bool,
) -> list[dict[str, Any]]:
    """Return one row of a table as tidy rows, a calendar year each."""
    out = []
    found = quantiles(cube.isel(row=0, drop=True))
    for year in found["calendar_year"].values:
        low, central, high = (None,) * 3 if lacking else map(float, found.sel(calendar_year=year).values)
        year = int(year)
        base = year < start
        out.append(
            {
                "scenario": scenario,
                "table": number,
                "row": row,
                "calendar_year": year,
                "counted": f"January {year + 1}" if number not in FLOWS else f"in {year}",
                "kind": "published" if base else "projected",
                "central": central,
                "low": None if base else low,
                "high": None if base else high,
                "adding_up": None if lacking else whole[year][row],
                "flag": "unavailable" if lacking else "ok",
            }
        )
    return out


def _added_up(found: Drawn) -> dict[str, dict[int, dict[str, int]]]:
    """Return every table rounded so that parts add up, and tables that share children agree: by year and row."""
    out: dict[str, dict[int, dict[str, int]]] = {number: {} for number in found.tables}
    middle = {number: table.median("draw") for number, table in found.tables.items()}
    ends = {number: table.quantile([0.1, 0.9], "draw") for number, table in found.tables.items()}
    wide = {number: q.isel(quantile=1) - q.isel(quantile=0) for number, q in ends.items()}
    cells = found.cells.median("draw").transpose("calendar_year", "need", "row")
    for number in ("5.1", "6", "7", *FLOWS):
        table = found.tables[number]
        total = table.sum("row").median("draw")
        for year in table["calendar_year"].values:
            names = [str(name) for name in table["row"].values]
            parts = added_up(
                middle[number].sel(calendar_year=year, row=names).values,
                float(total.sel(calendar_year=year)),
                wide[number].sel(calendar_year=year, row=names).values,
            )
            out[number][int(year)] = {
                **{name: int(part) for name, part in zip(names, parts, strict=True)},
                TOTAL: int(parts.sum()),
            }
    needs, rows = [str(n) for n in cells["need"].values], [str(r) for r in cells["row"].values]
    for year in cells["calendar_year"].values:
        by_need, by_row = out["7"][int(year)], out["6"][int(year)]
        both = added_up_both_ways(
            cells.sel(calendar_year=year).values,
            np.array([by_need[need] for need in needs]),
            np.array([by_row[row] for row in rows]),
        )
        for number, (_, kept) in BY_NEED.items():
            parts = both[:, [rows.index(row) for row in kept]].sum(axis=1)
            out[number][int(year)] = {
                **{need: int(part) for need, part in zip(needs, parts, strict=True)},
                TOTAL: int(parts.sum()),
            }
    return out


def _base_flows(area: Area, scenarios: list[str], year: int, basis: str) -> list[dict[str, Any]]:
    """Return the published year of tables 10 to 12: totals, and new plans by age where they are published so."""
    counts = stage_counts(area)
    stages = {"10": "requests_received_in_year", "11": "assess_in_year", "12": "new_plans"}
    ages = new_plans_by_group(area, year, basis)
    out = []
    for scenario in scenarios:
        for number, stage in stages.items():
            total = counts.get(stage, {}).get(year)
            figures: dict[str, float | None] = dict.fromkeys(AGE_GROUPS)
            if number == "12" and ages is not None:
                figures = {**figures, **ages}
            for row, value in {**figures, TOTAL: total}.items():
                out.append(
                    {
                        "scenario": scenario,
                        "table": number,
                        "row": row,
                        "calendar_year": year,
                        "counted": f"in {year}",
                        "kind": "published",
                        "central": value,
                        "low": None,
                        "high": None,
                        "adding_up": None if value is None else round(value),
                        "flag": "unavailable" if value is None else "ok",
                    }
                )
    return out
