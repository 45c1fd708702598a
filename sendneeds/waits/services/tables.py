"""Tables of the waits of services, from their labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import month_starts
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.intervals import interval_text
from sendneeds.foundation.vocabulary import AGE_BANDS
from sendneeds.waits.services.throughput import PLAUSIBLE

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


NO_SLOTS = "no slots"
"""Said in place of a load where a tenth of the draws or more have no slots in a year."""


def by_month(lists: xr.Dataset, name: str) -> xr.DataArray:
    """Return a stock at the start of each month's first week, (..., week, ...), whichever way it is kept."""
    array = lists[name]
    if "month_start" in array.dims:
        return array.rename(month_start="week")
    return array.isel(week=month_starts(lists["week"].values.astype("datetime64[D]")))


def counted_at_target(lists: xr.Dataset, services: list[str]) -> xr.Dataset:
    """Return what the chances of a target are counted from, of some services: a tenth of all that a run keeps."""
    names = ("waiting", "waiting_within_18", "waiting_over_52")
    return lists[[name for name in names if name in lists]].sel(service=services)


def share_within_18(waiting: xr.DataArray, within: xr.DataArray) -> xr.DataArray:
    """Return the share of those waiting who have waited 18 weeks or less; 1 where nobody waits."""
    share = within / waiting.where(waiting > 0).astype(np.float32)
    return (
        share.fillna(1.0)
        .rename("share_within_18")
        .assign_attrs(
            long_name="Share of those waiting who have waited 18 weeks or less",
            units="share",
            kind="stock",
        )
    )


def ratio_by_year(lists: xr.Dataset, above: str, below: str, text: str, units: str) -> xr.DataArray:
    """Return one flow over another by calendar year, NaN where there is none of the other."""
    time = "month" if "month" in lists[above].dims else "week_commencing"
    year = lists[time].dt.year.rename("calendar_year")
    part, whole = (lists[name].groupby(year).sum() for name in (above, below))
    attrs = {"long_name": text, "units": units, "kind": "flow"}
    return (part / whole.where(whole > 0)).rename(above).assign_attrs(attrs)


def load_by_year(load: xr.DataArray) -> pd.DataFrame:
    """Return the 80 % interval of the load, and the chance that it is over 1, by scenario, service and year.

    A last year of which a run holds a few weeks has no load, and no row.
    """
    import pandas as pd

    known = load.notnull().any([d for d in load.dims if d != "calendar_year"])
    load = load.isel(calendar_year=known.values)
    dims = ["scenario", "service", "calendar_year"]
    values = load.transpose(*dims, "draw").values
    rows = [finite_load(row) for row in values.reshape(-1, values.shape[-1])]
    none = np.full(len(INTERVAL_LEVELS), np.nan)
    levels = [none if row is None else np.quantile(row, INTERVAL_LEVELS) for row in rows]
    low, central, high = np.array(levels).T
    told = [NO_SLOTS if row is None else interval_text(row, "{:.2f}") for row in rows]
    index = pd.MultiIndex.from_product([load[dim].values for dim in dims], names=dims)
    columns = {
        "low": low,
        "central": central,
        "high": high,
        "load": told,
        "probability_over_1": (values > 1).mean(axis=-1).ravel(),
    }
    return pd.DataFrame(columns, index=index).reset_index()


def finite_load(load: np.ndarray) -> np.ndarray | None:
    """Return loads, (draw,), of which an 80 % interval can be told; None where too many draws have no slots.

    A draw without slots has a load over every number: it stands at the highest, as long as no quantile falls on it.

    Examples
    --------
    >>> finite_load(np.array([*range(10), np.inf]))[-2:].tolist(), finite_load(np.array([1.0, np.inf]))
    ([9.0, 9.0], None)
    """
    known = load[np.isfinite(load)]
    if len(known) <= np.ceil(INTERVAL_LEVELS[-1] * (len(load) - 1)):
        return None
    return np.where(np.isfinite(load), load, known.max())


def throughput_table(lists: xr.Dataset) -> pd.DataFrame:
    """Return the factor on what is stated, and the growth of staff to the last year, a row a service."""
    import pandas as pd

    rows = []
    for service in map(str, lists["service"].values):
        factor = lists["throughput_factor"].sel(service=service).values
        grown = lists["staff_growth"].sel(service=service).isel(calendar_year=-1)
        low, central, high = np.quantile(factor, INTERVAL_LEVELS)
        flagged = bool(central < PLAUSIBLE[0] or central > PLAUSIBLE[1])
        last = int(grown["calendar_year"])
        rows.append((service, low, central, high, flagged, last, *np.quantile(grown.values, INTERVAL_LEVELS)))
    names = ["service", "low", "central", "high", "flagged", "calendar_year"]
    return pd.DataFrame(rows, columns=[*names, "growth_low", "growth_central", "growth_high"])


def ages_table(lists: xr.Dataset) -> pd.DataFrame:
    """Return the shares of those waiting at the start, and how many they are, a row a service and age band."""
    import pandas as pd

    rows = []
    waiting = lists["waiting"].isel(week=0, scenario=0)
    for service in map(str, lists["service"].values):
        ages = lists["list_age_share"].sel(service=service).transpose("age", "draw")
        for band, (first, last) in AGE_BANDS.items():
            share = ages.sel(age=slice(first, last)).sum("age").values
            children = share * waiting.sel(service=service).values
            told = (np.quantile(part, INTERVAL_LEVELS) for part in (share, children))
            rows.append((service, band, *(float(number) for three in told for number in three)))
    levels = ("low", "central", "high")
    names = [f"{part}_{level}" for part in ("share", "children") for level in levels]
    return pd.DataFrame(rows, columns=["service", "age_band", *names])


def lateness_by_year(late: xr.DataArray) -> pd.DataFrame:
    """Return weeks late as text: a row a scenario and service that has sessions, a column a calendar year."""
    import pandas as pd

    array = late.transpose("scenario", "service", "calendar_year", "draw")
    rows = {}
    for scenario in map(str, array["scenario"].values):
        for service in map(str, array["service"].values):
            years = array.sel(scenario=scenario, service=service).values
            told = [interval_text(year, "{:.1f}") for year in years]
            if any(told):
                rows[scenario, service] = told
    index = pd.MultiIndex.from_tuples(list(rows), names=["scenario", "service"])
    return pd.DataFrame(list(rows.values()), index=index, columns=array["calendar_year"].values)
