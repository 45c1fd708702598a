"""The cohort of plans: stocks and flows by need and age, run to the totals wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.evidence.series import flows as published_flows
from sendneeds.evidence.series import implausible_new_plans
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import AGES
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need.cohort import rates
from sendneeds.need.cohort.area_rates import AreaRates, area_evidence
from sendneeds.need.cohort.individual import individual_plans
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.population import residents
from sendneeds.need.inputs.reform import Cut, SpecialistPlans, solved_cut
from sendneeds.need.inputs.setup import Setup
from sendneeds.need.inputs.transitions import transition_draws
from sendneeds.need.total.trend import SCORED_YEARS

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

LEAST_OVER = 3
"""Years over whose mean the least new plans of the next are reckoned (``cohort_least_new``)."""


class Plans(NamedTuple):
    """Plans over the years: ``stock`` (year, need, age, draw) and the flows between (calendar year, ...).

    ``cut`` (calendar year, draw), ``ceased_by_reason`` (calendar year, reason, draw) and ``to_individual`` (as
    ``ceased``) are parts of ``ceased``. ``individual`` is the stock of individual support plans, ``instead`` those
    given in place of a new plan; without a reform the three of them have no year.
    """

    stock: np.ndarray
    new: np.ndarray
    moved_in: np.ndarray
    ceased: np.ndarray
    aged_out: np.ndarray
    cut: np.ndarray
    changed_need: np.ndarray
    ceased_by_reason: np.ndarray
    individual: np.ndarray
    to_individual: np.ndarray
    instead: np.ndarray

    def with_plan(self) -> np.ndarray:
        """Return children with a plan of either kind, (year, age, draw)."""
        plans = self.stock.sum(axis=1)
        return plans + self.individual.sum(axis=1) if len(self.individual) else plans


def new_plans_beyond(
    flows: Sequence[np.ndarray], heads: np.ndarray, years_on: int, growth: str = "flat"
) -> np.ndarray:
    """Return new plans of a year after the scored ones, by need and lane: as many a head as in the last three of those.

    Parameters
    ----------
    flows : sequence of ndarray, shape (need, lane)
        New plans of the scored calendar years, in order; at least three.
    heads : ndarray, shape (calendar year, lane)
        Residents at the close of each calendar year, the scored ones and those after.
    years_on : int
        Calendar years since the last scored one, from 1.
    growth : {"flat", "halving"}
        ``flat`` holds them; ``halving`` lets the yearly growth of the scored years go on, each year half of the year
        before.

    Returns
    -------
    ndarray of int64, shape (need, lane)

    Examples
    --------
    >>> flows = [np.array([[n]]) for n in (80, 90, 100, 110, 120)]
    >>> heads = np.full((7, 1), 1000.0)
    >>> new_plans_beyond(flows, heads, 1).tolist(), new_plans_beyond(flows, heads, 2, "halving").tolist()
    ([[110]], [[131]])
    """
    scored = len(flows)
    now = heads[scored + years_on - 1]
    a_head = np.mean([f / heads[t] for t, f in enumerate(flows)][-3:], axis=0)
    times = 1.0
    if growth == "halving":
        total = np.log([np.maximum(f.sum(axis=0), 1) / heads[t] for t, f in enumerate(flows)])
        year = np.arange(scored) - (scored - 1) / 2
        yearly = (year[:, None] * total).sum(axis=0) / (year**2).sum()
        # the mean of three years stands one year before the last of them
        times = np.exp(yearly * (2 - 0.5**years_on))
    return np.rint(a_head * times * now).astype(np.int64)


def run_cohort(
    setup: Setup, target: np.ndarray, change: NeedChange, issued: np.ndarray | None = None
) -> tuple[AreaRates, Plans, Cut | None]:
    """Step the cohort from the last January to meet the targets.

    A change of flows is run on top: the new plans that met the targets are kept, multiplied, and the stock
    follows.

    Parameters
    ----------
    setup : Setup
    target : ndarray of int, shape (H, need, lane)
    change : NeedChange
    issued : ndarray, shape (calendar year, lane), optional
        Share of the new plans of each year that is issued in it, where staff hold plans up; over 1 where they catch up.

    Returns
    -------
    (AreaRates, Plans, Cut or None)
        The rates of the last block (their notes are alike), all lanes, and the cut of new plans that a fall from the
        peak takes.
    """
    area, england, start, seed = setup.area, setup.england, setup.start, setup.seed
    nation = _nation(england, start, seed)
    table = england.table("cohort_constants")
    constants = dict(zip(table["name"], table["value"].astype(float), strict=True))
    known = area_evidence(area, england, nation, setup.people.central()[0], constants)
    calendar = list(range(start, setup.to))
    recent = new_plans_before(area, start)
    parts = []
    cut: Cut | None = None
    for block in setup.blocks:
        lanes = slice(block * SEED_BLOCK, (block + 1) * SEED_BLOCK)
        stream = generator(seed, area.code, "plans", "rates", block=block)
        own = known.draw(stream, SEED_BLOCK)
        people = setup.people.persons[..., lanes]
        leave = np.repeat(own.leave[None, None], len(calendar), axis=0)
        recode = None
        if area.has("transitions"):
            history = generator(seed, area.code, "plans", "transitions", block=block)
            by_need, recode = transition_draws(area.table("transitions"), own.leave, history)
            leave = np.repeat(by_need[None], len(calendar), axis=0)
        drawn = generator(seed, area.code, "plans", "opening", block=block)
        opening = stock.plan_draws(area, start, drawn, SEED_BLOCK)
        luck = (seed, area.code, "plans", "cohort")
        wanted = target[..., lanes]
        beyond = setup.beyond if change.growth == "rule" else None
        least = constants["cohort_least_new"], recent
        made = _block(
            opening,
            own,
            leave,
            wanted,
            people,
            generator(*luck, block=block),
            recode=recode,
            beyond=beyond,
            least=least,
        )
        if change.acts_on_flows or issued is not None:
            # a new plan is counted at the age its year closes, the ratio works on the age it opens
            starts = change.plans_started(area, calendar, block, seed)
            if issued is not None:
                starts = starts * issued[:, None, lanes]
            leave = np.clip(leave * change.multipliers("ceased", calendar, block, seed)[:, None], 0, 1)
            leave[:, :, -1] = 1.0
            moves = np.zeros((len(calendar), len(AGES)))
            if change.reviews is not None:
                moves = change.reviews.chances(calendar)
            gone = 1 - (1 - leave) * (1 - moves[:, None, :, None])
            lane = _Lane(made, starts, opening, own, gone, wanted, people, recode, (*luck, block))
            left_out = np.zeros(len(calendar))
            if change.specialist is not None and change.specialist.year < setup.to:
                cut = cut or _cut(setup, change.specialist, lane)
                left_out = cut.share * change.specialist.parts(calendar)
            before, made = made, lane.again(left_out)
            if change.reforms:
                all_made = before.new * np.roll(starts, 1, axis=1)[:, None]
                short = np.rint(all_made.sum(axis=2)).astype(np.int64) - made.new.sum(axis=2)
                short[left_out == 0] = 0
                stream = generator(seed, area.code, "plans", "individual", block=block)
                kept = individual_plans(made.ceased, leave, moves, np.maximum(short, 0), all_made, stream)
                made = made._replace(
                    individual=kept.stock, to_individual=kept.from_plan, instead=kept.instead
                )
        ended = made.ceased - made.to_individual if len(made.to_individual) else made.ceased
        split = _by_reason(
            ended, own.reason_shares, generator(seed, area.code, "plans", "reason", block=block)
        )
        parts.append(made._replace(ceased_by_reason=split))
    return own, Plans(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True))), cut


class _Lane(NamedTuple):
    """A block of lanes that met its targets, and what it takes to step it again with fewer new plans.

    ``starts`` is the factor on new plans (calendar year, age at the opening, lane), ``gone`` the chance that a plan
    ends or becomes an individual support plan.
    """

    made: Plans
    starts: np.ndarray
    opening: np.ndarray
    own: AreaRates
    gone: np.ndarray
    wanted: np.ndarray
    people: np.ndarray
    recode: np.ndarray | None
    luck: tuple

    def again(self, left_out: np.ndarray) -> Plans:
        """Step again with a share of the new plans of each calendar year not made."""
        more = np.roll(self.starts * (1 - left_out)[:, None, None], 1, axis=1)
        new = np.rint((self.made.new * more[:, None]).sum(axis=2)).astype(np.int64)
        *words, block = self.luck
        stream, given = generator(*words, block=block), (new, self.made.cut)
        return _block(
            self.opening, self.own, self.gone, self.wanted, self.people, stream, given, more, self.recode
        )


def new_plans_before(area: Area, start: int) -> list[float]:
    """Return the published new plans of the last `LEAST_OVER` calendar years before a January, oldest first.

    Years that are not published, or whose count is implausible, are left out.

    Examples
    --------
    >>> import sendneeds as sn
    >>> new_plans_before(sn.open_area("bedford"), 2025)
    [228.0, 340.0, 358.0]
    """
    known, doubted = published_flows(area, "new_plans"), implausible_new_plans(area)
    years = range(start - LEAST_OVER, start)
    return [float(known[year]) for year in years if year in known.index and year not in doubted]


def _cut(setup: Setup, wanted: SpecialistPlans, lane: _Lane) -> Cut:
    """Return the cut of new plans with which mean plans fall as wanted; the same for all blocks of lanes."""
    if setup.to < wanted.by:
        raise DomainError(
            f"Plans are to fall by January {wanted.by}, and the projection ends in January {setup.to}: project to "
            f"{wanted.by} (to={wanted.by})."
        )
    parts = wanted.parts(list(range(setup.start, setup.to)))
    none, every = (
        lane.again(share * parts).stock.sum(axis=(1, 2), dtype=np.int64).mean(axis=-1) for share in (0.0, 1.0)
    )
    return solved_cut(none, every, setup.start, wanted)


@lru_cache(maxsize=4)
def _nation(england: Area, start: int, seed: int) -> rates.NationalRates:
    """Return England's rates, worked out once for all areas of a run."""
    start = max(start, stock.matched_stocks(england)[0] + 1)  # the close of the year that the rates are of
    people = residents(england, start, start, generator(seed, "nation", "population"), SEED_BLOCK)
    return rates.national_rates(england, people.central()[0])


def _block(
    opening: np.ndarray,
    own: AreaRates,
    leave: np.ndarray,
    target: np.ndarray,
    persons: np.ndarray,
    stream: np.random.Generator,
    given: tuple[np.ndarray, np.ndarray] | None = None,
    tilt: np.ndarray | None = None,
    recode: np.ndarray | None = None,
    beyond: str | None = None,
    least: tuple[float, Sequence[float | np.ndarray]] = (0.0, ()),
) -> Plans:
    """Step one seed block of lanes through all years.

    With `least`, a share and the new plans of the years before the start, no year meets its target by fewer new plans
    than that share of the mean of the three years before it: more plans end instead, as the record of areas has it.
    With `beyond` the targets are met in the scored years, and new plans are given by `new_plans_beyond` after
    them. Where the new plans (calendar year, need, lane) and cuts (calendar year, lane) are given the targets are not
    used, and `tilt` (calendar year, age, lane) bends the ages at which plans are new.
    """
    now = opening
    hazard = np.zeros_like(own.hazard)
    hazard[:, 1:] = own.hazard[:, :-1]  # the kernel counts a new plan at the age the year closes
    moved_weight = np.append(0.0, own.moved_weight[:-1])
    stocks = [now.astype(np.int32)]
    flows: list[cohort.Year] = []
    share, made = least[0], list(least[1])
    for t, wanted in enumerate(target):
        moved = np.rint(own.moved_in_rate * now.sum(axis=(0, 1))).astype(np.int64)
        new, cut = (None, None) if given is None else (given[0][t], given[1][t])
        if beyond is not None and t >= SCORED_YEARS:
            scored = [flow.new.sum(axis=1) for flow in flows[:SCORED_YEARS]]
            new = new_plans_beyond(scored, persons[1:].sum(axis=1), t - SCORED_YEARS + 1, beyond)
        recent = made[-LEAST_OVER:]
        floor = np.floor(share * sum(recent, np.zeros(now.shape[-1])) / max(len(recent), 1)).astype(np.int64)
        bent = hazard if tilt is None else hazard * tilt[t]
        step = cohort.year(
            now, leave[t], moved, moved_weight, wanted, bent, persons[t + 1], stream, new, cut, recode, floor
        )
        now = step.closing
        stocks.append(now)
        flows.append(step)
        made.append(step.new.sum(axis=(0, 1)))
    names = ("new", "moved_in", "ceased", "aged_out", "cut", "changed_need")
    by_name = {name: np.stack([getattr(f, name) for f in flows]) for name in names}
    none = np.zeros((0, 1, 1, opening.shape[-1]), dtype=np.int32)
    rest = dict.fromkeys(("individual", "to_individual", "instead"), none)
    return Plans(stock=np.stack(stocks), **by_name, ceased_by_reason=np.empty(0), **rest)


def _by_reason(ceased: np.ndarray, shares: np.ndarray, stream: np.random.Generator) -> np.ndarray:
    """Divide plans that ended (calendar year, need, age, lane) by reason, shape (calendar year, reason, lane)."""
    out = np.zeros((len(ceased), ceased.shape[-1], shares.shape[1]), dtype=np.int64)
    for (first, last), chances in zip(rates.CEASED_BANDS, shares, strict=True):
        # the kernel counts at closing ages, one more than the opening age of the band
        count = ceased[:, :, first + 1 : last + 2].sum(axis=(1, 2))
        out += stream.multinomial(count, chances)
    return out.transpose(0, 2, 1).astype(np.int32)
