"""What a simulation of lists is: stocks and flows by scenario, service, week and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import month_starts
from sendneeds.foundation.errors import unknown
from sendneeds.foundation.plots import COLOURS
from sendneeds.foundation.results import Result, quantiles
from sendneeds.foundation.vocabulary import SERVICES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

STOCKS = {
    "waiting": {"long_name": "Children waiting", "units": "children", "kind": "stock"},
    "waiting_within_18": {
        "long_name": "Children waiting 18 weeks or less",
        "units": "children",
        "kind": "stock",
    },
    "waiting_over_52": {"long_name": "Children waiting over 52 weeks", "units": "children", "kind": "stock"},
    "waiting_median": {
        "long_name": "Median wait so far of those waiting",
        "units": "weeks",
        "kind": "stock",
    },
    "waiting_p92": {
        "long_name": "92nd percentile of the wait so far of those waiting",
        "units": "weeks",
        "kind": "stock",
    },
}
FLOWS = {
    "referrals": {"long_name": "Referrals accepted", "units": "children a week", "kind": "flow"},
    "slots": {"long_name": "Children the service can take on", "units": "children a week", "kind": "flow"},
    "seen": {"long_name": "Children seen for the first time", "units": "children a week", "kind": "flow"},
    "removed": {"long_name": "Children who left the list unseen", "units": "children a week", "kind": "flow"},
    "seen_median": {
        "long_name": "Median wait of those seen in the last four weeks (-1: nobody seen)",
        "units": "weeks",
        "kind": "flow",
    },
    "seen_p92": {
        "long_name": "92nd percentile of the wait of those seen in the last four weeks (-1: nobody seen)",
        "units": "weeks",
        "kind": "flow",
    },
}


@dataclass(frozen=True, repr=False)
class ListResult(Result):
    """Waiting lists over weeks and draws.

    `data` has the stocks ``waiting``, ``waiting_within_18``, ``waiting_over_52``, ``waiting_median``,
    ``waiting_p92`` (scenario, service, week, draw) at the start of each week, the opening in front; the
    flows ``referrals``, ``slots``, ``seen``, ``removed``, ``seen_median``, ``seen_p92`` (scenario, service,
    week_commencing, draw); ``waiting_by_band`` (…, january, band, draw) and ``queue_load`` (…, calendar_year, draw).

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    parameters : pandas.DataFrame
        Every figure used, with its interval, basis and source.
    area_name : str
    """

    parameters: pd.DataFrame
    area_name: str

    title = "Waiting lists"

    def share_within_18(self) -> xr.DataArray:
        """Return the share of those waiting who have waited 18 weeks or less; 1 where nobody waits."""
        waiting = self.data["waiting"]
        share = self.data["waiting_within_18"] / waiting.where(waiting > 0)
        return (
            share.fillna(1.0)
            .rename("share_within_18")
            .assign_attrs(
                long_name="Share of those waiting who have waited 18 weeks or less",
                units="share",
                kind="stock",
            )
        )

    def probability(self, share: float = 0.92, hold_weeks: int = 4) -> pd.DataFrame:
        """Return the probability, month by month, that a share of those waiting have waited 18 weeks or less.

        Parameters
        ----------
        share : float
            The target, between 0 and 1.
        hold_weeks : int
            Weeks after the date for which the target has to hold as well.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, service, month (its first Monday), probability (share of draws) and
            standard_error.
        """
        met = (self.share_within_18() >= share).transpose("scenario", "service", "week", "draw").values
        weeks = self.data["week"].values.astype("datetime64[D]")
        held = met[:, :, : met.shape[2] - hold_weeks].copy()
        for k in range(1, hold_weeks + 1):
            held &= met[:, :, k : met.shape[2] - hold_weeks + k]
        first = month_starts(weeks[: held.shape[2]])
        return self._frame(held[:, :, first].mean(axis=-1), weeks[first])

    def _frame(self, chance: np.ndarray, days: np.ndarray) -> pd.DataFrame:
        import pandas as pd

        index = pd.MultiIndex.from_product(
            [self.data["scenario"].values, self.data["service"].values, days.astype("datetime64[ns]")],
            names=["scenario", "service", "month"],
        )
        out = pd.DataFrame({"probability": chance.ravel()}, index=index).reset_index()
        draws = self.data.sizes["draw"]
        out["standard_error"] = np.sqrt(out["probability"] * (1 - out["probability"]) / draws)
        return out

    def plot(self, service: str, variable: str = "waiting", ax: Axes | None = None) -> Axes:
        """Plot one stock or flow of a service as a fan, a line a scenario.

        Parameters
        ----------
        service : str
        variable : str
            One of the variables of `data` by week, or ``share_within_18``.
        ax : matplotlib Axes, optional
        """
        import matplotlib.pyplot as plt

        if service not in self.data["service"].values:
            raise unknown("service", service, map(str, self.data["service"].values))
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        array = self.share_within_18() if variable == "share_within_18" else self.variable(variable)
        time = "week" if "week" in array.dims else "week_commencing"
        for colour, scenario in zip(COLOURS, self.data["scenario"].values, strict=False):
            q = quantiles(array.sel(service=service, scenario=scenario))
            ax.fill_between(
                q[time].values, q.isel(quantile=0), q.isel(quantile=2), color=colour, alpha=0.2, lw=0
            )
            ax.plot(q[time].values, q.isel(quantile=1), color=colour, label=str(scenario))
        ax.set_title(f"{self.area_name}: {SERVICES[service]}, {array.attrs['long_name'].lower()}", loc="left")
        ax.set_ylabel(array.attrs["units"])
        ax.set_ylim(bottom=0)
        ax.legend(frameon=False)
        return ax

    def plot_bands(self, service: str, scenario: str = "baseline", ax: Axes | None = None) -> Axes:
        """Plot who is waiting each January by weeks waited, medians over draws, stacked.

        Parameters
        ----------
        service : str
        scenario : str
        ax : matplotlib Axes, optional
        """
        import matplotlib.pyplot as plt

        for name, kind in ((service, "service"), (scenario, "scenario")):
            if name not in self.data[kind].values:
                raise unknown(kind, name, map(str, self.data[kind].values))
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        bands = self.data["waiting_by_band"].sel(service=service, scenario=scenario)
        middle = quantiles(bands, [0.5]).isel(quantile=0).transpose("band", "january").values
        groups = {
            "up to 12 weeks": middle[:4].sum(axis=0),
            "over 12 to 18": middle[4],
            "over 18 to 52": middle[5],
        }
        groups["over 52 weeks"] = middle[6]
        years = [str(day)[:4] for day in bands["january"].values]
        base = np.zeros(len(years))
        for colour, (label, height) in zip(COLOURS, groups.items(), strict=True):
            ax.bar(years, height, bottom=base, color=colour, label=label)
            base += height
        ax.set_title(f"{self.area_name}: {SERVICES[service]}, waiting each January", loc="left")
        ax.set_ylabel("children (medians)")
        ax.legend(frameon=False)
        return ax

    def plot_probability(self, service: str, share: float = 0.92, ax: Axes | None = None) -> Axes:
        """Plot the probability by month that a share of those waiting have waited 18 weeks or less.

        Parameters
        ----------
        service : str
        share : float
        ax : matplotlib Axes, optional
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(7, 4))
        table = self.probability(share)
        for colour, scenario in zip(COLOURS, self.data["scenario"].values, strict=False):
            rows = table[(table["service"] == service) & (table["scenario"] == scenario)]
            ax.plot(rows["month"], rows["probability"], color=colour, label=str(scenario))
        ax.set_title(f"{SERVICES[service]}: chance that {share:.0%} wait under 18 weeks", loc="left")
        ax.set_ylim(0, 1)
        ax.set_ylabel("probability")
        ax.legend(frameon=False)
        return ax
