"""The default rule for the total of EHC plans: England's growth, the area's rate, requests and lateness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.forecast import Floats, Forecast, Term
from sendneeds.need.history import ENGLAND, History, National, Series, growth, known, signals

SCORED_YEARS = 5  # horizons with outcomes enough to score


def build_up(horizons: Floats, yearly: float = 0.5) -> Floats:
    """Return 1 + f + ... + f^(h-1): an effect that fades by the factor f = `yearly` each year, added up."""
    return (1 - yearly**horizons) / (1 - yearly)


def forecast(
    history: History,
    national: National,
    origin: int,
    horizons: Sequence[int] = range(1, 11),
    *,
    fade_years: int = 10,
    population_growth: Series | None = None,
) -> Forecast:
    """Forecast the total of EHC plans by the default rule (see ``docs/explanation/forecast.md``).

    Parameters
    ----------
    history : History
        The area; figures later than the origin are ignored.
    national : National
        England's series, medians and constants, as shipped.
    origin : int
        January of the last count.
    horizons : sequence of int
        Years ahead, from 1 on.
    fade_years : int
        Beyond five years the yearly growth goes in equal steps from the rule's to that of the population,
        which it reaches after this many years.
    population_growth : mapping of January year to log growth over the year before, optional
        Growth of the population to fade to; 0 where not given.

    Returns
    -------
    Forecast
        Horizons after the fifth are marked as not scored.

    Raises
    ------
    MissingDataError
        Where the area or England has no count at the origin.
    DomainError
        Where the area has fewer than four January counts by the origin: too short a history to score, so no
        interval would be honest.
    """
    history, national = history.known_at(origin), national.known_at(origin)
    start, england_growth = check(history, national, origin)
    c = national.constants
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    found = signals(history, national, origin)
    shapes = {
        "rate": c["total_rate"] * all_h,
        "requests": c["total_requests"] * build_up(all_h),
        "lateness": c["total_lateness"] * build_up(all_h),
    }
    terms = [
        Term("plans now", np.full_like(all_h, np.log(start))),
        Term("England's growth", england_growth * all_h),
    ]
    terms += [Term(name, value * shapes[name]) for name, value in found.items() if value is not None]
    left_out = tuple(name for name, value in found.items() if value is None)
    terms.append(fade(terms, all_h, origin, fade_years, population_growth or {}))

    # the scatter between areas is no part of England's own forecast
    between = 0.0 if history.area_code == ENGLAND else c["total_sd_area"] ** 2
    widen = float(np.prod([c[f"total_widen_{name}"] for name in left_out]))
    sd_own = widen * np.sqrt((between + 1.0 / start) * all_h ** c["total_sd_power"])
    sd_shared = c["total_sd_shared"] * all_h
    pick = np.asarray(horizons, dtype=np.int64) - 1
    return Forecast(
        area_code=history.area_code,
        origin=origin,
        horizons=pick + 1,
        log_mean=np.sum([term.by_horizon for term in terms], axis=0)[pick],
        sd_shared=sd_shared[pick],
        sd_own=sd_own[pick],
        terms=tuple(Term(term.name, term.by_horizon[pick]) for term in terms),
        left_out=left_out,
        scored=pick < SCORED_YEARS,
    )


def check(history: History, national: National, origin: int) -> tuple[float, float]:
    """Return the area's plans at the origin and England's yearly log growth, or raise what is missing."""
    start = known(history.plans, origin)
    england_growth = growth(national.england.plans, origin)
    if start is None:
        raise MissingDataError(
            f"{history.area_code}: no count of EHC plans for January {origin}, the origin of the forecast."
        )
    if england_growth is None:
        raise MissingDataError(
            f"England: no counts of EHC plans up to January {origin} to take its growth from."
        )
    counts = sum(known(history.plans, year) is not None for year in history.plans)
    if counts < 4:
        raise DomainError(
            f"{history.area_code}: {counts} January count(s) of EHC plans up to {origin}; at least 4 are "
            "needed before a forecast can be scored, so no interval is given. Add earlier years to the table "
            "ehc_plans."
        )
    return start, england_growth


def fade(
    terms: Sequence[Term], all_h: Floats, origin: int, fade_years: int, population_growth: Series
) -> Term:
    """Return the term that takes growth after the scored years down to that of the population."""
    if fade_years < 1:
        raise DomainError(f"fade_years is {fade_years}; it must be a whole number of years, at least 1.")
    path = np.sum([term.by_horizon for term in terms], axis=0)
    yearly = np.diff(path, prepend=terms[0].by_horizon[0])
    last = yearly[min(SCORED_YEARS, len(yearly)) - 1]
    past = np.clip((all_h - SCORED_YEARS) / fade_years, 0, 1)
    people = np.array([population_growth.get(origin + int(h), 0.0) for h in all_h])
    change = np.where(all_h > SCORED_YEARS, (1 - past) * last + past * people - yearly, 0.0)
    return Term("fade to population growth", np.cumsum(change))
