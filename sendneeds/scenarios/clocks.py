"""The EHC clock under every option, on the services' own run: what it asks of them, and when they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.projection import NeedProjection
from sendneeds.waits.ehc.process import EhcClock
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.workforce import staff_today

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.result import EhcResult
    from sendneeds.waits.services.result import WaitsResult

CLOCK_DRAWS = 256
"""Draws in which the clock follows children one by one, the first of a run: more would cost more than all the rest."""
ADVISERS = ("EP", "SLT", "OT")
"""Services whose advice the clock asks for where the pack has their figures."""
Options = dict[str, dict[str, ServiceOption]]


class Clocks:
    """The clock of the baseline and of every option that changes need.

    Draws after the first `CLOCK_DRAWS` take their requests for advice, and the pace and staff of services held to
    the record, from those in turn, so that every draw of a service is asked for advice by the clock.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    needs : mapping of scenario to NeedProjection
    services : list of str
        That will be simulated.
    until : date, optional
    """

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        needs: Mapping[str, NeedProjection],
        services: list[str],
        until: date | None,
    ) -> None:
        self.area, self.need = area, need
        self.draws = need.data.sizes["draw"]
        self.turn = np.arange(self.draws) % min(CLOCK_DRAWS, self.draws)
        parameters = Parameters(area) if services else None
        self.shared = [
            name
            for name in ADVISERS
            if name in services and parameters and parameters.has(name, "advice_requests_per_week")
        ]
        every = {BASELINE: need, **needs}
        self.of = {
            name: EhcClock(area, _first(one), until=until, shared=self.shared) for name, one in every.items()
        }

    def requests(self) -> dict[str, dict[str, np.ndarray]]:
        """Return requests for advice by scenario and service, (week, draw)."""
        return self._every("requests")

    def in_hand(self) -> dict[str, dict[str, np.ndarray]]:
        """Return requests in hand at the start by scenario and service, (weeks waited, draw)."""
        return self._every("in_hand")

    def _every(self, name: str) -> dict[str, dict[str, np.ndarray]]:
        return {
            scenario: {service: rows[:, self.turn] for service, rows in getattr(clock, name).items()}
            for scenario, clock in self.of.items()
        }

    def at_recorded_pace(self, options: Options) -> Options:
        """Return the options of every scenario, the baseline in front, with services held to the record at its pace."""
        held = {name: self._held(name, factor) for name, factor in self.of[BASELINE].pace.items()}
        out: Options = {BASELINE: dict(held)}
        for scenario, changed in options.items():
            both = {name: held.get(name, NO_CHANGE).combine(option) for name, option in changed.items()}
            out[scenario] = {**held, **both}
        return out

    def _held(self, service: str, factor: np.ndarray) -> ServiceOption:
        days, seed = self.of[BASELINE].days, int(self.need.data.attrs["seed"])
        staff = staff_today(Parameters(self.area), service, days, self.draws, seed)
        return ServiceOption(wte=staff[:, self.turn], pace=factor[self.turn])

    def results(self, waits: WaitsResult | None, scenarios: list[str]) -> dict[str, EhcResult]:
        """Return the process under each scenario; one with the baseline's need and answers has the baseline's."""
        out: dict[str, EhcResult] = {}
        base = self._done(waits, BASELINE)
        for scenario in scenarios:
            done = self._done(waits, scenario)
            same = all((done[service] == base[service]).all() for service in self.shared)
            if scenario != BASELINE and scenario not in self.of and same:
                out[scenario] = out[BASELINE]
            else:
                out[scenario] = self.of.get(scenario, self.of[BASELINE]).result(done)
        return out

    def _done(self, waits: WaitsResult | None, scenario: str) -> dict[str, np.ndarray]:
        """Return the advice that each shared service has done each week, in the draws of the clock."""
        if waits is None:
            return {}
        given = waits.data["advice_done"].sel(scenario=scenario).isel(draw=slice(int(self.turn.max()) + 1))
        return {s: given.sel(service=s).transpose("week_commencing", "draw").values for s in self.shared}


def _first(need: NeedProjection) -> NeedProjection:
    """Return the first draws of a projection."""
    draws = min(CLOCK_DRAWS, need.data.sizes["draw"])
    return replace(
        need, data=need.data.isel(draw=slice(draws)), provenance={**need.provenance, "draws": draws}
    )
