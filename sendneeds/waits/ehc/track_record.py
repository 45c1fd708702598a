"""How often the interval of the share of plans in time has held: forecasts made as if in past years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.evidence.area import shipped
from sendneeds.foundation.constants import Z80
from sendneeds.waits.ehc.published_rates import ehc_constants, odds

if TYPE_CHECKING:
    import pandas as pd


LEAST_SHARE = 0.002
"""Share taken where none, or all, of a year's plans were in time."""


def share_interval(log_odds: float, ahead: int, constants: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the 80 % interval of the share in time some years ahead, with its centre: low, central, high.

    Parameters
    ----------
    log_odds : float
        Of the share in the last year known.
    ahead : int
        Years.
    constants : mapping of str to float
        ``in_time_level``, ``in_time_phi`` and ``in_time_sd``, as `ehc_constants` has them.

    Examples
    --------
    >>> law = {"in_time_level": 0.0, "in_time_phi": 0.6, "in_time_sd": 1.5}
    >>> [round(x, 2) for x in share_interval(1.0, 1, law)]
    [0.28, 0.65, 0.89]
    """
    level, phi, sd = (constants[f"in_time_{name}"] for name in ("level", "phi", "sd"))
    centre = level + phi**ahead * (log_odds - level)
    reach = Z80 * sd * np.sqrt(1.0 - phi ** (2 * ahead))
    low, central, high = special.expit(centre + np.array([-reach, 0.0, reach]))
    return float(low), float(central), float(high)


def record_alone(
    published: Mapping[int, float], years: Iterable[int]
) -> dict[int, tuple[float, float, float]]:
    """Return the share in time of years ahead as the published shares alone have it: low, central, high in per cent.

    Parameters
    ----------
    published : mapping of year to float
        Share within 20 weeks; the last counts.
    years : iterable of int
        Those not after the last published are left out, and all where nothing is published.

    Examples
    --------
    >>> alone = record_alone({2023: 0.5, 2024: 0.6}, [2024, 2025])
    >>> [[round(x) for x in interval] for interval in alone.values()]
    [[18, 57, 89]]
    """
    if not published:
        return {}
    last, constants = max(published), ehc_constants(shipped("england"))
    known = float(special.logit(np.clip(published[last], LEAST_SHARE, 1.0 - LEAST_SHARE)))
    out = {}
    for year in years:
        if year > last:
            low, central, high = share_interval(known, year - last, constants)
            out[year] = 100 * low, 100 * central, 100 * high
    return out


def share_record(
    published: Mapping[str, Mapping[int, tuple[float, float]]],
    origins: Iterable[int],
    horizons: Iterable[int] = (1, 2, 3),
) -> pd.DataFrame:
    """Return forecasts of the share of plans within 20 weeks from past years, with what came.

    At an origin the area's share of that year alone is used: its log-odds return to the mean of areas, and spread, as
    the clock's do (`published_rates.Autoregression`).

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
    steps, constants = tuple(horizons), ehc_constants(shipped("england"))
    for origin in origins:
        for area, years in published.items():
            issued = {y: n for y, (n, _) in years.items()}
            known = odds({y: k for y, (_, k) in years.items()}, issued, origin)
            if origin not in known:
                continue
            for ahead in steps:
                number, in_time = years.get(origin + ahead, (0.0, 0.0))
                if number <= 0:
                    continue
                low, central, high = share_interval(known[origin], ahead, constants)
                share, slack = in_time / number, 0.5 / number
                held = bool(low - slack <= share <= high + slack)
                rows.append((area, origin, ahead, low, central, high, share, held))
    names = ["area", "origin", "horizon", "low", "central", "high", "share", "held"]
    return pd.DataFrame(rows, columns=names)
