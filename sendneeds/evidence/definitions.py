"""Definitions of measures: basis, period, denominator, exceptions and source, and how two of them differ."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.foundation.errors import unknown

SEN2 = "DfE, Education, health and care plans (SEN2)"
SEN = "DfE, Special educational needs in England"
NHS = "NHS England, Community health services waiting lists"


@dataclass(frozen=True)
class Definition:
    """Definition of a measure.

    Parameters
    ----------
    id : str
    title : str
    basis : str
        Who is counted where: ``residence`` (children for whom the area is responsible), ``school`` (located by
        school) or ``provider``; with the age base if there is one.
    period : str
        A word of ``vocabulary.PERIOD_TYPES`` or ``snapshot``.
    denominator : str
        What a share is of; empty for a count.
    exceptions : str
        What is excluded or included by rule.
    source : str
    table, column : str
        Where a pack has it; empty for measures derived from others.
    """

    id: str
    title: str
    basis: str
    period: str
    denominator: str
    exceptions: str
    source: str
    table: str = ""
    column: str = ""


_ALL = (
    Definition(
        "population", "Residents", "residence; age on 30 June", "mid_year", "", "", "ONS", "population", "persons"
    ),
    Definition("pupils", "Pupils", "school; age at 31 August", "census_january", "", "", SEN, "pupils", "pupils"),
    Definition(
        "ehc_plans", "EHC plans", "residence; age 0 to 25 at 31 August", "census_january", "",
        "statements counted to 2018; child-level from 2023", SEN2, "ehc_plans", "plans",
    ),
    Definition(
        "pupils_with_plan", "Pupils with an EHC plan", "school; age at 31 August", "census_january", "",
        "pupils on roll only", SEN, "sen_pupils", "pupils",
    ),
    Definition(
        "pupils_with_sen_support", "Pupils with SEN support", "school; age at 31 August", "census_january", "",
        "pupils on roll only", SEN, "sen_pupils", "pupils",
    ),
    Definition(
        "percent_with_plan", "Share of pupils with an EHC plan", "school", "census_january", "pupils", "",
        SEN, "sen_percent", "percent_of_pupils",
    ),
    Definition(
        "percent_with_sen_support", "Share of pupils with SEN support", "school", "census_january", "pupils", "",
        SEN, "sen_percent", "percent_of_pupils",
    ),
    Definition(
        "requests", "Requests for an EHC needs assessment", "residence; age at the request", "calendar_year", "",
        "requests for children in youth accommodation counted in", SEN2, "ehc_flow", "count",
    ),
    Definition(
        "new_plans", "New EHC plans", "residence; age when the plan started", "calendar_year", "",
        "plans that moved in are not counted", SEN2, "ehc_flow", "count",
    ),
    Definition(
        "new_plans_by_cohort_age", "New EHC plans on the caseload's age base", "residence; age at 31 August",
        "calendar_year", "", "plans that moved in are not counted", SEN2, "ehc_flow", "count",
    ),
    Definition(
        "ceased", "EHC plans that ended", "residence; age when the plan ended", "calendar_year", "",
        "plans that moved to another authority counted in", SEN2, "ehc_flow", "count",
    ),
    Definition(
        "issued_in_20_weeks_excluding", "Plans issued within 20 weeks, excluding exceptions", "residence",
        "calendar_year", "plans issued, excluding exceptions", "permitted exceptions left out", SEN2,
        "ehc_timeliness", "within_20_weeks",
    ),
    Definition(
        "issued_in_20_weeks_including", "Plans issued within 20 weeks, including exceptions", "residence",
        "calendar_year", "plans issued, including exceptions", "permitted exceptions counted in", SEN2,
        "ehc_timeliness", "within_20_weeks",
    ),
    Definition(
        "mean_weeks_including", "Mean weeks from request to plan, including exceptions", "residence",
        "calendar_year", "", "permitted exceptions counted in", SEN2, "ehc_timeliness", "mean_weeks",
    ),
    Definition(
        "mean_weeks_excluding", "Mean weeks from request to plan, excluding exceptions", "residence",
        "calendar_year", "", "permitted exceptions left out", SEN2, "ehc_timeliness", "mean_weeks",
    ),
    Definition(
        "review_decisions_in_4_weeks", "Review decisions told within 4 weeks of the meeting", "residence",
        "calendar_year", "review decisions told", "", SEN2, "ehc_flow", "count",
    ),
    Definition(
        "plans_by_group", "EHC plans by sex or ethnic group", "residence", "census_january", "",
        "as the area records it; unknown and unclassified are groups of their own", SEN2, "ehc_plans_by_group",
        "plans",
    ),
    Definition(
        "residential_places", "EHC plans with a residential placement", "residence", "census_january", "",
        "38 weeks a year or more", SEN2, "residential_places", "plans",
    ),
    Definition(
        "personal_budgets", "EHC plans with a personal budget", "residence", "census_january", "", "", SEN2,
        "personal_budgets", "plans",
    ),
    Definition(
        "places", "Places in special schools, units and resourced provision", "school", "academic_year", "",
        "whoever commissions them; as published, the capacity", "DfE, School capacity", "places", "commissioned",
    ),
    Definition(
        "appeals", "Appeals registered with the SEND Tribunal", "residence", "calendar_year", "", "",
        "Ministry of Justice", "appeals", "appeals_registered",
    ),
    Definition(
        "appeal_rate", "Appeals for each appealable decision", "residence", "calendar_year",
        "appealable decisions", "", "Ministry of Justice", "appeals", "appealable_decisions",
    ),
    Definition(
        "nhs_waiting", "Children waiting for a first appointment", "provider", "month", "",
        "only providers that submitted; bands only where weeks are known", NHS, "nhs_waiting_list", "waiting",
    ),
    Definition(
        "waiting", "Children waiting", "provider", "snapshot", "", "", "the area's providers",
        "waiting_list", "waiting",
    ),
    Definition(
        "referrals", "Referrals received", "provider", "month", "", "re-referrals counted again",
        "the area's providers", "referrals", "referrals",
    ),
    Definition(
        "share_waiting_within_18", "Share of those waiting who wait under 18 weeks", "provider", "snapshot",
        "children waiting", "those seen are not in it", "the simulation",
    ),
    Definition(
        "share_seen_within_18", "Share of those seen who waited under 18 weeks", "provider", "month",
        "children seen", "those still waiting are not in it", "the simulation",
    ),
)  # fmt: skip
DEFINITIONS: dict[str, Definition] = {d.id: d for d in _ALL}
"""Every measure, by id."""

COMPARED = {
    "basis": "ways of counting",
    "period": "kinds of period",
    "denominator": "denominators",
    "exceptions": "rules of exception",
}
"""What may differ between two measures, in words."""


def definition(id: str) -> Definition:
    """Return the definition of a measure.

    Raises
    ------
    UnknownNameError
        No measure has this id.

    Examples
    --------
    >>> definition("issued_in_20_weeks_excluding").denominator
    'plans issued, excluding exceptions'
    """
    if id not in DEFINITIONS:
        raise unknown("measure", id, DEFINITIONS)
    return DEFINITIONS[id]


def differences(*ids: str) -> list[str]:
    """Return how the definitions of measures differ; empty if they may share a chart or ratio.

    Parameters
    ----------
    ids : str
        Two measures or more.

    Returns
    -------
    list of str
        One sentence per difference, to print beside the chart or ratio.

    Examples
    --------
    >>> differences("pupils", "pupils_with_plan")
    ['Two rules of exception: none (Pupils); pupils on roll only (Pupils with an EHC plan).']
    >>> len(differences("ehc_plans", "pupils_with_plan"))
    2
    >>> differences("new_plans", "new_plans")
    []
    """
    found = [definition(id) for id in ids]
    lines = []
    for index, first in enumerate(found):
        for second in found[index + 1 :]:
            for name in COMPARED:
                one, other = getattr(first, name), getattr(second, name)
                if one != other:
                    own, its = (
                        f"{side or 'none'} ({d.title})" for side, d in ((one, first), (other, second))
                    )
                    lines.append(f"Two {COMPARED[name]}: {own}; {its}.")
    return lines
