"""The EHC clock by calendar year: flows, stocks, the share in time and the chance that it reaches a mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Z95, Indicator, Period, calendar_year, january
from sendneeds.chapter.sections.ehc.clock_record import ClockRecord
from sendneeds.chapter.sections.ehc.clock_run import RUN, ClockRun, percentage
from sendneeds.chapter.sections.ehc.timeliness import EXCEPTIONS, EXCLUDING
from sendneeds.chapter.sections.need.horizon import MODEL
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import show
from sendneeds.need.prevalence import wilson
from sendneeds.need.projection import NeedProjection

MARKS = (60, 90)
"""Percentages in time for which a chance is given."""
FLOWS = {
    "requests": ("Requests for an assessment", "requests", "children"),
    "refused": ("Refusals to assess or to issue a plan that stand", "refusals_final", "children"),
    "overturned": ("Of refusals, overturned after mediation or appeal", "refusals_overturned", "children"),
    "assessments": ("Assessments finished", "assessments", "children"),
    "issued": ("Plans issued", "issued", "plans"),
    "mediations": ("Mediations", "mediations", "mediations"),
    "appeals": ("Appeals registered", "appeals", "appeals"),
    "reviews_due": ("Annual reviews falling due", "reviews_due", "annual reviews"),
    "reviews_held": ("Annual reviews held", "reviews_held", "annual reviews"),
}
"""Title, variable of the clock and unit of each flow."""
STOCKS = {
    "in_progress": ("Requests and assessments under way in January", "in_progress", "children"),
    "reviews_overdue": ("Annual reviews overdue in January", "reviews_overdue", "annual reviews"),
}
REPLAY_OF = {"requests": "requests", "refused": "refusals", "assessments": "assessments"}
"""Key of the track record of each flow that has one."""
STAFFED = ("issued", "assessments", "in_progress")
"""Flows and stocks that depend on staff where plans wait for staff."""
ILLUSTRATIVE = ("overturned",)
"""What rests on how many mediations and appeals succeed, which nobody has published."""

ByYear = dict[int, Indicator]


@dataclass(frozen=True)
class ClockYears:
    """The clock by whole calendar year.

    Parameters
    ----------
    counts : dict of str to dict of int to Indicator
        By key of `FLOWS` or `STOCKS`, those that the clock has.
    in_time : dict of str to dict of int to Indicator
        Percentage of plans within 20 weeks, by basis.
    chances : dict of int to dict of int to Indicator
        Chance that as many percent or more are in time, exceptions left out, by mark of `MARKS`.
    drafted : dict of int to Indicator
        Percentage of draft plans within 16 weeks.
    """

    counts: dict[str, ByYear]
    in_time: dict[str, ByYear]
    chances: dict[int, ByYear]
    drafted: ByYear


@dataclass(frozen=True)
class PlansUnderWay:
    """New plans of the projection of need beside those issued; the difference is in progress.

    Parameters
    ----------
    first, last : int
        Calendar years compared.
    new_plans : dict of int to Indicator
        New plans of the projection of need, by year.
    """

    first: int
    last: int
    new_plans: ByYear

    @property
    def after(self) -> int:
        """The January at the end of the last year."""
        return self.last + 1


def add_clock_years(chapter: ChapterBuilder, clock: ClockRun) -> ClockYears:
    """Add the clock's figures by calendar year."""
    counts: dict[str, ByYear] = {id: {} for id in (*FLOWS, *STOCKS)}
    in_time: dict[str, ByYear] = {basis: {} for basis in EXCEPTIONS}
    chances: dict[int, ByYear] = {mark: {} for mark in MARKS}
    drafted: ByYear = {}
    for year in clock.years:
        period = calendar_year(year)
        for id, (title, name, unit) in FLOWS.items():
            if name in clock.data:
                counts[id][year] = chapter.add_drawn(
                    f"clock.{id}.{year}", title, clock.flow(name, year), unit, period, RUN, _basis(id, clock)
                )
        start = int(clock.quarters_of(year)[0])
        for id, (title, name, unit) in STOCKS.items():
            if name in clock.data:
                counts[id][year] = chapter.add_drawn(
                    f"clock.{id}.{year}", title, clock.stock(name, start), unit, january(year), RUN,
                    _basis(id, clock), better="down",
                )  # fmt: skip
        for exceptions in EXCEPTIONS:
            draws = clock.in_time(exceptions, year)
            in_time[exceptions][year] = _add_in_time(chapter, clock, exceptions, year, draws)
            if exceptions == EXCLUDING and len(draws):
                for mark in MARKS:
                    chances[mark][year] = add_chance(
                        chapter, f"chance.{mark}.{year}", "", draws, mark, period, clock.basis
                    )
        share = percentage(clock.flow("drafts_in_time", year), clock.flow("drafts", year))
        if len(share):
            drafted[year] = chapter.add_drawn(
                f"clock.drafted.{year}", "Draft plans within 16 weeks of the request", share, "whole percent", period,
                RUN, clock.basis, better="up",
            )  # fmt: skip
    return ClockYears(counts, in_time, chances, drafted)


def _basis(id: str, clock: ClockRun) -> str:
    if id in ILLUSTRATIVE:
        return "illustrative"
    return clock.basis if id in STAFFED else "estimate"


def _add_in_time(
    chapter: ChapterBuilder, clock: ClockRun, exceptions: str, year: int, draws: np.ndarray
) -> Indicator:
    """Add the share of a year's plans within 20 weeks, or a gap where none are issued."""
    id, title = (
        f"clock.in_time.{exceptions}.{year}",
        f"Plans issued within 20 weeks, {exceptions} exceptions",
    )
    if not len(draws):
        return chapter.add_missing(id, title, "whole percent", calendar_year(year), "plans issued")
    return chapter.add_drawn(
        id, title, draws, "whole percent", calendar_year(year), RUN, clock.basis, better="up"
    )


def add_chance(
    chapter: ChapterBuilder,
    id: str,
    option: str,
    share: np.ndarray,
    mark: int,
    period: Period,
    basis: str,
) -> Indicator:
    """Add the chance that `mark` percent or more are in time, with Wilson's interval and its standard error.

    Where every draw agrees the usual standard error is 0; that of the interval's width never is.
    """
    reached = share >= mark
    low, high = map(float, wilson(float(reached.sum()), len(share)))
    title = f"Chance that {mark}% or more are within 20 weeks, excluding exceptions{option}"
    error = 100 * (high - low) / (2 * Z95)
    chapter.add(
        Indicator(f"clock.{id}.error", f"Standard error. {title}", error, "points", str(period), RUN, basis)
    )
    return chapter.add(
        Indicator(
            f"clock.{id}", title, float(reached.mean()), "probability", str(period), RUN, basis,
            definition=f"Share of {len(share)} draws; Wilson's interval", low=low, high=high, level=95, better="up",
        )
    )  # fmt: skip


def add_under_way(chapter: ChapterBuilder, clock: ClockRun, need: NeedProjection) -> PlansUnderWay | None:
    """Add new plans of the projection of need beside those issued; None where plans wait for nobody."""
    years = clock.years
    new = need.data["new_plans"].sum(("plan_need", "age"))
    if not clock.adviser_bases or not set(years) <= {int(y) for y in new["calendar_year"].values}:
        return None
    new_plans = {
        year: chapter.add_drawn(
            f"clock.new_plans.{year}", "New plans in the projection of need, as if each were decided in time",
            new.sel(calendar_year=year).values, "plans", calendar_year(year), MODEL,
        )
        for year in years
    }  # fmt: skip
    plans = PlansUnderWay(years[0], years[-1], new_plans)
    title, name, unit = STOCKS["in_progress"]
    close = int(clock.quarters_of(plans.last)[-1]) + 1
    chapter.add_drawn(
        f"clock.in_progress.{plans.after}", title, clock.stock(name, close), unit, january(plans.after), RUN,
        clock.basis, better="down",
    )  # fmt: skip
    return plans


def add_table(
    chapter: ChapterBuilder,
    clock: ClockRun,
    found: ClockYears,
    record: ClockRecord,
    under_way: PlansUnderWay | None,
    note: str,
) -> None:
    """Add the table of the clock by calendar year, with the track record of each row."""
    years, waits = clock.years, bool(clock.adviser_bases)
    lines: list[tuple[str, list[Cell]]] = []

    def add(title: str, by_year: ByYear, replay: str = "") -> None:
        if all(year in by_year for year in years):
            held = show(record.replayed[replay]) if replay else "unscored"
            lines.append((title, [*(by_year[year] for year in years), held]))

    if under_way:
        add("New plans in the projection of need, as if decided in time", under_way.new_plans)
    for id, (title, _, _) in FLOWS.items():
        if id != "overturned":
            add(title, found.counts[id], "" if waits and id in STAFFED else REPLAY_OF.get(id, ""))
        if id == "issued":
            for basis in EXCEPTIONS:
                replay = "in_time.excluding" if basis == EXCLUDING and not waits else ""
                add(f"Within 20 weeks, {basis} exceptions", found.in_time[basis], replay)
            for mark in MARKS:
                add(f"Chance that {mark}% or more are within 20 weeks", found.chances[mark])
            add("Draft plans within 16 weeks", found.drafted)
    for id, (title, _, _) in STOCKS.items():
        add(title, found.counts[id])
    chapter.add_table(
        "ehc_ahead",
        f"The EHC process in {chapter.area.name} ahead, calendar years, as things are",
        ["Measure", *map(str, years), "Areas held in a replay"],
        lines,
        note="Chances are of the share excluding exceptions. Areas held: the share of areas whose 2024 the interval "
        f"held when set by figures to 2023. The range under a figure is an 80% interval. {note}",
    )
