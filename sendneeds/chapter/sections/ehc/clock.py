"""The EHC clock ahead: plans in time on both bases, what is under way, disputes and annual reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc import clock_quarters, clock_years
from sendneeds.chapter.sections.ehc.clock_record import ClockRecord, add_clock_record
from sendneeds.chapter.sections.ehc.clock_run import RUN, ClockRun
from sendneeds.chapter.sections.ehc.clock_years import MARKS, ClockYears, PlansUnderWay
from sendneeds.chapter.sections.ehc.timeliness import EXCLUDING, Timeliness
from sendneeds.chapter.sections.health.service_run import WIDE, ServiceRun
from sendneeds.chapter.words import join, lower, number, show
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.vocabulary import BASELINE, SERVICES
from sendneeds.need.projection import NeedProjection
from sendneeds.waits.ehc.annual_reviews import published_reviews
from sendneeds.waits.ehc.drawn_years import DrawnYears

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run_result import RunResult

STAFF_NEEDED = "in_post_wte of the services that write advice, in service_parameters.csv or posts.csv"
FIXED = "fixed"
"""Staffing under which staff stay as they are, and plans wait for their advice."""


@dataclass(frozen=True)
class AdviserFactor:
    """What a post of a service would have to give for the published share in time, over what is stated."""

    service: str
    factor: Indicator


@dataclass(frozen=True)
class AdviceAhead:
    """The advice that plans ask for if staff keep up with demand, as they have.

    Parameters
    ----------
    before, year : int
        The year before the start, and that of the figures.
    ratio : Indicator
        Reports of educational psychologists over those of the year before the start.
    staff : Indicator or None
        Whole-time equivalents that this implies; None where no figure says how many there are.
    reviews : Indicator
        Annual reviews to hold in the year for none to be overdue after it.
    """

    before: int
    year: int
    ratio: Indicator
    staff: Indicator | None
    reviews: Indicator


@dataclass(frozen=True)
class Clock:
    """The clock of the baseline.

    Parameters
    ----------
    run : ClockRun
    by_year : ClockYears
    record : ClockRecord
    draws : Indicator
        Draws that the clock follows, which may be fewer than those of the chapter.
    mark : Indicator
        Percentage in time for which the page gives a chance.
    adviser_factors : list of AdviserFactor
    under_way : PlansUnderWay or None
    reviews_as_published : bool
        Whether as many annual reviews are held a year as last published.
    advice : AdviceAhead
    drawn : DrawnYears
        Years whose share in time is drawn as a forecast, and why the first of the others is none.
    """

    run: ClockRun
    by_year: ClockYears
    record: ClockRecord
    draws: Indicator
    mark: Indicator
    adviser_factors: list[AdviserFactor]
    under_way: PlansUnderWay | None
    reviews_as_published: bool
    advice: AdviceAhead
    drawn: DrawnYears

    @property
    def years(self) -> list[int]:
        """Whole calendar years of the clock."""
        return self.run.years

    @property
    def first(self) -> int:
        """The first year."""
        return self.years[0]

    @property
    def next(self) -> int:
        """The second year, which sentences are about; the first where there is no other."""
        return self.years[min(1, len(self.years) - 1)]

    @property
    def mark_percent(self) -> int:
        """The mark as a whole number."""
        return MARKS[0]

    @property
    def advisers(self) -> str:
        """Services whose staff plans wait for, in words; empty where they wait for none."""
        return join([lower(SERVICES[service]) for service in self.run.adviser_bases])

    @property
    def contradicts(self) -> bool:
        """Whether the first year's share in time lies outside the interval that the record alone gives."""
        return contradicts(self.by_year.in_time[EXCLUDING][self.first], self.record.past.get(self.first))

    @property
    def is_drawn(self) -> bool:
        """Whether the share of the year that sentences are about is drawn as a forecast."""
        return self.next in self.drawn.years

    @property
    def draws_note(self) -> str:
        """What is said under every table of the clock: on how many draws it rests."""
        return (
            f"The clock follows {self.draws.number:.0f} draws; the range of a chance is a 95% interval for "
            "that number."
        )


def contradicts(ahead: Indicator, past: Indicator | None) -> bool:
    """Return whether a projected share lies outside the interval of the record alone, where both are known."""
    if past is None or not (past.shown and ahead.shown):
        return False
    return not past.lower_end <= ahead.number <= past.upper_end


def add_clock(
    chapter: ChapterBuilder, run: RunResult, services: ServiceRun | None, published: Timeliness
) -> Clock | None:
    """Add the clock of the baseline; None, with a gap, where there is none."""
    if BASELINE not in run.clock:
        chapter.add_missing(
            "gap.clock", "EHC requests, plans and reviews ahead, quarter by quarter", "", "years ahead",
            STAFF_NEEDED
            if any("no staff figure" in reason for reason in run.missing)
            else "ehc_flow.csv and ehc_timeliness.csv tables with the latest year's figures",
        )  # fmt: skip
        return None
    clock = ClockRun.of(run.clock[BASELINE], services)
    factors = [
        AdviserFactor(lower(SERVICES[service]), _add_factor(chapter, clock, service, basis))
        for service, basis in clock.adviser_bases.items()
    ]
    draws = _add_draws(chapter, clock, run.need)
    by_year = clock_years.add_clock_years(chapter, clock)
    mark = chapter.add(
        Indicator("mark.low", "Share in time for which a chance is given", MARKS[0], "whole percent", "", RUN,
                  "published")
    )  # fmt: skip
    record = add_clock_record(chapter)
    under_way = clock_years.add_under_way(chapter, clock, run.need)
    as_published = reviews_as_published(chapter.area, clock.result.provenance["staffing"])
    advice = _add_advice(chapter, clock, services)
    found = Clock(
        clock,
        by_year,
        record,
        draws,
        mark,
        factors,
        under_way,
        as_published,
        advice,
        clock.result.drawn_years(),
    )
    by_quarter = clock_quarters.add_quarters(chapter, clock)
    clock_quarters.add_figure(
        chapter, found.years, found.drawn, by_quarter, by_year.in_time, published, finding(found, published),
        found.draws_note,
    )  # fmt: skip
    clock_years.add_table(chapter, clock, by_year, record, under_way, found.draws_note)
    return found


def _add_factor(chapter: ChapterBuilder, clock: ClockRun, service: str, basis: str) -> Indicator:
    """Add the pace at which a service's staff would have to work to give the published share in time."""
    return chapter.add_drawn(
        f"clock.advice_factor.{service}",
        f"{SERVICES[service]}: what a post would have to give for the published share in time, over what is stated",
        clock.data["advice_factor"].sel(adviser=service).values,
        "times on average",
        "start of the run",
        RUN,
        basis,
    )


def _add_advice(chapter: ChapterBuilder, clock: ClockRun, services: ServiceRun | None) -> AdviceAhead:
    """Add how much more advice the last whole year asks for, in reports and staff, and its annual reviews."""
    before, year = int(clock.data["calendar_year"].values[0]), clock.years[-1]
    at = clock.data.sel(calendar_year=year)
    ratio = chapter.add_drawn(
        f"clock.advice_ratio.{year}", f"Reports of educational psychologists over those of {before}",
        at["advice_ratio"].values, "times on average", f"calendar year {year}", RUN,
    )  # fmt: skip
    staff = None
    if "implied_wte" in clock.data:
        staff = chapter.add_drawn(
            f"clock.implied_wte.{year}", f"Educational psychologists that the reports imply, at the rate of {before}",
            at["implied_wte"].values, "WTE", f"calendar year {year}", RUN,
            services.basis("EP") if services else "illustrative",
        )  # fmt: skip
    reviews = chapter.add_drawn(
        f"clock.reviews_needed.{year}", "Annual reviews to hold for none to be overdue",
        at["reviews_needed"].values, "reviews", f"calendar year {year}", RUN,
    )  # fmt: skip
    return AdviceAhead(before, year, ratio, staff, reviews)


def _add_draws(chapter: ChapterBuilder, clock: ClockRun, need: NeedProjection) -> Indicator:
    """Add the number of draws that the clock follows, and those of the chapter."""
    draws = chapter.add(
        Indicator("clock.draws", "Draws that the EHC clock follows", clock.draws, "draws", "the run", RUN, "published")
    )  # fmt: skip
    chapter.add(
        Indicator("run.draws", "Draws of the chapter", need.data.sizes["draw"], "draws", "the run", RUN, "published")
    )  # fmt: skip
    return draws


def reviews_as_published(area: Area, staffing: str) -> bool:
    """Return whether as many annual reviews are held a year as last published, however many are due.

    So they are where staff are ``fixed``, unless the pack says how many can be held.
    """
    if staffing != FIXED or published_reviews(area) is None:
        return False
    return not (area.has("service_parameters") and Parameters(area).has("EHC", "reviews_held_per_year"))


def finding(clock: Clock, published: Timeliness) -> str:
    """Return the chart's title: how sure, which way, and on what condition."""
    in_time = clock.by_year.in_time[EXCLUDING]
    before = published.last
    year = year_told(in_time, clock.next, clock.years[-1], None if before is None else before.number)
    ahead = in_time[year]
    if not ahead.shown:
        return f"The share of plans within 20 weeks in {year} cannot be projected"
    if not clock.is_drawn:
        off, why = clock.drawn.first_not, clock.drawn.why
        return f"The share of plans within 20 weeks cannot be forecast from {off} on: {why}"
    staff = f"If staff in {clock.advisers} stay as they are" if clock.advisers else "As things are"
    ends = f"{number(ahead.lower_end, ahead.unit)} to {number(ahead.upper_end, ahead.unit)}"
    if before is None:
        return f"{staff}, {show(ahead)} of plans are within 20 weeks in {year} ({ends})"
    then = f"{number(before.number, 'whole percent')} in {published.years[-1]}"
    if clock.contradicts:
        first = in_time[clock.first]
        return (
            f"The clock puts {show(first, interval=True)} of plans within 20 weeks in {clock.first}, which the "
            f"published record contradicts: {then}"
        )
    wide = ""
    if ahead.upper_end < before.number:
        way = "fall to"
    elif ahead.lower_end > before.number:
        way = "rise to"
    else:
        way = "go either way: centrally"
        wide = "; the interval is too wide to plan on" if ahead.upper_end - ahead.lower_end > WIDE else ""
    return (
        f"{staff}, the share of plans within 20 weeks could {way} {show(ahead)} in {year} ({ends}), "
        f"from {then}{wide}"
    )


def year_told(in_time: Mapping[int, Indicator], soon: int, last: int, before: float | None) -> int:
    """Return the year that the title tells of: the last, where its interval is clear of what was published.

    A title that says nothing can be known must not stand over a line that falls to nothing.
    """
    end = in_time[last]
    if before is None or not end.shown:
        return soon
    return last if end.upper_end < before or end.lower_end > before else soon
