"""The headline view: children by need type, ASD, SEMH, SLT and OT, by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.bridge import across
from sendneeds.foundation.plots import COLOURS, label_ends
from sendneeds.foundation.results import Result, quantiles
from sendneeds.foundation.vocabulary import NEED_TYPES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sendneeds.need.projection import NeedProjection

PRIMARY = ("ASD", "SEMH")


@dataclass(frozen=True, repr=False)
class NeedTypes(Result):
    """Children by need type; a child may count in more than one, so need types do not add up.

    `data` holds ``children`` (year, need_type, draw) and ``by_provision`` (year, need_type, provision, draw).
    """

    area_name: str

    title = "Children by need type"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the four need types with their 80 % intervals."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        ends = []
        for colour, code in zip(COLOURS, NEED_TYPES, strict=True):
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


def need_types(need: NeedProjection) -> NeedTypes:
    """Return the cohort of each need type by year.

    Autism and SEMH are primary needs, at SEN support and with a plan together. Speech and language therapy and
    occupational therapy are therapies: their cohort is the children expected to need them, through the bridge
    table (model section 4), children without identified needs included.

    Parameters
    ----------
    need : NeedProjection

    Returns
    -------
    NeedTypes

    Examples
    --------
    >>> import sendneeds as sn
    >>> types = sn.need_types(sn.project(sn.open_area("bedford"), to=2026, draws=20))
    >>> list(types.data["need_type"].values)
    ['ASD', 'SEMH', 'SLT', 'OT']
    """
    import xarray as xr

    children = need.data["children"]
    primary: xr.DataArray = children.sel(need=list(PRIMARY)).sum("age").rename(need="need_type")
    therapies = [code for code in NEED_TYPES if code not in PRIMARY]
    therapy = across(need, "share_in_need", int(need.data.attrs["seed"]), therapies).rename(
        service="need_type"
    )
    expected: xr.DataArray = np.rint(therapy).astype("int32")  # type: ignore[assignment]
    whole = xr.concat([primary, expected], "need_type", join="exact")
    order = ("year", "need_type", "provision", "draw")
    by_provision = whole.sel(need_type=list(NEED_TYPES)).transpose(*order).astype("int32")
    attrs = {"units": "persons", "kind": "stock"}
    data = xr.Dataset(
        {
            "children": by_provision.sum("provision", dtype="int32").assign_attrs(
                attrs, long_name="Children and young people by need type"
            ),
            "by_provision": by_provision.assign_attrs(
                attrs, long_name="Children and young people by need type and provision"
            ),
        }
    ).assign_attrs(need.data.attrs)
    return NeedTypes(data, dict(need.provenance), need.area.name)
