"""Annual reviews that fall due, are held as far as there is room, and are overdue.

overdue[t + 1] = max(overdue[t] + due[t] - room[t], 0),    held[t] = overdue[t] + due[t] - overdue[t + 1]
"""

from __future__ import annotations

import numpy as np


def held(due: np.ndarray, room: np.ndarray, opening: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return reviews held each week and overdue at the start of each, the longest overdue first.

    Parameters
    ----------
    due : ndarray of int, (T, L)
    room : ndarray of int, (T, L)
        Reviews that can be held a week; what is not needed is lost.
    opening : ndarray of int, (L,)
        Overdue at the start.

    Returns
    -------
    held : ndarray of int, (T, L)
    overdue : ndarray of int, (T + 1, L)

    Examples
    --------
    >>> done, left = held(np.array([[3], [0], [1]]), np.full((3, 1), 2), np.array([1]))
    >>> done.ravel().tolist(), left.ravel().tolist()
    ([2, 2, 1], [1, 2, 0, 0])
    """
    overdue = np.zeros((len(due) + 1, due.shape[1]), dtype=np.int64)
    overdue[0] = opening
    for week, came in enumerate(due):
        overdue[week + 1] = np.maximum(overdue[week] + came - room[week], 0)
    return overdue[:-1] + due - overdue[1:], overdue


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
