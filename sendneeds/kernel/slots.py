"""Staff in post to appointment slots a week, in whole slots that do not drift.

A fraction of a slot is carried to the next week: slots are added up in millionths, rounded down and differenced,
so over any stretch of weeks the whole slots are within one of the exact figure. With x the exact slots of a week,

    s[t] = floor(X[t]) - floor(X[t - 1]),    X[t] = x[0] + ... + x[t]
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sendneeds.kernel.streams import as_real

_MILLIONTHS = 1_000_000


def strength_in_turn(
    start: np.ndarray, end: np.ndarray, weeks: int, ramp_weeks: int = 8, ramp_from: float = 0.5
) -> np.ndarray:
    """Return the strength of a post each week, held by one person after another, new ones counted in part at first.

    Parameters
    ----------
    start, end : ndarray of int, (S, L)
        First week in post of each holder, and first week no longer in post, in turn; where the end is not after the
        start there is no such holder. A start long before week 0 is full strength.
    weeks : int
        T.
    ramp_weeks : int
        Weeks from `ramp_from` to full strength, in equal steps.
    ramp_from : float
        Share of full strength in the first week.

    Returns
    -------
    ndarray of float64, (T, L)
        0 while nobody is in post.

    Examples
    --------
    >>> strength_in_turn(np.array([[1], [5]]), np.array([[4], [9]]), weeks=7, ramp_weeks=2)[:, 0].tolist()
    [0.0, 0.5, 0.75, 1.0, 0.0, 0.5, 0.75]
    """
    ramp = max(ramp_weeks, 1)
    # twice the week of the last change, and one more while somebody is in post: it grows, so a maximum carries it on
    change = np.zeros((weeks, start.shape[1]), np.int32)
    for first, last in zip(start, end, strict=True):
        held = np.flatnonzero((first < last) & (first < weeks) & (last > 0))
        begun = first[held]
        change[np.maximum(begun, 0), held] = 2 * (np.maximum(begun, -ramp) + ramp) + 1
        left = held[last[held] < weeks]
        change[last[left], left] = 2 * (last[left] + ramp)
    for before, now in pairwise(change):
        np.maximum(before, now, out=now)
    since = np.arange(ramp, weeks + ramp, dtype=np.int32)[:, None] - (change >> 1)
    np.minimum(since, ramp, out=since)
    since += 1
    since *= change & 1
    strength = ramp_from + (1.0 - ramp_from) * np.arange(ramp + 1) / ramp
    return np.concatenate([[0.0], strength]).take(since)


def whole_slots(
    wte: np.ndarray,
    slots_per_wte: np.ndarray | float,
    absence: np.ndarray | float = 0.0,
    term: np.ndarray | float = 1.0,
    extra: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Return the whole appointment slots offered each week.

    Parameters
    ----------
    wte : ndarray of float, (T, L)
        Effective staff in post.
    slots_per_wte : float, (T, 1) or (T, L)
        Slots that one whole-time equivalent offers a week.
    absence : float, (T, 1) or (T, L)
        Share of time lost, 0 to 1.
    term : float, (T, 1) or (T, L)
        Share of a normal week that is worked, for example 0 in a week the service is shut.
    extra : float, (T, 1) or (T, L)
        Slots bought besides: initiative, agency, outsourced.

    Returns
    -------
    ndarray of int32, (T, L)

    Examples
    --------
    >>> whole_slots(np.full((4, 1), 1.0), 2.5)[:, 0].tolist()
    [2, 3, 2, 3]
    """
    return whole(wte * slots_per_wte * (1.0 - absence) * term + extra)


def whole(exact: np.ndarray) -> np.ndarray:
    """Return whole slots a week from an exact rate, the fraction carried to the next week.

    Parameters
    ----------
    exact : ndarray of float, (T, L)
        Slots a week, not negative.

    Returns
    -------
    ndarray of int32, (T, L)

    Examples
    --------
    >>> whole(np.full((5, 1), 1.5))[:, 0].tolist()
    [1, 2, 1, 2, 1]
    """
    fine = np.rint(exact * _MILLIONTHS).astype(np.int64)
    total = np.cumsum(fine, axis=0) // _MILLIONTHS
    return np.diff(total, axis=0, prepend=0).astype(np.int32)


def geometric_weeks(u: np.ndarray, hazard: np.ndarray | float) -> np.ndarray:
    """Return whole weeks until an event with a constant chance a week, for example until a member of staff leaves.

    Parameters
    ----------
    u : ndarray of uint64
    hazard : float or ndarray
        Chance a week, 0 or more and under 1, broadcast against `u`; 0 gives the largest whole number: never.

    Returns
    -------
    ndarray of int32, the shape of `u`
        0 is an event in the first week.
    """
    # the inverse of P(weeks >= k) = (1 - hazard)^k: k = floor(log(1 - u) / log(1 - hazard))
    most = np.iinfo(np.int32).max
    rate = -np.log1p(-np.broadcast_to(np.asarray(hazard, dtype=float), u.shape))
    weeks = np.divide(-np.log1p(-as_real(u)), rate, out=np.full(u.shape, float(most)), where=rate > 0)
    return np.minimum(np.floor(weeks), most).astype(np.int32)
