"""Build the chapter: fill every section from an area and a run, pass the gate, render, write whole or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.page import SECTIONS, render
from sendneeds.chapter.records import OPEN_BASES
from sendneeds.chapter.sections.ehc import clock
from sendneeds.chapter.sections.ehc import process as ehc
from sendneeds.chapter.sections.health import lists_now as health
from sendneeds.chapter.sections.need import (
    causes,
    expected,
    families,
    level,
    projection,
    residence,
    track_record,
)
from sendneeds.chapter.sections.options import compared as options
from sendneeds.chapter.sections.provision import care, places
from sendneeds.chapter.sections.summary import front, questions, register
from sendneeds.chapter.tables import plain
from sendneeds.foundation.csv_text import escape_formula
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import check_replaceable, whole_folder

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run import RunResult

MOST_PROSE = 200_000
"""Characters of one file of prose; a pack may come by e-mail."""


COUNTED = (
    "population",
    "pupils",
    "ehc_plans",
    "ehc_flow",
    "ehc_timeliness",
    "sen_pupils",
    "waiting_list",
    "referrals",
)
"""Tables that count children or young people, of which a chapter may show small counts."""


def build_chapter(area: Area, result: RunResult, out: str | Path, *, force: bool = False) -> Path:
    """Write the JSNA chapter of an area as a folder, whole or not at all.

    Parameters
    ----------
    area : Area
    result : RunResult
        A run of `area`: `sendneeds.run`.
    out : str or Path
        The folder to write. A chapter that stands there is replaced; a folder with anything that sendneeds did
        not write is refused, and so is a pack.
    force : bool
        Replace the chapter even if its files were edited.

    Returns
    -------
    Path
        The folder: ``index.html``, ``figures/*.svg``, ``tables/*.csv`` and ``provenance.json``.

    Raises
    ------
    DomainError
        If `out` may not be replaced, `result` is a run of another area, or `area` is a country.
    UnknownNameError
        If a paragraph in ``prose/`` cites a figure that the chapter does not have.

    Notes
    -----
    Small counts of published tables are open already and are shown. Small counts of an area's own records are
    not withheld: a chapter that rests on any says at its top that it is not for publication.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> folder = sn.build_chapter(luton, sn.run(luton, draws=20, to=2027), Path(tempfile.mkdtemp()) / "luton")
    >>> sorted(path.name for path in folder.iterdir())
    ['figures', 'index.html', 'provenance.json', 'tables']
    """
    if area.kind != "local_authority":
        raise DomainError(f"{area.name} is what a chapter compares with: build one for a local authority.")
    if result.area.code != area.code:
        raise DomainError(
            f"the run is of {result.area.name} and the area is {area.name}: run the area first."
        )
    out = Path(out)
    check_replaceable(out, force)  # before the work, not after it
    kit = compose(area, result)
    prose = read_prose(area.folder)
    kit.facts["unwritten"] = [title for id, title in SECTIONS.items() if id not in prose]
    kit.facts["unpublished"] = unpublished(area)
    page = render(kit, prose, front.front(kit))
    files = {"index.html": page, "tables/indicators.csv": indicators_csv(kit)}
    files["tables/run_summary.csv"] = result.summary().to_csv(
        index=False, lineterminator="\n", float_format="%.6g"
    )
    files |= {f"tables/{id}.csv": table.csv() for id, table in kit.tables.items()}
    files |= {f"figures/{id}.svg": figure.svg for id, figure in kit.figures.items()}
    need = result.need.provenance
    about = {
        "what": "chapter",
        "area": area.code,
        "area_name": area.name,
        "pack": area.slug,
        "seed": need["seed"],
        "draws": need["draws"],
        "scenarios": [str(s.name) for s in result.scenarios],
        "sources": {name: area.meta[name].source for name in sorted(area.meta)},
    }
    with whole_folder(out, about, force) as folder:
        for name in sorted(files):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(files[name], encoding="utf-8", newline="\n")
    return out


def unpublished(area: Area) -> list[str]:
    """Return the titles of tables that count children and are the area's own records."""
    found = []
    for name in COUNTED:
        if name in area.tables and area.meta[name].basis not in OPEN_BASES:
            rows = area.tables[name]
            if area.meta[name].basis == "local" or (rows["basis"] == "local").any():
                found.append(area.meta[name].title.lower())
    return found


def compose(area: Area, result: RunResult) -> ChapterBuilder:
    """Return every record, table and figure of the chapter of an area."""
    from sendneeds.scenarios.compare import compare

    kit = ChapterBuilder(area, area.england(), result)
    level.fill(kit)
    residence.fill(kit)
    expected.fill(kit)
    projection.fill(kit)
    track_record.fill(kit)
    causes.fill(kit)
    health.fill(kit)
    families.fill(kit)
    ehc.fill(kit)
    clock.fill(kit)
    places.fill(kit)
    care.fill(kit)
    options.fill(kit, compare(result) if kit.facts["services"] else None)
    questions.fill(kit)
    register.fill_gaps(kit)
    register.fill(kit)
    front.fill(kit)
    return kit


def read_prose(folder: Path | None) -> dict[str, str]:
    """Return the paragraphs that people wrote, by section, from ``prose/<section>.md`` in a pack."""
    if folder is None:
        return {}
    found = {}
    for id in SECTIONS:
        path = folder / "prose" / f"{id}.md"
        if path.is_file() and not path.is_symlink():
            found[id] = path.read_text(encoding="utf-8-sig")[:MOST_PROSE]
    return found


def indicators_csv(kit: ChapterBuilder) -> str:
    """Return every record of the chapter as CSV, one a line, sorted by id."""
    buffer = io.StringIO()
    lines = kit.book.rows()
    writer = csv.DictWriter(buffer, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow(
            {
                k: escape_formula(v) if isinstance(v, str) else plain(v) if isinstance(v, float) else v
                for k, v in line.items()
            }
        )
    return buffer.getvalue()
