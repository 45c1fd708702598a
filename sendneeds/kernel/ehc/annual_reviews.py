"""A year's annual reviews parted over its weeks, with none lost."""

from __future__ import annotations

import numpy as np


def spread_over(year: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return a year's whole number split over its weeks by weight: the running share, rounded down and differenced.

    Parameters
    ----------
    year : ndarray of int, (L,)
    weight : ndarray of float, (T,)
        0 or more, one of them over 0.

    Returns
    -------
    ndarray of int, (T, L)

    Examples
    --------
    >>> spread_over(np.array([5]), np.array([0.0, 1.0, 1.0])).ravel().tolist()
    [0, 2, 3]
    """
    part = np.cumsum(weight) / weight.sum()
    # the last running share may fall short of 1 by rounding, and must still give the whole year
    curve = np.floor(year[None, :] * part[:, None] + 1e-9).astype(np.int64)
    return np.diff(curve, axis=0, prepend=0)
