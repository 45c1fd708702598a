"""Folders of results: written whole or not at all, and never over anything that sendneeds did not write."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sendneeds import __version__
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.working_folders import working_folders

PROVENANCE = "provenance.json"
"""File in every folder of results: how they were computed, and the SHA-256 of each file."""

SETTINGS_SUFFIX = ".toml"
"""Suffix of packs (``area.toml``) and options; no result has it."""

DISPOSABLE = (".DS_Store", "Thumbs.db")
"""Files that file managers leave behind."""

ANOTHER = "Name another folder."


@contextmanager
def whole_folder(out: str | Path, provenance: dict[str, Any], force: bool = False) -> Iterator[Path]:
    """Give a new empty folder that takes the place of `out` when the block ends, and only if it ends well.

    Parameters
    ----------
    out : str or Path
        The folder to write. Results that this function wrote are replaced; see `check_replaceable`.
    provenance : dict
        How the results were computed (area, seed, draws, sources); written as ``provenance.json`` with the version
        and the SHA-256 of each file. No time of day goes in, so the same inputs give the same bytes.
    force : bool
        Replace earlier results even if some of their files were edited.

    Yields
    ------
    Path
        An empty folder beside `out`.

    Raises
    ------
    DomainError
        If `out` may not be replaced, when the block begins or when it ends.

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
    check_replaceable(out, force)
    with working_folders(out) as (part, old):
        part.mkdir()
        yield part
        sealed = {"software": "sendneeds", "version": __version__, **provenance, "files": _hashes(part)}
        sealed = json.loads(_json(sealed))  # as it will be read again, dates as text
        sealed["seal"] = _seal(sealed)
        (part / PROVENANCE).write_text(_json(sealed), encoding="utf-8", newline="\n")
        check_replaceable(out, force)  # again: a file may have come in while the block ran
        _put_in_place(part, old, out)


def check_replaceable(out: str | Path, force: bool = False) -> None:
    """Raise a DomainError unless `out` may be written by `whole_folder`.

    It may be written if it is absent, empty, or holds only files that `whole_folder` wrote. It may not if it is a
    link, the home or working folder, a folder that one of them lies in, or holds a pack, options, or any file or
    folder that `whole_folder` did not write.

    Parameters
    ----------
    out : str or Path
        The folder to be written.
    force : bool
        Pass files that `whole_folder` wrote and that were edited since. Nothing else is passed.

    Raises
    ------
    DomainError
        The message names what would be lost.

    Examples
    --------
    >>> check_replaceable("no-such-folder")
    >>> check_replaceable(".", force=True)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: . is the working folder or holds it, and is never replaced. ...
    """
    path = Path(os.path.abspath(out))
    if path.is_symlink():
        raise DomainError(f"{out} is a link, and is not replaced by a folder. {ANOTHER}")
    if not path.exists():
        return
    if not path.is_dir():
        raise DomainError(f"{out} is a file, and a folder is to be written there. {ANOTHER}")
    for what, kept in _never_replaced().items():
        if any(folder.exists() and path.samefile(folder) for folder in (kept, *kept.parents)):
            raise DomainError(f"{out} is the {what} folder or holds it, and is never replaced. {ANOTHER}")
    files, folders = _contents(path)
    written = _written(path)
    settings = sorted(name for name in {*files, *written} if name.casefold().endswith(SETTINGS_SUFFIX))
    if settings:
        raise DomainError(
            f"{out} holds a pack or options ({_some(settings)}), which are never replaced. "
            "Move them, or name another folder."
        )
    if not files and not folders:
        return
    ours = {*written, *(parent.as_posix() for name in written for parent in Path(name).parents)}
    foreign = [name for name in [*files, *folders] if name not in ours and Path(name).name not in DISPOSABLE]
    if foreign:
        raise DomainError(
            f"{out} holds what sendneeds did not write: {_some(foreign)}. Move it, or name another folder."
        )
    edited = [name for name, sha in written.items() if name in files and _sha(path / name) != sha]
    if edited and not force:
        raise DomainError(
            f"{out} holds results that were edited since: {_some(edited)}. Move them, name another folder, "
            "or replace them with --force (force=True)."
        )


def _put_in_place(part: Path, old: Path, out: Path) -> None:
    """Give `part` the name `out`; what `out` held is deleted last, and put back if the renaming fails."""
    if not out.exists():
        part.rename(out)
        return
    out.rename(old)
    try:
        part.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old)


def _never_replaced() -> dict[str, Path]:
    kept = {"working": Path.cwd()}
    with suppress(RuntimeError):  # a system user without one
        kept["home"] = Path.home()
    return kept


def _contents(folder: Path) -> tuple[list[str], list[str]]:
    """Return the files and the folders under a folder by their paths within it; a link counts as a file."""

    def fail(error: OSError) -> None:
        raise error

    files: list[str] = []
    folders: list[str] = []
    for at, below, names in os.walk(folder, onerror=fail):
        within = Path(at).relative_to(folder)
        for name in below:
            (files if (Path(at) / name).is_symlink() else folders).append((within / name).as_posix())
        files += [(within / name).as_posix() for name in names]
    return sorted(files), sorted(folders)


def _written(folder: Path) -> dict[str, str]:
    """Return the hashes of the files that `whole_folder` wrote; empty if it did not write the folder.

    What is there and is no plain file (a link, a pipe) is left out, since `whole_folder` writes none.
    """
    path = folder / PROVENANCE
    if not _is_plain(path):
        return {}
    try:
        sealed = json.loads(path.read_text(encoding="utf-8"))
        if sealed["software"] != "sendneeds":
            return {}
        files = {str(name): str(sha) for name, sha in sealed["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    seal = sealed.pop("seal", None)
    sealed_as_is = seal is None or seal == _seal(sealed)  # earlier versions wrote none
    files[PROVENANCE] = _sha(path) if sealed_as_is else "edited"
    return {name: sha for name, sha in files.items() if _is_plain(folder / name)}


def _is_plain(path: Path) -> bool:
    """Return whether a path is a plain file or free for one: no folder, link, pipe or device."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return not os.path.lexists(path)


def _hashes(folder: Path) -> dict[str, str]:
    return {name: _sha(folder / name) for name in _contents(folder)[0]}


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _seal(sealed: dict[str, Any]) -> str:
    return hashlib.sha256(_json(sealed).encode()).hexdigest()


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, default=str, ensure_ascii=False) + "\n"


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
