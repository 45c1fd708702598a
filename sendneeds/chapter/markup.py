"""Text, tables and templates as HTML: data escaped, Markdown rendered, the basis of numbers named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sendneeds.chapter.tables import NOTES, Cell, Table, cell_html, tag

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt

TEMPLATES = Path(__file__).parent / "templates"
PLACEHOLDER = "\ue000"
"""Marks where a figure or table goes in rendered Markdown; a private character, taken out of all data."""

_SIGNS = re.compile(r"(?<!&)[\\`*_{}\[\]()#+\-.!|~]")


def safe_inline(value: object) -> Markup:
    """Return text from data in which neither HTML nor Markdown reads a sign.

    Examples
    --------
    >>> print(safe_inline("<b> *x*"))
    &lt;b&gt; &#42;x&#42;
    """
    if isinstance(value, Markup):
        return value
    text = " ".join(str(value).replace(PLACEHOLDER, "").split())
    # as character references the signs are plain text both in Markdown and inside a block of HTML
    return Markup(_SIGNS.sub(lambda m: f"&#{ord(m.group())};", str(escape(text))))


@cache
def markdown_templates() -> Environment:
    """Return the templates of sections, with data escaped for Markdown."""
    return _environment(finalize=safe_inline)


@cache
def html_templates() -> Environment:
    """Return the templates of the page, with data escaped for HTML."""
    return _environment()


def _environment(**more: Any) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,  # a name that nothing defines is an error, never an empty sentence
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **more,
    )


@cache
def markdown(html: bool) -> MarkdownIt:
    """Return the renderer of Markdown, with or without raw HTML in it."""
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": html}).enable("table")
    return (
        renderer if html else renderer.disable("image")
    )  # nothing that people wrote is fetched from outside


def shared_basis(cells: Sequence[Cell]) -> str | None:
    """Return the one basis of all figures among `cells`, empty where there is none, or None where they differ."""
    bases = {cell.basis for cell in cells if not isinstance(cell, str) and cell.shown}
    return None if len(bases) > 1 else "".join(bases)


def table_html(table: Table, figure: int = 0) -> Markup:
    """Return a table as HTML in a region that scrolls and takes focus, with the basis of its numbers.

    A basis that the whole table shares is named in the caption; else one that every column or every row shares, in
    their headers; else beside each number.

    Parameters
    ----------
    table : Table
    figure : int
        Number of the figure that the table belongs to; 0 for a table of its own.
    """
    whole = shared_basis(table.records())
    columns = [shared_basis([cells[j] for _, cells in table.rows]) for j in range(len(table.head) - 1)]
    across = [shared_basis(cells) for _, cells in table.rows]
    by_column = whole is None and None not in columns
    by_row = whole is None and not by_column and None not in across
    by_cell = whole is None and not by_column and not by_row
    states = {record.state for record in table.records()}
    return Markup(
        html_templates()
        .get_template("cells.html")
        .render(
            table=table,
            region=f"Table for figure {figure}" if figure else table.title,
            note=" ".join([table.note, *(NOTES[state] for state in NOTES if state in states)]).strip(),
            rows=[
                (
                    name,
                    tag(across[i] or "") if by_row else "",
                    [cell_html(cell, by_cell, table.ranges) for cell in cells],
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
