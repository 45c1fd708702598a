"""Questions for the partnership, raised by rule from the records of the chapter."""

from __future__ import annotations

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.words import compared, join, show


def fill(kit: ChapterBuilder) -> None:
    """Add the questions: each is there only if the numbers call for it."""
    kit.facts["questions"] = [
        q for q in (_identified(kit), _timely(kit), _refused(kit), _lists(kit), _room(kit)) if q
    ]


def _identified(kit: ChapterBuilder) -> str:
    if not kit.facts["share_years"]:
        return ""
    year = kit.facts["share_years"][-1]
    low = [
        what
        for provision, what in (("E", "with an EHC plan"), ("K", "at SEN support"))
        if compared(kit.book[f"share.{provision}.{year}"], kit.book[f"share.england.{provision}.{year}"])
        == "below"
    ]
    if not low:
        return ""
    return f"The share of pupils {join(low)} is below England's. Is need lower here, met earlier, or not identified?"


def _timely(kit: ChapterBuilder) -> str:
    year = kit.facts["time_years"][-1] if kit.facts["time_years"] else 0
    now, before = f"time.excluding.{year}", f"time.excluding.{year - 1}"
    if (
        not (kit.book.shown(now) and kit.book.shown(before))
        or kit.book[now].number >= kit.book[before].number
    ):
        return ""
    return (
        f"Plans within {show(kit.book['law.ehc_weeks'])} weeks fell from {show(kit.book[before])} in {year - 1} to "
        f"{show(kit.book[now])} in {year}, excluding exceptions. Is the reason late advice, late decisions, or a "
        "backlog being cleared?"
    )


def _refused(kit: ChapterBuilder) -> str:
    if "ehc.refused_share" not in kit.book:
        return ""
    own, national = kit.book["ehc.refused_share"], kit.book["ehc.england.refused_share"]
    if compared(own, national) != "above":
        return ""
    return (
        f"{show(own)} of decisions were not to assess, above England's {show(national)}. How many of those were "
        "appealed, and what support did the children get instead?"
    )


def _lists(kit: ChapterBuilder) -> str:
    over = kit.facts.get("overloaded", [])
    if not over:
        return ""
    return (
        f"On illustrative figures demand is above capacity in {join(over)}. Before anything is spent: what are the "
        "real lists, staff and appointment slots of these services?"
    )


def _room(kit: ChapterBuilder) -> str:
    more = kit.book["plans.more"]
    if more.lower_end <= 0:
        return ""
    scored, last = kit.facts["scored_to"], kit.facts["last"]
    return (
        f"About {show(more)} more plans are projected for January {scored} than there were in {last}. Where would "
        "those children be placed?"
    )
