"""Provision and sufficiency: places needed and wanted against those there are, overflow, journeys and cost."""

from __future__ import annotations

from typing import Any

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.sections.need.projection import note, year_name
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import lower, number, show
from sendneeds.foundation.placements import SETTINGS
from sendneeds.foundation.vocabulary import NEEDS

MODEL = "sendneeds projection of places from the published figures of this chapter"
MOST_NEEDS = 6
"""Needs that have a row of their own; the others are put together, draw by draw."""
MEASURES = {
    "needed": "Children who would be placed in it were there room",
    "placed": "Children placed in it",
    "wanted": "Children in it by the preferred mix",
}
YEARLY = {
    "out_of_area": ("Children placed out of the area", "out_of_area", "children"),
    "transported": ("Children whose transport is paid", "transported", "children"),
    "transport_cost": ("Cost of transport a year", "transport_cost", "GBP million"),
    "place_cost": ("Cost of places a year", "cost", "GBP million"),
}
STANDS_IN = "England's as observed, which stands in"
"""Words of the projection's note where no preferred mix was supplied."""


def fill(kit: ChapterBuilder) -> None:
    """Add places as things are, or say what would supply them."""
    found = kit.result.places.get(kit.result.scenarios[0].name) if kit.result.places else None
    kit.facts |= {"places": False, "place_notes": [], "mix_stands_in": False}
    if found is None:
        kit.book.missing(
            "gap.places",
            "Places by setting against places needed",
            "",
            "now",
            "an ehc_plans.csv table with plans by placement and need",
        )
        return
    years = [int(y) for y in found.data["year"].values]
    notes = [str(line) for line in found.provenance.get("places", [])]
    kit.facts |= {
        "places": True,
        "place_years": years,
        "place_notes": notes,
        "mix_stands_in": any(STANDS_IN in line for line in notes),
        "place_basis": basis_of_places(kit),
    }
    if any("as many as were filled" in line for line in notes):
        kit.book.missing(
            "gap.commissioned",
            "Places commissioned in special schools and resourced provision",
            "places",
            "now",
            "rows commissioned_places_resourced and commissioned_places_state_special for PLACES in "
            "service_parameters.csv, from the council's record",
        )
    _settings(kit, found, years)
    _needs(kit, found)
    _yearly(kit, found, years)
    _special(kit, found, years)
    _overflow(kit, years)


def basis_of_places(kit: ChapterBuilder) -> str:
    """Return the weakest basis of the figures about places, beside the estimate that the projection is."""
    return weakest(["estimate", *rows(kit.area, "service_parameters", service="PLACES")["basis"]])


def _settings(kit: ChapterBuilder, found: Any, years: list[int]) -> None:
    """Add children needed, placed and wanted by setting and January, and the places there are."""
    for measure, words in MEASURES.items():
        array = found.by_setting(measure)
        for setting, name in SETTINGS.items():
            draws = array.sel(setting=setting).transpose("year", "draw").values
            for year, row in zip(years, draws, strict=True):
                kit.drawn(
                    f"places.{measure}.{setting}.{year}", f"{name}: {lower(words)}", row, "children",
                    f"January {year}", MODEL,
                )  # fmt: skip
    placed, wanted = (
        found.by_setting(m).transpose("setting", "year", "draw").values for m in ("placed", "wanted")
    )
    at = years.index(kit.facts["scored_to"])
    for s, (setting, name) in enumerate(zip(found.data["setting"].values, SETTINGS.values(), strict=True)):
        kit.drawn(
            f"places.gap.{setting}", f"{name}: wanted by the preferred mix less placed",
            wanted[s, at].astype(float) - placed[s, at], "children", f"January {years[at]}", MODEL,
        )  # fmt: skip
    for setting in map(str, found.data["capped_setting"].values):
        for year in years:
            places = float(found.data["places"].sel(capped_setting=setting, year=year))
            kit.drawn(
                f"places.there.{setting}.{year}", f"{SETTINGS[setting]}: places there are", [places], "places",
                f"January {year}", MODEL,
            )  # fmt: skip
            short = found.data["shortfall"].sel(capped_setting=setting, year=year).values
            kit.drawn(
                f"places.short.{setting}.{year}", f"{SETTINGS[setting]}: needed beyond the places there are", short,
                "places", f"January {year}", MODEL, better="down",
            )  # fmt: skip
    scored, start = kit.facts["scored_to"], years[0]
    capped = [str(s) for s in found.data["capped_setting"].values]
    mix = "England's observed mix" if kit.facts["mix_stands_in"] else "the preferred mix"
    kit.table(
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
        [
            (
                name,
                [
                    f"places.placed.{s}.{start}",
                    f"places.there.{s}.{start}" if s in capped else "",
                    f"places.needed.{s}.{scored}",
                    f"places.placed.{s}.{scored}",
                    f"places.wanted.{s}.{scored}",
                    f"places.gap.{s}",
                ],
            )
            for s, name in SETTINGS.items()
        ],
        note="Needed: the setting that children would be in were there room for all. Placed: with the places there "
        f"are. Wanted: were all placed by {mix}. The range under a figure is an 80% interval; how settings are "
        "sought has no track record.",
    )


def _needs(kit: ChapterBuilder, found: Any) -> None:
    """Add resourced and special places needed and children in independent schools by need."""
    resourced = found.by_need("resourced", "needed")
    special, away = found.by_need("state_special", "needed"), found.by_need("independent")
    order = special.isel(year=-1).mean("draw").to_series().sort_values(ascending=False, kind="stable").index
    codes = [str(n) for n in order if str(n) in NEEDS]
    kept = codes[:MOST_NEEDS]
    groups = {n: [n] for n in kept} | {"other": codes[MOST_NEEDS:], "all": codes}
    names = {n: NEEDS[n] for n in kept} | {"other": "All other needs", "all": "All needs"}
    shown = list(dict.fromkeys((kit.facts["start"], kit.facts["scored_to"], kit.facts["end"])))
    lines = []
    for group, members in groups.items():
        cells = []
        for id, title, array in (
            ("resourced", "places needed in resourced provision or SEN units", resourced),
            ("special", "state special places needed", special),
            ("independent", "in independent schools", away),
        ):
            for year in shown:
                kit.drawn(
                    f"places.need.{id}.{group}.{year}", f"{names[group]}: {title}",
                    array.sel(year=year, need=members).sum("need").values, "children", f"January {year}", MODEL,
                )  # fmt: skip
                cells.append(f"places.need.{id}.{group}.{year}")
        lines.append((names[group], cells))
    kit.table(
        "places_by_need",
        "Places needed in resourced provision and state special schools, and children in independent schools if no "
        "place is added, by need",
        [
            "Primary need",
            *(f"Resourced {year_name(kit, y)}" for y in shown),
            *(f"Special {year_name(kit, y)}" for y in shown),
            *(f"Independent {year_name(kit, y)}" for y in shown),
        ],
        lines,
        note=note(kit),
    )


def _yearly(kit: ChapterBuilder, found: Any, years: list[int]) -> None:
    """Add those awaiting, out of the area and travelling, and the cost, in the Januaries shown."""
    basis, shown = kit.facts["place_basis"], kit.facts["shown_years"]
    awaiting = found.data["awaiting"].sum(("need", "phase")).transpose("year", "draw").values
    for year, row in zip(years, awaiting, strict=True):
        kit.drawn(
            f"places.awaiting.{year}", "Children awaiting a place", row, "children", f"January {year}", MODEL,
            better="down",
        )  # fmt: skip
    lines: list[tuple[str, list[str]]] = [
        ("Children awaiting a place", [f"places.awaiting.{y}" for y in shown])
    ]
    for id, (title, name, unit) in YEARLY.items():
        if name not in found.data:
            kit.book.missing(
                f"gap.places.{id}", title, unit, "years ahead", "rows for PLACES in service_parameters.csv"
            )
            continue
        array = found.data[name]
        total = array.sum([d for d in array.dims if d not in ("year", "draw")]).transpose("year", "draw")
        for year in shown:
            draws = total.sel(year=year).values / (1e6 if unit == "GBP million" else 1)
            kit.drawn(
                f"places.{id}.{year}", title, draws, unit, f"January {year}", MODEL, basis, better="down"
            )
        lines.append((title, [f"places.{id}.{y}" for y in shown]))
    kit.table(
        "places_yearly",
        "Awaiting, out of the area, travel and cost, as things are",
        ["Measure", *(year_name(kit, y) for y in shown)],
        lines,
        note=note(kit)
        + " Costs are at today's prices. The high needs block pays for places, the council's general fund for "
        "transport.",
    )


def _line(
    kit: ChapterBuilder, label: str, prefix: str, years: list[int], dashed: bool = False
) -> charts.Series:
    records = [kit.book[f"{prefix}.{y}"] for y in years]
    low, high = ([getattr(r, end) for r in records if not dashed] for end in ("lower_end", "upper_end"))
    return charts.Series(label, years, [r.number for r in records], low, high, dashed=dashed)


def _special(kit: ChapterBuilder, found: Any, years: list[int]) -> None:
    """Draw state special places needed against those there are."""
    if "state_special" not in found.data["capped_setting"].values:
        return
    scored = kit.facts["scored_to"]
    needed, there = (kit.book[f"places.{m}.state_special.{scored}"] for m in ("needed", "there"))
    short = kit.book[f"places.short.state_special.{scored}"]
    table = kit.table(
        "places_special",
        "State-funded special schools: places needed, and places there are",
        ["January", "Needed", "Places there are", "Short by"],
        [
            (year_name(kit, y), [f"places.{m}.state_special.{y}" for m in ("needed", "there", "short")])
            for y in years
        ],
        note=note(kit),
    )
    title = (
        f"State special schools would need about {show(needed)} places in {scored} and have {show(there)}: short by "
        f"{show(short, interval=True)}"
        if short.lower_end > 0
        else f"State special schools have {show(there)} places; what they need in {scored} may be more or fewer"
    )
    kit.figure(
        "places_special",
        title,
        f"Line chart of state special places needed from {years[0]} to {years[-1]}, with an 80% interval, against the "
        f"places there are. In {scored}: {show(needed, interval=True)} needed, {show(there)} places. Years after "
        f"{scored} are a scenario range.",
        lambda: charts.trend(
            [
                _line(kit, "Needed", "places.needed.state_special", years),
                _line(kit, "Places there are", "places.there.state_special", years, dashed=True),
            ],
            "places in state-funded special schools, each January",
            scored_to=scored,
        ),
        table,
        "places",
    )


def _overflow(kit: ChapterBuilder, years: list[int]) -> None:
    """Draw children who go on to independent schools."""
    scored, start = kit.facts["scored_to"], years[0]
    now, then = (kit.book[f"places.placed.independent.{y}"] for y in (start, scored))
    table = kit.table(
        "places_overflow",
        "Children in independent or non-maintained special schools if no place is added",
        ["January", "Placed", "Would be placed were there room elsewhere"],
        [(year_name(kit, y), [f"places.{m}.independent.{y}" for m in ("placed", "needed")]) for y in years],
        note=note(kit),
    )
    more = then.lower_end > now.number
    kit.figure(
        "places_overflow",
        f"With no place added, children in independent special schools would go from {number(now.number, 'children')} "
        f"to about {show(then, interval=True)} by {scored}"
        if more
        else f"With no place added, children in independent special schools stay near {number(now.number, 'children')} "
        f"to {scored}: {show(then, interval=True)}",
        f"Line chart with an 80% interval of children in independent or non-maintained special schools, {start} to "
        f"{years[-1]}: {show(now)} in {start}, {show(then, interval=True)} in {scored}. Were there room in other "
        f"settings it would be {show(kit.book[f'places.needed.independent.{scored}'])}.",
        lambda: charts.trend(
            [
                _line(kit, "Placed", "places.placed.independent", years),
                _line(kit, "Were there room", "places.needed.independent", years, dashed=True),
            ],
            "children in independent or non-maintained special schools, each January",
            scored_to=scored,
        ),
        table,
        "children",
    )
