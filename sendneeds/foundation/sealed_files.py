"""Files that carry the SHA-256 of their content at their end, so that damage is noticed before they are opened."""

from __future__ import annotations

import hashlib
from pathlib import Path

SEAL = b"sendneeds sha256 "


def seal(path: Path) -> None:
    """Add the SHA-256 of a file at its end, where NetCDF readers do not look.

    The library under NetCDF can hang on a file that is damaged within, so damage has to be noticed before it is opened.
    """
    digest = _digest(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(SEAL + digest)


def is_as_sealed(path: Path) -> bool | None:
    """Return whether a file is as it was saved; None if it has no seal."""
    length = len(SEAL) + 64
    size = path.stat().st_size - length
    if size < 0 or not path.is_file():
        return None
    with path.open("rb") as file:
        file.seek(size)
        end = file.read(length)
    return _digest(path, size) == end[len(SEAL) :] if end.startswith(SEAL) else None


def _digest(path: Path, size: int) -> bytes:
    """Return the SHA-256, in hexadecimal, of the first `size` bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0:
            block = file.read(min(size, 2**20))
            digest.update(block)
            size -= len(block) or size
    return digest.hexdigest().encode()
