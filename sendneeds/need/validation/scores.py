"""Scores of forecasts: error, bias, CRPS, weighted interval score, coverage, width and PIT, on arrays.

All but the two percentage scores are on the scale of what is handed in, which for counts is the log
(Bosse and others 2023, "Scoring epidemiological forecasts on transformed scales").
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

WIS_LEVELS = (0.5, 0.8, 0.95)


def percentage_error(outcome: ArrayLike, central: ArrayLike) -> Floats:
    """Return (forecast - outcome) / outcome in percent, counts in.

    Its mean is the bias and the mean of its size the MAPE.

    Examples
    --------
    >>> percentage_error([100, 200], [110, 190]).tolist()
    [10.0, -5.0]
    """
    y = np.asarray(outcome, dtype=float)
    return 100 * (np.asarray(central, dtype=float) - y) / y


def crps_t(outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, df: ArrayLike = np.inf) -> Floats:
    """Return the continuous ranked probability score of a t (or, with infinite `df`, a normal) distribution.

    Closed forms of Jordan, Krüger and Lerch (2019), "Evaluating probabilistic forecasts with scoringRules".

    Examples
    --------
    >>> round(float(crps_t(0.0, 0.0, 1.0)), 4)
    0.2337
    >>> bool(crps_t(3.0, 0.0, 1.0, 8.0) > crps_t(1.0, 0.0, 1.0, 8.0))
    True
    """
    y, m, s, nu = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (outcome, centre, scale, df)))
    z = (y - m) / s
    normal = z * (2 * special.ndtr(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi)
    finite = np.where(np.isfinite(nu), nu, 8.0)  # a stand-in where the normal form is taken anyway
    ratio = special.beta(0.5, finite - 0.5) / special.beta(0.5, finite / 2) ** 2
    tailed = (
        z * (2 * stats.t.cdf(z, finite) - 1)
        + 2 * stats.t.pdf(z, finite) * (finite + z**2) / (finite - 1)
        - 2 * np.sqrt(finite) / (finite - 1) * ratio
    )
    return s * np.where(np.isfinite(nu), tailed, normal)


def crps_draws(outcome: ArrayLike, draws: ArrayLike) -> Floats:
    """Return the CRPS of forecasts given as draws, the draw axis last: E|X - y| - E|X - X'| / 2.

    Examples
    --------
    >>> crps_draws([2.0], [[1.0, 3.0]]).tolist()
    [0.5]
    """
    y, x = np.asarray(outcome, dtype=float), np.sort(np.asarray(draws, dtype=float), axis=-1)
    n = x.shape[-1]
    # E|X - X'| of the sorted draws, without the n x n table
    weights = (2 * np.arange(1, n + 1) - n - 1) / n**2
    return np.abs(x - y[..., None]).mean(axis=-1) - (x * weights).sum(axis=-1)


def half_width(scale: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Return half the width of the central interval of a t distribution."""
    return np.asarray(scale, dtype=float) * stats.t.ppf((1 + level) / 2, np.asarray(df, dtype=float))


def interval_score(outcome: ArrayLike, lower: ArrayLike, upper: ArrayLike, level: float) -> Floats:
    """Return width plus 2 / (1 - level) times the distance by which the outcome lies outside.

    Gneiting and Raftery (2007), equation 43.

    Examples
    --------
    >>> interval_score([5.0, 12.0], [0.0, 0.0], [10.0, 10.0], 0.8).round(6).tolist()
    [10.0, 30.0]
    """
    y, low, high = (np.asarray(v, dtype=float) for v in (outcome, lower, upper))
    outside = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    return high - low + 2 / (1 - level) * outside


def weighted_interval_score(
    outcome: ArrayLike,
    centre: ArrayLike,
    scale: ArrayLike,
    df: ArrayLike = np.inf,
    levels: Sequence[float] = WIS_LEVELS,
) -> Floats:
    """Return the weighted interval score of a t forecast: median and central intervals at the `levels`.

    Bracher, Ray, Gneiting and Reich (2021), equation 2, with their weights (1/2 and (1 - level)/2).

    Examples
    --------
    >>> round(float(weighted_interval_score(0.0, 0.0, 1.0)), 3)
    0.198
    """
    y, m, s = (np.asarray(v, dtype=float) for v in (outcome, centre, scale))
    total = 0.5 * np.abs(y - m)
    for level in levels:
        half = half_width(s, df, level)
        total = total + (1 - level) / 2 * interval_score(y, m - half, m + half, level)
    return total / (len(levels) + 0.5)


def covered(
    outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, df: ArrayLike, level: float
) -> NDArray[np.bool_]:
    """Return whether the outcome lies in the central interval of a t forecast.

    Examples
    --------
    >>> covered([0.0, 2.0], 0.0, 1.0, np.inf, 0.8).tolist()
    [True, False]
    """
    y, m, s = (np.asarray(v, dtype=float) for v in (outcome, centre, scale))
    return np.abs(y - m) <= half_width(s, df, level)


def interval_width(scale: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Return the width of the central interval of a count in percent of its median; log scale in.

    Examples
    --------
    >>> round(float(interval_width(0.05, np.inf, 0.8)), 2)
    12.82
    """
    half = half_width(scale, df, level)
    return 100 * (np.exp(half) - np.exp(-half))


def pit(outcome: ArrayLike, centre: ArrayLike, scale: ArrayLike, df: ArrayLike) -> Floats:
    """Return the probability integral transform: where in its forecast each outcome fell, 0 to 1.

    Examples
    --------
    >>> pit([0.0], 0.0, 1.0, np.inf).tolist()
    [0.5]
    """
    y, m, s = (np.asarray(v, dtype=float) for v in (outcome, centre, scale))
    return np.asarray(stats.t.cdf((y - m) / s, np.asarray(df, dtype=float)), dtype=float)
