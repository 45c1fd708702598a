"""What is kept of one area's run when many areas are run: counts by draw that may be added up, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sendneeds.scenarios.run_result import RunResult

if TYPE_CHECKING:
    import xarray as xr

CLOCK_FLOWS = (
    *("requests", "assessments", "issued", "issued_in_time", "issued_excluding", "issued_in_time_excluding"),
    *("appeals", "reviews_held"),
)
"""Of the EHC process: counts a quarter, kept by calendar year."""
LIST_STOCKS = ("waiting", "waiting_within_18", "waiting_over_52", "overdue_sessions", "in_service")
"""Of the services: counts on one day, kept for the first week of each January."""

QUARTERS = 4


def area_summary(result: RunResult) -> xr.Dataset:
    """Return the counts of a run by scenario and draw, each on its own dimensions.

    Parameters
    ----------
    result : RunResult

    Returns
    -------
    xarray.Dataset
        ``plans``, ``sen_support`` and ``residents`` (scenario, year, draw), children each January; ``plans_by_need``
        (scenario, need, year, draw); ``new_plans``, ``moved_in`` and ``ceased`` (scenario, calendar_year, draw);
        ``placed`` (scenario, setting, year, draw); ``place_cost`` (scenario, year, draw), GBP of the settings with a
        price; the EHC process by calendar year (scenario, clock_year, clock_draw), requests and plans, in the
        first draws of the run; lists (scenario, service, january, draw), children. What the area lacks is not there.

    Examples
    --------
    >>> import sendneeds as sn
    >>> kept = area_summary(sn.run(sn.open_area("bedford"), [], draws=4, to=2026))
    >>> int(kept["plans"].sel(scenario="baseline", year=2025)[0])
    2170
    """
    import xarray as xr

    names = [s.name for s in result.scenarios]
    need = {name: result.in_place.get(name, result.needs.get(name, result.need)) for name in names}
    out: dict[str, Any] = {
        "plans": _each(names, lambda n: need[n].total("E")),
        "sen_support": _each(names, lambda n: need[n].total("K")),
        "residents": _each(names, lambda n: need[n].data["population"].sum("age")),
        "plans_by_need": _each(names, lambda n: need[n].by_need("E")),
        "new_plans": _each(names, lambda n: need[n].data["new_plans"].sum(("plan_need", "age"))),
        "moved_in": _each(names, lambda n: need[n].data["moved_in"].sum(("plan_need", "age"))),
        "ceased": _each(names, lambda n: need[n].data["ceased"].sum(("plan_need", "age"))),
    }
    if result.clock:
        for flow in CLOCK_FLOWS:
            years = {name: _years(result.clock[name].data[flow]) for name in names}
            out[flow] = _each(names, years.__getitem__)
    if result.places:
        out["placed"] = _each(names, lambda n: result.places[n].data["placed"].sum(("need", "phase")))
        if all("cost" in result.places[n].data for n in names):
            out["place_cost"] = _each(names, lambda n: result.places[n].data["cost"].sum("costed_setting"))
    if result.waits is not None:
        lists = result.lists
        weeks = lists["week"].to_index()
        first = [int(i) for year in sorted(set(weeks.year)) for i in [(weeks >= f"{year}-01-01").argmax()]]
        for stock in LIST_STOCKS:
            if stock in lists:
                at = lists[stock].sel(service=result.services).isel(week=first)
                at = at.drop_vars([c for c in at.coords if c not in at.dims])
                out[stock] = at.rename(week="january").assign_coords(january=sorted(set(weeks.year)))
    data = xr.merge([a.rename(n) for n, a in out.items()], join="exact")
    for name in data.data_vars:
        data[name].attrs.setdefault("units", "children and young people")
    return data.assign_attrs(
        area_code=result.area.code,
        area_name=result.area.name,
        draws=result.need.data.attrs["draws"],
        seed=result.need.data.attrs["seed"],
        missing=list(result.missing),
    )


def _each(names: list[str], take: Callable[[str], Any]) -> xr.DataArray:
    """Return one array over scenarios; one that a scenario does not change is the baseline's."""
    import xarray as xr

    arrays = [take(n) for n in names]
    bare = [a.drop_vars([c for c in a.coords if c not in a.dims]) for a in arrays]
    return xr.concat(bare, xr.IndexVariable("scenario", names), join="exact")


def _years(flow: xr.DataArray) -> xr.DataArray:
    """Return counts by quarter, in the first draws of the run, by calendar year; kinds of dispute added up."""
    quarters = flow["quarter"].to_index()
    years = [int(str(q)[:4]) for q in quarters]
    whole = flow.sum([d for d in flow.dims if d not in ("quarter", "draw")])
    full = [years.count(year) == QUARTERS for year in years]  # the last is cut where the run ends
    by_year = (
        whole.assign_coords(calendar_year=("quarter", years))
        .isel(quarter=full)
        .groupby("calendar_year")
        .sum()
    )
    return (
        by_year.rename(draw="clock_draw", calendar_year="clock_year")
        .transpose("clock_year", "clock_draw")
        .assign_attrs(flow.attrs)
    )
