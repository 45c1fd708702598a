"""Tiles of the board page: a value, its past as a line, England's, and which way it moves in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import show

if TYPE_CHECKING:
    from sendneeds.chapter.contents import Contents

TILES = 6
WIDTH, HEIGHT, EDGE = 110, 26, 3
"""Of the line, in pixels."""
STEADY = 0.03
"""A figure that moves by less than this part of itself has changed little."""


@dataclass(frozen=True)
class Tile:
    """One tile.

    Parameters
    ----------
    title : str
    value : Indicator
    england : str
        England's figure in words; empty where there is none.
    direction : str
    line : str
        The past as the points of an SVG polyline; empty with fewer than two years.
    """

    title: str
    value: Indicator
    england: str
    direction: str
    line: str


def polyline(values: list[float]) -> str:
    """Return values as the points of a line in a box, the highest at its top; empty with fewer than two.

    Examples
    --------
    >>> polyline([1.0, 3.0])
    '3.0,23.0 107.0,3.0'
    >>> polyline([1.0])
    ''
    """
    if len(values) < 2:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    return " ".join(
        f"{EDGE + i * step:.1f},{HEIGHT - EDGE - (v - low) / span * (HEIGHT - 2 * EDGE):.1f}"
        for i, v in enumerate(values)
    )


def direction(years: Mapping[int, Indicator]) -> str:
    """Return which way a series went since the year before its last, in words."""
    known = {year: record for year, record in sorted(years.items()) if record.shown}
    if len(known) < 2:
        return "no earlier figure"
    (before_year, before), (_, now) = list(known.items())[-2:]
    change = now.number - before.number
    if abs(change) <= STEADY * abs(before.number):
        return f"little changed since {before_year}"
    good = {"up": change > 0, "down": change < 0}.get(now.better)
    judged = "" if good is None else ", better" if good else ", worse"
    return f"{'up' if change > 0 else 'down'} from {show(before)} in {before_year}{judged}"


def tile(
    title: str, own: Mapping[int, Indicator], national: Mapping[int, Indicator] | None = None
) -> Tile | None:
    """Return a tile of a series; None where nothing of it is shown."""
    known = {year: record for year, record in sorted(own.items()) if record.shown}
    if not known:
        return None
    year, now = list(known.items())[-1]
    other = national.get(year) if national else None
    england = f"England {show(other)}" if other is not None and other.shown else ""
    when = now.period if now.period == str(january(year)) else str(year)
    return Tile(
        f"{title}, {when}", now, england, direction(known), polyline([r.number for r in known.values()])
    )


def tiles(found: Contents) -> list[Tile]:
    """Return the first six tiles that the figures allow, in a fixed order."""
    timeliness, shares, rates = found.timeliness, found.shares, found.by_need.rates.get("SEMH")
    made = [
        tile("EHC plans", found.plans.area),
        tile(
            "Plans within 20 weeks, excluding exceptions",
            timeliness.area.get("excluding", {}),
            timeliness.england.get("excluding"),
        ),
        tile("Pupils with a plan", shares.area.get("E", {}), shares.england.get("E")),
        tile("Pupils at SEN support", shares.area.get("K", {}), shares.england.get("K")),
        tile("Plans for SEMH for each 1,000 pupils", rates.area, rates.england) if rates else None,
        tile("Requests for an assessment", found.process.stages.get("requests_received_in_year", {})),
        tile("Appeals registered", found.appeals.by_year),
        tile("New plans", found.process.stages.get("new_plans", {})),
        tile("Decisions not to assess", found.process.stages.get("requests_decided_not_to_assess", {})),
    ]
    return [one for one in made if one is not None][:TILES]
