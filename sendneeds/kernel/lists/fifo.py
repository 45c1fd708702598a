"""One waiting list served by weekly slots: its path and its cumulative curves.

A week in order: removals leave, arrivals join, slots serve the longest waiters, the stock is recorded. No
child has a record. Because the list is first in, first out, the curve of those seen and the curve of those
who joined and stayed give every wait (`waits`). Time leads; lanes (draws, scenarios) are last, contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.kernel.lists.removals import Removals, serve_with_removals


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
    stayed : ndarray of int32, (O + T + 1, L)
        Children by week of joining who are not removed by the end of the horizon, cumulated: row r counts
        those who joined in a week before r - O.
    removals : Removals
        Who left unseen, as a sparse list.
    """

    opening_weeks: int
    arrivals: np.ndarray
    waiting: np.ndarray
    served: np.ndarray
    stayed: np.ndarray
    removals: Removals

    @property
    def seen(self) -> np.ndarray:
        """Children seen in each week, (T, L)."""
        return np.diff(self.served, axis=0)

    @property
    def removed(self) -> np.ndarray:
        """Children who leave unseen in each week, whatever the cause, (T, L)."""
        return self.removals.by_week(len(self.arrivals), self.waiting.shape[1])

    @property
    def aged_out(self) -> np.ndarray:
        """Those of `removed` who reach the age limit, (T, L)."""
        return self.removals.only_aged_out().by_week(len(self.arrivals), self.waiting.shape[1])


def fifo(
    arrivals: np.ndarray,
    slots: np.ndarray,
    opening: np.ndarray,
    hazard: np.ndarray | float | None = None,
    keys: np.ndarray | None = None,
    age_out: np.ndarray | float | None = None,
) -> ListPath:
    """Return the path of a list that is first in, first out.

    Parameters
    ----------
    arrivals : ndarray of int32, (T, L)
        Children joining at the start of each week.
    slots : ndarray of int, (T,) or (T, L)
        First appointments offered each week.
    opening : ndarray of int, (O,) or (O, L)
        Children waiting at the start by whole weeks waited; index 0 is under one week.
    hazard : float, (1, L), (K, 1) or (K, L), optional
        Chance a week that a waiting child leaves unseen: one number, one a lane, or by whole weeks waited
        (the last holds for longer waits).
    keys : ndarray of uint64, (L,), optional
        From `streams.lane_keys`; needed where children leave.
    age_out : float, (1, L), (K, 1) or (K, L), optional
        Chance a week that a waiting child reaches the age limit, by whole weeks waited like `hazard`.

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
    if hazard is not None or age_out is not None:
        if keys is None:
            raise TypeError("fifo needs keys where children leave")
        cohorts = np.concatenate([first, arrivals.astype(np.int32, copy=False)])
        served, removals = serve_with_removals(cohorts, len(first), slots, hazard, age_out, keys)
        return path_of(cohorts, len(first), served, removals)
    for week in range(weeks):
        np.add(joined[len(first) + week], arrivals[week], out=joined[len(first) + week + 1])
    served = _serve(joined[len(first) :], slots)
    return ListPath(len(first), arrivals, joined[len(first) :] - served, served, joined, Removals.none())


def path_of(cohorts: np.ndarray, opening_weeks: int, served: np.ndarray, removals: Removals) -> ListPath:
    """Return the path of a list from its cohorts by week of joining, those seen so far and those who left."""
    arrivals, lanes = cohorts[opening_weeks:], cohorts.shape[1]
    stayed = cumulated(cohorts - removals.by_row(len(cohorts), lanes, opening_weeks))
    waiting = cumulated(arrivals - np.diff(served, axis=0) - removals.by_week(len(arrivals), lanes))
    waiting += cohorts[:opening_weeks].sum(axis=0, dtype=np.int32)
    return ListPath(opening_weeks, arrivals, waiting, served, stayed, removals)


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
