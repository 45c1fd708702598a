"""The headline view: children by need type, ASD, SEMH, SLT and OT, by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.demand.bridge import across
from sendneeds.foundation.arguments import listed, refusal
from sendneeds.foundation.errors import expect, unknown
from sendneeds.foundation.plots import at_most_four, draw_lines, label_ends, new_axes, plain
from sendneeds.foundation.result_views import figures_by_year
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import AGE_BANDS, NEED_TYPES, NEEDS, SERVICES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from sendneeds.need.projection import NeedProjection


NAMES = {**SERVICES, **NEEDS, **NEED_TYPES}


@dataclass(frozen=True, repr=False, eq=False)
class NeedTypes(Result):
    """Children by need type; a child may count in more than one, so need types do not add up.

    `data` holds ``children`` (year, need_type, draw), ``by_provision`` (year, need_type, provision, draw) and
    ``by_age_band`` (year, need_type, age_band, draw), persons in January.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> types = sn.need_types(sn.project(sn.open_area("luton"), to=2026, draws=4))
    >>> types["by_age_band"].dims
    ('year', 'need_type', 'age_band', 'draw')
    """

    area_name: str

    title = "Children by need type"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the need types with their 80 % intervals; years without a track record are paler.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        DomainError
            If there are more than four need types: plot ``types.sel(need_type=[...])``.

        Examples
        --------
        >>> import sendneeds as sn
        >>> types = sn.need_types(sn.project(sn.open_area("luton"), to=2026, draws=4))
        >>> types.sel(need_type=["ASD", "SEMH"]).plot().get_ylabel()
        'children and young people'
        """
        codes = [str(code) for code in self.data["need_type"].values]
        at_most_four(codes, "need types")
        ax = new_axes(ax)
        children = self.data["children"]
        lines = [(code, children.sel(need_type=code)) for code in codes]
        ends, later = draw_lines(ax, lines, int(self.data.attrs["scored_to"]))
        ax.set_title(f"{plain(self.area_name)}: children by need type, 80 % interval{later}", loc="left")
        ax.set_ylim(bottom=0)
        ax.set_ylabel("children and young people")
        label_ends(ax, int(children["year"].values[-1]), ends)
        return ax

    def _figures(self) -> pd.DataFrame:
        children = self.data["children"]
        by_type = {NAMES[str(t)]: children.sel(need_type=t) for t in children["need_type"].values}
        return figures_by_year(by_type, children["year"].values, int(self.data.attrs["scored_to"]))


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
    DomainError
        If `types` is a text and not a list of texts.
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
    if not listed("types", types, str):
        raise refusal("types", types, "a list of needs and services", "Write types=['ASD', 'SLT'].")
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
