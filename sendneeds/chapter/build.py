"""Build the chapter of an area and a run as a folder, written whole or not at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import compose
from sendneeds.chapter.page import SECTIONS, render
from sendneeds.chapter.records import Indicator, IndicatorRecords
from sendneeds.chapter.tables import plain
from sendneeds.foundation.csv_text import csv_text, significant, table_csv
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import check_replaceable, whole_folder
from sendneeds.foundation.outputs import write_output

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run_result import RunResult

MOST_PROSE = 200_000
"""Characters of one file of prose; a pack may come by e-mail."""


def build_chapter(area: Area, result: RunResult, out: str | Path, *, force: bool = False) -> Path:
    """Write the JSNA chapter of an area as a folder, whole or not at all.

    Parameters
    ----------
    area : Area
    result : RunResult
        A run of `area`: `sendneeds.run`.
    out : str or Path
        The folder to write. A chapter that is there is replaced; a folder with anything that sendneeds did
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
    chapter = ChapterBuilder(area, area.england())
    contents = compose(chapter, result)
    files = {
        "index.html": render(chapter, contents, read_prose(area.folder)),
        "tables/indicators.csv": indicators_csv(chapter.records),
        "tables/run_summary.csv": table_csv(result.summary(), significant(6)),
        **{f"tables/{id}.csv": table.csv() for id, table in chapter.tables.items()},
        **{f"figures/{id}.svg": figure.svg for id, figure in chapter.figures.items()},
    }
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
            write_output(folder, name, files[name], area.basis)
    return out


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


def indicators_csv(records: IndicatorRecords) -> str:
    """Return every record as CSV, one a line, sorted by id."""
    head = [field.name for field in fields(Indicator)]
    return csv_text(head, (list(row.values()) for row in records.rows()), plain)
