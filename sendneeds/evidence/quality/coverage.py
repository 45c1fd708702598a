"""Which partner has supplied which figures of each service, how old they are, and what is missing."""

from __future__ import annotations

import html
from typing import NamedTuple

import pandas as pd

from sendneeds.evidence.pack.settings import UNASSIGNED
from sendneeds.evidence.types import AreaTables
from sendneeds.foundation.vocabulary import SERVICES

COLUMNS = ["service", "aspect", "partner", "state", "table", "as_of", "missing_for"]
SUPPLIED, SCALED, ILLUSTRATIVE, MISSING = "supplied", "scaled", "illustrative", "missing"


class Aspect(NamedTuple):
    """A kind of figure of a service: the tables it comes from, parameters used instead, and the question it answers."""

    tables: tuple[str, ...]
    parameters: tuple[str, ...]
    question: str


ASPECTS = {
    "demand": Aspect(
        ("referrals",), ("referrals_accepted_per_week", "advice_requests_per_week"), "how fast the list grows"
    ),
    "waiting list": Aspect(
        ("waiting_list", "nhs_waiting_list"), ("opening_list",), "when the target is met, and for how many"
    ),
    "staff": Aspect((), ("in_post_wte", "assessments_per_week"), "what vacancies do to waits"),
    "funding": Aspect(
        (),
        ("gbp_per_assessment", "gbp_per_statutory_report", "gbp_per_wte_year"),
        "what an option costs, and whom",
    ),
    "quality": Aspect((), ("missed_share", "rereferred_share"), "slots lost, and children referred again"),
}
"""Kinds of figure that a board needs for every service."""

PROVIDER = {
    "CAMHS": "mental_health_provider",
    "EP": "council",
    "SHORT_BREAK": "council",
    "CCC": "icb",
    "EQUIP": "icb",
}
"""Role that holds a service's figures if no partner lists the service; community_provider for the others."""
PAYER = {"EP": "council", "SHORT_BREAK": "council"}
"""Role that pays; icb for the others."""


def coverage(area: AreaTables) -> pd.DataFrame:
    """Return one row per service and aspect: who should supply it, whether they have, and for which date.

    Parameters
    ----------
    area : AreaTables

    Returns
    -------
    DataFrame
        Columns service, aspect (demand, waiting list, staff, funding, quality), partner, state (supplied,
        scaled, illustrative or missing), table, as_of, and missing_for: the question that needs it, empty if
        it is supplied.

    Examples
    --------
    >>> import sendneeds as sn
    >>> table = coverage(sn.open_area("bedford"))
    >>> table[(table["service"] == "SLT") & (table["aspect"] == "staff")][["state", "missing_for"]].values.tolist()
    [['illustrative', 'what vacancies do to waits']]
    """
    rows = []
    for service in SERVICES:
        for name, aspect in ASPECTS.items():
            state, table, as_of = _state(area, service, aspect)
            missing = "" if state == SUPPLIED else aspect.question
            rows.append([service, name, _partner(area, service, name), state, table, as_of, missing])
    return pd.DataFrame(rows, columns=COLUMNS)


def _state(area: AreaTables, service: str, aspect: Aspect) -> tuple[str, str, str]:
    for name in aspect.tables:
        if not area.has(name):
            continue
        table = area.table(name)
        when = "snapshot" if "snapshot" in table else "month"
        value = "waiting" if "waiting" in table else "referrals"
        rows = table[(table["service"] == service) & table[value].notna()]
        if len(rows):
            return SUPPLIED, name, str(rows[when].max())
    if area.has("service_parameters"):
        table = area.table("service_parameters")
        for name in aspect.parameters:
            rows = table[(table["service"] == service) & (table["parameter"] == name)]
            if rows.empty:
                rows = table[(table["service"] == "all") & (table["parameter"] == name)]
                if service not in set(table["service"]):
                    continue
            if len(rows):
                basis = str(rows["basis"].iloc[0])
                day = area.meta["service_parameters"].extracted_on
                state = (
                    SUPPLIED
                    if basis in ("local", "published")
                    else ILLUSTRATIVE
                    if basis == ILLUSTRATIVE
                    else SCALED
                )
                return state, "service_parameters", day.isoformat() if day else ""
    return MISSING, "", ""


def _partner(area: AreaTables, service: str, aspect: str) -> str:
    if aspect == "funding":
        role = PAYER.get(service, "icb")
    else:
        named = [p["name"] for p in area.settings.get("partners", []) if service in p.get("services", [])]
        if named:
            return ", ".join(named)
        role = PROVIDER.get(service, "community_provider")
    names = [p["name"] for p in area.partners(role) if p["name"] != UNASSIGNED]
    return ", ".join(names) if names else f"{role.replace('_', ' ')}: {UNASSIGNED}"


def coverage_page(area: AreaTables) -> str:
    """Return the coverage as an HTML page to print: services as rows, aspects as columns.

    Parameters
    ----------
    area : AreaTables

    Returns
    -------
    str

    Examples
    --------
    >>> import sendneeds as sn
    >>> coverage_page(sn.open_area("bedford")).count("<tr>")
    13
    """
    table = coverage(area)
    head = "".join(f"<th scope='col'>{html.escape(aspect)}</th>" for aspect in ASPECTS)
    body = []
    for service, title in SERVICES.items():
        cells = []
        for row in table[table["service"] == service].itertuples():
            what = f"<b>{row.state}</b><br>{html.escape(str(row.partner))}"
            if row.as_of:
                what += f"<br>as of {html.escape(str(row.as_of))}"
            if row.missing_for:
                what += f"<br>needed for: {html.escape(str(row.missing_for))}"
            cells.append(f"<td class='{row.state}'>{what}</td>")
        body.append(f"<tr><th scope='row'>{html.escape(title)}</th>{''.join(cells)}</tr>")
    counts = table["state"].value_counts()
    listed = ", ".join(f"{counts[s]} {s}" for s in (SUPPLIED, SCALED, ILLUSTRATIVE, MISSING) if s in counts)
    title = html.escape(f"Who has supplied what: {area.name}")
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}</title><style>"
        "body{font:11pt sans-serif;margin:1.5cm}table{border-collapse:collapse;width:100%}"
        "th,td{border:1px solid #555;padding:4px;vertical-align:top;text-align:left;font-size:9pt}"
        ".supplied{background:#e3f1e6}.scaled{background:#fdf3d6}.illustrative{background:#fbe3d0}"
        ".missing{background:#f6d9dc}@page{size:A4 landscape}tr{break-inside:avoid}</style></head><body>"
        f"<h1>{title}</h1><p>Of {len(table)} kinds of figure: {listed}.</p>"
        f"<table><thead><tr><th scope='col'>service</th>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        "</body></html>\n"
    )
