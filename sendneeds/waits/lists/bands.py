"""Lists by the NHS's bands of weeks waited, and by whole weeks."""

from __future__ import annotations

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import WEEK_BANDS

BANDS = tuple(WEEK_BANDS)
EDGES = tuple(low for low, _ in WEEK_BANDS.values())
"""Weeks waited over which each band begins."""
LONGEST = 104
"""Weeks to which the open band over 52 weeks is spread; each week holds `OPEN_STEP` of the one before."""
OPEN_STEP = 0.96


def spread_bands(bands: dict[str, float]) -> np.ndarray:
    """Spread bands of weeks waited over whole weeks: evenly within a band, falling away in the open one.

    Parameters
    ----------
    bands : dict of str to float
        Children, or shares, by NHS band (`WEEK_BANDS`); a band left out holds nobody.

    Returns
    -------
    ndarray of float, shape (LONGEST,)
        By whole weeks waited from 0; adds up to the bands.

    Raises
    ------
    DomainError
        If a band is not an NHS band.

    Examples
    --------
    >>> spread_bands({"0-1": 3, ">1-2": 2, ">2-4": 4})[:5].tolist()
    [3.0, 2.0, 2.0, 2.0, 0.0]
    """
    for band in bands:
        if band not in WEEK_BANDS:
            raise DomainError(f"{band!r} is not a band of weeks waited. Allowed: {', '.join(WEEK_BANDS)}.")
    return spread_over(EDGES, np.array([bands.get(band, 0.0) for band in BANDS], dtype=float))


def spread_over(edges: tuple[int, ...], counts: np.ndarray) -> np.ndarray:
    """Spread children between edges of weeks waited, (band,), over whole weeks, (`LONGEST`,), as `spread_bands` does.

    Examples
    --------
    >>> spread_over((0, 4), np.array([8.0, 0.0]))[:5].tolist()
    [2.0, 2.0, 2.0, 2.0, 0.0]
    """
    out = np.zeros(LONGEST)
    for low, high, count in zip(edges, (*edges[1:], LONGEST), counts, strict=True):
        weight = np.ones(high - low) if high < LONGEST else OPEN_STEP ** np.arange(LONGEST - low)
        out[low:high] += count * weight / weight.sum()
    return out


def by_band(ages: np.ndarray, edges: tuple[int, ...] = EDGES) -> np.ndarray:
    """Return children by band of weeks waited, (band, ...), from those by whole weeks, (age, ...).

    Examples
    --------
    >>> by_band(np.ones(60)).tolist()
    [1.0, 1.0, 2.0, 8.0, 6.0, 34.0, 8.0]
    """
    return np.add.reduceat(ages, [edge for edge in edges if edge < len(ages)], axis=0)
