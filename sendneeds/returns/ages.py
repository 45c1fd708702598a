"""Counts by age as counts by age group, and the ages of what is published without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.kernel.cohort import apportion
from sendneeds.returns.rows import AGE_BASIS, AGE_GROUPS, age_group

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area

STAGES = ("new_plans_by_cohort_age", "new_plans")
"""Stages of new plans by age: at the 31 August before the year opens, and when the plan started.

The first has the ages of the caseload of the January that opens the year, and so of the cohorts whose stock grows by
them; at the 31 August of the calendar year itself these children are a year older.
"""
YOUNGEST = {"0-2": 2, "20-25": 20}
"""Age that stands for a group of ages as published."""


def flow_by_age(total: np.ndarray, new: np.ndarray, earlier: float) -> np.ndarray:
    """Return requests or assessments by age at 31 August, as new plans are; nothing published has them by age.

    Parameters
    ----------
    total : ndarray of int, (year, draw)
    new : ndarray of int, (year, age, draw)
        New plans of the year by age at its 31 August.
    earlier : float
        Years, under 1, by which they come before the plan: of the children so many are a year younger.

    Returns
    -------
    ndarray of int64, (year, age, draw)
        Adds up to `total`.

    Examples
    --------
    >>> flow_by_age(np.array([[12]]), np.array([[[0], [4], [0]]]), 0.25)[0, :, 0].tolist()
    [3, 9, 0]
    """
    younger = np.zeros(new.shape, dtype=float)
    younger[:, :-1] = new[:, 1:]
    weight = (1 - earlier) * new + earlier * younger
    return np.stack([apportion(t.astype(np.int64), w) for t, w in zip(total, weight, strict=True)])


def by_age_group(cells: xr.DataArray, basis: str) -> xr.DataArray:
    """Return counts by age as counts by age group, (calendar_year, row, draw)."""
    import xarray as xr

    groups = np.array([age_group(int(age), basis) for age in cells["age"].values])
    parts = [cells.isel(age=groups == name).sum("age").expand_dims(row=[name]) for name in AGE_GROUPS]
    return xr.concat(parts, "row").transpose("calendar_year", "row", "draw")


def new_plans_stage(area: Area, year: int) -> str | None:
    """Return the stage of ``ehc_flow`` that has all new plans of a year by age: a cohort's, else at the start."""
    return next((stage for stage in STAGES if _by_age(area, year, stage) is not None), None)


def new_plans_by_group(area: Area, year: int, basis: str) -> dict[str, float] | None:
    """Return a year's published new plans by age group, or None where not all of them are published by age.

    Parameters
    ----------
    area : Area
    year : int
    basis : str
        A key of `AGE_BASES`; ages at which plans started (`new_plans_stage`) are taken as they are, others are a year
        more than published, those at the 31 August of the calendar year.
    """
    stage = new_plans_stage(area, year)
    ages = None if stage is None else _by_age(area, year, stage)
    if ages is None:
        return None
    groups = dict.fromkeys(AGE_GROUPS, 0.0)
    at_opening = stage == STAGES[0]
    for age, count in ages.items():
        groups[age_group(age + at_opening, basis if at_opening else AGE_BASIS)] += count
    return groups


def _by_age(area: Area, year: int, stage: str) -> dict[int, float] | None:
    """Return a year's new plans by age, None unless they add up to the year's total."""
    flow = area.table("ehc_flow")
    every = flow[(flow["calendar_year"] == year) & flow["count"].notna()]
    whole = every[(every["stage"] == "new_plans") & (every["need"] == "all") & (every["age"] == "all")]
    rows = every[(every["stage"] == stage) & (every["age"] != "all") & (every["need"] == "all")]
    if not len(rows):
        rows = every[(every["stage"] == stage) & (every["age"] != "all")]
    out: dict[int, float] = {}
    for word, count in zip(rows["age"].astype(str), rows["count"].astype(float), strict=True):
        age = YOUNGEST.get(word, int(word) if word.isdigit() else -1)
        out[age] = out.get(age, 0.0) + count
    agree = len(whole) and len(rows) and sum(out.values()) == float(whole["count"].sum())
    return out if agree and min(out) >= 0 else None
