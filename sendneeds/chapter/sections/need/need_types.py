"""Children by need type: autism, SEMH, and those expected to need a therapy."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rows, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import MODEL, Horizon
from sendneeds.chapter.sections.need.projection import adding
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import lower, number, show
from sendneeds.demand.need_types import NeedTypes
from sendneeds.foundation.vocabulary import NEED_TYPES

THERAPIES = ("SLT", "OT")
SHORT = {"ASD": "Autism", "SEMH": "SEMH", "SLT": "Speech and language therapy", "OT": "Occupational therapy"}
"""Names beside the lines of the chart."""


def add_need_types(chapter: ChapterBuilder, types: NeedTypes, horizon: Horizon) -> None:
    """Add children by need type and year: the view that commissioners ask for first."""
    children = types.data["children"]
    start, scored = horizon.start, horizon.scored_to
    found: dict[str, dict[int, Indicator]] = {}
    growth: dict[str, Indicator] = {}
    for code, name in NEED_TYPES.items():
        therapy = code in THERAPIES
        basis = share_basis(chapter, code) if therapy else "estimate"
        definition = (
            f"Children and young people expected to need {name.lower()}, whatever their primary need"
            if therapy
            else f"{name} as primary need, at SEN support or with an EHC plan"
        )
        add = chapter.add_drawn if therapy else adding(chapter, "EK")
        more: dict[str, Any] = {"definition": definition, **({"basis": basis} if therapy else {})}
        found[code] = {
            year: add(
                f"type.{code}.{year}", f"Children and young people: {name.lower()}",
                children.sel(need_type=code, year=year).values, "children", january(year), MODEL, **more,
            )
            for year in horizon.years
        }  # fmt: skip
        now, then = (children.sel(need_type=code, year=year).values for year in (start, scored))
        growth[code] = chapter.add_drawn(
            f"type.{code}.growth", f"Growth to {scored}: {name.lower()}", 100 * (then / np.maximum(now, 1) - 1),
            "percent", f"{january(start)} to {january(scored)}", MODEL, basis,
        )  # fmt: skip
    table = chapter.add_table(
        "need_types",
        f"Children and young people aged 0 to 25 in {chapter.area.name} by need type, each January",
        ["January", *NEED_TYPES.values()],
        [(horizon.label(year), [found[code][year] for code in NEED_TYPES]) for year in horizon.years],
        note=horizon.note
        + " Autism and SEMH count a child's primary need, with a plan or at SEN support. The two therapies count"
        " children expected to need them, whatever the primary need. A child may be in more than one column. The"
        " ranges of the therapies rest on illustrative shares and have no track record in any year.",
    )
    chapter.add_table(
        "need_types_shown",
        f"Children and young people aged 0 to 25 in {chapter.area.name} by need type",
        ["January", *NEED_TYPES.values()],
        [(horizon.label(year), [found[code][year] for code in NEED_TYPES]) for year in horizon.shown],
        note=horizon.note
        + " The two therapies count children expected to need them, whatever their primary need.",
    )
    chapter.add_figure(
        "need_types",
        _finding(growth, horizon),
        f"Line chart with 80% intervals of children by need type from {start} to {horizon.end}. "
        + " ".join(
            f"{name}: {number(found[code][start].number, '')} in {start}, "
            f"{number(found[code][scored].number, '')} in {scored}."
            for code, name in NEED_TYPES.items()
        ),
        lambda: partial(
            charts.trend,
            [series(SHORT[code], found[code], band=True) for code in NEED_TYPES],
            "children and young people, each January",
            scored_to=scored,
        ),
        table,
        "children and young people",
    )


def share_basis(chapter: ChapterBuilder, service: str) -> str:
    """Return the weakest basis among the shares of each need who need a service."""
    for area in (chapter.area, chapter.england):
        found = rows(area, "need_service", service=service, measure="share_in_need")
        if len(found):
            return weakest(["estimate", *found["basis"]])
    return "illustrative"


def _finding(growth: dict[str, Indicator], horizon: Horizon) -> str:
    """Return a title that says which need type grows the most to the last scored year."""
    code = max(growth, key=lambda c: growth[c].number)
    name, amount, years = (
        lower(NEED_TYPES[code]),
        show(growth[code]),
        f"{horizon.start} to {horizon.scored_to}",
    )
    if all(record.lower_end > 0 for record in growth.values()):
        return f"All four need types are projected to grow from {years}, {name} the most: by about {amount}"
    return f"Of the four need types {name} is projected to change the most from {years}: by about {amount}"
