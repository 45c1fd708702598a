"""An area as it stood in print at an earlier January, so that a projection from then can be scored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sendneeds.evidence.importing.impute import fit_margins, whole_numbers
from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.inputs import stock

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

STOCKS = "census_january"
FLOWS = "calendar_year"


def as_published(area: Area, origin: int) -> Area:
    """Return the area with what the release of January `origin` held, and its plans of then by need and age.

    Stocks are cut after the origin, flows and estimates of residents before it. Plans by need and age that the area did
    not publish for that January are made from its plans by age, its pupils with a plan by need, and England's shape
    of the last January; they are flagged ``imputed``.

    Parameters
    ----------
    area : Area
    origin : int
        A January with plans by age.

    Returns
    -------
    Area

    Raises
    ------
    MissingDataError
        If the area has no plans by age at that January; the message names those it has.

    Examples
    --------
    >>> import sendneeds as sn
    >>> then = as_published(sn.open_area("bedford"), 2024)
    >>> int(then.table("ehc_plans")["census_january"].max()), int(then.table("ehc_flow")["calendar_year"].max())
    (2024, 2023)
    """
    plans = area.table("ehc_plans")
    single = plans[(plans["need"] == "all") & (plans["placement"] == "all") & (plans["age"] != "all")]
    known = sorted({int(y) for y in single.loc[single["plans"].notna(), STOCKS]})
    if origin not in known:
        years = ", ".join(map(str, known)) or "none"
        raise MissingDataError(
            f"origin={origin}: {area.name} has no plans by age for that January in ehc_plans.csv. "
            f"Januaries with ages: {years}."
        )
    tables = {name: _cut(table, origin) for name, table in area.tables.items()}
    then = replace(area, tables={name: table for name, table in tables.items() if len(table)})
    if not has_needs_by_age(then, origin):
        made = _needs_by_age(then, area.england(), origin)
        table = pd.concat([then.table("ehc_plans"), made], ignore_index=True)
        then.tables["ehc_plans"] = table.astype(then.tables["ehc_plans"].dtypes)
    return then


def has_needs_by_age(area: Area, january: int) -> bool:
    """Return whether the area published plans by need and age for a January; imputed ones do not count."""
    plans = area.table("ehc_plans")
    cells = plans[
        (plans[STOCKS] == january)
        & (plans["need"] != "all")
        & (plans["age"] != "all")
        & (plans["placement"] == "all")
    ]
    return bool((cells["flag"] != "imputed").any())


def _cut(table: pd.DataFrame, origin: int) -> pd.DataFrame:
    """Return the rows published with the January count of the origin."""
    for column, last in ((STOCKS, origin), (FLOWS, origin - 1)):
        if column in table:
            return table[table[column] <= last].reset_index(drop=True)
    if "mid_year" in table:
        return table[(table["mid_year"] < origin) | (table["variant"] != "estimate")].reset_index(drop=True)
    return table


def _needs_by_age(area: Area, nation: Area, origin: int) -> pd.DataFrame:
    """Return plans by need and age at the origin, from the two margins and England's shape, adding up to the total."""
    plans = area.table("ehc_plans")
    rows = plans[
        (plans[STOCKS] == origin)
        & (plans["need"] == "all")
        & (plans["placement"] == "all")
        & ~plans["age"].isin(["all", "unknown"])
        & plans["plans"].notna()
    ]
    groups, by_age = rows["age"].astype(str).tolist(), rows["plans"].to_numpy(float)
    total = stock.total_plans(area).get(origin, by_age.sum())
    by_age *= total / by_age.sum()
    last = int(nation.table("ehc_plans")[STOCKS].max())
    single = stock.plans(nation, last).astype(float)
    shape = np.stack([single[:, _ages(group)].sum(axis=1) for group in groups], axis=1)
    by_need = (shape * (by_age / np.maximum(shape.sum(axis=0), 1))).sum(axis=1)
    if area.has("sen_pupils"):
        pupils = area.table("sen_pupils")
        pupils = pupils[
            (pupils[STOCKS] == origin) & (pupils["provision"] == "E") & (pupils["year_group"] == "all")
        ]
        counts = pupils.groupby("need")["pupils"].sum().reindex(stock.PLAN_NEEDS).fillna(0).astype(float)
        if counts.sum() > 0:
            by_need = counts.to_numpy()
    cells = whole_numbers(fit_margins(shape.T, by_age, by_need).reshape(1, -1))
    return pd.DataFrame(
        {
            "area_code": area.code,
            STOCKS: origin,
            "need": np.tile(stock.PLAN_NEEDS, len(groups)),
            "age": np.repeat(groups, len(stock.PLAN_NEEDS)),
            "placement": "all",
            "plans": cells.ravel(),
            "flag": "imputed",
        }
    )


def _ages(group: str) -> slice:
    first, _, last = group.partition("-")
    return slice(int(first), int(last or first) + 1)
