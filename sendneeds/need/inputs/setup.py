"""What every part of a projection starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, expect, unknown
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.as_published import as_published
from sendneeds.need.inputs.forecast import Forecast, draw_paths
from sendneeds.need.inputs.history import History, National
from sendneeds.need.inputs.national import shipped_national
from sendneeds.need.inputs.population import Population, residents

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

BEYOND = ("flat", "halving")
"""How new plans go on after the scored years: as many a head, or their growth halves each year."""


@dataclass(frozen=True)
class Setup:
    """An area, its years, its people and its luck.

    Parameters
    ----------
    area, england : Area
        What was published of the area at the start; the pack for England as it is now.
    start, to : int
        First and last January.
    seed : int
    lanes : int
        Draws rounded up to whole seed blocks, so that the number of draws asked for never alters one.
    fade_years : int
    beyond : str
        How new plans go on after the scored years: ``flat`` or ``halving``.
    people : Population
    history : History
    national : National
    """

    area: Area
    england: Area
    start: int
    to: int
    seed: int
    lanes: int
    fade_years: int
    beyond: str
    people: Population
    history: History
    national: National

    @property
    def horizons(self) -> range:
        """Years ahead, from 1."""
        return range(1, self.to - self.start + 1)

    @property
    def blocks(self) -> range:
        """Numbers of the seed blocks."""
        return range(self.lanes // SEED_BLOCK)

    def paths(self, made: Forecast, purpose: str) -> np.ndarray:
        """Return drawn paths of the log of a forecast series, shape (H, lane)."""
        parts = [
            draw_paths(
                made,
                SEED_BLOCK,
                generator(self.seed, "nation", "plans", purpose, block=block),
                generator(self.seed, self.area.code, "plans", purpose, block=block),
            )
            for block in self.blocks
        ]
        return np.concatenate(parts, axis=1)


def set_up(
    area: Area,
    to: int,
    draws: int,
    seed: int,
    fade_years: int,
    beyond: str = "flat",
    origin: int | None = None,
) -> Setup:
    """Return the start of a projection; with `origin`, from what was published at that January.

    Raises
    ------
    DomainError
        If `to` is not after the last January published, or `to`, `draws` or `seed` is no whole number of its range.
    MissingDataError
        If a table that the projection needs is not in the pack.
    UnknownNameError
        If `beyond` is not one of `BEYOND`.
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    england = area.england()
    if origin is not None:
        area = as_published(area, arguments.whole("origin", origin, 2000, 2100, 2024))
    draws, seed, to = arguments.draws(draws), arguments.seed(seed), last_january(area, to)
    if beyond not in BEYOND:
        raise unknown("way for new plans to go on", beyond, BEYOND)
    start = base_year(area)
    lanes = -(-draws // SEED_BLOCK) * SEED_BLOCK
    people = residents(area, start, to, generator(seed, "nation", "population"), lanes)
    return Setup(
        area,
        england,
        start,
        to,
        seed,
        lanes,
        fade_years,
        beyond,
        people,
        area_history(area),
        shipped_national(),
    )


def last_january(area: Area, to: int) -> int:
    """Return the last January of a projection.

    Raises
    ------
    DomainError
        If it is no whole number, or not after the last January published.
    """
    start = base_year(area)
    to = arguments.whole("to", to, 2000, 2100, start + 10)
    if to <= start:
        raise DomainError(
            f"to={to}: the last January published for {area.name} is {start}; ask for a later year."
        )
    return to


def base_year(area: Area) -> int:
    """Return the last January with plans by need and age."""
    table = area.table("ehc_plans")
    rows = table[(table["need"] != "all") & (table["age"] != "all") & (table["placement"] == "all")]
    if rows.empty:
        raise MissingDataError(
            f"{area.name}: ehc_plans.csv has no plans by need and age. "
            "Add the need x age table of a SEN2 release."
        )
    return int(rows["census_january"].max())
