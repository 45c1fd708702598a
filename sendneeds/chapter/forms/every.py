"""Every other form of a chapter, from its page and its tables."""

from __future__ import annotations

from collections.abc import Mapping

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.forms.word import document_bytes
from sendneeds.chapter.forms.workbook import tables_schema, tables_workbook

WORD, WORKBOOK, SCHEMA = "chapter.docx", "tables.xlsx", "tables/schema.json"


def other_forms(
    chapter: ChapterBuilder, files: Mapping[str, str], drawn: Mapping[str, bytes]
) -> dict[str, str | bytes]:
    """Return the other forms of a chapter by the name of their file.

    Parameters
    ----------
    chapter : ChapterBuilder
    files : mapping of str to str
        The files of the chapter: its page, ``index.html``, and its tables.
    drawn : mapping of str to bytes
        PNG of each chart by its SVG.
    """
    title = f"Special educational needs and disabilities, {chapter.area.name}"
    pictures = {id: drawn[figure.svg] for id, figure in chapter.figures.items() if figure.svg in drawn}
    disclosure = chapter.protected.sentences() if chapter.protected else []
    return {
        WORD: document_bytes(files["index.html"], title, pictures),
        WORKBOOK: tables_workbook(chapter, title, disclosure),
        SCHEMA: tables_schema(chapter, files),
    }
