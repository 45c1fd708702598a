"""The headline view: children by need type, ASD, SEMH, SLT and OT, by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.demand.bridge import across
from sendneeds.foundation.arguments import listed
from sendneeds.foundation.errors import expect, unknown
from sendneeds.foundation.plots import COLOURS, label_ends
from sendneeds.foundation.results import Result, quantiles
from sendneeds.foundation.vocabulary import AGE_BANDS, NEED_TYPES, NEEDS, SERVICES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sendneeds.need.projection import NeedProjection


@dataclass(frozen=True, repr=False)
class NeedTypes(Result):
    """Children by need type; a child may count in more than one, so need types do not add up.

    `data` holds ``children`` (year, need_type, draw), ``by_provision`` (year, need_type, provision, draw) and
    ``by_age_band`` (year, need_type, age_band, draw).
    """

    area_name: str

    title = "Children by need type"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the need types (four at most) with their 80 % intervals."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        ends = []
        for colour, code in zip(COLOURS, map(str, self.data["need_type"].values), strict=False):
            q = quantiles(self.data["children"].sel(need_type=code))
            years = q["year"].values
            ax.fill_between(
                years, q.isel(quantile=0), q.isel(quantile=2), color=colour, alpha=0.2, linewidth=0
            )
            ax.plot(years, q.isel(quantile=1), color=colour)
            ends.append((code, float(q[-1, 1]), colour))
        ax.set_title(f"{self.area_name}: children by need type, 80 % interval", loc="left")
        ax.set_ylim(bottom=0)
        ax.set_ylabel("children and young people")
        label_ends(ax, years[-1], ends)
        return ax


def need_types(need: NeedProjection, types: Sequence[str] = tuple(NEED_TYPES)) -> NeedTypes:
    """Return the cohort of each need type by year, provision and age band.

    Autism and SEMH are primary needs, at SEN support and with a plan together. Speech and language therapy and
    occupational therapy are therapies: their cohort is the children expected to need them, through the bridge
    table (model section 4), children without identified needs included.

    Parameters
    ----------
    need : NeedProjection
    types : sequence of str
        Need codes (a primary need) and service codes (a therapy or equipment that the bridge table holds), for
        example ``"PT"`` or ``"EQUIP"``.

    Returns
    -------
    NeedTypes

    Raises
    ------
    UnknownNameError
        If a type is neither a need nor a service.
    MissingDataError
        If the bridge has no share in need for a service.

    Examples
    --------
    >>> import sendneeds as sn
    >>> types = sn.need_types(sn.project(sn.open_area("bedford"), to=2026, draws=20))
    >>> types.data["need_type"].values.tolist()
    ['ASD', 'SEMH', 'SLT', 'OT']
    """
    import xarray as xr

    expect(need, "NeedProjection", "need", "project it first, need = sn.project(area)")
    types = listed("types", types, str)
    for name in types:
        if name not in NEEDS and name not in SERVICES:
            raise unknown("need type", name, [*NEEDS, *SERVICES])
    children = need.data["children"]
    parts = []
    primary = [t for t in types if t in NEEDS]
    if primary:
        bands = [
            children.sel(need=primary, age=slice(first, last)).sum("age").expand_dims(age_band=[band])
            for band, (first, last) in AGE_BANDS.items()
        ]
        parts.append(xr.concat(bands, "age_band", join="exact").rename(need="need_type"))
    therapies = [t for t in types if t not in NEEDS]
    if therapies:
        expected = across(need, "share_in_need", int(need.data.attrs["seed"]), therapies)
        parts.append(expected.round().rename(service="need_type"))
    whole = xr.concat(parts, "need_type", join="exact").sel(need_type=list(types)).astype("int32")
    cells = whole.transpose("year", "need_type", "provision", "age_band", "draw")
    attrs = {"units": "persons", "kind": "stock"}

    def named(array: xr.DataArray, by: str) -> xr.DataArray:
        return array.assign_attrs(attrs, long_name=f"Children and young people by need type{by}")

    data = xr.Dataset(
        {
            "children": named(cells.sum(("provision", "age_band"), dtype="int32"), ""),
            "by_provision": named(cells.sum("age_band", dtype="int32"), " and provision"),
            "by_age_band": named(cells.sum("provision", dtype="int32"), " and age band"),
        }
    ).assign_attrs(need.data.attrs)
    return NeedTypes(data, dict(need.provenance), need.area.name)
