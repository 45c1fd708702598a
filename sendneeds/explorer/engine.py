"""What the explorer asks of the model: one list at once from few draws, everything from many."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.progress import Progress
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.project import project
from sendneeds.scenarios.clocks import Clocks
from sendneeds.scenarios.compare import compare
from sendneeds.scenarios.compare_tables import probability
from sendneeds.scenarios.lever_context import LeverEffect, RunContext
from sendneeds.scenarios.levers import ON_NEED
from sendneeds.scenarios.levers.need import need_change
from sendneeds.scenarios.one_service import list_table, simulate_alone
from sendneeds.scenarios.run import combined, effects_of, run
from sendneeds.scenarios.scenario import Scenario, as_things_stand
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.simulate import weeks_of

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

OPTION = "option"


@dataclass(frozen=True)
class Answer:
    """What an option does to one list and, once refined, to plans, places and costs.

    Parameters
    ----------
    scenario : Scenario
        The option.
    service : str
    draws : int
    seconds : float
        That it took.
    probability : pandas.DataFrame
        scenario (`BASELINE` and `OPTION`), month, probability_in, standard_error.
    lists : pandas.DataFrame
        scenario, measure (``waiting``, ``overdue_sessions``), month, low, central, high.
    plans, staff, places, costs : pandas.DataFrame or None
        As `Comparison.plans`, `RunResult.implied_advice`, `Comparison.places` and `RunResult.costs`; None before they
        are refined.
    notes : tuple of str
    """

    scenario: Scenario
    service: str
    draws: int
    seconds: float
    probability: pd.DataFrame
    lists: pd.DataFrame
    plans: pd.DataFrame | None = None
    staff: pd.DataFrame | None = None
    places: pd.DataFrame | None = None
    costs: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    @property
    def refined(self) -> bool:
        """Whether plans, places and costs are in it."""
        return self.plans is not None

    @property
    def error(self) -> float:
        """The largest standard error of the probabilities, of the draws alone."""
        return float(self.probability["standard_error"].max())


@dataclass
class Engine:
    """The model behind the controls of one area.

    Parameters
    ----------
    area : Area
    quick, draws : int
        Draws at once, and refined.
    seed, to : int
    """

    area: Area
    quick: int
    draws: int
    seed: int
    to: int
    _need: NeedProjection | None = None
    _changed: dict[NeedChange, tuple[NeedProjection | None, Clocks | None]] = field(default_factory=dict)

    def at_once(self, scenario: Scenario, service: str) -> Answer:
        """Return the list of one service under an option, from few draws.

        The numbers are those of a run with as many draws: what the other services and the EHC clock give is made
        once, and kept until a lever touches it.
        """
        began = time.perf_counter()
        parameters = Parameters(self.area)
        need = self._projection()
        days = weeks_of(self.area, need, None)
        context = RunContext(self.area, parameters, need, days)
        found: list[LeverEffect] = effects_of(scenario, context, [])
        change = need_change([lever for lever in scenario.levers if isinstance(lever, ON_NEED)])
        changed, clocks = self._under(change)
        options = {OPTION: combined(found)}
        needs = {} if changed is None else {OPTION: changed}
        waits = simulate_alone(self.area, need, service, options, clocks, needs)
        return Answer(
            scenario,
            service,
            self.quick,
            time.perf_counter() - began,
            probability(waits, 0.92, 4),
            list_table(waits, service),
        )

    def refine(self, scenario: Scenario, service: str, progress: Progress | None = None) -> Answer:
        """Return everything that an option changes: `run` and `compare` with many draws."""
        began = time.perf_counter()
        option = Scenario(OPTION, scenario.title, scenario.note, scenario.levers)
        result = run(
            self.area, [as_things_stand(), option], self.draws, self.seed, to=self.to, progress=progress
        )
        table = compare(result)
        chance = table.probability[table.probability["service"] == service].reset_index(drop=True)
        assert result.waits is not None
        return Answer(
            scenario,
            service,
            self.draws,
            time.perf_counter() - began,
            chance,
            list_table(result.waits, service),
            table.plans,
            result.implied_advice(),
            table.places,
            result.costs,
            (*result.missing, *result.notes),
        )

    def _projection(self) -> NeedProjection:
        if self._need is None:
            self._need = project(self.area, to=self.to, draws=self.quick, seed=self.seed)
        return self._need

    def _under(self, change: NeedChange) -> tuple[NeedProjection | None, Clocks | None]:
        """Return the need and the clock of a change of need; those of each are made once."""
        if change not in self._changed:
            need, same = self._projection(), change == NeedChange()
            own = (
                None
                if same
                else project(self.area, to=self.to, draws=self.quick, seed=self.seed, change=change)
            )
            services = services_of(Parameters(self.area))
            needs, changes = ({}, {}) if own is None else ({OPTION: own}, {OPTION: change})
            try:
                clocks: Clocks | None = Clocks(
                    self.area, need, needs, services, None, "follows_record", {}, changes
                )
            except MissingDataError:
                clocks = None
            self._changed[change] = own, clocks
        return self._changed[change]
