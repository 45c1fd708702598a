"""Plans expected at England's rates by age against those identified, need by need."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.chapter.builder import ChapterBuilder, is_scaled
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import Standing, against
from sendneeds.need.prevalence import prevalence
from sendneeds.need.projection import NeedProjection


@dataclass(frozen=True)
class ExpectedPlans:
    """Plans at England's rates by age, by need; empty where residents are England's, scaled to the area.

    Parameters
    ----------
    plans, identified : dict of str to Indicator
        Plans expected, and those identified as a percentage of them.
    standing : dict of str to Standing
        How those identified compare with those expected.
    """

    plans: dict[str, Indicator]
    identified: dict[str, Indicator]
    standing: dict[str, Standing]


def add_expected_plans(chapter: ChapterBuilder, need: NeedProjection) -> ExpectedPlans:
    """Add the plans expected for every need, and those identified as a percentage of them."""
    if is_scaled(chapter.area, "population"):
        return ExpectedPlans({}, {}, {})
    period = str(january(int(need.data.attrs["start"])))
    source = chapter.area.meta["ehc_plans"].source
    how = "England's plans per resident by need and single year of age, times the area's residents"
    interval = "Byar's interval of an indirectly standardised ratio"
    found = ExpectedPlans({}, {}, {})
    for row in prevalence(chapter.area).itertuples():
        if row.expected <= 0:
            continue
        name, percent, low, high = row.name.lower(), 100 * row.ratio, 100 * row.low, 100 * row.high
        found.plans[row.need] = chapter.add(
            Indicator(
                f"expected.{row.need}", f"Plans expected, {name}", row.expected, "plans", period, source, "estimate",
                how,
            )
        )  # fmt: skip
        found.identified[row.need] = chapter.add(
            Indicator(
                f"identified.{row.need}", f"Plans identified over those expected, {name}", percent, "percent",
                period, source, "estimate", interval, low=low, high=high, level=95,
            )
        )  # fmt: skip
        found.standing[row.need] = against(low, high, 100.0)
    return found
