"""A run of an area that is a sum, an integrated care board or a region: its councils run, and added draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.need_types import need_types
from sendneeds.foundation.errors import Fault, ScenarioError
from sendneeds.foundation.intervals import interval_table
from sendneeds.foundation.progress import Progress
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.adding import said_of_parts, whole_of
from sendneeds.scenarios.levers import ON_NEED
from sendneeds.scenarios.run_result import RunResult
from sendneeds.scenarios.scenario import Scenario
from sendneeds.waits.ehc.published_rates import timeliness
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

RunOne = Callable[["Area", list[Scenario], Progress | None], RunResult]
NOT_ADDED = ("advice_ratio", "advice_factor", "implied_wte", "reviews_attended")
"""Variables of the clock that are no counts, or are of one council's own staff."""
LISTS = "Lists of services are not added up: each is one provider's, with its own order and staff."
SHARED = ("price", "avoidable_share")
"""Variables of places that are no counts."""
MEASURES = {
    "plans": "EHC plans",
    "sen_support": "Children on SEN support",
    "residents": "Residents aged 0 to 25",
    "requests": "Requests for an assessment",
    "issued": "EHC plans issued",
    "share_in_time": "Plans issued within 20 weeks, exceptions left out",
    "special_needed": "Children who need a state-funded special school",
    "special_places": "Places in state-funded special schools",
    "independent": "Children in independent or non-maintained special schools",
    "awaiting": "Children awaiting a place",
}
"""What `RunResult.by_part` has of each council and of the whole: columns area_code, area_name, scenario, measure,
period (a January, or a calendar year), low, central and high."""


def run_together(
    area: Area, scenarios: Sequence[Scenario], one: RunOne, progress: Progress | None = None
) -> RunResult:
    """Run each part of an area, and add the parts up draw by draw: need, the EHC clock and places.

    Parameters
    ----------
    area : Area
        With parts.
    scenarios : sequence of Scenario
        With levers on need alone (`refuse_services`), pulled in every part.
    one : callable
        Runs one part: ``one(part, scenarios, progress)``.
    progress : callable, optional

    Returns
    -------
    RunResult
        Its `by_part` has each part beside the whole. Lists of services, costs and options on services are the parts'.

    """
    found: list[RunResult] = []
    services: list[list[str]] = []
    for done, part in enumerate(area.parts):
        if progress is not None:
            progress(done, len(area.parts), part.name)
        run = one(part, list(scenarios), None)
        services.append(run.services)
        found.append(replace(run, waits=None))  # takes no memory while the others run
    if progress is not None:
        progress(len(area.parts), len(area.parts), "added up")
    names = [s.name for s in found[0].scenarios]
    need = whole_of(area, [part.need for part in found])
    clocks = {
        name: _clock(area, need, [part.clock[name] for part in found])
        for name in names
        if all(name in part.clock for part in found)
    }
    places = {
        name: places_together(area, need, [part.places[name] for part in found])
        for name in names
        if all(name in part.places for part in found)
    }
    needs = {
        name: whole_of(area, [part.needs[name] for part in found])
        for name in names
        if name != BASELINE and all(name in part.needs for part in found)
    }
    in_place = {
        name: whole_of(area, [part.in_place[name] for part in found])
        for name in names
        if all(name in part.in_place for part in found)
    }
    whole = RunResult(
        area,
        need,
        need_types(need),
        found[0].scenarios,
        None,
        found[0].costs.iloc[:0],
        needs,
        clocks,
        places,
        tuple(_missing(found, services)),
        tuple(dict.fromkeys(f"{part.area.name}: {text}" for part in found for text in part.notes)),
        in_place,
    )
    return _with_parts(whole, found)


def refuse_services(area: Area, scenarios: Sequence[Scenario]) -> None:
    """Raise a ScenarioError if a lever is on a service or on places, which one council has."""
    faults = [
        Fault(
            s.name, 0, lever.place or f"levers[{number}] ({lever.kind})", f"{lever.kind}, in {area.name}",
            "a lever on need: a service, its staff and places are one council's",
            f"Run it in {' or '.join(part.name for part in area.parts)}.",
        )
        for s in scenarios
        for number, lever in enumerate(s.levers, start=1)
        if not isinstance(lever, ON_NEED)
    ]  # fmt: skip
    if faults:
        raise ScenarioError(f"The options cannot be run on this area ({area.name})", faults)


def _missing(found: Sequence[RunResult], services: Sequence[list[str]]) -> list[str]:
    """Return what the whole does not have, and why."""
    out = list(dict.fromkeys(text for part in found for text in part.missing))
    names = [part.area.name for part in found]
    having = [name for name, own in zip(names, services, strict=True) if own]
    lacking = [name for name in names if name not in having]
    told = [LISTS]
    if lacking:
        told.append(f"No lists were given for {_and(lacking)}.")
    if having:
        told.append(f"Those of {_and(having)} stand in the chapter of that council.")
    return [*out, " ".join(told)]


def _and(names: Sequence[str]) -> str:
    """Return names as words."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _sum(arrays: Sequence[Any]) -> Any:
    """Return arrays added by label, exactly: what one lacks is none of it."""
    import xarray as xr

    total = arrays[0]
    for array in arrays[1:]:
        one, other = xr.align(total, array, join="outer", fill_value=0)
        total = one + other
    return total.astype(arrays[0].dtype).assign_attrs(arrays[0].attrs)


def _summed(parts: Sequence[Any], without: Sequence[str]) -> Any:
    """Return the sum of datasets over the variables that all of them have."""
    names = [n for n in parts[0].data_vars if n not in without and all(n in part for part in parts)]
    first = parts[0][names]
    summed = {str(name): _sum([part[name] for part in parts]) for name in names}
    dims = {str(dim) for name in names for dim in first[name].dims}
    order = {str(dim): _labels([part[dim].values for part in parts]) for dim in dims}
    import xarray as xr

    out = xr.Dataset(summed).reindex(order)
    return out.assign_attrs(parts[0].attrs)


def _labels(labels: Sequence[np.ndarray]) -> np.ndarray:
    """Return the labels of a dimension over all parts, in the order in which they are first met."""
    every = list(dict.fromkeys(value for one in labels for value in one))
    return np.array(every, dtype=np.result_type(*labels))


def _clock(area: Area, need: NeedProjection, parts: Sequence[EhcResult]) -> EhcResult:
    data = _summed([part.data for part in parts], NOT_ADDED).assign_attrs(area=area.code)
    given = data["advice_given"]
    first = given.isel(calendar_year=0)
    data["advice_ratio"] = (given / first.where(first >= 1.0, 1.0)).assign_attrs(
        parts[0].data["advice_ratio"].attrs
    )
    shares = {
        basis: {year: soon / issued for year, (issued, soon, _) in years.items() if issued}
        for basis, years in timeliness(area).items()
    }
    told: dict[str, Any] = {
        key: parts[0].provenance[key]
        for key in ("staffing", "ehc_answers", "ehc")
        if key in parts[0].provenance
    }
    waits = list(dict.fromkeys(str(part.provenance["ehc_waits_for"]) for part in parts))
    told["ehc_waits_for"] = ", ".join(w for w in waits if w != "no service") or "no service"
    told["ehc_notes"] = " ".join(
        f"{part.name}: {clock.provenance['ehc_notes']}"
        for part, clock in zip(area.parts, parts, strict=True)
        if clock.provenance.get("ehc_notes")
    )
    made = {**need.provenance, "draws": parts[0].provenance["draws"]}
    return EhcResult(data, {**made, **told, "published": shares})


def places_together(area: Area, need: NeedProjection, parts: Sequence[PlacesResult]) -> PlacesResult:
    """Return the places of an area that is the sum of its parts, from theirs.

    Parameters
    ----------
    area : Area
        With parts.
    need : NeedProjection
        Of the whole.
    parts : sequence of PlacesResult
        Of each part, in order.
    """
    data = _summed([part.data for part in parts], SHARED)
    told = said_of_parts(area.parts, [part.provenance["places"] for part in parts])
    return PlacesResult(data.assign_attrs(need.data.attrs), {**need.provenance, "places": told}, area.name)


def _with_parts(whole: RunResult, parts: Sequence[RunResult]) -> RunResult:
    """Return a run with the table of each part beside the whole."""
    import pandas as pd

    frames = [
        frame.assign(area_code=run.area.code, area_name=run.area.name, scenario=name, measure=measure)
        for run in (*parts, whole)
        for name in (s.name for s in whole.scenarios)
        for measure, frame in _figures(run, name).items()
    ]
    order = ["area_code", "area_name", "scenario", "measure", "period", "low", "central", "high"]
    return replace(whole, by_part=pd.concat(frames, ignore_index=True)[order])


def _figures(run: RunResult, scenario: str) -> Mapping[str, pd.DataFrame]:
    """Return the 80 % intervals of one area by measure and year."""
    need = run.needs.get(scenario, run.need)
    out = {
        "plans": need.total("E"),
        "sen_support": need.total("K"),
        "residents": need.data["population"].sum("age"),
    }
    if scenario in run.clock:
        clock = run.clock[scenario]
        out |= {"requests": clock.yearly("requests"), "issued": clock.yearly("issued")}
        out["share_in_time"] = clock.share_in_time(by="calendar_year")
    if scenario in run.places:
        places = run.places[scenario]
        out["special_needed"] = places.by_setting("needed").sel(setting="state_special", drop=True)
        out["independent"] = places.by_setting().sel(setting="independent", drop=True)
        out["awaiting"] = places.data["awaiting"].sum(("need", "phase"))
    frames = {}
    for name, array in out.items():
        period = "calendar_year" if "calendar_year" in array.dims else "year"
        frames[name] = interval_table(array.rename(name)).rename(columns={period: "period"})
    if scenario in run.places:
        known = run.places[scenario].data["places"]
        if "state_special" in known["capped_setting"].values:
            row = known.sel(capped_setting="state_special")
            frames["special_places"] = _flat(row["year"].values, row.values)
    return frames


def _flat(years: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """Return figures without an interval in the columns of those with one."""
    import pandas as pd

    number = values.astype(float)
    return pd.DataFrame({"period": years, "low": number, "central": number, "high": number})
