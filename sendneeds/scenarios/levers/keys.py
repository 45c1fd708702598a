"""The keys of a lever: of what kind each is, what it means, and how a value is read and refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Integral, Real
from typing import Any, cast

from sendneeds.foundation.errors import nearest
from sendneeds.foundation.placements import PHASES
from sendneeds.foundation.vocabulary import FUNDERS, NEEDS, SERVICES
from sendneeds.need.inputs.change import GROWTH
from sendneeds.waits.services.options import MOST_IN_GROUP
from sendneeds.waits.services.rules_from_parameters import SHAPES

WHOLE = {
    "year": (2000, 2100),
    "age": (0, 25),
    "size": (2, MOST_IN_GROUP),
    "years": (1, 10),
    "count": (1, 100_000),
}
"""Kinds that are whole numbers, with the least and the most."""
HUGE = 1e300
"""Beyond any number that is meant; what is not finite is beyond it."""
LONGEST_TEXT = 500
"""Most characters of a text."""
LONGEST = 120
"""Most characters of a value that a message repeats."""
WORDS = {
    "service": tuple(SERVICES),
    "growth": GROWTH,
    "pathway": SHAPES,
    "setting": ("resourced", "state_special"),
    "need": ("all", *NEEDS),
    "phase": ("all", *PHASES),
    "contract": ("seen", "block"),
}
"""Kinds that are one of some words."""
MOST = {"number": 10_000_000, "posts": 1_000}
"""Kinds that are a number over 0, with the most that one may be."""
INTERVALS = {
    "interval": (HUGE, ""),
    "share_interval": (1, ", shares from 0 to 1 (0.2, not 20)"),
    "factor_interval": (10, ", factors up to 10 (0.6, not 60)"),
}
"""Kinds that are an 80 % interval, with the most that its high end may be and how that is told."""
PROFESSIONS = (*SERVICES, "teachers")
"""Professions of the experts: services, whose staff they are hired from, and specialist teachers."""
Shares = Mapping[str, float]
"""Shares by name that add up to 1."""
TOML_NAMES = {"start": "from", "end": "to"}
"""Names of keys in a scenario file that differ from the argument's; ``from`` is a word of Python's own."""


@dataclass(frozen=True)
class Key:
    """One key of a lever.

    Parameters
    ----------
    kind : str
        ``date``, ``share``, ``text``, ``funders``, ``professions``, or of `INTERVALS`, `WHOLE`, `WORDS` or `MOST`.
    what : str
        What it means, with its unit.
    """

    kind: str
    what: str


def key(kind: str, what: str) -> dict[str, Key]:
    """Return the metadata of a field of a lever."""
    return {"key": Key(kind, what)}


def toml_name(name: str) -> str:
    """Return how a scenario file calls an argument of a lever."""
    return TOML_NAMES.get(name, name)


def read_value(kind: str, raw: Any) -> tuple[str, Any]:
    """Return what is allowed, where a value is not, else an empty text; and the value as it is used.

    Examples
    --------
    >>> read_value("interval", {"low": 600, "central": 800, "high": 1000})
    ('', (600, 800, 1000))
    >>> read_value("share", 92)
    ('a number from 0 to 1', None)
    """
    number = is_number(raw)
    allowed, value = "", raw
    if kind in WORDS:
        allowed = "" if isinstance(raw, str) and raw in WORDS[kind] else ", ".join(WORDS[kind])
    elif kind in WHOLE:
        low, high = WHOLE[kind]
        fits = number and isinstance(raw, Integral) and low <= int(raw) <= high
        allowed = "" if fits else f"a whole number from {low} to {high}"
    elif kind == "date":
        fits = isinstance(raw, date) and not isinstance(raw, datetime)
        allowed = "" if fits else "a date without quotes, year-month-day"
    elif kind == "share":
        allowed = "" if number and 0 <= raw <= 1 else "a number from 0 to 1"
    elif kind in MOST:
        allowed = "" if number and 0 < raw <= MOST[kind] else f"a number over 0, and {MOST[kind]:,} at most"
    elif kind == "text":
        fits = isinstance(raw, str) and 0 < len(raw) <= LONGEST_TEXT and raw.isprintable()
        allowed = "" if fits else f"a line of text of up to {LONGEST_TEXT} characters"
    elif kind in INTERVALS:
        allowed, value = _interval(raw, *INTERVALS[kind])
    else:
        allowed = _shares(raw, PROFESSIONS if kind == "professions" else FUNDERS)
        value = dict(raw) if not allowed else None
    return allowed, None if allowed else value


def is_number(raw: Any) -> bool:
    """Return whether a value is a number; a truth value, ``inf`` and ``nan`` are none."""
    return isinstance(raw, Real) and not isinstance(raw, bool) and -HUGE < cast(float, raw) < HUGE


def _interval(raw: Any, most: float, told: str) -> tuple[str, tuple[Any, ...]]:
    ends = ("low", "central", "high")
    named = isinstance(raw, Mapping) and set(raw) == set(ends)
    parts = tuple(raw[end] for end in ends) if named else raw if isinstance(raw, tuple) else ()
    numbers = len(parts) == 3 and all(map(is_number, parts))
    if numbers and 0 < parts[0] <= parts[1] <= parts[2] <= most:
        return "", parts
    return "{ low = ..., central = ..., high = ... }, over 0 and in order" + told, ()


def _shares(raw: Any, names: Iterable[str]) -> str:
    words = f"shares of {', '.join(names)} that add up to 1"
    if not isinstance(raw, Mapping) or not raw or any(name not in names for name in raw):
        return words
    shares = list(raw.values())
    fits = all(is_number(s) and 0 <= s <= 1 for s in shares)
    return "" if fits and abs(sum(shares) - 1) <= 1e-6 else words


def shown(value: Any) -> str:
    """Return a value as it is written in a file.

    Examples
    --------
    >>> shown({"icb": 0.5, "joint": True})
    '{ icb = 0.5, joint = true }'
    """
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, Mapping):
        text = "{ " + ", ".join(f"{name} = {shown(part)}" for name, part in value.items()) + " }"
    elif isinstance(value, list):
        text = f"[{', '.join(map(shown, value))}]"
    else:
        text = "nothing" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def unknown_names(kind: str, raw: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return the names in shares that nothing defines, each with those that may stand there.

    Examples
    --------
    >>> [name for name, _ in unknown_names("funders", {"icb": 0.5, "council": 0.5})]
    ['council']
    """
    valid = {"funders": tuple(FUNDERS), "professions": PROFESSIONS}.get(kind, ())
    names = raw if isinstance(raw, Mapping) else ()
    return [(str(name), valid) for name in names if valid and name not in valid]


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """Return the cure for a name that is not among the valid ones."""
    close = nearest(name, valid)
    return f"Did you mean {' or '.join(close)}?" if close else "Use one of those allowed, or leave it out."
