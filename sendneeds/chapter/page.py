"""The chapter, its annex and the board page as HTML: a template for each section, with tables and figures set in."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sendneeds.chapter import words
from sendneeds.chapter.authored import section_renderer
from sendneeds.chapter.builder import ChapterBuilder, is_scaled
from sendneeds.chapter.contents import Contents
from sendneeds.chapter.forms.changes import CITED
from sendneeds.chapter.marks import anchor_terms, link_terms, mark_bases, term_id, terms_of
from sendneeds.chapter.markup import (
    PLACEHOLDER,
    TEMPLATES,
    html_templates,
    markdown,
    safe_inline,
    table_html,
)
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.board.board import Board, local_share
from sendneeds.chapter.sections.board.messages import goes_on
from sendneeds.chapter.sections.need.like_areas import SCHOOL_AGES
from sendneeds.chapter.tables import tag
from sendneeds.chapter.words import number, show
from sendneeds.foundation.errors import unknown
from sendneeds.foundation.vocabulary import AGES, SERVICES

BODY = {
    "summary": "Summary",
    "scope": "Definitions, scope and sources",
    "risk": "Who is at risk, and why it matters",
    "population": "Population",
    "level": "Level of need",
    "needs": "Families of need",
    "ehc": "The education, health and care process",
    "places": "Provision and sufficiency",
    "health": "Health services",
    "care": "Social care, short breaks and transition",
    "outcomes": "Outcomes",
    "voice": "Voice",
    "spend": "Spend by funder and what works",
    "projection": "Projected need and options compared",
    "priorities": "Priorities and actions",
}
"""Sections of the chapter by id, in order; each has a template of that name."""
ANNEX = {
    "gaps": "What is not available locally",
    "methods": "Methods",
    "record": "How wrong the method has been",
    "detail": "Every other chart and table",
    "assumptions": "Assumptions register",
    "findings": "Findings about the data",
    "sources": "Sources",
    "glossary": "Glossary",
}
"""Sections of the annex."""
SECTIONS = {**BODY, **ANNEX}
CHAPTER_PAGE, ANNEX_PAGE, BOARD_PAGE = "index.html", "annex.html", "board.html"
INTRO = {
    "asd": "Schools and councils record autism as autistic spectrum disorder. A child needs no diagnosis for SEN "
    "support or a plan. These are children whose need has been found.",
    "semh": "Social, emotional and mental health (SEMH) needs include anxiety, low mood, and behaviour that comes from "
    "distress. These are not counts of mental illness.",
    "slcn": "Speech, language and communication needs (SLCN) are a need. Speech and language therapy is a service: "
    "many who need it have another primary need.",
    "physical": "These are physical disability, and hearing, vision and multi-sensory impairment, added up.",
    "learning": "These are moderate, severe, profound and specific learning difficulty, added up.",
}
"""What is said first on the page of each family of need."""
FEW = 3
"""Names listed in a sentence before the rest are counted."""
MOST_INDICATORS = 3
"""Indicators of the partnership that the section on risk names."""
_JOIN = "\ue001"
INTERVAL_LEVEL, COMPARISON_LEVEL = 80, 95
"""Level of the intervals of projections, and of those that decide a comparison with England, percent."""

_PLACE = re.compile(f"<p>{PLACEHOLDER}(figure|table|board):([^{PLACEHOLDER}]+){PLACEHOLDER}</p>")


def render(
    chapter: ChapterBuilder,
    contents: Contents,
    board: Board,
    prose: Mapping[str, str],
    template: str | Path | None = None,
    explorer: str = "",
) -> dict[str, str]:
    """Return the chapter, its annex and the board page as HTML, by the name of the file.

    Parameters
    ----------
    chapter : ChapterBuilder
        Its records, tables and figures, which templates cite by id.
    contents : Contents
        What the sections found; templates have each of its fields by name.
    board : Board
    prose : mapping of str to str
        Paragraphs that people wrote, by section id, in Markdown; ``{{ n("indicator.id") }}`` becomes the figure.
    template : str or Path, optional
        A folder of Markdown with which an author replaces sections.
    explorer : str
        The page beside these on which a reader moves levers; empty where there is none.

    Returns
    -------
    dict of str to str
        ``index.html``, ``annex.html`` and ``board.html``.

    Raises
    ------
    UnknownNameError
        If a template or a paragraph cites a figure, table or indicator that the chapter does not have.
    """
    cited: set[tuple[str, str]] = set()
    told: dict[str, Indicator] = {}
    context = {
        **_tools(chapter, cited, told),
        **{field.name: getattr(contents, field.name) for field in fields(contents)},
        "area_name": chapter.area.name,
        "ages": f"{AGES[0]} to {AGES[-1]}",
        "oldest": AGES[-1],
        "interval_level": INTERVAL_LEVEL,
        "comparison_level": COMPARISON_LEVEL,
        "service_names": SERVICES,
        "named": lambda codes: [words.lower(SERVICES[code]) for code in codes],
        "intro": INTRO,
        "most_indicators": MOST_INDICATORS,
        "school_ages": SCHOOL_AGES,
        "even_low": number(words.EVEN[0], "probability"),
        "even_high": number(words.EVEN[1], "probability"),
        "pace_words": pace(contents),
        "council": "each council" if contents.councils else "the council",
        "scaled": lambda table: is_scaled(chapter.area, table),
        "sections_count": len(SECTIONS),
        "unwritten": [title for id, title in SECTIONS.items() if id not in prose],
    }
    numbers: dict[str, int] = {}  # figures are numbered in the order of the pages

    rendered = section_renderer(template, SECTIONS)
    texts = {id: rendered(id, context) for id in BODY}
    set_in = [
        chapter.figures[id].table if kind == "figure" else chapter.tables[id] for kind, id in sorted(cited)
    ]
    board = replace(
        board, local_share=local_share(chapter, [*told.values(), *(r for t in set_in for r in t.records())])
    )

    def section(id: str, place: str) -> dict[str, Any]:
        text = texts.get(id) or rendered(id, context)
        body = mark_bases(markdown(html=True).render(text))
        body = _PLACE.sub(lambda m: _set_in(chapter, board, m.group(1), m.group(2), numbers), body)
        written_prose = written(prose[id], chapter) if id in prose else Markup("")
        return {"id": id, "number": place, "title": SECTIONS[id], "body": body, "prose": written_prose}

    body = [section(id, str(place)) for place, id in enumerate(BODY, start=1)]
    others = {id: section(id, f"A{place}") for place, id in enumerate(ANNEX, start=1) if id != "detail"}
    under_a_chart = {figure.table.id for figure in chapter.figures.values()}
    # asked for at the end of the page of details, when all others have been cited
    context["rest_figures"] = lambda: [id for id in chapter.figures if ("figure", id) not in cited]
    context["rest_tables"] = lambda: [
        id for id in chapter.tables if ("table", id) not in cited and id not in under_a_chart
    ]
    annex = [
        others[id] if id in others else section(id, f"A{place}") for place, id in enumerate(ANNEX, start=1)
    ]
    terms = terms_of(others["glossary"]["body"])
    others["glossary"]["body"] = anchor_terms(others["glossary"]["body"])
    whole = _JOIN.join(part["body"] for part in body)
    linked = link_terms(whole, {term: f"{ANNEX_PAGE}#{term_id(term)}" for term in terms}).split(_JOIN)
    for part, text in zip(body, linked, strict=True):
        part["body"] = text
    about = {
        "front": contents.front,
        "area_name": chapter.area.name,
        "style": _style(),
        "show": show,
        "explorer": explorer,
    }
    return {
        CHAPTER_PAGE: _page("page.html", sections=_as_markup(body), annex=False, **about),
        ANNEX_PAGE: _page("page.html", sections=_as_markup(annex), annex=True, **about),
        BOARD_PAGE: _page("board.html", board=board, level=2, **about),
    }


def pace(contents: Contents) -> str:
    """Return how projected growth stands to the growth of the years before, in words."""
    found = goes_on(contents.projection.past_pace.number, contents.projection.pace.number)
    return {"about as fast": "about as fast as before", "with a fall": "no longer growth"}.get(
        found, f"{found} than before"
    )


def _page(template: str, **context: Any) -> str:
    text = html_templates().get_template(template).render(**context)
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip() + "\n"


def _style() -> Markup:
    return Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))


def _as_markup(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**section, "body": Markup(section["body"])} for section in sections]


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
    lowered = re.sub(r"!(?=\[[^\]]*\]\()", "", lowered)  # a picture is not fetched: its words stay, as a link
    cited = CITED.sub(cite, lowered)
    return Markup(markdown(html=False).render(cited))


def _tools(
    chapter: ChapterBuilder, cited: set[tuple[str, str]], told: dict[str, Indicator]
) -> dict[str, Callable[..., Any]]:
    """Return the functions that a template may call; each takes a record or the id of one.

    Figures and tables that templates set in are added to `cited`, and figures that they print to `told`.
    """
    records = chapter.records

    def record(cited: Indicator | str) -> Indicator:
        return cited if isinstance(cited, Indicator) else records[cited]

    def n(cited: Indicator | str, noun: str = "", said: bool = False) -> Markup:
        """Print a figure, then its noun; its basis is named at the end of the paragraph, unless a sentence says it."""
        figure = told.setdefault(record(cited).id, record(cited))
        if not figure.shown:
            return Markup('<span class="gap">{}</span>').format(safe_inline(show(figure)))
        basis = "published" if said else figure.basis
        text = Markup('<span class="n" data-basis="{}">{}</span>').format(basis, safe_inline(show(figure)))
        return text + Markup(" ") + safe_inline(noun) if noun else text

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

    def even_words(cited: Indicator | str) -> str:
        chance = record(cited)
        return ": about even" if chance.shown and words.is_even(chance.number) else ""

    def has(id: str) -> bool:
        return records.shown(id)

    def set_in(kind: str, known: Mapping[str, object]) -> Callable[[str], Markup]:
        def place(id: str) -> Markup:
            if kind == "figure" and id in chapter.hidden_figures:
                return Markup("\n\nA chart is left out here: nothing in it is available or may be shown.\n\n")
            if id not in known:
                raise unknown(kind, id, known)
            cited.add((kind, id))
            return Markup(f"\n\n{PLACEHOLDER}{kind}:{id}{PLACEHOLDER}\n\n")

        return place

    return {
        "n": n,
        "ni": ni,
        "span": span,
        "gap": gap,
        "has": has,
        "record": record,
        "even_words": even_words,
        "board": lambda: Markup(f"\n\n{PLACEHOLDER}board:page{PLACEHOLDER}\n\n"),
        "figure": set_in("figure", chapter.figures),
        "table": set_in("table", chapter.tables),
        "drawn": lambda id: id in chapter.figures or id in chapter.hidden_figures,
        "tabled": chapter.tables.__contains__,
        "join": words.join,
        "first": lambda names: words.join(
            names if len(names) <= FEW else [*names[:FEW], f"{len(names) - FEW} more"]
        ),
        "lower": words.lower,
        "day_words": words.day_words,
        "capital": lambda text: text[:1].upper() + text[1:],
        "moved": words.moved,
        "change": words.change,
    }


def _set_in(chapter: ChapterBuilder, board: Board, kind: str, id: str, numbers: dict[str, int]) -> str:
    """Return the HTML of the board page, of a table, or of a figure with its number."""
    if kind == "board":
        return html_templates().get_template("board_parts.html").render(board=board, level=3, show=show)
    if kind == "table":
        table = chapter.tables[id]
        return html_templates().get_template("table.html").render(table=table, html=table_html(table))
    figure = chapter.figures[id]
    place = numbers.setdefault(id, len(numbers) + 1)
    return html_templates().get_template("figure.html").render(
        figure=figure,
        place=place,
        image=_in_page(figure.svg),
        narrow=_in_page(figure.narrow_svg),
        tag=tag(figure.basis),
        html=table_html(figure.table, place),
    )  # fmt: skip


def _in_page(svg: str) -> str:
    """Return a chart as an address that holds it, so that the page may travel alone."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode('utf-8')).decode('ascii')}"
