"""The high needs block: what comes in, what is spent, and the balance that is carried forward, by financial year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import join
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.cost import financial_year
from sendneeds.scenarios.high_needs import high_needs
from sendneeds.scenarios.high_needs_result import ROWS, TOTALS

if TYPE_CHECKING:
    from sendneeds.scenarios.high_needs_result import HighNeedsResult
    from sendneeds.scenarios.run_result import RunResult

SOURCE = "sendneeds simulation from the area's high needs budget and prices of places"
PRICES = "Prices as in the pack's figures, not uprated."
OVERSPENT = " A minus is an overspend."


@dataclass(frozen=True)
class HighNeedsBlock:
    """The block as things go on, and under the options.

    Parameters
    ----------
    last : str
        The last financial year shown, as 2029/30.
    spend : Indicator
        Of that year; of what has a price alone where some is left out.
    income, balance : Indicator or None
        What comes in, and the balance at the end of that year, negative where overspent; None where spending is left
        out, which would make a surplus of it.
    options : list of (str, Indicator)
        Of each option that moves the block its title, and what the block has spent less by then.
    left_out : str
        Spending without a price or a figure, in words; empty where there is none.
    illustrative : bool
        Whether the allocation is.
    """

    last: str
    spend: Indicator
    income: Indicator | None
    balance: Indicator | None
    options: list[tuple[str, Indicator]]
    left_out: str
    illustrative: bool


def add_block(
    chapter: ChapterBuilder, run: RunResult, horizon: Horizon, titles: Mapping[str, str]
) -> HighNeedsBlock | None:
    """Add the rows of the management plan and the balances to the last scored year; None without an allocation."""
    if not chapter.area.has("high_needs"):
        return None
    try:
        found = high_needs(run)
    except MissingDataError:
        return None
    if "cumulative" not in found.data:
        return None
    first, last = int(found.data.attrs["balance_from"]), horizon.scored_to - 1
    years = [int(y) for y in found.data["financial_year"].values if first <= y <= last]
    if not years:
        return None
    illustrative = bool(found.data.attrs.get("illustrative_allocation"))
    basis = "illustrative" if illustrative else "estimate"
    left_out = [kind for kind in str(found.data.attrs["left_out"]).split("; ") if kind]
    totals = ["spend"] if left_out else list(TOTALS)
    by_row = _add_rows(chapter, found, years, basis, totals)
    words, head = ROWS | TOTALS, ["Row", *map(financial_year, years)]
    lines: list[tuple[str, list[Cell]]] = [(words[name], list(row.values())) for name, row in by_row.items()]
    if not left_out:
        chapter.add_table(
            "high_needs_block",
            "High needs block as things go on",
            head,
            lines[-len(TOTALS) :],
            note=PRICES + OVERSPENT,
        )
    chapter.add_table(
        "high_needs_rows",
        "High needs block as things go on, by row of the management plan",
        head,
        lines,
        note=f"{PRICES} The middle of a sum need not be the sum of the middles of its rows."
        + (f" Left out, for want of a price or a figure: {join(left_out)}." if left_out else OVERSPENT),
    )
    options = _add_options(chapter, found, titles, years, basis)
    at_end = {name: row[last] for name, row in by_row.items()}
    return HighNeedsBlock(
        financial_year(last),
        at_end["spend"],
        at_end.get("income"),
        at_end.get("cumulative"),
        options,
        join(left_out),
        illustrative,
    )


def _add_rows(
    chapter: ChapterBuilder, found: HighNeedsResult, years: list[int], basis: str, totals: Sequence[str]
) -> dict[str, dict[int, Indicator]]:
    """Add every row of the block as things go on, and some totals, by year."""
    base = found.data.sel(scenario=BASELINE)
    drawn = {row: base["spend"].sel(row=row) for row in ROWS if base["spend"].sel(row=row).any()}
    drawn |= {name: base["spend"].sum("row") if name == "spend" else base[name] for name in totals}
    words = ROWS | TOTALS
    return {
        name: {
            year: chapter.add_drawn(
                f"block.{name}.{year}",
                f"High needs block: {words[name]}",
                values.sel(financial_year=year).values,
                "GBP",
                financial_year(year),
                SOURCE,
                basis,
                better="up" if name in ("in_year", "cumulative") else "",
            )
            for year in years
        }
        for name, values in drawn.items()
    }


def _add_options(
    chapter: ChapterBuilder, found: HighNeedsResult, titles: Mapping[str, str], years: list[int], basis: str
) -> list[tuple[str, Indicator]]:
    """Add what the block has spent less under each option that moves it."""
    spent = found.data["spend"].sum("row").sel(financial_year=years).sum("financial_year")
    span = f"{financial_year(years[0])} to {financial_year(years[-1])}"
    options = []
    for name in titles:
        saved = (spent.sel(scenario=BASELINE) - spent.sel(scenario=name)).values
        if saved.any():
            record = chapter.add_drawn(
                f"block.{name}.saved",
                f"Spent less from the high needs block: {titles[name]}",
                saved,
                "GBP",
                span,
                SOURCE,
                basis,
                better="up",
                definition="Cash, the option's own cost to the block taken off",
            )
            options.append((titles[name], record))
    if options:
        lines: list[tuple[str, list[Cell]]] = [(title, [saved]) for title, saved in options]
        chapter.add_table(
            "high_needs_options",
            f"What each option saves the high needs block, {span}",
            ["Option", "Spent less"],
            lines,
            note="A minus means that the block spends more.",
        )
    return options
