"""What a result is: labelled arrays over draws that select, summarise, save and show themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from sendneeds.foundation import result_files, result_views
from sendneeds.foundation.errors import DomainError, unknown
from sendneeds.foundation.intervals import interval_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

MOST_ROWS = 50_000_000
"""Rows of a table beyond which a result asks to be narrowed first, rather than fill the memory."""


def check_rows(title: str, rows: int) -> None:
    """Raise a DomainError for a table of more than `MOST_ROWS` rows.

    Examples
    --------
    >>> check_rows("Run", 10**9)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: Run: the table would have 1,000,000,000 rows; allowed: 50,000,000. ...
    """
    if rows > MOST_ROWS:
        raise DomainError(
            f"{title}: the table would have {rows:,} rows; allowed: {MOST_ROWS:,}. Name one variable, select a part "
            "with .sel(...) first, or take .summary(), which has no draws."
        )


class ResultBase(ABC):
    """What every result can do: give its parts by name, select, tabulate, summarise, save, and show itself.

    A saved result opens with `sendneeds.open_result` as the class that it was.
    """

    title: ClassVar[str] = "Result"

    if TYPE_CHECKING:
        provenance: Any  # a field of some results, worked out by others

    @abstractmethod
    def __getitem__(self, name: str) -> Any:
        """Return one part of the result by its name."""

    @abstractmethod
    def sel(self, **labels: Any) -> Self:
        """Return the result for some labels of its dimensions."""

    @abstractmethod
    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return the result as a tidy table, one row a cell."""

    @abstractmethod
    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the main figures with their 80 % intervals."""

    def to_netcdf(self, path: str | Path) -> Path:
        """Write the result to one NetCDF file, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Ends in ``.nc``; a file that stands there is replaced.

        Returns
        -------
        Path
            The file, for `sendneeds.open_result`.

        Examples
        --------
        >>> import tempfile
        >>> import sendneeds as sn
        >>> law = sn.list_law([2.0] * 4, 2, opening=3)
        >>> path = law.to_netcdf(Path(tempfile.mkdtemp()) / "law.nc")
        >>> float(sn.open_result(path).mean[0])
        3.0
        """
        return result_files.save(self, path)

    def _saved_field(self, name: str) -> Any:
        """Return a field in the form in which it is saved: text, numbers, tables, areas, results."""
        return getattr(self, name)

    @classmethod
    def _from_saved(cls, data: xr.Dataset, provenance: dict[str, Any], held: dict[str, Any]) -> Self:
        """Return the result of what was saved: its dataset, its provenance and its other fields."""
        return cls(data, provenance, **held)  # type: ignore[call-arg]

    def _heading(self) -> str:
        return self.title

    def _figures(self) -> pd.DataFrame | None:
        """Return the main figures as text, to be shown above all else."""
        return None

    def _notes(self) -> list[str]:
        return []

    def _variables(self) -> pd.DataFrame:
        """Return what the result holds, a row a variable, with the columns of `result_views.variables_table`."""
        import xarray as xr

        return result_views.variables_table(xr.Dataset())

    def __repr__(self) -> str:
        return result_views.as_text(self._heading(), self._figures(), self._marked(), self._variables())

    def _repr_html_(self) -> str:
        return result_views.as_html(self._heading(), self._figures(), self._marked(), self._variables())

    def _marked(self) -> list[str]:
        """Return the notes, before them that the result rests on records that are not published."""
        own = not result_files.basis_of(self).is_open
        return [*([result_files.RESTS_ON_RECORDS] if own else []), *self._notes()]


@dataclass(frozen=True, repr=False, eq=False)
class Result(ResultBase):
    """A labelled result over draws, with where it came from.

    Parameters
    ----------
    data : xarray.Dataset
        Every variable has ``long_name``, ``units`` and, where it has a time dimension, ``kind``
        (``stock``: at the instant; ``flow``: during the period).
    provenance : dict
        What a reader needs to make the same numbers again: area, seed, draws, version, sources; and, of a part
        that was selected, the labels.

    Examples
    --------
    >>> import xarray as xr
    >>> children = (("year", "draw"), [[1, 2, 3]], {"long_name": "Children", "units": "persons", "kind": "stock"})
    >>> Result(xr.Dataset({"children": children}, {"year": [2030]}), {"seed": 1})
    Result: year 1, draw 3
      children: Children [persons, stock] by year x draw
    """

    data: xr.Dataset
    provenance: dict[str, Any]

    def __getitem__(self, name: str) -> xr.DataArray:
        """Return one variable by name.

        Parameters
        ----------
        name : str

        Returns
        -------
        xarray.DataArray
            With its dimensions, ``long_name``, ``units`` and ``kind``. Whole numbers come in 64 bits, so that a count
            times a price is what it should be; in ``data`` counts of lists are held in 16 bits where they fit.

        Raises
        ------
        UnknownNameError
            If the result has no such variable; the message names those it has.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("luton"), to=2026, draws=4)
        >>> need["children"].dims
        ('year', 'provision', 'need', 'age', 'draw')
        """
        if name not in self.data.data_vars:
            raise unknown(f"variable of {self.title.casefold()}", str(name), map(str, self.data.data_vars))
        found = self.data[name]
        return found.astype("int64") if found.dtype.kind == "i" and found.dtype.itemsize < 4 else found

    def __contains__(self, name: object) -> bool:
        return name in self.data.data_vars

    def __iter__(self) -> Any:
        return iter(map(str, self.data.data_vars))

    def sel(self, **labels: Any) -> Self:
        """Return the result for some labels of its dimensions, of the same class.

        Parameters
        ----------
        **labels
            By dimension: one label, a list of them, or a slice of first and last. A dimension is kept, at length one
            for one label, so that the methods go on working; a variable without it is left whole.

        Returns
        -------
        Result
            Its provenance says what was selected.

        Raises
        ------
        UnknownNameError
            If there is no such dimension or label.

        Examples
        --------
        >>> import sendneeds as sn
        >>> need = sn.project(sn.open_area("luton"), to=2026, draws=4)
        >>> need.sel(year=2025, age=slice(0, 4))["children"].sizes["age"]
        5
        """
        import xarray as xr

        data = self.data
        for dim, wanted in labels.items():
            if dim not in data.dims:
                raise unknown("dimension", dim, map(str, data.dims))
            rows = xr.DataArray(np.arange(data.sizes[dim]), dims=dim)
            if dim in data.coords:
                rows = rows.assign_coords({dim: data[dim]})
            try:
                chosen = rows.sel({dim: wanted}).values
            except (KeyError, IndexError):
                raise self._no_label(dim, wanted) from None
            data = data.isel({dim: np.atleast_1d(chosen)})
        before = self.provenance.get("selected", {})
        told = {dim: str(wanted) for dim, wanted in labels.items()}
        return replace(self, data=data, provenance={**self.provenance, "selected": {**before, **told}})

    def _no_label(self, dim: str, wanted: Any) -> Exception:
        """Return the error for labels of which a dimension lacks one."""
        there = [str(value) for value in self.data[dim].values]
        several = isinstance(wanted, (list, tuple, np.ndarray))
        asked = [str(value) for value in wanted] if several else [str(wanted)]
        absent = next((name for name in asked if name not in there), asked[0])
        return unknown(dim, absent, there if len(there) <= 60 else [there[0], "...", there[-1]])

    def to_dataframe(self, name: str | None = None) -> pd.DataFrame:
        """Return the result as a tidy table: one row a cell and draw.

        Parameters
        ----------
        name : str, optional
            One variable; all of them when left out.

        Returns
        -------
        pandas.DataFrame
            Columns ``variable``, one a dimension (missing where a variable is without it), and ``value``. Its ``attrs``
            hold ``units`` and ``long_name`` by variable.

        Raises
        ------
        UnknownNameError
            If the result has no such variable.
        DomainError
            If the table would have more than fifty million rows.

        Examples
        --------
        >>> import sendneeds as sn
        >>> types = sn.need_types(sn.project(sn.open_area("luton"), to=2026, draws=4))
        >>> table = types.to_dataframe("children")
        >>> table.columns.tolist(), len(table), table.attrs["units"]
        (['variable', 'year', 'need_type', 'draw', 'value'], 32, {'children': 'persons'})
        """
        import pandas as pd

        arrays = self._chosen(name)
        check_rows(self.title, self._cells(name))
        frames = []
        for key, array in arrays.items():
            values = array.reset_coords(drop=True)
            one = values.ndim == 0
            frame = (
                (values.expand_dims("cell") if one else values).rename("value").to_dataframe().reset_index()
            )
            frame.insert(0, "variable", key)
            frames.append(frame.drop(columns="cell") if one else frame)
        table = pd.concat(frames, ignore_index=True)
        table = table[[*(c for c in table.columns if c != "value"), "value"]]
        for what in ("units", "long_name"):
            table.attrs[what] = {key: str(array.attrs.get(what, "")) for key, array in arrays.items()}
        return table

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return 80 % intervals as a tidy table: one row a cell.

        Parameters
        ----------
        name : str, optional
            One variable; all that have draws when left out.

        Returns
        -------
        pandas.DataFrame
            Columns ``variable``, one a dimension, ``low`` (10th percentile), ``central`` (median), ``high`` (90th
            percentile) and ``units``. A variable without draws has its value in all three.

        Raises
        ------
        UnknownNameError
            If the result has no such variable.

        Examples
        --------
        >>> import sendneeds as sn
        >>> types = sn.need_types(sn.project(sn.open_area("luton"), to=2026, draws=4))
        >>> types.summary("children").columns.tolist()
        ['variable', 'year', 'need_type', 'low', 'central', 'high', 'units']
        """
        import pandas as pd

        frames = []
        for key, array in self._chosen(name).items():
            if "draw" not in array.dims:
                if name is None:
                    continue
                array = array.expand_dims("draw", -1)
            frame = interval_table(array)
            frame.insert(0, "variable", key)
            frame["units"] = array.attrs.get("units", "")
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def _cells(self, name: str | None = None) -> int:
        """Return the number of cells of one variable, or of all."""
        return sum(array.size for array in self._chosen(name).values())

    def _chosen(self, name: str | None) -> Mapping[str, xr.DataArray]:
        if name is not None:
            return {name: self[name]}
        return {str(key): array for key, array in self.data.data_vars.items()}

    def _heading(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in self.data.sizes.items())
        of = getattr(self, "area_name", "")
        return f"{self.title}{', ' if of else ''}{of}: {sizes}"

    def _variables(self) -> pd.DataFrame:
        return result_views.variables_table(self.data)
