"""Methods to compare the default rule with, behind one interface.

A method is a callable ``method(history, national, origin, horizons) -> Forecast`` handed nothing
later than the origin's release; a user's own function of that form can be scored beside these.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.inputs.forecast import TAIL_DF, Floats, Forecast
from sendneeds.need.inputs.history import History, National, growth, known
from sendneeds.need.total.by_need import forecast_need
from sendneeds.need.total.trend import SCORED_YEARS, forecast

Method = Callable[[History, National, int, Sequence[int]], Forecast]


def plain_forecast(
    history: History, origin: int, horizons: Sequence[int], log_mean: Floats, sd: Floats, df: float = np.inf
) -> Forecast:
    """Return the Forecast of a method that knows no shared shock, from log means and their sd, (H,).

    Examples
    --------
    >>> logs, sd = np.log([105.0, 110.0]), np.array([0.1, 0.2])
    >>> made = plain_forecast(History("E1", {2024: 100.0}), 2024, [1, 2], logs, sd)
    >>> made.quantile(0.5).round(1).tolist()
    [105.0, 110.0]
    """
    h = np.asarray(horizons, dtype=np.int64)
    return Forecast(
        history.area_code, origin, h, log_mean, np.zeros(len(h)), sd, df, (), (), h <= SCORED_YEARS
    )


def past_error(name: str, national: National, start: float, horizons: Sequence[int]) -> Floats:
    """Return the sd of the log for a method without a model: its errors on the development areas (fitted)."""
    sd_area, power = (national.constants[f"total_{name}_{part}"] for part in ("sd_area", "power"))
    return np.sqrt((sd_area**2 + 1 / start) * np.asarray(horizons, dtype=float) ** power)


def with_yearly_growth(
    name: str, history: History, national: National, origin: int, horizons: Sequence[int], rate: float | None
) -> Forecast:
    """Return the forecast that grows by `rate` a year, with the interval of the method's past error."""
    start = known(history.plans, origin)
    if start is None or rate is None:
        raise MissingDataError(
            f"{history.area_code}: method {name!r} lacks the January counts up to {origin}."
        )
    h = np.asarray(horizons, dtype=float)
    sd = past_error(name, national, start, horizons)
    return plain_forecast(history, origin, horizons, np.log(start) + rate * h, sd, TAIL_DF)


def naive(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast no change."""
    return with_yearly_growth("naive", history, national, origin, horizons, 0.0)


def own_growth(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast the area's own yearly growth over the last three years."""
    rate = growth(history.plans, origin, longest(history, origin))
    return with_yearly_growth("own", history, national, origin, horizons, rate)


def england_growth(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast England's yearly growth over the last three years."""
    rate = growth(national.england.plans, origin, longest(national.england, origin))
    return with_yearly_growth("england", history, national, origin, horizons, rate)


def half_half(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast the mean of the area's own and England's yearly growth over the last three years."""
    own = growth(history.plans, origin, longest(history, origin))
    england = growth(national.england.plans, origin, longest(national.england, origin))
    rate = None if own is None or england is None else (own + england) / 2
    return with_yearly_growth("half", history, national, origin, horizons, rate)


def longest(history: History, origin: int, span: int = 3) -> tuple[int, ...]:
    """Return the longest span of years, up to three, whose first count is known; () where none is."""
    spans = [k for k in range(span, 0, -1) if known(history.plans, origin - k) is not None]
    return tuple(spans[:1])


def recent_counts(history: History, origin: int, least: int, name: str) -> Floats:
    """Return the counts of the unbroken run of years up to the origin, at least `least` of them."""
    run: list[float] = []
    while (count := known(history.plans, origin - len(run))) is not None:
        run.append(count)
    if len(run) < least:
        raise DomainError(
            f"{history.area_code}: method {name!r} needs {least} January counts in a row up to {origin}; "
            f"there are {len(run)}."
        )
    return np.array(run[::-1])


def linear(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast the straight line through the last five January counts, as local plans often do."""
    counts = recent_counts(history, origin, 5, "linear")[-5:]
    slope, level = np.polyfit(np.arange(-4.0, 1.0), counts, 1)
    central = np.maximum(level + slope * np.asarray(horizons, dtype=float), 1.0)
    sd = past_error("linear", national, counts[-1], horizons)
    return plain_forecast(history, origin, horizons, np.log(central), sd, TAIL_DF)


def of_counts(history: History, origin: int, horizons: Sequence[int], mean: Floats, sd: Floats) -> Forecast:
    """Return the Forecast of a model of counts: its interval carried to the log as sd / mean."""
    pick = np.asarray(horizons) - 1
    central = np.maximum(mean[pick], 1.0)
    ratio = np.maximum(sd[pick] / central, 1e-4)
    return plain_forecast(history, origin, horizons, np.log(central), ratio)


def ets(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast by exponential smoothing with additive error and trend (statsmodels ETSModel)."""
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    counts = recent_counts(history, origin, 6, "ets")
    n, last = len(counts), max(horizons)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged on a dozen points is judged by the scores
        fit = ETSModel(pd.Series(counts), error="add", trend="add").fit(disp=False)
        found = fit.get_prediction(start=n, end=n + last - 1)
    mean, variance = np.asarray(found.predicted_mean), np.asarray(found.forecast_variance)
    return of_counts(history, origin, horizons, mean, np.sqrt(variance))


def local_linear_trend(
    history: History, national: National, origin: int, horizons: Sequence[int]
) -> Forecast:
    """Forecast by a local linear trend (statsmodels UnobservedComponents)."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    counts = recent_counts(history, origin, 6, "local_linear_trend")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whether it converged on a dozen points is judged by the scores
        fit = UnobservedComponents(counts, "local linear trend").fit(disp=False)
        found = fit.get_forecast(max(horizons))
    return of_counts(history, origin, horizons, np.asarray(found.predicted_mean), np.asarray(found.se_mean))


def default(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
    """Forecast by the rule that the package projects with."""
    return forecast(history, national, origin, horizons)


METHODS: dict[str, Method] = {
    "naive": naive,
    "own": own_growth,
    "england": england_growth,
    "half": half_half,
    "linear": linear,
    "ets": ets,
    "local_linear_trend": local_linear_trend,
    "default": default,
}


SIMPLE = ("naive", "own", "england", "half", "linear")  # their intervals are their past errors, fitted


def for_need(method: Method, need: str) -> Method:
    """Return the method applied to pupils with a plan of one need; the default is that need's own rule."""

    def applied(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
        if method is default:
            return forecast_need(history, national, need, origin, horizons)
        area = replace(history, plans=history.pupils_by_need.get(need, {}))
        england = replace(national.england, plans=national.england.pupils_by_need.get(need, {}))
        spreads = {
            name.replace(f"{need}_", "total_", 1): value
            for name, value in national.constants.items()
            if name.startswith(f"{need}_")
        }
        return method(area, National(england, national.median_late, spreads), origin, horizons)

    return applied
