"""The last pages: gaps, assumptions, findings, sources and how current they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, Period
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import MISSING, month_words
from sendneeds.evidence.types import Finding
from sendneeds.need.projection import NeedProjection

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

EXPECTED = {
    "gap.therapy_waits": (
        "Waits of children already in therapy for their next appointment",
        "overdue follow-up appointments by service, from each provider",
    ),
    "gap.options": ("Options compared", "scenario files in the pack, and the tables that they act on"),
    "gap.spend": (
        "Spend on SEND by funder",
        "the council's section 251 return and the integrated care board's accounts",
    ),
}
"""What a chapter on SEND should hold and no table of a pack gives yet: title, and what would supply it."""


@dataclass(frozen=True)
class Registers:
    """What the last pages say.

    Parameters
    ----------
    gap_count : Indicator
    assumptions : list of str
        Of the projection, a sentence each.
    beyond_record : bool
        Whether the projection rises farther than any area of its size has.
    findings : int
    serious : list of Finding
        Those that touch an answer.
    licences : list of str
    """

    gap_count: Indicator
    assumptions: list[str]
    beyond_record: bool
    findings: int
    serious: list[Finding]
    licences: list[str]

    @property
    def unusual(self) -> set[str]:
        """Where figures are far from what is usual, as findings name the place."""
        return {finding.where for finding in self.serious if finding.name == "unusual_figure"}


def add_expected_gaps(chapter: ChapterBuilder, has_options: bool) -> None:
    """Add a gap for what a chapter should hold and no table of a pack gives yet."""
    for id, (title, supplied_by) in EXPECTED.items():
        if id != "gap.options" or not has_options:
            chapter.add_missing(id, title, "", "now", supplied_by)


def add_registers(
    chapter: ChapterBuilder, need: NeedProjection, parameters: list[tuple[str, list[Cell]]]
) -> Registers:
    """Add the registers, after every other section: gaps, assumptions, findings and sources.

    `parameters` are the rows of the register of figures about services.
    """
    gap_count = _add_gaps(chapter)
    if parameters:
        chapter.add_table(
            "parameters",
            "Every figure about services that the run used",
            ["Parameter", "Value", "Unit", "Source and note"],
            parameters,
        )
    findings = [*need.findings, *chapter.area.findings]
    if findings:
        chapter.add_table(
            "findings",
            "Every finding about the data",
            ["What was seen", "How serious", "Where", "What it means", "What to do"],
            [(f.found, [f.severity, f.where, f.meaning, f.do]) for f in findings],
        )
    return Registers(
        gap_count,
        [line.replace(" %", "%") for line in need.assumptions],
        bool(need.findings),
        len(findings),
        [finding for finding in findings if finding.severity != "info"],
        _add_sources(chapter),
    )


def _add_gaps(chapter: ChapterBuilder) -> Indicator:
    """Add the table of gaps, those of one figure over several periods as one line."""
    grouped: dict[tuple[str, str], list[Period | str]] = {}
    for gap in chapter.gaps:
        grouped.setdefault((gap.record.title, gap.record.supplied_by), []).append(gap.period)
    chapter.add_table(
        "gaps",
        "Figures not available locally, and what would supply them",
        ["Figure", "Period", "What would supply it"],
        [(title, [_periods(periods), by]) for (title, by), periods in grouped.items()],
    )
    return chapter.add(
        Indicator("gaps.count", "Figures not available locally", len(grouped), "figures", "now", "this chapter",
                  "published")
    )  # fmt: skip


def _periods(periods: list[Period | str]) -> str:
    """Return the first and the last of some periods: ``calendar years 2019 to 2022``."""
    first, last = periods[0], periods[-1]
    if first == last:
        return str(first)
    if isinstance(first, Period) and isinstance(last, Period):
        return first.to(last)
    return f"{first} to {last}"


CURRENCY = (
    ("Residents by age", "population", "mid_year", "mid-{}"),
    ("Pupils by age", "pupils", "census_january", "January {}"),
    ("EHC plans", "ehc_plans", "census_january", "January {}"),
    ("Requests, assessments, new and ended plans", "ehc_flow", "calendar_year", "calendar year {}"),
    ("Plans within the legal time", "ehc_timeliness", "calendar_year", "calendar year {}"),
    ("Pupils with a plan by need", "sen_pupils", "census_january", "January {}"),
    ("Share of pupils at SEN support", "sen_percent", "census_january", "January {}"),
    ("Waiting lists of the NHS area around", "nhs_waiting_list", "month", "{}"),
    ("Waiting lists of the area itself", "waiting_list", "snapshot", "{}"),
    ("Services: staff, slots and costs", "service_parameters", "", "as each row states"),
)
"""Title, table, column with its period, and how the period is written."""


def _add_sources(chapter: ChapterBuilder) -> list[str]:
    """Add the tables of sources and of how current they are, and return the licences."""
    lines: list[tuple[str, list[Cell]]] = []
    licences = set()
    for _, area in chapter.areas:
        for name in sorted(area.meta):
            meta = area.meta[name]
            taken = meta.extracted_on.isoformat() if meta.extracted_on else "not stated"
            lines.append(
                (f"{area.name}: {meta.title}", [meta.source, basis_of(area, name), taken, meta.note])
            )
            licences.add(meta.licence)
    chapter.add_table(
        "sources",
        "Every table that this chapter draws on",
        ["Table", "Source", "Basis", "Taken on", "What to mind"],
        lines,
    )
    chapter.add_table(
        "currency",
        "The latest period of each kind of figure",
        ["Figure", "Latest period", "Basis"],
        [
            (title, [latest(chapter.area, table, column, words), basis_of(chapter.area, table)])
            for title, table, column, words in CURRENCY
        ],
    )
    return sorted(licences)


def latest(area: Area, table: str, column: str, words: str) -> str:
    """Return the latest period of a table in words."""
    if table not in area.tables:
        return MISSING
    if not column:
        return words
    last = str(area.tables[table][column].dropna().max())
    return month_words(last) if column == "month" else words.format(last)


def basis_of(area: Area, table: str) -> str:
    """Return the basis of a table in words; empty where the area has no such table."""
    meta = area.meta.get(table)
    if meta is None:
        return ""
    return "each row says" if meta.basis == "mixed" else meta.basis
