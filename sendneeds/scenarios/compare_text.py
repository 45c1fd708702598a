"""A comparison in words: what each option gains, and what it costs those already in a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.vocabulary import BASELINE, FUNDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

A_POINT = 0.01
"""A difference in the share of plans in time that is worth a line."""
EVEN = 0.5


def option_lines(
    scenario: str,
    services: Sequence[str],
    *,
    differences: pd.DataFrame,
    probability: pd.DataFrame,
    sessions: pd.DataFrame,
    plans: pd.DataFrame,
    places: pd.DataFrame,
) -> list[str]:
    """Return the lines that describe an option; none where it changes nothing.

    Parameters
    ----------
    scenario : str
    services : sequence of str
        Services that the option changes.
    differences, probability, sessions, plans, places : pandas.DataFrame
        As in `sendneeds.scenarios.comparison.Comparison`.

    Returns
    -------
    list of str
    """
    lines = []
    for service in services:
        lines += _service(scenario, service, differences, probability, sessions)
    return [*lines, *_plans(plans, scenario), *_places(places[places["scenario"] == scenario])]


def _of(frame: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame


def _service(
    scenario: str, service: str, differences: pd.DataFrame, probability: pd.DataFrame, sessions: pd.DataFrame
) -> list[str]:
    """Return the list at the end, how long and how surely it is at the target, and the sessions past due."""
    which = {"scenario": scenario, "service": service}
    list_ = _of(differences, **which, measure="waiting")
    last = list_.loc[list_["month"].idxmax()]
    chance = _of(probability, **which)
    base = _of(probability, scenario=BASELINE, service=service)
    best, end = chance.loc[chance["probability_in"].idxmax()], chance.iloc[-1]
    middle = chance.iloc[len(chance) // 2]
    at_target = int((chance["probability_in"] >= EVEN).sum())
    before = int((base["probability_in"] >= EVEN).sum())
    yearly = chance[chance["month"].dt.month == 1].iloc[1:]
    by_january = ", ".join(f"{row.month:%Y} {row.probability_in:.2f}" for row in yearly.itertuples())
    reached = (
        f"more likely than not in {at_target} of {len(chance)} months"
        if at_target
        else "no month reaches one half"
    )
    worst = _of(sessions, **which, measure="overdue_sessions_most").iloc[0]
    after = _of(sessions, **which, measure="overdue_sessions_last").iloc[0]
    late = _of(sessions, **which, measure="weeks_late").dropna(subset=["difference_central"])
    text = [
        f"  {scenario}, {service}: {last['central']:+,.0f} waiting in {last['month']:%B %Y} "
        f"({last['low']:+,.0f} to {last['high']:+,.0f})",
        f"    probability of being at the target in each January: {by_january}",
        f"    best month {best['probability_in']:.2f} ({best['month']:%b %Y}, standard error "
        f"{best['standard_error']:.4f}); in {end['month']:%b %Y} {end['probability_in']:.2f}, there in some month by "
        f"then {end['probability_by']:.2f}; staying from {middle['month']:%b %Y} "
        f"{middle['probability_staying']:.2f}; at its worst "
        f"{worst['central']:,.0f} sessions past due in {_month(worst['when'])} against {worst['baseline']:,.0f}",
        f"    target: {reached}; as things are in {before}",
        f"    sessions past due in {_month(after['when'])}: {after['central']:,.0f} against {after['baseline']:,.0f}",
    ]
    if len(late):
        most = late.loc[late["difference_central"].abs().idxmax()]
        text[-1] += (
            f"; a session delivered in {most['when']} was {most['central']:.1f} weeks late against "
            f"{most['baseline']:.1f}"
        )
    return text


def _plans(table: pd.DataFrame, scenario: str) -> list[str]:
    """Return plans in time by year against the baseline, where they differ by a point or more."""
    own = _of(table, scenario=scenario)
    if not len(own) or own[["difference_low", "difference_high"]].abs().max(axis=None) < A_POINT:
        return []
    base = _of(table, scenario=BASELINE).set_index("calendar_year")
    shares = ", ".join(
        f"{row.calendar_year} {row.central:.0%} against {base.loc[row.calendar_year, 'central']:.0%}"
        for row in own.itertuples()
    )
    chances = ", ".join(
        f"{row.calendar_year} {row.probability:.2f} against {base.loc[row.calendar_year, 'probability']:.2f}"
        for row in own.itertuples()
    )
    return [
        f"  {scenario}, plans within 20 weeks: {shares}",
        f"    probability of {own['target'].iloc[0]:.0%} or more: {chances}",
    ]


def _places(own: pd.DataFrame) -> list[str]:
    """Return the placements avoided and the money at the last January with a track record, and at the last."""
    if not own[["low", "high"]].to_numpy(dtype=float).any():
        return []
    scenario = own["scenario"].iloc[0]
    scored = own.loc[own["scored"], "year"]
    out = []
    for year in dict.fromkeys([int((scored if len(scored) else own["year"]).max()), int(own["year"].max())]):
        at = own[own["year"] == year]
        range_ = "" if at["scored"].iloc[0] else " (scenario range)"
        away = _of(at, measure="avoided", of="independent").iloc[0]
        text = f"{_spread(away)} fewer children in independent schools"
        for far in _of(at, measure="avoided_out_of_area").to_dict("records"):
            text += f", {_spread(far)} fewer out of the area"
        out.append(f"  {scenario}, January {year}{range_}: {text}")
        for row in _of(at, measure="saved").to_dict("records"):
            who = FUNDERS.get(row["of"], "all funders")
            out.append(f"    {who}: GBP {_spread(row, 1000)} thousand less a year, capital left out")
    return out


def _spread(row: Any, unit: float = 1.0) -> str:
    low, central, high = (f"{float(row[k]) / unit + 0.0:,.0f}" for k in ("low", "central", "high"))
    return f"{central} ({low} to {high})"


def _month(day: str) -> str:
    return np.datetime64(day, "D").item().strftime("%B %Y")
