"""Why the number of plans moves: causes that add up to the change, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import DomainError, expect
from sendneeds.foundation.plots import COLOURS, new_axes, plain
from sendneeds.foundation.result_views import figures_by_year
from sendneeds.foundation.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.need.projection import NeedProjection

CAUSES = {
    "balance": "Plans start, end and move as in the first year",
    "population": "More or fewer children without a plan",
    "identification": "Children identified more or less often",
    "interaction": "Identification and population together",
    "stock": "More plans, so more that end or pass age 25",
    "duration": "Plans kept longer or less long",
    "moves": "More or fewer plans moved in",
}
"""Causes of growth, in the order of the waterfall."""


@dataclass(frozen=True, repr=False, eq=False)
class Explanation(Result):
    """The growth of plans by cause.

    `data` holds ``growth`` (year, cause, draw): plans gained since the first January. Causes add up to
    the change of the total in every draw; flows are compared age by age with those of the first projected year.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> why = sn.explain(sn.project(sn.open_area("luton"), to=2028, draws=4))
    >>> why["growth"].dims
    ('year', 'cause', 'draw')
    """

    area_name: str

    title = "Growth of plans by cause"

    def plot(self, year: int | None = None, ax: Axes | None = None) -> Axes:
        """Plot the causes as a waterfall of medians to a year.

        Parameters
        ----------
        year : int, optional
            The last when left out.
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        DomainError
            If the year is not one explained.

        Examples
        --------
        >>> import sendneeds as sn
        >>> why = sn.explain(sn.project(sn.open_area("luton"), to=2028, draws=4))
        >>> why.plot(2027).get_xlabel()
        'EHC plans (medians of the causes; medians need not add up)'
        """
        data = self.data["growth"]
        years = data["year"].values
        if year is not None and year not in years:
            raise DomainError(f"year={year}: a January from {years[0]} to {years[-1]}.")
        ax = new_axes(ax)
        at = data.sel(year=int(years[-1]) if year is None else year)
        middle = [float(at.sel(cause=c).median()) for c in CAUSES]
        ends = np.cumsum(middle)
        total = float(at.sum("cause").median())
        for row, (cause, size, end) in enumerate(zip(CAUSES, middle, ends, strict=True)):
            ax.barh(row, size, left=end - size, color=COLOURS[0] if size >= 0 else COLOURS[2])
            ax.annotate(
                f"{size:+,.0f}", (max(end, end - size), row), xytext=(4, -3), textcoords="offset points"
            )
            ax.text(-0.01, row, CAUSES[cause], transform=ax.get_yaxis_transform(), ha="right", va="center")
        ax.set_yticks([])
        ax.invert_yaxis()
        ax.margins(x=0.12)  # room for the labels
        ax.set_xlabel("EHC plans (medians of the causes; medians need not add up)")
        ax.set_title(
            f"{plain(self.area_name)}: {total:+,.0f} plans by {int(at['year'])}, by cause", loc="left"
        )
        return ax

    def _figures(self) -> pd.DataFrame:
        growth = self.data["growth"]
        causes = {CAUSES[str(c)]: growth.sel(cause=c) for c in growth["cause"].values}
        years, scored = growth["year"].values, int(self.data.attrs["scored_to"])
        return figures_by_year({**causes, "All causes": growth.sum("cause")}, years, scored, "{:+,.0f}")


def explain(need: NeedProjection) -> Explanation:
    """Split the growth of plans into population, identification, duration, moves and their interaction.

    The flows of every year are compared, age by age and draw by draw, with those of the first projected year:
    ``new = hazard x children without a plan`` and ``ended = chance x plans held``, so a product changes by
    each factor and by both together (``a1 b1 - a0 b0 = (a1 - a0) b0 + a0 (b1 - b0) + (a1 - a0)(b1 - b0)``).

    Parameters
    ----------
    need : NeedProjection

    Returns
    -------
    Explanation

    Raises
    ------
    DomainError
        If the projection has fewer than two years of flows.

    Examples
    --------
    >>> import sendneeds as sn
    >>> need = sn.project(sn.open_area("bedford"), to=2028, draws=20)
    >>> why = sn.explain(need)
    >>> gained = need.total("E") - need.total("E").sel(year=2025)
    >>> bool(abs(why.data["growth"].sum("cause") - gained.sel(year=slice(2026, None))).max() < 1e-6)
    True
    """
    import xarray as xr

    expect(need, "NeedProjection", "need", "project it first, need = sn.project(area)")
    d = need.data
    if d.sizes["calendar_year"] < 2:
        raise DomainError("an explanation needs two years of flows or more; project further ahead.")
    order = ("calendar_year", "age", "draw")
    new, moved, ceased = (
        d[k].sum("plan_need").transpose(*order).values.astype(float)
        for k in ("new_plans", "moved_in", "ceased")
    )
    plans = d["children"].sel(provision="E").sum("need").transpose("year", "age", "draw").values.astype(float)
    residents = d["population"].transpose("year", "age", "draw").values.astype(float)
    # at closing ages: children who keep no plan from before, and plans held a year younger
    kept = np.zeros_like(new)
    kept[:, 1:] = plans[:-1, :-1]
    room = np.maximum(residents[1:] - (kept - ceased + moved), 1.0)
    hazard = new / room
    chance = np.divide(ceased, kept, out=np.zeros_like(kept), where=kept > 0)
    passed = plans[:-1, -1]  # those of 25 pass the last age

    h, r = hazard - hazard[0], room - room[0]
    parts = {
        "balance": np.repeat(
            (new[0] + moved[0] - ceased[0]).sum(axis=0)[None] - passed[:1], len(new), axis=0
        ),
        "population": (hazard[0] * r).sum(axis=1),
        "identification": (h * room[0]).sum(axis=1),
        "interaction": (h * r).sum(axis=1),
        "stock": -(chance[0] * (kept - kept[0])).sum(axis=1) - (passed - passed[0]),
        "duration": -((chance - chance[0]) * kept).sum(axis=1),
        "moves": (moved - moved[0]).sum(axis=1),
    }
    growth = np.stack([np.cumsum(parts[cause], axis=0) for cause in CAUSES], axis=1)
    data = xr.Dataset(
        {
            "growth": (
                ("year", "cause", "draw"),
                growth,
                {"long_name": "Growth of EHC plans by cause", "units": "EHC plans", "kind": "flow"},
            )
        },
        coords={"year": d["year"].values[1:], "cause": list(CAUSES), "draw": d["draw"]},
        attrs=d.attrs,
    )
    return Explanation(data, dict(need.provenance), need.area.name)
