"""Refit the forecasting rules and regenerate their published record.

``python data/_build/forecast_record.py REFERENCE_FOLDER`` reads ``backtest/`` (the development areas) and two
tables of ``figures/`` in that folder, and writes ``data/england/forecast_*.csv`` and the tables of
``docs/explanation/forecast.md``. Each area is scored with constants fitted without it.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from forecast_fit import (
    NEED_ORIGINS,
    Constants,
    all_constants,
    real_time_constants,
    support_constants,
    support_methods,
)
from forecast_record_page import Record, page, with_record
from reference_series import national_table, read_histories, read_shares, text_rows
from sendneeds.need.inputs.history import ENGLAND, History, National
from sendneeds.need.inputs.national import national_from_rows
from sendneeds.need.total.by_need import SCORED_NEEDS
from sendneeds.need.validation.backtest import ORIGINS, Backtest, backtest
from sendneeds.need.validation.methods import METHODS, SIMPLE, Method

SCORES = ["areas", "mape", "bias", "crps_x100", "coverage_80", "coverage_95", "width_80"]
SUPPORT = "K share"
REAL_TIME = "real_time"


def left_out_backtest(
    histories: Sequence[History],
    national: National,
    constants: Constants,
    methods: Mapping[str, Method],
    origins: Sequence[int],
    target: str = "total",
) -> Backtest:
    """Return one back-test of all areas, each scored with the constants fitted without its fold."""
    folds = len(constants.by_fold)
    places = {code: place % folds for code, place in place_of(histories).items()}
    parts = []
    for fold, fitted in enumerate(constants.by_fold):
        here = [h for h in histories if places[h.area_code] == fold]
        known = replace(national, constants=fitted)
        parts.append(backtest(here, methods, origins, series=target, national=known))
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    refused = pd.concat([part.refused for part in parts], ignore_index=True)
    return Backtest(rows, refused, target)


def real_time_backtest(
    histories: Sequence[History], national: National, constants: Mapping[int, dict[str, float]]
) -> Backtest:
    """Return one back-test of the total, each origin with the constants that were fitted on outcomes known then."""
    method = {REAL_TIME: METHODS["default"]}
    parts = [
        backtest(histories, method, [origin], national=replace(national, constants=fitted))
        for origin, fitted in constants.items()
    ]
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    refused = pd.concat([part.refused for part in parts], ignore_index=True)
    return Backtest(rows, refused, "total")


def place_of(histories: Sequence[History]) -> dict[str, int]:
    """Return the place of each area among the sorted codes."""
    return {code: place for place, code in enumerate(sorted(h.area_code for h in histories))}


def score_table(found: Backtest, target: str) -> pd.DataFrame:
    """Return the shipped rows of one back-test: by horizon over all origins, and by origin and horizon."""
    tables = [
        found.table(["method", "horizon"]).assign(origin="all"),
        found.table(["method", "origin", "horizon"]),
    ]
    tidy = pd.concat(tables, ignore_index=True).assign(target=target)
    tidy["origin"] = tidy["origin"].astype(str)
    return tidy[["method", "target", "origin", "horizon", "forecasts", *SCORES]].round(4)


def source_of(name: str) -> str:
    """Return how a constant was come by, for the shipped table."""
    if "_sd_shared" in name:
        return "root mean square error of England's own forecasts by its growth alone, widened for so few origins"
    if "_widen_" in name:
        return "ratio of the mean error without the term to that with it, development areas"
    if name.startswith("support"):
        return "spread of errors on five published series, origins 2018-2024"
    if "_sd_area" in name or name.endswith("_power"):
        return "spread of errors on the development areas, each tenth with terms fitted on the others"
    return "maximum t likelihood on the development areas"


def make_record(folder: Path) -> Record:
    """Return the refitted tables and their back-tests, from the reference folder."""
    histories = read_histories(folder)
    england = next(h for h in histories if h.area_code == ENGLAND)
    areas = [h for h in histories if h.area_code != ENGLAND]
    table = national_table(england, areas)
    national = national_from_rows(text_rows(table), [])
    constants = all_constants(areas, national)
    tests = {"total": left_out_backtest(areas, national, constants, METHODS, ORIGINS)}
    by_need = {name: METHODS[name] for name in (*SIMPLE, "default")}
    for need in SCORED_NEEDS:
        tests[need] = left_out_backtest(areas, national, constants, by_need, NEED_ORIGINS, need)
    known_then = real_time_constants(areas, national)
    real_time = real_time_backtest(areas, national, known_then)
    shares = read_shares(folder)
    support = support_constants(shares, national)
    series = [History(code, values) for code, values in sorted(shares.items())]
    tests[SUPPORT] = left_out_backtest(series, national, support, support_methods(shares), NEED_ORIGINS)
    whole = constants.whole | {k: v for k, v in support.whole.items() if k.startswith("support")}
    return Record(
        table,
        pd.DataFrame(
            [(k, round(v, 5), source_of(k)) for k, v in whole.items()], columns=["name", "value", "source"]
        ),
        pd.concat(
            [
                *(score_table(found, target) for target, found in tests.items()),
                score_table(real_time, "total"),
            ],
            ignore_index=True,
        ),
        tests,
        real_time,
        real_time_backtest([england], national, known_then),
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Write the record that `make_record` returns into the source tree."""
    parser = argparse.ArgumentParser(prog="python data/_build/forecast_record.py", description=__doc__)
    parser.add_argument("folder", type=Path, help="the reference folder")
    parser.add_argument("--into", type=Path, default=Path("."), help="the source tree (default: here)")
    told = parser.parse_args(argv)
    made = make_record(told.folder)
    data = told.into / "data" / "england"
    for name in ("national", "constants", "scores"):
        file = data / f"forecast_{'record' if name == 'scores' else name}.csv"
        getattr(made, name).to_csv(file, index=False, lineterminator="\n")
    document = told.into / "docs" / "explanation" / "forecast.md"
    text = with_record(document.read_text(encoding="utf-8"), page(made))
    document.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
