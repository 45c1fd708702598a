"""When EHC requests are decided and plans are final: how many was settled by the projection of need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.kernel import streams
from sendneeds.waits.ehc.annual_reviews import reviews
from sendneeds.waits.ehc.disputes import Law, ehc_figure, law, plans_in_place
from sendneeds.waits.ehc.published_rates import Rates, anchored, rates, stage_counts, timeliness
from sendneeds.waits.ehc.quarterly_counts import Tally, ends
from sendneeds.waits.ehc.requests import EhcRequests, children_of, concatenate
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.ehc.shared_advice import (
    AdviceRequests,
    AdviceTimes,
    SharedAdvice,
    services_dataset,
    shares_asked,
)
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.simulate import weeks_of
from sendneeds.waits.services.single_option import simulate_services

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

YEARS_BEFORE, YEARS_AFTER = 1, 2
"""Years of plans beside those of the horizon: assessments of the year before it, and requests for plans after it."""
TODAYS_STAFF = "today's staff stay as they are"
CHANGED_STAFF = "staff are as the options have them"
ITS_STAFF = "staff stay as this scenario has them, in the baseline as they are today"
MOST = 20_000
"""Requests a year that are followed one by one; where there are more, each stands for as many as needed."""


def ehc_process(
    area: Area,
    need: NeedProjection,
    *,
    until: date | None = None,
    shared: Sequence[str] = (),
    service_options: Mapping[str, ServiceOption] | None = None,
    calibrated: bool = True,
    reviews_a_year: float | None = None,
) -> EhcResult:
    """Say when requests are decided, disputed and assessed, and plans drafted and issued, as many as in `need`.

    Requests, assessments and refusals are derived back from new plans by the area's published shares, and placed in
    time so that, without shared services, each year issues its plans with the share in time that is published or, for
    years to come, drawn. With services `shared`, an assessment goes on when the last of them has given its advice, from
    slots that its clinics use too: plans may then be issued later than `need` has them, and are under way meanwhile.

    Parameters
    ----------
    area : Area
        With ``ehc_flow`` and ``ehc_timeliness``; with ``service_parameters`` where services are shared.
    need : NeedProjection
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    shared : sequence of str
        Services whose advice comes from slots they share, for example ``("EP", "SLT", "OT")``.
    service_options : mapping of service to ServiceOption, optional
        What an option changes in those services.
    calibrated : bool
        Whether services that give advice alone are held to the published share in time of the year before the start.
        Otherwise their staff give what the pack states, however that agrees with the record.
    reviews_a_year : float, optional
        Annual reviews that can be held a year.

    Returns
    -------
    EhcResult

    Raises
    ------
    MissingDataError
        If published figures that the clock is set by are missing.
    DomainError
        If services are shared in an area too large to be followed child by child.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> need = sn.project(bedford, to=2027, draws=20)
    >>> clock = ehc_process(bedford, need)
    >>> issued = clock.data["issued"].sel(quarter="2025").sum("quarter")
    >>> made = need.data["new_plans"].sel(calendar_year=2025).sum(("plan_need", "age"))
    >>> bool((issued == made).all())
    True
    """
    clock = EhcClock(
        area, need, until=until, shared=shared, calibrated=calibrated, reviews_a_year=reviews_a_year
    )
    done: dict[str, np.ndarray] = {}
    if shared:
        ran = simulate_services(
            area,
            need,
            list(shared),
            until=until,
            service_options=clock.with_recorded_pace(service_options or {}),
            advice=clock.requests,
            advice_opening=clock.in_hand,
        ).data["advice_done"]
        done = {s: ran.sel(service=s).transpose("week_commencing", "draw").values for s in shared}
    return clock.result(done, CHANGED_STAFF if service_options else TODAYS_STAFF)


class EhcClock:
    """The EHC process of an area up to what it asks of services; `result` says what follows from their answers.

    Parameters
    ----------
    area, need, until, shared, calibrated, reviews_a_year
        As in `ehc_process`.

    Attributes
    ----------
    requests, in_hand : dict of str to ndarray of int
        Requests for each shared service's advice by week and draw, and those in hand at the start by weeks waited.
    pace : dict of str to ndarray, (draw,)
        Factor on what a whole-time equivalent gives, for services held to the record.
    """

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        *,
        until: date | None = None,
        shared: Sequence[str] = (),
        calibrated: bool = True,
        reviews_a_year: float | None = None,
    ) -> None:
        draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
        self.area, self.need, self.shared, self.days = area, need, tuple(shared), weeks_of(area, need, until)
        found = rates(area, draws, seed)
        self._disputes, self._year = law(area, found.year, draws, seed), found.year
        self._borrowed = found.borrowed
        plans = _plans(area, need, int(str(self.days[-1])[:4]), draws)
        best = ehc_figure(area, "in_time_without_shortage_share", draws, seed)
        self._children, self._stands_for = _children(
            area, found, self._disputes, plans, self.days[0], best, seed
        )
        if self._stands_for > 1 and shared:
            raise DomainError(
                f"{area.name}: services can be shared where an area has {MOST} requests a year at most."
            )
        one = self._children
        self._asked = AdviceRequests(one.begun + one.advice, one.writing, one.consulted, {}, {}, {}, ())
        self.requests: dict[str, np.ndarray] = {}
        self.in_hand: dict[str, np.ndarray] = {}
        if shared:
            asked = shares_asked(area, shared, found.year, draws, seed)
            self._services = SharedAdvice(area, need, one, asked, len(self.days))
            before = found.at("in time", area.start.year - 1)
            recorded = float(found.at("in time", found.year)[0])
            self._asked = (
                self._services.calibrated(before, recorded) if calibrated else self._services.as_stated()
            )
            self.requests, self.in_hand = self._services.requests(self._asked)
        self.pace = self._asked.factor
        self._reviews = reviews(area, need, self.days, reviews_a_year)

    def with_recorded_pace(self, options: Mapping[str, ServiceOption]) -> dict[str, ServiceOption]:
        """Return options with the staff of services held to the record at the pace that the record shows."""
        held = {name: ServiceOption(pace=factor) for name, factor in self.pace.items()}
        return {
            name: held.get(name, NO_CHANGE).combine(options.get(name, NO_CHANGE))
            for name in (*held, *options)
        }

    def result(self, done: Mapping[str, np.ndarray], staff: str = ITS_STAFF) -> EhcResult:
        """Return the process, given the advice that each shared service has done each week, (week, draw).

        `staff` says in words whose staff they are.
        """
        asked, one = self._asked, self._children
        advice = AdviceTimes(
            asked.last, asked.writing, asked.consulted, asked.factor, asked.before, asked.notes
        )
        if self.shared:
            advice = self._services.answered(asked, done)
        end = ends(one, advice.last, advice.writing, advice.consulted)
        due, attended, said = self._reviews
        content = _content(self.area, self.need, self._disputes, self.days)
        tally = Tally(one, end, self.days, self.need.data.sizes["draw"], self._stands_for)
        data = tally.dataset(content, due, attended, self.area.code)
        data = data.merge(services_dataset(advice)) if advice.factor else data
        how = "" if not self.shared else ", calibrated" if advice.factor else ", as the pack states them"
        lacking = ", ".join(self._borrowed)
        borrowed = [f"England's shares, for want of the area's own: {lacking}."] if lacking else []
        names = ", ".join(SERVICES[name] for name in self.shared)
        kept = f"the record goes on: the share published for {self._year}, moved as it has moved, whoever is in post"
        notes = {
            "ehc_answers": f"if {staff}" if self.shared else f"if {kept}",
            "ehc_waits_for": names or "no service",
            "ehc": f"Shares and lateness published to {self._year}, moved from year to year as they have been; "
            f"services shared: {', '.join(self.shared) or 'none'}{how}. Outcomes of mediation and appeals are "
            "illustrative.",
            "ehc_notes": " ".join([*advice.notes, said, *borrowed]),
        }
        shares = {
            basis: {year: soon / issued for year, (issued, soon, _) in years.items() if issued}
            for basis, years in timeliness(self.area).items()
        }
        return EhcResult(data, {**self.need.provenance, **notes, "published": shares})


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
    found, past = rates(area, draws, seed, year - 1), _published(area)
    lacking = [y for y in (year - 1, year) if y not in past]
    if lacking:
        raise MissingDataError(
            f"{area.name}: ehc_flow.csv has no new plans for {', '.join(map(str, lacking))}."
        )
    plans = {y: np.full(draws, round(past[y])) for y in (year - 1, year)}
    growth = past[year] / max(past[year - 1], 1.0)
    for after in range(1, YEARS_AFTER + 1):
        plans[year + after] = np.rint(plans[year + after - 1] * growth).astype(np.int64)
    disputes = law(area, year - 1, draws, seed)
    days, best = mondays(date(year, 1, 4), 52), np.full(draws, 0.5)
    one, stands_for = _children(area, found, disputes, plans, days[0], best, seed, year)
    end = ends(one, one.begun + one.advice, one.writing, one.consulted)
    data = Tally(one, end, days, draws, stands_for).dataset({}, {}, {}, area.code)
    return EhcResult(data, {"area": area.code, "seed": seed, "draws": draws, "shares to": year - 1})


def _published(area: Area) -> dict[int, float]:
    counts = stage_counts(area)
    return counts.get("new_plans", {}) | counts.get("assess_issued", {})


def _plans(area: Area, need: NeedProjection, last: int, draws: int) -> dict[int, np.ndarray]:
    """Return new plans by calendar year: published before the start, of `need` from there, as the last ones after."""
    past = stage_counts(area).get("new_plans", {})
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    made = {int(y): new.sel(calendar_year=y).values for y in new["calendar_year"].values}
    plans = {}
    for year in range(area.start.year - YEARS_BEFORE, last + YEARS_AFTER + 1):
        if year in made and year >= area.start.year:
            plans[year] = made[year]
        elif year < area.start.year:
            known = max((y for y in past if y <= year), default=None)
            if known is None:
                raise MissingDataError(f"{area.name}: ehc_flow.csv has no new plans to {year}.")
            plans[year] = np.full(draws, round(past[known]))
        else:
            plans[year] = plans[year - 1]
    return plans


def _children(
    area: Area,
    found: Rates,
    disputes: Law,
    plans: dict[int, np.ndarray],
    start: np.datetime64,
    best: np.ndarray,
    seed: int,
    even_years_from: int | None = None,
) -> tuple[EhcRequests, int]:
    """Return the requests behind the plans of all years, and how many each stands for."""
    draws = best.size
    received = stage_counts(area).get("requests_received_in_year", {}).get(found.year)
    near = [plans[y] for y in range(found.year, found.year + 3) if y in plans]
    if received and len(near) == 3:
        found = anchored(found, received, tuple(near))
    most = max(float(np.max(number)) for number in plans.values())
    requests = most / float(np.median(found.at("planned", found.year) * found.at("assessed", found.year)))
    stands_for = int(np.ceil(requests / MOST))
    keys = streams.lane_keys(seed, (area.code, "ehc", "children"), draws)
    parts = []
    for year, number in sorted(plans.items()):
        # a year is the weeks that begin in it, so that its quarters hold its plans and no other's
        first, after = (_weeks_to(date(y, 1, 1), start) for y in (year, year + 1))
        place = first, after - first
        if even_years_from is not None:
            place = 52.0 * (year - even_years_from), 52.0
        scaled = np.rint(number / stands_for)
        parts.append(children_of(scaled, found, disputes, year, place, best, keys))
    return concatenate(parts), stands_for


def _weeks_to(day: date, start: np.datetime64) -> float:
    """Return the weeks from the first week to the first that begins on a day or after."""
    return float(np.ceil((np.datetime64(day) - start).astype("timedelta64[D]").astype(int) / 7))


def _content(area: Area, need: NeedProjection, disputes: Law, days: np.ndarray) -> dict[str, np.ndarray]:
    """Return mediations and appeals about content or placement by week, drawn from plans in place."""
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    stock = plans_in_place(plans.values.astype(float), plans["year"].values, days)
    out = {}
    for name, rate in disputes.content.items():
        luck = streams.uniforms(seed, (area.code, "ehc", f"{name} about content"), len(days), draws)
        out[name] = streams.poisson(stock * rate[None, :] / WEEKS_PER_YEAR, luck)
    return out
