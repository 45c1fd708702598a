"""Actions of the plan, rated by a printed rule from the pack's own date, never from the clock."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.partnership.indicators import MET, KeptIndicator
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import day_words, pounds
from sendneeds.evidence.partnership import read_due
from sendneeds.foundation.vocabulary import FUNDERS

RED, AMBER, GREEN = "Red", "Amber", "Green"
ON_TIME, DONE, STOPPED, NOT_RATED, CLOSED = (
    "On time",
    "Done, help not shown",
    "Stopped",
    "Not rated",
    "Closed plan",
)
RATINGS = (RED, AMBER, GREEN, ON_TIME, DONE, STOPPED, NOT_RATED, CLOSED)
SOON = 60
"""Days before its date from which an open action is amber."""
MOST_SHOWN = 8
"""Actions in the body of the chapter; the annex has all."""


@dataclass(frozen=True)
class Action:
    """One action with its rating."""

    id: str
    action: str
    owner: str
    due: str
    last_day: dt.date | None
    rating: str
    indicator: str


@dataclass(frozen=True)
class Actions:
    """The actions of the plan.

    Parameters
    ----------
    plan : str
        Title of the plan, empty where the pack does not name it.
    dated : str
        When it was agreed, as a date.
    closed : bool
    listed : list of Action
    counts : dict of str to Indicator
        Actions by rating, those that any has.
    total, ownerless, past : Indicator or None
        All actions, those without an owner, and those not rated whose date is past; None without actions.
    without_indicator : Indicator or None
        Actions that no indicator shows the help of.
    as_of : str
    """

    plan: str
    dated: str
    closed: bool
    listed: list[Action]
    counts: dict[str, Indicator]
    total: Indicator | None
    ownerless: Indicator | None
    past: Indicator | None
    without_indicator: Indicator | None
    as_of: str

    @property
    def pressing(self) -> list[Action]:
        """Red and amber actions, the earliest date first."""
        found = [action for action in self.listed if action.rating in (RED, AMBER)]
        return sorted(found, key=lambda a: (a.rating != RED, a.last_day or dt.date.max, a.id))[:MOST_SHOWN]


def rate(
    status: str,
    progress: str,
    last_day: dt.date | None,
    as_of: dt.date,
    kept: KeptIndicator | None = None,
    closed: bool = False,
) -> str:
    """Return the rating of an action by the printed rule.

    Parameters
    ----------
    status : str
        Empty, ``not_started``, ``in_progress``, ``done`` or ``stopped``.
    progress : str
    last_day : date or None
        The last day on which it can be due.
    as_of : date
        The day on which the chapter stands.
    kept : KeptIndicator, optional
        The indicator that shows whether it helped.
    closed : bool
        Whether the plan is closed.

    Examples
    --------
    >>> day = dt.date(2026, 3, 31)
    >>> rate("in_progress", "", day, dt.date(2026, 4, 1)), rate("in_progress", "", day, dt.date(2026, 1, 31))
    ('Red', 'Amber')
    >>> rate("", "", day, dt.date(2026, 4, 1)), rate("done", "", day, dt.date(2026, 4, 1))
    ('Not rated', 'Done, help not shown')
    """
    if closed:
        return CLOSED
    if status == "stopped":
        return STOPPED
    if status == "done":
        return GREEN if kept is not None and kept.state == MET else DONE
    if not status and not progress.strip():
        return NOT_RATED
    if last_day is not None and last_day < as_of:
        return RED
    if (last_day is not None and (last_day - as_of).days <= SOON) or (kept is not None and kept.worsening):
        return AMBER
    return ON_TIME


def add_actions(chapter: ChapterBuilder, indicators: Mapping[str, KeptIndicator]) -> Actions:
    """Add the actions with their ratings, and the counts of the first line."""
    area = chapter.area
    plan: dict[str, Any] = area.settings.get("plan", {})
    closed, as_of = plan.get("state") == "closed", area.as_of
    table = rows(area, "actions")
    if not len(table):
        chapter.add_missing(
            "gap.actions", "Actions, with an owner and a date for each", "", "now",
            "an actions.csv table, from the partnership's plan",
        )  # fmt: skip
        return Actions("", "", closed, [], {}, None, None, None, None, as_of.isoformat())
    listed, lines = [], []
    for row in table.itertuples():
        due = read_due(row.due)
        last_day = due.last if due else None
        kept = indicators.get(row.indicator)
        rating = rate(row.status, row.progress, last_day, as_of, kept, closed)
        listed.append(
            Action(row.id, row.action, row.owner_role.strip(), row.due, last_day, rating, row.indicator)
        )
        paid = "; ".join(
            f"{who} {pounds(getattr(row, f'gbp_{funder}'))}"
            for funder, who in FUNDERS.items()
            if not pd.isna(getattr(row, f"gbp_{funder}", None))
        )
        cells: list[Cell] = [
            row.action,
            row.owner_role or "none",
            row.due,
            rating,
            row.progress,
            row.success_test,
        ]
        lines.append((row.id, [*cells, "; ".join(part for part in (row.resources, paid) if part)]))
    chapter.add_table(
        "actions",
        plan.get("title", "Actions of the plan"),
        ["Number", "Action", "Owner", "Due", "Rating", "Progress", "Success test", "Resources"],
        lines,
        note=RULE.format(day=as_of.isoformat()),
    )
    counts = Counter(action.rating for action in listed)

    def count(id: str, title: str, value: int) -> Indicator:
        return chapter.add_published(f"actions.{id}", title, value, "actions", as_of.isoformat(), "actions")

    return Actions(
        plan.get("title", ""),
        day_words(plan.get("dated", "")),
        closed,
        listed,
        {r: count(f"rating.{i}", f"Actions: {r.lower()}", counts[r]) for i, r in enumerate(RATINGS) if counts[r]},
        count("all", "Actions", len(listed)),
        count("ownerless", "Actions without an owner", sum(not a.owner for a in listed)),
        count(
            "past", "Actions not rated whose date is past",
            sum(a.rating == NOT_RATED and a.last_day is not None and a.last_day < as_of for a in listed),
        ),
        count("unshown", "Actions that no indicator shows the help of", sum(not a.indicator.strip() for a in listed)),
        as_of.isoformat(),
    )  # fmt: skip


RULE = (
    "Ratings compare dates with {day}. Red: its date is past and it is open. Amber: it is due within 60 days, or its "
    "indicator gets worse. Green: it is done and its indicator meets the target. Not rated: no progress and no status "
    "is recorded. A closed plan is not rated."
)
