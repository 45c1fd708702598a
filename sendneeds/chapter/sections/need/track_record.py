"""The method's published track record: its errors on years it had not seen, beside simpler rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.words import number, show
from sendneeds.foundation.vocabulary import ENGLAND, NEEDS
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.national import shipped_national
from sendneeds.need.projection import NeedProjection
from sendneeds.need.total.trend import own_record

METHODS = {
    "default": "This method",
    "own": "The area's own growth goes on",
    "england": "England's growth for every area",
    "naive": "No change",
}
"""Rules of the track record that are shown, the chapter's own first."""
TARGETS = {"total": "All EHC plans", **{need: NEEDS[need] for need in ("ASD", "SEMH", "SLCN")}}
MEASURES = {
    "mape": ("Mean absolute error", 1.0),
    "bias": ("Mean signed error", 1.0),
    "coverage_80": ("Share of outcomes inside the 80% interval", 100.0),
}
"""Title of each column of the record, and what turns it into a percentage."""
STEPS_SHOWN = (1, 3, 5)
NARROW = 70.0
"""An 80 % interval that held a smaller percentage of outcomes than this is said to be too narrow."""
ONE_SIDED = 5.0
"""Percent of mean signed error from which a forecast is said to have erred to one side."""


@dataclass(frozen=True)
class NarrowInterval:
    """An interval that held too few outcomes.

    Parameters
    ----------
    name : str
        What was forecast, in words.
    step : int
        Years ahead.
    held : Indicator
        Percentage of outcomes that it held.
    """

    name: str
    step: int
    held: Indicator


@dataclass(frozen=True)
class OneSidedForecast:
    """A forecast that has erred to one side.

    Parameters
    ----------
    name : str
        What was forecast, in words.
    step : int
        Years ahead.
    error : Indicator
        Mean signed error in percent, without its sign.
    side : str
        ``low`` or ``high``.
    """

    name: str
    step: int
    error: Indicator
    side: str


@dataclass(frozen=True)
class TrackRecord:
    """How the method did.

    Parameters
    ----------
    steps : list of int
        Years ahead that are scored.
    narrow : tuple of NarrowInterval
    narrow_by_need : dict of str to Indicator
        Share of outcomes that the intervals of a need have held, where it is under `NARROW`.
    one_sided : tuple of OneSidedForecast
    areas : Indicator
        Areas over which it was scored.
    own_held, own_made : Indicator or None
        The area's own forecasts of the total one year ahead that held, of those made; None where there is none.
    """

    steps: list[int]
    narrow: tuple[NarrowInterval, ...]
    narrow_by_need: dict[str, Indicator]
    one_sided: tuple[OneSidedForecast, ...]
    areas: Indicator
    own_held: Indicator | None
    own_made: Indicator | None

    @property
    def mostly_missed(self) -> bool:
        """Whether more than half of the area's own forecasts missed."""
        if self.own_held is None or self.own_made is None:
            return False
        return self.own_held.number < self.own_made.number / 2


def add_track_record(chapter: ChapterBuilder, need: NeedProjection) -> TrackRecord:
    """Add the errors of the method on years it had not seen, beside simpler rules."""
    record: Any = need.record
    frame = record[record["origin"].astype(str) == "all"].copy()
    frame["horizon"] = frame["horizon"].astype(int)
    steps = sorted(set(frame.loc[frame["method"] == "default", "horizon"]))
    found: dict[tuple[str, str, int, str], Indicator] = {}
    for target in TARGETS:
        for method, name in METHODS.items():
            for step in steps:
                row = frame[(frame.target == target) & (frame.method == method) & (frame.horizon == step)]
                for measure, (title, scale) in MEASURES.items():
                    found[target, method, step, measure] = chapter.add_published(
                        f"record.{target}.{method}.{step}.{measure}", f"{title}, {name.lower()}",
                        row[measure].iloc[0] * scale if len(row) else None, "percent", f"{_years(step)} ahead",
                        "forecast_record", area=chapter.england,
                    )  # fmt: skip
    areas = chapter.add(
        Indicator("record.areas", "Areas in the track record", int(frame["areas"].max()), "areas", "all origins",
                  "forecast record", "published")
    )  # fmt: skip
    ends = [step for step in STEPS_SHOWN if step in steps]
    chapter.add_table(
        "track_record_by_need",
        "How wrong the method was on years it had not seen, by need",
        [
            "Forecast",
            *(f"{_years(s)}: {what}" for s in ends for what in ("mean error", "bias", "inside 80%")),
        ],
        [
            (name, [found[target, "default", s, m] for s in ends for m in ("mape", "bias", "coverage_80")])
            for target, name in TARGETS.items()
        ],
        note="Bias: the mean signed error; below zero the forecasts were too low. Inside 80%: the share of outcomes "
        "that fell inside the interval. A share of 80% is as it should be.",
    )
    errors = {m: {s: found["total", m, s, "mape"] for s in steps} for m in METHODS}
    _add_figure(chapter, errors, steps, ends)
    held = {target: found[target, "default", ends[-1], "coverage_80"] for target in TARGETS}
    narrow = tuple(
        NarrowInterval("all plans" if target == "total" else TARGETS[target].lower(), ends[-1], share)
        for target, share in held.items()
        if share.shown and share.number < NARROW
    )
    biases = {target: found[target, "default", ends[-1], "bias"] for target in TARGETS}
    one_sided = tuple(
        OneSidedForecast(
            "all plans" if target == "total" else TARGETS[target].lower(),
            ends[-1],
            chapter.add(
                replace(
                    bias,
                    id=f"record.{target}.one_sided",
                    title="Mean error to one side",
                    value=abs(bias.number),
                )
            ),
            "low" if bias.number < 0 else "high",
        )
        for target, bias in biases.items()
        if bias.shown and abs(bias.number) >= ONE_SIDED
    )
    by_need = {target: share for target, share in held.items() if share.shown and share.number < NARROW}
    return TrackRecord(steps, narrow, by_need, one_sided, areas, *_add_own(chapter, need))


def _add_own(chapter: ChapterBuilder, need: NeedProjection) -> tuple[Indicator | None, Indicator | None]:
    """Add how many of the area's own forecasts of the total one year ahead held, and how many there were."""
    area = need.area
    if area.parts or area.code == ENGLAND:
        return None, None
    record = own_record(area_history(area), shipped_national(), int(need.data.attrs["start"]))
    if not record:
        return None, None
    period = f"{january(record[0].origin + 1)} to {january(record[-1].origin + 1)}"
    held, made = (
        chapter.add(
            Indicator(f"record.own.{id}", title, count, "forecasts", period, "ehc_plans", "published")
        )
        for id, title, count in (
            (
                "held",
                "Forecasts of all plans of the area one year ahead that held",
                sum(past.held for past in record),
            ),
            ("made", "Forecasts of all plans of the area one year ahead", len(record)),
        )
    )
    return held, made


def _years(count: int) -> str:
    return f"{count} year{'s' * (count > 1)}"


def _add_figure(
    chapter: ChapterBuilder, errors: dict[str, dict[int, Indicator]], steps: list[int], ends: list[int]
) -> None:
    """Add the table and the chart of mean errors by rule."""
    table = chapter.add_table(
        "track_record",
        "Mean error of forecasts of EHC plans made with what was known at the time",
        ["Rule", *(f"{_years(s)} ahead" for s in steps)],
        [(name, list(errors[method].values())) for method, name in METHODS.items()],
        note="Mean absolute error in percent, over areas. One area can do worse than the mean.",
    )
    last = ends[-1]
    own, other = errors["default"][last], errors["own"][last]
    chapter.add_figure(
        "track_record",
        f"At {last} years ahead this method was wrong by {show(own)} on average; letting each area's own "
        f"growth go on, by {number(other.number, 'percent')}",
        "Bar chart of the mean absolute error of four rules. "
        + " ".join(
            f"{name}: "
            + ", ".join(f"{number(errors[method][s].number, 'percent')} at {_years(s)}" for s in ends)
            + "."
            for method, name in METHODS.items()
        ),
        lambda: partial(
            bars.grouped,
            list(METHODS.values()),
            [f"{_years(s)} ahead" for s in ends],
            np.array([[errors[method][s].number for s in ends] for method in METHODS]),
            "mean absolute error",
        ),
        table,
        "percent of plans",
    )
