"""Requests and plans of a year joined once: neither is derived from the other alone.

With N the new plans of a year (from the projection of need), R the requests a year at the time when those whose plans
end in it were made, w the years over which they were made, and c the share of requests that end in a plan (assessed
times issued), ``log N = log R + log w + log c`` must hold. R has a law of its own (England's growth, and a return of
the area's requests a pupil to England's); it is a mean of the year's and the year before's, by how long a plan takes.
So has c (the log-odds of both shares return to the mean of areas). w is 1 less the change of the weeks that a plan
takes over the year (`within_year`): where an area becomes punctual a year's plans are those of more than a year's
requests. In a draw they disagree by

    gap = log N - log R - log w - log c,

which is shared in proportion to the variances of log R and log c, all years together: with K_R and K_c the covariances
over the years of a run, R takes ``K_R (K_R + K_c)^-1 gap`` and c the rest. That is a Gaussian R and c given N, draw by
draw. About three quarters of a lasting gap go to R.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.need.inputs.area_history import area_history
from sendneeds.waits.ehc.published_rates import Rates, ehc_constants
from sendneeds.waits.ehc.within_year import YearWeeks

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

SHARES = ("assessed", "planned")
MOST_ENDING_IN_PLAN = 0.97
"""Bound of the share of requests that end in a plan; the highest of 149 authorities in 2024 is 0.96."""
MOST_A_PUPIL = 0.06
"""Bound of the requests of a year for each pupil aged 5 to 15, half as many again as the most of any authority (0.040);
a year of more plans than that allows ends in a larger share of plans."""
DAMPING = 0.9
"""Yearly factor on England's growth of requests. Undamped the error over areas is the same at one, three and five years
(17, 27 and 19 %), and requests outrun the plans that the projection of need has."""
WIDEST = 40.0
"""Bound of the shift of log-odds that is searched for."""


def mean_growth(counts: Mapping[int, float], year: int) -> float:
    """Return the mean of the yearly growth of a log count over the last one, two and three years; 0 without any.

    Examples
    --------
    >>> round(mean_growth({2021: 100.0, 2022: 110.0, 2023: 121.0}, 2023), 4)
    0.0953
    """
    now = counts.get(year)
    known = [np.log(now / counts[year - k]) / k for k in (1, 2, 3) if now and counts.get(year - k, 0.0) > 0]
    return float(np.mean(known)) if known else 0.0


def damped_years(ahead: int) -> float:
    """Return the years of undamped growth that so many years of damped growth are.

    Examples
    --------
    >>> round(damped_years(3), 2)
    2.71
    """
    return (1.0 - DAMPING**ahead) / (1.0 - DAMPING)


class RequestLaw:
    """The forward law of an area's requests by year.

    ``log R[T + h] = log R[T] + G (1 + d + ... + d^(h - 1)) - (1 - phi^h) x + noise``, with G England's growth of
    requests, d its damping, and x the log of the area's requests a pupil over England's. The noise is the nation's, a
    random walk that all areas share, and the area's own, autoregressive.

    Parameters
    ----------
    area : Area
    year : int
        The last published year.
    draws, seed : int

    Attributes
    ----------
    known : bool
        Whether the area's requests of that year are published.
    log_most : float
        Bound of the log of a year's requests.
    """

    def __init__(self, area: Area, year: int, draws: int, seed: int) -> None:
        england = area.england()
        constants = ehc_constants(england)
        self.year, self.draws, self.seed, self.code = year, draws, seed, area.code
        self.phi, self.sd = constants["requests_phi"], constants["requests_sd"]
        self.nation_sd = constants["requests_nation_sd"]
        own, nation = area_history(area), area_history(england)
        pupils = own.pupils_5_15.get(year, 0.0)
        self.growth = mean_growth(nation.requests, year)
        base = own.requests.get(year)
        self.known = bool(base and base > 0)
        self.log_base = float(np.log(base)) if base else float("nan")
        rates = [h.requests.get(year, 0.0) / max(h.pupils_5_15.get(year, 0.0), 1e-9) for h in (own, nation)]
        usable = area.code != ENGLAND and self.known and all(0.0 < rate < 1.0 for rate in rates)
        self.log_most = float(np.log(MOST_A_PUPIL * pupils)) if pupils > 0 else float("inf")
        self.relative = float(np.log(rates[0] / rates[1])) if usable else 0.0

    def log_requests(self, year: int) -> np.ndarray:
        """Return draws of the log of a year's requests, (draw,)."""
        ahead = year - self.year
        nation = np.zeros(self.draws)
        own = np.zeros(self.draws)
        step = self.sd * np.sqrt(1.0 - self.phi**2)
        for y in range(self.year + 1, year + 1):
            nation = nation + self.nation_sd * standard_normal(
                self.seed, (ENGLAND, "ehc", "requests", str(y)), self.draws
            )
            if self.code != ENGLAND:
                luck = standard_normal(self.seed, (self.code, "ehc", "requests", str(y)), self.draws)
                own = self.phi * own + step * luck
        back = self.relative * (self.phi**ahead - 1.0)
        return self.log_base + self.growth * damped_years(ahead) + back + nation + own

    def covariance(self, year: int, other: int) -> float:
        """Return the covariance of the logs of the requests of two calendar years."""
        a, b = sorted((max(year - self.year, 0), max(other - self.year, 0)))
        own = 0.0 if self.code == ENGLAND else self.sd**2 * (self.phi ** (b - a) - self.phi ** (a + b))
        return a * self.nation_sd**2 + own


def joined(
    area: Area,
    found: Rates,
    plans: Mapping[int, np.ndarray],
    draws: int,
    seed: int,
    through: Mapping[int, YearWeeks] | None = None,
) -> Rates:
    """Return rates whose shares of requests assessed and issued agree with each year's requests and plans.

    Parameters
    ----------
    area : Area
    found : Rates
        Shares by their own law.
    plans : mapping of calendar year to ndarray, (draw,)
        New plans.
    draws, seed : int
    through : mapping of calendar year to YearWeeks, optional
        The weeks that plans take (`within_year.weeks_by_year`), of the years of `plans`; as though plans followed at
        once when left out.

    Returns
    -------
    Rates
        With `joined` for the years of `plans` after the last published.
    """
    law = RequestLaw(area, found.year, draws, seed)
    if not law.known:
        return found
    years = [year for year in sorted(plans) if year > found.year]
    if not years:
        return found
    series = [found.series[name] for name in SHARES]
    # d log(share) = (1 - share) d log-odds
    slope = [np.array([1.0 - special.expit(one.centre(y)) for y in years]) for one in series]
    behind = 0.0
    if through is not None:
        behind = min(float(np.median(through[found.year].mean_weeks(0.5))) / WEEKS_PER_YEAR, 1.0)
    mixed = (1 - behind) * np.eye(len(years)) + behind * np.eye(len(years), k=-1)
    of_requests = mixed @ _over(years, law.covariance) @ mixed.T
    of_shares = sum(
        np.outer(s, s) * _over(years, one.covariance) for s, one in zip(slope, series, strict=True)
    )
    scale = [np.stack([one.scale(y) for y in years]) for one in series]
    log_share = sum(special.log_expit(x) for x in scale)
    log_plans = np.log(np.maximum([plans[y] for y in years], 0.5))
    log_requests = mixed @ np.stack([law.log_requests(y) for y in years])
    over = np.zeros_like(log_plans)
    if through is not None:
        log_requests[0] += behind * law.log_base
        over = np.stack([through[y].log_years_of_requests() for y in years])
    gap = log_plans - over - log_requests - log_share
    log_requests = log_requests + of_requests @ np.linalg.solve(of_requests + of_shares, gap)
    log_requests = np.minimum(log_requests, law.log_most)
    wanted = np.minimum(log_plans - over - log_requests, np.log(MOST_ENDING_IN_PLAN))
    shares: dict[tuple[str, int], np.ndarray] = {}
    for row, year in enumerate(years):
        weight = np.array([one.covariance(year, year) for one in series])
        moved = _moved([x[row] for x in scale], weight / weight.max(), wanted[row])
        shares |= {(name, year): share for name, share in zip(SHARES, moved, strict=True)}
    return replace(found, joined={**found.joined, **shares})


def _over(years: Sequence[int], covariance: Callable[[int, int], float]) -> np.ndarray:
    """Return the covariance matrix over some years."""
    return np.array([[covariance(a, b) for b in years] for a in years])


def _moved(scale: list[np.ndarray], weight: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Return shares whose log-odds are moved along `weight` until their product has the log that is wanted."""
    low, high = np.full(wanted.shape, -WIDEST), np.full(wanted.shape, WIDEST)
    for _ in range(48):
        middle = (low + high) / 2
        product = sum(special.log_expit(x + w * middle) for x, w in zip(scale, weight, strict=True))
        low, high = np.where(product < wanted, middle, low), np.where(product < wanted, high, middle)
    return [special.expit(x + w * high) for x, w in zip(scale, weight, strict=True)]
