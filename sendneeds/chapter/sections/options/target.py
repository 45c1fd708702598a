"""The probability that each list is at the waiting target, by option and month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import probability
from sendneeds.chapter.records import Z95, Indicator
from sendneeds.chapter.sections.health.health import WaitingStandard
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.sections.options.sessions import OptionForService
from sendneeds.chapter.words import likelihood, lower, month_words, number, show
from sendneeds.foundation.vocabulary import BASELINE, SERVICES
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.judge import LIKELY, stays_from

MOST_LINES = 4
DRAWS_NOTE = (
    "The file has a 95% range with each: what a limited number of draws leaves open, not the model's own "
    "doubt."
)


@dataclass(frozen=True)
class Probabilities:
    """Probabilities that the target is met and stays met.

    Parameters
    ----------
    months : list of str
    by_option : dict of (str, str) to dict of str to Indicator
        By service and name of the option, then by month.
    """

    months: list[str]
    by_option: dict[tuple[str, str], dict[str, Indicator]]

    @property
    def last(self) -> str:
        """The last month, by which options are judged."""
        return self.months[-1]

    @property
    def shown(self) -> list[str]:
        """The months that a table shows: every twelfth from the second year on, and the last."""
        return list(dict.fromkeys([*self.months[12::12], self.last]))

    @property
    def drawn(self) -> list[str]:
        """The months that a chart and its table have: every third, and the last."""
        return list(dict.fromkeys([*self.months[::3], self.last]))

    def at_end(self, service: str, option: str = BASELINE) -> Indicator:
        """Return the probability in the last month."""
        return self.by_option[service, option][self.last]

    def numbers(self, service: str, option: str) -> list[float]:
        """Return the probabilities by month."""
        return [record.number for record in self.by_option[service, option].values()]

    def cells(self, service: str, option: str) -> list[Indicator]:
        """Return those that a table shows."""
        return [self.by_option[service, option][month] for month in self.shown]


@dataclass(frozen=True)
class Likelihood:
    """Services that are as likely as each other to be at the target in the end, as things are.

    Parameters
    ----------
    word : str
    services : list of str
        Names, as within a sentence.
    probability : Indicator
        That of the first of them.
    """

    word: str
    services: list[str]
    probability: Indicator


def add_probabilities(
    chapter: ChapterBuilder, services: ServiceRun, comparison: Comparison, titles: Mapping[str, str]
) -> Probabilities:
    """Add the probability of the target for every service, option and month."""
    table = comparison.probability.assign(month=comparison.probability["month"].astype(str).str[:7])
    months = sorted(table["month"].unique())
    found: dict[tuple[str, str], dict[str, Indicator]] = {}
    for row in table.sort_values("month", kind="stable").itertuples():
        reach = Z95 * row.standard_error
        found.setdefault((row.service, row.scenario), {})[row.month] = chapter.add(
            Indicator(
                f"prob.{row.service}.{row.scenario}.{row.month}",
                f"{SERVICES[row.service]}: probability of being at the target in the month, {titles[row.scenario]}",
                float(row.probability_in), "probability", row.month, RUN, services.basis(row.service), better="up",
                low=max(0.0, row.probability_in - reach), high=min(1.0, row.probability_in + reach), level=95,
                definition=DRAWS_NOTE,
            )
        )  # fmt: skip
    return Probabilities(months, found)


def add_baseline_table(
    chapter: ChapterBuilder, services: ServiceRun, chances: Probabilities, standard: WaitingStandard
) -> None:
    """Add the table of the probability for every service as things are."""
    chapter.add_table(
        "probability_baseline",
        f"Probability that {show(standard.share)} of those waiting are under {show(standard.weeks)} weeks, as things "
        "are",
        ["Service", *(month_words(m) for m in chances.shown)],
        [(SERVICES[code], chances.cells(code, BASELINE)) for code in services.with_list],
        note=DRAWS_NOTE,
        ranges=False,
    )


def likelihoods(services: ServiceRun, chances: Probabilities) -> list[Likelihood]:
    """Return the services by how likely they are to be at the target in the end, the likeliest first."""
    by_word: dict[str, list[str]] = {}
    for code in services.with_list:
        by_word.setdefault(likelihood(chances.at_end(code).number), []).append(code)
    found = [
        Likelihood(word, [lower(SERVICES[code]) for code in codes], chances.at_end(codes[0]))
        for word, codes in by_word.items()
    ]
    return sorted(found, key=lambda line: -line.probability.number)


def add_figure(
    chapter: ChapterBuilder,
    service: str,
    chances: Probabilities,
    options: Mapping[str, OptionForService],
    baseline_title: str,
    ahead: list[str],
) -> str:
    """Add the chart of the baseline and the three options that end highest; the table has them all. Return its id.

    The title is judged by every month, the chart and its table have every third.
    """
    titles = {BASELINE: baseline_title, **{name: option.title for name, option in options.items()}}
    numbers = {name: chances.numbers(service, name) for name in titles}
    ranked = sorted(options, key=lambda name: (-numbers[name][-1], -sum(numbers[name]), name))
    drawn = {name: numbers[name] for name in (BASELINE, *ranked[: MOST_LINES - 1])}
    months, id = chances.drawn, f"probability_{service.lower()}"
    points = {name: [chances.by_option[service, name][m] for m in months] for name in titles}
    lines = {name: [record.number for record in points[name]] for name in drawn}
    table = chapter.add_table(
        id,
        f"{SERVICES[service]}: probability of being at the waiting target in a month, by option",
        ["Month", *titles.values()],
        [(month_words(m), [points[name][i] for name in titles]) for i, m in enumerate(months)],
        note=DRAWS_NOTE,
        ranges=False,
    )
    chapter.add_figure(
        id,
        finding(service, drawn, options, chances.months, ahead),
        f"Line chart of the probability of being at the target in every third month from {month_words(months[0])} to "
        f"{month_words(months[-1])}. "
        + " ".join(
            f"{titles[name]}: highest {number(max(line), 'probability')}, at the end "
            f"{number(line[-1], 'probability')}."
            for name, line in lines.items()
        ),
        lambda: partial(
            probability.probability_by_month,
            [titles[name] for name in lines],
            np.array(months, "datetime64[M]"),
            np.array(list(lines.values())),
            "probability of being at the target in the month",
            marks=[(LIKELY, "80% likely")],
        ),
        table,
        "probability, as a percentage of draws",
    )
    return id


def finding(
    service: str,
    chances: Mapping[str, list[float]],
    options: Mapping[str, OptionForService],
    months: list[str],
    ahead: list[str],
) -> str:
    """Return the title of a probability chart, judged at its end: who gets there and stays, and at what price.

    Parameters
    ----------
    service : str
    chances : mapping of str to list of float
        Probabilities by month under the baseline and each option drawn.
    options : mapping of str to OptionForService
    months, ahead : list of str
        All months, and those after the figures were taken.
    """
    inside, last = lower(SERVICES[service]), month_words(months[-1])
    stays = {name: stays_from(line, months, ahead, LIKELY) for name, line in chances.items()}
    since = {name: month for name, month in stays.items() if month}
    if BASELINE in since:
        return (
            f"{SERVICES[service]} is 80% likely to be at the target from {month_words(since[BASELINE])} on as things "
            "are"
        )
    if since:
        best = min(since, key=lambda n: (options[n].verdict.harms, since[n], n))
        return (
            f"“{options[best].title}” makes it 80% likely that {inside} is at the target from "
            f"{month_words(since[best])} on{options[best].harm}"
        )
    best = max(chances, key=lambda n: chances[n][-1])
    how = " as things are" if best == BASELINE else f", with “{options[best].title}”{options[best].harm}"
    text = (
        f"No option makes it 80% likely that {inside} is at the target in {last}; the highest chance then is "
        f"{number(chances[best][-1], 'probability')}{how}"
    )
    brief = [n for n, line in chances.items() if n not in (BASELINE, best) and max(line) >= LIKELY]
    if not brief:
        return text
    top = max(brief, key=lambda n: max(chances[n]))
    return (
        f"{text}; “{options[top].title}” gets there for a time and is at "
        f"{number(chances[top][-1], 'probability')} in the end{options[top].harm}"
    )
