"""The opening list: how many are waiting, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.own_lists import nearest_count, whole_counts
from sendneeds.evidence.suppressed import draw_counts
from sendneeds.kernel.streams import generator
from sendneeds.waits.lists.bands import BANDS, LONGEST, spread_bands
from sendneeds.waits.lists.order import borrowed

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area


def opening_list(
    area: Area, service: str, parameters: Parameters, draws: int, seed: int
) -> tuple[np.ndarray, str, str]:
    """Return children waiting at the start by whole weeks waited.

    The area's own list by band (table ``waiting_list``, the count nearest to the start) is taken as it stands.
    Otherwise the figure ``opening_list`` is drawn and spread as the list of one of England's providers lies by band,
    drawn anew in every draw together with the order that it keeps (`in_order_share`), or as England's list does where
    providers give no bands; a service that the national release does not hold is spread evenly back to the week when a
    list of that length began.

    Parameters
    ----------
    area : Area
    service : str
    parameters : Parameters
    draws, seed : int

    Returns
    -------
    (ndarray of int32, shape (week, draw), str, str)
        The list, the basis of its number, and how its ages were found.
    """
    nearest = nearest_count(area, service)
    if nearest is not None:
        day, own = nearest
        luck = generator(seed, area.code, service, "suppressed bands")
        counts = draw_counts(own, "waiting", draws, luck)
        weight = np.stack([spread_bands({b: 1.0}) for b in own["weeks_band"]], axis=1) @ counts
        return (
            _whole(weight, counts.sum(axis=0)),
            area.meta["waiting_list"].basis,
            f"the area's own bands of {day}",
        )
    total = np.rint(parameters.draw(service, "opening_list", draws, seed)).astype(np.int64)
    basis = parameters.get(service, "opening_list").basis
    some = borrowed(area, service, draws, seed)
    national = {} if some is not None else whole_counts(area.england().table("nhs_waiting_list"), service)
    if some is not None:
        weight = np.stack([spread_bands({band: 1.0}) for band in BANDS], axis=1) @ some.bands
        how = (
            f"spread by band as the list of one of England's {some.providers} providers, drawn for each draw"
        )
    elif national:
        nation = national[max(national)]
        bands = dict(zip(nation["weeks_band"], nation["waiting"].astype(float), strict=True))
        shape, how = spread_bands(bands), "spread as England's list lies by band"
        weight = np.repeat(shape[:, None], draws, axis=1)
    else:
        rate = parameters.draw(service, "referrals_accepted_per_week", draws, seed)
        weeks = np.clip(np.ceil(total / rate), 1, LONGEST)
        weight = (np.arange(LONGEST)[:, None] < weeks[None, :]).astype(float)
        how = "spread evenly back over as many weeks of referrals as the list holds"
    return _whole(weight, total), basis, how


def _whole(weight: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return whole children by week in proportion to `weight` (week, draw), `total` (draw,) in all.

    The running sum is rounded, so that a long thin tail keeps its share.
    """
    share = np.cumsum(weight, axis=0)
    return np.diff(np.rint(share / share[-1] * total), axis=0, prepend=0).astype(np.int32)
