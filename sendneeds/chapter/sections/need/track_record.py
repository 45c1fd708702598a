"""The method's published track record: how wrong it was on years it had not seen, beside simpler rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import bars
from sendneeds.chapter.words import number, show
from sendneeds.foundation.vocabulary import NEEDS

METHODS = {
    "default": "This method",
    "own": "The area's own growth goes on",
    "england": "England's growth for every area",
    "naive": "No change",
}
"""Rules of the track record that are shown, the chapter's own first."""


NARROW = 70.0
"""An 80 % interval that held a smaller percentage of outcomes than this is said to be too narrow."""


def fill(kit: ChapterBuilder) -> None:
    """Add how wrong the method was on years it had not seen, beside simpler rules."""
    record: Any = kit.result.need.record
    frame = record[(record["origin"].astype(str) == "all")].copy()
    frame["horizon"] = frame["horizon"].astype(int)
    steps = sorted(set(frame.loc[frame["method"] == "default", "horizon"]))
    for target in ("total", "ASD", "SEMH", "SLCN"):
        for method in METHODS:
            for step in steps:
                found = frame[(frame.target == target) & (frame.method == method) & (frame.horizon == step)]
                for measure, title, scale in (
                    ("mape", "Mean absolute error", 1.0),
                    ("bias", "Mean signed error", 1.0),
                    ("coverage_80", "Share of outcomes inside the 80% interval", 100.0),
                ):
                    value = found[measure].iloc[0] * scale if len(found) else None
                    kit.published(
                        f"record.{target}.{method}.{step}.{measure}",
                        f"{title}, {METHODS[method].lower()}",
                        value,
                        "percent",
                        f"{step} year{'s' * (step > 1)} ahead",
                        "forecast_record",
                        area=kit.england,
                    )
    kit.facts["record_steps"] = steps
    kit.facts["record_areas"] = int(frame["areas"].max())
    names = {"total": "All EHC plans", **{n: NEEDS[n] for n in ("ASD", "SEMH", "SLCN")}}
    ends = [step for step in (1, 3, 5) if step in steps]
    kit.facts["narrow"] = [
        {
            "name": names[t].lower() if t != "total" else "all plans",
            "step": s,
            "id": f"record.{t}.default.{s}.coverage_80",
        }
        for t in names
        for s in ends[-1:]
        if kit.book.shown(f"record.{t}.default.{s}.coverage_80")
        and kit.book[f"record.{t}.default.{s}.coverage_80"].number < NARROW
    ]
    kit.table(
        "track_record_by_need",
        "How wrong the method was on years it had not seen, by need",
        [
            "Forecast",
            *(f"{s} year{'s' * (s > 1)}: {what}" for s in ends for what in ("mean error", "inside 80%")),
        ],
        [
            (name, [f"record.{t}.default.{s}.{m}" for s in ends for m in ("mape", "coverage_80")])
            for t, name in names.items()
        ],
        note="Inside 80%: the share of outcomes that fell inside the interval. A share of 80% is as it should be.",
    )
    table = kit.table(
        "track_record",
        "Mean error of forecasts of EHC plans made with what was known at the time",
        ["Rule", *(f"{s} year{'s' * (s > 1)} ahead" for s in steps)],
        [(name, [f"record.total.{m}.{s}.mape" for s in steps]) for m, name in METHODS.items()],
        note="Mean absolute error in percent, over areas. One area can do worse than the mean.",
    )
    last = ends[-1]
    own, other = (kit.book[f"record.total.{m}.{last}.mape"] for m in ("default", "own"))
    kit.figure(
        "track_record",
        f"At {last} years ahead this method was wrong by {show(own)} on average; letting each area's own "
        f"growth go on, by {number(other.number, 'percent')}",
        "Bar chart of the mean absolute error of four rules. "
        + " ".join(
            f"{name}: "
            + ", ".join(
                f"{number(kit.book[f'record.total.{m}.{s}.mape'].number, 'percent')} at {s} year{'s' * (s > 1)}"
                for s in ends
            )
            + "."
            for m, name in METHODS.items()
        ),
        lambda: bars.dots(
            list(METHODS.values()),
            [f"{s} year{'s' * (s > 1)} ahead" for s in ends],
            np.array(
                [[kit.book[f"record.total.{m}.{s}.mape"].number for s in ends] for m in METHODS],
                float,
            ),
            "mean absolute error",
        ),
        table,
        "percent of plans",
    )
