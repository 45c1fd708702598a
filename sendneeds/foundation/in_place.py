"""What stands in place of a file that was asked for: a pointer to it, a web page, a refusal or a packed file."""

from __future__ import annotations

from sendneeds.foundation.errors import Fault

PAGE = "Download the file itself: the link led to a page."
IN_PLACE = (
    (
        (b"version https://git-lfs",),
        "a Git LFS pointer",
        "Fetch the file itself (git lfs pull), or download the release from its page.",
    ),
    (
        (b"/annex/objects/", b"../.git/annex", b".git/annex"),
        "a git-annex pointer",
        "Fetch the file itself (git annex get), or download the release from its page.",
    ),
    ((b"<!doctype html", b"<html"), "a web page", PAGE),
    ((b"<?xml", b"<error>"), "XML, such as a server's refusal", PAGE),
    ((b"404: not found", b"404 not found", b"403 forbidden"), "a server's refusal", PAGE),
    ((b'{"', b"{\n", b"{\r\n", b'[{"', b"[\n", b"[\r\n"), "JSON", "Download the table as CSV."),
    ((b"%pdf-",), "a PDF", "Download the table as CSV."),
    ((b"\x1f\x8b",), "a file packed by gzip", "Unpack it first."),
)
"""What a file may begin with that is no table, in small letters; what it is; what to do."""


def head_of(data: bytes) -> bytes:
    """Return the beginning of a file in small letters, without a byte-order mark and blanks in front."""
    return data[:400].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()


def in_place_of(
    data: bytes, file: str, wanted: str = "table", allowed: str = "a table as published"
) -> Fault | None:
    r"""Return the fault of a file that holds something else than what is wanted.

    Parameters
    ----------
    data : bytes
    file : str
        Its name, for the fault.
    wanted, allowed : str
        What it has to hold, in a word and in words.

    Examples
    --------
    >>> in_place_of(b"<!DOCTYPE html><html>", "referrals.csv").found
    'a web page in place of the table'
    >>> in_place_of(b"a,b\n1,2\n", "t.csv") is None
    True
    """
    head = head_of(data)
    for begins, found, cure in IN_PLACE:
        if head.startswith(begins):
            return Fault(file, 0, "", f"{found} in place of the {wanted}", allowed, cure)
    if head.startswith((b"pk\x03\x04", b"\xd0\xcf\x11\xe0")):
        cure = "Open it in a spreadsheet and save the sheet as CSV (UTF-8)."
        found = "a workbook named as CSV" if wanted == "table" else f"a workbook in place of the {wanted}"
        return Fault(file, 0, "", found, allowed, cure)
    return None
