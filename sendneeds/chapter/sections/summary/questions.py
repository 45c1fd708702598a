"""Questions for the partnership, each raised by a rule from the chapter's figures."""

from __future__ import annotations

from sendneeds.chapter.sections.ehc.process import Refusals
from sendneeds.chapter.sections.ehc.timeliness import Timeliness
from sendneeds.chapter.sections.health.health import SimulatedServices
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.sections.need.projection import Projection
from sendneeds.chapter.sections.need.shares import PupilShares
from sendneeds.chapter.words import Standing, join, show

WITH = {"E": "with an EHC plan", "K": "at SEN support"}


def identified(shares: PupilShares) -> str:
    """Ask why a share of pupils is below England's."""
    if not shares.below:
        return ""
    low = join([WITH[provision] for provision in shares.below])
    return (
        f"The share of pupils {low} is below England's. Is need lower here, met earlier, or not identified?"
    )


def timely(found: Timeliness) -> str:
    """Ask why the share of plans in time fell."""
    now, before = found.last, found.before
    if now is None or before is None or now.number >= before.number:
        return ""
    if now.interval is not None and before.number <= now.upper_end:
        return ""  # no more than chance
    year = found.years[-1]
    return (
        f"Plans within {show(found.legal_weeks)} weeks fell from {show(before)} in {year - 1} to {show(now)} in "
        f"{year}, excluding exceptions. Is the reason late advice, late decisions, or a backlog being cleared?"
    )


def refused(refusals: Refusals | None) -> str:
    """Ask about decisions not to assess, where they are a larger share than England's."""
    if refusals is None or refusals.standing is not Standing.ABOVE:
        return ""
    return (
        f"{show(refusals.share)} of decisions were not to assess, above England's {show(refusals.england)}. How many "
        "of those were appealed, and what support did the children get instead?"
    )


def overloaded(services: SimulatedServices | None) -> str:
    """Ask for the real figures of services whose demand is above capacity."""
    over = services.ahead.overloaded if services else []
    if not over:
        return ""
    return (
        f"On illustrative figures demand is above capacity in {join(over)}. Before anything is spent: what are the "
        "real lists, staff and appointment slots of these services?"
    )


def placed(projection: Projection, horizon: Horizon, last: int) -> str:
    """Ask where the children of more plans would be placed; `last` is the latest January published."""
    more = projection.more
    if more.lower_end <= 0:
        return ""
    return (
        f"About {show(more)} more plans are projected for January {horizon.scored_to} than there were in {last}. Where "
        "would those children be placed?"
    )
