"""CSV text: the one writer of every table that leaves the package."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NumberFormat = Callable[[float], str]
"""How a caller writes numbers with a fraction; whole numbers of an integer type need none."""

FORMULA = re.compile(r"'*[=+\-@\t\r]")
QUOTED = re.compile(
    r'[,"\r\n]'
)  # Python's csv leaves a lone \r bare before 3.13, and a reader starts a row there


def escape_formula(cell: str) -> str:
    """Return text that a spreadsheet shows and does not run; `unescape_formula` gives back the first text.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("speech"), unescape_formula(escape_formula("=1+1"))
    ("'=1+1", 'speech', '=1+1')
    """
    return "'" + cell if FORMULA.match(cell) else cell


def unescape_formula(cell: str) -> str:
    """Return the text that `escape_formula` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell[1:]) else cell


def significant(figures: int) -> NumberFormat:
    """Return the format that keeps so many significant figures.

    Examples
    --------
    >>> significant(3)(0.12345), significant(3)(-2.0)
    ('0.123', '-2')
    """
    return f"{{:.{figures}g}}".format


TEN_FIGURES = significant(10)
"""Precise enough for every figure here, and free of the last bits of binary fractions."""


def shortest(value: float) -> str:
    """Return the shortest text that reads back as the same number; whole numbers without a point.

    Examples
    --------
    >>> shortest(1868.0), shortest(0.1)
    ('1868', '0.1')
    """
    return str(int(value)) if value.is_integer() else repr(value)


def csv_text(
    head: Iterable[object], rows: Iterable[Sequence[object]], number: NumberFormat = TEN_FIGURES
) -> str:
    r"""Return rows as CSV text with line ends ``\n``.

    Parameters
    ----------
    head : iterable of str
        Names of the columns.
    rows : iterable of sequences
        Their cells: text, numbers, truth values, dates; None and NaN are written as empty cells. Text that a
        spreadsheet would run as a formula gets an apostrophe in front; negative numbers stay numbers.
    number : callable
        How to write a float.

    Examples
    --------
    >>> csv_text(["source", "change"], [["=1+1", -2.5], ["census", None]])
    "source,change\n'=1+1,-2.5\ncensus,\n"
    """
    lines = (",".join(_cell(value, number) for value in row) or '""' for row in (tuple(head), *rows))
    return "".join(f"{line}\n" for line in lines)


def table_csv(table: pd.DataFrame, number: NumberFormat = TEN_FIGURES) -> str:
    r"""Return a data frame as CSV text, without its index; cells are written as `csv_text` writes them.

    Examples
    --------
    >>> import pandas as pd
    >>> table_csv(pd.DataFrame({"need": ["ASD", "-"], "change": [0.25, float("nan")]}))
    "need,change\nASD,0.25\n'-,\n"
    """
    columns = [
        [None if gone else value for value, gone in zip(column.tolist(), column.isna(), strict=True)]
        for _, column in table.items()
    ]
    return csv_text(table.columns, zip(*columns, strict=True), number)


def _cell(value: object, number: NumberFormat) -> str:
    if isinstance(value, str):
        return _text_cell(value)
    if value is None:
        return ""
    if isinstance(value, float | np.floating):
        return "" if value != value else number(float(value))
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


@lru_cache(maxsize=8192)  # names of areas and sources come on every line
def _text_cell(value: str) -> str:
    text = escape_formula(value)
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text
