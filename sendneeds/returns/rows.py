"""Rows and tables of the local SEND reform plan (LSRP), and what of a projection counts in which.

Titles are as a public implementation of the return prints them; the government's own sheet has not been seen.
"""

from __future__ import annotations

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.vocabulary import AGES

AGE_BASES = {
    "31_august": "age in completed years at 31 August: for plans, the 31 August before the January; for requests, "
    "assessments and new plans, the 31 August of the calendar year",
    "school_year": "age turned in the school year, one more than at the 31 August before it, so that year 6 counts "
    "in Age 11 to 15",
}
"""How ages are counted. Which of them the government's sheet means is not known."""
AGE_BASIS = "31_august"
"""The basis that is used unless another is asked for."""
AGE_GROUPS = {
    "Under 5": (0, 4),
    "Age 5 to 10": (5, 10),
    "Age 11 to 15": (11, 15),
    "Age 16 to 19": (16, 19),
    "Age 20 to 25": (20, 25),
}

PROVISIONS = {
    "early_years": "Early Years settings including PVIs",
    "mainstream": "Mainstream schools or academies",
    "support_bases": "Support bases in mainstream settings",
    "specialist_bases": "Specialist bases in mainstream settings",
    "special": "Maintained special schools or special academies",
    "independent": "NMSS or independent schools - LA funded placements",
    "independent_other": "NMSS or independent schools - other suitable arrangements",
    "alternative": "Alternative Provision",
    "post_16": "Mainstream Post 16 provision",
    "post_16_specialist": "Mainstream Post 16 specialist provision",
    "specialist_post_16": "Specialist Post-16 institutions",
    "ehe": "Elective Home Education (EHE)",
    "eotas": "Other arrangements by LA (EOTAS)",
    "other": "Other (including hospital schools where applicable)",
}
"""Rows of table 6 by the name used here, in order."""

PARENTS = {
    "support_bases": "mainstream",
    "independent_other": "independent",
    "post_16_specialist": "specialist_bases",
}
"""Rows that nothing published tells from another, and that other: it has their children where the pack does not say."""

NEEDS = {
    "ASD": "Autistic Spectrum Disorder",
    "HI": "Hearing Impairment",
    "MLD": "Moderate Learning Difficulty",
    "MSI": "Multi- Sensory Impairment",
    "PD": "Physical Disability",
    "PMLD": "Profound & Multiple Learning Difficulty",
    "SEMH": "Social, Emotional and Mental Health",
    "SLCN": "Speech, Language and Communications needs",
    "SLD": "Severe Learning Difficulty",
    "SPLD": "Specific Learning Difficulty",
    "VI": "Visual Impairment",
    "OTH": "Other Difficulty/Disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}
"""Rows of tables by need, in order; nobody with a plan is in the last."""
OTHER_NEED = "OTH"
"""Row of needs that have none of their own: Down syndrome and needs not known."""

BY_NEED = {
    "7.1": ("early years settings including PVIs", ("early_years",)),
    "7.2": ("mainstream schools or academies, support bases included", ("mainstream", "support_bases")),
    "7.3": ("specialist bases in mainstream settings", ("specialist_bases",)),
    "7.4": ("maintained special schools or special academies", ("special",)),
    "7.5": ("non-maintained special or independent schools", ("independent", "independent_other")),
    "7.6": ("alternative provision or hospital schools", ("alternative",)),
    "7.7": (
        "post-16: further education or specialist further education",
        ("post_16", "post_16_specialist", "specialist_post_16"),
    ),
}
"""Tables of need by provision: in what, and the rows of table 6 that it is of."""

TITLES = {
    "5.1": "Total number of EHC plans by age group (with estimated future projections)",
    "6": "Current and projected number of all CYP with EHC plans by provision",
    "7": "Current and projected number of all CYP with EHC plans by primary need",
    **{
        number: f"Current and projected number of all CYP with EHC plans by primary need in {what}"
        for number, (what, _) in BY_NEED.items()
    },
    "10": "Current and projected number of all EHCNA requests by CYP age",
    "11": "Current and projected number of all EHC needs assessments by CYP age",
    "12": "Current and projected number of all EHCNAs that result in an EHCP by CYP age",
}
"""Tables of the return by number."""
FLOWS = {"10": "requests", "11": "assessments", "12": "new plans"}
"""Tables that count what happens in a calendar year; the others count plans in the January after it."""
TOTAL = "Total"

UNSEEN = (
    "Tables and rows are as a public implementation of the return prints them; the government's own sheet has not "
    "been seen."
)
SCAP_SETTINGS = {
    "resourced": "resourced provision or a SEN unit",
    "state_special": "a state-funded special school",
    "independent": "an independent or non-maintained special school",
}
SCAP_PHASES = {
    "primary": ("primary ages", 5),
    "secondary": ("secondary ages", 7),
    "post_16": ("those after 16", 7),
}
"""Phases of the school capacity survey: in words, and the academic years ahead that it asks for."""
SCAP_TITLES = {
    f"{setting} {phase}": f"Pupils with a plan who will need a place in {place}: {words}"
    for setting, place in SCAP_SETTINGS.items()
    for phase, (words, _) in SCAP_PHASES.items()
}
"""Tables of the school capacity survey."""

OF_SETTING = {
    "early_years": "early_years",
    "resourced": "specialist_bases",
    "state_special": "special",
    "independent": "independent",
    "alternative": "alternative",
    "not_in_education": "other",
    "notice_to_cease": "other",
}
"""Row of each setting of a projection whose children all count in one; the rest are divided by `OF_PLACEMENT`."""
OF_PLACEMENT = {
    "mainstream": {"Mainstream - independent": "independent", "": "mainstream"},
    "college": {"FE - specialist post-16 institutions": "specialist_post_16", "": "post_16"},
    "elsewhere": {
        "Educated elsewhere - elective home education": "ehe",
        "Educated elsewhere - other arrangements by LA": "eotas",
        "": "other",
    },
}
"""Rows of a setting by published placement; the empty name stands for its other placements."""
AFTER_16 = {"mainstream": "post_16"}
"""Rows that change for those aged 16 and over at 31 August: sixth forms are mainstream post-16 provision."""


def row_of(setting: str, placement: str) -> str:
    """Return the row of table 6 in which a published placement of a setting counts, before 16.

    Examples
    --------
    >>> row_of("mainstream", "Mainstream - academy"), row_of("mainstream", "Mainstream - independent")
    ('mainstream', 'independent')
    >>> row_of("resourced", "Mainstream - academy (SEN unit)")
    'specialist_bases'
    """
    if setting in OF_SETTING:
        return OF_SETTING[setting]
    rows = OF_PLACEMENT[setting]
    return rows.get(placement, rows[""])


def age_group(age: int, basis: str = AGE_BASIS) -> str:
    """Return the age group of an age in completed years at 31 August.

    Parameters
    ----------
    age : int
        From 0 to 25.
    basis : str
        A key of `AGE_BASES`.

    Raises
    ------
    UnknownNameError
        If there is no such basis.

    Examples
    --------
    >>> age_group(10), age_group(10, "school_year"), age_group(25, "school_year")
    ('Age 5 to 10', 'Age 11 to 15', 'Age 20 to 25')
    """
    if basis not in AGE_BASES:
        raise unknown("age basis", basis, AGE_BASES)
    counted = min(age + (basis == "school_year"), AGES[-1])
    return next(name for name, (low, high) in AGE_GROUPS.items() if low <= counted <= high)
