"""Children already in each service: sessions past due and how late they come, beside the list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.lists_ahead import ListsAhead
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun, ratio
from sendneeds.chapter.words import lower
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.judge import comes_late

FLOWS = {
    "referrals": "Joined the list",
    "seen": "Seen for a first appointment",
    "removed": "Left the list unseen",
    "aged_out": "Of them, reached the age limit while waiting",
}


@dataclass(frozen=True)
class ServiceYear:
    """A service in one whole calendar year.

    Parameters
    ----------
    list_mean, list_over, list_within : Indicator
        Children waiting, those of them over 18 weeks, and the percentage of them up to 18 weeks.
    in_service : Indicator
        Children between first assessment and last session.
    overdue : Indicator
        Follow-up sessions past due.
    late : Indicator
        Mean weeks late of a session given; missing where a service gives no follow-ups.
    flows : dict of str to Indicator
        By name of `FLOWS`.
    """

    list_mean: Indicator
    list_over: Indicator
    list_within: Indicator
    in_service: Indicator
    overdue: Indicator
    late: Indicator
    flows: dict[str, Indicator]


@dataclass(frozen=True)
class UnderWay:
    """Services with a list, and the children already in them.

    Parameters
    ----------
    by_service : dict of str to dict of int to ServiceYear
    growth : dict of str to Indicator
        Children a week by which each list grows over the run.
    table_year : int
        Year of the tables that show one.
    """

    by_service: dict[str, dict[int, ServiceYear]]
    growth: dict[str, Indicator]
    table_year: int

    @property
    def latest(self) -> dict[str, Indicator]:
        """Weeks late of a session in the last year, of services that keep children waiting, the latest first."""
        last = {code: list(by_year.values())[-1].late for code, by_year in self.by_service.items()}
        late = {code: record for code, record in last.items() if record.shown and comes_late(record.number)}
        return dict(sorted(late.items(), key=lambda item: -item[1].number))

    @property
    def late_services(self) -> list[str]:
        """Names of the services of `latest`, as within a sentence."""
        return [lower(SERVICES[code]) for code in self.latest]


def add_under_way(chapter: ChapterBuilder, services: ServiceRun) -> UnderWay:
    """Add every whole year of every service with a list, and the growth of its list."""
    by_service, growth = {}, {}
    for code in services.with_list:
        by_service[code] = {year: _add_year(chapter, services, code, year) for year in services.years}
        waiting = services.weekly("waiting", code)
        last = str(services.lists["week"].values[-1])[:10]
        growth[code] = chapter.add_drawn(
            f"growth.{code}", f"{SERVICES[code]}: growth of the list",
            (waiting[-1] - waiting[0].astype(float)) / (len(waiting) - 1), "children a week", f"the run, to {last}",
            RUN, services.basis(code), better="down",
        )  # fmt: skip
    years = list(services.years)
    return UnderWay(by_service, growth, years[min(2, len(years) - 1)])


def _add_year(chapter: ChapterBuilder, services: ServiceRun, code: str, year: int) -> ServiceYear:
    """Add one year of a service."""
    name, basis, weeks, period = (
        SERVICES[code],
        services.basis(code),
        services.years[year],
        calendar_year(year),
    )

    def flow(variable: str) -> np.ndarray:
        return services.in_year(variable, code, year)

    def added(stock: str) -> np.ndarray:
        return services.weekly(stock, code)[weeks].sum(axis=0, dtype=np.int64)

    def add(id: str, words: str, draws: np.ndarray, unit: str, better: str = "") -> Indicator:
        return chapter.add_drawn(
            f"{id}.{code}.{year}",
            f"{name}: {words}",
            draws,
            unit,
            period,
            RUN,
            basis,
            better=better,
        )

    overdue, in_service, waiting = (
        services.weekly(stock, code)[weeks].mean(axis=0)
        for stock in ("overdue_sessions", "in_service", "waiting")
    )
    late = ratio(flow("late_weeks"), flow("sessions"))
    late_title = "mean weeks late of a follow-up session given"
    total = added("waiting")
    within = np.where(total > 0, added("waiting_within_18") / np.maximum(total, 1), 1.0)
    mean = add("list_mean", "children waiting, mean over the year", waiting, "children", "down")
    over = add("list_over", "of them over 18 weeks", waiting * (1 - within), "children", "down")
    return ServiceYear(
        list_mean=mean,
        list_over=over,
        list_within=add(
            "list_within",
            "share waiting up to 18 weeks, over the year",
            100 * within,
            "whole percent",
            "up",
        ),
        in_service=add(
            "in_service",
            "children between first assessment and last session, mean over the year",
            in_service,
            "children",
        ),
        overdue=add(
            "overdue_sessions",
            "follow-up sessions past due, mean over the year",
            overdue,
            "follow-up sessions",
            "down",
        ),
        late=add("late", late_title, late, "weeks on average", "down")
        if len(late)
        else chapter.add_missing(
            f"late.{code}.{year}",
            f"{name}: {late_title}",
            "weeks on average",
            period,
            "a service that gives follow-ups",
        ),
        flows={id: add(id, words.lower(), flow(id), "children") for id, words in FLOWS.items()},
    )


def add_tables(chapter: ChapterBuilder, under_way: UnderWay, ahead: ListsAhead) -> None:
    """Add the table of every service in one year, and who left the lists unseen."""
    year = under_way.table_year
    in_year = {code: by_year[year] for code, by_year in under_way.by_service.items()}
    chapter.add_table(
        "services_ahead",
        f"Every service in {year} if nothing changes: its list, and the children already in it",
        [
            "Service",
            "Waiting",
            "Up to 18 weeks",
            "Children in the service",
            "Sessions past due",
            "Weeks late of a session",
            "Growth of the list",
            "Chance that demand is above capacity",
        ],
        [
            (
                SERVICES[code],
                [
                    found.list_mean,
                    found.list_within,
                    found.in_service,
                    found.overdue,
                    found.late,
                    under_way.growth[code],
                    ahead.loads[code][year].above,
                ],
            )
            for code, found in in_year.items()
        ],
        note="Means over the year. Growth: children a week over the whole run. "
        "The range under a figure is an 80% interval, and has no track record.",
    )
    chapter.add_table(
        "left_unseen",
        f"Who joined the lists, who was seen and who left unseen in {year}, if nothing changes",
        ["Service", *FLOWS.values()],
        [(SERVICES[code], list(found.flows.values())) for code, found in in_year.items()],
        note="Children a year. A child who left may have gone private, moved or given up: a shorter list is not less "
        "need. The range under a figure is an 80% interval.",
    )
