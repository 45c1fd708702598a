"""One chart a service: its list beside the sessions past due of the children already in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import lines
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.lists_ahead import Load
from sendneeds.chapter.sections.health.under_way import ServiceYear
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.judge import comes_late


class Waiting(Enum):
    """Who waits in the last year: those on the list, those already in the service, both or neither."""

    LIST = "list"
    UNDER_WAY = "under way"
    BOTH = "both"
    NEITHER = "neither"


@dataclass(frozen=True)
class Backlog:
    """What the paragraph of one service says.

    Parameters
    ----------
    name, figure : str
        The service, and the id of its chart.
    waiting : Waiting
    load, last_load : Load
        Demand and capacity in the first and the last year.
    last : int
    growth : Indicator
        Children a week by which the list grows.
    removed, aged_out : Indicator
        Children who leave the list unseen in the year that tables show, and those of them who reach the age limit.
    """

    name: str
    figure: str
    waiting: Waiting
    load: Load
    last_load: Load
    last: int
    growth: Indicator
    removed: Indicator
    aged_out: Indicator

    @property
    def is_full(self) -> bool:
        """Whether demand is at capacity or above, at the central figures."""
        return self.load.percent.number >= 100


def who_waits(late: Indicator, within: Indicator, standard: Indicator) -> Waiting:
    """Return who waits, from the weeks late of a session and the share within 18 weeks against the standard."""
    is_late = late.shown and comes_late(late.number)
    if within.number >= standard.number:
        return Waiting.UNDER_WAY if is_late else Waiting.NEITHER
    return Waiting.BOTH if is_late else Waiting.LIST


def finding(name: str, year: int, late: Indicator, within: Indicator, waiting: Waiting) -> str:
    """Return the title of a service's chart, which never says that a list is short without what is behind it."""
    session = f"a session comes {show(late)} weeks late on average" if late.shown else "sessions come late"
    on_list = f"{show(within)} of the list is within 18 weeks"
    return {
        Waiting.UNDER_WAY: f"{name}: the list looks green in {year}, but {session}",
        Waiting.BOTH: f"{name}: the list and those in the service both wait; in {year} {on_list}, and {session}",
        Waiting.NEITHER: f"{name}: in {year} {on_list}, and sessions keep close to time",
        Waiting.LIST: f"{name}: sessions keep close to time, but only {on_list} in {year}",
    }[waiting]


def add_backlog(
    chapter: ChapterBuilder,
    code: str,
    by_year: Mapping[int, ServiceYear],
    loads: Mapping[int, Load],
    growth: Indicator,
    table_year: int,
    standard: Indicator,
) -> Backlog:
    """Add one service's chart of its list beside its sessions past due, and return what its paragraph says."""
    years = list(by_year)
    first, last = years[0], years[-1]
    name, id = SERVICES[code], f"backlog_{code.lower()}"
    then = by_year[last]
    waiting = who_waits(then.late, then.list_within, standard)
    in_years: dict[str, list[Cell]] = {
        "Children waiting for a first appointment, mean over the year": [
            y.list_mean for y in by_year.values()
        ],
        "Of them over 18 weeks": [y.list_over for y in by_year.values()],
        "Share of them waiting up to 18 weeks": [y.list_within for y in by_year.values()],
        "Children in the service, mean over the year": [y.in_service for y in by_year.values()],
        "Follow-up sessions past due, mean over the year": [y.overdue for y in by_year.values()],
        "Mean weeks late of a session given": [y.late for y in by_year.values()],
        "Demand as a share of capacity": [loads[y].percent for y in years],
        "Chance that demand is above capacity": [loads[y].above for y in years],
    }
    table = chapter.add_table(
        id,
        f"{name}: the list and the children already in the service, as things are",
        ["Measure", *(str(y) for y in years)],
        list(in_years.items()),
        note="Children in the service: between their first assessment and their last session. Sessions "
        "past due at the start are those that a year of the service as it is would leave, because nobody supplied a "
        "count. Shares are taken draw by draw, before counts are rounded. The range under a figure is an 80% interval.",
    )
    middles = [year + 0.5 for year in years]

    def line(label: str, of: str) -> lines.Series:
        found = [getattr(by_year[year], of) for year in years]
        ends = ([r.lower_end for r in found], [r.upper_end for r in found])
        return lines.Series(label, middles, [r.number for r in found], *ends)

    chapter.add_figure(
        id,
        finding(name, last, then.late, then.list_within, waiting),
        f"Two line charts with 80% intervals of yearly means, {first} to {last}. Left, children waiting for a first "
        f"appointment: {show(by_year[first].list_mean)} in {first}, {show(then.list_mean)} in {last}, of whom "
        f"{show(then.list_over)} over 18 weeks. Right, follow-up sessions past due: {show(by_year[first].overdue)} in "
        f"{first}, {show(then.overdue)} in {last}.",
        lambda: partial(
            lines.side_by_side,
            [
                (
                    "children waiting, mean of a year",
                    [line("Waiting", "list_mean"), line("Over 18 weeks", "list_over")],
                ),
                ("sessions past due, mean of a year", [line("Past due", "overdue")]),
            ],
        ),
        table,
        "children, and follow-up sessions",
    )
    flows = by_year[table_year].flows
    first_load, last_load = next(iter(loads.values())), loads[last]
    return Backlog(
        name, id, waiting, first_load, last_load, last, growth, flows["removed"], flows["aged_out"]
    )
