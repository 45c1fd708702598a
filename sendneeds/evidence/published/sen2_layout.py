"""Layout of the SEN2 release (Education, health and care plans): names of its files, breakdowns and columns.

Supporting another layout means adding a name here. The spelling of the 2025 release comes first.
"""

from __future__ import annotations

from sendneeds.evidence.published.layout import Source

AGE = (
    *("Child or young persons age", "Age", "Age group", "Child or young person's age"),
    *("Age at start of academic year", "Age at the start of the academic year"),
)
AGE_STARTED = ("Age when plan started", "Age plan started", *AGE)
AGE_CEASED = ("Age plan ceased", "Age when plan ceased", *AGE)
AGE_AT_START = ("Age at start of academic year", "Age at the start of the academic year")
"""Labels of the age base that the release of 2026 names."""
SPLIT_IN_2026 = ("special_academy", "special_free_school")
"""Columns that one column held before the release of 2026."""
PLACEMENT = ("Type of placement", "Placement type", "Placement")
GROUPS = {"sex": ("Sex", "Gender"), "ethnic_group": ("Ethnicity", "Ethnic group")}

NEEDS = {
    "ASD": ("number_asd",),
    "HI": ("number_hi",),
    "MLD": ("number_mld",),
    "MSI": ("number_msi",),
    "OTH": ("number_oth", "number_other"),
    "PD": ("number_pd",),
    "PMLD": ("number_pmld",),
    "SEMH": ("number_semh", "number_besd"),
    "SLCN": ("number_slcn",),
    "SLD": ("number_sld",),
    "SPLD": ("number_spld",),
    "VI": ("number_vi",),
    "DS": ("number_ds", "number_down_syndrome"),
    "UNK": ("number_need_unknown", "number_unknown"),
}
NEW_NEEDS = ("DS",)  # added after the 2025 release: no finding if it is missing

PLACES = (
    *("mainstream_la_maintained", "mainstream_la_maintained_resourced_provision"),
    *("mainstream_la_maintained_senunit", "mainstream_academy", "mainstream_academy_resourced_provision"),
    *("mainstream_academy_senunit", "mainstream_free_school", "mainstream_free_school_resourced_provision"),
    *(
        "mainstream_free_school_senunit",
        "mainstream_independent",
        "mainstream_total",
        "special_la_maintained",
    ),
    *("special_academy", "special_free_school"),
    *("special_academy_free", "special_independent", "special_non_maintained", "special_total"),
    *("ap_pru_academy", "ap_pru_free_school", "ap_pru_la_maintained", "ap_pru_total"),
    *("general_fe_tertiary_colleges", "specialist_post_16_institutions", "ukrlp_provider", "fe_total"),
    *("elective_home_education", "other_arrangements_la", "other_arrangements_parents", "online_provider"),
    *("w_settings", "other_schools", "other_placement_settings", "neet", "neet_ntci", "neet_other"),
    *(
        "neet_other_csa",
        "ed_elsewhere",
        "nm_early_years",
        "placement_unknown",
        "await_prov_2022",
        "perm_ex_2022",
    ),
    *("mainstream_total_pc", "special_total_pc", "AP_PRU_total_pc", "fe_total_pc", "ed_elsewhere_pc"),
    *("nm_early_years_pc", "placement_unknown_pc"),
)
NEED_SHARES = (
    *("asd_pc", "hi_pc", "mld_pc", "msi_pc", "oth_pc", "pd_pc", "pmld_pc", "semh_pc", "slcn_pc", "sld_pc"),
    *("spld_pc", "vi_pc", "unknown_pc", "ds_pc"),
)

STAGES_OF_REQUESTS = (
    *("requests_received_in_year", "requests_rya", "requests_decided_to_assess"),
    *("requests_decided_not_to_assess", "requests_decision_not_made", "requests_withdrawn"),
    *("request_outcome_six_weeks", "request_outcome_over_6_weeks"),
)
STAGES_OF_ASSESSMENTS = (
    *("assess_in_year", "assess_issued", "assess_not_issued", "assess_not_made", "assess_withdrawn"),
    *("outcome_decision_within_time", "outcome_decision_over_time"),
)
DISPUTES_OF_REQUESTS = {
    "requests_mediation": ("mediation_related_request",),
    "requests_tribunal": ("tribunal_related_request",),
    "requests_mediation_tribunal": ("tribunal_after_mediation_request",),
}
DISPUTES_OF_ASSESSMENTS = {
    "assess_mediation": ("number_assess_mediation",),
    "assess_tribunal": ("number_assess_tribunal",),
    "assess_mediation_tribunal": ("number_asssess_mediation_tribunal", "number_assess_mediation_tribunal"),
    "other_mediation": ("number_other_mediation",),
    "other_tribunal": ("number_other_tribunal",),
    "other_mediation_tribunal": ("number_other_mediation_tribunal",),
}
REASONS = (
    *("max_age", "needs_met", "he", "employ", "transfer", "no_engage", "moved_outside_eng", "deceased"),
    *("not_rec", "other"),
)


def _same(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names}


CASELOAD = Source(
    "caseload",
    ("caseload", "ehc_plans_caseload", "sen2_caseload"),
    "census_january",
    {"all": ("All EHC plans", "Total", "All"), "age": AGE, **GROUPS},
    {"plans": ("ehcplans", "ehc_plans", "total_ehc_plans", "num_caseload")},
    PLACES,
)
NEEDS_ALL = Source(
    "needs",
    ("sen_needs_all_plans", "sen_need_all_plans", "sen_need_caseload"),
    "census_january",
    {"all": ("All EHC plans", "Total", "All"), "age": AGE, "placement": PLACEMENT, **GROUPS},
    {"plans": ("ehc_plans", "ehcplans", "total_ehc_plans"), **NEEDS},
    NEED_SHARES,
)
NEW = Source(
    "new",
    ("newplans", "new_plans", "sen2_new_plans"),
    "calendar_year",
    {"all": ("New EHC plans", "All new EHC plans", "Total"), "age": AGE_STARTED},
    {"plans": ("new_ehc_plans", "new_plans", "ehc_plans")},
    PLACES,
)
NEEDS_NEW = Source(
    "new_needs",
    ("sen_need_newplans", "sen_needs_newplans", "sen_needs_new_plans"),
    "calendar_year",
    {"all": ("All EHC plans", "New EHC plans", "Total"), "age": AGE},
    {"plans": ("ehc_plans", "new_ehc_plans"), **NEEDS},
    NEED_SHARES,
)
CEASED = Source(
    "ceased",
    ("ceased_plans", "ceasedplans", "plans_ceased"),
    "calendar_year",
    {"all": ("All ceased EHC plans", "Total"), "age": AGE_CEASED},
    {"all": ("total_ceased", "ceased_total"), **_same(REASONS)},
    optional=("not_rec",),  # gone from 2026
)
REQUESTS = Source(
    "requests",
    ("requests", "ehc_requests"),
    "calendar_year",
    {
        "all": (
            "All requests for EHC needs assessments",
            "All requests for an EHC needs assessment",
            "All requests",
            "Total",
        )
    },
    {**_same(STAGES_OF_REQUESTS), **DISPUTES_OF_REQUESTS},
    (
        *("request_assess_pc", "request_not_assess_pc", "request_outstanding_pc", "request_withdrawn_pc"),
        *("request_outcome_six_weeks_pc", "request_outcome_over_6_weeks_pc"),
    ),
    optional=tuple(DISPUTES_OF_REQUESTS),
)
ASSESSMENTS = Source(
    "assessments",
    ("assessments", "ehc_assessments"),
    "calendar_year",
    {"all": ("All EHC needs assessments", "All assessments", "Total")},
    {**_same(STAGES_OF_ASSESSMENTS), **DISPUTES_OF_ASSESSMENTS},
    (
        *("assess_issued_pc", "assess_not_issued_pc", "assess_not_made_pc", "assess_withdrawn_pc"),
        *("outcome_decision_within_time_pc", "outcome_decision_over_time_pc"),
    ),
    optional=tuple(DISPUTES_OF_ASSESSMENTS),
)
REVIEWS = Source(
    "reviews",
    ("annual_reviews",),
    "calendar_year",
    {"all": ("All annual reviews", "Total"), "age": AGE},
    {
        "reviews_expected": ("review_expected",),
        "reviews_not_expected": ("review_not_expected",),
        "reviews_held_in_year": ("review_meeting_24",),
        "reviews_held_since": ("review_meeting_25",),
        "reviews_held_before": ("review_meeting_prior_24",),
        "reviews_not_held": ("no_review_meeting",),
        "review_decisions_within_4_weeks": ("number_decsion_4weeks", "number_decision_4weeks"),
        "review_decisions_over_4_weeks": ("number_decision_gt_4weeks",),
        "review_outcome_amend": ("outcome_amend",),
        "review_outcome_cease": ("outcome_cease",),
        "review_outcome_maintain": ("outcome_maintan", "outcome_maintain"),
    },
    (
        *("total_ehc_plans", "total_review_meeting", "review_decision25", "review_decision24"),
        *("review_decision_prior24", "review_decision_not_due", "review_decision_outstanding"),
        *("no_outcome", "pc_decsion_4weeks", "pc_decision_gt_4weeks"),
    ),
    needed=False,
)
REVIEW_YEAR = 24
"""The year within the names of columns of annual reviews; `sen2_columns.shift_years` moves those of other releases."""
TIMELINESS = Source(
    "timeliness",
    ("timeliness_20_week", "timeliness_20_weeks", "timeliness"),
    "calendar_year",
    {"all": ("All EHC plans issued", "All plans issued", "Total")},
    {
        "including issued": ("plans_issued_den",),
        "including within_20_weeks": ("plans_issued_within_20_weeks",),
        "including from_20_to_52_weeks": ("plans_issued_gt20weeks_ltYear",),
        "including over_52_weeks": ("plans_issued_gt_1_year",),
        "excluding issued": ("plans_issued_den_ex",),
        "excluding within_20_weeks": ("plans_issued_20_weeks_ex", "plans_issued_within_20_weeks_ex"),
        "excluding from_20_to_52_weeks": ("plans_issued_gt20weeks_ltYear_ex",),
        "excluding over_52_weeks": ("plans_issued_gt_1_year_ex",),
        "including mean_weeks": ("avg_weeks_issue_plan",),
        "excluding mean_weeks": ("avg_weeks_issue_plan_exc", "avg_weeks_issue_plan_ex"),
    },
    (
        *(
            "pc_plans_issued_within_20_weeks",
            "PC_plans_issued_20_weeks_ex",
            "pc_plans_issued_gt20weeks_ltYear",
        ),
        *("PC_plans_issued_gt20weeks_ltYear_ex", "pc_plans_issued_gt_1_year", "PC_plans_issued_gt_1_year_ex"),
    ),
    optional=("including mean_weeks", "excluding mean_weeks"),
)
BUDGETS = Source(
    "budgets",
    ("personal_budgets", "personalbudgets"),
    "census_january",
    {"all": ("All personal budgets", "Total")},
    {
        "all": ("personal_budget",),
        "organised_arrangements": ("org_arrangments", "org_arrangements"),
        "health": ("pb_health",),
        "education": ("pb_education",),
        "social_care": ("pb_social",),
        "integrated": ("pb_integrated",),
    },
    needed=False,
)
RESIDENTIAL = Source(
    "residential",
    ("residential_settings", "residential_placements"),
    "census_january",
    {"all": ("All residential placements", "Total")},
    {"all": ("Res_tot",), "38_to_51": ("Res_3851",), "52": ("Res_52",)},
    needed=False,
)
SOURCES = (
    *(CASELOAD, NEEDS_ALL, NEW, NEEDS_NEW, CEASED, REQUESTS, ASSESSMENTS, TIMELINESS, BUDGETS, REVIEWS),
    RESIDENTIAL,
)
KNOWN_TOPICS = (
    *(
        "Age when plan started",
        "Age plan started",
        "Years EHC plan in place",
        "Years plan held",
        "Ethnicity",
        "Sex",
    ),
    *("Type of placement", "Child or young persons age", "Age plan ceased"),
)
"""Breakdowns of several tables that are known and, where a table's source does not name them, not read."""
NOT_READ = ("work_based_placements", "sen2_dmo_dco")
"""Files of the release that are not used."""

APPEALS_FILE = ("tribunal", "appeal")  # words in the name of the Ministry of Justice's table
APPEALS_WORDS = ("appeals registered", "appealable decisions")  # words in its heading

CONTRADICTIONS = (("ceased_plans", "not_rec", "other reasons"), ("ceased_plans", "other", "not recorded"))
"""File, column, and words of the column's description that contradict its name."""

FOLLOWED_BY = {
    "E10000002": ("E06000060",),
    "E06000028": ("E06000058",),
    "E06000029": ("E06000058",),
    "E10000009": ("E06000059", "E06000058"),
    "E10000006": ("E06000063", "E06000064"),
    "E10000021": ("E06000061", "E06000062"),
    "E10000023": ("E06000065",),
    "E10000027": ("E06000066",),
}
"""Codes of authorities that ended since 2019 -> those that followed: Buckinghamshire, Bournemouth, Poole, Dorset,
Cumbria, Northamptonshire, North Yorkshire and Somerset. They are told, and nothing is added up by them."""


def earlier_codes(code: str) -> list[str]:
    """Return the codes of the authorities, now ended, that an authority was made from.

    Examples
    --------
    >>> earlier_codes("E06000060"), earlier_codes("E06000055")
    (['E10000002'], [])
    """
    return [before for before, after in FOLLOWED_BY.items() if code in after]


SUCCESSORS = {
    "E10000006": ("E06000063", "E06000064"),
    "E10000021": ("E06000061", "E06000062"),
}
"""Authorities that were split up, with their successors: Cumbria (2023) and Northamptonshire (2021)."""
