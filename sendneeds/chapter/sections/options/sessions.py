"""Each option for each service that it changes: months at the target, and sessions of children already in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sendneeds.chapter.builder import ChapterBuilder, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.sections.health.under_way import ServiceYear
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import lower, month_words, number, show
from sendneeds.foundation.vocabulary import BASELINE, SERVICES
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.judge import Judgement, Verdict, at_target, months_ahead

MOST_LINES = 4


@dataclass(frozen=True)
class OptionForService:
    """What one option does for one service.

    Parameters
    ----------
    verdict : Verdict
    title : str
        Title of the option.
    months, months_gained : Indicator
        Months at the target of those ahead, and how many more than in the baseline.
    overdue, overdue_baseline, overdue_more : Indicator
        Sessions past due in the month that differs the most, the baseline's, and the difference.
    later : Indicator
        Weeks later that sessions come in the year that differs the most; missing where the service gives none.
    """

    verdict: Verdict
    title: str
    months: Indicator
    months_gained: Indicator
    overdue: Indicator
    overdue_baseline: Indicator
    overdue_more: Indicator
    later: Indicator

    @property
    def overdue_month(self) -> str:
        """The month that differs the most, in words."""
        return month_words(self.verdict.overdue_month)

    @property
    def late_year(self) -> str:
        """The year that differs the most; empty where the service gives no sessions."""
        return "" if self.verdict.late_year is None else str(self.verdict.late_year)

    @property
    def harm(self) -> str:
        """What the option does at the worst to sessions, as a clause; empty if it does no harm."""
        if not self.verdict.harms:
            return ""
        return (
            f", but sessions past due reach {show(self.overdue)} in {self.overdue_month} against "
            f"{show(self.overdue_baseline)}, and sessions of {self.late_year} come {show(self.later)} weeks later"
        )


@dataclass(frozen=True)
class OptionsByService:
    """Options by service.

    Parameters
    ----------
    ahead : list of str
        Months after the figures were taken.
    ahead_count : Indicator
    baseline_months : dict of str to Indicator
        Months at the target as things are, by service.
    by_service : dict of str to dict of str to OptionForService
        By service, and name of each option that changes it.
    """

    ahead: list[str]
    ahead_count: Indicator
    baseline_months: dict[str, Indicator]
    by_service: dict[str, dict[str, OptionForService]]


def add_options_by_service(
    chapter: ChapterBuilder,
    services: ServiceRun,
    comparison: Comparison,
    judgement: Judgement,
    titles: Mapping[str, str],
) -> OptionsByService:
    """Add months at the target, sessions past due and weeks late of every option that changes a service."""
    ahead = months_ahead(comparison)
    period = f"{ahead[0]} to {ahead[-1]}"
    count = chapter.add(
        Indicator("months.ahead", "Months after the figures were taken", len(ahead), "months", period, RUN,
                  "published")
    )  # fmt: skip

    def add_months(service: str, name: str) -> Indicator:
        return chapter.add(
            Indicator(
                f"months.{service}.{name}",
                f"{SERVICES[service]}: months at the target of {len(ahead)}, {titles[name]}",
                at_target(comparison, name, service).months, "months on average", period, RUN, services.basis(service),
                better="up", definition="Probabilities of the months after the figures were taken, added up",
            )
        )  # fmt: skip

    baseline = {service: add_months(service, BASELINE) for service in services.with_list}
    by_service: dict[str, dict[str, OptionForService]] = {service: {} for service in services.with_list}
    verdicts = {(v.service, v.scenario): v for v in judgement.verdicts}
    for service in services.with_list:
        for name in titles:
            if (service, name) in verdicts:
                verdict = verdicts[service, name]
                months, basis = add_months(service, name), services.basis(service)
                by_service[service][name] = _add_option(chapter, verdict, titles[name], months, period, basis)
    return OptionsByService(ahead, count, baseline, by_service)


def _add_option(
    chapter: ChapterBuilder, verdict: Verdict, title: str, months: Indicator, period: str, basis: str
) -> OptionForService:
    """Add what one option does to the sessions of one service, beside the baseline's."""
    service, key = SERVICES[verdict.service], f"{verdict.service}.{verdict.scenario}"
    gained = chapter.add(
        Indicator(
            f"diff.{key}.months", f"{service}: months at the target, {title} less the baseline",
            verdict.option.months - verdict.baseline.months, "months on average", period, RUN, basis, better="up",
        )
    )  # fmt: skip
    overdue, now, more = (
        chapter.add_drawn(
            id, f"{service}: sessions past due, {words}", draws, "follow-up sessions", verdict.overdue_month, RUN,
            basis, better="down",
        )
        for id, words, draws in (
            (f"overdue_peak.{key}", title, verdict.overdue),
            (f"overdue_peak.{key}.now", "as things are", verdict.overdue_baseline),
            (f"diff.{key}.overdue", f"{title} less the baseline", verdict.overdue - verdict.overdue_baseline),
        )
    )  # fmt: skip
    id, words = f"diff.{key}.late", f"{service}: weeks late of a session, {title} less the baseline"
    if verdict.late_year is None:
        later = chapter.add_missing(id, words, "weeks on average", "", "a service that gives follow-ups")
    else:
        period = str(calendar_year(verdict.late_year))
        later = chapter.add_drawn(
            id, words, verdict.weeks_later, "weeks on average", period, RUN, basis, better="down"
        )
    return OptionForService(verdict, title, months, gained, overdue, now, more, later)


def add_figure(
    chapter: ChapterBuilder,
    services: ServiceRun,
    service: str,
    options: Mapping[str, OptionForService],
    baseline: Mapping[int, ServiceYear],
    baseline_title: str,
) -> str | None:
    """Add the chart of sessions past due under the options that differ the most in them; return its id if any does."""
    moved = [name for name, option in options.items() if option.overdue_more.number]
    if not moved:
        return None
    moved.sort(key=lambda name: (-abs(options[name].overdue_more.number), name))
    lines: list[tuple[str, list[Cell]]] = [
        (baseline_title, [*(year.overdue for year in baseline.values()), "", ""])
    ]
    drawn = [series(baseline_title, {year: found.overdue for year, found in baseline.items()})]
    for name in moved:
        option = options[name]
        means = _add_yearly(chapter, services, service, option)
        if len(drawn) < MOST_LINES:
            drawn.append(series(option.title, dict(zip(services.years, means, strict=True))))
        lines.append((option.title, [*means, option.overdue, option.overdue_month]))
    id = f"overdue_{service.lower()}"
    table = chapter.add_table(
        id,
        f"{SERVICES[service]}: sessions past due by option",
        [
            "Option",
            *(f"Mean of {y}" for y in services.years),
            "In the month that differs most",
            "Which month",
        ],
        lines,
        note="The range under a figure is an 80% interval.",
    )
    if len(services.years) < 2:
        return None  # a line takes two years
    first = options[moved[0]]
    way = "up to" if first.overdue_more.number > 0 else "down to"
    chapter.add_figure(
        id,
        f"“{first.title}” takes the sessions past due of {lower(SERVICES[service])} {way} {show(first.overdue)} in "
        f"{first.overdue_month}, against {show(first.overdue_baseline)} as things are",
        "Line chart of follow-up sessions past due, mean of each year. "
        + " ".join(
            f"{line.label}: {number(max(line.y), 'follow-up sessions')} at most, "
            f"{number(line.y[-1], 'follow-up sessions')} at the end."
            for line in drawn
        ),
        lambda: partial(charts.trend, drawn, "follow-up sessions past due, mean of each year"),
        table,
        "follow-up sessions",
    )
    return id


def _add_yearly(
    chapter: ChapterBuilder, services: ServiceRun, service: str, option: OptionForService
) -> list[Indicator]:
    """Add an option's sessions past due by year, means of the weeks as those of the baseline are."""
    name = option.verdict.scenario
    values = services.weekly("overdue_sessions", service, name)
    return [
        chapter.add_drawn(
            f"overdue.{service}.{name}.{year}",
            f"{SERVICES[service]}: sessions past due, mean over the year, {option.title}",
            values[weeks].mean(axis=0), "follow-up sessions",
            calendar_year(year), RUN, services.basis(service), better="down",
        )
        for year, weeks in services.years.items()
    ]  # fmt: skip
