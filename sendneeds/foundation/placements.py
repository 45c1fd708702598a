"""Placements as the SEN2 release names them, the settings they belong to, and phases of education."""

from __future__ import annotations

from sendneeds.foundation.errors import unknown

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
    "notice_to_cease": "Not in education, notice given that the plan will end",
}
"""Settings and their names, in the order in which their places are filled."""

AWAITING = "awaiting"
"""Setting of "other placement settings": the 2025 release says that they include children awaiting provision, out of
provision, or with a type of setting named and no school."""

NOT_RECORDED = "not_recorded"

PHASES = {
    "early_years": (0, 3),
    "primary": (4, 10),
    "secondary": (11, 15),
    "post_16": (16, 18),
    "post_19": (19, 25),
}
"""First and last age of each phase, at 31 August. Special schools end at 19, so a phase begins there."""

PLACEMENT_SETTINGS = {
    "Mainstream - LA maintained": "mainstream",
    "Mainstream - LA maintained (resourced provision)": "resourced",
    "Mainstream - LA maintained (SEN unit)": "resourced",
    "Mainstream - academy": "mainstream",
    "Mainstream - academy (resourced provision)": "resourced",
    "Mainstream - academy (SEN unit)": "resourced",
    "Mainstream - free school": "mainstream",
    "Mainstream - free school (resourced provision)": "resourced",
    "Mainstream - free school (SEN unit)": "resourced",
    "Mainstream - independent": "mainstream",
    "Special - LA maintained": "state_special",
    "Special - Academy/free schools": "state_special",
    "Special - independent": "independent",
    "Special - non-maintained": "independent",
    "AP/PRU - academy": "alternative",
    "AP/PRU - free school": "alternative",
    "AP/PRU - LA maintained": "alternative",
    "FE - general FE and tertiary colleges": "college",
    "FE - specialist post-16 institutions": "college",
    "FE - UKRLP provider": "college",
    "Educated elsewhere - elective home education": "elsewhere",
    "Educated elsewhere - other arrangements by LA": "elsewhere",
    "Educated elsewhere - other arrangements by parents": "elsewhere",
    "Educated elsewhere - online provider": "elsewhere",
    "Educated elsewhere - Welsh establishment": "elsewhere",
    "Educated elsewhere - other schools and establishments": "elsewhere",
    "Educated elsewhere - other placement settings": AWAITING,
    "Educated elsewhere - NEET": "not_in_education",
    "Educated elsewhere - not in education or training (notice to cease issued)": "notice_to_cease",
    "Educated elsewhere - not in education or training (compulsory school age)": "not_in_education",
    "Educated elsewhere - not in education or training (other)": "not_in_education",
    "Non-maintained early years": "early_years",
    "Placement not recorded": NOT_RECORDED,
}
"""Setting of each published placement. Only special schools count as independent: an independent mainstream school is
mainstream."""

PLACEMENTS = tuple(PLACEMENT_SETTINGS)
"""Placements of children with an EHC plan, as the Department for Education's SEN2 release names them."""

_AT_HOME = (
    "Educated elsewhere - elective home education",
    "Educated elsewhere - other arrangements by parents",
)
_BY_COUNCIL = ("Educated elsewhere - other arrangements by LA",)
_GROUPS_OF_SETTINGS = {
    "mainstream": "Mainstream",
    "resourced": "Mainstream, resourced provision or SEN unit",
    "state_special": "State special school",
    "independent": "Independent or non-maintained special school",
    "college": "Further education",
    "early_years": "Early years provider",
    "alternative": "Alternative provision",
    "not_in_education": "Not in education",
    "notice_to_cease": "Not in education",
}
SETTING_GROUPS = (
    *dict.fromkeys(_GROUPS_OF_SETTINGS.values()),
    "Arranged by the council",
    "Educated at home",
    "Elsewhere or not recorded",
)
"""Groups of placements, for tables of one need; each published placement is in exactly one."""


def setting_of(placement: str) -> str:
    """Return the setting of a published placement.

    Parameters
    ----------
    placement : str
        One of `PLACEMENTS`.

    Returns
    -------
    str
        A key of `SETTINGS`, or `AWAITING` or `NOT_RECORDED`.

    Raises
    ------
    UnknownNameError
        If the SEN2 release has no such placement.

    Examples
    --------
    >>> setting_of("Special - non-maintained"), setting_of("Mainstream - independent")
    ('independent', 'mainstream')
    >>> setting_of("Educated elsewhere - other placement settings"), setting_of("Educated elsewhere - NEET")
    ('awaiting', 'not_in_education')
    """
    if placement not in PLACEMENT_SETTINGS:
        raise unknown("placement", placement, PLACEMENTS)
    return PLACEMENT_SETTINGS[placement]


def setting_group(placement: str) -> str:
    """Return the group, one of `SETTING_GROUPS`, that a published placement belongs to.

    Parameters
    ----------
    placement : str
        One of `PLACEMENTS`.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If the SEN2 release has no such placement.

    Examples
    --------
    >>> setting_group("Mainstream - academy (resourced provision)")
    'Mainstream, resourced provision or SEN unit'
    >>> setting_group("AP/PRU - academy"), setting_group("Educated elsewhere - NEET")
    ('Alternative provision', 'Not in education')
    """
    setting = setting_of(placement)
    if placement in _AT_HOME:
        return "Educated at home"
    if placement in _BY_COUNCIL:
        return "Arranged by the council"
    return _GROUPS_OF_SETTINGS.get(setting, "Elsewhere or not recorded")
