"""Transition to adult life: young people with a plan from 16 on, and why plans end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.risk import plans_by_age
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.words import BesideEngland
from sendneeds.foundation.vocabulary import CEASED_REASONS
from sendneeds.need.prevalence import wilson
from sendneeds.need.projection import NeedProjection

BANDS = {"16 to 18": (16, 18), "19 to 25": (19, 25)}


REASONS = {
    "employ": "the young person went to work",
    "he": "of higher education",
    "no_engage": "the young person no longer wished to take part",
}
"""Reasons for which a plan ended that say something of adult life, as a sentence has them."""


@dataclass(frozen=True)
class EndedShare(BesideEngland):
    """Plans that ended for one reason, as a share of all that ended in the year.

    Parameters
    ----------
    words : str
    count, share, england : Indicator
    """

    words: str
    count: Indicator
    share: Indicator
    england: Indicator


@dataclass(frozen=True)
class OlderShare(BesideEngland):
    """The share of plans that young people of 19 to 25 have, here and in England."""

    share: Indicator
    england: Indicator


@dataclass(frozen=True)
class Transition:
    """Young people with a plan.

    Parameters
    ----------
    now, then : dict of str to Indicator
        Plans by band of age, in the first January and in the last scored one.
    ended : Indicator or None
        Plans that ended in the year.
    reasons : dict of str to EndedShare
        Of plans that ended, the share that ended for a reason of `REASONS`, beside England's.
    older : OlderShare or None
        The share of plans that young people of 19 and over have, beside England's.
    year : int
    """

    now: dict[str, Indicator]
    then: dict[str, Indicator]
    ended: Indicator | None
    reasons: dict[str, EndedShare]
    older: OlderShare | None
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
    ended = reasons.get("all")
    shares = _add_shares(chapter, reasons, year)
    return Transition(found[0], found[1], ended, shares, _add_older(chapter, last), year)


def _add_shares(chapter: ChapterBuilder, reasons: dict[str, Indicator], year: int) -> dict[str, EndedShare]:
    """Add the reasons of `REASONS` as shares of the plans that ended, where both are known here and in England."""
    found = {}
    every = reasons.get("all")
    for reason, words in REASONS.items():
        count = reasons.get(reason)
        if every is None or count is None or not (every.shown and count.shown and every.number):
            continue
        nation = [
            figure_of(
                chapter.england, "ehc_flow", "count", calendar_year=year, stage="ceased", need="all", age="all",
                reason=one,
            )
            for one in (reason, "all")
        ]  # fmt: skip
        if nation[0] is None or not nation[1]:
            continue
        low, high = (100 * float(end) for end in wilson(count.number, every.number))
        ends: tuple[dict[str, Any], ...] = ({"low": low, "high": high, "level": 95}, {})
        title = f"Share of plans that ended: {CEASED_REASONS[reason].lower()}"
        share, national = (
            chapter.add_published(
                f"ended.{reason}.share{slug}", f"{title}, {area.name}", value, "percent", calendar_year(year),
                "ehc_flow", area=area, **more,
            )
            for (slug, area), value, more in zip(
                chapter.areas,
                (100 * count.number / every.number, 100 * nation[0] / nation[1]),
                ends,
                strict=True,
            )
        )  # fmt: skip
        found[reason] = EndedShare(words, count, share, national)
    return found


def _add_older(chapter: ChapterBuilder, last: int) -> OlderShare | None:
    """Add the share of plans of 19 and over, as published; None where any age is not counted."""
    first = BANDS["19 to 25"][0]
    counts = []
    for _, area in chapter.areas:
        by_age = plans_by_age(area, last)
        if not by_age:
            return None
        counts.append((sum(n for age, n in by_age.items() if age >= first), sum(by_age.values())))
    low, high = (100 * float(end) for end in wilson(*counts[0]))
    ends: tuple[dict[str, Any], ...] = ({"low": low, "high": high, "level": 95}, {})
    share, national = (
        chapter.add_published(
            f"transition.older{slug}", f"Share of plans of young people aged 19 to 25, {area.name}", 100 * n / of,
            "percent", january(last), "ehc_plans", area=area, **more,
        )
        for (slug, area), (n, of), more in zip(
            chapter.areas, counts, ends, strict=True
        )
    )  # fmt: skip
    return OlderShare(share, national)


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
