"""What options change beside the lists: plans in time and places."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc import clock as ehc_clock
from sendneeds.chapter.sections.ehc import clock_record
from sendneeds.chapter.sections.need.projection import note, year_name
from sendneeds.chapter.sections.provision.places import MODEL
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.waits.places.compare import compare_places


def fill(kit: ChapterBuilder, names: list[str], titles: dict[str, str]) -> None:
    """Add what each option changes of plans in time and of places, where it changes them."""
    kit.facts["place_savings"] = {}
    kit.facts["clock_options"] = _clock(kit, names, titles)
    kit.facts["place_options"] = _places(kit, names, titles)


def _clock(kit: ChapterBuilder, names: list[str], titles: dict[str, str]) -> list[str]:
    """Add plans in time by option and year; return the options that change them."""
    clocks, base = kit.result.clock, names[0]
    if base not in clocks:
        return []
    years = kit.facts["clock_years"]
    first = clocks[base]
    changed = [
        n
        for n in names[1:]
        if clocks[n] is not first
        and any(
            not np.array_equal(clocks[n].data[v].values, first.data[v].values)
            for v in ("issued_in_time", "issued", "requests")
        )
    ]
    if not changed:
        return []
    basis, mark = ehc_clock.basis_of_clock(kit, first), ehc_clock.MARKS[0]
    lines = []
    for name in [base, *changed]:
        cells = []
        for year in years:
            id = f"clock.in_time.excluding.{year}" if name == base else f"clock.option.{name}.{year}"
            draws = ehc_clock.in_time(clocks[name], "excluding", year)
            if name != base and len(draws):
                kit.drawn(
                    id, f"Plans issued within 20 weeks, excluding exceptions: {titles[name]}", draws, "whole percent",
                    f"calendar year {year}", ehc_clock.RUN, basis, better="up",
                )  # fmt: skip
                clock_record.chance(
                    kit, f"option_chance.{name}.{year}", f": {titles[name]}", draws, mark,
                    f"calendar year {year}", basis,
                )  # fmt: skip
            cells.append(id if id in kit.book else "no plans issued")
        lines.append((titles[name], cells))
    kit.table(
        "options_in_time",
        "Plans within 20 weeks, excluding exceptions, by option",
        ["Option", *map(str, years)],
        lines,
        note="Share of the plans issued in a calendar year. Options that do not change it are left out. The range is "
        "an 80% interval, unscored. " + clock_record.draws_note(kit),
    )
    kit.table(
        "options_in_time_chance",
        f"Chance that {mark:.0f}% or more of a year's plans are within 20 weeks, excluding exceptions",
        ["Option", *map(str, years)],
        [
            (
                titles[n],
                [
                    id if id in kit.book else "no plans issued"
                    for id in (
                        f"clock.chance.{mark:.0f}.{y}" if n == base else f"clock.option_chance.{n}.{y}"
                        for y in years
                    )
                ],
            )
            for n in [base, *changed]
        ],
        note=clock_record.draws_note(kit),
    )
    return [titles[n] for n in changed]


def _places(kit: ChapterBuilder, names: list[str], titles: dict[str, str]) -> list[str]:
    """Add what each option changes of places, and whose money; return the options that change them."""
    places, base = kit.result.places, names[0]
    if base not in places:
        return []
    first = places[base]
    changed = [
        n
        for n in names[1:]
        if places[n] is not first
        and not np.array_equal(places[n].data["placed"].values, first.data["placed"].values)
    ]
    if not changed:
        return []
    years = list(dict.fromkeys((kit.facts["scored_to"], kit.facts["end"])))
    lines, money = [], []
    for name in changed:
        for year in years:
            lines.append(
                (
                    f"{titles[name]}: {year_name(kit, year)}",
                    _children(kit, first, places[name], name, titles[name], year),
                )
            )
        try:
            found = compare_places(first, places[name])
        except MissingDataError:
            continue
        kit.facts["place_savings"][name] = found
        for year in years:
            cells = _saved(kit, found, name, titles[name], year)
            money.append((f"{titles[name]}: {year_name(kit, year)}", cells))
    kit.table(
        "options_places",
        "Places: each option less carrying on as now",
        ["Option and January", "In independent schools", "In state special schools", "Awaiting a place"],
        lines,
        note=note(kit) + " A minus means fewer children.",
    )
    if money:
        kit.table(
            "options_places_cost",
            "Places: what each funder spends less than if it carried on as now, a year",
            [
                "Option and January",
                *(FUNDERS[f] for f in _funders(money)),
                "Chance that they spend less together",
            ],
            [(name, [cells[f] for f in _funders(money)] + [cells["chance"]]) for name, cells in money],
            note=note(kit)
            + " A minus means more. Of the mean cost of an independent place only a share is saved. "
            "Capital is left out; it is among the costs of the options.",
        )
    return [titles[n] for n in changed]


def _funders(money: list[tuple[str, dict[str, Indicator]]]) -> list[str]:
    return [f for f in money[0][1] if f != "chance"]


def _children(
    kit: ChapterBuilder, first: Any, other: Any, name: str, title: str, year: int
) -> list[Indicator]:
    """Return an option's children by setting less the baseline's."""
    cells = []
    for id, words in (
        ("independent", "children in independent schools"),
        ("state_special", "children in state special schools"),
        ("awaiting", "children awaiting a place"),
    ):
        both = [
            p.data["awaiting"].sum(("need", "phase")).sel(year=year)
            if id == "awaiting"
            else p.by_setting().sel(setting=id, year=year)
            for p in (other, first)
        ]
        draws = both[0].values.astype(float) - both[1].values
        cells.append(
            kit.drawn(
                f"diff.places.{name}.{id}.{year}",
                f"{title}: {words}, less the baseline",
                draws,
                "children",
                f"January {year}",
                MODEL,
            )
        )
    return cells


def _saved(kit: ChapterBuilder, found: Any, name: str, title: str, year: int) -> dict[str, Indicator]:
    """Return what each funder spends less in a year, and the chance that all together do."""
    saved, basis = found.data["saved"].sel(year=year), kit.facts["place_basis"]
    cells = {
        str(funder): kit.drawn(
            f"saved.places.{name}.{funder}.{year}",
            f"{title}: {FUNDERS[str(funder)]} spends less on places and travel",
            saved.sel(funder=funder).values,
            "GBP",
            f"January {year}",
            MODEL,
            basis,
            better="up",
        )
        for funder in saved["funder"].values
    }
    cells["chance"] = kit.book.add(
        Indicator(
            f"saved.places.{name}.chance.{year}",
            f"{title}: chance that the funders together spend less",
            found.probability_saving(year),
            "probability",
            f"January {year}",
            MODEL,
            basis,
            better="up",
        )
    )
    return cells
