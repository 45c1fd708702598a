"""The lists of a country, a region or an integrated care board: the sum of its providers' lists, each run by itself.

One list of England with England's mean order would lose its longest waiters in weeks. They stay because they wait with
providers whose lists are long for their referrals and whose order is slack, and no other provider lends its slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds import __version__
from sendneeds.foundation import arguments
from sendneeds.foundation.errors import DomainError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.plots import COLOURS, new_axes
from sendneeds.foundation.results import Result
from sendneeds.kernel.lists import waiting_list
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.slots import whole
from sendneeds.kernel.streams import as_real, poisson, uniforms
from sendneeds.waits.lists.bands import BANDS, EDGES, spread_bands
from sendneeds.waits.lists.providers import (
    A_MONTH,
    Provider,
    given_lists,
    orders_and_referrals,
    shipped_lists,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

LANES = 8_192


def pool_lists(
    service: str,
    lists: pd.DataFrame | None = None,
    *,
    organisations: Sequence[str] | None = None,
    weeks: int = 52,
    draws: int = 100,
    seed: int = 1,
    in_order_share: float | None = None,
    monthly_change: tuple[float, float] = (0.0, 0.0),
) -> PooledLists:
    """Run the lists of several organisations side by side, and add them up.

    Every list has its own bands, its own order of waiting and its own referrals, and as many appointments as keep its
    length: standing still, or moving at random as lists have moved.

    Parameters
    ----------
    service : str
    lists : DataFrame, optional
        As `read_community_lists` gives it, of one month or more put together; England's providers of June 2023 as
        they ship when left out. They begin in its latest month; a list without every band then is left out. One that
        has an earlier month with all its bands has its order and referrals fitted on the two; others draw the order
        from England's providers, and take referrals that keep as many children who have waited up to four weeks.
    organisations : sequence of str, optional
        Names in `lists`. All providers when left out: England, or what `lists` was narrowed to. Nothing published says
        which providers serve a region or an integrated care board: name them. Its own row is run as one list, from
        which the longest waiters go too soon.
    weeks : int
    draws, seed : int
    in_order_share : float, optional
        For every list, in place of what is fitted or drawn; 1 is first in, first out.
    monthly_change : (float, float)
        Standard deviations of a month's change of the log of a list: that all lists share, and that of each. A list
        grows by its referrals at most.

    Returns
    -------
    PooledLists

    Raises
    ------
    DomainError
        An argument is not of its kind.
    MissingDataError
        No list has every band.
    UnknownNameError
        An organisation, or the service, is not there.

    Examples
    --------
    >>> import sendneeds as sn
    >>> england = sn.pool_lists("SLT", weeks=26, draws=20)
    >>> strict = sn.pool_lists("SLT", weeks=26, draws=20, in_order_share=1)
    >>> [round(float(run.within(18).isel(week=26).mean()), 1) for run in (england, strict)]
    [0.6, 0.7]
    """
    kinds(service=(service, "text"))
    arguments.whole("weeks", weeks, 1, 1_040, 52)
    draws, seed = arguments.draws(draws), arguments.seed(seed)
    if in_order_share is not None:
        in_order_share = arguments.share("in_order_share", in_order_share)
    if (
        not isinstance(monthly_change, Sequence)
        or isinstance(monthly_change, str)
        or len(monthly_change) != 2
    ):
        raise DomainError(f"monthly_change={monthly_change!r}: two numbers, shared and of each list.")
    shared, own = (
        arguments.amount("monthly_change", number, lambda n: n >= 0, "two numbers, 0 or more", 0.02)
        for number in monthly_change
    )
    some = shipped_lists(service) if lists is None else given_lists(service, lists, organisations)
    if lists is None and organisations is not None:
        raise DomainError(
            "organisations: found names without lists; allowed: with lists=. Read a workbook first."
        )
    share, referrals = orders_and_referrals(service, some, draws, seed, in_order_share)
    target = _targets(some, weeks, draws, seed, shared, own)
    opening = np.stack([_whole_list(one.bands) for one in some], axis=1)
    pooled = np.zeros((len(EDGES), weeks + 1, draws))
    last = np.zeros((len(some), len(EDGES), draws), dtype=np.int32)
    step = max(LANES // len(some), 1)
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        many = part.stop - part.start
        beside = np.arange(len(some) * many)
        provider = beside // many
        rate = referrals[:, part].reshape(-1)
        luck = uniforms(seed, ("pooled", service, "referrals", str(first)), weeks, len(beside))
        came = poisson(np.broadcast_to(rate, (weeks, len(beside))), luck)
        aim = target[:, :, part].transpose(1, 0, 2).reshape(weeks + 1, -1)
        slots = whole(np.maximum(rate - np.diff(aim, axis=0), 0.0))
        streams = RandomStreams(seed, ("pooled", service, str(first)), len(beside))
        path = waiting_list.run(
            came, slots, opening[:, provider], streams, share[:, part].reshape(-1), edges=EDGES
        )
        by_list = path.waiting_bands.reshape(len(EDGES), weeks + 1, len(some), many)
        pooled[:, :, part] = by_list.sum(axis=2)
        last[:, :, part] = by_list[:, -1].transpose(1, 0, 2)
    names = [one.name for one in some]
    provenance = {
        "software": "sendneeds",
        "version": __version__,
        "service": service,
        "seed": seed,
        "draws": draws,
        "monthly_change": [shared, own],
        "in_order_share": in_order_share,
        "fitted_on_two_months": sum(one.fit is not None for one in some),
    }
    return PooledLists(_dataset(pooled, last, share, referrals, names), provenance)


@dataclass(frozen=True, repr=False, eq=False)
class PooledLists(Result):
    """Lists of several organisations, added up week by week.

    `data` holds ``waiting`` (band, week, draw), children on all lists; ``waiting_at_end`` (organisation, band, draw);
    and for each list ``in_order_share`` and ``referrals_per_week`` (organisation, draw). Week 0 is the opening list.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict

    Examples
    --------
    >>> pooled = pool_lists("PT", weeks=4, draws=3)
    >>> pooled["waiting"].dims
    ('band', 'week', 'draw')
    """

    title = "Pooled lists"

    def within(self, weeks: int) -> xr.DataArray:
        """Return the share of the children waiting who have waited so many weeks or less.

        Parameters
        ----------
        weeks : int
            1, 2, 4, 12, 18 or 52.

        Returns
        -------
        xarray.DataArray
            From 0 to 1, (week, draw).

        Raises
        ------
        UnknownNameError

        Examples
        --------
        >>> pool_lists("PT", weeks=4, draws=3).within(18).dims
        ('week', 'draw')
        """
        if weeks not in EDGES[1:]:
            raise unknown("edge of a band", str(weeks), map(str, EDGES[1:]))
        waiting = self.data["waiting"]
        return waiting.isel(band=slice(0, EDGES.index(weeks))).sum("band") / waiting.sum("band")

    def over(self, weeks: int) -> xr.DataArray:
        """Return the children who have waited more than so many weeks.

        Parameters
        ----------
        weeks : int
            0, 1, 2, 4, 12, 18 or 52.

        Returns
        -------
        xarray.DataArray
            Children, (week, draw).

        Raises
        ------
        UnknownNameError

        Examples
        --------
        >>> pooled = pool_lists("PT", weeks=4, draws=3)
        >>> bool((pooled.over(0) >= pooled.over(52)).all())
        True
        """
        if weeks not in EDGES:
            raise unknown("edge of a band", str(weeks), map(str, EDGES))
        return self.data["waiting"].isel(band=slice(EDGES.index(weeks), None)).sum("band")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the share within 18 weeks by week: median and 80 % interval.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> pool_lists("PT", weeks=4, draws=3).plot().get_ylabel()
        'share within 18 weeks'
        """
        ax = new_axes(ax)
        low, central, high = self.within(18).quantile([0.1, 0.5, 0.9], "draw").values
        week = self.data["week"].values
        ax.fill_between(week, low, high, alpha=0.25, lw=0, color=COLOURS[0], label="80 % interval")
        ax.plot(week, central, label="median", color=COLOURS[0])
        ax.set(xlabel="week", ylabel="share within 18 weeks", ylim=(0, 1))
        start, end = f"{central[0]:.0%}", f"{central[-1]:.0%}"
        ax.set_title(
            f"Many providers as one list: {start} within 18 weeks at the start, {end} at the end", loc="left"
        )
        ax.legend(frameon=False)
        return ax

    def _figures(self) -> pd.DataFrame:
        """Return the list, the share within 18 weeks and those over 52 weeks, at the start and the end."""
        import pandas as pd

        rows = {}
        for name, array in (
            ("waiting", self.over(0)),
            ("share within 18 weeks", self.within(18)),
            ("over 52 weeks", self.over(52)),
        ):
            ends = array.isel(week=[0, -1]).quantile([0.1, 0.5, 0.9], "draw").values
            rows[name] = [ends[1, 0], *ends[:, 1]]
        columns = ["opening", "low", "central", "high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).round(3)


def _targets(
    some: list[Provider], weeks: int, draws: int, seed: int, shared: float, own: float
) -> np.ndarray:
    """Return the length that each list is held to, (list, week, draw), children: a walk, even within each month."""
    path = np.zeros((len(some), weeks + 1, draws))
    month = np.arange(weeks + 1) / A_MONTH
    before, within = month.astype(int), month % 1.0
    months = int(before[-1]) + 1
    for name, size in (("all lists", shared), *((one.name, own) for one in some)):
        if size == 0:
            continue
        luck = uniforms(seed, ("pooled change", name), months, draws)
        walk = np.vstack([np.zeros((1, draws)), np.cumsum(_normal(luck) * size, axis=0)])
        walk = walk[before] + (walk[before + 1] - walk[before]) * within[:, None]
        if name == "all lists":
            path += walk
        else:
            path[[one.name for one in some].index(name)] += walk
    return np.array([one.bands.sum() for one in some])[:, None, None] * np.exp(path)


def _normal(luck: np.ndarray) -> np.ndarray:
    from scipy import special

    return special.ndtri(np.clip(as_real(luck), 2.0**-53, 1 - 2.0**-53))


def _whole_list(bands: np.ndarray) -> np.ndarray:
    upto = np.cumsum(spread_bands(dict(zip(BANDS, bands, strict=True))))
    return np.diff(np.rint(upto), prepend=0).astype(np.int32)


def _dataset(
    pooled: np.ndarray, last: np.ndarray, share: np.ndarray, referrals: np.ndarray, names: list[str]
) -> xr.Dataset:
    import xarray as xr

    def words(text: str, units: str, kind: str = "stock") -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": kind}

    by_list = ("organisation", "draw")
    return xr.Dataset(
        {
            "waiting": (
                ("band", "week", "draw"),
                pooled.astype(np.int32),
                words("Children waiting", "children"),
            ),
            "waiting_at_end": (
                ("organisation", "band", "draw"),
                last,
                words("Children waiting at the end", "children"),
            ),
            "in_order_share": (
                by_list,
                share,
                words("Share of those seen that goes to the longest waiters", "share"),
            ),
            "referrals_per_week": (by_list, referrals, words("Referrals", "children a week", "flow")),
        },
        coords={"band": list(BANDS), "week": np.arange(pooled.shape[1]), "organisation": names},
    )
