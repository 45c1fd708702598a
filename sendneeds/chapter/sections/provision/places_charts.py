"""Charts of places: state special schools, and children who go on to independent schools."""

from __future__ import annotations

from functools import partial

from sendneeds.chapter.builder import ChapterBuilder, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.words import number, show

ByYear = dict[int, Indicator]


def add_special(
    chapter: ChapterBuilder, horizon: Horizon, needed: ByYear, places: ByYear, short: ByYear
) -> None:
    """Add the table and the chart of state special places needed against those there are."""
    scored = horizon.scored_to
    if not any(needed[y].value or places[y].value for y in horizon.years):
        return
    need, there, gap = (records[scored] for records in (needed, places, short))
    table = chapter.add_table(
        "places_special",
        "State-funded special schools: places needed, and places there are",
        ["January", "Needed", "Places there are", "Short by"],
        [(horizon.label(y), [needed[y], places[y], short[y]]) for y in horizon.years],
        note=horizon.note,
    )
    chapter.add_figure(
        "places_special",
        f"State special schools would need about {show(need)} places in {scored} and have {show(there)}: short by "
        f"{show(gap, interval=True)}"
        if gap.lower_end > 0
        else f"State special schools have {show(there)} places, and may be short by {show(gap, interval=True)} in "
        f"{scored}"
        if gap.upper_end > 0
        else f"State special schools have {show(there)} places, as many as they would need in {scored}",
        f"Line chart of state special places needed from {horizon.start} to {horizon.end}, with an 80% interval, "
        f"against the places there are. In {scored}: {show(need, interval=True)} needed, {show(there)} places. Years "
        f"after {scored} are a scenario range.",
        lambda: partial(
            charts.trend,
            [series("Needed", needed, band=True), series("Places there are", places, dashed=True)],
            "places in state-funded special schools, each January",
            scored_to=scored,
        ),
        table,
        "places",
    )


def add_overflow(chapter: ChapterBuilder, horizon: Horizon, placed: ByYear, needed: ByYear) -> None:
    """Add the table and the chart of children who go on to independent schools."""
    scored, start = horizon.scored_to, horizon.start
    now, then = placed[start], placed[scored]
    table = chapter.add_table(
        "places_overflow",
        "Children in independent or non-maintained special schools if no place is added",
        ["January", "Placed", "Would be placed were there room elsewhere"],
        [(horizon.label(y), [placed[y], needed[y]]) for y in horizon.years],
        note=horizon.note,
    )
    chapter.add_figure(
        "places_overflow",
        f"With no place added, children in independent special schools would go from {number(now.number, 'children')} "
        f"to about {show(then, interval=True)} by {scored}"
        if then.lower_end > now.number
        else f"With no place added, children in independent special schools may be more or fewer in {scored} than the "
        f"{number(now.number, 'children')} of {start}: {show(then, interval=True)}"
        if then.upper_end > now.number
        else f"With no place added, children in independent special schools would be no more in {scored} than the "
        f"{number(now.number, 'children')} of {start}: {show(then, interval=True)}",
        f"Line chart with an 80% interval of children in independent or non-maintained special schools, {start} to "
        f"{horizon.end}: {show(now)} in {start}, {show(then, interval=True)} in {scored}. Were there room in other "
        f"settings it would be {show(needed[scored])}.",
        lambda: partial(
            charts.trend,
            [series("Placed", placed, band=True), series("Were there room", needed, dashed=True)],
            "children in independent or non-maintained special schools, each January",
            scored_to=scored,
        ),
        table,
        "children",
    )
