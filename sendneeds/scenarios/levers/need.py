"""Levers on need: how many children there will be, not how a service works; they name no service and no funder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar

from sendneeds.foundation.errors import DomainError
from sendneeds.need.inputs import reform
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange
from sendneeds.scenarios.levers.base import Interval, Lever, documented
from sendneeds.scenarios.levers.keys import key

DFE_FALL = 640 / 910
"""Plans in January 2035 over those of the peak, as the Department for Education forecasts them."""
_FIRST = key("date", "first day; the lever works from that calendar year on")
_LAST = key("date", "last day; the lever works to that calendar year, or to the end where left out")
_RATIO = key("factor_interval", "factor on the flow: low, central and high of an 80 % interval")
_FIRST_AGE = key("age", "first age, at the opening of the year")
_LAST_AGE = key("age", "last age, at the opening of the year")


@dataclass(frozen=True, kw_only=True)
class NeedLever(Lever):
    """A lever on need."""

    blamed: ClassVar[str] = "first_age"

    def problems(self) -> list[tuple[str, str, str, str]]:
        """Return what the projection of need cannot do with the values together."""
        try:
            need_change([self])
        except DomainError as error:
            return [(self.blamed, "a lever on need that cannot be", str(error), "Mend the lever on need.")]
        return []


@documented
@dataclass(frozen=True, kw_only=True)
class NeedGrowth(NeedLever):
    """Have the number of plans grow otherwise than by the rule of recent years.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.levers.NeedGrowth(growth="england_rate", by=2030).by
    2030
    """

    kind: ClassVar[str] = "need_growth"
    blamed: ClassVar[str] = "growth"
    growth: str = field(
        metadata=key(
            "growth", "rule, damped, none, england_rate (by a January) or plans (an ambition, by one)"
        )
    )
    damping: float = field(
        default=0.8, metadata=key("share", "factor on growth each year, with growth = damped")
    )
    plans: float | None = field(default=None, metadata=key("number", "plans to reach, with growth = plans"))
    by: int | None = field(
        default=None, metadata=key("year", "January by which England's rate or the ambition is reached")
    )


@dataclass(frozen=True, kw_only=True)
class FlowLever(NeedLever):
    """A lever that multiplies a flow of plans, from a calendar year on."""

    start: date = field(metadata=_FIRST)
    ratio: Interval = field(metadata=_RATIO)
    first_age: int = field(default=0, metadata=_FIRST_AGE)
    last_age: int = field(default=25, metadata=_LAST_AGE)


@dataclass(frozen=True, kw_only=True)
class RequestLever(NeedLever):
    """A lever that multiplies requests, or the share of them refused, in some calendar years."""

    start: date = field(metadata=_FIRST)
    end: date | None = field(default=None, metadata=_LAST)
    ratio: Interval = field(metadata=_RATIO)
    first_age: int = field(default=0, metadata=_FIRST_AGE)
    last_age: int = field(default=25, metadata=_LAST_AGE)


@documented
@dataclass(frozen=True, kw_only=True)
class NewPlans(FlowLever):
    """Multiply the number of new plans, from a calendar year on.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> sn.levers.NewPlans(start=datetime.date(2027, 1, 1), ratio=(0.5, 0.6, 0.7)).last_age
    25
    """

    kind: ClassVar[str] = "new_plans"


@documented
@dataclass(frozen=True, kw_only=True)
class Cessations(FlowLever):
    """Multiply the number of plans that end, from a calendar year on.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.Cessations(
    ...     start=datetime.date(2027, 1, 1), ratio=(1.1, 1.2, 1.3), first_age=16, last_age=18
    ... )
    >>> lever.kind
    'cessations'
    """

    kind: ClassVar[str] = "cessations"


@documented
@dataclass(frozen=True, kw_only=True)
class Requests(RequestLever):
    """Multiply requests for an assessment, in some calendar years: the plans that follow move with them.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> sn.levers.Requests(start=datetime.date(2026, 1, 1), ratio=(1.05, 1.1, 1.15)).kind
    'requests'
    """

    kind: ClassVar[str] = "requests"


@documented
@dataclass(frozen=True, kw_only=True)
class Refusals(RequestLever):
    """Multiply the share of decided requests that is refused; refusing more brings disputes, and is a legal risk.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> sn.levers.Refusals(start=datetime.date(2026, 1, 1), ratio=(0.7, 0.8, 0.9)).kind
    'refusals'
    """

    kind: ClassVar[str] = "refusals"


@documented
@dataclass(frozen=True, kw_only=True)
class PhaseReviews(NeedLever):
    """Review plans at the moves into years 7 and 12: some become individual support plans.

    Those children are provision `I`, and keep their need for therapy.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> sn.levers.PhaseReviews(start=datetime.date(2029, 9, 1), share=0.14).kind
    'phase_reviews'
    """

    kind: ClassVar[str] = "phase_reviews"
    blamed: ClassVar[str] = "share"
    start: date = field(
        metadata=key("date", "first day; the moves in September of that calendar year are the first reviewed")
    )
    share: float = field(
        metadata=key("share", "share of the plans reviewed that become individual support plans")
    )


@documented
@dataclass(frozen=True, kw_only=True)
class SpecialistPlans(NeedLever):
    """Make fewer new plans, so that plans fall from the area's own peak; how many fewer is worked out.

    Children not given a plan have an individual support plan, provision `I`. Where even no new plan is not enough, the
    run says how far plans fall.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> round(sn.levers.SpecialistPlans(start=datetime.date(2030, 9, 1)).share_of_peak, 3)
    0.703
    """

    kind: ClassVar[str] = "specialist_plans"
    blamed: ClassVar[str] = "share_of_peak"
    start: date = field(metadata=key("date", "first day; it holds from September of that calendar year"))
    share_of_peak: float = field(
        default=DFE_FALL,
        metadata=key("share", "plans at the end over those of the peak; 640 over 910 thousand"),
    )
    by: int = field(default=2035, metadata=key("year", "January by which they have fallen so"))


def need_change(levers: Iterable[Lever]) -> NeedChange:
    """Return what the levers of one scenario change about need.

    Raises
    ------
    DomainError
        If a lever lacks what its growth needs.
    """
    growth = NeedChange()
    flows: dict[type[Lever], list[FlowMultiplier]] = {
        kind: [] for kind in (NewPlans, Cessations, Requests, Refusals)
    }
    reforms: dict[str, Any] = {}
    for lever in levers:
        if isinstance(lever, NeedGrowth):
            growth = NeedChange(lever.growth, lever.damping, lever.plans, lever.by)
        elif isinstance(lever, PhaseReviews):
            reforms["reviews"] = reform.PhaseReviews(lever.start.year, lever.share)
        elif isinstance(lever, SpecialistPlans):
            reforms["specialist"] = reform.SpecialistPlans(lever.start.year, lever.share_of_peak, lever.by)
        elif isinstance(lever, FlowLever | RequestLever):
            low, central, high = lever.ratio
            end = lever.end if isinstance(lever, RequestLever) else None
            ages = lever.first_age, lever.last_age
            last = None if end is None else end.year
            flows[type(lever)].append(FlowMultiplier(lever.start.year, low, central, high, *ages, last))
    return replace(
        growth,
        new_plans=tuple(flows[NewPlans]),
        ceased=tuple(flows[Cessations]),
        requests=tuple(flows[Requests]),
        refusals=tuple(flows[Refusals]),
        **reforms,
    )
