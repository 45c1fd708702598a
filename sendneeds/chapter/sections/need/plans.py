"""EHC plans now and over the years, in the area and in England."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sendneeds.chapter.builder import ChapterBuilder, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import number

PLANS = "EHC plans that the council maintains, by residence, ages 0 to 25"
YEARS_BACK = 5
"""Years over which the change in plans is given, where there are as many."""
SIMILAR_GROWTH = 2.0
"""Points by which growth must differ from England's to be called faster or slower."""


@dataclass(frozen=True)
class PlanTrend:
    """Plans each January that is published.

    Parameters
    ----------
    area, england : dict of int to Indicator
        Plans, by year.
    base : int
        January from which the change is measured.
    growth, england_growth : Indicator
        Change from `base` to the last January, percent.
    """

    area: dict[int, Indicator]
    england: dict[int, Indicator]
    base: int
    growth: Indicator
    england_growth: Indicator

    @property
    def years(self) -> list[int]:
        """The Januaries with a count of the area's plans."""
        return sorted(self.area)

    @property
    def last(self) -> int:
        """The latest January."""
        return self.years[-1]

    @property
    def latest(self) -> Indicator:
        """Plans in the latest January."""
        return self.area[self.last]


def add_plan_trend(chapter: ChapterBuilder) -> PlanTrend:
    """Add plans by year, their change, and each as a percentage of the base year."""
    plans: dict[str, dict[int, Indicator]] = {}
    for slug, area in chapter.areas:
        totals = rows(area, "ehc_plans", need="all", age="all", placement="all").dropna(subset=["plans"])
        plans[slug] = {
            int(year): chapter.add_published(
                f"plans{slug}.{year}", f"EHC plans, {area.name}", count, "plans", january(year), "ehc_plans",
                area=area, definition=PLANS,
            )
            for year, count in zip(totals["census_january"], totals["plans"], strict=True)
        }  # fmt: skip
    own, national = plans.values()
    years = sorted(own)
    last, base = years[-1], max(years[0], years[-1] - YEARS_BACK)
    growth = [
        chapter.add_published(
            f"plans.growth{slug}", f"Change in EHC plans, {area.name}",
            100 * (plans[slug][last].number / plans[slug][base].number - 1), "percent",
            f"{january(base)} to {january(last)}", "ehc_plans", area=area,
        )
        for slug, area in chapter.areas
    ]  # fmt: skip
    trend = PlanTrend(own, national, base, *growth)
    _add_index(chapter, trend)
    return trend


def _add_index(chapter: ChapterBuilder, plans: PlanTrend) -> None:
    """Add plans as a percentage of the base year, with a table and a chart of both areas."""
    years, base, last = plans.years, plans.base, plans.last
    index = [
        {
            year: chapter.add_published(
                f"plans.index{slug}.{year}", f"EHC plans as a percentage of {base}, {area.name}",
                100 * counts[year].number / counts[base].number, "percent", january(year), "ehc_plans", area=area,
            )
            for year in years
        }
        for (slug, area), counts in zip(chapter.areas, (plans.area, plans.england), strict=True)
    ]  # fmt: skip
    name = chapter.area.name
    table = chapter.add_table(
        "plans_trend",
        f"EHC plans in {name} and England, and each as a percentage of January {base}",
        ["January", f"{name}, plans", "England, plans", f"{name}, % of {base}", f"England, % of {base}"],
        [(str(y), [plans.area[y], plans.england[y], index[0][y], index[1][y]]) for y in years],
    )
    own, national = plans.growth.number, plans.england_growth.number
    cut, caveats = chapter.breaks("ehc_plans", years[0], last)
    chapter.add_figure(
        "plans_trend",
        f"EHC plans in {name} {'rose' if own > 0 else 'fell'} by {number(abs(own), 'percent')} from "
        f"{base} to {last}, {_beside_england(own, national)} in England ({number(national, 'percent')})",
        f"Line chart of EHC plans each January from {years[0]} to {last} as a percentage of {base}: {name} "
        f"ends at {number(100 + own, 'percent')} and England at {number(100 + national, 'percent')}.",
        lambda: partial(
            charts.trend,
            [series(name, index[0]), series(chapter.england.name, index[1], dashed=True)],
            f"EHC plans as a percentage of January {base}",
            percent=True,
            fmt="{:.0f}%",
            breaks=cut,
        ),
        table,
        f"EHC plans, January {base} = 100%",
        caveats=caveats,
    )


def _beside_england(own: float, national: float) -> str:
    """Return how growth compares with England's, in words."""
    if own > national + SIMILAR_GROWTH:
        return "faster than"
    return "more slowly than" if own < national - SIMILAR_GROWTH else "about as fast as"
