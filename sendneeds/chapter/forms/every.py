"""Every other form of a chapter, from its page and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.forms.changes import changes_page, changes_since
from sendneeds.chapter.forms.earlier import Earlier, sentences
from sendneeds.chapter.forms.easy_read import easy_page, easy_read, pages
from sendneeds.chapter.forms.word import document_bytes
from sendneeds.chapter.forms.workbook import tables_schema, tables_workbook
from sendneeds.chapter.page import SECTIONS
from sendneeds.foundation.errors import DomainError

WORD, WORKBOOK, SCHEMA, EASY = "chapter.docx", "tables.xlsx", "tables/schema.json", "easy-read.html"
MOST_PAGES = 20
"""Printed pages of easy read at 16 point."""


def changed(
    earlier: Earlier, chapter: ChapterBuilder, page: str, prose: Mapping[str, str], about: Mapping[str, Any]
) -> str:
    """Return the page of what has changed since an earlier chapter."""
    found = changes_since(earlier, chapter.records, sentences(page), prose, about)
    old = earlier.provenance
    since = f"with seed {old['seed']}, {old['draws']} draws and sendneeds {old['version']}"
    protected = chapter.protected
    says = protected.sentences() if protected else []
    marked = bool(protected and not protected.may_be_published)
    return changes_page(found, chapter.area.name, since, says, marked, SECTIONS)


def other_forms(
    chapter: ChapterBuilder, files: Mapping[str, str], prose: Mapping[str, str]
) -> dict[str, str | bytes]:
    """Return the other forms of a chapter by the name of their file.

    Parameters
    ----------
    chapter : ChapterBuilder
    files : mapping of str to str
        The files of the chapter: its page, ``index.html``, and its tables.
    prose : mapping of str to str
        Paragraphs that people wrote, by section.

    Raises
    ------
    DomainError
        If a sentence of easy read does not pass its lint, or it is longer than `MOST_PAGES`.
    """
    title = f"Special educational needs and disabilities, {chapter.area.name}"
    pictures = {id: figure.picture for id, figure in chapter.figures.items()}
    disclosure = chapter.protected.sentences() if chapter.protected else []
    marked = bool(chapter.protected and not chapter.protected.may_be_published)
    parts = easy_read(chapter, prose)
    if pages(parts) > MOST_PAGES:
        raise DomainError(
            f"easy read takes {pages(parts)} pages; allowed: {MOST_PAGES}. Shorten prose/easy-read.md."
        )
    return {
        EASY: easy_page(parts, chapter.area.name, disclosure, marked),
        WORD: document_bytes(files["index.html"], title, pictures),
        WORKBOOK: tables_workbook(chapter, title, disclosure),
        SCHEMA: tables_schema(chapter, files),
    }
