"""The nodes of the page on which a reader moves levers: one service under stated settings, simulated ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.forms.interpolation import ODDS, PLAIN, ROOT, centres, errors, nodes_of
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.disclosure.run_tables import SERVICES, shown_table
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.project import project
from sendneeds.scenarios.clocks import Clocks
from sendneeds.scenarios.compare_tables import probability
from sendneeds.scenarios.cost import cost_table
from sendneeds.scenarios.lever_context import RunContext
from sendneeds.scenarios.one_service import list_table, simulate_alone
from sendneeds.scenarios.run import combined, effects_of
from sendneeds.scenarios.settings import Settings, can_be_pulled, services_with_list
from sendneeds.waits.services.rules_from_parameters import services_of
from sendneeds.waits.services.simulate import weeks_of

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area
    from sendneeds.evidence.disclosure.protected import ProtectedArea
    from sendneeds.scenarios.run_result import RunResult

LEVERS: dict[str, tuple[str, str, tuple[float, ...], float]] = {
    "posts": ("Posts added", "WTE", (0, 1, 3), 0.25),
    "initiative": ("Children a week seen by an initiative of one year", "children a week", (0, 5, 10), 1),
    "groups": (
        "Share of children with a block of sessions who have it in a group of three",
        "%",
        (0, 30, 60),
        5,
    ),
}
"""Lever -> what it says, unit, nodes and step. What is in percent is a share to the model."""
UNITS = {"waiting": "children", "overdue_sessions": "sessions"}
SCALES = {"chance": ODDS, "waiting": ROOT, "overdue_sessions": ROOT, "cost": PLAIN}
"""Measure -> the scale on which it is interpolated."""
ENDS = ("low", "central", "high")
TARGET, HOLD_WEEKS = 0.92, 4
LEAST_WEEKS = 52
"""Weeks that have to be left after the levers start."""


@dataclass
class Grid:
    """One service at every node of up to three levers, and at settings held back to measure interpolation.

    Parameters
    ----------
    service : str
    start : date
        From which the levers act.
    draws, seed : int
    levers : tuple of str
        Those of `LEVERS` that the area has figures for.
    months : list of str
        Months told, ``2027-09``.
    years : list of int
        Financial years in which a lever costs something, each by the calendar year in which it begins.
    council_share : float
        Of the cost, as in the area's own options on the service.
    values : dict of str to ndarray
        Measure -> (node along each lever, ..., month or year, 3): low, central and high of 80 % of draws; the chance of
        the target, the same thrice. What may not be shown is NaN.
    held : dict of str to dict
        The same by setting held back.
    bases : dict of str to int
        How many figures of the service are published, scaled, illustrative, local.
    """

    service: str
    start: date
    draws: int
    seed: int
    levers: tuple[str, ...]
    months: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    council_share: float = 0.0
    values: dict[str, np.ndarray] = field(default_factory=dict)
    held: dict[str, dict[tuple[float, ...], np.ndarray]] = field(default_factory=dict)
    bases: dict[str, int] = field(default_factory=dict)

    @property
    def axes(self) -> list[tuple[float, ...]]:
        """The nodes along each lever."""
        return [LEVERS[name][2] for name in self.levers]

    def error(self, measure: str) -> tuple[float, float]:
        """Return how wrong interpolation of a central figure is at settings held back: the mean, and the most."""
        held = {setting: own[:, 1] for setting, own in self.held[measure].items()}
        return errors(self.axes, self.values[measure][..., 1], held, SCALES[measure])


def simulated_grid(
    area: Area, result: RunResult, protected: ProtectedArea, draws: int, service: str | None = None
) -> Grid | None:
    """Return a service at every node, or None where the area has no service on which a lever can be pulled, or is many.

    Parameters
    ----------
    area : Area
        As it was run, nothing withheld.
    result : RunResult
        Whose options, seed and years it takes.
    protected : ProtectedArea
        Says what may be shown.
    draws : int
        At most those of `result`. Numbers are those of a run with as many draws and the same seed.
    service : str, optional
        The one on which the options pull most levers when left out.
    """
    made = result.need.provenance
    draws, seed, to = min(draws, made["draws"]), int(made["seed"]), int(result.need.data["year"].values[-1])
    chosen = service or busiest_service(area, result)
    if chosen is None or area.parts:  # levers act on the services of one area
        return None
    start, share = start_and_share(area, result, chosen)
    grid = Grid(chosen, start, draws, seed, (), council_share=share)
    still = _settings(grid, ())
    grid.levers = tuple(n for n in LEVERS if can_be_pulled(area, still, to, **{n: _own(n, LEVERS[n][2][-1])}))
    need = project(area, to=to, draws=draws, seed=seed)
    parameters = Parameters(area)
    context = RunContext(area, parameters, need, weeks_of(area, need, None))
    if not grid.levers or context.days[-1] < np.datetime64(start) + 7 * LEAST_WEEKS:
        return None
    settings = [*nodes_of(grid.axes), *centres(grid.axes)]
    names = [BASELINE, *(f"setting-{i}" for i in range(1, len(settings)))]
    known: list = []  # a lever of two settings does the same in both
    effects = [
        found
        for name, at in zip(names, settings, strict=True)
        for found in effects_of(_settings(grid, at).scenario(name, name), context, known)
    ]
    try:
        services = services_of(parameters)
        clocks: Clocks | None = Clocks(area, need, {}, services, None, "follows_record", {}, {})
    except MissingDataError:
        clocks = None
    options = {name: combined([e for e in effects if e.scenario == name]) for name in names}
    waits = simulate_alone(area, need, chosen, options, clocks)
    lists = shown_table(
        list_table(waits, chosen)
        .rename(columns={"month": "week"})
        .assign(units=lambda table: table["measure"].map(UNITS)),
        protected,
        SERVICES,
    )
    _fill(grid, names, settings, probability(waits, TARGET, HOLD_WEEKS), lists)
    _add_costs(grid, names, settings, cost_table(effects, context.days))
    rows = area.table("service_parameters").query("service == @chosen")
    grid.bases = {str(k): int(v) for k, v in rows["basis"].value_counts().sort_index().items()}
    return grid


def busiest_service(area: Area, result: RunResult) -> str | None:
    """Return the service with a list on which the options pull most levers; the first of the pack if they pull none."""
    services = services_with_list(area)
    pulled = [getattr(lever, "service", "") for s in result.scenarios for lever in s.levers]
    return max(services, key=pulled.count, default=None)


def start_and_share(area: Area, result: RunResult, service: str) -> tuple[date, float]:
    """Return when levers on a service start and which share the council pays, as in the first option that pulls one.

    Without one: the second September of the run, and the NHS pays.
    """
    for scenario in result.scenarios:
        for lever in scenario.levers:
            start = getattr(lever, "start", None)
            if getattr(lever, "service", None) == service and start is not None and start > area.start:
                paid = lever.paid_by
                council = sum(share for funder, share in paid.items() if funder.startswith("council"))
                return start, float(council)
    second = area.start.year + (1 if area.start.month < 9 else 2)
    return date(second, 9, 1), 0.0


def _own(name: str, value: float) -> float:
    """Return a setting of the page as the model takes it."""
    return value / 100 if LEVERS[name][1] == "%" else value


def _settings(grid: Grid, at: Sequence[float]) -> Settings:
    moved = {name: _own(name, value) for name, value in zip(grid.levers, at, strict=True)}
    return Settings(service=grid.service, start=grid.start, january=grid.start.year + 1, **moved)  # type: ignore[arg-type]


def _fill(grid: Grid, names: list[str], settings: list, chance: pd.DataFrame, lists: pd.DataFrame) -> None:
    """Add the chance, the list and the sessions past due, from the month in which the levers start."""
    first = np.datetime64(grid.start, "M")
    parts = {
        "chance": chance.rename(columns={"month": "week"}).assign(
            **dict.fromkeys(ENDS, chance["probability_in"])
        ),
        **{measure: lists[lists["measure"] == measure] for measure in UNITS},
    }
    for measure, table in parts.items():
        month = table["week"].to_numpy().astype("datetime64[M]")
        table = table[month >= first]
        wide = table.pivot(index="week", columns="scenario", values=list(ENDS))
        values = np.stack([wide[end][names].to_numpy(float) for end in ENDS], axis=-1)
        told = [str(m) for m in wide.index.to_numpy().astype("datetime64[M]")]
        grid.months = grid.months or told
        _put(grid, measure, settings, values[: len(grid.months)].swapaxes(0, 1))


def _add_costs(grid: Grid, names: list[str], settings: list, costs: pd.DataFrame) -> None:
    total = costs[costs["funder"] == "all"]
    grid.years = sorted({int(year) for year in total["financial_year"]})
    values = np.zeros((len(names), len(grid.years), len(ENDS)))
    for row in total.itertuples():
        at = names.index(row.scenario), grid.years.index(row.financial_year)
        values[at] = [row.low, row.central, row.high]
    _put(grid, "cost", settings, values)


def _put(grid: Grid, measure: str, settings: list, values: np.ndarray) -> None:
    nodes = len(nodes_of(grid.axes))
    shape = *(len(axis) for axis in grid.axes), *values.shape[1:]
    grid.values[measure] = values[:nodes].reshape(shape)
    grid.held[measure] = dict(zip(settings[nodes:], values[nodes:], strict=True))
