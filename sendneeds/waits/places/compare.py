"""What an option for places avoids: children out of independent schools, money saved and spent, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.plots import COLOURS, GREY, draw_interval, label_ends, mark_scored, new_axes, plain
from sendneeds.foundation.result_views import shown_years
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.waits.places.result import PlacesResult

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

HIGH_NEEDS, GENERAL = "council_high_needs", "council_general_fund"


@dataclass(frozen=True, repr=False, eq=False)
class PlacesComparison(Result):
    """An option for places against a baseline, draw by draw.

    `data` has ``avoided`` (year, setting, draw), children in the baseline less children in the option;
    ``avoided_out_of_area`` and ``avoided_transported`` (year, draw); the GBP a year ``gross`` (mean cost of
    the independent places avoided), ``avoidable`` (the part of it that is saved), ``added`` (what their other
    places cost) and ``capital`` (year, draw); and ``saved`` (year, funder, draw), what each funder spends
    less, transport included and capital not.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
    >>> sn.compare_places(now, now)["avoided"].dims
    ('year', 'setting', 'draw')
    """

    area_name: str = ""

    title = "Places avoided"

    def saved(self, start: int | None = None, to: int | None = None) -> xr.DataArray:
        """Return what each funder saves from one January to another, added up draw by draw.

        Parameters
        ----------
        start, to : int, optional
            The first and last years when left out.

        Returns
        -------
        xarray.DataArray
            GBP, (funder, draw); negative where a funder spends more.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> float(sn.compare_places(now, now).saved(to=2026).max())
        0.0
        """
        years = self["saved"].sel(year=slice(start, to))
        return years.sum("year").assign_attrs(long_name="Saved over the years", units="GBP")

    def probability_saving(self, year: int | None = None) -> float:
        """Return the share of draws in which the funders together spend less in a year, capital left out.

        Parameters
        ----------
        year : int, optional
            The last year whose interval of need has a track record when left out.

        Returns
        -------
        float
            From 0 to 1.

        Raises
        ------
        DomainError
            If the year is not one projected.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> sn.compare_places(now, now).probability_saving(2026)
        0.0
        """
        years = self.data["year"].values
        chosen = min(int(self.data.attrs["scored_to"]), int(years[-1])) if year is None else year
        if chosen not in years:
            raise DomainError(f"year={chosen}: a January from {years[0]} to {years[-1]}.")
        return float((self["saved"].sel(year=chosen).sum("funder") > 0).mean())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot what each funder saves a year, medians and 80 % intervals.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> sn.compare_places(now, now).plot().get_ylabel()
        'GBP million a year'
        """
        ax = new_axes(ax)
        scored_to, saved = int(self.data.attrs["scored_to"]), self.data["saved"] / 1e6
        ends = [
            (
                FUNDERS[str(funder)],
                draw_interval(ax, saved.sel(funder=funder), colour, scored_to),
                colour,
            )
            for colour, funder in zip(COLOURS, saved["funder"].values, strict=False)
        ]
        ax.axhline(0, color=GREY, linewidth=0.8)
        mark_scored(ax, scored_to)
        ax.set_ylabel("GBP million a year")
        ax.set_title(
            f"{plain(self.area_name)}: spent less than in the baseline, 80 % interval\n"
            f"(scenario range after {scored_to})",
            loc="left",
            fontsize=10,
        )
        label_ends(ax, saved["year"].values[-1], ends)
        return ax

    def _figures(self) -> pd.DataFrame:
        """Return independent places avoided and what each funder saves."""
        import pandas as pd

        years = shown_years(self.data["year"].values, int(self.data.attrs["scored_to"]))
        avoided, saved = self.data["avoided"].sel(setting="independent"), self.data["saved"]
        rows = {
            "Fewer children in independent schools": [interval_text(avoided.sel(year=year)) for year in years]
        }
        for funder in map(str, saved["funder"].values):
            less = saved.sel(funder=funder)
            rows[f"{FUNDERS[funder]}: GBP thousand less a year"] = [
                interval_text(less.sel(year=year), scale=1e3) for year in years
            ]
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(years.values()))

    def _notes(self) -> list[str]:
        """Return a line on the capital of the option beyond the baseline's, in the years in which places open."""
        if "capital" not in self.data:
            return ["Capital: not known, for want of service=PLACES, gbp_capital_per_place_state_special"]
        capital = self.data["capital"]
        years = capital["year"].values[(capital != 0).any("draw").values]
        if not years.size:
            return ["Capital: none"]
        over = f"{years[0]}" if years.size == 1 else f"{years[0]} to {years[-1]}"
        text = interval_text(capital.sum("year"), "{:,.1f}", 1e6)
        return [f"Capital, once ({over}): GBP {text} million"]


def compare_places(baseline: PlacesResult, option: PlacesResult) -> PlacesComparison:
    """Compare an option for places with a baseline, draw by draw.

    The child whose independent place is avoided is not the mean child: those who go first to a new place are the less
    costly. So of the mean cost of a place avoided only the pack's ``avoidable_cost_share`` is saved, and of one more
    taken up as much is spent, while each place taken up instead costs its mean. The high needs block pays for places,
    the council's general fund for transport.

    Parameters
    ----------
    baseline, option : PlacesResult
        Of one area, with the same years, draws and seed.

    Returns
    -------
    PlacesComparison

    Raises
    ------
    DomainError
        If the two are not of the same area, years, draws and seed.
    MissingDataError
        If the pack had no prices of places or no ``avoidable_cost_share``.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> need = sn.project(bedford, to=2030, draws=50)
    >>> now = sn.project_places(bedford, need)
    >>> more = sn.project_places(bedford, need, place_changes=[sn.PlaceChange("state_special", 2027, 60)])
    >>> found = sn.compare_places(now, more)
    >>> bool(found.data["avoided"].sel(year=2030, setting="independent").median() > 10)
    True
    """
    kinds(baseline=(baseline, "PlacesResult"), option=(option, "PlacesResult"))
    import xarray as xr

    one, two = baseline.data, option.data
    for name in ("area", "seed"):
        if one.attrs.get(name) != two.attrs.get(name):
            raise DomainError(f"The two differ in {name}: {one.attrs.get(name)} and {two.attrs.get(name)}.")
    for name in ("year", "draw", "need"):
        if not np.array_equal(one[name].values, two[name].values):
            raise DomainError(f"The two differ in {name}: project both from one projection of need.")
    for name in ("price", "avoidable_share"):
        if name not in one or "independent" not in one["costed_setting"]:
            raise MissingDataError(
                f"{baseline.area_name}: service_parameters.csv lacks what the cost of places rests on. Add rows "
                "service=PLACES: gbp_per_place_independent and avoidable_cost_share."
            )
    avoided = baseline.by_setting() - option.by_setting()
    price = one["price"].rename(costed_setting="setting")
    gross = avoided.sel(setting="independent") * price.sel(setting="independent", drop=True)
    saved = gross * one["avoidable_share"]
    others = [s for s in price["setting"].values if s != "independent"]
    added = -(avoided * price).sel(setting=others).sum("setting")
    by_funder = [saved - added]
    funders = [HIGH_NEEDS]
    if "transport_cost" in one:
        by_funder.append((one["transport_cost"] - two["transport_cost"]).sum("travelling_setting"))
        funders.append(GENERAL)
    dims = ("year", "draw")
    arrays: dict[str, Any] = {
        "avoided": (avoided, "Children in the baseline less children in the option", "children", "stock"),
        "gross": (gross, "Mean cost of the independent places avoided", "GBP a year", "flow"),
        "avoidable": (saved, "Of it, what is saved", "GBP a year", "flow"),
        "added": (added, "Cost of the places taken up instead", "GBP a year", "flow"),
        "saved": (
            xr.concat(by_funder, xr.DataArray(funders, dims="funder", name="funder")),
            "Spent less than in the baseline, capital left out",
            "GBP a year",
            "flow",
        ),
    }
    if "capital" in one and "capital" in two:
        capital = two["capital"] - one["capital"]
        arrays["capital"] = (capital, "Capital beyond the baseline's, in the year of opening", "GBP", "flow")
    if "out_of_area" in one:
        away = (one["out_of_area"] - two["out_of_area"]).sum("away_setting")
        arrays["avoided_out_of_area"] = (
            away,
            "Children placed out of the area, avoided",
            "children",
            "stock",
        )
    if "transported" in one:
        fewer = (one["transported"] - two["transported"]).sum("travelling_setting")
        arrays["avoided_transported"] = (
            fewer,
            "Children whose transport is paid, avoided",
            "children",
            "stock",
        )
    data = xr.Dataset()
    for name, (array, text, units, kind) in arrays.items():
        middle = [d for d in array.dims if d not in dims]
        data[name] = array.drop_vars(
            "setting" if "setting" not in array.dims else [], errors="ignore"
        ).transpose("year", *middle, "draw")
        data[name].attrs = {"long_name": text, "units": units, "kind": kind}
    return PlacesComparison(data.assign_attrs(one.attrs), dict(option.provenance), baseline.area_name)
