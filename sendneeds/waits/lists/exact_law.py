"""The exact distribution of one list, week by week, without simulation and without noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.errors import from_zero, positive, proper_share, require
from sendneeds.kernel.lists import list_law as _kernel

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

LEVELS = (0.1, 0.5, 0.9)


def list_law(
    arrivals: ArrayLike,
    slots: ArrayLike,
    opening: ArrayLike,
    *,
    dispersion: float | None = None,
    hazard: float = 0.0,
) -> ListDistribution:
    """Return the exact law of the number on a list at the start of every week.

    Arrivals are random about known means, slots are known, and those who leave unseen do so at random. The law
    is stepped week by week (convolve, shift, fold at nought), so its only error is rounding. The number does not
    depend on who is seen first; the waits do, and they are for `simulate`.

    Parameters
    ----------
    arrivals : array_like of float, (week,)
        Mean number of children joining each week, 0 or more.
    slots : array_like of int, (week,) or one number
        First appointments offered each week, whole numbers.
    opening : int or array_like of int
        Children waiting at the start: one number, or by weeks waited (they are added up).
    dispersion : float, optional
        k of negative binomial arrivals, over 0: their variance is mean + mean**2 / k. Poisson where left out.
    hazard : float
        Chance a week that a waiting child leaves unseen, from 0 and under 1.

    Returns
    -------
    ListDistribution

    Raises
    ------
    DomainError
        A value is outside its domain, slots or the opening list are not whole, or there is not one number of
        slots a week.

    Examples
    --------
    >>> law = list_law([20.0] * 520, [20, 20, 21, 20, 21] * 104, opening=420)
    >>> round(float(law.mean[-1]), 1), int(law.quantile(0.9)[-1]), round(float(law.at_most(300)[-1]), 3)
    (212.9, 343, 0.807)
    """
    mean = np.atleast_1d(from_zero("arrivals", arrivals))
    offered = _whole("slots", slots)
    require(
        np.asarray(offered.ndim == 0 or offered.shape == mean.shape),
        "slots",
        np.asarray(float(offered.size)),
        f"one number, or one for each of the {mean.size} weeks of arrivals",
        "Give as many weeks of slots as of arrivals",
    )
    each = np.broadcast_to(offered, mean.shape).astype(np.int64)
    waiting = int(_whole("opening", opening).sum())
    spread = None if dispersion is None else float(positive("dispersion", dispersion))
    chance = from_zero("hazard", hazard)
    require(chance < 1, "hazard", chance, "from 0 and under 1", "Give a chance a week, for example 0.005")
    return ListDistribution(_kernel.list_law(mean, each, waiting, spread, float(chance)))


@dataclass(frozen=True)
class ListDistribution:
    """The law of a list over weeks; week 0 is the opening list.

    Parameters
    ----------
    law : sendneeds.kernel.lists.list_law.ListLaw
    """

    law: _kernel.ListLaw

    @property
    def mean(self) -> xr.DataArray:
        """Return the mean number waiting, by week."""
        return self._by_week(_kernel.mean(self.law), "mean", "Mean number waiting", "children")

    @property
    def sd(self) -> xr.DataArray:
        """Return the standard deviation of the number waiting, by week."""
        return self._by_week(
            _kernel.sd(self.law), "sd", "Standard deviation of the number waiting", "children"
        )

    def quantile(self, share: float) -> xr.DataArray:
        """Return the smallest list that is not exceeded with a given chance, by week.

        Parameters
        ----------
        share : float
            Over 0 and under 1.
        """
        level = float(proper_share("share", share))
        name = f"Number waiting not exceeded with chance {level:g}"
        return self._by_week(_kernel.quantile(self.law, level), f"q{level:g}", name, "children")

    def at_most(self, threshold: int) -> xr.DataArray:
        """Return the probability that the list is at or under a threshold, by week.

        Parameters
        ----------
        threshold : int
            Children.
        """
        name = f"Probability that {threshold} or fewer wait"
        return self._by_week(_kernel.at_most(self.law, int(threshold)), "probability", name, "probability")

    def to_tidy(self) -> pd.DataFrame:
        """Return a table: a row a week, columns mean, sd, low, central, high (the 80 % interval and median)."""
        import pandas as pd

        low, central, high = (self.quantile(level).values for level in LEVELS)
        return pd.DataFrame(
            {"mean": self.mean.values, "sd": self.sd.values, "low": low, "central": central, "high": high},
            index=pd.RangeIndex(len(low), name="week"),
        ).reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the fan of the list: median and 80 % interval by week."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        table = self.to_tidy()
        ax.fill_between(table["week"], table["low"], table["high"], alpha=0.25, lw=0, label="80 % interval")
        ax.plot(table["week"], table["central"], label="median")
        ax.set_ylim(bottom=0)
        ax.set_xlabel("week")
        ax.set_ylabel("children waiting")
        ax.legend(frameon=False)
        return ax

    def __repr__(self) -> str:
        weeks = len(self.law.start) - 1
        last = f"mean {float(self.mean[-1]):.1f}, sd {float(self.sd[-1]):.1f}"
        return f"ListDistribution: children waiting, weeks 0 to {weeks}; at the end {last}"

    def _by_week(self, values: np.ndarray, name: str, long_name: str, units: str) -> xr.DataArray:
        import xarray as xr

        attrs = {"long_name": long_name, "units": units, "kind": "stock"}
        return xr.DataArray(
            values, dims="week", coords={"week": np.arange(len(values))}, name=name, attrs=attrs
        )


def _whole(name: str, value: ArrayLike) -> np.ndarray:
    number = from_zero(name, value)
    require(number == np.floor(number), name, number, "whole numbers", "Round before, and carry the fraction")
    return number
