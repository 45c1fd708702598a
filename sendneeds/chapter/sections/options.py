"""Options compared: when the target is met, what changes, and who pays."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter import bars
from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit
from sendneeds.chapter.sections.health import RUN, basis_of
from sendneeds.chapter.words import lower, month_words, number
from sendneeds.foundation.vocabulary import FUNDERS, SERVICES

MOST_LINES = 4
BASIS = "illustrative"
MONTHS_AHEAD = 24
"""Differences are shown a year before the end of the lists, but at least so many months in: posts take time."""


def fill(kit: Kit, comparison: Any) -> None:
    """Add probabilities by month, differences and costs; nothing but the baseline's where there is one scenario."""
    names = [str(s.name) for s in kit.result.scenarios]
    titles = {str(s.name): str(s.title) for s in kit.result.scenarios}
    kit.facts |= {
        "option_names": names,
        "titles": titles,
        "options": [],
        "option_cards": [],
        "option_lines": [],
        "probability_figures": [],
    }
    if not kit.facts["services"]:
        return
    for scenario in kit.result.scenarios:
        kit.facts["options"].append(
            {
                "name": scenario.name,
                "title": scenario.title,
                "words": scenario.note or "No note is given in its file.",
            }
        )
    _probability(kit, comparison.probability, names, titles)
    if len(names) > 1:
        _differences(kit, comparison.differences, names, titles)
        _costs(kit, comparison.costs, names, titles)


def _probability(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    for code in kit.facts["services"]:
        frame = table[table["service"] == code]
        if not len(frame):
            continue
        months = sorted(frame["month"].astype(str).str[:7].unique())
        wide = {
            n: dict(
                zip(
                    frame.loc[frame["scenario"] == n, "month"].astype(str).str[:7],
                    frame.loc[frame["scenario"] == n, "probability"],
                    strict=True,
                )
            )
            for n in names
        }
        error = {
            n: dict(
                zip(
                    frame.loc[frame["scenario"] == n, "month"].astype(str).str[:7],
                    frame.loc[frame["scenario"] == n, "standard_error"],
                    strict=True,
                )
            )
            for n in names
        }
        for name in names:
            for month in months:
                if month in wide[name]:
                    value, se = float(wide[name][month]), float(error[name][month])
                    kit.book.add(
                        Indicator(
                            f"prob.{code}.{name}.{month}",
                            f"{SERVICES[code]}: probability that the waiting target is met, {titles[name]}",
                            value,
                            "probability",
                            month,
                            RUN,
                            basis_of(kit, code),
                            better="up",
                            low=max(0.0, value - 1.96 * se),
                            high=min(1.0, value + 1.96 * se),
                            level=95,
                            definition="The interval is the error of drawing a limited number of draws, not of the model",
                        )
                    )
        _probability_figure(kit, code, months, names, titles)


def _probability_figure(
    kit: Kit, code: str, months: list[str], names: list[str], titles: dict[str, str]
) -> None:
    """Draw at most four options: the baseline and the three that reach furthest; the table has them all."""

    def value(name: str, month: str) -> float:
        return float(kit.book[f"prob.{code}.{name}.{month}"].value or 0.0)

    last, base = months[-1], names[0]
    options = sorted(names[1:], key=lambda n: (-sum(value(n, m) for m in months), n))
    drawn = [base, *options[: MOST_LINES - 1]]
    quarters = [m for m in months if m[5:] in ("03", "06", "09", "12")][:20] or months
    shown = [m for m in months if m[5:] == months[0][5:]] if len(months) > 30 else quarters
    shown = list(dict.fromkeys([*shown, last]))
    rows = [(titles[n], [f"prob.{code}.{n}.{m}" for m in shown]) for n in names]
    made = kit.table(
        f"probability_{code.lower()}",
        f"{SERVICES[code]}: probability that 92% of those waiting are under 18 weeks, and stay so",
        ["Option", *shown],
        rows,
        note="The range is the error of drawing a limited number of draws (95%).",
    )
    reach = {n: next((m for m in months if value(n, m) >= 0.8), None) for n in drawn}
    first = min((m for n, m in reach.items() if m and n != base), default=None)
    best = next((n for n in drawn if n != base and reach[n] == first), None) if first else None
    if value(base, months[-1]) >= 0.8 and reach[base] and (not first or reach[base] <= first):
        title = f"{SERVICES[code]} reaches the target with 80% probability by {month_words(reach[base])} as things are"
    elif best:
        title = (
            f"“{titles[best]}” gets {lower(SERVICES[code])} to the target soonest: 80% likely by {month_words(first)}; as things are, "
            f"{number(value(base, first), 'probability')}"
        )
    else:
        title = f"No option is 80% likely to get {lower(SERVICES[code])} to the target by {month_words(last)}"
    kit.figure(
        f"probability_{code.lower()}",
        title,
        f"Line chart of the probability that the target is met, by month from {months[0]} to {last}. "
        + " ".join(
            f"{titles[n]}: {number(value(n, last), 'probability')} by {month_words(last)}." for n in drawn
        ),
        lambda: bars.by_date(
            [titles[n] for n in drawn],
            np.array(months, "datetime64[M]"),
            np.array([[value(n, m) for m in months] for n in drawn]),
            "probability that the target is met and stays met for four weeks",
            marks=[(0.8, "80% likely")],
        ),
        made,
        "probability, as a percentage of draws",
    )
    kit.facts["probability_figures"].append(f"probability_{code.lower()}")


MEASURES = {
    "waiting": ("Children waiting", "children", 1.0),
    "share_within_18": ("Points of share within 18 weeks", "points", 100.0),
    "waiting_over_52": ("Waiting over 52 weeks", "children", 1.0),
    "waiting_p92": ("Weeks within which 92% have waited", "weeks", 1.0),
}
"""Differences that are shown: column, unit, and what turns the run's unit into it."""


def _differences(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    """Add what each option changes two years after it could start, where it changes anything."""
    months = sorted(table["month"].astype(str).str[:7].unique())
    month = months[-1] if len(months) < MONTHS_AHEAD + 1 else months[max(MONTHS_AHEAD, len(months) - 13)]
    frame = table[table["month"].astype(str).str[:7] == month]
    lines = []
    for name in names[1:]:
        for code in kit.facts["services"]:
            found = frame[(frame["scenario"] == name) & (frame["service"] == code)].set_index("measure")
            if not len(found) or not found[["low", "central", "high"]].to_numpy().any():
                continue
            cells = []
            for measure, (words, unit, scale) in MEASURES.items():
                low, central, high = (
                    float(found.loc[measure, k]) * scale for k in ("low", "central", "high")
                )
                cells.append(
                    kit.book.add(
                        Indicator(
                            f"diff.{code}.{name}.{measure}",
                            f"{SERVICES[code]}: {words.lower()}, {titles[name]} less the baseline",
                            central,
                            unit,
                            month,
                            RUN,
                            basis_of(kit, code),
                            low=low,
                            high=high,
                            better="up" if measure == "share_within_18" else "down",
                        )
                    )
                )
            lines.append((f"{titles[name]}: {lower(SERVICES[code])}", cells))
    kit.facts["difference_month"] = month_words(month)
    kit.table(
        "differences",
        f"Each option less carrying on as now, {month_words(month)}",
        ["Option and service", *(words for words, _, _ in MEASURES.values())],
        lines,
        note="A minus means fewer or shorter. The range under a figure is an 80% interval. Services that an option does "
        "not change are left out.",
    )


def _costs(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    """Add cost by funder and financial year; a year's total is summed draw by draw by the run."""
    if not len(table):
        return
    shown = [n for n in names if n in set(table["scenario"])]
    parts, totals = table[table["funder"] != "all"], table[table["funder"] == "all"]
    funders = [f for f in FUNDERS if f in set(parts["funder"])][:MOST_LINES]
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
            lines.append((f"{titles[name]}: {year}/{(year + 1) % 100:02d}", cells))
    made = kit.table(
        "cost_by_funder",
        "Cost of each option by financial year and funder, beyond carrying on as now",
        ["Option and year", *(FUNDERS[f] for f in funders), "All funders"],
        lines,
        note="Prices of the pack's figures, not uprated. The range is an 80% interval; there is none where a "
        "funder pays for more than one thing, because ranges cannot be added.",
    )
    values = np.array(
        [[sum(kit.book[f"cost.{n}.{y}.{f}"].value or 0.0 for y in years) for f in funders] for n in shown],
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
