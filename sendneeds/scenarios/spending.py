"""What options cost, draw by draw: a line a lever's payment, by financial year, shared between funders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import COST_TYPES, FUNDERS
from sendneeds.scenarios.cost import financial_years

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import pandas as pd
    import xarray as xr

    from sendneeds.scenarios.lever_context import LeverEffect

DISCOUNT = 0.035
"""The social time preference rate of the Treasury's Green Book, a year."""


@dataclass(frozen=True, repr=False, eq=False)
class Spending(Result):
    """What options cost in every draw.

    `data` has ``spent`` (cost_line, financial_year, draw), GBP; ``weeks`` (cost_line, financial_year), how many weeks
    of the year were paid for, NaN for capital; and ``funder_share`` (cost_line, funder), who pays which share. A cost
    line is one payment of one lever of one scenario: the coordinates ``scenario``, ``service``, ``lever``, ``item``
    and ``cost_type`` say which. GBP are in the prices of the pack's figures, not uprated.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2028)
    >>> result.spending["spent"].dims
    ('cost_line', 'financial_year', 'draw')
    """

    title = "Spending"

    def by_funder(
        self,
        scenario: str,
        *,
        cost_types: Sequence[str] = COST_TYPES,
        discount: float = 0.0,
        base: int | None = None,
    ) -> xr.DataArray:
        """Return what each funder pays under an option, by financial year and draw.

        Parameters
        ----------
        scenario : str
        cost_types : sequence of {"recurrent", "one_off", "capital"}
            All of them when left out.
        discount : float
            Rate a year at which later years count for less; 0.035 is the Green Book's, 0 leaves them as they are.
        base : int, optional
            Financial year (the one in which it begins) that counts in full; the first of the run when left out.

        Returns
        -------
        xarray.DataArray
            GBP, (funder, financial_year, draw); 0 throughout for an option without cost. Funders add up to the total in
            every draw.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2028)
        >>> paid = result.spending.by_funder("fill-two-slt-posts")
        >>> sorted(str(f) for f in paid["funder"].values[(paid > 0).any(("financial_year", "draw"))])
        ['council_high_needs', 'icb']
        """
        data = self.data
        line = (data["scenario"] == scenario).values & np.isin(data["cost_type"].values, list(cost_types))
        part = data.isel(cost_line=np.flatnonzero(line))
        years = data["financial_year"].values
        first = int(years[0]) if base is None and years.size else (base or 0)
        factor = data["financial_year"].copy(data=(1.0 + discount) ** -(years - first).astype(float))
        paid = (part["spent"] * part["funder_share"]).sum("cost_line") * factor
        attrs = {"long_name": "Paid by each funder", "units": "GBP a financial year", "kind": "flow"}
        return paid.transpose("funder", "financial_year", "draw").rename("paid").assign_attrs(attrs)

    def of(self, scenarios: Sequence[str]) -> Spending:
        """Return the spending of some scenarios.

        Parameters
        ----------
        scenarios : sequence of str

        Returns
        -------
        Spending

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2028)
        >>> result.spending.of(["baseline"])["spent"].sizes["cost_line"]
        0
        """
        kept = np.flatnonzero(np.isin(self.data["scenario"].values.astype(str), list(scenarios)))
        return replace(self, data=self.data.isel(cost_line=kept))

    def join(self, other: Spending) -> Spending:
        """Return the cost lines of both, over the funders and financial years of either.

        Parameters
        ----------
        other : Spending
            With as many draws.

        Returns
        -------
        Spending

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> both = sn.run(bedford, sn.open_scenarios(bedford)[:3], draws=4, to=2028).spending
        >>> again = both.of(["fill-two-slt-posts"]).join(both.of(["resourced-places-60"]))
        >>> again["spent"].sizes["cost_line"] == both["spent"].sizes["cost_line"]
        True
        """
        import xarray as xr

        if not other.data.sizes["cost_line"]:
            return self
        if not self.data.sizes["cost_line"]:
            return other
        funders = [f for f in FUNDERS if f in {*self.data["funder"].values, *other.data["funder"].values}]
        parts = [one.data.reindex(funder=funders, fill_value=0.0) for one in (self, other)]
        both = xr.concat(parts, "cost_line", join="outer", fill_value=0.0)
        return replace(self, data=both.assign_coords(cost_line=np.arange(both.sizes["cost_line"])))

    def _figures(self) -> pd.DataFrame | None:
        """Return the whole cost of each option by funder, over the years of the run."""
        import pandas as pd

        scenarios = list(dict.fromkeys(map(str, self.data["scenario"].values)))
        rows = {}
        for scenario in scenarios:
            paid = self.by_funder(scenario).sum("financial_year")
            rows[scenario] = {
                **{FUNDERS[str(f)]: interval_text(paid.sel(funder=f)) for f in paid["funder"].values},
                "All funders": interval_text(paid.sum("funder")),
            }
        return pd.DataFrame.from_dict(rows, orient="index") if rows else None


def no_spending() -> Spending:
    """Return the spending of a run without cost."""
    return spending([], np.array(["2025-04-07"], "datetime64[D]"), 1, {})


def spending(
    effects: Sequence[LeverEffect], days: np.ndarray, draws: int, provenance: dict[str, Any]
) -> Spending:
    """Return what levers cost over the weeks of a run, draw by draw.

    Parameters
    ----------
    effects : sequence of LeverEffect
    days : ndarray of datetime64[D], shape (week,)
    draws : int
    provenance : dict

    Returns
    -------
    Spending
        A line for each effect that costs something in some draw.
    """
    import xarray as xr

    year = financial_years(days)
    years, first = np.unique(year, return_index=True)
    in_year = np.diff(np.append(first, len(days))).astype(float)
    lines, amounts, weeks = [], [], []
    for one in effects:
        weekly = one.effect.units * one.effect.price[None, :]
        if not weekly.any():
            continue
        lines.append(one)
        amounts.append(np.add.reduceat(np.broadcast_to(weekly, (len(days), draws)), first, axis=0))
        paid = np.add.reduceat(weekly.any(axis=1), first) > 0
        capital = one.effect.cost_type == "capital"
        weeks.append(np.where(paid, np.nan if capital else in_year, 0.0))
    funders = [f for f in FUNDERS if any(f in one.lever.paid_by for one in lines)]
    shape = (len(lines), len(years))
    shares = [[one.lever.paid_by.get(f, 0.0) for f in funders] for one in lines]

    def labels(values: list[str]) -> tuple[str, np.ndarray]:
        return "cost_line", np.array(values, dtype=object if values else "<U1")

    data = xr.Dataset(
        {
            "spent": (
                ("cost_line", "financial_year", "draw"),
                np.stack(amounts) if amounts else np.zeros((*shape, draws)),
                {"long_name": "Cost of a lever", "units": "GBP a financial year", "kind": "flow"},
            ),
            "weeks": (
                ("cost_line", "financial_year"),
                np.array(weeks).reshape(shape),
                {"long_name": "Weeks of the financial year in the run", "units": "weeks"},
            ),
            "funder_share": (
                ("cost_line", "funder"),
                np.array(shares, dtype=float).reshape(len(lines), len(funders)),
                {"long_name": "Share that a funder pays", "units": "share"},
            ),
        },
        coords={
            "cost_line": np.arange(len(lines)),
            "scenario": labels([one.scenario for one in lines]),
            "service": labels([one.service for one in lines]),
            "lever": labels([one.lever.kind for one in lines]),
            "item": labels([one.effect.item for one in lines]),
            "cost_type": labels([one.effect.cost_type for one in lines]),
            "financial_year": years,
            "funder": funders,
            "draw": np.arange(draws),
        },
    )
    return Spending(data, provenance)
