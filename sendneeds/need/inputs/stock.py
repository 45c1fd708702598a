"""Counts by need and single year of age out of the published tables, their wide age groups spread by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.evidence.series import totals
from sendneeds.evidence.suppressed import draw_counts
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.kernel.cohort import apportion

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

PLAN_NEEDS = tuple(code for code in NEEDS if code not in ("NSA", "DS"))
"""Needs under which the SEN2 release counts plans: 12 and `UNK`."""

YOUNG_STEP = 0.19
"""Plans at one age per plan at the next below age 5, England January 2025: 4,234 at age 3 to 22,277 at age 4."""


def spread_group(count: np.ndarray | float, group: str, shape: np.ndarray) -> np.ndarray:
    """Spread a count of an age group over its single years in proportion to a shape.

    Parameters
    ----------
    count : float
    group : str
        A single age (``7``) or a range (``20-25``).
    shape : ndarray, shape (age,)
        Relative weight of every age 0-25.

    Returns
    -------
    ndarray of float, shape (age,)

    Examples
    --------
    >>> spread_group(6, "0-2", np.r_[1.0, 2.0, 3.0, np.zeros(23)])[:4]
    array([1., 2., 3., 0.])
    """
    first, _, last = group.partition("-")
    out = np.zeros(len(AGES))
    ages = slice(int(first), int(last or first) + 1)
    weight = shape[ages]
    out[ages] = count * (weight / weight.sum() if weight.sum() > 0 else 1 / len(weight))
    return out


def young_shape() -> np.ndarray:
    """Return the relative number of plans by single age where only a group is published.

    Under 3 each age has `YOUNG_STEP` times the plans of the next. From age 20 plans are spread as England's
    stock of January 2025 is published, which callers pass instead where they have it.
    """
    shape = np.ones(len(AGES))
    shape[:3] = YOUNG_STEP ** np.arange(3, 0, -1)
    return shape


def by_need_and_age(
    table: pd.DataFrame,
    value: str,
    where: dict[str, object],
    shape: np.ndarray,
    generator: np.random.Generator | None = None,
    draws: int = 1,
) -> np.ndarray:
    """Return counts by need and single year of age from a tidy table with age groups.

    Parameters
    ----------
    table : DataFrame
        Columns ``need``, ``age``, ``flag`` and `value`.
    value : str
    where : dict
        Column values that select the rows (a census, a stage).
    shape : ndarray, shape (age,)
        Spreads age groups.
    generator : numpy.random.Generator, optional
        Draws suppressed counts from the range that the source leaves them; without it they are the middle
        of that range.
    draws : int

    Returns
    -------
    ndarray of float, shape (need, age, draw)
        In the order of `PLAN_NEEDS`; rows for all needs or all ages are left out. Counts that are
        unavailable add nothing.
    """
    rows = table
    for column, wanted in where.items():
        rows = rows[rows[column] == wanted]
    rows = rows[rows["need"].isin(PLAN_NEEDS) & ~rows["age"].isin(["all", "unknown"])]
    if generator is not None and (rows["flag"] == "suppressed").any():
        counts = draw_counts(rows, value, draws, generator).astype(float)
    else:
        counts = draw_counts(rows, value, 65, np.random.default_rng(0)).mean(axis=1, keepdims=True)
        counts = np.repeat(counts, draws, axis=1)
    counts = np.maximum(counts, 0.0)
    out = np.zeros((len(PLAN_NEEDS), len(AGES), draws))
    for need, age, count in zip(rows["need"], rows["age"].astype(str), counts, strict=True):
        out[PLAN_NEEDS.index(need)] += spread_group(1.0, age, shape)[:, None] * count
    return out


def plans(area: Area, census: int) -> np.ndarray:
    """Return plans by need and age at a January census, in whole plans.

    Returns
    -------
    ndarray of int, shape (need, age)
        Adds up to the published count of every need; a suppressed count stands at the middle of its range.

    Raises
    ------
    MissingDataError
        If the area has no table by need and age for that census.
    """
    return plan_draws(area, census, None, 1)[..., 0]


def plan_draws(area: Area, census: int, generator: np.random.Generator | None, draws: int) -> np.ndarray:
    """Return plans by need and age, suppressed counts drawn from their range, shape (need, age, draw)."""
    table = area.table("ehc_plans")
    table = table[table["placement"] == "all"]
    where: dict[str, object] = {"census_january": census}
    exact = by_need_and_age(table, "plans", where, young_shape(), generator, draws)
    if not exact.any():
        raise MissingDataError(
            f"{area.name}: ehc_plans.csv has no plans by need and age for January {census}. "
            "Add the need x age table of the SEN2 release for that year."
        )
    return np.stack([apportion(np.rint(row.sum(axis=0)).astype(np.int64), row) for row in exact])


def plans_by_age(area: Area, census: int) -> np.ndarray:
    """Return plans by single age, all needs together, shape (age,), float."""
    table = area.table("ehc_plans")
    table = table[(table["placement"] == "all") & (table["need"] == "all")]
    rows = table[(table["census_january"] == census) & ~table["age"].isin(["all", "unknown"])]
    shape = young_shape()
    out = np.zeros(len(AGES))
    for age, count in zip(rows["age"].astype(str), rows["plans"], strict=True):
        out += spread_group(float(count), age, shape)
    if not out.any():
        raise MissingDataError(f"{area.name}: ehc_plans.csv has no plans by age for January {census}.")
    return out


def total_plans(area: Area) -> dict[int, float]:
    """Return the published total of plans by January census."""
    area.table("ehc_plans")  # tells what is missing where it is not there
    return {int(year): float(count) for year, count in totals(area).items()}


def januaries_by_need_and_age(area: Area) -> list[int]:
    """Return the Januaries in which an area's plans are published by need and age together.

    Examples
    --------
    >>> import sendneeds as sn
    >>> januaries_by_need_and_age(sn.open_area("bedford"))
    [2025]
    """
    plans = area.table("ehc_plans")
    cells = (plans["need"] != "all") & (plans["age"] != "all") & (plans["placement"] == "all")
    return sorted({int(year) for year in plans.loc[cells & (plans["flag"] == "ok"), "census_january"]})


def matched_stocks(england: Area) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the opening January and plans by age in it and a year on, over the areas with detail in both.

    Returns
    -------
    (int, ndarray, ndarray)
        Arrays of shape (age,).
    """
    matched = england.table("matched_plans_by_age")
    opening, closing = sorted(
        int(c.rsplit("_", 1)[1]) for c in matched.columns if c.startswith("plans_january_")
    )[-2:]
    ages = matched["age"].astype(str)

    def spread(year: int) -> np.ndarray:
        shape, out = young_shape(), np.zeros(len(AGES))
        for age, count in zip(ages, matched[f"plans_january_{year}"], strict=True):
            out += spread_group(float(count), age, shape)
        return out

    return opening, spread(opening), spread(closing)
