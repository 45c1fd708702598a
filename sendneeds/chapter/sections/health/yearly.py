"""A run of services by calendar year: whole years, weekly arrays, and the ids of a year's figures."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.sections.health.lists_ahead import baseline

LEAST_WEEKS = 50
"""Weeks of a calendar year that the run must hold for a year's figure to be given."""
WIDE = 50.0
"""Points of an interval so wide that a sentence says so before it says anything else."""


def years_of(lists: Any) -> dict[int, slice]:
    """Return the weeks of every calendar year that a run holds whole."""
    years = lists["week_commencing"].values.astype("datetime64[Y]").astype(int) + 1970
    found = {}
    for year in dict.fromkeys(years.tolist()):
        at = np.flatnonzero(years == year)
        if len(at) >= LEAST_WEEKS:
            found[year] = slice(int(at[0]), int(at[-1]) + 1)
    return found


def weekly(kit: ChapterBuilder, name: str, service: str) -> np.ndarray:
    """Return a stock or flow of a service as things are, (week, draw)."""
    array = baseline(kit, name, service)
    time = "week" if "week" in array.dims else "week_commencing"
    return array.transpose(time, "draw").values


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return one count over another in the draws in which there was anything to count."""
    return above[below > 0] / below[below > 0]


def late_id(code: str, year: int) -> str:
    """Return the id of a service's mean weeks late of a session in a year."""
    return f"late.{code}.{year}"


def in_year(id: str, code: str, year: int) -> str:
    """Return the id of a service's figure in a year; those of load have the service inside."""
    first, _, rest = id.partition(".")
    return ".".join([first, code, rest, str(year)] if rest else [first, code, str(year)])


def value_of(kit: ChapterBuilder, id: str) -> float:
    """Return a figure, or 0 where none is shown: for ranking only."""
    return kit.book[id].number if kit.book.shown(id) else 0.0
