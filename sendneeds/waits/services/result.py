"""What a simulation of waits is: stocks and flows by scenario, service, week and draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import month_starts
from sendneeds.foundation.errors import unknown
from sendneeds.foundation.results import Result
from sendneeds.waits.services import plots as pictures

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _interval(draws: np.ndarray) -> str:
    """Return a median with its 80 % interval, or nothing where there are no draws."""
    if not draws.size:
        return ""
    low, central, high = np.quantile(draws, (0.1, 0.5, 0.9))
    return f"{central:.1f} ({low:.1f} to {high:.1f})"


@dataclass(frozen=True, repr=False)
class WaitsResult(Result):
    """Services over weeks and draws: their lists, the therapy under way, and the advice they give.

    `data` has stocks (scenario, service, week, draw) at the start of each week, the opening in front; flows (scenario,
    service, week_commencing, draw); ``waiting_by_band`` (scenario, service, january, band, draw) and ``seen_by_band``
    (scenario, service, calendar_year, band, draw); ``slots`` by use (scenario, service, month, use, draw); and by
    calendar year ``slots_asked``, ``slots_available`` and ``queue_load``, the first over the second. `describe()` lists
    them all. The coordinate ``has_list`` says which services have a list for first appointments; one that has none
    gives statutory advice alone.

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

    title = "Waits"

    @property
    def with_list(self) -> list[str]:
        """Services with a list for first appointments."""
        return [str(s) for s in self.data["service"].values[self.data["has_list"].values]]

    def share_within_18(self) -> xr.DataArray:
        """Return the share of those waiting who have waited 18 weeks or less; 1 where nobody waits."""
        waiting = self.data["waiting"]
        share = self.data["waiting_within_18"] / waiting.where(waiting > 0).astype(np.float32)
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
            standard_error; services without a list are left out.
        """
        import pandas as pd

        lists = self.data[["waiting", "waiting_within_18"]].sel(service=self.with_list)
        lead = ("scenario", "service", "week", "draw")
        waiting, within = (lists[name].transpose(*lead).values for name in lists.data_vars)
        met = within >= share * waiting - 1e-9
        weeks = self.data["week"].values.astype("datetime64[D]")
        held = met[:, :, : met.shape[2] - hold_weeks].copy()
        for k in range(1, hold_weeks + 1):
            held &= met[:, :, k : met.shape[2] - hold_weeks + k]
        first = month_starts(weeks[: held.shape[2]])
        index = pd.MultiIndex.from_product(
            [lists["scenario"].values, lists["service"].values, weeks[first].astype("datetime64[ns]")],
            names=["scenario", "service", "month"],
        )
        chance = held[:, :, first].mean(axis=-1)
        out = pd.DataFrame({"probability": chance.ravel()}, index=index).reset_index()
        draws = self.data.sizes["draw"]
        out["standard_error"] = np.sqrt(out["probability"] * (1 - out["probability"]) / draws)
        return out

    def overload(self) -> pd.DataFrame:
        """Return the load by scenario, service and year, and the chance that it is over 1: waits grow without end."""
        import pandas as pd

        load = self.data["queue_load"]
        dims = ["scenario", "service", "calendar_year"]
        values = load.transpose(*dims, "draw").values
        low, central, high = np.quantile(values, (0.1, 0.5, 0.9), axis=-1)
        index = pd.MultiIndex.from_product([load[dim].values for dim in dims], names=dims)
        columns = {
            "low": low,
            "central": central,
            "high": high,
            "probability_over_1": (values > 1).mean(axis=-1),
        }
        return pd.DataFrame({k: v.ravel() for k, v in columns.items()}, index=index).reset_index()

    def weeks_late(self) -> xr.DataArray:
        """Return the mean weeks by which a session delivered was late, by calendar year and draw; NaN where none was.

        `lateness` gives it as a short table.
        """
        return self._by_year("late_weeks", "sessions", "Mean weeks late of a session delivered", "weeks")

    def lateness(self, service: str | None = None) -> pd.DataFrame:
        """Return the mean weeks late of a session delivered as a table: 80 % intervals by calendar year.

        Parameters
        ----------
        service : str, optional
            Every service that has sessions when left out.

        Returns
        -------
        pandas.DataFrame
            Indexed by scenario and service, a column a calendar year; each entry is the median with the 80 %
            interval in brackets, and empty where no draw had a session.

        Raises
        ------
        UnknownNameError
            If there is no such service.
        """
        import pandas as pd

        array = self.weeks_late().transpose("scenario", "service", "calendar_year", "draw")
        if service is not None and service not in array["service"].values:
            raise unknown("service", service, map(str, array["service"].values))
        kept = [s for s in array["service"].values if service in (None, s)]
        rows = {}
        for scenario in map(str, array["scenario"].values):
            for name in map(str, kept):
                values = array.sel(scenario=scenario, service=name).values
                told = [_interval(year[~np.isnan(year)]) for year in values]
                if any(told):
                    rows[scenario, name] = told
        index = pd.MultiIndex.from_tuples(list(rows), names=["scenario", "service"])
        return pd.DataFrame(list(rows.values()), index=index, columns=array["calendar_year"].values)

    def advice_in_time(self) -> xr.DataArray:
        """Return the share of statutory advice given within six weeks, by calendar year; NaN where none was given."""
        text = "Share of statutory advice given within six weeks"
        return self._by_year("advice_in_time", "advice_done", text, "share")

    def _by_year(self, above: str, below: str, text: str, units: str) -> xr.DataArray:
        year = self.data["week_commencing"].dt.year.rename("calendar_year")
        part, whole = (self.data[name].groupby(year).sum() for name in (above, below))
        attrs = {"long_name": text, "units": units, "kind": "flow"}
        return (part / whole.where(whole > 0)).rename(above).assign_attrs(attrs)

    def plot(self, service: str, variable: str = "waiting", ax: Axes | None = None) -> Axes:
        """Plot one stock or flow of a service as a fan, a line a scenario.

        Parameters
        ----------
        service : str
        variable : str
            One of the variables of `data` by week, or ``share_within_18``.
        ax : matplotlib Axes, optional
        """
        return pictures.fan(self, service, variable, ax)

    def plot_backlog(self, service: str) -> Figure:
        """Plot a service's list beside its follow-up sessions past due, a line a scenario.

        Parameters
        ----------
        service : str
        """
        return pictures.backlog(self, service)

    def plot_slots(self, service: str, scenario: str = "baseline", ax: Axes | None = None) -> Axes:
        """Plot what the slots of a service are used for, quarter by quarter, means over draws, stacked.

        Parameters
        ----------
        service : str
        scenario : str
        ax : matplotlib Axes, optional
        """
        return pictures.slots(self, service, scenario, ax)

    def plot_bands(self, service: str, scenario: str = "baseline", ax: Axes | None = None) -> Axes:
        """Plot who is waiting each January by weeks waited, medians over draws, stacked.

        Parameters
        ----------
        service : str
        scenario : str
        ax : matplotlib Axes, optional
        """
        return pictures.bands(self, service, scenario, ax)

    def plot_probability(self, service: str, share: float = 0.92, ax: Axes | None = None) -> Axes:
        """Plot the probability by month that a share of those waiting have waited 18 weeks or less.

        Parameters
        ----------
        service : str
        share : float
        ax : matplotlib Axes, optional
        """
        return pictures.probability(self, service, share, ax)
