"""Provision and sufficiency: children by setting against the places there are, journeys and cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.provision import places_charts
from sendneeds.chapter.tables import Cell, weakest
from sendneeds.chapter.words import lower, show
from sendneeds.foundation.placements import NOT_RECORDED, SETTINGS
from sendneeds.foundation.vocabulary import BASELINE, NEEDS
from sendneeds.waits.places.mix import placement_mix
from sendneeds.waits.places.project import commissioned_places
from sendneeds.waits.places.result import PlacesResult
from sendneeds.waits.places.settings import LIMITED

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult

PLACES_MODEL = "sendneeds projection of places from the published figures of this chapter"
"""Source of a figure that comes from the projection of places."""
MOST_NEEDS = 6
"""Needs that have a row of their own; the others are put together, draw by draw."""
ALWAYS = ("ASD", "SEMH", "SLCN")
"""Needs that have a row of their own in every table by need."""
MILLION = 1e6
MEASURES = {
    "needed": "Children who would be placed in it were there room",
    "placed": "Children placed in it",
    "wanted": "Children in it by the preferred mix",
}
YEARLY = {
    "out_of_area": ("Children placed out of the area", "out_of_area", "children", 1.0),
    "transported": ("Children whose transport is paid", "transported", "children", 1.0),
    "transport_cost": ("Cost of transport a year", "transport_cost", "GBP million", MILLION),
    "place_cost": ("Cost of places a year", "cost", "GBP million", MILLION),
}
"""Title, variable and unit of each yearly figure, and how much of the variable's unit that is."""

ByYear = dict[int, Indicator]


@dataclass(frozen=True)
class Places:
    """Places as things are.

    Parameters
    ----------
    basis : str
        The weakest basis of the figures about places.
    children : dict of str to dict of str to dict of int to Indicator
        By measure of `MEASURES`, setting and year.
    places, short : dict of str to dict of int to Indicator
        Places there are, and how many more are needed, by setting with a ceiling and year.
    observed_mix : bool
        Whether England's observed mix takes the place of a preferred mix, for want of one.
    filled : bool
        Whether places commissioned in some setting are taken to be those that were filled, for want of their number.
    unrecorded : Indicator
        Plans whose placement is not recorded, which count as the others of their need and phase.
    """

    basis: str
    children: dict[str, dict[str, ByYear]]
    places: dict[str, ByYear]
    short: dict[str, ByYear]
    observed_mix: bool
    filled: bool
    unrecorded: Indicator


def add_places(chapter: ChapterBuilder, run: RunResult, horizon: Horizon) -> Places | None:
    """Add places as things are; None, with a gap, where the area has no plans by placement."""
    if BASELINE not in run.places:
        chapter.add_missing(
            "gap.places", "Places by setting against places needed", "", "now",
            "an ehc_plans.csv table with plans by placement and need",
        )  # fmt: skip
        return None
    result = run.places[BASELINE]
    commissioned = commissioned_places(chapter.area)
    filled = any(setting not in commissioned for setting in LIMITED)
    if filled:
        chapter.add_missing(
            "gap.commissioned",
            "Places commissioned in special schools and resourced provision",
            "places",
            "now",
            "rows commissioned_places_resourced and commissioned_places_state_special for PLACES in "
            "service_parameters.csv, from the council's record",
        )
    basis = weakest(["estimate", *rows(chapter.area, "service_parameters", service="PLACES")["basis"]])
    observed_mix = not chapter.area.has("placement_mix")
    children = _add_children(chapter, result, horizon)
    places, short = _add_ceilings(chapter, result, horizon)
    unrecorded = chapter.add_published(
        "places.unrecorded", "Plans whose placement is not recorded",
        float(placement_mix(chapter.area)[NOT_RECORDED].sum()), "plans", january(horizon.start), "ehc_plans",
    )  # fmt: skip
    found = Places(basis, children, places, short, observed_mix, filled, unrecorded)
    _add_settings(chapter, found, _add_gaps(chapter, result, horizon), horizon)
    if "cell" in result.data.dims:
        _add_cells(chapter, result, horizon)
    _add_needs(chapter, result, horizon)
    _add_yearly(chapter, result, horizon, basis)
    if "state_special" in places:
        places_charts.add_special(
            chapter, horizon, children["needed"]["state_special"], places["state_special"], short["state_special"]
        )  # fmt: skip
    places_charts.add_overflow(
        chapter, horizon, children["placed"]["independent"], children["needed"]["independent"]
    )
    return found


def _add_children(
    chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon
) -> dict[str, dict[str, ByYear]]:
    """Add children needing, placed in and wanted in each setting by year."""
    sums = {measure: result.by_setting(measure) for measure in MEASURES}
    return {
        measure: {
            setting: {
                year: chapter.add_drawn(
                    f"places.{measure}.{setting}.{year}", f"{name}: {lower(words)}",
                    sums[measure].sel(setting=setting, year=year).values, "children", january(year),
                    PLACES_MODEL,
                )
                for year in horizon.years
            }
            for setting, name in SETTINGS.items()
        }
        for measure, words in MEASURES.items()
    }  # fmt: skip


def _add_gaps(chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon) -> dict[str, Indicator]:
    """Add children wanted in each setting by the preferred mix less those placed, in the last scored year."""
    year = horizon.scored_to
    placed, wanted = (result.by_setting(measure).sel(year=year) for measure in ("placed", "wanted"))
    return {
        setting: chapter.add_drawn(
            f"places.gap.{setting}", f"{name}: wanted by the preferred mix less placed",
            wanted.sel(setting=setting).values.astype(float) - placed.sel(setting=setting).values, "children",
            january(year), PLACES_MODEL,
        )
        for setting, name in SETTINGS.items()
    }  # fmt: skip


def _add_ceilings(
    chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon
) -> tuple[dict[str, ByYear], dict[str, ByYear]]:
    """Add places there are and how many more are needed, by setting with a ceiling and year."""
    places: dict[str, ByYear] = {}
    short: dict[str, ByYear] = {}
    for setting in map(str, result.data["capped_setting"].values):
        found = result.data.sel(capped_setting=setting)
        places[setting], short[setting] = {}, {}
        for year in horizon.years:
            places[setting][year] = chapter.add_drawn(
                f"places.there.{setting}.{year}", f"{SETTINGS[setting]}: places there are",
                [float(found["places"].sel(year=year))], "places", january(year), PLACES_MODEL,
            )  # fmt: skip
            short[setting][year] = chapter.add_drawn(
                f"places.short.{setting}.{year}", f"{SETTINGS[setting]}: needed beyond the places there are",
                found["shortfall"].sel(year=year).values, "places", january(year), PLACES_MODEL, better="down",
            )  # fmt: skip
    return places, short


def _add_settings(
    chapter: ChapterBuilder, found: Places, gaps: dict[str, Indicator], horizon: Horizon
) -> None:
    """Add the table of settings: placed at the start, and needed, placed and wanted in the last scored year."""
    start, scored = horizon.start, horizon.scored_to
    mix = "England's observed mix" if found.observed_mix else "the preferred mix"
    needed, placed, wanted = (found.children[measure] for measure in ("needed", "placed", "wanted"))
    lines: list[tuple[str, list[Cell]]] = [
        (
            name,
            [
                placed[s][start],
                found.places[s][start] if s in found.places else "",
                needed[s][scored],
                placed[s][scored],
                wanted[s][scored],
                gaps[s],
            ],
        )
        for s, name in SETTINGS.items()
    ]
    chapter.add_table(
        "places_by_setting",
        f"Children with a plan by setting: January {start}, and January {scored} as things are",
        [
            "Setting",
            f"Placed {start}",
            "Places there are",
            f"Needed {scored}",
            f"Placed {scored}",
            f"Wanted by {mix} {scored}",
            "Wanted less placed",
        ],
        lines,
        note="Needed: the setting that children would be in were there room for all. Placed: with the places there "
        f"are. Wanted: were all placed by {mix}. The range under a figure is an 80% interval; how settings are "
        "sought has no track record." + _spread(found.unrecorded),
    )


def _spread(unrecorded: Indicator) -> str:
    """Return a sentence on plans whose placement is not recorded; empty where there is none, or it is withheld."""
    if not unrecorded.shown or not unrecorded.value:
        return ""
    have, count = ("plan has", "counts") if unrecorded.value == 1 else ("plans have", "count")
    return f" {show(unrecorded)} {have} no placement recorded, and {count} as the others of their need and phase do."


def _add_cells(chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon) -> None:
    """Add the places there are by need and phase, with the children who need one and those placed in them."""
    start, scored = horizon.start, horizon.scored_to
    needs = NEEDS | {"all": "all needs", "other": "all other children"}
    lines: list[tuple[str, list[Cell]]] = []
    for cell in result.data["cell"].values:
        one = result.data.sel(cell=cell)
        setting, need, phase = (str(one[f"cell_{name}"].item()) for name in ("setting", "need", "phase"))
        who = needs[need] if phase in ("all", "other") else f"{needs[need]}, {phase.replace('_', ' ')}"
        name, id = f"{SETTINGS[setting]}: {who}", f"{setting}.{need}.{phase}"
        there = chapter.add_drawn(
            f"places.cell.there.{id}.{start}", f"{name}: places there are",
            [float(one["cell_places"].sel(year=start))], "places", january(start), PLACES_MODEL,
        )  # fmt: skip
        held = [
            chapter.add_drawn(
                f"places.cell.{what}.{id}.{scored}", f"{name}: {what}",
                one[f"cell_{what}"].sel(year=scored).values, "children", january(scored), PLACES_MODEL,
            )
            for what in ("needed", "placed")
        ]  # fmt: skip
        lines.append((name, [there, *held]))
    chapter.add_table(
        "places_by_need_and_phase",
        f"Places by the children they are for: those there are, and children in January {scored} as things are",
        ["Setting, need and phase", f"Places there are {start}", f"Needed {scored}", f"Placed {scored}"],
        lines,
        note="A child takes a place that is for its need and phase. Children already in one keep it where there are "
        "more of them than places.",
    )


def _add_needs(chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon) -> None:
    """Add resourced and special places needed and children in independent schools by need."""
    special = result.by_need("state_special", "needed")
    measures = {
        "resourced": (
            "places needed in resourced provision or SEN units",
            result.by_need("resourced", "needed"),
        ),
        "special": ("state special places needed", special),
        "independent": ("in independent schools", result.by_need("independent")),
    }
    order = special.isel(year=-1).mean("draw").to_series().sort_values(ascending=False, kind="stable").index
    needs = [str(need) for need in order if str(need) in NEEDS]
    own = needs_shown(needs)
    groups = {need: (NEEDS[need], [need]) for need in own}
    groups["other"] = ("All other needs", [need for need in needs if need not in own])
    groups["all"] = ("All needs", needs)
    shown = list(dict.fromkeys((horizon.start, horizon.scored_to, horizon.end)))
    lines = [
        (
            name,
            [
                chapter.add_drawn(
                    f"places.need.{id}.{group}.{year}", f"{name}: {title}",
                    array.sel(year=year, need=members).sum("need").values, "children", january(year), PLACES_MODEL,
                )
                for id, (title, array) in measures.items()
                for year in shown
            ],
        )
        for group, (name, members) in groups.items()
    ]  # fmt: skip
    chapter.add_table(
        "places_by_need",
        "Places needed in resourced provision and state special schools, and children in independent schools if no "
        "place is added, by need",
        [
            "Primary need",
            *(
                f"{what} {horizon.label(y)}"
                for what in ("Resourced", "Special", "Independent")
                for y in shown
            ),
        ],
        lines,
        note=horizon.note,
    )


def needs_shown(needs: list[str]) -> list[str]:
    """Return the needs with a row of their own, in the order given: the first, and those of `ALWAYS`.

    Examples
    --------
    >>> needs_shown(["SLCN", "ASD", "PD", "SLD", "PMLD", "MLD", "HI", "SEMH"])
    ['SLCN', 'ASD', 'PD', 'SLD', 'PMLD', 'SEMH']
    """
    rest = MOST_NEEDS - len([need for need in needs if need in ALWAYS])
    first = [need for need in needs if need not in ALWAYS][: max(rest, 0)]
    return [need for need in needs if need in ALWAYS or need in first]


def _add_yearly(chapter: ChapterBuilder, result: PlacesResult, horizon: Horizon, basis: str) -> None:
    """Add those awaiting, out of the area and travelling, and the cost, in the Januaries shown."""
    data = result.data
    awaiting = {
        year: chapter.add_drawn(
            f"places.awaiting.{year}", "Children awaiting a place",
            data["awaiting"].sel(year=year).sum(("need", "phase")).values, "children", january(year), PLACES_MODEL,
            better="down",
        )
        for year in horizon.years
    }  # fmt: skip
    lines: list[tuple[str, list[Cell]]] = [
        ("Children awaiting a place", [awaiting[year] for year in horizon.shown])
    ]
    for id, (title, name, unit, scale) in YEARLY.items():
        if name not in data:
            chapter.add_missing(
                f"gap.places.{id}", title, unit, "years ahead", "rows for PLACES in service_parameters.csv"
            )
            continue
        total = data[name].sum([d for d in data[name].dims if d not in ("year", "draw")])
        cells: list[Cell] = [
            chapter.add_drawn(
                f"places.{id}.{year}", title, total.sel(year=year).values / scale, unit, january(year), PLACES_MODEL,
                basis, better="down",
            )
            for year in horizon.shown
        ]  # fmt: skip
        lines.append((title, cells))
    chapter.add_table(
        "places_yearly",
        "Awaiting, out of the area, travel and cost, as things are",
        ["Measure", *(horizon.label(y) for y in horizon.shown)],
        lines,
        note=horizon.note
        + " Costs are at today's prices. The high needs block pays for places, the general fund for "
        "transport.",
    )
