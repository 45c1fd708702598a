"""Pupils with a plan who will need a special or resourced place, for the school capacity survey (SCAP)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import expect
from sendneeds.foundation.intervals import quantiles
from sendneeds.foundation.progress import Progress
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.adding import whole_of
from sendneeds.returns.adding_up import added_up
from sendneeds.returns.lsrp import (
    base_bases,
    chosen_beside,
    needs_of,
    of_the_caseload,
    places_of,
    scenario_notes,
)
from sendneeds.returns.result import ScapReturn
from sendneeds.returns.rows import NEEDS, OTHER_NEED, SCAP_PHASES, SCAP_TITLES, TOTAL
from sendneeds.scenarios.scenario import Scenario
from sendneeds.scenarios.together import places_together

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection
    from sendneeds.waits.places.result import PlacesResult

ROWS = tuple(name for name in NEEDS if name != "NSA")


def scap_return(
    area: Area,
    scenarios: Sequence[Scenario] = (),
    draws: int = 1000,
    seed: int = 1,
    *,
    progress: Progress | None = None,
) -> ScapReturn:
    """Return pupils with a plan who will need a special or resourced place, by need and phase.

    Five academic years ahead at primary ages, seven at secondary ages and after 16, were there room for all who seek
    such a place; the last January published stands in front.

    Parameters
    ----------
    area : Area
        With plans by placement and need.
    scenarios : sequence of Scenario, optional
        Set beside the baseline. Levers on need count; places that open do not change who seeks one.
    draws, seed : int
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    ScapReturn

    Raises
    ------
    DomainError
        If two scenarios have one name.
    MissingDataError
        If the area has no plans by placement and need.

    Examples
    --------
    >>> import sendneeds as sn
    >>> made = sn.scap_return(sn.open_area("bedford"), draws=20)
    >>> made.table("state_special primary").columns.tolist()
    ['row', 2025, 2026, 2027, 2028, 2029, 2030]
    """
    import pandas as pd

    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    draws, seed = arguments.draws(draws), arguments.seed(seed)
    chosen = chosen_beside(scenarios)
    area = of_the_caseload(area)
    to = area.start.year + max(ahead for _, ahead in SCAP_PHASES.values())
    needs, held = _followed(area, chosen, to, draws, seed, progress)
    rows = [row for name, places in held.items() for row in _figures(name, places)]
    every, need = ", ".join(SCAP_TITLES), needs[BASELINE]
    told = [
        *(text for text in need.assumptions if "SEN support" not in text),
        *held[BASELINE].provenance["places"],
    ]
    beside = scenario_notes(chosen, needs)
    figures = pd.DataFrame(rows).astype(
        {**dict.fromkeys(("low", "central", "high"), "float64"), "adding_up": "Int64"}
    )
    return ScapReturn(
        figures,
        _notes(area),
        pd.DataFrame([(every, text) for text in (*told, *beside)], columns=["tables", "assumption"]),
        pd.DataFrame({"scenario": [s.name for s in chosen], "title": [s.title for s in chosen]}),
        {**need.provenance, "draws": draws, "base_bases": base_bases(area)},
        area.name,
    )


def _followed(
    area: Area, chosen: list[Scenario], to: int, draws: int, seed: int, progress: Progress | None
) -> tuple[dict[str, NeedProjection], dict[str, PlacesResult]]:
    """Return need, of the baseline and of scenarios that change it, and places by scenario; those of parts added up."""
    if area.parts:
        found = [_followed(part, chosen, to, draws, seed, progress) for part in area.parts]
        needs = {name: whole_of(area, [need[name] for need, _ in found]) for name in found[0][0]}
        return needs, {
            name: places_together(area, needs.get(name, needs[BASELINE]), [held[name] for _, held in found])
            for name in found[0][1]
        }
    needs = needs_of(area, chosen, to, draws, seed, progress)
    return needs, places_of(area, chosen, needs)


def seeking(places: PlacesResult, setting: str, phase: str) -> xr.DataArray:
    """Return pupils of a phase who would be in a setting were there room for all, by row of the return.

    Parameters
    ----------
    places : PlacesResult
    setting, phase : str

    Returns
    -------
    xarray.DataArray
        Pupils each January, (year, row, draw); needs without a row of their own are in Other.
    """
    import xarray as xr

    needed = places.data["needed"].sel(setting=setting, phase=phase).transpose("year", "need", "draw")
    out = np.zeros((needed.sizes["year"], len(ROWS), needed.sizes["draw"]), dtype=np.int64)
    for n, need in enumerate(map(str, needed["need"].values)):
        out[:, ROWS.index(need if need in ROWS else OTHER_NEED)] += needed.values[:, n]
    coords = {"year": needed["year"].values, "row": list(ROWS), "draw": needed["draw"].values}
    return xr.DataArray(out, dims=("year", "row", "draw"), coords=coords)


def _figures(scenario: str, places: PlacesResult) -> list[dict[str, Any]]:
    """Return every figure of a scenario as tidy rows."""
    out = []
    first = int(places.data["year"].values[0])
    for table in SCAP_TITLES:
        setting, phase = table.split()
        cube = seeking(places, setting, phase)
        cube = cube.sel(year=slice(first, first + SCAP_PHASES[phase][1]))
        parts, total = quantiles(cube), quantiles(cube.sum("row"))
        whole = {}
        for year in map(int, cube["year"].values):
            low, middle, high = parts.sel(year=year).transpose("quantile", "row").values
            rounded = added_up(middle, float(total.sel(year=year, quantile=0.5)), high - low)
            whole[year] = {**dict(zip(ROWS, map(int, rounded), strict=True)), TOTAL: int(rounded.sum())}
        for row in (*ROWS, TOTAL):
            found = total if row == TOTAL else parts.sel(row=row)
            for year in map(int, cube["year"].values):
                low, central, high = map(float, found.sel(year=year).values)
                out.append(
                    {
                        "scenario": scenario,
                        "table": table,
                        "row": NEEDS.get(row, row),
                        "january": year,
                        "kind": "published" if year == first else "projected",
                        "central": central,
                        "low": None if year == first else low,
                        "high": None if year == first else high,
                        "adding_up": whole[year][row],
                        "flag": "ok",
                    }
                )
    return out


def _notes(area: Area) -> pd.DataFrame:
    """Return the notes on the tables: what is needed and what there is."""
    import pandas as pd

    found = [
        (
            table,
            "",
            "Projected figures are medians of draws, with 80 % intervals; medians of parts do not add up to the median "
            "of their total, and the columns headed 'adding up' are rounded so that they do.",
        )
        for table in SCAP_TITLES
    ]
    found += [
        (table, "", "By phase the base year is estimated from the ages and the placements published.")
        for table in SCAP_TITLES
    ]
    for table in SCAP_TITLES:
        setting, phase = table.split()
        there = published_places(area, setting, phase)
        if there is not None:
            found.append((table, TOTAL, f"Places published for {there[0]}: {there[1]:,}."))
        found.append(
            (table, NEEDS[OTHER_NEED], "Down syndrome and needs not known have no row and count here.")
        )
    return pd.DataFrame(found, columns=["table", "row", "note"])


def published_places(area: Area, setting: str, phase: str) -> tuple[str, int] | None:
    """Return the latest academic year with places of a setting and phase, and their number; None where there is none.

    Parameters
    ----------
    area : Area
        With the table ``places``, as `sendneeds.read_area` makes it of the school capacity release.
    setting, phase : str
    """
    if not area.has("places"):
        return None
    table = area.table("places")
    rows = table[(table["setting"] == setting) & (table["phase"] == phase) & (table["need"] == "all")]
    rows = rows[rows["commissioned"].notna()]
    if not len(rows):
        return None
    last = int(rows["academic_year"].max())
    return f"{last - 1}/{last % 100:02d}", int(rows.loc[rows["academic_year"] == last, "commissioned"].sum())
