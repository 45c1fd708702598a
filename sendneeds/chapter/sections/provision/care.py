"""Social care and the rest: short breaks, continuing care, community nursing, beds, budgets and equipment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.tables import Cell, weakest
from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.projection import NeedProjection
from sendneeds.waits.allowances import entitlements as allowances

if TYPE_CHECKING:
    import xarray as xr

RUN = "sendneeds projection of need and the service parameters of the area's pack"
SIDES = {"wanted": "Needed", "given": "Provided", "elsewhere": "From others", "unmet": "Unmet"}


@dataclass(frozen=True)
class Allowance:
    """A thing that children are entitled to.

    Parameters
    ----------
    service : str
        Whose parameters it rests on.
    project : callable
        Takes an area and a projection of need.
    gap : str
        Title of the gap where the pack has no figures.
    """

    service: str
    project: Callable[..., Any]
    gap: str


SHORT_BREAKS = Allowance(
    "SHORT_BREAK", allowances.short_breaks, "Short-break nights needed against those available"
)
CONTINUING_CARE = Allowance(
    "CCC", allowances.continuing_care, "Children's continuing care needed against what is commissioned"
)
NURSING = Allowance(
    "COMM_NURSING", allowances.community_nursing, "Community nursing needed against what is available"
)
BEDS = Allowance(
    "CAMHS", allowances.inpatient_beds, "Beds of mental health wards needed against those available"
)
BUDGETS = Allowance("PLACES", allowances.personal_budgets, "Personal budgets: uptake and cost")
EQUIPMENT = Allowance("EQUIP", allowances.equipment, "Specialist equipment: orders and how long they take")
CAPACITY = {
    "short_break_nights": ("Nights of short break a year", "nights", "nights", SHORT_BREAKS),
    "care_hours": ("Hours of continuing care a week", "hours", "care hours", CONTINUING_CARE),
    "care_nights": ("Nights of continuing care a week", "nights", "nights", CONTINUING_CARE),
    "nursing": ("Contacts of community nurses a year", "contacts", "contacts", NURSING),
    "beds": ("Admissions to mental health wards a year", "admissions", "admissions", BEDS),
}
"""What is needed against what is available: title, variable, unit and allowance."""
TAKEN = {
    "budgets": (
        BUDGETS,
        (
            ("children", "Children with a personal budget", "children"),
            ("cost", "Cost of personal budgets", "GBP a year"),
            ("net_cost", "Of it, beyond what it takes the place of", "GBP a year"),
        ),
    ),
    "equipment": (
        EQUIPMENT,
        (
            ("orders", "Orders of specialist equipment a year", "orders"),
            ("delivered_late", "Of them, that take over 18 weeks", "orders"),
        ),
    ),
    "breaks_cost": (SHORT_BREAKS, (("cost", "Cost of short breaks, given and bought", "GBP a year"),)),
    "care_cost": (
        CONTINUING_CARE,
        (
            ("cost_council", "Cost of continuing care to the council", "GBP a year"),
            ("cost_icb", "Cost of continuing care to the integrated care board", "GBP a year"),
        ),
    ),
}
"""What is taken up and costs: allowance, and variable, title and unit of each figure."""


@dataclass(frozen=True)
class Care:
    """The section on social care and the rest.

    Parameters
    ----------
    gaps : list of Indicator
        Allowances that the pack has no figures for.
    budgets, residential : Indicator or None
        Plans with a personal budget, and with a residential placement, as last published.
    budgets_year, residential_year : int
    """

    gaps: list[Indicator]
    budgets: Indicator | None
    residential: Indicator | None
    budgets_year: int
    residential_year: int


def _add_published_count(
    chapter: ChapterBuilder, table: str, column: str, id: str, title: str
) -> tuple[Indicator | None, int]:
    """Add the latest published count of plans in a table; None where the area has none."""
    known = rows(chapter.area, table, **{column: "all"}).dropna(subset=["plans"])
    if not len(known):
        return None, 0
    lines: list[tuple[str, list[Cell]]] = []
    record: Indicator | None = None
    year = 0
    for row in known.sort_values("census_january").itertuples():
        year = int(row.census_january)
        record = chapter.add_published(f"{id}.{year}", title, row.plans, "plans", january(year), table)
        lines.append((str(year), [record]))
    chapter.add_table(id, f"{title}, each January", ["January", "Plans"], lines)
    return record, year


def add_care(chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon) -> Care:
    """Add what is published, then what the pack has figures for; an allowance without figures is a gap."""
    gaps: list[Indicator] = []
    budgets, budgets_year = _add_published_count(
        chapter, "personal_budgets", "budget", "personal_budgets", "Plans with a personal budget"
    )
    residential, residential_year = _add_published_count(
        chapter, "residential_places", "weeks", "residential_places", "Plans with a residential placement"
    )

    @cache
    def project(allowance: Allowance) -> xr.Dataset | None:
        try:
            return allowance.project(chapter.area, need).data
        except MissingDataError:
            gaps.append(
                chapter.add_missing(
                    f"gap.care.{allowance.service}", allowance.gap, "", "now",
                    f"rows for {allowance.service} in service_parameters.csv",
                )
            )  # fmt: skip
            return None

    years = list(dict.fromkeys((horizon.start, horizon.scored_to)))
    capacity: list[tuple[str, list[Cell]]] = []
    for id, (title, name, unit, allowance) in CAPACITY.items():
        data = project(allowance)
        if data is None:
            continue
        basis = basis_of(chapter, allowance.service)
        found = {
            (side, year): chapter.add_drawn(
                f"care.{id}.{side}.{year}", f"{title}: {words.lower()}",
                data[f"{name}_{side}"].sel(year=year).values, unit, january(year), RUN, basis,
                better="down" if side == "unmet" else "",
            )
            for side, words in SIDES.items()
            for year in years
        }  # fmt: skip
        capacity.append((title, [found[side, year] for year in years for side in SIDES]))
    taken: list[tuple[str, list[Cell]]] = []
    for id, (allowance, figures) in TAKEN.items():
        data = project(allowance)
        if data is None:
            continue
        for name, title, unit in figures:
            basis = basis_of(chapter, allowance.service)
            cells: list[Cell] = [
                budgets
                if (id, name) == ("budgets", "children") and budgets is not None and year == budgets_year
                else chapter.add_drawn(
                    f"care.{id}.{name}.{year}", title, data[name].sel(year=year).values, unit, january(year), RUN,
                    basis,
                )
                for year in years
            ]  # fmt: skip
            taken.append((title, cells))
    if capacity:
        chapter.add_table(
            "care_capacity",
            "What is needed, provided, from others and unmet, with no change",
            ["What", *(f"{words} {horizon.label(y)}" for y in years for words in SIDES.values())],
            capacity,
            note=horizon.note + " From others: bought from another provider, or out of the area.",
        )
    if taken:
        chapter.add_table(
            "care_taken",
            "Personal budgets, equipment and what short breaks and continuing care cost",
            ["What", *(horizon.label(y) for y in years)],
            taken,
            note=horizon.note + " Costs are at today's prices.",
        )
    return Care(gaps, budgets, residential, budgets_year, residential_year)


def basis_of(chapter: ChapterBuilder, service: str) -> str:
    """Return the weakest basis of a service's figures, beside the estimate that the projection is."""
    return weakest(["estimate", *rows(chapter.area, "service_parameters", service=service)["basis"]])
