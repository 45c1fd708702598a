"""Build the chapter of an area and a run as a folder, written whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from sendneeds import __version__
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.charts.artist import Artist
from sendneeds.chapter.contents import compose
from sendneeds.chapter.forms.earlier import OWN_COUNTS, inputs_of, read_earlier
from sendneeds.chapter.forms.every import changed, other_forms
from sendneeds.chapter.forms.explorer_page import EXPLORER, explorer_html
from sendneeds.chapter.page import SECTIONS, render
from sendneeds.chapter.records import Indicator, IndicatorRecords
from sendneeds.chapter.sections.board.board import add_board
from sendneeds.chapter.tables import plain
from sendneeds.chapter.template_check import check_template
from sendneeds.evidence.disclosure.protected import ProtectedArea, protect_area
from sendneeds.evidence.disclosure.run_tables import shown_table
from sendneeds.evidence.pack.prose import PROSE, prose_faults
from sendneeds.foundation.csv_text import csv_text, significant, table_csv
from sendneeds.foundation.disclosure.profiles import COUNCIL
from sendneeds.foundation.disclosure.profiles import profile as profile_of
from sendneeds.foundation.errors import DomainError, PackError
from sendneeds.foundation.folders import check_replaceable, whole_folder
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.outputs import write_output

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.run_result import RunResult


def build_chapter(
    area: Area,
    result: RunResult,
    out: str | Path,
    *,
    force: bool = False,
    profile: str = COUNCIL.name,
    since: str | Path | None = None,
    template: str | Path | None = None,
    explorer: int = 0,
) -> Path:
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
    profile : str
        What may be shown of the area's own records, one of `PROFILES`: ``council`` and ``nhs`` withhold
        small counts and what would give them away, ``internal`` withholds nothing and says so on every page.
    since : str or Path, optional
        The folder of an earlier chapter of the area: ``changes.html`` then says what moved. What it showed is known:
        nothing is withheld that it gave away, and no count is shown that differs from it by a few children.

    template : str or Path, optional
        A folder of Markdown files named after sections, ``summary.md``, that replace those that ship. They cite figures
        as ``{{ n("id") }}``, and are rendered in a sandbox.
    explorer : int
        Draws of the settings of ``explorer.html`` (`explorer_page`), at most those of `result`; at 0 it is not written,
        nor where the area has no service of its own on which a lever can be pulled.

    Returns
    -------
    Path
        The folder: ``board.html`` (one page), ``index.html`` (the chapter), ``annex.html``, ``chapter.docx``,
        ``easy-read.html``, ``tables.xlsx``, ``figures/*.svg``, ``tables/*.csv`` with their ``schema.json``,
        ``provenance.json`` and, where asked for, ``changes.html`` and ``explorer.html``.

    Raises
    ------
    DomainError
        If `out` may not be replaced, `result` is a run of another area, `area` is a country, `since` is no chapter of
        it, or the board page is longer than its budget.
    FaultsError
        If a template cites what the chapter does not have: file and line of each.
    UnknownNameError
        If there is no such profile, or a paragraph in ``prose/`` cites a figure that the chapter does not have.

    Notes
    -----
    Small counts of published tables are open already and are shown. Those of an area's own records are withheld, and
    so are further counts, until the sums of all that is shown give none of them away; ``provenance.json`` counts them.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> luton = sn.open_area("luton")
    >>> folder = sn.build_chapter(luton, sn.run(luton, draws=20, to=2027), Path(tempfile.mkdtemp()) / "luton")
    >>> sorted(path.name for path in folder.iterdir())  # doctest: +NORMALIZE_WHITESPACE
    ['annex.html', 'board.html', 'chapter.docx', 'easy-read.html', 'figures', 'index.html', 'provenance.json', 'tables',
    'tables.xlsx']
    """
    kinds(area=(area, "Area"), result=(result, "RunResult"), out=(out, "path"))
    if area.kind == "country":
        raise DomainError(f"{area.name} is what a chapter compares with: build one for a local authority.")
    if result.area.code != area.code:
        raise DomainError(
            f"the run is of {result.area.name} and the area is {area.name}: run the area first."
        )
    out = Path(out)
    check_replaceable(out, force)  # before the work, not after it
    check_template(template)
    prose = read_prose(area.folder)
    earlier = read_earlier(since, area) if since else None
    protected = protect_area(area, profile_of(profile), earlier.own_counts if earlier else None)
    with Artist() as artist:
        chapter = ChapterBuilder(protected.area, area.england(), protected, artist=artist)
        contents = compose(chapter, result)
        board = add_board(chapter, contents)
        summary = shown_table(result.summary(), protected)  # while the charts are drawn
        own = not contents.health.borrowed  # no page of it rests on another area's services
        moved = explorer_html(area, result, protected, explorer) if explorer and own else None
        pages = render(chapter, contents, board, prose, template, EXPLORER if moved else "")
    files: dict[str, str] = {
        **pages,
        "tables/indicators.csv": indicators_csv(chapter.records),
        "tables/run_summary.csv": table_csv(summary, significant(6)),
        **own_counts_csv(protected),
        **{f"tables/{id}.csv": table.csv() for id, table in chapter.tables.items()},
        **{f"figures/{id}.svg": figure.svg for id, figure in chapter.figures.items()},
        **{f"figures/{id}-narrow.svg": figure.narrow_svg for id, figure in chapter.figures.items()},
    }
    need = result.need.provenance
    about = {
        "what": "chapter",
        "version": __version__,
        "area": area.code,
        "area_name": area.name,
        "pack": area.slug,
        "seed": need["seed"],
        "draws": need["draws"],
        "scenarios": [str(s.name) for s in result.scenarios],
        "levers": hashlib.sha256(repr(list(result.scenarios)).encode()).hexdigest(),
        "sources": {name: area.meta[name].source for name in sorted(area.meta)},
        "inputs": inputs_of(protected.area),
        "disclosure": protected.statement(),
    }
    forms = other_forms(chapter, files, prose)
    if earlier is not None:
        forms["changes.html"] = changed(earlier, chapter, files["index.html"], prose, about)
    if moved is not None:
        forms[EXPLORER] = moved
    basis = area.basis.cleared_by(protected.statement())
    with whole_folder(out, about, force) as folder:
        for name, content in sorted({**files, **forms}.items()):
            write_output(folder, name, content, basis)
    return out


def own_counts_csv(protected: ProtectedArea) -> dict[str, str]:
    """Return the file of the area's own counts that may be shown, for a later version; none where all is open."""
    if protected.is_open or not protected.profile.withholds:
        return {}
    rows: list[tuple[str, object]] = list(protected.shown.items())
    rows += [(cell, "[c]") for cell in protected.withheld["cell"]]
    return {OWN_COUNTS: csv_text(["cell", "count"], sorted(rows, key=lambda row: str(row[0])))}


def read_prose(folder: Path | None) -> dict[str, str]:
    """Return the paragraphs that people wrote, by section, from ``prose/<section>.md`` in a pack."""
    if folder is None:
        return {}
    if faults := prose_faults(folder):  # the folder may have changed since it was opened
        raise PackError("The pack's prose cannot be used", faults)
    found = {}
    for id in (*SECTIONS, "easy-read"):
        path = folder / PROSE / f"{id}.md"
        if path.is_file() and not path.is_symlink():
            found[id] = path.read_text(encoding="utf-8-sig")
    return found


def indicators_csv(records: IndicatorRecords) -> str:
    """Return every record as CSV, one a line, sorted by id."""
    head = [field.name for field in fields(Indicator)]
    return csv_text(head, (list(row.values()) for row in records.rows()), plain)
