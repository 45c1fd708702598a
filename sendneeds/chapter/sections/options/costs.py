"""Cost of the options, by funder and financial year."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.lists_ahead import RUN
from sendneeds.chapter.words import join, number
from sendneeds.foundation.vocabulary import FUNDERS

MOST_PARTS = 4
FULL_YEAR = 52
"""Weeks; a financial year with fewer in the run is named as part of one."""
BASIS = "illustrative"


def fill(kit: ChapterBuilder, table: Any, names: list[str], titles: dict[str, str]) -> None:
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
            _whole_run(kit, f"cost.{name}.run.{funder}", f"Cost to {FUNDERS[funder]} over the run: {titles[name]}",
                       values[i, f], years)  # fmt: skip
        mine = parts[parts["scenario"] == name].groupby("cost_type")["central"].sum()
        for kind, words in KINDS.items():
            if kind in mine:
                _whole_run(kit, f"cost.{name}.run.{kind}", f"{words} over the run: {titles[name]}",
                           float(mine[kind]), years)  # fmt: skip
        _whole_run(kit, f"cost.{name}.run", f"Cost over the run: {titles[name]}", values[i].sum(), years)
        _net(kit, name, titles[name], years)
    kit.facts["cost_lines"] = [_line(kit, n, titles[n]) for n in shown]
    kit.facts["cost_years"] = _span(years)
    kit.figure(
        "cost_by_funder",
        _finding(kit, shown, titles, years),
        f"Bar chart of cost by funder over {_span(years)}, one bar an option. "
        + " ".join(
            f"{titles[n]}: {number(float(v.sum()), 'GBP')}." for n, v in zip(shown, values, strict=True)
        ),
        lambda: bars.stacked(
            [titles[n] for n in shown],
            [FUNDERS[f] for f in funders],
            values,
            [[number(v, "GBP") for v in line] for line in values],
            f"cost, capital among it and savings not taken off, {_span(years)}, central figures added up",
            totals=[number(float(v.sum()), "GBP") for v in values],
            money=True,
        ),
        made,
        "pounds",
    )


KINDS = {"recurrent": "Recurrent cost", "one_off": "Cost once", "capital": "Capital"}


def _whole_run(
    kit: ChapterBuilder, id: str, title: str, value: float, years: list[int], how: str = ""
) -> None:
    how = how or "Sum of the years' central figures"
    kit.book.add(Indicator(id, title, value, "GBP", _span(years), RUN, BASIS, definition=how))


def _net(kit: ChapterBuilder, name: str, title: str, years: list[int]) -> None:
    """Add what an option for places saves over the same years, and its cost less that, where a saving is known."""
    found = kit.facts["place_savings"].get(name)
    if found is None:
        return
    saved = found.saved(years[0] + 1, years[-1] + 1).sum("funder").values
    how = "Each financial year at the rate of the January in it"
    kit.drawn(
        f"saved.places.{name}.run", f"Spent less on places and travel over the run: {title}", saved, "GBP",
        _span(years), RUN, BASIS, better="up", definition=how,
    )  # fmt: skip
    net = kit.book[f"cost.{name}.run"].number - float(np.median(saved))
    _whole_run(kit, f"cost.{name}.net", f"Cost over the run less what is saved: {title}", net, years,
               "Central cost, capital among it, less the central saving on places and travel")  # fmt: skip


def _line(kit: ChapterBuilder, name: str, title: str) -> dict[str, Any]:
    """Return what the list of costs says of an option: its kinds of cost apart, and what it saves."""
    kinds = [(words.lower(), f"cost.{name}.run.{kind}") for kind, words in KINDS.items()]
    return {
        "title": title,
        "parts": [{"kind": words, "id": id} for words, id in kinds if id in kit.book],
        "saved": f"saved.places.{name}.run" if f"cost.{name}.net" in kit.book else "",
        "net": f"cost.{name}.net",
    }


def _finding(kit: ChapterBuilder, shown: list[str], titles: dict[str, str], years: list[int]) -> str:
    """Return the chart's title: the dearest to run, and apart from it the greatest capital with what it saves."""

    def of(name: str, kind: str) -> float:
        id = f"cost.{name}.run.{kind}"
        return kit.book[id].number if id in kit.book else 0.0

    running = {n: of(n, "recurrent") + of(n, "one_off") for n in shown}
    dearest, built = (max(shown, key=rank) for rank in (running.__getitem__, lambda n: of(n, "capital")))
    clauses = []
    if running[dearest] > 0:
        amount = number(running[dearest], "GBP")
        level = [n for n in shown if number(running[n], "GBP") == amount]
        who = join([f"“{titles[n]}”" for n in level])
        if len(level) > 1:
            text = f"cost about {amount} each to run"
        elif sum(v > 0 for v in running.values()) > 1:
            text = f"costs the most to run, about {amount}"
        else:
            text = f"costs about {amount} to run"
        clauses.append(f"{who} {text} over {_span(years)}")
    if of(built, "capital") > 0:
        text = f"“{titles[built]}” takes about {number(of(built, 'capital'), 'GBP')} of capital"
        if f"cost.{built}.net" in kit.book:
            saved = kit.book[f"saved.places.{built}.run"]
            spends = "saves" if saved.number >= 0 else "adds"
            text += (
                f" and {spends} about {number(abs(saved.number), 'GBP')} on places and travel in those years"
            )
        clauses.append(text)
    return "; ".join(clauses) or f"No option costs anything over {_span(years)}"


def _span(years: list[int]) -> str:
    return f"{years[0]}/{(years[0] + 1) % 100:02d} to {years[-1]}/{(years[-1] + 1) % 100:02d}"


def _cost(kit: ChapterBuilder, id: str, found: Any, title: str, year: int, funder: str) -> Indicator:
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
