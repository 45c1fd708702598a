"""The weeks from decision to plan through a year: they move with the weeks, and do not jump at New Year.

A share in time is published, and drawn, by the year in which plans end. Were all plans of a year as late as that, those
of the first week of January would have been asked for weeks or months apart from those of the last week of December,
and the requests of two years would fall into one, or into none. So the log of the median weeks is a parabola through
each year: at New Year it is the mean of the two years that meet there, and between it goes so far up or down that the
whole year has its own share in time.

Requests come as evenly as that allows, and plans do not: with ``m(x)`` the mean weeks from request to plan of plans
that end at x of the year, 0 to 1, the requests behind the year were made over ``1 - (m(1) - m(0)) / 52`` years, and
plans end at x in proportion to ``1 - m'(x) / 52``: more of them while waits grow shorter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy import special

from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.kernel.ehc import clock as ehc_clock
from sendneeds.waits.ehc.published_rates import Rates
from sendneeds.waits.ehc.weeks_law import decision_law, median_weeks

TO_DECISION = 5.0
"""Weeks to a decision, about: three to six where told in time."""
LEAST_YEARS, MOST_YEARS = 0.5, 2.0
"""Bounds of the years over which the requests behind a year's plans are taken to have been made."""
LEAST_PACE = 0.2
"""Bound of the plans that end in a part of the year, over those of an even year."""
FURTHEST = 8.0
"""Bound of the bend of the parabola about the one that keeps the year's mean log."""
NODES, WEIGHTS = (np.polynomial.legendre.leggauss(6)[0] + 1) / 2, np.polynomial.legendre.leggauss(6)[1] / 2
"""Places within a year, and their weights, at which its share is taken."""
STEPS = 32
"""Parts of a year between which the place of a plan is interpolated."""


class Path(NamedTuple):
    """A quantity through a year: ``first + x (last - first) + bend x (1 - x)``, x from 0 to 1; (draw,) each."""

    first: np.ndarray
    last: np.ndarray
    bend: np.ndarray

    def at(self, lane: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return it for children of given draws, each at its place in the year, (N,)."""
        return self.first[lane] + x * ((self.last - self.first)[lane] + self.bend[lane] * (1.0 - x))

    def everywhere(self, x: float) -> tuple[np.ndarray, np.ndarray]:
        """Return it, and its slope, at one place in every draw, (draw,)."""
        rise = self.last - self.first
        return self.first + x * (rise + self.bend * (1.0 - x)), rise + self.bend * (1.0 - 2.0 * x)


class YearWeeks(NamedTuple):
    """Weeks of plans that end in a year, on the log scale, and when in the year they end.

    ``plan``, ``excepted`` and ``not_issued`` are the log of the median weeks from decision to the end; ``quicker`` the
    log of how many times as long a plan takes where advice is never short; ``spread``, (draw,), that of the log of the
    weeks; ``place``, (draw, STEPS + 1), where in the year, 0 to 1, that share of its plans has ended.
    """

    plan: Path
    excepted: Path
    not_issued: Path
    quicker: Path
    spread: np.ndarray
    place: np.ndarray

    def ends(self, lane: np.ndarray, share: np.ndarray) -> np.ndarray:
        """Return where in the year a plan ends that so large a share of its draw's plans come before, (N,)."""
        whole = np.minimum((share * STEPS).astype(np.int64), STEPS - 1)
        low, high = self.place[lane, whole], self.place[lane, whole + 1]
        return low + (share * STEPS - whole) * (high - low)

    def mean_weeks(self, x: float) -> np.ndarray:
        """Return the mean weeks from request to plan of plans that end at a place in the year, (draw,)."""
        return TO_DECISION + _mean(self.plan, self.spread, x)[0]

    def log_years_of_requests(self) -> np.ndarray:
        """Return the log of the years over which the requests were made whose plans end in the year, (draw,).

        Less than a year where plans take longer at its end than at its beginning: 1 less that change.
        """
        change = (self.mean_weeks(1.0) - self.mean_weeks(0.0)) / WEEKS_PER_YEAR
        return np.log(np.clip(1.0 - change, LEAST_YEARS, MOST_YEARS))


def path(before: np.ndarray, now: np.ndarray, after: np.ndarray) -> Path:
    """Return the parabola through a year that has its mean, and at either end the mean of the years that meet there.

    Examples
    --------
    >>> found = path(*(np.array([x]) for x in (10.0, 16.0, 14.0)))
    >>> [float(found.everywhere(x)[0][0]) for x in (0.0, 0.5, 1.0)]
    [13.0, 17.0, 15.0]
    """
    first, last = (before + now) / 2, (now + after) / 2
    return Path(first, last, 6.0 * (now - (first + last) / 2))


def _mean(log_median: Path, spread: np.ndarray, x: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean weeks from decision to plan at a place in the year, and the plans that end there, 1 if even."""
    now, slope = log_median.everywhere(x)
    mean = np.exp(now + spread**2 / 2)
    return mean, np.maximum(1.0 - mean * slope / WEEKS_PER_YEAR, LEAST_PACE)


def path_to_share(
    start: Path, share: np.ndarray, prompt: np.ndarray, spread: np.ndarray, limit: float = 20.0
) -> Path:
    """Return a parabola of log medians whose year, taken as a whole, has a share within a limit of the request.

    Parameters
    ----------
    start : Path
        Its ends are kept, and its bend is changed.
    share, prompt, spread : ndarray, (draw,)
        Share of the year, its decisions told in time, and the spread of the log of the weeks.
    limit : float
        Weeks from the request.
    """
    weeks = np.arange(3, int(np.ceil(limit)))
    chance, left = decision_law(weeks, prompt), np.log(limit - weeks)[:, None]
    low, high = start.bend - FURTHEST, start.bend + FURTHEST
    for _ in range(16):
        bent = start._replace(bend=(low + high) / 2)
        in_time, plans = np.zeros_like(share), np.zeros_like(share)
        for x, weight in zip(NODES, WEIGHTS, strict=True):
            ended = weight * _mean(bent, spread, x)[1]
            in_time += ended * (chance * special.ndtr((left - bent.everywhere(x)[0]) / spread)).sum(axis=0)
            plans += ended
        over = in_time > share * plans
        low, high = np.where(over, bent.bend, low), np.where(over, high, bent.bend)
    return start._replace(bend=(low + high) / 2)


def places(log_median: Path, spread: np.ndarray) -> np.ndarray:
    """Return where in the year given shares of its plans have ended, (draw, STEPS + 1), from 0 to 1 in equal steps."""
    middles = (np.arange(STEPS) + 0.5) / STEPS
    ended = np.cumsum([_mean(log_median, spread, x)[1] for x in middles], axis=0)
    ended = np.concatenate([np.zeros((1, spread.size)), ended / ended[-1]])
    shares = np.linspace(0.0, 1.0, STEPS + 1)
    return np.stack([np.interp(shares, one, shares) for one in ended.T])


def weeks_by_year(rates: Rates, years: Iterable[int], best: np.ndarray) -> dict[int, YearWeeks]:
    """Return the weeks of plans that end in each of some years.

    Parameters
    ----------
    rates : Rates
    years : iterable of int
    best : ndarray, (draw,)
        Share in time were advice never short.
    """
    wanted = sorted(set(years))
    near = {y for year in wanted for y in (year - 1, year, year + 1)}
    known = {year: _log_medians(rates, year, best) for year in near}
    out = {}
    for year in wanted:
        three = (known[year - 1], known[year], known[year + 1])
        plan, excepted, not_issued, quicker = (path(*each) for each in zip(*three, strict=True))
        spread = rates.at("spread", year)
        plan = path_to_share(plan, rates.at("in time", year), rates.at("decided in time", year), spread)
        out[year] = YearWeeks(plan, excepted, not_issued, quicker, spread, places(plan, spread))
    return out


def _log_medians(rates: Rates, year: int, best: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the paths of `YearWeeks`, were all of the year alike, (draw,) each."""
    prompt, spread = rates.at("decided in time", year), rates.at("spread", year)
    plan, excepted, quick, not_issued = (
        np.log(median_weeks(share, prompt, spread, limit))
        for share, limit in (
            (rates.at("in time", year), 20.0),
            (rates.at("in time excepted", year), 20.0),
            (rates.unhindered(year, best), 20.0),
            (rates.at("not issued in time", year), ehc_clock.DRAFT_WEEKS),
        )
    )
    return plan, excepted, not_issued, quick - plan
