"""Checks of the outcomes, indicators and actions that a partnership keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from sendneeds.evidence.partnership import read_due
from sendneeds.evidence.quality.findings import Detection
from sendneeds.evidence.types import AreaTables

SHOWN = 12
"""Names listed in a finding before the rest are counted."""


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"


def _actions(area: AreaTables) -> Iterator[Detection]:
    if not area.has("actions"):
        return
    table = area.table("actions")
    due = {id: read_due(text) for id, text in zip(table["id"], table["due"], strict=True)}
    printed = dict(zip(table["id"], table["due"], strict=True))
    plan = area.settings.get("plan", {}).get("dated")
    if plan is not None:
        dated = plan if isinstance(plan, dt.date) else dt.date.fromisoformat(plan)
        before = [f"{id} ({printed[id]})" for id, when in due.items() if when and when.last < dated]
        if before:
            yield Detection("action_before_plan", "actions", f"the plan is of {dated}: {_listed(before)}")
    ranges = [f"{id} ({printed[id]})" for id, when in due.items() if when and when.is_range]
    if ranges:
        yield Detection("action_due_a_range", "actions", _listed(ranges))
    undated = [id for id, when in due.items() if when is None]
    if undated:
        yield Detection("action_without_date", "actions", _listed(undated))
    ownerless = [i for i, who in zip(table["id"], table["owner_role"], strict=True) if not who.strip()]
    if ownerless:
        yield Detection("action_without_owner", "actions", _listed(ownerless))
    words = table["action"].str.casefold().str.split().str.join(" ")
    for _, rows in table.groupby(words, sort=False):
        if len(rows) > 1:
            yield Detection("action_twice", "actions", _listed(list(rows["id"])))


def _names(area: AreaTables) -> Iterator[Detection]:
    """Yield names that one table uses and the table that defines them does not have."""
    for table, column, home in (
        ("outcome_map", "outcome", "outcomes"),
        ("outcome_map", "indicator", "indicator_values"),
        ("targets", "indicator", "indicator_values"),
        ("actions", "indicator", "indicator_values"),
        ("priorities", "indicator", "indicator_values"),
    ):
        if not area.has(table):
            continue
        used = dict.fromkeys(word for word in area.table(table)[column] if word.strip())
        known = set(area.table(home)[column]) if area.has(home) else set()
        unknown = [word for word in used if word not in known]
        if unknown:
            name = "outcome_unknown" if column == "outcome" else "indicator_without_values"
            yield Detection(name, f"{table} {column}", _listed(unknown))


CHECKS: tuple[Callable[[AreaTables], Iterator[Detection]], ...] = (_actions, _names)
