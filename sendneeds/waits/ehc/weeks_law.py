"""The law of the weeks from request to decision, and from there to the plan: what a share in time says of them."""

from __future__ import annotations

import numpy as np
from scipy import special

LATE_DECISION_WEEKS = 4.0
"""Mean weeks past the sixth of a decision told late; assumed."""
SPREADS = np.linspace(0.1, 2.0, 381)
"""Spreads of the log of the weeks among which that of a published mean is sought."""


def median_weeks(
    in_time: np.ndarray, decided_in_time: np.ndarray, spread: np.ndarray, limit: float = 20.0
) -> np.ndarray:
    """Return the median weeks from decision to end that put a share within a limit of the request.

    Parameters
    ----------
    in_time, decided_in_time : ndarray, (draw,)
    spread : ndarray, (draw,)
        Standard deviation of the log of those weeks.
    limit : float
        Weeks from the request.

    Returns
    -------
    ndarray, (draw,)
    """
    weeks = np.arange(3, int(np.ceil(limit)))  # to the decision: with more, nothing ends within the limit
    low, high = np.full(in_time.shape, np.log(0.2)), np.full(in_time.shape, np.log(400.0))
    chance = decision_law(weeks, decided_in_time)
    left = np.log(limit - weeks)[:, None]

    def over(median: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = (left - median) / spread
        return z, (chance * special.ndtr(z)).sum(axis=0) - in_time

    for _ in range(16):  # halves what is between, to some 0.0001 of the log
        middle = (low + high) / 2.0
        late = over(middle)[1] > 0
        low, high = np.where(late, middle, low), np.where(late, high, middle)
    median = (low + high) / 2.0
    for _ in range(3):  # and by the slope to the last digits
        z, gap = over(median)
        slope = (chance * np.exp(-z * z / 2.0)).sum(axis=0) / (spread * np.sqrt(2.0 * np.pi))
        median = np.clip(median + gap / np.maximum(slope, 1e-300), low, high)
    return np.exp(median)


def decision_law(weeks: np.ndarray, in_time: np.ndarray) -> np.ndarray:
    """Return the chance that a decision takes each number of weeks: 3 to 6 alike, then falling away; (week, draw)."""
    prompt = np.where((weeks >= 3) & (weeks <= 6), 0.25, 0.0)[:, None]
    stop = 1.0 / LATE_DECISION_WEEKS
    late = np.where(weeks > 6, stop * (1 - stop) ** np.maximum(weeks - 7, 0), 0.0)[:, None]
    return prompt * in_time + late * (1.0 - in_time)


def decision_weeks(in_time: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return weeks to the decision at uniforms `u`, for children whose draw's share told in time is `in_time`."""
    late = np.clip((u - in_time) / np.maximum(1.0 - in_time, 1e-12), 0.0, 1.0 - 1e-12)
    slow = 7 + np.floor(np.log1p(-late) / np.log1p(-1.0 / LATE_DECISION_WEEKS))
    prompt = 3 + np.floor(np.clip(u / np.maximum(in_time, 1e-12), 0, 1 - 1e-12) * 4)
    return np.where(u < in_time, prompt, slow).astype(np.int64)


def mean_to_decision(in_time: float) -> float:
    """Return the mean weeks to a decision: 4.5 in time, 10 late.

    Examples
    --------
    >>> mean_to_decision(1.0), mean_to_decision(0.0)
    (4.5, 10.0)
    """
    return 4.5 * in_time + (6.0 + LATE_DECISION_WEEKS) * (1.0 - in_time)


def spread_of_mean(share: float, prompt: float, mean: float, usual: float) -> float | None:
    """Return the spread of the log of the weeks that has both a share within 20 weeks and a mean; None where none has.

    Two may, where most plans are in time: that nearer to the usual spread is taken.

    Parameters
    ----------
    share, prompt : float
        Of plans within 20 weeks, and of decisions told in time.
    mean : float
        Published mean weeks from request to plan.
    usual : float
        The spread where no mean is published.

    Examples
    --------
    >>> round(spread_of_mean(0.5, 1.0, 23.0, 0.75), 2)
    0.6
    """
    spread = SPREADS
    medians = median_weeks(np.full_like(spread, share), np.full_like(spread, prompt), spread)
    gap = mean_to_decision(prompt) + medians * np.exp(spread**2 / 2) - mean
    at = np.flatnonzero(np.diff(np.sign(gap)) != 0)
    if not at.size:
        return None
    crossed = spread[at] + (spread[1] - spread[0]) * gap[at] / (gap[at] - gap[at + 1])
    return float(crossed[np.abs(crossed - usual).argmin()])
