"""The memory that a run takes, told before it begins; what this computer cannot hold is refused with what would fit."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sendneeds.foundation.arguments import refusal

MOST_OF_MEMORY = 0.8
GIGABYTE = 1e9
BASE = 0.35 * GIGABYTE
"""Of a run with hardly a draw: the interpreter, its libraries and tables of laws."""
OF_NEED, OF_A_SERVICE, OF_AN_OPTION = 200_000.0, 11_000.0, 40_000.0
"""Bytes a draw to ten years ahead: for need, for each service, and for what an option changes of lists and places."""
OF_A_CHANGED_NEED = 320_000.0
"""Of an option that changes need: a projection of its own, its lists, the places of its children and its requests.

Peaks measured at 1,000 draws: Luton without services 0.49 GB; Bedford with seven services 0.59 GB with one option,
0.62 GB with two, 0.68 GB with four, 0.71 GB with six (what an option leaves as it is stands in memory once), 0.93 GB
with two of which one changes need, and 1.37 GB with six of which two do. The estimate is a little above these."""
OF_ONE_BESIDE, OF_ITS_DRAW = 0.3 * GIGABYTE, 450_000.0
"""Of a process beside a run that shares in its work, and what the run holds for it: 0.75 GB measured at 1,000 draws."""
YEARS = 10


class Size(NamedTuple):
    """How large a run is.

    Parameters
    ----------
    draws : int
    options : int
        The baseline counted.
    services : int
    years : int
        Years ahead.
    processes : int
        Processes of which each holds a run of that size.
    beside : int
        Processes that share in the work of the run.
    needs : int
        Options that change need.

    Examples
    --------
    >>> size = Size(1000, options=3, services=6)
    >>> size.text()
    '1,000 draws x 3 options x 6 services: about 0.7 GB of memory'
    """

    draws: int
    options: int = 1
    services: int = 0
    years: int = YEARS
    processes: int = 1
    beside: int = 0
    needs: int = 0

    @property
    def bytes_a_draw(self) -> float:
        """Memory of one draw of a run."""
        each = (
            OF_NEED
            + self.services * OF_A_SERVICE
            + self.options * OF_AN_OPTION
            + self.needs * OF_A_CHANGED_NEED
            + self.beside * OF_ITS_DRAW
        )
        return each * max(self.years, 1) / YEARS

    @property
    def bytes(self) -> float:
        """Memory of the run, all processes together."""
        return self.processes * (self.base + self.draws * self.bytes_a_draw)

    @property
    def base(self) -> float:
        """Memory of a run with hardly a draw."""
        return BASE + self.beside * OF_ONE_BESIDE

    def fits(self, there: int | None = None) -> bool:
        """Return whether the memory of this computer, or so many bytes, holds it; so where that is not known.

        Examples
        --------
        >>> Size(1000, options=4, services=7).fits(1_500_000_000)
        True
        >>> Size(1000, options=4, services=7, beside=1).fits(1_500_000_000)
        False
        """
        there = memory_of_the_machine() if there is None else there
        return there is None or self.bytes <= MOST_OF_MEMORY * there

    def text(self) -> str:
        """Return the size in words, with the memory that it takes."""
        parts = [(self.draws, "draw"), (self.options, "option"), (self.services, "service")]
        if self.processes > 1:
            parts.append((self.processes, "process"))
        words = [f"{n:,} {_plural(word, n)}" for n, word in parts if n]
        return f"{' x '.join(words)}: about {self.bytes / GIGABYTE:,.1f} GB of memory"

    def check(self, there: int | None = None) -> None:
        """Refuse what the memory of this computer does not hold; nothing where that is not known.

        Parameters
        ----------
        there : int, optional
            Bytes of memory; those of this computer when left out.

        Raises
        ------
        DomainError
            With what would fit.

        Examples
        --------
        >>> Size(1000).check(8_000_000_000)
        >>> Size(100_000, options=3, services=6).check(8_000_000_000)
        Traceback (most recent call last):
        ...
        sendneeds.foundation.errors.DomainError: draws=100000: ... 8 GB ... Write draws=10000, or ask for fewer options.
        """
        there = memory_of_the_machine() if there is None else there
        if there is None or self.fits(there):
            return
        allowed = f"what {there / GIGABYTE:,.0f} GB of memory hold; {self.text()}"
        if self.beside and self._replace(beside=0).fits(there):
            raise refusal("jobs", 1 + self.beside, allowed, "Write jobs=1.")
        fits = int((MOST_OF_MEMORY * there / self.processes - self.base) / self.bytes_a_draw)
        if fits < 1 or (self.processes > 1 and self.draws <= 1000):
            most = max(int(MOST_OF_MEMORY * there / (self.bytes / self.processes)), 1)
            if self.processes > most:
                raise refusal("jobs", self.processes, allowed, f"Write jobs={most}.")
        fits = max(fits, 1)
        step = 10 ** (len(str(fits)) - 1)
        fewer = ", or ask for fewer options" if self.options > 1 else ""
        raise refusal("draws", self.draws, allowed, f"Write draws={fits // step * step}{fewer}.")


def _plural(word: str, number: int) -> str:
    if number == 1:
        return word
    return f"{word}es" if word.endswith("s") else f"{word}s"


def give_back() -> None:
    """Give memory that is free within the process back to the computer.

    The C library of most Linux systems keeps it: arrays of a part of a run that is over would stay beside those of the
    next. Elsewhere there is nothing to do.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


def memory_of_the_machine() -> int | None:
    """Return the bytes of memory of this computer, or that a container may use; None where that is not told."""
    try:
        there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    try:  # a container's own limit, where there is one
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            return min(there, int(file.read()))
    except (OSError, ValueError):
        return there
