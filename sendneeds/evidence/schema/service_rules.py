"""Names and limits of service parameters, and their consistency rule."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sendneeds.evidence.schema.complete_rules import interval_rule
from sendneeds.evidence.schema.parameter_units import LIST_AGE_SHARES, USUAL, has_unit
from sendneeds.evidence.schema.types import Wrong
from sendneeds.foundation.errors import nearest

SHARES = (
    *("absence_share", "annual_review_share", "appeal_resolved_share", "block_share", "council_share"),
    *("block_and_review_share", *LIST_AGE_SHARES),
    *("diagnosed_share", "diverted_to_support_share", "in_order_share", "in_time_without_shortage_share"),
    *("mediation_resolved_share", "missed_share", "nhs_share", "outside_term_share"),
    *("personal_budget_substituted_share", "personal_budget_uptake_share", "removed_share_per_week"),
    *("rereferred_share", "review_share", "triage_returned_share", "turnover_share_per_year"),
    "uptake_share",
    *("overflow_resourced_to_state_special_share", "overflow_resourced_to_independent_share"),
    "overflow_state_special_to_independent_share",
    *("avoidable_cost_share", "bought_elsewhere_share", "out_of_area_independent_share"),
    *("out_of_area_state_special_share", "placement_moved_share", "tier4_out_of_area_share"),
    *("transported_alternative_share", "transported_college_share", "transported_independent_share"),
    *("transported_mainstream_share", "transported_resourced_share", "transported_state_special_share"),
)
"""Parameters that are shares, from 0 to 1."""
COUNTS = (
    *("advice_requests_per_week", "advice_slots", "annual_review_reports", "appeal_registered_weeks"),
    *("appeal_weeks", "assessments_per_week", "block_sessions", "block_spacing_weeks", "ehc_request_ratio"),
    *(
        "commissioned_places_independent",
        "commissioned_places_resourced",
        "commissioned_places_state_special",
    ),
    *("first_slots", "funded_wte", "gbp_capital_per_place_state_special", "gbp_per_assessment"),
    *("gbp_per_personal_budget", "gbp_per_place_independent", "gbp_per_place_mainstream_top_up"),
    *("gbp_per_place_alternative", "gbp_per_place_college", "gbp_per_place_early_years"),
    *("gbp_per_place_elsewhere", "gbp_per_place_resourced"),
    *("gbp_per_place_state_special", "gbp_per_place_transport", "gbp_per_statutory_report"),
    *("gbp_per_wte_year", "hours_per_assessment", "in_post_wte", "lead_time_weeks", "mediation_weeks"),
    *("nights_available_year", "nights_per_child_year", "opening_list", "orders_per_child_year"),
    *("referrals_accepted_per_week", "reports_per_wte_week", "review_years", "reviews_held_per_year"),
    *("reviews_per_year", "slots_per_wte_week", "tier4_admissions_per_year", "tier4_beds"),
    *("tier4_weeks_per_stay", "weeks_to_hire"),
    *("contacts_available_year", "contacts_per_child_year", "gbp_per_hour", "gbp_per_night"),
    *("gbp_per_night_elsewhere", "hours_available_week", "hours_per_child_week", "nights_available_week"),
    *("nights_per_child_week", "out_of_area_transport_ratio", "personal_budget_sessions_per_child_year"),
)
"""The other parameters: 0 or more."""
STAFFED = ("in_post_wte", "slots_per_wte_week", "first_slots")


def service_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield violations in ``service_parameters`` that single columns do not show."""
    known = (*SHARES, *COUNTS)
    for row, name in enumerate(table["parameter"]):
        if name not in known:
            close = nearest(str(name), known)
            cure = f"Write {' or '.join(close)}." if close else "Take the row out."
            yield Wrong(
                row, "parameter", repr(name), "the name of a parameter that is used: see the guide", cure
            )
        elif not has_unit(str(name), str(table["unit"].iloc[row])):
            first = USUAL[str(name)].units[0]
            cure = f"Give the figure in {first}, and write that." + (
                " A month has 4.35 weeks." if first.endswith("a week") else ""
            )
            yield Wrong(row, "unit", repr(table["unit"].iloc[row]), " or ".join(USUAL[str(name)].units), cure)
        for column in ("low", "central", "high"):
            value = table[column].iloc[row]
            if name in SHARES and value > 1:
                cure = (
                    f"A share: write {value / 100:g} for {value:g} per cent."
                    if value <= 100
                    else "Correct it."
                )
                yield Wrong(row, column, f"{value:g}", "a share from 0 to 1", cure)
            elif value < 0:
                yield Wrong(row, column, f"{value:g}", "0 or more", "Correct it.")
    yield from interval_rule(table)
    yield from _packages(table)
    yield from _ages(table)
    posts = table[table["parameter"].isin(["funded_wte", "in_post_wte"])]
    for service, rows in posts.groupby("service"):
        central = rows.drop_duplicates("parameter").set_index("parameter")["central"]
        if len(central) == 2 and central["in_post_wte"] > central["funded_wte"]:
            at = int(rows.index[rows["parameter"] == "in_post_wte"][0])
            found = f"{service}: {central['in_post_wte']:g} WTE in post"
            allowed = f"up to the {central['funded_wte']:g} funded"
            yield Wrong(
                at, "central", found, allowed, "Correct one of the two; leave agency staff out of both."
            )


def _packages(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield shares of children with both a block and reviews that the shares of each do not allow."""
    names = ["block_share", "review_share", "block_and_review_share"]
    for service, rows in table[table["parameter"].isin(names)].groupby("service"):
        central = rows.drop_duplicates("parameter").set_index("parameter")["central"]
        if "block_and_review_share" not in central:
            continue
        at = int(rows.index[rows["parameter"] == "block_and_review_share"][0])
        block, review = (float(central.get(name, 0.0)) for name in names[:2])
        least, most = max(block + review - 1.0, 0.0), min(block, review)
        if not least - 1e-9 <= central["block_and_review_share"] <= most + 1e-9:
            found = f"{service}: {central['block_and_review_share']:g} have both"
            allowed = f"from {least:g} to {most:g}, since {block:g} have a block and {review:g} have reviews"
            yield Wrong(at, "central", found, allowed, "Correct one of the three, or leave this row out.")


def _ages(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield shares of a list by age band that add up to more than 1, or, all bands given, to less."""
    for service, rows in table[table["parameter"].isin(LIST_AGE_SHARES)].groupby("service"):
        central = rows.drop_duplicates("parameter").set_index("parameter")["central"].astype(float)
        total = float(central.sum())
        if total > 1.005 or (len(central) == len(LIST_AGE_SHARES) and total < 0.995):
            found = f"{service}: age bands of the list add up to {total:g}"
            cure = (
                "Give the share of those waiting in each band; a band left out takes what the others leave."
            )
            yield Wrong(int(rows.index[-1]), "central", found, "1 in all", cure)
