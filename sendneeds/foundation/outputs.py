"""The one way out: every file that the package writes for a reader passes `write_output`."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sendneeds.foundation.errors import DomainError, unknown
from sendneeds.foundation.vocabulary import BASES

Content = str | bytes | Callable[[Path], object]
"""Text (written as UTF-8), bytes, or a function that writes the file at the path it is given."""


@dataclass(frozen=True)
class Basis:
    """What an output rests on.

    Parameters
    ----------
    words : frozenset of str
        Words of `vocabulary.BASES`, those of every figure it was made from; none where it holds no figure.
    statement : mapping, optional
        What disclosure control says of it: the profile, and whether it ``may_be_published``.

    Raises
    ------
    UnknownNameError
        If a word is not one of them.

    Examples
    --------
    >>> Basis(frozenset({"published", "scaled"})).is_open
    True
    >>> Basis(frozenset({"published", "local"})).is_open
    False
    """

    words: frozenset[str] = frozenset()
    statement: Mapping[str, Any] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for word in sorted(self.words - set(BASES)):
            raise unknown("basis", word, BASES)

    @property
    def is_open(self) -> bool:
        """Whether nothing it rests on is an area's own unpublished record."""
        return "local" not in self.words

    @property
    def may_be_published(self) -> bool:
        """Whether it rests on published figures alone, or disclosure control has withheld what it must."""
        return self.is_open or bool(self.statement and self.statement["may_be_published"])

    def cleared_by(self, statement: Mapping[str, Any]) -> Basis:
        """Return the basis with what disclosure control says of the output."""
        return replace(self, statement=statement)


INTERNAL: Mapping[str, Any] = {"profile": "internal", "may_be_published": False}
"""What is said of an output in which nothing is withheld."""
MARK = "not for publication"
"""What every document says in which nothing is withheld and something ought to be, in capitals or not."""
MARKED = (".html", ".txt", ".md")
"""Kinds of document that say so themselves; data say it in the ``provenance.json`` beside them, or in attributes."""
NO_FIGURES = Basis()
"""Of what holds no figure: templates, settings."""
LOCAL_RECORDS = Basis(frozenset({"local"}), INTERNAL)
"""Of what an area's own services recorded, as they recorded it: an input, which leaves no partnership."""


def write_output(folder: Path, name: str, content: Content, basis: Basis) -> Path:
    r"""Write one file, whole or not at all.

    Parameters
    ----------
    folder : Path
        A folder that is there.
    name : str
        The file's name in it, ``tables/places.csv``; folders in the name are made.
    content : str, bytes or callable
        Text (written as UTF-8, its line ends as they are), bytes, or a function that writes the file at the path
        it is given.
    basis : Basis
        What the content rests on. Every caller states it, so that what may leave is decided here and nowhere else.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainError
        If the file cannot be written, if it rests on an area's own records and disclosure control has not said what of
        it may be shown, or if it is a document that may not be published and does not say so.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_output(folder, "tables/plans.csv", "year,plans\n", Basis(frozenset({"published"}))).read_bytes()
    b'year,plans\n'
    """
    _gate(name, content, basis)
    path = folder / name
    part = path.with_name(f"{path.name}.part-{os.getpid()}")
    try:
        if path.parent != folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(part)
        else:
            part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(part, path)
    except OSError as error:
        raise DomainError(
            f"{path}: cannot be written ({error.strerror or error}). Give a file in a folder that is there."
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return path


def _gate(name: str, content: Content, basis: Basis) -> None:
    """Refuse what may not leave as it is."""
    if basis.may_be_published:
        return
    if basis.statement is None:
        raise DomainError(
            f"{name} rests on an area's own records and nothing says what of them may be shown. Give its basis "
            "what disclosure control says: Basis.cleared_by."
        )
    if name.endswith(MARKED) and isinstance(content, str) and MARK not in content.lower():
        raise DomainError(f"{name} may not be published and does not say so. It has to say: {MARK}.")
