"""When EHC requests are decided and plans are final: how many was settled by the projection of need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import mondays
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel import streams
from sendneeds.waits.ehc_children import Children, children_of, joined
from sendneeds.waits.ehc_disputes import Law, ehc_figure, law, plans_in_place
from sendneeds.waits.ehc_rates import Rates, rates, stage_counts
from sendneeds.waits.ehc_result import EhcResult
from sendneeds.waits.ehc_reviews import WEEKS_A_YEAR, reviews
from sendneeds.waits.ehc_shared import Advice, SharedAdvice, services_dataset, shares_asked
from sendneeds.waits.ehc_tally import Tally, ends
from sendneeds.waits.services import ServiceOption
from sendneeds.waits.simulate import weeks_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

YEARS_BEFORE, YEARS_AFTER = 1, 2
"""Years of plans beside those of the horizon: assessments of the year before it, and requests for plans after it."""
MOST = 20_000
"""Requests a year that are followed one by one; where there are more, each stands for as many as needed."""


def ehc_process(
    area: Area,
    need: NeedProjection,
    *,
    until: date | None = None,
    shared: Sequence[str] = (),
    options: Mapping[str, ServiceOption] | None = None,
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
    options : mapping of service to ServiceOption, optional
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
    draws, seed, days = need.data.sizes["draw"], int(need.data.attrs["seed"]), weeks_of(area, need, until)
    found = rates(area, draws, seed)
    disputes = law(area, found.year, draws, seed)
    plans = _plans(area, need, int(str(days[-1])[:4]), draws)
    best = ehc_figure(area, "in_time_without_shortage_share", draws, seed)
    children, stands_for = _children(area, found, disputes, plans, days[0], best, seed)
    if stands_for > 1 and shared:
        raise DomainError(
            f"{area.name}: services can be shared where an area has {MOST} requests a year at most."
        )
    advice = Advice(children.begun + children.advice, children.writing, children.consulted, {}, {}, ())
    if shared:
        asked = shares_asked(area, shared, found.year, draws, seed)
        services = SharedAdvice(area, need, children, asked, until, options or {}, len(days))
        before = found.at("in time", area.start.year - 1)
        advice = services.calibrated(before) if calibrated else services.as_stated()
    due, attended, said = reviews(area, need, days, reviews_a_year)
    tally = Tally(
        children, ends(children, advice.last, advice.writing, advice.consulted), days, draws, stands_for
    )
    data = tally.dataset(_content(area, need, disputes, days), due, attended, area.code)
    data = data.merge(services_dataset(advice)) if advice.factor else data
    how = "" if not shared else ", calibrated" if advice.factor else ", as the pack states them"
    notes = {
        "ehc": f"Shares and lateness published to {found.year}, moved from year to year as they have been; services "
        f"shared: {', '.join(shared) or 'none'}{how}. Outcomes of mediation and appeals are illustrative.",
        "ehc_notes": " ".join([*advice.notes, said]),
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
) -> tuple[Children, int]:
    """Return the requests behind the plans of all years, and how many each stands for."""
    draws = best.size
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
    return joined(parts), stands_for


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
        out[name] = streams.poisson(stock * rate[None, :] / WEEKS_A_YEAR, luck)
    return out
