"""Projected plans and SEN support, by year and by primary need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, is_scaled, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.plans import PlanTrend
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import number
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need.projection import NeedProjection

PLANS, SUPPORT = "E", "K"
UNITS = {PLANS: "plans", SUPPORT: "children"}


@dataclass(frozen=True)
class Projection:
    """Plans and children at SEN support by year.

    Parameters
    ----------
    plans, support : dict of int to Indicator
        By year.
    plans_by_need, support_by_need : dict of str to dict of int to Indicator
        By need and year, in the years that tables show.
    more : Indicator
        Plans in the last scored year beyond those of the last January published.
    growth : Indicator
        The same as a percentage.
    pace, past_pace : Indicator
        The same a year, and that of the years before.
    """

    plans: dict[int, Indicator]
    support: dict[int, Indicator]
    plans_by_need: dict[str, dict[int, Indicator]]
    support_by_need: dict[str, dict[int, Indicator]]
    more: Indicator
    growth: Indicator
    pace: Indicator
    past_pace: Indicator


def add_projection(
    chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon, trend: PlanTrend
) -> Projection:
    """Add plans and SEN support by year and by primary need."""
    last, scored = trend.last, horizon.scored_to
    ahead = need.total(PLANS)
    plans = {
        year: chapter.add(_published_plans(trend))
        if year == last
        else chapter.add_drawn(
            f"proj.E.{year}", "EHC plans", ahead.sel(year=year).values, "plans", january(year), MODEL
        )
        for year in horizon.years
    }
    at_support = {year: need.total(SUPPORT).sel(year=year).values for year in horizon.years}
    # where it starts the draws differ by a rounding alone, which says nothing of how sure the share is
    at_support[horizon.start] = np.median(at_support[horizon.start], keepdims=True)
    support = {
        year: adding(chapter, SUPPORT)(
            f"proj.K.{year}", "Children at SEN support", draws, "children", january(year), MODEL
        )
        for year, draws in at_support.items()
    }
    now, then = trend.latest.number, ahead.sel(year=scored).values
    period = f"{january(last)} to {january(scored)}"
    more = chapter.add_drawn(
        "plans.more", f"More plans in {scored} than in {last}", then - now, "plans", period, MODEL
    )
    growth = chapter.add_drawn(
        "proj.E.growth", f"Growth in EHC plans, {last} to {scored}", 100 * (then / now - 1), "percent", period, MODEL
    )  # fmt: skip
    pace = chapter.add_drawn(
        "plans.pace.ahead", f"More plans a year, {last} to {scored}", (then - now) / max(1, scored - last), "plans",
        period, MODEL,
    )  # fmt: skip
    past_pace = chapter.add_published(
        "plans.pace.past", f"More plans a year, {trend.base} to {last}",
        (now - trend.area[trend.base].number) / max(1, last - trend.base), "plans",
        f"{january(trend.base)} to {january(last)}", "ehc_plans",
    )  # fmt: skip
    _add_figure(chapter, horizon, trend, plans, support)
    by_need = [_add_by_need(chapter, need, horizon, provision) for provision in (PLANS, SUPPORT)]
    return Projection(plans, support, by_need[0], by_need[1], more, growth, pace, past_pace)


def _published_plans(trend: PlanTrend) -> Indicator:
    """Return the latest published plans as the first figure of the projection."""
    known = trend.latest
    id = f"proj.E.{trend.last}"
    return Indicator(id, "EHC plans", known.number, "plans", known.period, known.source, known.basis)


def _add_figure(
    chapter: ChapterBuilder,
    horizon: Horizon,
    trend: PlanTrend,
    plans: dict[int, Indicator],
    support: dict[int, Indicator],
) -> None:
    """Add the table and the chart of plans: published, then projected."""
    last, scored, end = trend.last, horizon.scored_to, horizon.end
    past = {year: record for year, record in sorted(trend.area.items()) if year < horizon.start}
    lines: list[tuple[str, list[Cell]]] = [(str(year), [record, ""]) for year, record in past.items()]
    lines += [(horizon.label(year), [plans[year], support[year]]) for year in horizon.years]
    table = chapter.add_table(
        "plans_projected",
        f"EHC plans and SEN support in {chapter.area.name}: published, then projected",
        ["January", "EHC plans", "SEN support"],
        lines,
        note=f"{horizon.note} EHC plans to {last} are published counts; SEN support by residence is an estimate in "
        "every year.",
    )
    ahead, final = plans[scored], plans[end]
    chapter.add_figure(
        "plans_projected",
        f"EHC plans are projected to go from {number(trend.latest.number, '')} in {last} to about "
        f"{number(ahead.number, '')} in {scored}, and between {number(ahead.lower_end, '')} and "
        f"{number(ahead.upper_end, '')} with 80% probability",
        f"Line chart of EHC plans from {trend.years[0]} to {end}: published to {last}, then a fan "
        f"that widens to {number(final.lower_end, '')} to {number(final.upper_end, '')} in {end}. Years after "
        f"{scored} are hatched as a scenario range that has not been scored.",
        lambda: partial(
            charts.trend,
            [series("EHC plans", past | plans, band=True)],
            "EHC plans, each January",
            observed_to=last,
            scored_to=scored,
        ),
        table,
        "EHC plans",
    )


def adding(chapter: ChapterBuilder, provisions: str) -> Callable[..., Indicator]:
    """Return how children at some provisions are added: without an interval where England's share of SEN support stands
    in for the area's.
    """
    rough = SUPPORT in provisions and is_scaled(chapter.area, "sen_percent")
    return chapter.add_rough if rough else chapter.add_drawn


def need_name(provision: str, need: str) -> str:
    """Return the name of a need; at SEN support those that no source separates share one name."""
    return "Other needs, not told apart" if (provision, need) == (SUPPORT, "UNK") else NEEDS[need]


def _add_by_need(
    chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon, provision: str
) -> dict[str, dict[int, Indicator]]:
    """Add plans or SEN support by primary need in the years shown, for needs that anybody has."""
    title = "EHC plans" if provision == PLANS else "SEN support"
    data = need.by_need(provision)
    found: dict[str, dict[int, Indicator]] = {}
    for code in map(str, data["need"].values):
        children = data.sel(need=code)
        if code not in NEEDS or float(children.sum()) == 0:
            continue
        found[code] = {
            year: adding(chapter, provision)(
                f"proj.{provision}.{code}.{year}", f"{title}: {need_name(provision, code).lower()}",
                children.sel(year=year).values, UNITS[provision], january(year), MODEL,
            )
            for year in horizon.shown
        }  # fmt: skip
    chapter.add_table(
        "projected_plans_by_need" if provision == PLANS else "projected_support_by_need",
        f"{title} by primary need, projected, {chapter.area.name}",
        ["Primary need", *(horizon.label(year) for year in horizon.shown)],
        [(need_name(provision, code), list(by_year.values())) for code, by_year in found.items()],
        note=horizon.note
        + (
            " Only autism, SEMH and SLCN have a track record of their own; the ranges of the other needs "
            "are as wide as such needs have erred, unscored."
            if provision == PLANS
            else " No table of SEN support by need is published for one area with age: every figure is an estimate."
        ),
    )
    return found
