"""What a projection is: children by year, provision, need and age over draws, and the flows between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.plots import COLOURS, label_ends
from sendneeds.foundation.results import Result, quantiles
from sendneeds.foundation.vocabulary import ENGLAND, PROVISIONS
from sendneeds.need.inputs.plausibility import rise_beyond_record
from sendneeds.need.inputs.stock import total_plans

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area, Finding


@dataclass(frozen=True, repr=False)
class NeedProjection(Result):
    """Children and young people by need, to a year ahead.

    `data` holds ``children`` (year, provision, need, age, draw), a stock each January whose sum over
    provision and need is ``population`` (year, age, draw); and the flows of plans within each calendar year,
    ``new_plans``, ``moved_in``, ``ceased`` (calendar_year, need, age, draw) with ``aged_out``
    (calendar_year, need, draw). Ages are completed years at the 31 August before the January; a flow
    carries the age at which the year closes.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area : Area
    record : pandas.DataFrame
        How wrong the method has been: rows of ``forecast_record``.
    """

    area: Area
    record: pd.DataFrame

    title = "Children by need"

    @property
    def assumptions(self) -> list[str]:
        """Every assumption made, in plain words."""
        return list(self.provenance["assumptions"])

    @property
    def findings(self) -> list[Finding]:
        """What is odd about the projection itself, beside the findings on the area's evidence.

        ``rise_beyond_record`` where plans rise by more than any area of its size has; none for England.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.project(sn.open_area("bedford"), to=2026, draws=4).findings
        []
        """
        if self.area.code == ENGLAND:
            return []
        total = self.total("E")
        centre = total.median("draw")
        start = int(self.data.attrs["start"])
        past = {year: count for year, count in total_plans(self.area).items() if year <= start}
        return rise_beyond_record(past, {int(y): float(centre.sel(year=y)) for y in centre["year"].values})

    @property
    def scored_to(self) -> int:
        """The last January whose interval has a track record; later years are a scenario range."""
        return int(self.data.attrs["scored_to"])

    def total(self, provision: str = "E") -> xr.DataArray:
        """Return children at a provision by year and draw, all needs and ages.

        Parameters
        ----------
        provision : {"N", "K", "E"}
        """
        return self._kept(self._at(provision).sum(("need", "age"), dtype="int32"))

    def by_need(self, provision: str = "E", needs: Sequence[str] | None = None) -> xr.DataArray:
        """Return children at a provision by year, need and draw, all ages."""
        out = self._at(provision).sum("age", dtype="int32")
        return self._kept(out.sel(need=list(needs)) if needs is not None else out)

    def _at(self, provision: str) -> xr.DataArray:
        if provision not in PROVISIONS:
            raise unknown("provision", provision, PROVISIONS)
        return self.data["children"].sel(provision=provision)

    def _kept(self, array: xr.DataArray) -> xr.DataArray:
        return array.assign_attrs(self.data["children"].attrs).rename("children")

    def cohort_ratios(self) -> xr.DataArray:
        """Return plans at an age over the same cohort's plans a year before, by closing year and age.

        Returns
        -------
        xarray.DataArray
            Dimensions (year, age, draw); ``age`` is the opening age.
        """
        plans = self.data["children"].sel(provision="E").sum("need").astype(float)
        before = plans.isel(year=slice(None, -1), age=slice(None, -1))
        after = plans.isel(year=slice(1, None), age=slice(1, None)).assign_coords(age=before["age"])
        before = before.assign_coords(year=after["year"])
        return (after / before.where(before > 0)).rename("cohort_ratio")

    def plot(self, provision: str = "E", needs: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
        """Plot the total, or some needs, with the 80 % interval; years without a track record are paler.

        Parameters
        ----------
        provision : {"K", "E"}
        needs : sequence of str, optional
            The total when left out; at most four.
        ax : matplotlib Axes, optional
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        data = (
            self.by_need(provision, needs)
            if needs is not None
            else self.total(provision).expand_dims(need=["all"])
        )
        ends = []
        for colour, need in zip(COLOURS, data["need"].values, strict=False):
            q = quantiles(data.sel(need=need))
            years = q["year"].values
            low, central, high = (q.isel(quantile=i).values for i in range(3))
            seen = years <= self.scored_to
            later = years >= self.scored_to
            ax.fill_between(years[seen], low[seen], high[seen], color=colour, alpha=0.3, linewidth=0)
            ax.fill_between(years[later], low[later], high[later], color=colour, alpha=0.12, linewidth=0)
            ax.plot(years, central, color=colour)
            ends.append((str(need), float(central[-1]), colour))
        ax.axvline(self.scored_to, color="#3D3D3D", linewidth=0.8, linestyle=":")
        name = "EHC plans" if provision == "E" else "SEN support"
        ax.set_title(
            f"{self.area.name}: {name}, 80 % interval (scenario range after {self.scored_to})", loc="left"
        )
        ax.set_ylim(bottom=0)
        ax.set_ylabel("children and young people")
        if needs is not None:
            label_ends(ax, years[-1], ends)
        return ax


def provenance(area: Area, seed: int, draws: int, assumptions: Sequence[str]) -> dict[str, Any]:
    """Return what a reader needs to make the projection again."""
    from sendneeds import __version__

    return {
        "software": "sendneeds",
        "version": __version__,
        "area": area.code,
        "area_name": area.name,
        "seed": seed,
        "draws": draws,
        "assumptions": list(assumptions),
        "sources": {name: area.meta[name].source for name in sorted(area.meta)},
        "bases": sorted(area.basis.words),
    }
