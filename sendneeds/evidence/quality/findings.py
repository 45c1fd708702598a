"""The defects that figures are known to have: each with a name, what it means and what to do."""

from __future__ import annotations

from typing import NamedTuple

from sendneeds.evidence.types import Finding, Severity


class Defect(NamedTuple):
    """A kind of defect: how serious it is, what it means for an answer, what to do."""

    severity: Severity
    meaning: str
    do: str


class Detection(NamedTuple):
    """A defect where it was seen."""

    name: str
    where: str
    seen: str


DEFECTS: dict[str, Defect] = {
    "table_without_source": Defect(
        "serious",
        "The table is taken for a local one that is not published: small counts in it are withheld.",
        "Add a [[tables]] entry with its file, source, licence and basis to area.toml.",
    ),
    "table_empty": Defect("info", "The table is taken as not there.", "Fill it, or delete the file."),
    "file_not_read": Defect(
        "info", "Nothing in it is used.", "Give it the name of the table that it is, or leave it as a note."
    ),
    "stock_flow_residual": Defect(
        "caution",
        "New less ended plans is not the change in the caseload: a plan that moves in is not counted as "
        "new, one that moves out counts as ended, and late recording does the rest.",
        "Carry the difference as the named flow 'moved'; never spread it over new or ended plans.",
    ),
    "stock_flow_unknown": Defect(
        "info",
        "The change in the caseload cannot be split into new, ended and moved plans in these years.",
        "Show the change alone.",
    ),
    "implausible_new_plans": Defect(
        "serious",
        "The count of new plans fits neither the change of the caseload nor the years beside it: more likely an "
        "error of publishing, such as a region's total against one authority. It stands in the table as published "
        "and is left out of every rate that the model takes.",
        "Do not quote it. Ask the authority for its own count, and put that in the table.",
    ),
    "two_age_bases": Defect(
        "caution",
        "New plans are published by age when the plan started and, by need, on the age base of the "
        "January caseload: the same child stands at two ages.",
        "Take rates of starting from the caseload's base; never divide one by the other.",
    ),
    "totals_differ": Defect(
        "info",
        "Two tables of one release give two totals for one thing.",
        "Use the shares of the table with detail and the total of the main table.",
    ),
    "parts_short_of_total": Defect(
        "caution",
        "Some plans are in the total without the detail, or in the detail twice: shares made from the "
        "parts are of those with detail only.",
        "Take shares from the parts and the level from the published total.",
    ),
    "detail_missing": Defect(
        "serious",
        "Only the total was given that year: no rate by age, need or placement can rest on it.",
        "Use the other year's detail, or England's shares, and say so.",
    ),
    "detail_imputed": Defect(
        "serious",
        "The area gave totals and no detail: need by age is England's pattern fitted to its totals.",
        "Ask the authority for its own detail and put it in the table; cells made so bear the flag imputed.",
    ),
    "needs_short_of_total": Defect(
        "serious",
        "The plans by primary need do not add up to the plans: shares by need are not of all plans.",
        "Take shares of those with a need and the level from the total; ask the authority for the rest.",
    ),
    "six_week_outcomes_exceed_requests": Defect(
        "info",
        "Decisions told in the year include those on requests of the year before.",
        "Divide outcomes by outcomes, never by the year's requests.",
    ),
    "every_plan_an_exception": Defect(
        "serious",
        "Every plan issued is classed as a permitted exception: the share within 20 weeks excluding "
        "exceptions has no plans to be a share of.",
        "Use the share including exceptions and say so.",
    ),
    "most_plans_exceptions": Defect(
        "caution",
        "Most plans issued are classed as permitted exceptions: the share without them speaks for few.",
        "Show both shares.",
    ),
    "outcomes_after_20_weeks_short": Defect(
        "caution",
        "Plans within 20 weeks, to 52 weeks and after 52 weeks do not add up to the plans issued.",
        "Show each count, not the remainder.",
    ),
    "plans_fell": Defect(
        "info",
        "The caseload fell between two Januaries: a model that can only rise does not fit this area.",
        "Keep intervals that allow a fall.",
    ),
    "plans_jumped": Defect(
        "caution",
        "The caseload moved by more than a fifth within a year: more likely a boundary, a recount or a "
        "change of recording than of need.",
        "Ask the authority; mark a break if it was not need.",
    ),
    "rise_beyond_record": Defect(
        "serious",
        "The projected plans rise by more than those of any area of its size have: the rule adds England's growth, "
        "the area's requests and its late plans, and nothing in the record shows that so much comes at once.",
        "Do not plan on the centre alone. Ask whether a year's requests were a backlog or a recount, and show "
        "growth damped or at the area's own recent pace beside it.",
    ),
    "series_starts_late": Defect(
        "caution",
        "The area has fewer than four Januaries: its own trend cannot be told from chance.",
        "Lean on England's growth; for a reorganised authority add up its predecessors.",
    ),
    "series_from_predecessor": Defect(
        "caution",
        "Januaries before the authority was formed are its predecessor's, shared as the successors stood at "
        "their first.",
        "Read the trend as that of the old authority; the rows bear the flag imputed.",
    ),
    "reorganised_authority": Defect(
        "serious",
        "The authority was formed or changed its boundary: figures under its code before and after are of "
        "different places.",
        "Add up the predecessors for a long series, or start at the change.",
    ),
    "small_area": Defect(
        "caution",
        "Few plans: rates by age and need swing from year to year, and single children show.",
        "Read totals; lean on England's shares for detail.",
    ),
    "plans_are_not_pupils": Defect(
        "info",
        "Pupils with a plan are counted where the school is; plans where the child lives, to age 25.",
        "Never divide one by the other.",
    ),
    "break_in_series": Defect(
        "info",
        "The way of counting changed: a step at the break is not a change of need.",
        "Mark the break on charts and fit no trend across it without saying so.",
    ),
    "suppressed_figures": Defect(
        "caution",
        "Small counts are withheld: each is a number in a known range, not zero.",
        "They enter models as a range to draw from.",
    ),
    "unavailable_figures": Defect(
        "info",
        "Figures that were not collected or not given: not zero.",
        "Leave them out; never fill with 0.",
    ),
    "population_aged_on": Defect(
        "caution",
        "The last estimate of residents is older than the start: later years are aged on from it, without "
        "those who moved in or out since.",
        "Add a newer ONS estimate or projection to the table population.",
    ),
    "population_from_rolls": Defect(
        "serious",
        "There are no residents of the area's own: they are England's, scaled. Shares of all children rest on them, "
        "and so does what is held against England's rates.",
        "Add the ONS mid-year estimates of the area as the table population, or import again with --population.",
    ),
    "scaled_from_england": Defect(
        "serious",
        "England's figures stand in, and nothing in this table was counted in the area: set against England it can "
        "only say that the two agree.",
        "Add the table, or import again with --sen-in-england and the release 'Special educational needs in England'.",
    ),
    "rolls_exceed_residents": Defect(
        "caution",
        "More pupils are on roll than residents aged on: families moved in since the estimate, or "
        "children come from other areas.",
        "Add a newer population estimate.",
    ),
    "sen_support_by_need_absent": Defect(
        "serious",
        "SEN support is known as a total only: its split by need is an estimate from England's published "
        "points.",
        "Add provision K rows to the table sen_pupils, or import again with --sen-in-england.",
    ),
    "need_at_wrong_provision": Defect(
        "caution",
        "NSA (no specialist assessment) exists at SEN support only.",
        "Ask the source; keep it out of plans by need.",
    ),
    "bands_short_of_total": Defect(
        "caution",
        "The weeks bands do not add up to the total: some providers give a total without bands.",
        "Take shares from the bands and the level from the total.",
    ),
    "band_missing": Defect(
        "caution",
        "A band is not published in some months: absent is not zero.",
        "Do not add up across its edge.",
    ),
    "list_absent": Defect(
        "serious",
        "No list was published for the service: absent is not zero.",
        "Ask the provider for its list (table waiting_list); what is shown is scaled from England.",
    ),
    "lists_old": Defect(
        "caution",
        "The last published list is older than the start of the simulation.",
        "Add the provider's own list at the start (table waiting_list).",
    ),
    "referrals_absent": Defect(
        "serious",
        "No counts of referrals: the load on each service is scaled or illustrative.",
        "Ask providers for referrals and accepted referrals by month (table referrals).",
    ),
    "own_lists_absent": Defect(
        "caution",
        "There is no list of the area's own: lists start from scaled or illustrative figures.",
        "Ask providers for a banded snapshot (table waiting_list).",
    ),
    "service_incomplete": Defect(
        "serious",
        "The service has referrals and a list but not what serves it, so no list of it is simulated.",
        "Add the rows that are named to the table service_parameters.",
    ),
    "parameters_illustrative": Defect(
        "serious",
        "Nobody has measured these figures here: waits and costs that rest on them show how options "
        "differ, not what will be.",
        "Replace them in the table service_parameters, staffing and slots first.",
    ),
    "parameters_scaled": Defect(
        "caution",
        "Another place's figures, scaled to the area's children (the column source says whose): local practice may "
        "differ.",
        "Replace them by the providers' own counts.",
    ),
    "claim_does_not_reconcile": Defect(
        "caution",
        "A figure that a local document prints is not what the published counts give.",
        "Do not repeat it without its caution; claims are never model inputs.",
    ),
    "claim_cannot_be_told": Defect(
        "info",
        "No published count with the same definition is at hand: the claim can be neither confirmed nor "
        "denied.",
        "Quote it with its document, or leave it out.",
    ),
    "release_layout": Defect(
        "info",
        "The release names or writes something in another way than expected; it was read as said.",
        "Nothing, unless the reading is wrong.",
    ),
    "column_twice": Defect(
        "caution",
        "One column name stands twice: the first was read.",
        "Compare the two in the release.",
    ),
    "column_missing": Defect(
        "serious",
        "A column that older releases have is not there: its figures are unavailable.",
        "See whether the release renamed it, and add the alias.",
    ),
    "table_missing": Defect(
        "serious",
        "A table of the release is not in the archive: its figures are unavailable.",
        "Fetch the whole release.",
    ),
    "description_contradicts_content": Defect(
        "caution",
        "The release's guide describes a column otherwise than its name and figures say.",
        "Treat the two columns together, or ask the department.",
    ),
    "code_contradicts_name": Defect(
        "caution",
        "A row bears the name of one authority and the code of another.",
        "Nothing: the name was followed. Tell the publisher.",
    ),
    "release_footnote": Defect(
        "caution",
        "The publisher warns of this area's figures.",
        "Read the footnote before the figures, and repeat it beside them.",
    ),
    "labels_differ": Defect(
        "info",
        "One thing is spelled in several ways in one release.",
        "Nothing: the spellings were joined.",
    ),
    "figures_not_read": Defect(
        "caution",
        "Cells hold a text that is neither a number nor a known symbol: they are taken as unavailable.",
        "Look at them in the release.",
    ),
}
"""Every defect that is looked for, by name."""

NAMES = tuple(DEFECTS)
LONGEST = 500  # letters of what was seen


def make_finding(seen: Detection, severity: Severity | None = None) -> Finding:
    """Return the finding for a defect where it was seen."""
    defect = DEFECTS[seen.name]
    shown = seen.seen if len(seen.seen) <= LONGEST else seen.seen[: LONGEST - 3] + "..."
    return Finding(
        seen.name, severity or defect.severity, seen.where[:LONGEST], shown, defect.meaning, defect.do
    )
