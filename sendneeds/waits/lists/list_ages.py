"""How old the children on a list are: from the pack's shares by age band, else from the ages at referral."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.bridge import referral_ages
from sendneeds.evidence.schema.parameter_units import LIST_AGE_SHARES
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.vocabulary import AGE_BANDS

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters
    from sendneeds.need.projection import NeedProjection

SHARES = dict(zip(AGE_BANDS, LIST_AGE_SHARES, strict=True))
"""Parameters that say which share of those waiting is in each age band."""


def list_ages(
    parameters: Parameters, service: str, need: NeedProjection, opening: np.ndarray, limit: int
) -> tuple[np.ndarray, str]:
    """Return the shares of the children waiting by age, and what they rest on.

    Parameters
    ----------
    parameters : Parameters
    service : str
    need : NeedProjection
    opening : ndarray of int, (weeks waited, draw)
    limit : int
        Age at which a child leaves the list.

    Returns
    -------
    (ndarray of float, (age, draw), str)
        Add up to 1; none at the limit or over it.
    """
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    ages = older(referral_ages(need, service, seed), opening, limit)
    stated = {band: name for band, name in SHARES.items() if parameters.has(service, name)}
    if not stated:
        return ages, "ages on the list from the ages at referral, each child older by its wait"
    return by_band(
        ages, {band: parameters.draw(service, name, draws, seed) for band, name in stated.items()}, limit
    ), "ages on the list from the pack's shares by age band"


def older(referred: np.ndarray, opening: np.ndarray, limit: int) -> np.ndarray:
    """Return the shares of those waiting by age, (age, draw), from those referred by age and a list by weeks waited.

    Children are referred at any time in their year of age. One who has waited a year and a quarter is a year older with
    the chance 3/4, and two years older else.

    Examples
    --------
    >>> older(np.array([[0.0], [8.0], [2.0], [0.0]]), np.zeros((1, 1), int) + 5, 4)[:, 0].tolist()
    [0.0, 0.8, 0.2, 0.0]
    """
    weeks, draws = opening.shape
    whole, part = np.divmod(np.arange(weeks) / WEEKS_PER_YEAR, 1.0)
    years = np.zeros((int(whole.max(initial=0)) + 2, draws))
    for k in range(len(years) - 1):
        here = whole == k
        years[k] += ((1.0 - part[here])[:, None] * opening[here]).sum(axis=0)
        years[k + 1] += (part[here][:, None] * opening[here]).sum(axis=0)
    years[0] += years.sum(axis=0) == 0  # an empty list is as old as those who join it
    out = np.zeros(referred.shape)
    for k in range(min(len(years), len(out))):
        out[k:] += years[k] * referred[: len(out) - k]
    out[limit:] = 0.0
    total = out.sum(axis=0)
    even = (np.arange(len(out)) < limit)[:, None] / limit
    return np.where(total > 0, out / np.where(total > 0, total, 1.0), even)


def by_band(ages: np.ndarray, stated: dict[str, np.ndarray], limit: int) -> np.ndarray:
    """Return shares by age, (age, draw), that add up by band to those stated; within a band they lie as `ages` do.

    Parameters
    ----------
    ages : ndarray, (age, draw)
    stated : dict of str to ndarray (draw,)
        By age band; the bands left out share what those stated leave of 1, as `ages` lie.
    limit : int
        A band, or part of one, at or over it holds nobody.
    """
    out = np.zeros_like(ages)
    rest = np.maximum(1.0 - sum(stated.values(), np.zeros(ages.shape[1])), 0.0)
    inside = {band: slice(first, min(last + 1, limit)) for band, (first, last) in AGE_BANDS.items()}
    left = sum((ages[inside[band]].sum(axis=0) for band in inside if band not in stated), np.zeros(1))
    for band, at in inside.items():
        there = ages[at].sum(axis=0)
        share = stated[band] if band in stated else rest * there / np.maximum(left, 1e-12)
        width = max(at.stop - at.start, 0)
        if width:
            even = np.full((width, 1), 1.0 / width)
            out[at] = share * np.where(there > 0, ages[at] / np.where(there > 0, there, 1.0), even)
    return out / out.sum(axis=0)


def reaching(ages: np.ndarray, limit: int) -> np.ndarray:
    """Return the chance a week that a child on the list reaches the age limit, (draw,), from the shares by age.

    Examples
    --------
    >>> round(float(reaching(np.array([[0.5], [0.3], [0.2]]), 3)[0] * WEEKS_PER_YEAR), 6)
    0.2
    """
    return ages[limit - 1] / WEEKS_PER_YEAR
