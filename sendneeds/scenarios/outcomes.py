"""What an option may be worth: outcomes of a run by year and draw, the option's beside the baseline's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import MissingDataError, unknown
from sendneeds.foundation.vocabulary import BASELINE, WEEK_BANDS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


WHOLE_YEAR = 50
"""Weeks that a calendar year must have in the run for its mean to be one of those averaged, unless none has."""
WITHIN_TARGET = 18
"""Weeks within which a child is seen in time."""


@dataclass(frozen=True)
class Outcome:
    """Something that an option may change for the better.

    Parameters
    ----------
    name : str
    unit : str
        What one of it is, after "GBP per".
    more_is_better : bool
    averaged : bool
        Whether the years of a run are averaged (a share, a stock) and not added up.
    by_service : bool
    by_year : callable
        From a run, a scenario and a service (None: all) to an array by (year, draw).
    """

    name: str
    unit: str
    more_is_better: bool
    averaged: bool
    by_service: bool
    by_year: Callable[[Any, str, str | None], xr.DataArray]


def _lists(result: Any, scenario: str, service: str | None, name: str) -> xr.DataArray:
    """Return a variable of the lists, the services with a list added up where none is named."""
    assert result.waits is not None
    listed = result.waits.with_list
    if service is not None and service not in listed:
        raise unknown("service with a list", service, listed)
    array = result.lists[name].sel(scenario=scenario, service=listed if service is None else [service])
    return array.sum("service", dtype=np.int64)


def _by_calendar_year(array: xr.DataArray, how: str) -> xr.DataArray:
    """Return weeks added up, or averaged, by calendar year; the closing position of a stock is left out."""
    weeks = array.isel(week=slice(None, -1))
    year = weeks["week"].dt.year.rename("year")
    if how == "sum":
        return weeks.groupby(year).sum()
    known, count = np.unique(year.values, return_counts=True)
    return (
        weeks.groupby(year)
        .mean()
        .sel(year=known[count >= WHOLE_YEAR] if (count >= WHOLE_YEAR).any() else known)
    )


def _seen_within(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    bands = [b for b, (_, last) in WEEK_BANDS.items() if last is not None and last <= WITHIN_TARGET]
    return (
        _lists(result, scenario, service, "seen_by_band")
        .sel(band=bands)
        .sum("band")
        .rename(calendar_year="year")
    )


def _child_weeks(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    return _by_calendar_year(_lists(result, scenario, service, "waiting"), "sum")


def _sessions(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    return _by_calendar_year(_lists(result, scenario, service, "overdue_sessions"), "mean")


def _independent(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    return result.places[scenario].by_setting().sel(setting="independent", drop=True)


def _out_of_area(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    places = result.places[scenario]
    if "out_of_area" not in places:
        raise MissingDataError(
            "Children out of the area are not known: add out_of_area_independent_share of PLACES to "
            "service_parameters.csv."
        )
    return places["out_of_area"].sum("away_setting")


def _plans_in_time(result: Any, scenario: str, service: str | None) -> xr.DataArray:
    share = result.clock[scenario].share_in_time("excluding", "calendar_year")
    return 100 * share.rename(calendar_year="year")


OUTCOMES = {
    o.name: o
    for o in (
        Outcome("seen_within", "child seen within 18 weeks", True, False, True, _seen_within),
        Outcome("child_weeks", "child-week of waiting removed", False, False, True, _child_weeks),
        Outcome(
            "sessions_past_due", "session past due avoided, mean of the weeks", False, True, True, _sessions
        ),
        Outcome("independent", "year of an independent placement avoided", False, False, False, _independent),
        Outcome(
            "out_of_area", "year of a placement out of the area avoided", False, False, False, _out_of_area
        ),
        Outcome(
            "plans_in_time",
            "point of plans within 20 weeks, mean of the years",
            True,
            True,
            False,
            _plans_in_time,
        ),
    )
}
"""What an option may be worth, by name."""


def outcome_of(name: str) -> Outcome:
    """Return an outcome by name."""
    if not isinstance(name, str) or name not in OUTCOMES:
        raise unknown("outcome", name, OUTCOMES)
    return OUTCOMES[name]


def made(result: Any, outcome: Outcome) -> bool:
    """Return whether a run has what an outcome is made from."""
    if outcome.by_service:
        return result.waits is not None
    if outcome.name == "plans_in_time":
        return bool(result.clock)
    there = bool(result.places)
    if outcome.name != "out_of_area":
        return there
    return there and "out_of_area" in next(iter(result.places.values()))


def last_year(result: Any) -> int:
    """Return the calendar year of the last week of a run's lists; the last scored year without lists."""
    if result.waits is None:
        return result.need.scored_to
    return int(result.lists["week"].values[-2].astype("datetime64[Y]").astype(int)) + 1970


def by_year(result: Any, scenario: str, outcome: Outcome, service: str | None, to: int) -> xr.DataArray:
    """Return an outcome of a scenario by year, up to one, and draw; (year, draw)."""
    found = outcome.by_year(result, scenario, service)
    return found.sel(year=slice(None, to)).transpose("year", "draw").astype(float)


def paired(result: Any, option: str, name: str, service: str | None) -> pd.DataFrame:
    """Return an outcome, or ``cost``, by year and draw under the baseline and an option (`RunResult.draws`)."""
    import pandas as pd

    if name == "cost":
        own = result.spending.by_funder(option).sum("funder").rename(financial_year="year")
        own = own.transpose("year", "draw")
        base = own * 0.0
    else:
        if name not in OUTCOMES:
            raise unknown("outcome", name, [*OUTCOMES, "cost"])
        outcome = OUTCOMES[name]
        if not made(result, outcome):
            raise MissingDataError(f"{result.area.name}: the run has nothing that {name} is made from.")
        own, base = (
            outcome.by_year(result, s, service).transpose("year", "draw") for s in (option, BASELINE)
        )
    years, draws = own["year"].values, own.sizes["draw"]
    columns = {
        "year": np.repeat(years, draws),
        "draw": np.tile(np.arange(draws), len(years)),
        "baseline": base.values.ravel(),
        "option": own.values.ravel(),
    }
    frame = pd.DataFrame(columns)
    return frame.assign(difference=frame["option"] - frame["baseline"])


def gained(
    result: Any, scenario: str, baseline: str, outcome: Outcome, service: str | None, to: int
) -> xr.DataArray:
    """Return what a scenario gains over another, more being better, by year and draw, (year, draw)."""
    own, base = (by_year(result, name, outcome, service, to) for name in (scenario, baseline))
    return own - base if outcome.more_is_better else base - own


def over_years(array: xr.DataArray, outcome: Outcome, discount: float, base: int) -> np.ndarray:
    """Return an outcome over the years, added up or averaged, later years counting for less; (draw,)."""
    years = array["year"].values
    weights = (1.0 + discount) ** -np.maximum(years - base, 0).astype(float)
    values = np.nan_to_num(array.values)
    if outcome.averaged:
        return (values * weights[:, None]).sum(axis=0) / max(weights.sum(), 1e-12)
    return (values * weights[:, None]).sum(axis=0)
