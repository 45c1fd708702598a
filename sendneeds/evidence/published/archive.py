"""A zip or folder of a release, read within limits and without unpacking to disk."""

from __future__ import annotations

import datetime as dt
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sendneeds.evidence.checking.limits import MOST_RATIO, MOST_TOTAL, RATIO_FROM
from sendneeds.evidence.published.table_text import unreadable
from sendneeds.foundation.errors import Fault, ReleaseError

MOST_MEMBERS = 2_000
MOST_MEMBER = 512 * 2**20
HEAD = 400
READABLE = (".csv", ".txt")
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, EOFError, OSError),
    *(RuntimeError, ValueError, LookupError, OverflowError),
)
"""Errors that zipfile raises for a damaged archive."""


@dataclass(frozen=True)
class Member:
    """One file of a release: its name without folders, its path, size and modification date."""

    name: str
    path: str
    size: int
    day: dt.date


def _refuse(what: str, found: str, allowed: str, cure: str) -> ReleaseError:
    return ReleaseError(f"{what} cannot be read", [Fault(what, 0, "", found, allowed, cure)])


def _kept(path: str) -> bool:
    """Return whether a file may be a table or its guide; the notes that a Mac packs beside each file are not."""
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    return PurePosixPath(name).suffix.casefold() in READABLE and not name.startswith("._")


def _day(info: zipfile.ZipInfo) -> dt.date:
    try:
        return dt.date(*info.date_time[:3])
    except ValueError:  # an archive can hold an invalid date
        return dt.date(1980, 1, 1)


class Archive:
    """The readable files of a zip or a folder.

    Parameters
    ----------
    path : str or Path
        A zip file, a folder (its files and those one level below), or one CSV file.

    Raises
    ------
    ReleaseError
        The path is none of these, or a limit on size, count or compression ratio is exceeded.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name = self.path.name or str(path)
        try:
            if self.path.is_dir():
                self.members = self._folder()
            elif self.path.is_file() and self.path.suffix.casefold() in READABLE:
                facts = self.path.stat()
                day = dt.date.fromtimestamp(facts.st_mtime)
                self.members = self._checked([Member(self.path.name, "", facts.st_size, day)])
            elif self.path.is_file():
                self.members = self._zip()
            else:
                raise _refuse(self.name, "no such file or folder", "a zip or a folder", "Check the path.")
        except (OSError, ValueError) as error:
            if isinstance(error, ReleaseError):
                raise
            reason = str(getattr(error, "strerror", None) or error)
            raise _refuse(self.name, reason, "a zip or a folder", "Download it again.") from error

    def _folder(self) -> list[Member]:
        found = []
        for path in sorted([*self.path.glob("*"), *self.path.glob("*/*")]):
            if path.is_file() and not path.is_symlink() and _kept(str(path.relative_to(self.path))):
                facts = path.stat()
                day = dt.date.fromtimestamp(facts.st_mtime)
                found.append(Member(path.name, str(path.relative_to(self.path)), facts.st_size, day))
            if len(found) > MOST_MEMBERS:
                raise self._too_many(len(found))
        return self._checked(found)

    def _zip(self) -> list[Member]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                infos = archive.infolist()
        except DAMAGED as error:
            with self.path.open("rb") as file:
                head = file.read(HEAD)
            fault = unreadable(head, self.name)
            if fault and not head.startswith(b"PK"):
                raise ReleaseError(f"{self.name} cannot be read", [fault]) from error
            cure = "Download it again: it may be incomplete."
            raise _refuse(self.name, f"not a zip file ({error})", "a zip as published", cure) from error
        if len(infos) > MOST_MEMBERS:
            raise self._too_many(len(infos))
        for info in infos:
            if info.file_size > RATIO_FROM and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                found = f"{info.filename[:80]!r}: {info.file_size:,} bytes packed into {info.compress_size:,}"
                allowed = f"up to {MOST_RATIO} to one"
                raise _refuse(self.name, found, allowed, "This is not a statistical release: do not open it.")
        keep = [i for i in infos if not i.is_dir() and _kept(i.filename)]
        paths = [i.filename for i in keep]
        if twice := sorted({path for path in paths if paths.count(path) > 1}):
            found = f"more than one file called {', '.join(twice)[:200]}"
            raise _refuse(self.name, found, "each file once", "Download it again, or pack it anew.")
        names = [i.filename.replace("\\", "/").rsplit("/", 1)[-1] for i in keep]
        return self._checked(
            [Member(n, i.filename, i.file_size, _day(i)) for n, i in zip(names, keep, strict=True)]
        )

    def _too_many(self, count: int) -> ReleaseError:
        return _refuse(
            self.name,
            f"{count:,} files",
            f"up to {MOST_MEMBERS:,}",
            "Give a folder or zip with the release only.",
        )

    def _checked(self, members: list[Member]) -> list[Member]:
        total = sum(m.size for m in members)
        if total > MOST_TOTAL or any(m.size > MOST_MEMBER for m in members):
            found = f"{total:,} bytes unpacked"
            allowed = f"up to {MOST_TOTAL:,}, and {MOST_MEMBER:,} a file"
            raise _refuse(self.name, found, allowed, "Give a folder or zip with the release only.")
        return members

    def read(self, member: Member) -> bytes:
        """Return the bytes of one file."""
        try:
            if self.path.is_dir() or not member.path:
                return (self.path / member.path).read_bytes() if member.path else self.path.read_bytes()
            with zipfile.ZipFile(self.path) as archive, archive.open(member.path) as file:
                data = file.read(MOST_MEMBER + 1)
        except DAMAGED as error:
            cure = "Download it again; unpack an archive with a password first."
            raise _refuse(f"{self.name}: {member.name}", str(error), "a file that unpacks", cure) from error
        if len(data) > MOST_MEMBER:
            allowed = f"up to {MOST_MEMBER:,} bytes"
            raise _refuse(self.name, "a file larger than its stated size", allowed, "Do not open it.")
        return data

    @property
    def day(self) -> dt.date:
        """Latest modification date of the files."""
        return max((m.day for m in self.members), default=dt.date(1980, 1, 1))

    def tables(self) -> Iterator[Member]:
        """Yield the CSV files."""
        return (m for m in self.members if m.name.casefold().endswith(".csv"))
