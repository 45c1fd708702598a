"""Types that describe the tables of an area pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["area", "choice", "text", "count", "number", "age", "year", "month", "date"]

KINDS: dict[str, str] = {
    "area": "an ONS code: a letter and eight digits, such as E06000055",
    "choice": "one of the allowed words",
    "text": "any text",
    "count": "a whole number, 0 or more",
    "number": "a number, with a point for decimals",
    "age": "completed years, a whole number",
    "year": "a year in four digits, such as 2025",
    "month": "a month as 2025-01",
    "date": "a date as 2025-01-31",
}
"""Kinds of column, and how their cells are written."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
    kind : str
        A key of `KINDS`.
    description : str
        What it holds, without a full stop.
    unit : str
        Unit, if the name does not give it.
    allowed : tuple of str
        Allowed words, for kind ``choice``.
    low, high : float or None
        Least and greatest value allowed.
    required : bool
        Whether the file must have the column.
    blank : bool
        Whether a cell may be empty. With a ``flag`` column beside it, an empty cell needs a flag.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = True
    blank: bool = False

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind in ("count", "number", "age", "year")

    def allows(self) -> str:
        """Return a description of what a cell may hold.

        Examples
        --------
        >>> Column("age", "age", "age", low=0, high=25).allows()
        'completed years, a whole number, from 0 to 25'
        """
        if self.kind == "choice":
            return ", ".join(repr(word) if word == "" else word for word in self.allowed)
        words = KINDS[self.kind]
        if self.low is not None and self.high is not None:
            words += f", from {self.low:g} to {self.high:g}"
        elif self.low is not None and self.kind != "count":
            words += f", {self.low:g} or more"
        return words + (", or empty" if self.blank else "")


class Wrong(NamedTuple):
    """A violation of a table's own rule, in a row counted from 0."""

    row: int
    column: str
    found: str
    allowed: str
    cure: str


@dataclass(frozen=True)
class Table:
    """One table of a pack: a CSV file named `name` with these columns.

    Parameters
    ----------
    name : str
        The file's name without ``.csv``.
    title : str
    purpose : str
        The question that it answers, for the message if it is missing.
    key : tuple of str
        Columns that identify a row.
    columns : tuple of Column
        In the order of the file.
    values : tuple of str
        Figures that the ``flag`` column describes. With a flag for a missing figure, the first of them is empty.
    ordered : tuple of tuple of str
        Columns that must not decrease from left to right, such as low, central, high.
    rule : callable, optional
        Yields a `Wrong` for each violation that single columns do not show; unreadable cells are missing.
    shape : str
        ``stock`` or ``flow`` and its period, or what a row is.
    """

    name: str
    title: str
    purpose: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    values: tuple[str, ...] = ()
    ordered: tuple[tuple[str, ...], ...] = ()
    shape: str = ""
    rule: Callable[[pd.DataFrame], Iterator[Wrong]] | None = None

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        """Return the column called `name`."""
        return next(c for c in self.columns if c.name == name)

    def names(self) -> list[str]:
        """Return the names of the columns, in the order in which they are written."""
        return [c.name for c in self.columns]
