"""What each lever does to a service, week by week, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.levers import (
    AutismPathway,
    ExpertsAtHand,
    FillVacancies,
    FundPosts,
    Groups,
    Initiative,
    Lever,
    LocumPosts,
    MissedAppointments,
    NewPlaces,
    Outsource,
    PersonalBudgets,
    RingFence,
    Triage,
)
from sendneeds.waits.allowances.entitlements import personal_budgets
from sendneeds.waits.places.project import PlaceChange
from sendneeds.waits.services.options import RuleChange, ServiceOption
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.workforce import (
    RAMP_FROM,
    has_staff,
    hiring,
    in_post_today,
    posts_of,
    staff_at_work,
    vacant_wte,
)

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area


YearlyCost = RingFence | MissedAppointments | Groups | Triage | AutismPathway
"""Levers that may have a cost a year."""


@dataclass(frozen=True)
class Effect:
    """What a lever does over the weeks of a run.

    Parameters
    ----------
    option : ServiceOption
        What it changes in the service.
    units : ndarray, shape (week, draw)
        Units paid for each week: whole-time equivalents in post, children, or weeks of a yearly cost.
    price : ndarray, shape (draw,)
        GBP a unit and week.
    item : str
    cost_type : {"recurrent", "one_off", "capital"}
    """

    option: ServiceOption
    units: np.ndarray
    price: np.ndarray
    item: str
    cost_type: str


@dataclass(frozen=True)
class LeverEffect:
    """An effect of a lever, of which it may have several.

    Parameters
    ----------
    scenario : str
    service : str
        The service on which it acts, ``PLACES`` for what is paid for places and budgets.
    lever : Lever
    effect : Effect
    """

    scenario: str
    service: str
    lever: Lever
    effect: Effect


@dataclass(frozen=True)
class RunContext:
    """What a lever needs to know of a run.

    Parameters
    ----------
    area : Area
    figures : Parameters or None
        None where the pack has no ``service_parameters.csv``.
    need : NeedProjection
        Of the baseline.
    days : ndarray of datetime64[D], shape (week,)
        Mondays of the run's weeks.
    """

    area: Area
    figures: Parameters | None
    need: NeedProjection
    days: np.ndarray

    @property
    def parameters(self) -> Parameters:
        """Figures of the pack; a lever on a service is pulled only where there are some."""
        assert self.figures is not None
        return self.figures

    @property
    def draws(self) -> int:
        """Draws of the run."""
        return self.need.data.sizes["draw"]

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.need.data.attrs["seed"])

    def week_of(self, day: date) -> int:
        """Return the week of the run in which a day lies (it may lie outside)."""
        return int((np.datetime64(day, "D") - self.days[0]).astype(int)) // 7

    def first_week(self, first: date, last: date | None) -> int:
        """Return the first week whose Monday lies within some dates (a year has 52), or that of the first of them."""
        week = self.week_of(first)
        monday = np.datetime64(first, "D") == self.days[0] + 7 * week
        if not monday and (last is None or self.week_of(last) > week):
            week += 1
        return week

    def strength(self, lever: Lever) -> np.ndarray:
        """Return how far a lever works each week, 0 to 1: within its dates, built up over its ramp; (week, 1)."""
        week, (first, last) = np.arange(len(self.days)), lever.dates
        ramp = getattr(lever, "ramp_weeks", None) or 0.0
        since = week - (0 if first is None else self.first_week(first, last))
        built = np.ones(len(week)) if ramp == 0 else np.clip((since + 1) / ramp, 0.0, 1.0)
        inside = (since >= 0) & (week <= (len(week) if last is None else self.week_of(last)))
        return np.where(inside, built, 0.0)[:, None]

    def rule(self, lever: Lever, **changed: Any) -> ServiceOption:
        """Return a change of rules within a lever's dates."""
        first, last = lever.dates
        start = 0 if first is None else max(self.week_of(first), 0)
        end = None if last is None else self.week_of(last) + 1
        return ServiceOption(rules=(RuleChange(start, end, **changed),))

    def weekly(self, lever: Lever, number: float | np.ndarray) -> np.ndarray:
        """Return a number, or one a draw, in the weeks in which a lever works; (week, draw)."""
        return self.strength(lever) * np.broadcast_to(np.asarray(number, dtype=float), (1, self.draws))

    def interval(self, lever: Lever, key: str) -> np.ndarray:
        """Return a figure of a lever drawn from its 80 % interval, (draw,); the same luck in every scenario."""
        low, central, high = getattr(lever, key)
        where = (self.area.code, lever.costed_as, lever.kind, key)
        return two_piece_lognormal(low, central, high, standard_normal(self.seed, where, self.draws))

    def figure(self, service: str, name: str) -> np.ndarray:
        """Return a figure of the pack, (draw,)."""
        return self.parameters.draw(service, name, self.draws, self.seed)


def effect(lever: Lever, context: RunContext) -> Effect:
    """Return what a lever adds and costs over the weeks of a run.

    Parameters
    ----------
    lever : Lever
    context : RunContext

    Returns
    -------
    Effect
    """
    return _EFFECTS[type(lever)](lever, context)


def opening_of(lever: NewPlaces) -> PlaceChange:
    """Return the places that a lever opens."""
    return PlaceChange(lever.setting, lever.january, lever.places, lever.fill_years)


def places_effect(lever: NewPlaces, context: RunContext) -> Effect:
    """Return what new places cost: their capital, evenly over the 52 weeks before the January in which they open."""
    opens = context.week_of(date(lever.january, 1, 15))
    week = np.arange(len(context.days))[:, None]
    units = ((week >= opens - 52) & (week < opens)) * np.full((1, context.draws), lever.places / 52)
    if lever.gbp_per_place is None:
        price = context.figure("PLACES", "gbp_capital_per_place_state_special")
    else:
        price = context.interval(lever, "gbp_per_place")
    return Effect(ServiceOption(), units, price, "new places", "capital")


def _fill_vacancies(lever: FillVacancies, context: RunContext) -> Effect:
    vacant = vacant_wte(context.parameters, lever.service, context.draws, context.seed) * lever.share
    if lever.posts is not None:
        vacant = np.minimum(vacant, float(lever.posts))
    return _posts(lever, context, vacant, "posts filled")


def _fund_posts(lever: FundPosts, context: RunContext) -> Effect:
    return _posts(lever, context, np.full(context.draws, float(lever.wte)), "posts added")


def _posts(lever: FillVacancies | FundPosts, context: RunContext, wte: np.ndarray, item: str) -> Effect:
    """Hire `wte` (draw,) post by post: each has its own time to hire, and falls vacant again when its holder leaves."""
    hire, turnover = hiring(context.parameters, lever.service, context.draws, context.seed)
    last = lever.end
    posts = posts_of(wte, context.week_of(lever.start), None if last is None else context.week_of(last) + 1)
    run = len(context.days), context.draws, context.seed, (context.area.code, lever.service, "lever")
    working, paid = (
        staff_at_work(posts, *run, weeks_to_hire=hire, turnover=turnover, ramp_from=ramp)
        for ramp in (RAMP_FROM, 1.0)
    )
    price = context.figure(lever.service, "gbp_per_wte_year") / WEEKS_PER_YEAR
    return Effect(ServiceOption(extra_wte=working), paid, price, item, "recurrent")


def _locum_posts(lever: LocumPosts, context: RunContext) -> Effect:
    """Have agency staff at work, and paid for, from the first day to the last."""
    wte = context.weekly(lever, float(lever.wte))
    price = context.interval(lever, "gbp_per_wte_year") / WEEKS_PER_YEAR
    return Effect(ServiceOption(extra_wte=wte), wte, price, "agency staff", "one_off")


def _initiative(lever: Initiative, context: RunContext) -> Effect:
    children = context.weekly(lever, float(lever.children_per_week))
    option = ServiceOption(initiative=children)
    return Effect(
        option,
        children,
        context.interval(lever, "gbp_per_child"),
        "first assessments besides",
        "one_off",
    )


def _outsource(lever: Outsource, context: RunContext) -> Effect:
    children = context.weekly(lever, float(lever.children_per_week))
    option = ServiceOption(outsourced=children, outsourced_return=float(lever.return_share))
    return Effect(
        option,
        children,
        context.interval(lever, "gbp_per_child"),
        "children of a second provider",
        "one_off",
    )


def _ring_fence(lever: RingFence, context: RunContext) -> Effect:
    return _yearly(lever, context, context.rule(lever, ring_fenced_share=float(lever.share)), "ring-fence")


def _missed(lever: MissedAppointments, context: RunContext) -> Effect:
    return _yearly(
        lever,
        context,
        context.rule(lever, missed=context.interval(lever, "ratio")),
        "fewer missed appointments",
    )


def _groups(lever: Groups, context: RunContext) -> Effect:
    share = np.minimum(context.interval(lever, "share"), 1.0)
    option = context.rule(lever, group_share=share, group_size=int(lever.size))
    return _yearly(lever, context, option, "sessions in groups")


def _triage(lever: Triage, context: RunContext) -> Effect:
    share = context.weekly(lever, np.minimum(context.interval(lever, "share"), 1.0))
    again = 0.0 if lever.rereferred is None else np.minimum(context.interval(lever, "rereferred"), 1.0)
    return _yearly(lever, context, ServiceOption(diverted=share, rereferred=again), "triage and advice line")


def _autism_pathway(lever: AutismPathway, context: RunContext) -> Effect:
    return _yearly(lever, context, context.rule(lever, pathway=lever.pathway), "autism pathway")


def budget_effects(lever: PersonalBudgets, context: RunContext) -> list[tuple[str, Effect]]:
    """Return what budgets for a share of children with a plan cost, and the slots that come free in each service.

    Parameters
    ----------
    lever : Lever
    context : RunContext

    Returns
    -------
    list of (service, Effect)
        ``PLACES`` in front, which carries the cost, gross; then each simulated service whose sessions budgets buy.
    """
    area, uptake = context.area, float(lever.uptake)
    now, then = (personal_budgets(area, context.need, share) for share in (None, uptake))
    years = context.need.data["year"].values
    year = np.clip(context.days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
    more = (then.data["children"].astype(int) - now.data["children"]).transpose("year", "draw").values[year]
    strength = context.strength(lever)
    price = context.figure("PLACES", "gbp_per_personal_budget") / WEEKS_PER_YEAR
    paid = Effect(
        ServiceOption(), np.maximum(more, 0) * strength, price, "personal budgets, gross", "recurrent"
    )
    out = [("PLACES", paid)]
    bought = now.data["service"].values.tolist() if "sessions_replaced" in now.data else []
    for service in services_of(context.parameters):
        if service not in bought:
            continue
        freed = then.sessions_a_week(service, context.days) - now.sessions_a_week(service, context.days)
        option = ServiceOption(extra_slots=np.maximum(freed, 0.0) * strength)
        out.append((service, Effect(option, np.zeros_like(freed), price, "sessions freed", "recurrent")))
    return out


def expert_effects(lever: ExpertsAtHand, context: RunContext) -> list[tuple[str, Effect]]:
    """Return what experts for mainstream schools cost, and the posts that they leave in each service.

    Parameters
    ----------
    lever : ExpertsAtHand
    context : RunContext

    Returns
    -------
    list of (service, Effect)
        ``PLACES`` in front, which carries the cost; then each simulated service from which some are hired and whose
        staff are known: no more leave it than are in post.
    """
    working = context.weekly(lever, float(lever.wte))
    price = context.interval(lever, "gbp_per_wte_year") / WEEKS_PER_YEAR
    out = [("PLACES", Effect(ServiceOption(), working, price, "experts for mainstream schools", "recurrent"))]
    if context.figures is None:
        return out
    left = np.minimum(context.interval(lever, "own_posts_share"), 1.0)
    for service in services_of(context.figures):
        share = lever.professions.get(service, 0.0)
        if not share or not has_staff(context.figures, service):
            continue
        there = in_post_today(context.figures, service, context.draws, context.seed)
        gone = np.minimum(left * share * float(lever.wte), there)
        option = ServiceOption(extra_wte=-context.weekly(lever, gone))
        out.append(
            (service, Effect(option, np.zeros_like(working), price, "posts left for experts", "recurrent"))
        )
    return out


def _yearly(
    lever: YearlyCost,
    context: RunContext,
    option: ServiceOption,
    item: str,
) -> Effect:
    """Return an effect with the lever's yearly cost, where it has one."""
    weeks = context.weekly(lever, 1.0 if lever.gbp_per_year else 0.0)
    price = context.interval(lever, "gbp_per_year") if weeks.any() else np.zeros(context.draws)
    return Effect(option, weeks, price / WEEKS_PER_YEAR, item, "recurrent")


_EFFECTS: dict[type[Lever], Callable[[Any, RunContext], Effect]] = {
    FillVacancies: _fill_vacancies,
    FundPosts: _fund_posts,
    LocumPosts: _locum_posts,
    Initiative: _initiative,
    Outsource: _outsource,
    RingFence: _ring_fence,
    MissedAppointments: _missed,
    Groups: _groups,
    Triage: _triage,
    AutismPathway: _autism_pathway,
    NewPlaces: places_effect,
}
