"""Detail by need and age that an area did not give, made from its totals and England's pattern, and flagged."""

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
    """Return the table with these margins that is nearest in shape to `seed`: iterative proportional fitting.

    Parameters
    ----------
    seed : ndarray, shape (row, column)
        Not negative; a cell of 0 stays 0 unless its whole row or column is.
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
    >>> made = fit_margins(np.ones((2, 2)), np.array([3.0, 1.0]), np.array([2.0, 2.0]))
    >>> made.tolist()
    [[1.5, 1.5], [0.5, 0.5]]
    """
    total = rows.sum()
    columns = (
        columns * (total / columns.sum()) if columns.sum() else np.full(len(columns), total / len(columns))
    )
    made = seed + 1e-12
    for _ in range(ROUNDS):
        made = made * (rows / np.maximum(made.sum(axis=1), 1e-300))[:, None]
        sums = made.sum(axis=0)
        if np.allclose(sums, columns, rtol=CLOSE, atol=CLOSE):
            break
        made = made * (columns / np.maximum(sums, 1e-300))[None, :]
    return made


def whole_numbers(values: Floats) -> NDArray[np.int64]:
    """Round each row to whole numbers that keep the row's sum (largest remainders).

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
    """Fill need by age where the area gave only the two totals, from England's plans of that January.

    Returns
    -------
    (DataFrame, list of Seen)
        The table with cells of flag ``imputed``, and what was done.
    """
    nation = england.table("ehc_plans")
    seen: list[Detection] = []
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
        made = whole_numbers(fit_margins(seed, needs.to_numpy(float), ages.to_numpy(float)))
        plans = _filled(plans, cells, made, list(needs.index), list(ages.index), "plans")
        what = f"need by age of {int(needs.sum()):,} plans from the totals by need and by age and England's pattern"
        seen.append(Detection("detail_imputed", f"ehc_plans {year}", what))
    return plans, seen


def impute_ages(plans: pd.DataFrame) -> tuple[pd.DataFrame, list[Detection]]:
    """Fill plans by age in a January with a total and no ages, from the area's own ages in the nearest January.

    Returns
    -------
    (DataFrame, list of Seen)
        The table with cells of flag ``imputed``, and what was done.
    """
    whole = plans["need"].eq("all") & plans["placement"].eq("all")
    cells = whole & ~plans["age"].isin(WHOLE)
    given = plans[cells & plans["plans"].notna()]
    seen: list[Detection] = []
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
        made = whole_numbers(float(total.iloc[0]) * shares[None, :] / shares.sum())[0]
        plans = plans.copy()
        plans.loc[at, "plans"] = made
        plans.loc[at, "flag"] = "imputed"
        what = f"ages of {int(total.iloc[0]):,} plans from the area's own ages in January {near}"
        seen.append(Detection("detail_imputed", f"ehc_plans {year}", what))
    return plans, seen


def impute_new_plans(
    flow: pd.DataFrame, by_age: pd.Series, year: int, england: Area
) -> tuple[pd.DataFrame, list[Detection]]:
    """Fill new plans by need on the caseload's age base where only their ages are known.

    Parameters
    ----------
    flow : DataFrame
        ``ehc_flow``.
    by_age : Series
        New plans of the year on the caseload's age base, by age.
    year : int
    england : Area

    Returns
    -------
    (DataFrame, list of Seen)
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
    made = whole_numbers((shares * by_age.to_numpy(float)).T).T
    flow = _filled(flow, cells, made, needs, ages, "count")
    totals = at & flow["age"].eq("all")
    sums = dict(zip(needs, made.sum(axis=1).tolist(), strict=True))
    flow.loc[totals, "count"] = flow.loc[totals, "need"].map(sums).astype("Int64")
    flow.loc[totals, "flag"] = "imputed"
    what = f"needs of {int(by_age.sum()):,} new plans from their ages and England's needs at each age"
    return flow, [Detection("detail_imputed", f"ehc_flow {year}", what)]


def predecessor_plans(code: str, totals: dict[str, pd.Series]) -> tuple[pd.Series, str]:
    """Return the Januaries of an authority's predecessor, shared as its successors stood at their first.

    Parameters
    ----------
    code : str
        ONS code of the successor.
    totals : dict of str to Series
        Plans by January, of predecessor and successors, by code.

    Returns
    -------
    (Series, str)
        Plans by January before its own series, and how they were made; empty where it has no predecessor.

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
    made: NDArray[np.int64],
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
            table.at[index, value] = int(made[row[need], column[age]])
            table.at[index, "flag"] = "imputed"
    return table
