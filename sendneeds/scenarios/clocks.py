"""The EHC clock under every option, on the services' own run: what it asks of them, and when they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.projection import NeedProjection
from sendneeds.waits.ehc.process import EhcClock, Staffing
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.workforce import has_staff, staff_today

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.result import EhcResult

CLOCK_DRAWS = 256
"""Draws in which the clock follows children one by one, the first of a run: more would cost more than all the rest."""
ADVISERS = ("EP", "SLT", "OT")
"""Services whose advice the clock asks for where the pack has their figures, staff among them."""
Options = dict[str, dict[str, ServiceOption]]
Given = Mapping[str, Mapping[str, np.ndarray]]


class Clocks:
    """The clock of the baseline and of every option that changes need, or has staff of its own.

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
    staffing : {"follows_record", "fixed"}
        As in `ehc_process`.
    own_staffing : mapping of scenario to {"follows_record", "fixed"}, optional
        Of scenarios that differ from the others.
    changes : mapping of scenario to NeedChange, optional
        What each of `needs` changes: fewer refusals are a larger share of requests that end in a plan, and not more
        requests.

    Raises
    ------
    MissingDataError
        If staff are fixed, and the pack has no service that gives advice.
    """

    def __init__(
        self,
        area: Area,
        need: NeedProjection,
        needs: Mapping[str, NeedProjection],
        services: list[str],
        until: date | None,
        staffing: Staffing = "follows_record",
        own_staffing: Mapping[str, Staffing] | None = None,
        changes: Mapping[str, NeedChange] | None = None,
    ) -> None:
        self.area, self.need = area, need
        self.draws = need.data.sizes["draw"]
        self.turn = np.arange(self.draws) % min(CLOCK_DRAWS, self.draws)
        parameters = Parameters(area) if services else None
        fixed = "fixed" in (staffing, *(own_staffing or {}).values())
        self.shared = [
            name
            for name in ADVISERS
            if name in services
            and parameters
            and parameters.has(name, "advice_requests_per_week")
            # under the record's pace advice comes by its law, and what moves it needs to know of staff
            and (has_staff(parameters, name) or fixed)
        ]
        if fixed and not self.shared:
            raise MissingDataError(
                f"{area.name}: no staff figure of any service that gives advice, so nothing says whom plans wait for "
                "if staff stay as they are. Add in_post_wte and advice_requests_per_week to service_parameters.csv, or "
                "run with staffing='follows_record'."
            )
        base = EhcClock(area, _first(need), until=until, staffing=staffing, shared=self.shared)
        own = own_staffing or {}
        self.of = {BASELINE: base} | {
            name: EhcClock(
                area,
                _first(needs.get(name, need)),
                until=until,
                staffing=own.get(name, staffing),
                shared=self.shared,
                base=base,
                ending_in_plan=agreed_more(area, need, (changes or {}).get(name, NeedChange())),
            )
            for name in dict.fromkeys((*needs, *own))
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

    def staffed(self, options: Options) -> Options:
        """Return the options of every scenario, the baseline in front, with services held to the record."""
        base = self.of[BASELINE]
        everyone = {name: self._held(name, base) for name in base.factor}
        out: Options = {BASELINE: dict(everyone)}
        for scenario, changed in options.items():
            clock, held = self.of.get(scenario, base), everyone
            if clock.staffing != base.staffing:
                held = {name: self._held(name, clock) for name in clock.factor}
            both = {name: held.get(name, NO_CHANGE).combine(option) for name, option in changed.items()}
            out[scenario] = {**held, **both}
        return out

    def _held(self, service: str, clock: EhcClock) -> ServiceOption:
        seed = int(self.need.data.attrs["seed"])
        held = clock.held(service)
        staff = held.wte
        if staff is None:
            staff = staff_today(Parameters(self.area), service, clock.days, self.draws, seed)
        return ServiceOption(wte=staff[:, self.turn], throughput_factor=clock.factor[service][self.turn])

    def results(self, given: Given | None, scenarios: list[str]) -> dict[str, EhcResult]:
        """Return the process under each scenario; one with the baseline's need and answers has the baseline's.

        Parameters
        ----------
        given : mapping of scenario to (mapping of service to ndarray of int, (week, draw)), optional
            The advice that services have given each week.
        scenarios : list of str
        """
        base = self._done(given, BASELINE)

        as_things_stand = self.of[BASELINE].result(base, base)
        out: dict[str, EhcResult] = {}
        for scenario in scenarios:
            done = self._done(given, scenario)
            same = all((done[service] == base[service]).all() for service in self.shared)
            if same and (scenario == BASELINE or scenario not in self.of):
                out[scenario] = as_things_stand
            else:
                out[scenario] = self.of.get(scenario, self.of[BASELINE]).result(done, base)
        return out

    def _done(self, given: Given | None, scenario: str) -> dict[str, np.ndarray]:
        """Return the advice that each shared service has given each week, in the draws of the clock."""
        if given is None:
            return {}
        draws = int(self.turn.max()) + 1
        return {service: given[scenario][service][:, :draws] for service in self.shared}


def _first(need: NeedProjection) -> NeedProjection:
    """Return the first draws of a projection."""
    draws = min(CLOCK_DRAWS, need.data.sizes["draw"])
    return replace(
        need, data=need.data.isel(draw=slice(draws)), provenance={**need.provenance, "draws": draws}
    )


def issued_share(clock: EhcResult, need: NeedProjection) -> dict[int, np.ndarray]:
    """Return the plans issued over the new plans of a projection, by calendar year, in the draws of the clock.

    A year after the last that the clock holds whole issues the share of that year: those it lacks staff for now it will
    lack then.

    Parameters
    ----------
    clock : EhcResult
        With fixed staff.
    need : NeedProjection

    Returns
    -------
    dict of int to ndarray, (draw,)
    """
    issued = clock.yearly("issued").transpose("calendar_year", "draw")
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    years = [int(y) for y in new["calendar_year"].values]
    known = [int(y) for y in issued["calendar_year"].values if y in years]
    draws = issued.sizes["draw"]
    out = {
        y: issued.sel(calendar_year=y).values / np.maximum(new.sel(calendar_year=y).values[:draws], 1)
        for y in known
    }
    return out | {y: out[known[-1]] for y in years if y > known[-1]}


def agreed_more(area: Area, need: NeedProjection, change: NeedChange) -> dict[int, np.ndarray]:
    """Return the factor on the share of requests assessed that a change of refusals makes, by calendar year.

    Parameters
    ----------
    area : Area
    need : NeedProjection
        Of the baseline, whose new plans weigh the ages.
    change : NeedChange

    Returns
    -------
    dict of int to ndarray, (draw,)
        In the draws of the clock; empty where refusals do not change.
    """
    if not change.refusals:
        return {}
    first = _first(need)
    new = first.data["new_plans"].sum("plan_need").transpose("calendar_year", "age", "draw")
    years = [int(y) for y in new["calendar_year"].values]
    factor = change.plans_started(area, years, 0, int(need.data.attrs["seed"]), ("refusals",))
    # a new plan is counted at the age its year closes, the factor works on the age it opens
    weights = np.roll(new.values, -1, axis=1)
    factor = factor[..., : weights.shape[-1]]
    shares = (factor * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return dict(zip(years, shares, strict=True))
