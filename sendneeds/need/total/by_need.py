"""The rule for pupils with a plan of one primary need, scored like the total; it is not reconciled to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.inputs.forecast import Floats, Forecast, Term
from sendneeds.need.inputs.history import (
    ENGLAND,
    History,
    National,
    Series,
    excess,
    growth,
    known,
    recent_growth,
)
from sendneeds.need.total import signals
from sendneeds.need.total.trend import Design, build_up, check_length, combine, make_design

LEAST_COUNTS = 3
PLANS_LEAD = 0.3  # the part of the gap between growth of plans and of pupils with a plan that is added
EXCESS_FADE = 0.9  # a need's growth above that of all needs fades by this factor a year
OWN_FADE = 0.7  # so does an area's growth above England's
OWN_BOUND = 0.3
SCORED_NEEDS = ("ASD", "SEMH", "SLCN")


def all_needs(pupils_by_need: Mapping[str, Series]) -> dict[int, float]:
    """Return pupils with a plan of any need, by year."""
    years = sorted({year for series in pupils_by_need.values() for year in series})
    return {year: sum(known(s, year) or 0.0 for s in pupils_by_need.values()) for year in years}


def need_design(history: History, national: National, need: str, origin: int, all_h: Floats) -> Design:
    """Return the Design of the rule for one need; raise what is missing or too short.

    England's growth for the need is taken apart: pupils with any plan, and the need's excess over them, which
    fades. Pupils with a plan follow plans, which since 2014 also reach the over-16s, with a lag: a part of
    the gap between the two growths is added.

    Raises
    ------
    MissingDataError, DomainError
        As `forecast_need`.
    """
    england = national.england
    series = history.pupils_by_need.get(need, {})
    of_england = england.pupils_by_need.get(need, {})
    start, need_growth = known(series, origin), recent_growth(of_england, origin)
    any_need = recent_growth(all_needs(england.pupils_by_need), origin)
    lead = excess(recent_growth(england.plans, origin), any_need)
    if start is None or need_growth is None or any_need is None or lead is None:
        who = history.area_code if start is None else "England"
        raise MissingDataError(f"{who}: no pupils with a plan for {need} up to January {origin}, the origin.")
    check_length(history.area_code, series, origin, LEAST_COUNTS, f"pupils with a plan for {need}")
    own = excess(growth(series, origin), growth(of_england, origin))
    fixed = (
        Term("pupils now", np.full_like(all_h, np.log(start))),
        Term("England's growth, all needs", any_need * all_h),
        Term("England's plans run ahead of pupils", PLANS_LEAD * lead * all_h),
        Term("England's growth, this need's excess", (need_growth - any_need) * build_up(all_h, EXCESS_FADE)),
    )
    return make_design(
        start,
        fixed,
        {
            "rate": (signals.rate(history, national, origin, series, of_england), all_h),
            "own_growth": (
                0.0 if history.area_code == ENGLAND else signals.bounded(own, OWN_BOUND),
                build_up(all_h, OWN_FADE),
            ),
            "requests": (signals.requests(history, national, origin), build_up(all_h)),
            "lateness": (signals.lateness(history, national, origin), build_up(all_h)),
        },
    )


def forecast_need(
    history: History,
    national: National,
    need: str,
    origin: int,
    horizons: Sequence[int] = range(1, 11),
    *,
    fade_years: int = 5,
    population_growth: Series | None = None,
) -> Forecast:
    """Forecast pupils with a plan for one primary need: England's growth for it and the area's signals.

    Parameters
    ----------
    history, national, origin, horizons, fade_years, population_growth
        As for `sendneeds.need.total.trend.forecast`.
    need : str
        Need code: ASD, SEMH or SLCN.

    Returns
    -------
    Forecast
        Of pupils with a plan, located by school.

    Raises
    ------
    MissingDataError
        Where the need has no fitted spread, where the area or England has no count of it at the origin, or
        England has none before it.
    DomainError
        Where the area has fewer than three counts of the need by the origin.
    """
    if need not in SCORED_NEEDS:
        raise MissingDataError(
            f"The rule by need is fitted and scored for {', '.join(SCORED_NEEDS)} only, not for {need!r}."
        )
    history, national = history.known_at(origin), national.known_at(origin)
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    made = need_design(history, national, need, origin, all_h)
    c = national.constants
    return combine(
        made,
        history.area_code,
        origin,
        horizons,
        {name: c[f"need_{name}"] for name in made.columns},
        widen=float(np.prod([c[f"need_widen_{name}"] for name in made.left_out])),
        sd_area=c[f"need_sd_area_{need}"],
        power=c["need_power"],
        sd_shared=c[f"need_sd_shared_{need}"],
        later=(fade_years, population_growth or {}),
    )
