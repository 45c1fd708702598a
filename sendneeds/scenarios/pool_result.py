"""What a pooled budget is: who pays, who gains, and what is over or under, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import FUNDERS
from sendneeds.scenarios.cost import financial_year

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class PoolResult(Result):
    """A pooled budget shared out, draw by draw.

    `data` has, by financial year and draw, ``spent`` and ``over`` (spent less planned, negative where under); by
    funder, financial year and draw, ``share`` (adds up to 1 over funders), ``paid`` (adds up to what is spent) and
    ``gained`` (what the funder spends less elsewhere because of the option); and ``planned`` by funder and financial
    year.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str
    told : tuple of str
        The rules by which it is shared, a line each.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2029)
    >>> shared = sn.pool(result, "fill-two-slt-posts", {"council_high_needs": 100_000, "icb": 80_000})
    >>> shared["paid"].dims
    ('funder', 'financial_year', 'draw')
    """

    area_name: str = ""
    told: tuple[str, ...] = ()

    title = "Pool"

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot what each funder pays and gains over the years, side by side, medians and 80 % intervals.

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
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2029)
        >>> sn.pool(result, "fill-two-slt-posts", {"council_high_needs": 1, "icb": 1}).plot().get_ylabel()
        'GBP thousand over the years'
        """
        ax = new_axes(ax)
        funders = [str(f) for f in self.data["funder"].values]
        for place, (name, colour) in enumerate((("paid", COLOURS[0]), ("gained", COLOURS[1]))):
            ends = self.data[name].sum("financial_year").quantile([0.1, 0.5, 0.9], dim="draw").values / 1e3
            at = np.arange(len(funders)) + (place - 0.5) * 0.36
            low, central, high = ends
            ax.bar(
                at,
                central,
                0.34,
                color=colour,
                label=name,
                yerr=[central - low, high - central],
                capsize=3,
                ecolor=GREY,
            )
        ax.set_xticks(range(len(funders)), [FUNDERS[f] for f in funders])
        ax.set_ylabel("GBP thousand over the years")
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(f"{plain(self.area_name)}: who pays and who gains", loc="left", fontsize=10)
        return ax

    def _heading(self) -> str:
        years = self.data["financial_year"].values
        first, last = (financial_year(int(y)) for y in (years[0], years[-1]))
        return f"Pool, {self.area_name}: financial years {first} to {last}"

    def _notes(self) -> list[str]:
        return list(self.told)

    def _figures(self) -> Any:
        """Return who pays and who gains beside each other, over the years."""
        import pandas as pd

        rows = {}
        for funder in self.data["funder"].values:
            own = self.data.sel(funder=funder)
            rows[FUNDERS[str(funder)]] = {
                "planned GBP": f"{float(own['planned'].sum()):,.0f}",
                "paid GBP": interval_text(own["paid"].sum("financial_year")),
                "gained GBP": interval_text(own["gained"].sum("financial_year")),
                "share paid": interval_text(
                    (own["paid"].sum("financial_year") / self.data["spent"].sum("financial_year")).values,
                    "{:.1%}",
                ),
            }
        return pd.DataFrame.from_dict(rows, orient="index")
