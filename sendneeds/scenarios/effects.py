"""What each lever does to a service, week by week, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np

from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.scenarios.lever_context import Effect, RunContext
from sendneeds.scenarios.levers import (
    AgencyStaff,
    AutismPathway,
    EarlyLanguage,
    EmptyPosts,
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
    ReferralGrowth,
    RingFence,
    SkillMix,
    Triage,
)
from sendneeds.waits.allowances.entitlements import personal_budgets
from sendneeds.waits.places.project import PlaceChange
from sendneeds.waits.services.options import ServiceOption
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

YearlyCost = RingFence | MissedAppointments | Groups | Triage | AutismPathway | ReferralGrowth
"""Levers that may have a cost a year."""


OnPosts = FillVacancies | FundPosts
"""Levers that add posts, one after another: a later one of a scenario goes on where those before it end."""


def effect(lever: Lever, context: RunContext, earlier: Sequence[Lever] = ()) -> Effect:
    """Return what a lever adds and costs over the weeks of a run.

    Parameters
    ----------
    lever : Lever
    context : RunContext
    earlier : sequence of Lever
        Those before it in its scenario that add posts to the same service (`posts_before`).

    Returns
    -------
    Effect
    """
    if isinstance(lever, OnPosts):
        return _posts(lever, context, earlier)
    return _EFFECTS[type(lever)](lever, context)


def posts_before(number: int, levers: Sequence[Lever]) -> list[Lever]:
    """Return the levers in front of one that add posts to the same service; none for one that adds no posts."""
    lever = levers[number]
    if not isinstance(lever, OnPosts):
        return []
    return [one for one in levers[:number] if isinstance(one, OnPosts) and one.service == lever.service]


def opening_of(lever: NewPlaces) -> PlaceChange:
    """Return the places that a lever opens."""
    return PlaceChange(
        lever.setting,
        lever.january,
        lever.places,
        lever.fill_years,
        lever.need,
        lever.phase,
        lever.gbp_per_place,
    )


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


def _wte(levers: Sequence[Lever], context: RunContext) -> list[np.ndarray]:
    """Return the whole-time equivalents that each of some levers on one service's posts adds, (draw,).

    A vacancy is filled once: by the first of the levers in force at a time that asks for it.
    """
    out: list[np.ndarray] = []
    for number, lever in enumerate(levers):
        if isinstance(lever, FundPosts):
            out.append(np.full(context.draws, float(lever.wte)))
            continue
        assert isinstance(lever, FillVacancies)
        vacant = vacant_wte(context.parameters, lever.service, context.draws, context.seed)
        wte = vacant * lever.share
        if lever.posts is not None:
            wte = np.minimum(wte, float(lever.posts))
        filled = sum(
            (
                wte
                for one, wte in zip(levers[:number], out, strict=True)
                if isinstance(one, FillVacancies) and _together(one, lever)
            ),
            np.zeros(context.draws),
        )
        out.append(np.minimum(wte, np.maximum(vacant - filled, 0.0)))
    return out


def _together(one: FillVacancies, other: FillVacancies) -> bool:
    """Return whether two levers are in force at one time."""
    return (one.end is None or other.start <= one.end) and (other.end is None or one.start <= other.end)


def _posts(lever: OnPosts, context: RunContext, earlier: Sequence[Lever]) -> Effect:
    """Hire post by post: each has its own time to hire, and falls vacant again when its holder leaves."""
    hire, turnover = hiring(context.parameters, lever.service, context.draws, context.seed)
    last = lever.end
    *others, wte = _wte([*earlier, lever], context)
    item = "posts filled" if isinstance(lever, FillVacancies) else "posts added"
    ends = None if last is None else context.week_of(last) + 1
    posts = posts_of(wte, context.week_of(lever.start), ends, sum(others, np.zeros(context.draws)))
    run = len(context.days), context.draws, context.seed, (context.area.code, lever.service, "lever")
    working, paid = (
        staff_at_work(posts, *run, weeks_to_hire=hire, turnover=turnover, ramp_from=ramp)
        for ramp in (RAMP_FROM, 1.0)
    )
    price = context.figure(lever.service, "gbp_per_wte_year") / WEEKS_PER_YEAR
    return Effect(ServiceOption(extra_wte=working), paid, price, item, "recurrent")


def _empty_posts(lever: EmptyPosts, context: RunContext) -> Effect:
    """Have posts stand empty, at no price."""
    there = in_post_today(context.parameters, lever.service, context.draws, context.seed)
    gone = context.weekly(lever, np.minimum(there, float(lever.wte)))
    free = np.zeros(context.draws)
    return Effect(ServiceOption(extra_wte=-gone), np.zeros_like(gone), free, "posts left empty", "recurrent")


def _locum_posts(lever: LocumPosts, context: RunContext) -> Effect:
    """Have agency staff at work, and paid for, from the first day to the last."""
    wte = context.weekly(lever, float(lever.wte))
    price = context.interval(lever, "gbp_per_wte_year") / WEEKS_PER_YEAR
    return Effect(ServiceOption(extra_wte=wte), wte, price, "agency staff", "one_off")


def _beside_posts(lever: AgencyStaff | SkillMix, context: RunContext) -> Effect:
    """Have agency staff or assistants at work, and paid for, within the dates; each gives so much of a post."""
    wte = context.weekly(lever, float(lever.wte))
    pace = np.ones(context.draws) if lever.pace is None else context.interval(lever, "pace")
    price = context.interval(lever, "gbp_per_wte_year") / WEEKS_PER_YEAR
    item, how = ("agency staff", "one_off") if isinstance(lever, AgencyStaff) else ("assistants", "recurrent")
    return Effect(ServiceOption(extra_wte=wte * pace), wte, price, item, how)


def _referral_growth(lever: ReferralGrowth, context: RunContext) -> Effect:
    """Have referrals compound from the first day to the last, and stay where they are then."""
    week = np.arange(len(context.days))
    grown = week - context.week_of(lever.start)
    if lever.end is not None:
        grown = np.minimum(grown, context.week_of(lever.end) + 1 - context.week_of(lever.start))
    years = np.maximum(grown, 0)[:, None] / WEEKS_PER_YEAR
    option = ServiceOption(referrals=context.interval(lever, "yearly") ** years)
    return _yearly(lever, context, option, "growth of referrals")


def _early_language(lever: EarlyLanguage, context: RunContext) -> Effect:
    """Have referrals change after the delay of a draw, built up over the ramp, and go back as long after the end."""
    week = np.arange(len(context.days))[:, None]
    delay = np.round(context.interval(lever, "delay_years") * WEEKS_PER_YEAR)
    since = week - context.week_of(lever.start) - delay
    built = np.clip((since + 1) / max(lever.ramp_weeks or 1.0, 1.0), 0.0, 1.0)
    if lever.end is not None:
        built = np.where(week > context.week_of(lever.end) + delay, 0.0, built)
    option = ServiceOption(referrals=1.0 + built * (context.interval(lever, "ratio") - 1.0))
    last = len(week) if lever.end is None else context.week_of(lever.end)
    paid = (week >= context.first_week(lever.start, lever.end)) & (week <= last)
    price = context.interval(lever, "gbp_per_year") / WEEKS_PER_YEAR
    return Effect(option, paid * np.ones(context.draws), price, "early language support", "recurrent")


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
    EmptyPosts: _empty_posts,
    LocumPosts: _locum_posts,
    AgencyStaff: _beside_posts,
    SkillMix: _beside_posts,
    ReferralGrowth: _referral_growth,
    EarlyLanguage: _early_language,
    Initiative: _initiative,
    Outsource: _outsource,
    RingFence: _ring_fence,
    MissedAppointments: _missed,
    Groups: _groups,
    Triage: _triage,
    AutismPathway: _autism_pathway,
    NewPlaces: places_effect,
}
