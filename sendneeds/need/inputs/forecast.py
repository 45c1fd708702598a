"""A forecast on the log scale, its quantiles and its paths, in plain arrays.

The variance is split into a part that all areas share (how wrong England's growth may be) and the area's own,
so that areas can be added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

TAIL_DF = 20.0  # of 8, 12, 20 and 50 the one whose 80 % and 95 % intervals both held on areas left out

Floats = NDArray[np.float64]

PATH_POWER = 1.6
"""Smoothness of a path, 1 for independent years to 2 for a straight line. New plans are a path's yearly changes: at 1.3
their log moved by 0.50 a year (standard deviation, Bedford), at 1.6 by 0.28; over the development areas 0.30."""


class Term(NamedTuple):
    """One term of a rule: its name and what it adds to the log of plans at each horizon."""

    name: str
    by_horizon: Floats


@dataclass(frozen=True)
class Forecast:
    """A forecast of one series on the log scale: a t distribution at each horizon.

    Parameters
    ----------
    area_code : str
    origin : int
        January of the last count known.
    horizons : (H,) int array
        Years ahead.
    log_mean : (H,) float array
        Centre (and median) of the log of the count.
    sd_shared, sd_own : (H,) float arrays
        Standard deviation of the log, the part shared by all areas and the area's own.
    df : float
        Degrees of freedom of the tails; infinity is the normal.
    terms : tuple of Term
        What the terms used add to the log at each horizon; they sum to `log_mean`.
    left_out : tuple of str
        Terms whose figures were missing, for each of which the interval is widened.
    scored : (H,) bool array
        Whether the horizon lies within the years with a track record.
    """

    area_code: str
    origin: int
    horizons: NDArray[np.int64]
    log_mean: Floats
    sd_shared: Floats
    sd_own: Floats
    df: float = TAIL_DF
    terms: tuple[Term, ...] = ()
    left_out: tuple[str, ...] = ()
    scored: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def sd(self) -> Floats:
        """Standard deviation of the log at each horizon, shape (H,)."""
        return np.hypot(self.sd_shared, self.sd_own)

    @property
    def scale(self) -> Floats:
        """Scale of the t distribution at each horizon (its standard deviation is `sd`), shape (H,)."""
        return self.sd * (np.sqrt((self.df - 2) / self.df) if np.isfinite(self.df) else 1.0)

    def quantile(self, probability: float | Sequence[float]) -> Floats:
        """Return quantiles of the count, shape (H,) or (H, number of probabilities)."""
        p = np.asarray(probability, dtype=float)
        q = stats.t.ppf(p, self.df)
        return (
            np.exp(self.log_mean + self.scale * q)
            if p.ndim == 0
            else np.exp(self.log_mean[:, None] + self.scale[:, None] * q)
        )


def horizon_factor(horizons: NDArray[np.int64], power: float) -> Floats:
    """Return F with F F' the correlation across horizons of a process whose variance grows as h^power.

    Increments of a fractional Brownian motion: cov(h, k) = (h^p + k^p - |h - k|^p) / 2.
    """
    h = np.asarray(horizons, dtype=float)
    cov = (h[:, None] ** power + h**power - np.abs(h[:, None] - h) ** power) / 2
    sd = np.sqrt(np.diag(cov))
    return np.linalg.cholesky(cov / sd[:, None] / sd)


def draw_paths(made: Forecast, draws: int, nation: np.random.Generator, area: np.random.Generator) -> Floats:
    """Draw paths of the log of the total, one a draw, whose margins are the t distributions that were scored.

    Parameters
    ----------
    made : Forecast
    draws : int
    nation : numpy Generator
        Keyed to the nation: the same for every area, so that all share England's shock (one a draw).
    area : numpy Generator
        Keyed to the area.

    Returns
    -------
    (H, draws) float array
        Log of the total at each horizon.

    Notes
    -----
    A Gaussian copula: the shared shock is one normal a draw at all horizons (an error in yearly growth), the
    area's own a fractional Brownian motion over horizons; their sum, standardised, is mapped to t quantiles. The
    scores see each horizon alone; how a path moves between them is set by `PATH_POWER`.
    """
    shared = nation.standard_normal(draws)
    own = horizon_factor(made.horizons, PATH_POWER) @ area.standard_normal((len(made.horizons), draws))
    z = (made.sd_shared[:, None] * shared + made.sd_own[:, None] * own) / made.sd[:, None]
    tail = z if np.isinf(made.df) else special.stdtrit(made.df, special.ndtr(z))
    return made.log_mean[:, None] + made.scale[:, None] * tail
