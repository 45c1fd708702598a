"""The EHC process: requests, decisions, plans, and the 20-week standard on both bases."""

from __future__ import annotations

from typing import Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import compared, show
from sendneeds.evidence.definitions import differences
from sendneeds.need.prevalence import wilson

STAGES = {
    "requests_received_in_year": "Requests received",
    "requests_decided_to_assess": "Decisions to assess",
    "requests_decided_not_to_assess": "Decisions not to assess",
    "assess_in_year": "Assessments completed",
    "assess_not_issued": "Assessments that ended without a plan",
    "new_plans": "New plans",
    "ceased": "Plans that ended",
}
LAW = "Special Educational Needs and Disability Regulations 2014, regulation 13"
EXCEPTIONS = {
    "excluding": "Plans issued in the year, leaving out those with a permitted exception",
    "including": "All plans issued in the year, those with a permitted exception among them",
}


def fill(kit: ChapterBuilder) -> None:
    """Add the process and its timeliness."""
    _process(kit)
    _timeliness(kit)
    _appeals(kit)


def _process(kit: ChapterBuilder) -> None:
    flow = rows(kit.area, "ehc_flow", need="all", age="all", reason="all")
    years = (
        sorted(int(y) for y in flow.loc[flow["stage"].isin(STAGES), "calendar_year"].unique())
        if len(flow)
        else []
    )
    kit.facts["ehc_years"] = years
    for stage, title in STAGES.items():
        for slug, area in (("", kit.area), (".england", kit.england)):
            for year in years:
                value = figure_of(
                    area,
                    "ehc_flow",
                    "count",
                    calendar_year=year,
                    stage=stage,
                    need="all",
                    age="all",
                    reason="all",
                )
                kit.published(
                    f"ehc{slug}.{stage}.{year}",
                    f"{title}, {area.name}",
                    value,
                    "children" if "plan" not in stage else "plans",
                    f"calendar year {year}",
                    "ehc_flow",
                    area=area,
                    supplied_by="the council's SEN2 return (the release gives no count for this year)",
                )
    if not years:
        return
    last = years[-1]
    kit.table(
        "ehc_process",
        f"The EHC process in {kit.area.name}, calendar years",
        ["Stage", *map(str, years)],
        [(title, [f"ehc.{stage}.{y}" for y in years]) for stage, title in STAGES.items()],
        note="Decisions and plans of a year can belong to requests of the year before, so the stages do not add up "
        "within a year.",
    )
    for slug, area in (("", kit.area), (".england", kit.england)):
        yes, no = (
            kit.book[f"ehc{slug}.requests_decided_{w}assess.{last}"].number for w in ("to_", "not_to_")
        )
        more: dict[str, Any] = {}
        share = None
        if yes is not None and no is not None and yes + no:
            low, high = map(float, wilson(no, yes + no))
            share, more = 100 * no / (yes + no), {"low": 100 * low, "high": 100 * high, "level": 95}
        kit.published(
            f"ehc{slug}.refused_share",
            f"Decisions not to assess as a share of decisions, {area.name}",
            share,
            "percent",
            f"calendar year {last}",
            "ehc_flow",
            area=area,
            definition="Decisions not to assess over all decisions whether to assess",
            **more,
        )
    own, national = kit.book["ehc.refused_share"], kit.book["ehc.england.refused_share"]
    kit.facts["refused_word"] = compared(own, national)
    _identity(kit, years)


def _identity(kit: ChapterBuilder, years: list[int]) -> None:
    """Add what the stock-flow identity leaves over, which the sources do not explain."""
    lines = []
    for year in years:
        parts = [f"plans.{year}", f"ehc.new_plans.{year}", f"ehc.ceased.{year}", f"plans.{year + 1}"]
        if not all(kit.book.shown(p) for p in parts):
            continue
        opening, new, ceased, closing = (kit.book[p].number for p in parts)
        kit.published(
            f"ehc.unexplained.{year}",
            "Net change that new and ended plans do not explain",
            closing - opening - new + ceased,
            "plans",
            f"calendar year {year}",
            "ehc_flow",
            definition="Closing stock less opening stock, less new plans, plus ended plans: mostly moves in, which "
            "are not published",
        )
        lines.append((str(year), [parts[0], parts[1], parts[2], f"ehc.unexplained.{year}", parts[3]]))
    if lines:
        kit.table(
            "stock_and_flow",
            "Plans at the start of the year, what came and went, and plans at its end",
            ["Year", "January", "New", "Ended", "Not explained", "Next January"],
            lines,
            note="Not explained: moves into the area are not published, so new and ended plans do not account for the "
            "whole change.",
        )
    kit.facts["identity_years"] = [line[0] for line in lines]


def _timeliness(kit: ChapterBuilder) -> None:
    frame = rows(kit.area, "ehc_timeliness")
    years = sorted(int(y) for y in frame["calendar_year"].unique()) if len(frame) else []
    kit.facts["time_years"] = years
    kit.book.add(
        Indicator(
            "law.ehc_weeks",
            "Weeks from a request to a final plan",
            20,
            "weeks",
            "in force",
            LAW,
            "published",
            definition="Some exceptions are permitted",
        )
    )
    for basis, definition in EXCEPTIONS.items():
        for slug, area in (("", kit.area), (".england", kit.england)):
            for year in years:
                issued, timely = (
                    figure_of(area, "ehc_timeliness", c, calendar_year=year, exceptions=basis)
                    for c in ("issued", "within_20_weeks")
                )
                more: dict[str, Any] = {"definition": definition, "better": "up"}
                share = None
                if issued and timely is not None:
                    low, high = map(float, wilson(timely, issued))
                    share, more = (
                        100 * timely / issued,
                        more | {"low": 100 * low, "high": 100 * high, "level": 95},
                    )
                kit.published(
                    f"time{slug}.{basis}.{year}",
                    f"Plans issued within 20 weeks, {basis} exceptions, {area.name}",
                    share,
                    "percent",
                    f"calendar year {year}",
                    "ehc_timeliness",
                    area=area,
                    **more,
                )
                kit.published(
                    f"issued{slug}.{basis}.{year}",
                    f"Plans issued, {basis} exceptions, {area.name}",
                    issued,
                    "plans",
                    f"calendar year {year}",
                    "ehc_timeliness",
                    area=area,
                    definition=definition,
                )
    if not years:
        kit.book.missing(
            "time.excluding",
            "Plans issued within the legal time",
            "percent",
            "last calendar year",
            "an ehc_timeliness.csv table from the council's SEN2 return",
        )
        return
    last = years[-1]
    own, national = kit.book[f"time.excluding.{last}"], kit.book[f"time.england.excluding.{last}"]
    kit.facts["time_word"] = compared(own, national)
    table = kit.table(
        "ehc_20_weeks",
        "Plans issued within 20 weeks, excluding and including permitted exceptions",
        ["Calendar year", *(f"{a.name}, {b}" for b in EXCEPTIONS for a in (kit.area, kit.england))],
        [(str(y), [f"time{s}.{b}.{y}" for b in EXCEPTIONS for s in ("", ".england")]) for y in years],
        note="Excluding: plans with a permitted exception are left out. Including: all plans. The range is a 95% "
        "interval for chance variation.",
    )
    tail = ""
    if kit.book.shown(f"time.excluding.{last - 1}") and own.shown:
        before = kit.book[f"time.excluding.{last - 1}"]
        tail = f", {'down' if own.number < before.number else 'up'} from {show(before)} in {last - 1}"
    ends = [kit.book[f"time{s}.{b}.{last}"] for b in EXCEPTIONS for s in ("", ".england")]
    cut, mind = kit.breaks("ehc_timeliness", years[0], last)
    kit.figure(
        "ehc_20_weeks",
        f"{show(own)} of plans were issued within 20 weeks in {last} (excluding exceptions){tail}; "
        f"England {show(national)}"
        if own.shown
        else f"Plans within 20 weeks in {last} are not available for {kit.area.name}",
        f"Line chart of the share of plans issued within 20 weeks, {years[0]} to {last}, on two bases. "
        + " ".join(f"{r.title}: {show(r)} in {last}." for r in ends),
        lambda: charts.trend(
            [
                charts.Series(
                    f"{a.name}, {b}",
                    years,
                    [kit.book[f"time{s}.{b}.{y}"].number for y in years],
                    dashed=bool(s),
                )
                for s, a in (("", kit.area), (".england", kit.england))
                for b in EXCEPTIONS
            ],
            "percentage of plans issued in the year, excluding and including exceptions",
            percent=True,
            fmt="{:.1f}%",
            breaks=cut,
        ),
        table,
        "percentage of plans issued in the calendar year",
        mind=[*mind, *differences(*(f"issued_in_20_weeks_{basis}" for basis in EXCEPTIONS))],
    )


def _appeals(kit: ChapterBuilder) -> None:
    frame = rows(kit.england, "appeals")
    last = int(frame["calendar_year"].max()) if len(frame) else kit.facts["last"] - 1
    kit.facts["appeal_year"] = last
    for slug, area in (("", kit.area), (".england", kit.england)):
        value = figure_of(area, "appeals", "appeals_registered", calendar_year=last)
        kit.published(
            f"appeals{slug}.{last}",
            f"Appeals registered with the SEND Tribunal, {area.name}",
            value,
            "appeals",
            f"calendar year {last}",
            "appeals",
            area=area,
            supplied_by="an appeals.csv table: the Ministry of Justice gives appeals by local authority",
        )
