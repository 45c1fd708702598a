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
AHEAD = 104
"""Weeks after which differences are shown first: two years, when new posts have had time to work."""


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
            {"name": scenario.name, "title": scenario.title, "words": levers(scenario)}
        )
    _probability(kit, comparison.probability, names, titles)
    if len(names) > 1:
        _differences(kit, comparison.differences, names, titles)
        _costs(kit, comparison.costs, names, titles)


def levers(scenario: Any) -> str:
    """Return what a scenario changes, in words."""
    described = [
        str(getattr(lever, "words", None) or getattr(lever, "describe", lambda: "")() or lever)
        for lever in scenario.levers
    ]
    return (
        "; ".join(described) + "."
        if described
        else "nothing changes: today's staff, referrals and rules go on."
    )


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


def _differences(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    lines = []
    months = sorted(table["month"].astype(str).str[:7].unique())
    month = months[min(24, len(months) - 1)]
    frame = table[table["month"].astype(str).str[:7] == month]
    measures = [
        m for m in ("waiting", "waiting_over_18", "waiting_over_52") if m in set(frame["measure"])
    ] or sorted(frame["measure"].unique())[:3]
    for name in names[1:]:
        for code in kit.facts["services"]:
            cells = []
            for measure in measures:
                found = frame[
                    (frame["scenario"] == name) & (frame["service"] == code) & (frame["measure"] == measure)
                ]
                if len(found) != 1:
                    break
                row = found.iloc[0]
                cells.append(
                    kit.book.add(
                        Indicator(
                            f"diff.{code}.{name}.{measure}",
                            f"{SERVICES[code]}: {measure.replace('_', ' ')}, {titles[name]} less baseline",
                            float(row["central"]),
                            "children",
                            month,
                            RUN,
                            basis_of(kit, code),
                            low=float(row["low"]),
                            high=float(row["high"]),
                            better="down",
                        )
                    )
                )
            if len(cells) == len(measures) and any(c.value or c.low or c.high for c in cells):
                lines.append((f"{titles[name]}: {lower(SERVICES[code])}", cells))
    kit.table(
        "differences",
        f"Children waiting, less than under the baseline (minus) or more (plus), {month_words(month)}",
        [
            "Option and service",
            *(m.replace("_", " ").capitalize() + (" weeks" if m[-1].isdigit() else "") for m in measures),
        ],
        lines,
        note="The range under a figure is an 80% interval. Services that an option does not change are left out.",
    )


def _costs(kit: Kit, table: Any, names: list[str], titles: dict[str, str]) -> None:
    frame = table[table["scenario"].isin(names[1:])]
    if not len(frame):
        return
    funders = [f for f in FUNDERS if f in set(frame["funder"])]
    total = frame.groupby(["scenario", "funder"])[["low", "central", "high"]].sum()
    shown = [n for n in names[1:] if n in set(frame["scenario"])]
    for name in shown:
        for funder in funders:
            low, central, high = (
                (float(v) for v in total.loc[(name, funder)])
                if (name, funder) in total.index
                else (0.0, 0.0, 0.0)
            )
            kit.book.add(
                Indicator(
                    f"cost.{name}.{funder}",
                    f"Cost to {FUNDERS[funder]}: {titles[name]}",
                    central,
                    "GBP",
                    "the run",
                    RUN,
                    BASIS,
                    low=low,
                    high=high,
                )
            )
    made = kit.table(
        "cost_by_funder",
        "Cost of each option by funder, beyond the baseline",
        ["Option", *(FUNDERS[f] for f in funders)],
        [(titles[n], [f"cost.{n}.{f}" for f in funders]) for n in shown],
    )
    values = np.array([[kit.book[f"cost.{n}.{f}"].value for f in funders] for n in shown], float)
    dearest = shown[int(values.sum(axis=1).argmax())]
    kit.figure(
        "cost_by_funder",
        f"“{titles[dearest]}” costs the most, {number(values.sum(axis=1).max(), 'GBP')} over the run",
        "Bar chart of cost by funder, one bar an option. "
        + " ".join(f"{titles[n]}: {number(v.sum(), 'GBP')}." for n, v in zip(shown, values, strict=True)),
        lambda: bars.stacked(
            [titles[n] for n in shown],
            [FUNDERS[f] for f in funders][:MOST_LINES],
            values[:, :MOST_LINES],
            [[number(v, "GBP") for v in line] for line in values],
            "cost beyond the baseline",
            totals=[number(v.sum(), "GBP") for v in values],
            money=True,
        ),
        made,
        "pounds",
    )
