"""Run options over one area: need, services, the EHC clock, places and cost in one result, on shared random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.need_types import need_types
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.own_lists import refuse_far
from sendneeds.foundation import arguments
from sendneeds.foundation.beside import Beside, cores
from sendneeds.foundation.errors import DomainError, Fault, MissingDataError, ScenarioError, expect
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.memory import Size, give_back
from sendneeds.foundation.progress import Progress
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.setup import base_year, last_january
from sendneeds.need.project import project
from sendneeds.scenarios.checks import Checked, notes
from sendneeds.scenarios.clocks import Clocks, issued_share
from sendneeds.scenarios.cost import as_seen, cost_table
from sendneeds.scenarios.effects import budget_effects, effect, expert_effects, opening_of, posts_before
from sendneeds.scenarios.files import open_scenarios
from sendneeds.scenarios.lever_context import Effect, LeverEffect, RunContext
from sendneeds.scenarios.levers import ON_NEED, ExpertsAtHand, Lever, NewPlaces, PersonalBudgets
from sendneeds.scenarios.levers.need import need_change
from sendneeds.scenarios.run_result import RunResult
from sendneeds.scenarios.run_tables import advice_notes
from sendneeds.scenarios.scenario import Scenario, as_things_stand
from sendneeds.scenarios.spending import spending
from sendneeds.scenarios.together import refuse_services, run_together
from sendneeds.waits.ehc.clock import STAFFING, Staffing
from sendneeds.waits.places.project import places_by_option
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.simulate import simulate_with_advice, weeks_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.result import EhcResult
    from sendneeds.waits.places.result import PlacesResult
    from sendneeds.waits.services.recorder import By

LARGE = 3_000
"""Draws times services from which a second process, which takes a second to begin, is worth it."""
STRESS_TEST = (
    "staff for statutory advice stay as they are, where those of the other options follow the record: a stress test. "
    "Plans that they hold up are not in its stock, places, reviews or costs."
)


def run(
    area: Area,
    scenarios: Sequence[Scenario] | None = None,
    draws: int = 1000,
    seed: int = 1,
    *,
    to: int = 2035,
    until: date | None = None,
    staffing: Staffing = "follows_record",
    by: By = "month",
    jobs: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Project need; simulate services, the EHC clock and places under every option; and cost them.

    An area that is the sum of others (an integrated care board) has each of them run, and added up draw by draw.

    The clock and the services are one run: what the clock asks of psychologists and therapists takes the slots of their
    clinics. Where staff follow the record, plans are issued as projected; where they are fixed, plans wait.

    Parameters
    ----------
    area : Area
    scenarios : sequence of Scenario, optional
        Those that the pack ships when left out; the baseline is always run.
    draws, seed : int
        Options share their random numbers, so differences are between like and like.
    to : int
        Last January of the projection.
    until : date, optional
        Last week of the lists; the end of the scored years when left out.
    staffing : {"follows_record", "fixed"}
        Whether staff for statutory advice grow as demand does, as the record shows, or stay as they are: a stress test.
        A scenario that has ``fixed`` of its own is one beside options whose staff follow the record.
    by : {"month", "week"}
        How flows of the services and percentiles of their waits are kept (`simulate`); lists are kept by week.
    jobs : int, optional
        Processes that share the lists and the places, this one among them; two where the machine has the cores and the
        memory, and the run is a large one, when left out. The numbers are the same for any.
    progress : callable, optional
        Called as ``progress(done, total, "what is being done")``.

    Returns
    -------
    RunResult

    Raises
    ------
    ScenarioError
        If a lever cannot be pulled here, or names a date outside the run: all of them at once.
    DomainError
        If two options have one name.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2028)
    >>> [s.name for s in result.scenarios]
    ['baseline', 'fill-two-slt-posts']
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    kinds(staffing=(staffing, "text"), by=(by, "text"), progress=(progress, "function or nothing"))
    draws, seed, to = arguments.draws(draws), arguments.seed(seed), last_january(area, to)
    if until is not None:
        arguments.day("until", until)
    if scenarios is None:
        scenarios = open_scenarios(area, to=to, until=until)
    scenarios = arguments.listed("scenarios", scenarios, Scenario)
    if not any(s.name == BASELINE for s in scenarios):
        scenarios.insert(0, as_things_stand())
    names = [s.name for s in scenarios]
    if len(set(names)) < len(names):
        raise DomainError(f"two options have one name: {', '.join(names)}. Give each a name of its own.")
    if staffing not in STAFFING:
        raise DomainError(f"staffing={staffing!r}: one of {', '.join(STAFFING)}.")
    if area.parts:
        refuse_services(area, scenarios)
    if jobs is not None:
        jobs = arguments.whole("jobs", jobs, 1, 1024, 2)
    _refuse(scenarios, Checked(area, to, until), staffing)
    if area.parts:

        def one(part: Area, chosen: list[Scenario], tell: Progress | None) -> RunResult:
            return run(
                part,
                chosen,
                draws,
                seed,
                to=to,
                until=until,
                staffing=staffing,
                by=by,
                jobs=jobs,
                progress=tell,
            )

        return run_together(area, scenarios, one, progress)
    if area.has("service_parameters"):
        refuse_far(area, services_of(Parameters(area)))
    size = size_of_run(area, draws, len(scenarios), to, jobs, len(needs_changed(scenarios)))
    size.check()
    if progress is not None:
        progress(0, 1, size.text())
    with Beside(__name__, size.beside) as beside:
        return _run(
            area,
            scenarios,
            draws,
            seed,
            to,
            until,
            staffing,
            by,
            beside if beside.processes else None,
            progress,
        )


def _run(
    area: Area,
    scenarios: list[Scenario],
    draws: int,
    seed: int,
    to: int,
    until: date | None,
    staffing: Staffing,
    by: By,
    beside: Beside | None,
    progress: Progress | None,
) -> RunResult:
    """Run an area that is no sum of others, once all has been checked."""
    names = [s.name for s in scenarios]
    own = {s.name: s.staffing for s in scenarios if s.staffing not in (None, staffing)}
    fixed = {s.name for s in scenarios if (s.staffing or staffing) == "fixed"}
    need = project(area, to=to, draws=draws, seed=seed, progress=progress)
    types = need_types(need)
    changes = needs_changed(scenarios)
    needs = {
        name: project(area, to=to, draws=draws, seed=seed, change=change, progress=progress)
        for name, change in changes.items()
    }
    parameters = Parameters(area) if area.has("service_parameters") else None
    days, services = weeks_of(area, need, until), [] if parameters is None else services_of(parameters)
    context = RunContext(area, parameters, need, days)
    known: list[tuple[list[Lever], list[tuple[str, Effect]]]] = []
    effects = [found for s in scenarios for found in effects_of(s, context, known)]
    remarks = tuple(text for s in scenarios for text in notes(s.name, s.levers, context))
    changed = {s.name: combined([e for e in effects if e.scenario == s.name]) for s in scenarios}
    remarks += tuple(f"{name}: {STRESS_TEST}" for name in own)
    missing: list[str] = []

    def or_missing(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except MissingDataError as error:
            missing.append(str(error))
            return None

    openings = {s.name: [opening_of(v) for v in s.levers if isinstance(v, NewPlaces)] for s in scenarios}
    ahead = None
    if beside is not None and not fixed:  # while the services go on
        ahead = beside.submit(places_by_option, area, need, needs, openings)
    if progress is not None:
        progress(0, 1, "the EHC clock")
    clocks = or_missing(lambda: Clocks(area, need, needs, services, until, staffing, own, changes))
    clock: dict[str, EhcResult] = {}
    if clocks is not None and not clocks.shared:
        # no service answers it, and it holds some hundred MB that services can use
        clock, clocks = clocks.results(None, names), None
    give_back()
    waits, given = None, None
    bought: dict[tuple[str, str, str], np.ndarray] = {}
    if services:
        waits, given, bought = simulate_with_advice(
            area,
            need,
            until=until,
            scenarios=changed if clocks is None else clocks.staffed(changed),
            needs=needs,
            advice=None if clocks is None else clocks.requests(),
            advice_opening=None if clocks is None else clocks.in_hand(),
            staffing=staffing,
            own_staffing=own,
            by=by,
            progress=progress,
            beside=beside,
        )
    if clocks is not None:
        clock = clocks.results(given, names)
    clocks = given = None  # places can use as much
    give_back()
    remarks += tuple(advice_notes(clock, [name for name in needs if clock and name not in fixed]))
    in_place = {
        name: project(
            area,
            to=to,
            draws=draws,
            seed=seed,
            change=changes.get(name),
            issued=issued_share(clock[name], needs.get(name, need)),
            progress=progress,
        )
        for name in names
        if name in fixed and name in clock
    }
    if progress is not None:
        progress(0, 1, "places")
    # where plans wait for staff, places are of those that the clock issues; else of those projected
    counted = {**needs, **in_place}
    here = partial(places_by_option, area, counted.get(BASELINE, need), counted, openings)
    places = or_missing(here if ahead is None else ahead.result) or {}
    if places and any(openings.values()):
        remarks += left_out(places[BASELINE])
    effects = as_seen(effects, bought)
    costs = cost_table(effects, days)
    if progress is not None:
        progress(1, 1, "done")
    return RunResult(
        area,
        need,
        types,
        scenarios,
        waits,
        costs,
        needs,
        clock,
        places,
        tuple(missing),
        remarks,
        in_place,
        spending(effects, days, draws, need.provenance),
    )


OF_PLACES = {
    "cost": "what places cost and save",
    "transported": "travel",
    "out_of_area": "children placed out of the area",
}
"""Variables of a projection of places that rest on figures of the pack, in words."""


def needs_changed(scenarios: Sequence[Scenario]) -> dict[str, NeedChange]:
    """Return what scenarios change of need, by name; those that leave it as it is are left out."""
    return {s.name: c for s in scenarios if (c := need_change(s.levers)) != NeedChange()}


def left_out(places: PlacesResult) -> tuple[str, ...]:
    """Return what options on places leave out for want of figures, as a note of a run; nothing where all are there."""
    gone = [words for name, words in OF_PLACES.items() if name not in places.data]
    if not gone:
        return ()
    return (
        f"not told of places, for want of figures of PLACES in service_parameters.csv: {', '.join(gone)}.",
    )


def size_of_run(
    area: Area, draws: int, options: int, to: int, jobs: int | None = None, needs: int = 0
) -> Size:
    """Return how large a run is, with the processes beside it; of an area that is a sum, the run of its largest part.

    Parameters
    ----------
    area : Area
    draws, options, to : int
        The baseline is among the options.
    jobs : int, optional
        As in `run`.
    needs : int
        Options that change need.
    """
    if area.parts:
        sizes = (size_of_run(part, draws, options, to, jobs, needs) for part in area.parts)
        return max(sizes, key=lambda size: size.bytes)
    services = len(services_of(Parameters(area))) if area.has("service_parameters") else 0
    size = Size(draws, options, services, to - base_year(area), needs=needs)
    if jobs is not None:
        return size._replace(beside=jobs - 1)
    two = size._replace(beside=1)
    return two if cores() > 1 and draws * services >= LARGE and two.fits() else size


def _refuse(scenarios: Sequence[Scenario], checked: Checked, staffing: Staffing) -> None:
    """Raise everything that this run cannot do for the scenarios."""
    faults = [fault for s in scenarios for fault in checked.faults(s.name, s.levers)]
    for s in scenarios:
        if s.staffing not in (None, staffing) and (s.name == BASELINE or staffing == "fixed"):
            cure = f"Leave it out, or run with staffing = {s.staffing!r}."
            what = f"{staffing}, as the run it is compared in"
            faults.append(Fault(s.name, 0, "staffing", str(s.staffing), what, cure))
    if faults:
        raise ScenarioError(f"The options cannot be run on this area ({checked.area.name})", faults)


def effects_of(
    scenario: Scenario, context: RunContext, known: list[tuple[list[Lever], list[tuple[str, Effect]]]]
) -> list[LeverEffect]:
    """Return what every lever does, and keep it: a lever of two scenarios does the same in both.

    One that adds posts goes on from those before it in the scenario, and is known with them.
    """
    effects = []
    for number, lever in enumerate(scenario.levers):
        key = [*posts_before(number, scenario.levers), lever]
        found = next((parts for one, parts in known if one == key), None)
        if found is None:
            found = _effect(lever, context, key[:-1])
            known.append((key, found))
        effects += [LeverEffect(scenario.name, service, lever, part) for service, part in found]
    return effects


def _effect(lever: Lever, context: RunContext, earlier: list[Lever]) -> list[tuple[str, Effect]]:
    """Return what a lever does by service; personal budgets and experts act on several, and are paid for once."""
    if isinstance(lever, PersonalBudgets):
        return budget_effects(lever, context)
    if isinstance(lever, ExpertsAtHand):
        return expert_effects(lever, context)
    return [] if isinstance(lever, ON_NEED) else [(lever.costed_as, effect(lever, context, earlier))]


def combined(effects: list[LeverEffect]) -> dict[str, ServiceOption]:
    """Return what the levers of one scenario do together to each service."""
    out: dict[str, ServiceOption] = {}
    for found in effects:
        if found.service != "PLACES":
            out[found.service] = out.get(found.service, NO_CHANGE).combine(found.effect.option)
    return out
