"""Where the slots of each service go in the first whole year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rounded_to_sum
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.words import number, show
from sendneeds.foundation.vocabulary import SERVICES

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
    parts: dict[str, list[Indicator]] = {}
    missed: dict[str, Indicator] = {}
    for code in services.services:
        shares = _shares(services, code, year)
        means = [float(draws.mean()) for draws in shares.values()]
        central = dict(zip(shares, rounded_to_sum(means, sum(means)), strict=True))

        def add(
            id: str,
            words: str,
            within: Sequence[str],
            code: str = code,
            shares: Mapping[str, np.ndarray] = shares,
            central: Mapping[str, float] = central,
        ) -> Indicator:
            title = f"{SERVICES[code]}: share of slots, {words}"
            return chapter.add_drawn(
                f"slots.{code}.{id}", title, np.sum([shares[use] for use in within], axis=0), "whole percent", period,
                RUN, services.basis(code), value=sum(central[use] for use in within),
            )  # fmt: skip

        parts[code] = [add(f"part.{part}", part, within) for part, within in PARTS.items()]
        missed[code] = add("wasted", "missed", ["wasted"])
    table = chapter.add_table(
        "slots_by_use",
        f"Where the slots of each service go in {year}, as things are",
        ["Service", *(part.capitalize() for part in PARTS), "Of the last, missed"],
        [(SERVICES[code], [*cells, missed[code]]) for code, cells in parts.items()],
        note="Share of the slots that staff in post have, mean of the draws, rounded together so that they add up. "
        "Advice comes first, then follow-ups, then first appointments, unless an option keeps slots back. The range "
        "is an 80% interval.",
    )
    values = np.array([[record.number for record in cells] for cells in parts.values()])
    _, follow_ups, firsts, _ = values.T
    more_follow_ups = int((follow_ups > firsts).sum())
    chapter.add_figure(
        "slots_by_use",
        f"In {number(more_follow_ups, '')} of {number(len(parts), '')} services more slots go to follow-ups than to "
        "first appointments",
        "Bar chart, one bar a service, split by what its slots are used for. "
        + " ".join(
            f"{SERVICES[code]}: "
            + ", ".join(f"{part} {show(record)}" for part, record in zip(PARTS, cells, strict=True))
            + "."
            for code, cells in parts.items()
        ),
        lambda: partial(
            bars.stacked,
            [SERVICES[code] for code in parts],
            list(PARTS),
            values,
            [[show(record) for record in cells] for cells in parts.values()],
            f"percentage of slots, {year}, mean of the draws",
        ),
        table,
        "percentage of slots",
    )


def _shares(services: ServiceRun, code: str, year: int) -> dict[str, np.ndarray]:
    """Return the percentage of a year's slots that go to each use, (draw,), of the draws that have some."""
    slots = services.values("slots", code).transpose("month", "use", "draw")
    used = slots.values[slots["month"].dt.year.values == year].sum(axis=0, dtype=float)
    used = used[:, used.sum(axis=0) > 0] if used.any() else used
    total = np.maximum(used.sum(axis=0), 1.0)
    return dict(zip(slots["use"].values.tolist(), 100 * used / total, strict=True))
