"""Several areas projected one after another, with little kept of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from sendneeds.evidence.area import Area
from sendneeds.foundation.intervals import interval_table
from sendneeds.foundation.kinds import kinds
from sendneeds.need.project import project
from sendneeds.need.projection import NeedProjection

if TYPE_CHECKING:
    import pandas as pd


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
    kinds(areas=(areas, "iterable"))
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
