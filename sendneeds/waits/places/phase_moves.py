"""Children with a plan who are due to move between phases each September, by need and the setting they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.kernel.places.year import BITS, split

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.need.projection import NeedProjection

MOVES = {"reception": 3, "year_7": 10, "year_12": 15, "after_19": 18}
"""Each move by the age, at 31 August before a January, of the children who make it in the September after."""


def due_to_move(need: NeedProjection, needs: list[str], placed: np.ndarray) -> xr.DataArray:
    """Return children due to move phase in the September after each January.

    Parameters
    ----------
    need : NeedProjection
    needs : list of str
    placed : ndarray of int, (year, setting, need x phase, draw)
        The children of an age are placed as those of their need and phase are.

    Returns
    -------
    xarray.DataArray
        Children by (year, move, setting, need, draw): year is that of the September, and of the January before it.
    """
    import xarray as xr

    plans = need.data["children"].sel(provision="E").transpose("year", "need", "age", "draw").sel(need=needs)
    years, draws = need.data["year"].values, plans.sizes["draw"]
    by_group = placed.reshape(len(years), len(SETTINGS), len(needs), len(PHASES), draws)
    half = np.full((len(needs), draws), 1 << (BITS - 1))
    out = np.zeros((len(years), len(MOVES), len(SETTINGS), len(needs), draws), dtype=placed.dtype)
    for m, age in enumerate(MOVES.values()):
        phase = next(p for p, (low, high) in enumerate(PHASES.values()) if low <= age <= high)
        count = plans.sel(age=age).values.astype(np.int64)
        for y in range(len(years)):
            out[y, m] = split(count[y], by_group[y, :, :, phase], half)
    attrs = {"long_name": "Children due to move phase in September", "units": "children", "kind": "flow"}
    return xr.DataArray(
        out,
        dims=("year", "move", "setting", "need", "draw"),
        coords={"year": years, "move": list(MOVES), "setting": list(SETTINGS), "need": needs},
        attrs=attrs,
    )
