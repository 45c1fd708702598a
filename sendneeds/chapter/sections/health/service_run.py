"""The simulated services of a run as a chapter reads them: by service, week and whole calendar year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.chapter.tables import weakest
from sendneeds.foundation.vocabulary import BASELINE

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.scenarios.run_result import RunResult

RUN = "sendneeds simulation from the service parameters of the area's pack"
"""Source of a figure that comes from the simulation."""
LEAST_WEEKS = 50
"""Weeks of a calendar year that the run must hold for a year's figure to be given."""
WIDE = 50.0
"""Points of an interval so wide that a sentence says so before it says anything else."""


@dataclass(frozen=True)
class ServiceRun:
    """The services of a run, under every scenario.

    Parameters
    ----------
    lists : xarray.Dataset
        As `RunResult.lists`.
    services : list of str
        Those shown, some of which only advise.
    with_list : tuple of str
        Services with a list of their own.
    bases : mapping of str to str
        The weakest basis among the parameters of each service.
    opening_bases : mapping of str to str
        Basis of the number on each list at the start, where a parameter gives it.
    """

    lists: xr.Dataset
    services: list[str]
    with_list: tuple[str, ...]
    bases: Mapping[str, str]
    opening_bases: Mapping[str, str]

    @classmethod
    def of(cls, run: RunResult) -> ServiceRun:
        """Return the services of a run that simulated any.

        Where staff follow the record, what those who advise alone give is the clock's to say, and they are left out.
        """
        parameters = run.parameters
        services = [str(service) for service in run.lists["service"].values]
        if any(clock.provenance.get("staffing") == "follows_record" for clock in run.clock.values()):
            services = [service for service in services if service in run.services]
        opening = parameters[parameters["parameter"] == "opening_list"]
        return cls(
            run.lists,
            services,
            tuple(map(str, run.services)),
            bases_of(parameters),
            dict(zip(opening["service"], opening["basis"], strict=True)),
        )

    def basis(self, service: str) -> str:
        """Return the weakest basis among what a service's figures rest on."""
        return self.bases.get(service, self.bases.get("all", "illustrative"))

    def values(self, name: str, service: str, scenario: str = BASELINE) -> Any:
        """Return a variable of a service as labelled data, without scenario and service."""
        return self.lists[name].sel(scenario=scenario, service=service)

    def weekly(self, name: str, service: str, scenario: str = BASELINE) -> np.ndarray:
        """Return a stock of a service, at each week's start and at the end of the last, (week, draw)."""
        return self.values(name, service, scenario).transpose("week", "draw").values

    def in_year(self, name: str, service: str, year: int) -> np.ndarray:
        """Return a flow of a service over a calendar year, (draw,), whether it is kept by week or by month."""
        array = self.values(name, service)
        time = "month" if "month" in array.dims else "week_commencing"
        inside = array[time].values.astype("datetime64[Y]").astype(int) + 1970 == year
        return array.transpose(time, "draw").values[inside].sum(axis=0, dtype=np.int64)

    @cached_property
    def years(self) -> dict[int, slice]:
        """The weeks of every calendar year that the run holds whole."""
        year_of_week = self.lists["week"].values[:-1].astype("datetime64[Y]").astype(int) + 1970
        found = {}
        for year in dict.fromkeys(year_of_week.tolist()):
            weeks = np.flatnonzero(year_of_week == year)
            if len(weeks) >= LEAST_WEEKS:
                found[year] = slice(int(weeks[0]), int(weeks[-1]) + 1)
        return found


def bases_of(parameters: Any) -> dict[str, str]:
    """Return the weakest basis by service, of its own parameters and those of every service (``all``)."""
    shared = parameters.loc[parameters["service"] == "all", "basis"].tolist()
    return {
        str(service): weakest([*basis.tolist(), *shared])
        for service, basis in parameters.groupby("service")["basis"]
    }


def ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return one count over another in the draws in which there was anything to count."""
    return above[below > 0] / below[below > 0]
