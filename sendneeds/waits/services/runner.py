"""One service under several scenarios, run side by side on shared luck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.referrals import DISPERSION
from sendneeds.foundation.constants import TERM_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.simulate import serve
from sendneeds.kernel.slots import whole
from sendneeds.kernel.streams import SEED_BLOCK, binomial, negative_binomial, poisson, uniforms
from sendneeds.waits.lists.list_ages import list_ages, reaching
from sendneeds.waits.services.cases import Accepted, Case, Prepared
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption, by_week
from sendneeds.waits.services.recorder import Kept, Served
from sendneeds.waits.services.rules_from_parameters import Figures, figures, slots_stated
from sendneeds.waits.services.side_by_side import (
    cases_alike,
    in_packages,
    inputs_beside,
    later_beside,
    rules_beside,
)
from sendneeds.waits.services.throughput import Drift, Staffing, drift_of, factor, growth
from sendneeds.waits.services.workforce import has_staff, staff_today

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters
    from sendneeds.foundation.beside import Beside, Task
    from sendneeds.need.projection import NeedProjection

LANES = 16 * SEED_BLOCK
"""Draws of all scenarios computed together: the kernel is bound by dispatch far below, by memory far above."""
PERCENTILES = (0.5, 0.92)
"""Percentiles of the waits, kept week by week."""
YEAR = 52
"""Weeks of the year in which what a service gives is held to its record."""
AGAIN_WEEKS = 13
"""Weeks until a child who was diverted is referred again."""
Load = Literal["steady", "none"] | int
LEAST_PLANS = 0.25
"""Least new plans of a draw's first year, over the central figure, by which its advice is scaled: a draw with none has
advice on earlier requests still, which would grow without end."""


class Service:
    """One service of an area, ready to be run under any scenario.

    Parameters
    ----------
    parameters : Parameters
    name : str
    need : NeedProjection
        Of the baseline, against which new plans of an option are held.
    days : ndarray of datetime64[D], (week,)
    opening : ndarray of int, (weeks waited, draw)
        Children waiting at the start.
    accepted : Accepted
        As things are.
    load : {"steady", "none"} or int
    age_limit : int
    advice : ndarray of int, (week, draw), optional
        Requests for statutory advice as things are, in place of the pack's figure.
    """

    def __init__(
        self,
        parameters: Parameters,
        name: str,
        need: NeedProjection,
        days: np.ndarray,
        opening: np.ndarray,
        accepted: Accepted,
        load: Load,
        age_limit: int,
        advice: np.ndarray | None = None,
    ) -> None:
        self.parameters, self.name, self.need, self.days = parameters, name, need, days
        self.opening, self.load = opening, load
        self.draws, self.seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
        self.key = (parameters.area.code, name)
        self.ages, self.ages_from = np.zeros((need.data.sizes["age"], self.draws)), "no list"
        self.age_out = np.zeros(self.draws)
        if len(opening):
            self.ages, self.ages_from = list_ages(parameters, name, need, opening, age_limit)
            self.age_out = reaching(self.ages, age_limit)
        self.accepted = accepted
        self.staff = None
        self.stated = has_staff(parameters, name) or parameters.has(name, "assessments_per_week")
        if has_staff(parameters, name):
            self.staff = staff_today(parameters, name, days, self.draws, self.seed)
        self._begun: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self.drift = Drift(np.zeros(self.draws), "it has no list")
        self.factor, self.grown = np.ones(self.draws), np.ones((len(days), self.draws))
        self.today = self._figures(NO_CHANGE)
        self._first_year(advice)
        if len(opening):
            self.drift = drift_of(parameters.area, name, self.draws, self.seed)
            self._hold_to_record()
            self.today = self._figures(NO_CHANGE)

    def _first_year(self, advice: np.ndarray | None) -> None:
        """Work out the slots of the first year as stated, and the requests for advice a week as they stand."""
        ahead = max(len(self.accepted.ahead), YEAR)
        plans = plans_growth(self.need, self.days[0] + 7 * np.arange(ahead), self.need)
        self.advice_a_week, self.plans = self.today.advice, plans
        if advice is not None:
            first = advice[:YEAR]
            self.advice_a_week = first.mean(axis=0) / np.maximum(
                plans[: len(first)].mean(axis=0), LEAST_PLANS
            )
        one = self._year
        self.year_staff = self.staff
        if self.staff is not None:
            self.year_staff = self.staff[:YEAR] if len(self.days) >= YEAR else staff_today(*one)
        self.year_slots = slots_stated(*one, self.year_staff)

    @property
    def _year(self) -> tuple[Parameters, str, np.ndarray, int, int]:
        """What figures of the first year are read with."""
        return self.parameters, self.name, self.days[0] + 7 * np.arange(YEAR), self.draws, self.seed

    def _hold_to_record(self) -> None:
        """Solve the factor with which the list moves as its record does, and how what is asked of the service grows."""
        today, units = self.today, self.today.rules.advice_units
        advised = self.plans * self.advice_a_week[None, :] * units
        stated = self.year_slots.mean(axis=0)
        if not (stated > 0).all():
            raise DomainError(
                f"{self.name}: no slots in {int((stated <= 0).sum())} of {self.draws} draws, with what "
                "service_parameters.csv says of its staff and their slots. Give it some, or leave its staff out."
            )
        leaving = np.asarray(today.rules.leaving)[0] + self.age_out
        self.factor = factor(
            stated,
            self.accepted.ahead[:YEAR].mean(axis=0),
            self.opening.sum(axis=0),
            leaving,
            advised[:YEAR].mean(axis=0),
            np.broadcast_to(today.work[0], (self.draws,)),
            np.broadcast_to(today.rules.missed, (self.draws,)),
            self.drift.a_year,
        )
        self.year_slots = slots_stated(*self._year, self.year_staff, factor=self.factor)
        self.grown = growth(self.accepted.ahead * today.work[:1] + advised)[: len(self.days)]

    def _figures(self, option: ServiceOption, staffing: Staffing = "follows_record") -> Figures:
        one = self.parameters, self.name, self.days, self.draws, self.seed
        grown = self.grown if staffing == "follows_record" else 1.0
        return figures(*one, self.staff, option, self.age_out, self.factor, grown)

    def _figures_of(self, case: Case) -> Figures:
        """Return the figures of a case: those of today where it changes nothing and staff follow the record."""
        if case.option is NO_CHANGE and case.staffing == "follows_record":
            return self.today
        return self._figures(case.option, case.staffing)

    def prepare(self, case: Case) -> Prepared:
        """Return a case's rules and inputs."""
        option, weeks = case.option, len(self.days)
        found = self._figures_of(case)
        rules = found.rules
        luck = uniforms(self.seed, (*self.key, "diverted"), weeks, self.draws)
        away = self.parameters.draw_or(self.name, "triage_returned_share", self.draws, self.seed, 0.0)
        returned = case.accepted.expected * (away / np.maximum(1.0 - away, 1e-9))
        accepted, more = self._triage(self._referred(case.accepted, option), option)
        diverted = negative_binomial(returned, DISPERSION, luck) + more
        wanted = plans_growth(case.need, self.days, self.need) * found.advice[None, :]
        if case.advice is None:
            advice = poisson(wanted, uniforms(self.seed, (*self.key, "advice"), weeks, self.draws))
        else:
            advice, wanted = case.advice, np.asarray(case.advice, dtype=float)
        slots = found.slots - np.minimum(found.slots, self._annual_reviews(case.need, found.units))
        spans = np.diff([0, *(week for week, _ in found.later), weeks])
        missed = np.repeat([rules.missed, *(later.missed for _, later in found.later)], spans, axis=0)
        attending = np.maximum(1.0 - missed, 1e-9)
        first_units = np.repeat([rules.first_units, *(later.first_units for _, later in found.later)], spans)[
            :, None
        ]
        extra = whole(_weekly(option.extra_slots, weeks, self.draws) * found.units)
        slots = slots + extra
        besides = _weekly(option.initiative, weeks, self.draws) * first_units / attending
        elsewhere = _weekly(option.outsourced, weeks, self.draws)
        due, overdue, asked_before = self._in_hand(found)
        inputs = {
            "referrals": accepted.drawn,
            "slots": slots,
            "opening": self.opening,
            "advice": advice,
            "advice_opening": asked_before if case.advice_opening is None else case.advice_opening,
            "due": due,
            "overdue": overdue,
            "first_only": whole(besides) if besides.any() else None,
            "outsourced": whole(elsewhere) if elsewhere.any() else None,
        }
        asked = (accepted.expected * found.work + wanted * rules.advice_units) / attending
        return_work = first_units + (1.0 - np.asarray(rules.outsourced_return)) * (found.work - first_units)
        available = slots + besides + elsewhere * return_work / attending
        return Prepared(
            replace(found, slots=slots), inputs, diverted, asked, available, attending / first_units
        )

    def _referred(self, accepted: Accepted, option: ServiceOption) -> Accepted:
        """Return referrals accepted once an option has changed how many come: each counts so many times, or none."""
        if np.all(np.asarray(option.referrals) == 1.0):
            return accepted
        weeks = len(self.days)
        given = np.asarray(option.referrals, dtype=float)
        factor = np.broadcast_to(given[:, None] if given.ndim == 1 else given, (weeks, self.draws))
        times = np.floor(factor)
        luck = uniforms(self.seed, (*self.key, "referred"), weeks, self.draws)
        drawn = accepted.drawn * times.astype(accepted.drawn.dtype) + binomial(
            accepted.drawn, factor - times, luck
        )
        return Accepted(accepted.expected * factor, drawn, accepted.ahead)

    def _triage(self, accepted: Accepted, option: ServiceOption) -> tuple[Accepted, np.ndarray]:
        """Return referrals accepted once an option has diverted some, and those it diverts."""
        if option.diverted is None:
            return accepted, np.zeros_like(accepted.drawn)
        weeks = len(self.days)
        share, again = (
            np.clip(_weekly(option.diverted, weeks, self.draws), 0.0, 1.0),
            np.broadcast_to(option.rereferred, (weeks, self.draws)),
        )
        luck, back = (
            uniforms(self.seed, (*self.key, purpose), weeks, self.draws) for purpose in ("triage", "again")
        )
        away = binomial(accepted.drawn, share, luck)
        expected = accepted.expected * share
        expected_back, returning = (_later(part) for part in (expected * again, binomial(away, again, back)))
        mean = accepted.expected - expected + expected_back
        return Accepted(mean, accepted.drawn - away + returning, accepted.ahead), away

    def run(
        self, cases: list[Prepared], kept: Kept, beside: Beside | None = None
    ) -> Iterator[tuple[list[int], slice, Served]]:
        """Return what is kept of paths, draws block by block: (numbers of the cases side by side, draws, of them all).

        Processes beside this one may begin on all blocks at once; without them a block is run when it is asked for.
        """
        blocks = self._blocks(cases)
        if beside is None:
            return ((alike, block, kept.served(**given)) for alike, block, given in blocks)
        return _answers(
            [(alike, block, beside.submit(kept.served, **given)) for alike, block, given in blocks]
        )

    def _blocks(self, cases: list[Prepared]) -> Iterator[tuple[list[int], slice, dict[str, Any]]]:
        """Yield the cases side by side, the draws, and what `Kept.served` takes for them."""
        for alike in cases_alike(cases):
            some = [cases[number] for number in alike]
            step = max(LANES // len(alike) // SEED_BLOCK, 1) * SEED_BLOCK
            for first in range(0, self.draws, step):
                block = slice(first, min(first + step, self.draws))
                given = {
                    "units": some[0].figures.units,
                    "rules": rules_beside([case.figures.rules for case in some], block),
                    "luck": RandomStreams(self.seed, self.key, block.stop - first, first, copies=len(alike)),
                    "later": later_beside(some, block),
                    "shares": PERCENTILES if len(self.opening) else (),
                }
                yield alike, block, {**given, **inputs_beside(some, block)}

    def _annual_reviews(self, need: NeedProjection, units: int) -> np.ndarray:
        """Return the units of slots that annual reviews of plans take a week, (week, draw); 0 where no figure says."""
        if not self.parameters.has(self.name, "annual_review_share"):
            return np.zeros((len(self.days), self.draws), np.int32)
        share, each = (
            self.parameters.draw(self.name, f"annual_review_{part}", self.draws, self.seed)
            for part in ("share", "reports")
        )
        plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw").values
        year = self.days.astype("datetime64[Y]").astype(int) + 1970 - int(need.data["year"].values[0])
        # reviews are held in term, so that a year of 39 weeks holds them all
        held = in_term(self.days)[:, None] * (WEEKS_PER_YEAR / TERM_WEEKS_PER_YEAR)
        a_week = plans[np.clip(year, 0, len(plans) - 1)] * (share * each * units / WEEKS_PER_YEAR)[None, :]
        return whole(a_week * held)

    def _in_hand(self, found: Figures) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray | None]:
        """Return what is in hand at the start: sessions that fall due, those overdue, and requests for advice.

        They are what the service as it is today has been taking on, whatever an option changes.
        """
        packages = self.today.rules.packages
        if self.load == "none" or not (packages or self.advice_a_week.any()):
            return None, None, None
        if self._begun is None:
            self._begun = self._warmed_up()
        *sessions, asked = self._begun
        if not packages:
            return None, None, asked
        today, ratio = self.today, found.units // self.today.units
        due, overdue = (in_packages(one, today.rules, found.rules, ratio) for one in sessions)
        return due, overdue, asked

    def _warmed_up(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what is in hand after some weeks of the service as it is, begun on what it has been taking on.

        The weeks are those of the year before: a service that begins with nothing overdue would catch up on its list
        for as long as it takes to fall behind on its sessions again. Requests for advice in hand are the latest ones,
        (weeks waited, draw).
        """
        length = self.load if isinstance(self.load, int) else YEAR
        weeks, key = np.arange(length) % YEAR, (*self.key, "warm-up")
        joining = self.accepted.ahead[weeks] if len(self.opening) else np.zeros((length, self.draws))
        came, asked = (
            poisson(rate, uniforms(self.seed, (*key, purpose), length, self.draws))
            for purpose, rate in (
                ("referrals", joining),
                ("advice", np.broadcast_to(self.advice_a_week, (length, self.draws))),
            )
        )
        steady = self.load == "steady" and len(self.today.rules.packages) > 0
        due = self._taken_on() if steady else None
        luck = RandomStreams(self.seed, key, self.draws)
        reviews = self._annual_reviews(self.need, self.today.units)[weeks % len(self.days)]
        slots = self.year_slots[weeks]
        slots = slots - np.minimum(slots, reviews)
        ran = serve(self.today.rules, came, slots, luck, [self.opening], advice=asked, due=due)
        latest = np.cumsum(asked[::-1], axis=0)
        left = np.minimum(latest, ran.advice_waiting[-1])
        return ran.due, ran.overdue_by_week, np.diff(left, axis=0, prepend=0).astype(np.int32)

    def _taken_on(self) -> np.ndarray:
        """Return sessions that fall due in weeks to come, of children taken on at the pace the slots allow."""
        today, rules = self.today, self.today.rules
        attended = self.year_slots.mean(axis=0) * (1.0 - np.asarray(today.rules.missed))
        room = np.maximum(attended - self.advice_a_week * today.rules.advice_units, 0.0) / today.work[0]
        taken_on = np.minimum(room, self.accepted.ahead[:YEAR].mean(axis=0))
        ahead = max(max(package.spacing, package.weeks_to_first) for package in rules.packages)
        rows = []
        for package, share in zip(rules.packages, rules.taken_up(), strict=True):
            each = np.broadcast_to(taken_on * share, (ahead, self.draws))
            for session in range(package.sessions):
                within = package.spacing if session else package.weeks_to_first
                rows.append(each * (np.arange(ahead) < within)[:, None])
        exact = np.stack(rows, axis=1).reshape(ahead, -1)
        return whole(exact).reshape(ahead, len(rows), self.draws)


def _answers(
    begun: list[tuple[list[int], slice, Task[Served]]],
) -> Iterator[tuple[list[int], slice, Served]]:
    """Yield answers as they come, and let go of each: one is some MB."""
    while begun:
        alike, block, served = begun.pop(0)
        yield alike, block, served.result()


def plans_growth(need: NeedProjection, days: np.ndarray, base: NeedProjection) -> np.ndarray:
    """Return new plans of each week's calendar year over the central figure of the base's first year, (week, draw)."""
    new, first = (one.new_plans.transpose("calendar_year", "draw").values for one in (need, base))
    years = need.data["calendar_year"].values
    at = np.clip(days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
    return new[at] / max(float(np.median(first[0])), 1.0)


def _weekly(numbers: np.ndarray | None, weeks: int, draws: int) -> np.ndarray:
    """Return numbers by week as (week, draw)."""
    if numbers is None:
        return np.zeros((weeks, draws))
    array = by_week(numbers)
    if array.ndim and len(array) != weeks:
        raise DomainError(f"an option for {len(array)} weeks where the services run for {weeks}.")
    return np.broadcast_to(array, (weeks, draws))


def _later(numbers: np.ndarray) -> np.ndarray:
    """Return numbers by week moved on by the weeks until a child is referred again."""
    out = np.zeros_like(numbers)
    out[AGAIN_WEEKS:] = numbers[:-AGAIN_WEEKS] if len(numbers) > AGAIN_WEEKS else 0
    return out
