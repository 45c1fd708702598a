"""Tiles of the board page: a value, its past as a line, England's, and which way it moves in words."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.board.messages import ISSUED
from sendneeds.chapter.words import number, show

if TYPE_CHECKING:
    from sendneeds.chapter.contents import Contents

TILES = 6
WIDTH, HEIGHT, EDGE = 110, 26, 3
"""Of the line, in pixels."""
STEADY, STEADY_BY_CHANCE = 0.03, 0.05
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
    way = f"{'up' if change > 0 else 'down'} from {show(before)} in {before_year}"
    chance = now.interval is not None and now.lower_end <= before.number <= now.upper_end
    if abs(change) <= (STEADY_BY_CHANCE if chance else STEADY) * abs(before.number):
        return f"little changed since {before_year}"
    if chance:
        return f"{way}, which may be chance"
    good = {"up": change > 0, "down": change < 0}.get(now.better)
    return way if good is None else f"{way}, {'better' if good else 'worse'}"


def growth(years: Mapping[int, Indicator], year: int) -> str:
    """Return how a series moved in the year before, in percent and words; empty where it is not known."""
    now, before = years.get(year), years.get(year - 1)
    if now is None or before is None or not (now.shown and before.shown and before.number > 0):
        return ""
    change = 100 * (now.number / before.number - 1)
    if abs(change) < 100 * STEADY:
        return "little changed"
    return f"{'up' if change > 0 else 'down'} {number(abs(change), 'percent')}"


def tile(
    title: str,
    own: Mapping[int, Indicator],
    national: Mapping[int, Indicator] | None = None,
    growing: Mapping[int, Indicator] | None = None,
    share: tuple[Indicator, Indicator] | None = None,
) -> Tile | None:
    """Return a tile of a series; None where nothing of it is shown.

    Beside it stand England's figure, for a share; for a count how it and England's, `growing`, moved, or what
    `share` it is, here and in England.
    """
    known = {year: record for year, record in sorted(own.items()) if record.shown}
    if not known:
        return None
    year, now = list(known.items())[-1]
    other = national.get(year) if national else None
    england = f"England {show(other)}" if other is not None and other.shown else ""
    if growing and growth(known, year) and growth(growing, year):
        england = f"That is {growth(known, year)}; England {growth(growing, year)}"
    if share is not None and all(part.shown for part in share):
        england = f"That is {show(share[0])}; England {show(share[1])}"
    when = now.period if now.period == str(january(year)) else str(year)
    return Tile(
        f"{title}, {when}", now, england, direction(known), polyline([r.number for r in known.values()])
    )


def _both(own: Indicator | None, national: Indicator | None) -> tuple[Indicator, Indicator] | None:
    """Return a figure and England's, where both are known."""
    return None if own is None or national is None else (own, national)


def checked(one: Tile | None, own: Mapping[int, Indicator], unusual: Set[str], *places: str) -> Tile | None:
    """Return a tile that says so where one of the two figures that it compares is far from what is usual.

    Such figures, of any year, are no part of its line.

    Parameters
    ----------
    one : Tile or None
    own : mapping of year to Indicator
        The series of the tile.
    unusual : set of str
        Where figures are far from what is usual: a place and a year.
    places : str
        Of the series.
    """
    known = {year: record for year, record in sorted(own.items()) if record.shown}
    doubted = [year for year in known if any(f"{place} {year}" in unusual for place in places)]
    if one is None or not doubted:
        return one
    line = polyline([record.number for year, record in known.items() if year not in doubted])
    told = " and ".join(str(year) for year in list(known)[-2:] if year in doubted)
    return replace(
        one,
        line=line,
        direction=f"far from what is usual in {told}: check it first" if told else one.direction,
    )


def tiles(found: Contents) -> list[Tile]:
    """Return the first six tiles that the figures allow, in a fixed order."""
    refusals = found.process.refusals
    timeliness, shares, rates = found.timeliness, found.shares, found.by_need.rates.get("SEMH")
    unusual = found.registers.unusual

    def flow(title: str, stage: str, share: tuple[Indicator, Indicator] | None = None) -> Tile | None:
        series = found.process.stages.get(stage, {})
        return checked(tile(title, series, share=share), series, unusual, f"ehc_flow {stage}")

    in_time = timeliness.area.get("excluding", {})
    made = [
        tile("EHC plans", found.plans.area, growing=found.plans.england),
        checked(
            tile("Plans within 20 weeks, excluding exceptions", in_time, timeliness.england.get("excluding")),
            in_time,
            unusual,
            *ISSUED,
        ),
        tile("Pupils with a plan", shares.area.get("E", {}), shares.england.get("E")),
        tile("Pupils at SEN support", shares.area.get("K", {}), shares.england.get("K")),
        tile("Plans for SEMH for each 1,000 pupils", rates.area, rates.england) if rates else None,
        flow("Requests for an assessment", "requests_received_in_year"),
        tile(
            "Appeals registered",
            found.appeals.by_year,
            share=_both(found.appeals.rate, found.appeals.england_rate),
        ),
        flow(
            "Decisions not to assess",
            "requests_decided_not_to_assess",
            _both(refusals.share, refusals.england) if refusals else None,
        ),
        flow("New plans", "new_plans"),
    ]
    return [one for one in made if one is not None][:TILES]
