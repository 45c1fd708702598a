"""How much advice of psychologists the requests under each option ask for, where staff follow the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.sections.ehc.clock import Clock
from sendneeds.chapter.sections.ehc.clock_run import RUN
from sendneeds.chapter.tables import Cell
from sendneeds.foundation.vocabulary import BASELINE

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult


def add_advice_asked(
    chapter: ChapterBuilder, run: RunResult, clock: Clock, titles: Mapping[str, str]
) -> None:
    """Add reports over those of the year before the start, for the baseline and options that change requests."""
    changed = [name for name in titles if name in run.needs and name in run.clock]
    if not changed:
        return
    lines: list[tuple[str, list[Cell]]] = []
    for name in (BASELINE, *changed):
        ratio = run.clock[name].data["advice_ratio"]
        cells: list[Cell] = [
            chapter.add_drawn(
                f"clock.advice_asked.{name}.{year}",
                f"Reports of educational psychologists over those of {clock.advice.before}: {titles[name]}",
                ratio.sel(calendar_year=year).values, "times on average", f"calendar year {year}", RUN,
            )
            for year in clock.years
        ]  # fmt: skip
        lines.append((titles[name], cells))
    chapter.add_table(
        "options_advice",
        f"Reports that requests ask of educational psychologists, over those of {clock.advice.before}, by option",
        ["Option", *map(str, clock.years)],
        lines,
        note="Options that do not change requests are left out. An option is run on the staff that the baseline asks "
        f"for; what it asks for beyond that, further posts would have to give. {clock.draws_note}",
    )
