"""What an allowance is: who takes it up, against what there is, over years and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation import arguments
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.plots import COLOURS, draw_interval, label_ends, mark_scored, new_panels
from sendneeds.foundation.result_views import year_heading
from sendneeds.foundation.results import Result
from sendneeds.kernel.streams import binomial, uniforms
from sendneeds.waits.allowances.units import UNITS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

MOST = 1e9
"""Most of anything that can be there in a year."""
Named = dict[str, tuple[np.ndarray, str, str]]
"""Arrays (year, draw) by name, each with what it is and its unit."""


@dataclass(frozen=True, repr=False, eq=False)
class AllowanceResult(Result):
    """What is taken up a year, over draws: variables of `data` have dimensions (year, draw), and some a service.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    about : str
        What it is of, for titles.
    shown : tuple of tuple of str
        Variables that `plot` shows, one panel a tuple.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> sn.short_breaks(bedford, sn.project(bedford, to=2026, draws=4))["nights_wanted"].dims
    ('year', 'draw')
    """

    about: str = "Allowances"
    shown: tuple[tuple[str, ...], ...] = ()

    title = "Allowances"

    def by_year(self, years: Sequence[int] | None = None) -> pd.DataFrame:
        """Return every figure with its 80 % interval as text, a column a January.

        Parameters
        ----------
        years : sequence of int, optional
            The first, the last whose need has a track record and the last when left out. A year after the second is
            headed ``(scenario range)``.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        DomainError
            If a year is not projected.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> found = sn.short_breaks(bedford, sn.project(bedford, to=2031, draws=20), uptake=0.0)
        >>> print(found.by_year().loc[["Nights needed a year"]].to_string())
                             2025 2030 2031 (scenario range)
        Nights needed a year    0    0                     0
        """
        import pandas as pd

        there, scored = self.data["year"].values, int(self.data.attrs["scored_to"])
        chosen = (
            sorted({int(there[0]), min(scored, int(there[-1])), int(there[-1])}) if years is None else years
        )
        for year in chosen:
            if year not in there:
                raise DomainError(f"year={year}: a January from {there[0]} to {there[-1]}.")
        shown = {name: array for name, array in self.data.data_vars.items() if array.dims == ("year", "draw")}
        columns = {
            year_heading(year, scored): [_told(array.sel(year=year)) for array in shown.values()]
            for year in chosen
        }
        rows = [_named(array) for array in shown.values()]
        return pd.DataFrame(columns, index=rows)

    def sessions_a_week(self, service: str, days: np.ndarray) -> np.ndarray:
        """Return the sessions of a service that budgets take the place of, by week and draw.

        What a service can take off the sessions it has to give, or count as slots besides.

        Parameters
        ----------
        service : str
        days : ndarray of datetime64[D], (week,)
            The first day of each week; a week before or after the years projected is as the nearest of them.

        Returns
        -------
        ndarray, (week, draw)
            Sessions a week.

        Raises
        ------
        UnknownNameError
            If the result has no sessions.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> budgets = sn.personal_budgets(bedford, sn.project(bedford, to=2026, draws=4))
        >>> budgets.sessions_a_week("SLT", np.array(["2025-06-02", "2025-06-09"], "datetime64[D]")).shape
        (2, 4)
        """
        yearly = self["sessions_replaced"].sel(service=service).transpose("year", "draw").values
        years = self.data["year"].values
        at = np.clip(days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
        return yearly[at] / WEEKS_PER_YEAR

    def plot(self, ax: Sequence[Axes] | None = None) -> np.ndarray:
        """Plot the main variables: medians and 80 % intervals, paler where need has no track record.

        Parameters
        ----------
        ax : sequence of matplotlib Axes, optional
            One for each of `shown`; those of a new figure when left out.

        Returns
        -------
        ndarray of matplotlib Axes

        Raises
        ------
        DomainError
            If other than so many axes are given.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> found = sn.short_breaks(bedford, sn.project(bedford, to=2026, draws=4))
        >>> found.plot().size == len(found.shown)
        True
        """
        scored = int(self.data.attrs["scored_to"])
        title = f"{self.about}\n80 % interval, scenario range after {scored}"
        panels = new_panels(len(self.shown), ax, (5.4, 4), title)
        for panel, names in zip(panels, self.shown, strict=True):
            ends = [
                (name.replace("_", " "), draw_interval(panel, self.data[name], colour, scored), colour)
                for colour, name in zip(COLOURS, names, strict=False)
            ]
            mark_scored(panel, scored)
            panel.set_ylabel(self.data[names[0]].attrs["units"])
            panel.set_ylim(bottom=0)
            panel.yaxis.set_major_formatter("{x:,g}")
            panel.spines[["top", "right"]].set_visible(False)
            label_ends(panel, self.data["year"].values[-1], ends)
        return panels

    def _heading(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in self.data.sizes.items())
        return f"{self.about}: {sizes}"

    def _figures(self) -> pd.DataFrame:
        return self.by_year()


def _named(array: xr.DataArray) -> str:
    """Return what an array is, with its unit as `_told` writes it."""
    text, unit = str(array.attrs["long_name"]), UNITS[array.attrs["units"]]
    if unit.thing in text.casefold():
        return f"{text} {unit.period}".strip()
    return f"{text}, {unit.thing} {unit.period}".strip()


def _told(array: xr.DataArray) -> str:
    """Return the median of draws with its 80 % interval; shares and chances in per cent, pounds in thousands."""
    unit = UNITS[array.attrs["units"]]
    return interval_text(array, unit.form, unit.scale)


class AllowanceModel:
    """The children, figures and luck of one allowance of an area."""

    def __init__(self, area: Area, need: NeedProjection, service: str) -> None:
        self.area, self.need, self.service = area, need, service
        self.parameters, self.seed = Parameters(area), int(need.data.attrs["seed"])
        self.years, self.draws = need.data["year"].values, need.data.sizes["draw"]

    def luck(self, purpose: str) -> np.ndarray:
        """Return shared luck, (year, draw)."""
        return uniforms(self.seed, (self.area.code, self.service, purpose), len(self.years), self.draws)

    def figure(self, name: str) -> np.ndarray:
        """Return a figure of the service, (1, draw)."""
        return self.parameters.draw(self.service, name, self.draws, self.seed)[None, :]

    def children(
        self, name: str, given: float | None, purpose: str, oldest: int, needs: tuple[str, ...] | None = None
    ) -> np.ndarray:
        """Return those of the children with a plan, for some needs or any, who take it up, (year, draw)."""
        if given is not None:
            arguments.amount("uptake", given, lambda x: 0 <= x <= 1, "a share, 0 to 1", 0.1)
        share = self.figure(name)[0] if given is None else np.full(self.draws, float(given))
        plans = self.need.data["children"].sel(provision="E", age=slice(0, oldest))
        plans = (plans if needs is None else plans.sel(need=list(needs))).sum(("need", "age"))
        count = plans.transpose("year", "draw").values
        return binomial(count, np.broadcast_to(share, count.shape), self.luck(purpose))

    def ceiling(self, name: str, given: Mapping[int, float] | None) -> np.ndarray:
        """Return what there is, whole, (year, draw): the figure, replaced from each year of `given` on."""
        out = np.repeat(self.figure(name), len(self.years), axis=0)
        first, last = int(self.years[0]), int(self.years[-1])
        allowed = f"0 or more, from a January of {first} to {last}"
        if given is not None and not isinstance(given, Mapping):
            raise arguments.refusal(
                "available", given, f"amounts by January: {allowed}", f"Write {{{last}: 10}}."
            )
        for year, amount in (given or {}).items():
            if isinstance(year, bool) or not isinstance(year, Integral) or not first <= year <= last:
                raise DomainError(f"available from {year!r}: {amount!r}; {allowed}.")
            arguments.amount(f"available from {year}", amount, lambda x: 0 <= x <= MOST, allowed, 10)
        for year, amount in sorted((given or {}).items()):
            out[self.years >= year] = amount
        return np.rint(out).astype(np.int64)

    def against(
        self, what: str, unit: str, wanted: np.ndarray, room: np.ndarray, share: str, elsewhere: str
    ) -> Named:
        """Set what is needed against what is available: provided, and of the rest a share from other providers.

        Parameters
        ----------
        what : str
            Names the variables: nights gives ``nights_wanted`` and so on.
        unit : str
        wanted, room : ndarray of int, (year, draw)
        share : str
            The figure for the share of the overflow that other providers give.
        elsewhere : str
            Where that is.
        """
        over = np.maximum(wanted - room, 0)
        part = np.broadcast_to(self.figure(share), over.shape)
        away = binomial(over, part, self.luck(f"{what} elsewhere")).astype(np.int64)
        return {
            f"{what}_wanted": (wanted, f"{what.capitalize()} needed", unit),
            f"{what}_available": (room, f"{what.capitalize()} available", unit),
            f"{what}_given": (wanted - over, f"{what.capitalize()} provided", unit),
            f"{what}_overflow": (over, f"{what.capitalize()} needed beyond those available", unit),
            f"{what}_elsewhere": (away, f"Of the overflow, {elsewhere}", unit),
            f"{what}_unmet": (over - away, f"{what.capitalize()} unmet", unit),
        }

    def result(
        self,
        arrays: Named,
        about: str,
        shown: tuple[tuple[str, ...], ...],
        extra: Mapping[str, xr.DataArray] | None = None,
    ) -> AllowanceResult:
        """Return arrays as a labelled result."""
        import xarray as xr

        data: xr.Dataset = xr.Dataset(
            {
                name: (
                    ("year", "draw"),
                    values,
                    {"long_name": text, "units": units, "kind": UNITS[units].kind},
                )
                for name, (values, text, units) in arrays.items()
            },
            coords={"year": self.years, "draw": np.arange(self.draws)},
            attrs={"area": self.area.code, "seed": self.seed, "scored_to": self.need.scored_to},
        )
        used = self.parameters.table()
        basis = sorted(set(used["basis"]))
        made = {
            **self.need.provenance,
            "figures": [
                f"{row.service} {row.parameter}: {row.low:g}, {row.central:g}, {row.high:g} {row.unit} ({row.basis})"
                for row in used.itertuples()
            ],
        }
        title = f"{self.area.name}: {about}" + (f" ({', '.join(basis)} figures)" if basis else "")
        return AllowanceResult(data.assign(extra or {}), made, title, shown)
