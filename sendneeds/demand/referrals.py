"""Referrals accepted a week to each service: the level, its move with need, the season, and the draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.bridge import across
from sendneeds.demand.calendar import mondays
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.results import Result
from sendneeds.kernel.streams import negative_binomial, uniforms

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

DISPERSION = 20.0
"""k of the negative binomial: at 13 a week, variance 13 + 13^2/20 = 21. Assumed; local counts would tell."""


@dataclass(frozen=True, repr=False, eq=False)
class Referrals(Result):
    """Referrals accepted by service, week and draw.

    `data` holds ``expected`` (float) and ``referrals`` (int32), both (service, week_commencing, draw), flows.
    """

    title = "Referrals accepted"


def referrals(
    area: Area,
    need: NeedProjection,
    services: list[str],
    start: date,
    weeks: int,
    seed: int = 1,
    base: NeedProjection | None = None,
) -> Referrals:
    """Return referrals accepted a week to each service.

    ``expected = level x bridge(week)/bridge(start) x season`` (model section 4): where the pack states referrals
    they set the level and the bridge only moves them with need; elsewhere the bridge's own yearly rates less
    what triage returns are the level. Counts are negative binomial about it.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    services : list of str
    start : date
        A day of the first week.
    weeks : int
    seed : int
    base : NeedProjection, optional
        Need as it stands when the level was counted; `need` itself when left out. A scenario that changes
        need gives the baseline here.

    Returns
    -------
    Referrals
    """
    import xarray as xr

    draws = need.data.sizes["draw"]
    days = mondays(start, weeks)
    yearly = across(need, "referral_rate", seed, services).sum(("provision", "age_band"))
    path = _over_weeks(yearly, days)
    first = (
        path[:, 0]
        if base is None
        else _over_weeks(
            across(base, "referral_rate", seed, services).sum(("provision", "age_band")), days[:1]
        )[:, 0]
    )
    parameters = Parameters(area) if area.has("service_parameters") else None
    season = season_index(area, services, days)
    expected = np.empty((len(services), weeks, draws))
    counts = np.empty((len(services), weeks, draws), dtype=np.int32)
    for s, service in enumerate(services):
        if parameters is not None and parameters.has(service, "referrals_accepted_per_week"):
            level = parameters.draw(service, "referrals_accepted_per_week", draws, seed)
            expected[s] = level * path[s] / first[s]
        else:
            expected[s] = path[s] / WEEKS_PER_YEAR
        expected[s] *= season[s][:, None]
        luck = uniforms(seed, (area.code, service, "referrals"), weeks, draws)
        counts[s] = negative_binomial(expected[s], DISPERSION, luck)
    dims = ("service", "week_commencing", "draw")
    coords = {
        "service": services,
        "week_commencing": days.astype("datetime64[ns]"),
        "draw": need.data["draw"],
    }
    attrs = {"units": "children a week", "kind": "flow"}
    data = xr.Dataset(
        {
            "expected": (
                dims,
                expected.astype(np.float32),
                {**attrs, "long_name": "Expected referrals accepted"},
            ),
            "referrals": (dims, counts, {**attrs, "long_name": "Referrals accepted"}),
        },
        coords=coords,
    )
    return Referrals(data, dict(need.provenance))


def _over_weeks(yearly: xr.DataArray, days: np.ndarray) -> np.ndarray:
    """Interpolate January stocks (15th) linearly to weeks: (service, week, draw)."""
    census = (yearly["year"].values - 1970).astype("datetime64[Y]").astype("datetime64[D]") + 14
    x, at = census.astype(np.int64), days.astype(np.int64)
    right = np.clip(np.searchsorted(x, at, side="right"), 1, len(x) - 1)
    share = np.clip((at - x[right - 1]) / (x[right] - x[right - 1]), 0, 1)[None, :, None]
    values = yearly.transpose("service", "year", "draw").values
    return values[:, right - 1] * (1 - share) + values[:, right] * share


def season_index(area: Area, services: list[str], days: np.ndarray) -> list[np.ndarray]:
    """Return, for each service, its referrals by week over the year's mean.

    Parameters
    ----------
    area : Area
        Its own table ``season``, else England's.
    services : list of str
    days : ndarray of datetime64[D]

    Returns
    -------
    list of ndarray, each of shape (week,)
    """
    table = (area if area.has("season") else area.england()).table("season")
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    out = []
    for service in services:
        rows = _rows_for(table, service)
        by_month = dict(zip(rows["month"].astype(int), rows["index"].astype(float), strict=True))
        out.append(np.array([by_month[m] for m in months]))
    return out


def _rows_for(table: pd.DataFrame, service: str) -> pd.DataFrame:
    own = table[table["service"] == service]
    return own if len(own) == 12 else table[table["service"] == "all"]
