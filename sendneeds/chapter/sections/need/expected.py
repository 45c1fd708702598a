"""Plans expected at England's rates by age against those identified, need by need."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder, is_scaled
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import Standing, against
from sendneeds.need.prevalence import prevalence
from sendneeds.need.projection import NeedProjection


def add_expected_plans(chapter: ChapterBuilder, need: NeedProjection) -> dict[str, Standing]:
    """Add the plans expected for every need, and those identified as a percentage of them.

    Returns
    -------
    dict of str to Standing
        How those identified compare with those expected, by need; empty where residents are England's, scaled by
        plans, which would give England's rates back.
    """
    if is_scaled(chapter.area, "population"):
        return {}
    period = str(january(int(need.data.attrs["start"])))
    source = chapter.area.meta["ehc_plans"].source
    how = "England's plans per resident by need and single year of age, times the area's residents"
    interval = "Byar's interval of an indirectly standardised ratio"
    standing = {}
    for row in prevalence(chapter.area).itertuples():
        if row.expected <= 0:
            continue
        name, percent, low, high = row.name.lower(), 100 * row.ratio, 100 * row.low, 100 * row.high
        chapter.add(
            Indicator(
                f"expected.{row.need}", f"Plans expected, {name}", row.expected, "plans", period, source, "estimate",
                how,
            )
        )  # fmt: skip
        chapter.add(
            Indicator(
                f"identified.{row.need}", f"Plans identified over those expected, {name}", percent, "percent",
                period, source, "estimate", interval, low=low, high=high, level=95,
            )
        )  # fmt: skip
        standing[row.need] = against(low, high, 100.0)
    return standing
