"""Levers on school places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from sendneeds.scenarios.levers.base import Funders, Interval, Lever, documented
from sendneeds.scenarios.levers.keys import key


@documented
@dataclass(frozen=True, kw_only=True)
class NewPlaces(Lever):
    """Open places in resourced provision or state special schools.

    Examples
    --------
    >>> import sendneeds as sn
    >>> lever = sn.levers.NewPlaces(
    ...     setting="state_special", places=80, january=2028, funders={"council_high_needs": 1.0}
    ... )
    >>> lever.fill_years
    3
    """

    kind: ClassVar[str] = "new_places"
    setting: str = field(metadata=key("setting", "resourced or state_special"))
    places: int = field(metadata=key("count", "places, a whole number"))
    january: int = field(metadata=key("year", "January by which the first of them are filled"))
    fill_years: int = field(default=3, metadata=key("years", "years over which they fill, in equal parts"))
    need: str = field(
        default="all",
        metadata=key(
            "need", "need that they are for, where the table places says how many there are by need"
        ),
    )
    phase: str = field(
        default="all",
        metadata=key(
            "phase", "phase that they are for, where the table places says how many there are by phase"
        ),
    )
    gbp_per_place: Interval | None = field(
        default=None,
        metadata=key(
            "interval",
            "GBP of capital a place, spent evenly over the 52 weeks before the middle of the January in which "
            "they open, so in two financial years; the pack's figure for a state special place where left out",
        ),
    )
    funders: Funders = field(
        metadata=key("funders", "who pays which share, for example { icb = 1.0 }; shares add up to 1")
    )
