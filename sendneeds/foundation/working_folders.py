"""Working folders beside a folder of results: no two runs share one, and the next clears up after one killed.

Beside ``results`` stand, while it is written, ``.results.part-TOKEN`` (what is being written), ``.results.old-TOKEN``
(what was there, for the moment between two renames) and ``.results.lock-TOKEN``, a file that the run keeps locked. The
operating system lets go of the lock when a process ends, however it ends, so a lock that can be had marks leftovers.
Process numbers would not do: in containers every run may be number 1.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

LOCK = re.compile(r"\.(?P<name>.+)\.lock-(?P<token>[0-9a-f]{16})")


@contextmanager
def working_folders(out: Path) -> Iterator[tuple[Path, Path]]:
    """Give the paths of the two working folders of a run that writes `out`; neither is made here.

    Leftovers of killed runs in the same folder are cleared up first: what was being written is deleted, and what a
    kill between two renames left without its name gets it back.

    Parameters
    ----------
    out : Path

    Yields
    ------
    part, old : Path
        Deleted when the block ends, if they are there.

    Examples
    --------
    >>> import tempfile
    >>> with working_folders(Path(tempfile.mkdtemp()) / "results") as (part, old):
    ...     part.name[:14], old.name[:13]
    ('.results.part-', '.results.old-')
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(out.parent)
    lock, part, old = _names(out, secrets.token_hex(8))
    try:
        with lock.open("w") as held:
            _try_lock(
                held
            )  # on a disk without locks the leftovers of this run stay, and nothing else is lost
            try:
                yield part, old
            finally:
                shutil.rmtree(part, ignore_errors=True)
    finally:
        with suppress(OSError):
            lock.unlink()


def clear_leftovers(folder: Path) -> None:
    """Clear up in a folder what killed runs left there.

    Parameters
    ----------
    folder : Path

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / ".results.old-0123456789abcdef").mkdir()
    >>> (folder / ".results.lock-0123456789abcdef").touch()
    >>> clear_leftovers(folder)
    >>> [path.name for path in folder.iterdir()]
    ['results']
    """
    for lock in sorted(folder.glob(".*.lock-*")):
        match = LOCK.fullmatch(lock.name)
        if not match or not lock.is_file() or lock.is_symlink():
            continue
        out = folder / match["name"]
        _, part, old = _names(out, match["token"])
        with suppress(OSError):
            with lock.open("r+") as held:
                if not _try_lock(held):
                    continue  # its run is at work
                shutil.rmtree(part, ignore_errors=True)
                if old.is_dir() and not os.path.lexists(out):
                    old.rename(out)
                shutil.rmtree(old, ignore_errors=True)
            lock.unlink()


def _names(out: Path, token: str) -> tuple[Path, Path, Path]:
    lock, part, old = (out.with_name(f".{out.name}.{kind}-{token}") for kind in ("lock", "part", "old"))
    return lock, part, old


def _try_lock(held: IO[str]) -> bool:
    """Lock a file until it is closed; return whether that could be done at once."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
