"""What options change of places, and whose money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.provision.places import PLACES_MODEL
from sendneeds.chapter.tables import Cell
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE, FUNDERS
from sendneeds.waits.places.compare import PlacesComparison, compare_places
from sendneeds.waits.places.result import PlacesResult

SHOWN = {
    "independent": "children in independent schools",
    "state_special": "children in state special schools",
    "awaiting": "children awaiting a place",
}


@dataclass(frozen=True)
class PlaceOptions:
    """Options that change where children are placed.

    Parameters
    ----------
    titles : list of str
    savings : dict of str to PlacesComparison
        What an option saves on places and travel, by its name, where the pack has the figures.
    """

    titles: list[str]
    savings: dict[str, PlacesComparison]


def add_place_options(
    chapter: ChapterBuilder,
    places: Mapping[str, PlacesResult],
    basis: str,
    horizon: Horizon,
    titles: Mapping[str, str],
) -> PlaceOptions:
    """Add each option's places less the baseline's, and what each funder spends less; `basis` is that of costs."""
    first = places[BASELINE]
    changed = {
        name: places[name]
        for name in titles
        if name != BASELINE
        and places[name] is not first
        and not np.array_equal(places[name].data["placed"].values, first.data["placed"].values)
    }
    if not changed:
        return PlaceOptions([], {})
    years = list(dict.fromkeys((horizon.scored_to, horizon.end)))
    lines: list[tuple[str, list[Cell]]] = []
    money: list[tuple[str, list[Cell]]] = []
    savings: dict[str, PlacesComparison] = {}
    funders: list[str] = []
    for name, result in changed.items():
        rows = {year: f"{titles[name]}: {horizon.label(year)}" for year in years}
        lines += [
            (row, _add_children(chapter, first, result, name, titles[name], y)) for y, row in rows.items()
        ]
        try:
            found = compare_places(first, result)
        except MissingDataError:
            continue
        savings[name] = found
        funders = [str(funder) for funder in found.data["saved"]["funder"].values]
        money += [(row, _add_saved(chapter, found, name, titles[name], y, basis)) for y, row in rows.items()]
    chapter.add_table(
        "options_places",
        "Places: each option less carrying on as now",
        ["Option and January", "In independent schools", "In state special schools", "Awaiting a place"],
        lines,
        note=horizon.note + " A minus means fewer children.",
    )
    if money:
        chapter.add_table(
            "options_places_cost",
            "Places: what each funder spends less than if it carried on as now, a year",
            ["Option and January", *(FUNDERS[f] for f in funders), "Chance that they spend less together"],
            money,
            note=horizon.note
            + " A minus means more. Of the mean cost of an independent place only a share is saved. "
            "Capital is left out; it is among the costs of the options.",
        )
    return PlaceOptions([titles[name] for name in changed], savings)


def _add_children(
    chapter: ChapterBuilder, first: PlacesResult, other: PlacesResult, name: str, title: str, year: int
) -> list[Cell]:
    """Add an option's children by setting, less the baseline's."""

    def draws(result: PlacesResult, id: str) -> np.ndarray:
        if id == "awaiting":
            found = result.data["awaiting"].sum(("need", "phase")).sel(year=year)
        else:
            found = result.by_setting().sel(setting=id, year=year)
        return found.values.astype(float)

    return [
        chapter.add_drawn(
            f"diff.places.{name}.{id}.{year}", f"{title}: {words}, less the baseline",
            draws(other, id) - draws(first, id), "children", january(year), PLACES_MODEL,
        )
        for id, words in SHOWN.items()
    ]  # fmt: skip


def _add_saved(
    chapter: ChapterBuilder, found: PlacesComparison, name: str, title: str, year: int, basis: str
) -> list[Cell]:
    """Add what each funder spends less in a year, and the chance that all together do."""
    saved = found.data["saved"].sel(year=year)
    cells: list[Cell] = [
        chapter.add_drawn(
            f"saved.places.{name}.{funder}.{year}", f"{title}: {FUNDERS[funder]} spends less on places and travel",
            saved.sel(funder=funder).values, "GBP", january(year), PLACES_MODEL, basis, better="up",
        )
        for funder in map(str, saved["funder"].values)
    ]  # fmt: skip
    chance = Indicator(
        f"saved.places.{name}.chance.{year}", f"{title}: chance that the funders together spend less",
        found.probability_saving(year), "probability", str(january(year)), PLACES_MODEL, basis, better="up",
    )  # fmt: skip
    return [*cells, chapter.add(chance)]
