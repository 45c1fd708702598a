"""The exceptions, the functions that write their messages, and checks of numbers.

A message says where, what was found, what is allowed and what to do; everything wrong with an input is told
at once. The command line prints the message of a `SendneedsError` without a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.cards import Card


class SendneedsError(Exception):
    """Anything a user can mend: the message says how.

    Every exception below is one, so that one ``except`` catches them all; the command line prints the message
    without a traceback.

    Examples
    --------
    >>> import sendneeds as sn
    >>> try:
    ...     sn.open_area("bedfrod")
    ... except sn.errors.SendneedsError as error:
    ...     print(type(error).__name__)
    UnknownNameError
    """


class DomainError(SendneedsError, ValueError):
    """An argument lies outside the domain where the formula or method holds, or is not of its kind.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.formulas.erlang_b(-1.0, 2)
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: offered: found -1; allowed: ...
    """


class MissingDataError(SendneedsError, LookupError):
    """A question needs a table, a figure or a file that is not there; the message says what to add.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.open_area("luton").table("deprivation")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.MissingDataError: Luton has no table deprivation.csv ...
    """


class UnknownNameError(SendneedsError, KeyError):
    """A name that nothing defines; the nearest valid names are given.

    Examples
    --------
    >>> import sendneeds as sn
    >>> sn.open_area("luton").table("plan")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.UnknownNameError: table 'plan' is not known. Did you mean ...
    """

    def __str__(self) -> str:  # KeyError would print the repr of the message
        return str(self.args[0])


class FaultsError(SendneedsError, ValueError):
    """An input with faults, all of them told at once.

    Parameters
    ----------
    what : str
        What was being read, for the first line of the message.
    faults : sequence of Fault
        In the order in which they are told; also an attribute of the exception.

    Examples
    --------
    >>> fault = Fault("population.csv", 4, "persons", "-1", "a count, 0 or more", "Mend the count.")
    >>> print(FaultsError("the pack", [fault]))
    the pack: 1 fault
      population.csv row 4, column persons
        found:   -1
        allowed: a count, 0 or more
        do:      Mend the count.
    """

    def __init__(self, what: str, faults: Sequence[Fault]) -> None:
        self.what = what
        self.faults = list(faults)
        super().__init__(self._message())

    def __reduce__(self) -> tuple:  # between processes it goes as it was made, and not as its message
        return type(self), (self.what, self.faults)

    def _message(self) -> str:
        count = len(self.faults)
        head = f"{self.what}: {count} fault{'s' if count != 1 else ''}"
        return "\n".join([head, *(fault.text() for fault in self.faults)])


class PackError(FaultsError):
    """An area pack that cannot be used as it stands.

    Parameters
    ----------
    what : str
    faults : sequence of Fault

    See Also
    --------
    sendneeds.check_folder : Returns the faults of a pack without raising.

    Examples
    --------
    >>> import tempfile
    >>> import sendneeds as sn
    >>> sn.open_area(tempfile.mkdtemp())
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.PackError: The pack ... cannot be used: 1 fault
    ...
    """


class ReleaseError(FaultsError):
    """A published release that cannot be read as it stands.

    Parameters
    ----------
    what : str
    faults : sequence of Fault

    Examples
    --------
    >>> fault = Fault("plans.csv", 0, "", "no such file", "the release as published", "Download it again.")
    >>> ReleaseError("the release", [fault]).faults[0].found
    'no such file'
    """


class ScenarioError(FaultsError):
    """A scenario file that cannot be used as it stands.

    Parameters
    ----------
    what : str
    faults : sequence of Fault

    Examples
    --------
    >>> fault = Fault("posts.toml", 0, "levers[0].wte", "'two'", "a number", "Write wte = 2.")
    >>> ScenarioError("The scenarios", [fault]).faults[0].where()
    'posts.toml, key levers[0].wte'
    """


@dataclass(frozen=True, order=True)
class Fault(Card):
    """One thing wrong with an input: where, what was found, what is allowed, what to do.

    Parameters
    ----------
    file : str
        The file, relative to the folder that was read.
    row : int
        The row as a spreadsheet numbers it (the header is row 1), or the line of a text; 0 where it is in none.
    column : str
        The column or key; empty where the fault is not in one.
    found, allowed, cure : str
        What was found, what is allowed, and what to do.

    Examples
    --------
    >>> Fault("population.csv", 4, "persons", "-1", "a count, 0 or more", "Mend the count.").row
    4
    """

    file: str
    row: int
    column: str
    found: str
    allowed: str
    cure: str

    def where(self) -> str:
        """Return the place in words.

        Returns
        -------
        str

        Examples
        --------
        >>> Fault("population.csv", 4, "persons", "-1", "a count", "Mend it.").where()
        'population.csv row 4, column persons'
        """
        toml = self.file.casefold().endswith(".toml")
        place = self.file
        if self.row:
            place += f" {'line' if toml else 'row'} {self.row}"
        if self.column:
            table = not toml and (self.row or self.file.endswith(".csv"))
            place += f", {'column' if table else 'key'} {self.column}"
        return place

    def text(self) -> str:
        """Return the fault as lines of a message.

        Returns
        -------
        str

        Examples
        --------
        >>> print(Fault("area.toml", 0, "code", "'E6'", "an ONS code", "Write E06000055.").text())
          area.toml, key code
            found:   'E6'
            allowed: an ONS code
            do:      Write E06000055.
        """
        where, found, allowed, cure = map(printable, (self.where(), self.found, self.allowed, self.cure))
        return f"  {where}\n    found:   {found}\n    allowed: {allowed}\n    do:      {cure}"


def printable(text: str) -> str:
    r"""Return a text with its control characters written out: a file's name must not move a reader's cursor.

    Examples
    --------
    >>> print(printable("plans\x1b[2J.csv"))
    plans\x1b[2J.csv
    """
    return "".join(c if c == "\n" or c.isprintable() else ascii(c)[1:-1] for c in text)


def expect(value: object, kind: type | str, what: str, cure: str) -> None:
    """Raise a DomainError where `value` is not of a class, given by name so that it need not be imported.

    Examples
    --------
    >>> expect("bedford", "Area", "area", "open it first: sendneeds.open_area('bedford')")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: area is a str; it has to be an Area: open it first: ...
    """
    name = kind if isinstance(kind, str) else kind.__name__
    if name not in [c.__name__ for c in type(value).__mro__]:
        an = "an" if name[0] in "AEIOU" else "a"
        raise DomainError(f"{what} is a {type(value).__name__}; it has to be {an} {name}: {cure}.")


def require(ok: np.ndarray, name: str, found: np.ndarray, allowed: str, cure: str) -> None:
    """Raise a DomainError, with the first value found to be wrong, unless all of `ok` is true."""
    if not np.all(ok):
        first = np.asarray(found)[~np.asarray(ok)].flat[0] if np.ndim(found) else found
        raise DomainError(f"{name}: found {first:g}; allowed: {allowed}. {cure}.")


NO_NUMBERS = "bcmM"
"""Kinds of numpy that can be made numbers and are none: truth values, complex numbers, durations and dates."""


def checked(
    name: str, value: ArrayLike, inside: Callable[[np.ndarray], np.ndarray], allowed: str
) -> np.ndarray:
    """Return an argument as float64; raise where it is not finite or not inside its domain."""
    try:
        number = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        number = None
    if number is None or np.asarray(value).dtype.kind in NO_NUMBERS:
        raise DomainError(
            f"{name}: found {value!r:.60}; allowed: {allowed}. Give a finite number in that range."
        )
    require(np.isfinite(number) & inside(number), name, number, allowed, "Give a finite number in that range")
    return number


def positive(name: str, value: ArrayLike) -> np.ndarray:
    """Return an argument that must be over 0."""
    return checked(name, value, lambda x: x > 0, "over 0")


def from_zero(name: str, value: ArrayLike) -> np.ndarray:
    """Return an argument that must be 0 or more."""
    return checked(name, value, lambda x: x >= 0, "0 or more")


def proper_share(name: str, value: ArrayLike) -> np.ndarray:
    """Return an argument that must lie between 0 and 1, both left out."""
    return checked(name, value, lambda x: (x > 0) & (x < 1), "over 0 and under 1 (0.92, not 92)")


def nearest(name: str, valid: Iterable[str], count: int = 3) -> list[str]:
    """Return up to `count` of the `valid` names, the most similar to `name` first.

    Examples
    --------
    >>> nearest("SEHM", ["ASD", "SEMH", "SLCN"])
    ['SEMH']
    """
    by_fold = {v.casefold(): v for v in sorted(valid)}
    return [by_fold[v] for v in difflib.get_close_matches(name.casefold(), by_fold, n=count, cutoff=0.5)]


def unknown(kind: str, name: str, valid: Iterable[str], cure: str = "") -> UnknownNameError:
    """Return the error for a `name` of a `kind` that is not among the `valid` ones.

    Examples
    --------
    >>> print(unknown("service", "SALT", ["SLT", "OT"]))
    service 'SALT' is not known. Did you mean SLT? Allowed: OT, SLT.
    """
    valid = sorted(valid)
    close = nearest(str(name), valid)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    tail = f" {cure}" if cure else ""
    return UnknownNameError(f"{kind} {name!r} is not known.{hint} Allowed: {', '.join(valid)}.{tail}")
