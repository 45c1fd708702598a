"""Levers on the staff of a service: posts filled, posts added, agency staff for a time, and another mix of skills."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from sendneeds.scenarios.levers.base import Funders, Interval, documented
from sendneeds.scenarios.levers.keys import key
from sendneeds.scenarios.levers.services import FIRST, FUNDERS, LAST, RAMP, ServiceLever


@documented
@dataclass(frozen=True, kw_only=True)
class FillVacancies(ServiceLever):
    """Fill vacant posts, each after a drawn time to hire.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.FillVacancies(
    ...     service="SLT", start=datetime.date(2027, 9, 1), posts=2, funders={"icb": 0.67, "council_high_needs": 0.33}
    ... )
    >>> lever.share
    1.0
    """

    kind: ClassVar[str] = "fill_vacancies"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    share: float = field(
        default=1.0,
        metadata=key("share", "share of the vacancy (funded less in post, both drawn) that is filled"),
    )
    posts: float | None = field(
        default=None,
        metadata=key("posts", "most whole-time equivalents filled, for example 2 of 3 vacant posts"),
    )


@documented
@dataclass(frozen=True, kw_only=True)
class FundPosts(ServiceLever):
    """Add posts to those funded, each filled after a drawn time to hire.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.FundPosts(
    ...     service="SLT", wte=2, start=datetime.date(2027, 9, 1), funders={"icb": 1.0}
    ... )
    >>> sn.Scenario("two-posts", "Two more posts", levers=[lever]).levers[0].wte
    2
    """

    kind: ClassVar[str] = "fund_posts"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    wte: float = field(metadata=key("posts", "whole-time equivalents added to those funded"))


@documented
@dataclass(frozen=True, kw_only=True)
class EmptyPosts(ServiceLever):
    """Leave posts empty: some of those in post leave on the first day, and nobody takes their place until the last.

    No more leave than are in post. What they are not paid is not counted as saved.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.EmptyPosts(service="SLT", wte=2, start=datetime.date(2026, 9, 1))
    >>> lever.paid_by
    {}
    """

    kind: ClassVar[str] = "empty_posts"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    wte: float = field(metadata=key("posts", "whole-time equivalents in post that leave"))


@documented
@dataclass(frozen=True, kw_only=True)
class LocumPosts(ServiceLever):
    """Hire agency staff who give statutory advice and nothing else, from a day to a day.

    They are at work from the first day, each gives as much advice as a post does, and they are paid at the agency's
    price. They do not attend annual reviews: those stay with the staff. Where staff follow the record they come on top
    of the staff that its pace asks for, else on top of those in post.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.LocumPosts(
    ...     service="EP", wte=2, start=datetime.date(2026, 9, 1), end=datetime.date(2027, 8, 31),
    ...     gbp_per_wte_year=(110_000, 130_000, 150_000), funders={"council_general_fund": 1.0},
    ... )
    >>> lever.wte
    2
    """

    kind: ClassVar[str] = "locum_posts"
    start: date = field(metadata=FIRST)
    end: date = field(metadata=key("date", "last day, for example 2028-08-31"))
    funders: Funders = field(metadata=FUNDERS)
    wte: float = field(metadata=key("posts", "whole-time equivalents hired"))
    gbp_per_wte_year: Interval = field(
        metadata=key(
            "interval", "GBP a year that the agency asks for a whole-time equivalent, an 80 % interval"
        )
    )


@documented
@dataclass(frozen=True, kw_only=True)
class AgencyStaff(ServiceLever):
    """Hire agency staff for a clinic, from a day to a day, at the agency's price.

    They are at work from the first day, without a time to hire, and see children as the staff in post do: first
    assessments, therapy and advice. For a service that gives statutory advice alone use `LocumPosts`.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.AgencyStaff(
    ...     service="SLT", wte=2, start=datetime.date(2026, 9, 1), end=datetime.date(2027, 8, 31),
    ...     gbp_per_wte_year=(85_000, 95_000, 110_000), funders={"icb": 1.0},
    ... )
    >>> lever.pace is None
    True
    """

    kind: ClassVar[str] = "agency_staff"
    start: date = field(metadata=FIRST)
    end: date = field(metadata=key("date", "last day, for example 2028-08-31"))
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    wte: float = field(metadata=key("posts", "whole-time equivalents hired"))
    pace: Interval | None = field(
        default=None,
        metadata=key(
            "factor_interval",
            "what one gives over what a post gives, an 80 % interval; the same where left out",
        ),
    )
    gbp_per_wte_year: Interval = field(
        metadata=key(
            "interval", "GBP a year that the agency asks for a whole-time equivalent, an 80 % interval"
        )
    )


@documented
@dataclass(frozen=True, kw_only=True)
class SkillMix(ServiceLever):
    """Have assistants give a part of what qualified staff give, in posts beside theirs.

    An assistant gives a share of what a qualified post gives: sessions under a plan of care and parts of assessments,
    less the supervision that they ask of qualified staff. They are at work from the first day, built up over the ramp.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.SkillMix(
    ...     service="SLT", wte=2, start=datetime.date(2026, 9, 1), pace=(0.3, 0.5, 0.65),
    ...     gbp_per_wte_year=(28_000, 32_000, 36_000), funders={"icb": 1.0},
    ... )
    >>> lever.pace
    (0.3, 0.5, 0.65)
    """

    kind: ClassVar[str] = "skill_mix"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    wte: float = field(metadata=key("posts", "whole-time equivalents of assistants"))
    pace: Interval = field(
        metadata=key(
            "factor_interval",
            "what an assistant adds over what a qualified post gives, supervision taken off, an 80 % interval",
        )
    )
    gbp_per_wte_year: Interval = field(
        metadata=key("interval", "GBP a year and whole-time equivalent, on-costs in, an 80 % interval")
    )
