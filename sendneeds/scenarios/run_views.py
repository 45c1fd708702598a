"""A run as tables: plans, an outcome draw by draw, implied advice, tidy draws and intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import unknown
from sendneeds.scenarios import outcomes, run_tables
from sendneeds.waits.services.tables import by_month

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.demand.need_types import NeedTypes
    from sendneeds.foundation.results import Result
    from sendneeds.need.projection import NeedProjection
    from sendneeds.scenarios.scenario import Scenario
    from sendneeds.waits.ehc.result import EhcResult
    from sendneeds.waits.places.result import PlacesResult
    from sendneeds.waits.services.result import WaitsResult


class RunViews:
    """The tables of a `RunResult`, which has the parts that they are made from."""

    if TYPE_CHECKING:
        need: NeedProjection
        needs: dict[str, NeedProjection]
        in_place: dict[str, NeedProjection]
        scenarios: list[Scenario]
        types: NeedTypes
        waits: WaitsResult | None
        clock: dict[str, EhcResult]
        places: dict[str, PlacesResult]

        @property
        def parts(self) -> dict[str, Result]:
            """The results that the run holds, by path."""

        def __getitem__(self, name: str) -> xr.DataArray: ...

    def plans(self) -> pd.DataFrame:
        """Return plans in place each January under every option, with and without those that staff hold up.

        Returns
        -------
        pandas.DataFrame
            Columns scenario, year, counted (``projected``, or ``issued``: without those held up; one and the same
            where staff follow the record), low, central and high.

        Examples
        --------
        >>> import sendneeds as sn
        >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
        >>> float(result.plans()["central"].iloc[0])
        2170.0
        """
        projected = {s.name: self.needs.get(s.name, self.need) for s in self.scenarios}
        return run_tables.plan_tables(
            {name: (need, self.in_place.get(name, need)) for name, need in projected.items()}
        )

    def draws(self, option: str, outcome: str, service: str | None = None) -> pd.DataFrame:
        """Return an outcome of an option and of the baseline by year and draw: a draw has the same luck in both.

        Parameters
        ----------
        option : str
        outcome : str
            Of `outcomes.OUTCOMES`, or ``cost``: GBP spent, by financial year.
        service : str, optional
            For outcomes of lists; all services with a list added up where left out.

        Returns
        -------
        pandas.DataFrame
            Columns year, draw, baseline, option and difference (option less baseline).

        Raises
        ------
        UnknownNameError
            If there is no such option, outcome or service.
        MissingDataError
            If the run has nothing that the outcome is made from.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=4, to=2028)
        >>> result.draws("fill-two-slt-posts", "child_weeks", "SLT").columns.tolist()
        ['year', 'draw', 'baseline', 'option', 'difference']
        """
        names = [s.name for s in self.scenarios]
        if option not in names:
            raise unknown("option", option, names)
        return outcomes.paired(self, option, outcome, service)

    def implied_advice(self) -> pd.DataFrame:
        """Return how much advice of psychologists the record's pace asks for, under every option.

        Returns
        -------
        pandas.DataFrame
            scenario, calendar_year, measure (``ratio`` to the year before the start, or ``wte``), low, central, high.

        Examples
        --------
        >>> sendneeds.run(area).implied_advice()  # doctest: +SKIP
        """
        return run_tables.advice_table(self.clock)

    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return the run as a tidy table: one row a cell and draw.

        Parameters
        ----------
        name : str, optional
            A variable (``"lists/waiting"``) or a part (``"types"``); all when left out, which is seldom wanted.

        Returns
        -------
        pandas.DataFrame
            As `Result.to_dataframe`, with the column ``part`` in front.

        Raises
        ------
        UnknownNameError
            If there is no such variable or part.
        DomainError
            If the table would have more than fifty million rows.

        Examples
        --------
        >>> import sendneeds as sn
        >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
        >>> result.to_dataframe("types/children").columns.tolist()
        ['part', 'variable', 'year', 'need_type', 'draw', 'value']
        """
        return run_tables.draws_table(self, name)

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return 80 % intervals as one tidy table: need types, lists month by month, the clock and places.

        Parameters
        ----------
        name : str, optional
            One variable, as in ``"lists/waiting"``.

        Returns
        -------
        pandas.DataFrame
            As `Result.summary`, with a column ``scenario``.

        Raises
        ------
        UnknownNameError
            If there is no such variable.

        Examples
        --------
        >>> import sendneeds as sn
        >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
        >>> sorted(set(result.summary()["variable"]) & {"children", "waiting", "issued", "placed"})
        ['children', 'issued', 'placed', 'waiting']
        """
        import pandas as pd

        if name is not None:
            path, _, variable = str(name).rpartition("/")
            _ = self[name]
            return self.parts[path].summary(variable)
        frames = [self.types.summary("children")]
        if self.waits is not None:
            found = {name: by_month(self.waits.data, name) for name in run_tables.LIST_MEASURES}
            monthly = self.waits.data[[]].drop_dims(["week", "month_start"], errors="ignore").assign(found)
            frames.append(replace(self.waits, data=monthly).summary())
        frames += [
            table.assign(scenario=k)
            for k, part in self.clock.items()
            for table in run_tables.clock_tables(part)
        ]
        frames += [
            table.assign(scenario=k)
            for k, part in self.places.items()
            for table in run_tables.place_tables(part)
        ]
        return pd.concat(frames, ignore_index=True)
