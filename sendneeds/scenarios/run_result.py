"""What a run is: need, services, the EHC clock, places and cost by option."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sendneeds.demand.need_types import NeedTypes
from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.results import Result, ResultBase
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.need.projection import NeedProjection
from sendneeds.scenarios import run_tables
from sendneeds.scenarios.run_record import joined_runs, recorded
from sendneeds.scenarios.run_select import narrowed
from sendneeds.scenarios.run_views import RunViews
from sendneeds.scenarios.saved_scenarios import scenario_from_text, scenario_text
from sendneeds.scenarios.scenario import Scenario
from sendneeds.scenarios.spending import Spending, no_spending
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult
from sendneeds.waits.services.result import WaitsResult
from sendneeds.waits.services.tables import counted_at_target
from sendneeds.waits.services.targets import TargetProbabilities

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area


@dataclass(frozen=True, repr=False, eq=False)
class RunResult(RunViews, TargetProbabilities, ResultBase):
    """What every option does in one area.

    Its arrays are those of its parts, each under the name of the part: ``result["need/children"]``,
    ``result["lists/waiting"]``, ``result["clock/baseline/issued"]``.

    Parameters
    ----------
    area : Area
    need : NeedProjection
        Of the baseline.
    types : NeedTypes
    scenarios : list of Scenario
    waits : WaitsResult or None
        None where the area has no service with enough figures.
    needs : dict of str to NeedProjection
        For options that change need.
    costs : pandas.DataFrame
        A row a scenario, funder, financial year, cost type and item: low, central, high GBP (80 % of draws).
    clock : dict of str to EhcResult
        The EHC process by scenario, in the first draws of the run (`clocks.CLOCK_DRAWS`); empty where the area lacks
        its tables. Its services are those of `waits`: what they are asked for, and when they answer, is the same.
    places : dict of str to PlacesResult
        Children with a plan by setting, by scenario; empty where the area lacks its tables.
    missing : tuple of str
        What could not be made, and why.
    notes : tuple of str
        What is odd in an option but was run.
    in_place : dict of str to NeedProjection
        With fixed staff, by scenario: without the plans that staff hold up.
    spending : Spending
        The costs draw by draw: `costs` are its intervals.
    by_part : pandas.DataFrame
        Each part beside the whole, of an area that is a sum (`sendneeds.scenarios.together`).

    Examples
    --------
    >>> import sendneeds as sn
    >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
    >>> result["lists/waiting"].dims
    ('scenario', 'service', 'week', 'draw')
    """

    title = "Run"
    area: Area
    need: NeedProjection
    types: NeedTypes
    scenarios: list[Scenario]
    waits: WaitsResult | None
    costs: pd.DataFrame
    needs: dict[str, NeedProjection] = field(default_factory=dict)
    clock: dict[str, EhcResult] = field(default_factory=dict)
    places: dict[str, PlacesResult] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    in_place: dict[str, NeedProjection] = field(default_factory=dict)
    spending: Spending = field(default_factory=no_spending)
    by_part: pd.DataFrame = field(default_factory=run_tables.no_rows)

    def __post_init__(self) -> None:
        for name in ("clock", "places"):
            object.__setattr__(self, name, run_tables.ByScenario(getattr(self, name)))

    @property
    def services(self) -> list[str]:
        """Services with a list."""
        return [] if self.waits is None else self.waits.with_list

    @property
    def lists(self) -> xr.Dataset:
        """The services by scenario, service, week and draw, those without a list included.

        Raises
        ------
        MissingDataError
            If no list could be simulated.
        """
        if self.waits is None:
            raise MissingDataError(
                f"{self.area.name}: no list was simulated, because service_parameters.csv is not in the pack. "
                "Start from the Bedford pack's table and put in the area's own figures."
            )
        return self.waits.data

    def _lists_at_target(self) -> xr.Dataset:
        return counted_at_target(self.lists, self.services)

    @property
    def parameters(self) -> pd.DataFrame:
        """Every service figure used, with its interval, basis and source."""
        import pandas as pd

        return pd.DataFrame() if self.waits is None else self.waits.parameters

    @property
    def provenance(self) -> dict[str, Any]:
        """What a reader needs to make the same numbers again."""
        base = dict(self.need.provenance if self.waits is None else self.waits.provenance)
        if BASELINE in self.clock:
            base["staffing"] = self.clock[BASELINE].provenance["staffing"]
        return {**base, "scenarios": [s.name for s in self.scenarios], **recorded(self.area, self.scenarios)}

    @property
    def parts(self) -> dict[str, Result]:
        """The results that the run holds, by path: ``need``, ``types``, ``lists``, ``clock/baseline`` and so on."""
        found: dict[str, Result] = {"need": self.need, "types": self.types}
        if self.waits is not None:
            found["lists"] = self.waits
        found["spending"] = self.spending
        for name in ("needs", "clock", "places", "in_place"):
            found |= {f"{name}/{scenario}": part for scenario, part in getattr(self, name).items()}
        return found

    def __getitem__(self, name: str) -> xr.DataArray:
        """Return one variable of a part of the run.

        Parameters
        ----------
        name : str
            The path of the part and the name in it, ``"lists/waiting"``.

        Returns
        -------
        xarray.DataArray

        Raises
        ------
        UnknownNameError
            If there is no such variable; the message names the nearest.

        Examples
        --------
        >>> import sendneeds as sn
        >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
        >>> result["need/population"].attrs["long_name"]
        'Residents aged 0-25 at the 31 August before'
        """
        path, _, variable = str(name).rpartition("/")
        if path not in self.parts:
            there = [f"{p}/{v}" for p, part in self.parts.items() for v in part]
            raise unknown("variable of a run", str(name), there)
        return self.parts[path][variable]

    def sel(self, **labels: Any) -> RunResult:
        """Return the run for some labels of its dimensions.

        Parameters
        ----------
        **labels
            By dimension, as for a `Result`; each part that has the label is narrowed. ``scenario`` narrows the
            clock, places and costs too, and always keeps the baseline.

        Returns
        -------
        RunResult

        Raises
        ------
        UnknownNameError
            If no part has the dimension, or there is no such label.

        Examples
        --------
        >>> import sendneeds as sn
        >>> result = sn.run(sn.open_area("bedford"), [], draws=4, to=2026)
        >>> result.sel(service="SLT").waits.with_list
        ['SLT']
        """
        return narrowed(self, labels)

    def join(self, other: RunResult) -> RunResult:
        """Return this run with the options of another, which must have been run alike.

        Parameters
        ----------
        other : RunResult
            Of the same area, tables, seed, draws, years and version; options that both have are taken from this one.

        Returns
        -------
        RunResult

        Raises
        ------
        DomainError
            If the two cannot be compared; everything in which they differ is told.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> one, two = (sn.run(bedford, sn.open_scenarios(bedford)[n : n + 1], draws=4, to=2028) for n in (1, 2))
        >>> [s.name for s in one.join(two).scenarios]
        ['baseline', 'fill-two-slt-posts', 'resourced-places-60']
        """
        return joined_runs(self, other)

    def _heading(self) -> str:
        return f"Run of {self.area.name}: {len(self.scenarios)} options, {self.need.data.sizes['draw']} draws"

    def _figures(self) -> pd.DataFrame:
        return run_tables.option_table(self.scenarios, self.clock, self.places)

    def _notes(self) -> list[str]:
        return [
            f"lists: {', '.join(self.services) or 'none'}",
            *(f"not made: {text}" for text in self.missing),
            *(f"note: {text}" for text in self.notes),
        ]

    def _variables(self) -> pd.DataFrame:
        return run_tables.variables(self.parts)

    def _saved_field(self, name: str) -> Any:
        value = getattr(self, name)
        return [scenario_text(s) for s in value] if name == "scenarios" else value

    @classmethod
    def _from_saved(cls, data: xr.Dataset, provenance: dict[str, Any], held: dict[str, Any]) -> RunResult:
        return cls(**{**held, "scenarios": [scenario_from_text(s) for s in held["scenarios"]]})
