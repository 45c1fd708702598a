"""Several areas: added up draw by draw, or projected one after another with little kept of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.evidence.area import Area
from sendneeds.evidence.types import ADDED_UP
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import interval_table
from sendneeds.need.project import project
from sendneeds.need.projection import NeedProjection

if TYPE_CHECKING:
    import pandas as pd


def add_up(projections: Sequence[NeedProjection], name: str, internal_moves: float = 0.0) -> NeedProjection:
    """Add areas up, draw by draw: an integrated care board, a region, England.

    Draws are added before any quantile is taken. England's shock, births and the bridge's luck are the same in
    every area of a draw, so they add up; what is an area's own averages away. Plans that move between the areas added
    leave one and enter another: that part of the moves cancels.

    Parameters
    ----------
    projections : sequence of NeedProjection
        Of different areas, with one seed, the same draws and the same years.
    name : str
        Name of the whole.
    internal_moves : float
        Share of plans moved in that come from the areas added: 1 for all of England; nobody publishes it
        for fewer areas.

    Returns
    -------
    NeedProjection
        Its area has the new name, the codes of its parts joined by ``+``, and one table, ``ehc_plans``: the plans of
        each January that every part has counted. What rests on other tables is to be asked of the parts,
        and so are findings on the evidence.

    Raises
    ------
    DomainError
        If the projections differ in seed, draws or years, or an area is there twice.

    Examples
    --------
    >>> import sendneeds as sn
    >>> two = [sn.project(sn.open_area(a), to=2026, draws=10) for a in ("bedford", "luton")]
    >>> int(sn.add_up(two, "Bedford and Luton").total("E").sel(year=2025, draw=0))
    4893
    """
    import xarray as xr

    if not projections:
        raise DomainError("there is nothing to add up: give at least one projection.")
    if not 0 <= internal_moves <= 1:
        raise DomainError(f"internal_moves={internal_moves}: give a share from 0 to 1.")
    first = projections[0]
    codes = [p.area.code for p in projections]
    if len(set(codes)) < len(codes):
        raise DomainError(f"an area is there twice: {', '.join(codes)}.")
    for p in projections[1:]:
        for key in ("seed", "draws", "start", "scored_to"):
            if p.data.attrs[key] != first.data.attrs[key]:
                raise DomainError(
                    f"{p.area.name} has {key} {p.data.attrs[key]}, {first.area.name} {first.data.attrs[key]}: "
                    "project every area with the same seed, draws and years."
                )
    # exact: an inner join would drop a need or a year that one area lacks without a word
    data = xr.concat([p.data for p in projections], "area", join="exact", combine_attrs="drop_conflicts")
    whole = data.sum("area", dtype="int32", keep_attrs=True)
    internal = np.minimum(np.rint(whole["moved_in"] * internal_moves), whole["ceased"]).astype("int32")
    for flow in ("moved_in", "ceased"):
        whole[flow] = (whole[flow] - internal).assign_attrs(data[flow].attrs)
    bases = sorted({word for p in projections for word in p.provenance["bases"]})
    made = {**first.provenance, "area": "+".join(codes), "area_name": name, "added": codes, "bases": bases}
    return NeedProjection(whole, made, _added_area([p.area for p in projections], name), first.record)


def _added_area(areas: Sequence[Area], name: str) -> Area:
    """Return the whole as an area: its code that of its parts, its one table the plans that all of them have counted.

    What else the parts' tables say is true of the parts alone, so the whole does not have it.
    """
    import pandas as pd

    plans = pd.concat([area.table("ehc_plans") for area in areas], ignore_index=True)
    cells = [column for column in plans if column not in ("area_code", "plans", "flag")]
    groups = plans[plans["plans"].notna()].groupby(cells, as_index=False, sort=False)
    added = groups.agg(plans=("plans", "sum"), parts=("area_code", "nunique"))
    added = added[added["parts"] == len(areas)].drop(columns="parts").reset_index(drop=True)
    code = "+".join(area.code for area in areas)
    added.insert(0, "area_code", code)
    added = added.assign(flag="ok").astype({"plans": plans["plans"].dtype})
    return Area(
        "-and-".join(area.slug for area in areas),
        code,
        name,
        ADDED_UP,
        tables={"ehc_plans": added[list(plans)]},
        meta={"ehc_plans": areas[0].meta["ehc_plans"]},
    )


def totals_by_need(need: NeedProjection) -> pd.DataFrame:
    """Return 80 % intervals by year: plans, SEN support, and plans by need; the summary kept of an area."""
    import pandas as pd

    frames = []
    for provision, needs in (("E", "all"), ("K", "all"), ("E", "each")):
        array = need.total(provision) if needs == "all" else need.by_need(provision)
        frame = interval_table(array).assign(area_code=need.area.code, provision=provision)
        frames.append(frame if "need" in frame else frame.assign(need="all"))
    return pd.concat(frames, ignore_index=True)


def project_areas(
    areas: Iterable[Area],
    to: int = 2035,
    draws: int = 1000,
    seed: int = 1,
    *,
    summarise: Callable[[NeedProjection], Any] | None = None,
    processes: int = 1,
) -> Iterator[Any]:
    """Project many areas, keeping only a summary of each: memory does not grow with the number of areas.

    Parameters
    ----------
    areas : iterable of Area
        May be a generator that reads one area at a time.
    to, draws, seed
        As for `project`.
    summarise : callable, optional
        Takes a NeedProjection and returns what to keep (`totals_by_need` when left out); with `processes` over
        1 it has to be a function of a module.
    processes : int
        Processes to share the areas; the numbers are the same for any.

    Yields
    ------
    object
        What `summarise` returns, in the order of `areas`.

    Examples
    --------
    >>> import sendneeds as sn
    >>> tables = list(sn.project_areas([sn.open_area("luton")], to=2026, draws=10))
    >>> sorted(set(tables[0]["provision"]))
    ['E', 'K']
    """
    work = partial(_one, to=to, draws=draws, seed=seed, summarise=summarise or totals_by_need)
    if processes == 1:
        yield from map(work, areas)
        return
    with ProcessPoolExecutor(processes) as pool:
        waiting = []
        for area in areas:
            waiting.append(pool.submit(work, area))
            if len(waiting) > 2 * processes:  # areas are read as they are needed
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _one(area: Area, *, to: int, draws: int, seed: int, summarise: Callable[[NeedProjection], Any]) -> Any:
    return summarise(project(area, to=to, draws=draws, seed=seed))
