"""The one word list: dimensions, needs, provisions, services, bands, funders, flags."""

from __future__ import annotations

AGES = tuple(range(26))
"""Ages 0 to 25, in completed years at 31 August."""

AGE_BANDS = {"0-4": (0, 4), "5-10": (5, 10), "11-15": (11, 15), "16-18": (16, 18), "19-25": (19, 25)}
"""Age bands of results: early years, primary, secondary, sixth form, after; each first and last age."""

DIMS = ("area", "scenario", "service", "year", "week", "provision", "need", "age", "draw")
"""Names of the dimensions of labelled results, outermost first."""

NEEDS = {
    "ASD": "Autistic spectrum disorder",
    "HI": "Hearing impairment",
    "MLD": "Moderate learning difficulty",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "SLD": "Severe learning difficulty",
    "SPLD": "Specific learning difficulty",
    "VI": "Vision impairment",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support without specialist assessment of type of need",
    "DS": "Down syndrome",
    "UNK": "Need not known",
}
"""Primary needs as the Department for Education codes them. NSA occurs at SEN support only; DS from 2024/25."""

NEED_ALIASES = {"AUT": "ASD", "BESD": "SEMH", "SpLD": "SPLD"}
"""Older spellings of a need code (BESD became SEMH in 2014/15, a break in the series)."""

NO_NEED = "NONE"
"""The need label of children without identified special educational needs (provision N)."""

PROVISIONS = {
    "N": "No identified SEN",
    "K": "SEN support",
    "I": "Individual support plan",
    "E": "Education, health and care plan",
}
"""What a child has; an individual support plan only where a scenario of the reform gives some."""

SERVICES = {
    "SLT": "Speech and language therapy",
    "OT": "Occupational therapy",
    "PT": "Physiotherapy",
    "ASD_DX": "Autism assessment",
    "ADHD_DX": "ADHD assessment",
    "CAMHS": "SEMH support (CAMHS)",
    "COMM_PAEDS": "Community paediatrics",
    "EP": "Educational psychology",
    "COMM_NURSING": "Community nursing",
    "CCC": "Children's continuing care",
    "EQUIP": "Specialist equipment",
    "SHORT_BREAK": "Short breaks",
}

NEED_TYPES = {
    "ASD": "Autism",
    "SEMH": "Social, emotional and mental health",
    "SLT": "Speech and language therapy",
    "OT": "Occupational therapy",
}
"""The four need types that commissioners name first: two primary needs and two therapies."""

WEEK_BANDS = {
    "0-1": (0, 1),
    ">1-2": (1, 2),
    ">2-4": (2, 4),
    ">4-12": (4, 12),
    ">12-18": (12, 18),
    ">18-52": (18, 52),
    ">52": (52, None),
}
"""NHS England's bands of weeks waited, each as (more than, up to); the last is open."""

FLAGS = ("ok", "suppressed", "unavailable", "not_applicable", "low", "provisional", "break", "imputed")
"""States of a figure. Only `ok`, `low`, `provisional`, `break` and `imputed` carry a value."""

FLAGS_WITHOUT_VALUE = ("suppressed", "unavailable", "not_applicable")

BASES = {
    "published": "an official or peer-reviewed publication",
    "local": "the area's own records, not published",
    "scaled": "a national figure scaled to the area",
    "estimate": "derived from published figures by a stated method",
    "illustrative": "a plausible value for the area to replace; nobody has measured it",
}
"""Where a figure comes from. Nothing scaled, estimated or illustrative is shown without saying so."""

PERIOD_TYPES = (
    "census_january",
    "academic_year",
    "calendar_year",
    "financial_year",
    "mid_year",
    "month",
    "week_commencing",
)

FUNDERS = {
    "council_high_needs": "Council: high needs block",
    "council_general_fund": "Council: general fund",
    "icb": "Integrated care board",
    "nhs_england": "NHS England",
    "dfe": "Department for Education",
    "schools": "Schools",
    "pool": "Pooled fund",
}

COST_TYPES = ("recurrent", "one_off", "capital")

BASELINE = "baseline"
"""The scenario with no lever, beside which the others are set."""

ENGLAND = "E92000001"
"""The ONS code of England."""

EHC_STAGES = {
    "requests_received_in_year": "Requests for an EHC needs assessment",
    "requests_rya": "Requests for a child in relevant youth accommodation",
    "requests_decided_to_assess": "Requests where an assessment was agreed",
    "requests_decided_not_to_assess": "Requests where an assessment was refused",
    "requests_decision_not_made": "Requests with the decision outstanding",
    "requests_withdrawn": "Requests withdrawn",
    "request_outcome_six_weeks": "Request decisions told within 6 weeks",
    "request_outcome_over_6_weeks": "Request decisions told after 6 weeks",
    "assess_in_year": "EHC needs assessments",
    "assess_issued": "Assessments that led to a plan",
    "assess_not_issued": "Assessments that did not lead to a plan",
    "assess_not_made": "Assessments with the decision outstanding",
    "assess_withdrawn": "Assessments withdrawn",
    "outcome_decision_within_time": "Decisions not to issue a plan told within 16 weeks",
    "outcome_decision_over_time": "Decisions not to issue a plan told after 16 weeks",
    "requests_mediation": "Requests with mediation",
    "requests_tribunal": "Requests with an appeal",
    "requests_mediation_tribunal": "Requests with an appeal after mediation",
    "assess_mediation": "Mediations about the decision after an assessment",
    "assess_tribunal": "Appeals about the decision after an assessment",
    "assess_mediation_tribunal": "Appeals after mediation about the decision after an assessment",
    "other_mediation": "Mediations about an assessment or plan for other reasons",
    "other_tribunal": "Appeals about an assessment or plan for other reasons",
    "other_mediation_tribunal": "Appeals after mediation about an assessment or plan for other reasons",
    "reviews_expected": "Plans in place in January that were due an annual review",
    "reviews_not_expected": "Plans in place in January not yet due an annual review",
    "reviews_held_in_year": "Plans due a review whose latest meeting was in the year",
    "reviews_held_since": "Plans due a review whose latest meeting was after the year",
    "reviews_held_before": "Plans due a review whose latest meeting was before the year",
    "reviews_not_held": "Plans due a review with no meeting recorded",
    "review_decisions_within_4_weeks": "Review decisions told within 4 weeks of the meeting",
    "review_decisions_over_4_weeks": "Review decisions told after 4 weeks",
    "review_outcome_amend": "Reviews after which the plan is amended",
    "review_outcome_cease": "Reviews after which the plan ends",
    "review_outcome_maintain": "Reviews after which the plan stays as it is",
    "new_plans": "New plans, by age when the plan started",
    "new_plans_by_cohort_age": "New plans, on the age base of the January caseload",
    "ceased": "Plans that ended, by age when they ended",
}
"""Steps of the EHC process that are counted in a calendar year."""

GROUPS = {
    "sex": ("female", "male", "unknown"),
    "ethnic_group": (
        *(
            "White - White British",
            "White - Irish",
            "White - Gypsy/Roma",
            "White - Traveller of Irish heritage",
        ),
        *("White - Any other White background", "Mixed - White and Asian", "Mixed - White and Black African"),
        *("Mixed - White and Black Caribbean", "Mixed - Any other Mixed background", "Asian - Bangladeshi"),
        *("Asian - Chinese", "Asian - Indian", "Asian - Pakistani", "Asian - Any other Asian background"),
        *("Black - Black African", "Black - Black Caribbean", "Black - Any other Black background"),
        *("Any other ethnic group", "Unclassified"),
    ),
}
"""Characteristic -> groups of children with a plan; ethnic groups as the Department for Education writes them."""

CEASED_REASONS = {
    "max_age": "Maximum age reached",
    "needs_met": "Needs met without a plan",
    "he": "Moved to higher education",
    "employ": "Moved to paid employment",
    "transfer": "Transferred to another local authority",
    "no_engage": "No longer wishes to engage in education or training",
    "moved_outside_eng": "Moved outside England",
    "deceased": "Died",
    "not_rec": "Reason not recorded",
    "other": "Other reason",
}
"""Why a plan ended. In the 2025 release the descriptions of `not_rec` and `other` are exchanged."""
