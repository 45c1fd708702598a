"""What value for money holds: prices of outcomes, which option is better value, money by year, and the frontier."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import SERVICES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class ValueResult(TableResult):
    """Value for money of the options of a run.

    Parameters
    ----------
    value : pandas.DataFrame
        A row an option and outcome that it changes: ``cost_*`` GBP, ``gain_*`` of the outcome, and ``low``,
        ``central``, ``high`` GBP per unit (``per`` says of what), each an 80 % interval of paired draws;
        ``probability_gain`` is the share of draws in which there is a gain. Infinite: money is spent, nothing gained.
    better : pandas.DataFrame
        ``probability`` that `option` has a lower price of the outcome than `than`, draw by draw.
    money : pandas.DataFrame
        A row an option and measure: ``first_year`` and ``full_year`` cost to run, ``running`` and ``capital`` over the
        years, ``cash_released`` and ``notional`` (the part of a mean cost that nobody gets back), ``net``, and
        ``break_even``, the financial year in which cash released has made up for all spent, with its probability: of
        all years projected, as new places are paid for before they are filled.
    frontier : pandas.DataFrame
        A row a service and option that changes it: probability of the target in the last month, cost, and whether no
        other option is as likely at no more cost.
    net : bool
        Whether cash released was taken off the cost.
    discount : float
    first_year, last_year : int
        Years counted.
    target : float
    area_name : str
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2030)
    >>> sn.value(result).sel(option="fill-two-slt-posts").money["measure"].tolist()[:2]
    ['first_year', 'full_year']
    """

    title = "Value for money"
    what: ClassVar = {
        "value": "An option and outcome",
        "better": "An outcome and two options",
        "money": "An option and measure",
        "frontier": "A service and option",
    }

    value: pd.DataFrame
    better: pd.DataFrame
    money: pd.DataFrame
    frontier: pd.DataFrame
    net: bool
    discount: float
    first_year: int
    last_year: int
    target: float
    area_name: str
    provenance: dict[str, Any] = field(default_factory=dict)

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the price of each outcome, or a table whole.

        Parameters
        ----------
        name : str, optional
            ``value``, ``better``, ``money`` or ``frontier``.

        Returns
        -------
        pandas.DataFrame
            Columns option, per, low, central, high and probability_gain.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2030)
        >>> sn.value(result).summary().columns.tolist()
        ['option', 'per', 'low', 'central', 'high', 'probability_gain']
        """
        if name is not None:
            return self[name].copy()
        return self.value[["option", "per", "low", "central", "high", "probability_gain"]].copy()

    def apart(self) -> list[tuple[str, str]]:
        """Return the pairs of options that have no outcome in common, so that neither can be better value.

        Returns
        -------
        list of (str, str)

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[1:3], draws=20, to=2030)
        >>> sn.value(result).apart()
        [('fill-two-slt-posts', 'resourced-places-60')]
        """
        of = {str(name): set(rows["outcome"]) for name, rows in self.value.groupby("option", sort=False)}
        return [(one, other) for one, other in combinations(of, 2) if not of[one] & of[other]]

    def plot(self, service: str, ax: Axes | None = None) -> Axes:
        """Plot the probability of the target against cost, a point an option, and the frontier through the best.

        Parameters
        ----------
        service : str
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If no option changes a list of that service.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2030)
        >>> sn.value(result).plot("SLT").get_xlabel()
        'GBP thousand over the years, median and 80 % interval'
        """
        services = list(dict.fromkeys(self.frontier["service"]))
        if service not in services:
            raise unknown("service whose list an option changes", service, services)
        ax = new_axes(ax, (8, 4.5))
        rows = self.frontier[self.frontier["service"] == service].sort_values("cost_central")
        x = rows["cost_central"] / 1e3
        spread = np.abs(np.stack([x - rows["cost_low"] / 1e3, rows["cost_high"] / 1e3 - x]))
        ax.errorbar(
            x,
            rows["probability"],
            xerr=spread,
            yerr=rows["standard_error"],
            fmt="none",
            ecolor=GREY,
            linewidth=0.8,
        )
        best = rows[rows["on_frontier"]]
        ax.step(
            best["cost_central"] / 1e3, best["probability"], where="post", color=COLOURS[1], linewidth=1.4
        )
        for row in rows.to_dict("records"):
            colour = COLOURS[0] if row["on_frontier"] else COLOURS[2]
            at = (row["cost_central"] / 1e3, row["probability"])
            ax.plot(*at, marker="o", color=colour)
            ax.annotate(
                row["option"], at, xytext=(6, 6), textcoords="offset points", color=colour, fontsize=9
            )
        ax.set_ylim(-0.02, 1.05)
        ax.margins(x=0.18)
        ax.set_xlabel("GBP thousand over the years, median and 80 % interval")
        ax.set_ylabel("probability")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(
            f"{plain(self.area_name)}: {SERVICES[service]}\n"
            f"{self.target:.0%} waiting 18 weeks or less in the last month, "
            f"against cost to {self.last_year}{' net of cash released' if self.net else ''}",
            loc="left",
            fontsize=10,
        )
        return ax

    def _heading(self) -> str:
        less = "cost less cash released" if self.net else "cost"
        return (
            f"Value for money, {self.area_name}: {less} and outcomes of {self.first_year} to {self.last_year}"
        )

    def _notes(self) -> list[str]:
        basis = "prices of the pack's figures, not uprated"
        rate = f"discounted at {self.discount:.1%} a year" if self.discount else "not discounted"
        lines = [f"{basis}; {rate}; 80 % intervals of paired draws"]
        for row in self.money[self.money["measure"] == "break_even"].to_dict("records"):
            year = "" if np.isnan(row["central"]) else f", in half of those by {int(row['central'])}"
            lines.append(f"{row['option']} breaks even with probability {row['probability']:.2f}{year}")
        lines += [
            f"{one} and {other} share no outcome: no price sets them side by side, and `better` has no row of them"
            for one, other in self.apart()
        ]
        return lines

    def _figures(self) -> pd.DataFrame:
        import pandas as pd

        rows = self.value.to_dict("records")
        told = {
            "option": [r["option"] for r in rows],
            "GBP per": [r["per"] for r in rows],
            "80 % interval": [
                f"{pounds(r['central'])} ({pounds(r['low'])} to {pounds(r['high'])})" for r in rows
            ],
            "probability of a gain": [f"{r['probability_gain']:.2f}" for r in rows],
        }
        return pd.DataFrame(told).set_index("option")


def pounds(amount: float) -> str:
    """Return an amount of money as text; words where it has none.

    Examples
    --------
    >>> pounds(1234.5), pounds(float("inf")), pounds(float("nan"))
    ('1,234', 'nothing gained', 'no price')
    """
    if np.isnan(amount):
        return "no price"
    if np.isinf(amount):
        return "nothing gained"
    return f"{amount:,.2f}" if abs(amount) < 10 else f"{amount:,.0f}"
