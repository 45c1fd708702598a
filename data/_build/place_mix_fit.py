"""Fit how far an area's settings by need are drawn to its own total and to England's settings of the need.

``python data/_build/place_mix_fit.py FOLDER`` reads the SEN2 release of 2025, keeps the areas of ``area_names.csv``
alone, and prints the children's worth of prior (`sendneeds.waits.places.need_prior.NEED_PRIOR`) with the greatest
Dirichlet-multinomial likelihood, and how well each rule foretells the settings of half of the children of an area from
those of the other half, need by need: the mean log of the share that it gave to each child's setting.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

from ehc_constants import RELEASE
from sendneeds.evidence.area import Area
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.published.sen2_area import area_tables
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.placements import SETTINGS
from sendneeds.foundation.vocabulary import ENGLAND, NEEDS
from sendneeds.waits.places.mix import placement_mix
from sendneeds.waits.places.need_prior import expected_by_need

TRIED = (1, 2, 5, 10, 15, 20, 30, 40, 60, 100, 200, 500)
FEWEST = 1e-4
"""Least share of a setting that a rule may say, so that one child does not decide."""


def counts(table: pd.DataFrame) -> np.ndarray:
    """Return children by need and setting, (N, S), those awaiting or not recorded left out."""
    return table.reindex(list(NEEDS), fill_value=0.0).to_numpy()[:, : len(SETTINGS)]


def likelihood(made: np.ndarray, prior: np.ndarray) -> float:
    """Return the log of the Dirichlet-multinomial chance of counts, up to what no prior changes; (N, S) each."""
    some = prior > 0
    parts = np.where(some, special.gammaln(made + prior) - special.gammaln(np.where(some, prior, 1.0)), 0.0)
    whole, total = prior.sum(axis=1), made.sum(axis=1)
    return float((parts.sum(axis=1) + special.gammaln(whole) - special.gammaln(whole + total)).sum())


def log_score(share: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Return the sum over children of the log of the share said of their setting, and the children."""
    said = np.log(np.maximum(share, FEWEST))
    return float((said * seen).sum()), float(seen.sum())


def main(arguments: list[str]) -> int:
    """Print the fit and the scores; return the exit code."""
    reference = Path(arguments[0])
    codes = [c for c in pd.read_csv(reference / "backtest" / "area_names.csv")["area_code"] if c != ENGLAND]
    release = read_release(reference / RELEASE, [*codes, ENGLAND])
    tables = {}
    for code in (*codes, ENGLAND):
        one = Area(code, code, code, "local_authority", tables=area_tables(release, code)[0])
        try:
            tables[code] = counts(placement_mix(one))
        except MissingDataError:
            print(f"{code}: no plans by placement and need")
    nation, own = tables.pop(ENGLAND), tables
    floor = FEWEST * nation.sum(axis=1, keepdims=True)
    print("prior, log-likelihood over that of 30")
    fits = {
        k: sum(
            likelihood(c, k * np.maximum(expected_by_need(c, nation + floor), FEWEST)) for c in own.values()
        )
        for k in TRIED
    }
    for k, value in fits.items():
        print(f"{k:5d} {value - fits[30]:9.1f}")
    best = max(fits, key=lambda k: fits[k])
    rng = np.random.default_rng(1)
    rows = []
    for c in own.values():
        half = rng.binomial(c.astype(int), 0.5)
        rest = c - half
        expected = expected_by_need(half, nation + floor)
        total = half.sum(axis=1, keepdims=True)
        small = (total[:, 0] > 0) & (total[:, 0] < 20)
        rules = {
            "own": (half + 0.5 * (nation > 0))
            / np.maximum((half + 0.5 * (nation > 0)).sum(axis=1, keepdims=True), 1),
            "England's": nation / np.maximum(nation.sum(axis=1, keepdims=True), 1),
            "own total and England's": expected,
            f"shrunk, {best}": (half + best * expected) / (total + best),
        }
        for name, share in rules.items():
            for who, pick in (("all", np.ones(len(NEEDS), bool)), ("fewer than 20 of the need", small)):
                rows.append((name, who, *log_score(share[pick], rest[pick])))
    frame = pd.DataFrame(rows, columns=["rule", "children", "score", "n"]).groupby(["rule", "children"]).sum()
    print((frame["score"] / frame["n"]).unstack().round(4))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
