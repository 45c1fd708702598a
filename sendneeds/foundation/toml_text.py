"""Reading TOML of unknown quality: within limits on size and depth, and told where it goes wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from sendneeds.foundation.errors import Fault
from sendneeds.foundation.in_place import in_place_of

MOST_BYTES = 2**20
MOST_PARTS = 40  # of a dotted name; the parser's time grows with their square
_PART = r"""(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+"""
_DOTTED = re.compile(rf"(?<![\w-])(?:{_PART}){{{MOST_PARTS}}}")
MOST_LEVELS = MOST_PARTS  # of tables and lists, one in another
MOST_LINES = 400  # of one value over which rows are sought
_DEEP = re.compile(rf"(?:[\[{{][^\[\]{{}}]*+){{{MOST_LEVELS + 1}}}")
_HEADER = re.compile(r"[ \t]*(\[\[?)[ \t]*([\w.-]+)[ \t]*\]\]?[ \t]*(?:#.*)?")
_KEY = re.compile(r"""[ \t]*(?:"([^"]*)"|'([^']*)'|([\w-]+))[ \t]*(?=[.=])""")
_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read_toml(
    data: bytes, file: str, cure: str, most: int = MOST_BYTES
) -> tuple[dict[str, Any], list[Fault]]:
    r"""Return the content of a TOML file, or the fault that prevents reading it.

    Parameters
    ----------
    data : bytes
    file : str
        File name to use in the fault.
    cure : str
        What to do if the text is not TOML.
    most : int
        Most bytes that are read.

    Returns
    -------
    dict
        Empty if there is a fault.
    list of Fault
        None or one.

    Examples
    --------
    >>> read_toml(b"wte = 2", "option.toml", "Mend it.")
    ({'wte': 2}, [])
    >>> print(read_toml(b"wte = \n", "option.toml", "Mend it.")[1][0].text())
      option.toml line 1
        found:   Invalid value
        allowed: TOML
        do:      Mend it.
    """

    def fault(row: int, found: str, allowed: str, do: str) -> tuple[dict[str, Any], list[Fault]]:
        return {}, [Fault(file, row, "", found, allowed, do)]

    if len(data) > most:
        return fault(0, f"{len(data):,} bytes", f"up to {most:,} bytes", "Leave out what is not needed.")
    if held := in_place_of(data, file, "file", "TOML"):
        return fault(
            0, held.found, "TOML", "Fetch the file itself (git lfs pull), or write it again as TOML."
        )
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        return fault(row, "bytes that are not UTF-8", "UTF-8 text", "Save it as UTF-8.")
    deep = _DOTTED.search(text)
    if deep:
        row = text[: deep.start()].count("\n") + 1
        return fault(row, f"a name of {MOST_PARTS} parts or more", "names of a few parts", cure)
    try:
        raw = tomllib.loads(text)
        if _levels(raw) > MOST_LEVELS:
            raise RecursionError
        return raw, []
    except RecursionError:
        return fault(_deepest(text), "brackets nested too deeply", "TOML with a few levels", cure)
    except ValueError as error:  # a whole number of thousands of digits is no TOMLDecodeError
        place = _LINE.search(str(error))
        last = text.rstrip("\n").count("\n") + 1
        return fault(int(place[1] or last) if place else 0, _LINE.sub("", str(error))[:200], "TOML", cure)


def _levels(value: Any) -> int:
    """Return how many brackets deep a value is, counted up to one more than is allowed."""
    level, depth = [value], 0
    while level and depth <= MOST_LEVELS:
        inner = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)]
        level, depth = [part for parts in inner for part in parts], depth + bool(inner)
    return depth


def _deepest(text: str) -> int:
    """Return the first row by which more brackets are open than are allowed; 0 where none is found."""
    opened = 0
    for row, line in enumerate(text.split("\n"), 1):
        opened = max(opened + sum((c in "[{") - (c in "]}") for c in line), 0)
        if opened > MOST_LEVELS or _DEEP.search(line):
            return row
    return 0


def rows_of(text: str) -> dict[str, int]:
    r"""Return the row of each key of a TOML text, by its path; entries of a list of tables count from 1.

    Parameters
    ----------
    text : str
        That parses.

    Returns
    -------
    dict of str to int
        A key inside a value that is written in one line is not in it: see `row_at`.

    Examples
    --------
    >>> rows_of('name = "a"\n[[levers]]\nkind = "groups"\n')
    {'name': 1, 'levers': 2, 'levers[1]': 2, 'levers[1].kind': 3}
    """
    rows: dict[str, int] = {}
    lines = text.replace("\r\n", "\n").split("\n")
    prefix, row = "", 0
    entries: dict[str, int] = {}
    while row < len(lines):
        line, begun = lines[row], row + 1
        row += 1
        header, found = _HEADER.fullmatch(line), _KEY.match(line)
        if header:
            prefix = header[2]
            rows.setdefault(prefix, begun)
            if header[1] == "[[":
                entries[prefix] = entries.get(prefix, 0) + 1
                prefix = f"{prefix}[{entries[prefix]}]"
            rows.setdefault(prefix, begun)
            prefix += "."
        elif found:
            rows.setdefault(prefix + next(part for part in found.groups() if part is not None), begun)
            while not _whole("\n".join(lines[begun - 1 : row])) and row < min(len(lines), begun + MOST_LINES):
                row += 1
    return rows


def _whole(statement: str) -> bool:
    """Return whether a key with its value ends here: brackets and quotes of several lines are closed."""
    try:
        tomllib.loads(statement)
    except (ValueError, RecursionError):
        return False
    return True


def row_at(rows: Mapping[str, int], path: str) -> int:
    """Return the row of a key, else of the table that it belongs to, else 0.

    Examples
    --------
    >>> row_at({"levers[1]": 2, "levers[1].kind": 3}, "levers[1].wte")
    2
    >>> row_at({"levers[1]": 2}, "title")
    0
    """
    while path not in rows:
        shorter = re.sub(r"(\.[^.]*|\[\d+\])$", "", path)
        if shorter == path:
            return 0
        path = shorter
    return rows[path]
