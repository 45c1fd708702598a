"""Each council beside the whole, in the chapter of an integrated care board or a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, step_of, suppressed
from sendneeds.chapter.builder import rows as rows_of
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import join
from sendneeds.foundation.vocabulary import BASELINE

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run_result import RunResult

MODEL = "sendneeds projection from the published figures of this chapter"
AHEAD = (
    ("plans", "EHC plans", "plans"),
    ("special_needed", "Needing a state special school", "children"),
    ("independent", "In independent special schools", "children"),
)
"""Measures of `RunResult.by_part` that are shown for the last scored January, with title and unit."""


@dataclass(frozen=True)
class Councils:
    """The councils of which an area is the sum.

    Parameters
    ----------
    names : list of str
    plans : dict of str to Indicator
        Plans in the latest January, by name.
    ahead : dict of str to Indicator
        Plans projected for the last scored January, by name; the whole's last.
    year : int
        That January.
    lists : list of str
        What the run says about lists of services.
    """

    names: list[str]
    plans: dict[str, Indicator]
    ahead: dict[str, Indicator]
    year: int
    lists: list[str]

    @property
    def listed(self) -> str:
        """Their names in words."""
        return join(self.names)


def add_councils(chapter: ChapterBuilder, run: RunResult, horizon: Horizon, last: int) -> Councils | None:
    """Add the tables of each council beside the whole; None for an area that is no sum.

    Parameters
    ----------
    chapter : ChapterBuilder
    run : RunResult
    horizon : Horizon
    last : int
        January of the latest plans.
    """
    area = chapter.area
    if not area.parts:
        return None
    every = [*area.parts, area]
    now = {part.name: _published(chapter, part, last) for part in every}
    chapter.add_table(
        "councils_now",
        f"Each council and {area.name}: published figures",
        [
            "Council",
            f"EHC plans, January {last}",
            f"Pupils with a plan, January {last}",
            f"Requests, {last - 1}",
            f"Plans issued within 20 weeks, {last - 1}",
            f"Appeals registered, {last - 1}",
        ],
        [(name, list(cells)) for name, cells in now.items()],
        note=f"Counts of {area.name} are the sums of its councils'. Plans in time leave out exceptions.",
    )
    year = horizon.scored_to
    ahead: dict[str, list[Cell]] = {
        part.name: [_projected(chapter, run, part, *of, year) for of in AHEAD] for part in every
    }
    chapter.add_table(
        "councils_ahead",
        f"Each council and {area.name}: projected, January {year}",
        ["Council", *(f"{title}, January {year}" for _, title, _ in AHEAD)],
        list(ahead.items()),
        note="Draws are added first and ranges taken last, so the ranges of the councils do not add up to that of the "
        "whole: what is a council's own averages away, what is the nation's does not.",
    )
    plans = {part.name: cells[0] for part in every if isinstance(cells := ahead[part.name], list)}
    return Councils(
        [part.name for part in area.parts],
        {name: cells[0] for name, cells in now.items()},
        {name: record for name, record in plans.items() if isinstance(record, Indicator)},
        year,
        [text for text in run.missing if text.startswith("Lists of services")],
    )


def _published(chapter: ChapterBuilder, area: Area, last: int) -> tuple[Indicator, ...]:
    """Return what is published of one area: of a part from its own table, of the whole from the sum."""
    whole = {"need": "all", "age": "all"}
    asked = (
        ("plans", "EHC plans", "plans", january(last), "ehc_plans", "plans",
         {"census_january": last, **whole, "placement": "all"}),
        ("share", "Pupils with an EHC plan", "percent", january(last), "sen_percent", "percent_of_pupils",
         {"census_january": last, "provision": "E"}),
        ("requests", "Requests for an assessment", "requests", calendar_year(last - 1), "ehc_flow", "count",
         {"calendar_year": last - 1, "stage": "requests_received_in_year", **whole, "reason": "all"}),
    )  # fmt: skip
    found = [
        _of(
            chapter,
            area,
            name,
            title,
            unit,
            str(period),
            table,
            figure_of(area, table, column, **where),
            where,
        )
        for name, title, unit, period, table, column, where in asked
    ]
    year, time = last - 1, {"calendar_year": last - 1, "exceptions": "excluding"}
    issued, soon = (
        figure_of(area, "ehc_timeliness", column, **time) for column in ("issued", "within_20_weeks")
    )
    share = None if not issued or soon is None else 100 * soon / issued
    found.append(
        _of(chapter, area, "in_time", "Plans issued within 20 weeks, excluding exceptions", "percent",
            str(calendar_year(year)), "ehc_timeliness", share, time)
    )  # fmt: skip
    at = {"calendar_year": year}
    appeals = figure_of(area, "appeals", "appeals_registered", **at)
    found.append(
        _of(chapter, area, "appeals", "Appeals registered", "appeals", str(calendar_year(year)), "appeals",
            appeals, at)
    )  # fmt: skip
    return tuple(found)


def _of(
    chapter: ChapterBuilder,
    area: Area,
    name: str,
    title: str,
    unit: str,
    period: str,
    table: str,
    value: float | None,
    where: Mapping[str, object],
) -> Indicator:
    """Add one figure of one area: withheld where its source or the gate withheld it, missing where nobody gave it."""
    id, title = f"councils.{name}.{area.slug}", f"{title}, {area.name}"
    if value is None and not suppressed(rows_of(area, table, **where)):
        return chapter.records.missing(id, title, unit, period, f"a row of {table}.csv of {area.name}")
    meta = area.meta[table]
    if value is None:
        return chapter.add(
            Indicator(id, title, None, unit, period, meta.source, meta.basis, state="withheld")
        )
    return chapter.add(Indicator(id, title, value, unit, period, meta.source, meta.basis))


def _projected(
    chapter: ChapterBuilder, run: RunResult, area: Area, measure: str, title: str, unit: str, year: int
) -> Indicator:
    """Add one projected figure with its 80 % interval, rounded as every count of the chapter is."""
    table = run.by_part
    row = table[
        (table["area_code"] == area.code)
        & (table["scenario"] == BASELINE)
        & (table["measure"] == measure)
        & (table["period"] == year)
    ]
    id, title = f"councils.ahead.{measure}.{area.slug}", f"{title}, {area.name}"
    if row.empty:
        return chapter.records.missing(
            id, title, unit, str(january(year)), f"the tables that place children of {area.name}"
        )
    low, middle, high = (float(row[end].iloc[0]) for end in ("low", "central", "high"))
    step = step_of(high - low)
    low, middle, high = (step * round(end / step) for end in (low, middle, high))
    ends: dict[str, Any] = {} if low == high else {"low": low, "high": high}
    return chapter.add(Indicator(id, title, middle, unit, str(january(year)), MODEL, "estimate", **ends))
