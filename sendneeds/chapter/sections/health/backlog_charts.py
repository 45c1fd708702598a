"""One chart a service: its list beside the sessions past due of the children already in it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import panels
from sendneeds.chapter.charts.lines import Series
from sendneeds.chapter.sections.health.lists_ahead import RUN, basis_of
from sendneeds.chapter.sections.health.yearly import in_year, late_id, weekly, years_of
from sendneeds.chapter.words import number, show
from sendneeds.foundation.constants import DAYS_PER_YEAR, INTERVAL_LEVELS
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.judge import comes_late

QUARTER, YEAR = 13, 4
"""Weeks of a quarter, over which a chart's lists are averaged, and quarters of a year, over which its sessions past
due are: they jump at every holiday."""


def add(kit: ChapterBuilder, code: str, years: list[int]) -> dict[str, Any]:
    """Add one service's chart of its list beside its sessions past due, and return what its paragraph says."""
    last, name = years[-1], SERVICES[code]
    x, waiting, within, overdue = _lines(kit, code)

    def line(label: str, values: np.ndarray) -> Series:
        low, middle, high = np.quantile(values, INTERVAL_LEVELS, axis=-1)
        return Series(label, x[-len(values) :].tolist(), middle.tolist(), low.tolist(), high.tolist())

    table = kit.table(
        f"backlog_{code.lower()}",
        f"{name}: the list and the children already in the service, as things are",
        ["Measure", *(str(y) for y in years)],
        [
            (words, [in_year(id, code, y) for y in years])
            for id, words in (
                ("list_mean", "Children waiting for a first appointment, mean over the year"),
                ("list_within", "Share of them waiting up to 18 weeks"),
                ("in_service", "Children in the service, mean over the year"),
                ("overdue_sessions", "Follow-up sessions past due, mean over the year"),
                ("late", "Mean weeks late of a session given"),
                ("load.percent", "Demand as a share of capacity"),
                ("load.over", "Chance that demand is above capacity"),
            )
            if all(_list_record(kit, code, y) for y in years)
        ],
        note="Children in the service: between their first assessment and their last session. No session is "
        "past due at the start, because nobody supplied a count. The range under a figure is an 80% interval.",
    )
    title, kind = _finding(kit, code, years)
    kit.figure(
        f"backlog_{code.lower()}",
        title,
        f"Two line charts with 80% intervals, {years[0]} to {last}. Left, children waiting for a first appointment: "
        f"{number(float(np.median(waiting[0])), 'children')} at the start, "
        f"{number(float(np.median(waiting[-1])), 'children')} at the end. Right, follow-up sessions past due: "
        f"{show(kit.book[f'overdue_sessions.{code}.{years[0]}'])} on average in {years[0]}, "
        f"{show(kit.book[f'overdue_sessions.{code}.{last}'])} in {last}.",
        lambda: panels.beside(
            [
                (
                    "children waiting, mean of a quarter",
                    [line("Waiting", waiting), line("Over 18 weeks", waiting - within)],
                ),
                ("sessions past due, mean of the year before", [line("Past due", overdue)]),
            ]
        ),
        table,
        "children, and follow-up sessions",
    )
    load = kit.book[f"load.{code}.percent.{kit.facts['load_year']}"].number / 100
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "full": load >= 1,
        "figure": f"backlog_{code.lower()}",
        "last": last,
        "adviser": code in kit.facts["advisers"],
    }


def _lines(kit: ChapterBuilder, code: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the ends of the quarters, those waiting and those within 18 weeks, and the sessions past due of a year."""
    weeks = kit.result.lists["week"].values.astype("datetime64[D]")
    first = np.arange(0, len(weeks) - QUARTER, QUARTER)

    def quarters(name: str) -> np.ndarray:
        return np.stack([weekly(kit, name, code)[i : i + QUARTER].mean(axis=0) for i in first])

    waiting, within, overdue = map(quarters, ("waiting", "waiting_within_18", "overdue_sessions"))
    ends = weeks[first + QUARTER]
    x = (ends - ends.astype("datetime64[Y]")).astype(float) / DAYS_PER_YEAR + ends.astype(
        "datetime64[Y]"
    ).astype(int)
    year = min(YEAR, len(first))
    trailing = np.stack([overdue[i : i + year].mean(axis=0) for i in range(len(first) - year + 1)])
    return x + 1970, waiting, within, trailing


def _list_record(kit: ChapterBuilder, code: str, year: int) -> bool:
    """Add a year's mean list and the share of it within 18 weeks, once."""
    if f"list_mean.{code}.{year}" in kit.book:
        return True
    at, basis = years_of(kit.result.lists)[year], basis_of(kit, code)
    waiting, within = (weekly(kit, n, code)[at] for n in ("waiting", "waiting_within_18"))
    period = f"calendar year {year}"
    kit.drawn(
        f"list_mean.{code}.{year}", f"{SERVICES[code]}: children waiting, mean over the year", waiting.mean(axis=0),
        "children", period, RUN, basis, better="down",
    )  # fmt: skip
    total = waiting.sum(axis=0, dtype=np.int64)
    share = np.where(total > 0, within.sum(axis=0, dtype=np.int64) / np.maximum(total, 1), 1.0)
    kit.drawn(
        f"list_within.{code}.{year}", f"{SERVICES[code]}: share waiting up to 18 weeks, over the year", 100 * share,
        "whole percent", period, RUN, basis, better="up",
    )  # fmt: skip
    return True


def _finding(kit: ChapterBuilder, code: str, years: list[int]) -> tuple[str, str]:
    """Return a chart's title, and which of four things it says: hidden, list, both, neither."""
    last, name = years[-1], SERVICES[code]
    late, within = kit.book[late_id(code, last)], kit.book[f"list_within.{code}.{last}"]
    behind = late.shown and comes_late(late.number)
    green = within.number >= kit.book["standard.share"].number
    session = f"a session comes {show(late)} weeks late on average" if late.shown else "sessions come late"
    listed = f"{show(within)} of the list is within 18 weeks"
    if green and behind:
        return f"{name}: the list looks green in {last}, but {session}", "hidden"
    if behind:
        return (
            f"{name}: the list and those in the service both wait; in {last} {listed}, and {session}",
            "both",
        )
    if green:
        return f"{name}: in {last} {listed}, and sessions keep close to time", "neither"
    return f"{name}: sessions keep close to time, but only {listed} in {last}", "list"
