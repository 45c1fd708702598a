"""What a service has to give, what is asked of it and how old its list is: tables of a result of waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.waits.services.tables import ages_table, load_by_year, throughput_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


class ServiceTables:
    """Loads, factors and ages, for a result that holds services."""

    data: xr.Dataset

    @property
    def with_list(self) -> list[str]:
        """Services with a list for first appointments."""
        return [str(s) for s in self.data["service"].values[self.data["has_list"].values]]

    def overload(self) -> pd.DataFrame:
        """Return the load, slots asked for over slots there are, and the chance that it is over 1: waits then grow.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, service, calendar_year, low, central, high (80 % interval of the load; missing where a
            tenth of the draws or more have no slots), load (the same in words, or ``no slots``) and probability_over_1
            (share of draws).

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.overload().columns[-1]
        'probability_over_1'
        """
        return load_by_year(self.data["queue_load"])

    def throughput(self) -> pd.DataFrame:
        """Return what each service with a list gives over what is stated, and the staff that its pace asks for.

        Stated staff, slots and packages, and a stated list, are two accounts of one service. The factor is the one on
        what a post gives with which the list moves as its record does; outside 0.7 to 1.4 both cannot be right.

        Returns
        -------
        pandas.DataFrame
            Columns service; low, central, high (80 % interval of the factor; missing where no figure says what the
            service gives); flagged (whether its centre lies outside 0.7 to 1.4); calendar_year, and growth_low,
            growth_central, growth_high: staff that the pace asks for in the last year over those of the first.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.throughput()["service"].tolist()
        ['SLT']
        """
        return throughput_table(self.data.sel(service=self.with_list))

    def list_ages(self) -> pd.DataFrame:
        """Return how old the children waiting at the start are, by service.

        They are the pack's shares where it has them (``list_age_5_to_10_share`` and the others in
        ``service_parameters.csv``), else what ages at referral and waits make of them; ``provenance`` says which. A
        child who reaches the age limit leaves: so many of the oldest a year.

        Returns
        -------
        pandas.DataFrame
            Columns service, age_band, share_low, share_central, share_high (80 % interval of the share of those
            waiting) and children_low, children_central, children_high.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> waits = sn.simulate(bedford, sn.project(bedford, to=2026, draws=4), ["SLT"])
        >>> waits.list_ages()["age_band"].tolist()
        ['0-4', '5-10', '11-15', '16-18', '19-25']
        """
        return ages_table(self.data.sel(service=self.with_list))
