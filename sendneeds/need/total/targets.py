"""The total of plans and its parts by need, as wanted in each year and draw."""

from __future__ import annotations

import numpy as np

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need.inputs import history, stock
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.forecast import Forecast
from sendneeds.need.inputs.history import ENGLAND, History, National
from sendneeds.need.inputs.national import shipped_record
from sendneeds.need.inputs.setup import Setup, set_up
from sendneeds.need.total import trend
from sendneeds.need.total.by_need import forecast_need

SCORED_NEEDS = ("ASD", "SEMH", "SLCN")
"""Needs whose own forecast has a track record."""
OTHER_FADE = 0.8
"""Yearly factor on the excess of England's growth for a need over its growth for all needs."""
OTHER_SD = 0.06
"""Spread a year of the log of another need about that, up to five years, beside chance. An area of the development
set whose need had 150 pupils or more erred by 7, 19 and 36 % at 1, 3 and 5 years (80 % range over 1.28), chance
included."""

BIAS_TOLD = 10.0
"""A mean error at five years of more than this percentage is told beside the need."""

TERM_NAMES = {
    "rate": "the area's rate against England's",
    "requests": "requests for assessment",
    "lateness": "late plans still to come",
    "england_lateness": "England's late plans still to come",
    "pipeline": "assessments not yet decided",
    "refusals": "requests refused",
    "fade": "fading",
}
"""Terms of the rule in words."""


def plan_targets(setup: Setup, change: NeedChange) -> tuple[np.ndarray, list[str]]:
    """Return plans wanted by horizon, need and draw, and how the total was made.

    Each need with a rule of its own follows it, the others the total with England's excess for the need; the needs
    are then scaled to the total.

    Returns
    -------
    (ndarray of int, list of str)
        Shape (H, need, draw); adds up over needs to the drawn total.
    """
    made = trend.forecast(
        setup.history,
        setup.national,
        setup.start,
        setup.horizons,
        fade_years=setup.fade_years,
        population_growth=setup.people.growth(),
    )
    log_total = setup.paths(made, "total") + (changed_mean(setup, made, change) - made.log_mean)[:, None]
    base = stock.plans(setup.area, setup.start).sum(axis=1).astype(float)
    growth = np.repeat((log_total - np.log(base.sum()))[:, None], len(base), axis=1)
    growth += _other_needs(setup, base)
    for need in SCORED_NEEDS:
        try:
            by_need = forecast_need(
                setup.history,
                setup.national,
                need,
                setup.start,
                setup.horizons,
                fade_years=setup.fade_years,
                population_growth=setup.people.growth(),
            )
        except (MissingDataError, DomainError):
            continue  # too short a series of its own: it grows as the needs without a rule do
        start_log = np.log(setup.history.pupils_by_need[need][setup.start])
        growth[:, stock.PLAN_NEEDS.index(need)] = setup.paths(by_need, need) - start_log
    wanted = base[:, None] * np.exp(growth)
    total = np.rint(np.exp(log_total)).astype(np.int64)
    parts = np.stack([cohort.apportion(t, w) for t, w in zip(total, wanted, strict=True)])
    notes = [*total_notes(made), *record_notes(setup.history, setup.national, setup.start), *needs_notes()]
    return parts, [*notes, *change.notes()]


def _other_needs(setup: Setup, base: np.ndarray) -> np.ndarray:
    """Return what needs without a rule of their own grow beyond the total, shape (H, need, lane), on the log scale.

    England's growth for the need over its growth for all needs, fading; and a spread of the area's own. At
    three years this brought the mean error on the development areas from 21 to 20 % (MLD), from 27 to 18 %
    (SLD) and from 22 to 16 % (PD), against growing as the total does. The interval has no track record.
    """
    h = np.array(setup.horizons, dtype=float)
    nation = area_history(setup.england).pupils_by_need
    years = sorted({year for series in nation.values() for year in series})
    whole = {year: sum(series.get(year, 0.0) for series in nation.values()) for year in years}
    all_needs = history.growth(whole, setup.start)
    out = np.zeros((len(h), len(base), setup.lanes))
    for n, need in enumerate(stock.PLAN_NEEDS):
        own = history.growth(nation.get(need, {}), setup.start)
        if own is not None and all_needs is not None:
            out[:, n] = ((own - all_needs) * trend.build_up(h, OTHER_FADE))[:, None]
        luck = np.concatenate(
            [
                generator(setup.seed, setup.area.code, "plans", "need", need, block=b).standard_normal(
                    SEED_BLOCK
                )
                for b in setup.blocks
            ]
        )
        out[:, n] += (
            np.sqrt(h / max(base[n], 1.0) + (OTHER_SD * np.minimum(h, trend.SCORED_YEARS)) ** 2)[:, None]
            * luck
        )
    return out


def changed_mean(setup: Setup, made: Forecast, change: NeedChange) -> np.ndarray:
    """Return the centre of the log of the total under a change of growth, shape (H,)."""
    start = float(np.log(setup.history.plans[setup.start]))
    path = np.concatenate([[start], made.log_mean])
    steps = np.diff(path)
    horizon = np.arange(1, len(steps) + 1)
    if change.growth == "damped":
        return start + np.cumsum(steps * change.damping**horizon)
    if change.growth == "none":
        return np.full(len(steps), start)
    if change.growth == "rule":
        return made.log_mean
    assert change.by is not None  # NeedChange has seen to it
    if change.by <= setup.start:
        raise DomainError(f"by={change.by}: give a January after {setup.start}.")
    left = np.maximum(1 - horizon / (change.by - setup.start), 0)
    residents = np.log(setup.people.central().sum(axis=1))
    if change.growth == "plans":
        assert change.plans is not None
        reached = np.minimum(change.by - setup.start, len(horizon))
        after = np.where(horizon > reached, residents[1:] - residents[reached], 0.0)
        return start * left + np.log(change.plans) * (1 - left) + after
    england = set_up(setup.england, setup.to, 1, setup.seed, setup.fade_years, origin=setup.start)
    nation = trend.forecast(
        area_history(setup.england),
        setup.national,
        setup.start,
        setup.horizons,
        fade_years=setup.fade_years,
        population_growth=england.people.growth(),
    )
    rate = nation.log_mean - np.log(england.people.central().sum(axis=1))[1:]
    gap = (
        start
        - residents[0]
        - (np.log(england.history.plans[setup.start]) - np.log(england.people.central()[0].sum()))
    )
    return rate + residents[1:] + gap * left


def record_notes(history: History, national: National, origin: int) -> list[str]:
    """Return how forecasts of the area one year ahead have come out, in words; nothing for England."""
    record = [] if history.area_code == ENGLAND else trend.own_record(history, national, origin)
    if not record:
        return []
    missed = [past for past in record if not past.held]
    high = sum(past.error < 0 for past in missed)
    told = f"The area's own record: {len(record) - len(missed)} of {len(record)} forecasts one year ahead held in the "
    told += f"80 % interval, from January {record[0].origin} on"
    if missed:
        told += f"; of the misses {high} came in below it and {len(missed) - high} above"
    factor = np.sqrt(trend.record_factor([past.error for past in record]))
    told += f". Its own part of the interval is {abs(100 * (factor - 1)):.0f} % "
    told += f"{'wider' if factor >= 1 else 'narrower'} for it."
    if len(missed) > len(record) / 2:
        told += " More than half missed: read the total with care."
    return [told]


def needs_notes() -> list[str]:
    """Return which needs' own rules have erred to one side at five years, with the share that their intervals held."""
    notes = []
    for row in shipped_record():
        if (row["method"], row["origin"], row["horizon"]) != ("default", "all", "5"):
            continue
        bias, held = float(row["bias"]), float(row["coverage_80"])
        if row["target"] in SCORED_NEEDS and abs(bias) > BIAS_TOLD:
            notes.append(
                f"{row['target']}: five years ahead past forecasts were {abs(bias):.0f} % too "
                f"{'low' if bias < 0 else 'high'} on average, and their 80 % intervals held {100 * held:.0f} % of "
                f"outcomes: read the projection of this need as likelier too {'low' if bias < 0 else 'high'}."
            )
    return notes


def total_notes(made: Forecast) -> list[str]:
    """Return how the total was forecast, in words."""
    parts = "; ".join(
        f"{TERM_NAMES.get(t.name, t.name)} {100 * np.expm1(t.by_horizon[0]):+.1f} %"
        for t in made.terms[1:]
        if abs(t.by_horizon[0]) > 5e-5
    )
    notes = [f"The total of plans follows the scored rule; in the first year: {parts}."]
    lacking = [TERM_NAMES.get(name, name) for name in made.left_out]
    if lacking:
        notes.append(f"Left out for want of figures, and the interval widened: {', '.join(lacking)}.")
    return notes
