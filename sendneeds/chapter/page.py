"""Templates to one HTML page: Markdown with Jinja2, data escaped, tables and figures set in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sendneeds.chapter import words
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.tables import NOTES, Cell, Table, cell_html, tag
from sendneeds.chapter.words import number, show
from sendneeds.foundation.errors import unknown

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt

TEMPLATES = Path(__file__).parent / "templates"

SECTIONS = {
    "summary": "Summary",
    "scope": "What this chapter covers",
    "population": "Population",
    "level": "Level of need",
    "asd": "Autism",
    "semh": "Social, emotional and mental health",
    "slcn": "Speech, language and communication",
    "ehc": "The education, health and care process",
    "places": "Provision and sufficiency",
    "health": "Health services and waiting lists",
    "care": "Social care, equipment and care at home",
    "projection": "Projected need",
    "options": "Options compared",
    "gaps": "What is not available locally",
    "methods": "Methods",
    "assumptions": "Assumptions register",
    "findings": "Findings about the data",
    "sources": "Sources",
    "glossary": "Glossary",
}
"""Sections by id, in order; each has a template of that name."""

_PLACE = re.compile("<p>\ue000(figure|table):([^\ue000]+)\ue000</p>")
_MARKS = re.compile(r"(?<!&)[\\`*_{}\[\]()#+\-.!|~]")


def safe_inline(value: object) -> Markup:
    """Return text from data such that neither HTML nor Markdown reads a sign in it.

    Examples
    --------
    >>> print(safe_inline("<b> *x*"))
    &lt;b&gt; &#42;x&#42;
    """
    if isinstance(value, Markup):
        return value
    text = " ".join(str(value).replace("\ue000", "").split())
    # as character references the signs are plain text both in Markdown and inside a block of HTML
    return Markup(_MARKS.sub(lambda m: f"&#{ord(m.group())};", str(escape(text))))


@cache
def _environments() -> tuple[Environment, Environment]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    common: dict[str, Any] = {
        "autoescape": True,
        "undefined": StrictUndefined,  # a name that nothing defines is an error, never an empty sentence
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": True,
    }
    loader = FileSystemLoader(TEMPLATES, encoding="utf-8")
    return Environment(loader=loader, finalize=safe_inline, **common), Environment(loader=loader, **common)


@cache
def _markdown(html: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": html}).enable("table")


def render(kit: ChapterBuilder, prose: Mapping[str, str], front: Mapping[str, Any]) -> str:
    """Return the chapter as one HTML page.

    Parameters
    ----------
    kit : ChapterBuilder
        Filled by the sections.
    prose : mapping of str to str
        Paragraphs that people wrote, by section id, in Markdown; ``[[indicator.id]]`` becomes the figure.
    front : mapping
        ``title`` and the rows of the front matter.

    Returns
    -------
    str
    """
    marks, plain = _environments()
    tools = _tools(kit)
    sections = []
    places: dict[str, int] = {}  # figures are numbered as they come in the page
    for place, (id, title) in enumerate(SECTIONS.items(), start=1):
        text = marks.get_template(f"{id}.md").render(**tools, **kit.facts)
        body = _markdown(html=True).render(text)
        body = _PLACE.sub(lambda m: _set_in(kit, m.group(1), m.group(2), places), body)
        sections.append(
            {"id": id, "number": place, "title": title, "body": Markup(body),
             "prose": written(prose[id], kit) if id in prose else Markup("")}
        )  # fmt: skip
    page = plain.get_template("page.html").render(
        sections=sections,
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        front=front,
        **kit.facts,
    )
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", page)).strip() + "\n"


def written(text: str, kit: ChapterBuilder) -> Markup:
    """Return paragraphs that people wrote as HTML: no raw HTML, headings under the section's own.

    Raises
    ------
    UnknownNameError
        If the text cites an indicator that the chapter does not have.
    """

    def cite(match: re.Match[str]) -> str:
        return str(safe_inline(show(kit.book[match.group(1)])))

    lowered = re.sub(r"^#{1,5}(?= )", "###", text, flags=re.MULTILINE)
    cited = re.sub(r"\[\[([^\[\]\n]+)\]\]", cite, lowered)
    return Markup(_markdown(html=False).render(cited))


def _tools(kit: ChapterBuilder) -> dict[str, Callable[..., Any]]:
    """Return the functions that a template may call."""
    book = kit.book

    def n(id: str, noun: str = "", said: bool = False) -> Markup:
        """Print a figure, then its noun, then its basis unless the sentence has said it."""
        record = book[id]
        if not record.shown:
            return Markup('<span class="gap">{}</span>').format(safe_inline(show(record)))
        text = Markup('<span class="n">{}</span>').format(safe_inline(show(record)))
        text += Markup(" ") + safe_inline(noun) if noun else ""
        return text if said else text + tag(record.basis)

    def span(id: str, level: bool = True) -> Markup:
        """Print the interval of a figure in brackets."""
        record = book[id]
        if not record.shown or record.interval is None:
            return Markup("")
        low, high = (safe_inline(number(end, record.unit)) for end in record.interval)
        kind = f"{record.level}% interval " if level else ""
        return Markup(' <span class="range">({}{} to {})</span>').format(kind, low, high)

    def ni(id: str, noun: str = "", said: bool = False, level: bool = False) -> Markup:
        """Print a figure with its interval."""
        return n(id, noun, said) + span(id, level)

    def gap(id: str) -> Markup:
        record = book[id]
        return safe_inline(f"{record.title}: {words.MISSING}. It would be supplied by {record.supplied_by}.")

    def place(kind: str, known: Mapping[str, object]) -> Callable[[str], Markup]:
        def put(id: str) -> Markup:
            if id in kit.withheld and kind == "figure":
                return Markup("\n\nThis chart is left out: nothing in it is available or may be shown.\n\n")
            if id not in known:
                raise unknown(kind, id, known)
            return Markup(f"\n\n\ue000{kind}:{id}\ue000\n\n")

        return put

    return {
        "n": n,
        "ni": ni,
        "span": span,
        "gap": gap,
        "basis_of": lambda id: tag(book[id].basis) if book.shown(id) else Markup(""),
        "has": book.shown,
        "lacks": lambda id: id in book and book[id].state == "missing",
        "val": lambda id: book[id].value,
        "low_of": lambda id: number(book[id].lower_end, book[id].unit),
        "high_of": lambda id: number(book[id].upper_end, book[id].unit),
        "record": book.__getitem__,
        "figure": place("figure", kit.figures),
        "table": place("table", kit.tables),
        "drawn": lambda id: id in kit.figures or id in kit.withheld,
        "tabled": kit.tables.__contains__,
        "join": words.join,
        "lower": words.lower,
        "capital": lambda text: text[:1].upper() + text[1:],
        "moved": words.moved,
        "change": words.change,
        "likelihood": words.likelihood,
    }


def _set_in(kit: ChapterBuilder, kind: str, id: str, places: dict[str, int]) -> str:
    plain = _environments()[1]
    if kind == "table":
        return plain.get_template("table.html").render(table=kit.tables[id], html=table_html(kit.tables[id]))
    figure = kit.figures[id]
    data = base64.b64encode(figure.svg.encode("utf-8")).decode("ascii")
    place = places.setdefault(id, len(places) + 1)
    return plain.get_template("figure.html").render(
        figure=figure,
        place=place,
        image=f"data:image/svg+xml;base64,{data}",  # in the page, so that the page may travel alone
        tag=tag(figure.basis),
        html=table_html(figure.table, place),
    )


def shared(cells: Sequence[Cell]) -> str | None:
    """Return the one basis of all figures among `cells`, empty where there is none, or None where they differ."""
    bases = {cell.basis for cell in cells if not isinstance(cell, str) and cell.shown}
    return None if len(bases) > 1 else "".join(bases)


def table_html(table: Table, place: int = 0) -> Markup:
    """Return a table as HTML in a region that scrolls and takes focus; a basis is said beside each number.

    Parameters
    ----------
    table : Table
    place : int
        Number of the figure that the table belongs to; 0 for a table in the page.
    """
    # a basis that the whole table, a column or a row shares is said once there; else beside each number
    whole = shared(table.records())
    columns = [shared([cells[j] for _, cells in table.rows]) for j in range(len(table.head) - 1)]
    across = [shared(cells) for _, cells in table.rows]
    by_column = whole is None and None not in columns
    by_row = whole is None and not by_column and None not in across
    loose = whole is None and not by_column and not by_row
    return Markup(
        _environments()[1]
        .get_template("cells.html")
        .render(
            table=table,
            region=f"Table for figure {place}" if place else table.title,
            note=" ".join(
                [table.note, *(NOTES[s] for s in NOTES if s in {r.state for r in table.records()})]
            ).strip(),
            rows=[
                (
                    name,
                    tag(across[i] or "") if by_row else "",
                    [cell_html(cell, loose, table.ranges) for cell in cells],
                )
                for i, (name, cells) in enumerate(table.rows)
            ],
            column_tags=[tag(basis or "") if by_column else "" for basis in columns],
            numeric=[
                all(not isinstance(cells[j], str) or cells[j] == "" for _, cells in table.rows)
                for j in range(len(table.head) - 1)
            ],
            tag=tag(whole or ""),
        )
    )
