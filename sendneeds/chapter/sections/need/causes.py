"""Why the number of plans is projected to move: causes that add up, draw by draw."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sendneeds.chapter.builder import ChapterBuilder, rounded_to_sum, step_of
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.words import lower, number, show
from sendneeds.need.explain import CAUSES, explain
from sendneeds.need.projection import NeedProjection

ALL_CAUSES = "All causes together"


def add_causes(chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon) -> bool:
    """Add the growth of plans to the last scored year, by cause; return whether there is anything to explain."""
    start, to = horizon.start, horizon.scored_to
    if to <= start + 1:
        return False  # one year of flows has nothing to be compared with
    growth = explain(need).data["growth"].sel(year=to)
    period = f"{january(start)} to {january(to)}"
    causes = [
        chapter.add_drawn(f"cause.{c}", words, growth.sel(cause=c).values, "plans", period, MODEL)
        for c, words in CAUSES.items()
    ]
    total = chapter.add_drawn("cause.total", ALL_CAUSES, growth.sum("cause").values, "plans", period, MODEL)
    step = max(1.0, step_of(total.upper_end - total.lower_end) / 10)
    parts = [
        step * p for p in rounded_to_sum([record.number / step for record in causes], total.number / step)
    ]
    causes = [
        chapter.add(replace(record, id=f"{record.id}.part", value=part))
        for record, part in zip(causes, parts, strict=True)
    ]
    table = chapter.add_table(
        "causes",
        f"Plans gained by January {to} since January {start}, by cause",
        ["Cause", "Plans"],
        [(record.title, [record]) for record in (*causes, total)],
        note="The range under a figure is an 80% interval. Causes add up within each draw. Their medians need not: "
        "what they are off by is shared out, so that the central figures add up to the total.",
    )
    largest = max(causes, key=lambda record: abs(record.number))
    chapter.add_figure(
        "causes",
        f"{show(total).lstrip('−')} {'more' if total.number >= 0 else 'fewer'} plans by {to}: the largest part, "
        f"{signed(largest)}, is “{lower(largest.title)}”",
        f"Waterfall chart of plans gained between January {start} and January {to}, by cause. "
        + " ".join(f"{record.title}: {signed(record)}." for record in (*causes, total)),
        lambda: partial(
            bars.waterfall,
            [record.title for record in causes],
            [record.number for record in causes],
            [signed(record) for record in causes],
            "EHC plans, central figure of each cause",
            (ALL_CAUSES, signed(total)),
        ),
        table,
        "EHC plans",
    )
    return True


def signed(record: Indicator) -> str:
    """Return a figure with its sign."""
    if not record.shown:
        return show(record)
    return f"{'' if record.number < 0 else '+'}{number(record.number, record.unit)}"
