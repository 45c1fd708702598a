"""Fitting the constants of the forecasting rules, leaving areas out: arrays in, constants out.

Terms are fitted by maximum likelihood of the t distribution that the rule claims (robust to the odd wild
count); the spread is fitted to errors of areas that the terms were not fitted on, so that it includes what
not knowing the terms costs. Every horizon weighs the same, however many outcomes it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.inputs.forecast import TAIL_DF, Floats
from sendneeds.need.inputs.history import History, National, Series, known
from sendneeds.need.total.trend import SHARED_POWER, Design, record_factor

FOLDS = 10
HORIZONS = np.arange(1.0, 6.0)
START = (-6.0, 1.2)  # log of sd_area^2, power of the horizon


@dataclass(frozen=True)
class Sample:
    """Every past forecast of a rule that has an outcome, one a row.

    Parameters
    ----------
    area : (N,) int array
        Place of the area among the sorted codes; its fold is the place modulo ten.
    group : (N,) int array
        The series (0 for the total; by need, the position of the need), each with a spread of its own.
    origin : (N,) int array
        January of the last count known.
    horizon, start, error, weight : (N,) float arrays
        Years ahead; count at the origin; log outcome less the fixed terms; weight, summing to 1.
    columns : (N, P) float array
        What one unit of each constant adds; 0 where the term is missing.
    spread : (N,) float array
        Factor on the area's own variance.
    """

    area: NDArray[np.int64]
    group: NDArray[np.int64]
    origin: NDArray[np.int64]
    horizon: Floats
    start: Floats
    error: Floats
    weight: Floats
    columns: Floats
    spread: Floats

    def part(self, keep: NDArray[np.bool_]) -> Sample:
        """Return the rows to keep, weights summing to 1 again."""
        weight = self.weight[keep]
        return Sample(
            self.area[keep],
            self.group[keep],
            self.origin[keep],
            self.horizon[keep],
            self.start[keep],
            self.error[keep],
            weight / weight.sum(),
            self.columns[keep],
            self.spread[keep],
        )

    def known_by(self, year: int) -> Sample:
        """Return the rows whose outcome was known in January of the year."""
        return self.part(self.origin + self.horizon <= year)


AllowanceModel = Callable[[History, National, int], Design]
Outcomes = Callable[[History], Series]


def collect(
    histories: Sequence[History],
    national: National,
    origins: Sequence[int],
    rules: Sequence[tuple[AllowanceModel, Outcomes]],
    names: Sequence[str],
) -> Sample:
    """Return the Sample of the rules on the areas; an area without what a rule needs has no row there."""
    places = {code: place for place, code in enumerate(sorted(h.area_code for h in histories))}
    rows = []
    for group, (take, outcomes) in enumerate(rules):
        for origin in origins:
            then = national.known_at(origin)
            for history in histories:
                try:
                    made = take(history.known_at(origin), then, origin)
                except (DomainError, MissingDataError):
                    continue
                base = np.sum([term.by_horizon for term in made.fixed], axis=0)
                nothing = np.zeros(len(HORIZONS))
                columns = np.column_stack([made.columns.get(name, nothing) for name in names])
                for h in range(len(HORIZONS)):
                    outcome = known(outcomes(history), origin + h + 1)
                    if outcome is not None:
                        error = np.log(outcome) - base[h]
                        place = places[history.area_code]
                        of_row = (place, group, origin, HORIZONS[h], made.start, made.spread, error)
                        rows.append((*of_row, *columns[h]))
    table = np.array(rows)
    cells = (table[:, 1] * 100 + table[:, 3]).astype(int)  # a cell is a series at a horizon
    counts = np.bincount(cells)
    weight = 1.0 / counts[cells]
    return Sample(
        table[:, 0].astype(np.int64),
        table[:, 1].astype(np.int64),
        table[:, 2].astype(np.int64),
        table[:, 3],
        table[:, 4],
        table[:, 6],
        weight / weight.sum(),
        table[:, 7:],
        table[:, 5],
    )


def standard_deviation(sample: Sample, variance_area: Floats, power: float, sd_shared: Floats) -> Floats:
    """Return the standard deviation of each row as the rule has it; `variance_area` is sd_area^2 of each group."""
    own = (variance_area[sample.group] + 1 / sample.start) * sample.horizon**power * sample.spread
    return np.sqrt(own + sd_shared[sample.group] ** 2 * sample.horizon**SHARED_POWER)


def loss(sample: Sample, error: Floats, spread: Floats, sd_shared: Floats) -> float:
    """Return the weighted minus log-likelihood; `spread` is log sd_area^2 of each group, then the power.

    `sd_shared` is the shared standard deviation a year of each group.
    """
    sd = standard_deviation(sample, np.exp(spread[:-1]), spread[-1], sd_shared)
    z2 = (error / sd) ** 2 / (TAIL_DF - 2)  # the t of variance 1 has scale^2 = (df - 2) / df
    return float(np.sum(sample.weight * ((TAIL_DF + 1) / 2 * np.log1p(z2) + np.log(sd))))


def fit_terms(sample: Sample, sd_shared: Floats) -> Floats:
    """Return the constants of the terms, (P,), fitted together with a spread that is then put aside."""
    terms = sample.columns.shape[1]
    groups = int(sample.group.max()) + 1
    first = np.concatenate([np.zeros(terms), np.full(groups, START[0]), START[1:]])

    def objective(p: Floats) -> float:
        return loss(sample, sample.error - sample.columns @ p[:terms], p[terms:], sd_shared)

    return np.asarray(optimize.minimize(objective, first, method="L-BFGS-B").x[:terms], dtype=float)


def fit_spread(sample: Sample, error: Floats, sd_shared: Floats) -> tuple[Floats, float]:
    """Return sd_area of each group and the power of the horizon, fitted to the errors."""
    groups = int(sample.group.max()) + 1
    first = np.concatenate([np.full(groups, START[0]), START[1:]])

    def objective(p: Floats) -> float:
        return loss(sample, error, p, sd_shared)

    found = optimize.minimize(objective, first, method="L-BFGS-B").x
    return np.exp(found[:-1] / 2), float(found[-1])


@dataclass(frozen=True)
class Fitted:
    """Constants fitted on all areas, and those fitted leaving each fold out.

    Parameters
    ----------
    terms : (P,) float array
    sd_area : (groups,) float array
    power : float
    by_fold : list of (terms, sd_area, power)
        Fitted without the areas of each fold.
    widen : (P,) float array
        Factor on the area's own standard deviation when a term is left out.
    """

    terms: Floats
    sd_area: Floats
    power: float
    by_fold: list[tuple[Floats, Floats, float]]
    widen: Floats


def fit_rule(sample: Sample, sd_shared: Floats) -> Fitted:
    """Return the constants of a rule, whole and by fold."""
    folds = sample.area % FOLDS
    error = np.zeros_like(sample.error)
    by_terms = []
    for fold in range(FOLDS):
        terms = fit_terms(sample.part(folds != fold), sd_shared)
        out = folds == fold
        error[out] = sample.error[out] - sample.columns[out] @ terms
        by_terms.append(terms)
    by_fold = []
    for fold, terms in enumerate(by_terms):
        rest = folds != fold
        by_fold.append((terms, *fit_spread(sample.part(rest), error[rest], sd_shared)))
    terms = fit_terms(sample, sd_shared)
    sd_area, power = fit_spread(sample, error, sd_shared)
    return Fitted(terms, sd_area, power, by_fold, widening(sample, terms))


def widening(sample: Sample, terms: Floats) -> Floats:
    """Return, a term, the ratio of the typical error without it to the one with it, at least 1."""

    def typical(error: Floats) -> float:
        return float(np.sum(sample.weight * np.abs(error)))

    full = typical(sample.error - sample.columns @ terms)
    without = [
        typical(sample.error - sample.columns @ np.where(np.arange(len(terms)) == j, 0.0, terms))
        for j in range(len(terms))
    ]
    return np.maximum(np.array(without) / full, 1.0)


def with_own_record(sample: Sample, fitted: Fitted, sd_shared: Floats) -> Sample:
    """Return the sample with each row's spread times what the area's own errors one year ahead, known then, ask for."""
    sd = standard_deviation(sample, fitted.sd_area**2, fitted.power, sd_shared)
    past = (sample.error - sample.columns @ fitted.terms) / sd
    one_year = sample.horizon == 1
    factor = np.ones(len(past))
    for place in np.unique(sample.area):
        of_area = sample.area == place
        for origin in np.unique(sample.origin[of_area]):
            known_then = past[of_area & one_year & (sample.origin < origin)]
            factor[of_area & (sample.origin == origin)] = record_factor(known_then)
    return replace(sample, spread=sample.spread * factor)
