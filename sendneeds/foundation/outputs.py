"""The one way out: every file that the package writes for a reader passes `write_output`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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

    def __post_init__(self) -> None:
        for word in sorted(self.words - set(BASES)):
            raise unknown("basis", word, BASES)

    @property
    def is_open(self) -> bool:
        """Whether nothing it rests on is an area's own unpublished record."""
        return "local" not in self.words


NO_FIGURES = Basis()
"""Of what holds no figure: templates, settings."""
LOCAL_RECORDS = Basis(frozenset({"local"}))
"""Of what an area's own services recorded."""


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
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_output(folder, "tables/plans.csv", "year,plans\n", Basis(frozenset({"published"}))).read_bytes()
    b'year,plans\n'
    """
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
