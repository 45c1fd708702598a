"""The areas of a run of many: read one at a time, and added up draw by draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.intervals import interval_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SAME = ("draws", "seed")


@dataclass(frozen=True)
class AreasResult:
    """What `sendneeds.run_areas` wrote: a folder with one file an area.

    Parameters
    ----------
    folder : Path
    codes : tuple of str
        ONS codes, in the order in which they were asked for.
    refused : tuple of (str, str)
        Codes of areas that could not be run, such as one whose published plans halve in a year, each with the reason.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> areas = sn.run_areas([sn.open_area("luton")], draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
    >>> areas.codes
    ('E06000032',)
    """

    folder: Path
    codes: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()

    def area(self, code: str) -> xr.Dataset:
        """Return the counts of one area by scenario and draw.

        Parameters
        ----------
        code : str

        Returns
        -------
        xarray.Dataset
            See `sendneeds.scenarios.area_summary.area_summary`.

        Raises
        ------
        UnknownNameError
            If the area was not run.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> areas = sn.run_areas([sn.open_area("luton")], draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
        >>> areas.area("E06000032").attrs["area_name"]
        'Luton'
        """
        import xarray as xr

        if code not in self.codes:
            raise unknown("area", code, self.codes)
        with xr.open_dataset(self.folder / f"{code}.nc", engine="h5netcdf") as data:
            return data.load()

    def __iter__(self) -> Iterator[tuple[str, xr.Dataset]]:
        """Yield each code with its counts, one area at a time."""
        return ((code, self.area(code)) for code in self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def add_up(self, codes: Sequence[str] | None = None, *, internal_moves: float = 0.0) -> xr.Dataset:
        """Add areas up, draw by draw: an integrated care board, a region, England.

        Parameters
        ----------
        codes : sequence of str, optional
            All areas when left out.
        internal_moves : float
            Share of plans moved in that come from the areas added, which cancel: 1 for all of England; nobody
            publishes it for fewer areas.

        Returns
        -------
        xarray.Dataset
            The counts of the areas added. ``attrs["areas"]`` of a variable says how many of the areas have it: one
            that some lack is the sum over the others. ``attrs["left_out"]`` of the whole has the codes of areas that
            were asked for and could not be run.

        Raises
        ------
        DomainError
            If the areas were run with other draws or seeds, or `internal_moves` is no share.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> two = [sn.open_area(name) for name in ("bedford", "luton")]
        >>> areas = sn.run_areas(two, draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
        >>> areas.add_up()["plans"].attrs["areas"]
        2
        """
        import xarray as xr

        codes = list(self.codes if codes is None else codes)
        if not codes:
            raise DomainError("there is nothing to add up: give at least one code.")
        if len(set(codes)) < len(codes):
            raise DomainError("an area is there twice; give each code once.")
        if not 0 <= internal_moves <= 1:
            raise DomainError(f"internal_moves={internal_moves}: give a share from 0 to 1.")
        total: dict[str, Any] = {}
        counted: dict[str, int] = {}
        first: dict[str, Any] = {}
        for code in codes:
            data = self.area(code)
            held = {name: data.attrs[name] for name in SAME}
            if first and held != first:
                raise DomainError(
                    f"{code} was run with {held}, the others with {first}: run all areas alike."
                )
            first = held
            for name, array in data.data_vars.items():
                key = str(name)
                if key in total:
                    both = xr.align(total[key], array, join="outer", fill_value=0)
                    total[key] = (both[0] + both[1]).assign_attrs(array.attrs)
                else:
                    total[key] = array.astype("int64") if array.dtype.kind == "i" else array
                counted[key] = counted.get(key, 0) + 1
        internal = (total["moved_in"] * internal_moves).round().astype("int64")
        internal = internal.where(internal <= total["ceased"], total["ceased"])
        for flow in ("moved_in", "ceased"):
            total[flow] = (total[flow] - internal).assign_attrs(total[flow].attrs)
        for name, array in total.items():
            array.attrs["areas"] = counted[name]
        left_out = [code for code, _ in self.refused]
        return xr.Dataset(total, attrs={**first, "added": codes, "left_out": left_out})

    def summary(self, variables: Sequence[str] = ("plans", "sen_support")) -> pd.DataFrame:
        """Return 80 % intervals of every area, read one at a time.

        Parameters
        ----------
        variables : sequence of str
            Names of counts; an area that lacks one has no rows of it.

        Returns
        -------
        pandas.DataFrame
            ``area_code``, ``area``, ``variable``, the labels of the variable, and ``low``, ``central``, ``high``.

        Raises
        ------
        MissingDataError
            If no area has a variable.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> areas = sn.run_areas([sn.open_area("luton")], draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
        >>> areas.summary(["plans"])["year"].tolist()
        [2025, 2026]
        """
        import pandas as pd

        frames = []
        found: set[str] = set()
        for code, data in self:
            for name in variables:
                if name not in data:
                    continue
                found.add(name)
                array = data[name].rename({"clock_draw": "draw"} if "clock_draw" in data[name].dims else {})
                frame = interval_table(array)
                frame.insert(0, "variable", name)
                frame.insert(0, "area", data.attrs["area_name"])
                frame.insert(0, "area_code", code)
                frames.append(frame)
        absent = [name for name in variables if name not in found]
        if absent:
            raise MissingDataError(
                f"no area has {', '.join(absent)}; a variable is one of area(code).data_vars."
            )
        return pd.concat(frames, ignore_index=True)

    def to_dataframe(self) -> pd.DataFrame:
        """Return 80 % intervals of plans and of SEN support of every area, a row for each; `summary` has others.

        Returns
        -------
        pandas.DataFrame
            As `summary` returns it.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> areas = sn.run_areas([sn.open_area("luton")], draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
        >>> sorted(set(areas.to_dataframe()["variable"]))
        ['plans', 'sen_support']
        """
        return self.summary()

    def missing(self) -> pd.DataFrame:
        """Return what could not be made in which area, and why; areas that could not be run at all come first.

        Returns
        -------
        pandas.DataFrame
            ``area_code`` and ``missing``; empty where every area has everything.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> areas = sn.run_areas([sn.open_area("bedford")], draws=4, to=2026, folder=tempfile.mkdtemp(), jobs=1)
        >>> len(areas.missing())
        0
        """
        import numpy as np
        import pandas as pd

        rows = [
            (code, str(text)) for code, data in self for text in np.atleast_1d(data.attrs.get("missing", []))
        ]
        rows = [*((code, f"not run, and in no sum: {reason}") for code, reason in self.refused), *rows]
        return pd.DataFrame(rows, columns=["area_code", "missing"])

    def __repr__(self) -> str:
        refused = f", {len(self.refused)} could not be run" if self.refused else ""
        return f"AreasResult of {len(self.codes)} areas in {self.folder}{refused}"

    def _repr_html_(self) -> str:
        return self.summary(["plans"])._repr_html_()
