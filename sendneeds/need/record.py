"""Regenerate the published record: ``python -m sendneeds.need.record REFERENCE_FOLDER``.

The reference folder holds ``backtest/areas.csv`` and ``backtest/pupils_by_need.csv`` (the development areas) and
``figures/`` (England by need, and the shares on SEN support).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sendneeds.need.backtest import Backtest, backtest
from sendneeds.need.forecast import Forecast
from sendneeds.need.history import History, National
from sendneeds.need.sen_support import forecast_support_share

NEEDS = ("ASD", "SEMH", "SLCN")
NEED_ORIGINS = tuple(range(2018, 2025))
COLUMNS = {
    "areas": "areas",
    "mape": "mape",
    "bias": "bias",
    "crps_x100": "crps_x100",
    "coverage_80": "coverage_80",
    "coverage_95": "coverage_95",
    "width_80": "width_80",
}


def record_rows(found: Backtest, target: str) -> pd.DataFrame:
    """Return the rows of the record of one back-test: by horizon over all origins, and by origin and horizon."""
    tables = [
        found.table(["method", "horizon"]).assign(origin="all"),
        found.table(["method", "origin", "horizon"]),
    ]
    tidy = pd.concat(tables, ignore_index=True).assign(target=target)
    tidy["origin"] = tidy["origin"].astype(str)
    return tidy[["method", "target", "origin", "horizon", "forecasts", *COLUMNS]].round(4)


def support_backtest(shares: Mapping[str, Mapping[int, float]], constants: Mapping[str, float]) -> Backtest:
    """Return the back-test of the rule for SEN support on the published series of shares."""
    england = shares["E92000001"]
    histories = [History(code, series) for code, series in shares.items()]

    def rule(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
        return forecast_support_share(history.area_code, history.plans, england, constants, origin, horizons)

    return backtest(histories, {"default": rule}, NEED_ORIGINS)
