"""The bridge from need to service: who needs a therapy, and how often a child is referred."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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

    names = _services(need, measure, services)
    children = need.data["children"]
    provisions = list(children["provision"].values)
    shape = len(names), children.sizes["year"], len(provisions), len(AGE_BANDS), children.sizes["draw"]
    out = np.zeros(shape)
    for row, cells, rate in _rows(need, measure, seed, names):
        at = names.index(row.service)
        for p, cube in cells:
            for b, (first, last) in enumerate(AGE_BANDS.values()):
                ages = slice(max(int(row.age_from), first), min(int(row.age_to), last) + 1)
                if ages.start < ages.stop:
                    out[at, :, p, b] += rate * cube[:, ages].sum(axis=1, dtype=np.int32)
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


def referral_ages(need: NeedProjection, service: str, seed: int) -> np.ndarray:
    """Return referrals a year to a service by age at referral, in the projection's first year.

    Parameters
    ----------
    need : NeedProjection
    service : str
    seed : int

    Returns
    -------
    ndarray of float, (age, draw)
        Adds up to `across` over provisions and age bands.

    Raises
    ------
    MissingDataError
        If the bridge has no row for the service.
    """
    names = _services(need, "referral_rate", [service])
    children = need.data["children"]
    out = np.zeros((children.sizes["age"], children.sizes["draw"]))
    for row, cells, rate in _rows(need, "referral_rate", seed, names):
        ages = slice(int(row.age_from), int(row.age_to) + 1)
        for _, cube in cells:
            out[ages] += rate * cube[0, ages]
    return out


def _services(need: NeedProjection, measure: str, services: list[str] | None) -> list[str]:
    """Return the services asked for, or all that the bridge has for a measure; refuse one that it lacks."""
    table = bridge_table(need.area)
    known = list(dict.fromkeys(table.loc[table["measure"] == measure, "service"]))
    names = services if services is not None else known
    lacking = [s for s in names if s not in known]
    if lacking:
        raise MissingDataError(
            f"need_service.csv has no {measure} for {', '.join(lacking)}. Add rows, or leave the service out."
        )
    return names


def _rows(
    need: NeedProjection, measure: str, seed: int, names: list[str]
) -> Iterator[tuple[Any, list[tuple[int, np.ndarray]], np.ndarray]]:
    """Yield each row of the bridge with the children it holds of, and its rate, (draw,).

    Children are listed with the number of their provision, (year, age, draw).
    """
    table = bridge_table(need.area)
    children = need.data["children"]
    draws = children.sizes["draw"]
    cube = children.transpose("year", "provision", "need", "age", "draw").values
    provisions, needs = list(children["provision"].values), list(children["need"].values)
    for row in table[(table["measure"] == measure) & table["service"].isin(names)].itertuples():
        key = ("nation", "bridge", measure, row.service)
        own = f"{row.need} {row.provision} {row.age_from}"
        luck = (standard_normal(seed, key, draws) + standard_normal(seed, (*key, own), draws)) / np.sqrt(2)
        rate = two_piece_lognormal(row.low, row.central, row.high, luck)
        if measure == "share_in_need":
            rate = np.minimum(rate, 1.0)
        # who loses a plan (I) keeps the need for therapy
        asked = ["E" if provision == "I" else provision for provision in provisions]
        cells = [
            (p, cube[:, p, needs.index(row.need)])
            for p in range(len(provisions))
            if row.provision in ("all", asked[p]) and row.need in needs
        ]
        yield row, cells, rate
