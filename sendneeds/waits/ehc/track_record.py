"""How often the interval of the share of plans in time has held: forecasts made as if in past years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.foundation.constants import Z80
from sendneeds.waits.ehc.published_rates import PRIOR_SD, odds, yearly_sd

if TYPE_CHECKING:
    import pandas as pd

LEAST_YEARS = 2


def share_record(
    published: Mapping[str, Mapping[int, tuple[float, float]]],
    origins: Iterable[int],
    horizons: Iterable[int] = (1, 2, 3),
) -> pd.DataFrame:
    """Return forecasts of the share of plans within 20 weeks from past years, with what came.

    At an origin nothing later is used: the share stays at its log-odds of that year, and spreads from there as the
    clock's does (`ehc_rates.LogitRandomWalk`).

    Parameters
    ----------
    published : mapping of area to mapping of year to (issued, within 20 weeks)
    origins : iterable of int
        Years from which to forecast.
    horizons : iterable of int
        Years ahead.

    Returns
    -------
    pandas.DataFrame
        One row a forecast: area, origin, horizon, low, central, high, share, and `held`, whether the share lay in the
        interval, by half a plan.

    Examples
    --------
    >>> one = {"A": {2021: (100, 60), 2022: (100, 50), 2023: (100, 55), 2024: (120, 72)}}
    >>> share_record(one, [2023], [1])[["origin", "share", "held"]].to_dict("records")
    [{'origin': 2023, 'share': 0.6, 'held': True}]
    """
    import pandas as pd

    rows = []
    steps = tuple(horizons)
    for origin in origins:
        for area, years in published.items():
            issued = {y: n for y, (n, _) in years.items()}
            known = odds({y: k for y, (_, k) in years.items()}, issued, origin)
            if origin not in known or len(known) < LEAST_YEARS:
                continue
            sd = yearly_sd(known, PRIOR_SD["in time"])
            for ahead in steps:
                number, in_time = years.get(origin + ahead, (0.0, 0.0))
                if number <= 0:
                    continue
                reach = Z80 * sd * np.sqrt(ahead)
                low, central, high = special.expit(known[origin] + np.array([-reach, 0.0, reach]))
                share, slack = in_time / number, 0.5 / number
                held = bool(low - slack <= share <= high + slack)
                rows.append((area, origin, ahead, low, central, high, share, held))
    names = ["area", "origin", "horizon", "low", "central", "high", "share", "held"]
    return pd.DataFrame(rows, columns=names)
