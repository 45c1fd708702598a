"""Levers on how many children are referred to a service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from sendneeds.scenarios.levers.base import Funders, Interval, documented
from sendneeds.scenarios.levers.keys import key
from sendneeds.scenarios.levers.services import (
    FIRST,
    FUNDERS,
    LAST,
    PER_YEAR,
    PER_YEAR_FUNDERS,
    RAMP,
    ServiceLever,
)


@documented
@dataclass(frozen=True, kw_only=True)
class ReferralGrowth(ServiceLever):
    """Have referrals to a service grow, or fall, year on year beyond what need makes of them.

    The factor of a year compounds from the first day to the last and stays there: a service that is advertised, a
    pathway that schools learn to use, or a threshold that moves.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.ReferralGrowth(
    ...     service="SLT", start=datetime.date(2026, 9, 1), end=datetime.date(2029, 8, 31), yearly=(0.98, 1.03, 1.08)
    ... )
    >>> lever.yearly
    (0.98, 1.03, 1.08)
    """

    kind: ClassVar[str] = "referral_growth"
    start: date = field(metadata=FIRST)
    end: date | None = field(
        default=None,
        metadata=key("date", "last day of growth, which stays; to the end of the run where left out"),
    )
    yearly: Interval = field(
        metadata=key(
            "factor_interval", "factor on referrals a year, beyond that of need: 1.03 is 3 % more each year"
        )
    )
    gbp_per_year: Interval | None = field(default=None, metadata=PER_YEAR)
    funders: Funders | None = field(default=None, metadata=PER_YEAR_FUNDERS)


@documented
@dataclass(frozen=True, kw_only=True)
class EarlyLanguage(ServiceLever):
    """Support language in the early years, so that years later fewer children are referred.

    It is paid for whole from the first day; referrals change only after the delay, build up over the ramp, and go back
    as long after the last day. How much they change is for the commissioner to say and to source: no figure ships.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> lever = sn.levers.EarlyLanguage(
    ...     service="SLT", start=datetime.date(2026, 9, 1), delay_years=(1, 2, 3), ratio=(0.85, 0.93, 1.0),
    ...     gbp_per_year=(60_000, 80_000, 100_000), funders={"council_general_fund": 1.0},
    ... )
    >>> lever.delay_years
    (1, 2, 3)
    """

    kind: ClassVar[str] = "early_language"
    start: date = field(metadata=FIRST)
    end: date | None = field(default=None, metadata=LAST)
    ramp_weeks: float | None = field(default=None, metadata=RAMP)
    delay_years: Interval = field(
        metadata=key("interval", "years until fewer are referred, for example 1 to 3, an 80 % interval")
    )
    ratio: Interval = field(
        metadata=key("factor_interval", "factor on referrals once it works, an 80 % interval")
    )
    gbp_per_year: Interval = field(metadata=key("interval", "GBP a year, an 80 % interval"))
    funders: Funders = field(metadata=FUNDERS)
