"""What the options cost, by financial year, funder, type and item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.scenarios.effects import Effect
    from sendneeds.scenarios.levers import Lever

COLUMNS = (
    "scenario",
    "service",
    "funder",
    "financial_year",
    "cost_type",
    "item",
    "weeks",
    "low",
    "central",
    "high",
)


def financial_years(days: np.ndarray) -> np.ndarray:
    """Return the year in which the financial year (April to March) of each day begins.

    Examples
    --------
    >>> financial_years(np.array(["2027-03-29", "2027-04-05"], dtype="datetime64[D]"))
    array([2026, 2027])
    """
    months = days.astype("datetime64[M]").astype(int)
    return (months - 3) // 12 + 1970


def cost_table(effects: list[tuple[str, Lever, Effect]], days: np.ndarray) -> pd.DataFrame:
    """Return the cost of every lever, shared between its funders.

    Parameters
    ----------
    effects : list of (scenario name, Lever, Effect)
    days : ndarray of datetime64[D], shape (week,)

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. ``weeks`` is how many weeks of the financial year the run covers; GBP are in the
        prices of the pack's figures, not uprated; low, central and high hold 80 % of draws. Rows with ``funder``
        ``all`` are the totals of the scenario and year, summed draw by draw: funders add up to them in every draw.
    """
    import pandas as pd

    rows = []
    totals: dict[tuple[str, int, int], np.ndarray] = {}
    for scenario, lever, found in effects:
        weekly = found.units * found.price[None, :]
        for year, weeks, amount in _by_year(weekly, days):
            where_all = (scenario, year, weeks)
            totals[where_all] = totals.get(where_all, 0) + amount
            for funder, share in (lever.values["funders"] or {}).items():
                where = (scenario, lever.service, funder, year, found.cost_type, found.item, weeks)
                rows.append((*where, *np.quantile(amount * share, (0.1, 0.5, 0.9))))
    for (scenario, year, weeks), amount in totals.items():
        rows.append(
            (scenario, "all", "all", year, "all", "all", weeks, *np.quantile(amount, (0.1, 0.5, 0.9)))
        )
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(list(COLUMNS[:6]), ignore_index=True)


def _by_year(weekly: np.ndarray, days: np.ndarray) -> list[tuple[int, int, np.ndarray]]:
    year = financial_years(days)
    inside = [(int(y), year == y) for y in np.unique(year)]
    return [(y, int(rows.sum()), weekly[rows].sum(axis=0)) for y, rows in inside if weekly[rows].any()]
