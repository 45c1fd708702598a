"""The reform of SEND as a change of need: plans reviewed when children change phase, and plans for fewer children.

Children whose plan becomes an individual support plan, or who are given one in place of a plan, are a provision of
their own, `I`: they have the needs that they had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import AGES

MOVES = (10, 15)
"""Ages at the 31 August before a calendar year of those who move into years 7 and 12 in its September."""
DFE_PERCENT_OF_PUPILS = 4.7
"""Percent of England's pupils with a plan in January 2035, as the Department for Education estimates it (reported on 23
February 2026); printed beside ours, and aimed at by nothing here."""
SEPTEMBER_ON = 4 / 12
"""Part of a calendar year from September on."""


@dataclass(frozen=True)
class PhaseReviews:
    """Plans reviewed at the moves into years 7 and 12, a share of which become individual support plans.

    Parameters
    ----------
    year : int
        First calendar year whose moves in September are reviewed.
    share : float
        Share of the plans reviewed that become individual support plans.

    Raises
    ------
    DomainError
        If the share is not one.

    Examples
    --------
    >>> PhaseReviews(2029, 0.2).chances([2028, 2029])[:, 10].tolist()
    [0.0, 0.2]
    """

    year: int
    share: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise DomainError(f"share={self.share}: a share of the plans reviewed, 0 to 1.")

    def chances(self, years: list[int]) -> np.ndarray:
        """Return the chance that a plan becomes an individual support plan, by calendar year and age at its opening.

        Parameters
        ----------
        years : list of int

        Returns
        -------
        ndarray, (calendar year, age)

        Examples
        --------
        >>> PhaseReviews(2029, 0.2).chances([2029]).sum().round(1)
        np.float64(0.4)
        """
        out = np.zeros((len(years), len(AGES)))
        for t, year in enumerate(years):
            if year >= self.year:
                out[t, list(MOVES)] = self.share
        return out


@dataclass(frozen=True)
class SpecialistPlans:
    """Fewer new plans, so that those in place fall from their peak to a share of it by a January.

    Parameters
    ----------
    year : int
        Calendar year in whose September it begins.
    share_of_peak : float
        Plans in January `by` over those of the peak.
    by : int

    Raises
    ------
    DomainError
        If the share is not over 0 and under 1, or `by` is not after the year.

    Examples
    --------
    >>> SpecialistPlans(2030, 640 / 910, 2035).parts([2029, 2030, 2031]).round(2).tolist()
    [0.0, 0.33, 1.0]
    """

    year: int
    share_of_peak: float
    by: int

    def __post_init__(self) -> None:
        if not 0 < self.share_of_peak < 1:
            raise DomainError(f"share_of_peak={self.share_of_peak}: a share of the peak, over 0 and under 1.")
        if self.by <= self.year:
            raise DomainError(f"by={self.by}: give a January after {self.year}.")

    def parts(self, years: list[int]) -> np.ndarray:
        """Return the part of each calendar year in which it holds.

        Parameters
        ----------
        years : list of int

        Returns
        -------
        ndarray, (calendar year,)

        Examples
        --------
        >>> SpecialistPlans(2030, 0.7, 2035).parts([2031]).tolist()
        [1.0]
        """
        return np.array([float(y > self.year) if y != self.year else SEPTEMBER_ON for y in years])


@dataclass(frozen=True)
class Cut:
    """The cut of new plans that a fall from the peak takes.

    Parameters
    ----------
    share : float
        Share of new plans that are not made, 0 to 1.
    reached : float
        Plans at the end over those of the peak, with it.
    peak : int
        January of the peak, with it.
    """

    share: float
    reached: float
    peak: int


def solved_cut(none: np.ndarray, every: np.ndarray, first: int, wanted: SpecialistPlans) -> Cut:
    """Return the cut with which plans fall to the share of their peak, all of them where even that is not enough.

    Plans are a straight line in the share cut, since each new plan that is not made takes with it what would have been
    left of it.

    Parameters
    ----------
    none, every : ndarray, (year,)
        Mean plans each January with no new plan cut, and with all.
    first : int
        The first of these Januaries.
    wanted : SpecialistPlans

    Returns
    -------
    Cut

    Examples
    --------
    >>> none, every = np.array([100.0, 100.0, 100.0]), np.array([100.0, 100.0, 40.0])
    >>> solved_cut(none, every, 2030, SpecialistPlans(2030, 0.7, 2032)).share
    0.5
    """
    end = wanted.by - first

    def at(share: float) -> tuple[float, int]:
        path = ((1 - share) * none + share * every)[: end + 1]
        peak = int(np.argmax(path))
        return float(path[-1] / path[peak]), first + peak

    low, high = 0.0, 1.0
    if at(high)[0] >= wanted.share_of_peak:
        return Cut(high, *at(high))
    if at(low)[0] <= wanted.share_of_peak:
        return Cut(low, *at(low))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle)[0] > wanted.share_of_peak else (low, middle)
    share = round(high, 9)
    return Cut(share, *at(share))
