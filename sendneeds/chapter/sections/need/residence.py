"""Plans against the children who live in the area, beside the published share of pupils."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder, stands_in
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import compared
from sendneeds.foundation.vocabulary import AGES
from sendneeds.kernel.streams import generator
from sendneeds.need.inputs.population import residents
from sendneeds.need.inputs.stock import total_plans
from sendneeds.need.prevalence import wilson


def fill(kit: ChapterBuilder) -> None:
    """Add plans per 1,000 residents: plans are counted where children live, pupils where they go to school."""
    kit.facts["oldest"] = AGES[-1]
    if stands_in(kit.area, "population"):  # scaled by plans: the rate would be England's by construction
        kit.book.missing(
            "plans_rate",
            "EHC plans for each 1,000 residents",
            "rate",
            "the last January",
            "a population.csv table with the area's own residents",
        )
        kit.facts["residence_word"] = "not compared with"
        return
    start = int(kit.result.need.data.attrs["start"])
    for slug, area in (("", kit.area), (".england", kit.england)):
        people = residents(area, start, start, generator(1, "nation", "population"), 64).central()[0].sum()
        plans = total_plans(area)[start]
        low, high = map(float, wilson(plans, people))
        kit.book.add(
            Indicator(
                f"plans_rate{slug}",
                f"EHC plans for each 1,000 residents aged 0 to 25, {area.name}",
                1000 * plans / people,
                "rate",
                f"January {start}",
                area.meta["ehc_plans"].source,
                "estimate",
                "Plans maintained by the area over its residents, aged on from the last estimate.",
                low=1000 * low,
                high=1000 * high,
                level=95,
            )
        )
    own, national = kit.book["plans_rate"], kit.book["plans_rate.england"]
    kit.facts["residence_word"] = compared(own, national)
