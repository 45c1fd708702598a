"""Levers on services: first assessments bought, and the rules by which a service works."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from sendneeds.scenarios.levers.base import Funders, Interval, Lever, documented
from sendneeds.scenarios.levers.keys import key

_SERVICE = key("service", "code of a service of the pack, for example SLT")
FIRST = key("date", "first day, for example 2027-09-01")
_FIRST_OR_START = key("date", "first day; the start of the run where left out")
LAST = key("date", "last day; to the end of the run where left out")
FUNDERS = key("funders", "who pays which share, for example { icb = 1.0 }; shares add up to 1")
RAMP = key("number", "weeks over which it builds up evenly; at once where left out")
_PER_CHILD = key("interval", "GBP a child: low, central and high of an 80 % interval")
PER_YEAR = key("interval", "GBP a year, an 80 % interval; no cost where left out")
PER_YEAR_FUNDERS = key("funders", "who pays which share; needed with gbp_per_year")


@dataclass(frozen=True, kw_only=True)
class ServiceLever(Lever):
    """A lever on one service."""

    service: str = field(metadata=_SERVICE)


@documented
@dataclass(frozen=True, kw_only=True)
class Initiative(ServiceLever):
    """Buy first assessments beyond those of the staff, for a time.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.Initiative(
    ...     service="SLT", start=datetime.date(2027, 9, 1), end=datetime.date(2028, 8, 31),
    ...     children_per_week=6, gbp_per_child=(600, 800, 1000), funders={"icb": 1.0},
    ... )
    >>> lever.gbp_per_child
    (600, 800, 1000)
    """

    kind: ClassVar[str] = "initiative"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    children_per_week: float = field(
        metadata=key(
            "number",
            "children a week whose first assessment is given besides; the therapy that follows is the staff's",
        )
    )
    gbp_per_child: Interval = field(metadata=_PER_CHILD)
    contract: str = field(
        default="seen",
        metadata=key("contract", "what is paid for: children seen, or a block of as many as are bought"),
    )


@documented
@dataclass(frozen=True, kw_only=True)
class Outsource(ServiceLever):
    """Have a second provider take on children from the list.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.Outsource(
    ...     service="SLT", start=datetime.date(2026, 1, 5), children_per_week=4, return_share=0.5,
    ...     gbp_per_child=(600, 800, 1000), funders={"icb": 1.0},
    ... )
    >>> lever.end is None
    True
    """

    kind: ClassVar[str] = "outsource"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    children_per_week: float = field(
        metadata=key("number", "children a week whom a second provider can take on")
    )
    return_share: float = field(
        default=0.0, metadata=key("share", "share of them who come back here for their therapy")
    )
    gbp_per_child: Interval = field(metadata=_PER_CHILD)
    contract: str = field(
        default="seen",
        metadata=key("contract", "what is paid for: children seen, or a block of as many as are bought"),
    )


@documented
@dataclass(frozen=True, kw_only=True)
class RingFence(ServiceLever):
    """Keep a share of the slots for first assessments.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.levers.RingFence(service="SLT", share=0.5).kind
    'ring_fence'
    """

    kind: ClassVar[str] = "ring_fence"
    start: date | None = field(default=None, metadata=_FIRST_OR_START)
    end: date | None = field(default=None, metadata=LAST)
    share: float = field(
        metadata=key(
            "share",
            "share of the slots after advice kept for first assessments: 0 follow-ups first, 1 firsts first",
        )
    )
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class MissedAppointments(ServiceLever):
    """Have fewer appointments missed.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.levers.MissedAppointments(service="OT", ratio=(0.4, 0.6, 0.8)).ratio
    (0.4, 0.6, 0.8)
    """

    kind: ClassVar[str] = "missed_appointments"
    start: date | None = field(default=None, metadata=_FIRST_OR_START)
    end: date | None = field(default=None, metadata=LAST)
    ratio: Interval = field(
        metadata=key(
            "factor_interval", "factor on the share missed: low, central and high of an 80 % interval"
        )
    )
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class Groups(ServiceLever):
    """Give blocks of sessions in groups.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.levers.Groups(service="PT", share=(0.2, 0.4, 0.6), size=3).size
    3
    """

    kind: ClassVar[str] = "groups"
    start: date | None = field(default=None, metadata=_FIRST_OR_START)
    end: date | None = field(default=None, metadata=LAST)
    share: Interval = field(
        metadata=key("share_interval", "share of children with a block of sessions who have it in a group")
    )
    size: int = field(metadata=key("size", "children in a group, 2 to 8"))
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class Triage(ServiceLever):
    """Send a share of referrals to other support, by an advice line.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.Triage(
    ...     service="COMM_PAEDS", start=datetime.date(2026, 1, 5), share=(0.1, 0.2, 0.3), rereferred=(0.1, 0.2, 0.3)
    ... )
    >>> lever.paid_by
    {}
    """

    kind: ClassVar[str] = "triage"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    share: Interval = field(
        metadata=key(
            "share_interval", "share of the referrals otherwise accepted that an advice line sends elsewhere"
        )
    )
    rereferred: Interval | None = field(
        default=None,
        metadata=key(
            "share_interval", "share of those who are referred again 13 weeks later; none where left out"
        ),
    )
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class AutismPathway(ServiceLever):
    """Change the shape of the autism pathway.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.levers.AutismPathway(service="ASD_DX", pathway="needs_first").pathway
    'needs_first'
    """

    kind: ClassVar[str] = "autism_pathway"
    start: date | None = field(default=None, metadata=_FIRST_OR_START)
    end: date | None = field(default=None, metadata=LAST)
    pathway: str = field(metadata=key("pathway", "diagnosis_first or needs_first"))
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class PersonalBudgets(Lever):
    """Give personal budgets to a larger share of children with a plan; it acts on every service that budgets buy.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.PersonalBudgets(
    ...     start=datetime.date(2026, 1, 5), uptake=0.1, funders={"council_high_needs": 1.0}
    ... )
    >>> lever.costed_as
    'PLACES'
    """

    kind: ClassVar[str] = "personal_budgets"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    uptake: float = field(
        metadata=key(
            "share",
            "share of children with a plan who hold a budget, in place of the pack's figure; over all services "
            "whose sessions budgets buy, costed gross",
        )
    )
