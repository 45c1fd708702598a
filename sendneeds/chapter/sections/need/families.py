"""One page a need: autism, SEMH, and speech, language and communication."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, figure_of, in_years, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.sections.need.by_need import AGE_GROUPS, NeedRates, PlansByNeed
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.projection import Projection
from sendneeds.chapter.words import show
from sendneeds.foundation.placements import SETTING_GROUPS, setting_group
from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need.projection import NeedProjection

FAMILIES = {"ASD": ("ASD_DX",), "SEMH": ("CAMHS",), "SLCN": ("SLT",)}
"""Primary need of each page, and the services whose lists belong on it."""
SHORT = {"ASD": "autism", "SEMH": "SEMH", "SLCN": "speech, language and communication needs"}


@dataclass(frozen=True)
class LargestAgeGroup:
    """The age group with the most plans for a need, and how many."""

    name: str
    plans: Indicator


@dataclass(frozen=True)
class NeedPage:
    """What the page of one need says.

    Parameters
    ----------
    has_rates : bool
        Whether there is a chart of pupils with a plan per 1,000 pupils.
    has_placements : bool
        Whether there is a table of plans by setting.
    largest : LargestAgeGroup or None
        None where any age group is not counted.
    services : tuple of str
        Services whose lists belong on the page.
    """

    has_rates: bool
    has_placements: bool
    largest: LargestAgeGroup | None
    services: tuple[str, ...]


def add_need_pages(
    chapter: ChapterBuilder,
    need: NeedProjection,
    horizon: Horizon,
    by_need: PlansByNeed,
    projection: Projection,
    last: int,
) -> dict[str, NeedPage]:
    """Add the records, tables and figures of the three pages; `last` is the latest January published."""
    pages = {}
    for code, services in FAMILIES.items():
        has_rates = code in by_need.rates and _add_rates(chapter, code, by_need.rates[code])
        has_placements = _add_placements(chapter, code, last)
        _add_new_plans(chapter, code, last - 1)
        pages[code] = NeedPage(has_rates, has_placements, _largest(by_need.by_age.get(code, [])), services)
        _add_projection(chapter, code, need, horizon, projection)
        if code not in by_need.plans:
            count = figure_of(
                chapter.area, "ehc_plans", "plans", census_january=last, need=code, age="all", placement="all"
            )
            chapter.add_published(
                f"plans.need.{code}", f"EHC plans, {NEEDS[code].lower()}", count, "plans", january(last), "ehc_plans"
            )  # fmt: skip
    return pages


def _add_rates(chapter: ChapterBuilder, need: str, rates: NeedRates) -> bool:
    """Add the trend of pupils with a plan per 1,000 pupils, if there are two years to compare."""
    years = [y for y in rates.area if rates.area[y].shown and y in rates.england and rates.england[y].shown]
    if len(years) < 2:
        return False
    area, england = ({y: found[y] for y in years} for found in (rates.area, rates.england))
    first, last = years[0], years[-1]
    own, national, then = area[last], england[last], area[first]
    table = chapter.add_table(
        f"rate_{need.lower()}",
        f"Pupils with an EHC plan and {NEEDS[need].lower()} as primary need, per 1,000 pupils",
        ["January", chapter.area.name, "England"],
        [(str(y), [area[y], england[y]]) for y in years],
        note="By school attended. The range under a figure is a 95% interval for chance variation.",
    )
    cut, caveats = chapter.breaks("sen_pupils", first, last)
    chapter.add_figure(
        f"rate_{need.lower()}",
        f"In {last}, {show(own)} of every 1,000 pupils had a plan for {SHORT[need]}, "
        f"{'up' if own.number > then.number else 'down'} from {show(then)} in {first}; "
        f"that is {rates.standing} England ({show(national)})",
        f"Line chart of pupils with a plan for {SHORT[need]} per 1,000 pupils, {first} to {last}. {chapter.area.name} "
        f"goes from {show(then)} to {show(own)}; England ends at {show(national)}.",
        lambda: charts.trend(
            [series(chapter.area.name, area, band=True), series("England", england, dashed=True)],
            "pupils with a plan per 1,000 pupils; the band is a 95% interval",
            fmt="{:.1f}",
            height=3.1,
            breaks=cut,
        ),
        table,
        "pupils with a plan per 1,000 pupils",
        caveats=caveats,
    )
    return True


def _add_placements(chapter: ChapterBuilder, need: str, last: int) -> bool:
    """Add plans for a need by setting, if the area has plans by placement."""
    known = rows(chapter.area, "ehc_plans", census_january=last, age="all")
    known = known[known["placement"] != "all"] if len(known) else known
    if not len(known):
        return False
    mine = known[known["need"] == need]
    plans = mine["plans"].groupby(mine["placement"].map(setting_group)).sum()
    total = float(plans.sum())
    lines = []
    for i, group in enumerate(SETTING_GROUPS):
        count = float(plans.get(group, 0.0))
        cells = [
            chapter.add_published(id, title, value, unit, january(last), "ehc_plans")
            for id, title, value, unit in (
                (f"placed.{need}.{i}", "EHC plans", count, "plans"),
                (
                    f"placed_share.{need}.{i}",
                    "Share of EHC plans",
                    100 * count / total if total else None,
                    "percent",
                ),
            )
            for title in (f"{title}, {NEEDS[need].lower()}: {group.lower()}",)
        ]
        lines.append((group, cells))
    chapter.add_table(
        f"placed_{need.lower()}",
        f"Where children with a plan for {NEEDS[need].lower()} are educated, January {last}",
        ["Setting", "Plans", "Share"],
        lines,
    )
    return True


def _add_new_plans(chapter: ChapterBuilder, need: str, year: int) -> None:
    """Add the new plans of a year: the published total, or the sum over ages where every age is known."""
    new = rows(chapter.area, "ehc_flow", calendar_year=year, stage="new_plans_by_cohort_age", need=need)
    total = new.loc[new["age"] == "all", "count"] if len(new) else new
    value = None
    if len(total) == 1:
        value = float(total.iloc[0])
    elif len(new) and not new["count"].isna().any():
        value = float(new["count"].sum())
    title = f"New EHC plans with {NEEDS[need].lower()} as primary need"
    chapter.add_published(f"new.{need}", title, value, "plans", calendar_year(year), "ehc_flow")


def _largest(cells: list[Indicator]) -> LargestAgeGroup | None:
    """Return the age group with the most plans; None where any is not known."""
    if not cells or not all(cell.shown for cell in cells):
        return None
    j = int(np.argmax([cell.number for cell in cells]))
    return LargestAgeGroup(list(AGE_GROUPS)[j], cells[j])


def _add_projection(
    chapter: ChapterBuilder, need: str, projected: NeedProjection, horizon: Horizon, projection: Projection
) -> None:
    """Add plans, SEN support and both together in the years shown."""
    children = projected.data["children"].sel(need=need, provision=["E", "K"]).sum(("age", "provision"))
    both = {
        year: chapter.add_drawn(
            f"proj.EK.{need}.{year}", f"Children and young people with {NEEDS[need].lower()} as primary need",
            children.sel(year=year).values, "children", january(year), MODEL,
        )
        for year in horizon.shown
    }  # fmt: skip
    plans = in_years(projection.plans_by_need.get(need, {}), horizon.shown)
    support = in_years(projection.support_by_need.get(need, {}), horizon.shown)
    chapter.add_table(
        f"ahead_{need.lower()}",
        f"{NEEDS[need]}: children and young people aged 0 to 25, projected",
        ["January", "With an EHC plan", "At SEN support", "Both"],
        [
            (horizon.label(year), [with_plan, at_support, both[year]])
            for year, with_plan, at_support in zip(horizon.shown, plans, support, strict=True)
        ],
        note=horizon.note,
    )
