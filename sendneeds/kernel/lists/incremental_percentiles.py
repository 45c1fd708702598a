"""Percentiles of waits week by week: an answer moves little in a week, so it is followed and not searched for."""

from __future__ import annotations

import numpy as np

from sendneeds.kernel.lists.curves import over_window
from sendneeds.kernel.lists.fifo import ListPath
from sendneeds.kernel.lists.percentiles import NOBODY


def seen_followed(path: ListPath, share: float, window: int) -> np.ndarray:
    """Return the smallest wait within which a share of those seen in the last weeks were seen, (T, L).

    In each lane the wait is stepped until no more of those seen had waited longer than may have, and until one
    week less would leave too many.
    """
    weeks, lanes = path.arrivals.shape
    total = over_window(path.seen, window)
    allowed = total - np.ceil(share * total - 1e-9).astype(np.int32)
    stayed = path.stayed.reshape(-1)
    wait = np.zeros(lanes, dtype=np.int64)
    out = np.full((weeks, lanes), NOBODY, dtype=np.int32)
    for week in range(weeks):
        batches = path.served[max(week - window + 1, 0) : week + 2]
        limit = allowed[week] + batches[:-1].sum(axis=0, dtype=np.int32)
        row = path.opening_weeks + week

        def over(
            lane: np.ndarray, wait: np.ndarray, row: int = row, batches: np.ndarray = batches
        ) -> np.ndarray:
            """Return how many were seen before the window, and in it after more than `wait` weeks, batch by batch."""
            cell = (row - wait) * lanes + lane
            found = np.zeros(lane.size, dtype=np.int32)
            for before, after in zip(batches[-2::-1], batches[:0:-1], strict=True):
                older = stayed.take(cell, mode="clip")  # a row before the first is row 0, which is 0
                if lane.size < lanes:
                    before, after = before[lane], after[lane]
                np.maximum(older, before, out=older)
                found += np.minimum(older, after, out=older)
                cell -= lanes
            return found

        some = np.flatnonzero(total[week])
        short = over(some, wait[some]) > limit[some]
        lane = some[short]
        while lane.size:
            wait[lane] += 1
            lane = lane[over(lane, wait[lane]) > limit[lane]]
        lane = some[~short & (wait[some] > 0)]
        while lane.size:
            lane = lane[over(lane, wait[lane] - 1) <= limit[lane]]
            wait[lane] -= 1
            lane = lane[wait[lane] > 0]
        out[week, some] = wait[some]
    return out


def waiting_followed(path: ListPath, share: float) -> np.ndarray:
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
