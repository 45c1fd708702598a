"""Plans in time by quarter, projected beside the published years."""

from __future__ import annotations

from functools import partial

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc.clock_run import QUARTERS, RUN, ClockRun
from sendneeds.chapter.sections.ehc.timeliness import EXCEPTIONS, EXCLUDING, INCLUDING, Timeliness
from sendneeds.chapter.words import show
from sendneeds.waits.ehc.drawn_years import DrawnYears

PUBLISHED_SHOWN = 6
"""Published years drawn before the projection."""

ByQuarter = dict[tuple[int, int], Indicator]


def add_quarters(chapter: ChapterBuilder, clock: ClockRun) -> dict[str, ByQuarter]:
    """Add the share in time by basis, year and quarter."""
    quarters = [
        (int(str(month)[:4]), int(str(month)[5:7]) // 3 + 1)
        for month in clock.data["quarter"].values.astype("datetime64[M]")
    ]
    found: dict[str, ByQuarter] = {}
    for exceptions in EXCEPTIONS:
        shares = 100 * clock.result.share_in_time(exceptions).transpose("quarter", "draw").values
        title = f"Plans issued within 20 weeks, {exceptions} exceptions"
        found[exceptions] = {}
        for (year, quarter), row in zip(quarters, shares, strict=True):
            id, period = f"clock.quarter.{exceptions}.{year}.{quarter}", f"quarter {quarter} of {year}"
            known = row[np.isfinite(row)]
            found[exceptions][year, quarter] = (
                chapter.add_drawn(id, title, known, "whole percent", period, RUN, clock.basis, better="up")
                if len(known)
                else chapter.add_missing(id, title, "whole percent", period, "plans issued in the quarter")
            )
    return found


def add_figure(
    chapter: ChapterBuilder,
    years: list[int],
    drawn: DrawnYears,
    by_quarter: dict[str, ByQuarter],
    in_time: dict[str, dict[int, Indicator]],
    published: Timeliness,
    title: str,
    note: str,
) -> None:
    """Add the table of quarters, and the chart of published years and the quarters that are a forecast."""
    quarters = [(year, quarter) for year in years for quarter in range(1, QUARTERS + 1)]
    past = published.years[-PUBLISHED_SHOWN:]
    table = chapter.add_table(
        "ehc_in_time_ahead",
        "Plans within 20 weeks: published by year, then projected by quarter in which they are issued",
        ["Year or quarter", *(f"{basis.capitalize()} exceptions" for basis in EXCEPTIONS)],
        [
            *((f"{y}, published", [published.area[b][y] for b in EXCEPTIONS]) for y in past),
            *((f"{y}, quarter {q}", [by_quarter[b][y, q] for b in EXCEPTIONS]) for y, q in quarters),
        ],
        note="Share of the plans issued. The range is an 80% interval; it is unscored where plans wait for staff. "
        + note,
    )
    shown = [(year, quarter) for year, quarter in quarters if year in drawn.years]
    if not past and not shown:
        chapter.hidden_figures["ehc_in_time_ahead"] = title
        return
    told = [*drawn.years[:1], *drawn.years[1:][-1:]]

    def line(exceptions: str) -> charts.Series:
        seen = [published.area[exceptions][y].number for y in past]
        ahead = [by_quarter[exceptions][quarter] for quarter in shown]
        x = [y + 0.5 for y in past] + [y + (q - 0.5) / QUARTERS for y, q in shown]
        middle = seen + [record.number for record in ahead]
        if exceptions == INCLUDING:
            return charts.Series("Including exceptions", x, middle, dashed=True)
        low = seen + [record.lower_end for record in ahead]
        high = seen + [record.upper_end for record in ahead]
        return charts.Series("Excluding exceptions", x, middle, low, high)

    chapter.add_figure(
        "ehc_in_time_ahead",
        title,
        "Line chart of the share of plans issued within 20 weeks, published by year to "
        f"{past[-1] if past else years[0]}"
        + (
            f", then projected by quarter to {drawn.years[-1]} on both bases, with the 80% interval of the one "
            "excluding exceptions. "
            if drawn.years
            else ". "
        )
        + " ".join(
            f"{y}: {show(in_time[EXCLUDING][y], interval=True)} excluding, "
            f"{show(in_time[INCLUDING][y], interval=True)} including."
            for y in told
        )
        + (f" Not drawn from {drawn.first_not} on: {drawn.why}." if drawn.first_not else ""),
        lambda: partial(
            charts.trend,
            [line(basis) for basis in EXCEPTIONS],
            "percentage of plans issued: published by year, projected by quarter; the band is an 80% interval",
            observed_to=float(years[0]),
            percent=True,
            fmt="{:.0f}%",
        ),
        table,
        "percentage of plans issued in the year or quarter",
    )
