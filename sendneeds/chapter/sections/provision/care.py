"""Social care and the rest: short breaks, continuing care, community nursing, beds, budgets and equipment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.sections.need.projection import note, year_name
from sendneeds.chapter.tables import weakest
from sendneeds.foundation.errors import MissingDataError
from sendneeds.waits.allowances import entitlements as allowances

RUN = "sendneeds projection of need and the service parameters of the area's pack"
CAPACITY: dict[str, tuple[str, str, str, Callable[..., Any], str]] = {
    "short_break_nights": ("Nights of short break a year", "nights", "nights", allowances.short_breaks,
                           "SHORT_BREAK"),
    "care_hours": ("Hours of continuing care a week", "hours", "care hours", allowances.continuing_care, "CCC"),
    "care_nights": ("Nights of continuing care a week", "nights", "nights", allowances.continuing_care, "CCC"),
    "nursing": ("Contacts of community nurses a year", "contacts", "contacts", allowances.community_nursing,
                "COMM_NURSING"),
    "beds": ("Admissions to mental health wards a year", "admissions", "admissions", allowances.inpatient_beds,
             "CAMHS"),
}  # fmt: skip
"""What is wanted against what there is: title, variable, unit, function, and whose figures it rests on."""
SIDES = {"wanted": "Wanted", "given": "Given", "elsewhere": "Got elsewhere", "unmet": "Not had"}
TAKEN: dict[str, tuple[Callable[..., Any], str, tuple[tuple[str, str, str], ...]]] = {
    "budgets": (
        allowances.personal_budgets,
        "PLACES",
        (
            ("children", "Children with a personal budget", "children"),
            ("cost", "Cost of personal budgets", "GBP a year"),
            ("net_cost", "Of it, beyond what it takes the place of", "GBP a year"),
        ),
    ),
    "equipment": (
        allowances.equipment,
        "EQUIP",
        (
            ("orders", "Orders of specialist equipment a year", "orders"),
            ("delivered_late", "Of them, that take over 18 weeks", "orders"),
        ),
    ),
    "breaks_cost": (
        allowances.short_breaks,
        "SHORT_BREAK",
        (("cost", "Cost of short breaks, given and bought", "GBP a year"),),
    ),
    "care_cost": (
        allowances.continuing_care,
        "CCC",
        (
            ("cost_council", "Cost of continuing care to the council", "GBP a year"),
            ("cost_icb", "Cost of continuing care to the integrated care board", "GBP a year"),
        ),
    ),
}
GAPS = {
    "SHORT_BREAK": "Short-break nights wanted against those there are",
    "CCC": "Children's continuing care wanted against what is commissioned",
    "COMM_NURSING": "Community nursing wanted against what there is",
    "CAMHS": "Beds of mental health wards wanted against those there are",
    "PLACES": "Personal budgets: uptake and cost",
    "EQUIP": "Specialist equipment: orders and how long they take",
}


def fill(kit: ChapterBuilder) -> None:
    """Add what the pack has figures for, and a gap for every other."""
    made: dict[Any, Any] = {}
    kit.facts["care_gaps"] = []

    def taken(function: Callable[..., Any], service: str) -> Any:
        if function not in made:
            try:
                made[function] = function(kit.area, kit.result.need).data
            except MissingDataError:
                made[function] = None
                kit.book.missing(
                    f"gap.care.{service}",
                    GAPS[service],
                    "",
                    "now",
                    f"rows for {service} in service_parameters.csv",
                )
                kit.facts["care_gaps"].append(f"gap.care.{service}")
        return made[function]

    years = list(dict.fromkeys((kit.facts["start"], kit.facts["scored_to"])))
    wanted = []
    for id, (title, name, unit, function, service) in CAPACITY.items():
        data = taken(function, service)
        if data is None:
            continue
        for side, words in SIDES.items():
            for year in years:
                draws = data[f"{name}_{side}"].sel(year=year).values
                kit.drawn(
                    f"care.{id}.{side}.{year}", f"{title}: {words.lower()}", draws, unit, f"January {year}", RUN,
                    basis(kit, service), better="down" if side == "unmet" else "",
                )  # fmt: skip
        wanted.append((title, [f"care.{id}.{side}.{y}" for y in years for side in SIDES]))
    lines = []
    for id, (function, service, parts) in TAKEN.items():
        data = taken(function, service)
        for name, title, unit in parts if data is not None else ():
            for year in years:
                draws = data[name].sel(year=year).values
                kit.drawn(
                    f"care.{id}.{name}.{year}",
                    title,
                    draws,
                    unit,
                    f"January {year}",
                    RUN,
                    basis(kit, service),
                )
            lines.append((title, [f"care.{id}.{name}.{y}" for y in years]))
    if wanted:
        kit.table(
            "care_capacity",
            "What is wanted, given, got elsewhere and not had, as things are",
            ["What", *(f"{words} {year_name(kit, y)}" for y in years for words in SIDES.values())],
            wanted,
            note=note(kit) + " Got elsewhere: bought from others, or out of the area.",
        )
    if lines:
        kit.table(
            "care_taken",
            "Personal budgets, equipment and what short breaks and continuing care cost",
            ["What", *(year_name(kit, y) for y in years)],
            lines,
            note=note(kit) + " Costs are at today's prices.",
        )


def basis(kit: ChapterBuilder, service: str) -> str:
    """Return the weakest basis of a service's figures, beside the estimate that the projection is."""
    return weakest(["estimate", *rows(kit.area, "service_parameters", service=service)["basis"]])
