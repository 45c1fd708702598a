"""Counts read from the curves of a list, over a stretch of weeks, from which its waits are computed."""

from __future__ import annotations

import numpy as np

from sendneeds.kernel.lists.fifo import ListPath, cumulated


def joined_before(path: ListPath, weeks: int, ends: slice) -> np.ndarray:
    """Return those who joined over `weeks` before each week's end of a stretch, (ends, L)."""
    out = np.zeros((ends.stop - ends.start, path.served.shape[1]), dtype=np.int32)
    first = path.opening_weeks - weeks + ends.start
    short = max(-first, 0)  # no one on the opening list joined so long ago
    if short < len(out):
        out[short:] = path.joined[first + short : first + len(out)]
    return out


def seen_in(path: ListPath, within: int, weeks: slice) -> np.ndarray:
    """Return `seen_within` for a stretch of weeks."""
    older = joined_before(path, within, weeks)
    before, after = path.served[weeks], path.served[weeks.start + 1 : weeks.stop + 1]
    np.maximum(older, before, out=older)
    np.subtract(after, older, out=older)
    return np.maximum(older, 0, out=older)


def weeks_of_joining(path: ListPath, number: np.ndarray) -> np.ndarray:
    """Return the sum of the weeks of joining of the first `number`, (T + 1, L) int64."""
    rows = np.arange(len(path.joined) - 1) - path.opening_weeks
    out = np.empty(number.shape, dtype=np.int64)
    for lane in range(number.shape[1]):
        joined = path.joined[:, lane]
        weeks = np.concatenate([[0], np.cumsum(rows * np.diff(joined), dtype=np.int64)])
        row = np.searchsorted(joined, number[:, lane], side="left")
        before = np.maximum(row - 1, 0)
        out[:, lane] = weeks[before] + (number[:, lane] - joined[before]) * rows[before]
    return out


def over_window(flow: np.ndarray, window: int | None) -> np.ndarray:
    """Return sums over the last `window` weeks, fewer at the start; over all weeks for None."""
    if window is None:
        return flow.sum(axis=0)
    total = cumulated(flow, flow.dtype)
    out = total[1:].copy()
    out[window:] -= total[1:-window]
    return out
