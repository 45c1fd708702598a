"""Run options over one area: need, services, the EHC clock, places and cost in one result, on shared random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sendneeds.demand.need_types import need_types
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, MissingDataError, ScenarioError, expect
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.setup import last_january
from sendneeds.need.project import project
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.checks import Checked, notes
from sendneeds.scenarios.clocks import Clocks
from sendneeds.scenarios.cost import cost_table
from sendneeds.scenarios.effects import Effect, RunContext, budget_effects, effect, opening_of, places_effect
from sendneeds.scenarios.files import Scenario, open_scenarios
from sendneeds.scenarios.levers import BUDGETS, NEED_LEVERS, PLACE_LEVERS, Lever, need_change
from sendneeds.scenarios.run_result import RunResult
from sendneeds.waits.places.project import Opening, project_places
from sendneeds.waits.places.result import PlacesResult
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.simulate import simulate, weeks_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

Progress = Callable[[int, int, str], None]


def run(
    area: Area,
    options: Sequence[Scenario] | None = None,
    draws: int = 1000,
    seed: int = 1,
    *,
    to: int = 2035,
    until: date | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Project need; simulate services, the EHC clock and places under every option; and cost them.

    The clock and the services are one run: what the clock asks of psychologists and therapists takes the slots of their
    clinics, and plans wait for their answer.

    Parameters
    ----------
    area : Area
    options : sequence of Scenario, optional
        Those that the pack ships when left out; the baseline is always run.
    draws, seed : int
        Options share their random numbers, so differences are between like and like.
    to : int
        Last January of the projection.
    until : date, optional
        Last week of the lists; the end of the scored years when left out.
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
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2031)
    >>> [s.name for s in result.scenarios]
    ['baseline', 'fill-slt-posts']
    """
    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    draws, seed, to = arguments.draws(draws), arguments.seed(seed), last_january(area, to)
    if until is not None:
        arguments.day("until", until)
    scenarios = (
        open_scenarios(area, to=to, until=until)
        if options is None
        else arguments.listed("options", options, Scenario)
    )
    if not any(s.name == "baseline" for s in scenarios):
        scenarios.insert(0, Scenario("baseline", "As things stand"))
    names = [s.name for s in scenarios]
    if len(set(names)) < len(names):
        raise DomainError(f"two options have one name: {', '.join(names)}. Give each a name of its own.")
    _refuse(scenarios, Checked(area, to, until))
    need = project(area, to=to, draws=draws, seed=seed, progress=progress)
    types = need_types(need)
    needs = {
        s.name: project(area, to=to, draws=draws, seed=seed, change=change, progress=progress)
        for s in scenarios
        if (change := need_change(s.levers)) != NeedChange()
    }
    levers = [(s.name, lever) for s in scenarios for lever in s.levers if lever.kind not in NEED_LEVERS]
    parameters = Parameters(area) if area.has("service_parameters") else None
    days, known = weeks_of(area, need, until), [] if parameters is None else services_of(parameters)
    at = RunContext(area, parameters, need, days)
    effects = _effects(levers, at)
    told = tuple(text for s in scenarios for text in notes(s.name, s.levers, at))
    changed = {s.name: _together([(v, e) for n, v, e in effects if n == s.name]) for s in scenarios}
    lacking: list[str] = []

    def tried(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except MissingDataError as error:
            lacking.append(str(error))
            return None

    if progress is not None:
        progress(0, 1, "the EHC clock")
    clocks = tried(lambda: Clocks(area, need, needs, known, until))
    waits = None
    if known:
        waits = simulate(
            area,
            need,
            until=until,
            options=changed if clocks is None else clocks.paced(changed),
            needs=needs,
            advice=None if clocks is None else clocks.requests(),
            advice_opening=None if clocks is None else clocks.in_hand(),
            progress=progress,
        )
    clock = {} if clocks is None else clocks.results(waits, names)
    openings = {s.name: [opening_of(v) for v in s.levers if v.kind in PLACE_LEVERS] for s in scenarios}
    if progress is not None:
        progress(0, 1, "places")
    places = tried(lambda: _places(area, need, needs, openings)) or {}
    costs = cost_table(effects, days)
    return RunResult(area, need, types, scenarios, waits, costs, needs, clock, places, tuple(lacking), told)


def _places(
    area: Area,
    need: NeedProjection,
    needs: dict[str, NeedProjection],
    openings: dict[str, list[Opening]],
) -> dict[str, PlacesResult]:
    """Return places under every scenario; one that changes neither need nor places has the baseline's."""
    out: dict[str, PlacesResult] = {}
    for name, opened in openings.items():
        same = name != BASELINE and name not in needs and not opened
        out[name] = out[BASELINE] if same else project_places(area, needs.get(name, need), openings=opened)
    return out


def _refuse(scenarios: Sequence[Scenario], checked: Checked) -> None:
    """Raise everything that this run cannot do for the levers."""
    faults = [fault for s in scenarios for fault in checked.faults(s.name, s.levers)]
    if faults:
        raise ScenarioError(f"The options cannot be run on this area ({checked.area.name})", faults)


def _effects(levers: list[tuple[str, Lever]], at: RunContext) -> list[tuple[str, Lever, Effect]]:
    """Return what every lever does; personal budgets act on several services, and are paid for once."""
    out = []
    for name, lever in levers:
        if lever.kind == BUDGETS:
            out += [
                (name, replace(lever, service=service), found) for service, found in budget_effects(lever, at)
            ]
        else:
            found = places_effect(lever, at) if lever.kind in PLACE_LEVERS else effect(lever, at)
            out.append((name, lever, found))
    return out


def _together(effects: list[tuple[Lever, Effect]]) -> dict[str, ServiceOption]:
    """Put together what the levers of one scenario do to each service."""
    out: dict[str, ServiceOption] = {}
    for lever, found in effects:
        if lever.service == "PLACES":
            continue
        out[lever.service] = out.get(lever.service, NO_CHANGE).combine(found.option)
    return out
