"""Children with an individual support plan in place of a plan: those who came from one, and those given none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sendneeds.kernel.cohort import apportion


class Individual(NamedTuple):
    """Individual support plans by need, age at the close, and lane.

    ``stock`` is (year, ...); ``from_plan`` and ``instead`` are (calendar year, ...): plans that became one, and those
    given in place of a new plan.
    """

    stock: np.ndarray
    from_plan: np.ndarray
    instead: np.ndarray


def individual_plans(
    ceased: np.ndarray,
    leave: np.ndarray,
    moves: np.ndarray,
    not_made: np.ndarray,
    ages: np.ndarray,
    stream: np.random.Generator,
) -> Individual:
    """Return individual support plans over the years; they end as plans do, and none stands at the start.

    Parameters
    ----------
    ceased : ndarray of int, (calendar year, need, age, lane)
        Plans that ended, those that became individual support plans among them, by age at the close.
    leave : ndarray, (calendar year, need or 1, age, lane)
        Chance that a plan ends otherwise, by age at the opening.
    moves : ndarray, (calendar year, age)
        Chance that a plan that does not end otherwise becomes an individual support plan, by age at the opening.
    not_made : ndarray of int, (calendar year, need, lane)
        New plans that are not made.
    ages : ndarray, (calendar year, need, age, lane)
        Weights of the ages of those children.
    stream : numpy.random.Generator
        Draws, year by year, those among `ceased`, then those whose individual support plan ends.

    Returns
    -------
    Individual

    Examples
    --------
    >>> ceased = np.zeros((2, 1, 3, 1), int)
    >>> ceased[0, 0, 1] = 8
    >>> nobody = np.zeros((2, 1, 3, 1))
    >>> moves = np.array([[0.5, 0, 0], [0, 0, 0]])
    >>> found = individual_plans(ceased, nobody, moves, np.zeros((2, 1, 1), int), nobody, np.random.default_rng(1))
    >>> found.from_plan[0, 0, :, 0].tolist(), found.stock[:, 0, :, 0].tolist()
    ([0, 8, 0], [[0, 0, 0], [0, 8, 0], [0, 0, 8]])
    """
    years, needs, last, lanes = ceased.shape
    moved = moves[:, None, :, None] * (1 - leave)
    gone = np.where(moved > 0, leave + moved, 1.0)
    chance = np.zeros(np.broadcast_shapes(moved.shape, (years, 1, last, lanes)))
    chance[:, :, 1:] = (moved / gone)[:, :, :-1]
    stock = np.zeros((years + 1, needs, last, lanes), dtype=np.int32)
    from_plan, instead = np.zeros_like(stock[1:]), np.zeros_like(stock[1:])
    for t in range(years):
        from_plan[t] = stream.binomial(ceased[t], np.broadcast_to(chance[t], ceased[t].shape))
        weight = ages[t].transpose(1, 0, 2).reshape(last, -1)
        parts = apportion(not_made[t].reshape(-1), weight).reshape(last, needs, lanes)
        instead[t] = parts.transpose(1, 0, 2)
        alive = stock[t] - stream.binomial(stock[t], np.broadcast_to(leave[t], stock[t].shape))
        stock[t + 1, :, 1:] = alive[:, :-1]
        stock[t + 1] += from_plan[t] + instead[t]
    return Individual(stock, from_plan, instead)
