"""One year of children with a plan: age on, cease, move in, join, up to a given total.

For each need n and age a, with the opening stock P aged on by a year,

    P'[n, a] = P[n, a - 1] - ceased + changed need + moved in + new

where ceased is binomial, those who change need are multinomial, and new plans are what a given total for the need asks
for besides, shared over ages by the hazard of a child without a plan times the number of such children.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Year(NamedTuple):
    """One year of stock and flow, each int32 of shape (need, age, lane), ages as at the close.

    ``closing = aged-on opening - ceased + changed_need + moved_in + new``; children who pass the last age are in
    ``aged_out``, shape (need, lane), and not in ``ceased``. ``cut``, shape (lane,), counts those of ``ceased`` who
    were ended at random, beyond those who leave, to meet the target. ``changed_need``, shape (need, age, lane), is the
    net of those whose primary need was changed: it adds up to 0 over needs.
    """

    closing: np.ndarray
    ceased: np.ndarray
    moved_in: np.ndarray
    new: np.ndarray
    aged_out: np.ndarray
    cut: np.ndarray
    changed_need: np.ndarray


def apportion(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Split integer totals by weight along the first axis, by largest remainder.

    Parameters
    ----------
    total : ndarray of int, shape (lane,)
    weight : ndarray of float, shape (part, lane)
        Not negative. A lane whose weights are all 0 is split evenly.

    Returns
    -------
    ndarray of int64, shape (part, lane)
        Sums to `total`; ties go to the first part.

    Notes
    -----
    Hamilton's method of apportionment.

    Examples
    --------
    >>> apportion(np.array([10]), np.array([[1.0], [1.0], [1.0]])).ravel()
    array([4, 3, 3])
    """
    summed = weight.sum(axis=0)
    share = np.where(summed > 0, weight / np.where(summed > 0, summed, 1), 1 / len(weight))
    exact = share * total
    parts = np.floor(exact).astype(np.int64)
    left = total - parts.sum(axis=0)
    over = parts - exact  # the largest remainders first
    last = np.take_along_axis(np.sort(over, axis=0), np.maximum(left - 1, 0)[None], axis=0)
    more, tied = over < last, over == last
    more |= tied & (np.cumsum(tied, axis=0) <= left - more.sum(axis=0))
    return parts + more


def year(
    opening: np.ndarray,
    leave: np.ndarray,
    moved_total: np.ndarray,
    moved_weight: np.ndarray,
    target: np.ndarray,
    hazard: np.ndarray,
    residents: np.ndarray,
    generator: np.random.Generator,
    new_by_need: np.ndarray | None = None,
    cut: np.ndarray | None = None,
    recode: np.ndarray | None = None,
    least: np.ndarray | None = None,
) -> Year:
    """Step a cohort by one year and meet the target stock of every need where that is feasible.

    Survivors are binomial; children who move in fall as `moved_weight` times the survivors; new plans are
    what the target leaves, spread over ages by multinomial draws with weights hazard x children
    without a plan (the law of independent Poisson counts given their sum). Where a need's target lies
    below its survivors its share goes to the other needs; only where the sum of targets leaves room for fewer new plans
    than `least` (0 if left out) are further plans ended, at random.

    Parameters
    ----------
    opening : ndarray of int, shape (need, age, lane)
        Plans at the opening, by age then.
    leave : ndarray of float, broadcast to (need, age, lane)
        Chance that a plan held at this opening age ends within the year.
    moved_total : ndarray of int, shape (lane,)
        Plans moved in.
    moved_weight : ndarray of float, shape (age,)
        Relative rate of moving in, by closing age.
    target : ndarray of int, shape (need, lane)
        Plans wanted at the close.
    hazard : ndarray of float, shape (need, age, lane)
        Relative rate at which children without a plan get one, by closing age.
    residents : ndarray of int, shape (age, lane)
        Children who live in the area at the close, the bound on plans.
    generator : numpy.random.Generator
        Draws in this order: binomial over (need, age, lane), multinomial over (lane), multinomial over
        (need, lane), then whatever excess over `residents` has to be placed again.
    new_by_need : ndarray of int, shape (need, lane), optional
        New plans of every need, known already; `target` is then not used.
    cut : ndarray of int, shape (lane,), optional
        With `new_by_need`: plans to end at random besides.
    recode : ndarray of float, shape (need, lane, need), optional
        Chance that a plan kept under one need is held under another a year on; drawn after those that end,
        multinomial over (age, lane) need by need.
    least : ndarray of int, shape (lane,), optional
        New plans that are made at least, over all needs; not used with `new_by_need`. Where no need falls short of its
        target they go to needs by hazard x children without a plan.

    Returns
    -------
    Year

    Examples
    --------
    >>> opening = np.full((1, 3, 1), 10)
    >>> step = year(opening, np.zeros((1, 3, 1)), np.array([0]), np.ones(3), np.array([[25]]),
    ...             np.ones((1, 3, 1)), np.full((3, 1), 100), np.random.default_rng(1))
    >>> int(step.closing.sum()), int(step.aged_out.sum()), int(step.new.sum())
    (25, 10, 5)
    """
    needs, ages, lanes = opening.shape
    ended = generator.binomial(opening, leave)
    alive = opening - ended
    survivors = np.zeros((needs, ages, lanes), dtype=np.int64)
    ceased = np.zeros_like(survivors)
    survivors[:, 1:], ceased[:, 1:] = alive[:, :-1], ended[:, :-1]
    aged_out = alive[:, -1] + ended[:, -1]

    changed = np.zeros_like(survivors)
    if recode is not None:
        after = np.zeros((ages, lanes, needs), dtype=np.int64)
        for need in range(needs):
            after += generator.multinomial(survivors[need], recode[need])
        changed = after.transpose(2, 0, 1) - survivors
        survivors = survivors + changed
    # who moves in is like those who are here: need and age by the stock, age besides by `moved_weight`
    weight = (survivors * moved_weight[:, None]).reshape(needs * ages, lanes).T
    moved = generator.multinomial(moved_total, _chances(weight)).T.reshape(needs, ages, lanes)
    held = survivors + moved

    room = np.maximum(residents - held.sum(axis=0), 0)
    rate = (hazard * room).transpose(0, 2, 1)
    if new_by_need is not None:
        cuts = np.zeros(lanes, dtype=np.int64) if cut is None else cut.astype(np.int64)
    else:
        # a need above its target takes nothing, and what it has too much the other needs go without: the total holds
        want = np.maximum(target - held.sum(axis=1), 0)
        joining = target.sum(axis=0) - held.sum(axis=(0, 1))
        made = np.maximum(joining, 0 if least is None else least)
        cuts = np.minimum(made - joining, survivors.sum(axis=(0, 1)))
        weight = np.where(want.any(axis=0), want, rate.sum(axis=2))
        new_by_need = apportion(made, weight)
    new = generator.multinomial(new_by_need, _chances(rate)).transpose(0, 2, 1)
    if np.any(new.sum(axis=0) > room):
        new = _place_again(new, room, rate, generator)
    for lane in np.flatnonzero(cuts):  # more than the total asked for: some end at random
        extra = generator.multivariate_hypergeometric(
            survivors[:, :, lane].ravel(), min(cuts[lane], survivors[:, :, lane].sum())
        )
        ceased[:, :, lane] += extra.reshape(needs, ages)
        held[:, :, lane] -= extra.reshape(needs, ages)
    as32 = (a.astype(np.int32) for a in (held + new, ceased, moved, new, aged_out, cuts, changed))
    return Year(*as32)


def _chances(weight: np.ndarray) -> np.ndarray:
    """Return weights over the last axis as chances; even chances where all are 0."""
    summed = weight.sum(axis=-1, keepdims=True)
    return np.where(summed > 0, weight / np.where(summed > 0, summed, 1), 1 / weight.shape[-1])


def _place_again(
    new: np.ndarray, room: np.ndarray, rate: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Move new plans from ages that have no more children to ages that have; what no age can take is dropped."""
    new = new.copy()
    for lane in np.flatnonzero((new.sum(axis=0) > room).any(axis=0)):
        while True:
            total = new[:, :, lane].sum(axis=0)
            spare = room[:, lane] - total
            if not np.any(spare < 0):
                break
            out = np.zeros(len(new), dtype=np.int64)
            for age in np.flatnonzero(spare < 0):
                cut = generator.multivariate_hypergeometric(new[:, age, lane], int(-spare[age]))
                new[:, age, lane] -= cut
                out += cut
            open_ages = spare > 0
            if not open_ages.any():
                break
            chances = _chances(np.where(open_ages, rate[:, lane] + 1e-12, 0.0))
            new[:, :, lane] += generator.multinomial(out, chances)
    return new
