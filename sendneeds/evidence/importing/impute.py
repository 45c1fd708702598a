"""Imputing breakdowns by need and age that an area did not publish, from its totals and England's pattern."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendneeds.evidence.area import Area
from sendneeds.evidence.published.sen2_layout import SUCCESSORS
from sendneeds.evidence.quality.findings import Detection

ROUNDS = 200
CLOSE = 1e-9
WHOLE = ("all",)

Floats = NDArray[np.float64]


def fit_margins(seed: Floats, rows: Floats, columns: Floats) -> Floats:
    """Scale a table to given margins by iterative proportional fitting.

    Parameters
    ----------
    seed : ndarray, shape (row, column)
        Not negative. Cells of 0 stay 0 unless their whole row or column is 0.
    rows, columns : ndarray
        Margins wanted; scaled to the same total, that of `rows`.

    Returns
    -------
    ndarray of float, shape (row, column)

    References
    ----------
    Deming W E, Stephan F F (1940), On a least squares adjustment of a sampled frequency table when the
    expected marginal totals are known, Annals of Mathematical Statistics 11(4).

    Examples
    --------
    >>> imputed = fit_margins(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    >>> imputed.tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    total = rows.sum()
    columns = (
        columns * (total / columns.sum()) if columns.sum() else np.full(len(columns), total / len(columns))
    )
    imputed = seed + 1e-12
    for _ in range(ROUNDS):
        imputed = imputed * (rows / np.maximum(imputed.sum(axis=1), 1e-300))[:, None]
        sums = imputed.sum(axis=0)
        if np.allclose(sums, columns, rtol=CLOSE, atol=CLOSE):
            break
        imputed = imputed * (columns / np.maximum(sums, 1e-300))[None, :]
    return imputed


def whole_numbers(values: Floats) -> NDArray[np.int64]:
    """Round each row to whole numbers with the same sum, by largest remainders.

    Examples
    --------
    >>> whole_numbers(np.array([[0.4, 0.4, 1.2]])).tolist()
    [[1, 0, 1]]
    """
    down = np.floor(values + 1e-9)
    left = np.rint(values.sum(axis=1) - down.sum(axis=1)).astype(int)
    order = np.argsort(-(values - down), axis=1, kind="stable")
    for row, count in enumerate(left):
        down[row, order[row, : max(count, 0)]] += 1
    return down.astype(np.int64)


def impute_plans(plans: pd.DataFrame, england: Area) -> tuple[pd.DataFrame, list[Detection]]:
    """Impute plans by need and age in Januaries with totals by need and by age only, from England's pattern.

    Returns
    -------
    (DataFrame, list of Detection)
        The table, with imputed cells flagged ``imputed``, and a detection for each year imputed.
    """
    nation = england.table("ehc_plans")
    detections: list[Detection] = []
    for year in sorted(set(plans["census_january"])):
        at = plans["census_january"].eq(year) & plans["placement"].eq("all")
        cells = at & ~plans["need"].isin(WHOLE) & ~plans["age"].isin(WHOLE)
        if not cells.any() or plans.loc[cells, "plans"].notna().any():
            continue
        needs = (
            plans[at & plans["age"].eq("all") & ~plans["need"].isin(WHOLE)]
            .set_index("need")["plans"]
            .dropna()
        )
        ages = (
            plans[at & plans["need"].eq("all") & ~plans["age"].isin(WHOLE)].set_index("age")["plans"].dropna()
        )
        pattern = nation[nation["census_january"].eq(year) & nation["placement"].eq("all")]
        if needs.empty or ages.empty or pattern["need"].nunique() < 2:
            continue
        seed = _pattern(pattern, "plans", list(needs.index), list(ages.index))
        imputed = whole_numbers(fit_margins(seed, needs.to_numpy(float), ages.to_numpy(float)))
        plans = _filled(plans, cells, imputed, list(needs.index), list(ages.index), "plans")
        found = f"{int(needs.sum()):,} plans by need and age, from the totals by need and by age and England's pattern"
        detections.append(Detection("detail_imputed", f"ehc_plans {year}", found))
    return plans, detections


def impute_ages(plans: pd.DataFrame) -> tuple[pd.DataFrame, list[Detection]]:
    """Impute plans by age in Januaries with a total only, from the area's own ages in the nearest January.

    Returns
    -------
    (DataFrame, list of Detection)
        The table, with imputed cells flagged ``imputed``, and a detection for each year imputed.
    """
    whole = plans["need"].eq("all") & plans["placement"].eq("all")
    cells = whole & ~plans["age"].isin(WHOLE)
    given = plans[cells & plans["plans"].notna()]
    detections: list[Detection] = []
    for year in sorted(set(plans.loc[cells, "census_january"]) - set(given["census_january"])):
        total = plans.loc[whole & plans["age"].eq("all") & plans["census_january"].eq(year), "plans"].dropna()
        if total.empty or given.empty:
            continue
        near = min(set(given["census_january"]), key=lambda y: (abs(y - year), -y))
        by_age = given[given["census_january"].eq(near)].set_index("age")["plans"].astype(float)
        at = plans.index[cells & plans["census_january"].eq(year)]
        shares = by_age.reindex(plans.loc[at, "age"]).fillna(0).to_numpy(float)
        if not shares.sum():
            continue
        imputed = whole_numbers(float(total.iloc[0]) * shares[None, :] / shares.sum())[0]
        plans = plans.copy()
        plans.loc[at, "plans"] = imputed
        plans.loc[at, "flag"] = "imputed"
        found = f"{int(total.iloc[0]):,} plans by age, from the area's own ages in January {near}"
        detections.append(Detection("detail_imputed", f"ehc_plans {year}", found))
    return plans, detections


def impute_new_plans(
    flow: pd.DataFrame, by_age: pd.Series, year: int, england: Area
) -> tuple[pd.DataFrame, list[Detection]]:
    """Impute new plans by need and age in the January caseload in a year with ages only, from England's pattern.

    Parameters
    ----------
    flow : DataFrame
        ``ehc_flow``.
    by_age : Series
        New plans of the year by age in the January caseload.
    year : int
    england : Area

    Returns
    -------
    (DataFrame, list of Detection)
    """
    at = flow["stage"].eq("new_plans_by_cohort_age") & flow["calendar_year"].eq(year)
    cells = at & ~flow["age"].isin(WHOLE)
    if not at.any() or flow.loc[at, "count"].notna().any() or by_age.sum() == 0:
        return flow, []
    nation = england.table("ehc_flow")
    pattern = nation[nation["stage"].eq("new_plans_by_cohort_age") & nation["calendar_year"].eq(year)]
    needs = sorted(set(flow.loc[at, "need"]) - set(WHOLE))
    ages = list(by_age.index)
    if not len(pattern):
        return flow, []
    seed = _pattern(pattern, "count", needs, ages)
    shares = np.divide(seed, seed.sum(axis=0), out=np.zeros_like(seed), where=seed.sum(axis=0) > 0)
    imputed = whole_numbers((shares * by_age.to_numpy(float)).T).T
    flow = _filled(flow, cells, imputed, needs, ages, "count")
    totals = at & flow["age"].eq("all")
    sums = dict(zip(needs, imputed.sum(axis=1).tolist(), strict=True))
    flow.loc[totals, "count"] = flow.loc[totals, "need"].map(sums).astype("Int64")
    flow.loc[totals, "flag"] = "imputed"
    found = (
        f"{int(by_age.sum()):,} new plans by need and age, from their ages and England's needs at each age"
    )
    return flow, [Detection("detail_imputed", f"ehc_flow {year}", found)]


def predecessor_plans(code: str, totals: dict[str, pd.Series]) -> tuple[pd.Series, str]:
    """Return an authority's share of its predecessor's plans, in proportion to the successors' first January.

    Parameters
    ----------
    code : str
        ONS code of the successor.
    totals : dict of str to Series
        Plans by January, of predecessor and successors, by code.

    Returns
    -------
    (Series, str)
        Plans by January before its own series, and how they were derived; empty if it has no predecessor.

    Examples
    --------
    >>> series = {"E10000006": {2023: 100}, "E06000063": {2024: 60}, "E06000064": {2024: 40}}
    >>> predecessor_plans("E06000063", {c: pd.Series(s) for c, s in series.items()})[0].to_dict()
    {2023: 60}
    """
    for before, after in SUCCESSORS.items():
        if code not in after or any(c not in totals or totals[c].empty for c in (before, *after)):
            continue
        first = max(int(totals[c].index.min()) for c in after)
        at_first = {c: float(totals[c].get(first, 0)) for c in after}
        if not sum(at_first.values()):
            continue
        share = at_first[code] / sum(at_first.values())
        old = totals[before][totals[before].index < int(totals[code].index.min())]
        how = f"{share:.1%} of the predecessor {before}, the share in January {first}"
        return (old.astype(float) * share).round().astype("int64"), how
    return pd.Series(dtype="int64"), ""


def _pattern(table: pd.DataFrame, value: str, needs: list[str], ages: list[str]) -> Floats:
    wide = table.pivot_table(index="need", columns="age", values=value, aggfunc="sum")
    return wide.reindex(index=needs, columns=ages).fillna(0).to_numpy(float)


def _filled(
    table: pd.DataFrame,
    cells: pd.Series,
    counts: NDArray[np.int64],
    needs: list[str],
    ages: list[str],
    value: str,
) -> pd.DataFrame:
    row = {need: i for i, need in enumerate(needs)}
    column = {age: i for i, age in enumerate(ages)}
    table = table.copy()
    for index in table.index[cells]:
        need, age = table.at[index, "need"], table.at[index, "age"]
        if need in row and age in column:
            table.at[index, value] = int(counts[row[need], column[age]])
            table.at[index, "flag"] = "imputed"
    return table
