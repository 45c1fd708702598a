"""Children with a plan by the rows of table 6 and of table 7, draw by draw, so that nobody is lost or counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.placements import SETTINGS, setting_of
from sendneeds.kernel.places.year import BITS, split
from sendneeds.kernel.streams import uniforms
from sendneeds.returns.rows import (
    AFTER_16,
    NEEDS,
    OF_PLACEMENT,
    OF_SETTING,
    OTHER_NEED,
    PARENTS,
    PROVISIONS,
    row_of,
)

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.waits.places.result import PlacesResult

OLDER = ("post_16", "post_19")
"""Phases of those aged 16 and over."""
WHOLE = 1 << 20
"""What whole weights of a division add up to, about."""
_EVERY = "all"


def children_by_row(area: Area, places: PlacesResult, part_of: Area | None = None) -> xr.DataArray:
    """Return children with a plan by row of table 6 and primary need.

    Parameters
    ----------
    area : Area
        Its plans by need and placement at the latest count divide settings that hold several rows; its table
        ``lsrp_splits`` divides rows that nothing published tells apart.
    places : PlacesResult
    part_of : Area, optional
        The area of which this is a part: rows are divided that every part divides.

    Returns
    -------
    xarray.DataArray
        Children each January, (year, row, need, draw): rows are the names of `PROVISIONS`, those of `PARENTS` with
        nobody where the pack does not divide them; needs are those of `NEEDS`. It adds up to the children with a plan.
    """
    import xarray as xr

    placed = places.data["placed"].transpose("year", "setting", "need", "phase", "draw")
    needs = [str(need) for need in placed["need"].values]
    older = np.isin(placed["phase"].values, OLDER)
    years, draws = placed.sizes["year"], placed.sizes["draw"]
    rows = list(PROVISIONS)
    out = np.zeros((years, len(rows), len(needs), draws), dtype=np.int64)
    out[:, rows.index("other")] = (
        places.data["awaiting"].sum("phase").transpose("year", "need", "draw").values
    )
    for setting in SETTINGS:
        there = placed.sel(setting=setting).values
        ages = {False: there[:, :, ~older].sum(axis=2), True: there[:, :, older].sum(axis=2)}
        if setting in OF_SETTING:
            out[:, rows.index(OF_SETTING[setting])] += ages[False] + ages[True]
            continue
        weights, luck = _weights(area, setting, needs), _luck(area.code, places, setting, len(needs), draws)
        names = list(weights)
        whole = np.stack([weights[name] for name in names])[..., None]
        for old, children in ages.items():
            for year in range(years):
                parts = split(children[year].astype(np.int64), whole, luck)
                for name, part in zip(names, parts, strict=True):
                    out[year, rows.index(AFTER_16.get(name, name) if old else name)] += part
    _divide(area, places, out, rows, needs, divided(part_of or area))
    by_need = np.zeros((years, len(rows), len(NEEDS), draws), dtype=np.int64)
    kept = list(NEEDS)
    for n, need in enumerate(needs):
        by_need[:, :, kept.index(need if need in NEEDS else OTHER_NEED)] += out[:, :, n]
    return xr.DataArray(
        by_need,
        dims=("year", "row", "need", "draw"),
        coords={"year": placed["year"].values, "row": rows, "need": kept, "draw": placed["draw"].values},
        attrs={"long_name": "Children with a plan", "units": "children", "kind": "stock"},
    )


def shares_of_rows(area: Area, setting: str, needs: list[str]) -> pd.DataFrame:
    """Return the share of each row in a setting that holds several, by need, as counted at the latest January.

    A need with nobody in the setting has the shares of all needs, and an area without such children England's.

    Parameters
    ----------
    area : Area
    setting : str
        A key of `OF_PLACEMENT`.
    needs : list of str

    Returns
    -------
    pandas.DataFrame
        A row a need, a column a row of table 6; each adds up to 1.
    """
    import pandas as pd

    names = list(dict.fromkeys(OF_PLACEMENT[setting].values()))
    every = pd.Series(0.0, index=names)
    by_need: dict[str, pd.Series] = {}
    for source in (area, area.england()):
        table = source.table("ehc_plans")
        latest = table[(table["placement"] != _EVERY) & (table["need"] != _EVERY) & table["plans"].notna()]
        latest = latest[latest["census_january"] == latest["census_january"].max()]
        latest = latest[[setting_of(p) == setting for p in latest["placement"]]]
        row = latest["placement"].map(lambda placement: row_of(setting, placement))
        counts = latest["plans"].astype(float)
        if not every.sum():
            every = counts.groupby(row).sum().reindex(names, fill_value=0.0)
        if source is area:
            wide = counts.groupby([latest["need"], row]).sum().unstack(fill_value=0.0)
            by_need = {str(n): c.reindex(names, fill_value=0.0) for n, c in wide.iterrows() if c.sum()}
    found = pd.DataFrame({need: by_need.get(need, every) for need in needs}).T
    return found.div(found.sum(axis=1), axis=0)


def _weights(area: Area, setting: str, needs: list[str]) -> dict[str, np.ndarray]:
    """Return whole weights of each row of a setting, (need,)."""
    shares = shares_of_rows(area, setting, needs)
    return {str(name): np.rint(WHOLE * shares[name].to_numpy()).astype(np.int64) for name in shares}


def _luck(code: str, places: PlacesResult, of: str, rows: int, draws: int) -> np.ndarray:
    """Return luck for a division, (row, draw): the same in every year, so that a row moves as its children do."""
    raw = uniforms(int(places.data.attrs["seed"]), (code, "returns", of), rows, draws)
    return (raw >> np.uint64(64 - BITS)).astype(np.int64)


def _divide(
    area: Area, places: PlacesResult, out: np.ndarray, rows: list[str], needs: list[str], names: set[str]
) -> None:
    """Move children of a parent row to the row that the pack's shares give them, in place."""
    for name, parent in PARENTS.items():
        shares = split_shares(area, name)
        if shares is None or name not in names:
            continue
        share = np.array([shares.get(need, shares.get(_EVERY, 0.0)) for need in needs])
        weights = np.rint(WHOLE * np.stack([share, 1 - share])).astype(np.int64)[..., None]
        luck = _luck(area.code, places, name, len(needs), out.shape[-1])
        whole, part = out[:, rows.index(parent)], out[:, rows.index(name)]
        for year in range(len(out)):
            part[year], whole[year] = split(whole[year].copy(), weights, luck)


def divided(area: Area) -> set[str]:
    """Return the rows of `PARENTS` that the pack, or the pack of every part, divides from their parent."""
    packs = area.parts or (area,)
    return {name for name in PARENTS if all(split_shares(pack, name) is not None for pack in packs)}


def split_shares(area: Area, name: str) -> dict[str, float] | None:
    """Return the share that a row of `PARENTS` has of its parent's children, by need; None where the pack says nothing.

    Parameters
    ----------
    area : Area
    name : str
        A key of `PARENTS`.

    Returns
    -------
    dict of need to float, or None
        ``all`` stands for needs that are not named.
    """
    if not area.has("lsrp_splits"):
        return None
    table = area.table("lsrp_splits")
    rows = table[table["row"] == name]
    return dict(zip(rows["need"], rows["share"].astype(float), strict=True)) if len(rows) else None
