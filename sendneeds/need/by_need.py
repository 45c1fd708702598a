"""The rule for pupils with a plan of one primary need, scored like the total; it is not reconciled to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.forecast import Forecast, Term
from sendneeds.need.history import (
    ENGLAND,
    History,
    National,
    Series,
    excess,
    growth,
    known,
    log_ratio,
    signals,
)
from sendneeds.need.trend import SCORED_YEARS, build_up, fade


def forecast_need(
    history: History,
    national: National,
    need: str,
    origin: int,
    horizons: Sequence[int] = range(1, 11),
    *,
    fade_years: int = 10,
    population_growth: Series | None = None,
) -> Forecast:
    """Forecast pupils with a plan for one primary need: England's growth for it and the area's signals.

    Parameters
    ----------
    history, national, origin, horizons, fade_years, population_growth
        As for `sendneeds.need.trend.forecast`.
    need : str
        Need code, for example ``ASD``.

    Returns
    -------
    Forecast
        Of pupils with a plan, located by school.

    Raises
    ------
    MissingDataError
        Where the area or England has no count of the need at the origin, or England has none before it.
    DomainError
        Where the area has fewer than three counts of the need by the origin.
    """
    history, national = history.known_at(origin), national.known_at(origin)
    series = history.pupils_by_need.get(need, {})
    england = national.england.pupils_by_need.get(need, {})
    start, england_growth = known(series, origin), growth(england, origin)
    if start is None or england_growth is None:
        who = history.area_code if start is None else "England"
        raise MissingDataError(f"{who}: no pupils with a plan for {need} in January {origin}, the origin.")
    counts = sum(known(series, year) is not None for year in series)
    if counts < 3:
        raise DomainError(
            f"{history.area_code}: {counts} January count(s) for {need} up to {origin}; at least 3 are "
            "needed before a forecast can be scored."
        )
    c = national.constants
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    found = signals(history, national, origin)
    own = excess(growth(series, origin), england_growth)
    found["rate"] = excess(
        log_ratio(series, origin, history.pupils_5_15, origin),
        log_ratio(england, origin, national.england.pupils_5_15, origin),
    )
    if history.area_code == ENGLAND:
        found, own = dict.fromkeys(found, 0.0), 0.0
    found["own growth"] = own
    shapes = {
        "rate": c["need_rate"] * all_h,
        "requests": c["need_requests"] * build_up(all_h),
        "lateness": c["need_lateness"] * build_up(all_h),
        "own growth": c["need_own_growth"] * build_up(all_h, c["need_own_fade"]),
    }
    terms = [
        Term("pupils now", np.full_like(all_h, np.log(start))),
        Term("England's growth", england_growth * all_h),
    ]
    terms += [Term(name, value * shapes[name]) for name, value in found.items() if value is not None]
    left_out = tuple(name for name, value in found.items() if value is None)
    terms.append(fade(terms, all_h, origin, fade_years, population_growth or {}))
    between = 0.0 if history.area_code == ENGLAND else c[f"need_sd_area_{need}"] ** 2
    sd_own = float(np.prod([c.get(f"total_widen_{name}", 1.0) for name in left_out])) * np.sqrt(
        (between + 1.0 / start) * all_h ** c["need_sd_power"]
    )
    pick = np.asarray(horizons, dtype=np.int64) - 1
    made = Forecast(
        area_code=history.area_code,
        origin=origin,
        horizons=pick + 1,
        log_mean=np.sum([term.by_horizon for term in terms], axis=0)[pick],
        sd_shared=(c["need_sd_shared"] * all_h)[pick],
        sd_own=sd_own[pick],
        terms=tuple(terms),
        left_out=left_out,
        scored=pick < SCORED_YEARS,
    )
    return replace(made, terms=tuple(Term(name, value[pick]) for name, value in terms))
