"""Outcomes, the services that serve them and the indicators that show it, and what has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.sections.partnership.indicators import NO_VALUE, OFF, KeptIndicator, plain_name
from sendneeds.chapter.tables import Cell


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of the partnership.

    Parameters
    ----------
    statements : dict of str to str
        By short name; empty where the pack has no outcomes.
    without_indicator, without_service : list of str
        Outcomes that no indicator shows, and that no service is mapped to.
    off_target, without_value : list of str
        Names of indicators.
    indicators : dict of str to KeptIndicator
    mapped : bool
        Whether any outcome has a service or an indicator.
    """

    statements: dict[str, str]
    without_indicator: list[str]
    without_service: list[str]
    off_target: list[str]
    without_value: list[str]
    indicators: dict[str, KeptIndicator]
    mapped: bool


def add_outcomes(chapter: ChapterBuilder, indicators: Mapping[str, KeptIndicator]) -> Outcomes:
    """Add the table from outcome to service to indicator, and return what has none."""
    outcomes, mapped = rows(chapter.area, "outcomes"), rows(chapter.area, "outcome_map")
    statements = dict(zip(outcomes["outcome"], outcomes["statement"], strict=True))
    lines: list[tuple[str, list[Cell]]] = []
    shown, served = set(), set()
    for name in statements:
        mine = mapped[mapped["outcome"] == name]
        if not len(mine):
            lines.append((name, ["none", "none", "", "", ""]))
        for service, indicator in zip(mine["service"], mine["indicator"], strict=True):
            served.add(name)
            kept = indicators.get(indicator)
            if indicator.strip():
                shown.add(name)
            latest: Cell = kept.latest if kept and kept.latest else ""
            target: Cell = kept.target if kept and kept.target else ""
            state = kept.state if kept else NO_VALUE if indicator.strip() else ""
            lines.append((name, [service, plain_name(indicator) or "none", latest, target, state]))
    if statements:
        chapter.add_table(
            "outcomes",
            "Outcomes, services and indicators",
            ["Outcome", "Service", "Indicator", "Latest", "Target", "State"],
            lines,
        )
    else:
        chapter.add_missing(
            "gap.outcomes", "Outcomes for children and young people with SEND", "", "now",
            "outcomes.csv, outcome_map.csv and indicator_values.csv, from the partnership's strategy",
        )  # fmt: skip
    return Outcomes(
        statements,
        [name for name in statements if name not in shown],
        [name for name in statements if name not in served],
        [kept.title for kept in indicators.values() if kept.state == OFF],
        [kept.title for kept in indicators.values() if kept.state == NO_VALUE],
        dict(indicators),
        bool(served),
    )
