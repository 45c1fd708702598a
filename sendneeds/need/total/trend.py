"""The default rule for the total of EHC plans: England's growth, the area's rate, requests and lateness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.inputs.forecast import TAIL_DF, Floats, Forecast, Term
from sendneeds.need.inputs.history import ENGLAND, History, National, Series, known, recent_growth
from sendneeds.need.total import signals

SCORED_YEARS = 5  # horizons with outcomes enough to score
LEAST_COUNTS = 4
SIGNAL_FADE = 0.5  # what requests and lateness add in a year is half of what they added in the year before


class Design(NamedTuple):
    """A rule taken apart: what it fixes, and what one unit of each fitted constant adds at each horizon.

    Parameters
    ----------
    start : float
        The count at the origin.
    fixed : tuple of Term
        Terms without a fitted constant; the first is the log of the count at the origin.
    columns : mapping of term to (H,) array
        The constant of a term is ``<rule>_<term>``.
    left_out : tuple of str
        Terms whose figures are missing.
    """

    start: float
    fixed: tuple[Term, ...]
    columns: Mapping[str, Floats]
    left_out: tuple[str, ...]


def build_up(horizons: Floats, yearly: float = SIGNAL_FADE) -> Floats:
    """Return 1 + f + ... + f^(h-1): an effect that fades by the factor f = `yearly` each year, added up."""
    return (1 - yearly**horizons) / (1 - yearly)


def make_design(
    start: float, fixed: Sequence[Term], found: Mapping[str, tuple[float | None, Floats]]
) -> Design:
    """Return the Design of terms given as (figure or None, shape over horizons)."""
    columns = {name: value * shape for name, (value, shape) in found.items() if value is not None}
    return Design(start, tuple(fixed), columns, tuple(name for name in found if name not in columns))


def total_design(history: History, national: National, origin: int, all_h: Floats) -> Design:
    """Return the Design of the rule for the total; raise what is missing or too short.

    Raises
    ------
    MissingDataError, DomainError
        As `forecast`.
    """
    england = national.england
    start, england_growth = known(history.plans, origin), recent_growth(england.plans, origin)
    if start is None:
        raise MissingDataError(
            f"{history.area_code}: no count of EHC plans for January {origin}, the origin of the forecast."
        )
    if england_growth is None:
        raise MissingDataError(f"England: no counts of EHC plans up to January {origin} to take growth from.")
    check_length(history.area_code, history.plans, origin, LEAST_COUNTS, "EHC plans")
    rate = signals.rate(history, national, origin, history.plans, england.plans)
    fixed = (
        Term("plans now", np.full_like(all_h, np.log(start))),
        Term("England's growth", england_growth * all_h),
    )
    return make_design(
        start,
        fixed,
        {
            "rate": (signals.bounded(rate, signals.RATE_BOUND), all_h),
            "requests": (signals.requests(history, national, origin), build_up(all_h)),
            "lateness": (signals.lateness(history, national, origin), build_up(all_h)),
            "england_lateness": (signals.england_lateness(national, origin), build_up(all_h)),
        },
    )


def forecast(
    history: History,
    national: National,
    origin: int,
    horizons: Sequence[int] = range(1, 11),
    *,
    fade_years: int = 5,
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

    Examples
    --------
    >>> from sendneeds.need.inputs.national import shipped_national
    >>> area = History("E06000055", {2022: 1554.0, 2023: 1651.0, 2024: 1900.0, 2025: 2170.0})
    >>> made = forecast(area, shipped_national(), 2025, [1, 5])
    >>> made.left_out, bool(made.quantile(0.5)[1] > 2170)
    (('rate', 'requests', 'lateness'), True)
    """
    history, national = history.known_at(origin), national.known_at(origin)
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    made = total_design(history, national, origin, all_h)
    c = national.constants
    return combine(
        made,
        history.area_code,
        origin,
        horizons,
        {name: c[f"total_{name}"] for name in made.columns},
        widen=float(np.prod([c[f"total_widen_{name}"] for name in made.left_out])),
        sd_area=c["total_sd_area"],
        power=c["total_power"],
        sd_shared=c["total_sd_shared"],
        later=(fade_years, population_growth or {}),
    )


def combine(
    made: Design,
    area_code: str,
    origin: int,
    horizons: Sequence[int],
    constants: Mapping[str, float],
    *,
    widen: float,
    sd_area: float,
    power: float,
    sd_shared: float,
    later: tuple[int, Series],
) -> Forecast:
    """Return the Forecast of a Design: its terms with their constants, its growth later on, its spread.

    The area's own variance is (sd_area^2 + 1/count) h^power, the shared one (sd_shared h)^2.
    """
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    terms = [*made.fixed, *(Term(name, constants[name] * column) for name, column in made.columns.items())]
    terms.append(fade(terms, all_h, origin, *later))
    # the scatter between areas is no part of England's own forecast
    between = 0.0 if area_code == ENGLAND else sd_area**2
    sd_own = widen * np.sqrt((between + 1.0 / made.start) * all_h**power)
    pick = np.asarray(horizons, dtype=np.int64) - 1
    return Forecast(
        area_code=area_code,
        origin=origin,
        horizons=pick + 1,
        log_mean=np.sum([term.by_horizon for term in terms], axis=0)[pick],
        sd_shared=(sd_shared * all_h)[pick],
        sd_own=sd_own[pick],
        df=TAIL_DF,
        terms=tuple(Term(name, value[pick]) for name, value in terms),
        left_out=made.left_out,
        scored=pick < SCORED_YEARS,
    )


def check_length(area_code: str, series: Series, origin: int, least: int, what: str) -> None:
    """Raise DomainError where the series has fewer than `least` counts by the origin."""
    counts = sum(known(series, year) is not None for year in series if year <= origin)
    if counts < least:
        raise DomainError(
            f"{area_code}: {counts} January count(s) of {what} up to {origin}; at least {least} are needed "
            "before a forecast can be scored, so no interval is given. Add earlier years."
        )


def fade(terms: Sequence[Term], all_h: Floats, origin: int, fade_years: int, population: Series) -> Term:
    """Return the term that takes growth after the scored years down to that of the population."""
    if fade_years < 1:
        raise DomainError(f"fade_years is {fade_years}; it must be a whole number of years, at least 1.")
    path = np.sum([term.by_horizon for term in terms], axis=0)
    yearly = np.diff(path, prepend=terms[0].by_horizon[0])
    last = yearly[min(SCORED_YEARS, len(yearly)) - 1]
    past = np.clip((all_h - SCORED_YEARS) / fade_years, 0, 1)
    people = np.array([population.get(origin + int(h), 0.0) for h in all_h])
    change = np.where(all_h > SCORED_YEARS, (1 - past) * last + past * people - yearly, 0.0)
    return Term("fade to population growth", np.cumsum(change))
