"""Simulate the waiting lists of an area, service by service and option by option, on shared random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.demand.referrals import referrals
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.vocabulary import WEEK_BANDS
from sendneeds.kernel import lists, waits
from sendneeds.kernel.slots import whole
from sendneeds.kernel.streams import SEED_BLOCK, lane_keys
from sendneeds.waits.capacity import Change, simulated_services, starts
from sendneeds.waits.opening import opening_list
from sendneeds.waits.result import FLOWS, STOCKS, ListResult

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

BASELINE = "baseline"
LANES = 8 * SEED_BLOCK
"""Draws computed together: the kernel with removals is bound by dispatch below some 2,000."""
Changes = Mapping[str, Mapping[str, Change]]


def simulate(
    area: Area,
    need: NeedProjection,
    services: list[str] | None = None,
    *,
    until: date | None = None,
    changes: Changes | None = None,
    needs: Mapping[str, NeedProjection] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> ListResult:
    """Simulate each service's waiting list week by week, first in, first out.

    Parameters
    ----------
    area : Area
        With ``service_parameters``; its start is ``simulation.start`` in ``area.toml``.
    need : NeedProjection
        Moves referrals and statutory advice; its seed and draws are used.
    services : list of str, optional
        All with enough figures when left out.
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    changes : mapping of scenario to (mapping of service to Change), optional
        What each option adds. The baseline, with none, is always there and comes first.
    needs : mapping of scenario to NeedProjection, optional
        For options that change need itself, with the seed and draws of `need`.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    ListResult

    Raises
    ------
    MissingDataError
        If the area has no service with enough figures.
    UnknownNameError
        If a service asked for, or changed, is not among those.
    DomainError
        If `until` is not after the start, or lies beyond the projection.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> lists = sn.simulate(bedford, sn.project(bedford, to=2027, draws=20), ["SLT"])
    >>> bool((lists.data["waiting"].isel(week=0).sel(service="SLT") > 0).all())
    True
    """
    parameters = Parameters(area)
    known = simulated_services(area, parameters)
    if not known:
        raise MissingDataError(
            f"{area.name}: no service in service_parameters.csv has referrals, an opening list and either staff and "
            "slots or an output. Add them for at least one service."
        )
    needs = needs or {}
    changes = {BASELINE: {}, **{scenario: {} for scenario in needs}, **(changes or {})}
    names = services if services is not None else known
    for name in [*names, *(s for change in changes.values() for s in change)]:
        if name not in known:
            raise unknown("service with a list", name, known)
    start, days, seed = area.start, weeks_of(area, need, until), int(need.data.attrs["seed"])
    draws = need.data.sizes["draw"]
    arrivals = {BASELINE: referrals(area, need, names, start, len(days), seed).data}
    for scenario, own in needs.items():
        arrivals[scenario] = referrals(area, own, names, start, len(days), seed, base=need).data
    out = _Store(list(changes), names, days, draws)
    done, total = 0, len(names) * len(changes)
    notes: list[str] = []
    for service in names:
        opening, basis, how = opening_list(area, service, parameters, draws, seed)
        notes.append(f"{service}: opening list ({basis}), {how}.")
        hazard = parameters.draw_or(service, "removed_share_per_week", draws, seed, 0.0)
        for scenario, change in changes.items():
            if progress is not None:
                progress(done, total, f"{service}, {scenario}")
            done += 1
            if scenario != BASELINE and service not in change and scenario not in needs:
                out.same_as_baseline(scenario, service)
                continue
            data = arrivals.get(scenario, arrivals[BASELINE]).sel(service=service)
            came, expected = data["referrals"].values, data["expected"].values
            able = starts(parameters, service, need, days, seed, change.get(service), needs.get(scenario))
            offered = whole(able)
            out.load(scenario, service, expected, able)
            for first in range(0, draws, LANES):
                lanes = slice(first, min(first + LANES, draws))
                keys = lane_keys(seed, (area.code, service, "leaving"), lanes.stop - first, first)
                path = lists.fifo(
                    came[:, lanes], offered[:, lanes], opening[:, lanes], hazard[None, lanes], keys
                )
                out.path(scenario, service, lanes, path, offered[:, lanes])
    return ListResult(
        out.dataset(area, seed), {**need.provenance, "lists": notes}, parameters.table(), area.name
    )


def weeks_of(area: Area, need: NeedProjection, until: date | None) -> np.ndarray:
    """Return the Mondays of the weeks that lists are simulated for.

    Raises
    ------
    DomainError
        If `until` is not after the start, or lies beyond the projection.
    """
    last = until or date(need.scored_to, 12, 31)
    years = need.data["year"].values
    if until is None:
        last = min(last, date(int(years[-1]), 1, 15))
    if last <= area.start or last.year > int(years[-1]):
        raise DomainError(
            f"until={last}: lists run from {area.start} and no further than the projection, {int(years[-1])}."
        )
    return mondays(area.start, (last - area.start).days // 7 + 1)


class _Store:
    """Arrays of the result by scenario and service, filled lane block by lane block."""

    def __init__(self, scenarios: list[str], services: list[str], days: np.ndarray, draws: int) -> None:
        self.scenarios, self.services, self.days, self.draws = scenarios, services, days, draws
        lead = (len(scenarios), len(services))
        self.bounds = np.append(days, days[-1] + 7)
        self.stocks = {k: np.zeros((*lead, len(days) + 1, draws), np.int32) for k in STOCKS}
        self.flows = {k: np.zeros((*lead, len(days), draws), np.int32) for k in FLOWS}
        months = self.bounds.astype("datetime64[M]").astype(int) % 12
        fresh = np.append(True, np.diff(self.bounds.astype("datetime64[Y]").astype(int)) > 0)
        self.januaries = np.flatnonzero(fresh & (months == 0))
        self.bands = np.zeros((*lead, len(self.januaries), len(WEEK_BANDS), draws), np.int32)
        self.years = np.unique(days.astype("datetime64[Y]").astype(int) + 1970)
        self.loads = np.zeros((*lead, len(self.years), draws), np.float32)

    def at(self, scenario: str, service: str) -> tuple[int, int]:
        return self.scenarios.index(scenario), self.services.index(service)

    def path(
        self, scenario: str, service: str, lanes: slice, path: lists.ListPath, offered: np.ndarray
    ) -> None:
        i, j = self.at(scenario, service)
        over_18 = waits.waiting_over(path, 18)
        waiting, seen = (f(path, (0.5, 0.92)) for f in (waits.waiting_percentile, waits.seen_percentile))
        found = {
            "waiting": path.waiting,
            "waiting_within_18": path.waiting - over_18,
            "waiting_over_52": waits.waiting_over(path, 52),
            "waiting_median": waiting[0],
            "waiting_p92": waiting[1],
        }
        for name, array in found.items():
            self.stocks[name][i, j, :, lanes] = array
        flows = {
            "referrals": path.arrivals,
            "slots": offered,
            "seen": path.seen,
            "removed": path.removed,
            "seen_median": seen[0],
            "seen_p92": seen[1],
        }
        for name, array in flows.items():
            self.flows[name][i, j, :, lanes] = array
        edges = tuple(low for low, _ in WEEK_BANDS.values())
        bands = waits.waiting_bands(path, edges)[:, self.januaries]
        self.bands[i, j, :, :, lanes] = bands.transpose(1, 0, 2)

    def load(self, scenario: str, service: str, expected: np.ndarray, able: np.ndarray) -> None:
        i, j = self.at(scenario, service)
        year = self.days.astype("datetime64[Y]").astype(int) + 1970
        for k, y in enumerate(self.years):
            rows = year == y
            self.loads[i, j, k] = expected[rows].sum(axis=0) / np.maximum(able[rows].sum(axis=0), 1e-9)

    def same_as_baseline(self, scenario: str, service: str) -> None:
        i, j = self.at(scenario, service)
        base = self.scenarios.index(BASELINE)
        for array in (*self.stocks.values(), *self.flows.values(), self.bands, self.loads):
            array[i, j] = array[base, j]

    def dataset(self, area: Area, seed: int) -> xr.Dataset:
        import xarray as xr

        def narrow(array: np.ndarray) -> np.ndarray:
            return array.astype(np.int16) if array.max() < 2**15 else array

        lead = ("scenario", "service")
        stocks = {k: ((*lead, "week", "draw"), narrow(a), STOCKS[k]) for k, a in self.stocks.items()}
        flows = {k: ((*lead, "week_commencing", "draw"), narrow(a), FLOWS[k]) for k, a in self.flows.items()}
        bands = {"long_name": "Children waiting by weeks waited", "units": "children", "kind": "stock"}
        load = {
            "long_name": "Expected referrals over children the service can take on",
            "units": "ratio",
            "kind": "flow",
        }
        return xr.Dataset(
            {
                **stocks,
                **flows,
                "waiting_by_band": ((*lead, "january", "band", "draw"), narrow(self.bands), bands),
                "queue_load": ((*lead, "calendar_year", "draw"), self.loads, load),
            },
            coords={
                "area": area.code,
                "scenario": self.scenarios,
                "service": self.services,
                "week": self.bounds.astype("datetime64[ns]"),
                "week_commencing": self.days.astype("datetime64[ns]"),
                "january": self.bounds[self.januaries].astype("datetime64[ns]"),
                "band": list(WEEK_BANDS),
                "calendar_year": self.years,
                "draw": np.arange(self.draws),
            },
            attrs={"area": area.code, "seed": seed, "draws": self.draws},
        )
