"""One page a family of need: how many, where they are educated, and what is projected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, in_years, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.sections.need.by_need import AGE_GROUPS, NeedRates, PlansByNeed, add_rates
from sendneeds.chapter.sections.need.expected import ExpectedPlans
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.projection import Projection, adding
from sendneeds.chapter.words import show
from sendneeds.foundation.placements import SETTING_GROUPS, setting_group
from sendneeds.need.projection import NeedProjection


@dataclass(frozen=True)
class Family:
    """Needs that share a page.

    Parameters
    ----------
    title, short : str
        As a heading, and within a sentence.
    needs : tuple of str
        Primary needs.
    services : tuple of str
        Services whose lists belong on the page.
    """

    title: str
    short: str
    needs: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def key(self) -> str:
        """What ids of its records end with: the need itself, or the first of several with a plus."""
        return self.needs[0] if len(self.needs) == 1 else f"{self.needs[0]}+"


FAMILIES = {
    "asd": Family("Autism", "autism", ("ASD",), ("ASD_DX",)),
    "semh": Family("Social, emotional and mental health", "SEMH", ("SEMH",), ("CAMHS",)),
    "slcn": Family(
        "Speech, language and communication", "speech, language and communication needs", ("SLCN",), ("SLT",)
    ),
    "physical": Family(
        "Physical and sensory needs", "physical and sensory needs", ("PD", "HI", "VI", "MSI"), ("PT", "OT")
    ),
    "learning": Family("Learning difficulty", "learning difficulty", ("MLD", "SLD", "PMLD", "SPLD"), ("EP",)),
}
"""Families of need by id, in the order of the chapter."""


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
    family : Family
    plans, share, new : Indicator
        Plans, their share of all plans, and new plans of the latest year.
    has_rates : bool
        Whether there is a chart of pupils with a plan per 1,000 pupils.
    has_placements : bool
        Whether there is a table of plans by setting.
    largest : LargestAgeGroup or None
        None where any age group is not counted.
    now, then : Indicator
        Children with the need, with a plan or at SEN support, in the first January and in the last scored one.
    expected, identified : Indicator or None
        Plans at England's rates by age, and those identified as a percentage; None for several needs together.
    narrow : Indicator or None
        Share of outcomes that the intervals of its forecasts have held, where it is too small.
    rates : NeedRates or None
    plans_only : bool
        Whether the projection holds no child at SEN support with the need: no source separates them.
    """

    family: Family
    plans: Indicator
    share: Indicator
    new: Indicator
    has_rates: bool
    has_placements: bool
    largest: LargestAgeGroup | None
    now: Indicator
    then: Indicator
    expected: Indicator | None
    identified: Indicator | None
    narrow: Indicator | None
    rates: NeedRates | None
    plans_only: bool

    @property
    def rate(self) -> Indicator | None:
        """The latest rate of pupils with a plan."""
        return None if self.rates is None else list(self.rates.area.values())[-1]

    @property
    def services(self) -> tuple[str, ...]:
        """Services whose lists belong on the page."""
        return self.family.services


def add_need_pages(
    chapter: ChapterBuilder,
    need: NeedProjection,
    horizon: Horizon,
    by_need: PlansByNeed,
    projection: Projection,
    expected: ExpectedPlans,
    narrow: Mapping[str, Indicator],
    last: int,
) -> dict[str, NeedPage]:
    """Add the records, tables and figures of every page.

    `narrow` is the share of outcomes that intervals have held, by need, and `last` the latest January published.
    """
    pages = {}
    for id, family in FAMILIES.items():
        rates = family_rates(chapter, family, by_need, last)
        has_rates = rates is not None and _add_rates(chapter, id, family, rates)
        plans, share = _add_plans(chapter, family, by_need, last)
        ages = [by_need.by_age.get(code, []) for code in family.needs if by_need.by_age.get(code)]
        now, then = _add_projection(chapter, id, family, need, horizon, projection)
        single = family.needs[0] if len(family.needs) == 1 else ""
        pages[id] = NeedPage(
            family,
            plans,
            share,
            _add_new_plans(chapter, family, last - 1),
            has_rates,
            _add_placements(chapter, id, family, last),
            _largest(ages[0]) if len(family.needs) == 1 and ages else None,
            now,
            then,
            expected.plans.get(single),
            expected.identified.get(single),
            narrow.get(single),
            rates,
            not int(need.data["children"].sel(provision="K", need=list(family.needs)).sum()),
        )
    return pages


def _add_plans(
    chapter: ChapterBuilder, family: Family, by_need: PlansByNeed, last: int
) -> tuple[Indicator, Indicator]:
    """Return plans of a family and their share of all plans: those of its one need, or the sum of several."""
    known = [by_need.plans[code] for code in family.needs if code in by_need.plans]
    shares = [by_need.share[code] for code in family.needs if code in by_need.plans]
    if len(family.needs) == 1 and known:
        return known[0], shares[0]
    whole = len(known) == len(family.needs) and all(record.shown for record in known)
    title = f"EHC plans, {family.short}"
    plans = chapter.add_published(
        f"plans.need.{family.key}", title, sum(r.number for r in known) if whole else None, "plans", january(last),
        "ehc_plans",
    )  # fmt: skip
    share = chapter.add_published(
        f"plans.need_share.{family.key}", f"Share of {title}", sum(r.number for r in shares) if whole else None,
        "percent", january(last), "ehc_plans",
    )  # fmt: skip
    return plans, share


def family_rates(
    chapter: ChapterBuilder, family: Family, by_need: PlansByNeed, last: int
) -> NeedRates | None:
    """Return pupils with a plan per 1,000 pupils by year: those of one need, or of several together."""
    if len(family.needs) == 1:
        return by_need.rates.get(family.needs[0])
    if not all(code in by_need.rates for code in family.needs):
        return None
    return add_rates(chapter, family.needs, family.key, family.short, last)


def _add_rates(chapter: ChapterBuilder, id: str, family: Family, rates: NeedRates) -> bool:
    """Add the trend of pupils with a plan per 1,000 pupils, if there are two years to compare."""
    years = [y for y in rates.area if rates.area[y].shown and y in rates.england and rates.england[y].shown]
    if len(years) < 2:
        return False
    area, england = ({y: found[y] for y in years} for found in (rates.area, rates.england))
    first, last = years[0], years[-1]
    own, national, then = area[last], england[last], area[first]
    table = chapter.add_table(
        f"rate_{id}",
        f"Pupils with an EHC plan and {family.short} as primary need, per 1,000 pupils",
        ["January", chapter.area.name, "England"],
        [(str(y), [area[y], england[y]]) for y in years],
        note="By school attended. The range under a figure is a 95% interval for chance variation.",
    )
    cut, caveats = chapter.breaks("sen_pupils", first, last)
    chapter.add_figure(
        f"rate_{id}",
        f"In {last}, {show(own)} of every 1,000 pupils had a plan for {family.short}, "
        f"{'up' if own.number > then.number else 'down'} from {show(then)} in {first}; "
        f"that is {rates.standing} England ({show(national)})",
        f"Line chart of pupils with a plan for {family.short} per 1,000 pupils, {first} to {last}. {chapter.area.name} "
        f"goes from {show(then)} to {show(own)}; England ends at {show(national)}.",
        lambda: partial(
            charts.trend,
            [series(chapter.area.name, area, band=True), series("England", england, dashed=True)],
            "pupils with a plan per 1,000 pupils; the band is a 95% interval",
            fmt="{:.1f}",
            height=2.5,
            breaks=cut,
        ),
        table,
        "pupils with a plan per 1,000 pupils",
        caveats=caveats,
    )
    return True


def _add_placements(chapter: ChapterBuilder, id: str, family: Family, last: int) -> bool:
    """Add plans of a family by where children are educated, if the area has plans by placement."""
    known = rows(chapter.area, "ehc_plans", census_january=last, age="all")
    known = known[known["placement"] != "all"] if len(known) else known
    if not len(known):
        return False
    mine = known[known["need"].isin(family.needs)]
    if mine["plans"].isna().any():
        return False  # a sum of what is shown would not be the plans of a group
    plans = mine["plans"].groupby(mine["placement"].map(setting_group)).sum()
    total = float(plans.sum())
    lines = []
    for i, group in enumerate(SETTING_GROUPS):
        count = float(plans.get(group, 0.0))
        if not count:
            continue  # a row that nobody is in says something only where a reader looks for it
        cells = [
            chapter.add_published(name, title, value, unit, january(last), "ehc_plans")
            for name, title, value, unit in (
                (f"placed.{family.key}.{i}", "EHC plans", count, "plans"),
                (f"placed_share.{family.key}.{i}", "Share of EHC plans", 100 * count / total, "percent"),
            )
            for title in (f"{title}, {family.short}: {group.lower()}",)
        ]
        lines.append((group, cells))
    if not lines:
        return False
    chapter.add_table(
        f"placed_{id}",
        f"Where children with a plan for {family.short} are educated, January {last}",
        ["Setting", "Plans", "Share"],
        lines,
    )
    return True


def _add_new_plans(chapter: ChapterBuilder, family: Family, year: int) -> Indicator:
    """Add the new plans of a year: the published totals, or the sums over ages where every age is known."""
    found = []
    for need in family.needs:
        new = rows(chapter.area, "ehc_flow", calendar_year=year, stage="new_plans_by_cohort_age", need=need)
        total = new.loc[new["age"] == "all", "count"] if len(new) else new
        if len(total) == 1 and not total.isna().any():
            found.append(float(total.iloc[0]))
        elif len(new) and not new["count"].isna().any():
            found.append(float(new["count"].sum()))
    title = f"New EHC plans for {family.short}"
    value = sum(found) if len(found) == len(family.needs) else None
    return chapter.add_published(f"new.{family.key}", title, value, "plans", calendar_year(year), "ehc_flow")


def _largest(cells: list[Indicator]) -> LargestAgeGroup | None:
    """Return the age group with the most plans; None where any is not known."""
    if not cells or not all(cell.shown for cell in cells):
        return None
    j = int(np.argmax([cell.number for cell in cells]))
    return LargestAgeGroup(list(AGE_GROUPS)[j], cells[j])


def _add_projection(
    chapter: ChapterBuilder,
    id: str,
    family: Family,
    projected: NeedProjection,
    horizon: Horizon,
    projection: Projection,
) -> tuple[Indicator, Indicator]:
    """Add plans, SEN support and both together in the years shown; return both in the first and last scored year."""
    children = projected.data["children"].sel(need=list(family.needs)).sum(("age", "need"))
    titles = {
        "E": (f"EHC plans, {family.short}", "plans"),
        "K": (f"SEN support, {family.short}", "children"),
        "EK": (f"Children and young people with {family.short} as primary need", "children"),
    }
    found: dict[str, dict[int, Indicator]] = {}
    for provision, (title, unit) in titles.items():
        single = {"E": projection.plans_by_need, "K": projection.support_by_need}.get(provision, {})
        if len(family.needs) == 1 and family.needs[0] in single:
            found[provision] = single[family.needs[0]]
            continue
        draws = children.sel(provision=list(provision)).sum("provision")
        found[provision] = {
            year: adding(chapter, provision)(
                f"proj.{provision}.{family.key}.{year}",
                title,
                draws.sel(year=year).values,
                unit,
                january(year),
                MODEL,
            )
            for year in horizon.shown
        }
    if len(family.needs) == 1:
        chapter.add_table(
            f"ahead_{id}",
            f"{family.title}: children and young people aged 0 to 25, projected",
            ["January", "With an EHC plan", "At SEN support", "Both"],
            [
                (
                    horizon.label(year),
                    in_years({i: found[p][year] for i, p in enumerate(titles)}, range(len(titles))),
                )
                for year in horizon.shown
            ],
            note=horizon.note,
        )
    return found["EK"][horizon.start], found["EK"][horizon.scored_to]
