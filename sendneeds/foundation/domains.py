"""Arguments of closed forms: read as numbers, and refused outside the domain where a form holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sendneeds.foundation.errors import DomainError

Number = float | np.ndarray


def plain(value: np.ndarray) -> Number:
    """Return a number as a float and an array as it is."""
    return float(value) if np.ndim(value) == 0 else value


def require(ok: np.ndarray, name: str, found: np.ndarray, allowed: str, cure: str) -> None:
    """Raise a DomainError, with the first value found, unless all is well."""
    if not np.all(ok):
        first = np.asarray(found)[~np.asarray(ok)].flat[0] if np.ndim(found) else found
        raise DomainError(f"{name}: found {first:g}; allowed: {allowed}. {cure}.")


def checked(
    name: str, value: ArrayLike, inside: Callable[[np.ndarray], np.ndarray], allowed: str
) -> np.ndarray:
    """Return an argument as float64, refused where it is not finite or not inside its domain."""
    number = np.asarray(value, dtype=np.float64)
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
