"""The figures of a service, drawn from their 80 % intervals: lists, staff, slots, packages, costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.kernel.streams import as_real, uniforms

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

EVERY_SERVICE = "all"
ONE_DRAW = {"funded_wte": "in_post_wte"}
"""Figures drawn with the luck of another: what is funded and who is in post are high or low together."""


@dataclass(frozen=True)
class Parameter:
    """One figure of a service with its 80 % interval.

    Parameters
    ----------
    service, name, unit : str
    low, central, high : float
    basis, source : str
    """

    service: str
    name: str
    unit: str
    low: float
    central: float
    high: float
    basis: str
    source: str


class Parameters:
    """The service parameters of an area.

    Parameters
    ----------
    area : Area
        With the table ``service_parameters``; a figure for the service ``all`` serves every service that has none of
        its own.

    Raises
    ------
    MissingDataError
        If the pack has no such table.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        table = area.table("service_parameters")
        self._rows = {
            (row.service, row.parameter): Parameter(
                row.service,
                row.parameter,
                row.unit,
                float(row.low),
                float(row.central),
                float(row.high),
                row.basis,
                row.source,
            )
            for row in table.itertuples()
        }
        self.used: set[tuple[str, str]] = set()
        self._recorded: dict[tuple[str, str], Parameter] = {}

    def has(self, service: str, name: str) -> bool:
        """Return whether a figure is there, for the service or for every service."""
        return (service, name) in self._rows or (EVERY_SERVICE, name) in self._rows

    def get(self, service: str, name: str) -> Parameter:
        """Return one figure.

        Raises
        ------
        MissingDataError
            If neither the service nor ``all`` has it.
        """
        for key in ((service, name), (EVERY_SERVICE, name)):
            if key in self._rows:
                self.used.add(key)
                return self._rows[key]
        raise MissingDataError(
            f"{self.area.name}: service_parameters.csv has no {name!r} for {service}. "
            f"Add a row service={service}, parameter={name} with low, central, high, basis and source."
        )

    def draw(self, service: str, name: str, draws: int, seed: int) -> np.ndarray:
        """Draw a figure: lognormal in two pieces through its low, central and high; the same luck in every scenario.

        Returns
        -------
        ndarray of float, shape (draws,)
            Shares are held at 1 at most.
        """
        found = self.get(service, name)
        if found.low == found.central == found.high:
            return np.full(draws, found.central)
        luck = standard_normal(seed, (self.area.code, found.service, ONE_DRAW.get(name, name)), draws)
        out = two_piece_lognormal(found.low, found.central, found.high, luck)
        return np.minimum(out, 1.0) if name.endswith("_share") else out

    def draw_or(self, service: str, name: str, draws: int, seed: int, default: float) -> np.ndarray:
        """Draw a figure, or return `default` for every draw where the pack has none."""
        return self.draw(service, name, draws, seed) if self.has(service, name) else np.full(draws, default)

    def services(self, needed: Sequence[str]) -> list[str]:
        """Return the services that have each of the `needed` figures of their own, in the table's order."""
        names = dict.fromkeys(service for service, _ in self._rows if service != EVERY_SERVICE)
        return [s for s in names if all((s, n) in self._rows for n in needed)]

    def record(self, service: str, name: str, unit: str, drawn: np.ndarray, source: str) -> None:
        """Keep an estimate that was drawn for want of a row in the pack, so that `table` tells it.

        Parameters
        ----------
        service, name, unit : str
        drawn : ndarray, (draw,)
        source : str
        """
        low, central, high = (float(value) for value in np.quantile(drawn, (0.1, 0.5, 0.9)).round(4))
        self._recorded[service, name] = Parameter(service, name, unit, low, central, high, "estimate", source)

    def table(self) -> pd.DataFrame:
        """Return the figures used so far: one row a figure, with its basis and source; those not in the pack last."""
        import pandas as pd

        rows = [*(self._rows[key] for key in self._rows if key in self.used), *self._recorded.values()]
        frame = pd.DataFrame([vars(r) for r in rows], columns=list(Parameter.__dataclass_fields__))
        return frame.rename(columns={"name": "parameter"})


@lru_cache(maxsize=256)
def standard_normal(seed: int, key: tuple[str, ...], draws: int) -> np.ndarray:
    """Return one shared standard normal deviate a draw, whatever the number of draws asked; not to be altered.

    Many are asked for by several parts of a run.
    """
    inside = np.clip(as_real(uniforms(seed, key, 1, draws)[0]), 2.0**-53, 1 - 2.0**-53)
    out = special.ndtri(inside)
    out.flags.writeable = False
    return out
