"""Every fitted constant of the rules, on all development areas and leaving each tenth of them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from forecast_rules_fit import (
    FOLDS,
    HORIZONS,
    AllowanceModel,
    Fitted,
    Outcomes,
    Sample,
    collect,
    fit_rule,
    fit_spread,
    with_own_record,
)
from sendneeds.need.inputs.forecast import Floats, Forecast
from sendneeds.need.inputs.history import ENGLAND, History, National
from sendneeds.need.total.by_need import SCORED_NEEDS, need_design
from sendneeds.need.total.sen_support import forecast_support_share
from sendneeds.need.total.trend import SHARED_POWER, total_design
from sendneeds.need.validation.backtest import ORIGINS, backtest
from sendneeds.need.validation.methods import SIMPLE, Method

NEED_ORIGINS = tuple(range(2018, 2025))
TOTAL_TERMS = ("rate", "requests", "lateness", "england_lateness", "pipeline", "refusals")
REAL_TIME_ORIGINS = tuple(range(2020, 2025))  # from the first with three past ones whose outcomes were known
NEED_TERMS = ("rate", "own_growth", "requests", "lateness")

Shares = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Constants:
    """The constants by name: fitted on all areas, and without the areas of each fold."""

    whole: dict[str, float]
    by_fold: list[dict[str, float]]


def total_rule() -> tuple[AllowanceModel, Outcomes]:
    """Return the rule for the total, as the fit takes it."""
    return (lambda h, n, origin: total_design(h, n, origin, HORIZONS)), (lambda h: h.plans)


def need_rule(need: str) -> tuple[AllowanceModel, Outcomes]:
    """Return the rule for one need, as the fit takes it."""
    return (
        lambda h, n, origin: need_design(h, n, need, origin, HORIZONS),
        lambda h: h.pupils_by_need.get(need, {}),
    )


def shared_sd(of_england: Sample) -> Floats:
    """Return, a group, the standard deviation of England's error one year ahead by its growth alone: what areas share.

    The root mean square over horizons of the errors over h^0.75, times how much further 80 % intervals must reach that
    rest on so few origins (t with as many degrees of freedom over normal). England's lateness is left out: its constant
    is fitted to these same few origins.
    """
    error = of_england.error / of_england.horizon ** (SHARED_POWER / 2)
    squares = np.bincount(of_england.group, of_england.weight * error**2)
    few = stats.t.ppf(0.9, len(np.unique(of_england.origin))) / stats.norm.ppf(0.9)
    return few * np.sqrt(squares / np.bincount(of_england.group, of_england.weight))


def fit(sample: Sample, of_england: Sample, own_record: bool = False) -> tuple[Fitted, Floats]:
    """Return the fitted rule and the shared standard deviation of one year.

    Parameters
    ----------
    sample, of_england : Sample
        Past forecasts of the areas and of England.
    own_record : bool
        Whether an area's own past errors widen its interval.
    """
    shared = shared_sd(of_england)
    fitted = fit_rule(sample, shared)
    if own_record:
        fitted = fit_rule(with_own_record(sample, fitted, shared), shared)
    return fitted, shared


def simple_sample(rows: pd.DataFrame, codes: Sequence[str]) -> Sample:
    """Return the errors of one method, as the fit of a spread takes them."""
    places = {code: place for place, code in enumerate(sorted(codes))}
    horizon = rows["horizon"].to_numpy(dtype=float)
    weight = 1 / rows.groupby("horizon")["outcome"].transform("size").to_numpy(dtype=float)
    return Sample(
        rows["area_code"].map(places).to_numpy(dtype=np.int64),
        np.zeros(len(rows), dtype=np.int64),
        rows["origin"].to_numpy(dtype=np.int64),
        horizon,
        rows["plans_at_origin"].to_numpy(dtype=float),
        np.log(rows["outcome"].to_numpy(dtype=float)) - rows["centre"].to_numpy(dtype=float),
        weight / weight.sum(),
        np.zeros((len(rows), 0)),
        np.ones(len(rows)),
    )


def spreads(prefix: str, sample: Sample, folds: int) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Return the constants of a spread alone, whole and leaving each fold out."""

    def named(part: Sample) -> dict[str, float]:
        sd_area, power = fit_spread(part, part.error, np.zeros(1))
        return {f"{prefix}_sd_area": float(sd_area[0]), f"{prefix}_power": power}

    return named(sample), [named(sample.part(sample.area % folds != fold)) for fold in range(folds)]


def rule_constants(
    prefix: str, names: Sequence[str], groups: Sequence[str], fitted: Fitted, shared: Floats
) -> Constants:
    """Return the constants of a fitted rule by name; `groups` are the ends of the names of its spreads."""

    def named(terms: Floats, sd_area: Floats, power: float) -> dict[str, float]:
        found = {f"{prefix}_{name}": float(value) for name, value in zip(names, terms, strict=True)}
        for group, own, common in zip(groups, sd_area, shared, strict=True):
            found |= {f"{prefix}_sd_area{group}": float(own), f"{prefix}_sd_shared{group}": float(common)}
        widen = zip(names, fitted.widen, strict=True)
        found |= {f"{prefix}_widen_{name}": float(value) for name, value in widen}
        return found | {f"{prefix}_power": power}

    by_fold = [named(*fold) for fold in fitted.by_fold]
    return Constants(named(fitted.terms, fitted.sd_area, fitted.power), by_fold)


def simple_constants(areas: Sequence[History], national: National, target: str) -> Constants:
    """Return the spreads of the methods without a model, fitted to their errors on one target."""
    guess = {
        f"{p}_{m}_{part}": 1.0 for p in ("total", target) for m in SIMPLE for part in ("sd_area", "power")
    }
    origins = ORIGINS if target == "total" else NEED_ORIGINS
    rows = backtest(areas, SIMPLE, origins, series=target, national=replace(national, constants=guess)).rows
    codes = [h.area_code for h in areas]
    whole: dict[str, float] = {}
    by_fold: list[dict[str, float]] = [{} for _ in range(FOLDS)]
    for name in SIMPLE:
        sample = simple_sample(rows[rows["method"] == name], codes)
        found, parts = spreads(f"{target}_{name}", sample, FOLDS)
        whole |= found
        by_fold = [have | part for have, part in zip(by_fold, parts, strict=True)]
    return Constants(whole, by_fold)


def support_methods(shares: Shares) -> dict[str, Method]:
    """Return no change and the rule for SEN support as methods on shares."""
    unchanged = dict.fromkeys(range(2016, 2026), 1.0)

    def following(england: Mapping[int, float], prefix: str) -> Method:
        def method(history: History, national: National, origin: int, horizons: Sequence[int]) -> Forecast:
            spread = {
                f"support_{part}": national.constants[f"{prefix}_{part}"] for part in ("sd_area", "power")
            }
            return forecast_support_share(history.area_code, history.plans, england, spread, origin, horizons)

        return method

    return {
        "naive": following(unchanged, "support_naive"),
        "default": following(shares[ENGLAND], "support"),
    }


def support_constants(shares: Shares, national: National) -> Constants:
    """Return the spread of the rule for SEN support, and those fitted without each series."""
    guess = {f"{p}_{part}": 1.0 for p in ("support", "support_naive") for part in ("sd_area", "power")}
    histories = [History(code, series) for code, series in sorted(shares.items())]
    rows = backtest(
        histories, support_methods(shares), NEED_ORIGINS, national=replace(national, constants=guess)
    ).rows
    whole: dict[str, float] = {}
    by_fold: list[dict[str, float]] = [{} for _ in histories]
    for name, prefix in (("default", "support"), ("naive", "support_naive")):
        part = rows[rows["method"] == name].assign(plans_at_origin=np.inf)
        found, parts = spreads(prefix, simple_sample(part, list(shares)), len(histories))
        whole |= found
        by_fold = [have | more for have, more in zip(by_fold, parts, strict=True)]
    return Constants(whole, by_fold)


def real_time_constants(areas: Sequence[History], national: National) -> dict[int, dict[str, float]]:
    """Return the constants of the total by origin, each fitted only on outcomes known in January of the origin."""
    rules = [total_rule()]
    sample = collect(areas, national, ORIGINS, rules, TOTAL_TERMS)
    of_england = collect([national.england], national, ORIGINS, rules, TOTAL_TERMS)
    found = {}
    for origin in REAL_TIME_ORIGINS:
        fitted, shared = fit(sample.known_by(origin), of_england.known_by(origin), own_record=True)
        found[origin] = rule_constants("total", TOTAL_TERMS, [""], fitted, shared).whole
    return found


def all_constants(areas: Sequence[History], national: National) -> Constants:
    """Return every constant of the total and of the needs, rules and simple methods."""

    def fitted(
        origins: Sequence[int],
        rules: Sequence[tuple[AllowanceModel, Outcomes]],
        names: Sequence[str],
        own_record: bool = False,
    ) -> tuple[Fitted, Floats]:
        of_areas, of_england = (
            collect(who, national, origins, rules, names) for who in (areas, [national.england])
        )
        return fit(of_areas, of_england, own_record)

    total, total_shared = fitted(ORIGINS, [total_rule()], TOTAL_TERMS, own_record=True)
    need, need_shared = fitted(NEED_ORIGINS, [need_rule(need) for need in SCORED_NEEDS], NEED_TERMS)
    parts = [
        rule_constants("total", TOTAL_TERMS, [""], total, total_shared),
        rule_constants("need", NEED_TERMS, [f"_{n}" for n in SCORED_NEEDS], need, need_shared),
        *(simple_constants(areas, national, target) for target in ("total", *SCORED_NEEDS)),
    ]
    whole: dict[str, float] = {}
    by_fold: list[dict[str, float]] = [{} for _ in range(FOLDS)]
    for part in parts:
        whole |= part.whole
        by_fold = [have | more for have, more in zip(by_fold, part.by_fold, strict=True)]
    return Constants(whole, by_fold)
