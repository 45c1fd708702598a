"""The smallest whole wait that holds a share of those seen, or of those waiting.

Over the whole horizon the same thresholds are tried for all lanes, stepping over those that decide nothing. Week by
week the answer is stepped (`incremental_percentiles`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np

from sendneeds.kernel.lists.fifo import ListPath

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
        small = path.joined[-1].max(initial=0) < np.iinfo(np.int16).max
        dtype = np.int16 if small else np.int32
        self._path = path
        self._served = path.served.astype(dtype, copy=False)
        self._joined = path.joined.astype(dtype, copy=False)
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
        np.maximum(self._served[unborn:-1], self._joined[first : first + weeks - unborn], out=room)
        np.minimum(self._served[unborn + 1 :], room, out=room)
        longer = room.sum(axis=0, dtype=room.dtype) - self._before
        longer += self._served[:unborn].sum(axis=0, dtype=room.dtype)
        return self._path.served[-1] - longer

    def waits_of_seen(self) -> np.ndarray:
        """Return the weeks waited by all who were seen, (L,) int64: weeks seen less weeks of joining."""
        path = self._path
        last = path.served[-1].astype(np.int64)
        # weeks seen, sum of t (D[t+1] - D[t]), less weeks of joining, the same of min(A, D at the end)
        joined, end = path.joined[1:], path.served[-1]
        narrow = np.int32 if int(joined[-1].max(initial=0)) * len(joined) < 2**31 else np.int64
        # curves rise, so the rows in which some curve is over its end come last
        late = bisect_left(range(len(joined)), True, key=lambda row: bool((joined[row] > end).any()))
        weeks = joined[:late].sum(axis=0, dtype=narrow) + np.minimum(joined[late:], end).sum(
            axis=0, dtype=narrow
        )
        return weeks - path.served[:-1].sum(axis=0, dtype=narrow).astype(np.int64) - last
