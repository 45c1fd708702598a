"""Which counts to withhold: the small ones, and further ones until the attack finds nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sendneeds.foundation.disclosure.attack import Finding, GroupAttack
from sendneeds.foundation.disclosure.cells import CellSystem
from sendneeds.foundation.disclosure.profiles import Profile

MOST_ROUNDS = 400
"""Rounds of attack and cover of one group of sums; each withholds at least one count more."""


@dataclass(frozen=True)
class Protection:
    """Which cells are withheld, and why.

    Parameters
    ----------
    small : frozenset of int
        Counts that are small.
    covering : frozenset of int
        Counts withheld so that no small one can be worked out.
    given_away : list of Finding
        What can be worked out all the same, since what gives it away is published already.
    """

    small: frozenset[int]
    covering: frozenset[int]
    given_away: list[Finding]

    @property
    def withheld(self) -> frozenset[int]:
        """Every cell that is not shown."""
        return self.small | self.covering


def protect(system: CellSystem, profile: Profile, also: frozenset[int] = frozenset()) -> Protection:
    """Return which cells of a system to withhold.

    Parameters
    ----------
    system : CellSystem
    profile : Profile
    also : frozenset of int
        Cells to withhold whatever their size.

    Examples
    --------
    >>> from sendneeds.foundation.disclosure.cells import Cell
    >>> from sendneeds.foundation.disclosure.profiles import COUNCIL
    >>> system = CellSystem()
    >>> for name, count in {"plans": 40, "girls": 3, "boys": 30, "not told": 7}.items():
    ...     _ = system.add(Cell(name, count))
    >>> system.add_sum("plans", ["girls", "boys", "not told"])
    >>> found = protect(system, COUNCIL)
    >>> [system.cells[i].name for i in sorted(found.withheld)], found.given_away
    (['girls', 'not told'], [])
    """
    if not profile.withholds:
        return Protection(frozenset(), frozenset(), [])
    small = also | {
        i
        for i, cell in enumerate(system.cells)
        if not cell.is_open and not cell.is_implied and (cell.value is None or profile.is_small(cell.value))
    }
    covering: set[int] = set()
    given_away: list[Finding] = []
    for group in system.components():
        attacker = GroupAttack(system, group, profile)
        for _ in range(MOST_ROUNDS):
            found = attacker.findings(set(small | covering))
            chosen = _cover(system, group, small | covering, found)
            if not chosen:
                given_away += found
                break
            covering |= chosen
    return Protection(frozenset(small), frozenset(covering), given_away)


def _cover(system: CellSystem, group: list[int], hidden: frozenset[int], found: list[Finding]) -> set[int]:
    """Return cells to withhold so that those `found` are better covered: one for each, where none is chosen near it."""
    sums_of: dict[int, list[int]] = {}
    for number in group:
        for i in system.sums[number].cells:
            sums_of.setdefault(i, []).append(number)
    gone = {i for i in sums_of if i in hidden or system.cells[i].is_implied}
    lone = {number: sum(i in gone for i in system.sums[number].cells) for number in group}
    chosen: set[int] = set()
    for one in found:
        near = sums_of[one.cell]
        if any(chosen & set(system.sums[number].cells) for number in near):
            continue
        tried: set[int] = set()
        while near:
            options = [
                _loss(system, i, number, sums_of, lone)
                for number in near
                for i in system.sums[number].cells
                if i not in gone and not system.cells[i].is_open
            ]
            if options:
                chosen.add(min(options)[-1])
                break
            tried |= set(near)
            cells = {i for number in near for i in system.sums[number].cells}
            near = [n for i in sorted(cells) for n in sums_of[i] if n not in tried]
    return chosen


def _loss(
    system: CellSystem, i: int, number: int, sums_of: dict[int, list[int]], lone: dict[int, int]
) -> tuple[int, bool, bool, int, int, int]:
    """Return how much is lost by withholding a cell, as a tuple to be compared.

    First where it is needed most: in the sum with the fewest cells withheld. Then a cell that opens no new sum in
    which it would stand alone, a part before a total, and a small count before a large one and before none.
    """
    count = system.cells[i].value or 0
    opens = sum(lone[other] == 0 for other in sums_of[i] if other != number)
    return lone[number], i == system.sums[number].total, not count, opens, count, i
