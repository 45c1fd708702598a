"""Legal duties beside England's: reviews held, decisions told in time, children with a plan and no education."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sendneeds.chapter.builder import ChapterBuilder, figure_of, rows
from sendneeds.chapter.records import Indicator, calendar_year, january
from sendneeds.chapter.words import BesideEngland
from sendneeds.evidence.area import Area
from sendneeds.foundation.placements import PLACEMENTS, setting_group, setting_of
from sendneeds.need.prevalence import wilson

HELD = ("reviews_held_in_year", "reviews_held_since")
NOT_IN_EDUCATION = {placement for placement in PLACEMENTS if setting_group(placement) == "Not in education"}
WITH_NOTICE = {placement for placement in PLACEMENTS if setting_of(placement) == "notice_to_cease"}
WITHOUT_NOTICE = NOT_IN_EDUCATION - WITH_NOTICE
SCHOOL_AGE = {"Educated elsewhere - not in education or training (compulsory school age)"}


@dataclass(frozen=True)
class Share(BesideEngland):
    """A share of the area beside England's.

    Parameters
    ----------
    count, of, share, england : Indicator
        Those counted, those they are of, the percentage, and England's percentage.
    """

    count: Indicator
    of: Indicator
    share: Indicator
    england: Indicator


@dataclass(frozen=True)
class Duties:
    """What the law asks for, as published; None where it is not.

    Parameters
    ----------
    year, january : int
        The calendar year of the flows, and the January of the plans.
    reviews : Share or None
        Plans due an annual review with a meeting in the year or after it.
    six_weeks : Share or None
        Decisions on requests that were told within six weeks.
    review_decisions : Share or None
        Decisions after a review that were told within four weeks.
    idle, idle_semh : Share or None
        Plans of children not in education, of all needs and of SEMH.
    without_notice, semh_without_notice : Share or None
        Those of them for whom no notice has been given that the plan will end.
    school_age : Share or None
        Those of compulsory school age.
    with_notice : Share or None
        Those for whom notice has been given.
    """

    year: int
    january: int
    reviews: Share | None
    six_weeks: Share | None
    review_decisions: Share | None
    idle: Share | None
    idle_semh: Share | None
    without_notice: Share | None
    semh_without_notice: Share | None
    school_age: Share | None
    with_notice: Share | None


def add_duties(chapter: ChapterBuilder, last: int) -> Duties:
    """Add reviews, decisions and children not in education; `last` is the latest January published."""
    flows = rows(chapter.area, "ehc_flow", need="all", age="all", reason="all")
    stage = flows[flows["stage"] == "reviews_expected"]
    year = int(stage["calendar_year"].max()) if len(stage) else last - 1

    def flow(area: Area, *stages: str) -> float | None:
        found = [
            figure_of(
                area, "ehc_flow", "count", calendar_year=year, stage=s, need="all", age="all", reason="all"
            )
            for s in stages
        ]
        return None if any(value is None for value in found) else sum(v for v in found if v is not None)

    reviews = _share(
        chapter, "duty.reviews", "Plans due an annual review with a meeting in the year or after it",
        [(flow(area, *HELD), flow(area, "reviews_expected")) for _, area in chapter.areas],
        "reviews", str(calendar_year(year)), "ehc_flow", "up",
    )  # fmt: skip
    told = ("request_outcome_six_weeks", "request_outcome_over_6_weeks")
    six_weeks = _share(
        chapter, "duty.six_weeks", "Decisions on requests told within six weeks",
        [(flow(area, told[0]), flow(area, *told)) for _, area in chapter.areas],
        "decisions", str(calendar_year(year)), "ehc_flow", "up",
    )  # fmt: skip
    decided = ("review_decisions_within_4_weeks", "review_decisions_over_4_weeks")
    review_decisions = _share(
        chapter, "duty.review_decisions", "Decisions after a review told within four weeks",
        [(flow(area, decided[0]), flow(area, *decided)) for _, area in chapter.areas],
        "decisions", str(calendar_year(year)), "ehc_flow", "up",
    )  # fmt: skip
    plans = "Plans of children and young people not in education"
    known = "Plans for SEMH of children and young people not in education"
    not_in_education = (
        _share(
            chapter, f"duty.{id}", title, [_idle(area, need, last, counted) for _, area in chapter.areas], "plans",
            str(january(last)), "ehc_plans", "down",
        )
        for id, title, need, counted in (
            ("idle", plans, "all", NOT_IN_EDUCATION),
            ("idle_semh", known, "SEMH", NOT_IN_EDUCATION),
            ("without_notice", f"{plans}, without notice that the plan will end", "all", WITHOUT_NOTICE),
            ("semh_without_notice", f"{known}, without notice that the plan will end", "SEMH", WITHOUT_NOTICE),
            ("school_age", f"{plans}, of compulsory school age", "all", SCHOOL_AGE),
            ("with_notice", f"{plans}, with notice that the plan will end", "all", WITH_NOTICE),
        )
    )  # fmt: skip
    return Duties(year, last, reviews, six_weeks, review_decisions, *not_in_education)


def _idle(area: Area, need: str, year: int, counted: set[str]) -> tuple[float | None, float | None]:
    """Return plans of children in the placements counted, and all plans with a placement, of a need or of all."""
    known = rows(area, "ehc_plans", census_january=year, age="all")
    known = known[known["placement"] != "all"] if len(known) else known
    wanted = known[known["need"] == need]
    if not len(wanted) and need == "all":
        wanted = known[known["need"] != "all"]
    if not len(wanted) or wanted["plans"].isna().any():
        return None, None
    plans = wanted["plans"].astype(float)
    return float(plans[wanted["placement"].isin(counted)].sum()), float(plans.sum())


def _share(
    chapter: ChapterBuilder,
    id: str,
    title: str,
    counts: list[tuple[float | None, float | None]],
    unit: str,
    period: str,
    table: str,
    better: str,
) -> Share | None:
    """Add a share of the area, with Wilson's interval, and England's; None where the area's is not known."""
    part, whole = counts[0]
    if part is None or not whole:
        return None
    found = []
    for (slug, area), (n, of) in zip(chapter.areas, counts, strict=True):
        more: dict[str, Any] = {"better": better}
        value = None
        if n is not None and of:
            low, high = map(float, wilson(n, of))
            value, more = 100 * n / of, more | {"low": 100 * low, "high": 100 * high, "level": 95}
        found.append(
            chapter.add_published(
                f"{id}.share{slug}",
                f"{title}, share, {area.name}",
                value,
                "percent",
                period,
                table,
                area=area,
                **more,
            )
        )
    count = chapter.add_published(f"{id}.count", title, part, unit, period, table)
    every = chapter.add_published(f"{id}.of", f"{title}: of", whole, unit, period, table)
    return Share(count, every, found[0], found[1])
