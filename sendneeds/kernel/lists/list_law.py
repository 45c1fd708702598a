"""The exact distribution of one list, week by week, without simulation: convolve, shift, fold at zero.

With p the law of the number waiting, a that of arrivals and s the slots of a week, the law at the week's end is

    p'[n] = (p thinned by the chance of leaving, * a)[n + s] for n > 0,    p'[0] = the sum of what lies at s or below.

With Poisson or negative binomial arrivals, known slots and a constant weekly hazard of leaving, the number on the
list is a Markov chain whose law can be stepped exactly. It has no noise, so it is the oracle of the simulation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import fft, special

_TAIL = 1e-16  # probability cut off at each end of the law in a week; reported as `lost`
_FFT_TAIL = (
    1e-13  # the same where a step goes by Fourier transforms, whose rounding would outweigh a thinner tail
)
_DIRECT = 4_000_000  # products of a step up to which the plain sum is the faster
MOST_CELLS = 20_000_000
MOST_PRODUCTS = 5_000_000_000


class ListLaw(NamedTuple):
    """The law of a list at each week's end.

    Parameters
    ----------
    start : ndarray of int64, (T + 1,)
        The smallest list held.
    chance : ndarray of float64, (T + 1, N)
        Probability of `start`, `start` + 1, ...; the opening list stands in front.
    lost : float
        Probability cut off in all, under 1e-12 over ten years (1e-9 for arrivals so dispersed that steps go by
        Fourier transforms).
    """

    start: np.ndarray
    chance: np.ndarray
    lost: float


def list_law(
    arrivals: np.ndarray,
    slots: np.ndarray,
    opening: int,
    dispersion: float | None = None,
    hazard: float = 0.0,
) -> ListLaw:
    """Return the exact law of a list.

    Parameters
    ----------
    arrivals : ndarray of float, (T,)
        Mean number of children joining each week.
    slots : ndarray of int, (T,)
        First appointments offered each week.
    opening : int
        Children waiting at the start.
    dispersion : float, optional
        k of negative binomial arrivals (variance mean + mean**2 / k); Poisson where None.
    hazard : float
        Chance a week that a waiting child leaves unseen.

    Returns
    -------
    ListLaw

    Examples
    --------
    >>> law = list_law(np.full(520, 20.0), np.tile([20, 20, 21, 20, 21], 104), opening=0)
    >>> round(float(mean(law)[-1]), 1)
    22.0
    """
    weeks = len(arrivals)
    law, first = np.ones(1), int(opening)
    kept, starts, lost = [law], [first], 0.0
    joining: dict[float, tuple[int, np.ndarray]] = {}
    for week in range(weeks):
        if hazard:
            law, first = _thinned(law, first, hazard)
        rate = float(arrivals[week])
        if rate not in joining:
            joining[rate] = _arrival_law(rate, dispersion)
        least, chance = joining[rate]
        law, tail = _convolved(law, chance)
        first += least - int(slots[week])
        if first < 0:  # fold: a list that would be negative is empty
            law = np.concatenate([[law[: 1 - first].sum()], law[1 - first :]])
            first = 0
        law, first, cut = _trimmed(law, first, tail)
        lost += cut
        kept.append(law)
        starts.append(first)
    out = np.zeros((weeks + 1, max(map(len, kept))))
    for row, held in zip(out, kept, strict=True):
        row[: len(held)] = held
    return ListLaw(np.array(starts), out, lost)


def is_small_enough(rates: np.ndarray, opening: int, dispersion: float | None, hazard: float) -> bool:
    """Return whether a law can be held and stepped in seconds: its width is that of its tails to 1e-16.

    Examples
    --------
    >>> [is_small_enough(np.full(520, 20.0), 400, k, 0.005) for k in (None, 6.0, 0.001)]
    [True, True, False]
    """
    rate, weeks = float(rates.max(initial=0.0)), len(rates)
    swing = 1.0 + (
        0.0 if dispersion is None else rate / dispersion
    )  # variance over mean of a week's arrivals
    width = 37.0 * swing + 16.0 * np.sqrt(float(rates.sum()) * swing)
    leaving = hazard * (opening + width)
    steps = leaving + 10.0 * np.sqrt(leaving) + 20.0 if hazard else 0.0
    return bool(max(weeks * width, rate) <= MOST_CELLS and weeks * width * steps <= MOST_PRODUCTS)


def least_dispersion(rates: np.ndarray, opening: int, hazard: float) -> float | None:
    """Return the least k, to two figures, for which `is_small_enough`; None if no k is."""
    powers = [float(f"{x:.2g}") for x in np.geomspace(1e-6, 1e6, 289)]
    return next((k for k in powers if is_small_enough(rates, opening, k, hazard)), None)


def mean(law: ListLaw) -> np.ndarray:
    """Return the mean list at each week's end, (T + 1,) children."""
    return law.start + law.chance @ np.arange(law.chance.shape[1])


def sd(law: ListLaw) -> np.ndarray:
    """Return the standard deviation of the list at each week's end, (T + 1,) children."""
    number = np.arange(law.chance.shape[1])
    centre = law.chance @ number
    return np.sqrt(np.maximum(law.chance @ number**2 - centre**2, 0.0))


def quantile(law: ListLaw, share: float) -> np.ndarray:
    """Return the smallest list not exceeded with chance `share` or more, (T + 1,) int64."""
    under = np.cumsum(law.chance, axis=1)
    short = under < share * under[:, -1:] - 1e-13
    return law.start + short.sum(axis=1)


def at_most(law: ListLaw, threshold: int | np.ndarray) -> np.ndarray:
    """Return the probability that the list is at or under a threshold, (T + 1,).

    Parameters
    ----------
    law : ListLaw
    threshold : int or ndarray of int, (T + 1,)
        Children.
    """
    under = np.cumsum(law.chance, axis=1)
    place = np.broadcast_to(np.asarray(threshold), law.start.shape) - law.start
    last = np.minimum(np.maximum(place, 0), under.shape[1] - 1)
    return np.where(place < 0, 0.0, under[np.arange(len(under)), last])


def _arrival_law(rate: float, dispersion: float | None) -> tuple[int, np.ndarray]:
    """Return the least number of arrivals held, and the probability of it and of each number above."""
    spread = rate + (0.0 if dispersion is None else rate**2 / dispersion)
    top = int(rate + 12.0 * np.sqrt(spread) + 40.0 * max(1.0, spread / max(rate, 1.0)))
    number = np.arange(top + 1)
    if dispersion is None:
        chance = np.exp(special.xlogy(number, rate) - rate - special.gammaln(number + 1))
    else:
        ratios = np.cumsum(np.log1p(number / dispersion)) - np.log1p(number / dispersion)
        shrink = np.log1p(rate / dispersion)  # logs of ratios, so that a law near Poisson's keeps its digits
        chance = np.exp(
            ratios
            + special.xlogy(number, rate)
            - special.gammaln(number + 1)
            - (number + dispersion) * shrink
        )
    law, first, _ = _trimmed(chance / chance.sum(), 0)
    return first, law


def _convolved(law: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the law of a sum, and the probability at each end that is within its rounding."""
    if len(law) * len(chance) <= _DIRECT:
        return np.convolve(law, chance), _TAIL
    length = len(law) + len(chance) - 1
    size = fft.next_fast_len(length, real=True)
    total = fft.irfft(fft.rfft(law, size) * fft.rfft(chance, size), size)[:length]
    return np.maximum(total, 0.0), _FFT_TAIL


def _trimmed(law: np.ndarray, first: int, tail: float = _TAIL) -> tuple[np.ndarray, int, float]:
    """Return a law without the ends whose probability is negligible, and what was cut off."""
    total = np.cumsum(law)
    low = int(np.searchsorted(total, tail, side="right"))
    above = np.cumsum(law[::-1])
    high = len(law) - int(np.searchsorted(above, tail, side="right"))
    low = min(low, high - 1)
    cut = (total[low - 1] if low else 0.0) + (above[len(law) - high - 1] if high < len(law) else 0.0)
    return law[low:high], first + low, float(cut)


def _thinned(law: np.ndarray, first: int, hazard: float) -> tuple[np.ndarray, int]:
    """Return the law once each child has left with the chance `hazard`: a binomial share stays."""
    last = first + len(law) - 1
    most = int(min(last, last * hazard + 10.0 * np.sqrt(last * hazard * (1 - hazard)) + 20))
    lower = min(most, first)
    number = np.arange(first, last + 1)
    out = np.zeros(len(law) + lower)
    moved = law * np.exp(number * np.log1p(-hazard))  # by how many leave: none, one, two, ...
    for leaving in range(most + 1):
        skip = max(leaving - lower, 0)
        out[lower - leaving + skip : len(out) - leaving] += moved[skip:]
        moved = moved * (np.maximum(number - leaving, 0) * (hazard / (1 - hazard) / (leaving + 1)))
    return out, first - lower
