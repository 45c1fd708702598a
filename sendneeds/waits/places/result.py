"""What a projection of places is: children wanted, placed and awaiting by setting, tables and a chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import UnknownNameError, unknown
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.foundation.plots import COLOURS, label_ends
from sendneeds.foundation.results import Result, interval_table, quantiles
from sendneeds.waits.places.settings import CAPPED

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

MEASURES = ("placed", "needed", "wanted")
LEVEL = 0.06
"""Share of the axis within which two lines end at one label."""


@dataclass(frozen=True, repr=False)
class PlacesResult(Result):
    """Children with a plan by setting.

    `data` has the stocks ``placed``, ``needed`` (in the setting they seek, were there room for all) and
    ``wanted`` (by the preferred mix), by (year, setting, need, phase, draw); ``awaiting`` and ``children``
    (year, need, phase, draw), where placed and awaiting add up to the children in every cell; ``places``
    (year, capped_setting), those commissioned; ``shortfall`` (year, capped_setting, draw), needed beyond the
    places; the flows ``turned_away`` (calendar_year, setting, draw) and ``moved`` (calendar_year, draw); and,
    where the pack has the figures, ``cost``, ``price``, ``avoidable_share``, ``capital``, ``transported``,
    ``transport_cost`` and ``out_of_area``.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str
    """

    area_name: str = ""

    title = "Places"

    @property
    def scored_to(self) -> int:
        """The last January whose interval of need has a track record; later years are a scenario range."""
        return int(self.data.attrs["scored_to"])

    def describe(self) -> str:
        """Return places needed against places at two Januaries, and what the result holds, a line a variable."""
        lines = []
        for year in dict.fromkeys((self.scored_to, int(self.data["year"].values[-1]))):
            range_ = " (scenario range)" if year > self.scored_to else ""
            for name in map(str, self.data["capped_setting"].values):
                needed = spread(self.by_setting("needed").sel(year=year, setting=name))
                places = int(self.data["places"].sel(year=year, capped_setting=name))
                lines.append(
                    f"  January {year}{range_}: {SETTINGS[name]}: {needed} needed, {places:,} places"
                )
            away = spread(self.by_setting().sel(year=year, setting="independent"))
            lines.append(f"  January {year}{range_}: {SETTINGS['independent']}: {away} placed")
        head, *rest = super().describe().splitlines()
        return "\n".join([f"{self.area_name}: {head}" if self.area_name else head, *lines, *rest])

    def by_setting(self, name: str = "placed") -> xr.DataArray:
        """Return children by year, setting and draw, all needs and phases.

        Parameters
        ----------
        name : {"placed", "needed", "wanted"}

        Raises
        ------
        UnknownNameError
            If `name` is none of them.
        """
        array = self._measure(name, f"by_setting({MEASURES[1]!r}).sel(setting={name!r})")
        return array.sum(("need", "phase")).assign_attrs(array.attrs)

    def by_need(self, setting: str, name: str = "placed") -> xr.DataArray:
        """Return children in a setting by year, need and draw.

        Parameters
        ----------
        setting : str
        name : {"placed", "needed", "wanted"}

        Raises
        ------
        UnknownNameError
            If there is no such setting, or `name` is none of those.
        """
        if setting in MEASURES:
            raise UnknownNameError(
                f"by_need takes a setting first: by_need('state_special', {setting!r}); all settings at once are "
                f"by_setting({setting!r}). Settings: {', '.join(SETTINGS)}."
            )
        if setting not in SETTINGS:
            raise unknown("setting", setting, SETTINGS)
        array = self._measure(name, f"by_need({name!r})")
        return array.sel(setting=setting).sum("phase").assign_attrs(array.attrs)

    def _measure(self, name: str, instead: str) -> xr.DataArray:
        """Return placed, needed or wanted; another name is an error, with what to write `instead` for a setting."""
        if name in SETTINGS:
            raise UnknownNameError(
                f"{name!r} is a setting, and here goes one of {', '.join(MEASURES)}. Write {instead}."
            )
        if name not in MEASURES:
            raise unknown("measure of places", name, MEASURES)
        return self.variable(name)

    def gap(self, year: int, by: str = "setting") -> pd.DataFrame:
        """Return children wanted, by the preferred mix, against placed at a January, and the difference.

        Parameters
        ----------
        year : int
        by : {"setting", "need"}
            ``need`` gives a row for each setting and need.

        Returns
        -------
        pandas.DataFrame
            Columns setting (and need), wanted, placed (medians) and difference with low, central and high:
            wanted less placed, draw by draw.
        """
        if by not in ("setting", "need"):
            raise unknown("breakdown", by, ("setting", "need"))
        over = "phase" if by == "need" else ("need", "phase")
        at = self.data.sel(year=year)
        wanted, placed = (at[name].sum(over) for name in ("wanted", "placed"))
        frame = interval_table((wanted - placed).rename("difference"))
        for place, (name, array) in enumerate((("wanted", wanted), ("placed", placed))):
            frame.insert(1 + (by == "need") + place, name, array.median("draw").values.ravel())
        return frame

    def plot(self) -> Figure:
        """Plot children needed and placed against places by setting, and those awaiting: medians, 80 % intervals.

        Returns
        -------
        matplotlib.figure.Figure
        """
        import matplotlib.pyplot as plt

        ceilings = [str(name) for name in self.data["capped_setting"].values]
        shown = [name for name in CAPPED if name in ceilings or name == "independent"]
        figure, panels = plt.subplots(
            1, len(shown) + 1, figsize=(4.1 * (len(shown) + 1), 4.2), layout="constrained"
        )
        years = self.data["year"].values
        for panel, name in zip(panels, [*shown, "awaiting"], strict=True):
            if name == "awaiting":
                self._line(panel, self.data["awaiting"].sum(("need", "phase")), COLOURS[0])
                ends = []
            else:
                ends = [
                    (word, self._line(panel, self.by_setting(key).sel(setting=name), colour), colour)
                    for word, key, colour in (
                        ("needed", "needed", COLOURS[2]),
                        ("placed", "placed", COLOURS[0]),
                    )
                ]
            if name in ceilings:
                places = self.data["places"].sel(capped_setting=name).values
                panel.step(years, places, where="mid", color="#3D3D3D", linewidth=1.2, linestyle="--")
                ends.append(("places", float(places[-1]), "#3D3D3D"))
            panel.set_title(SETTINGS.get(name, "Awaiting a place"), loc="left", fontsize=10)
            panel.set_ylim(0, max(panel.get_ylim()[1], 10))
            if name in ceilings:
                ends = _as_one(ends, LEVEL * panel.get_ylim()[1])
            panel.axvline(self.scored_to, color="#3D3D3D", linewidth=0.8, linestyle=":")
            panel.spines[["top", "right"]].set_visible(False)
            if ends:
                label_ends(panel, years[-1], ends)
        panels[0].set_ylabel("children and young people, January")
        figure.suptitle(
            f"{self.area_name}: places, 80 % interval (scenario range after {self.scored_to})",
            x=0.01,
            ha="left",
        )
        return figure

    def _line(self, panel: Any, array: xr.DataArray, colour: str) -> float:
        """Draw a median with its interval, paler where need has no track record, and return its end."""
        q = quantiles(array)
        years, (low, central, high) = q["year"].values, q.transpose("quantile", "year").values
        for part, alpha in ((years <= self.scored_to, 0.3), (years >= self.scored_to, 0.12)):
            panel.fill_between(years[part], low[part], high[part], color=colour, alpha=alpha, linewidth=0)
        panel.plot(years, central, color=colour)
        return float(central[-1])


def _as_one(ends: list[tuple[str, float, str]], near: float) -> list[tuple[str, float, str]]:
    """Return the ends of lines with that of the places under one label with a line that ends as near."""
    *others, (word, places, colour) = ends
    for n, (name, at, shade) in reversed(list(enumerate(others))):
        if abs(at - places) < near:
            others[n] = (f"{name}, {word}", at, shade)
            return others
    return [*others, (word, places, colour)]


def spread(array: xr.DataArray) -> str:
    """Return a median with its 80 % interval in words, of one dimension ``draw``."""
    low, central, high = (f"{value:,.0f}" for value in quantiles(array).values)
    return f"{central} ({low} to {high})" if low != high else central


def dataset(
    area: Area, need: NeedProjection, needs: list[str], arrays: Mapping[str, np.ndarray], ceiling: np.ndarray
) -> xr.Dataset:
    """Return placements as labelled arrays.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    needs : list of str
    arrays : mapping of str to ndarray
        ``placed``, ``needed``, ``wanted`` (Y, S, G, L), ``awaiting``, ``children`` (Y, G, L), ``turned_away``
        (Y - 1, S, L), ``moved`` (Y - 1, L).
    ceiling : ndarray, (Y, S)
    """
    import xarray as xr

    names, years = list(SETTINGS), need.data["year"].values
    group = (len(needs), len(PHASES))
    capped = [s for s in range(len(names)) if ceiling[0, s] >= 0]
    full, each = ("year", "setting", "need", "phase", "draw"), ("year", "need", "phase", "draw")

    def words(text: str, units: str = "children", kind: str = "stock") -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": kind}

    def by_group(name: str) -> np.ndarray:
        array = arrays[name]
        return array.reshape(*array.shape[:-2], *group, array.shape[-1])

    short = np.maximum(arrays["needed"].sum(axis=2)[:, capped] - ceiling[:, capped, None], 0)
    year = {"calendar_year": years[:-1]}
    return xr.Dataset(
        {
            "placed": (full, by_group("placed"), words("Children by the setting they are placed in")),
            "needed": (full, by_group("needed"), words("Children by setting were there room for all")),
            "wanted": (full, by_group("wanted"), words("Children by setting in the preferred mix")),
            "awaiting": (each, by_group("awaiting"), words("Children awaiting a place")),
            "children": (each, by_group("children"), words("Children with a plan")),
            "places": (
                ("year", "capped_setting"),
                ceiling[:, capped],
                words("Places commissioned", "places"),
            ),
            "shortfall": (
                ("year", "capped_setting", "draw"),
                short,
                words("Needed beyond the places there are", "places"),
            ),
            "turned_away": (
                ("calendar_year", "setting", "draw"),
                arrays["turned_away"],
                words("Children who sought the setting and found it full", kind="flow"),
            ),
            "moved": (
                ("calendar_year", "draw"),
                arrays["moved"],
                words("Children who left a place they had for another", kind="flow"),
            ),
        },
        coords={
            "year": years,
            "setting": names,
            "need": needs,
            "phase": list(PHASES),
            "capped_setting": [names[s] for s in capped],
            **year,
            "draw": np.arange(arrays["placed"].shape[-1]),
        },
        attrs={"area": area.code},
    )
