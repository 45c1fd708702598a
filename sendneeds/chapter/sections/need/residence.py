"""Plans against the children who live in the area, beside the published share of pupils."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.chapter.builder import ChapterBuilder, is_scaled
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import Standing, compared
from sendneeds.kernel.streams import generator
from sendneeds.need.inputs.population import residents
from sendneeds.need.inputs.stock import total_plans
from sendneeds.need.prevalence import wilson
from sendneeds.need.projection import NeedProjection

POPULATION_DRAWS = 64


@dataclass(frozen=True)
class PlansByResidence:
    """Plans per 1,000 residents.

    Parameters
    ----------
    rate : Indicator
        Missing where residents are England's, scaled.
    standing : Standing
    """

    rate: Indicator
    standing: Standing


def add_plans_by_residence(chapter: ChapterBuilder, need: NeedProjection) -> PlansByResidence:
    """Add plans per 1,000 residents: plans are counted where children live, pupils where they go to school."""
    if is_scaled(chapter.area, "population"):  # the rate would be as far out as they are
        rate = chapter.add_missing(
            "plans_rate", "EHC plans for each 1,000 residents", "rate", "the last January",
            "a population.csv table with the area's own residents",
        )  # fmt: skip
        return PlansByResidence(rate, Standing.NOT_COMPARED)
    start = int(need.data.attrs["start"])
    found = []
    for slug, area in chapter.areas:
        draws = generator(1, "nation", "population")
        people = residents(area, start, start, draws, POPULATION_DRAWS).central()[0].sum()
        plans = total_plans(area)[start]
        low, high = map(float, wilson(plans, people))
        found.append(
            chapter.add(
                Indicator(
                    f"plans_rate{slug}",
                    f"EHC plans for each 1,000 residents aged 0 to 25, {area.name}",
                    1000 * plans / people,
                    "rate",
                    str(january(start)),
                    area.meta["ehc_plans"].source,
                    "estimate",
                    "Plans maintained by the area over its residents, aged on from the last estimate.",
                    low=1000 * low,
                    high=1000 * high,
                    level=95,
                )
            )
        )
    return PlansByResidence(found[0], compared(found[0], found[1]))
