"""How surely a list is at a target: in a month, by a month, and from a month on; three measures with three names."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from sendneeds.demand.calendar import month_starts
from sendneeds.foundation.errors import DomainError, checked
from sendneeds.need.prevalence import wilson

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

MEASURES = ("probability_in", "probability_by", "probability_staying")
WORDS = {
    "probability_in": "in the month and the four weeks after",
    "probability_by": "in that month or one before",
    "probability_staying": "from that month on to the end",
}
WITHIN = (18, 52)
"""Weeks within which the children waiting are counted each week."""
HOLD_WEEKS = 4
ONE_ERROR = float(2 * special.ndtr(1.0) - 1)
"""The level at which an interval reaches one standard error either side."""


def standard_error(probability: Any, draws: int) -> np.ndarray:
    """Return the standard error of a share of draws: half of Wilson's interval of one error either side.

    Where no draw or every draw is counted the usual formula says 0, as if the draws left nothing open; this does
    not. Elsewhere the two agree.

    Parameters
    ----------
    probability : array_like
        Shares of draws.
    draws : int

    Returns
    -------
    ndarray

    Examples
    --------
    >>> standard_error([0.0, 0.5], 100).round(4)
    array([0.005 , 0.0498])
    """
    share = np.asarray(probability, dtype=float)
    low, high = wilson(np.clip(share * draws, 0, draws), draws, ONE_ERROR)
    return (high - low) / 2


def at_target(
    lists: xr.Dataset, target: float = 0.92, within: int = 18, hold_weeks: int = HOLD_WEEKS
) -> pd.DataFrame:
    """Return how surely each list is at a target, month by month.

    Parameters
    ----------
    lists : xarray.Dataset
        ``waiting``, ``waiting_within_18`` and ``waiting_over_52``, (scenario, service, week, draw).
    target : float
        Share of those waiting, over 0 and at most 1.
    within : {18, 52}
        Weeks waited.
    hold_weeks : int
        Weeks after a month's first Monday in which the target has to hold as well, to be held in that month.

    Returns
    -------
    pandas.DataFrame
        Columns scenario, service, month (its first Monday), ``probability_in`` (at the target at the month's first
        Monday and in the weeks after), ``probability_by`` (so in that month or one before it in the run),
        ``probability_staying`` (at the target in every week from that Monday to the end of the run), and
        ``standard_error``, of the first. In each draw who stays is in, and who is in has come by.

    Raises
    ------
    DomainError
        If the target is not a share, `within` is not counted, or the weeks are as many as are simulated.
    """
    import pandas as pd

    checked("target", target, lambda x: (x > 0) & (x <= 1), "a share, over 0 and at most 1 (0.92, not 92)")
    if within not in WITHIN or isinstance(within, bool):
        raise DomainError(f"within={within!r}: children waiting are counted within 18 or 52 weeks.")
    most = lists.sizes["week"] - 1
    checked("hold_weeks", hold_weeks, lambda x: (x >= 0) & (x < most), f"weeks, 0 to {most - 1}")
    lead = ("scenario", "service", "week", "draw")
    counted = "waiting_within_18" if within == 18 else "waiting_over_52"
    waiting, some = (lists[name].transpose(*lead).values for name in ("waiting", counted))
    met: np.ndarray = np.empty(waiting.shape, bool)
    for own, rows, part in zip(met, waiting, some, strict=True):
        # by scenario, since the shares on the way take four times what they are made from
        own[:] = (part if within == 18 else rows - part) >= target * rows - 1e-9
    weeks = lists["week"].values.astype("datetime64[D]")
    held = met[:, :, : met.shape[2] - hold_weeks].copy()
    for k in range(1, hold_weeks + 1):
        held &= met[:, :, k : met.shape[2] - hold_weeks + k]
    first = month_starts(weeks[: held.shape[2]])
    inside = held[:, :, first]
    to_end = np.logical_and.accumulate(met[:, :, ::-1], axis=2)[:, :, ::-1][:, :, first]
    came = np.logical_or.accumulate(inside, axis=2)
    index = pd.MultiIndex.from_product(
        [lists["scenario"].values, lists["service"].values, weeks[first].astype("datetime64[ns]")],
        names=["scenario", "service", "month"],
    )
    columns = dict(zip(MEASURES, (inside, came, to_end), strict=True))
    out = pd.DataFrame({name: one.mean(axis=-1).ravel() for name, one in columns.items()}, index=index)
    out = out.reset_index()
    out["standard_error"] = standard_error(out["probability_in"], lists.sizes["draw"])
    return out


class TargetProbabilities:
    """The three probabilities of a target, for results with lists."""

    def _lists_at_target(self) -> xr.Dataset:
        """Return the lists that have a target."""
        raise NotImplementedError

    def probability_in(
        self,
        month: str | date | None = None,
        *,
        service: str | None = None,
        target: float = 0.92,
        within: int = 18,
        hold_weeks: int = HOLD_WEEKS,
    ) -> pd.DataFrame:
        """Return the probability that a list is at a target in a month: at its first Monday and in the weeks after.

        Parameters
        ----------
        month : str or date, optional
            A month of the run, ``"2028-03"``; every month when left out.
        service : str, optional
            Every service with a list when left out.
        target : float
            Share of those waiting, over 0 and at most 1.
        within : {18, 52}
            Weeks that they have waited at most.
        hold_weeks : int
            Weeks after the month's first Monday in which the target has to hold as well.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, service, month (its first Monday), ``probability_in`` (share of draws) and its
            ``standard_error`` (of the draws alone, never 0).

        Raises
        ------
        DomainError
            If the run has no such month, the target is not a share, or a number of weeks is not allowed.
        UnknownNameError
            If there is no such service with a list.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.probability_in("2025-10").columns.tolist()
        ['scenario', 'service', 'month', 'probability_in', 'standard_error']
        """
        return self._told("probability_in", month, service, target, within, hold_weeks)

    def probability_by(
        self,
        month: str | date | None = None,
        *,
        service: str | None = None,
        target: float = 0.92,
        within: int = 18,
        hold_weeks: int = HOLD_WEEKS,
    ) -> pd.DataFrame:
        """Return the probability that a list has been at a target by a month: in that month or one before it.

        Months count from the first of the run, those before the figures were taken among them; `sendneeds.seek` with
        ``by`` counts from the month after that. A list may have left the target again, so it is never less than
        `probability_in`.

        Parameters
        ----------
        month, service, target, within, hold_weeks
            As in `probability_in`.

        Returns
        -------
        pandas.DataFrame
            As `probability_in`, with ``probability_by``.

        Raises
        ------
        DomainError, UnknownNameError
            As `probability_in`.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> bool(waits.probability_by()["probability_by"].is_monotonic_increasing)
        True
        """
        return self._told("probability_by", month, service, target, within, hold_weeks)

    def probability_staying(
        self,
        month: str | date | None = None,
        *,
        service: str | None = None,
        target: float = 0.92,
        within: int = 18,
    ) -> pd.DataFrame:
        """Return the probability that a list is at a target in a month and in every week to the end of the run.

        It is never more than `probability_in`.

        Parameters
        ----------
        month, service, target, within
            As in `probability_in`.

        Returns
        -------
        pandas.DataFrame
            As `probability_in`, with ``probability_staying``.

        Raises
        ------
        DomainError, UnknownNameError
            As `probability_in`.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> bool(waits.probability_staying()["probability_staying"].is_monotonic_increasing)
        True
        """
        return self._told("probability_staying", month, service, target, within, HOLD_WEEKS)

    def _told(
        self,
        name: str,
        month: str | date | None,
        service: str | None,
        target: float,
        within: int,
        hold_weeks: int,
    ) -> pd.DataFrame:
        from sendneeds.foundation.errors import unknown

        lists = self._lists_at_target()
        if service is not None:
            if service not in lists["service"].values:
                raise unknown("service with a list", service, map(str, lists["service"].values))
            lists = lists.sel(service=[service])
        table = at_target(lists, target, within, hold_weeks)
        if month is not None:
            named = table["month"].dt.strftime("%Y-%m")
            known = sorted(set(named))
            if str(month)[:7] not in known:
                raise DomainError(f"month={str(month)!r}: the run's months are {known[0]} to {known[-1]}.")
            table = table[named == str(month)[:7]].reset_index(drop=True)
        table["standard_error"] = standard_error(table[name], lists.sizes["draw"])
        return table[["scenario", "service", "month", name, "standard_error"]]
