"""Project the children and young people of an area by need, provision and age."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import AGES, NEEDS, NO_NEED
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need import rates, stock, trend
from sendneeds.need.area_history import area_history
from sendneeds.need.by_need import forecast_need
from sendneeds.need.forecast import Forecast, draw_paths
from sendneeds.need.history import History, National
from sendneeds.need.national import shipped_national, shipped_record
from sendneeds.need.population import Population, residents
from sendneeds.need.projection import NeedProjection, provenance
from sendneeds.need.sen_support import forecast_support_share
from sendneeds.need.support_profile import SPREAD_SD, support_profile

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area

SCORED_NEEDS = ("ASD", "SEMH", "SLCN")
"""Needs whose own forecast has a track record; the others grow as the total does."""

Progress = Callable[[int, int, str], None]


class Plans(NamedTuple):
    """Plans over the years: ``stock`` (year, need, age, draw) and the flows between (calendar year, ...)."""

    stock: np.ndarray
    new: np.ndarray
    moved_in: np.ndarray
    ceased: np.ndarray
    aged_out: np.ndarray


def project(
    area: Area,
    to: int = 2035,
    draws: int = 1000,
    seed: int = 1,
    *,
    fade_years: int = 10,
    progress: Progress | None = None,
) -> NeedProjection:
    """Project children and young people by need, provision, age and year.

    Parameters
    ----------
    area : Area
        With plans by need and age at one January, new plans by need and age, population and pupils.
    to : int
        Last January wanted.
    draws : int
        Number of draws.
    seed : int
        The same seed gives the same children, on any machine.
    fade_years : int
        Years over which growth after the fifth year falls to that of the population.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    NeedProjection

    Raises
    ------
    DomainError
        If `to` is not after the last January published, or `draws` is under 1.
    MissingDataError
        If a table that the projection needs is not in the pack.

    Examples
    --------
    >>> import sendneeds as sn
    >>> need = sn.project(sn.open_area("bedford"), to=2027, draws=20, seed=1)
    >>> int(need.total("E").sel(year=2025, draw=0))
    2170
    """
    start = base_year(area)
    if to <= start:
        raise DomainError(
            f"to={to}: the last January published for {area.name} is {start}; ask for a later year."
        )
    if draws < 1:
        raise DomainError(f"draws={draws}: at least 1 is needed.")
    tell = progress or (lambda done, total, what: None)
    tell(0, 4, "population")
    # whole seed blocks are always drawn, so that the number of draws asked for never alters one
    lanes = -(-draws // SEED_BLOCK) * SEED_BLOCK
    people = residents(area, start, to, generator(seed, "nation", "population"), lanes)
    tell(1, 4, "plans: the total")
    history, national = area_history(area), shipped_national()
    horizons = range(1, to - start + 1)
    made = trend.forecast(
        history, national, start, horizons, fade_years=fade_years, population_growth=people.growth()
    )
    target = plan_targets(area, made, history, national, fade_years, people, seed, lanes)
    tell(2, 4, "plans: need and age")
    area_rates, plans = run_cohort(area, target, people, seed, lanes)
    tell(3, 4, "SEN support")
    support, support_notes = sen_support(
        area, people, plans.stock, national, start, horizons, seed, lanes, fade_years
    )
    notes = [
        *people.assumptions,
        *total_notes(made),
        *area_rates.notes,
        *support_notes,
    ]
    data = (
        _label(start, to, people, plans, support)
        .isel(draw=slice(0, draws))
        .assign_attrs(
            area=area.code, start=start, scored_to=min(start + trend.SCORED_YEARS, to), seed=seed, draws=draws
        )
    )
    tell(4, 4, "done")
    return NeedProjection(data, provenance(area, seed, draws, notes), area, shipped_record_table())


def base_year(area: Area) -> int:
    """Return the last January with plans by need and age."""
    table = area.table("ehc_plans")
    rows = table[(table["need"] != "all") & (table["age"] != "all") & (table["placement"] == "all")]
    if rows.empty:
        raise MissingDataError(
            f"{area.name}: ehc_plans.csv has no plans by need and age. Add the need x age table of a SEN2 release."
        )
    return int(rows["census_january"].max())


def plan_targets(
    area: Area,
    made: Forecast,
    history: History,
    national: National,
    fade_years: int,
    people: Population,
    seed: int,
    draws: int,
) -> np.ndarray:
    """Return plans wanted by horizon, need and draw, shape (H, need, draw): they add up to the drawn total.

    Each need with a rule of its own follows it, the others the total; the needs are then scaled to the total.
    """
    start = made.origin
    nation, own = _pair(seed, area.code, "total", draws)
    log_total = _paths(made, nation, own, draws)
    base = stock.plans(area, start).sum(axis=1).astype(float)
    growth = np.repeat((log_total - np.log(base.sum()))[:, None], len(base), axis=1)
    for need in SCORED_NEEDS:
        try:
            by_need = forecast_need(
                history,
                national,
                need,
                start,
                made.horizons.tolist(),
                fade_years=fade_years,
                population_growth=people.growth(),
            )
        except (MissingDataError, DomainError):
            continue  # too short a series of its own: it grows as the total does
        nation, own = _pair(seed, area.code, need, draws)
        start_log = np.log(history.pupils_by_need[need][start])
        growth[:, stock.PLAN_NEEDS.index(need)] = _paths(by_need, nation, own, draws) - start_log
    wanted = base[:, None] * np.exp(growth)
    total = np.rint(np.exp(log_total)).astype(np.int64)
    return np.stack([cohort.apportion(t, w) for t, w in zip(total, wanted, strict=True)])


Streams = list[np.random.Generator]


def _pair(seed: int, code: str, purpose: str, draws: int) -> tuple[Streams, Streams]:
    """Return the nation's and the area's generators, one a seed block."""
    blocks = range(-(-draws // SEED_BLOCK))
    return (
        [generator(seed, "nation", "plans", purpose, block=b) for b in blocks],
        [generator(seed, code, "plans", purpose, block=b) for b in blocks],
    )


def _paths(made: Forecast, nation: Streams, own: Streams, draws: int) -> np.ndarray:
    parts = [draw_paths(made, SEED_BLOCK, n, o) for n, o in zip(nation, own, strict=True)]
    return np.concatenate(parts, axis=1)[:, :draws]


def run_cohort(
    area: Area, target: np.ndarray, people: Population, seed: int, draws: int
) -> tuple[rates.AreaRates, Plans]:
    """Step the cohort from the last January to meet the targets; `draws` are whole seed blocks."""
    england = area.england()
    start = base_year(area)
    years = len(target)
    opening = stock.plans(area, start)
    nation_people = residents(england, start, start, generator(seed, "nation", "population"), SEED_BLOCK)
    nation_rates = rates.national_rates(england, nation_people.central()[0])
    closing = people.central()[0]
    table = england.table("cohort_constants")
    constants = dict(zip(table["name"], table["value"].astype(float), strict=True))
    parts = []
    for block in range(draws // SEED_BLOCK):
        lanes = slice(block * SEED_BLOCK, (block + 1) * SEED_BLOCK)
        stream = generator(seed, area.code, "plans", "cohort", block=block)
        own = rates.area_rates(area, england, nation_rates, closing, constants, stream, SEED_BLOCK)
        parts.append(_block(opening, own, target[..., lanes], people.persons[..., lanes], stream, years))
    return own, Plans(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True)))


def _block(
    opening: np.ndarray,
    own: rates.AreaRates,
    target: np.ndarray,
    persons: np.ndarray,
    stream: np.random.Generator,
    years: int,
) -> Plans:
    """Step one seed block of lanes through all years."""
    lanes = target.shape[-1]
    now = np.repeat(opening[:, :, None], lanes, axis=-1)
    hazard = np.zeros_like(own.hazard)
    hazard[:, 1:] = own.hazard[:, :-1]  # the kernel counts a new plan at the age the year closes
    moved_weight = np.append(0.0, own.moved_weight[:-1])
    stocks, flows = [now.astype(np.int32)], []
    for t in range(years):
        moved = np.rint(own.moved_in_rate * now.sum(axis=(0, 1))).astype(np.int64)
        step = cohort.year(
            now, own.leave[None], moved, moved_weight, target[t], hazard, persons[t + 1], stream
        )
        now = step.closing
        stocks.append(now)
        flows.append(step)
    return Plans(
        np.stack(stocks),
        *(np.stack([getattr(f, name) for f in flows]) for name in ("new", "moved_in", "ceased", "aged_out")),
    )


def sen_support(
    area: Area,
    people: Population,
    plans: np.ndarray,
    national: National,
    start: int,
    horizons: range,
    seed: int,
    draws: int,
    fade_years: int,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return children on SEN support, shape (year, need, age, draw), in the order of `NEEDS`; and the notes."""
    england = area.england()
    if not area.has("sen_percent"):
        raise MissingDataError(
            f"{area.name}: sen_percent.csv is not there, so SEN support cannot be projected. "
            "Add the share of pupils on SEN support by January."
        )

    def shares(a: Area) -> dict[int, float]:
        table = a.table("sen_percent")
        rows = table[table["provision"] == "K"]
        return {
            int(y): float(v) for y, v in zip(rows["census_january"], rows["percent_of_pupils"], strict=True)
        }

    made = forecast_support_share(
        area.code, shares(area), shares(england), national.constants, start, horizons, fade_years=fade_years
    )
    nation, own = _pair(seed, area.code, "support", draws)
    share = np.exp(_paths(made, nation, own, draws)) / 100
    share = np.concatenate([np.full((1, draws), shares(area)[start] / 100), share])

    table = area.table("pupils")
    rolls = table[table["census_january"] == start]
    on_roll = np.zeros(len(AGES))
    for age, count in zip(rolls["age"].astype(str), rolls["pupils"], strict=True):
        on_roll += stock.spread_group(float(count), _roll_group(age), stock.young_shape())
    base = np.maximum(people.central()[0], 1)
    profile = support_profile(area, england)
    luck = np.concatenate(
        [
            g.standard_normal((len(NEEDS), SEED_BLOCK))
            for g in _pair(seed, area.code, "support mix", draws)[0]
        ],
        axis=1,
    )
    mix = profile.weight[..., None] * np.exp(SPREAD_SD * luck[:, None, :draws])
    mix /= mix.sum(axis=0)
    out = np.empty((len(share), len(NEEDS), len(AGES), draws), dtype=np.int32)
    capped = 0
    for t, percent in enumerate(share):
        by_age = (on_roll / base / people.pupils_per_resident)[:, None] * people.persons[t]
        total = np.rint(percent * by_age.sum(axis=0)).astype(np.int64)
        weight = (mix * by_age).reshape(-1, draws)
        cell = cohort.apportion(total, weight).reshape(len(NEEDS), len(AGES), draws)
        free = people.persons[t] - plans[t].sum(axis=0)
        over = np.maximum(cell.sum(axis=0) - free, 0)
        if over.any():  # never more children than there are without a plan
            capped += int(np.ceil(over.sum(axis=0).mean()))
            for age, draw in zip(*np.nonzero(over), strict=True):
                column = cell[:, age, draw]
                cell[:, age, draw] = cohort.apportion(
                    np.array([column.sum() - over[age, draw]]), column[:, None].astype(float)
                )[:, 0]
        out[t] = cell
    notes = [
        f"SEN support: the area's share of pupils ({shares(area)[start]:g} % in January {start}) "
        "moves as England's has; "
        f"pupils are turned to residents at {people.pupils_per_resident:.3f} pupils on roll per resident aged 5 to 15.",
        *profile.notes,
    ]
    if capped:
        notes.append(
            f"Plans and SEN support together would exceed the residents of some ages by about {capped} "
            "children; SEN support gives way."
        )
    return out, tuple(notes)


def _roll_group(age: str) -> str:
    return {"2_and_under": "0-2", "19_and_over": "19"}.get(age, age)


def total_notes(made: Forecast) -> list[str]:
    """Return how the total was forecast, in words."""
    parts = "; ".join(
        f"{t.name} {100 * np.expm1(t.by_horizon[0]):+.1f} %"
        for t in made.terms[1:]
        if abs(t.by_horizon[0]) > 5e-5
    )
    notes = [f"The total of plans follows the scored rule; in the first year: {parts}."]
    if made.left_out:
        notes.append(f"Left out for want of figures, and the interval widened: {', '.join(made.left_out)}.")
    return notes


def _label(start: int, to: int, people: Population, plans: Plans, support: np.ndarray) -> xr.Dataset:
    """Return the arrays as one labelled dataset."""
    import xarray as xr

    years = np.arange(start, to + 1)
    needs = [*NEEDS, NO_NEED]
    persons = people.persons
    cube = np.zeros((len(years), 3, len(needs), len(AGES), persons.shape[-1]), dtype=np.int32)
    where = [needs.index(n) for n in stock.PLAN_NEEDS]
    cube[:, 1, :-1] = support
    cube[:, 2, where] = plans.stock
    cube[:, 0, -1] = persons - cube.sum(axis=(1, 2), dtype=np.int32)

    def flow(array: np.ndarray, what: str) -> xr.DataArray:
        dims = (
            ("calendar_year", "need", "age", "draw") if array.ndim == 4 else ("calendar_year", "need", "draw")
        )
        coords = {"calendar_year": years[:-1], "need": list(stock.PLAN_NEEDS)}
        if array.ndim == 4:
            coords["age"] = list(AGES)
        full = xr.DataArray(array, dims=dims, coords=coords)
        return full.rename(need="plan_need").assign_attrs(long_name=what, units="EHC plans", kind="flow")

    return xr.Dataset(
        {
            "children": (
                ("year", "provision", "need", "age", "draw"),
                cube,
                {
                    "long_name": "Children and young people by provision and primary need",
                    "units": "persons",
                    "kind": "stock",
                },
            ),
            "population": (
                ("year", "age", "draw"),
                persons,
                {
                    "long_name": "Residents aged 0-25 at the 31 August before",
                    "units": "persons",
                    "kind": "stock",
                },
            ),
            "new_plans": flow(plans.new, "New plans"),
            "moved_in": flow(plans.moved_in, "Plans moved in from other areas"),
            "ceased": flow(plans.ceased, "Plans ended or moved out"),
            "aged_out": flow(plans.aged_out, "Plans ended on passing age 25"),
        },
        coords={
            "year": years,
            "provision": ["N", "K", "E"],
            "need": needs,
            "age": list(AGES),
            "draw": np.arange(persons.shape[-1]),
        },
    )


def shipped_record_table() -> pd.DataFrame:
    """Return the track record that ships with the package, numbers as floats."""
    import pandas as pd

    frame = pd.DataFrame(shipped_record())
    numeric = [c for c in frame.columns if c not in ("method", "target", "origin")]
    return frame.astype(dict.fromkeys(numeric, float))
