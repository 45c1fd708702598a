"""The EHC clock ahead: plans in time by quarter on both bases, what is under way, disputes and annual reviews."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.ehc import clock_record
from sendneeds.chapter.sections.ehc.clock_record import RUN
from sendneeds.chapter.sections.health.lists_ahead import basis_of
from sendneeds.chapter.sections.health.yearly import WIDE
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import join, lower, number, show
from sendneeds.foundation.vocabulary import SERVICES

BASES = ("excluding", "including")
MARKS = (60.0, 90.0)
"""Shares in time for which a chance is given."""
PUBLISHED_SHOWN = 6
"""Published years drawn before the projection."""
QUARTERS = 4


def fill(kit: ChapterBuilder) -> None:
    """Add the clock of the baseline, or say that there is none."""
    kit.facts |= {
        "clock": False,
        "clock_years": [],
        "clock_next": 0,
        "clock_contradicts": False,
        "under_way": {},
    }
    clock = kit.result.clock.get(kit.result.scenarios[0].name) if kit.result.clock else None
    if clock is None:
        kit.book.missing(
            "gap.clock",
            "EHC requests, plans and reviews ahead, quarter by quarter",
            "",
            "years ahead",
            "ehc_flow.csv and ehc_timeliness.csv tables with the latest year's figures",
        )
        return
    years = whole_years(clock)
    second = years[min(1, len(years) - 1)]
    kit.facts |= {"clock": True, "clock_years": years, "clock_next": second}
    _advisers(kit, clock)
    basis = basis_of_clock(kit, clock)
    clock_record.draws(kit, clock)
    _records(kit, clock, years, basis)
    kit.facts["mark_low"] = f"{MARKS[0]:.0f}"
    kit.book.add(
        Indicator(
            "mark.low",
            "Share in time for which a chance is given",
            MARKS[0],
            "whole percent",
            "",
            RUN,
            "published",
        )
    )
    clock_record.fill(kit, years)
    clock_record.under_way(kit, clock, years, basis)
    _quarters(kit, clock, basis)
    _figure(kit, clock, years)
    _table(kit, years)


def whole_years(clock: Any) -> list[int]:
    """Return the calendar years of which every quarter is in the run."""
    found, count = np.unique(clock.data["quarter"].dt.year.values, return_counts=True)
    return [int(y) for y, n in zip(found, count, strict=True) if n == QUARTERS]


def advisers(clock: Any) -> list[str]:
    """Return the services whose staff the clock holds to the record: plans wait for them."""
    return [str(s) for s in clock.data["adviser"].values] if "adviser" in clock.data.coords else []


def basis_of_clock(kit: ChapterBuilder, clock: Any) -> str:
    """Return the weakest basis of what the projected timeliness rests on."""
    return weakest(["estimate", *(basis_of(kit, s) for s in advisers(clock))])


def by_year(clock: Any, name: str, year: int) -> np.ndarray:
    """Return a flow of a calendar year, kinds of refusal or dispute added up, (draw,)."""
    array = clock.data[name]
    array = array.sel(quarter=array["quarter"].dt.year == year)
    return array.sum([d for d in array.dims if d != "draw"]).values


def in_time(clock: Any, basis: str, year: int) -> np.ndarray:
    """Return the percentage of a year's plans within 20 weeks, in the draws that issue any."""
    soon = "issued_in_time_excluding" if basis == "excluding" else "issued_in_time"
    above, below = by_year(clock, soon, year), by_year(clock, f"issued_{basis}", year)
    return 100 * above[below > 0] / below[below > 0]


def _advisers(kit: ChapterBuilder, clock: Any) -> None:
    """Say whose staff the plans wait for, and at what pace they would have to work to give the published record."""
    held = advisers(clock)
    kit.facts["clock_advisers"] = join([lower(SERVICES[s]) for s in held])
    kit.facts["paces"] = []
    for code in held:
        kit.drawn(
            f"clock.pace.{code}",
            f"{SERVICES[code]}: what a post would have to give for the published share in time, over what is stated",
            clock.data["advice_factor"].sel(adviser=code).values,
            "times on average",
            "start of the run",
            RUN,
            basis_of(kit, code),
        )
        kit.facts["paces"].append({"service": lower(SERVICES[code]), "id": f"clock.pace.{code}"})
    notes = str(clock.provenance.get("ehc_notes", ""))
    kit.facts["reviews_at_pace"] = "a pace and not what there is room for" in notes


FLOWS = {
    "requests": ("Requests for an assessment", "requests", "children"),
    "refused": ("Refusals to assess or to issue a plan that stand", "refusals_final", "children"),
    "overturned": ("Of refusals, overturned after mediation or appeal", "refusals_overturned", "children"),
    "assessments": ("Assessments finished", "assessments", "children"),
    "issued": ("Plans issued", "issued", "plans"),
    "mediations": ("Mediations", "mediations", "mediations"),
    "appeals": ("Appeals registered", "appeals", "appeals"),
    "reviews_due": ("Annual reviews falling due", "reviews_due", "annual reviews"),
    "reviews_held": ("Annual reviews held", "reviews_held", "annual reviews"),
}
STOCKS = {
    "in_progress": ("Requests and assessments under way in January", "in_progress", "children"),
    "reviews_overdue": ("Annual reviews overdue in January", "reviews_overdue", "annual reviews"),
}
REPLAY_OF = {"requests": "requests", "refused": "refusals", "assessments": "assessments"}
ILLUSTRATIVE = ("overturned",)
"""What rests on how many mediations and appeals succeed, which nobody has published."""


def _records(kit: ChapterBuilder, clock: Any, years: list[int], basis: str) -> None:
    """Add the clock's figures by calendar year."""
    for year in years:
        period = f"calendar year {year}"
        for id, (title, name, unit) in FLOWS.items():
            if name in clock.data:
                own = (
                    "illustrative"
                    if id in ILLUSTRATIVE
                    else basis
                    if id in ("issued", "assessments")
                    else "estimate"
                )
                kit.drawn(f"clock.{id}.{year}", title, by_year(clock, name, year), unit, period, RUN, own)
        for id, (title, name, unit) in STOCKS.items():
            if name in clock.data:
                stock = clock.data[name]
                first = int(np.flatnonzero(clock.data["quarter"].dt.year.values == year)[0])
                draws = stock.isel(bound=first).values
                own = basis if id == "in_progress" else "estimate"
                kit.drawn(
                    f"clock.{id}.{year}", title, draws, unit, f"January {year}", RUN, own, better="down"
                )
        for exceptions in BASES:
            draws = in_time(clock, exceptions, year)
            title = f"Plans issued within 20 weeks, {exceptions} exceptions"
            if not len(draws):
                kit.book.missing(
                    f"clock.in_time.{exceptions}.{year}", title, "whole percent", period, "plans issued"
                )
                continue
            kit.drawn(
                f"clock.in_time.{exceptions}.{year}",
                title,
                draws,
                "whole percent",
                period,
                RUN,
                basis,
                better="up",
            )
            if exceptions == "excluding":
                for mark in MARKS:
                    clock_record.chance(kit, f"chance.{mark:.0f}.{year}", "", draws, mark, period, basis)
        drafted = by_year(clock, "drafts", year)
        share = 100 * by_year(clock, "drafts_in_time", year)[drafted > 0] / drafted[drafted > 0]
        if len(share):
            title = "Draft plans within 16 weeks of the request"
            kit.drawn(f"clock.drafted.{year}", title, share, "whole percent", period, RUN, basis, better="up")


def _quarters(kit: ChapterBuilder, clock: Any, basis: str) -> None:
    """Add the share in time by quarter on both bases."""
    for exceptions in BASES:
        share = 100 * clock.share_in_time(exceptions).transpose("quarter", "draw").values
        for at, row in zip(clock.data["quarter"].values.astype("datetime64[M]"), share, strict=True):
            year, quarter = str(at)[:4], int(str(at)[5:7]) // 3 + 1
            known = row[np.isfinite(row)]
            title = f"Plans issued within 20 weeks, {exceptions} exceptions"
            period = f"quarter {quarter} of {year}"
            id = f"clock.quarter.{exceptions}.{year}.{quarter}"
            if len(known):
                kit.drawn(id, title, known, "whole percent", period, RUN, basis, better="up")
            else:
                kit.book.missing(id, title, "whole percent", period, "plans issued in the quarter")


def _figure(kit: ChapterBuilder, clock: Any, years: list[int]) -> None:
    """Draw published years and projected quarters, on both bases."""
    quarters = [(y, q) for y in years for q in range(1, QUARTERS + 1)]
    table = kit.table(
        "ehc_in_time_ahead",
        "Plans within 20 weeks by quarter in which they are issued, projected",
        ["Quarter", *(f"{b.capitalize()} exceptions" for b in BASES)],
        [(f"{y}, quarter {q}", [f"clock.quarter.{b}.{y}.{q}" for b in BASES]) for y, q in quarters],
        note="Share of the plans issued. The range is an 80% interval; it is unscored where plans wait for staff. "
        + clock_record.draws_note(kit),
    )
    past = kit.facts["time_years"][-PUBLISHED_SHOWN:]

    def line(exceptions: str) -> charts.Series:
        ahead = [kit.book[f"clock.quarter.{exceptions}.{y}.{q}"] for y, q in quarters]
        seen = [kit.book[f"time.{exceptions}.{y}"].number for y in past]
        x = [y + 0.5 for y in past] + [y + (q - 0.5) / QUARTERS for y, q in quarters]
        middle = seen + [r.number for r in ahead]
        if exceptions == "including":
            return charts.Series("Including exceptions", x, middle, dashed=True)
        low, high = ([*seen, *(getattr(r, end) for r in ahead)] for end in ("lower_end", "upper_end"))
        return charts.Series("Excluding exceptions", x, middle, low, high)

    kit.figure(
        "ehc_in_time_ahead",
        _finding(kit, years),
        "Line chart of the share of plans issued within 20 weeks, published by year to "
        f"{past[-1] if past else years[0]}, then projected by quarter to {years[-1]} on both bases, with the 80% "
        "interval of the one excluding exceptions. "
        + " ".join(
            f"{y}: {show(kit.book[f'clock.in_time.excluding.{y}'], interval=True)} excluding, "
            f"{show(kit.book[f'clock.in_time.including.{y}'], interval=True)} including."
            for y in dict.fromkeys((years[0], years[min(2, len(years) - 1)], years[-1]))
        ),
        lambda: charts.trend(
            [line(b) for b in BASES],
            "percentage of plans issued: published by year, projected by quarter; the band is an 80% interval",
            observed_to=float(years[0]),
            percent=True,
            fmt="{:.0f}%",
        ),
        table,
        "percentage of plans issued in the year or quarter",
    )


def _finding(kit: ChapterBuilder, years: list[int]) -> str:
    """Return the chart's title: how sure, which way, and on what condition."""
    second = kit.facts["clock_next"]
    ahead = kit.book[f"clock.in_time.excluding.{second}"]
    if not ahead.shown:
        return f"The share of plans within 20 weeks in {second} cannot be projected"
    staff = (
        f"If staff in {kit.facts['clock_advisers']} stay as they are"
        if kit.facts["clock_advisers"]
        else "As things are"
    )
    last = kit.facts["time_years"][-1] if kit.facts["time_years"] else 0
    before = kit.book[f"time.excluding.{last}"] if last else None
    ends = f"{number(ahead.lower_end, ahead.unit)} to {number(ahead.upper_end, ahead.unit)}"
    if before is None or not before.shown:
        return f"{staff}, {show(ahead)} of plans are within 20 weeks in {second} ({ends})"
    if ahead.upper_end < before.number:
        way = "fall to"
    elif ahead.lower_end > before.number:
        way = "rise to"
    else:
        way = "go either way: centrally"
    if kit.facts["clock_contradicts"]:
        return (
            f"The clock puts {show(ahead)} of plans within 20 weeks in {second} ({ends}), which the published record "
            f"contradicts: {number(before.number, 'whole percent')} in {last}"
        )
    sure = "; the interval is too wide to plan on" if ahead.upper_end - ahead.lower_end > WIDE else ""
    return (
        f"{staff}, the share of plans within 20 weeks could {way} {show(ahead)} in {second} ({ends}), from "
        f"{number(before.number, 'whole percent')} in {last}{sure}"
    )


def _table(kit: ChapterBuilder, years: list[int]) -> None:
    """Add the table of the clock by calendar year, with what each row's record is."""
    rows: list[tuple[str, list[Any]]] = []
    waits = bool(kit.facts["clock_advisers"])

    def add(id: str, title: str, scored: str = "") -> None:
        ids = [f"clock.{id}.{y}" for y in years]
        if all(i in kit.book for i in ids):
            rows.append((title, [*ids, show(kit.book[f"clock.replayed.{scored}"]) if scored else "unscored"]))

    if kit.facts["under_way"]:
        add("new_plans", "New plans in the projection of need, as if decided in time")
    for id, (title, _, _) in FLOWS.items():
        if id != "overturned":
            add(id, title, "" if waits and id == "assessments" else REPLAY_OF.get(id, ""))
        if id == "issued":
            for exceptions in BASES:
                scored = "in_time.excluding" if exceptions == "excluding" and not waits else ""
                add(f"in_time.{exceptions}", f"Within 20 weeks, {exceptions} exceptions", scored)
            for mark in MARKS:
                add(f"chance.{mark:.0f}", f"Chance that {mark:.0f}% or more are within 20 weeks")
            add("drafted", "Draft plans within 16 weeks")
    for id, (title, _, _) in STOCKS.items():
        add(id, title)
    kit.table(
        "ehc_ahead",
        f"The EHC process in {kit.area.name} ahead, calendar years, as things are",
        ["Measure", *map(str, years), "Areas held in a replay"],
        rows,
        note="Chances are of the share excluding exceptions. Areas held: the share of areas whose 2024 the interval "
        "held when set by figures to 2023. The range under a figure is an 80% interval. "
        + clock_record.draws_note(kit),
    )
