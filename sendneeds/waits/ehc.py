"""When EHC requests are decided and plans are final: how many was settled by the projection of need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel import ehc_clock, streams
from sendneeds.waits.ehc_rates import Rates, decision_weeks, median_weeks, rates, stage_counts
from sendneeds.waits.ehc_result import FLOWS, EhcResult
from sendneeds.waits.services import ServiceOption, simulate_services
from sendneeds.waits.simulate import weeks_of

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

YEARS_BEFORE = 3
ADVICE_SHARE = 0.55
"""Share of the weeks from decision to plan that advice takes, the rest being draft and consultation; assumed."""
PLANNED, UNPLANNED, REFUSED = 0, 1, 2
MOST = 20_000
"""Requests a year that are followed one by one; where there are more, each stands for as many as needed."""


@dataclass(frozen=True)
class _Children:
    """Requests as flat arrays: lane, week of the request, outcome, luck."""

    lane: np.ndarray
    requested: np.ndarray
    outcome: np.ndarray
    luck: np.ndarray  # the key of each child's own draws

    def uniform(self, purpose: int) -> np.ndarray:
        return streams.as_real(streams.hashed(self.luck, purpose))


def ehc_process(
    area: Area,
    need: NeedProjection,
    *,
    until: date | None = None,
    shared: Sequence[str] = (),
    options: Mapping[str, ServiceOption] | None = None,
) -> EhcResult:
    """Say when requests are decided and plans issued, the number of plans being that of `need`.

    Requests and assessments are derived back from new plans by the area's published shares. A decision takes three to
    six weeks, or more for the published share told late. Advice, draft and consultation take a lognormal number of
    weeks that puts as many plans within 20 weeks as the area's latest year; where services are `shared`, advice is in
    when the last of them has done it, from slots that its clinics use too, but no sooner than elsewhere.

    Parameters
    ----------
    area : Area
        With ``ehc_flow`` and ``ehc_timeliness``; with ``service_parameters`` where services are shared.
    need : NeedProjection
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    shared : sequence of str
        Services whose advice comes from slots they share, for example ``("EP", "SLT", "OT")``.
    options : mapping of service to ServiceOption, optional
        What an option changes in those services.

    Returns
    -------
    EhcResult

    Raises
    ------
    MissingDataError
        If published figures that the clock is set by are missing.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> clock = ehc_process(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool((clock.data["issued_in_time"] <= clock.data["issued"]).all())
    True
    """
    draws, seed, days = need.data.sizes["draw"], int(need.data.attrs["seed"]), weeks_of(area, need, until)
    found = rates(area, draws, seed)
    past = stage_counts(area)["new_plans"]
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    plans = {y: np.full(draws, round(n)) for y, n in past.items() if area.start.year - YEARS_BEFORE <= y}
    plans |= {
        int(y): new.sel(calendar_year=y).values for y in new["calendar_year"].values if y >= area.start.year
    }
    last = max(plans)
    plans[last + 1] = plans[last]  # requests of the last months lead to plans beyond the projection
    clock = _Clock(area, found, plans, days, draws, seed)
    if clock.stands_for > 1 and shared:
        raise DomainError(
            f"{area.name}: services can be shared where an area has {MOST} requests a year at most."
        )
    service_shares = _asked(area, found, shared, draws, seed)
    done = clock.run(need, until, service_shares, options or {})
    data = clock.dataset(done, need)
    notes = {
        "ehc": f"Shares and lateness of {found.year}, drawn with their spread from year to year; services shared: "
        + (", ".join(shared) or "none")
        + "."
    }
    return EhcResult(data, {**need.provenance, **notes})


def replay_ehc(area: Area, year: int, draws: int = 20, seed: int = 1) -> EhcResult:
    """Run the clock through a past calendar year, on shares and lateness published to the year before.

    Plans are those published; requests, assessments and shares in time may then be held against the year's own. Every
    year has 52 weeks here, so that a year's counts are whole.

    Parameters
    ----------
    area : Area
    year : int
    draws, seed : int

    Returns
    -------
    EhcResult

    Raises
    ------
    MissingDataError
        If the figures to the year before are missing.

    Examples
    --------
    >>> import sendneeds as sn
    >>> replay_ehc(sn.open_area("bedford"), 2024).data.sizes["quarter"]
    4
    """
    counts = stage_counts(area)
    found, past = (
        rates(area, draws, seed, year - 1),
        counts.get("new_plans", {}) | counts.get("assess_issued", {}),
    )
    lacking = [y for y in range(year - YEARS_BEFORE + 1, year + 1) if y not in past]
    if lacking:
        raise MissingDataError(
            f"{area.name}: ehc_flow.csv has no new plans for {', '.join(map(str, lacking))}."
        )
    plans = {y: np.full(draws, round(n)) for y, n in past.items() if year - YEARS_BEFORE <= y <= year}
    growth = plans[year] / np.maximum(plans[year - 1], 1)
    plans[year + 1] = np.rint(plans[year] * growth).astype(int)
    clock = _Clock(area, found, plans, mondays(date(year, 1, 4), 52), draws, seed, even_years_from=year)
    data = clock.dataset(clock.run(None, None, {}, {}), None)
    return EhcResult(data, {"area": area.code, "seed": seed, "draws": draws, "shares to": year - 1})


def _asked(area: Area, found: Rates, shared: Sequence[str], draws: int, seed: int) -> dict[str, np.ndarray]:
    """Return the share of assessments that ask each service for advice, from the requests a week the pack states."""
    if not shared:
        return {}
    parameters = Parameters(area)
    a_year = stage_counts(area)["assess_in_year"][found.year]
    out = {}
    for service in shared:
        a_week = parameters.draw(service, "advice_requests_per_week", draws, seed)
        out[service] = np.minimum(a_week * 365.25 / 7 / a_year, 1.0)
    return out


class _Clock:
    """The requests of an area, and the weeks in which things happen to them."""

    def __init__(
        self,
        area: Area,
        found: Rates,
        plans: dict[int, np.ndarray],
        days: np.ndarray,
        draws: int,
        seed: int,
        even_years_from: int | None = None,
    ) -> None:
        self.area, self.rates, self.days, self.draws = area, found, days, draws
        self.weeks, self.even_years_from = len(days), even_years_from
        most = max(float(np.max(number)) for number in plans.values())
        self.stands_for = int(np.ceil(most / float(np.median(found.planned * found.assessed)) / MOST))
        keys = streams.lane_keys(seed, (area.code, "ehc", "children"), draws)
        parts = [self._year(year, number, keys) for year, number in sorted(plans.items())]
        self.children = _Children(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _year(self, year: int, plans: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the requests behind a year's plans: spread evenly, and brought forward by the usual weeks."""
        found, start = self.rates, self.days[0]
        first = (np.datetime64(f"{year}-01-01") - start).astype(int) / 7
        span = (np.datetime64(f"{year + 1}-01-01") - np.datetime64(f"{year}-01-01")).astype(int) / 7
        if self.even_years_from is not None:
            first, span = 52.0 * (year - self.even_years_from), 52.0
        plans = np.rint(plans / self.stands_for)
        assessed = np.rint(plans / found.planned)
        requests = np.rint(assessed / found.assessed)
        numbers = plans, assessed - plans, requests - assessed
        medians = [
            median_weeks(s, found.decided_in_time, found.spread)
            for s in (found.in_time, found.in_time_excepted)
        ]
        median = medians[0] * (1.0 - found.exceptions) + medians[1] * found.exceptions
        usual = 4.5 + 5.5 * (1.0 - found.decided_in_time) + median * np.exp(found.spread**2 / 2)
        lead = usual, 4.5 + ADVICE_SHARE * (usual - 4.5), np.full(self.draws, 5.0)
        parts = []
        for outcome, (number, weeks) in enumerate(zip(numbers, lead, strict=True)):
            count = number.astype(int)
            lane = np.repeat(np.arange(self.draws), count)
            nth = np.arange(lane.size) - np.repeat(np.cumsum(count) - count, count)
            place = first + span * (nth + 0.5) / np.maximum(count, 1)[lane]
            requested = np.floor(place - weeks[lane]).astype(np.int64)
            counter = (nth * 4 + outcome).astype(np.uint64) + np.uint64(year << 32)
            parts.append((lane, requested, np.full(lane.size, outcome), streams.hashed(keys[lane], counter)))
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))

    def run(
        self,
        need: NeedProjection | None,
        until: date | None,
        shares: dict[str, np.ndarray],
        options: Mapping[str, ServiceOption],
    ) -> dict[str, np.ndarray]:
        """Return the week of each child's decision and end, and whether the plan is an exception."""
        one, found = self.children, self.rates
        lane = one.lane
        decided = one.requested + decision_weeks(found.decided_in_time[lane], one.uniform(1))
        excepted = one.uniform(2) < found.exceptions[lane]
        medians = [
            median_weeks(share, found.decided_in_time, found.spread)
            for share in (found.in_time, found.in_time_excepted)
        ]
        median = np.where(excepted, medians[1][lane], medians[0][lane])
        total = median * np.exp(found.spread * _normal(one.uniform(3)))
        advice = np.floor(ADVICE_SHARE * total).astype(np.int64)
        writing = np.ceil(total).astype(np.int64) - advice
        advised = decided + advice
        services = []
        if shares and need is not None:
            services = self._shared(need, until, decided, advised, shares, options)
        ended = ehc_clock.issued(
            lane, decided, advised, np.where(one.outcome == PLANNED, writing, 0), services
        )
        ended = np.where(one.outcome == REFUSED, decided, ended)
        return {"decided": decided, "ended": ended, "excepted": excepted}

    def _shared(
        self,
        need: NeedProjection,
        until: date | None,
        decided: np.ndarray,
        advised: np.ndarray,
        shares: dict[str, np.ndarray],
        options: Mapping[str, ServiceOption],
    ) -> list[ehc_clock.Shared]:
        """Run the services that share their slots on the advice that assessments ask for."""
        one = self.children
        open_ = (one.outcome != REFUSED) & (advised >= 0) & (decided < self.weeks)
        asked = {
            s: open_ & (one.uniform(10 + n) < share[one.lane]) for n, (s, share) in enumerate(shares.items())
        }
        came, waiting = {}, {}
        for service, some in asked.items():
            came[service] = ehc_clock.tallied(decided[some], one.lane[some], self.weeks, self.draws)
            before = some & (decided < 0)
            age = -decided[before] - 1
            waiting[service] = ehc_clock.tallied(
                age, one.lane[before], int(age.max(initial=0)) + 1, self.draws
            )
        ran = simulate_services(
            self.area, need, list(shares), until=until, options=options, advice=came, advice_opening=waiting
        )
        done = ran.data["advice_done"]
        return [
            ehc_clock.Shared(some, done.sel(service=service).transpose("week_commencing", "draw").values)
            for service, some in asked.items()
        ]

    def dataset(self, found: dict[str, np.ndarray], need: NeedProjection | None) -> xr.Dataset:
        """Return counts by quarter."""
        import xarray as xr

        one, decided, ended = self.children, found["decided"], found["ended"]
        plan, apart = one.outcome == PLANNED, one.outcome == REFUSED
        weeks_taken = ended.astype(np.int64) - one.requested
        in_time = weeks_taken <= ehc_clock.PLAN_WEEKS
        told = decided - one.requested <= ehc_clock.DECISION_WEEKS
        every = np.ones(plan.size, bool)
        chosen = {
            "requests": (one.requested, every),
            "decided": (decided, every),
            "decided_in_time": (decided, told),
            "refused": (decided, apart),
            "assessments": (ended, ~apart),
            "issued": (ended, plan),
            "issued_in_time": (ended, plan & in_time),
            "issued_excluding": (ended, plan & ~found["excepted"]),
            "issued_in_time_excluding": (ended, plan & ~found["excepted"] & in_time),
            "issued_over_52": (ended, plan & (weeks_taken > 52)),
        }
        months = self.days.astype("datetime64[M]").astype(int)
        quarters, at = np.unique(months // 3, return_inverse=True)
        starts = np.searchsorted(at, np.arange(len(quarters)))
        arrays: dict[str, tuple] = {}
        for name, (week, some) in chosen.items():
            weekly = ehc_clock.tallied(week[some], one.lane[some], self.weeks, self.draws) * self.stands_for
            text = {"long_name": FLOWS[name], "units": "children", "kind": "flow"}
            arrays[name] = (("quarter", "draw"), np.add.reduceat(weekly, starts, axis=0), text)
        stock = ehc_clock.in_progress(
            one.requested[plan], ended[plan], one.lane[plan], self.weeks, self.draws
        )
        text = {"long_name": "Requests and assessments under way that lead to a plan", "units": "children"}
        bounds = np.append(starts, self.weeks)
        arrays["in_progress"] = (
            ("bound", "draw"),
            stock[bounds] * self.stands_for,
            {**text, "kind": "stock"},
        )
        text = {"long_name": "Appeals registered, of every kind", "units": "appeals", "kind": "flow"}
        arrays["appeals"] = (("quarter", "draw"), arrays["refused"][1] * np.float32(self._appeals()), text)
        coords = {
            "quarter": (quarters * 3).astype("datetime64[M]").astype("datetime64[ns]"),
            "bound": np.append(self.days, self.days[-1] + 7)[bounds].astype("datetime64[ns]"),
            "draw": np.arange(self.draws),
        }
        if need is not None:
            plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
            text = {"long_name": "Annual reviews due, one a plan in place in January", "units": "reviews"}
            arrays["annual_reviews"] = (("calendar_year", "draw"), plans.values, {**text, "kind": "flow"})
            coords["calendar_year"] = plans["year"].values
        return xr.Dataset(arrays, coords=coords, attrs={"area": self.area.code})

    def _appeals(self) -> float:
        """Return appeals registered for each request refused or withdrawn."""
        share = self.rates.refused / (1.0 - self.rates.assessed)
        return self.rates.appeals * float(np.median(share))


def _normal(u: np.ndarray) -> np.ndarray:
    from scipy import special

    return special.ndtri(np.clip(u, 2.0**-53, 1 - 2.0**-53))
