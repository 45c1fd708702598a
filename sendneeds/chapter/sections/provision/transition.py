"""Transition to adult life: young people with a plan from 16 on, and why plans end."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.tables import Cell
from sendneeds.foundation.vocabulary import CEASED_REASONS
from sendneeds.need.projection import NeedProjection

BANDS = {"16 to 18": (16, 18), "19 to 25": (19, 25)}


@dataclass(frozen=True)
class Transition:
    """Young people with a plan.

    Parameters
    ----------
    now, then : dict of str to Indicator
        Plans by band of age, in the first January and in the last scored one.
    ended : Indicator or None
        Plans that ended in the year.
    employed, higher : Indicator or None
        Of them, because the young person went to work or to higher education.
    year : int
    """

    now: dict[str, Indicator]
    then: dict[str, Indicator]
    ended: Indicator | None
    employed: Indicator | None
    higher: Indicator | None
    year: int


def add_transition(chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon, last: int) -> Transition:
    """Add plans from 16 on now and ahead, and plans that ended by reason; `last` is the latest January."""
    children = need.data["children"].sel(provision="E").sum("need")
    found: list[dict[str, Indicator]] = []
    for year in (horizon.start, horizon.scored_to):
        found.append(
            {
                band: chapter.add_drawn(
                    f"transition.{first}.{year}", f"Young people aged {band} with a plan",
                    children.sel(year=year, age=slice(first, end)).sum("age").values, "young people", january(year),
                    MODEL,
                )
                for band, (first, end) in BANDS.items()
            }
        )  # fmt: skip
    year = last - 1
    reasons = _add_reasons(chapter, year)
    return Transition(found[0], found[1], reasons.get("all"), reasons.get("employ"), reasons.get("he"), year)


def _add_reasons(chapter: ChapterBuilder, year: int) -> dict[str, Indicator]:
    """Add plans that ended in a year by reason, where the area has any."""
    total = figure_of(
        chapter.area,
        "ehc_flow",
        "count",
        calendar_year=year,
        stage="ceased",
        need="all",
        age="all",
        reason="all",
    )
    if total is None:
        return {}
    ended = rows(chapter.area, "ehc_flow", calendar_year=year, stage="ceased", need="all")
    found = {}
    lines: list[tuple[str, list[Cell]]] = []
    for reason, words in {**CEASED_REASONS, "all": "All plans that ended"}.items():
        mine = ended[ended["reason"] == reason]
        whole = mine[mine["age"] == "all"]["count"]
        count: float | None = None
        if len(whole) == 1:
            count = None if whole.isna().any() else float(whole.iloc[0])
        elif len(mine) and not mine["count"].isna().any():
            count = float(mine["count"].sum())
        if count is None and reason != "all":
            continue
        found[reason] = chapter.add_published(
            f"ended.{reason}",
            f"Plans that ended: {words.lower()}",
            count,
            "plans",
            calendar_year(year),
            "ehc_flow",
        )
        lines.append((words, [found[reason]]))
    chapter.add_table(
        "ended_by_reason",
        f"Plans that ended in {year}, by reason",
        ["Reason", "Plans"],
        lines,
        note="The descriptions of “reason not recorded” and “other reason” are exchanged in the release of 2025.",
    )
    return found
