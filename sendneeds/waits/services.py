"""Services with stages: firsts, follow-ups and statutory advice that share slots, week by week over draws."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.parameters import Parameters
from sendneeds.demand.referrals import DISPERSION, WEEKS_A_YEAR, referrals
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.kernel.service import serve
from sendneeds.kernel.service_luck import Luck
from sendneeds.kernel.service_path import ServicePath
from sendneeds.kernel.slots import whole
from sendneeds.kernel.streams import negative_binomial, poisson, uniforms
from sendneeds.waits.opening import opening_list
from sendneeds.waits.service_figures import Figures, figures
from sendneeds.waits.service_result import ServiceResult, dataset
from sendneeds.waits.simulate import weeks_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

Load = Literal["steady", "none"] | int


class NoFollowUpLoadWarning(UserWarning):
    """A service is begun as if no child were in it: its follow-ups, and so its waits, are too low for months."""


@dataclass(frozen=True)
class ServiceOption:
    """What an option changes in a service.

    Parameters
    ----------
    extra_wte : ndarray, shape (week, draw), or float
        Staff at work beyond those in post, ramped up where they are new (`staff.staff_at_work`).
    wte : ndarray, shape (week, draw), optional
        Staff at work, in place of those the pack states.
    first_slots : ndarray, shape (week,) or (week, draw), optional
        Slots besides for first assessments alone: an initiative.
    outsourced : ndarray of int, shape (week,) or (week, draw), optional
        Children a second provider can assess a week, on its own slots; they come back here for their package.
    missed_share : float, optional
        Share of appointments missed.
    fence : float
        Share of the slots left by advice that is kept for first assessments: 0 puts follow-ups first, 1 firsts first.
    """

    extra_wte: np.ndarray | float = 0.0
    wte: np.ndarray | None = None
    first_slots: np.ndarray | None = None
    outsourced: np.ndarray | None = None
    missed_share: float | None = None
    fence: float = 0.0


def staged_services(area: Area) -> list[str]:
    """Return the services of an area whose stages can be simulated.

    Parameters
    ----------
    area : Area

    Returns
    -------
    list of str
    """
    known = Parameters(area)
    able = [
        *known.services(["in_post_wte", "slots_per_wte_week", "first_slots", "referrals_accepted_per_week"]),
        *known.services(["hours_per_assessment", "assessments_per_week", "referrals_accepted_per_week"]),
        *known.services(["in_post_wte", "reports_per_wte_week", "advice_requests_per_week"]),
    ]
    return list(dict.fromkeys(able))


def simulate_services(
    area: Area,
    need: NeedProjection,
    services: list[str] | None = None,
    *,
    until: date | None = None,
    options: Mapping[str, ServiceOption] | None = None,
    follow_up_load: Load = "steady",
    pathway: str = "diagnosis_first",
    age_limit: int = 18,
    advice: Mapping[str, np.ndarray] | None = None,
    advice_opening: Mapping[str, np.ndarray] | None = None,
) -> ServiceResult:
    """Simulate services with stages that share slots.

    Each week, in order: leavers; joiners; statutory advice; follow-ups falling due; first assessments; packages. The
    draws of an option are those of the services without it.

    Parameters
    ----------
    area : Area
        With ``service_parameters``.
    need : NeedProjection
        Moves referrals and requests for advice; its seed and draws are used.
    services : list of str, optional
        All with enough figures (`staged_services`) when left out.
    until : date, optional
        Last week wanted; the end of the projection's scored years when left out.
    options : mapping of service to ServiceOption, optional
    follow_up_load : {"steady", "none"} or int
        Children in the service at the start. ``steady``: as many as its slots have been taking on, week in, week out; a
        number: as many as a run of that many weeks beforehand leaves; ``none``: nobody, with a warning.
    pathway : {"diagnosis_first", "needs_first"}
        Shape of the autism pathway.
    age_limit : int
        Age, 1 to 25, at which a child leaves the list. Those waiting are taken to be as old as the children under it
        with identified needs, of whom so many a year reach it.
    advice : mapping of service to ndarray of int, shape (week, draw), optional
        Requests for statutory advice, in place of those drawn about the pack's figure; the EHC clock gives them.
    advice_opening : mapping of service to ndarray of int, shape (weeks waited, draw), optional
        Requests in hand at the start by whole weeks waited.

    Returns
    -------
    ServiceResult

    Raises
    ------
    MissingDataError
        If the area has no service with enough figures.
    UnknownNameError
        If a service asked for, or changed, is not among those.
    DomainError
        If a figure lies outside its domain, or `until` outside the projection.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = simulate_services(bedford, sn.project(bedford, to=2027, draws=20), ["SLT"])
    >>> int(found.data["overdue_sessions"].min()) >= 0
    True
    """
    known = staged_services(area)
    if not known:
        raise MissingDataError(
            f"{area.name}: no service in service_parameters.csv has staff, slots and the slots of a first assessment. "
            "Add in_post_wte, slots_per_wte_week, first_slots and referrals_accepted_per_week for at least one."
        )
    names, options = services if services is not None else known, options or {}
    for name in [*names, *options]:
        if name not in known:
            raise unknown("service with stages", name, known)
    if isinstance(follow_up_load, int) and follow_up_load < 1:
        raise DomainError(f"follow_up_load={follow_up_load}: a warm-up takes 1 week or more.")
    if follow_up_load == "none":
        warnings.warn(
            "follow_up_load='none': the services begin with no child in follow-up, so their waits are too low for as "
            "long as a package lasts. Give 'steady' or a number of weeks of warm-up.",
            NoFollowUpLoadWarning,
            stacklevel=2,
        )
    draws, seed, days = need.data.sizes["draw"], int(need.data.attrs["seed"]), weeks_of(area, need, until)
    if not 1 <= age_limit <= 25:
        raise DomainError(f"age_limit={age_limit}: an age from 1 to 25.")
    parameters, age_out = Parameters(area), _reach_limit(need, age_limit)
    seen_first = [name for name in names if parameters.has(name, "referrals_accepted_per_week")]
    came = (
        referrals(area, need, seen_first, area.start, len(days), seed).data["expected"]
        if seen_first
        else None
    )
    growth = plans_growth(need, days)
    paths: dict[str, tuple[ServicePath, Figures, np.ndarray]] = {}
    notes: list[str] = []
    for name in names:
        option = options.get(name, ServiceOption())
        found = figures(
            parameters,
            name,
            days,
            draws,
            seed,
            extra_wte=option.extra_wte,
            wte=option.wte,
            missed=option.missed_share,
            fence=option.fence,
            shape=pathway,
            age_out=age_out,
        )
        accepted = np.zeros((len(days), draws))
        opening = np.zeros((0, draws), np.int32)
        if name in seen_first and came is not None:
            accepted = came.sel(service=name).values.astype(float)
            opening, basis, how = opening_list(area, name, parameters, draws, seed)
            notes.append(f"{name}: opening list ({basis}), {how}.")
        key = (area.code, name)
        received = accepted / np.maximum(found.rules.accepted, 1e-9)
        luck = uniforms(seed, (*key, "received"), len(days), draws)
        wanted = growth * found.advice[None, :]
        if advice is not None and name in advice:
            asked, wanted = advice[name], np.asarray(advice[name], dtype=float)
        else:
            asked = poisson(wanted, uniforms(seed, (*key, "advice"), len(days), draws))
        due, overdue = _in_care(follow_up_load, found, received, asked, opening, seed, key)
        slots = found.slots - np.minimum(found.slots, _reviews(parameters, name, need, days, found.units))
        path = serve(
            found.rules,
            negative_binomial(received, DISPERSION, luck),
            slots,
            Luck(seed, key, draws),
            [opening],
            advice=asked,
            advice_opening=None if advice_opening is None else advice_opening.get(name),
            due=due,
            overdue=overdue,
            first_only=_weekly(option.first_slots, found.units, len(days)),
            outsourced=_weekly(option.outsourced, 1, len(days)),
        )
        expected = accepted * found.work + wanted * found.rules.advice_units
        expected = expected / np.maximum(1.0 - np.asarray(found.rules.missed), 1e-9)
        paths[name] = (path, replace(found, slots=slots), expected)
        notes += [*found.notes, f"{name}: children in the service at the start: {follow_up_load}."]
    data = dataset(area, paths, days, seed)
    return ServiceResult(data, {**need.provenance, "services": notes}, parameters.table(), area.name)


def plans_growth(need: NeedProjection, days: np.ndarray) -> np.ndarray:
    """Return new plans of each week's calendar year over the central figure of the first year, (week, draw)."""
    new = (
        need.data["new_plans"]
        .sum(("plan_need", "age"))
        .transpose("calendar_year", "draw")
        .values.astype(float)
    )
    years = need.data["calendar_year"].values
    at = np.clip(days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
    return new[at] / max(float(np.median(new[0])), 1.0)


def _reviews(
    parameters: Parameters, service: str, need: NeedProjection, days: np.ndarray, units: int
) -> np.ndarray:
    """Return the units of slots that annual reviews of plans take a week, (week, draw); 0 where no figure says."""
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    if not parameters.has(service, "annual_review_share"):
        return np.zeros((len(days), draws), np.int32)
    share = parameters.draw(service, "annual_review_share", draws, seed)
    each = parameters.draw(service, "annual_review_reports", draws, seed) * units
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw").values
    year = days.astype("datetime64[Y]").astype(int) + 1970 - int(need.data["year"].values[0])
    # reviews are held in term, so that a year of 39 weeks holds them all
    held = in_term(days)[:, None] * (365.25 / 7 / 39)
    return whole(plans[np.clip(year, 0, len(plans) - 1)] * (share * each / WEEKS_A_YEAR)[None, :] * held)


def _reach_limit(need: NeedProjection, limit: int) -> np.ndarray:
    """Return the chance a week that a child under an age limit with identified needs reaches it, (draw,)."""
    children = need.data["children"].sel(provision=["K", "E"]).isel(year=0)
    by_age = children.sum(("provision", "need")).transpose("age", "draw").values
    return by_age[limit - 1] / np.maximum(by_age[:limit].sum(axis=0), 1) / WEEKS_A_YEAR


def _weekly(slots: np.ndarray | None, units: int, weeks: int) -> np.ndarray | None:
    if slots is None:
        return None
    array = np.asarray(slots, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if len(array) != weeks:
        raise DomainError(f"slots for {len(array)} weeks where the services run for {weeks}.")
    return whole(array * units)


def _in_care(
    load: Load,
    found: Figures,
    received: np.ndarray,
    asked: np.ndarray,
    opening: np.ndarray,
    seed: int,
    key: tuple[str, ...],
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return sessions that fall due for children in the service at the start, and those overdue."""
    rules, draws = found.rules, found.slots.shape[1]
    if load == "none" or not rules.packages:
        return None, None
    if isinstance(load, int):
        weeks = np.arange(load) % len(received)
        luck = Luck(seed, (*key, "warm-up"), draws)
        came = poisson(received[weeks], uniforms(seed, (*key, "warm-up", "received"), load, draws))
        ran = serve(rules, came, found.slots[weeks], luck, [opening], advice=asked[weeks])
        return ran.due, ran.overdue_by_week
    attended = found.slots[:52].mean(axis=0) * (1.0 - np.asarray(rules.missed))
    room = np.maximum(attended - found.advice * rules.advice_units, 0.0) / found.work
    taken_on = np.minimum(room, (received * rules.accepted)[:52].mean(axis=0))
    ahead = max(max(package.spacing, package.weeks_to_first) for package in rules.packages)
    rows = []
    for package in rules.packages:
        each = np.broadcast_to(taken_on * package.share, (ahead, draws))
        for session in range(package.sessions):
            within = package.spacing if session else package.weeks_to_first
            rows.append(each * (np.arange(ahead) < within)[:, None])
    exact = np.stack(rows, axis=1).reshape(ahead, -1)
    return whole(exact).reshape(ahead, len(rows), draws), None
