"""Focus areas with their owners, and needs seen at panels that could not be met locally."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.partnership.indicators import plain_name
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import day_words
from sendneeds.foundation.vocabulary import NEEDS, SERVICES


@dataclass(frozen=True)
class Priority:
    """One focus area; owner, date and indicator are empty where there is none."""

    name: str
    why: str
    owner: str
    by_when: str
    indicator: str = ""


def add_priorities(chapter: ChapterBuilder) -> list[Priority]:
    """Add the focus areas in the order of the pack."""
    table = rows(chapter.area, "priorities")
    if not len(table):
        chapter.add_missing(
            "gap.priorities", "Focus areas, each with an accountable role and a date", "", "now",
            "a priorities.csv table, from the partnership's board",
        )  # fmt: skip
        return []
    found = [
        Priority(
            row.priority,
            row.why,
            row.owner_role.strip(),
            "" if pd.isna(row.by_when) else str(row.by_when),
            str(row.indicator).strip(),
        )
        for row in table.itertuples()
    ]
    chapter.add_table(
        "priorities",
        "Focus areas of the partnership",
        ["Focus area", "Why", "Who answers for it", "By when", "Indicator"],
        [
            (
                p.name,
                [
                    p.why,
                    p.owner or "nobody yet",
                    day_words(p.by_when) if p.by_when else "no date",
                    plain_name(p.indicator) or "none",
                ],
            )
            for p in found
        ],
    )
    return found


def add_unmet_need(chapter: ChapterBuilder) -> Indicator | None:
    """Add needs that could not be met locally, and return how many children they were in the latest period."""
    table = rows(chapter.area, "unmet_need")
    if not len(table):
        chapter.add_missing(
            "gap.unmet", "Needs seen at panels that could not be met locally", "children", "now",
            "an unmet_need.csv table, from the council's and the NHS's panels",
        )  # fmt: skip
        return None
    lines: list[tuple[str, list[Cell]]] = []
    for number, row in enumerate(table.itertuples(), start=1):
        need = "All needs" if row.need == "all" else NEEDS[row.need]
        record = chapter.add_published(
            f"unmet.{number}", f"Children whose need could not be met: {row.not_met}", row.children, "children",
            str(row.period), "unmet_need", suppressed=row.flag == "suppressed", better="down",
        )  # fmt: skip
        lines.append((row.not_met, [row.panel, str(row.period), need, row.age_band, record]))
    chapter.add_table(
        "unmet_need",
        "Needs seen at panels that could not be met locally",
        ["What could not be met", "Panel", "Period", "Need", "Ages", "Children"],
        lines,
        note="One child can be seen at more than one panel: the rows do not add up to a number of children.",
    )
    last = table[table["period"] == table["period"].max()]
    if last["children"].isna().any():
        return None
    return chapter.add_published(
        "unmet.all", "Needs that could not be met locally", float(last["children"].sum()), "cases",
        str(table["period"].max()), "unmet_need",
    )  # fmt: skip


def add_workforce(chapter: ChapterBuilder) -> bool:
    """Add staff funded and in post by service in its latest month; return whether there is a table."""
    table = rows(chapter.area, "workforce")
    if not len(table):
        chapter.add_missing(
            "gap.workforce", "Staff in post and vacancies by service", "", "now",
            "a workforce.csv table: WTE funded and in post by month, from each provider",
        )  # fmt: skip
        return False
    lines: list[tuple[str, list[Cell]]] = []
    for service in dict.fromkeys(table["service"]):
        mine = table[table["service"] == service]
        mine = mine[mine["month"] == mine["month"].max()]
        total = mine[mine["band"] == "all"] if (mine["band"] == "all").any() else mine
        month = str(mine["month"].iloc[0])
        funded, in_post = (float(total[name].sum()) for name in ("funded_wte", "in_post_wte"))
        name = SERVICES[str(service)]
        cells: list[Cell] = [month]
        for id, title, value, unit in (
            ("funded", "funded", funded, "WTE"),
            ("in_post", "in post", in_post, "WTE"),
            ("vacant", "vacant", 100 * (1 - in_post / funded) if funded else None, "percent"),
        ):
            cells.append(
                chapter.add_published(
                    f"staff.{service}.{id}", f"{name}: {title}", value, unit, month, "workforce"
                )
            )
        lines.append((name, cells))
    chapter.add_table(
        "workforce",
        "Staff funded, in post and vacant, by service",
        ["Service", "Month", "WTE funded", "WTE in post", "Vacant"],
        lines,
    )
    return True
