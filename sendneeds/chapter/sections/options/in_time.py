"""What options change of plans in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import calendar_year
from sendneeds.chapter.sections.ehc.clock import Clock
from sendneeds.chapter.sections.ehc.clock_run import RUN
from sendneeds.chapter.sections.ehc.clock_years import add_chance
from sendneeds.chapter.sections.ehc.timeliness import EXCLUDING
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import show
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.ehc.result import EhcResult

DECIDES = ("issued_in_time", "issued", "requests")
"""An option changes plans in time if it changes any of these."""
NO_PLANS = "no plans issued"


def add_plans_in_time(
    chapter: ChapterBuilder, clocks: Mapping[str, EhcResult], clock: Clock, titles: Mapping[str, str]
) -> list[str]:
    """Add plans in time by option and year, and return the titles of the options that change them."""
    first = clocks[BASELINE]
    changed = {
        name: clocks[name]
        for name in titles
        if name != BASELINE and clocks[name] is not first and _differ(clocks[name], first)
    }
    if not changed:
        return []
    baseline, mark = clock.by_year, clock.mark_percent
    shares: list[tuple[str, list[Cell]]] = [
        (titles[BASELINE], [baseline.in_time[EXCLUDING][year] for year in clock.years])
    ]
    chances: list[tuple[str, list[Cell]]] = [
        (titles[BASELINE], [baseline.chances[mark].get(year, NO_PLANS) for year in clock.years])
    ]
    told: list[str] = []
    for name, result in changed.items():
        option = clock.run.under(result)
        share_cells: list[Cell] = []
        chance_cells: list[Cell] = []
        for year in clock.years:
            draws, period = option.in_time(EXCLUDING, year), calendar_year(year)
            if not len(draws):
                share_cells.append(NO_PLANS)
                chance_cells.append(NO_PLANS)
                continue
            share_cells.append(
                chapter.add_drawn(
                    f"clock.option.{name}.{year}",
                    f"Plans issued within 20 weeks, excluding exceptions: {titles[name]}", draws, "whole percent",
                    period, RUN, option.basis, better="up",
                )
            )  # fmt: skip
            id = f"option_chance.{name}.{year}"
            chance_cells.append(
                add_chance(chapter, id, f": {titles[name]}", draws, mark, period, option.basis)
            )
        if printed(share_cells) == printed(shares[0][1]) and printed(chance_cells) == printed(chances[0][1]):
            continue  # it changes less than is printed: the row would repeat the first
        shares.append((titles[name], share_cells))
        chances.append((titles[name], chance_cells))
        told.append(titles[name])
    if not told:
        return []
    chapter.add_table(
        "options_in_time",
        "Plans within 20 weeks, excluding exceptions, by option",
        ["Option", *map(str, clock.years)],
        shares,
        note="Share of the plans issued in a calendar year. Options that do not change it are left out. The range is "
        f"an 80% interval, unscored. {clock.draws_note}",
    )
    chapter.add_table(
        "options_in_time_chance",
        f"Chance that {mark}% or more of a year's plans are within 20 weeks, excluding exceptions",
        ["Option", *map(str, clock.years)],
        chances,
        note=clock.draws_note,
    )
    return told


def printed(cells: Sequence[Cell]) -> list[str]:
    """Return cells as they are printed, by which rows are told apart."""
    return [cell if isinstance(cell, str) else show(cell, interval=True) for cell in cells]


def _differ(one: EhcResult, other: EhcResult) -> bool:
    return any(not np.array_equal(one.data[name].values, other.data[name].values) for name in DECIDES)
