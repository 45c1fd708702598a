"""Folders of results: written whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sendneeds import __version__
from sendneeds.foundation.errors import DomainError

PROVENANCE = "provenance.json"
"""In every folder of results: what made it, and the SHA-256 of each of its files."""


@contextmanager
def whole_folder(out: str | Path, provenance: dict[str, Any], force: bool = False) -> Iterator[Path]:
    """Give a new empty folder that takes the place of `out` when the block ends, and only if it ends well.

    Parameters
    ----------
    out : str or Path
        The folder to write. If it is there already it is replaced, provided that every file in it is as this
        function left it.
    provenance : dict
        What made the results (area, seed, draws, sources); written as ``provenance.json`` with the version
        and the SHA-256 of each file. No clock goes in, so the same inputs give the same bytes.
    force : bool
        Replace `out` whatever is in it.

    Yields
    ------
    Path
        An empty folder beside `out`.

    Raises
    ------
    DomainError
        If `out` is a file, or holds something that this function did not write.

    Examples
    --------
    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp()) / "results"
    >>> with whole_folder(out, {"seed": 1}) as folder:
    ...     _ = (folder / "table.csv").write_text("year,children", encoding="utf-8")
    >>> sorted(path.name for path in out.iterdir())
    ['provenance.json', 'table.csv']
    """
    out = Path(os.path.abspath(out))
    if not force:
        check_replaceable(out)
    part = out.with_name(f".{out.name}.part-{os.getpid()}")
    old = out.with_name(f".{out.name}.old-{os.getpid()}")
    part.mkdir(parents=True)
    try:
        yield part
        sealed = {"software": "sendneeds", "version": __version__, **provenance, "files": hashes(part)}
        text = json.dumps(sealed, indent=1, sort_keys=True, default=str, ensure_ascii=False) + "\n"
        (part / PROVENANCE).write_text(text, encoding="utf-8", newline="\n")
        if out.exists():
            out.rename(old)
        try:
            part.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    finally:
        for leftover in (part, old):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink(missing_ok=True)


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under `folder` but ``provenance.json``, by its path within it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    by_name = {path.relative_to(folder).as_posix(): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in by_name.items()
        if name != PROVENANCE
    }


def check_replaceable(out: Path) -> None:
    """Raise a DomainError unless `out` is absent, an empty folder, or a folder as `whole_folder` left it."""
    if not out.exists():
        return
    if not out.is_dir():
        raise DomainError(f"{out} is a file, and a folder is to be written there. Name another place.")
    if not any(out.iterdir()):
        return
    try:
        written = json.loads((out / PROVENANCE).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DomainError(
            f"{out} holds files that sendneeds did not write. Name another folder, or force to replace them."
        ) from None
    foreign = sorted(name for name, sha in hashes(out).items() if written.get(name) != sha)
    if foreign:
        shown = ", ".join(foreign[:5]) + (" ..." if len(foreign) > 5 else "")
        raise DomainError(
            f"{out} holds files that sendneeds did not write, or that were changed since: {shown}. "
            "Move them, name another folder, or force to replace them."
        )
