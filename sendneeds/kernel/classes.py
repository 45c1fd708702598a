"""Lists that share slots by strict priority, and priority that rises with the wait.

With fixed ranks each class is served from the slots that those before it leave (nested reflection), so a class
costs what a list costs. With ranks that rise, the front of each class is compared week by week. A child keeps the
class it joined with, and within a class the longest waiter is always first, so every wait of a class is read
from its own curves, as for one list.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.kernel.lists.fifo import ListPath, as_rows, fifo, path_of
from sendneeds.kernel.lists.removals import Cohorts

_LAST = np.iinfo(np.int64).max


def strict(
    arrivals: Sequence[np.ndarray],
    slots: np.ndarray,
    opening: Sequence[np.ndarray],
    hazard: np.ndarray | float | None = None,
    keys: Sequence[np.ndarray] | None = None,
    age_out: np.ndarray | float | None = None,
) -> list[ListPath]:
    """Return the path of each class, the first class served first.

    Parameters
    ----------
    arrivals : sequence of ndarray of int32, (T, L)
        Children joining each week, one array a class, the most urgent first.
    slots : ndarray of int, (T,) or (T, L)
        First appointments offered each week to all classes together.
    opening : sequence of ndarray of int, (O,) or (O, L)
        Children waiting at the start by whole weeks waited, one array a class.
    hazard, age_out
        As in `lists.fifo`, the same for every class.
    keys : sequence of ndarray of uint64, (L,), optional
        One array a class; needed where children leave.

    Returns
    -------
    list of ListPath
        In the order of the classes. With no removals their lists add up to the list of all together.

    Examples
    --------
    >>> four = np.full((2, 1), 4, np.int32)
    >>> urgent, routine = strict([four, four], np.array([6, 6]), [np.array([1]), np.array([3])])
    >>> urgent.waiting[:, 0].tolist(), routine.waiting[:, 0].tolist()
    ([1, 0, 0], [3, 6, 8])
    """
    free = np.asarray(slots, dtype=np.int32)
    paths = []
    for number, joining in enumerate(arrivals):
        own = None if keys is None else keys[number]
        path = fifo(joining, free, opening[number], hazard, own, age_out)
        free = (free if free.ndim == 2 else free[:, None]) - path.seen
        paths.append(path)
    return paths


def escalating(
    arrivals: Sequence[np.ndarray],
    slots: np.ndarray,
    opening: Sequence[np.ndarray],
    ranks: np.ndarray,
    hazard: np.ndarray | float | None = None,
    keys: Sequence[np.ndarray] | None = None,
    age_out: np.ndarray | float | None = None,
) -> list[ListPath]:
    """Return the path of each class where a child's rank rises with its wait.

    Parameters
    ----------
    arrivals, slots, opening, hazard, keys, age_out
        As in `strict`.
    ranks : ndarray of int, (C, K)
        Rank of a child of each class by weeks waited (week of service less week of joining), 0 the most urgent,
        not rising along a row; the last column holds for longer waits. Slots go by rank, then by week of
        joining, then by class. [[0, 0, 0], [1, 1, 0]] is two classes whose second joins the first at two weeks.

    Returns
    -------
    list of ListPath
        By the class each child joined with.
    """
    lanes = arrivals[0].shape[1]
    groups, heads, waiting = [], [], []
    for number, joining in enumerate(arrivals):
        first = as_rows(opening[number], lanes)
        rows = np.concatenate([first, joining.astype(np.int32, copy=False)])
        own = np.zeros(lanes, np.uint64) if keys is None else keys[number]
        groups.append((rows, Cohorts(rows, len(first), hazard, age_out, own)))
        heads.append(np.arange(lanes))
        waiting.append(first.sum(axis=0, dtype=np.int32))
    weeks = len(arrivals[0])
    served = [np.zeros((weeks + 1, lanes), dtype=np.int32) for _ in groups]
    leaves = hazard is not None or age_out is not None
    for week in range(weeks):
        for number, (rows, cohorts) in enumerate(groups):
            if leaves:
                waiting[number] -= cohorts.leave(week)
            waiting[number] += rows[cohorts.opening_weeks + week]
            served[number][week + 1] = served[number][week]
        free = np.minimum(np.sum(waiting, axis=0), slots[week]).astype(np.int32)
        _serve_by_rank([cohorts for _, cohorts in groups], heads, waiting, served, free, week, ranks)
    return [
        path_of(rows, cohorts.opening_weeks, seen, cohorts.removals())
        for (rows, cohorts), seen in zip(groups, served, strict=True)
    ]


def _serve_by_rank(
    groups: list[Cohorts],
    heads: list[np.ndarray],
    waiting: list[np.ndarray],
    served: list[np.ndarray],
    free: np.ndarray,
    week: int,
    ranks: np.ndarray,
) -> None:
    """Give the `free` slots of a week, cohort by cohort, all in place."""
    lanes = free.size
    busy = np.flatnonzero(free)
    while busy.size:
        order = np.full((len(groups), busy.size), _LAST)
        for number, cohorts in enumerate(groups):
            joined = heads[number][busy] // lanes - cohorts.opening_weeks
            waited = np.clip(week - joined, 0, ranks.shape[1] - 1)
            place = (ranks[number][waited] * 2**32 + joined + 2**24) * len(groups) + number
            np.copyto(order[number], place, where=waiting[number][busy] > 0)
        chosen = order.argmin(axis=0)
        for number, cohorts in enumerate(groups):
            lane = busy[chosen == number]
            flat, cell = cohorts.alive.reshape(-1), heads[number][lane]
            taken = np.minimum(flat[cell], free[lane])
            flat[cell] -= taken
            heads[number][lane] += lanes * (flat[cell] == 0)
            free[lane] -= taken
            waiting[number][lane] -= taken
            served[number][week + 1, lane] += taken
        busy = busy[free[busy] > 0]
