"""Fit the constants of the cohort on the development areas: ``python data/_build/cohort_constants.py FOLDER``.

Reads the SEN2 release of 2025 and the series for scoring forecasts, keeps the areas of ``area_names.csv`` alone,
and writes ``cohort_constants.csv`` into the pack for England.
"""

from __future__ import annotations

import csv
import os
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.need.cohort.rates import CEASED_BANDS
from sendneeds.need.inputs.national import shipped_folder
from sendneeds.need.inputs.stock import PLAN_NEEDS

RELEASE = "published/education-health-and-care-plans_2025.zip"
GROUPS = {"age 2 and under": 0, "under 3": 0, **{f"age {a}": a for a in range(3, 26)}, "age 20 and over": 20}


LEAST_FROM = 2018
"""First calendar year of which the least new plans are sought: statements had become plans."""


class Constant(NamedTuple):
    """One fitted constant."""

    name: str
    value: float
    derivation: str


def gamma_shape(observed: np.ndarray, expected: np.ndarray) -> float:
    """Return the alpha of the Poisson-gamma model of counts about their expectations, by maximum likelihood.

    ``observed ~ Poisson(expected x factor)``, ``factor ~ Gamma(alpha, alpha)``: negative binomial with mean
    `expected` and dispersion alpha.

    Parameters
    ----------
    observed, expected : ndarray
        Same shape; cells with nothing expected are left out.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> expected = np.full(4000, 5.0)
    >>> observed = rng.poisson(expected * rng.gamma(2.0, 0.5, 4000))
    >>> bool(abs(gamma_shape(observed, expected) - 2) < 0.2)
    True
    """
    keep = expected > 0
    o, e = observed[keep], expected[keep]

    def loss(log_alpha: float) -> float:
        alpha = np.exp(log_alpha)
        return float(-stats.nbinom.logpmf(o, alpha, alpha / (alpha + e)).sum())

    found = optimize.minimize_scalar(loss, bounds=(-3.0, 8.0), method="bounded")
    return float(np.exp(found.x))


def _read(release: zipfile.ZipFile, name: str, topic: str) -> pd.DataFrame:
    """Return the rows of a release's table about all plans or about ages, numbers as floats."""
    frame = pd.read_csv(release.open(f"data/{name}.csv"), dtype=str, encoding="utf-8-sig")
    frame = frame[frame["breakdown_topic"] == topic].copy()
    text = ("time_period", "breakdown", "breakdown_topic", "geographic_level", "new_la_code")
    for column in frame.columns.difference(text):
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    frame["code"] = np.where(frame["geographic_level"] == "National", ENGLAND, frame["new_la_code"])
    return frame[frame["geographic_level"].isin(["National", "Local authority"])]


def fit(reference: Path) -> list[Constant]:
    """Return the constants of the cohort, fitted on the development areas.

    Parameters
    ----------
    reference : Path
        Holds ``published`` and ``backtest``.
    """
    names = pd.read_csv(reference / "backtest" / "area_names.csv")["area_code"]
    codes = [code for code in names if code != ENGLAND]
    series = pd.read_csv(reference / "backtest" / "areas.csv")
    pupils = series[(series["measure"] == "pupils_aged_5_to_15") & (series["period"] == 2025)]
    size = pupils.set_index("area_code")["value"]
    with zipfile.ZipFile(reference / RELEASE) as release:
        new = _read(release, "sen_need_newplans", "Child or young persons age")
        ceased = _read(release, "ceased_plans", "Age plan ceased")
        stock = _read(release, "caseload", "Child or young persons age")
        totals = [
            _read(release, n, t)
            for n, t in (
                ("caseload", "All EHC plans"),
                ("newplans", "New EHC plans"),
                ("ceased_plans", "All ceased EHC plans"),
            )
        ]
    held, started, ended = totals
    years = series[series["measure"] == "new_plans"].pivot(
        index="area_code", columns="period", values="value"
    )
    return [
        *_new(new, size, codes),
        *_ceased(ceased, stock, codes),
        _moved(held, started, ended, codes),
        least_new(years.reindex(codes)),
    ]


def _new(new: pd.DataFrame, size: pd.Series, codes: list[str]) -> list[Constant]:
    columns = [f"number_{n.lower()}" if n != "UNK" else "number_need_unknown" for n in PLAN_NEEDS]
    cubes = {code: part.set_index("breakdown")[columns] for code, part in new.groupby("code")}
    nation = cubes[ENGLAND].fillna(0)
    used = [c for c in codes if c in cubes and c in size.index and cubes[c].to_numpy().sum() > 0]
    observed = np.stack([cubes[c].reindex(nation.index).fillna(0).to_numpy().T for c in used])
    expected = np.stack([nation.to_numpy().T * size[c] / size[ENGLAND] for c in used])
    need = gamma_shape(observed.sum(axis=2), expected.sum(axis=2))
    # the need's factor is estimated without the cell itself, so that the cell is not explained by itself
    others_o, others_e = (a.sum(axis=2, keepdims=True) - a for a in (observed, expected))
    factor = (need + others_o) / (need + others_e)
    cell = gamma_shape(observed, expected * factor)
    how = (
        f"maximum likelihood, negative binomial, {len(used)} development areas, "
        "new plans of 2024 by need and age, SEN2 2025"
    )
    return [
        Constant("cohort_alpha_need", round(need, 2), f"{how}: an area's need about England's"),
        Constant(
            "cohort_alpha_cell",
            round(cell, 2),
            f"{how}: an age of a need about the need's own factor, left out in turn",
        ),
    ]


def _ceased(ceased: pd.DataFrame, stock: pd.DataFrame, codes: list[str]) -> list[Constant]:
    def banded(frame: pd.DataFrame, value: str, period: str) -> pd.DataFrame:
        rows = frame[(frame["time_period"] == period) & frame["breakdown"].isin(GROUPS)]
        age = rows["breakdown"].map(GROUPS)
        return rows.assign(age=np.minimum(age, 20)).pivot_table(
            index="code", columns="age", values=value, aggfunc="sum"
        )

    ended, held = banded(ceased, "total_ceased", "2024"), banded(stock, "ehcplans", "202324")
    rate = ended.loc[ENGLAND] / held.loc[ENGLAND]
    used = [c for c in codes if c in ended.index and c in held.index and held.loc[c].sum() > 0]
    due = held.loc[used] * rate
    observed, expected = [], []
    for first, last in CEASED_BANDS:
        ages = [a for a in ended.columns if first <= a <= last]
        observed.append(ended.loc[used, ages].fillna(0).sum(axis=1).to_numpy())
        expected.append(due[ages].sum(axis=1).to_numpy())
    alpha = gamma_shape(np.stack(observed), np.stack(expected))
    return [
        Constant(
            "cohort_alpha_ceased",
            round(alpha, 2),
            f"maximum likelihood, negative binomial, {len(used)} development areas, "
            "plans ended in 2024 by three age bands, SEN2 2025",
        )
    ]


def _moved(stock: pd.DataFrame, new: pd.DataFrame, ceased: pd.DataFrame, codes: list[str]) -> Constant:
    held = stock.assign(year=stock["time_period"].str[:4].astype(int) + 1).pivot_table(
        index="code", columns="year", values="ehcplans"
    )
    start, end = (
        f.assign(year=f["time_period"].astype(int)).pivot_table(index="code", columns="year", values=v)
        for f, v in ((new, "new_ehc_plans"), (ceased, "total_ceased"))
    )
    # 2022 is left out: that release gives the areas of one region the region's total of new plans
    gaps = pd.DataFrame(
        {y: (held[y + 1] - held[y] - start[y] + end[y]) / held[y] for y in end.columns if y >= 2023}
    )
    used = [c for c in codes if c in gaps.index]
    off = (gaps.loc[used].mean(axis=1) - gaps.loc[ENGLAND].mean()) / 2
    spread = (off.quantile(0.9) - off.quantile(0.1)) / (2 * stats.norm.ppf(0.9))
    return Constant(
        "cohort_moved_cv",
        round(float(spread / gaps.loc[ENGLAND].mean()), 2),
        f"coefficient of variation that gives the 80 % range of the mean residuals 2023-2024 of {len(used)} "
        "development areas about midway between the area's and England's",
    )


def least_new(new: pd.DataFrame) -> Constant:
    """Return the new plans of a year over the mean of the three before it, as low as one year in a hundred is.

    Parameters
    ----------
    new : DataFrame
        New plans, a row an area, a column a calendar year.
    """
    counts = new.where(new > 0)
    years = [year for year in counts.columns if year >= LEAST_FROM]
    ratios = pd.concat(
        [counts[y] / counts[[y - 3, y - 2, y - 1]].mean(axis=1, skipna=False) for y in years]
    ).dropna()
    return Constant(
        "cohort_least_new",
        round(float(ratios.quantile(0.01)), 2),
        f"lowest hundredth of new plans over their mean of the three years before, {len(ratios)} years from "
        f"{LEAST_FROM} of {new.index.nunique()} development areas",
    )


def main(arguments: list[str]) -> int:
    """Write the constants; return the exit code."""
    if len(arguments) != 1 or not (Path(arguments[0]) / RELEASE).is_file():
        raise MissingDataError(
            f"give the folder that holds {RELEASE}: python data/_build/cohort_constants.py FOLDER"
        )
    path = shipped_folder() / "cohort_constants.csv"
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(Constant._fields)
        writer.writerows(fit(Path(arguments[0])))
    os.replace(part, path)
    print(path.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
