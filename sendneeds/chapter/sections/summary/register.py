"""What stands behind the chapter: gaps, assumptions, findings, sources and how current they are."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.words import month_words
from sendneeds.foundation.vocabulary import AGES

LEVEL = 80
COMPARE = 95

BELONGS = {
    "gap.deprivation": (
        "Level of need by deprivation",
        "a deprivation.csv table: pupils with SEN by deprivation of home, from the school census",
    ),
    "gap.ethnicity": (
        "Level of need by ethnic group",
        "an ethnicity.csv table: pupils with SEN by ethnic group, from the school census",
    ),
    "gap.workforce": (
        "Staff in post and vacancies by service",
        "a workforce.csv table: WTE funded and in post by month, from each provider",
    ),
    "gap.therapy_waits": (
        "Waits of children already in therapy for their next appointment",
        "overdue follow-up appointments by service, from each provider",
    ),
    "gap.options": ("Options compared", "scenario files in the pack, and the tables that they act on"),
    "gap.outcomes": (
        "Outcomes for children and young people with SEND",
        "an outcomes.csv table and its indicators, from the partnership's strategy",
    ),
    "gap.voice": (
        "What children, young people and families say",
        "a survey.csv table, from the parent carer forum and the council",
    ),
    "gap.spend": (
        "Spend on SEND by funder",
        "the council's section 251 return and the integrated care board's accounts",
    ),
}
"""What a chapter on SEND should hold and no table of a pack gives yet: title, and what would supply it."""


def fill_gaps(kit: ChapterBuilder) -> None:
    """Add a missing record for what belongs in a chapter and cannot be had."""
    for id, (title, supplied_by) in BELONGS.items():
        if id == "gap.options" and len(kit.result.scenarios) > 1:
            continue
        kit.book.missing(id, title, "", "now", supplied_by)


def fill(kit: ChapterBuilder) -> None:
    """Add the registers; every other section must have been filled before."""
    kit.facts |= {
        "ages": f"{AGES[0]} to {AGES[-1]}",
        "age_last": AGES[-1],
        "level": LEVEL,
        "level_compare": COMPARE,
        "population_year": int(kit.area.table("population")["mid_year"].max()),
    }
    _gaps(kit)
    _parameters(kit)
    _findings(kit)
    _sources(kit)


def _gaps(kit: ChapterBuilder) -> None:
    missing = [r for r in kit.book if r.state == "missing" and ".england" not in r.id]
    grouped: dict[tuple[str, str], list[str]] = {}
    for record in missing:
        grouped.setdefault((record.title, record.supplied_by), []).append(record.period)
    lines = [(title, [_periods(periods), by]) for (title, by), periods in grouped.items()]
    kit.book.add(
        Indicator(
            "gaps.count",
            "Figures not available locally",
            len(lines),
            "figures",
            "now",
            "this chapter",
            "published",
        )
    )
    kit.table(
        "gaps",
        "Figures not available locally, and what would supply them",
        ["Figure", "Period", "What would supply it"],
        lines,
    )


def _periods(periods: list[str]) -> str:
    """Return the first and the last of some periods: ``calendar years 2019 to 2022``."""
    first, last = periods[0], periods[-1]
    if first == last:
        return first
    words, _, start = first.rpartition(" ")
    same = last.rpartition(" ")[0] == words and start.isdigit()
    return (
        f"{words}{'s' if words.endswith('year') else ''} {start} to {last.rpartition(' ')[2]}"
        if same
        else f"{first} to {last}"
    )


def _parameters(kit: ChapterBuilder) -> None:
    kit.facts["projection_assumptions"] = [line.replace(" %", "%") for line in kit.result.need.assumptions]
    lines = kit.facts["parameters"]
    if lines:
        kit.table(
            "parameters",
            "Every figure about services that the run used",
            ["Parameter", "Value", "Unit", "Source and note"],
            lines,
        )


def _findings(kit: ChapterBuilder) -> None:
    """Add the findings: those that touch an answer as paragraphs, the rest in a table that opens on demand."""
    projected = kit.result.need.findings
    found = [*projected, *kit.area.findings]
    kit.facts["finding_count"] = len(found)
    kit.facts["beyond_record"] = bool(projected)
    kit.facts["serious"] = [f for f in found if f.severity != "info"]
    if found:
        kit.table(
            "findings",
            "Every finding about the data",
            ["What was seen", "How serious", "Where", "What it means", "What to do"],
            [(f.found, [f.severity, f.where, f.meaning, f.do]) for f in found],
        )


def _sources(kit: ChapterBuilder) -> None:
    lines, licences = [], set()
    for area in (kit.area, kit.england):
        for name in sorted(area.meta):
            meta = area.meta[name]
            taken = meta.extracted_on.isoformat() if meta.extracted_on else "not stated"
            lines.append(
                (f"{area.name}: {meta.title}", [meta.source, basis_of(area, name), taken, meta.note])
            )
            licences.add(meta.licence)
    kit.facts["licences"] = sorted(licences)
    kit.table(
        "sources",
        "Every table that this chapter draws on",
        ["Table", "Source", "Basis", "Taken on", "What to mind"],
        lines,
    )
    kit.table(
        "currency",
        "The latest period of each kind of figure",
        ["Figure", "Latest period", "Basis"],
        [
            (title, [latest(kit.area, table, column, words), basis_of(kit.area, table)])
            for title, table, column, words in (
                ("Residents by age", "population", "mid_year", "mid-{}"),
                ("Pupils by age", "pupils", "census_january", "January {}"),
                ("EHC plans", "ehc_plans", "census_january", "January {}"),
                (
                    "Requests, assessments, new and ended plans",
                    "ehc_flow",
                    "calendar_year",
                    "calendar year {}",
                ),
                ("Plans within the legal time", "ehc_timeliness", "calendar_year", "calendar year {}"),
                ("Pupils with a plan by need", "sen_pupils", "census_january", "January {}"),
                ("Share of pupils at SEN support", "sen_percent", "census_january", "January {}"),
                ("Waiting lists of the NHS area around", "nhs_waiting_list", "month", "{}"),
                ("Waiting lists of the area itself", "waiting_list", "snapshot", "{}"),
                ("Services: staff, slots and costs", "service_parameters", "", "as each row states"),
            )
        ],
    )


def latest(area: object, table: str, column: str, words: str) -> str:
    """Return the latest period of a table in words."""
    tables = area.tables  # type: ignore[attr-defined]
    if table not in tables:
        return "not available locally"
    if not column:
        return words
    last = str(tables[table][column].dropna().max())
    return month_words(last) if column == "month" else words.format(last)


def basis_of(area: object, table: str) -> str:
    """Return the basis of a table in words."""
    meta = area.meta.get(table)  # type: ignore[attr-defined]
    return "" if meta is None else "each row says" if meta.basis == "mixed" else meta.basis
