"""Fit the constants of the EHC clock on the development areas: ``python data/_build/ehc_constants.py FOLDER``.

Reads the SEN2 release of 2025 and the series for scoring forecasts, keeps the areas of ``area_names.csv`` alone, and
writes into the pack for England ``ehc_constants.csv`` (how shares and requests move from year to year) and
``ehc_record.csv`` (how often the intervals have held, and how wrong requests were, areas left out by tenths).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.published.sen2_area import area_tables
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.need.inputs.national import shipped_folder
from sendneeds.waits.ehc.published_rates import odds, share_parts, stage_counts, timeliness
from sendneeds.waits.ehc.requests_law import damped_years, mean_growth

RELEASE = "published/education-health-and-care-plans_2025.zip"
FOLDS, Z80 = 10, 1.2815515655446004
NEWEST = 2024
ORIGINS = range(2018, NEWEST)
LONGEST = 5
SHARE_ORIGINS = range(2014, NEWEST)


class Constant(NamedTuple):
    """One fitted constant."""

    name: str
    value: float
    derivation: str


class Tables:
    """An area's tables under the one method that the readers of counts ask for."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        self.tables = tables

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables."""
        return self.tables[name]


def log_odds(reference: Path, codes: list[str]) -> dict[str, pd.DataFrame]:
    """Return the log-odds of every share of the EHC process, a row an area and a column a year."""
    release = read_release(reference / RELEASE, codes)
    found: dict[str, dict[str, dict[int, float]]] = {}
    for code in codes:
        area = Tables(area_tables(release, code)[0])
        for name, (part, whole) in share_parts(stage_counts(area), timeliness(area)).items():  # type: ignore[arg-type]
            found.setdefault(name, {})[code] = odds(part, whole, NEWEST)
    return {name: pd.DataFrame(rows).T.sort_index(axis=1) for name, rows in found.items()}


def autoregression(frame: pd.DataFrame) -> tuple[float, float, float, int]:
    """Return level, phi, sd and pairs of a share: mean and spread of its last year, correlation of years in turn."""
    last = frame[frame.columns[-1]].dropna()
    x: list[float] = []
    y: list[float] = []
    for year in frame.columns[:-1]:
        if year + 1 in frame:
            pair = frame[[year, year + 1]].dropna()
            x += list(pair[year] - pair[year].mean())
            y += list(pair[year + 1] - pair[year + 1].mean())
    return float(last.mean()), float(np.corrcoef(x, y)[0, 1]), float(last.std()), len(x)


def request_rates(reference: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Return the log of requests a pupil over England's, by area and year, and the log of England's requests."""
    table = pd.read_csv(reference / "backtest" / "areas.csv")

    def wide(measure: str) -> pd.DataFrame:
        rows = table[table["measure"] == measure]
        return rows.pivot(index="area_code", columns="period", values="value").rename(columns=int)

    requests, pupils = wide("requests"), wide("pupils_aged_5_to_15")
    rate = np.log(requests.where(requests > 0) / pupils.reindex(columns=requests.columns))
    return rate.sub(rate.loc[ENGLAND], axis=1).drop(ENGLAND), np.log(requests.loc[ENGLAND])


def request_constants(relative: pd.DataFrame) -> tuple[float, float]:
    """Return phi and sd of the log rate of requests relative to England: pooled correlation and spread."""
    x, y = [], []
    for year in relative.columns[:-1]:
        pair = relative[[year, year + 1]].dropna()
        x += list(pair[year])
        y += list(pair[year + 1])
    phi = float(np.dot(x, y) / np.dot(x, x))
    return phi, float(np.sqrt(np.mean(np.square(relative.stack()))))


def nation_sd(england: pd.Series) -> float:
    """Return the spread of a year's error of England's growth: root mean square over origins, a year ahead."""
    counts = {int(y): float(np.exp(v)) for y, v in england.items()}
    errors = [england[o + 1] - england[o] - mean_growth(counts, o) for o in ORIGINS if o + 1 in england]
    return float(np.sqrt(np.mean(np.square(errors))))


def request_record(relative: pd.DataFrame, england: pd.Series) -> pd.DataFrame:
    """Return how wrong requests of a calendar year were, areas left out by tenths, beside two plain rules."""
    counts = {int(y): float(np.exp(v)) for y, v in england.items()}
    codes = sorted(relative.index)
    rows = []
    for fold in range(FOLDS):
        out = codes[fold::FOLDS]
        phi, sd = request_constants(relative.drop(out))
        wide = nation_sd(england)
        for origin in ORIGINS:
            growth = mean_growth(counts, origin)
            for ahead in range(1, LONGEST + 1):
                if origin + ahead > NEWEST:
                    continue
                for code in out:
                    now, came = relative.loc[code, origin], relative.loc[code, origin + ahead]
                    if not (np.isfinite(now) and np.isfinite(came)):
                        continue
                    truth = came + england[origin + ahead]  # but for pupils, whose change is small and known
                    centre = now + england[origin]
                    rule = phi**ahead * now + england[origin] + damped_years(ahead) * growth
                    spread = np.sqrt(sd**2 * (1 - phi ** (2 * ahead)) + ahead * wide**2)
                    held = abs(truth - rule) <= Z80 * spread
                    for method, guess in (
                        ("rule", rule),
                        ("rule, growth not damped", phi**ahead * now + england[origin] + ahead * growth),
                        ("no change", centre),
                        ("England's growth", centre + ahead * growth),
                    ):
                        error = abs(np.exp(guess - truth) - 1)
                        rows.append((method, ahead, error, float(held) if method == "rule" else np.nan))
    frame = pd.DataFrame(rows, columns=["method", "horizon", "error", "held"])
    made = frame.groupby(["method", "horizon"], sort=False).agg(
        forecasts=("error", "size"), value=("error", "mean"), held=("held", "mean")
    )
    return made.reset_index().assign(measure="requests", statistic="mean absolute error, share")


def share_record(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how often the 80 % interval of the share in time held, areas left out by tenths."""
    codes = sorted(frame.index)
    rows = []
    for fold in range(FOLDS):
        out = codes[fold::FOLDS]
        level, phi, sd, _ = autoregression(frame.drop(out))
        for origin in SHARE_ORIGINS:
            for ahead in (1, 2, 3):
                if origin not in frame or origin + ahead not in frame:
                    continue
                for code in out:
                    now, came = frame.loc[code, origin], frame.loc[code, origin + ahead]
                    if np.isfinite(now) and np.isfinite(came):
                        centre = level + phi**ahead * (now - level)
                        spread = sd * np.sqrt(1 - phi ** (2 * ahead))
                        error = abs(special.expit(centre) - special.expit(came))
                        rows.append((ahead, error, abs(came - centre) <= Z80 * spread))
    made = (
        pd.DataFrame(rows, columns=["horizon", "error", "held"])
        .groupby("horizon")
        .agg(forecasts=("error", "size"), value=("error", "mean"), held=("held", "mean"))
    )
    made = made.reset_index()
    return made.assign(method="rule", measure="share in time", statistic="mean absolute error, share")


def fit(reference: Path) -> tuple[list[Constant], pd.DataFrame]:
    """Return the constants of the EHC clock and its record, on the development areas."""
    codes = [c for c in pd.read_csv(reference / "backtest" / "area_names.csv")["area_code"] if c != ENGLAND]
    shares = log_odds(reference, codes)
    found = []
    for name, frame in shares.items():
        level, phi, sd, pairs = autoregression(frame)
        stem, n = name.replace(" ", "_"), int(frame[frame.columns[-1]].notna().sum())
        found += [
            Constant(f"{stem}_level", round(level, 2), f"mean log-odds of {n} development areas, {NEWEST}"),
            Constant(
                f"{stem}_phi", round(phi, 2), f"correlation of log-odds of years in turn, {pairs} pairs"
            ),
            Constant(f"{stem}_sd", round(sd, 2), f"spread of log-odds over {n} development areas, {NEWEST}"),
        ]
    relative, england = request_rates(reference)
    phi, sd = request_constants(relative)
    n = len(relative)
    found += [
        Constant(
            "requests_phi",
            round(phi, 2),
            f"log requests a pupil relative to England, {n} areas, years in turn",
        ),
        Constant(
            "requests_sd", round(sd, 2), f"spread of the same over {n} areas and the years 2016 to {NEWEST}"
        ),
        Constant(
            "requests_nation_sd",
            round(nation_sd(england), 2),
            "error of a year of England's growth of requests, as the mean of its last three, origins "
            f"{ORIGINS[0]} to {ORIGINS[-1]}",
        ),
    ]
    record = pd.concat([request_record(relative, england), share_record(shares["in time"])])
    columns = ["measure", "method", "horizon", "forecasts", "statistic", "value", "held"]
    return found, record[columns].round({"value": 4, "held": 3})


def main(arguments: list[str]) -> int:
    """Write the constants and the record; return the exit code."""
    if len(arguments) != 1 or not (Path(arguments[0]) / RELEASE).is_file():
        raise MissingDataError(
            f"give the folder that holds {RELEASE}: python data/_build/ehc_constants.py FOLDER"
        )
    constants, record = fit(Path(arguments[0]))
    folder = shipped_folder()
    pd.DataFrame(constants).to_csv(folder / "ehc_constants.csv", index=False, lineterminator="\n")
    record.to_csv(folder / "ehc_record.csv", index=False, lineterminator="\n")
    print(pd.DataFrame(constants).to_string(), record.to_string(), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
