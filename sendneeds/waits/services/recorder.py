"""Paths of services gathered into one labelled data set, as narrow as its counts allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sendneeds.demand.calendar import month_starts, sums_by_period, told_years
from sendneeds.foundation.vocabulary import AGE_BANDS, WEEK_BANDS
from sendneeds.kernel.lists.percentiles import NOBODY
from sendneeds.kernel.services.simulate import serve
from sendneeds.waits.services.shared_cells import Place, variable

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.kernel.services.path import ServicePath
    from sendneeds.waits.services.cases import Prepared

STOCKS = {
    "waiting": ("Children waiting", "children"),
    "waiting_within_18": ("Children waiting 18 weeks or less", "children"),
    "waiting_over_52": ("Children waiting over 52 weeks", "children"),
    "waiting_median": ("Median wait so far of those waiting (-1: nobody waits)", "weeks"),
    "waiting_p92": ("92nd percentile of the wait so far of those waiting (-1: nobody waits)", "weeks"),
    "overdue_sessions": ("Follow-up sessions past due", "sessions"),
    "overdue_weeks": ("Weeks past due of the sessions past due, added up", "weeks"),
    "in_service": ("Children between their first assessment and their last session", "children"),
    "advice_waiting": ("Requests for statutory advice in hand", "requests"),
}
FLOWS = {
    "referrals": ("Referrals accepted", "children a week"),
    "diverted": ("Referrals not accepted", "children a week"),
    "removed": ("Children who left the list unseen", "children a week"),
    "aged_out": ("Children who reached the age limit waiting", "children a week"),
    "seen": ("Children seen for the first time", "children a week"),
    "outsourced": ("Children seen by a second provider", "children a week"),
    "seen_weeks": ("Weeks waited by those seen, added up", "weeks"),
    "seen_median": ("Median wait of those seen in the last four weeks (-1: nobody seen)", "weeks"),
    "seen_p92": (
        "92nd percentile of the wait of those seen in the last four weeks (-1: nobody seen)",
        "weeks",
    ),
    "sessions": ("Follow-up sessions delivered", "sessions a week"),
    "late_weeks": ("Weeks past due of the sessions delivered, added up", "weeks"),
    "discharged": ("Children discharged", "children a week"),
    "advice_done": ("Statutory advice given", "requests a week"),
    "advice_in_time": ("Statutory advice given within six weeks", "requests a week"),
}
YEARLY = {
    "slots_asked": ("Slots a week that referrals and requests ask for", "slots a week"),
    "slots_available": ("Slots a week that there are", "slots a week"),
    "queue_load": ("Slots asked for over slots there are (infinite: there are none)", "ratio"),
}
AT_MONTHS = ("waiting_median", "waiting_p92", "overdue_weeks")
"""Stocks kept at the start of each month's first week where flows are by month."""
OF_SEEN = ("seen_median", "seen_p92")
"""Percentiles of those seen: by January where flows are by month."""
OF_RECORD = {
    "throughput_factor": ("Slots a post gives over those stated, held to the record of the list", "times"),
    "staff_growth": ("Staff that the pace of the record asks for, over those of the first year", "times"),
}
USES = ("advice", "follow_up", "first", "wasted", "idle")
LAST_AGE = max(last for _, last in AGE_BANDS.values())
LEAD = ("scenario", "service")
SHARES = ("slots", *YEARLY)
"""What is no count."""
By = Literal["week", "month"]


@dataclass(frozen=True)
class Served:
    """What is kept of the path of cases side by side; lanes last.

    Parameters
    ----------
    counts : dict of str to ndarray
        By name of the variable.
    advice_done, idle_slots, outsourced : ndarray, (week, lane)
    """

    counts: dict[str, np.ndarray]
    advice_done: np.ndarray
    idle_slots: np.ndarray
    outsourced: np.ndarray


class Kept:
    """Which weeks, months and years of a path are kept.

    Parameters
    ----------
    days : ndarray of datetime64[D], (week,)
    by : {"month", "week"}
        As in `Recorder`.
    """

    def __init__(self, days: np.ndarray, by: By) -> None:
        self.monthly = by == "month"
        self.bounds = np.append(days, days[-1] + 7)
        years = self.bounds.astype("datetime64[Y]").astype(int) + 1970
        month = self.bounds.astype("datetime64[M]").astype(int) % 12
        fresh = np.append(True, np.diff(years) > 0)
        self.januaries = np.flatnonzero(fresh & (month == 0))
        self.months, self.month_bounds = month_starts(days), month_starts(self.bounds)
        self.years, self.year_starts = np.unique(years[:-1], return_index=True)
        self.told = told_years(np.diff(np.append(self.year_starts, len(years) - 1)))

    @property
    def percentiles_at(self) -> tuple[list[int], list[int]] | None:
        """Bounds and weeks at which percentiles are kept; None for all."""
        return (self.month_bounds.tolist(), (self.januaries - 1).tolist()) if self.monthly else None

    def served(self, units: int, **given: Any) -> Served:
        """Run cases side by side (`serve` takes what is given) and return what is kept of their path."""
        path = serve(**given, at=self.percentiles_at)
        return Served(self.counts(path, units), path.advice_done, path.idle_slots, path.outsourced)

    def counts(self, path: ServicePath, units: int) -> dict[str, np.ndarray]:
        """Return the counts of a path that are kept, a slot being so many units; lanes last."""
        over, bands = path.waiting_bands, list(WEEK_BANDS)
        waiting = seen = np.full((2, 1, path.joined.shape[1]), NOBODY, np.int16)
        if path.percentiles is not None:
            waiting, seen = path.percentiles.waiting, path.percentiles.seen
        used = [sums_by_period(getattr(path, f"{use}_slots"), self.months, np.int32) for use in USES]
        waiting_now = path.waiting.sum(axis=0, dtype=np.int32)
        found = {
            "waiting": waiting_now,
            "waiting_within_18": waiting_now - over[bands.index(">18-52") :].sum(axis=0, dtype=np.int32),
            "waiting_over_52": over[bands.index(">52")],
            "waiting_median": waiting[0],
            "waiting_p92": waiting[1],
            "overdue_sessions": path.overdue,
            "overdue_weeks": path.overdue_weeks,
            "in_service": path.in_service,
            "advice_waiting": path.advice_waiting,
            "referrals": path.joined,
            "removed": path.left,
            "aged_out": path.aged_out,
            "seen": path.seen.sum(axis=0, dtype=np.int32),
            "outsourced": path.outsourced,
            "seen_weeks": path.seen_weeks,
            "seen_median": seen[0],
            "seen_p92": seen[1],
            "sessions": path.sessions,
            "late_weeks": path.late_weeks,
            "discharged": path.discharged,
            "advice_done": path.advice_done,
            "advice_in_time": path.advice_in_time,
            "waiting_by_band": over[:, self.januaries].transpose(1, 0, 2),
            "seen_by_band": self._a_year(path.seen_bands.transpose(1, 0, 2)),
            "slots": np.stack(used, axis=1).astype(np.float32) / np.float32(units),
        }
        return {name: self.gathered(name, array) for name, array in found.items()}

    def gathered(self, name: str, weekly: np.ndarray) -> np.ndarray:
        """Return a flow, or a stock, by month where it is kept so."""
        if self.monthly and name in FLOWS and name not in OF_SEEN:
            return sums_by_period(weekly, self.months, np.int32)
        return weekly[self.month_bounds] if self.monthly and name == "overdue_weeks" else weekly

    def _a_year(self, weekly: np.ndarray) -> np.ndarray:
        return sums_by_period(weekly, self.year_starts, np.int32)


class Recorder:
    """Arrays of a result by scenario and service, filled block by block.

    Parameters
    ----------
    scenarios, services : list of str
    days : ndarray of datetime64[D], (week,)
    draws : int
    by : {"week", "month"}
        By month, flows are added up over the weeks that begin in a month, percentiles of those waiting (and the weeks
        sessions are past due) are kept at the start of each month's first week, and those of the seen in January alone.
    """

    def __init__(
        self, scenarios: list[str], services: list[str], days: np.ndarray, draws: int, by: By = "week"
    ) -> None:
        self.scenarios, self.services, self.days, self.draws = scenarios, services, days, draws
        self.kept = kept = Kept(days, by)
        self.dims = self._dims()
        sizes = {
            "week": len(kept.bounds),
            "week_commencing": len(days),
            "month": len(kept.months),
            "month_start": len(kept.month_bounds),
            "january": len(kept.januaries),
            "calendar_year": len(kept.years),
            "band": len(WEEK_BANDS),
            "use": len(USES),
        }
        self._shapes = {name: (*(sizes[dim] for dim in dims), draws) for name, dims in self.dims.items()}
        self.cells: dict[str, dict[Place, np.ndarray]] = {name: {} for name in self.dims}
        self.factor = np.ones((len(services), draws), np.float32)
        self.growth = np.ones((len(services), len(kept.years), draws), np.float32)
        self.ages = np.zeros((len(services), LAST_AGE + 1, draws), np.float32)
        self.advice: dict[str, dict[str, np.ndarray]] = {scenario: {} for scenario in scenarios}
        self.bought: dict[tuple[str, str, str], np.ndarray] = {}

    def _dims(self) -> dict[str, tuple[str, ...]]:
        """Return the dimensions of each variable between the service and the draw."""
        dims: dict[str, tuple[str, ...]] = dict.fromkeys(STOCKS, ("week",))
        dims |= dict.fromkeys(FLOWS, ("month" if self.kept.monthly else "week_commencing",))
        if self.kept.monthly:
            dims |= dict.fromkeys(AT_MONTHS, ("month_start",)) | dict.fromkeys(OF_SEEN, ("january",))
        dims |= {"waiting_by_band": ("january", "band"), "seen_by_band": ("calendar_year", "band")}
        return dims | {"slots": ("month", "use")} | dict.fromkeys(YEARLY, ("calendar_year",))

    def put(
        self,
        at: list[Place],
        block: slice,
        served: Served,
        cases: list[Prepared],
    ) -> None:
        """Put what is kept of cases side by side in their places (scenario, service)."""
        width = block.stop - block.start
        for number, (place, case) in enumerate(zip(at, cases, strict=True)):
            lanes = slice(number * width, (number + 1) * width)
            for name, array in served.counts.items():
                self._store(name, place, block, array[..., lanes])
            self._keep_advice(place, block, served.advice_done[:, lanes])
            self._keep_bought(place, block, served, case, lanes)
            diverted = self.kept.gathered("diverted", case.diverted[:, block])
            for name, array in self._load(case).items():
                self._store(name, place, block, array[:, block])
            self._store("diverted", place, block, diverted)

    def put_throughput(self, service: int, factor: np.ndarray, grown: np.ndarray) -> None:
        """Put the factor on what a post of a service gives, (draw,), and how its staff grow, (week, draw)."""
        weeks = np.diff(np.append(self.kept.year_starts, len(self.days)))[:, None]
        self.factor[service] = factor
        self.growth[service] = sums_by_period(grown, self.kept.year_starts) / weeks

    def put_ages(self, service: int, ages: np.ndarray) -> None:
        """Put the shares of those on a service's list at the start by age, (age, draw)."""
        self.ages[service] = ages

    def copy(self, scenario: int, service: int, of: int) -> None:
        """Let a scenario that leaves a service as it is have the arrays of the scenario `of`."""
        for cells in self.cells.values():
            cells[scenario, service] = cells[of, service]
        name = self.services[service]
        self.advice[self.scenarios[scenario]][name] = self.advice[self.scenarios[of]][name]

    def _keep_bought(self, place: Place, block: slice, served: Served, case: Prepared, lanes: slice) -> None:
        """Keep the children whom an initiative and a second provider see each week, (week, draw).

        A service's own slots are used before those of an initiative, so that what stands idle is the initiative's.
        """
        where = self.scenarios[place[0]], self.services[place[1]]
        besides = case.inputs["first_only"]
        found = {}
        if besides is not None:
            offered = besides[:, block]
            used = offered - np.minimum(served.idle_slots[:, lanes], offered)
            found["initiative"] = used * np.broadcast_to(case.firsts_a_unit, besides.shape)[:, block]
        if case.inputs["outsourced"] is not None:
            found["outsource"] = served.outsourced[:, lanes]
        for kind, children in found.items():
            kept = self.bought.setdefault((*where, kind), np.zeros((len(self.days), self.draws), np.float32))
            kept[:, block] = children

    def _keep_advice(self, place: Place, block: slice, given: np.ndarray) -> None:
        """Keep the advice given each week, (week, draw), of one scenario and service."""
        by_service, service = self.advice[self.scenarios[place[0]]], self.services[place[1]]
        if service not in by_service:
            by_service[service] = np.zeros((len(self.days), self.draws), given.dtype)
        by_service[service][:, block] = given

    def _store(self, name: str, place: Place, block: slice, found: np.ndarray) -> None:
        cells = self.cells[name]
        if place not in cells:
            cells[place] = np.zeros(self._shapes[name], np.float32 if name in SHARES else np.int16)
        if cells[place].dtype == np.int16 and found.dtype != np.int16 and found.max(initial=0) > 2**15 - 1:
            cells[place] = cells[place].astype(np.int32)
        cells[place][..., block] = found

    def _load(self, case: Prepared) -> dict[str, np.ndarray]:
        weeks = np.diff(np.append(self.kept.year_starts, len(self.days)))[:, None]
        asked, there = (
            sums_by_period(part, self.kept.year_starts) / weeks / case.figures.units
            for part in (case.asked, case.available)
        )
        # what is asked where there are no slots is more than any number of them
        load = np.divide(asked, there, out=np.where(asked > 0, np.inf, 0.0), where=there > 0)
        load[~self.kept.told] = np.nan
        return {"slots_asked": asked, "slots_available": there, "queue_load": load}

    def dataset(self, area: Area, seed: int, has_list: list[bool]) -> xr.Dataset:
        """Return the arrays with their names, units and coordinates."""
        import xarray as xr

        words = {name: (*text, "stock") for name, text in STOCKS.items()}
        words |= {name: (*text, "flow") for name, text in (FLOWS | YEARLY).items()}
        words |= {
            "waiting_by_band": ("Children waiting by weeks waited", "children", "stock"),
            "seen_by_band": ("Children seen by weeks waited", "children a year", "flow"),
            "slots": ("Slots by use, of the weeks that begin in a month", "slots a month", "flow"),
        }
        arrays: dict[str, Any] = {}
        for name, cells in self.cells.items():
            dims, (text, units, kind) = self.dims[name], words[name]
            if dims == ("month",):
                units = units.replace("a week", "a month")
            attrs = {"long_name": text, "units": units, "kind": kind}
            arrays[name] = variable((*LEAD, *dims, "draw"), cells, attrs)
        held = {"throughput_factor": self.factor, "staff_growth": self.growth}
        for name, (text, units) in OF_RECORD.items():
            dims = ("service", "calendar_year", "draw")[:: 2 if held[name].ndim == 2 else 1]
            arrays[name] = (dims, held[name], {"long_name": text, "units": units, "kind": "flow"})
        attrs = {"long_name": "Share of those waiting at the start by age", "units": "share", "kind": "stock"}
        arrays["list_age_share"] = ("service", "age", "draw"), self.ages, attrs
        starts = self.days[self.kept.months].astype("datetime64[M]")
        when = {"month_start": self.kept.bounds[self.kept.month_bounds].astype("datetime64[ns]")}
        return xr.Dataset(
            arrays,
            coords={
                **(when if self.kept.monthly else {}),
                "area": area.code,
                "scenario": self.scenarios,
                "service": self.services,
                "has_list": ("service", has_list),
                "week": self.kept.bounds.astype("datetime64[ns]"),
                "week_commencing": self.days.astype("datetime64[ns]"),
                "january": self.kept.bounds[self.kept.januaries].astype("datetime64[ns]"),
                "month": starts.astype("datetime64[ns]"),
                "weeks_of_month": ("month", np.diff(np.append(self.kept.months, len(self.days)))),
                "band": list(WEEK_BANDS),
                "age": np.arange(LAST_AGE + 1),
                "use": list(USES),
                "calendar_year": self.kept.years,
                "draw": np.arange(self.draws),
            },
            attrs={"area": area.code, "seed": seed, "draws": self.draws},
        )
