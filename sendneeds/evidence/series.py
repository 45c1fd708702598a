"""Yearly series of plans, new plans and ended plans, and the known breaks in them."""

from __future__ import annotations

import pandas as pd

from sendneeds.evidence.types import AreaTables

CHILD = 18
FEW_PLANS = 150
JUMP = 0.2
FAR_FROM_NEIGHBOURS = 3.0
"""A count of new plans is doubted if it is more than this many times those of both neighbouring years, or as many
times smaller. In the development half of the authorities, counts that fit the caseload are at most 2.6 times and
doubtful ones at least 5.2 times."""
CHILD_LEVEL = 2023  # the SEN2 collection became child-level
CONVERSION = (2014, 2018)  # statements became plans

REORGANISED = {
    "E06000058": (
        "Bournemouth, Christchurch and Poole",
        2019,
        "formed from Bournemouth, Poole and Christchurch",
    ),
    "E06000059": ("Dorset", 2019, "the county without Christchurch"),
    "E06000060": ("Buckinghamshire", 2020, "county and districts became one council; the boundary stayed"),
    "E06000061": ("North Northamptonshire", 2021, "formed from a part of Northamptonshire"),
    "E06000062": ("West Northamptonshire", 2021, "formed from a part of Northamptonshire"),
    "E06000063": ("Cumberland", 2023, "formed from a part of Cumbria"),
    "E06000064": ("Westmorland and Furness", 2023, "formed from a part of Cumbria"),
    "E06000065": ("North Yorkshire", 2023, "county and districts became one council; the boundary stayed"),
    "E06000066": ("Somerset", 2023, "county and districts became one council; the boundary stayed"),
}
"""Authorities whose code changed: name, year (April), and what happened."""
SAME_BOUNDARY = {code for code, (_, _, what) in REORGANISED.items() if "boundary stayed" in what}


def totals(area: AreaTables) -> pd.Series:
    """Return the published number of plans by January."""
    if not area.has("ehc_plans"):
        return pd.Series(dtype="Int64")
    plans = area.table("ehc_plans")
    rows = plans[(plans["need"] == "all") & (plans["age"] == "all") & (plans["placement"] == "all")]
    return rows.set_index("census_january")["plans"].dropna().sort_index()


def flows(area: AreaTables, stage: str) -> pd.Series:
    """Return the published count of a stage by calendar year, over all needs, ages and reasons."""
    if not area.has("ehc_flow"):
        return pd.Series(dtype="Int64")
    table = area.table("ehc_flow")
    rows = table[(table["stage"] == stage) & table[["need", "age", "reason"]].eq("all").all(axis=1)]
    return rows.set_index("calendar_year")["count"].dropna().sort_index()


def implausible_new_plans(area: AreaTables) -> dict[int, str]:
    """Return the calendar years whose count of new plans is implausible, with the figures.

    A count is implausible if it is more than `FAR_FROM_NEIGHBOURS` times larger, or smaller, than the published counts
    of the years before and after, and also differs from the change in the caseload by more than `JUMP` of the opening
    caseload. Either alone can happen, through a drive to clear a backlog or a recount. The 2025 release gives the
    authorities of one region the region's total for 2022.

    Parameters
    ----------
    area : AreaTables

    Returns
    -------
    dict of int to str
        None for areas with fewer than `FEW_PLANS` plans, where chance alone can do this.

    Examples
    --------
    >>> import sendneeds as sn
    >>> implausible_new_plans(sn.open_area("bedford"))
    {}
    """
    stock, new = totals(area).astype(float), flows(area, "new_plans").astype(float)
    out = {}
    for year in new.index:
        beside = [new[y] for y in (year - 1, year + 1) if y in new.index]
        if not beside or not {year, year + 1} <= set(stock.index) or stock[year] < FEW_PLANS:
            continue
        far = new[year] > FAR_FROM_NEIGHBOURS * max(beside) or new[year] * FAR_FROM_NEIGHBOURS < min(beside)
        change = stock[year + 1] - stock[year]
        if far and abs(new[year] - change) > JUMP * stock[year]:
            years = " and ".join(f"{count:,.0f}" for count in beside)
            out[int(year)] = (
                f"{new[year]:,.0f} new plans against {years} in the neighbouring years, while the caseload went "
                f"from {stock[year]:,.0f} to {stock[year + 1]:,.0f} ({change:+,.0f})"
            )
    return out


def residuals(area: AreaTables) -> pd.DataFrame:
    """Return the stock-flow identity for each calendar year between two Januaries.

    Returns
    -------
    DataFrame
        Columns calendar_year, opening, new, ended, moved, closing (plans), where
        ``opening + new - ended + moved = closing``, which defines ``moved``. Unpublished figures are missing;
        ``moved`` is also missing if the new plans are implausible.

    Examples
    --------
    >>> import sendneeds as sn
    >>> residuals(sn.open_area("bedford")).dropna()["moved"].tolist()
    [24, -16, 75]
    """
    stock, new, ended = totals(area), flows(area, "new_plans"), flows(area, "ceased")
    years = [y for y in stock.index if y + 1 in stock.index]
    table = pd.DataFrame(
        {
            "calendar_year": years,
            "opening": stock.reindex(years).to_numpy(),
            "new": pd.array(new.reindex(years), dtype="Int64"),
            "ended": pd.array(ended.reindex(years), dtype="Int64"),
            "closing": stock.reindex([y + 1 for y in years]).to_numpy(),
        }
    ).astype("Int64")
    table.insert(4, "moved", table["closing"] - table["opening"] - table["new"] + table["ended"])
    table.loc[table["calendar_year"].isin(list(implausible_new_plans(area))), "moved"] = pd.NA
    return table


def cohort_age_plans(area: AreaTables, age: str) -> pd.Series:
    """Return new plans by age in the January caseload: by calendar year, over all needs, at one age or ``all``."""
    table = area.table("ehc_flow")
    rows = table[(table["stage"] == "new_plans_by_cohort_age") & (table["age"] == age)]
    whole = rows[rows["need"] == "all"].set_index("calendar_year")["count"]
    needs = rows[rows["need"] != "all"].groupby("calendar_year")["count"].sum(min_count=1)
    return whole.combine_first(needs).dropna().astype("Int64")


def children(area: AreaTables) -> float:
    """Return the number of residents under 18 in the latest estimate."""
    table = area.table("population")
    table = table[table["variant"] == "estimate"]
    rows = table[(table["mid_year"] == table["mid_year"].max()) & (table["age"] < CHILD)]
    return float(rows["persons"].sum())
