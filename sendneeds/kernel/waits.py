"""Waits of those seen and of those waiting, read from the cumulative curves of a list.

Two different things, never mixed: the wait of children seen in a week, and the wait so far of children on the
list at a week's end. A wait is the week seen less the week joined. At a week's end a child who joined at its
start has waited over 0 and up to 1 week, so "over w" is w whole weeks or more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

import numpy as np

from sendneeds.kernel.lists import ListPath, cumulated

NOBODY = -1
Shares = float | Sequence[float]


def seen_within(path: ListPath, within: int) -> np.ndarray:
    """Return the children seen in each week who had waited `within` weeks or less.

    Parameters
    ----------
    path : ListPath
    within : int
        Weeks.

    Returns
    -------
    ndarray of int32, (T, L)
        ``max(0, D[t] - max(D[t-1], A[t-w-1]))`` with D those seen and A those who joined and stayed.
    """
    older = _joined_before(path, within)[:-1]
    np.maximum(older, path.served[:-1], out=older)
    np.subtract(path.served[1:], older, out=older)
    return np.maximum(older, 0, out=older)


def waiting_over(path: ListPath, over: int) -> np.ndarray:
    """Return the children waiting at each week's end who have waited over `over` weeks.

    Parameters
    ----------
    path : ListPath
    over : int
        Weeks; 0 gives everyone waiting.

    Returns
    -------
    ndarray of int32, (T + 1, L)
        The opening list stands in front.
    """
    stock = _joined_before(path, over)
    stock -= path.served
    np.maximum(stock, 0, out=stock)
    if path.removals.week.size:
        stock += _leavers_waiting(path, over)
    return stock


def waiting_bands(path: ListPath, edges: tuple[int, ...]) -> np.ndarray:
    """Return the children waiting at each week's end by band of weeks waited.

    Parameters
    ----------
    path : ListPath
    edges : tuple of int
        The lower edges of the bands, rising from 0: (0, 18, 52) gives 0-18, >18-52 and >52.

    Returns
    -------
    ndarray of int32, (B, T + 1, L)
        The bands add up to the list.
    """
    over = np.stack([waiting_over(path, edge) for edge in edges])
    over[:-1] -= over[1:]
    return over


def seen_percentile(path: ListPath, share: Shares, window: int | None = 4) -> np.ndarray:
    """Return the wait within which a share of those seen were seen.

    Parameters
    ----------
    path : ListPath
    share : float or sequence of float
        Over 0 and up to 1, for example 0.92. Several asked together share their work.
    window : int or None
        Weeks to look back over, this one included; None is the whole horizon.

    Returns
    -------
    ndarray of int32, (T, L), or (L,) for the whole horizon
        The smallest whole number of weeks; -1 where nobody was seen. Several shares stand on an axis in front.
    """
    if window is None:
        return _smallest(_Tally(path).seen_within, share, path.served[-1])
    return _smallest(
        lambda within: _over_window(seen_within(path, within), window), share, _over_window(path.seen, window)
    )


def waiting_percentile(path: ListPath, share: Shares) -> np.ndarray:
    """Return the wait so far within which a share of those waiting at each week's end stand.

    Parameters
    ----------
    path : ListPath
    share : float or sequence of float
        Over 0 and up to 1.

    Returns
    -------
    ndarray of int32, (T + 1, L)
        The smallest whole number of weeks w with at least that share waiting up to w; -1 where nobody waits.
        Several shares stand on an axis in front.
    """
    return _smallest(lambda within: path.waiting - waiting_over(path, within), share, path.waiting)


def seen_mean(path: ListPath, window: int | None = 4) -> np.ndarray:
    """Return the mean wait of those seen, in weeks.

    Parameters
    ----------
    path : ListPath
    window : int or None
        As in `seen_percentile`.

    Returns
    -------
    ndarray of float64, (T, L), or (L,) for the whole horizon
        NaN where nobody was seen.
    """
    if window is None:
        return _ratio(_Tally(path).waits_of_seen(), path.served[-1])
    week = np.arange(len(path.arrivals))[:, None]
    waits = week * path.seen - np.diff(_weeks_of_joining(path, path.served), axis=0)
    return _ratio(_over_window(waits, window), _over_window(path.seen, window))


def waiting_mean(path: ListPath) -> np.ndarray:
    """Return the mean wait so far of those waiting at each week's end, in weeks.

    Returns
    -------
    ndarray of float64, (T + 1, L)
        From the start of the week of joining; NaN where nobody waits.
    """
    end = np.arange(len(path.waiting))[:, None]
    still = path.stayed[path.opening_weeks :]
    waits = end * (still - path.served).astype(np.int64)
    waits -= _weeks_of_joining(path, still) - _weeks_of_joining(path, path.served)
    left = path.removals
    if left.week.size:
        waits += end * _leavers_waiting(path, 0) - _leavers_waiting(path, 0, left.week - left.waited)
    return _ratio(waits, path.waiting)


class _Tally:
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
        weeks = joined[:late].sum(axis=0, dtype=narrow) + np.minimum(joined[late:], end).sum(axis=0, dtype=narrow)
        return weeks - path.served[:-1].sum(axis=0, dtype=narrow).astype(np.int64) - last


def _joined_before(path: ListPath, weeks: int) -> np.ndarray:
    """Return who stays of those who joined over `weeks` before each week's end, (T + 1, L)."""
    ends, lanes = path.served.shape
    out = np.zeros((ends, lanes), dtype=np.int32)
    short = max(weeks - path.opening_weeks, 0)  # no one on the opening list joined so long ago
    if short < ends:
        first = path.opening_weeks - weeks + short
        out[short:] = path.stayed[first : first + ends - short]
    return out


def _leavers_waiting(path: ListPath, over: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Return, at each week's end, those who leave later and have waited over `over` weeks, (T + 1, L)."""
    left = path.removals
    ends, lanes = path.served.shape
    since = np.maximum(left.week - left.waited + 1 + over, 0)
    there = since <= left.week
    week, lane = left.week[there].astype(np.int64), left.lane[there]
    size = (ends + 1) * lanes
    weights = None if weight is None else weight[there].astype(np.float64)
    change = np.bincount(since[there] * lanes + lane, weights, size)
    change -= np.bincount((week + 1) * lanes + lane, weights, size)
    return np.cumsum(change.reshape(-1, lanes), axis=0)[:-1].astype(np.int64)


def _weeks_of_joining(path: ListPath, number: np.ndarray) -> np.ndarray:
    """Return the sum of the weeks of joining of the first `number` who stay, (T + 1, L) int64."""
    rows = np.arange(len(path.stayed) - 1) - path.opening_weeks
    out = np.empty(number.shape, dtype=np.int64)
    for lane in range(number.shape[1]):
        joined = path.stayed[:, lane]
        weeks = np.concatenate([[0], np.cumsum(rows * np.diff(joined), dtype=np.int64)])
        row = np.searchsorted(joined, number[:, lane], side="left")
        before = np.maximum(row - 1, 0)
        out[:, lane] = weeks[before] + (number[:, lane] - joined[before]) * rows[before]
    return out


def _over_window(flow: np.ndarray, window: int | None) -> np.ndarray:
    """Return sums over the last `window` weeks, fewer at the start; over all weeks for None."""
    if window is None:
        return flow.sum(axis=0)
    total = cumulated(flow, flow.dtype)
    out = total[1:].copy()
    out[window:] -= total[1:-window]
    return out


def _smallest(count: Callable[[int], np.ndarray], share: Shares, total: np.ndarray) -> np.ndarray:
    """Return the smallest whole wait at which `count` is at least `share` of `total`; -1 where that is 0.

    Waits at which no element's answer lies are stepped over, so a long list costs little more than a short.
    """
    need = np.ceil(np.multiply.outer(share, total) - 1e-9).astype(total.dtype)
    out = np.zeros(need.shape, dtype=np.int32)

    def add(low: int, short_low: np.ndarray, high: int, short_high: np.ndarray) -> None:
        if high == low + 1 or (short_low == short_high).all():
            np.add(out, high - low, out=out, where=short_high)
            return
        middle = (low + high) // 2
        short = count(middle) < need
        add(low, short_low, middle, short)
        add(middle, short, high, short_high)

    low, short_low = -1, need > 0
    high, short_high = 0, count(0) < need
    while True:
        add(low, short_low, high, short_high)
        if not short_high.any():
            break
        low, short_low = high, short_high
        high = 2 * high + 1
        short_high = count(high) < need
    # an answer w is failed at -1, 0, ..., w - 1, and -1 was not counted
    out[..., total == 0] = NOBODY
    return out


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
