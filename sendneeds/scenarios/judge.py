"""Options judged by how they end, by their months at the target, and by the worst they do to sessions on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import sums_by_period
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.compare_text import TURNED_AWAY

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from sendneeds.scenarios.comparison import Comparison
    from sendneeds.waits.services.result import WaitsResult

LIKELY = 0.8
"""The probability at which an option is said to get a list to the target."""
CLEAR = 0.02
"""An option that lifts the probability, or the share of months at the target, by less is not said to help."""
HARM = 0.1
"""An option is judged by the month in which it makes sessions worst, unless that is under this part of its best."""
LATE = 1.0
"""Mean weeks late of a session from which a service keeps the children already in it waiting."""
TURNING_AWAY = ["more_not_accepted", "fewer_seen"]
"""Columns of a judgement that are printed where some option has such a side effect."""
WHOLE_MONTH, WHOLE_YEAR = 3, 50
"""Weeks of a month or calendar year that a run must hold for its mean to be given."""


@dataclass(frozen=True)
class AtTarget:
    """How surely, and for how long, a list is at its target under one scenario.

    Parameters
    ----------
    probability : float
        That it is there in the last month.
    months : float
        Months at the target on average over the draws, of those ahead: their probabilities, added up.
    likely_from : str or None
        First month ahead (``2027-09``) from which the probability is `LIKELY` or more to the end.
    """

    probability: float
    months: float
    likely_from: str | None


@dataclass(frozen=True, eq=False)
class Verdict:
    """What an option does to the list of one service, and to those already in it.

    Parameters
    ----------
    scenario, service : str
    option, baseline : AtTarget
    months_ahead : int
        Months after the figures were taken.
    overdue_month : str
        The month (``2027-09``) in which the option makes most of a difference to sessions past due: where it makes
        them worst, or where it does next to no harm, best.
    overdue, overdue_baseline : ndarray, shape (draw,)
        Follow-up sessions past due, mean of that month's weeks.
    late_year : int or None
        The calendar year in which sessions are later than in the baseline by most, judged alike; None where the
        service gives no sessions.
    weeks_later : ndarray, shape (draw,)
        Mean weeks late of that year's sessions, less the baseline's, in the draws that had any.
    not_accepted : ndarray, shape (draw,)
        Referrals that are not accepted over the run, less the baseline's.
    fewer_seen : ndarray, shape (draw,)
        Children seen for the first time over the run, by whichever provider: the baseline's less the option's; 0 where
        no more are missing than of those who are referred, as help that comes earlier is no side effect.
    risk : float
        The chance that sessions come so much later that it `harms`, in the calendar year in which it is greatest.
    risk_year : int or None
        That year.
    """

    scenario: str
    service: str
    option: AtTarget
    baseline: AtTarget
    months_ahead: int
    overdue_month: str
    overdue: np.ndarray
    overdue_baseline: np.ndarray
    late_year: int | None
    weeks_later: np.ndarray
    not_accepted: np.ndarray = field(default_factory=lambda: np.zeros(1))
    fewer_seen: np.ndarray = field(default_factory=lambda: np.zeros(1))
    risk: float = 0.0
    risk_year: int | None = None

    @property
    def helps(self) -> bool:
        """Whether the target is clearly likelier in the last month."""
        return self.option.probability > self.baseline.probability + CLEAR

    @property
    def helps_for_a_time(self) -> bool:
        """Whether clearly more of the months ahead are at the target."""
        return self.option.months - self.baseline.months > CLEAR * self.months_ahead

    @property
    def harms(self) -> bool:
        """Whether in some year sessions come so much later that a shorter list must not look good."""
        return self.late_year is not None and comes_late(float(np.median(self.weeks_later)))


@dataclass(frozen=True, repr=False)
class Judgement:
    """Every option judged for every service that it changes.

    Parameters
    ----------
    verdicts : tuple of Verdict
    """

    verdicts: tuple[Verdict, ...]

    def best(self, service: str) -> Verdict | None:
        """Return the verdict on the option likeliest to end at the target, the first of equals; None without any."""
        of_service = [v for v in self.verdicts if v.service == service]
        return max(of_service, key=lambda v: v.option.probability, default=None)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per option and service.

        Returns
        -------
        pandas.DataFrame
            ``probability`` in the last month, ``months`` at the target of ``months_ahead``, ``likely_from``,
            ``sessions_past_due`` in ``overdue_month`` and ``weeks_later`` in ``late_year`` (medians), the baseline's
            beside them, the three findings ``helps``, ``helps_for_a_time`` and ``harms``, over the run the median
            of referrals ``more_not_accepted`` and children ``fewer_seen``, and the chance that it harms, ``risk``, in
            ``risk_year``.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "scenario": v.scenario,
                "service": v.service,
                "probability": v.option.probability,
                "probability_baseline": v.baseline.probability,
                "likely_from": v.option.likely_from,
                "months": v.option.months,
                "months_baseline": v.baseline.months,
                "months_ahead": v.months_ahead,
                "overdue_month": v.overdue_month,
                "sessions_past_due": float(np.median(v.overdue)),
                "sessions_past_due_baseline": float(np.median(v.overdue_baseline)),
                "late_year": v.late_year,
                "weeks_later": float(np.median(v.weeks_later)) if v.late_year is not None else np.nan,
                "helps": v.helps,
                "helps_for_a_time": v.helps_for_a_time,
                "harms": v.harms,
                "more_not_accepted": float(np.median(v.not_accepted)),
                "fewer_seen": float(np.median(v.fewer_seen)),
                "risk": v.risk,
                "risk_year": v.risk_year,
            }
            for v in self.verdicts
        )

    def _printed(self) -> pd.DataFrame:
        table = self.to_dataframe().drop(columns=["risk", "risk_year"], errors="ignore")
        some = len(table) and (table[TURNING_AWAY] >= TURNED_AWAY).any(axis=None)
        return table if some else table.drop(columns=TURNING_AWAY, errors="ignore")

    def __repr__(self) -> str:
        if not self.verdicts:
            return "Judgement: no option changes a list"
        return "\n".join(["Judgement", self._printed().to_string(index=False, float_format="{:.2f}".format)])

    def _repr_html_(self) -> str:
        table: str = self._printed().to_html(index=False, float_format="{:.2f}".format)
        return table


def judge(comparison: Comparison) -> Judgement:
    """Judge each option for each service whose list or sessions it changes.

    An option is judged by the probability of the target in the last month, not by its best month; by its months at
    the target, of those after the figures were taken; and by the worst that it does to the sessions of children
    already in the service. Referrals not accepted and children fewer seen are told beside that.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    Judgement

    Raises
    ------
    MissingDataError
        If no list was simulated.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2028)
    >>> judgement = sn.judge(sn.compare(result))
    >>> [(v.scenario, v.service, v.harms) for v in judgement.verdicts]
    [('fill-two-slt-posts', 'SLT', False)]
    """
    expect(comparison, "Comparison", "comparison", "compare the options first, sn.compare(sn.run(area))")
    if comparison.waits is None:
        raise MissingDataError("No list was simulated: there is nothing to judge.")
    ahead = months_ahead(comparison)
    verdicts = []
    for scenario, service in comparison.changed():
        option, baseline = (at_target(comparison, name, service) for name in (scenario, BASELINE))
        overdue = _overdue(comparison.waits.data, scenario, service)
        later = _weeks_later(comparison.waits, scenario, service)
        late, risk = _worst_year(later), greatest_risk(later)
        away = _turned_away(comparison.waits.data, scenario, service)
        verdicts.append(
            Verdict(scenario, service, option, baseline, len(ahead), *overdue, *late, *away, *risk)
        )
    return Judgement(tuple(verdicts))


def months_ahead(comparison: Comparison) -> list[str]:
    """Return the months after the day on which the figures were taken: one that is past is no answer."""
    months = sorted({f"{month:%Y-%m}" for month in comparison.probability["month"]})
    taken = "" if comparison.figures_taken is None else f"{comparison.figures_taken:%Y-%m}"
    return [month for month in months if month > taken] or months[-1:]


def at_target(comparison: Comparison, scenario: str, service: str) -> AtTarget:
    """Return how surely and for how long the list of a service is at its target under a scenario."""
    table, ahead = comparison.probability, months_ahead(comparison)
    rows = table[(table["scenario"] == scenario) & (table["service"] == service)].sort_values("month")
    months = [f"{month:%Y-%m}" for month in rows["month"]]
    chances = rows["probability_in"].tolist()
    at_target = float(sum(p for month, p in zip(months, chances, strict=True) if month in ahead))
    return AtTarget(chances[-1], at_target, stays_from(chances, months, ahead, LIKELY))


def stays_from(
    chances: Sequence[float], months: Sequence[str], ahead: Sequence[str], level: float
) -> str | None:
    """Return the first month ahead from which a probability stays at a `level` to the end, or None."""
    found = None
    for month, chance in zip(reversed(months), reversed(chances), strict=True):
        if chance < level or month not in ahead:
            break
        found = month
    return found


def comes_late(weeks: float) -> bool:
    """Return whether so many mean weeks late of a session keep the children already in a service waiting."""
    return weeks >= LATE


def most_telling(differences: np.ndarray) -> int:
    """Return where a difference (over time) does the most harm, or where it helps the most if it does next to none.

    Examples
    --------
    >>> most_telling(np.array([0.0, 200.0, -900.0])), most_telling(np.array([0.0, 5.0, -900.0]))
    (1, 2)
    """
    harmful = differences.max() > HARM * max(-differences.min(), 0)
    return int(differences.argmax() if harmful else differences.argmin())


def sessions_past_due(lists: xr.Dataset, scenario: str, service: str) -> tuple[list[str], np.ndarray]:
    """Return the whole months of a run, and a service's sessions past due, mean of each, (month, draw)."""
    array = lists["overdue_sessions"].sel(scenario=scenario, service=service)
    months, first, weeks = np.unique(
        array["week"].values.astype("datetime64[M]"), return_index=True, return_counts=True
    )
    sums = sums_by_period(array.transpose("week", "draw").values, first, float)
    whole = weeks >= WHOLE_MONTH  # a run ends in the first week of a month
    return [str(month) for month in months[whole]], (sums / weeks[:, None])[whole]


def _overdue(lists: xr.Dataset, scenario: str, service: str) -> tuple[str, np.ndarray, np.ndarray]:
    months, own = sessions_past_due(lists, scenario, service)
    baseline = sessions_past_due(lists, BASELINE, service)[1]
    month = most_telling(np.median(own - baseline, axis=1))
    return months[month], own[month], baseline[month]


def greatest_risk(weeks_later: Mapping[int, np.ndarray]) -> tuple[float, int | None]:
    """Return the greatest chance of a year that sessions come late, and the first year that has it.

    Examples
    --------
    >>> greatest_risk({2026: np.array([0.0, 0.2, 0.9, 0.5]), 2027: np.array([0.0, -1.0, 1.0, 30.0])})
    (0.5, 2027)
    """
    chances = {year: float((weeks >= LATE).mean()) for year, weeks in weeks_later.items()}
    if not chances:
        return 0.0, None
    year = max(chances, key=lambda one: chances[one])
    return chances[year], year


def _weeks_later(waits: WaitsResult, scenario: str, service: str) -> dict[int, np.ndarray]:
    """Return the mean weeks late of each whole year's sessions, less the baseline's, in the draws that had any."""
    late = waits.weeks_late().sel(service=service)
    later = (late.sel(scenario=scenario) - late.sel(scenario=BASELINE)).transpose("calendar_year", "draw")
    starts = waits.data["week_commencing"].values.astype("datetime64[Y]").astype(int) + 1970
    years, weeks = np.unique(starts, return_counts=True)
    return {
        int(year): values[np.isfinite(values)]
        for year, values, count in zip(years, later.values, weeks, strict=True)
        if count >= WHOLE_YEAR and np.isfinite(values).any()
    }


def _worst_year(by_year: Mapping[int, np.ndarray]) -> tuple[int | None, np.ndarray]:
    if not by_year:
        return None, np.zeros(0)
    year = list(by_year)[most_telling(np.array([np.median(draws) for draws in by_year.values()]))]
    return year, by_year[year]


def _turned_away(lists: xr.Dataset, scenario: str, service: str) -> tuple[np.ndarray, np.ndarray]:
    """Return referrals more that are not accepted, and children fewer who are seen, over the run, (draw,)."""

    def more(flow: str) -> np.ndarray:
        if flow not in lists:
            return np.zeros(lists.sizes["draw"])
        both = lists[flow].sel(service=service).astype(float)
        found = both.sel(scenario=scenario) - both.sel(scenario=BASELINE)
        return np.asarray(found.sum([d for d in found.dims if d != "draw"]))

    not_accepted, fewer = more("diverted"), -more("seen")
    fewer_come = -(more("referrals") + not_accepted)
    beyond = np.median(fewer) > max(np.median(fewer_come), 0.0)
    return not_accepted, fewer if beyond else np.zeros_like(fewer)
