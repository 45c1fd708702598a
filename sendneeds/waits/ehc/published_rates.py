"""What an area's published EHC figures say of its clock: shares by year, and the law of the weeks that stages take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import ENGLAND
from sendneeds.waits.ehc.weeks_law import spread_of_mean

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

MOST_ASSESSED = 0.97
"""Bound of the share of decided requests that are assessed, where an option raises it."""
MINIMUM_SD = 0.15
"""Least year-to-year spread of England's log-odds, where few years are published."""

Counts = dict[int, float]


@dataclass(frozen=True)
class Autoregression:
    """A quantity published to a year and first-order autoregressive beyond it, about a level it returns to.

    With x the quantity on the scale it moves on (log-odds of a share, log of a spread)::

        x[y + 1] = level + phi (x[y] - level) + sd sqrt(1 - phi^2) e,    e ~ N(0, 1)

    so that its spread k years on is ``sd sqrt(1 - phi^(2 k))`` and never more than `sd`.

    Parameters
    ----------
    published : dict of int to float
        By calendar year, on the scale it moves on.
    level : float
    phi : float
        Correlation of one year with the next, 0 to 1.
    sd : float
        Spread in the long run.
    draws, seed : int
    key : tuple of str
        Of its random numbers.
    back : callable
        From that scale to the quantity.
    """

    published: dict[int, float]
    level: float
    phi: float
    sd: float
    draws: int
    seed: int
    key: tuple[str, ...]
    back: Callable[[np.ndarray], np.ndarray] = special.expit

    @property
    def last(self) -> int:
        """The last year published."""
        return max(self.published)

    def scale(self, year: int) -> np.ndarray:
        """Return the draws of a year on the scale that the quantity moves on, (draw,)."""
        if year <= self.last:
            nearest = max((y for y in self.published if y <= year), default=min(self.published))
            return np.full(self.draws, self.published[nearest])
        step = self.sd * np.sqrt(1.0 - self.phi**2)
        away = np.full(self.draws, self.published[self.last] - self.level)
        for y in range(self.last + 1, year + 1):
            away = self.phi * away + step * standard_normal(self.seed, (*self.key, str(y)), self.draws)
        return self.level + away

    def centre(self, year: int) -> float:
        """Return the expected value of a year on that scale."""
        if year <= self.last:
            return float(self.scale(year)[0])
        ahead = year - self.last
        return self.level + self.phi**ahead * (self.published[self.last] - self.level)

    def covariance(self, year: int, other: int) -> float:
        """Return the covariance of two years on that scale: 0 where either is published."""
        a, b = sorted((max(year - self.last, 0), max(other - self.last, 0)))
        return self.sd**2 * (self.phi ** (b - a) - self.phi ** (a + b))

    def at(self, year: int) -> np.ndarray:
        """Return the draws of a year, (draw,)."""
        return self.back(self.scale(year))


@dataclass(frozen=True)
class Rates:
    """The EHC process of an area by calendar year.

    Parameters
    ----------
    series : dict of str to Autoregression
        ``assessed``: of decided requests, those that lead to an assessment; ``refused of rest``: of the others, those
        refused, the rest being withdrawn; ``planned``: of assessments, those that lead to a plan; ``not issued of
        rest``: of the others, those that end with a decision not to issue; ``decided in time``: decisions told within
        six weeks; ``not issued in time``: decisions not to issue told within 16; ``exceptions``: of plans issued,
        those that a regulation excepts from 20 weeks; ``in time`` and ``in time excepted``: of the others and of
        those, issued within 20; ``spread``: standard deviation of the log of the weeks from decision to plan.
    year : int
        The last published year that they rest on.
    borrowed : tuple of str
        Shares that are England's, the area's own being suppressed, or of nobody.
    joined : dict of (str, int) to ndarray, (draw,)
        Shares of a year that agree with the requests and plans of that year; they stand before `series`.
    note : str
        What became of the published mean weeks from request to plan, where there are any.
    """

    series: dict[str, Autoregression]
    year: int
    borrowed: tuple[str, ...] = ()
    joined: dict[tuple[str, int], np.ndarray] = field(default_factory=dict)
    note: str = ""

    def at(self, name: str, year: int) -> np.ndarray:
        """Return one of them in a year, (draw,)."""
        known = self.joined.get((name, year))
        return self.series[name].at(year) if known is None else known

    def with_assessed_times(self, factor: Mapping[int, np.ndarray]) -> Rates:
        """Return rates whose share of requests assessed is multiplied in some years, and never over `MOST_ASSESSED`."""
        changed = {
            ("assessed", year): np.minimum(self.at("assessed", year) * times, MOST_ASSESSED)
            for year, times in factor.items()
        }
        return replace(self, joined={**self.joined, **changed})

    def unhindered(self, year: int, best: np.ndarray) -> np.ndarray:
        """Return the share in time were advice never short: what the best areas reach, moved as the area's own is."""
        series = self.series["in time"]
        known = series.scale(self.year)
        return special.expit(np.maximum(special.logit(best), known) + series.scale(year) - known)


def stage_counts(area: Area) -> dict[str, Counts]:
    """Return the published counts of the EHC process by stage and calendar year."""
    table = area.table("ehc_flow")
    whole = table[table["count"].notna()]
    for column in ("age", "need", "reason"):
        if column in whole:
            whole = whole[whole[column].isna() | (whole[column] == "all")]
    out: dict[str, Counts] = {}
    for row in whole.to_dict("records"):
        out.setdefault(str(row["stage"]), {})[int(row["calendar_year"])] = float(row["count"])
    return out


def timeliness(area: Area) -> dict[str, dict[int, tuple[float, float, float]]]:
    """Return plans issued, within 20 weeks and after 52, by basis (`excluding`, `including`) and calendar year."""
    import pandas as pd

    out: dict[str, dict[int, tuple[float, float, float]]] = {}
    for row in area.table("ehc_timeliness").to_dict("records"):
        numbers = [row["issued"], row["within_20_weeks"], row.get("over_52_weeks")]
        if not pd.isna(numbers[0]) and not pd.isna(numbers[1]):
            values = (
                float(numbers[0]),
                float(numbers[1]),
                float("nan") if pd.isna(numbers[2]) else float(numbers[2]),
            )
            out.setdefault(str(row["exceptions"]), {})[int(row["calendar_year"])] = values
    return out


def odds(part: Counts, whole: Counts, last: int) -> dict[int, float]:
    """Return the log-odds of a share by year to the last, of counts that may be 0."""
    years = sorted(y for y in part if y <= last and 0 < whole.get(y, 0.0) >= part[y])
    return {y: float(special.logit((part[y] + 0.5) / (whole[y] + 1.0))) for y in years}


def yearly_sd(published: dict[int, float]) -> float:
    """Return the root mean square of a series' yearly changes, `MINIMUM_SD` at least."""
    changes = np.diff([published[y] for y in sorted(published)])
    return max(float(np.sqrt((changes**2).mean())) if changes.size else 0.0, MINIMUM_SD)


def ehc_constants(england: Area) -> dict[str, float]:
    """Return the constants fitted on the development areas, by name (``ehc_constants.csv``)."""
    table = england.table("ehc_constants")
    return dict(zip(table["name"], table["value"].astype(float), strict=True))


def rates(area: Area, draws: int, seed: int, year: int | None = None) -> Rates:
    """Return the shares of an area's EHC process by year.

    Each share is published to a year; from there its log-odds return to the mean of areas at the rate, and spread
    about it as far, as they have done over the development areas. England's keep its last level and move by its own
    changes.

    Parameters
    ----------
    area : Area
    draws, seed : int
    year : int, optional
        Use figures to this calendar year only; the latest when left out.

    Returns
    -------
    Rates

    Raises
    ------
    MissingDataError
        If the area lacks the figures of that year.
    """
    counts, times = stage_counts(area), timeliness(area)
    newest = max(times.get("excluding", {0: ()}))
    last = newest if year is None else year
    for stage in (
        "requests_decided_to_assess",
        "requests_decided_not_to_assess",
        "assess_in_year",
        "assess_issued",
    ):
        if last not in counts.get(stage, {}):
            raise MissingDataError(
                f"{area.name}: ehc_flow.csv has no {stage} for {last}: the EHC clock needs it to derive requests and "
                "assessments back from plans."
            )
    if last not in times.get("excluding", {}) or last not in times.get("including", {}):
        raise MissingDataError(f"{area.name}: ehc_timeliness.csv has no plans within 20 weeks for {last}.")
    england = area.england()
    nation = share_parts(stage_counts(england), timeliness(england))
    constants, nationwide = ehc_constants(england), area.code == ENGLAND
    series, borrowed = {}, []
    for name, (part, whole) in share_parts(counts, times).items():
        published = odds(part, whole, last)
        if not published:
            published = odds(*nation[name], last)
            borrowed.append(name)
        if not published:
            raise MissingDataError(
                f"{area.name}: neither it nor England has the share {name!r} to {last} in ehc_flow.csv."
            )
        level, phi, sd = (constants[f"{name.replace(' ', '_')}_{what}"] for what in ("level", "phi", "sd"))
        if nationwide:
            level, sd = published[max(published)], yearly_sd(published) / np.sqrt(1.0 - phi**2)
        series[name] = Autoregression(published, level, phi, sd, draws, seed, (area.code, "ehc", name))
    tails, step = _tail(england, last)
    phi, usual = constants["in_time_phi"], tails[max(tails)]
    own, note = _own_spread(area, series, last, usual)
    series["spread"] = Autoregression(
        tails if own is None else {last: own},
        usual,
        phi,
        step / np.sqrt(1.0 - phi**2),
        draws,
        seed,
        (ENGLAND, "ehc", "spread"),
        np.exp,
    )
    return Rates(series, last, tuple(borrowed), note=note)


def mean_weeks(area: Area) -> dict[str, Counts]:
    """Return the published mean weeks from request to plan by basis and calendar year; empty where there are none."""
    table = area.table("ehc_timeliness")
    out: dict[str, Counts] = {}
    if "mean_weeks" in table:
        for row in table.dropna(subset=["mean_weeks"]).to_dict("records"):
            out.setdefault(str(row["exceptions"]), {})[int(row["calendar_year"])] = float(row["mean_weeks"])
    return out


def _own_spread(
    area: Area, series: Mapping[str, Autoregression], last: int, usual: float
) -> tuple[float | None, str]:
    """Return the log of the spread that gives the published mean weeks of the year, if one does, and a note."""
    mean = mean_weeks(area).get("excluding", {}).get(last)
    if mean is None:
        return None, ""
    share, prompt = (
        float(special.expit(series[name].centre(last))) for name in ("in time", "decided in time")
    )
    found = spread_of_mean(share, prompt, mean, float(np.exp(usual)))
    if found is None:
        return (
            None,
            f"No spread of weeks has both {share:.0%} in time and the published mean of {mean:g} weeks.",
        )
    return float(np.log(found)), f"Weeks spread so that {last} has the published mean of {mean:g} weeks."


def share_parts(
    counts: dict[str, Counts], times: dict[str, dict[int, tuple[float, float, float]]]
) -> dict[str, tuple[Counts, Counts]]:
    """Return each share as its part and its whole, by year."""

    def count(stage: str) -> Counts:
        return counts.get(stage, {})

    def plus(*parts: Counts) -> Counts:
        return {y: sum(part.get(y, 0.0) for part in parts) for y in parts[0] if y in parts[1]}

    def less(whole: Counts, part: Counts) -> Counts:
        return {y: whole[y] - part[y] for y in part if y in whole}

    assess, refuse = count("requests_decided_to_assess"), count("requests_decided_not_to_assess")
    decided = plus(assess, refuse, count("requests_withdrawn"))
    six, over = count("request_outcome_six_weeks"), count("request_outcome_over_6_weeks")
    soon, late = count("outcome_decision_within_time"), count("outcome_decision_over_time")
    assessments, plans = count("assess_in_year"), count("assess_issued")
    outside, inside = times.get("excluding", {}), times.get("including", {})
    issued = [{y: v[0] for y, v in basis.items()} for basis in (outside, inside)]
    in_time = [{y: v[1] for y, v in basis.items()} for basis in (outside, inside)]
    excepted = less(issued[1], issued[0])
    return {
        "assessed": (assess, decided),
        "refused of rest": (refuse, less(decided, assess)),
        "planned": (plans, assessments),
        "not issued of rest": (count("assess_not_issued"), less(assessments, plans)),
        "decided in time": (six, plus(six, over)),
        "not issued in time": (soon, plus(soon, late)),
        "exceptions": (excepted, issued[1]),
        "in time": (in_time[0], issued[0]),
        "in time excepted": (less(in_time[1], in_time[0]), excepted),
    }


def _tail(england: Area, last: int) -> tuple[dict[int, float], float]:
    """Return the log of the spread that puts England's shares within 20 and over 52 weeks where they were, by year.

    It moves from year to year: by what the tail's log-odds would move it if they move as those of the share in time
    do, which counts as one change, and by the changes published to the year.
    """
    times = timeliness(england)["including"]
    bands = {y: v for y, v in times.items() if v[2] == v[2] and y <= last}
    if not bands:
        raise MissingDataError(f"{england.name}: ehc_timeliness.csv has no plans after 52 weeks to {last}.")

    def log_spread(late: float, in_time: float) -> float:
        # six weeks to the decision leave 14 of 20, and 46 of 52
        return float(np.log(np.log(46 / 14) / (special.ndtri(1 - late) - special.ndtri(in_time))))

    published = {y: log_spread(late / issued, soon / issued) for y, (issued, soon, late) in bands.items()}
    issued, soon, late = bands[max(bands)]
    moves = yearly_sd(odds({y: v[1] for y, v in times.items()}, {y: v[0] for y, v in times.items()}, last))
    moved = special.expit(special.logit(late / issued) + moves * np.array([-1.0, 1.0]))
    prior = (log_spread(moved[1], soon / issued) - log_spread(moved[0], soon / issued)) / 2
    changes = np.diff([published[y] for y in sorted(published)])
    return published, float(np.sqrt((prior**2 + (changes**2).sum()) / (1 + changes.size)))
