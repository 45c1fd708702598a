"""Settings whose places may be limited, where children go when they are full, and places that open or close."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from numbers import Real

from sendneeds.foundation.cards import Card

CAPPED = ("resourced", "state_special", "independent")
"""Settings that may be held to the places commissioned; an independent school is only where its places are given."""
LIMITED = ("resourced", "state_special")
"""Settings with as many places as were filled at the latest count, where no figure says how many there are."""
OVERFLOW: dict[tuple[str, str], tuple[str, tuple[float, float, float]]] = {
    ("resourced", "state_special"): ("overflow_resourced_to_state_special_share", (0.05, 0.15, 0.30)),
    ("resourced", "independent"): ("overflow_resourced_to_independent_share", (0.03, 0.10, 0.20)),
    ("state_special", "independent"): ("overflow_state_special_to_independent_share", (0.15, 0.35, 0.60)),
}
"""Of those whom a setting has no place for, the share who go on to another: the figure of ``PLACES`` in a pack, and the
80 % interval where it has none. The rest stay where children of their phase go (`STAYS_IN`), with support. Nothing is
published of it: the intervals are assumed, and wide."""
STAYS_IN = {
    "early_years": "early_years",
    "primary": "mainstream",
    "secondary": "mainstream",
    "post_16": "college",
    "post_19": "college",
}
"""Setting, without a limit, of those in a phase who find no specialist place and go on to none."""
OUTCOMES = ("elsewhere", "not_in_education", "notice_to_cease")
"""Settings that are outcomes and not places needed: children are counted in them, and no place is wanted there."""


@dataclass(frozen=True)
class PlaceChange(Card):
    """New places, or with a negative number places that close as children leave them.

    Parameters
    ----------
    setting : str
        One of `CAPPED`; ``independent`` only where its places are given.
    year : int
        January by which the first of them are filled.
    places : int
    fill_years : int
        Years over which they fill, in equal parts.
    need, phase : str
        Whom they are for, ``all`` for everybody; the setting's places must be known by it, in the table ``places``.
    gbp_per_place : tuple of float, optional
        GBP of capital a place, as (low, central, high) of an 80 % interval; the pack's figure for a state special place
        where left out.

    Examples
    --------
    >>> change = PlaceChange("state_special", 2027, 60)
    >>> change.places, change.fill_years
    (60, 3)
    """

    setting: str
    year: int
    places: int
    fill_years: int = 3
    need: str = "all"
    phase: str = "all"
    gbp_per_place: tuple[float, float, float] | None = None


def is_price(given: object) -> bool:
    """Return whether a value is an 80 % interval of a price: three numbers over 0 and in order.

    Examples
    --------
    >>> is_price((20_000, 35_000, 60_000)), is_price(35_000), is_price((3, 2, 1))
    (True, False, False)
    """
    if not isinstance(given, tuple) or len(given) != 3 or not all(isinstance(n, Real) for n in given):
        return False
    low, central, high = given
    return bool(0 < low <= central <= high < inf)
