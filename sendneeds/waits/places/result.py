"""What a projection of places is: children wanted, placed and awaiting by setting, tables and a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import UnknownNameError, unknown
from sendneeds.foundation.intervals import interval_table, interval_text
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.foundation.plots import COLOURS, GREY, draw_interval, label_ends, mark_scored, new_panels
from sendneeds.foundation.result_views import shown_years
from sendneeds.foundation.results import Result
from sendneeds.waits.places.settings import CAPPED, OUTCOMES

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection
    from sendneeds.waits.places.cells import Ceilings

MEASURES = ("placed", "needed", "wanted")
LEVEL = 0.06
"""Share of the axis within which two lines end at one label."""


@dataclass(frozen=True, repr=False, eq=False)
class PlacesResult(Result):
    """Children with a plan by setting.

    `data` has the stocks ``placed``, ``needed`` (in the setting they seek, were there room for all) and
    ``wanted`` (by the preferred mix), by (year, setting, need, phase, draw); ``awaiting`` and ``children``
    (year, need, phase, draw), where placed and awaiting add up to the children in every cell; ``places``
    (year, capped_setting), those commissioned; ``shortfall`` (year, capped_setting, draw), needed beyond the
    places; the flows ``turned_away`` (calendar_year, setting, draw) and ``moved`` (calendar_year, draw);
    where places are known by need or phase, ``cell_places`` (year, cell), ``cell_needed`` and ``cell_placed``
    (year, cell, draw), whom a cell is for in ``cell_setting``, ``cell_need`` and ``cell_phase``; and,
    where the pack has the figures, ``cost``, ``price``, ``avoidable_share``, ``capital``, ``transported``,
    ``transport_cost`` and ``out_of_area``.

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    area_name : str

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
    >>> found["placed"].dims
    ('year', 'setting', 'need', 'phase', 'draw')
    """

    area_name: str = ""

    title = "Places"

    @property
    def scored_to(self) -> int:
        """The last January whose interval of need has a track record; later years are a scenario range."""
        return int(self.data.attrs["scored_to"])

    def by_setting(self, name: str = "placed") -> xr.DataArray:
        """Return children by year, setting and draw, all needs and phases.

        Parameters
        ----------
        name : {"placed", "needed", "wanted"}

        Returns
        -------
        xarray.DataArray
            Children in January, (year, setting, draw).

        Raises
        ------
        UnknownNameError
            If `name` is none of them.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> now.by_setting("needed").dims
        ('year', 'setting', 'draw')
        """
        array = self._measure(name, f"by_setting({MEASURES[1]!r}).sel(setting={name!r})")
        return array.sum(("need", "phase")).assign_attrs(array.attrs)

    def by_need(self, setting: str, name: str = "placed") -> xr.DataArray:
        """Return children in a setting by year, need and draw.

        Parameters
        ----------
        setting : str
        name : {"placed", "needed", "wanted"}

        Returns
        -------
        xarray.DataArray
            Children in January, (year, need, draw).

        Raises
        ------
        UnknownNameError
            If there is no such setting, or `name` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> now.by_need("independent").dims
        ('year', 'need', 'draw')
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

    def outcomes(self) -> xr.DataArray:
        """Return children who are in no setting that a place could be counted for, by outcome, need, year and draw.

        Returns
        -------
        xarray.DataArray
            Outcomes are those of `settings.OUTCOMES` (educated elsewhere, not in education, notice given that the plan
            will end) and ``awaiting``; children, a stock each January.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> now.outcomes()["outcome"].values.tolist()[-1]
        'awaiting'
        """
        import xarray as xr

        out = self.data["placed"].sel(setting=list(OUTCOMES)).sum("phase").rename(setting="outcome")
        waiting = self.data["awaiting"].sum("phase").expand_dims(outcome=["awaiting"])
        joined = xr.concat([out, waiting], dim="outcome")
        return joined.rename("outcomes").assign_attrs(
            long_name="Children in no place that is counted", units="children", kind="stock"
        )

    def _measure(self, name: str, instead: str) -> xr.DataArray:
        """Return placed, needed or wanted; another name is an error, with what to write `instead` for a setting."""
        if name in SETTINGS:
            raise UnknownNameError(
                f"{name!r} is a setting, and here goes one of {', '.join(MEASURES)}. Write {instead}."
            )
        if name not in MEASURES:
            raise unknown("measure of places", name, MEASURES)
        return self[name]

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

        Raises
        ------
        UnknownNameError
            If `by` is neither of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> now = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> now.gap(2026).columns.tolist()
        ['setting', 'wanted', 'placed', 'low', 'central', 'high']
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

    def plot(self, ax: Sequence[Axes] | None = None) -> np.ndarray:
        """Plot children needed and placed against places by setting, and those awaiting: medians, 80 % intervals.

        Parameters
        ----------
        ax : sequence of matplotlib Axes, optional
            One a setting with places, one for independent schools and one for those awaiting; those of a new figure
            when left out.

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
        >>> found = sn.project_places(bedford, sn.project(bedford, to=2026, draws=4))
        >>> [panel.get_title(loc="left") for panel in found.plot()][-1]
        'Awaiting a place'
        """
        ceilings = [str(name) for name in self.data["capped_setting"].values]
        shown = [name for name in CAPPED if name in ceilings or name == "independent"]
        title = f"{self.area_name}: places, 80 % interval (scenario range after {self.scored_to})"
        panels = new_panels(len(shown) + 1, ax, (4.1, 4.2), title)
        years = self.data["year"].values
        for panel, name in zip(panels, [*shown, "awaiting"], strict=True):
            if name == "awaiting":
                draw_interval(panel, self.data["awaiting"].sum(("need", "phase")), COLOURS[0], self.scored_to)
                ends = []
            else:
                ends = [
                    (
                        word,
                        draw_interval(panel, self.by_setting(word).sel(setting=name), colour, self.scored_to),
                        colour,
                    )
                    for word, colour in (("needed", COLOURS[2]), ("placed", COLOURS[0]))
                ]
            if name in ceilings:
                places = self.data["places"].sel(capped_setting=name).values
                panel.step(years, places, where="mid", color=GREY, linewidth=1.2, linestyle="--")
                ends.append(("places", float(places[-1]), GREY))
            panel.set_title(SETTINGS.get(name, "Awaiting a place"), loc="left", fontsize=10)
            panel.set_ylim(0, max(panel.get_ylim()[1], 10))
            if name in ceilings:
                ends = _as_one(ends, LEVEL * panel.get_ylim()[1])
            mark_scored(panel, self.scored_to)
            panel.spines[["top", "right"]].set_visible(False)
            label_ends(panel, years[-1], ends)
        panels[0].set_ylabel("children and young people, January")
        return panels

    def _figures(self) -> pd.DataFrame:
        """Return children needed and places by setting, and those in independent schools."""
        import pandas as pd

        needed, placed = self.by_setting("needed"), self.by_setting()
        years = shown_years(self.data["year"].values, self.scored_to)
        rows = {}
        for name in map(str, self.data["capped_setting"].values):
            here = [needed.sel(setting=name, year=year) for year in years]
            rows[f"{SETTINGS[name]}: needed"] = [interval_text(array) for array in here]
            places = self.data["places"].sel(capped_setting=name)
            rows[f"{SETTINGS[name]}: places"] = [f"{int(places.sel(year=year)):,}" for year in years]
        if "independent" in placed["setting"].values:
            away = [placed.sel(setting="independent", year=year) for year in years]
            rows[f"{SETTINGS['independent']}: placed"] = [interval_text(array) for array in away]
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(years.values()))


def _as_one(ends: list[tuple[str, float, str]], near: float) -> list[tuple[str, float, str]]:
    """Return the ends of lines with that of the places under one label with a line that ends as near."""
    *others, (word, places, colour) = ends
    for n, (name, at, shade) in reversed(list(enumerate(others))):
        if abs(at - places) < near:
            others[n] = (f"{name}, {word}", at, shade)
            return others
    return [*others, (word, places, colour)]


def dataset(
    area: Area, need: NeedProjection, needs: list[str], arrays: Mapping[str, np.ndarray], ceiling: Ceilings
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
    ceiling : Ceilings
    """
    import xarray as xr

    names, years = list(SETTINGS), need.data["year"].values
    group = (len(needs), len(PHASES))
    capped = [s for s in range(len(names)) if ceiling.total[0, s] >= 0]
    full, each = ("year", "setting", "need", "phase", "draw"), ("year", "need", "phase", "draw")

    def words(text: str, units: str = "children", kind: str = "stock") -> dict[str, str]:
        return {"long_name": text, "units": units, "kind": kind}

    def by_group(name: str) -> np.ndarray:
        array = arrays[name]
        return array.reshape(*array.shape[:-2], *group, array.shape[-1])

    within = {
        name: np.stack(
            [arrays[name][:, names.index(c.setting), c.groups].sum(axis=1) for c, _ in ceiling.cells], 1
        )
        for name in ("needed", "placed")
    }
    there = np.stack([ceiling.places[:, names.index(c.setting), n] for c, n in ceiling.cells], axis=1)
    beyond = np.maximum(within["needed"] - there[..., None], 0)
    short = np.stack(
        [beyond[:, [c.setting == names[s] for c, _ in ceiling.cells]].sum(axis=1) for s in capped], axis=1
    )
    year = {"calendar_year": years[:-1]}
    found = xr.Dataset(
        {
            "placed": (full, by_group("placed"), words("Children by the setting they are placed in")),
            "needed": (full, by_group("needed"), words("Children by setting were there room for all")),
            "wanted": (full, by_group("wanted"), words("Children by setting in the preferred mix")),
            "awaiting": (each, by_group("awaiting"), words("Children awaiting a place")),
            "children": (each, by_group("children"), words("Children with a plan")),
            "places": (
                ("year", "capped_setting"),
                ceiling.total[:, capped],
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
    if len(ceiling.cells) == len(capped):  # places for all, setting by setting
        return found
    cell: dict[str, Any] = {
        f"cell_{name}": ("cell", [getattr(c, name) for c, _ in ceiling.cells])
        for name in ("setting", "need", "phase")
    }
    return found.assign(
        cell_places=(("year", "cell"), there, words("Places for some children", "places")),
        cell_needed=(("year", "cell", "draw"), within["needed"], words("Of those children, who need one")),
        cell_placed=(("year", "cell", "draw"), within["placed"], words("Of those children, placed in them")),
    ).assign_coords(cell=np.arange(len(ceiling.cells)), **cell)
