"""Arguments of public functions: read as what they have to be, or refused with what was found and what to write."""

from __future__ import annotations

import datetime as dt
import math
import operator
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sendneeds.foundation.errors import DomainError

T = TypeVar("T")
MOST_DRAWS = 1_000_000
LARGEST_SEED = 2**63 - 1


def whole(name: str, value: Any, low: int, high: int, example: int | None = None) -> int:
    """Return an argument that has to be a whole number from `low` to `high`.

    Parameters
    ----------
    name : str
        As the caller writes it.
    value : object
        What was given; an integer of numpy is one, a text, a truth value or 3.0 is not.
    low, high : int
    example : int, optional
        What to write instead, where `low` would be an odd thing to propose.

    Raises
    ------
    DomainError

    Examples
    --------
    >>> whole("to", 2035, 2026, 2100)
    2035
    >>> whole("to", "2035", 2026, 2100)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: to='2035': a text; allowed: ... 2026 to 2100. Write to=2035.
    """
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is not None and low <= number <= high:
        return number
    typed = value.strip() if isinstance(value, str) else ""
    meant = int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 10 else None
    write = meant if meant is not None and low <= meant <= high else low if example is None else example
    raise refusal(name, value, f"a whole number from {low} to {high}", f"Write {name}={write}.")


def draws(value: Any) -> int:
    """Return the argument ``draws``: how many futures to draw.

    Examples
    --------
    >>> draws(1.5)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: draws=1.5: a float; allowed: ... 1 to 1000000. Write draws=1000.
    """
    return whole("draws", value, 1, MOST_DRAWS, 1000)


def seed(value: Any) -> int:
    """Return the argument ``seed``, from which every random number follows.

    Examples
    --------
    >>> seed(1)
    1
    """
    return whole("seed", value, 0, LARGEST_SEED, 1)


def amount(name: str, value: Any, inside: Callable[[float], bool], allowed: str, example: float) -> float:
    """Return an argument that has to be one finite number inside its domain.

    Examples
    --------
    >>> amount("hours", float("nan"), lambda x: x >= 0, "a number, 0 or more", 40)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: hours=nan: a float; allowed: a number, 0 or more. Write hours=40.
    """
    try:
        number = math.nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if math.isfinite(number) and inside(number):
        return number
    raise refusal(name, value, allowed, f"Write {name}={example:g}.")


def share(name: str, value: Any) -> float:
    """Return an argument that has to be a share from 0 to 1.

    Examples
    --------
    >>> share("target", 92)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: target=92: an int; allowed: a share from 0 to 1. Write target=0.92.
    """
    try:
        number = math.nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if 0 <= number <= 1:
        return number
    cure = f"Write {name}={number / 100:g}." if 1 < number <= 100 else f"Write {name}=0.92, for example."
    raise refusal(name, value, "a share from 0 to 1", cure)


def day(name: str, value: Any) -> dt.date:
    """Return an argument that has to be a date without a time of day.

    Examples
    --------
    >>> day("until", "2030-12-31")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: until='2030-12-31': a text; ... until=datetime.date(2030, 12, 31).
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        meant = dt.datetime.fromisoformat(str(value))  # a moment too, and not NaT, which is one of pandas
    except ValueError:
        meant = dt.datetime(2030, 12, 31)
    raise refusal(
        name, value, "a date", f"Write {name}=datetime.date({meant.year}, {meant.month}, {meant.day})."
    )


def listed(name: str, value: Iterable[T], kind: type[T]) -> list[T]:
    """Return an argument that has to be a list of things of one kind; one thing, or one text, is not a list.

    Examples
    --------
    >>> listed("services", ("SLT", "OT"), str)
    ['SLT', 'OT']
    >>> listed("services", "SLT", str)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: services='SLT': a text; allowed: a list of str. Write services=['SLT'].
    """
    allowed = f"a list of {kind.__name__}"
    if isinstance(value, str | bytes | kind):
        cure = f"Write {name}=[{value!r}]." if isinstance(value, kind) else f"Give {allowed}."
        raise refusal(name, value, allowed, cure)
    if not isinstance(value, Iterable):
        raise refusal(name, value, allowed, f"Give {allowed}.")
    found = list(value)
    for number, one in enumerate(found):
        if not isinstance(one, kind):
            raise refusal(f"{name}[{number}]", one, f"a {kind.__name__}", f"Give {allowed}.")
    return found


def refusal(name: str, value: Any, allowed: str, cure: str) -> DomainError:
    """Return the error for an argument: what was found, what is allowed and what to write."""
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    kind = "text" if isinstance(value, str) else type(value).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    what = "nothing" if value is None else f"{article} {kind}"
    return DomainError(f"{name}={shown}: {what}; allowed: {allowed}. {cure}")
