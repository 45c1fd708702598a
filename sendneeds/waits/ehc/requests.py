"""Timeline of each EHC request behind a year's plans, assuming advice capacity is unlimited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from scipy import special

from sendneeds.kernel import streams
from sendneeds.kernel.ehc import clock as ehc_clock
from sendneeds.waits.ehc.disputes import AFTER_ORDER_WEEKS, Law
from sendneeds.waits.ehc.published_rates import Rates
from sendneeds.waits.ehc.weeks_law import decision_weeks
from sendneeds.waits.ehc.within_year import YearWeeks

PLAN, NO_PLAN, PLAN_ORDERED, RETURNED_PLAN, RETURNED_NO_PLAN, REFUSED, WITHDRAWN = range(7)
"""What becomes of a request: a plan; an assessment without one; one refused after an assessment and then issued; a
refusal to assess overturned, with and without a plan at the end; a refusal that stands; withdrawn before it."""
ENDS_IN_PLAN = (PLAN, PLAN_ORDERED, RETURNED_PLAN)
RETURNED = (RETURNED_PLAN, RETURNED_NO_PLAN)
REFUSED_FIRST = (*RETURNED, REFUSED)
ASSESSED = (PLAN, NO_PLAN, PLAN_ORDERED, *RETURNED)
ADVICE_SHARE = 0.55
"""Share of the weeks from decision to plan that advice takes, the rest being draft and consultation; assumed."""
CONSULTED_SHARE, LEAST_CONSULTED = 4 / 14, 3
"""Share of those weeks from the draft to the plan, as weeks 16 to 20 of 6 to 20; the law gives 15 days at least."""
MOST_RETURNED = 0.5
BLOCK = 2**17
"""Requests worked on at a time, so that what is worked out of each stays in the cache."""


@dataclass(frozen=True)
class EhcRequests:
    """Requests as flat arrays; weeks are whole and count from the first of the horizon.

    Parameters
    ----------
    lane, kind : ndarray of int, (N,)
    requested, decided, begun : ndarray of int, (N,)
        Weeks of the request, of the decision told, and of the start of the assessment if there is one.
    advice, writing, consulted : ndarray of int, (N,)
        Weeks from there to the last advice, from there to the end of the assessment, and of those after the draft.
    told_refused : ndarray of bool, (N,)
        Whether an assessment ends in a decision not to issue.
    excepted : ndarray of bool, (N,)
    mediated, appealed : ndarray of bool, (N,)
    mediation, registered, appeal : ndarray of int, (N,)
        Weeks of a dispute, as in `ehc_clock.settled`.
    times_factor : ndarray of float, (N,)
        Weeks from decision to plan, were advice never short, over those as published.
    luck : ndarray of uint64, (N,)
    """

    lane: np.ndarray
    kind: np.ndarray
    requested: np.ndarray
    decided: np.ndarray
    begun: np.ndarray
    advice: np.ndarray
    writing: np.ndarray
    consulted: np.ndarray
    told_refused: np.ndarray
    excepted: np.ndarray
    mediated: np.ndarray
    appealed: np.ndarray
    mediation: np.ndarray
    registered: np.ndarray
    appeal: np.ndarray
    times_factor: np.ndarray
    luck: np.ndarray

    def uniform(self, purpose: int) -> np.ndarray:
        """Return each child's own uniform for a purpose."""
        return streams.as_real(streams.hashed(self.luck, purpose))

    def blocks(self) -> Iterator[slice]:
        """Yield slices that cover the requests; what is worked out on the way is kept for one of them at a time."""
        for first in range(0, self.lane.size, BLOCK):
            yield slice(first, first + BLOCK)

    def rows(self, some: slice) -> EhcRequests:
        """Return some of the requests, as views."""
        return EhcRequests(*(getattr(self, f.name)[some] for f in fields(self)))

    def among(self, kinds: tuple[int, ...]) -> np.ndarray:
        """Return whether each is of one of the kinds."""
        chosen = np.zeros(WITHDRAWN + 1, bool)
        chosen[list(kinds)] = True
        return chosen.take(self.kind)

    @property
    def advice_in(self) -> np.ndarray:
        """The week of the last advice as the law of the weeks has it, (N,), with room for `ehc_clock.NOT_YET`."""
        return self.begun.astype(np.int32) + self.advice

    def unhindered(self, times_factor: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the week advice from elsewhere is in, and the weeks of writing and consultation, by a factor on them.

        Parameters
        ----------
        times_factor : ndarray of float, (N,)
            Weeks over those as published: `times_factor` where advice is never short.
        """
        elsewhere = self.begun + np.rint(self.advice * times_factor).astype(np.int64)
        writing = np.maximum(np.rint(self.writing * times_factor).astype(np.int64), 1)
        consulted = np.maximum(np.rint(self.consulted * times_factor).astype(np.int64), LEAST_CONSULTED)
        return elsewhere, writing, np.where(self.consulted > 0, np.minimum(consulted, writing), 0)

    @cached_property
    def advised(self) -> np.ndarray:
        """The week of the last advice where all that makes a plan late is the wait for it, (N,).

        As long before the end of the assessment as writing takes where advice is never short.
        """
        out = np.empty(self.lane.size, np.int32)
        for some in self.blocks():
            part = self.rows(some)
            writing = part.unhindered(np.minimum(part.times_factor, 1.0))[1]
            out[some] = part.advice_in + part.writing - writing
        return out

    def dispute(self, refused: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the weeks of `ehc_clock.settled` for refusals told in given weeks."""
        return ehc_clock.settled(
            refused, self.mediated, self.appealed, self.mediation, self.registered, self.appeal
        )


def concatenate(parts: list[EhcRequests]) -> EhcRequests:
    """Return children of several years as one; `parts` is emptied."""
    columns = [[getattr(part, f.name) for part in parts] for f in fields(EhcRequests)]
    parts.clear()  # each column is let go as the next is made: there are some hundred MB of them
    return EhcRequests(*(np.concatenate(columns.pop(0)) for _ in fields(EhcRequests)))


def numbers(plans: np.ndarray, rates: Rates, disputes: Law, year: int) -> list[np.ndarray]:
    """Return how many requests of each kind stand behind a year's plans, (draw,) each.

    The published shares are of outcomes as they stand, so that decisions overturned are among the requests assessed
    and the assessments with a plan: refusals at first are those that stand and those overturned.
    """
    planned, assessed_share = rates.at("planned", year), rates.at("assessed", year)
    assessed = np.rint(plans / planned)
    requests = np.rint(assessed / assessed_share)
    refused_share = rates.at("refused of rest", year)
    standing = (1.0 - assessed_share) * refused_share / assessed_share
    back = np.minimum(standing * disputes.refusals["to assess"].overturned(), MOST_RETURNED)
    not_issued = (1.0 - planned) * rates.at("not issued of rest", year) / planned
    ordered = np.minimum(not_issued * disputes.refusals["to issue"].overturned(), MOST_RETURNED)
    back_assessed, back_planned = np.rint(assessed * back), np.rint(plans * back)
    made_later = np.rint((plans - back_planned) * ordered)
    no_plan = (assessed - plans) - (back_assessed - back_planned)
    refused = np.rint((requests - assessed) * refused_share)
    found = [
        plans - back_planned - made_later,
        no_plan,
        made_later,
        back_planned,
        back_assessed - back_planned,
        refused,
        requests - assessed - refused,
    ]
    return [n.astype(np.int64) for n in found]


def children_of(
    plans: np.ndarray,
    rates: Rates,
    disputes: Law,
    year: int,
    place: tuple[float, float],
    through: YearWeeks,
    keys: np.ndarray,
) -> EhcRequests:
    """Return the requests behind a year's plans.

    Plans are issued evenly over the year, and all that leads to them is counted back from there, so that a year has
    the plans that it was given and the share in time that its law says.

    Parameters
    ----------
    plans : ndarray of int, (draw,)
    rates : Rates
    disputes : Law
    year : int
    place : tuple of float
        First week of the year and weeks in it.
    through : YearWeeks
        The weeks that plans of the year take (`within_year.weeks_by_year`).
    keys : ndarray of uint64, (draw,)

    Returns
    -------
    EhcRequests
    """
    draws = plans.size
    parts = []
    for kind, count in enumerate(numbers(plans, rates, disputes, year)):
        lane = np.repeat(np.arange(draws), count)
        nth = np.arange(lane.size) - np.repeat(np.cumsum(count) - count, count)
        x = through.ends(lane, (nth + 0.5) / np.maximum(count, 1)[lane])
        counter = (nth * 8 + kind).astype(np.uint64) + np.uint64(year << 32)
        parts.append((lane, np.full(lane.size, kind), x, streams.hashed(keys[lane], counter)))
    lane, kinds, x, luck = (np.concatenate(column) for column in zip(*parts, strict=True))
    end = np.floor(place[0] + place[1] * x).astype(np.int64)

    def uniform(purpose: int) -> np.ndarray:
        return streams.as_real(streams.hashed(luck, purpose))

    prompt, spread = rates.at("decided in time", year), rates.at("spread", year)
    excepted = uniform(2) < rates.at("exceptions", year)[lane]
    ordinary = np.isin(kinds, (PLAN, RETURNED_PLAN))
    plan = np.where(excepted, through.excepted.at(lane, x), through.plan.at(lane, x))
    median = np.exp(np.where(ordinary, plan, through.not_issued.at(lane, x)))
    noise = np.exp(spread[lane] * special.ndtri(np.clip(uniform(3), 2.0**-53, 1 - 2.0**-53)))
    weeks = median * noise
    told_refused = (kinds == PLAN_ORDERED) | (
        np.isin(kinds, (NO_PLAN, RETURNED_NO_PLAN))
        & (uniform(4) < rates.at("not issued of rest", year)[lane])
    )
    overturned = np.isin(kinds, (PLAN_ORDERED, *RETURNED))
    paths = {
        name: disputes.refusals[name].paths(overturned, lane, uniform(5))
        for name in ("to assess", "to issue")
    }
    first = np.isin(kinds, REFUSED_FIRST)
    mediated, appealed = (
        np.where(first, at_request, told_refused & at_issue)
        for at_request, at_issue in zip(paths["to assess"], paths["to issue"], strict=True)
    )
    mediation, registered, appeal = disputes.times(lane, uniform(6))
    total = np.maximum(np.ceil(weeks).astype(np.int64), 1)
    # a draft is made as far before the plan as the law has it; a decision not to issue is told at the draft's turn
    advice_part = np.where(ordinary, ADVICE_SHARE, ADVICE_SHARE / (1.0 - CONSULTED_SHARE))
    advice = np.minimum(np.floor(advice_part * weeks).astype(np.int64), total)
    consulted = np.maximum(np.rint(CONSULTED_SHARE * weeks).astype(np.int64), LEAST_CONSULTED)
    consulted = np.where(ordinary, np.minimum(consulted, total - advice), 0)
    told = decision_weeks(prompt[lane], uniform(1))
    lasts = ehc_clock.settled(np.zeros_like(total), mediated, appealed, mediation, registered, appeal)[2]
    begun = end - total - np.where(kinds == PLAN_ORDERED, lasts + AFTER_ORDER_WEEKS, 0)
    decided = begun - np.where(first, lasts, 0)
    # one that is not assessed was made as long before as one that ends in a plan in the same week
    as_plan = np.maximum(np.ceil(np.exp(plan) * noise).astype(np.int64), 1)
    decided = np.where(np.isin(kinds, (REFUSED, WITHDRAWN)), end - as_plan, decided)
    columns = (
        *(lane, kinds, decided - told, decided, begun, advice, total - advice, consulted, told_refused),
        *(excepted, mediated.astype(bool), appealed.astype(bool), mediation, registered, appeal),
        np.exp(np.minimum(through.quicker.at(lane, x), 0.0)),
        luck,
    )
    return EhcRequests(*(_narrow(one) if one.dtype == np.int64 else one for one in columns))


def _narrow(column: np.ndarray) -> np.ndarray:
    """Return a column in 16 bits where two of its values add up in them, else in 32.

    A large area has some ten million requests over all draws. Weeks that may be `ehc_clock.NOT_YET` need 32 bits.
    """
    widest = max(abs(int(column.min(initial=0))), int(column.max(initial=0)))
    return column.astype(np.int16 if widest < 2**14 else np.int32)
