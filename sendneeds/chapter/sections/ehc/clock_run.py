"""The EHC clock of a run as a chapter reads it: by calendar year and quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.sections.ehc.timeliness import EXCLUDING
from sendneeds.chapter.sections.health.service_run import ServiceRun
from sendneeds.chapter.tables import weakest
from sendneeds.waits.ehc.result import EhcResult

if TYPE_CHECKING:
    import xarray as xr

RUN = "sendneeds EHC clock from the published figures of this chapter"
"""Source of a figure that comes from the clock."""
QUARTERS = 4
"""Quarters of a year."""


@dataclass(frozen=True)
class ClockRun:
    """The clock under one scenario.

    Parameters
    ----------
    result : EhcResult
    adviser_bases : dict of str to str
        The weakest basis among the parameters of each service whose staff plans wait for, by service.
    """

    result: EhcResult
    adviser_bases: dict[str, str]

    @classmethod
    def of(cls, result: EhcResult, services: ServiceRun | None) -> ClockRun:
        """Return the clock of a run, with the services that it simulated."""
        if "adviser" not in result.data.coords:
            return cls(result, {})
        held = map(str, result.data["adviser"].values)
        return cls(result, {s: services.basis(s) if services else "illustrative" for s in held})

    def under(self, result: EhcResult) -> ClockRun:
        """Return the clock under another scenario."""
        return ClockRun(result, self.adviser_bases)

    @property
    def data(self) -> xr.Dataset:
        """The clock's flows and stocks."""
        return self.result.data

    @property
    def basis(self) -> str:
        """The weakest basis of what the projected timeliness rests on."""
        return weakest(["estimate", *self.adviser_bases.values()])

    @property
    def draws(self) -> int:
        """Draws that the clock follows."""
        return self.data.sizes["draw"]

    @property
    def years(self) -> list[int]:
        """Calendar years of which every quarter is in the run."""
        found, count = np.unique(self.data["quarter"].dt.year.values, return_counts=True)
        return [int(y) for y, n in zip(found, count, strict=True) if n == QUARTERS]

    def quarters_of(self, year: int) -> np.ndarray:
        """Return the positions of a year's quarters."""
        return np.flatnonzero(self.data["quarter"].dt.year.values == year)

    def flow(self, name: str, year: int) -> np.ndarray:
        """Return a flow of a calendar year, kinds of refusal or dispute added up, (draw,)."""
        array = self.data[name].isel(quarter=self.quarters_of(year))
        return array.sum([d for d in array.dims if d != "draw"]).values

    def stock(self, name: str, quarter: int) -> np.ndarray:
        """Return a stock at the start of a quarter, by its position, (draw,)."""
        return self.data[name].isel(bound=quarter).values

    def in_time(self, exceptions: str, year: int) -> np.ndarray:
        """Return the percentage of a year's plans within 20 weeks, in the draws that issue any."""
        name = "issued_in_time_excluding" if exceptions == EXCLUDING else "issued_in_time"
        return percentage(self.flow(name, year), self.flow(f"issued_{exceptions}", year))


def percentage(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return a percentage in the draws in which there is anything to take it of."""
    return 100 * part[whole > 0] / whole[whole > 0]
