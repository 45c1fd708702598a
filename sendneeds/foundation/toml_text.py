"""Reading TOML of unknown quality: within limits on size and depth, and told where it goes wrong."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from sendneeds.foundation.errors import Fault

MOST_BYTES = 2**20
MOST_PARTS = 40  # of a dotted name; the parser's time grows with their square
_PART = r"""(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+"""
_DOTTED = re.compile(rf"(?<![\w-])(?:{_PART}){{{MOST_PARTS}}}")
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
      option.toml row 1
        found:   Invalid value
        allowed: TOML
        do:      Mend it.
    """

    def fault(row: int, found: str, allowed: str, do: str) -> tuple[dict[str, Any], list[Fault]]:
        return {}, [Fault(file, row, "", found, allowed, do)]

    if len(data) > most:
        return fault(0, f"{len(data):,} bytes", f"up to {most:,} bytes", "Leave out what is not needed.")
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
        return tomllib.loads(text), []
    except RecursionError:
        return fault(0, "brackets nested too deeply", "TOML with a few levels", cure)
    except ValueError as error:  # a whole number of thousands of digits is no TOMLDecodeError
        place = _LINE.search(str(error))
        last = text.rstrip("\n").count("\n") + 1
        return fault(int(place[1] or last) if place else 0, _LINE.sub("", str(error))[:200], "TOML", cure)
