"""80 % intervals: of draws, as a table, as text; and draws from an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS, Z80
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def quantiles(data: xr.DataArray, levels: Sequence[float] = INTERVAL_LEVELS) -> xr.DataArray:
    """Summarise draws by quantiles; sum first, then call this (medians do not add).

    Parameters
    ----------
    data : xarray.DataArray
        Has the dimension ``draw``.
    levels : sequence of float
        Probabilities between 0 and 1.

    Returns
    -------
    xarray.DataArray
        The dimension ``draw`` replaced by ``quantile``, last; NaN where no draw has a value. Attributes are kept.

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
    known = data.notnull().any("draw")
    whole = bool(known.all())
    out = (data if whole else data.where(known, 0)).quantile(list(levels), dim="draw", keep_attrs=True)
    out = out if whole else out.where(known)
    return out.transpose(*[d for d in data.dims if d != "draw"], "quantile")


def interval_table(data: xr.DataArray) -> pd.DataFrame:
    """Return a tidy table with the 80 % interval of `data`: one row a cell, columns low, central, high.

    A cell of which no draw has a value has no row.

    Parameters
    ----------
    data : xarray.DataArray
        Has the dimension ``draw``.

    Returns
    -------
    pandas.DataFrame
        One column a remaining dimension, then ``low`` (10th percentile), ``central`` (median) and
        ``high`` (90th percentile), in the units of `data`.

    Raises
    ------
    DomainError
        If `data` has no dimension ``draw``.

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
    wide = wide.dropna(how="all")
    dims = [d for d in data.dims if d != "draw"]
    out = wide.reset_index() if dims else wide.reset_index(drop=True)
    out.columns.name = None
    return out


def interval_text(draws: xr.DataArray | np.ndarray, form: str = "{:,.0f}", scale: float = 1.0) -> str:
    """Return the median of draws with their 80 % interval as text; the median alone where both ends read the same.

    Parameters
    ----------
    draws : xarray.DataArray or ndarray, (draw,)
        NaN is left out.
    form : str
        How one number is written, for `str.format`.
    scale : float
        What the numbers are divided by first.

    Returns
    -------
    str
        Empty where there are no draws.

    Examples
    --------
    >>> interval_text(np.array([900.0, 1000.0, 1100.0, 1200.0, 1300.0]))
    '1,100 (940 to 1,260)'
    >>> interval_text(np.array([0.5, 0.5]), "{:.0%}")
    '50%'
    """
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    if not values.size:
        return ""
    low, central, high = (
        _unsigned_zero(form.format(value / scale)) for value in np.quantile(values, INTERVAL_LEVELS)
    )
    return f"{central} ({low} to {high})" if low != high else central


def _unsigned_zero(text: str) -> str:
    """Return a number as text without the sign of what rounds to zero."""
    return text if any(digit in text for digit in "123456789") else text.lstrip("+-")


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
    if not 0 < low <= central <= high < np.inf:
        raise DomainError(f"an interval needs 0 < low <= central <= high; found {low}, {central}, {high}.")
    below, above = np.log(central / low) / Z80, np.log(high / central) / Z80
    return central * np.exp(np.where(normal < 0, below, above) * normal)
