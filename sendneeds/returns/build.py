"""Writes a return: one accessible workbook and tidy CSV, into a folder that is whole or not there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.csv_text import table_csv
from sendneeds.foundation.disclosure.profiles import COUNCIL, Profile
from sendneeds.foundation.disclosure.profiles import profile as profile_of
from sendneeds.foundation.errors import expect
from sendneeds.foundation.folders import whole_folder
from sendneeds.foundation.outputs import Basis, write_output
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.foundation.workbook_writer import workbook_bytes
from sendneeds.foundation.workbooks import FLAG_SYMBOLS, Column, Cover, Sheet

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.returns.result import ReturnTables

USED = (
    "ehc_plans",
    "ehc_flow",
    "ehc_timeliness",
    "population",
    "pupils",
    "transitions",
    "service_parameters",
    "lsrp_splits",
)
"""Tables whose sources the cover names, where the area has them."""
DRAFT = "Draft, made by a model: set it beside what the council knows of its own children, and replace what it knows."


def build_return(
    made: ReturnTables, out: str | Path, force: bool = False, *, profile: str = COUNCIL.name
) -> Path:
    """Write a return to a folder: the workbook, its figures, notes and assumptions as CSV, and the provenance.

    Parameters
    ----------
    made : LsrpReturn or ScapReturn
    out : str or Path
        Replaced if it holds an earlier return, refused if it holds anything else.
    force : bool
        Replace an earlier return even if it was edited.
    profile : str
        What may be shown of the area's own records: ``council``, ``nhs`` or ``internal``. Where the base year rests on
        them and a count of it is small, the whole of the base year is withheld: its tables share their children.

    Returns
    -------
    Path
        The folder, with ``lsrp.xlsx`` or ``scap.xlsx``, ``figures.csv``, ``notes.csv``, ``assumptions.csv`` and
        ``provenance.json``.

    Raises
    ------
    DomainError
        If the folder may not be replaced.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> made = sn.lsrp_return(sn.open_area("luton"), draws=10)
    >>> folder = sn.build_return(made, Path(tempfile.mkdtemp()) / "lsrp")
    >>> sorted(path.name for path in folder.iterdir())
    ['assumptions.csv', 'figures.csv', 'lsrp.xlsx', 'notes.csv', 'provenance.json']
    """
    expect(made, "ReturnTables", "made", "make it first, made = sn.lsrp_return(area)")
    chosen = profile_of(profile)
    basis = Basis(frozenset(made.provenance["bases"]))
    made = without_base_year(made, chosen)
    says = {
        "profile": chosen.name,
        "base_year_withheld": bool((made.figures["flag"] == "suppressed").any()),
        "may_be_published": basis.is_open or chosen.withholds,
    }
    basis = basis.cleared_by(says)
    about = {**made.provenance, "command": f"return {made.short}", "disclosure": says}
    with whole_folder(out, about, force) as folder:
        write_output(folder, f"{made.short}.xlsx", workbook_bytes(cover(made), sheets(made)), basis)
        for name in ("figures", "notes", "assumptions"):
            write_output(folder, f"{name}.csv", table_csv(made[name]), basis)
    return Path(out)


def without_base_year(made: ReturnTables, profile: Profile) -> ReturnTables:
    """Return a return as a profile shows it: without its base year where that has small counts of the area's own."""
    base = made.figures["kind"] == "published"
    small = base & made.figures["central"].map(lambda count: profile.is_small(count))
    if "local" not in made.provenance["base_bases"] or not (
        small.any() or (profile.nearest > 1 and base.any())
    ):
        return made
    figures = made.figures.copy()
    figures.loc[base, ["central", "adding_up"]] = None
    figures.loc[base, "flag"] = "suppressed"
    return replace(made, figures=figures)


def cover(made: ReturnTables) -> Cover:
    """Return what the first sheet of the workbook says."""
    source = made.provenance
    about = [
        *made.cover_lines(),
        "Columns headed with a year alone are the figures of the return, one a cell: medians. Those headed 'adding up' "
        "are the same, rounded so that parts add up and tables agree; 'low' and 'high' are the ends of 80 % intervals.",
    ]
    scenarios = [f"{title} ({name})" for name, title in made.scenarios.itertuples(index=False)]
    how = [
        f"sendneeds {source['version']}, {source['draws']} draws, seed {source['seed']}.",
        *(f"{name}: {source['sources'][name]}" for name in USED if name in source["sources"]),
    ]
    return Cover(
        f"{made.title}: projection tables, {made.area_name}",
        [
            ("Status", _status(made)),
            ("What is counted", about),
            ("Scenarios", scenarios),
            ("How it was made", how),
        ],
    )


def _status(made: ReturnTables) -> list[str]:
    """Return the status of a return, with what its reader may do with it."""
    if "local" not in made.provenance["bases"]:
        return [DRAFT]
    withheld = (made.figures["flag"] == "suppressed").any()
    own = "Rests on the area's own records; "
    return [
        DRAFT,
        own + ("the base year is withheld." if withheld else "check small counts before it is published."),
    ]


def sheets(made: ReturnTables) -> list[Sheet]:
    """Return a sheet a table, and one with the assumptions of each."""
    out = [_sheet(made, number) for number in made.titles]
    rows = made.assumptions[["tables", "assumption"]].values.tolist()
    title = "Assumptions, and the tables that rest on each"
    return [*out, Sheet("Assumptions", title, ["Tables", "Assumption"], rows)]


def _sheet(made: ReturnTables, number: str) -> Sheet:
    """Return the sheet of one table: the return's own columns first, then those that add up, intervals, scenarios."""
    central = made.table(number)
    years = [int(year) for year in central.columns[1:]]
    names = central["row"].tolist()
    beside: list[tuple[str, str, str]] = [(BASELINE, "adding_up", "{}, adding up")]
    beside += [(BASELINE, end, f"{{}}, {end}") for end in ("low", "high")]
    others = [name for name in made.scenarios["scenario"] if name != BASELINE]
    beside += [(name, "central", f"{{}}, {name}") for name in others]
    gone = made.figures[made.figures["flag"] == "suppressed"]
    withheld = set(gone[made.time])
    columns = [Column(made.corner), Column(f"{made.heading(years[0])} ({made.base})", 0)]
    columns += [Column(made.heading(year), 0) for year in years[1:]]
    cells: list[list[Any]] = [
        [name, *_shown(central, row, years, withheld)] for row, name in enumerate(names)
    ]
    for scenario, figure, heading in beside:
        table = made.table(number, scenario, figure)
        for year in years[1:]:
            columns.append(Column(heading.format(made.heading(year)), 0))
            for row, cell in enumerate(cells):
                cell.append(_shown(table, row, [year])[0])
    notes = made.notes[made.notes["table"] == number]
    of_rows = {
        row: tuple(notes.loc[notes["row"] == name, "note"])
        for row, name in enumerate(names)
        if (notes["row"] == name).any()
    }
    return Sheet(
        number.replace(".", "_"),
        made.titles[number],
        columns,
        cells,
        about=(f"{made.area_name}. {made.about(number)}",),
        notes=tuple(notes.loc[notes["row"] == "", "note"]),
        row_notes=of_rows,
    )


def _shown(table: pd.DataFrame, row: int, years: list[int], withheld: Collection[int] = ()) -> list[Any]:
    """Return the cells of a row for some years, a symbol where nobody publishes it or where it is withheld."""
    import pandas as pd

    values = {year: table[year].iloc[row] for year in years}
    return [
        float(value)
        if not pd.isna(value)
        else FLAG_SYMBOLS["suppressed" if year in withheld else "unavailable"]
        for year, value in values.items()
    ]
