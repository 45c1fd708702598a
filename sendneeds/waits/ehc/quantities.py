"""What the EHC clock counts by quarter, in words, with units."""

FLOWS = {
    "requests": ("Requests for an EHC needs assessment", "children"),
    "decided": ("Requests decided or withdrawn", "children"),
    "decided_in_time": ("Requests decided or withdrawn within six weeks", "children"),
    "decided_to_assess": ("Requests where an assessment is agreed at first", "children"),
    "withdrawn": ("Requests withdrawn", "children"),
    "assessments": ("Assessments finished", "children"),
    "assessments_returned": ("Assessments finished after a refusal was overturned", "children"),
    "assessments_withdrawn": ("Assessments that end without a decision", "children"),
    "not_issued": ("Decisions not to issue a plan, of requests not refused at first", "children"),
    "not_issued_in_time": ("Of those, told within 16 weeks of the request", "children"),
    "drafts": ("Draft plans, of requests not refused at first", "children"),
    "drafts_in_time": ("Of those, within 16 weeks of the request", "children"),
    "issued": ("Plans issued", "plans"),
    "issued_returned": ("Plans issued after a refusal to assess was overturned", "plans"),
    "issued_ordered": ("Plans issued after a refusal to issue was overturned", "plans"),
    "issued_including": ("Plans issued with no decision overturned", "plans"),
    "issued_in_time": ("Of those, within 20 weeks of the request", "plans"),
    "issued_excluding": ("Plans issued with no decision overturned, exceptions left out", "plans"),
    "issued_in_time_excluding": ("Of those, within 20 weeks of the request", "plans"),
    "issued_over_52": ("Plans issued with no decision overturned, after 52 weeks", "plans"),
    "weeks_to_issue_including": ("Weeks from request to plan, of plans issued, added up", "weeks"),
    "weeks_to_issue_excluding": ("Weeks from request to plan, exceptions left out, added up", "weeks"),
    "refusals": ("Refusals", "children"),
    "refusals_final": ("Refusals that stand, when no dispute is left", "children"),
    "refusals_overturned": ("Refusals overturned, after mediation or an appeal", "children"),
    "mediations": ("Mediations that end", "mediations"),
    "appeals": ("Appeals registered", "appeals"),
}
STOCKS = {
    "undecided": ("Requests not yet decided", "children"),
    "under_assessment": ("Children being assessed", "children"),
    "in_progress": ("Requests and assessments under way, disputes too, that lead to a plan", "children"),
    "in_dispute": ("Refusals in mediation or appeal", "children"),
}
REVIEWS = {
    "reviews_due": ("Annual reviews falling due", "reviews"),
    "reviews_held": ("Annual reviews held", "reviews"),
    "reviews_overdue": ("Annual reviews overdue", "reviews"),
    "reviews_attended": ("Annual reviews that the service attends", "reviews"),
}
