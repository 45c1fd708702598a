"""Settings by need of an area in which few have a need: drawn to the area's own total and to England's of the need."""

from __future__ import annotations

import numpy as np

from sendneeds.foundation.placements import SETTINGS

NEED_PRIOR = 60.0
"""Children's worth of the settings that the area's own total and England's settings of a need make likely, beside the
area's own of that need: the greatest likelihood on the development areas (``data/_build/place_mix_fit.py``)."""


def as_shares(array: np.ndarray) -> np.ndarray:
    """Return an array over its sums along the last axis; 0 where they are."""
    return array / np.maximum(array.sum(axis=-1, keepdims=True), 1e-12)


def expected_by_need(counts: np.ndarray, nation: np.ndarray) -> np.ndarray:
    """Return the settings of each need as England's are, times the area's total over what England's would make of it.

    Parameters
    ----------
    counts, nation : ndarray of float, (N, S)
        Children of the area, and of England, by need and setting.

    Returns
    -------
    ndarray of float, (N, S)
        Shares: each need adds up to 1. A need is left out of the area's total that it is set beside.

    Examples
    --------
    >>> england = np.array([[50.0, 50.0], [80.0, 20.0]])
    >>> area = np.array([[0.0, 0.0], [4.0, 6.0]])  # (4 + 1) / (8 + 1) and (6 + 1) / (2 + 1) times as many as England's
    >>> expected_by_need(area, england).round(3).tolist()
    [[0.192, 0.808], [0.8, 0.2]]
    """
    share = as_shares(nation)
    usual = counts.sum(axis=1, keepdims=True) * share
    others, expected = counts.sum(axis=0) - counts, usual.sum(axis=0) - usual
    # as though one child more of each setting were where it is expected, so that few do not decide
    ratio = (others + 1.0) / (expected + 1.0)
    return as_shares(share * ratio)


def prior_by_need(table: np.ndarray, national: np.ndarray) -> np.ndarray:
    """Return `NEED_PRIOR` children of each need by phase and setting, as `expected_by_need` has them.

    Parameters
    ----------
    table, national : ndarray of float, (N, P, S of COLUMNS)
        Children of the area, and of England.

    Returns
    -------
    ndarray of float, (N, P, S)
    """
    width = len(SETTINGS)
    own, nation = table[..., :width], national[..., :width]
    by_need = NEED_PRIOR * expected_by_need(own.sum(axis=1), nation.sum(axis=1))
    return by_need[:, None] * nation / np.maximum(nation.sum(axis=1, keepdims=True), 1e-12)
