"""The section on options: what it adds, and what its page and the summary say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.ehc.clock import Clock
from sendneeds.chapter.sections.health.health import SimulatedServices, WaitingStandard
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.projection import Projection
from sendneeds.chapter.sections.options import sessions, target
from sendneeds.chapter.sections.options.advice_asked import add_advice_asked
from sendneeds.chapter.sections.options.block import HighNeedsBlock, add_block
from sendneeds.chapter.sections.options.costs import Costs, add_costs
from sendneeds.chapter.sections.options.differences import add_differences
from sendneeds.chapter.sections.options.in_time import add_plans_in_time
from sendneeds.chapter.sections.options.place_options import PlaceOptions, add_place_options
from sendneeds.chapter.sections.options.sessions import OptionForService, OptionsByService
from sendneeds.chapter.sections.options.target import Likelihood, Probabilities
from sendneeds.chapter.sections.provision.places import Places
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import lower, month_words, show
from sendneeds.foundation.vocabulary import BASELINE, SERVICES
from sendneeds.scenarios.compare import compare
from sendneeds.scenarios.files import Scenario
from sendneeds.scenarios.judge import Judgement, judge

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult


@dataclass(frozen=True)
class SummaryRow:
    """What the summary says of the option that ends best for a service.

    Parameters
    ----------
    service : str
    option : OptionForService
    probability, probability_baseline : Indicator
        In the last month.
    baseline_months : Indicator
        Months at the target as things are.
    worst : str
        What the option that makes sessions latest does, if it is another; empty if none does harm.
    """

    service: str
    option: OptionForService
    probability: Indicator
    probability_baseline: Indicator
    baseline_months: Indicator
    worst: str


@dataclass(frozen=True)
class Target:
    """When the waiting target would be met.

    Parameters
    ----------
    hold_weeks : int
    month : str
        The last month, by which options are judged, in words.
    ahead_from : str
        The first month after the figures were taken, in words.
    likelihoods : list of Likelihood
        Services as things are.
    card : tuple of (str, Indicator) or None
        The first service that an option changes, and its probability as things are.
    rows : list of SummaryRow
        A row a service that an option changes.
    probability_figures, overdue_figures : list of str
        Ids of charts.
    """

    hold_weeks: int
    month: str
    ahead_from: str
    likelihoods: list[Likelihood]
    card: tuple[str, Indicator] | None
    rows: list[SummaryRow]
    probability_figures: list[str]
    overdue_figures: list[str]


@dataclass(frozen=True)
class Options:
    """The section on options.

    Parameters
    ----------
    scenarios : list of Scenario
        The baseline first.
    target : Target or None
        None where no list was simulated.
    in_time, places : list of str
        Titles of the options that change plans in time, and where children are placed.
    costs : Costs or None
    block : HighNeedsBlock or None
        None where no allocation of the high needs block is stated.
    """

    scenarios: list[Scenario]
    target: Target | None
    in_time: list[str]
    places: list[str]
    costs: Costs | None
    block: HighNeedsBlock | None

    @property
    def are_compared(self) -> bool:
        """Whether there is any option beside the baseline."""
        return len(self.scenarios) > 1


def add_options(
    chapter: ChapterBuilder,
    run: RunResult,
    horizon: Horizon,
    projection: Projection,
    services: SimulatedServices | None,
    clock: Clock | None,
    places: Places | None,
    standard: WaitingStandard,
) -> Options:
    """Add what each option changes of need, plans in time, places and lists, and its cost."""
    scenarios = sorted(run.scenarios, key=lambda scenario: scenario.name != BASELINE)
    titles = {scenario.name: scenario.title for scenario in scenarios}
    _add_need(chapter, run, horizon, projection, titles)
    in_time = [] if clock is None else add_plans_in_time(chapter, run.clock, clock, titles)
    if clock is not None:
        add_advice_asked(chapter, run, clock, titles)
    moved = PlaceOptions([], {})
    if places is not None:
        moved = add_place_options(chapter, run.places, places.basis, horizon, titles)
    costs = add_costs(chapter, run.costs, titles, moved.savings)
    found = None if services is None else _add_target(chapter, run, services, titles, standard)
    block = None if places is None else add_block(chapter, run, horizon, titles)
    return Options(scenarios, found, in_time, moved.titles, costs, block)


def _add_need(
    chapter: ChapterBuilder,
    run: RunResult,
    horizon: Horizon,
    projection: Projection,
    titles: Mapping[str, str],
) -> None:
    """Add EHC plans under every option that changes need itself."""
    if not run.needs:
        return
    lines: list[tuple[str, list[Cell]]] = [
        (titles[BASELINE], [projection.plans[year] for year in horizon.shown])
    ]
    for name, need in run.needs.items():
        total = need.total("E")
        cells: list[Cell] = [
            chapter.add_drawn(
                f"proj.{name}.{year}", f"EHC plans: {titles[name]}", total.sel(year=year).values, "plans",
                january(year), MODEL,
            )
            for year in horizon.shown
        ]  # fmt: skip
        lines.append((titles[name], cells))
    chapter.add_table(
        "need_options",
        f"EHC plans in {chapter.area.name} under the options that change need",
        ["Option", *(horizon.label(y) for y in horizon.shown)],
        lines,
        note=horizon.note,
    )


def _add_target(
    chapter: ChapterBuilder,
    run: RunResult,
    services: SimulatedServices,
    titles: Mapping[str, str],
    standard: WaitingStandard,
) -> Target:
    """Add probabilities by month, sessions past due, and what each option changes of them."""
    comparison = compare(run)
    judgement = judge(comparison)
    lists = services.run
    chances = target.add_probabilities(chapter, lists, comparison, titles)
    found = sessions.add_options_by_service(chapter, lists, comparison, judgement, titles)
    probability_figures, overdue_figures = [], []
    for code, options in found.by_service.items():
        if not options:
            continue
        probability_figures.append(
            target.add_figure(chapter, code, chances, options, titles[BASELINE], found.ahead)
        )
        years = {} if services.whole is None else services.whole.under_way.by_service[code]
        id = sessions.add_figure(chapter, lists, code, options, years, titles[BASELINE])
        overdue_figures += [] if id is None else [id]
    target.add_baseline_table(chapter, lists, chances, standard)
    add_differences(chapter, lists, comparison, found, titles)
    rows = summary_rows(lists.with_list, judgement, chances, found)
    changed = [code for code, options in found.by_service.items() if options]
    card = (lower(SERVICES[changed[0]]), chances.at_end(changed[0])) if changed else None
    return Target(
        comparison.hold_weeks,
        month_words(chances.last),
        month_words(found.ahead[0]),
        target.likelihoods(lists, chances),
        card,
        rows,
        probability_figures,
        overdue_figures,
    )


def summary_rows(
    services: tuple[str, ...], judgement: Judgement, chances: Probabilities, found: OptionsByService
) -> list[SummaryRow]:
    """Return what the summary says of the option that ends best, for every service that an option changes."""
    rows = []
    for code in services:
        best = judgement.best(code)
        if best is None:
            continue
        options = found.by_service[code]
        rows.append(
            SummaryRow(
                SERVICES[code],
                options[best.scenario],
                chances.at_end(code, best.scenario),
                chances.at_end(code),
                found.baseline_months[code],
                worst_option([option for name, option in options.items() if name != best.scenario]),
            )
        )
    return rows


def worst_option(others: list[OptionForService]) -> str:
    """Return what the option that makes sessions latest does, in a sentence; empty if none does harm."""
    harmful = [option for option in others if option.verdict.harms]
    if not harmful:
        return ""
    worst = max(harmful, key=lambda option: option.later.number)
    return f"“{worst.title}” is there in {show(worst.months)} months{worst.harm}"
