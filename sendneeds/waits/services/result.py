"""What a simulation of waits is: stocks and flows by scenario, service, week and draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.plots import new_panels
from sendneeds.foundation.results import Result
from sendneeds.foundation.vocabulary import BASELINE, SERVICES
from sendneeds.waits.services import plots
from sendneeds.waits.services.service_tables import ServiceTables
from sendneeds.waits.services.tables import (
    counted_at_target,
    lateness_by_year,
    ratio_by_year,
    share_within_18,
)
from sendneeds.waits.services.targets import TargetProbabilities

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False, eq=False)
class WaitsResult(ServiceTables, TargetProbabilities, Result):
    """Services over weeks and draws: their lists, the therapy under way, and the advice they give.

    `data` has stocks (scenario, service, week, draw) at the start of each week, the opening in front; flows (scenario,
    service, week_commencing, draw), or added up by month, with percentiles of waits (scenario, service, month_start,
    draw) at the start of each month's first week and, of those seen, by January; ``waiting_by_band`` (scenario,
    service, january, band, draw) and ``seen_by_band`` (scenario, service, calendar_year, band, draw); ``slots`` by
    use (scenario, service, month, use, draw); and by calendar year ``slots_asked``, ``slots_available`` and
    ``queue_load``. The coordinate ``has_list`` says which services have a list; the others give advice alone.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    parameters : pandas.DataFrame
        Every figure used, with its interval, basis and source.
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
    >>> waits["waiting"].dims
    ('scenario', 'service', 'week', 'draw')
    """

    parameters: pd.DataFrame
    area_name: str

    title = "Waits"

    def share_within_18(self) -> xr.DataArray:
        """Return the share of those waiting who have waited 18 weeks or less.

        Returns
        -------
        xarray.DataArray
            From 0 to 1, (scenario, service, week, draw); 1 where nobody waits.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> float(waits.share_within_18().max()) <= 1
        True
        """
        return share_within_18(self.data["waiting"], self.data["waiting_within_18"])

    def _lists_at_target(self) -> xr.Dataset:
        return counted_at_target(self.data, self.with_list)

    def weeks_late(self) -> xr.DataArray:
        """Return the mean weeks by which a session delivered was late; `lateness` has it as a table.

        Returns
        -------
        xarray.DataArray
            Weeks, by calendar year; NaN where no session was delivered.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.weeks_late().attrs["units"]
        'weeks'
        """
        text = "Mean weeks late of a session delivered"
        return ratio_by_year(self.data, "late_weeks", "sessions", text, "weeks")

    def lateness(self, service: str | None = None) -> pd.DataFrame:
        """Return the mean weeks late of a session delivered as a table: 80 % intervals by calendar year.

        Parameters
        ----------
        service : str, optional
            Every service that has sessions when left out.

        Returns
        -------
        pandas.DataFrame
            Indexed by scenario and service, a column a calendar year: the median with the 80 % interval as text.

        Raises
        ------
        UnknownNameError
            If there is no such service.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.lateness("SLT").index.tolist()
        [('baseline', 'SLT')]
        """
        late = self.weeks_late()
        if service is not None:
            self._known(service=service)
            late = late.sel(service=[service])
        return lateness_by_year(late)

    def advice_in_time(self) -> xr.DataArray:
        """Return the share of statutory advice given within six weeks.

        Returns
        -------
        xarray.DataArray
            From 0 to 1, by calendar year; NaN where no advice was given.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.advice_in_time().attrs["units"]
        'share'
        """
        text = "Share of statutory advice given within six weeks"
        return ratio_by_year(self.data, "advice_in_time", "advice_done", text, "share")

    def plot(self, service: str, variable: str = "waiting", ax: Axes | None = None) -> Axes:
        """Plot one stock or flow of a service as a fan, a line a scenario.

        Parameters
        ----------
        service : str
        variable : str
            One of the variables of `data` by week, or ``share_within_18``.
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such service or variable.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.plot("SLT").get_ylabel()
        'children'
        """
        self._known(service=service)
        array = self.share_within_18() if variable == "share_within_18" else self[variable]
        title = f"{self.area_name}: {SERVICES[service]}, {array.attrs['long_name'].lower()}"
        return plots.fan(array.sel(service=service), title, ax)

    def plot_backlog(self, service: str, ax: Sequence[Axes] | None = None) -> np.ndarray:
        """Plot a service's list beside its follow-up sessions past due, a line a scenario.

        Parameters
        ----------
        service : str
        ax : sequence of two matplotlib Axes, optional

        Returns
        -------
        ndarray of two matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such service.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.plot_backlog("SLT").size
        2
        """
        self._known(service=service)
        few = self.data.sizes["scenario"] <= plots.MOST_BANDS
        bands = "" if few else f" (of the first {plots.MOST_BANDS})"
        title = f"{self.area_name}: {SERVICES[service]}, medians and 80 % intervals{bands}"
        panels = new_panels(2, ax, (6, 4.4), title)
        for panel, name in zip(panels, ("waiting", "overdue_sessions"), strict=True):
            plots.fan(self.data[name].sel(service=service), self.data[name].attrs["long_name"], panel)
        return panels

    def plot_slots(self, service: str, scenario: str = BASELINE, ax: Axes | None = None) -> Axes:
        """Plot what the slots of a service are used for, quarter by quarter, means over draws, stacked.

        Parameters
        ----------
        service : str
        scenario : str
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such service or scenario.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.plot_slots("SLT").get_ylabel()
        'slots a week (means)'
        """
        self._known(service=service, scenario=scenario)
        used = self.data["slots"].sel(service=service, scenario=scenario).mean("draw")
        head = f"{self.area_name}: {SERVICES[service]}, slots a week by use"
        return plots.slots(used, f"{head}\nscenario: {scenario}; means of quarters", ax)

    def plot_bands(self, service: str, scenario: str = BASELINE, ax: Axes | None = None) -> Axes:
        """Plot who is waiting each January by weeks waited, medians over draws, stacked.

        Parameters
        ----------
        service : str
        scenario : str
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such service or scenario.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.plot_bands("SLT").get_ylabel()
        'children (medians)'
        """
        self._known(service=service, scenario=scenario)
        waiting = self.data["waiting_by_band"].sel(service=service, scenario=scenario)
        return plots.bands(waiting, f"{self.area_name}: {SERVICES[service]}, waiting each January", ax)

    def plot_probability(self, service: str, target: float = 0.92, ax: Axes | None = None) -> Axes:
        """Plot the probability in each month that a share of those waiting have waited 18 weeks or less.

        Parameters
        ----------
        service : str
        target : float
            The share, over 0 and at most 1.
        ax : matplotlib Axes, optional

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If there is no such service, or it has no list.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.plot_probability("SLT").get_ylabel()
        'probability in the month'
        """
        if service not in self.with_list:
            raise unknown("service with a list", service, self.with_list)
        table = self.probability_in(target=target)
        title = f"{SERVICES[service]}: chance that {target:.0%} wait under 18 weeks"
        return plots.probability(table[table["service"] == service], title, ax)

    def _known(self, **names: str) -> None:
        for dim, name in names.items():
            if name not in self.data[dim].values:
                raise unknown(dim, name, map(str, self.data[dim].values))

    def _figures(self) -> pd.DataFrame:
        """Return the number waiting in the first week and the last, a row a scenario and service with a list."""
        import pandas as pd

        waiting = self.data["waiting"]
        ends = {str(week)[:10]: waiting.sel(week=week) for week in waiting["week"].values[[0, -1]]}
        index = pd.MultiIndex.from_product(
            [map(str, waiting["scenario"].values), self.with_list], names=["scenario", "waiting for"]
        )
        columns = {
            head: [interval_text(array.sel(scenario=a, service=b)) for a, b in index]
            for head, array in ends.items()
        }
        return pd.DataFrame(columns, index=index)
