"""How far a list keeps the order of waiting, told from what it was and what it became.

One month does not tell: many waiting long may mean that they are passed over, or that referrals have fallen. Two months
tell both, if referrals are fitted beside the order. The mean list is stepped week by week, in the order of the kernel:
joiners come; of those seen a share theta are the longest waiters, and the rest are spread over all who wait.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from sendneeds.waits.lists.bands import BANDS, EDGES, by_band, spread_bands, spread_over

SHARES = np.linspace(0.0, 1.0, 21)
"""Shares in order that are tried."""
FACTORS = np.geomspace(0.4, 3.0, 61)
"""Referrals that are tried, over a fourth of those who have waited up to four weeks."""
MISFIT = (0.25, 0.0012)
"""Squared difference of square roots a degree of freedom, of a list of n children: the first and the second times n.

The first is what chance gives (the square root of a Poisson count has variance 1/4); the second is fitted on pairs of
months of England's providers by ``data/_build/list_order.py``, so that half of the pairs fit worse than half of
chi-squared.
"""
QUARTER = 12.0
"""Weeks from one count to the next that is set beside it, at least."""
DEGREES = len(EDGES) - 2  # bands less the two that are fitted


class OrderFit(NamedTuple):
    """What a pair of months says of a list.

    Parameters
    ----------
    share : float
        Share of those seen that goes to the longest waiters.
    referrals, seen : float
        Children a week.
    misfit : ndarray, (21,)
        By share in `SHARES`, the least over referrals: sum over bands of squared differences of square roots.
    children : float
        On the later list.
    referrals_by_share : ndarray, (21,)
        Children a week that fit best with each share in `SHARES`.
    """

    share: float
    referrals: float
    seen: float
    misfit: np.ndarray
    children: float
    referrals_by_share: np.ndarray


def mean_list(
    opening: np.ndarray, joining: np.ndarray, seen: np.ndarray, share: np.ndarray, leaving: float = 0.0
) -> np.ndarray:
    """Return the mean list after some weeks.

    Parameters
    ----------
    opening : ndarray, (age,) or (age, case)
        Children by whole weeks waited.
    joining, seen : ndarray, (week, case)
        Children a week.
    share : ndarray, (case,)
        Of those seen, the share that goes to the longest waiters.
    leaving : float
        Share of the list that leaves unseen in a week, at random.

    Returns
    -------
    ndarray, (age + week, case)

    Examples
    --------
    >>> once = np.ones((1, 2))
    >>> mean_list(np.array([1.0, 1.0]), once, once, np.array([1.0, 0.0])).round(2).T.tolist()
    [[1.0, 1.0, 0.0], [0.67, 0.67, 0.67]]
    """
    weeks, cases = joining.shape
    ages = len(opening) + weeks
    held = np.zeros((ages, cases))
    held[: len(opening)] = opening if opening.ndim == 2 else opening[:, None]
    for week in range(weeks):
        held *= 1.0 - leaving
        held[1:] = held[:-1].copy()
        held[0] = joining[week]
        most = held.sum(axis=0)
        count = np.minimum(seen[week], most)
        older = np.cumsum(held[::-1], axis=0)[::-1] - held  # who have waited longer
        held -= np.clip(share * count - older, 0.0, held)
        held *= 1.0 - (1.0 - share) * count / np.maximum(most - share * count, 1e-12)
    return np.maximum(held, 0.0)


def misfit_of(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return the sum over bands (first axis) of squared differences of square roots of counts."""
    return ((np.sqrt(found + 0.375) - np.sqrt(expected + 0.375)) ** 2).sum(axis=0)


def fit_pair(before: np.ndarray, after: np.ndarray, weeks: int) -> OrderFit | None:
    """Fit order and referrals on two counts of one list by the bands of the NHS.

    Parameters
    ----------
    before, after : ndarray, (7,)
        Children by band of weeks waited (`EDGES`).
    weeks : int
        Between the two.

    Returns
    -------
    OrderFit or None
        None where no referrals that are tried bring the one list to the other.

    Examples
    --------
    >>> before, joining = np.array([20, 18, 33, 100, 60, 90, 10.0]), np.full((17, 1), 20.0)
    >>> after = by_band(mean_list(spread_bands(dict(zip(BANDS, before))), joining, joining, np.array([0.6])))
    >>> round(float(fit_pair(before, after[:, 0], 17).share), 2)
    0.6
    """
    a_week = (before[:3].sum() + after[:3].sum()) / 8.0
    share, factor = (grid.ravel() for grid in np.meshgrid(SHARES, FACTORS, indexing="ij"))
    joining = a_week * factor
    seen = joining - (after.sum() - before.sum()) / weeks
    if not (seen > 0).any():
        return None
    opening = spread_bands(dict(zip(BANDS, before, strict=True)))
    steady = np.ones((weeks, 1))
    ages = mean_list(opening, steady * joining, steady * np.maximum(seen, 0.0), share)
    misfit = np.where(seen > 0, misfit_of(after[:, None], by_band(ages)), np.inf)
    best = int(misfit.argmin())
    table = misfit.reshape(len(SHARES), len(FACTORS))
    return OrderFit(
        float(share[best]),
        float(joining[best]),
        float(seen[best]),
        table.min(axis=1),
        float(after.sum()),
        a_week * FACTORS[table.argmin(axis=1)],
    )


def fit_flows(
    over: np.ndarray,
    edges: tuple[int, ...],
    weeks: np.ndarray,
    referrals: np.ndarray,
    seen: np.ndarray,
    removed: np.ndarray,
) -> list[tuple[np.ndarray, float]]:
    """Return what counts of a list whose flows are known say of its order, a quarter of a year at a time.

    Parameters
    ----------
    over : ndarray, (count, edge)
        Children who have waited more than each edge, at each count.
    edges : tuple of int
        Weeks waited, rising, the first 0.
    weeks, referrals, seen, removed : ndarray, (count - 1,)
        Weeks between counts, and children in them.

    Returns
    -------
    list of (ndarray, float)
        Misfit by share in `SHARES`, and the children on the later list, as `posterior` takes them.

    Examples
    --------
    >>> over, flows = np.array([[60.0, 20.0], [60.0, 60.0 * 0.2]]), np.full((1,), 60.0)
    >>> len(fit_flows(over, (0, 18), np.array([13.0]), flows, flows, 0.0 * flows))
    1
    """
    fits, first = [], 0
    for last in range(1, len(over)):
        span = weeks[first:last].sum()
        if span < QUARTER:
            continue
        number = round(span)
        upto = np.concatenate([[0.0], np.cumsum(weeks[first:last])])
        at = np.linspace(0.0, span, number + 1)
        joining, taken, gone = (
            np.diff(np.interp(at, upto, np.concatenate([[0.0], np.cumsum(flow[first:last])])))[:, None]
            for flow in (referrals, seen, removed)
        )
        on_list = (over[first, 0] + over[last, 0]) / 2
        leaving = float(np.clip(gone.mean() / max(on_list, 1.0), 0.0, 0.5))
        bands = over[first] - np.append(over[first, 1:], 0.0)
        ages = mean_list(
            spread_over(edges, bands), joining + 0.0 * SHARES, taken + 0.0 * SHARES, SHARES, leaving
        )
        found = over[last] - np.append(over[last, 1:], 0.0)
        fits.append((misfit_of(found[:, None], by_band(ages, edges)), float(over[last, 0])))
        first = last
    return fits


def posterior(fits: list[tuple[np.ndarray, float]], mean: float = 0.5, sd: float | None = None) -> np.ndarray:
    """Return the probability of each share in `SHARES`, given pairs of months of one list.

    Parameters
    ----------
    fits : list of (ndarray, float)
        Misfit by share, and the children on the later list.
    mean, sd : float
        Of the beta law that holds before; even over shares where no sd is given.

    Examples
    --------
    >>> posterior([(100 * (SHARES - 0.3) ** 2, 400.0)]).argmax().tolist()
    6
    """
    a, b = (1.0, 1.0) if sd is None else beta_of(mean, sd)
    edges = np.concatenate([[0.0], (SHARES[1:] + SHARES[:-1]) / 2, [1.0]])
    log = np.log(np.maximum(np.diff(special.betainc(a, b, edges)), 1e-300))
    for misfit, children in fits:
        log -= misfit / (2.0 * (MISFIT[0] + MISFIT[1] * children))
    chance = np.exp(log - log.max())
    return chance / chance.sum()


def beta_of(mean: float, sd: float) -> tuple[float, float]:
    """Return the two parameters of the beta law of a mean and a standard deviation.

    Examples
    --------
    >>> beta_of(0.5, 0.05**0.5)
    (2.0, 2.0)
    """
    size = mean * (1.0 - mean) / sd**2 - 1.0
    return round(mean * size, 12), round((1.0 - mean) * size, 12)


def quantile(chance: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return shares at uniforms `u` of the law `chance` over `SHARES`, even between neighbours."""
    half = (SHARES[1] - SHARES[0]) / 2
    edges = np.concatenate([[0.0], SHARES[:-1] + half, [1.0]])
    return np.interp(u, np.concatenate([[0.0], np.cumsum(chance)]), edges)
