"""Why the number of plans is projected to move: causes that add up, draw by draw."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.need.projection import MODEL
from sendneeds.chapter.words import lower, number, show
from sendneeds.need.explain import CAUSES, explain


def fill(kit: ChapterBuilder) -> None:
    """Add the growth of plans to the last scored year, by cause."""
    start, to = kit.facts["start"], kit.facts["scored_to"]
    kit.facts["explained"] = False
    if to <= start + 1:
        return  # one year of flows has nothing to be compared with
    growth = explain(kit.result.need).data["growth"].sel(year=to)
    period = f"January {start} to January {to}"
    for cause, words in CAUSES.items():
        kit.drawn(f"cause.{cause}", words, growth.sel(cause=cause).values, "plans", period, MODEL)
    kit.drawn("cause.total", "All causes together", growth.sum("cause").values, "plans", period, MODEL)
    kit.facts["explained"] = True
    table = kit.table(
        "causes",
        f"Plans gained by January {to} since January {start}, by cause",
        ["Cause", "Plans"],
        [(words, [f"cause.{cause}"]) for cause, words in CAUSES.items()]
        + [("All causes together", ["cause.total"])],
        note="The range under a figure is an 80% interval. Causes add up within each draw; their central figures "
        "need not.",
    )
    causes = [kit.book[f"cause.{cause}"] for cause in CAUSES]
    total = kit.book["cause.total"]
    largest = max(causes, key=lambda record: abs(record.number))
    kit.figure(
        "causes",
        f"{show(total).lstrip('−')} {'more' if total.number >= 0 else 'fewer'} plans by {to}: the largest part, "
        f"{signed(largest)}, is “{lower(largest.title)}”",
        f"Waterfall chart of plans gained between January {start} and January {to}, by cause. "
        + " ".join(f"{record.title}: {signed(record)}." for record in causes),
        lambda: bars.waterfall(
            [record.title for record in causes],
            [record.number for record in causes],
            [signed(record) for record in causes],
            "EHC plans, central figure of each cause",
        ),
        table,
        "EHC plans",
    )


def signed(record: Indicator) -> str:
    """Return a figure with its sign."""
    if not record.shown:
        return show(record)
    return (
        number(record.number, record.unit) if record.number < 0 else f"+{number(record.number, record.unit)}"
    )
