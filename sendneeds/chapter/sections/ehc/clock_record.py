"""How often intervals of the EHC clock have held, and the share in time as past years alone would have it."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.ehc.clock_run import RUN
from sendneeds.waits.ehc.published_rates import ehc_constants, odds, timeliness
from sendneeds.waits.ehc.track_record import share_interval

RECORD = "Track record of the EHC clock, in the documentation of sendneeds"
HELD = {1: 82.0, 2: 78.0, 3: 75.0}
"""Percentage of outcomes inside the 80% interval of the share in time, by years ahead, in areas that had no part in
setting it: documentation of sendneeds, services, "Against the record"."""
REPLAYED = {
    "in_time.excluding": 81.0,
    "requests": 68.0,
    "refusals": 84.0,
    "assessments": 91.0,
    "decided": 77.0,
}
"""Percentage of areas whose figure of 2024 lay inside the interval of the clock, set by figures to 2023."""
NO_LIMIT = 9999
"""Year to which published figures are used: all of them."""


@dataclass(frozen=True)
class ClockRecord:
    """What is known of how the clock has done.

    Parameters
    ----------
    past : dict of int to Indicator
        The share within 20 weeks, exceptions left out, if it moves as it has in past years, by year ahead.
    replayed : dict of str to Indicator
        Percentage of areas held in a replay, by key of `REPLAYED`.
    """

    past: dict[int, Indicator]
    replayed: dict[str, Indicator]


def add_clock_record(chapter: ChapterBuilder) -> ClockRecord:
    """Add how often the clock's intervals have held, and the share in time as the record alone has it."""
    held = {
        ahead: chapter.add(
            Indicator(
                f"clock.held.{ahead}", "Outcomes inside the 80% interval of the share in time, over areas", share,
                "whole percent", f"{ahead} year{'s' * (ahead > 1)} ahead", RECORD, "published",
            )
        )
        for ahead, share in HELD.items()
    }  # fmt: skip
    replayed = {
        id: chapter.add(
            Indicator(
                f"clock.replayed.{id}", "Areas whose figure of 2024 lay inside the 80% interval", share,
                "whole percent", "one year ahead", RECORD, "published",
            )
        )
        for id, share in REPLAYED.items()
    }  # fmt: skip
    return ClockRecord(_add_past(chapter, held), replayed)


def _add_past(chapter: ChapterBuilder, held: dict[int, Indicator]) -> dict[int, Indicator]:
    """Add the share in time of the years ahead: its log-odds return to the mean of areas."""
    published = timeliness(chapter.area).get("excluding", {}) if chapter.area.has("ehc_timeliness") else {}
    in_time = {year: k for year, (_, k, _) in published.items()}
    issued = {year: n for year, (n, _, _) in published.items()}
    known = odds(in_time, issued, NO_LIMIT)
    if not known:
        return {}
    last, constants = max(known), ehc_constants(chapter.england)
    past = {}
    for ahead in HELD:
        low, central, high = (100 * share for share in share_interval(known[last], ahead, constants))
        past[last + ahead] = chapter.add(
            Indicator(
                f"clock.past.{last + ahead}",
                "Plans issued within 20 weeks if the share moves as it has, excluding exceptions",
                float(central), "whole percent", str(calendar_year(last + ahead)), RUN, "estimate",
                low=float(low), high=float(high), better="up",
            )
        )  # fmt: skip
    chapter.add_table(
        "clock_record",
        "The share within 20 weeks if it moves as it has in past years, and how often such intervals held",
        ["Calendar year", "Within 20 weeks, excluding exceptions", "Outcomes that such intervals held"],
        [(str(year), [record, held[year - last]]) for year, record in past.items()],
        note="Held: over areas that had no part in setting the spread; 80% is as it should be. This knows the record "
        "and not the staff.",
    )
    return past
