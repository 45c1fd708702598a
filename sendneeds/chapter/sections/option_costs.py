"""Cost of the options, by funder and financial year."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter import bars
from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit
from sendneeds.chapter.sections.lists_ahead import RUN
from sendneeds.chapter.words import number
from sendneeds.foundation.vocabulary import FUNDERS

MOST_PARTS = 4
FULL_YEAR = 52
"""Weeks; a financial year with fewer in the run is named as part of one."""
BASIS = "illustrative"


def fill(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    """Add cost by funder and financial year; a year's total is summed draw by draw by the run."""
    if not len(table):
        return
    shown = [n for n in names if n in set(table["scenario"])]
    parts, totals = table[table["funder"] != "all"], table[table["funder"] == "all"]
    funders = [f for f in FUNDERS if f in set(parts["funder"])][:MOST_PARTS]
    years = sorted(int(y) for y in parts["financial_year"].unique())
    lines = []
    for name in shown:
        for year in years:
            cells: list[Indicator | str] = []
            for funder in [*funders, "all"]:
                mine = totals if funder == "all" else parts
                mine = mine[
                    (mine["scenario"] == name) & (mine["financial_year"] == year) & (mine["funder"] == funder)
                ]
                cells.append(_cost(kit, f"cost.{name}.{year}.{funder}", mine, titles[name], year, funder))
            part = parts[(parts["scenario"] == name) & (parts["financial_year"] == year)]["weeks"]
            tail = " (part of the year)" if len(part) and part.max() < FULL_YEAR else ""
            lines.append((f"{titles[name]}: {year}/{(year + 1) % 100:02d}{tail}", cells))
    made = kit.table(
        "cost_by_funder",
        "Cost of each option by financial year and funder, beyond carrying on as now",
        ["Option and year", *(FUNDERS[f] for f in funders), "All funders"],
        lines,
        note="Prices of the pack's figures, not uprated. The range is an 80% interval; there is none where a "
        "funder pays for more than one thing, because ranges cannot be added.",
    )
    values = np.array(
        [[sum(kit.book[f"cost.{n}.{y}.{f}"].number for y in years) for f in funders] for n in shown],
        float,
    )
    for i, name in enumerate(shown):
        for f, funder in enumerate(funders):
            kit.book.add(
                Indicator(
                    f"cost.{name}.run.{funder}",
                    f"Cost to {FUNDERS[funder]} over the run: {titles[name]}",
                    values[i, f],
                    "GBP",
                    _span(years),
                    RUN,
                    BASIS,
                    definition="Sum of the years' central figures",
                )
            )
        kit.book.add(
            Indicator(
                f"cost.{name}.run",
                f"Cost over the run: {titles[name]}",
                values[i].sum(),
                "GBP",
                _span(years),
                RUN,
                BASIS,
                definition="Sum of the years' central figures",
            )
        )
    kit.facts["cost_lines"] = [{"title": titles[n], "id": f"cost.{n}.run"} for n in shown]
    kit.facts["cost_years"] = _span(years)
    dearest = shown[int(values.sum(axis=1).argmax())]
    amount = number(float(values.sum(axis=1).max()), "GBP")
    kit.figure(
        "cost_by_funder",
        f"“{titles[dearest]}” costs {'the most, ' if len(shown) > 1 else ''}about {amount} over {_span(years)}",
        f"Bar chart of cost by funder over {_span(years)}, one bar an option. "
        + " ".join(
            f"{titles[n]}: {number(float(v.sum()), 'GBP')}." for n, v in zip(shown, values, strict=True)
        ),
        lambda: bars.stacked(
            [titles[n] for n in shown],
            [FUNDERS[f] for f in funders],
            values,
            [[number(v, "GBP") for v in line] for line in values],
            f"cost beyond carrying on as now, {_span(years)}, central figures added up",
            totals=[number(float(v.sum()), "GBP") for v in values],
            money=True,
        ),
        made,
        "pounds",
    )


def _span(years: list[int]) -> str:
    return f"{years[0]}/{(years[0] + 1) % 100:02d} to {years[-1]}/{(years[-1] + 1) % 100:02d}"


def _cost(kit: Kit, id: str, found: Any, title: str, year: int, funder: str) -> Indicator:
    who = "all funders" if funder == "all" else FUNDERS[funder]
    bounds: dict[str, float] = {}
    if len(found) == 1:
        bounds = {"low": float(found["low"].iloc[0]), "high": float(found["high"].iloc[0])}
    return kit.book.add(
        Indicator(
            id,
            f"Cost to {who}: {title}",
            float(found["central"].sum()),
            "GBP",
            f"{year}/{(year + 1) % 100:02d}",
            RUN,
            BASIS,
            low=bounds.get("low"),
            high=bounds.get("high"),
        )
    )
