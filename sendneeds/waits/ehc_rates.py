"""What an area's published EHC figures say of its clock: shares, and the law of the weeks that stages take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.errors import MissingDataError

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

MINIMUM_SD = 0.15
"""Least year-to-year spread of a share's log-odds, where few years are published."""
LATE_DECISION_WEEKS = 4.0
"""Mean weeks past the sixth of a decision told late; assumed."""


@dataclass(frozen=True)
class Rates:
    """Shares of the EHC process, one a draw, and the published years they come from.

    Parameters
    ----------
    assessed : ndarray, (draw,)
        Share of decided requests that lead to an assessment.
    refused : ndarray, (draw,)
        Share of decided requests refused; the rest are withdrawn.
    planned : ndarray, (draw,)
        Share of assessments that lead to a plan.
    decided_in_time : ndarray, (draw,)
        Share of decisions told within six weeks.
    exceptions : ndarray, (draw,)
        Share of plans issued that a regulation excepts from the 20 weeks.
    in_time, in_time_excepted : ndarray, (draw,)
        Share within 20 weeks of plans not excepted, and of those excepted.
    spread : float
        Standard deviation of the log of the weeks from the decision to the final plan.
    undecided : float
        Requests whose decision was outstanding at a year's end, over those received in the year.
    appeals : float
        Appeals registered in England over requests refused, against whatever part of a decision.
    year : int
    """

    assessed: np.ndarray
    refused: np.ndarray
    planned: np.ndarray
    decided_in_time: np.ndarray
    exceptions: np.ndarray
    in_time: np.ndarray
    in_time_excepted: np.ndarray
    spread: float
    undecided: float
    appeals: float
    year: int


def stage_counts(area: Area) -> dict[str, dict[int, float]]:
    """Return the published counts of the EHC process by stage and calendar year."""
    table = area.table("ehc_flow")
    whole = table[table["count"].notna()]
    for column in ("age", "need", "reason"):
        if column in whole:
            whole = whole[whole[column].isna() | (whole[column] == "all")]
    out: dict[str, dict[int, float]] = {}
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


def rates(area: Area, draws: int, seed: int, year: int | None = None) -> Rates:
    """Return the shares of an area's EHC process, drawn about its latest published year.

    Each share is drawn on the log-odds scale about the year's own, with the spread of its changes from year to year.

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
    england = area.england()
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

    def share(name: str, part: dict[int, float], whole: dict[int, float]) -> np.ndarray:
        years = sorted(y for y in part if y in whole and y <= last and whole[y] > 0)
        odds = np.array([special.logit((part[y] + 0.5) / (whole[y] + 1.0)) for y in years])
        changes = np.diff(odds)
        sd = max(float(np.sqrt(np.mean(changes**2))) if changes.size else 0.0, MINIMUM_SD)
        return special.expit(odds[-1] + sd * standard_normal(seed, (area.code, "ehc", name), draws))

    assess, refuse = counts["requests_decided_to_assess"], counts["requests_decided_not_to_assess"]
    withdrawn = counts.get("requests_withdrawn", {})
    decided = {y: assess[y] + refuse[y] + withdrawn.get(y, 0.0) for y in assess if y in refuse}
    assessed = share("assessed", assess, decided)
    refused_of_rest = share("refused", refuse, {y: n - assess[y] for y, n in decided.items()})
    six, over = counts.get("request_outcome_six_weeks", {}), counts.get("request_outcome_over_6_weeks", {})
    told = {y: six[y] + over[y] for y in six if y in over}
    outside, inside = times["excluding"], times["including"]
    excepted = {y: inside[y][0] - outside[y][0] for y in inside if y in outside}
    excepted_in_time = {y: inside[y][1] - outside[y][1] for y in excepted}
    requests = counts.get("requests_received_in_year", {})
    open_ = counts.get("requests_decision_not_made", {})
    appeals = {
        int(r.calendar_year): float(r.appeals_registered) for r in england.table("appeals").itertuples()
    }
    nation = stage_counts(england)["requests_decided_not_to_assess"]
    return Rates(
        assessed=assessed,
        refused=(1.0 - assessed) * refused_of_rest,
        planned=share("planned", counts["assess_issued"], counts["assess_in_year"]),
        decided_in_time=share("decided in time", six, told),
        exceptions=share("exceptions", excepted, {y: inside[y][0] for y in excepted}),
        in_time=share(
            "in time", {y: v[1] for y, v in outside.items()}, {y: v[0] for y, v in outside.items()}
        ),
        in_time_excepted=share("in time excepted", excepted_in_time, excepted),
        spread=_spread(england, last),
        undecided=open_.get(last, 0.0) / max(requests.get(last, 1.0), 1.0),
        appeals=appeals[last] / nation[last],
        year=last,
    )


def _spread(england: Area, year: int) -> float:
    """Return the spread of the log of weeks that puts England's shares within 20 and over 52 weeks where they were."""
    bands = {y: v for y, v in timeliness(england)["including"].items() if v[2] == v[2] and y <= year}
    if not bands:
        bands = {y: v for y, v in timeliness(england)["including"].items() if v[2] == v[2]}
    issued, in_time, late = bands[max(bands)] if year not in bands else bands[year]
    # six weeks to the decision leave 14 of 20, and 46 of 52
    return float(np.log(46 / 14) / (special.ndtri(1 - late / issued) - special.ndtri(in_time / issued)))


def median_weeks(in_time: np.ndarray, decided_in_time: np.ndarray, spread: float) -> np.ndarray:
    """Return the median weeks from decision to plan that put a share within 20 weeks of the request.

    Parameters
    ----------
    in_time, decided_in_time : ndarray, (draw,)
    spread : float
        Standard deviation of the log of those weeks.

    Returns
    -------
    ndarray, (draw,)
    """
    weeks = np.arange(3, 60)
    low, high = np.full(in_time.shape, 0.2), np.full(in_time.shape, 400.0)
    chance = decision_law(weeks, decided_in_time)
    left = np.maximum(20.0 - weeks, 1e-9)[:, None]
    for _ in range(60):
        middle = np.sqrt(low * high)
        share = (chance * special.ndtr(np.log(left / middle) / spread) * (weeks < 20)[:, None]).sum(axis=0)
        low, high = np.where(share > in_time, middle, low), np.where(share > in_time, high, middle)
    return middle


def decision_law(weeks: np.ndarray, in_time: np.ndarray) -> np.ndarray:
    """Return the chance that a decision takes each number of weeks: 3 to 6 alike, then falling away; (week, draw)."""
    prompt = np.where((weeks >= 3) & (weeks <= 6), 0.25, 0.0)[:, None]
    stop = 1.0 / LATE_DECISION_WEEKS
    late = np.where(weeks > 6, stop * (1 - stop) ** np.maximum(weeks - 7, 0), 0.0)[:, None]
    return prompt * in_time + late * (1.0 - in_time)


def decision_weeks(in_time: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return weeks to the decision at uniforms `u`, for children whose draw's share told in time is `in_time`."""
    late = np.clip((u - in_time) / np.maximum(1.0 - in_time, 1e-12), 0.0, 1.0 - 1e-12)
    slow = 7 + np.floor(np.log1p(-late) / np.log1p(-1.0 / LATE_DECISION_WEEKS))
    prompt = 3 + np.floor(np.clip(u / np.maximum(in_time, 1e-12), 0, 1 - 1e-12) * 4)
    return np.where(u < in_time, prompt, slow).astype(np.int64)
