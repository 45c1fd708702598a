"""Kinds of argument at the public edge: a wrong one is told by its name, before any work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Any

import numpy as np

from sendneeds.foundation.arguments import refusal
from sendneeds.foundation.errors import NO_NUMBERS, DomainError


def _names(value: Any) -> list[str]:
    """Return the names of the classes of a value, so that none need be imported."""
    return [c.__name__ for c in type(value).__mro__]


def _is_a(*names: str) -> Callable[[Any], bool]:
    """Return whether a value is of one of some classes."""
    return lambda value: not set(names).isdisjoint(_names(value))


def _is_number(value: Any) -> bool:
    try:
        np.asarray(value, float)
    except (TypeError, ValueError):
        return False
    return value is not None and np.asarray(value).dtype.kind not in NO_NUMBERS


def _is_rows(value: Any) -> bool:
    return isinstance(value, Iterable) and isinstance(value, Sized) and not isinstance(value, str | bytes)


def _is_texts(value: Any) -> bool:
    listed = (
        isinstance(value, Iterable) and not isinstance(value, str | bytes) and not _is_a("DataFrame")(value)
    )
    return listed and all(isinstance(one, str) for one in value)


OPEN = "Open it first: area = sn.open_area('bedford')."
OR_NOTHING = " or nothing"
"""After a kind: an argument that may be left out, which is None."""
KINDS: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "Area": (_is_a("Area"), "an Area", OPEN),
    "AreaTables": (_is_a("AreaTables"), "an Area", OPEN),
    "NeedProjection": (
        _is_a("NeedProjection"),
        "a NeedProjection",
        "Project it first: need = sn.project(area).",
    ),
    "RunResult": (_is_a("RunResult"), "a RunResult", "Run the area first: result = sn.run(area)."),
    "PlacesResult": (
        _is_a("PlacesResult"),
        "a PlacesResult",
        "Project it first: sn.project_places(area, need).",
    ),
    "path": (
        lambda value: isinstance(value, str | os.PathLike),
        "the path of a file or a folder",
        "Give text or a Path.",
    ),
    "path or Area": (
        lambda value: isinstance(value, str | os.PathLike) or _is_a("Area")(value),
        "a path or an Area",
        "Give text, a Path, or an open area.",
    ),
    "areas": (
        lambda value: isinstance(value, Iterable) or _is_a("Area", "History")(value),
        "an Area, or a list of them",
        OPEN,
    ),
    "text": (lambda value: isinstance(value, str), "text", "Write it in quotes."),
    "name": (
        lambda value: isinstance(value, str | int) and not isinstance(value, bool),
        "the name, code or number of an area",
        "Write a name or a code in quotes.",
    ),
    "number": (_is_number, "a number, or an array of them", "Give a number."),
    "table": (_is_a("DataFrame"), "a pandas DataFrame", "Read it first: pandas.read_csv('lists.csv')."),
    "rows": (_is_rows, "a table or a list", "Give a pandas DataFrame, or a list."),
    "mapping": (lambda value: isinstance(value, Mapping), "a dict", "Write names and values in {}."),
    "function": (callable, "a function", "Give its name without brackets."),
    "texts": (_is_texts, "a list of texts", "Write them in quotes, in brackets."),
    "yes or no": (lambda value: isinstance(value, bool | np.bool_), "True or False", "Write one of them."),
    "NeedChange": (_is_a("NeedChange"), "a NeedChange", "Write change=sn.NeedChange(...)."),
    "iterable": (
        lambda value: isinstance(value, Iterable) and not isinstance(value, str | bytes),
        "a list",
        "Put it in brackets.",
    ),
}
"""Kind -> how it is known, what is allowed, and what to do."""


def kinds(**given: tuple[object, str]) -> None:
    """Raise a DomainError with every argument that is of another kind than it has to be.

    Parameters
    ----------
    **given
        By the name of the argument: its value, and a kind of `KINDS`, `OR_NOTHING` after it where None will do.

    Raises
    ------
    DomainError

    Examples
    --------
    >>> kinds(area=("bedford", "Area"), weeks=(18, "number"))
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: area='bedford': a text; allowed: an Area. Open it first: area = ...
    """
    faults = []
    for name, (value, kind) in given.items():
        known, allowed, cure = KINDS[kind.removesuffix(OR_NOTHING)]
        if not known(value) and not (value is None and kind.endswith(OR_NOTHING)):
            faults.append(str(refusal(name, value, allowed, cure)))
    if faults:
        raise DomainError("\n".join(faults))
