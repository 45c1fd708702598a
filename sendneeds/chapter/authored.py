"""Sections that an author has written anew: Markdown in a folder, rendered where no Python can be reached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendneeds.chapter.authored_faults import template_faults
from sendneeds.chapter.markup import TEMPLATES, markdown_templates, safe_inline
from sendneeds.foundation.errors import DomainError, FaultsError, unknown

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

LARGEST = 200_000
"""Bytes of one template; a folder may come by e-mail."""

Render = Callable[[str, Mapping[str, Any]], str]
"""Returns the Markdown of a section, by its id, from what the templates may cite."""


def check_templates(
    folder: str | Path,
    sections: Collection[str],
    names: Collection[str],
    fields: Mapping[str, Collection[str]],
) -> None:
    """Raise what is wrong with an author's folder, every fault with its file and line, and nothing rendered.

    Parameters
    ----------
    folder : str or Path
    sections : collection of str
        Ids of sections.
    names, fields
        As in `sendneeds.chapter.authored_faults.template_faults`.

    Raises
    ------
    FaultsError
        If a template cites what the chapter does not have, reaches out of the sandbox or is no template.
    DomainError, UnknownNameError
        As `section_renderer`.
    """
    sandbox = _sandbox(at := Path(folder))
    files = _templates_of(at, sections)
    faults = [fault for path in files for fault in template_faults(path, sandbox, names, fields)]
    if faults:
        raise FaultsError(f"{folder} cannot be used", faults)


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
    from jinja2 import TemplateError

    at = Path(folder)
    _templates_of(at, sections)
    sandbox = _sandbox(at)

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


def _templates_of(folder: Path, sections: Collection[str]) -> list[Path]:
    """Return the templates of a folder; raise where there is none, or one that may not be."""
    if not folder.is_dir():
        raise DomainError(
            f"{folder}: there is no such folder. Name one with Markdown files, such as summary.md."
        )
    files = sorted(path for path in folder.iterdir() if path.suffix == ".md")
    if not files:
        raise DomainError(f"{folder} holds no template. Name each after a section: {', '.join(sections)}.")
    for path in files:
        if path.stem not in sections:
            raise unknown("section", path.stem, sections)
        if path.is_symlink() or path.stat().st_size > LARGEST:
            raise DomainError(f"{path}: a template is a file of up to {LARGEST:,} bytes, and no link.")
    return files


def _sandbox(folder: Path) -> SandboxedEnvironment:
    """Return the environment of an author's templates: theirs, then those that ship."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader([folder, TEMPLATES], encoding="utf-8-sig"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=safe_inline,
    )
