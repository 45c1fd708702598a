"""What a result is: labelled arrays over draws that summarise, tidy, save and explain themselves."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.outputs import Basis, write_output

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

LEVELS = (0.1, 0.5, 0.9)
"""Quantiles of an 80 % interval with its centre."""


def quantiles(data: xr.DataArray, levels: Sequence[float] = LEVELS) -> xr.DataArray:
    """Summarise draws by quantiles; sum first, then call this (medians do not add).

    Parameters
    ----------
    data : xarray.DataArray
        Has the dimension ``draw``.
    levels : sequence of float
        Shares between 0 and 1.

    Returns
    -------
    xarray.DataArray
        The dimension ``draw`` replaced by ``quantile``, last. Attributes are kept.

    Raises
    ------
    DomainError
        If `data` has no dimension ``draw``.

    Examples
    --------
    >>> import xarray as xr
    >>> quantiles(xr.DataArray([1, 2, 3, 4, 5], dims="draw")).values
    array([1.4, 3. , 4.6])
    """
    if "draw" not in data.dims:
        raise DomainError(f"quantiles need the dimension 'draw'; found {', '.join(map(str, data.dims))}.")
    out = data.quantile(list(levels), dim="draw", keep_attrs=True)
    return out.transpose(*[d for d in data.dims if d != "draw"], "quantile")


def interval_table(data: xr.DataArray) -> pd.DataFrame:
    """Return a tidy table with the 80 % interval of `data`: one row a cell, columns low, central, high.

    Parameters
    ----------
    data : xarray.DataArray
        Has the dimension ``draw``.

    Returns
    -------
    pandas.DataFrame
        One column a remaining dimension, then ``low`` (10th percentile), ``central`` (median) and
        ``high`` (90th percentile), in the units of `data`.

    Examples
    --------
    >>> import xarray as xr
    >>> cube = xr.DataArray([[1, 2, 3]], dims=("year", "draw"), coords={"year": [2030]}, name="children")
    >>> interval_table(cube)
       year  low  central  high
    0  2030  1.2      2.0   2.8
    """
    q = quantiles(data).rename("value")
    wide = (
        q.to_dataframe()["value"].unstack("quantile")
        if q.ndim > 1
        else q.to_dataframe()["value"].to_frame().T
    )
    wide.columns = ["low", "central", "high"]
    dims = [d for d in data.dims if d != "draw"]
    out = wide.reset_index() if dims else wide.reset_index(drop=True)
    out.columns.name = None
    return out


@dataclass(frozen=True, repr=False)
class Result:
    """A labelled result over draws, with where it came from.

    Parameters
    ----------
    data : xarray.Dataset
        Every variable has ``long_name``, ``units`` and, where it has a time dimension, ``kind``
        (``stock``: at the instant; ``flow``: during the period).
    provenance : dict
        What a reader needs to make the same numbers again: area, seed, draws, version, sources.
    """

    data: xr.Dataset
    provenance: dict[str, Any]

    title = "Result"

    def variable(self, name: str) -> xr.DataArray:
        """Return one variable by name.

        Raises
        ------
        MissingDataError
            If the result has no such variable; the message names those it has.
        """
        if name not in self.data:
            raise MissingDataError(
                f"{self.title} has no {name!r}. It has: {', '.join(map(str, self.data.data_vars))}."
            )
        return self.data[name]

    def to_tidy(self, name: str | None = None) -> pd.DataFrame:
        """Return 80 % intervals as a tidy pandas table: one row a cell, with ``variable`` and ``units``.

        Parameters
        ----------
        name : str, optional
            One variable; all of them when left out.
        """
        import pandas as pd

        frames = []
        for key in [name] if name else map(str, self.data.data_vars):
            array = self.variable(key)
            if "draw" not in array.dims:
                continue
            frame = interval_table(array)
            frame.insert(0, "variable", key)
            frame["units"] = array.attrs.get("units", "")
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def describe(self) -> str:
        """Return what the result holds, a line a variable."""
        sizes = ", ".join(f"{k} {v}" for k, v in self.data.sizes.items())
        lines = [f"{self.title}: {sizes}"]
        for name, array in self.data.data_vars.items():
            kind = f", {array.attrs['kind']}" if "kind" in array.attrs else ""
            dims = " x ".join(map(str, array.dims))
            lines.append(
                f"  {name}: {array.attrs.get('long_name', name)} [{array.attrs.get('units', '')}{kind}] by {dims}"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.describe())}</pre>"

    def save(self, path: str | Path) -> Path:
        """Write the result to one NetCDF file, whole or not at all, and return its path.

        Parameters
        ----------
        path : str or Path
            Ends in ``.nc``.
        """
        path = Path(path)
        encoding = {
            name: {"zlib": True, "complevel": 1} for name, array in self.data.data_vars.items() if array.ndim
        }
        data = self.data.assign_attrs(provenance=json.dumps(self.provenance, sort_keys=True, default=str))
        basis = Basis(frozenset(self.provenance.get("bases", ())))

        def netcdf(part: Path) -> None:
            data.to_netcdf(part, engine="h5netcdf", encoding=encoding)

        return write_output(path.parent, path.name, netcdf, basis)


def open_result(path: str | Path) -> Result:
    """Open a result that `Result.save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Result

    Raises
    ------
    MissingDataError
        If there is no such file, or it is not a saved result.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> need = sn.project(sn.open_area("bedford"), to=2026, draws=10)
    >>> path = need.save(Path(tempfile.mkdtemp()) / "need.nc")
    >>> sn.open_result(path).data.sizes["draw"]
    10
    """
    import xarray as xr

    path = Path(path)
    if not path.is_file():
        raise MissingDataError(f"{path}: there is no such file. Save one with result.save('{path.name}').")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            data = data.load()
        provenance = json.loads(data.attrs.pop("provenance"))
    except (OSError, KeyError, ValueError) as error:
        raise MissingDataError(f"{path}: this is not a result that sendneeds saved ({error}).") from None
    return Result(data, provenance)


def two_piece_lognormal(low: float, central: float, high: float, normal: np.ndarray) -> np.ndarray:
    """Draw a positive figure from its 80 % interval: lognormal, its own spread on either side.

    Parameters
    ----------
    low, central, high : float
        The 10th, 50th and 90th percentiles, ``0 < low <= central <= high``.
    normal : ndarray
        Standard normal deviates.

    Returns
    -------
    ndarray of float
        In the unit of `central`, shaped as `normal`; monotone in it.

    Raises
    ------
    DomainError
        If the three are not positive and in order.

    Examples
    --------
    >>> two_piece_lognormal(8.0, 12.0, 16.0, np.array([-1.2815515655446004, 0.0]))
    array([ 8., 12.])
    """
    if not 0 < low <= central <= high:
        raise DomainError(f"an interval needs 0 < low <= central <= high; found {low}, {central}, {high}.")
    z80 = 1.2815515655446004  # the 90th percentile of the standard normal
    below, above = np.log(central / low) / z80, np.log(high / central) / z80
    return central * np.exp(np.where(normal < 0, below, above) * normal)
