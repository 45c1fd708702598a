"""Settings in which children with a plan are placed, phases, and places that open."""

from __future__ import annotations

from dataclasses import dataclass

SETTINGS = {
    "mainstream": "Mainstream school with support",
    "early_years": "Early years provider",
    "college": "College or other provider after 16",
    "resourced": "Resourced provision or SEN unit",
    "state_special": "State-funded special school",
    "independent": "Independent or non-maintained special school",
    "alternative": "Alternative provision",
    "elsewhere": "Educated elsewhere, at home or by other arrangement",
    "not_in_education": "Not in education, employment or training",
}
"""In the order in which they are filled."""
AWAITING = "awaiting"
"""What `setting_of` calls "other placement settings": the 2025 release says that they include children awaiting
provision, out of provision, or with a type of setting named and no school."""
NOT_RECORDED = "not_recorded"
CAPPED = ("resourced", "state_special", "independent")
"""Settings that may be held to the places commissioned; an independent school is only where its places are given."""
PASSED_TO = {"resourced": "state_special", "state_special": "independent"}
"""Where children go whom a setting has no place for; from any other they await a place."""
PHASES = {
    "early_years": (0, 3),
    "primary": (4, 10),
    "secondary": (11, 15),
    "post_16": (16, 18),
    "post_19": (19, 25),
}
"""By age at 31 August. Special schools end at 19, so those after it are a phase of their own."""


@dataclass(frozen=True)
class Opening:
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
    >>> Opening("state_special", 2027, 60)
    Opening(setting='state_special', year=2027, places=60, fill_years=3)
    """

    setting: str
    year: int
    places: int
    fill_years: int = 3


def setting_of(placement: str) -> str:
    """Return the setting that a placement of the SEN2 return belongs to, or `AWAITING` or `NOT_RECORDED`.

    Parameters
    ----------
    placement : str

    Returns
    -------
    str

    Examples
    --------
    >>> setting_of("Special - independent"), setting_of("Mainstream - academy (SEN unit)")
    ('independent', 'resourced')
    >>> setting_of("Educated elsewhere - other placement settings"), setting_of("Educated elsewhere - NEET")
    ('awaiting', 'not_in_education')
    """
    text = placement.lower()
    if "resourced" in text or "sen unit" in text:
        return "resourced"
    if text.startswith("special"):
        return "independent" if "independent" in text or "non-maintained" in text else "state_special"
    for start, setting in (("mainstream", "mainstream"), ("ap/pru", "alternative"), ("fe -", "college")):
        if text.startswith(start):
            return setting
    for part, setting in (
        ("early years", "early_years"),
        ("other placement settings", AWAITING),
        ("not recorded", NOT_RECORDED),
        ("neet", "not_in_education"),
        ("not in education", "not_in_education"),
    ):
        if part in text:
            return setting
    return "elsewhere"
