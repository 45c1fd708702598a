"""The exact distribution of one list, week by week, without simulation and without noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from sendneeds import __version__
from sendneeds.foundation.arguments import amount, refusal
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import DomainError, from_zero, positive, proper_share, require
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.plots import COLOURS, new_axes
from sendneeds.foundation.results import Result
from sendneeds.kernel.lists import list_law as _kernel

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes


MOST = 10**15
"""More children than any list holds."""


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
    is stepped week by week (convolve, shift, fold at zero), so its only error is rounding. The number does not
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
        k of negative binomial arrivals, over 0: their variance is mean + mean**2 / k. Poisson where left out. A k so
        small that the law would fill memory is refused, with the least that is not.
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
    kinds(arrivals=(arrivals, "number"), slots=(slots, "number"), opening=(opening, "number"))
    mean = np.atleast_1d(from_zero("arrivals", arrivals))
    if mean.ndim > 1:
        raise refusal("arrivals", arrivals, "one number, or one a week", "Give the weeks in one list.")
    for name, one in (("dispersion", dispersion), ("hazard", hazard)):
        if one is not None and np.ndim(one):
            raise refusal(name, one, "one number", f"Write {name}=0.5, for example.")
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
    if not _kernel.is_small_enough(mean, waiting, spread, float(chance)):
        least = _kernel.least_dispersion(mean, waiting, float(chance))
        if spread is None or least is None or least <= spread:
            raise DomainError(
                f"arrivals: found {mean.size} weeks of up to {mean.max():g}, whose law is too wide to hold; allowed: "
                "fewer weeks or children. Use simulate, which samples it."
            )
        raise DomainError(
            f"dispersion: found {spread:g}; allowed: {least:g} or more for {mean.size} weeks of up to {mean.max():g} "
            "arrivals, or a law too wide to hold. The variance is mean + mean**2 / k: check the k."
        )
    law = _kernel.list_law(mean, each, waiting, spread, float(chance))
    provenance = {
        "software": "sendneeds",
        "version": __version__,
        "opening": waiting,
        "dispersion": spread,
        "hazard": float(chance),
    }
    return ListDistribution(_dataset(law), provenance)


@dataclass(frozen=True, repr=False, eq=False)
class ListDistribution(Result):
    """The law of a list over weeks; week 0 is the opening list.

    `data` holds ``chance`` (week, above), the probability that ``least`` (week) and so many children above wait.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict

    Examples
    --------
    >>> law = list_law([2.0] * 4, 2, opening=3)
    >>> law["chance"].dims, int(law["least"][0])
    (('week', 'above'), 3)
    """

    title = "Law of a list"

    @property
    def mean(self) -> xr.DataArray:
        """Mean number waiting, children, (week,).

        Examples
        --------
        >>> float(list_law([2.0] * 4, 2, opening=3).mean[0])
        3.0
        """
        return self._by_week(_kernel.mean(self._law), "mean", "Mean number waiting", "children")

    @property
    def sd(self) -> xr.DataArray:
        """Standard deviation of the number waiting, children, (week,).

        Examples
        --------
        >>> float(list_law([2.0] * 4, 2, opening=3).sd[0])
        0.0
        """
        return self._by_week(
            _kernel.sd(self._law), "sd", "Standard deviation of the number waiting", "children"
        )

    def quantile(self, probability: float) -> xr.DataArray:
        """Return the smallest list that is not exceeded with a given probability.

        Parameters
        ----------
        probability : float
            Over 0 and under 1.

        Returns
        -------
        xarray.DataArray
            Children, (week,).

        Raises
        ------
        DomainError
            If the probability is not over 0 and under 1.

        Examples
        --------
        >>> list_law([2.0] * 4, 2, opening=3).quantile(0.9).values.tolist()
        [3, 5, 6, 6, 7]
        """
        if np.ndim(probability):
            raise refusal("probability", probability, "one number", "Write probability=0.9, for example.")
        level = float(proper_share("probability", probability))
        name = f"Number waiting not exceeded with probability {level:g}"
        return self._by_week(_kernel.quantile(self._law, level), f"q{level:g}", name, "children")

    def at_most(self, threshold: int) -> xr.DataArray:
        """Return the probability that the list is at or under a threshold.

        Parameters
        ----------
        threshold : int
            Children.

        Returns
        -------
        xarray.DataArray
            From 0 to 1, (week,).

        Examples
        --------
        >>> list_law([2.0] * 4, 2, opening=3).at_most(3).round(3).values.tolist()
        [1.0, 0.677, 0.629, 0.606, 0.591]
        """
        most = amount(
            "threshold", threshold, lambda n: abs(n) < MOST, f"a number of children under {MOST:,}", 300
        )
        name = f"Probability that {threshold} or fewer wait"
        chance = _kernel.at_most(self._law, math.floor(most))
        return self._by_week(chance, "probability", name, "probability")

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the number waiting by week: its 80 % interval, mean and standard deviation.

        Parameters
        ----------
        name : str, optional
            One variable of `data`, as it is, in place of the number waiting.

        Returns
        -------
        pandas.DataFrame
            Columns variable, week, low, central, high, units, mean and sd, in children.

        Examples
        --------
        >>> list_law([2.0] * 4, 2, opening=3).summary()["high"].tolist()
        [3, 5, 6, 6, 7]
        """
        import pandas as pd

        if name is not None:
            return super().summary(name)
        low, central, high = (self.quantile(level).values for level in INTERVAL_LEVELS)
        return pd.DataFrame(
            {
                "variable": "waiting",
                "week": self.data["week"].values,
                "low": low,
                "central": central,
                "high": high,
                "units": "children",
                "mean": self.mean.values,
                "sd": self.sd.values,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the fan of the list: median and 80 % interval by week.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> list_law([2.0] * 4, 2, opening=3).plot().get_ylabel()
        'children waiting'
        """
        ax = new_axes(ax)
        table = self.summary()
        ax.fill_between(
            table["week"],
            table["low"],
            table["high"],
            alpha=0.25,
            lw=0,
            color=COLOURS[0],
            label="80 % interval",
        )
        ax.plot(table["week"], table["central"], label="median", color=COLOURS[0])
        ax.set_ylim(bottom=0)
        ax.set_xlabel("week")
        ax.set_ylabel("children waiting")
        first, last = table["central"].iloc[[0, -1]]
        ax.set_title(
            f"Children waiting: {first:,.0f} at the start, {last:,.0f} (median) at the end", loc="left"
        )
        ax.legend(frameon=False)
        return ax

    @property
    def _law(self) -> _kernel.ListLaw:
        return _kernel.ListLaw(
            self.data["least"].values, self.data["chance"].values, float(self.data.attrs["lost"])
        )

    def _figures(self) -> pd.DataFrame:
        """Return the first week and the last."""
        table = self.summary().iloc[[0, -1]].set_index("week")
        return table[["mean", "sd", "low", "central", "high"]].round(1)

    def _by_week(self, values: np.ndarray, name: str, long_name: str, units: str) -> xr.DataArray:
        import xarray as xr

        attrs = {"long_name": long_name, "units": units, "kind": "stock"}
        return xr.DataArray(values, dims="week", coords={"week": self.data["week"]}, name=name, attrs=attrs)


def _dataset(law: _kernel.ListLaw) -> xr.Dataset:
    """Return the law of the kernel as labelled arrays."""
    import xarray as xr

    def words(text: str, units: str) -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": "stock"}

    return xr.Dataset(
        {
            "least": ("week", law.start, words("Smallest list with a probability", "children")),
            "chance": (
                ("week", "above"),
                law.chance,
                words("Probability of so many above it", "probability"),
            ),
        },
        coords={"week": np.arange(len(law.start)), "above": np.arange(law.chance.shape[1])},
        attrs={"lost": law.lost},
    )


def _whole(name: str, value: ArrayLike) -> np.ndarray:
    number = from_zero(name, value)
    require(number == np.floor(number), name, number, "whole numbers", "Round before, and carry the fraction")
    return number
