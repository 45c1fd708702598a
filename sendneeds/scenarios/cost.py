"""What the options cost, by financial year, funder, type and item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.scenarios.lever_context import LeverEffect

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


def financial_year(year: int) -> str:
    """Return the financial year that begins in a calendar year, in words.

    Examples
    --------
    >>> financial_year(2029)
    '2029/30'
    """
    return f"{year}/{(year + 1) % 100:02d}"


def financial_years(days: np.ndarray) -> np.ndarray:
    """Return the year in which the financial year (April to March) of each day begins.

    Examples
    --------
    >>> financial_years(np.array(["2027-03-29", "2027-04-05"], dtype="datetime64[D]"))
    array([2026, 2027])
    """
    months = days.astype("datetime64[M]").astype(int)
    return (months - 3) // 12 + 1970


def as_seen(
    effects: Sequence[LeverEffect], bought: Mapping[tuple[str, str, str], np.ndarray]
) -> list[LeverEffect]:
    """Return effects with the children seen in place of those bought, for levers not paid as a block.

    Parameters
    ----------
    effects : sequence of LeverEffect
    bought : mapping of (scenario, service, kind of lever) to ndarray, (week, draw)
        Children whom the levers of a kind see each week, all together; they are shared between these levers as the
        children that each buys.
    """
    every: dict[tuple[str, str, str], np.ndarray | float] = {}
    for one in effects:
        where = one.scenario, one.service, one.lever.kind
        every[where] = every.get(where, 0.0) + one.effect.units
    out = []
    for one in effects:
        where = one.scenario, one.service, one.lever.kind
        if where in bought and getattr(one.lever, "contract", "block") == "seen":
            total = np.asarray(every[where])
            share = np.divide(one.effect.units, total, out=np.zeros_like(total), where=total > 0)
            one = replace(one, effect=replace(one.effect, units=share * bought[where]))
        out.append(one)
    return out


def cost_table(effects: list[LeverEffect], days: np.ndarray) -> pd.DataFrame:
    """Return the cost of every lever, shared between its funders.

    Parameters
    ----------
    effects : list of LeverEffect
    days : ndarray of datetime64[D], shape (week,)

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`. ``weeks`` is how many weeks of the financial year the run covers, NaN for capital, which
        is not paid by the week; GBP are in the prices of the pack's figures, not uprated; low, central and high hold
        80 % of draws. Rows with ``funder`` ``all`` are the totals of the scenario and year, summed draw by draw:
        funders add up to them in every draw.

    Notes
    -----
    Capital of new places is spent evenly over the 52 weeks before the middle of the January in which they open, so it
    falls into two financial years. `compare_places` has the same sum in one, the January of opening.
    """
    import pandas as pd

    rows = []
    totals: dict[tuple[str, int], np.ndarray] = {}
    weeks_of_total: dict[tuple[str, int], float] = {}
    for lever_effect in effects:
        scenario, found = lever_effect.scenario, lever_effect.effect
        weekly = found.units * found.price[None, :]
        for year, weeks, amount in _by_year(weekly, days):
            weeks_paid = np.nan if found.cost_type == "capital" else float(weeks)
            totals[scenario, year] = totals.get((scenario, year), 0) + amount
            weeks_of_total[scenario, year] = np.fmax(weeks_of_total.get((scenario, year), np.nan), weeks_paid)
            for funder, share in lever_effect.lever.paid_by.items():
                where = (
                    scenario,
                    lever_effect.service,
                    funder,
                    year,
                    found.cost_type,
                    found.item,
                    weeks_paid,
                )
                rows.append((*where, *np.quantile(amount * share, INTERVAL_LEVELS)))
    for (scenario, year), amount in totals.items():
        where_all = (scenario, "all", "all", year, "all", "all", weeks_of_total[scenario, year])
        rows.append((*where_all, *np.quantile(amount, INTERVAL_LEVELS)))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(list(COLUMNS[:6]), ignore_index=True)


def _by_year(weekly: np.ndarray, days: np.ndarray) -> list[tuple[int, int, np.ndarray]]:
    year = financial_years(days)
    inside = [(int(y), year == y) for y in np.unique(year)]
    return [(y, int(rows.sum()), weekly[rows].sum(axis=0)) for y, rows in inside if weekly[rows].any()]
