"""What sets an area apart from England at an origin, and England from its own past.

Each is None where it cannot be known, and is then left out of a rule. Bounds keep one faulty release, or an
area that has always been far from England, from ruling a forecast.
"""

from __future__ import annotations

import numpy as np

from sendneeds.need.inputs.history import ENGLAND, History, National, Series, excess, known, log_ratio

RATE_BOUND = 0.25
REQUESTS_BOUND = 0.8
PIPELINE_BOUND = 0.05
REFUSALS_BOUND = 0.2
DOUBT = 1.2  # requests more than 3.3 times England's, or less than 0.3, are taken for a fault of the release


def bounded(value: float | None, bound: float) -> float | None:
    """Return the value held within `bound` of 0 either way.

    Examples
    --------
    >>> bounded(0.6, 0.25), bounded(None, 0.25)
    (0.25, None)
    """
    return None if value is None else float(np.clip(value, -bound, bound))


def rate(
    history: History, national: National, origin: int, plans: Series, england_plans: Series
) -> float | None:
    """Return the log of plans per pupil aged 5 to 15, less England's; 0 for England."""
    if history.area_code == ENGLAND:
        return 0.0
    return excess(
        log_ratio(plans, origin, history.pupils_5_15, origin),
        log_ratio(england_plans, origin, national.england.pupils_5_15, origin),
    )


def beyond_bound(rate: float | None) -> float:
    """Return the factor on the area's own variance where its rate lies beyond the bound; 1 within it.

    There the term stands still while the area's errors do not: an area twice the bound away has twice the variance.

    Examples
    --------
    >>> beyond_bound(-0.3), beyond_bound(0.1), beyond_bound(None)
    (1.2, 1.0, 1.0)
    """
    return 1.0 if rate is None else 1.0 + max(abs(rate) - RATE_BOUND, 0.0) / RATE_BOUND


def requests(history: History, national: National, origin: int) -> float | None:
    """Return how far requests of the year before run ahead of England's: level per plan and latest rise.

    Log requests per plan less England's, plus the log rise of requests over the year before less England's,
    bounded. The rise is left out where it is not known; either is, where it is beyond belief.
    """
    if history.area_code == ENGLAND:
        return 0.0
    england, year = national.england, origin - 1
    level = excess(
        log_ratio(history.requests, year, history.plans, origin),
        log_ratio(england.requests, year, england.plans, origin),
    )
    rise = excess(
        log_ratio(history.requests, year, history.requests, year - 1),
        log_ratio(england.requests, year, england.requests, year - 1),
    )
    if level is None or abs(level) > DOUBT:
        return None
    return bounded(level + (0.0 if rise is None or abs(rise) > DOUBT else rise), REQUESTS_BOUND)


def pipeline(history: History, national: National, origin: int) -> float | None:
    """Return assessments undecided at the end of the year before, per plan, less England's; bounded."""
    if history.area_code == ENGLAND:
        return 0.0

    def per_plan(of: History) -> float | None:
        undecided, plans = known(of.undecided, origin - 1, zero=True), known(of.plans, origin)
        return None if undecided is None or plans is None else undecided / plans

    return bounded(excess(per_plan(history), per_plan(national.england)), PIPELINE_BOUND)


def refusals(history: History, national: National, origin: int) -> float | None:
    """Return requests refused over requests received in the year before, less England's; bounded.

    Left out where the requests themselves are missing or beyond belief.
    """
    if history.area_code == ENGLAND:
        return 0.0
    if requests(history, national, origin) is None:
        return None

    def share(of: History) -> float | None:
        refused, received = known(of.refused, origin - 1, zero=True), known(of.requests, origin - 1)
        return None if refused is None or received is None else refused / received

    return bounded(excess(share(history), share(national.england)), REFUSALS_BOUND)


def lateness(history: History, national: National, origin: int) -> float | None:
    """Return the share of plans issued after 20 weeks in the year before, less the median over areas."""
    if history.area_code == ENGLAND:
        return 0.0
    return excess(history.late(origin - 1), known(national.median_late, origin - 1, zero=True))


def england_lateness(national: National, origin: int) -> float | None:
    """Return England's share of plans issued late in the year before, less its mean over the three before."""
    late = national.england.late(origin - 1)
    before = [national.england.late(origin - 1 - k) for k in (1, 2, 3)]
    known_before = [share for share in before if share is not None]
    return None if late is None or not known_before else late - float(np.mean(known_before))
