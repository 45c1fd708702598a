"""Waits of those seen and of those waiting, read from the cumulative curves of a list.

Two different things, never mixed: the wait of children seen in a week, and the wait so far of children on the
list at a week's end. A wait is the week seen less the week joined. At a week's end a child who joined at its
start has waited over 0 and up to 1 week, so "over w" is w whole weeks or more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sendneeds.kernel.lists.curves import (
    joined_before,
    over_window,
    seen_in,
    weeks_of_joining,
)
from sendneeds.kernel.lists.fifo import ListPath
from sendneeds.kernel.lists.incremental_percentiles import seen_week_by_week, waiting_week_by_week
from sendneeds.kernel.lists.percentiles import NOBODY, Shares, Tally, smallest

__all__ = [
    "NOBODY",
    "seen_mean",
    "seen_percentile",
    "seen_within",
    "waiting_bands",
    "waiting_mean",
    "waiting_over",
    "waiting_percentile",
]


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
        ``max(0, D[t] - max(D[t-1], A[t-w-1]))`` with D those seen and A those who joined.
    """
    return seen_in(path, within, slice(0, len(path.served) - 1))


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
    stock = joined_before(path, over, slice(0, len(path.served)))
    stock -= path.served
    np.maximum(stock, 0, out=stock)
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
        return smallest(Tally(path).seen_within, share, path.served[-1])
    return _each(lambda part: seen_week_by_week(path, part, window), share)


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
    return _each(lambda part: waiting_week_by_week(path, part), share)


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
        return _ratio(Tally(path).waits_of_seen(), path.served[-1])
    week = np.arange(len(path.arrivals))[:, None]
    waits = week * path.seen - np.diff(weeks_of_joining(path, path.served), axis=0)
    return _ratio(over_window(waits, window), over_window(path.seen, window))


def waiting_mean(path: ListPath) -> np.ndarray:
    """Return the mean wait so far of those waiting at each week's end, in weeks.

    Returns
    -------
    ndarray of float64, (T + 1, L)
        From the start of the week of joining; NaN where nobody waits.
    """
    end = np.arange(len(path.waiting))[:, None]
    still = path.joined[path.opening_weeks :]
    waits = end * (still - path.served).astype(np.int64)
    waits -= weeks_of_joining(path, still) - weeks_of_joining(path, path.served)
    return _ratio(waits, path.waiting)


def _each(percentile: Callable[[float], np.ndarray], share: Shares) -> np.ndarray:
    """Return a percentile for one share, or for several on an axis in front."""
    if isinstance(share, (int, float)):
        return percentile(share)
    return np.stack([percentile(part) for part in share])


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
