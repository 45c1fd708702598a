"""Percentiles of waits week by week: an answer moves little in a week, so it is stepped from the week before.

The wait within which a share p of n children stand is the smallest whole w that no more than n - ceil(p n) exceed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.lists.curves import over_window
from sendneeds.kernel.lists.fifo import ListPath
from sendneeds.kernel.lists.percentiles import NOBODY

WINDOW = 4
"""Weeks over which the waits of those seen are pooled."""


def may_exceed(number: np.ndarray, share: float) -> np.ndarray:
    """Return how many of `number` may have waited longer than the wait within which a share stand."""
    return number - np.ceil(share * number - 1e-9).astype(np.int32)


def step(wait: np.ndarray, limit: np.ndarray, over: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    """Move each lane's wait, in place, to the smallest that no more than `limit` exceed.

    Parameters
    ----------
    wait, limit : ndarray of int, (L,)
    over : callable
        Gives how many have waited more than so many weeks, of lanes and their weeks; -1 weeks may give anything.
    """
    every = np.arange(wait.size)
    short = over(every, wait) > limit
    shorter = (over(every, wait - 1) <= limit) & (wait > 0) & ~short
    lane = short.nonzero()[0]
    while lane.size:
        wait[lane] += 1
        lane = lane[over(lane, wait[lane]) > limit[lane]]
    lane = shorter.nonzero()[0]
    while lane.size:
        wait[lane] -= 1
        lane = lane[wait[lane] > 0]
        lane = lane[over(lane, wait[lane] - 1) <= limit[lane]]


class Percentiles:
    """Percentiles of a list held as a `CohortCurve`, week by week.

    Parameters
    ----------
    shares : sequence of float
    weeks, lanes : int

    Attributes
    ----------
    waiting : ndarray of int16, (shares, T + 1, L)
        Of the weeks waited so far, at each week's end; -1 where nobody waits.
    seen : ndarray of int16, (shares, T, L)
        Of the weeks waited by those seen in the last four weeks; -1 where nobody was.
    """

    def __init__(self, shares: Sequence[float], weeks: int, lanes: int) -> None:
        self._shares = shares
        self.waiting = np.full((len(shares), weeks + 1, lanes), NOBODY, np.int16)
        self.seen = np.full((len(shares), weeks, lanes), NOBODY, np.int16)
        self._wait = np.zeros((2, len(shares), lanes), np.int64)
        self._batches: deque[tuple[np.ndarray, np.ndarray]] = deque()  # seen over w weeks, by w; and in all
        self._over = np.zeros((1, lanes), np.float32)  # the batches of the window, by w

    def needs_seen(self, week: int) -> bool:
        """Return whether those seen in a week count for a percentile: they always do."""
        return True

    def record_waiting(self, bound: int, curve: CohortCurve, waiting: np.ndarray) -> None:
        """Record the percentiles of those waiting at the start of week `bound`."""
        flat, lanes, last = curve.rows.reshape(-1), waiting.size, curve.end - 1

        def over(lane: np.ndarray, wait: np.ndarray) -> np.ndarray:
            return flat.take(np.maximum(last - wait, 0) * lanes + lane, mode="clip")

        for number, share in enumerate(self._shares):
            wait = self._wait[0, number]
            wait += 1  # the same children a week later
            wait *= waiting > 0
            step(wait, may_exceed(waiting, share), over)
            self.waiting[number, bound] = np.where(waiting > 0, wait, NOBODY)

    def record_seen(
        self, week: int, curve: CohortCurve, before: tuple[int, np.ndarray], seen: np.ndarray
    ) -> None:
        """Record the percentiles of those seen up to `week`.

        Parameters
        ----------
        week : int
        curve : CohortCurve
            After they were seen.
        before : (int, ndarray)
            A copy of it from before, as `CohortCurve.copy` gives it; it is altered.
        seen : ndarray of int, (L,)
            Children seen in the week.
        """
        first, rows = before
        rows -= curve.rows[first : curve.end]
        by_wait = rows[-2::-1]  # row -1 holds everyone, row -2 those who joined before this week
        if len(by_wait) > len(self._over):
            more = np.zeros((2 * len(by_wait) - len(self._over), seen.size), np.float32)
            self._over = np.concatenate([self._over, more])
        self._over[: len(by_wait)] += by_wait
        self._batches.append((by_wait, seen))
        if len(self._batches) > WINDOW:
            old, _ = self._batches.popleft()
            self._over[: len(old)] -= old
        total, lanes = np.add.reduce([number for _, number in self._batches], dtype=np.int32), seen.size
        flat = self._over.reshape(-1)

        def over(lane: np.ndarray, wait: np.ndarray) -> np.ndarray:
            return flat.take(wait * lanes + lane, mode="clip")

        for number, share in enumerate(self._shares):
            wait = self._wait[1, number]
            step(wait, may_exceed(total, share), over)
            self.seen[number, week] = np.where(total > 0, wait, NOBODY)


def seen_week_by_week(path: ListPath, share: float, window: int) -> np.ndarray:
    """Return the smallest wait within which a share of those seen in the last weeks were seen, (T, L)."""
    weeks, lanes = path.arrivals.shape
    total = over_window(path.seen, window)
    joined = path.joined.reshape(-1)
    wait = np.zeros(lanes, dtype=np.int64)
    out = np.empty((weeks, lanes), dtype=np.int32)
    for week in range(weeks):
        batches = path.served[max(week - window + 1, 0) : week + 2]
        before_window = batches[:-1].sum(axis=0, dtype=np.int32)
        row = path.opening_weeks + week

        def over(
            lane: np.ndarray, wait: np.ndarray, row: int = row, batches: np.ndarray = batches
        ) -> np.ndarray:
            """Return how many were seen before the window, and in it after more than `wait` weeks, batch by batch."""
            cell = (row - wait) * lanes + lane
            found = np.zeros(lane.size, dtype=np.int32)
            for before, after in zip(batches[-2::-1], batches[:0:-1], strict=True):
                older = joined.take(cell, mode="clip")  # a row before the first is row 0, which is 0
                np.maximum(older, before[lane], out=older)
                found += np.minimum(older, after[lane], out=older)
                cell -= lanes
            return found

        step(wait, may_exceed(total[week], share) + before_window, over)
        out[week] = np.where(total[week] > 0, wait, NOBODY)
    return out


def waiting_week_by_week(path: ListPath, share: float) -> np.ndarray:
    """Return the smallest wait so far within which a share of those waiting at each week's end stand, (T + 1, L)."""
    ends, lanes = path.waiting.shape
    joined = path.joined.reshape(-1)
    wait = np.zeros(lanes, dtype=np.int64)
    out = np.empty((ends, lanes), dtype=np.int32)
    for end in range(ends):
        served, last = path.served[end], path.opening_weeks + end

        def over(
            lane: np.ndarray, wait: np.ndarray, last: int = last, served: np.ndarray = served
        ) -> np.ndarray:
            before = joined.take((last - wait) * lanes + lane, mode="clip")
            return np.maximum(before - served[lane], 0)

        wait += 1
        wait *= path.waiting[end] > 0
        step(wait, may_exceed(path.waiting[end], share), over)
        out[end] = np.where(path.waiting[end] > 0, wait, NOBODY)
    return out
