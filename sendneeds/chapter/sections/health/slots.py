"""Where the slots of each service go in the first whole year."""

from __future__ import annotations

from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.words import number, show
from sendneeds.foundation.vocabulary import SERVICES

USES = {
    "advice": "Statutory advice",
    "follow_up": "Follow-ups",
    "first": "First appointments",
    "wasted": "Missed",
    "idle": "Not used",
}
PARTS = {
    "statutory advice": ("advice",),
    "follow-ups": ("follow_up",),
    "first appointments": ("first",),
    "missed or not used": ("wasted", "idle"),
}
"""Parts of a bar: at most four."""


def add_slots(chapter: ChapterBuilder, services: ServiceRun, year: int) -> None:
    """Add the share of each service's slots by use in a `year`, with a table and a chart."""
    period = calendar_year(year)
    uses: dict[str, list[Indicator]] = {}
    parts: dict[str, dict[str, Indicator]] = {}
    means = []
    for code in services.services:
        shares = _shares(services, code, year)
        of_part = {part: np.sum([shares[use] for use in within], axis=0) for part, within in PARTS.items()}

        def add(id: str, words: str, draws: np.ndarray, code: str = code) -> Indicator:
            title = f"{SERVICES[code]}: share of slots, {words}"
            return chapter.add_drawn(
                f"slots.{code}.{id}", title, draws, "whole percent", period, RUN, services.basis(code)
            )

        uses[code] = [add(use, words.lower(), shares[use]) for use, words in USES.items()]
        parts[code] = {part: add(f"part.{part}", part, draws) for part, draws in of_part.items()}
        means.append([float(draws.mean()) for draws in of_part.values()])
    table = chapter.add_table(
        "slots_by_use",
        f"Where the slots of each service go in {year}, as things are",
        ["Service", *USES.values()],
        [(SERVICES[code], cells) for code, cells in uses.items()],
        note="Share of the slots that staff in post have. Advice comes first, then follow-ups, then first "
        "appointments, unless an option keeps slots back. The range is an 80% interval; the parts of a row add up "
        "within a draw.",
    )
    values = np.array(means)
    _, follow_ups, firsts, _ = values.T
    more_follow_ups = int((follow_ups > firsts).sum())
    chapter.add_figure(
        "slots_by_use",
        f"In {number(more_follow_ups, '')} of {number(len(uses), '')} services more slots go to follow-ups than to "
        "first appointments",
        "Bar chart, one bar a service, split by what its slots are used for. "
        + " ".join(
            f"{SERVICES[code]}: "
            + ", ".join(f"{part} {show(record)}" for part, record in found.items())
            + "."
            for code, found in parts.items()
        ),
        lambda: partial(
            bars.stacked,
            [SERVICES[code] for code in uses],
            list(PARTS),
            values,
            [[f"{v:.0f}%" for v in row] for row in values],
            f"percentage of slots, {year}, mean of the draws",
        ),
        table,
        "percentage of slots",
    )


def _shares(services: ServiceRun, code: str, year: int) -> dict[str, np.ndarray]:
    """Return the percentage of a year's slots that go to each use, (draw,)."""
    slots = services.values("slots", code).transpose("month", "use", "draw")
    used = slots.values[slots["month"].dt.year.values == year].sum(axis=0, dtype=float)
    total = np.maximum(used.sum(axis=0), 1e-9)
    return dict(zip(slots["use"].values.tolist(), 100 * used / total, strict=True))
