"""The bridge from need to service: who needs a therapy, and how often a child is referred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.vocabulary import AGE_BANDS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection


def bridge_table(area: Area) -> pd.DataFrame:
    """Return the bridge table of the area, or England's where it has none."""
    return (area if area.has("need_service") else area.england()).table("need_service")


def across(need: NeedProjection, measure: str, seed: int, services: list[str] | None = None) -> xr.DataArray:
    """Carry children by need across the bridge to services.

    ``sum over needs, provisions and ages of coefficient x children`` (model section 4), the coefficients drawn
    from their 80 % intervals: half of a coefficient's luck is its service's, half its own.

    Parameters
    ----------
    need : NeedProjection
    measure : {"share_in_need", "referral_rate"}
        Children who need the service, or referrals a year.
    seed : int
    services : list of str, optional
        All that the bridge has for the measure when left out.

    Returns
    -------
    xarray.DataArray
        Dimensions (service, year, provision, age_band, draw), float.

    Raises
    ------
    MissingDataError
        If the bridge has no row for a service.
    """
    import xarray as xr

    table = bridge_table(need.area)
    table = table[table["measure"] == measure]
    names = services if services is not None else list(dict.fromkeys(table["service"]))
    lacking = [s for s in names if s not in set(table["service"])]
    if lacking:
        raise MissingDataError(
            f"need_service.csv has no {measure} for {', '.join(lacking)}. Add rows, or leave the service out."
        )
    children = need.data["children"]
    draws = children.sizes["draw"]
    out = np.zeros((len(names), children.sizes["year"], children.sizes["provision"], len(AGE_BANDS), draws))
    cube = children.transpose("year", "provision", "need", "age", "draw").values
    provisions, needs = list(children["provision"].values), list(children["need"].values)
    for row in table[table["service"].isin(names)].itertuples():
        key = ("nation", "bridge", measure, row.service)
        own = f"{row.need} {row.provision} {row.age_from}"
        luck = (standard_normal(seed, key, draws) + standard_normal(seed, (*key, own), draws)) / np.sqrt(2)
        rate = two_piece_lognormal(row.low, row.central, row.high, luck)
        if measure == "share_in_need":
            rate = np.minimum(rate, 1.0)
        for p, provision in enumerate(provisions):
            asked = "E" if provision == "I" else provision  # who loses a plan keeps the need for therapy
            if row.provision not in ("all", asked) or row.need not in needs:
                continue
            for b, (first, last) in enumerate(AGE_BANDS.values()):
                ages = slice(max(int(row.age_from), first), min(int(row.age_to), last) + 1)
                if ages.start < ages.stop:
                    count = cube[:, p, needs.index(row.need), ages].sum(axis=1, dtype=np.int64)
                    out[names.index(row.service), :, p, b] += rate * count
    return xr.DataArray(
        out,
        dims=("service", "year", "provision", "age_band", "draw"),
        coords={
            "service": names,
            "year": children["year"],
            "provision": provisions,
            "age_band": list(AGE_BANDS),
            "draw": children["draw"],
        },
        name=measure,
    )
