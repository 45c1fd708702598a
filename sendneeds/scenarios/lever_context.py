"""What a lever needs to know of a run, and what it does there: its effect week by week, with what is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios.levers import Lever
from sendneeds.waits.services.options import RuleChange, ServiceOption

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area


@dataclass(frozen=True)
class Effect:
    """What a lever does over the weeks of a run.

    Parameters
    ----------
    option : ServiceOption
        What it changes in the service.
    units : ndarray, shape (week, draw)
        Units paid for each week: whole-time equivalents in post, children, or weeks of a yearly cost.
    price : ndarray, shape (draw,)
        GBP a unit and week.
    item : str
    cost_type : {"recurrent", "one_off", "capital"}
    """

    option: ServiceOption
    units: np.ndarray
    price: np.ndarray
    item: str
    cost_type: str


@dataclass(frozen=True)
class LeverEffect:
    """An effect of a lever, of which it may have several.

    Parameters
    ----------
    scenario : str
    service : str
        The service on which it acts, ``PLACES`` for what is paid for places and budgets.
    lever : Lever
    effect : Effect
    """

    scenario: str
    service: str
    lever: Lever
    effect: Effect


@dataclass(frozen=True)
class RunContext:
    """What a lever needs to know of a run.

    Parameters
    ----------
    area : Area
    figures : Parameters or None
        None where the pack has no ``service_parameters.csv``.
    need : NeedProjection
        Of the baseline.
    days : ndarray of datetime64[D], shape (week,)
        Mondays of the run's weeks.
    """

    area: Area
    figures: Parameters | None
    need: NeedProjection
    days: np.ndarray

    @property
    def parameters(self) -> Parameters:
        """Figures of the pack; a lever on a service is pulled only where there are some."""
        assert self.figures is not None
        return self.figures

    @property
    def draws(self) -> int:
        """Draws of the run."""
        return self.need.data.sizes["draw"]

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return int(self.need.data.attrs["seed"])

    def week_of(self, day: date) -> int:
        """Return the week of the run in which a day lies (it may lie outside)."""
        return int((np.datetime64(day, "D") - self.days[0]).astype(int)) // 7

    def first_week(self, first: date, last: date | None) -> int:
        """Return the first week whose Monday lies within some dates (a year has 52), or that of the first of them."""
        week = self.week_of(first)
        monday = np.datetime64(first, "D") == self.days[0] + 7 * week
        if not monday and (last is None or self.week_of(last) > week):
            week += 1
        return week

    def strength(self, lever: Lever) -> np.ndarray:
        """Return how far a lever works each week, 0 to 1: within its dates, built up over its ramp; (week, 1)."""
        week, (first, last) = np.arange(len(self.days)), lever.dates
        ramp = getattr(lever, "ramp_weeks", None) or 0.0
        since = week - (0 if first is None else self.first_week(first, last))
        built = np.ones(len(week)) if ramp == 0 else np.clip((since + 1) / ramp, 0.0, 1.0)
        inside = (since >= 0) & (week <= (len(week) if last is None else self.week_of(last)))
        return np.where(inside, built, 0.0)[:, None]

    def rule(self, lever: Lever, **changed: Any) -> ServiceOption:
        """Return a change of rules within a lever's dates."""
        first, last = lever.dates
        start = 0 if first is None else max(self.week_of(first), 0)
        end = None if last is None else self.week_of(last) + 1
        return ServiceOption(rules=(RuleChange(start, end, **changed),))

    def weekly(self, lever: Lever, number: float | np.ndarray) -> np.ndarray:
        """Return a number, or one a draw, in the weeks in which a lever works; (week, draw)."""
        return self.strength(lever) * np.broadcast_to(np.asarray(number, dtype=float), (1, self.draws))

    def interval(self, lever: Lever, key: str) -> np.ndarray:
        """Return a figure of a lever drawn from its 80 % interval, (draw,); the same luck in every scenario."""
        low, central, high = getattr(lever, key)
        where = (self.area.code, lever.costed_as, lever.kind, key)
        return two_piece_lognormal(low, central, high, standard_normal(self.seed, where, self.draws))

    def figure(self, service: str, name: str) -> np.ndarray:
        """Return a figure of the pack, (draw,)."""
        return self.parameters.draw(service, name, self.draws, self.seed)
