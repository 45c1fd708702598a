"""What an option spends and saves, draw by draw: running cost, capital, cash released and what is only notional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.places.compare import compare_places

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.scenarios.run_result import RunResult

ENDS = ("low", "central", "high")
WHOLE_YEAR = 52
MONEY = ["option", "measure", "financial_year", *ENDS, "probability"]


@dataclass(frozen=True)
class Money:
    """What an option spends and saves over some financial years, in GBP.

    Parameters
    ----------
    years : ndarray of int, (year,)
        Financial years, each by the calendar year in which it begins.
    running, capital : ndarray, (year, draw)
        Spent; discounted where asked.
    full_year : ndarray, (draw,)
        Recurrent cost of the last financial year paid for whole.
    full_year_begins : int or None
    cash : ndarray, (year, draw)
        Cash released on places and transport: what the funders spend less.
    notional : ndarray, (year, draw)
        The part of the mean cost of placements avoided that is not released: the child who is placed otherwise is not
        the mean child.
    ongoing : bool
        Whether some recurrent cost is paid still in the last week of the run.
    """

    years: np.ndarray
    running: np.ndarray
    capital: np.ndarray
    full_year: np.ndarray
    full_year_begins: int | None
    cash: np.ndarray
    notional: np.ndarray
    ongoing: bool

    @property
    def cost(self) -> np.ndarray:
        """All that is spent over the years, (draw,)."""
        return (self.running + self.capital).sum(axis=0)

    @property
    def net(self) -> np.ndarray:
        """What is spent less the cash that is released, (draw,)."""
        return self.cost - self.cash.sum(axis=0)

    def breaks_even(self) -> np.ndarray:
        """Return the financial year in which the cash released has made up for all that was spent; NaN: in none.

        Once it has, it has to stay so to the last year.
        """
        balance = np.cumsum(self.cash - self.running - self.capital, axis=0)
        made_up = np.logical_and.accumulate((balance >= 0)[::-1], axis=0)[::-1]
        spent = (self.running + self.capital).any(axis=0)
        return np.where(made_up.any(axis=0) & spent, self.years[made_up.argmax(axis=0)].astype(float), np.nan)


def money_of(result: RunResult, option: str, discount: float = 0.0, *, ever: bool = False) -> Money:
    """Return what an option of a run spends and saves.

    Parameters
    ----------
    result : RunResult
    option : str
    discount : float
        Rate a year, from the financial year in which the run begins.
    ever : bool
        Whether years go on to the last January projected, with recurrent cost that is paid still in the last week of
        the lists as in its last whole year; else they are those of the lists.

    Returns
    -------
    Money
    """
    draws = result.need.data.sizes["draw"]
    first = int(result.need.data.attrs["start"])
    spending = result.spending
    in_run = spending.data["financial_year"].values
    last = int(result.need.data["year"].values[-1]) - 1 if ever or not in_run.size else int(in_run[-1])
    years = np.arange(first - 1, max(last, first) + 1)
    recurrent, once, capital, cash, notional = (np.zeros((len(years), draws)) for _ in range(5))
    for kind, out in (("recurrent", recurrent), ("one_off", once), ("capital", capital)):
        paid = spending.by_funder(option, cost_types=(kind,)).sum("funder")
        _put(out, years, paid["financial_year"].values, paid.transpose("financial_year", "draw").values)
    full, begins, ongoing = _full_year(result, option, draws)
    if ever and ongoing and in_run.size:
        last_whole = int(in_run[-1]) - (0 if _whole_end(result) else 1)
        recurrent[years > last_whole] = full
    saved, not_released = _saved(result, option)
    if saved is not None:
        at = saved["year"].values - 1
        _put(cash, years, at, saved.sum("funder").transpose("year", "draw").values)
        _put(notional, years, at, not_released)
    running = recurrent + once
    factor = ((1.0 + discount) ** -np.maximum(years - first, 0).astype(float))[:, None]
    return Money(
        years, running * factor, capital * factor, full, begins, cash * factor, notional * factor, ongoing
    )


def _put(out: np.ndarray, years: np.ndarray, at: np.ndarray, values: np.ndarray) -> None:
    for year, row in zip(at.tolist(), values, strict=True):
        where = np.flatnonzero(years == year)
        if where.size:
            out[where[0]] = row


def _whole_end(result: RunResult) -> bool:
    """Return whether the run ends with a financial year."""
    days = None if result.waits is None else result.lists["week"].values[-1].astype("datetime64[D]").item()
    return days is not None and (days.month, days.day) >= (3, 31) and days.month == 3


def _full_year(result: RunResult, option: str, draws: int) -> tuple[np.ndarray, int | None, bool]:
    """Return recurrent cost of the last whole year, when it begins, and whether it is paid to the end of the run."""
    data = result.spending.data
    mine = (data["scenario"].values.astype(str) == option) & (
        data["cost_type"].values.astype(str) == "recurrent"
    )
    lines = data.isel(cost_line=np.flatnonzero(mine))
    if not lines.sizes["cost_line"] or not lines["spent"].values.any():
        return np.zeros(draws), None, False
    by_year = lines["spent"].sum("cost_line").transpose("financial_year", "draw").values
    weeks = np.nanmax(lines["weeks"].values, axis=0)
    ongoing = bool(by_year[-1].any())
    whole = np.flatnonzero((weeks >= WHOLE_YEAR) & by_year.any(axis=1))
    at = int(whole[-1]) if whole.size else int(np.flatnonzero(by_year.any(axis=1))[-1])
    return by_year[at], int(lines["financial_year"].values[at]), ongoing


def _saved(result: RunResult, option: str) -> tuple[xr.DataArray | None, np.ndarray]:
    """Return GBP saved by January, funder and draw, and what is notional, (year, draw); None where nothing is known."""
    places = result.places
    if option not in places or places[option] is places[BASELINE]:
        return None, np.zeros(0)
    try:
        found = compare_places(places[BASELINE], places[option]).data
    except MissingDataError:
        return None, np.zeros(0)
    notional = (found["gross"] - found["avoidable"]).transpose("year", "draw").values
    return found["saved"], notional


def money_rows(money: Mapping[str, Money], ever: Mapping[str, Money], options: list[str]) -> pd.DataFrame:
    """Return cost in the first year and in a full one, capital, cash released, what is notional, and break-even.

    Parameters
    ----------
    money, ever : mapping of option to Money
        Of the years counted, and of all projected, over which an option may break even.
    options : list of str

    Returns
    -------
    pandas.DataFrame
        Columns `MONEY`; ``financial_year`` is the one meant, None where it is all of them; ``probability`` is that of
        breaking even within the years projected.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for name in options:
        one = money[name]
        spent = one.running + one.capital
        first = int(np.flatnonzero(spent.any(axis=1))[0]) if spent.any() else 0

        def add(measure: str, values: np.ndarray, year: int | None = None, option: str = name) -> None:
            rows.append((option, measure, year, *np.quantile(values, INTERVAL_LEVELS), np.nan))

        add("first_year", one.running[first], int(one.years[first]))
        if one.full_year_begins is not None:
            add("full_year", one.full_year, one.full_year_begins)
        add("running", one.running.sum(axis=0))
        add("capital", one.capital.sum(axis=0))
        add("cash_released", one.cash.sum(axis=0))
        add("notional", one.notional.sum(axis=0))
        add("net", one.net)
        year = ever[name].breaks_even()
        known = year[~np.isnan(year)]
        ends = np.quantile(known, INTERVAL_LEVELS) if known.size else (np.nan,) * 3
        rows.append((name, "break_even", None, *ends, float((~np.isnan(year)).mean())))
    frame = pd.DataFrame(rows, columns=MONEY)
    return frame.astype({"financial_year": "Int64"})
