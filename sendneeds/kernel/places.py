"""Placements by need and setting, filled in order with a ceiling on each setting, the overflow passed on.

Lanes (draws) are last. Counts are whole, and every child is placed or awaits a place.
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel.cohort import apportion

NOWHERE = -1
"""Where the overflow of a setting goes when it goes to no other: the child awaits a place."""


def wanted(children: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """Return the children who want each setting, whole numbers that add up to the children.

    Parameters
    ----------
    children : ndarray of int, (G, L)
        Children by group (need and phase).
    mix : ndarray of float, (G, S)
        Weights of the settings for each group, of any scale.

    Returns
    -------
    ndarray of int64, (S, G, L)

    Examples
    --------
    >>> wanted(np.array([[10]]), np.array([[3.0, 1.0]]))[:, 0, 0].tolist()
    [8, 2]
    """
    groups, lanes = children.shape
    weights = np.repeat(mix.T[:, :, None], lanes, axis=2).reshape(mix.shape[1], -1)
    return apportion(children.reshape(-1), weights).reshape(-1, groups, lanes)


def filled(want: np.ndarray, ceiling: np.ndarray, passed_to: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Fill settings in order; where a setting is full the rest go to another later in the order, or await a place.

    Parameters
    ----------
    want : ndarray of int, (S, G, L)
        Children by the setting they want, in the order in which settings are filled.
    ceiling : ndarray of int, (S, L)
        Places; negative where there is no ceiling.
    passed_to : list of int
        For each setting, the setting that its overflow goes to, later in the order, or `NOWHERE`.

    Returns
    -------
    placed : ndarray of int64, (S, G, L)
    unplaced : ndarray of int64, (S, G, L)
        Children whom a setting could not take, by that setting; those of a setting whose overflow goes nowhere await
        a place.

    Examples
    --------
    >>> placed, unplaced = filled(np.array([[[5]], [[1]]]), np.array([[3], [-1]]), [1, NOWHERE])
    >>> placed[:, 0, 0].tolist(), unplaced[:, 0, 0].tolist()
    ([3, 3], [2, 0])
    """
    coming = want.astype(np.int64)
    placed, unplaced = np.zeros_like(coming), np.zeros_like(coming)
    for setting, (room, after) in enumerate(zip(ceiling, passed_to, strict=True)):
        here = coming[setting]
        total = here.sum(axis=0)
        most = np.where(room < 0, total, np.minimum(room, total))
        placed[setting] = _split(most, here)
        unplaced[setting] = here - placed[setting]
        if after != NOWHERE:
            coming[after] += unplaced[setting]
    return placed, unplaced


def _split(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Split totals (L,) no larger than the weights' sum by whole weights (G, L), exactly; ties go to the first."""
    whole = np.maximum(weight.sum(axis=0), 1)
    parts, left_over = np.divmod(total * weight, whole)
    rank = np.argsort(np.argsort(-left_over, axis=0, kind="stable"), axis=0, kind="stable")
    return parts + (rank < total - parts.sum(axis=0))


def opened(base: np.ndarray, openings: list[tuple[int, int, int, int]], years: int) -> np.ndarray:
    """Return places by year and setting, new ones filling in equal parts over some years.

    Parameters
    ----------
    base : ndarray of int, (S,)
        Places at the start; negative where there is no ceiling.
    openings : list of (setting, year, places, years to fill)
        The year is counted from 0; a negative number of places is a closure.
    years : int

    Returns
    -------
    ndarray of int64, (Y, S)

    Examples
    --------
    >>> opened(np.array([100, -1]), [(0, 1, 30, 3)], 5)[:, 0].tolist()
    [100, 110, 120, 130, 130]
    """
    out = np.repeat(base[None, :].astype(np.int64), years, axis=0)
    for setting, year, places, fill in openings:
        if base[setting] >= 0:
            for later in range(year, years):
                out[later, setting] += places * min(later - year + 1, fill) // fill
    return np.where(base[None, :] < 0, -1, np.maximum(out, 0))
