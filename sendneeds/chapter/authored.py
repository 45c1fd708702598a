"""Sections that an author has written anew: Markdown in a folder, rendered where no Python can be reached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from sendneeds.chapter.markup import TEMPLATES, markdown_templates, safe_inline
from sendneeds.foundation.errors import DomainError, unknown

LARGEST = 200_000
"""Bytes of one template; a folder may come by e-mail."""

Render = Callable[[str, Mapping[str, Any]], str]
"""Returns the Markdown of a section, by its id, from what the templates may cite."""


def section_renderer(folder: str | Path | None, sections: Collection[str]) -> Render:
    """Return the function that renders sections: from an author's folder where it has one, else as shipped.

    Parameters
    ----------
    folder : str or Path, optional
        With ``<section>.md`` for each section written anew.
    sections : collection of str
        Ids of sections.

    Raises
    ------
    DomainError
        If there is no such folder, or it holds no template or one that is too long.
    UnknownNameError
        If a template is named as no section.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "voice.md").write_text("{{ name }} asked.", encoding="utf-8")
    >>> section_renderer(folder, ["voice"])("voice", {"name": "*Bedford*"})
    '&#42;Bedford&#42; asked.'
    """
    if folder is None:
        shipped = markdown_templates()
        return lambda id, context: shipped.get_template(f"{id}.md").render(context)
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    at = Path(folder)
    if not at.is_dir():
        raise DomainError(
            f"{folder}: there is no such folder. Name one with Markdown files, such as summary.md."
        )
    files = sorted(path for path in at.iterdir() if path.suffix == ".md")
    if not files:
        raise DomainError(f"{folder} holds no template. Name each after a section: {', '.join(sections)}.")
    for path in files:
        if path.stem not in sections:
            raise unknown("section", path.stem, sections)
        if path.is_symlink() or path.stat().st_size > LARGEST:
            raise DomainError(f"{path}: a template is a file of up to {LARGEST:,} bytes, and no link.")
    sandbox = SandboxedEnvironment(
        loader=FileSystemLoader([at, TEMPLATES], encoding="utf-8-sig"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=safe_inline,
    )

    def render(id: str, context: Mapping[str, Any]) -> str:
        try:
            return sandbox.get_template(f"{id}.md").render(context)
        except (
            TemplateError
        ) as error:  # a name that nothing defines, a slip of syntax, a step out of the sandbox
            line = getattr(error, "lineno", None)
            where = f"{at / f'{id}.md'}{f', line {line}' if line else ''}"
            raise DomainError(f"{where}: {error}. The shipped templates show what may be cited.") from None

    return render
