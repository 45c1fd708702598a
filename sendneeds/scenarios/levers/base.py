"""What every lever is: frozen data, checked when it is made, the same from Python and from a scenario file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from typing import Any, ClassVar, TypeVar

from sendneeds.foundation.cards import Card
from sendneeds.foundation.errors import Fault, ScenarioError
from sendneeds.scenarios.levers.keys import (
    INTERVALS,
    WORDS,
    Key,
    did_you_mean,
    read_value,
    shown,
    toml_name,
    unknown_names,
)
from sendneeds.scenarios.levers.keys import key as key_of

L = TypeVar("L", bound="Lever")
Interval = tuple[float, float, float]
"""Low, central and high of an 80 % interval."""
Funders = Mapping[str, float]
"""Who pays which share; shares add up to 1."""
PYTHON_FORMS = {
    "date": "datetime.date(2027, 9, 1)",
    "interval": "(600, 800, 1000)",
    "share_interval": "(0.1, 0.2, 0.3)",
    "factor_interval": "(0.7, 0.8, 0.9)",
    "funders": '{"icb": 1.0}',
}
"""How kinds of keys are written in Python where that differs from a scenario file."""


@dataclass(frozen=True, kw_only=True)
class Lever(Card):
    """One change to a service, to places or to need.

    Attributes
    ----------
    kind : str
        What a scenario file calls it.
    evidence : str or None
        Where its figures come from.
    file, place : str
        Where it was read, for messages: the file, and its number in it (``levers[2]``); empty from Python.
    rows : mapping of str to int
        Lines of the file by key, for messages.
    """

    kind: ClassVar[str] = ""
    evidence: str | None = field(
        default=None, repr=False, metadata=key_of("text", "where its figures come from, in a sentence")
    )
    file: str = field(init=False, default="", compare=False, repr=False)
    place: str = field(init=False, default="", compare=False, repr=False)
    rows: Mapping[str, int] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        given = {name: getattr(self, name) for name in keys_of(type(self))}
        values, faults = read(type(self), given)
        for name, value in values.items():
            object.__setattr__(self, name, value)
        faults = faults or [Fault(type(self).__name__, 0, *problem) for problem in self.problems()]
        if faults:
            raise ScenarioError(f"The lever {type(self).__name__} cannot be used", faults)

    def problems(self) -> list[tuple[str, str, str, str]]:
        """Return what is wrong with values that are each allowed: argument, found, allowed, cure."""
        return []

    @property
    def dates(self) -> tuple[date | None, date | None]:
        """The first and the last day on which it works; None: those of the run."""
        return getattr(self, "start", None), getattr(self, "end", None)

    @property
    def paid_by(self) -> Funders:
        """Who pays which share; empty where it costs nothing."""
        return getattr(self, "funders", None) or {}

    @property
    def costed_as(self) -> str:
        """The service under which its cost stands: its own, else ``PLACES``."""
        return getattr(self, "service", None) or "PLACES"


def keys_of(lever: type[Lever]) -> dict[str, Field[Any]]:
    """Return the arguments of a kind of lever by name, each a field whose metadata has its `Key`; evidence last."""
    own = sorted((f for f in fields(lever) if "key" in f.metadata), key=lambda f: f.name == "evidence")
    return {f.name: f for f in own}


def is_required(argument: Field[Any]) -> bool:
    """Return whether a lever cannot be without an argument."""
    return argument.default is MISSING


def read(
    lever: type[Lever], given: Mapping[str, Any], file: str = "", place: str = ""
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the values of a lever as they are used, None where one is not allowed, and every fault.

    Parameters
    ----------
    lever : type
    given : mapping of str to object
        By the name of the argument; what is left out takes its default.
    file, place : str
        Where it was read; empty from Python.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []

    def fault(name: str, found: Any, allowed: str, cure: str) -> None:
        column = f"{place}.{toml_name(name)}" if place else name
        faults.append(Fault(file or lever.__name__, 0, column, shown(found), allowed, cure))

    for name, argument in keys_of(lever).items():
        key: Key = argument.metadata["key"]
        label = toml_name(name) if place else name
        raw = given.get(name, None if is_required(argument) else argument.default)
        if raw is None:
            values[name] = None
            if is_required(argument):
                fault(name, "nothing", key.what, f"Add {label} to the lever.")
            continue
        allowed, values[name] = read_value(key.kind, raw)
        if allowed:
            how = "" if place else PYTHON_FORMS.get(key.kind, "")
            unknown = unknown_names(key.kind, raw)
            if unknown:
                cure = " ".join(f"{bad}: {did_you_mean(bad, valid)}" for bad, valid in unknown)
            elif key.kind in WORDS and isinstance(raw, str):
                cure = did_you_mean(raw, WORDS[key.kind])
            else:
                cure = f"Write {label}={how}: {key.what}." if how else f"{label}: {key.what}."
            quoted = isinstance(raw, str) and key.kind not in WORDS
            fault(name, f'"{raw}"' if quoted else raw, allowed, cure)
    if values.get("gbp_per_year") and given.get("funders") is None:
        what = keys_of(lever)["funders"].metadata["key"].what
        fault("funders", "nothing", what, "Say who pays the cost that the lever has.")
    first, last = values.get("start"), values.get("end")
    if first is not None and last is not None and last < first:
        fault("end", last, f"a date from {first}", "Put the last day after the first.")
    return values, faults


def draft(lever: type[L], values: Mapping[str, Any], file: str, place: str, rows: Mapping[str, int]) -> L:
    """Return a lever that has faults, unchecked, so that what the area cannot do for it is found as well."""
    made = object.__new__(lever)
    for name, value in {**values, "file": file, "place": place, "rows": rows}.items():
        object.__setattr__(made, name, value)
    return made


def read_from(lever: L, file: str, place: str, rows: Mapping[str, int] | None = None) -> L:
    """Return a lever with where it was read, for messages."""
    for name, value in (("file", file), ("place", place), ("rows", rows or {})):
        object.__setattr__(lever, name, value)
    return lever


def documented(lever: type[L]) -> type[L]:
    """Write the arguments of a lever into its docstring, from its keys: they are described once."""
    lines = ["Parameters", "----------"]
    for name, argument in keys_of(lever).items():
        key: Key = argument.metadata["key"]
        optional = "" if is_required(argument) else ", optional"
        default = "" if argument.default in (None, MISSING) else f"; {argument.default} where left out"
        lines += [
            f"{name} : {TYPES.get(key.kind, 'int')}{optional}",
            f"    {key.what[0].upper()}{key.what[1:]}{default}.",
        ]
    raises = ["Raises", "------", "ScenarioError", "    With everything that is wrong with the arguments."]
    summary, _, examples = inspect.cleandoc(lever.__doc__ or "").partition("Examples\n")
    lever.__doc__ = "\n".join([summary.rstrip(), "", *lines, "", *raises, "", f"Examples\n{examples}"])
    return lever


TYPES = {
    "date": "datetime.date",
    "text": "str",
    "share": "float",
    "number": "float",
    "posts": "float",
    "contract": "str",
    **dict.fromkeys(INTERVALS, "tuple of float"),
    "funders": "mapping of str to float",
    "professions": "mapping of str to float",
    "service": "str",
    "growth": "str",
    "pathway": "str",
    "setting": "str",
}
"""How a docstring names the type of a kind of key; the others are whole numbers."""
