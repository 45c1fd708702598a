"""What an answer says, as HTML: a headline, charts with their tables, and the pinned options side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.explorer.engine import OPTION, Answer
from sendneeds.explorer.pictures import Line, key_html, lines_svg
from sendneeds.foundation.vocabulary import BASELINE, FUNDERS, SERVICES
from sendneeds.scenarios.cost import financial_year

if TYPE_CHECKING:
    import pandas as pd

TARGET = "92 % of those waiting have waited 18 weeks or less"
MEASURES = {"waiting": "Children waiting", "overdue_sessions": "Therapy sessions past due"}
AS_THINGS_STAND, EXPLORED = "as things stand", "this option"
PLACEMENTS = {
    "independent": "independent placements avoided",
    "state_special": "state special placements avoided",
}


def chance(answer: Answer, scenario: str, month: date) -> tuple[float, float]:
    """Return the probability that the list is at the target in a month, and its standard error."""
    table = answer.probability
    row = table[(table["scenario"] == scenario) & (table["month"].dt.strftime("%Y-%m") == f"{month:%Y-%m}")]
    return float(row["probability_in"].iloc[0]), float(row["standard_error"].iloc[0])


def headline(answer: Answer, month: date) -> str:
    """Return the probability of the target in a month under the option, beside as things stand."""
    own, error = chance(answer, OPTION, month)
    base = chance(answer, BASELINE, month)[0]
    state = "refined" if answer.refined else "first look, refining"
    return (
        '<div role="status" aria-live="polite" '
        'style="padding:.6em .8em;border-left:5px solid #12436D;background:#eef2f6;color:#0b0c0c">'
        f'<div style="font-size:1.7em;font-weight:700" data-sendneeds="probability">{own:.0%}</div>'
        f"chance that in {month:%B %Y} {TARGET}: {escape(SERVICES.get(answer.service, answer.service))}. "
        f"As things stand: {base:.0%}.<br>"
        f"<small>80 % interval of the draws alone &plusmn;{1.28 * error * 100:.0f} points, from "
        f'<span data-sendneeds="draws">{answer.draws}</span> draws in {answer.seconds:.1f} s ({state}).</small></div>'
    )


def charts(answer: Answer, pins: Mapping[str, Answer]) -> str:
    """Return the probability by month, the list and the sessions; pinned options of the same service beside them."""
    beside = {name: one for name, one in pins.items() if one.service == answer.service}
    some = dict(list(beside.items())[-3:])
    lines = [_probability(answer, BASELINE, AS_THINGS_STAND), _probability(answer, OPTION, EXPLORED)]
    lines += [_probability(one, OPTION, name) for name, one in some.items()]
    title = f"Chance by month that {TARGET}"
    out = [
        key_html([line.name for line in lines]),
        _box(title, lines_svg(title, lines, share=True), lines, True),
    ]
    for measure, words in MEASURES.items():
        drawn = [_list(answer, BASELINE, AS_THINGS_STAND, measure), _list(answer, OPTION, EXPLORED, measure)]
        drawn += [_list(one, OPTION, name, measure) for name, one in some.items()]
        title = f"{words}, 80 % interval"
        out.append(_box(title, lines_svg(title, drawn), drawn, False))
    return "".join(out)


def rest(answer: Answer) -> str:
    """Return plans in time with the staff that they imply, places and cost by funder, or that they are on their way."""
    if not answer.refined:
        return "<p>Plans in time, places and cost follow with the refined answer.</p>"
    assert answer.plans is not None
    assert answer.staff is not None
    assert answer.places is not None
    assert answer.costs is not None
    out = []
    if len(answer.plans):
        rows = [
            (
                str(year),
                *(_share(answer.plans, name, year) for name in (BASELINE, OPTION)),
                *_staff(answer, year),
            )
            for year in sorted(answer.plans["calendar_year"].unique())
        ]
        head = (
            "Year",
            "In time, as things stand",
            "In time, this option",
            "Psychologists' advice asked, this option",
        )
        out.append(
            _table(
                "Plans issued within 20 weeks, exceptions left out, and the advice that they ask for",
                head,
                rows,
            )
        )
    avoided = answer.places[answer.places["measure"] == "avoided"]
    places = [
        (str(row.year), PLACEMENTS[row.of], f"{row.central:,.0f} ({row.low:,.0f} to {row.high:,.0f})")
        for row in avoided.itertuples()
        if row.of in PLACEMENTS and (row.low, row.high) != (0, 0)
    ]
    out.append(_table("Placements", ("January", "What", "Children"), places) if places else _none("places"))
    costs = answer.costs[answer.costs["scenario"] == OPTION]
    paid = [
        (
            financial_year(row.financial_year),
            _payer(row),
            row.cost_type,
            _pounds(row),
        )
        for row in costs.itertuples()
    ]
    out.append(
        _table("Cost by funder, GBP", ("Year", "Funder", "Kind", "80 % interval"), paid)
        if paid
        else _none("cost")
    )
    out += [f"<p><small>{escape(note)}</small></p>" for note in answer.notes]
    return "".join(out)


def compared(pins: Mapping[str, Answer], month: date) -> pd.DataFrame:
    """Return the pinned options side by side, one a row.

    Parameters
    ----------
    pins : mapping of str to Answer
    month : date
        In which the chance of the target is told.

    Returns
    -------
    pandas.DataFrame
        option, service, draws, probability_in (in `month`), baseline (its probability), waiting (median, last month),
        in_time (median share of plans in the last year; NaN before it is refined), cost (median GBP, all years).
    """
    import pandas as pd

    rows = []
    for name, one in pins.items():
        waiting = _list(one, OPTION, name, "waiting").central[-1]
        in_time, cost = np.nan, np.nan
        if one.plans is not None and one.costs is not None:
            plans = one.plans[one.plans["scenario"] == OPTION]
            in_time = float(plans["central"].iloc[-1]) if len(plans) else np.nan
            total = one.costs[(one.costs["scenario"] == OPTION) & (one.costs["funder"] == "all")]
            cost = float(total["central"].sum())
        own, base = chance(one, OPTION, month)[0], chance(one, BASELINE, month)[0]
        rows.append((name, one.service, one.draws, own, base, float(waiting), in_time, cost))
    return pd.DataFrame(
        rows,
        columns=["option", "service", "draws", "probability_in", "baseline", "waiting", "in_time", "cost"],
    )


def compared_html(pins: Mapping[str, Answer], month: date) -> str:
    """Return the pinned options as a table for a notebook."""
    if not pins:
        return "<p>No option is pinned.</p>"
    rows = [
        (
            row.option,
            row.service,
            f"{row.probability_in:.0%} ({row.baseline:.0%})",
            f"{row.waiting:,.0f}",
            "" if np.isnan(row.in_time) else f"{row.in_time:.0%}",
            "" if np.isnan(row.cost) else f"{row.cost:,.0f}",
            f"{row.draws}",
        )
        for row in compared(pins, month).itertuples()
    ]
    head = (
        "Option",
        "Service",
        f"Chance in {month:%B %Y} (as things stand)",
        "Waiting at the end",
        "Plans in time",
    )
    return _table("Pinned options", (*head, "Cost, GBP (sum of medians by year)", "Draws"), rows)


def _probability(answer: Answer, scenario: str, name: str) -> Line:
    table = answer.probability[answer.probability["scenario"] == scenario]
    return Line(name, table["month"].values, table["probability_in"].values)


def _list(answer: Answer, scenario: str, name: str, measure: str) -> Line:
    table = answer.lists[(answer.lists["scenario"] == scenario) & (answer.lists["measure"] == measure)]
    return Line(name, *(table[column].values for column in ("month", "central", "low", "high")))


def _box(title: str, picture: str, lines: list[Line], share: bool) -> str:
    """Return a chart with its title, and the numbers of every January below it."""
    months = lines[0].months.astype("datetime64[M]")
    at = [i for i, month in enumerate(months) if str(month)[5:] == "01"]
    rows = [
        (str(months[i])[:4], *(f"{x.central[i]:.0%}" if share else f"{x.central[i]:,.0f}" for x in lines))
        for i in at
    ]
    table = _table(f"{title}, each January", ("January", *(line.name for line in lines)), rows)
    return f"<figure style='margin:.6em 0'><figcaption><b>{escape(title)}</b></figcaption>{picture}" + (
        f"<details><summary>Numbers</summary>{table}</details></figure>"
    )


def _table(caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = "".join(
        f'<th scope="col" style="text-align:left;padding:2px 10px 2px 0">{escape(h)}</th>' for h in head
    )
    body = "".join(
        "<tr>" + "".join(f'<td style="padding:2px 10px 2px 0">{escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    named = f"<caption style='text-align:left;font-weight:700'>{escape(caption)}</caption>"
    return f"<table>{named}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _none(what: str) -> str:
    return f"<p>This option changes no {what}.</p>"


def _share(plans: pd.DataFrame, scenario: str, year: int) -> str:
    row = plans[(plans["scenario"] == scenario) & (plans["calendar_year"] == year)]
    if not len(row):
        return ""
    one = row.iloc[0]
    return f"{one['central']:.0%} ({one['low']:.0%} to {one['high']:.0%})"


def _staff(answer: Answer, year: int) -> tuple[str]:
    assert answer.staff is not None
    found = answer.staff[(answer.staff["scenario"] == OPTION) & (answer.staff["calendar_year"] == year)]
    told = []
    for row in found.itertuples():
        if row.measure == "wte":
            told.append(f"{row.central:.1f} WTE ({row.low:.1f} to {row.high:.1f})")
        else:
            told.append(f"{row.central:.2f} times that of the year before the start")
    return ("; ".join(told),)


def _payer(row: object) -> str:
    funder = str(row.funder)  # type: ignore[attr-defined]
    return "All funders" if funder == "all" else FUNDERS.get(funder, funder)


def _pounds(row: object) -> str:
    low, central, high = (float(getattr(row, name)) for name in ("low", "central", "high"))
    return f"{central:,.0f} ({low:,.0f} to {high:,.0f})"
