"""Amounts of a lever tried on one area, on shared random numbers: in which draws the target is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.project import project
from sendneeds.scenarios.clocks import Clocks
from sendneeds.scenarios.effects import effect, opening_of
from sendneeds.scenarios.lever_context import RunContext
from sendneeds.scenarios.levers import Lever, NewPlaces
from sendneeds.scenarios.seek.question import BY, WITHIN, Question
from sendneeds.waits.places.project import PlaceDemand
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.rules_from_parameters import LIST, services_of
from sendneeds.waits.services.simulate import simulate_with_advice, weeks_of

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.process import Staffing
    from sendneeds.waits.services.result import WaitsResult

Levers = Sequence["Lever | None"]


class Trials(Protocol):
    """What tries levers; its draws are those of a run with the same seed and number of draws."""

    context: RunContext

    def __init__(
        self, area: Area, question: Question, draws: int, seed: int, to: int, staffing: Staffing
    ) -> None: ...

    def met(self, levers: Levers) -> np.ndarray:
        """Return in which draws each lever (None: none) meets the target, (lever, draw)."""

    def seen(self, lever: Lever, days: np.ndarray) -> dict[tuple[str, str, str], np.ndarray]:
        """Return the children whom a lever sees each week, (week, draw), as `as_seen` takes them under ``seek``.

        Empty where a lever of the kind is not paid for those it sees. `days` are the Mondays from the start.
        """


class ServiceTrials:
    """Levers tried on the list or the sessions of one service.

    The EHC clock and the projection go as far as those of a run, so that what a service is asked for is the same;
    the service itself is followed no further than the question asks.

    Parameters
    ----------
    area : Area
    question : Question
    draws, seed, to : int
    staffing : {"follows_record", "fixed"}
    """

    def __init__(
        self, area: Area, question: Question, draws: int, seed: int, to: int, staffing: Staffing
    ) -> None:
        parameters = Parameters(area)
        services = services_of(parameters)
        with_list = [s for s in services if parameters.has(s, LIST)]
        if question.what not in with_list:
            raise unknown("service with a list", question.what, with_list)
        self.area, self.question = area, question
        self.need = project(area, to=to, draws=draws, seed=seed)
        days = weeks_of(area, self.need, None)
        if np.datetime64(question.first_monday) < days[0] or np.datetime64(question.last_day) >= days[-1]:
            raise DomainError(
                f"month={question.month:%Y-%m}: lists run from {days[0]} to {days[-1]}, no further."
            )
        self.days = days[days <= np.datetime64(question.last_day)]
        self.context = RunContext(area, parameters, self.need, self.days)
        try:
            self.clocks: Clocks | None = Clocks(area, self.need, {}, services, None, staffing)
        except MissingDataError:
            self.clocks = None

    def met(self, levers: Levers) -> np.ndarray:
        """Return in which draws each lever meets the target, (lever, draw)."""
        options = {str(n): _option(lever, self.context) for n, lever in enumerate(levers)}
        lists = self._simulated(options, self.days)[0].data
        lists = lists.sel(service=self.question.what, scenario=list(options))
        if self.question.measure.name == "within":
            waiting, counted = (
                lists[v].transpose("scenario", "week", "draw").values.astype(float)
                for v in ("waiting", WITHIN[self.question.within])
            )
            within = counted if self.question.within == 18 else waiting - counted
            at = within >= self.question.target * waiting - 1e-9
        else:
            variable = {"over_52": "waiting_over_52", "sessions_past_due": "overdue_sessions"}
            found = lists[variable[self.question.measure.name]]
            at = self.question.reached(found.transpose("scenario", "week", "draw").values)
        return self.question.met(at, lists["week"].values.astype("datetime64[D]"))

    def seen(self, lever: Lever, days: np.ndarray) -> dict[tuple[str, str, str], np.ndarray]:
        """Return the children whom a lever sees each week, (week, draw), as `as_seen` takes them under ``seek``."""
        if getattr(lever, "contract", "block") != "seen":
            return {}
        longer = RunContext(self.area, self.context.figures, self.need, days)
        return self._simulated({"seek": effect(lever, longer).option}, days)[1]

    def _simulated(
        self, options: dict[str, ServiceOption], days: np.ndarray
    ) -> tuple[WaitsResult, dict[tuple[str, str, str], np.ndarray]]:
        """Return the service over some weeks under every option, and the children that initiatives see."""
        name, weeks = self.question.what, len(days)
        changed = {scenario: {name: option} for scenario, option in options.items()}
        staffed = changed if self.clocks is None else self.clocks.staffed(changed)
        cut = {
            scenario: {s: _first_weeks(o, weeks) for s, o in parts.items() if s == name}
            for scenario, parts in staffed.items()
        }
        asked = {} if self.clocks is None else self.clocks.requests()[BASELINE]
        in_hand = {} if self.clocks is None else self.clocks.in_hand()[BASELINE]
        waits, _, bought = simulate_with_advice(
            self.area,
            self.need,
            [name],
            until=days[-1].astype(object),
            scenarios=cut,
            advice={BASELINE: {s: rows[:weeks] for s, rows in asked.items() if s == name}},
            advice_opening={BASELINE: {s: rows for s, rows in in_hand.items() if s == name}},
            by="month",
        )
        return waits, bought


class PlansTrials:
    """Levers on psychologists (or another service that gives advice) tried on the share of plans in time."""

    def __init__(
        self, area: Area, question: Question, draws: int, seed: int, to: int, staffing: Staffing
    ) -> None:
        parameters = Parameters(area)
        services = services_of(parameters)
        self.area, self.question = area, question
        self.need = project(area, to=to, draws=draws, seed=seed)
        self.days = weeks_of(area, self.need, None)
        self.context = RunContext(area, parameters, self.need, self.days)
        self.clocks = Clocks(area, self.need, {}, services, None, staffing)
        if question.what not in self.clocks.shared:
            raise unknown("service that gives advice for plans", question.what, self.clocks.shared)

    def met(self, levers: Levers) -> np.ndarray:
        """Return in which draws each lever meets the target, (lever, draw)."""
        name = self.question.what
        options = {str(n): {name: _option(lever, self.context)} for n, lever in enumerate(levers)}
        _, given, _ = simulate_with_advice(
            self.area,
            self.need,
            self.clocks.shared,
            scenarios={
                scenario: {s: o for s, o in changed.items() if s in self.clocks.shared}
                for scenario, changed in self.clocks.staffed(options).items()
            },
            advice=self.clocks.requests(),
            advice_opening=self.clocks.in_hand(),
            by="month",
        )
        results = self.clocks.results(given, [BASELINE, *options])
        shares = [results[n].share_in_time("excluding", "calendar_year") for n in options]
        year, since = self.question.month.year, self.question.since.year
        years = [int(y) for y in shares[0]["calendar_year"].values]
        if year not in years:
            raise DomainError(
                f"month={year}: plans are followed in calendar years {years[0]} to {years[-1]}."
            )
        chosen = [y for y in years if since <= y <= year] if self.question.how == BY else [year]
        values = [
            s.sel(calendar_year=chosen or [year]).transpose("calendar_year", "draw").values for s in shares
        ]
        return np.stack([self.question.reached(one).any(axis=0) for one in values])

    def seen(self, lever: Lever, days: np.ndarray) -> dict[tuple[str, str, str], np.ndarray]:
        """Return nothing: psychologists have no list from which children are seen."""
        return {}


class PlacesTrials:
    """New places tried on how many are short in a setting in January."""

    def __init__(
        self, area: Area, question: Question, draws: int, seed: int, to: int, staffing: Staffing
    ) -> None:
        self.area, self.question = area, question
        if not area.start.year < question.month.year <= to:
            raise DomainError(f"month={question.month:%Y-%m}: a January from {area.start.year + 1} to {to}.")
        # a projection is the same whether or not it goes on
        self.need = project(area, to=question.month.year, draws=draws, seed=seed)
        self.demand = PlaceDemand(area, self.need)
        parameters = Parameters(area) if area.has("service_parameters") else None
        self.context = RunContext(area, parameters, self.need, weeks_of(area, self.need, None))

    def met(self, levers: Levers) -> np.ndarray:
        """Return in which draws each lever meets the target, (lever, draw)."""
        year, since = self.question.month.year, min(self.question.since.year + 1, self.question.month.year)
        chosen = list(range(since, year + 1)) if self.question.how == BY else [year]
        out = []
        for lever in levers:
            opened = [opening_of(lever)] if isinstance(lever, NewPlaces) else []
            short = self.demand.within(opened)["shortfall"]
            at = short.sel(capped_setting=self.question.what, year=chosen).transpose("year", "draw").values
            out.append(self.question.reached(at).any(axis=0))
        return np.stack(out)

    def seen(self, lever: Lever, days: np.ndarray) -> dict[tuple[str, str, str], np.ndarray]:
        """Return nothing: places are paid for whoever has them."""
        return {}


def _option(lever: Lever | None, context: RunContext) -> ServiceOption:
    return NO_CHANGE if lever is None else effect(lever, context).option


def _first_weeks(option: ServiceOption, weeks: int) -> ServiceOption:
    """Return an option with staff for so many weeks only."""
    return option if option.wte is None else replace(option, wte=option.wte[:weeks])
