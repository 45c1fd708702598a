"""Figures about services, places and the EHC clock that a run rests on, each as a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import Cell
from sendneeds.chapter.units import parameter_unit
from sendneeds.foundation.vocabulary import SERVICES

if TYPE_CHECKING:
    from sendneeds.scenarios.run_result import RunResult

BESIDE = {
    "PLACES": "Places",
    "EHC": "EHC process",
    "CCC": "Children's continuing care",
    "COMM_NURSING": "Community nursing",
    "EQUIP": "Specialist equipment",
    "SHORT_BREAK": "Short breaks",
}
"""What has figures in the pack beside services with a list."""
WARDS = "tier4"
"""Parameters of mental health wards begin so."""


def add_parameters(chapter: ChapterBuilder, run: RunResult) -> list[tuple[str, list[Cell]]]:
    """Add every figure that the services used, then those of places, the EHC clock and care at home.

    Returns
    -------
    list of (str, list of Cell)
        Rows of the register of assumptions.
    """
    used = run.parameters
    pack = rows(chapter.area, "service_parameters")
    beside = pack["service"].isin(BESIDE) | pack["parameter"].astype(str).str.startswith(WARDS)
    return [
        _add_parameter(chapter, row, prefix)
        for prefix, table in (("param", used), ("beside", pack[beside]))
        for row in (table.to_dict("records") if len(table) else ())
    ]


def _add_parameter(chapter: ChapterBuilder, row: dict[str, object], prefix: str) -> tuple[str, list[Cell]]:
    """Add one figure as a record, and return its row of the register."""
    service = str(row["service"])
    name = SERVICES.get(service, {"all": "Every service", **BESIDE}.get(service, service))
    what = str(row["parameter"]).replace("_", " ").replace("gbp", "cost").replace("wte", "WTE")
    low, central, high = (float(str(row[end])) for end in ("low", "central", "high"))
    has_interval = low < high
    record = chapter.add(
        Indicator(
            f"{prefix}.{service}.{row['parameter']}",
            f"{name}: {what}",
            central,
            parameter_unit(str(row["parameter"]), str(row["unit"])),
            "start of the run",
            str(row["source"]),
            str(row["basis"]),
            low=low if has_interval else None,
            high=high if has_interval else None,
        )
    )
    note = row.get("note")
    source = f"{record.source} ({note})" if isinstance(note, str) and note else record.source
    return record.title, [record, record.unit, source]
