"""The tables of a local SEND reform plan (LSRP) from one projection, the baseline and any scenario beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, expect, unknown
from sendneeds.foundation.progress import Progress
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.adding import said_of_parts, whole_of
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.project import project
from sendneeds.returns.ages import by_age_group, flow_by_age
from sendneeds.returns.figures import Drawn, figure_rows
from sendneeds.returns.notes import OF_CLOCK, assumption_rows, note_rows
from sendneeds.returns.provisions import children_by_row
from sendneeds.returns.result import LsrpReturn
from sendneeds.returns.rows import AGE_BASES, AGE_BASIS, BY_NEED, FLOWS
from sendneeds.scenarios.clocks import CLOCK_DRAWS, Clocks
from sendneeds.scenarios.effects import opening_of
from sendneeds.scenarios.levers import ON_NEED, NewPlaces
from sendneeds.scenarios.run import needs_changed
from sendneeds.scenarios.scenario import Scenario, as_things_stand
from sendneeds.waits.ehc.clock import YEARS_AFTER
from sendneeds.waits.places.project import places_by_option

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection
    from sendneeds.waits.places.result import PlacesResult

LAST_YEAR = 2029
"""Last calendar year of the return."""
BASE_TABLES = ("ehc_plans", "ehc_flow", "lsrp_splits")
"""Tables of which the base year is made."""
REQUEST_BEFORE_PLAN = 20 / 52
"""Years from a request to its plan, by law at most: by so much a child is younger at the request."""


def lsrp_return(
    area: Area,
    scenarios: Sequence[Scenario] = (),
    draws: int = 1000,
    seed: int = 1,
    *,
    last_year: int = LAST_YEAR,
    age_basis: str = AGE_BASIS,
    progress: Progress | None = None,
) -> LsrpReturn:
    """Return tables 5.1, 6, 7, 7.1 to 7.7, 10, 11 and 12 of a local SEND reform plan.

    A calendar year's plans are those of the January after it; requests, assessments and new plans are of the year
    itself. The last published year stands in front as the base.

    Parameters
    ----------
    area : Area
        With plans by placement and need, and the EHC process (``ehc_flow``, ``ehc_timeliness``); a table
        ``lsrp_splits`` divides the rows that nothing published tells apart.
    scenarios : sequence of Scenario, optional
        Set beside the baseline, which is always there. Levers on need and on places count; those on services change
        none of these tables.
    draws, seed : int
    last_year : int
        Last calendar year.
    age_basis : {"31_august", "school_year"}
        How ages are counted; see `sendneeds.returns.rows.AGE_BASES`.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    LsrpReturn

    Raises
    ------
    DomainError
        If `last_year` is not after the last year published, or two scenarios have one name.
    UnknownNameError
        If there is no such age basis.
    MissingDataError
        If a table that the return needs is not in the pack.

    Examples
    --------
    >>> import sendneeds as sn
    >>> made = sn.lsrp_return(sn.open_area("bedford"), draws=20)
    >>> total = made.figures.query("table == '5.1' and row == 'Total'")
    >>> total[["calendar_year", "kind", "central"]].head(1).values.tolist()
    [[2024, 'published', 2170.0]]
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    draws, seed = arguments.draws(draws), arguments.seed(seed)
    if not isinstance(age_basis, str) or age_basis not in AGE_BASES:
        raise unknown("age basis", str(age_basis), AGE_BASES)
    area = of_the_caseload(area)
    start = area.start.year
    last_year = arguments.whole("last_year", last_year, start, start + 20, max(LAST_YEAR, start))
    chosen = chosen_beside(scenarios)
    to = last_year + 1 + YEARS_AFTER  # requests of the last years lead to plans of these
    parts = [
        _follow(of_the_caseload(part), area, chosen, to, draws, seed, age_basis, progress)
        for part in area.parts or (area,)
    ]
    found = parts[0] if not area.parts else _added(area, parts)
    need = found.needs[BASELINE]
    figures = figure_rows(area, found.drawn, start, age_basis)
    asides = [
        f"{s.title}: levers on services change none of these tables."
        for s in chosen
        if any(not isinstance(v, (*ON_NEED, NewPlaces)) for v in s.levers)
    ]
    import pandas as pd

    names = pd.DataFrame({"scenario": [s.name for s in chosen], "title": [s.title for s in chosen]})
    made = {**need.provenance, "age_basis": AGE_BASES[age_basis], "last_year": last_year, "draws": draws}
    made["base_bases"] = base_bases(area)
    return LsrpReturn(
        figures,
        note_rows(area, start),
        assumption_rows(
            need.assumptions,
            found.places,
            found.clock,
            [*scenario_notes(chosen, found.needs), *asides],
        ),
        names,
        made,
        area.name,
    )


@dataclass(frozen=True)
class _Followed:
    """One area under every scenario.

    Parameters
    ----------
    needs : dict of scenario to NeedProjection
        Of the baseline, and of scenarios that change need.
    drawn : dict of scenario to Drawn
    places : list of str
        What places rest on.
    clock : dict
        What the process rests on, as `assumption_rows` takes it.
    """

    needs: dict[str, NeedProjection]
    drawn: dict[str, Drawn]
    places: list[str]
    clock: dict[str, str]


def of_the_caseload(area: Area) -> Area:
    """Return an area whose run starts with its last caseload, as a return does, whenever its lists begin."""
    return replace(area, settings={name: one for name, one in area.settings.items() if name != "simulation"})


def needs_of(
    area: Area, chosen: Sequence[Scenario], to: int, draws: int, seed: int, progress: Progress | None
) -> dict[str, NeedProjection]:
    """Return need under the baseline, and under every scenario that changes it."""
    changes = {BASELINE: NeedChange(), **needs_changed(chosen)}
    return {
        name: project(area, to=to, draws=draws, seed=seed, change=change, progress=progress)
        for name, change in changes.items()
    }


def places_of(
    area: Area, chosen: Sequence[Scenario], needs: dict[str, NeedProjection]
) -> dict[str, PlacesResult]:
    """Return places under every scenario, from need as `needs_of` has it."""
    openings = {s.name: [opening_of(v) for v in s.levers if isinstance(v, NewPlaces)] for s in chosen}
    return places_by_option(area, needs[BASELINE], needs, openings)


def _follow(
    area: Area,
    whole: Area,
    chosen: list[Scenario],
    to: int,
    draws: int,
    seed: int,
    age_basis: str,
    progress: Progress | None,
) -> _Followed:
    """Project one area under every scenario, and follow its requests and its places."""
    start, last_year = area.start.year, to - 1 - YEARS_AFTER
    needs = needs_of(area, chosen, to, draws, seed, progress)
    need = needs[BASELINE]
    if progress is not None:
        progress(0, 1, "requests and assessments")
    clocks = Clocks(
        area,
        _first(need),
        {name: _first(one) for name, one in needs.items() if name != BASELINE},
        [],
        date(last_year, 12, 31),
        changes=needs_changed(chosen),
    ).results(None, [s.name for s in chosen])
    held = places_of(area, chosen, needs)
    drawn = {
        s.name: _tables(
            needs.get(s.name, need),
            children_by_row(area, held[s.name], whole),
            clocks[s.name],
            start,
            last_year,
            age_basis,
        )
        for s in chosen
    }
    said = {key: str(clocks[BASELINE].provenance.get(key) or "") for key in OF_CLOCK}
    return _Followed(needs, drawn, held[BASELINE].provenance["places"], said)


def _added(area: Area, parts: list[_Followed]) -> _Followed:
    """Return an area that is the sum of its parts, from theirs, draw by draw."""
    needs = {name: whole_of(area, [part.needs[name] for part in parts]) for name in parts[0].needs}
    drawn = {
        name: Drawn(
            {
                number: reduce(add, [part.drawn[name].tables[number] for part in parts])
                for number in one.tables
            },
            reduce(add, [part.drawn[name].cells for part in parts]),
        )
        for name, one in parts[0].drawn.items()
    }
    places = said_of_parts(area.parts, [part.places for part in parts])
    said = {
        key: " ".join(
            said_of_parts(area.parts, [[part.clock[key]] if part.clock[key] else [] for part in parts])
        )
        for key in OF_CLOCK
    }
    return _Followed(needs, drawn, places, said)


def base_bases(area: Area) -> list[str]:
    """Return what the base year rests on: the words of its tables of plans and of the EHC process, and of the splits.

    Parameters
    ----------
    area : Area
    """
    words: set[str] = set()
    for name in BASE_TABLES:
        if area.has(name):
            table = area.table(name)
            words |= set(table["basis"]) if "basis" in table else {area.meta[name].basis}
    return sorted(words)


def chosen_beside(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return the baseline, and the scenarios to be set beside it.

    Parameters
    ----------
    scenarios : sequence of Scenario

    Raises
    ------
    DomainError
        If two have one name.
    """
    chosen = [s for s in arguments.listed("scenarios", scenarios, Scenario) if s.name != BASELINE]
    if len({s.name for s in chosen}) < len(chosen):
        raise DomainError(f"two scenarios have one name: {', '.join(s.name for s in chosen)}.")
    return [as_things_stand(), *chosen]


def scenario_notes(chosen: Sequence[Scenario], needs: dict[str, NeedProjection]) -> list[str]:
    """Return what each scenario beside the baseline changes, in words."""
    out = []
    for scenario in chosen:
        if scenario.name == BASELINE:
            continue
        out.append(f"{scenario.title} ({scenario.name}). {scenario.note}".strip())
        if scenario.name in needs:
            texts = [t for t in needs[scenario.name].assumptions if t.startswith("Scenario: ")]
            out += [f"{scenario.title}: {text.removeprefix('Scenario: ')}" for text in texts]
    return out


def _first(need: NeedProjection) -> NeedProjection:
    """Return the first draws of a projection, those in which requests are followed."""
    return replace(need, data=need.data.isel(draw=slice(CLOCK_DRAWS)))


def _tables(
    need: NeedProjection, cells: xr.DataArray, clock: Any, start: int, last_year: int, basis: str
) -> Drawn:
    """Return the tables of one scenario by draw; years are calendar years, the base first for stocks."""
    import xarray as xr

    years = list(range(start - 1, last_year + 1))
    cells = cells.sel(year=[year + 1 for year in years]).rename(year="calendar_year")
    cells = cells.assign_coords(calendar_year=years)
    plans = need.data["children"].sel(provision="E").sum("need", dtype="int64")
    plans = plans.sel(year=[year + 1 for year in years]).rename(year="calendar_year")
    tables = {"5.1": by_age_group(plans.assign_coords(calendar_year=years), basis)}
    tables["6"] = cells.sum("need")
    tables["7"] = cells.sum("row").rename(need="row")
    for number, (_, rows) in BY_NEED.items():
        tables[number] = cells.sel(row=list(rows)).sum("row").rename(need="row")
    # the draws of the clock, as new plans stand beside the assessments of the same draws
    new = _first(need).data["new_plans"].sum("plan_need", dtype="int64")
    tables["12"] = by_age_group(new.sel(calendar_year=years[1:]), basis)
    for number, name in FLOWS.items():
        if number != "12":
            yearly = clock.yearly(name).transpose("calendar_year", "draw").sel(calendar_year=years[1:])
            few = new.isel(draw=slice(yearly.sizes["draw"])).sel(calendar_year=years[1:])
            by_age = flow_by_age(yearly.values, few.values, REQUEST_BEFORE_PLAN if number == "10" else 0.0)
            tables[number] = by_age_group(xr.DataArray(by_age, dims=few.dims, coords=few.coords), basis)
    return Drawn(tables, cells)
