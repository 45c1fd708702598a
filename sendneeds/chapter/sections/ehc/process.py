"""The EHC process as published: requests, decisions, plans and appeals, in the area and in England."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import BesideEngland
from sendneeds.need.prevalence import wilson

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

STAGES = {
    "requests_received_in_year": ("Requests received", "children"),
    "requests_decided_to_assess": ("Decisions to assess", "children"),
    "requests_decided_not_to_assess": ("Decisions not to assess", "children"),
    "assess_in_year": ("Assessments completed", "children"),
    "assess_not_issued": ("Assessments that ended without a plan", "children"),
    "new_plans": ("New plans", "plans"),
    "ceased": ("Plans that ended", "children"),
}
"""Title and unit of each stage that is shown."""
DOUBTS = ("implausible_new_plans", "unusual_figure")
"""Findings that a figure is far from those beside it."""
TO_ASSESS, NOT_TO_ASSESS = "requests_decided_to_assess", "requests_decided_not_to_assess"


@dataclass(frozen=True)
class Refusals(BesideEngland):
    """Decisions not to assess as a share of decisions, in the latest year, in the area and in England."""

    share: Indicator
    england: Indicator


@dataclass(frozen=True)
class EhcProcess:
    """The process as published.

    Parameters
    ----------
    years : list of int
        Calendar years with any stage; empty without a table.
    stages : dict of str to dict of int to Indicator
        The area's own, by name of `STAGES` and year.
    refusals : Refusals or None
    doubted : str
        A sentence on figures of the last year that are far from those before; empty where there are none.
    """

    years: list[int]
    stages: dict[str, dict[int, Indicator]]
    refusals: Refusals | None
    doubted: str


def add_process(chapter: ChapterBuilder, plans: dict[int, Indicator]) -> EhcProcess:
    """Add the stages of the process by year; `plans` are those in place each January."""
    flow = rows(chapter.area, "ehc_flow", need="all", age="all", reason="all")
    years = sorted(int(y) for y in flow.loc[flow["stage"].isin(STAGES), "calendar_year"].unique())
    own, england = (
        {stage: _add_stage(chapter, *of, stage, years) for stage in STAGES} for of in chapter.areas
    )
    refusals = None
    if years:
        chapter.add_table(
            "ehc_process",
            f"The EHC process in {chapter.area.name}, calendar years",
            ["Stage", *map(str, years)],
            [(STAGES[stage][0], list(by_year.values())) for stage, by_year in own.items()],
            note="Decisions and plans of a year can belong to requests of the year before, so the stages do not "
            "add up within a year." + _doubted(chapter.area, STAGES),
        )
        (slug, area), (england_slug, nation) = chapter.areas
        refusals = Refusals(
            _add_refused(chapter, slug, area, own, years[-1]),
            _add_refused(chapter, england_slug, nation, england, years[-1]),
        )
        _add_stock_and_flow(chapter, own, plans)
    return EhcProcess(years, own, refusals, _doubted(chapter.area, STAGES, str(years[-1])) if years else "")


def _add_stage(
    chapter: ChapterBuilder, slug: str, area: Area, stage: str, years: list[int]
) -> dict[int, Indicator]:
    """Add a stage of one area by year."""
    title, unit = STAGES[stage]
    where = {"stage": stage, "need": "all", "age": "all", "reason": "all"}
    return {
        year: chapter.add_published(
            f"ehc{slug}.{stage}.{year}",
            f"{title}, {area.name}",
            figure_of(area, "ehc_flow", "count", calendar_year=year, **where),
            unit,
            calendar_year(year),
            "ehc_flow",
            area=area,
            supplied_by="the council's SEN2 return (the release gives no count for this year)",
        )
        for year in years
    }


def _add_refused(
    chapter: ChapterBuilder, slug: str, area: Area, stages: dict[str, dict[int, Indicator]], year: int
) -> Indicator:
    """Add decisions not to assess as a share of decisions, with Wilson's interval."""
    yes, no = stages[TO_ASSESS][year], stages[NOT_TO_ASSESS][year]
    more: dict[str, Any] = {}
    share = None
    if yes.shown and no.shown and yes.number + no.number:
        decisions = yes.number + no.number
        low, high = map(float, wilson(no.number, decisions))
        share, more = 100 * no.number / decisions, {"low": 100 * low, "high": 100 * high, "level": 95}
    return chapter.add_published(
        f"ehc{slug}.refused_share",
        f"Decisions not to assess as a share of decisions, {area.name}",
        share,
        "percent",
        calendar_year(year),
        "ehc_flow",
        area=area,
        definition="Decisions not to assess over all decisions whether to assess",
        **more,
    )


def _add_stock_and_flow(
    chapter: ChapterBuilder, stages: dict[str, dict[int, Indicator]], plans: dict[int, Indicator]
) -> None:
    """Add the change in plans that new and ended plans leave over, which the sources do not explain."""
    lines: list[tuple[str, list[Cell]]] = []
    for year, new in stages["new_plans"].items():
        ceased, opening, closing = stages["ceased"][year], plans.get(year), plans.get(year + 1)
        if opening is None or closing is None or not all(r.shown for r in (new, ceased, opening, closing)):
            continue
        left = chapter.add_published(
            f"ehc.unexplained.{year}",
            "Net change that new and ended plans do not explain",
            closing.number - opening.number - new.number + ceased.number,
            "plans",
            calendar_year(year),
            "ehc_flow",
            definition="Closing stock less opening stock, less new plans, plus ended plans: mostly moves in, which "
            "are not published",
        )
        lines.append((str(year), [opening, new, ceased, left, closing]))
    if lines:
        chapter.add_table(
            "stock_and_flow",
            "Plans at the start of the year, what came and went, and plans at its end",
            ["Year", "January", "New", "Ended", "Not explained", "Next January"],
            lines,
            note="Not explained: moves into the area are not published, so new and ended plans do not account "
            "for the whole change." + _doubted(chapter.area, ("new_plans", "ceased")),
        )


def _doubted(area: Area, stages: Iterable[str], year: str = "") -> str:
    """Return a sentence that names the figures of some stages, of a year or all, which are far from those beside them.

    Empty where there are none.
    """
    seen = {finding.where.replace(",", "") for finding in area.findings if finding.name in DOUBTS}
    told = [
        f"{STAGES[stage][0][0].lower()}{STAGES[stage][0][1:]} in {where.split()[-1]}"
        for stage in stages
        for where in sorted(seen)
        if where.startswith(f"ehc_flow {stage} ") and where.endswith(year)
    ]
    return f" Far from the years beside them, so check before quoting: {'; '.join(told)}." if told else ""


@dataclass(frozen=True)
class Appeals:
    """Appeals to the SEND Tribunal.

    Parameters
    ----------
    year : int
        The latest year published for the area, else for England.
    by_year : dict of int to Indicator
        The area's own; empty where nobody has supplied any.
    own, england : Indicator
        Of the year.
    rate, england_rate : Indicator or None
        As a percentage of decisions open to appeal, where those are known.
    """

    year: int
    by_year: dict[int, Indicator]
    own: Indicator
    england: Indicator
    rate: Indicator | None
    england_rate: Indicator | None

    @property
    def before(self) -> Indicator | None:
        """The area's own of the year before."""
        return self.by_year.get(self.year - 1)


def add_appeals(chapter: ChapterBuilder, last: int) -> Appeals:
    """Add the area's appeals by year, and England's; `last` is the latest January published."""
    frame, national = (
        rows(area, "appeals").dropna(subset=["appeals_registered"]) for _, area in chapter.areas
    )
    known = frame if len(frame) else national
    year = int(known["calendar_year"].max()) if len(known) else last - 1
    years = sorted({*map(int, frame["calendar_year"]), year})
    found: list[dict[int, Indicator]] = []
    rates: list[Indicator | None] = []
    for slug, area in chapter.areas:
        by_year = {
            y: chapter.add_published(
                f"appeals{slug}.{y}",
                f"Appeals registered with the SEND Tribunal, {area.name}",
                figure_of(area, "appeals", "appeals_registered", calendar_year=y),
                "appeals",
                calendar_year(y),
                "appeals",
                area=area,
                better="down",
                supplied_by="an appeals.csv table: the Ministry of Justice gives appeals by local authority",
            )
            for y in (years if not slug else [year])
        }
        found.append(by_year)
        of = (
            figure_of(area, "appeals", "appealable_decisions", calendar_year=year)
            if area.has("appeals")
            else None
        )
        rates.append(
            chapter.add_published(
                f"appeals.rate{slug}", f"Appeals as a share of decisions open to appeal, {area.name}",
                100 * by_year[year].number / of, "percent", calendar_year(year), "appeals", area=area, better="down",
            )
            if of and by_year[year].shown
            else None
        )  # fmt: skip
    own, national_by_year = found
    if len(years) > 1:
        chapter.add_table(
            "appeals",
            f"Appeals registered with the SEND Tribunal, {chapter.area.name}",
            ["Calendar year", "Appeals"],
            [(str(y), [own[y]]) for y in years],
        )
    shown = {y: record for y, record in own.items() if record.shown}
    return Appeals(year, shown, own[year], national_by_year[year], rates[0], rates[1])
