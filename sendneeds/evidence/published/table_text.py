"""The text of a published CSV and its rows: encodings, separators, and files that hold no table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError

SEPARATORS = (",", ";", "\t", "|")


def unreadable(data: bytes, file: str) -> Fault | None:
    r"""Return the fault of a file that holds no table at all: empty, a Git LFS pointer, or a web page.

    Examples
    --------
    >>> unreadable(b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4422\n", "caseload.csv").found
    'a Git LFS pointer in place of the table'
    >>> unreadable(b"a,b\n1,2\n", "t.csv") is None
    True
    """
    head = data[:400].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    allowed = "a table as published"
    if not head:
        return Fault(file, 0, "", "an empty file", allowed, "Download it again.")
    if head.startswith(b"version https://git-lfs"):
        cure = "Fetch the file itself (git lfs pull), or download the release from its page."
        return Fault(file, 0, "", "a Git LFS pointer in place of the table", allowed, cure)
    if head.startswith((b"<!doctype html", b"<html")):
        cure = "Download the file itself: the link led to a page."
        return Fault(file, 0, "", "a web page in place of the table", allowed, cure)
    if head.startswith((b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        cure = "Open it in a spreadsheet and save the sheet as CSV (UTF-8)."
        return Fault(file, 0, "", "a workbook named as CSV", allowed, cure)
    return None


def text_of(data: bytes, file: str) -> tuple[str, list[Detection]]:
    """Return the text of a published file, in UTF-8, UTF-16 or else Windows code page 1252, and detections."""
    odd: list[Detection] = []
    if wide := _utf_16(data):
        try:
            return data.decode(wide).lstrip("\ufeff"), [Detection("release_layout", file, "read as UTF-16")]
        except UnicodeDecodeError:
            pass
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
        odd.append(
            Detection("release_layout", file, "NUL bytes, which were skipped: the file may be damaged")
        )
    try:
        return data.decode("utf-8-sig").lstrip("\ufeff"), odd
    except UnicodeDecodeError:
        found = "not UTF-8: read as Windows text (code page 1252)"
        return data.decode("cp1252", errors="replace"), [*odd, Detection("release_layout", file, found)]


def _utf_16(data: bytes) -> str:
    """Return the name of the form of UTF-16 that a file begins with; empty if none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:400]
    if head[1::2].count(0) > 0.8 * len(head[1::2]) > 0 and not head[::2].count(0):
        return "utf-16-le"
    if head[::2].count(0) > 0.8 * len(head[::2]) > 0 and not head[1::2].count(0):
        return "utf-16-be"
    return ""


def separator_of(text: str) -> str:
    r"""Return the character between the cells of a CSV text: the most frequent near its beginning.

    Examples
    --------
    >>> separator_of("code;name\n1;Bristol, City of\n"), separator_of("title\n")
    (';', ',')
    """
    head = text[:5_000]
    return max(SEPARATORS, key=lambda mark: (head.count(mark), -SEPARATORS.index(mark)))


def records(text: str, file: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV text; a row that cannot be read raises a ReleaseError that names it."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    number = 0
    try:
        for number, row in enumerate(rows, start=1):  # noqa: B007
            yield row
    except csv.Error as error:
        fault = Fault(file, number + 1, "", f"a row that cannot be read ({error})", "CSV", "Fetch it again.")
        raise ReleaseError(f"{file} cannot be read", [fault]) from error
