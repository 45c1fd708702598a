"""Notes on the rows of a return, and the assumptions behind each of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sendneeds.returns.ages import STAGES, new_plans_stage
from sendneeds.returns.provisions import divided
from sendneeds.returns.rows import BY_NEED, FLOWS, NEEDS, OTHER_NEED, PARENTS, PROVISIONS, TITLES
from sendneeds.scenarios.clocks import CLOCK_DRAWS

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

MEDIANS = (
    "Projected figures are medians of draws, with 80 % intervals. Medians of parts do not add up to the median of "
    "their total; the columns headed 'adding up' are rounded so that they do, and so that tables agree."
)
NEXT_JANUARY = "Plans of a calendar year are those in place in the January that follows it."
IN_THE_YEAR = (
    f"Counted within the calendar year itself. Tables 10 to 12 are of the same draws, the first {CLOCK_DRAWS} at most: "
    "those in which requests are followed one by one."
)
NOT_TOLD_APART = {
    "support_bases": "Support bases are funded by schools and recorded by no council's return",
    "independent_other": "Nothing published tells who pays for a place in an independent school",
    "post_16_specialist": "Nothing published tells young people over 16 in a base from the others in it",
}
PLACED = ("6", *BY_NEED)
OF_CLOCK = ("ehc", "ehc_notes")
"""What the provenance of the EHC process says that tables 10 and 11 rest on."""


def note_rows(area: Area, start: int) -> pd.DataFrame:
    """Return the notes on a return.

    Parameters
    ----------
    area : Area
    start : int
        The last January published.

    Returns
    -------
    pandas.DataFrame
        Columns table, row (empty for a note on the whole table) and note.
    """
    import pandas as pd

    found: list[tuple[str, str, str]] = []
    for number in TITLES:
        found.append((number, "", MEDIANS))
        found.append((number, "", IN_THE_YEAR if number in FLOWS else NEXT_JANUARY))
    for number in PLACED:
        found += [(number, "", text) for text in _placement_notes(area, start)]
    found += [("6", PROVISIONS[name], text) for name, text in _row_notes(area).items()]
    found.append(
        ("7.6", "", "Hospital schools are published with the schools whose kind they are, and count there.")
    )
    base = "post_16_specialist" not in divided(area)
    text = (
        "Young people over 16 in a base count in table 7.3" if base else "Those over 16 in a base count here"
    )
    found.append(("7.7", "", f"{text}; sixth forms of schools count here."))
    counts = _counts(area, start)
    told = f"Down syndrome ({counts.get('DS', 0):,} plans in January {start}) and needs not known "
    told += f"({counts.get('UNK', 0):,}) have no row and count here."
    for number in ("7", *BY_NEED):
        found.append((number, NEEDS[OTHER_NEED], told))
        found.append((number, NEEDS["NSA"], "Nobody with a plan: 0 by construction."))
    ages = "{} are published without ages, and given the ages of the year's new plans{}. The base year has a total."
    found.append(("10", "", ages.format("Requests", ", 20 weeks earlier, refused requests too")))
    found.append(("11", "", ages.format("Assessments", "")))
    stage = new_plans_stage(area, start - 1)
    if stage == STAGES[0]:
        told = f"The base year is published by age at 31 August {start - 2}, before it opens, "
        told += "and each child is a year older here."
        found.append(("12", "", told))
    if stage == STAGES[1]:
        found.append(
            ("12", "", "The base year is by age when the plan started, as published, whatever the age basis.")
        )
    return pd.DataFrame(found, columns=["table", "row", "note"])


def _row_notes(area: Area) -> dict[str, str]:
    """Return notes on rows of table 6 by name."""
    out = {}
    for name, parent in PARENTS.items():
        if name not in divided(area):
            out[name] = (
                f"{NOT_TOLD_APART[name]}: the children are in '{PROVISIONS[parent]}'. A table lsrp_splits.csv in the "
                "pack divides them."
            )
        else:
            out[name] = f"The pack's share of the children of '{PROVISIONS[parent]}' (lsrp_splits.csv)."
    return {
        **out,
        "mainstream": "State-funded schools, to year 11 by age at 31 August; independent mainstream schools count in "
        "'NMSS or independent schools'.",
        "post_16": "General further education and sixth-form colleges, other providers, and pupils of mainstream "
        "schools aged 16 or over at 31 August, whose number is estimated from ages and placements.",
        "other": "Not in education, notice to cease given, awaiting a place, arrangements by parents, online "
        "providers, schools abroad and in Wales. Hospital schools are published with the schools whose kind they are.",
    }


def _placement_notes(area: Area, start: int) -> list[str]:
    """Return notes on placements: those that are not recorded."""
    table = area.table("ehc_plans")
    rows = table[(table["placement"] == "Placement not recorded") & (table["census_january"] == start)]
    lost = int(rows.loc[rows["need"] != "all", "plans"].fillna(0).sum())
    if not lost:
        return []
    have, count = ("plan has", "counts") if lost == 1 else ("plans have", "count")
    return [
        f"In January {start} {lost:,} {have} no placement recorded, and {count} as the others of their need do."
    ]


def _counts(area: Area, start: int) -> dict[str, int]:
    table = area.table("ehc_plans")
    rows = table[(table["census_january"] == start) & (table["placement"] == "all") & (table["age"] != "all")]
    if not len(rows[rows["need"] != "all"]):
        rows = table[(table["census_january"] == start) & (table["placement"] != "all")]
    counts = rows.groupby("need")["plans"].sum()
    return {str(need): int(count) for need, count in counts.items()}


def assumption_rows(
    need: Sequence[str], places: Sequence[str], clock: Mapping[str, Any], scenarios: Sequence[str]
) -> pd.DataFrame:
    """Return what the tables rest on.

    Parameters
    ----------
    need, places : sequence of str
        Assumptions of the projection and of places.
    clock : mapping
        Provenance of the EHC process.
    scenarios : sequence of str
        What the scenarios change.

    Returns
    -------
    pandas.DataFrame
        Columns tables and assumption.
    """
    import pandas as pd

    every, placed = ", ".join(TITLES), ", ".join(PLACED)
    rows = [
        (every, "The baseline has no change of policy: growth of recent years carried on by a scored rule.")
    ]
    rows += [(every, text) for text in need if "SEN support" not in text]
    rows += [(placed, text) for text in places]
    rows += [("10, 11", str(clock[key])) for key in OF_CLOCK if clock.get(key)]
    rows += [(every, text) for text in scenarios]
    return pd.DataFrame(rows, columns=["tables", "assumption"])
