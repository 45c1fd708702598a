"""The text of a published CSV and its rows: encodings, separators, and files that hold no table."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.in_place import head_of, in_place_of

SEPARATORS = (",", ";", "\t", "|")


def unreadable(data: bytes, file: str) -> Fault | None:
    r"""Return the fault of a file that holds no table at all: empty, a pointer to one, a web page, a packed file.

    Examples
    --------
    >>> unreadable(b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4422\n", "caseload.csv").found
    'a Git LFS pointer in place of the table'
    >>> unreadable(b"a,b\n1,2\n", "t.csv") is None
    True
    """
    head = head_of(data)
    allowed = "a table as published"
    if not head:
        return Fault(file, 0, "", "an empty file", allowed, "Download it again.")
    if not head.strip(b"\x00"):
        return Fault(file, 0, "", "nothing but NUL bytes", allowed, "Download it again.")
    return in_place_of(data, file)


def text_of(data: bytes, file: str) -> tuple[str, list[Detection]]:
    """Return the text of a published file, in UTF-8, UTF-16, UTF-32 or else Windows code page 1252, and detections."""
    odd: list[Detection] = []
    if wide := _wide(data):
        try:
            told = Detection("release_layout", file, f"read as {wide[:6].upper()}")
            return data.decode(wide).lstrip("\ufeff"), [told]
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


def _wide(data: bytes) -> str:
    """Return the name of the form of UTF-16 or UTF-32 that a file begins with; empty if none."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:400]
    if head[1::2].count(0) > 0.8 * len(head[1::2]) > 0 and not head[::2].count(0):
        return "utf-16-le"
    if head[::2].count(0) > 0.8 * len(head[::2]) > 0 and not head[1::2].count(0):
        return "utf-16-be"
    return ""


def separator_of(text: str) -> str:
    r"""Return the character between the cells of a CSV text: that which makes most rows alike near its beginning.

    Examples
    --------
    >>> separator_of("code;name\n1;Bristol, City of\n"), separator_of("title\n")
    (';', ',')
    >>> separator_of("Clinic;Band\nA, in town, and B, by the river;0-1\n")
    ';'
    """
    head = text[:5_000]
    whole = head if len(head) == len(text) else head[: head.rfind("\n") + 1] or head
    return max(SEPARATORS, key=lambda mark: (_alike(whole, mark), head.count(mark), -SEPARATORS.index(mark)))


def _alike(text: str, mark: str) -> int:
    """Return how many rows have as many cells as most have, where a mark separates them."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        return 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(widths.values(), default=0)


def cut_short(text: str, file: str) -> Fault | None:
    r"""Return the fault of a file that ends in the middle of a row; a note below the table is none.

    Examples
    --------
    >>> cut_short("year,area,plans\n2024,Bedford,7\n2025,Bedf", "t.csv").found
    'a last row with 2 of 3 cells and no end'
    >>> cut_short("year,area,plans\n2024,Bedford,7\nSource: here, today", "t.csv") is None
    True
    """
    lines = text[-50_000:].splitlines()[-2:]
    if text.endswith(("\n", "\r")) or len(lines) < 2:
        return None
    above, last = (next(csv.reader([line], delimiter=separator_of(text)), []) for line in lines)
    alike = above and last and re.sub(r"\d", "0", above[0]) == re.sub(r"\d", "0", last[0])
    if not alike or not 1 < len(last) < len(above):
        return None
    found = f"a last row with {len(last)} of {len(above)} cells and no end"
    return Fault(file, 0, "", found, "whole rows", "The file was cut short: download it again.")


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
