"""Units of the service parameters, and the range in which each usually lies.

A unit that is not the parameter's is a fault: children a month read as children a week make a list four times too
long, and no later step can tell. A figure outside its usual range is a caution only: some services are unusual.
"""

from __future__ import annotations

from typing import NamedTuple

from sendneeds.foundation.vocabulary import AGE_BANDS

SHARE = "share"
LIST_AGE_SHARES = tuple(f"list_age_{band.replace('-', '_to_')}_share" for band in AGE_BANDS)
"""Parameters that say which share of those waiting is in each age band."""


class Usual(NamedTuple):
    """The units in which a parameter may be given, and the range in which its central figure usually lies.

    Parameters
    ----------
    units : tuple of str
        The first is what messages suggest. A unit may go on after a space: ``share of offered`` is a ``share``.
    low, high : float
    """

    units: tuple[str, ...]
    low: float
    high: float


def _of(unit: str, low: float, high: float, *names: str) -> dict[str, Usual]:
    return {name: Usual(tuple(unit.split(" | ")), low, high) for name in names}


USUAL: dict[str, Usual] = {
    **_of(SHARE, 0.1, 1, "block_share"),
    **_of(SHARE, 0, 1, "council_share", "diagnosed_share", "in_order_share", "nhs_share"),
    **_of(SHARE, 0, 1, "block_and_review_share", *LIST_AGE_SHARES),
    **_of(SHARE, 0, 0.5, "annual_review_share", "diverted_to_support_share"),
    **_of(SHARE, 0, 0.3, "absence_share", "missed_share", "personal_budget_uptake_share"),
    **_of(SHARE, 0, 0.6, "rereferred_share", "triage_returned_share", "turnover_share_per_year"),
    **_of(SHARE, 0, 0.1, "removed_share_per_week"),
    **_of(SHARE, 0.2, 0.8, "outside_term_share"),
    **_of(SHARE, 0, 1, "appeal_resolved_share", "avoidable_cost_share", "bought_elsewhere_share"),
    **_of(SHARE, 0.3, 1, "in_time_without_shortage_share"),
    **_of(SHARE, 0, 1, "mediation_resolved_share", "out_of_area_independent_share"),
    **_of(SHARE, 0, 0.5, "out_of_area_state_special_share", "placement_moved_share"),
    **_of(
        SHARE, 0, 1, "overflow_resourced_to_independent_share", "overflow_resourced_to_state_special_share"
    ),
    **_of(SHARE, 0, 1, "overflow_state_special_to_independent_share", "personal_budget_substituted_share"),
    **_of(SHARE, 0, 1, "review_share", "tier4_out_of_area_share", "transported_alternative_share"),
    **_of(SHARE, 0, 1, "transported_college_share", "transported_independent_share"),
    **_of(SHARE, 0, 1, "transported_mainstream_share", "transported_resourced_share"),
    **_of(SHARE, 0, 1, "transported_state_special_share", "uptake_share"),
    **_of("requests a week", 0.05, 60, "advice_requests_per_week"),
    **_of("slots each", 0.5, 15, "advice_slots"),
    **_of("statutory reports' worth of time each", 0, 1, "annual_review_reports"),
    **_of("weeks", 1, 30, "appeal_registered_weeks", "mediation_weeks", "weeks_to_hire"),
    **_of("weeks", 10, 80, "appeal_weeks"),
    **_of("weeks", 0, 40, "lead_time_weeks"),
    **_of("weeks", 1, 60, "tier4_weeks_per_stay"),
    **_of("weeks", 0.5, 13, "block_spacing_weeks"),
    **_of("assessments completed a week", 0.1, 100, "assessments_per_week"),
    **_of("sessions", 1, 30, "block_sessions"),
    **_of("ratio", 0.2, 3, "ehc_request_ratio"),
    **_of("ratio", 1, 6, "out_of_area_transport_ratio"),
    **_of(
        "places",
        0,
        6000,
        "commissioned_places_independent",
        "commissioned_places_resourced",
        "commissioned_places_state_special",
    ),
    **_of("slots", 0.5, 12, "first_slots"),
    **_of("WTE", 0.2, 200, "funded_wte", "in_post_wte"),
    **_of("GBP capital", 10_000, 300_000, "gbp_capital_per_place_state_special"),
    **_of("GBP per assessment", 150, 5000, "gbp_per_assessment"),
    **_of("GBP a year", 500, 60_000, "gbp_per_personal_budget"),
    **_of("GBP a year", 25_000, 200_000, "gbp_per_place_independent"),
    **_of("GBP a year", 2_000, 40_000, "gbp_per_place_mainstream_top_up", "gbp_per_place_resourced"),
    **_of("GBP a year", 2_000, 90_000, "gbp_per_place_alternative", "gbp_per_place_college"),
    **_of("GBP a year", 1_000, 60_000, "gbp_per_place_early_years", "gbp_per_place_elsewhere"),
    **_of("GBP a year", 9_000, 80_000, "gbp_per_place_state_special"),
    **_of("GBP a year", 1_500, 40_000, "gbp_per_place_transport"),
    **_of("GBP per statutory report", 300, 5000, "gbp_per_statutory_report"),
    **_of("GBP per WTE-year", 25_000, 160_000, "gbp_per_wte_year"),
    **_of("hours per assessment", 1, 40, "hours_per_assessment"),
    **_of("children", 1, 20_000, "opening_list"),
    **_of("children a week", 0.05, 500, "referrals_accepted_per_week"),
    **_of("statutory reports per WTE-week", 0.2, 3, "reports_per_wte_week"),
    **_of("reviews a year", 0, 60_000, "reviews_held_per_year"),
    **_of("reviews a year", 0.5, 12, "reviews_per_year"),
    **_of("years", 0.25, 18, "review_years"),
    **_of("slots per WTE-week", 4, 40, "slots_per_wte_week"),
    **_of("nights a year", 1, 30_000, "nights_available_year"),
    **_of("nights a year", 1, 200, "nights_per_child_year"),
    **_of("orders a year", 0, 12, "orders_per_child_year"),
    **_of("admissions a year", 0, 200, "tier4_admissions_per_year"),
    **_of("beds", 0, 40, "tier4_beds"),
    **_of("contacts a year", 10, 60_000, "contacts_available_year"),
    **_of("contacts a year", 1, 400, "contacts_per_child_year"),
    **_of("GBP an hour", 10, 120, "gbp_per_hour"),
    **_of("GBP a night", 60, 2500, "gbp_per_night", "gbp_per_night_elsewhere"),
    **_of("hours a week", 1, 20_000, "hours_available_week"),
    **_of("hours a week", 1, 168, "hours_per_child_week"),
    **_of("nights a week", 0.5, 800, "nights_available_week"),
    **_of("nights a week", 0.1, 7, "nights_per_child_week"),
    **_of("sessions a year", 0, 60, "personal_budget_sessions_per_child_year"),
}
"""Every parameter: its units and usual range. The ranges are four or more times wider than the 80 % intervals of the
shipped packs; they are for slips of the pen (minutes for slots, thousands of pounds for pounds), not for judgement."""


def has_unit(name: str, unit: str) -> bool:
    """Return whether a unit is one in which the parameter may be given.

    Parameters
    ----------
    name : str
        A key of `USUAL`.
    unit : str

    Returns
    -------
    bool

    Examples
    --------
    >>> has_unit("missed_share", "share of offered"), has_unit("opening_list", "children a week")
    (True, False)
    """
    text = " ".join(unit.split()).casefold()
    allowed = USUAL[name].units
    if allowed == (SHARE,):
        return text == SHARE or text.startswith(f"{SHARE} ")
    return any(
        text == u.casefold() or text.startswith(f"{u.casefold()} {link}") for u in allowed for link in LINKS
    )


LINKS = ("for each ", "in term")
"""What may follow a unit: ``orders a year for each child``, ``slots per WTE-week in term``."""
