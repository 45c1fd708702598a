"""The defects that an area's figures may have: for each, how serious it is, what it means and what to do."""

from __future__ import annotations

from typing import NamedTuple

from sendneeds.evidence.quality.release_defects import RELEASE_DEFECTS, Defect
from sendneeds.evidence.types import Finding, Severity


class Detection(NamedTuple):
    """A defect detected in an area's figures: a key of `DEFECTS`, the table and period, and the figures found."""

    name: str
    where: str
    found: str


DEFECTS: dict[str, Defect] = {
    "table_without_source": Defect(
        "serious",
        "Without an entry in area.toml the table counts as the area's own unpublished records, and a "
        "chapter that uses it is marked as not for publication.",
        "Add a [[tables]] entry with its file, source, licence and basis to area.toml.",
    ),
    "table_empty": Defect(
        "info",
        "The table has a header and no rows, so it is treated as missing.",
        "Fill it, or delete the file.",
    ),
    "stock_flow_residual": Defect(
        "caution",
        "New plans less ended plans do not equal the change in the caseload: plans that move in are not "
        "counted as new, plans that move out count as ended, and some are recorded late.",
        "Show the difference as plans moved; do not add it to new or ended plans.",
    ),
    "stock_flow_unknown": Defect(
        "info",
        "The change in the caseload cannot be split into new, ended and moved plans in these years.",
        "Show only the change in the caseload.",
    ),
    "implausible_new_plans": Defect(
        "serious",
        "The count of new plans does not fit the change in the caseload or the years before and after. It "
        "is probably a publishing error, such as a region's total entered for one authority. The table "
        "keeps it as published; every rate of the model leaves it out.",
        "Do not quote it. Ask the authority for its own count, and put that in the table.",
    ),
    "two_age_bases": Defect(
        "caution",
        "New plans are published by age when the plan started and, by need, by age in the January "
        "caseload, so one child can appear at two ages.",
        "Calculate starting rates from the ages of the January caseload; do not divide one count by the "
        "other.",
    ),
    "totals_differ": Defect(
        "info",
        "Two tables of one release give different totals for the same thing.",
        "Take shares from the detailed table and the total from the main table.",
    ),
    "parts_short_of_total": Defect(
        "caution",
        "Some plans are in the total and not in the breakdown, or in the breakdown twice. Shares taken "
        "from the breakdown describe only the plans in it.",
        "Take shares from the breakdown and the level from the published total.",
    ),
    "detail_missing": Defect(
        "serious",
        "Only the total was published that year, so no rate by age, need or placement can be calculated "
        "from it.",
        "Use another year's breakdown or England's shares, and say so.",
    ),
    "detail_imputed": Defect(
        "serious",
        "The area published totals without a breakdown. The breakdown is estimated: England's pattern, or "
        "the area's own in the nearest January, fitted to the area's totals.",
        "Ask the authority for its own breakdown and put it in the table. Estimated cells have the flag "
        "imputed.",
    ),
    "needs_short_of_total": Defect(
        "serious",
        "Plans by primary need do not add up to all plans, so shares by need leave some plans out.",
        "Take shares from the plans with a need recorded and the level from the total; ask the authority "
        "for the rest.",
    ),
    "six_week_outcomes_exceed_requests": Defect(
        "info",
        "Some of the decisions notified in the year are on requests made the year before.",
        "Divide decisions within 6 weeks by all decisions, not by the year's requests.",
    ),
    "every_plan_an_exception": Defect(
        "serious",
        "Every plan issued is recorded as a permitted exception, so there is no share within 20 weeks "
        "excluding exceptions.",
        "Use the share including exceptions, and say so.",
    ),
    "most_plans_exceptions": Defect(
        "caution",
        "Most plans issued are recorded as permitted exceptions, so the share excluding them covers few "
        "plans.",
        "Show both shares.",
    ),
    "outcomes_after_20_weeks_short": Defect(
        "caution",
        "Plans issued within 20 weeks, from 20 to 52 weeks and after 52 weeks do not add up to all plans "
        "issued.",
        "Show each count; do not calculate one as the remainder.",
    ),
    "plans_fell": Defect(
        "info",
        "The caseload fell between two Januaries: a model that only allows growth would not fit this area.",
        "Use intervals that include a fall.",
    ),
    "plans_jumped": Defect(
        "caution",
        "The caseload changed by more than a fifth in a year. A boundary change, a recount or a change in "
        "recording is more likely than a change in need.",
        "Ask the authority, and mark a break in the series if need did not change.",
    ),
    "rise_beyond_record": Defect(
        "serious",
        "The projected rise is larger than any on record for areas of this size. The forecast adds "
        "England's growth, the area's requests and its overdue plans, and no area on record has had so "
        "much growth at once.",
        "Do not plan on the central projection alone. Check whether one year's requests were a backlog or "
        "a recount, and show damped growth, or growth at the area's recent pace, beside it.",
    ),
    "series_starts_late": Defect(
        "caution",
        "There are fewer than four Januaries, too few to tell a trend from chance.",
        "Rely on England's growth; for a reorganised authority, add up its predecessors.",
    ),
    "series_from_predecessor": Defect(
        "caution",
        "Counts before the authority was formed are its predecessor's, divided among the successors in "
        "proportion to their first January.",
        "Read the earlier trend as the old authority's. These rows have the flag imputed.",
    ),
    "reorganised_authority": Defect(
        "serious",
        "The authority was formed or changed its boundary, so figures under its code before and after "
        "describe different places.",
        "Add up the predecessors for a long series, or start at the change.",
    ),
    "small_area": Defect(
        "caution",
        "There are few plans, so rates by age and need change sharply from year to year, and a figure can "
        "point to one child.",
        "Rely on totals, and use England's shares for detail.",
    ),
    "plans_are_not_pupils": Defect(
        "info",
        "Pupils with a plan are counted where they go to school; plans are counted where the child lives, "
        "up to age 25.",
        "Do not divide one by the other.",
    ),
    "break_in_series": Defect(
        "info",
        "The way of counting changed: a step at the break is not a change in need.",
        "Mark the break on charts, and do not fit a trend across it without saying so.",
    ),
    "suppressed_figures": Defect(
        "caution",
        "The publisher suppressed small counts. Each is a number in a known range, not zero.",
        "Leave them empty: models draw each from its range.",
    ),
    "unavailable_figures": Defect(
        "info",
        "These figures were not collected or not supplied. They are not zero.",
        "Leave them empty; do not fill them with 0.",
    ),
    "population_aged_on": Defect(
        "caution",
        "The latest population estimate is older than the start of the projection. Later years are aged "
        "forward from it, without people who have moved in or out since.",
        "Add a newer ONS estimate or projection to the table population.",
    ),
    "population_from_rolls": Defect(
        "serious",
        "The pack has no population estimate for the area: England's is scaled to it. Shares of all "
        "children, and comparisons with England's rates, depend on that.",
        "Add the ONS mid-year estimates of the area as the table population, or import again with "
        "--population.",
    ),
    "scaled_from_england": Defect(
        "serious",
        "These are England's figures scaled to the area; none of them was counted there. A comparison with "
        "England can only show that the two agree.",
        "Add the table, or import again with --sen-in-england and the release 'Special educational needs "
        "in England'.",
    ),
    "rolls_exceed_residents": Defect(
        "caution",
        "Schools have more pupils of some ages than the population, aged forward, has residents: families "
        "have moved in since the estimate, or pupils come from other areas.",
        "Add a newer population estimate.",
    ),
    "sen_support_by_need_absent": Defect(
        "serious",
        "Only the total of SEN support is known: its split by need is estimated from England's.",
        "Add provision K rows to the table sen_pupils, or import again with --sen-in-england.",
    ),
    "need_at_wrong_provision": Defect(
        "caution",
        "NSA (no specialist assessment of type of need) is a code for SEN support only, and is used for "
        "plans here.",
        "Ask the source, and leave it out of plans by need.",
    ),
    "bands_short_of_total": Defect(
        "caution",
        "The bands of weeks do not add up to the total: some providers submit a total without bands.",
        "Take shares from the bands and the level from the total.",
    ),
    "band_missing": Defect(
        "caution",
        "A band of weeks is not published in some months. Missing is not zero.",
        "Do not add up bands across the gap.",
    ),
    "list_absent": Defect(
        "serious",
        "No waiting list was published for the service. Missing is not zero.",
        "Ask the provider for its list (table waiting_list); the list shown is scaled from England's.",
    ),
    "lists_old": Defect(
        "caution",
        "The latest published list is older than the start of the simulation.",
        "Add the provider's own list at the start (table waiting_list).",
    ),
    "own_list_far_from_start": Defect(
        "serious",
        "The list was counted months from the start of the simulation, which cannot begin with it.",
        "Set the start beside the count ([simulation] in area.toml), or add a count of the start.",
    ),
    "referrals_absent": Defect(
        "serious",
        "There are no counts of referrals, so demand on each service is scaled or illustrative.",
        "Ask providers for referrals and accepted referrals by month (table referrals).",
    ),
    "own_list_incomplete": Defect(
        "caution",
        "A band of the list has no figure, so the list cannot open a simulation: an earlier whole one is used, or "
        "scaled figures. Missing is not zero.",
        "Ask the provider for the band, or for the list by single children.",
    ),
    "own_lists_absent": Defect(
        "caution",
        "The area has no waiting lists of its own, so simulations start from scaled or illustrative figures.",
        "Ask providers for the number waiting by band of weeks on one day (table waiting_list).",
    ),
    "service_incomplete": Defect(
        "serious",
        "The service has referrals and a list, but no staff or slots: it is taken to give what its list must have been "
        "given, and the chapter cannot say what vacancies do.",
        "Add the missing rows to the table service_parameters.",
    ),
    "parameters_illustrative": Defect(
        "serious",
        "Nobody has measured these figures here: waits and costs that rest on them show how options "
        "differ, not what will happen.",
        "Replace them in the table service_parameters, staffing and slots first.",
    ),
    "local_source_unchanged": Defect(
        "caution",
        "The figure is marked as the area's own, and its source still says that nobody measured it.",
        "Write in the column source where the figure comes from; or leave the basis illustrative.",
    ),
    "parameters_scaled": Defect(
        "caution",
        "These are another area's figures, scaled to this area's children (the column source names it). "
        "Local practice may differ.",
        "Replace them with the providers' own counts.",
    ),
    "unusual_figure": Defect(
        "caution",
        "The figure is far from what is usual: a slip of unit, digit, row or year is more likely than a true "
        "change. It is used as it stands.",
        "Check it against its source. If it is right, say so in the note of its row or table.",
    ),
    "code_is_of_another_area": Defect(
        "serious",
        "The code or number in area.toml belongs to another authority than the one named, so England's record "
        "of the wrong authority may stand beside these figures.",
        "Correct the code, the name or the DfE number in area.toml.",
    ),
    "claim_does_not_reconcile": Defect(
        "caution",
        "A local document prints a figure that published counts do not bear out.",
        "Do not repeat it without saying so. Claims are never used by the model.",
    ),
    "claim_cannot_be_checked": Defect(
        "info",
        "No published count has the same definition, so the claim can be neither confirmed nor refuted.",
        "Quote it with its document, or leave it out.",
    ),
    "action_before_plan": Defect(
        "caution",
        "Actions are due before the plan was agreed: they were overdue on its first day.",
        "Correct the date, or record the action as done.",
    ),
    "action_due_a_range": Defect(
        "info",
        "Actions are due over several months; they count as due on the last day.",
        "Give each a day or a month.",
    ),
    "action_without_date": Defect(
        "caution",
        "Actions have no date that can be read, so nobody can say whether they are overdue.",
        "Give each a day or a month in the column due.",
    ),
    "action_without_owner": Defect(
        "caution",
        "Nobody answers for these actions.",
        "Give each a role in the column owner_role.",
    ),
    "action_twice": Defect(
        "caution",
        "One action stands in the plan more than once, and would be counted each time.",
        "Keep one of them, or say how they differ.",
    ),
    "outcome_unknown": Defect(
        "caution",
        "An outcome is used that the table outcomes does not have, so it is left out.",
        "Add it to outcomes, or correct its spelling.",
    ),
    "indicator_without_values": Defect(
        "caution",
        "An indicator is named that has no values, so nobody can say whether it gets better.",
        "Add its values to indicator_values, or correct its spelling.",
    ),
    **RELEASE_DEFECTS,
}
"""Every defect that is checked for, by name."""

LONGEST = 500  # characters of a finding's place and figures


def make_finding(detection: Detection, severity: Severity | None = None) -> Finding:
    """Return the finding for a detected defect.

    Parameters
    ----------
    detection : Detection
    severity : str, optional
        The severity of the defect itself where left out.

    Returns
    -------
    Finding

    Examples
    --------
    >>> make_finding(Detection("plans_fell", "ehc_plans 2020", "120 in January 2019, 110 in January 2020")).severity
    'info'
    """
    defect = DEFECTS[detection.name]
    found = detection.found
    if len(found) > LONGEST:
        found = found[: LONGEST - 3] + "..."
    return Finding(
        detection.name,
        severity or defect.severity,
        detection.where[:LONGEST],
        found,
        defect.meaning,
        defect.do,
    )
