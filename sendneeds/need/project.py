"""Project the children and young people of an area by need, provision and age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, checked
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.memory import YEARS, Size
from sendneeds.foundation.progress import Progress
from sendneeds.foundation.vocabulary import AGES, ENGLAND, NEEDS, NO_NEED
from sendneeds.need.adding import whole_of
from sendneeds.need.cohort.plans import Plans, run_cohort
from sendneeds.need.cohort.sen_support_stock import Support, sen_support
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.as_published import has_needs_by_age
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.reform import DFE_PERCENT_OF_PUPILS, Cut
from sendneeds.need.inputs.setup import Setup, base_year, set_up
from sendneeds.need.projection import NeedProjection, provenance
from sendneeds.need.record import bias_notes, shipped_record_table
from sendneeds.need.total import trend
from sendneeds.need.total.targets import plan_targets

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area


def project(
    area: Area,
    to: int = 2035,
    draws: int = 1000,
    seed: int = 1,
    *,
    fade_years: int = 5,
    beyond: str = "flat",
    origin: int | None = None,
    change: NeedChange | None = None,
    issued: Mapping[int, np.ndarray] | None = None,
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
        Years over which growth of SEN support after the fifth year falls to nothing, and that of plans under a lever on
        growth to that of the population.
    beyond : {"flat", "halving"}
        How new plans go on after the fifth year: as many a head as in the three years before, or with a growth that
        halves each year. A scenario, not a forecast.
    origin : int, optional
        An earlier January to project from, with what was published then, so that `sendneeds.score` can hold the
        projection to what came. The last one published where not given.
    change : NeedChange, optional
        What a scenario changes about need: growth, a policy break, plans ended, requests and refusals.
    issued : mapping of calendar year to ndarray of float, optional
        Share of the new plans of a year that is issued in it, by draw, where staff hold plans up
        (`sendneeds.ehc_process` with ``staffing="fixed"``): plans not issued are not in place. Draws after those given
        take them in turn; years left out issue all.
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
    kinds(
        area=(area, "Area"),
        beyond=(beyond, "text"),
        change=(change, "NeedChange or nothing"),
        issued=(issued, "mapping or nothing"),
        progress=(progress, "function or nothing"),
    )
    arguments.whole("fade_years", fade_years, 1, 100, 5)
    for year, share in (issued or {}).items():
        arguments.whole("a year of issued", year, 2000, 2100, 2027)
        checked(f"issued[{year!r}]", share, lambda x: x >= 0, "a share of new plans, 0 or more")
    if area.parts:
        return _of_parts(area, to, draws, seed, fade_years, beyond, origin, change, issued, progress)
    change = change or NeedChange()
    tell = progress or (lambda done, total, what: None)
    ahead = to - base_year(area) if isinstance(to, int) and origin is None else YEARS
    Size(arguments.draws(draws), 0, 0, ahead).check()
    tell(0, 4, "population")
    setup = set_up(area, to, draws, seed, fade_years, beyond, origin)
    area = setup.area
    tell(1, 4, "plans: the total")
    target, total_notes = plan_targets(setup, change)
    tell(2, 4, "plans: need and age")
    area_rates, plans, cut = run_cohort(setup, target, change, _issued(setup, issued))
    tell(3, 4, "SEN support")
    support = sen_support(setup, plans)
    lack = np.maximum(plans.with_plan() - setup.people.persons, 0)
    record = shipped_record_table()
    notes = [
        *origin_notes(area, origin),
        *setup.people.assumptions,
        *total_notes,
        *cut_notes(change, cut),
        *beyond_notes(setup, change),
        *others_notes(area, setup.start),
        *area_rates.notes,
        *support.notes,
        *lack_notes(lack),
        *bias_notes(record),
    ]
    data = _label(setup, plans, support, area_rates.reasons).isel(draw=slice(0, draws))
    scored_to = min(setup.start + trend.SCORED_YEARS, to)
    data = data.assign_attrs(area=area.code, start=setup.start, scored_to=scored_to, seed=seed, draws=draws)
    tell(4, 4, "done")
    told_cut = {} if cut is None else {"cut": asdict(cut)}
    made = NeedProjection(data, provenance(area, seed, draws, notes) | told_cut, area, record)
    if cut is not None:
        notes += percent_notes(made, change)
    told = [f"{f.found[0].upper()}{f.found[1:]}. {f.meaning} {f.do}" for f in made.findings]
    return replace(made, provenance=provenance(area, seed, draws, [*notes, *told]) | told_cut)


def _of_parts(
    area: Area,
    to: int,
    draws: int,
    seed: int,
    fade_years: int,
    beyond: str,
    origin: int | None,
    change: NeedChange | None,
    issued: Mapping[int, np.ndarray] | None,
    progress: Progress | None,
) -> NeedProjection:
    """Return the projection of an area that is a sum: its parts projected one by one, and added draw by draw."""
    if issued is not None:
        raise DomainError(f"issued: {area.name} is a sum of areas, each of which issues a share of its own.")
    found = []
    for done, part in enumerate(area.parts):
        if progress is not None:
            progress(done, len(area.parts), part.name)
        found.append(
            project(
                part,
                to,
                draws,
                seed,
                fade_years=fade_years,
                beyond=beyond,
                origin=origin,
                change=change,
            )
        )
    if progress is not None:
        progress(len(area.parts), len(area.parts), "done")
    return whole_of(area, found)


def _issued(setup: Setup, issued: Mapping[int, np.ndarray] | None) -> np.ndarray | None:
    """Return the share of new plans issued by calendar year and lane."""
    if issued is None:
        return None
    out = np.ones((setup.to - setup.start, setup.lanes))
    for year, share in issued.items():
        if setup.start <= year < setup.to:
            out[year - setup.start] = np.resize(np.asarray(share, dtype=float), setup.lanes)
    return out


def origin_notes(area: Area, origin: int | None) -> list[str]:
    """Return a note on what a projection from an earlier January could not know, and what it was lent."""
    if origin is None:
        return []
    lent = (
        "" if has_needs_by_age(area, origin) else "; plans by need at each age are made from England's shape"
    )
    return [
        f"Projected from January {origin} with what {area.name} had published by then. How plans of an age start and "
        f"end is England's of a later release, which flatters a score by age{lent}. The constants of the rule were "
        "fitted on years after it too."
    ]


def others_notes(area: Area, start: int) -> list[str]:
    """Return for England what others project of plans, and why it is less; nothing for other areas."""
    if area.code != ENGLAND or not area.has("forecasts_of_others"):
        return []
    table = area.table("forecasts_of_others")
    rows = table[(table["measure"] == "ehc_plans") & (table["january"] > start)]
    told = "; ".join(
        f"{who}, {published}: {value:,} in January {january} ({case})"
        for who, published, case, january, value in rows[
            ["who", "published", "case", "january", "value"]
        ].itertuples(index=False)
    )
    return [
        f"Others project fewer plans for England ({told}): theirs reckon with a reform and with growth that slackens "
        "before it, this one carries the growth of recent years on and reckons with no change of policy."
    ]


def beyond_notes(setup: Setup, change: NeedChange) -> list[str]:
    """Return a note on how new plans go on after the scored years, where there are such and the rule is followed."""
    last = setup.start + trend.SCORED_YEARS
    if setup.to <= last or change.growth != "rule":
        return []
    how = {
        "flat": f"as many for each resident as in {last - 3} to {last - 1}",
        "halving": f"with the growth of {setup.start} to {last - 1} a resident, halved each year",
    }[setup.beyond]
    return [
        f"Scenario range after January {last}: new plans go on {how}, and the stock follows; no record scores it."
    ]


def cut_notes(change: NeedChange, cut: Cut | None) -> list[str]:
    """Return a note on fewer new plans: how many fewer, and how far plans fall with it."""
    wanted = change.specialist
    if wanted is None:
        return []
    if cut is None:
        return [f"Scenario: new plans are fewer from September {wanted.year}, after this projection."]
    aim = f"{100 * (1 - wanted.share_of_peak):.0f} % from their peak by January {wanted.by}"
    got = f"{100 * (1 - cut.reached):.0f} % below that of January {cut.peak}"
    if cut.share >= 1 and cut.reached > wanted.share_of_peak:
        return [
            f"Scenario: plans are to fall {aim}. With no new plan at all from September {wanted.year} they are {got}: "
            "the fall is not reached."
        ]
    return [
        f"Scenario: from September {wanted.year} {100 * cut.share:.0f} % of new plans are not made, so that plans fall "
        f"{aim}: they are {got}. These children have an individual support plan."
    ]


def percent_notes(made: NeedProjection, change: NeedChange) -> list[str]:
    """Return the share of pupils with a plan when they are to have fallen, beside the department's estimate."""
    by = 0 if change.specialist is None else change.specialist.by
    try:
        share = float(made.percent_of_pupils().sel(year=by).median("draw"))
    except MissingDataError:
        return []
    return [
        f"Scenario: in January {by} about {share:.1f} % of pupils have a plan, which nothing aims at; the Department "
        f"for Education estimates {DFE_PERCENT_OF_PUPILS} % for England in 2035."
    ]


def lack_notes(lack: np.ndarray) -> list[str]:
    """Return a note where plans exceed the residents that the population gives, else nothing.

    Parameters
    ----------
    lack : ndarray of int, shape (year, age, lane)
        Plans less residents, where over 0.
    """
    if not lack.any():
        return []
    most = int(np.ceil(lack.sum(axis=1).mean(axis=-1).max()))
    ages = ", ".join(str(a) for a in np.flatnonzero(lack.any(axis=(0, 2))))
    return [
        f"Plans exceed the residents that the population table gives at age {ages}, by up to about {most} children a "
        "year: residents are raised to the plans there. A population by single year for the area would settle it."
    ]


def _label(setup: Setup, plans: Plans, support: Support, reasons: tuple[str, ...]) -> xr.Dataset:
    """Return the arrays as one labelled dataset."""
    import xarray as xr

    years = np.arange(setup.start, setup.to + 1)
    people = setup.people
    needs = [*NEEDS, NO_NEED]
    with_plan = plans.with_plan()
    persons = np.maximum(people.persons, with_plan)  # nobody has a plan who does not live here
    provisions = ["N", "K", *(["I"] if len(plans.individual) else []), "E"]
    cube = np.zeros((len(years), len(provisions), len(needs), len(AGES), persons.shape[-1]), dtype=np.int32)
    where = [needs.index(n) for n in stock.PLAN_NEEDS]
    cube[:, 1, :-1] = support.stock
    if len(plans.individual):
        cube[:, 2, where] = plans.individual
    cube[:, -1, where] = plans.stock
    cube[:, 0, -1] = persons - with_plan - support.stock.sum(axis=1, dtype=np.int32)

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
            **(
                {"changed_need": flow(plans.changed_need, "Plans whose primary need was changed, net")}
                if plans.changed_need.any()
                else {}
            ),
            **(
                {
                    "to_individual": flow(plans.to_individual, "Plans that became individual support plans"),
                    "individual_instead": flow(
                        plans.instead, "Individual support plans in place of a new plan"
                    ),
                }
                if len(plans.individual)
                else {}
            ),
            "ceased_by_reason": (
                ("calendar_year", "reason", "draw"),
                plans.ceased_by_reason,
                {"long_name": "Plans ended or moved out, by reason", "units": "EHC plans", "kind": "flow"},
            ),
            **{
                f"support_{name}": (
                    ("calendar_year", "draw"),
                    array,
                    {"long_name": words, "units": "children", "kind": "flow"},
                )
                for name, (array, words) in support.flows.items()
            },
        },
        coords={
            "year": years,
            "provision": provisions,
            "need": needs,
            "age": list(AGES),
            "reason": list(reasons),
            "draw": np.arange(persons.shape[-1]),
        },
    )
