"""Cost of the options, by funder and financial year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.service_run import RUN
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import join, number
from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.scenarios.cost import financial_year
from sendneeds.waits.places.compare import PlacesComparison

if TYPE_CHECKING:
    import pandas as pd

MOST_PARTS = 4
FULL_YEAR = 52
"""Weeks; a financial year with fewer in the run is named as part of one."""
BASIS = "illustrative"
ALL_FUNDERS = "all"
KINDS = {"recurrent": "Recurrent cost", "one_off": "Cost once", "capital": "Capital"}
SUMMED = "Sum of the years' central figures"


@dataclass(frozen=True)
class OptionCost:
    """The cost of one option over the run.

    Parameters
    ----------
    title : str
    kinds : dict of str to Indicator
        By kind of `KINDS`, those that the option has.
    by_funder : dict of str to float
        Pounds over the run, by funder.
    total : Indicator
    saved, net : Indicator or None
        What it saves on places and travel, or what it adds to them where `adds`, and its cost with that; None where
        neither is known.
    adds : bool
    """

    title: str
    kinds: dict[str, Indicator]
    by_funder: dict[str, float]
    total: Indicator
    saved: Indicator | None
    net: Indicator | None
    adds: bool = False

    @property
    def parts(self) -> list[tuple[str, Indicator]]:
        """The kinds of cost in words, each with its amount."""
        return [(KINDS[kind].lower(), record) for kind, record in self.kinds.items()]

    @property
    def running(self) -> float:
        """Recurrent cost and cost once, in pounds."""
        return self._amount("recurrent") + self._amount("one_off")

    @property
    def capital(self) -> float:
        """Capital, in pounds."""
        return self._amount("capital")

    def _amount(self, kind: str) -> float:
        return self.kinds[kind].number if kind in self.kinds else 0.0


@dataclass(frozen=True)
class Costs:
    """The costs of the options, and the financial years that they are over, in words."""

    options: list[OptionCost]
    years: str


def add_costs(
    chapter: ChapterBuilder,
    table: pd.DataFrame,
    titles: Mapping[str, str],
    savings: Mapping[str, PlacesComparison],
) -> Costs | None:
    """Add cost by funder and financial year; None where nothing is costed.

    Parameters
    ----------
    table : pandas.DataFrame
        As `RunResult.costs`; a year's total is summed draw by draw there.
    titles : mapping of str to str
        Titles of the options, by name.
    savings : mapping of str to PlacesComparison
        What options save on places and travel, by name.
    """
    if not len(table):
        return None
    shown = [name for name in titles if name in set(table["scenario"])]
    parts = table[table["funder"] != ALL_FUNDERS]
    funders = [f for f in FUNDERS if f in set(parts["funder"])][:MOST_PARTS]
    years = sorted(int(y) for y in parts["financial_year"].unique())
    lines: list[tuple[str, list[Cell]]] = []
    amounts = np.zeros((len(shown), len(funders)))
    options: list[OptionCost] = []
    span = _span(years)
    for i, name in enumerate(shown):
        for year in years:
            rows = table[(table["scenario"] == name) & (table["financial_year"] == year)]
            cells = [
                _add_year(chapter, rows[rows["funder"] == funder], name, titles[name], year, funder)
                for funder in (*funders, ALL_FUNDERS)
            ]
            amounts[i] += [cell.number for cell in cells[:-1]]
            weeks = rows.loc[rows["funder"] != ALL_FUNDERS, "weeks"]
            part = " (part of the year)" if len(weeks) and weeks.max() < FULL_YEAR else ""
            lines.append((f"{titles[name]}: {financial_year(year)}{part}", list(cells)))
        mine = parts[parts["scenario"] == name]
        by_funder = dict(zip(funders, amounts[i].tolist(), strict=True))
        options.append(_add_run(chapter, name, titles[name], by_funder, mine, savings.get(name), years))
        totals = [chapter.records[f"cost.{name}.run.{funder}"] for funder in funders]
        lines.append((f"{titles[name]}: all years, {span}", [*totals, options[-1].total]))
    head = ["Option and year", *(FUNDERS[f] for f in funders), "All funders"]
    costs = chapter.add_table(
        "cost_by_funder",
        "Cost of each option by financial year and funder, beyond carrying on as now",
        head,
        lines,
        note="Prices of the pack's figures, not uprated. The range is an 80% interval; there is none where a "
        "funder pays for more than one thing, because ranges cannot be added.",
    )
    chapter.add_figure(
        "cost_by_funder",
        finding(options, span),
        f"Bar chart of cost by funder over {span}, one bar an option. "
        + " ".join(f"{option.title}: {number(option.total.number, 'GBP')}." for option in options),
        lambda: partial(
            bars.stacked,
            [option.title for option in options],
            [FUNDERS[f] for f in funders],
            amounts,
            [[number(v, "GBP") for v in line] for line in amounts],
            f"cost, capital among it and savings not taken off, {span}, central figures added up",
            totals=[number(option.total.number, "GBP") for option in options],
            money=True,
        ),
        costs,
        "pounds",
    )
    return Costs(options, span)


def _add_year(
    chapter: ChapterBuilder, found: pd.DataFrame, name: str, title: str, year: int, funder: str
) -> Indicator:
    """Add the cost of a year to a funder; an interval only where it pays for one thing."""
    who = "all funders" if funder == ALL_FUNDERS else FUNDERS[funder]
    low, high = (float(found[end].iloc[0]) if len(found) == 1 else None for end in ("low", "high"))
    return chapter.add(
        Indicator(
            f"cost.{name}.{year}.{funder}", f"Cost to {who}: {title}", float(found["central"].sum()), "GBP",
            financial_year(year), RUN, BASIS, low=low, high=high,
        )
    )  # fmt: skip


def _add_run(
    chapter: ChapterBuilder,
    name: str,
    title: str,
    by_funder: Mapping[str, float],
    rows: pd.DataFrame,
    saving: PlacesComparison | None,
    years: list[int],
) -> OptionCost:
    """Add the cost of an option over the run: by funder, by kind, all together, and less what it saves."""

    def add(id: str, words: str, value: float, how: str = SUMMED) -> Indicator:
        id = f"cost.{name}.{id}"
        return chapter.add(
            Indicator(id, f"{words}: {title}", value, "GBP", _span(years), RUN, BASIS, definition=how)
        )

    for funder, amount in by_funder.items():
        add(f"run.{funder}", f"Cost to {FUNDERS[funder]} over the run", amount)
    by_kind = rows.groupby("cost_type")["central"].sum()
    kinds = {
        kind: add(f"run.{kind}", f"{words} over the run", float(by_kind[kind]))
        for kind, words in KINDS.items()
        if kind in by_kind
    }
    total = add("run", "Cost over the run", sum(by_funder.values()))
    if saving is None:
        return OptionCost(title, kinds, dict(by_funder), total, None, None)
    draws = saving.saved(years[0] + 1, years[-1] + 1).sum("funder").values
    adds = float(np.median(draws)) < 0
    kind, words, better = ("added", "more", "down") if adds else ("saved", "less", "up")
    saved = chapter.add_drawn(
        f"{kind}.places.{name}.run", f"Spent {words} on places and travel over the run: {title}",
        -draws if adds else draws, "GBP", _span(years), RUN, BASIS, better=better,
        definition="Each financial year at the rate of the January in it",
    )  # fmt: skip
    net = add(
        "net",
        "Cost over the run with what is saved or added",
        total.number - float(np.median(draws)),
        "Central cost, capital among it, less the central saving on places and travel or with what is added to them",
    )
    return OptionCost(title, kinds, dict(by_funder), total, saved, net, adds)


def finding(options: list[OptionCost], span: str) -> str:
    """Return the chart's title: the dearest to run, and apart from it the greatest capital with what it saves."""
    dearest = max(options, key=lambda option: option.running)
    built = max(options, key=lambda option: option.capital)
    clauses = []
    if dearest.running > 0:
        amount = number(dearest.running, "GBP")
        level = [option for option in options if number(option.running, "GBP") == amount]
        who = join([f"“{option.title}”" for option in level])
        if len(level) > 1:
            text = f"cost about {amount} each to run"
        elif sum(option.running > 0 for option in options) > 1:
            text = f"costs the most to run, about {amount}"
        else:
            text = f"costs about {amount} to run"
        clauses.append(f"{who} {text} over {span}")
    if built.capital > 0:
        text = f"“{built.title}” takes about {number(built.capital, 'GBP')} of capital"
        if built.saved is not None:
            spends, where = ("adds", "to") if built.adds else ("saves", "on")
            amount = number(built.saved.number, "GBP")
            text += f" and {spends} about {amount} {where} places and travel in those years"
        clauses.append(text)
    return "; ".join(clauses) or f"No option costs anything over {span}"


def _span(years: list[int]) -> str:
    return f"{financial_year(years[0])} to {financial_year(years[-1])}"
