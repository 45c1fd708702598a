"""The smallest whole wait that holds a share of those seen, or of those waiting.

Three ways, each the fastest for its question: thresholds shared by all lanes, stepping over those that decide
nothing (`smallest`); the same from tallies over the whole horizon (`Tally`); and a row followed from week to
week (`followed`), which children who leave unseen need.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np

from sendneeds.kernel.lists import ListPath

NOBODY = -1
Shares = float | Sequence[float]


def smallest(count: Callable[[int], np.ndarray], share: Shares, total: np.ndarray) -> np.ndarray:
    """Return the smallest whole wait at which `count` is at least `share` of `total`; -1 where that is 0.

    Waits at which no element's answer lies are stepped over, so a long list costs little more than a short.
    """
    need = np.ceil(np.multiply.outer(share, total) - 1e-9).astype(total.dtype)
    out = np.zeros(need.shape, dtype=np.int32)

    low, short_low = -1, need > 0
    high, short_high = 0, count(0) < need
    while True:
        spans = [(low, short_low, high, short_high)]
        while spans:
            start, short_start, end, short_end = spans.pop()
            if end == start + 1 or (short_start == short_end).all():
                np.add(out, end - start, out=out, where=short_end)
                continue
            middle = (start + end) // 2
            short = count(middle) < need
            spans += [(start, short_start, middle, short), (middle, short, end, short_end)]
        if not short_high.any():
            break
        low, short_low = high, short_high
        high = 2 * high + 1
        short_high = count(high) < need
    # an answer w is failed at -1, 0, ..., w - 1, and -1 was not counted
    out[..., total == 0] = NOBODY
    return out


class Tally:
    """Waits of all who were seen over the whole horizon, lane by lane, with buffers used again.

    Curves are held in 16 bits where they fit. Sums may wrap, and their difference, a number seen, is still right.
    """

    def __init__(self, path: ListPath) -> None:
        small = path.stayed[-1].max(initial=0) < np.iinfo(np.int16).max
        dtype = np.int16 if small else np.int32
        self._path = path
        self._served = path.served.astype(dtype, copy=False)
        self._stayed = path.stayed.astype(dtype, copy=False)
        self._room = np.empty_like(self._served[1:])
        self._before = self._served[:-1].sum(axis=0, dtype=dtype)

    def seen_within(self, within: int) -> np.ndarray:
        """Return the number seen having waited `within` weeks or less, (L,)."""
        opening = self._path.opening_weeks
        unborn = max(within - opening, 0)  # in the first weeks no one can have waited so long
        weeks = len(self._room)
        if unborn >= weeks:
            return self._path.served[-1]
        room = self._room[unborn:]
        first = opening - within + unborn
        np.maximum(self._served[unborn:-1], self._stayed[first : first + weeks - unborn], out=room)
        np.minimum(self._served[unborn + 1 :], room, out=room)
        longer = room.sum(axis=0, dtype=room.dtype) - self._before
        longer += self._served[:unborn].sum(axis=0, dtype=room.dtype)
        return self._path.served[-1] - longer

    def waits_of_seen(self) -> np.ndarray:
        """Return the weeks waited by all who were seen, (L,) int64: weeks seen less weeks of joining."""
        path = self._path
        last = path.served[-1].astype(np.int64)
        # weeks seen, sum of t (D[t+1] - D[t]), less weeks of joining, the same of min(A, D at the end)
        joined, end = path.stayed[1:], path.served[-1]
        narrow = np.int32 if int(joined[-1].max(initial=0)) * len(joined) < 2**31 else np.int64
        # curves rise, so the rows in which some curve is over its end come last
        late = bisect_left(range(len(joined)), True, key=lambda row: bool((joined[row] > end).any()))
        weeks = joined[:late].sum(axis=0, dtype=narrow) + np.minimum(joined[late:], end).sum(
            axis=0, dtype=narrow
        )
        return weeks - path.served[:-1].sum(axis=0, dtype=narrow).astype(np.int64) - last


def followed(path: ListPath, share: float) -> np.ndarray:
    """Follow, week by week and lane by lane, the row of joining that splits the list at a share.

    Before the row joined those who may have waited longer. It moves a little each week, so it is followed and not
    searched for: `later` holds those of each row who will leave, `ahead` those of them before the row.
    """
    ends, lanes = path.waiting.shape
    stayed, leavers = path.stayed.reshape(-1), path.removals
    opening = path.opening_weeks
    later = leavers.by_row(len(path.stayed), lanes, opening).reshape(-1)
    order = np.argsort(leavers.week, kind="stable")
    left_lane = leavers.lane[order].astype(np.int64)
    left_cell = (leavers.week - leavers.waited + opening)[order].astype(np.int64) * lanes + left_lane
    bounds = np.searchsorted(leavers.week[order], np.arange(ends + 1))
    cell, ahead = np.arange(lanes), np.zeros(lanes, dtype=np.int32)
    out = np.empty((ends, lanes), dtype=np.int32)
    for end in range(ends):
        if end and bounds[end - 1] < bounds[end]:
            now = slice(bounds[end - 1], bounds[end])
            np.subtract.at(later, left_cell[now], np.int32(1))
            passed = left_cell[now] < cell[left_lane[now]]
            ahead -= np.bincount(left_lane[now][passed], minlength=lanes).astype(np.int32)
        waiting, served = path.waiting[end], path.served[end]
        longer = waiting - np.ceil(share * waiting - 1e-9).astype(np.int32)
        lane = np.flatnonzero(np.maximum(stayed[cell] - served, 0) + ahead > longer)
        while lane.size:  # back, where fewer may have waited longer than before
            cell[lane] -= lanes
            ahead[lane] -= later[cell[lane]]
            still = np.maximum(stayed[cell[lane]] - served[lane], 0) + ahead[lane] > longer[lane]
            lane = lane[still]
        lane = np.arange(lanes)
        last = (opening + end) * lanes
        while lane.size:
            here = cell[lane]
            held = (
                np.maximum(stayed.take(here + lanes, mode="clip") - served[lane], 0)
                + ahead[lane]
                + later[here]
            )
            lane = lane[(held <= longer[lane]) & (here < last)]
            ahead[lane] += later[cell[lane]]
            cell[lane] += lanes
        out[end] = np.where(waiting > 0, opening + end - cell // lanes, NOBODY)
    return out
