"""One service under several scenarios, run side by side on shared luck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.referrals import DISPERSION
from sendneeds.foundation.constants import TERM_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.path import ServicePath
from sendneeds.kernel.services.rules import Rules
from sendneeds.kernel.services.simulate import serve
from sendneeds.kernel.slots import whole
from sendneeds.kernel.streams import SEED_BLOCK, binomial, negative_binomial, poisson, uniforms
from sendneeds.waits.services.options import NO_CHANGE, ServiceOption
from sendneeds.waits.services.rules_from_parameters import Figures, figures
from sendneeds.waits.services.workforce import has_staff, staff_today

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters
    from sendneeds.need.projection import NeedProjection

LANES = 16 * SEED_BLOCK
"""Draws of all scenarios computed together: the kernel is bound by dispatch far below, by memory far above."""
PERCENTILES = (0.5, 0.92)
"""Percentiles of the waits, kept week by week."""
AGAIN_WEEKS = 13
"""Weeks until a child who was diverted is referred again."""
Load = Literal["steady", "none"] | int


class Accepted(NamedTuple):
    """Referrals accepted: their mean, and their number drawn, (week, draw); 0 for a service without a list."""

    expected: np.ndarray
    drawn: np.ndarray


@dataclass(frozen=True)
class Case:
    """One service under one scenario.

    Parameters
    ----------
    option : ServiceOption
    need : NeedProjection
    accepted : Accepted
    advice : ndarray of int, (week, draw), optional
        Requests for statutory advice, in place of those drawn about the pack's figure.
    advice_opening : ndarray of int, (weeks waited, draw), optional
        Requests in hand at the start.
    """

    option: ServiceOption
    need: NeedProjection
    accepted: Accepted
    advice: np.ndarray | None = None
    advice_opening: np.ndarray | None = None


@dataclass(frozen=True)
class Prepared:
    """A case as its kernel takes it; lanes are draws.

    Parameters
    ----------
    figures : Figures
    inputs : dict of str to ndarray or None
        Arguments of `kernel.service.serve`.
    diverted : ndarray of int, (week, draw)
        Referrals not accepted.
    asked, available : ndarray of float, (week, draw)
        Units of slots that referrals and requests ask for, and that there are, others' included.
    """

    figures: Figures
    inputs: dict[str, np.ndarray | None]
    diverted: np.ndarray
    asked: np.ndarray
    available: np.ndarray


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
    ) -> None:
        self.parameters, self.name, self.need, self.days = parameters, name, need, days
        self.opening, self.load = opening, load
        self.draws, self.seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
        self.key = (parameters.area.code, name)
        self.age_out = _reach_limit(need, age_limit)
        self.accepted = accepted
        self.staff = None
        if has_staff(parameters, name):
            self.staff = staff_today(parameters, name, days, self.draws, self.seed)
        self.today = self._figures(NO_CHANGE)

    def _figures(self, option: ServiceOption) -> Figures:
        one = self.parameters, self.name, self.days, self.draws, self.seed
        return figures(*one, self.staff, option, self.age_out)

    def prepare(self, case: Case) -> Prepared:
        """Return a case's rules and inputs."""
        option, weeks = case.option, len(self.days)
        found = self._figures(option)
        rules = found.rules
        luck = uniforms(self.seed, (*self.key, "diverted"), weeks, self.draws)
        away = self.parameters.draw_or(self.name, "triage_returned_share", self.draws, self.seed, 0.0)
        returned = case.accepted.expected * (away / np.maximum(1.0 - away, 1e-9))
        accepted, more = self._triage(case.accepted, option)
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
        due, overdue = self._in_care(case, found)
        inputs = {
            "referrals": accepted.drawn,
            "slots": slots,
            "opening": self.opening,
            "advice": advice,
            "advice_opening": case.advice_opening,
            "due": due,
            "overdue": overdue,
            "first_only": whole(besides) if besides.any() else None,
            "outsourced": whole(elsewhere) if elsewhere.any() else None,
        }
        asked = (accepted.expected * found.work + wanted * rules.advice_units) / attending
        return_work = first_units + (1.0 - np.asarray(rules.outsourced_return)) * (found.work - first_units)
        available = slots + besides + elsewhere * return_work / attending
        return Prepared(replace(found, slots=slots), inputs, diverted, asked, available)

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
        return Accepted(accepted.expected - expected + expected_back, accepted.drawn - away + returning), away

    def run(
        self, cases: list[Prepared], at: tuple[Sequence[int], Sequence[int]] | None = None
    ) -> Iterator[tuple[list[int], slice, ServicePath]]:
        """Yield paths draws block by block: (numbers of the cases side by side, draws, path of them all).

        Percentiles of waits are kept at some bounds and weeks, or at all.
        """
        for alike in _alike(cases):
            some = [cases[number] for number in alike]
            step = max(LANES // len(alike) // SEED_BLOCK, 1) * SEED_BLOCK
            for first in range(0, self.draws, step):
                block = slice(first, min(first + step, self.draws))
                luck = RandomStreams(self.seed, self.key, block.stop - first, first, copies=len(alike))
                path = serve(
                    _rules_beside([case.figures.rules for case in some], block),
                    luck=luck,
                    later=_later_beside(some, block),
                    shares=PERCENTILES if len(self.opening) else (),
                    at=at,
                    **_inputs_beside(some, block),
                )
                yield alike, block, path

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

    def _in_care(self, case: Case, found: Figures) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Return sessions that fall due for children in the service at the start, and those overdue.

        They are what the service as it is today has been taking on, whatever an option changes later.
        """
        rules, today = found.rules, self.today
        if self.load == "none" or not rules.packages:
            return None, None
        accepted = self.accepted.expected
        if isinstance(self.load, int):
            weeks, key = np.arange(self.load) % len(accepted), (*self.key, "warm-up")
            came = poisson(accepted[weeks], uniforms(self.seed, (*key, "referrals"), self.load, self.draws))
            asked = poisson(
                np.broadcast_to(today.advice, (self.load, self.draws)),
                uniforms(self.seed, (*key, "advice"), self.load, self.draws),
            )
            luck = RandomStreams(self.seed, key, self.draws)
            before = replace(today.rules, packages=rules.packages, first_units=rules.first_units)
            ran = serve(before, came, today.slots[weeks], luck, [self.opening], advice=asked)
            return ran.due, ran.overdue_by_week
        attended = today.slots[:52].mean(axis=0) * (1.0 - np.asarray(today.rules.missed))
        room = np.maximum(attended - today.advice * today.rules.advice_units, 0.0) / today.work[0]
        taken_on = np.minimum(room, accepted[:52].mean(axis=0))
        ahead = max(max(package.spacing, package.weeks_to_first) for package in rules.packages)
        rows = []
        for package in rules.packages:
            each = np.broadcast_to(taken_on * package.share, (ahead, self.draws))
            for session in range(package.sessions):
                within = package.spacing if session else package.weeks_to_first
                rows.append(each * (np.arange(ahead) < within)[:, None])
        exact = np.stack(rows, axis=1).reshape(ahead, -1)
        return whole(exact).reshape(ahead, len(rows), self.draws), None


def plans_growth(need: NeedProjection, days: np.ndarray, base: NeedProjection) -> np.ndarray:
    """Return new plans of each week's calendar year over the central figure of the base's first year, (week, draw)."""
    new, first = (
        one.data["new_plans"]
        .sum(("plan_need", "age"))
        .transpose("calendar_year", "draw")
        .values.astype(float)
        for one in (need, base)
    )
    years = need.data["calendar_year"].values
    at = np.clip(days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
    return new[at] / max(float(np.median(first[0])), 1.0)


def _reach_limit(need: NeedProjection, limit: int) -> np.ndarray:
    """Return the chance a week that a child under an age limit with identified needs reaches it, (draw,)."""
    children = need.data["children"].sel(provision=["K", "E"]).isel(year=0)
    by_age = children.sum(("provision", "need")).transpose("age", "draw").values
    return by_age[limit - 1] / np.maximum(by_age[:limit].sum(axis=0), 1) / WEEKS_PER_YEAR


def _weekly(numbers: np.ndarray | None, weeks: int, draws: int) -> np.ndarray:
    """Return numbers by week as (week, draw)."""
    if numbers is None:
        return np.zeros((weeks, draws))
    array = np.asarray(numbers, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if len(array) != weeks:
        raise DomainError(f"an option for {len(array)} weeks where the services run for {weeks}.")
    return np.broadcast_to(array, (weeks, draws))


def _later(numbers: np.ndarray) -> np.ndarray:
    """Return numbers by week moved on by the weeks until a child is referred again."""
    out = np.zeros_like(numbers)
    out[AGAIN_WEEKS:] = numbers[:-AGAIN_WEEKS] if len(numbers) > AGAIN_WEEKS else 0
    return out


def _alike(cases: list[Prepared]) -> list[list[int]]:
    """Return the numbers of cases that may run side by side: those whose rules differ in shares alone."""

    def kind(rules: Rules) -> tuple:
        packages = tuple((p.sessions, p.spacing, p.after, p.units) for p in rules.packages)
        return packages, rules.first_units, rules.advice_units, rules.ring_fenced_share

    groups: dict[tuple, list[int]] = {}
    for number, case in enumerate(cases):
        found = case.figures
        later = tuple((week, kind(rules)) for week, rules in found.later)
        groups.setdefault((kind(found.rules), later, found.units), []).append(number)
    return list(groups.values())


def _later_beside(cases: list[Prepared], lanes: slice) -> tuple[tuple[int, Rules], ...]:
    """Return the rules that take over from a week on, of cases side by side."""
    every = (case.figures.later for case in cases)
    return tuple(
        (rows[0][0], _rules_beside([rules for _, rules in rows], lanes)) for rows in zip(*every, strict=True)
    )


def _rules_beside(every: list[Rules], lanes: slice) -> Rules:
    """Return the rules of cases side by side, shares lane by lane."""
    one = every[0]

    def beside(values: list) -> np.ndarray:
        return np.concatenate([_lanes(value, lanes) for value in values], axis=-1)

    shares: dict[str, Any] = {
        name: beside([getattr(rules, name) for rules in every])
        for name in ("missed", "outsourced_return", "in_order_share", "leaving", "age_out")
        if getattr(one, name) is not None
    }
    packages = [
        replace(package, share=beside([rules.packages[n].share for rules in every]))
        for n, package in enumerate(one.packages)
    ]
    return replace(one, packages=tuple(packages), **shares)


def _lanes(value: np.ndarray | float, lanes: slice) -> np.ndarray:
    array = np.asarray(value)
    width = lanes.stop - lanes.start
    if array.ndim == 0 or array.shape[-1] == 1:
        return np.broadcast_to(array, (*array.shape[:-1], width))
    return array[..., lanes]


def _inputs_beside(cases: list[Prepared], lanes: slice) -> dict:
    """Return the inputs of cases side by side; one that some cases lack is nought there."""
    out: dict = {}
    for name in cases[0].inputs:
        given = [case.inputs[name] for case in cases]
        if all(one is None for one in given):
            continue
        shape = max((one.shape[:-1] for one in given if one is not None), key=lambda sizes: sizes[0])
        rows = np.zeros((*shape, len(cases) * (lanes.stop - lanes.start)), np.int32)
        for place, one in enumerate(given):
            if one is not None:
                width = lanes.stop - lanes.start
                rows[: len(one), ..., place * width : (place + 1) * width] = one[..., lanes]
        out[name] = [rows] if name == "opening" else rows
    return out
