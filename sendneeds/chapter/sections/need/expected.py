"""Plans expected at England's rates by age against those identified, need by need."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder, stands_in
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import against
from sendneeds.need.prevalence import prevalence


def fill(kit: ChapterBuilder) -> None:
    """Add, for every need, the plans expected and those identified as a percentage of them."""
    when = f"January {int(kit.result.need.data.attrs['start'])}"
    source = kit.area.meta["ehc_plans"].source
    how = "England's plans per resident by need and single year of age, times the area's residents"
    kit.facts["expected_word"] = {}
    if stands_in(kit.area, "population"):
        return  # residents scaled by plans would give England's rate back
    for row in prevalence(kit.area).itertuples():
        if row.expected <= 0:
            continue
        name = row.name.lower()
        kit.book.add(
            Indicator(
                f"expected.{row.need}",
                f"Plans expected, {name}",
                row.expected,
                "plans",
                when,
                source,
                "estimate",
                how,
            )
        )
        kit.book.add(
            Indicator(
                f"identified.{row.need}",
                f"Plans identified over those expected, {name}",
                100 * row.ratio,
                "percent",
                when,
                source,
                "estimate",
                "Byar's interval of an indirectly standardised ratio",
                low=100 * row.low,
                high=100 * row.high,
                level=95,
            )
        )
        kit.facts["expected_word"][row.need] = against(100 * row.low, 100 * row.high, 100.0)
