"""The chapter as one HTML page: a template for each section, with tables and figures set in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from markupsafe import Markup

from sendneeds.chapter import words
from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.contents import Contents
from sendneeds.chapter.forms.changes import CITED
from sendneeds.chapter.markup import (
    PLACEHOLDER,
    TEMPLATES,
    html_templates,
    markdown,
    markdown_templates,
    safe_inline,
    table_html,
)
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import tag
from sendneeds.chapter.words import number, show
from sendneeds.foundation.errors import unknown
from sendneeds.foundation.vocabulary import AGES, SERVICES

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
INTERVAL_LEVEL, COMPARISON_LEVEL = 80, 95
"""Level of the intervals of projections, and of those that decide a comparison with England, percent."""

_PLACE = re.compile(f"<p>{PLACEHOLDER}(figure|table):([^{PLACEHOLDER}]+){PLACEHOLDER}</p>")


def render(chapter: ChapterBuilder, contents: Contents, prose: Mapping[str, str]) -> str:
    """Return the chapter as one HTML page.

    Parameters
    ----------
    chapter : ChapterBuilder
        Its records, tables and figures, which templates cite by id.
    contents : Contents
        What the sections found; templates have each of its fields by name.
    prose : mapping of str to str
        Paragraphs that people wrote, by section id, in Markdown; ``{{ n("indicator.id") }}`` becomes the figure.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If a template or a paragraph cites a figure, table or indicator that the chapter does not have.
    """
    context = {
        **_tools(chapter),
        **{field.name: getattr(contents, field.name) for field in fields(contents)},
        "area_name": chapter.area.name,
        "ages": f"{AGES[0]} to {AGES[-1]}",
        "oldest": AGES[-1],
        "interval_level": INTERVAL_LEVEL,
        "comparison_level": COMPARISON_LEVEL,
        "service_names": SERVICES,
        "unwritten": [title for id, title in SECTIONS.items() if id not in prose],
    }
    numbers: dict[str, int] = {}  # figures are numbered in the order of the page
    sections = []
    for place, (id, title) in enumerate(SECTIONS.items(), start=1):
        text = markdown_templates().get_template(f"{id}.md").render(context)
        body = markdown(html=True).render(text)
        body = _PLACE.sub(lambda m: _set_in(chapter, m.group(1), m.group(2), numbers), body)
        written_prose = written(prose[id], chapter) if id in prose else Markup("")
        sections.append(
            {"id": id, "number": place, "title": title, "body": Markup(body), "prose": written_prose}
        )
    page = html_templates().get_template("page.html").render(
        sections=sections,
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),
        front=contents.front,
        area_name=chapter.area.name,
    )  # fmt: skip
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", page)).strip() + "\n"


def written(text: str, chapter: ChapterBuilder) -> Markup:
    """Return paragraphs that people wrote as HTML: no raw HTML, headings under the section's own.

    Raises
    ------
    UnknownNameError
        If the text cites an indicator that the chapter does not have.
    """

    def cite(match: re.Match[str]) -> str:
        return str(safe_inline(show(chapter.records[match.group(1) or match.group(2)])))

    lowered = re.sub(r"^#{1,5}(?= )", "###", text, flags=re.MULTILINE)
    cited = CITED.sub(cite, lowered)
    return Markup(markdown(html=False).render(cited))


def _tools(chapter: ChapterBuilder) -> dict[str, Callable[..., Any]]:
    """Return the functions that a template may call; each takes a record or the id of one."""
    records = chapter.records

    def record(cited: Indicator | str) -> Indicator:
        return cited if isinstance(cited, Indicator) else records[cited]

    def n(cited: Indicator | str, noun: str = "", said: bool = False) -> Markup:
        """Print a figure, then its noun, then its basis unless the sentence has said it."""
        figure = record(cited)
        if not figure.shown:
            return Markup('<span class="gap">{}</span>').format(safe_inline(show(figure)))
        text = Markup('<span class="n">{}</span>').format(safe_inline(show(figure)))
        text += Markup(" ") + safe_inline(noun) if noun else ""
        return text if said else text + tag(figure.basis)

    def span(cited: Indicator | str, level: bool = True) -> Markup:
        """Print the interval of a figure in brackets."""
        figure = record(cited)
        if not figure.shown or figure.interval is None:
            return Markup("")
        low, high = (safe_inline(number(end, figure.unit)) for end in figure.interval)
        kind = f"{figure.level}% interval " if level else ""
        return Markup(' <span class="range">({}{} to {})</span>').format(kind, low, high)

    def ni(cited: Indicator | str, noun: str = "", said: bool = False, level: bool = False) -> Markup:
        """Print a figure with its interval."""
        return n(cited, noun, said) + span(cited, level)

    def gap(cited: Indicator | str) -> Markup:
        figure = record(cited)
        return safe_inline(f"{figure.title}: {words.MISSING}. It would be supplied by {figure.supplied_by}.")

    def has(id: str) -> bool:
        return records.shown(id)

    def set_in(kind: str, known: Mapping[str, object]) -> Callable[[str], Markup]:
        def place(id: str) -> Markup:
            if kind == "figure" and id in chapter.hidden_figures:
                return Markup("\n\nThis chart is left out: nothing in it is available or may be shown.\n\n")
            if id not in known:
                raise unknown(kind, id, known)
            return Markup(f"\n\n{PLACEHOLDER}{kind}:{id}{PLACEHOLDER}\n\n")

        return place

    return {
        "n": n,
        "ni": ni,
        "span": span,
        "gap": gap,
        "has": has,
        "record": record,
        "basis_of": lambda cited: tag(record(cited).basis) if record(cited).shown else Markup(""),
        "low_of": lambda cited: number(record(cited).lower_end, record(cited).unit),
        "high_of": lambda cited: number(record(cited).upper_end, record(cited).unit),
        "figure": set_in("figure", chapter.figures),
        "table": set_in("table", chapter.tables),
        "drawn": lambda id: id in chapter.figures or id in chapter.hidden_figures,
        "tabled": chapter.tables.__contains__,
        "join": words.join,
        "lower": words.lower,
        "capital": lambda text: text[:1].upper() + text[1:],
        "moved": words.moved,
        "change": words.change,
    }


def _set_in(chapter: ChapterBuilder, kind: str, id: str, numbers: dict[str, int]) -> str:
    """Return the HTML of a table, or of a figure with its number."""
    if kind == "table":
        table = chapter.tables[id]
        return html_templates().get_template("table.html").render(table=table, html=table_html(table))
    figure = chapter.figures[id]
    data = base64.b64encode(figure.svg.encode("utf-8")).decode("ascii")
    place = numbers.setdefault(id, len(numbers) + 1)
    return html_templates().get_template("figure.html").render(
        figure=figure,
        place=place,
        image=f"data:image/svg+xml;base64,{data}",  # in the page, so that the page may travel alone
        tag=tag(figure.basis),
        html=table_html(figure.table, place),
    )  # fmt: skip
