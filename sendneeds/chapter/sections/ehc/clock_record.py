"""The EHC clock's track record, the draws it rests on, and its plans beside those of the projection of need."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.need.projection import MODEL
from sendneeds.need.prevalence import wilson
from sendneeds.waits.ehc.published_rates import PRIOR_SD, odds, timeliness, yearly_sd
from sendneeds.waits.ehc.track_record import Z80

RUN = "sendneeds EHC clock from the published figures of this chapter"
RECORD = "Track record of the EHC clock, in the documentation of sendneeds"
HELD = {1: 79.0, 2: 81.0, 3: 79.0}
"""Percentage of outcomes inside the 80% interval of the share in time, by years ahead, in areas that had no part in
setting its spread: documentation of sendneeds, services, "Against the record"."""
REPLAYED = {
    "in_time.excluding": 79.0,
    "requests": 85.0,
    "refusals": 85.0,
    "assessments": 84.0,
    "decided": 85.0,
}
"""Percentage of areas whose figure of 2024 lay inside the interval of the clock, set by figures to 2023."""


def fill(kit: ChapterBuilder, years: list[int]) -> None:
    """Add the track record, and whether the clock's first year lies within it."""
    _record_rows(kit)
    _by_past(kit)
    _agree(kit, years)


def _record_rows(kit: ChapterBuilder) -> None:
    """Add how often the clock's intervals have held."""
    for years, held in HELD.items():
        kit.book.add(
            Indicator(
                f"clock.held.{years}",
                "Outcomes inside the 80% interval of the share in time, over areas",
                held,
                "whole percent",
                f"{years} year{'s' * (years > 1)} ahead",
                RECORD,
                "published",
            )
        )
    for id, held in REPLAYED.items():
        kit.book.add(
            Indicator(
                f"clock.replayed.{id}",
                "Areas whose figure of 2024 lay inside the 80% interval",
                held,
                "whole percent",
                "one year ahead",
                RECORD,
                "published",
            )
        )


def _by_past(kit: ChapterBuilder) -> None:
    """Add the share in time as the record alone has it: it moves as it has moved, whatever the staff."""
    published = timeliness(kit.area).get("excluding", {}) if kit.area.has("ehc_timeliness") else {}
    known = odds(
        {y: k for y, (_, k, _) in published.items()}, {y: n for y, (n, _, _) in published.items()}, 9999
    )
    kit.facts["past_years"] = []
    if len(known) < 2:
        return
    last, sd = max(known), yearly_sd(known, PRIOR_SD["in time"])
    for ahead in HELD:
        reach = Z80 * sd * np.sqrt(ahead)
        low, central, high = 100 * special.expit(known[last] + np.array([-reach, 0.0, reach]))
        kit.book.add(
            Indicator(
                f"clock.past.{last + ahead}",
                "Plans issued within 20 weeks if the share moves as it has, excluding exceptions",
                float(central),
                "whole percent",
                f"calendar year {last + ahead}",
                RUN,
                "estimate",
                low=float(low),
                high=float(high),
                better="up",
            )
        )
        kit.facts["past_years"].append(last + ahead)
    kit.table(
        "clock_record",
        "The share within 20 weeks if it moves as it has in past years, and how often such intervals held",
        ["Calendar year", "Within 20 weeks, excluding exceptions", "Outcomes that such intervals held"],
        [(str(last + h), [f"clock.past.{last + h}", f"clock.held.{h}"]) for h in HELD],
        note="Held: over areas that had no part in setting the spread; 80% is as it should be. This knows the record "
        "and not the staff.",
    )


def _agree(kit: ChapterBuilder, years: list[int]) -> None:
    """Say whether the clock's first year lies where the record alone would put it."""
    first = years[0]
    both = [f"clock.past.{first}", f"clock.in_time.excluding.{first}"]
    kit.facts["clock_first"], kit.facts["clock_contradicts"] = first, False
    if all(kit.book.shown(id) for id in both):
        past, ahead = (kit.book[id] for id in both)
        kit.facts["clock_contradicts"] = not past.lower_end <= ahead.number <= past.upper_end


def draws(kit: ChapterBuilder, clock: Any) -> None:
    """Add the number of draws that the clock follows, which may be fewer than those of the chapter."""
    kit.book.add(
        Indicator("clock.draws", "Draws that the EHC clock follows", clock.data.sizes["draw"], "draws", "the run", RUN,
                  "published")
    )  # fmt: skip
    chapter = kit.result.need.data.sizes["draw"]
    kit.book.add(
        Indicator("run.draws", "Draws of the chapter", chapter, "draws", "the run", RUN, "published")
    )


def draws_note(kit: ChapterBuilder) -> str:
    """Return what stands under every table of the clock: on how many draws it rests."""
    return (
        f"The clock follows {kit.book['clock.draws'].number:.0f} draws; the range of a chance is a 95% interval for "
        "that number."
    )


def chance(
    kit: ChapterBuilder, id: str, option: str, share: np.ndarray, mark: float, period: str, basis: str
) -> Indicator:
    """Add the chance that `mark` percent or more are in time, with Wilson's interval and its standard error.

    Where every draw agrees the usual standard error is nought; that of the interval's width never is.
    """
    low, high = map(float, wilson(float((share >= mark).sum()), len(share)))
    title = f"Chance that {mark:.0f}% or more are within 20 weeks, excluding exceptions{option}"
    error = (high - low) / (2 * 1.96)
    kit.book.add(
        Indicator(f"clock.{id}.error", f"Standard error. {title}", 100 * error, "points", period, RUN, basis)
    )
    return kit.book.add(
        Indicator(
            f"clock.{id}", title, float((share >= mark).mean()), "probability", period, RUN, basis,
            definition=f"Share of {len(share)} draws; Wilson's interval", low=low, high=high, level=95, better="up",
        )
    )  # fmt: skip


def under_way(kit: ChapterBuilder, clock: Any, years: list[int], basis: str) -> None:
    """Add new plans of the projection of need beside those issued; the difference stands under way."""
    kit.facts["under_way"] = {}
    new = kit.result.need.data["new_plans"].sum(("plan_need", "age"))
    known = {int(y) for y in new["calendar_year"].values}
    if not kit.facts["clock_advisers"] or not set(years) <= known:
        return
    for year in years:
        kit.drawn(
            f"clock.new_plans.{year}", "New plans in the projection of need, as if each were decided in time",
            new.sel(calendar_year=year).values, "plans", f"calendar year {year}", MODEL,
        )  # fmt: skip
    after = years[-1] + 1
    last = int(np.flatnonzero(clock.data["quarter"].dt.year.values == years[-1])[-1]) + 1
    kit.drawn(
        f"clock.in_progress.{after}", "Requests and assessments under way in January",
        clock.data["in_progress"].isel(bound=last).values, "children", f"January {after}", RUN, basis, better="down",
    )  # fmt: skip
    kit.facts["under_way"] = {"first": years[0], "last": years[-1], "after": after}
