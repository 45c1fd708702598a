"""One list, first in, first out, that nobody leaves unseen: two curves, from which every wait is read (`waits`).

With A[t] those who joined before week t, the opening list among them, and s[t] the slots of a week,

    D[t + 1] = min(D[t] + s[t], A[t + 1]),    waiting at the end of week t = A[t + 1] - D[t + 1]

where D counts those seen. No child has a record. Time leads; lanes (draws, scenarios) are last, contiguous. A list
that children leave, or of which a share is seen at random, is in `waiting_list`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ListPath:
    """The path of one list over T weeks and L lanes; every wait can be read from it.

    Parameters
    ----------
    opening_weeks : int
        O, the length of the opening list by weeks waited.
    arrivals : ndarray, (T, L)
        Children who join, by week.
    waiting : ndarray of int32, (T + 1, L)
        Children waiting, opening in front.
    served : ndarray of int32, (T + 1, L)
        Children seen so far, zero in front.
    joined : ndarray of int32, (O + T + 1, L)
        Children by week of joining, cumulated: row r counts those who joined in a week before r - O.
    """

    opening_weeks: int
    arrivals: np.ndarray
    waiting: np.ndarray
    served: np.ndarray
    joined: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Children seen in each week, (T, L)."""
        return np.diff(self.served, axis=0)


def fifo(arrivals: np.ndarray, slots: np.ndarray, opening: np.ndarray) -> ListPath:
    """Return the path of a list that is first in, first out.

    Parameters
    ----------
    arrivals : ndarray of int32, (T, L)
        Children joining at the start of each week.
    slots : ndarray of int, (T,) or (T, L)
        First appointments offered each week.
    opening : ndarray of int, (O,) or (O, L)
        Children waiting at the start by whole weeks waited; index 0 is under one week.

    Returns
    -------
    ListPath

    Examples
    --------
    >>> path = fifo(np.full((3, 1), 4, np.int32), np.array([5, 5, 5]), np.array([2, 1]))
    >>> path.waiting[:, 0].tolist(), path.seen[:, 0].tolist()
    ([3, 2, 1, 0], [5, 5, 5])
    """
    weeks, lanes = arrivals.shape
    first = as_rows(opening, lanes)
    joined = np.empty((len(first) + weeks + 1, lanes), dtype=np.int32)
    joined[0] = 0
    for row in range(len(first)):
        np.add(joined[row], first[row], out=joined[row + 1])
    for week in range(weeks):
        np.add(joined[len(first) + week], arrivals[week], out=joined[len(first) + week + 1])
    served = _serve(joined[len(first) :], slots)
    return ListPath(len(first), arrivals, joined[len(first) :] - served, served, joined)


def _serve(joined: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """Return those seen so far: the smaller of those joined and those seen before plus this week's slots."""
    served = np.empty_like(joined)
    served[0] = 0
    offered = np.ascontiguousarray(slots, dtype=np.int32)
    if offered.ndim == 1:
        offered = offered[:, None] + np.zeros((1, 1), dtype=np.int32)
    for week in range(len(joined) - 1):
        row = served[week + 1]
        np.add(served[week], offered[week], out=row)
        np.minimum(row, joined[week + 1], out=row)
    return served


def cumulated(rows: np.ndarray, dtype: np.typing.DTypeLike = np.int32) -> np.ndarray:
    """Return running sums with a row of zeros in front."""
    out = np.zeros((len(rows) + 1, *rows.shape[1:]), dtype=dtype)
    for index in range(len(rows)):
        np.add(out[index], rows[index], out=out[index + 1])
    return out


def as_rows(opening: np.ndarray, lanes: int) -> np.ndarray:
    """Return an opening list by whole weeks waited as rows by week of joining, the oldest first, (O, L)."""
    by_age = np.asarray(opening, dtype=np.int32)
    by_age = by_age[:, None] if by_age.ndim == 1 else by_age
    return np.ascontiguousarray(np.broadcast_to(by_age[::-1], (len(by_age), lanes)))
