"""What a projection is: children by year, provision, need and age over draws, and the flows between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sendneeds.evidence.area import Area
from sendneeds.evidence.pack.saved import area_dataset, area_of
from sendneeds.evidence.types import Finding
from sendneeds.foundation import result_files
from sendneeds.foundation.arguments import listed
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.plots import (
    GREY,
    at_most_four,
    draw_lines,
    label_ends,
    new_axes,
    plain,
)
from sendneeds.foundation.result_views import figures_by_year
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import ENGLAND, PROVISIONS
from sendneeds.need.inputs.plausibility import rise_beyond_record
from sendneeds.need.inputs.stock import total_plans

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

result_files.register(Area, area_dataset, area_of)

TITLES = {**PROVISIONS, "E": "EHC plans"}
"""Provisions as a plot or a table heads them."""

SCHOOL_AGES = (4, 18)
"""Ages at 31 August of pupils in schools, first and last."""


@dataclass(frozen=True, repr=False, eq=False)
class NeedProjection(Result):
    """Children and young people by need, to a year ahead.

    `data` holds ``children`` (year, provision, need, age, draw), a stock each January whose sum over
    provision and need is ``population`` (year, age, draw); and the flows of plans within each calendar year,
    ``new_plans``, ``moved_in``, ``ceased`` (calendar_year, need, age, draw) with ``aged_out``
    (calendar_year, need, draw). Ages are completed years at the 31 August before the January; a flow
    carries the age at which the year closes. Where a scenario of the reform gives some, individual support plans are
    provision ``I``, with ``to_individual``, the part of ``ceased`` that became one, and ``individual_instead``, those
    given in place of a new plan.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area : Area
    record : pandas.DataFrame
        How wrong the method has been: rows of ``forecast_record``.

    Examples
    --------
    >>> import sendneeds as sn
    >>> need = sn.project(sn.open_area("bedford"), to=2030, draws=100)
    >>> need["children"].sizes["age"], need.scored_to
    (26, 2030)
    """

    area: Area
    record: pd.DataFrame

    title = "Children by need"

    @property
    def area_name(self) -> str:
        """Name of the area."""
        return self.area.name

    @property
    def assumptions(self) -> list[str]:
        """Every assumption made, in plain words."""
        return list(self.provenance["assumptions"])

    @property
    def findings(self) -> list[Finding]:
        """What is odd about the projection itself, beside the findings on the area's evidence.

        ``rise_beyond_record`` where plans rise by more than any area of its size has; none for England, or for
        a part that `sel` gave.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.project(sn.open_area("bedford"), to=2026, draws=4).findings
        []
        """
        if self.area.code == ENGLAND or "selected" in self.provenance:
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
        """Return children at a provision, all needs and ages.

        Parameters
        ----------
        provision : {"N", "K", "I", "E"}
            No identified SEN, SEN support, an individual support plan (where a scenario gives some), or a plan.

        Returns
        -------
        xarray.DataArray
            Persons in January, (year, draw).

        Raises
        ------
        UnknownNameError
            If there is no such provision.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("bedford"), to=2026, draws=4)
        >>> need.total("E").sel(year=2025).values.tolist()
        [2170, 2170, 2170, 2170]
        """
        return self._kept(self._at(provision).sum(("need", "age"), dtype="int32"))

    @cached_property
    def new_plans(self) -> xr.DataArray:
        """New plans within each calendar year, all needs and ages, (calendar_year, draw); added up once.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.project(sn.open_area("bedford"), to=2027, draws=4).new_plans.sizes
        Frozen({'calendar_year': 2, 'draw': 4})
        """
        return self.data["new_plans"].sum(("plan_need", "age"), dtype="int32", keep_attrs=True)

    def by_need(self, provision: str = "E", needs: Sequence[str] | None = None) -> xr.DataArray:
        """Return children at a provision by primary need, all ages.

        Parameters
        ----------
        provision : {"N", "K", "E"}
        needs : sequence of str, optional
            Need codes; all of them when left out.

        Returns
        -------
        xarray.DataArray
            Persons in January, (year, need, draw).

        Raises
        ------
        UnknownNameError
            If there is no such provision or need.
        DomainError
            If `needs` is a text and not a list of texts.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("bedford"), to=2026, draws=4)
        >>> need.by_need("E", ["ASD", "SEMH"]).sel(year=2025, draw=0).values.tolist()
        [541, 378]
        """
        out = self._at(provision).sum("age", dtype="int32")
        if needs is None:
            return self._kept(out)
        there = [str(need) for need in out["need"].values]
        for need in listed("needs", needs, str):
            if need not in there:
                raise unknown("need", need, there)
        return self._kept(out.sel(need=list(needs)))

    def _at(self, provision: str) -> xr.DataArray:
        there = [str(name) for name in self.data["provision"].values]
        if provision not in there:
            raise unknown("provision", str(provision), there)
        return self.data["children"].sel(provision=provision)

    def _kept(self, array: xr.DataArray) -> xr.DataArray:
        return array.assign_attrs(self.data["children"].attrs).rename("children")

    def others(self) -> pd.DataFrame | None:
        """Return what others project for England.

        Returns
        -------
        pandas.DataFrame or None
            A row a figure: who, published, case, measure (``ehc_plans`` or ``pupils_with_plan``), january, value,
            source. None for other areas.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.project(sn.open_area("england"), to=2026, draws=4).others()["value"].tolist()
        [910000, 640000, 920000, 1100000]
        """
        if self.area.code != ENGLAND or not self.area.has("forecasts_of_others"):
            return None
        return self.area.table("forecasts_of_others")

    def _draw_others(self, ax: Axes) -> None:
        """Draw what others project for England, filled where it is of plans."""
        others = self.others()
        if others is None:
            return
        for (who, measure), rows in others.groupby(["who", "measure"], sort=False):
            plans = measure == "ehc_plans"
            ax.scatter(
                rows["january"],
                rows["value"],
                edgecolors=GREY,
                facecolors=GREY if plans else "none",
                zorder=3,
            )
            least = rows.loc[rows["value"].idxmin()]
            ax.annotate(
                f"{who}: {'plans' if plans else 'pupils with a plan'}",
                (least["january"], least["value"]),
                (6, -16),
                textcoords="offset points",
                ha="right",
                fontsize="small",
            )

    def percent_of_pupils(self) -> xr.DataArray:
        """Return the percent of pupils who have a plan, from the share published at the start.

        It moves as plans of those aged 4 to 18 at 31 August do for each resident of these ages.

        Returns
        -------
        xarray.DataArray
            Percent each January, (year, draw).

        Raises
        ------
        MissingDataError
            If the pack has no share of pupils with a plan at the start.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("england"), to=2026, draws=4)
        >>> need.percent_of_pupils().sel(year=2025, draw=0).item()
        5.3
        """
        start = int(self.data.attrs["start"])
        table = self.area.table("sen_percent")
        known = table[(table["provision"] == "E") & (table["census_january"] == start)]["percent_of_pupils"]
        if not len(known):
            raise MissingDataError(f"{self.area.name}: sen_percent.csv has no share with a plan in {start}.")
        ages = slice(SCHOOL_AGES[0], SCHOOL_AGES[1])
        plans = self._at("E").sel(age=ages).sum(("need", "age"))
        rate = plans / self.data["population"].sel(age=ages).sum("age")
        out = float(known.iloc[-1]) * (rate / rate.sel(year=start))
        attrs = {"long_name": "Pupils with a plan", "units": "percent", "kind": "stock"}
        return out.rename("percent_of_pupils").assign_attrs(attrs)

    def cohort_ratios(self) -> xr.DataArray:
        """Return plans at an age over the same cohort's plans a year before, by closing year and age.

        Returns
        -------
        xarray.DataArray
            A ratio, (year, age, draw); ``age`` is the opening age; NaN where the cohort held no plan.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("bedford"), to=2027, draws=4)
        >>> need.cohort_ratios().sizes["year"], need.cohort_ratios().sizes["age"]
        (2, 25)
        """
        plans = self.data["children"].sel(provision="E").sum("need").astype(float)
        before = plans.isel(year=slice(None, -1), age=slice(None, -1))
        after = plans.isel(year=slice(1, None), age=slice(1, None)).assign_coords(age=before["age"])
        before = before.assign_coords(year=after["year"])
        return (after / before.where(before > 0)).rename("cohort_ratio")

    def plot(self, provision: str = "E", needs: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
        """Plot the total, or some needs, with the 80 % interval; years without a track record are paler.

        England's total has beside it what others project: filled circles for plans, open ones for pupils with a plan.

        Parameters
        ----------
        provision : {"N", "K", "E"}
        needs : sequence of str, optional
            Need codes, at most four; the total when left out.
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such provision or need.
        DomainError
            If more than four needs are given, more than can be told apart in one plot.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("bedford"), to=2027, draws=4)
        >>> need.plot("K", ["ASD", "SEMH"]).get_title(loc="left")
        'Bedford: SEN support, 80 % interval'
        """
        if needs is None:
            lines = [("", self.total(provision))]
        else:
            by_need = self.by_need(provision, needs)
            lines = [(str(name), by_need.sel(need=name)) for name in by_need["need"].values]
        at_most_four(lines, "needs")
        ax = new_axes(ax)
        ends, later = draw_lines(ax, lines, self.scored_to)
        ax.set_title(f"{plain(self.area.name)}: {TITLES[provision]}, 80 % interval{later}", loc="left")
        if provision == "E" and needs is None:
            self._draw_others(ax)
        ax.set_ylim(bottom=0)
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.set_ylabel("children and young people")
        label_ends(ax, int(self.data["year"].values[-1]), ends)
        return ax

    def _figures(self) -> pd.DataFrame:
        return figures_by_year(
            {TITLES[name]: self.total(name) for name in map(str, self.data["provision"].values)},
            self.data["year"].values,
            self.scored_to,
        )


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
