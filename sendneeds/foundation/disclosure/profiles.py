"""Profiles of disclosure control: for whom an output is, and so what it may show of an area's own records."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.foundation.errors import unknown


@dataclass(frozen=True)
class Profile:
    """What an output may show of counts of children that an area has not published.

    Parameters
    ----------
    name : str
    largest_small : int
        Counts of 1 up to this are withheld; 0 where nothing is.
    nearest : int
        Counts that are shown are rounded to a multiple of this.
    title : str
        What it does, in words.

    Examples
    --------
    >>> council = profile("council")
    >>> [council.is_small(count) for count in (0, 1, 4, 5)]
    [False, True, True, False]
    >>> profile("nhs").shown(13), profile("nhs").slack
    (15, 2)
    """

    name: str
    largest_small: int
    nearest: int
    title: str

    @property
    def withholds(self) -> bool:
        """Whether anything is withheld."""
        return self.largest_small > 0

    @property
    def slack(self) -> int:
        """How far the true count may be from the one that is shown."""
        return self.nearest // 2

    def is_small(self, count: float) -> bool:
        """Return whether a `count` is of so few children that they could be recognised."""
        return 0 < count <= self.largest_small

    def shown(self, count: float) -> int:
        """Return a `count` as it is shown."""
        return int(self.nearest * round(count / self.nearest))


PROFILES = {
    "council": Profile("council", 4, 1, "Counts of 1 to 4 and what would give them away are withheld."),
    "nhs": Profile("nhs", 7, 5, "Counts of 1 to 7 are withheld, the others rounded to the nearest 5."),
    "internal": Profile("internal", 0, 1, "Nothing is withheld: not for publication."),
}
"""The profiles by name; `council` is used where none is named."""

COUNCIL = PROFILES["council"]


def profile(name: str) -> Profile:
    """Return the profile of a name.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if name not in PROFILES:
        raise unknown("profile", name, PROFILES)
    return PROFILES[name]
