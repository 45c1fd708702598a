"""What a projection of the high needs block is: the rows of the management plan, what options save, and a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.plots import COLOURS, GREY, draw_interval, label_ends, new_axes, plain
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.cost import financial_year
from sendneeds.waits.places.costs import UNIT_PLACE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ROWS = {
    "mainstream": "Mainstream schools or academies, early years included: top-up",
    "resourced": "Resourced provision or SEN units",
    "state_special": "Maintained special schools or special academies",
    "independent": "Non-maintained special schools or independent schools: fees",
    "alternative": "Hospital schools or alternative provision",
    "post_16": "Post 16 and further education",
    "other_settings": "Educated elsewhere",
    "stays": "Mean cost of independent places avoided that does not come back",
    "therapies": "Therapy services and care provision",
    "tribunals": "Tribunals and mediation",
    "other": "Other",
    "levers": "What the option costs the block, capital left out",
}
"""Rows of spending, in the order of the DSG management plan, with the words used here."""
TOTALS = {
    "spend": "All that is spent from the block",
    "income": "Allocation and transfers in",
    "in_year": "In-year balance",
    "cumulative": "Balance carried forward",
}
"""What rows add up to, what comes in, and balances, with the words used here."""
PLACE_FUNDING = {"resourced": UNIT_PLACE, "state_special": 10_000.0, "alternative": 10_000.0}
"""GBP a year of place funding a place (DfE, High needs funding: operational guide; 6,000: a unit place, filled)."""
MOST_LINES = 4


@dataclass(frozen=True, repr=False, eq=False)
class HighNeedsResult(Result):
    """The high needs block by financial year and scenario, draw by draw.

    `data` has ``spend`` by row of the management plan (they add up to all that is spent), ``by_need`` (spend on places
    by need), ``place_funding`` (of that, place funding where a price of its own holds it: NaN elsewhere),
    ``transport`` (outside the block) and, where an allocation is stated, ``income``, ``in_year`` and ``cumulative``,
    negative where overspent. The attribute ``left_out`` names the spending that is in no row, for want of a price or a
    figure, parted by semicolons.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str
    missing : tuple of str
        What has no price or no figure, and is in no row.
    notes : tuple of str

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.high_needs(sn.run(sn.open_area("bedford"), [], draws=4, to=2027))
    >>> any("allocation" in text for text in found.missing)
    True
    """

    area_name: str = ""
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    title = "High needs block"

    def table(self, scenario: str = BASELINE) -> pd.DataFrame:
        """Return the rows of the management plan by financial year, with 80 % intervals.

        Parameters
        ----------
        scenario : str

        Returns
        -------
        pandas.DataFrame
            Columns row, title, financial_year, low, central and high, in GBP: each row of spending, ``spend`` (their
            sum), and ``income``, ``in_year`` and ``cumulative`` where an allocation is stated; ``transport`` beside.

        Raises
        ------
        UnknownNameError
            If there is no such scenario.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.high_needs(sn.run(sn.open_area("bedford"), [], draws=4, to=2027))
        >>> found.table()["row"].iloc[0]
        'mainstream'
        """
        import pandas as pd

        names = [str(s) for s in self.data["scenario"].values]
        if scenario not in names:
            raise unknown("scenario", scenario, names)
        own = self.data.sel(scenario=scenario)
        rows: list[tuple[Any, ...]] = []

        def add(row: str, title: str, values: Any) -> None:
            for year in values["financial_year"].values:
                at = values.sel(financial_year=year).values
                if np.isfinite(at).all():
                    rows.append((row, title, int(year), *np.quantile(at, INTERVAL_LEVELS)))

        for row, title in ROWS.items():
            values = own["spend"].sel(row=row)
            if values.any():
                add(row, title, values)
        totals = {**own.data_vars, "spend": own["spend"].sum("row")}
        for name, title in (TOTALS | {"transport": "Beside: transport, which the general fund pays"}).items():
            if name in totals:
                add(name, title, totals[name])
        return pd.DataFrame(rows, columns=["row", "title", "financial_year", "low", "central", "high"])

    def saves(self) -> pd.DataFrame:
        """Return what each option saves the block in cash, its own cost taken off, by financial year.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, financial_year, low, central and high: GBP less than as things go on, draw by draw;
            negative where it costs more. A row with ``financial_year`` missing is the sum over the years.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.high_needs(sn.run(sn.open_area("bedford"), [], draws=4, to=2027))
        >>> found.saves().columns.tolist()
        ['scenario', 'financial_year', 'low', 'central', 'high']
        """
        import pandas as pd

        total = self.data["spend"].sum("row")
        rows: list[tuple[Any, ...]] = []
        for name in map(str, total["scenario"].values):
            if name == BASELINE:
                continue
            less = total.sel(scenario=BASELINE) - total.sel(scenario=name)
            for year in less["financial_year"].values:
                rows.append((name, int(year), *np.quantile(less.sel(financial_year=year), INTERVAL_LEVELS)))
            rows.append((name, None, *np.quantile(less.sum("financial_year"), INTERVAL_LEVELS)))
        frame = pd.DataFrame(rows, columns=["scenario", "financial_year", "low", "central", "high"])
        return frame.astype({"financial_year": "Int64"})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the balance carried forward, or what is spent where no allocation is stated, a line a scenario.

        The band is the baseline's 80 % interval. Where the allocation is illustrative the title says so.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        MissingDataError
            If there are no years to draw.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.high_needs(sn.run(sn.open_area("bedford"), [], draws=4, to=2027))
        >>> found.plot().get_ylabel()
        'GBP million a financial year'
        """
        stock = "cumulative" in self.data
        array = (self.data["cumulative"] if stock else self.data["spend"].sum("row")) / 1e6
        if stock:
            array = array.sel(financial_year=slice(int(self.data.attrs["balance_from"]), None))
        if not array.sizes["financial_year"]:
            raise MissingDataError("high_needs: the allocation is stated for no year that is projected.")
        ax = new_axes(ax, (8, 4.5))
        scored = int(self.data.attrs["scored_to"]) - 1
        ends = []
        for colour, name in zip(COLOURS, map(str, array["scenario"].values[:MOST_LINES]), strict=False):
            line = array.sel(scenario=name)
            if name == BASELINE:  # the others' bands lie over it
                ends.append((name, draw_interval(ax, line, colour, scored), colour))
                continue
            central = line.median("draw").values
            ax.plot(line["financial_year"].values, central, color=colour)
            ends.append((name, float(central[-1]), colour))
        if stock:
            ax.axhline(0, color=GREY, linewidth=0.8)
        ax.set_ylabel("GBP million at the year's end" if stock else "GBP million a financial year")
        ax.set_xlabel("financial year, by the year in which it begins")
        ax.margins(x=0.02)
        ax.spines[["top", "right"]].set_visible(False)
        what = "balance carried forward" if stock else "spent"
        told = self.data.attrs.get("illustrative_allocation") if stock else ""
        ax.set_title(
            f"{plain(self.area_name)}: high needs block, {what}, 80 % interval\n"
            f"(scenario range after {financial_year(scored)})"
            + (f"\nIllustrative allocation, not the council's: {plain(told)}" if told else ""),
            loc="left",
            fontsize=10,
        )
        label_ends(ax, array["financial_year"].values[-1], ends)
        return ax

    def _heading(self) -> str:
        years = self.data["financial_year"].values
        first, last = (financial_year(int(y)) for y in (years[0], years[-1]))
        return f"High needs block, {self.area_name}: {first} to {last}, {self.data.sizes['draw']} draws"

    def _notes(self) -> list[str]:
        better = "cumulative" in self.data and bool(self.missing)
        caution = (
            ["spending without a price is in no row, so balances look better than they are"] if better else []
        )
        return [*self.notes, *(f"missing: {text}" for text in self.missing), *caution]

    def _figures(self) -> pd.DataFrame:
        """Return spending and balance in the first and last year of every scenario."""
        import pandas as pd

        years = self.data["financial_year"].values
        shown = sorted(
            {int(years[0]), min(int(self.data.attrs["scored_to"]) - 1, int(years[-1])), int(years[-1])}
        )
        rows = {}
        for name in map(str, self.data["scenario"].values):
            own = self.data.sel(scenario=name)
            row = {}
            for year in shown:
                head = financial_year(year)
                at = own.sel(financial_year=year)
                row[f"{head} spent, GBP m"] = interval_text(at["spend"].sum("row"), "{:,.1f}", 1e6)
                if "cumulative" in own and year >= int(self.data.attrs["balance_from"]):
                    row[f"{head} balance, GBP m"] = interval_text(at["cumulative"], "{:,.1f}", 1e6)
            rows[name] = row
        return pd.DataFrame.from_dict(rows, orient="index")
