"""Settings whose places may be limited, where children go when they are full, and places that open or close."""

from __future__ import annotations

from dataclasses import dataclass

CAPPED = ("resourced", "state_special", "independent")
"""Settings that may be held to the places commissioned; an independent school is only where its places are given."""
PASSED_TO = {"resourced": "state_special", "state_special": "independent"}
"""Where children go whom a setting has no place for; from any other they await a place."""


@dataclass(frozen=True)
class PlaceChange:
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

    Examples
    --------
    >>> PlaceChange("state_special", 2027, 60)
    PlaceChange(setting='state_special', year=2027, places=60, fill_years=3)
    """

    setting: str
    year: int
    places: int
    fill_years: int = 3
