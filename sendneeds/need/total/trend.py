"""The default rule for the total of EHC plans: England's growth, the area's rate, and what is on its way."""

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
DAMPING = 0.025  # by this much of itself England's growth is less in each further year
SHARED_POWER = 1.5  # England's own squared errors grow with the horizon to about this power
LEAST_KEPT = 0.7
"""A count under this part of the year before cannot be: of 74 development areas none has kept less than 0.86."""
FEW_PLANS = 150  # below this chance alone may do as much
FIRST_ORIGIN = 2017  # the first January from which the rule is scored
RECORD_WEIGHT = 10  # past errors as typical as any that an area's own are averaged with
RECORD_BOUND = 9.0  # a squared error beyond three standard deviations counts as one of three
SIGNAL_FADE = (
    0.5  # what requests and other signals add in a year is half of what they added in the year before
)


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
    spread : float
        Factor on the area's own variance.
    """

    start: float
    fixed: tuple[Term, ...]
    columns: Mapping[str, Floats]
    left_out: tuple[str, ...]
    spread: float = 1.0


def damped(horizons: Floats) -> Floats:
    """Return the years of England's growth that are added up by each horizon, year k weighing 1 - 0.025 (k - 1).

    Examples
    --------
    >>> damped(np.array([1.0, 2.0, 5.0])).tolist()
    [1.0, 1.975, 4.75]
    """
    return horizons - DAMPING * horizons * (horizons - 1) / 2


def build_up(horizons: Floats, yearly: float = SIGNAL_FADE) -> Floats:
    """Return 1 + f + ... + f^(h-1): an effect that fades by the factor f = `yearly` each year, added up."""
    return (1 - yearly**horizons) / (1 - yearly)


def make_design(
    start: float,
    fixed: Sequence[Term],
    found: Mapping[str, tuple[float | None, Floats]],
    spread: float = 1.0,
) -> Design:
    """Return the Design of terms given as (figure or None, shape over horizons)."""
    columns = {name: value * shape for name, (value, shape) in found.items() if value is not None}
    return Design(start, tuple(fixed), columns, tuple(name for name in found if name not in columns), spread)


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
    check_base(history.area_code, history.plans, origin)
    rate = signals.rate(history, national, origin, history.plans, england.plans)
    fixed = (
        Term("plans now", np.full_like(all_h, np.log(start))),
        Term("England's growth", england_growth * damped(all_h)),
    )
    return make_design(
        start,
        fixed,
        {
            "rate": (signals.bounded(rate, signals.RATE_BOUND), all_h),
            "requests": (signals.requests(history, national, origin), build_up(all_h)),
            "lateness": (signals.lateness(history, national, origin), build_up(all_h)),
            "england_lateness": (signals.england_lateness(national, origin), build_up(all_h)),
            "pipeline": (signals.pipeline(history, national, origin), build_up(all_h)),
            "refusals": (signals.refusals(history, national, origin), build_up(all_h)),
        },
        signals.beyond_bound(rate),
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
        interval would be honest. Where the count at the origin is under 0.7 of the one before, which no area's is.

    Examples
    --------
    >>> from sendneeds.need.inputs.national import shipped_national
    >>> area = History("E06000055", {2022: 1554.0, 2023: 1651.0, 2024: 1900.0, 2025: 2170.0})
    >>> made = forecast(area, shipped_national(), 2025, [1, 5])
    >>> made.left_out, bool(made.quantile(0.5)[1] > 2170)
    (('rate', 'requests', 'lateness', 'pipeline', 'refusals'), True)
    """
    errors = [past.error for past in own_record(history, national, origin)]
    widen = 1.0 if history.area_code == ENGLAND else record_factor(errors)
    return _forecast(history, national, origin, horizons, widen, (fade_years, population_growth or {}))


class PastYear(NamedTuple):
    """How a forecast of an area one year ahead came out.

    Parameters
    ----------
    origin : int
    error : float
        Log of the outcome over the centre, in standard deviations of the forecast before the area's own record counted.
    held : bool
        Whether the outcome lay in the 80 % interval.
    """

    origin: int
    error: float
    held: bool


def own_record(history: History, national: National, origin: int) -> list[PastYear]:
    """Return how forecasts one year ahead came out for the area, from 2017 to the year before the origin.

    Examples
    --------
    >>> import sendneeds as sn
    >>> from sendneeds.need.inputs.area_history import area_history
    >>> from sendneeds.need.inputs.national import shipped_national
    >>> record = own_record(area_history(sn.open_area("bedford")), shipped_national(), 2025)
    >>> len(record), record[0].origin
    (8, 2017)
    """
    found = []
    for past in range(FIRST_ORIGIN, origin):
        outcome = known(history.plans, past + 1)
        try:
            made = _forecast(history, national, past, [1], 1.0, (1, {}))
        except (DomainError, MissingDataError):
            continue
        if outcome is not None:
            error = float((np.log(outcome) - made.log_mean[0]) / made.sd[0])
            low, high = made.quantile([0.1, 0.9])[0]
            found.append(PastYear(past, error, bool(low <= outcome <= high)))
    return found


def record_factor(errors: Sequence[float]) -> float:
    """Return the factor on an area's own variance that its past errors, in standard deviations, ask for.

    Their mean square, averaged with ten errors as large as expected.

    Examples
    --------
    >>> record_factor([2.0, -2.0]), record_factor([])
    (1.5, 1.0)
    """
    squares = np.minimum(np.square(errors), RECORD_BOUND)
    return float((RECORD_WEIGHT + squares.sum()) / (RECORD_WEIGHT + len(errors)))


def _forecast(
    history: History,
    national: National,
    origin: int,
    horizons: Sequence[int],
    record: float,
    later: tuple[int, Series],
) -> Forecast:
    """Return the forecast with the area's own variance times `record`."""
    history, national = history.known_at(origin), national.known_at(origin)
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    made = total_design(history, national, origin, all_h)
    made = made._replace(spread=made.spread * record)
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
        later=later,
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

    The area's own variance is (sd_area^2 + 1/count) h^power times the Design's spread, the shared one
    sd_shared^2 h^1.5.
    """
    all_h = np.arange(1, max(horizons) + 1, dtype=float)
    terms = [*made.fixed, *(Term(name, constants[name] * column) for name, column in made.columns.items())]
    terms.append(fade(terms, all_h, origin, *later))
    # the scatter between areas is no part of England's own forecast
    between = 0.0 if area_code == ENGLAND else sd_area**2
    sd_own = widen * np.sqrt((between + 1.0 / made.start) * made.spread * all_h**power)
    pick = np.asarray(horizons, dtype=np.int64) - 1
    return Forecast(
        area_code=area_code,
        origin=origin,
        horizons=pick + 1,
        log_mean=np.sum([term.by_horizon for term in terms], axis=0)[pick],
        sd_shared=(sd_shared * all_h ** (SHARED_POWER / 2))[pick],
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


def check_base(area_code: str, series: Series, origin: int) -> None:
    """Raise DomainError where the count at the origin is a fall that no area has had."""
    before, now = known(series, origin - 1), known(series, origin)
    if before is not None and now is not None and before >= FEW_PLANS and now < LEAST_KEPT * before:
        raise DomainError(
            f"{area_code}: {now:,.0f} EHC plans in January {origin} after {before:,.0f} the year before cannot be: no "
            f"area has kept fewer than 86 %. Correct the count, or go from the year before with origin={origin - 1}."
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
