"""The order that a service's list keeps: the pack's figure, the area's own months, or that of England's providers.

An area that has no list by band borrows that of one provider, drawn anew in every draw with the provider's size for its
chance, and with the bands the order that this provider keeps: teams that pass long waiters over have many of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.evidence.own_lists import whole_counts
from sendneeds.foundation.vocabulary import WEEK_BANDS
from sendneeds.kernel.streams import as_real, uniforms
from sendneeds.waits.lists.bands import EDGES
from sendneeds.waits.lists.order_fit import beta_of, fit_pair, posterior, quantile

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.demand.parameters import Parameters
    from sendneeds.evidence.area import Area

EVERY = "all"
LEAST_WEEKS = 4
"""Between two months of an area's own list that are to tell its order."""
LEAST_CHILDREN = 30


@dataclass(frozen=True)
class OrderLaw:
    """The share in order over England's providers of a service: a beta law.

    Parameters
    ----------
    service : str
        ``all`` for the providers of every service together.
    mean, sd : float
    providers : int
        On which it was fitted.
    """

    service: str
    mean: float
    sd: float
    providers: int

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Return shares at uniforms.

        Examples
        --------
        >>> OrderLaw("all", 0.5, 12**-0.5, 1).quantile(np.array([0.2, 0.5])).round(6).tolist()
        [0.2, 0.5]
        """
        if self.sd == 0:
            return np.full(np.shape(u), self.mean)
        return special.betaincinv(*beta_of(self.mean, self.sd), u)


@dataclass(frozen=True)
class Borrowed:
    """The lists of England's providers that an area's draws borrow.

    Parameters
    ----------
    bands : ndarray of float, (band, draw)
        Children by band of weeks waited.
    in_order_share : ndarray, (draw,)
    providers : int
        Among which was drawn.
    """

    bands: np.ndarray
    in_order_share: np.ndarray
    providers: int


def order_law(england: Area, service: str) -> OrderLaw:
    """Return England's law for a service; that of all providers for a service without a law of its own.

    Examples
    --------
    >>> import sendneeds as sn
    >>> [order_law(sn.open_area("england"), service).service for service in ("SLT", "CAMHS")]
    ['SLT', 'all']
    """
    table = england.table("list_order").set_index("service")
    row = table.loc[service if service in table.index else EVERY]
    return OrderLaw(str(row.name), float(row["mean"]), float(row["sd"]), int(row["providers"]))


def borrowed(area: Area, service: str, draws: int, seed: int) -> Borrowed | None:
    """Draw a provider of England for each draw; None for a service whose providers give no lists by band.

    Parameters
    ----------
    area : Area
    service : str
    draws, seed : int

    Returns
    -------
    Borrowed or None
        The chance of a provider is its share of the children waiting, so that in the mean over draws the bands are
        those of the providers added up.
    """
    table = area.england().table("list_shapes")
    rows = table[table["service"] == service]
    if rows.empty:
        return None
    over = rows[[f"over_{edge}" for edge in EDGES]].to_numpy(dtype=float).T
    upto = np.cumsum(over[0]) / over[0].sum()
    luck = as_real(uniforms(seed, (area.code, service, "provider"), 1, draws)[0])
    chosen = np.minimum(np.searchsorted(upto, luck, side="right"), len(rows) - 1)
    bands = over - np.vstack([over[1:], np.zeros_like(over[:1])])
    shares = rows["in_order_share"].to_numpy(dtype=float)
    return Borrowed(bands[:, chosen], shares[chosen], len(rows))


def in_order_share(parameters: Parameters, service: str, draws: int, seed: int) -> tuple[np.ndarray, str]:
    """Return the share of first appointments that goes to the longest waiters, and what it rests on.

    The pack's figure ``in_order_share`` stands before two dated counts of the area's own list, those before England's
    providers: the very provider whose bands a draw has borrowed, else their law.

    Parameters
    ----------
    parameters : Parameters
    service : str
    draws, seed : int

    Returns
    -------
    (ndarray of float, (draw,), str)

    Examples
    --------
    >>> import sendneeds as sn
    >>> from sendneeds.demand.parameters import Parameters
    >>> share, how = in_order_share(Parameters(sn.open_area("bedford")), "SLT", 1000, 1)
    >>> round(float(share.mean()), 1), how
    (0.4, "order of waiting: that of the one of England's 66 providers whose list was drawn (NHS England, 2023)")
    """
    if parameters.has(service, "in_order_share"):
        share = parameters.draw(service, "in_order_share", draws, seed)
        return share, "order of waiting: the pack's figure in_order_share"
    area = parameters.area
    england = area.england()
    law = order_law(england, service)
    luck = np.clip(as_real(uniforms(seed, (area.code, service, "in order"), 1, draws)[0]), 1e-9, 1 - 1e-9)
    own = own_lists(area, service)
    if fits := fits_of(own):
        chance = posterior(fits, law.mean, law.sd)
        return quantile(
            chance, luck
        ), f"order of waiting: fitted on {len(fits) + 1} counts of the area's own list"
    if not own and (some := borrowed(area, service, draws, seed)) is not None:
        how = f"that of the one of England's {some.providers} providers whose list was drawn (NHS England, 2023)"
        return some.in_order_share, f"order of waiting: {how}"
    if law.service == EVERY:
        others = f"{law.providers} lists of other services (NHS England, 2023)"
        how = f"no pairs of months are published for it, so drawn as over {others}"
    else:
        how = f"drawn as over England's {law.providers} providers (NHS England, 2023)"
    return law.quantile(luck), f"order of waiting: {how}"


def own_lists(area: Area, service: str) -> list[tuple[pd.Timestamp, np.ndarray]]:
    """Return the area's own counts of a list that have every band, and their dates, the earliest first."""
    import pandas as pd

    if not area.has("waiting_list"):
        return []
    counts = {
        day: count.set_index("weeks_band")["waiting"]
        for day, count in whole_counts(area.table("waiting_list"), service).items()
    }
    return [
        (pd.Timestamp(day), bands[list(WEEK_BANDS)].to_numpy(dtype=float))
        for day, bands in counts.items()
        if bands.notna().all()  # none is suppressed
    ]


def fits_of(lists: list[tuple[pd.Timestamp, np.ndarray]]) -> list[tuple[np.ndarray, float]]:
    """Return the misfit by share of each count after the one at least `LEAST_WEEKS` before it, and its children."""
    spaced: list[tuple[pd.Timestamp, np.ndarray]] = []
    for day, bands in lists:
        enough = bands.sum() >= LEAST_CHILDREN
        if enough and (not spaced or (day - spaced[-1][0]).days >= 7 * LEAST_WEEKS):
            spaced.append((day, bands))
    fits = []
    for (before, then), (after, now) in pairwise(spaced):
        fit = fit_pair(then, now, round((after - before).days / 7))
        if fit is not None:
            fits.append((fit.misfit, fit.children))
    return fits
