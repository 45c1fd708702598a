"""Indicators that a partnership keeps: their latest value, which way they move, and whether the target is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.units import given_unit

MET, OFF, NO_TARGET, NO_VALUE = "met", "off target", "no target", "no value"
OPEN_FLAGS = ("ok", "low", "provisional", "break", "imputed")


@dataclass(frozen=True)
class KeptIndicator:
    """One indicator of the partnership.

    Parameters
    ----------
    name : str
    latest, before, target : Indicator or None
        The latest value, the one before it, and the value to reach.
    better : str
        ``up``, ``down``, or empty where the table of targets does not say.
    owner, by_when : str
        Empty where nobody is named, and where no day is set.
    """

    name: str
    latest: Indicator | None
    before: Indicator | None
    target: Indicator | None
    better: str
    owner: str
    by_when: str

    @property
    def title(self) -> str:
        """Its name in words: packs write names with underscores."""
        return plain_name(self.name)

    @property
    def state(self) -> str:
        """Whether the target is met: one of the words above."""
        if self.latest is None or not self.latest.shown:
            return NO_VALUE
        if self.target is None or not self.better:
            return NO_TARGET
        ahead = self.latest.number - self.target.number
        return MET if (ahead >= 0 if self.better == "up" else ahead <= 0) else OFF

    @property
    def worsening(self) -> bool:
        """Whether the latest value is worse than the one before it."""
        if self.latest is None or self.before is None or not (self.latest.shown and self.before.shown):
            return False
        change = self.latest.number - self.before.number
        return change < 0 if self.better == "up" else change > 0 if self.better == "down" else False


def plain_name(name: str) -> str:
    """Return the name of an indicator as words, with a capital.

    Examples
    --------
    >>> plain_name("therapy_in_time"), plain_name("NEET")
    ('Therapy in time', 'NEET')
    """
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def add_indicators(chapter: ChapterBuilder) -> dict[str, KeptIndicator]:
    """Add every indicator that the pack has values or a target of, by name, and a table of all values."""
    values = rows(chapter.area, "indicator_values")
    targets = rows(chapter.area, "targets")
    names = dict.fromkeys([*values["indicator"], *targets["indicator"]])
    found = {}
    lines: list[tuple[str, list[Cell]]] = []
    for number, name in enumerate(names, start=1):
        mine = values[values["indicator"] == name].sort_values("period", kind="stable")
        records = [_value(chapter, f"kept.{number}.{row.period}", name, row) for row in mine.itertuples()]
        for record, source in zip(records, mine["source"], strict=True):
            lines.append((plain_name(name), [record.period, record, record.unit, str(source)]))
        goal = targets[targets["indicator"] == name]
        target = None
        if len(goal) and not pd.isna(goal["target"].iloc[0]):
            unit = records[-1].unit if records else "points"
            target = chapter.add_published(
                f"kept.{number}.target",
                f"{name}: target",
                goal["target"].iloc[0],
                unit,
                _text(goal["by_when"].iloc[0]) or "no date",
                "targets",
            )
        found[name] = KeptIndicator(
            name,
            records[-1] if records else None,
            records[-2] if len(records) > 1 else None,
            target,
            str(goal["better"].iloc[0]) if len(goal) else "",
            _text(goal["owner_role"].iloc[0]) if len(goal) else "",
            _text(goal["by_when"].iloc[0]) if len(goal) else "",
        )
    if lines:
        chapter.add_table(
            "indicator_values",
            "Values of the partnership's indicators",
            ["Indicator", "Period", "Value", "Unit", "Source"],
            lines,
        )
    return found


def _value(chapter: ChapterBuilder, id: str, name: str, row: Any) -> Indicator:
    """Add one value; one that its source suppressed is withheld."""
    ends: dict[str, Any] = {}
    if not pd.isna(getattr(row, "low", None)) and not pd.isna(getattr(row, "high", None)):
        ends = {"low": float(row.low), "high": float(row.high)}
    return chapter.add_published(
        id,
        name,
        row.value if row.flag in OPEN_FLAGS else None,
        given_unit(str(row.unit)),
        str(row.period),
        "indicator_values",
        suppressed=row.flag == "suppressed",
        supplied_by=f"its value for {row.period} in indicator_values.csv",
        **ends,
    )


def _text(cell: object) -> str:
    """Return a cell as text, empty where it is missing."""
    return "" if cell is None or pd.isna(cell) else str(cell).strip()
