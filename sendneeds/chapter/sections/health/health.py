"""The section on health services: what it adds, and what its page says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.advice import SlowestAdviser, add_advice
from sendneeds.chapter.sections.health.backlog import Backlog, add_backlog
from sendneeds.chapter.sections.health.lists_ahead import ListsAhead, add_lists_ahead
from sendneeds.chapter.sections.health.lists_now import (
    MissingLists,
    OpeningLists,
    add_lists_now,
    add_missing_lists,
)
from sendneeds.chapter.sections.health.parameters import add_parameters
from sendneeds.chapter.sections.health.published import add_published_lists
from sendneeds.chapter.sections.health.service_run import ServiceRun
from sendneeds.chapter.sections.health.slots import add_slots
from sendneeds.chapter.sections.health.under_way import UnderWay, add_tables, add_under_way
from sendneeds.chapter.tables import Cell
from sendneeds.evidence.quality.list_checks import BY_RATIO

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult

STANDARD = (
    "National Health Service Commissioning Board and Clinical Commissioning Groups (Responsibilities and "
    "Standing Rules) Regulations 2012, regulation 45, as a yardstick"
)


@dataclass(frozen=True)
class WaitingStandard:
    """The share of those waiting who should be within so many weeks."""

    weeks: Indicator
    share: Indicator


@dataclass(frozen=True)
class WholeYears:
    """Services in the calendar years that the run holds whole.

    Parameters
    ----------
    years : list of int
    under_way : UnderWay
    backlogs : list of Backlog
        In the order of the page.
    slowest_adviser : SlowestAdviser or None
        None where no service advises.
    """

    years: list[int]
    under_way: UnderWay
    backlogs: list[Backlog]
    slowest_adviser: SlowestAdviser | None


@dataclass(frozen=True)
class SimulatedServices:
    """Services that the run simulated.

    Parameters
    ----------
    run : ServiceRun
    now : OpeningLists
    ahead : ListsAhead
    whole : WholeYears or None
        None where the run holds no whole calendar year.
    """

    run: ServiceRun
    now: OpeningLists
    ahead: ListsAhead
    whole: WholeYears | None


@dataclass(frozen=True)
class HealthServices:
    """The section on health services.

    Parameters
    ----------
    standard : WaitingStandard
    services : tuple of str
        Services with a list; empty where none was simulated.
    missing : MissingLists
    simulated : SimulatedServices or None
    nhs_area : str
        Name of the NHS area around, in whose name lists are published.
    parameters : list of (str, list of Cell)
        Rows of the register of assumptions.
    borrowed : bool
        Whether the figures of services are another area's, brought to this one's size: no sentence rests on them.
    """

    standard: WaitingStandard
    services: tuple[str, ...]
    missing: MissingLists
    simulated: SimulatedServices | None
    nhs_area: str
    parameters: list[tuple[str, list[Cell]]]
    borrowed: bool


def add_health_services(chapter: ChapterBuilder, run: RunResult) -> HealthServices:
    """Add the lists and all that goes with them; where there are none, what would supply them."""
    standard = WaitingStandard(
        chapter.add(
            Indicator("standard.weeks", "Weeks that a child should wait at most", 18, "weeks", "in force", STANDARD,
                      "published")
        ),
        chapter.add(
            Indicator("standard.share", "Share of those waiting who should be within it", 92, "whole percent",
                      "in force", STANDARD, "published")
        ),
    )  # fmt: skip
    parameters = add_parameters(chapter, run)
    services = tuple(str(service) for service in run.services)
    missing = add_missing_lists(chapter, services)
    simulated = None
    if services:
        found = ServiceRun.of(run)
        now, ahead = add_lists_now(chapter, found), add_lists_ahead(chapter, found)
        whole = _add_whole_years(chapter, found, ahead, standard) if found.years else None
        simulated = SimulatedServices(found, now, ahead, whole)
    nhs_area = add_published_lists(chapter)
    used = rows(chapter.area, "service_parameters")["source"]
    borrowed = bool(used.str.contains(BY_RATIO, regex=False).any()) if len(used) else False
    return HealthServices(standard, services, missing, simulated, nhs_area, parameters, borrowed)


def _add_whole_years(
    chapter: ChapterBuilder, services: ServiceRun, ahead: ListsAhead, standard: WaitingStandard
) -> WholeYears:
    """Add what is behind the lists, and the advice of every service that gives it."""
    under_way = add_under_way(chapter, services)
    add_slots(chapter, services, next(iter(services.years)))
    adviser = add_advice(chapter, services)
    backlogs = [
        add_backlog(
            chapter, code, by_year, ahead.loads[code], under_way.growth[code], under_way.table_year,
            standard.share,
        )
        for code, by_year in under_way.by_service.items()
    ]  # fmt: skip
    add_tables(chapter, under_way, ahead)
    return WholeYears(list(services.years), under_way, backlogs, adviser)
