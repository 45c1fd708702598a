"""The chance that a waiting child leaves unseen, by weeks waited and cause."""

from __future__ import annotations

import numpy as np

Chance = float | np.ndarray
"""A chance a week: one for every lane, (1, L), or by whole weeks waited (K,) or (K, L), the last for longer waits."""


class LeavingLaw:
    """Chances of leaving, in bands of weeks waited within which they are the same.

    A child who would leave by both causes, with chances p and q, counts among those who reach the age limit: it leaves
    with chance 1 - (1 - p)(1 - q), of which the share q / (1 - (1 - p)(1 - q)) is the age limit's.

    Parameters
    ----------
    leaving, age_out : float, ndarray (K,), (1, L) or (K, L), or None
        Chance a week to be removed, and to reach the age limit.

    Attributes
    ----------
    edges : list of int
        Whole weeks waited from which each band runs, the first 0.
    chances, aged : list of ndarray, (1,) or (L,)
        For each band the chance to leave, by either cause, and the share of leavers who reach the age limit.

    Examples
    --------
    >>> law = LeavingLaw(np.array([0.0, 0.0, 0.1]), 0.2)
    >>> law.edges, [chance.round(2).tolist() for chance in law.chances]
    ([0, 2], [[0.2], [0.28]])
    """

    def __init__(self, leaving: Chance | None, age_out: Chance | None) -> None:
        gone, aged = (_by_week(0.0 if chance is None else chance) for chance in (leaving, age_out))
        weeks, lanes = max(len(gone), len(aged)), max(gone.shape[1], aged.shape[1])
        at = np.arange(weeks)
        gone, aged = (
            np.broadcast_to(chance[np.minimum(at, len(chance) - 1)], (weeks, lanes))
            for chance in (gone, aged)
        )
        total = 1.0 - (1.0 - gone) * (1.0 - aged)
        share = np.minimum(np.divide(aged, total, out=np.zeros_like(total), where=total > 0), 1.0)
        changes = np.any((np.diff(gone, axis=0) != 0) | (np.diff(aged, axis=0) != 0), axis=1)
        self.edges = [0, *(np.flatnonzero(changes) + 1).tolist()]
        self.chances, self.aged = ([rows[edge] for edge in self.edges] for rows in (total, share))


def _by_week(chance: Chance) -> np.ndarray:
    array = np.asarray(chance, dtype=float)
    return array.reshape(-1, 1) if array.ndim < 2 else array
