"""Staff in post to whole appointment slots a week."""

from __future__ import annotations

import numpy as np


def whole_slots(expected: np.ndarray) -> np.ndarray:
    """Return whole slots a week from expected ones; what is left of a slot is carried, so nothing drifts.

    Parameters
    ----------
    expected : ndarray of float, (T, L)
        Slots a week, not negative.

    Returns
    -------
    ndarray of int32, (T, L)
        Differences of the floored running sum: it never strays a whole slot from the expectation.

    Examples
    --------
    >>> whole_slots(np.full((5, 1), 1.5)).ravel()
    array([1, 2, 1, 2, 1], dtype=int32)
    """
    total = np.floor(np.cumsum(expected, axis=0) + 1e-9).astype(np.int64)
    return np.diff(total, axis=0, prepend=0).astype(np.int32)


def posts_in_work(
    weeks: int, hired: np.ndarray, size: np.ndarray, ramp: int, first: float = 0.5
) -> np.ndarray:
    """Return whole-time equivalents at work from posts filled at known weeks.

    Parameters
    ----------
    weeks : int
        T.
    hired : ndarray of float, (post, L)
        Week in which each post is filled.
    size : ndarray of float, (post, L)
        Whole-time equivalents of each post.
    ramp : int
        Weeks over which a new post rises in equal steps from `first` to full pace.
    first : float
        Pace in the first week.

    Returns
    -------
    ndarray of float, (T, L)

    Examples
    --------
    >>> posts_in_work(5, np.array([[1.0]]), np.array([[2.0]]), ramp=2).ravel()
    array([0. , 1. , 1.5, 2. , 2. ])
    """
    out = np.zeros((weeks, hired.shape[1]))
    time = np.arange(weeks)[:, None]
    for start, wte in zip(np.ceil(hired), size, strict=True):
        since = time - start[None, :]
        pace = np.clip(first + (1 - first) * since / ramp, first, 1.0)
        out += np.where(since >= 0, pace, 0.0) * wte[None, :]
    return out
