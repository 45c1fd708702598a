"""The lever on experts for mainstream schools, commissioned by council and integrated care board together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from sendneeds.scenarios.levers.base import Funders, Interval, Lever, documented
from sendneeds.scenarios.levers.keys import Shares, key
from sendneeds.scenarios.levers.services import FIRST, FUNDERS, LAST, RAMP


@documented
@dataclass(frozen=True, kw_only=True)
class ExpertsAtHand(Lever):
    """Commission specialists who work with mainstream schools, and not for statutory assessments.

    They are hired from the market in which the area's own services hire: a share of them leaves its posts, which stay
    empty as long as the lever works. What schools make of them is in no list or plan here: set a lever `requests`
    beside it to say what it does to requests.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.ExpertsAtHand(
    ...     start=datetime.date(2026, 9, 1), wte=22.0, professions={"EP": 0.5, "SLT": 0.5},
    ...     own_posts_share=(0.1, 0.3, 0.5), gbp_per_wte_year=(70_000, 80_000, 90_000), funders={"dfe": 1.0},
    ... )
    >>> lever.costed_as
    'PLACES'
    """

    kind: ClassVar[str] = "experts_at_hand"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    funders: Funders = field(metadata=FUNDERS)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    wte: float = field(metadata=key("number", "whole-time equivalents commissioned, once built up"))
    professions: Shares = field(
        metadata=key(
            "professions", "which share is of which profession: service codes and teachers; 1 in all"
        )
    )
    own_posts_share: Interval = field(
        metadata=key("share_interval", "share of them who leave the area's own posts, an 80 % interval")
    )
    gbp_per_wte_year: Interval = field(
        metadata=key("interval", "GBP a year and whole-time equivalent, an 80 % interval")
    )
