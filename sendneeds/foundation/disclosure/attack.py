"""The attack: solve the sums of everything that is shown, in whole numbers, for every count that is withheld."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sendneeds.foundation.disclosure.cells import CellSystem
from sendneeds.foundation.disclosure.profiles import Profile
from sendneeds.foundation.errors import DomainError

MOST_AT_ONCE, FEW = 30, 3
"""Solutions that look at many cells at once, and how many cells are too few for that."""
MOST_NODES = 40
"""Branches of one search. A search that ends early can make a safe cell look given away, never the other way about."""
INFEASIBLE = 2
"""What `scipy.optimize.milp` answers where there is no solution."""


@dataclass(frozen=True)
class Finding:
    """A withheld count that can be worked out, or that is confined to part of its range.

    Parameters
    ----------
    cell : int
        Its position.
    low, high : int
        The range that everything shown leaves to it.
    """

    cell: int
    low: int
    high: int


def attack(
    system: CellSystem,
    withheld: Collection[int],
    profile: Profile,
    sums: Sequence[int] | None = None,
) -> list[Finding]:
    """Return every withheld count that what is shown gives away.

    The attacker knows every sum and every count that is shown, and that counts are whole and not negative. A small
    count is given away where it must be small, and any count where it can have one value only. So is what a total
    leaves over, where it must be small. The attacker who has learned which of the withheld counts are small is tried
    as well: no count may have one value only for that attacker.

    Parameters
    ----------
    system : CellSystem
    withheld : collection of int
        Positions of the cells that are not shown. Implied cells never are.
    profile : Profile
    sums : sequence of int, optional
        Positions of the sums to solve; all when left out. Cells that no sum holds cannot be given away.

    Returns
    -------
    list of Finding

    Examples
    --------
    >>> from sendneeds.foundation.disclosure.cells import Cell
    >>> from sendneeds.foundation.disclosure.profiles import COUNCIL
    >>> system = CellSystem()
    >>> for name, count in {"plans": 20, "girls": 3, "boys": 17}.items():
    ...     _ = system.add(Cell(name, count))
    >>> system.add_sum("plans", ["girls", "boys"])
    >>> attack(system, {1}, COUNCIL)
    [Finding(cell=1, low=3, high=3)]
    >>> attack(system, {1, 2}, COUNCIL)
    []
    """
    hidden = set(withheld)
    groups = [list(sums)] if sums is not None else system.components()
    found = [one for group in groups for one in GroupAttack(system, group, profile).findings(hidden)]
    return sorted(found, key=lambda one: one.cell)


class GroupAttack:
    """The attack on sums that share cells; the solutions that it has seen serve again once more cells are hidden."""

    def __init__(self, system: CellSystem, group: Sequence[int], profile: Profile):
        self.system, self.profile = system, profile
        self.cells = list(dict.fromkeys(i for number in group for i in system.sums[number].cells))
        self.column = {i: j for j, i in enumerate(self.cells)}
        self.sums = [system.sums[number] for number in group]
        # by whether the attacker knows which are small: what fits for one who knows, fits for one who does not
        self.seen: dict[bool, list[NDArray[np.float64]]] = {True: [], False: []}
        counts = [system.cells[i].value for i in self.cells]
        self.cap = float(
            2 * max((count or 0 for count in counts), default=0) + 20 * (profile.largest_small + 1)
        )
        if all(count is not None for count in counts):
            self.seen[True].append(np.array(counts, float))  # what is true is possible
        self.matrix, self.right = self._equations()

    def findings(self, hidden: set[int]) -> list[Finding]:
        """Return the cells among `hidden`, and those implied, that are given away."""
        found: dict[int, Finding] = {}
        for knows_marks in (True, False):
            asked = [i for i in self.cells if self._is_asked(i, hidden)]
            bounds = self._bounds(hidden, knows_marks)
            for i in self._unsafe(asked, knows_marks, bounds):
                values = self._values(i, knows_marks)
                found.setdefault(i, Finding(i, int(min(values)), int(max(values))))
        return list(found.values())

    def _equations(self) -> tuple[Any, NDArray[np.float64]]:
        from scipy.sparse import csr_array

        entries = [
            (row, self.column[i], sign)
            for row, one in enumerate(self.sums)
            for i, sign in ((one.total, 1.0), *((part, -1.0) for part in one.parts))
        ]
        rows, columns, signs = zip(*entries, strict=True)
        where = (
            np.array(rows, np.int32),
            np.array(columns, np.int32),
        )  # HiGHS of scipy 1.14 takes no wider indices
        shape = (len(self.sums), len(self.cells))
        return csr_array((np.array(signs), where), shape=shape), np.array(
            [one.gap for one in self.sums], float
        )

    def _is_small(self, i: int) -> bool:
        count = self.system.cells[i].value
        return count is None or self.profile.is_small(count)

    def _is_asked(self, i: int, hidden: set[int]) -> bool:
        cell = self.system.cells[i]
        if cell.is_implied:
            return self._is_small(i) and not cell.is_open
        return i in hidden or cell.value is None

    def _bounds(self, hidden: set[int], knows_marks: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low, high = np.zeros(len(self.cells)), np.full(len(self.cells), self.cap)
        for i, j in self.column.items():
            cell = self.system.cells[i]
            if cell.value is None:
                low[j], high[j] = (cell.low, cell.high) if knows_marks else (0, self.cap)
            elif cell.is_implied:
                continue
            elif i not in hidden:  # shown, and perhaps rounded
                count = cell.value if cell.is_open else self.profile.shown(cell.value)
                slack = 0 if cell.is_open or not cell.value else self.profile.slack
                low[j], high[j] = max(0, count - slack), count + slack
            elif knows_marks and self._is_small(i):
                low[j], high[j] = 1, self.profile.largest_small
        return low, high

    def _needs(self, i: int, knows_marks: bool) -> tuple[bool, bool]:
        """Return whether a cell is still to be seen lower, and higher, before it is safe."""
        values = self._values(i, knows_marks)
        if not values:
            return True, True
        low, high = min(values), max(values)
        unsafe = low == high
        if not knows_marks and self._is_small(i):
            unsafe = unsafe or (low >= 1 and high <= self.profile.largest_small)
        return unsafe, unsafe

    def _unsafe(self, asked: list[int], knows_marks: bool, bounds: tuple[Any, Any]) -> list[int]:
        """Return the cells that no solution shows to be safe: many are tried at once, and then each alone."""
        generator = np.random.default_rng(0)
        open_cells = asked
        for _ in range(MOST_AT_ONCE):
            before = len(open_cells)
            goal = {}
            for i in open_cells:
                lower, higher = self._needs(i, knows_marks)
                if lower or higher:
                    goal[i] = generator.choice([-1.0, 1.0]) if lower and higher else 1.0 if higher else -1.0
            open_cells = list(goal)
            if len(open_cells) < FEW:
                break
            self._solve(goal, bounds, knows_marks)
            if len(open_cells) == before and not generator.integers(4):
                break
        unsafe = []
        for i in open_cells:
            lower, higher = self._needs(i, knows_marks)
            if higher:
                self._solve({i: 1.0}, bounds, knows_marks)
            if any(self._needs(i, knows_marks)) and lower:
                self._solve({i: -1.0}, bounds, knows_marks)
            if any(self._needs(i, knows_marks)):
                unsafe.append(i)
        return unsafe

    def _values(self, i: int, knows_marks: bool) -> list[float]:
        """Return the values of a cell in the solutions seen so far."""
        fitting = self.seen[True] if knows_marks else [*self.seen[True], *self.seen[False]]
        return [solution[self.column[i]] for solution in fitting]

    def _solve(self, largest: dict[int, float], bounds: tuple[Any, Any], knows_marks: bool) -> None:
        """Add the solution in which the weighted cells are as large as they can be."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        goal = np.zeros(len(self.cells))
        for i, weight in largest.items():
            goal[self.column[i]] = -weight
        answer = milp(
            goal,
            integrality=np.ones(len(self.cells), int),
            bounds=Bounds(*bounds),
            constraints=LinearConstraint(self.matrix, self.right, self.right),
            options={"node_limit": MOST_NODES, "mip_rel_gap": 0.02},
        )
        if answer.x is None:
            if answer.status == INFEASIBLE:
                raise DomainError(f"the sums of a table cannot all hold: {answer.message}")
            return  # not solved in the time allowed: what is not shown to be safe counts as given away
        self.seen[knows_marks].append(np.round(answer.x))
