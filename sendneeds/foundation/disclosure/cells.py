"""Counts of children as cells, and the sums that tie them: what an attacker reasons with."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from sendneeds.foundation.errors import DomainError


@dataclass
class Cell:
    """A count that somebody could read or work out.

    Parameters
    ----------
    name : hashable
    value : int or None
        None where the source withheld it.
    low, high : int
        Its range, where the source withheld it.
    is_open : bool
        Whether it is published already, and so cannot be withheld any more.
    is_implied : bool
        Whether it is printed nowhere: what is left of a total after its parts.
    """

    name: Hashable
    value: int | None
    low: int = 1
    high: int = 4
    is_open: bool = False
    is_implied: bool = False


@dataclass(frozen=True)
class Sum:
    """A total that is the sum of its parts, up to a known gap.

    Parameters
    ----------
    total : int
        Position of the total.
    parts : tuple of int
        Positions of the parts.
    gap : int
        Total less parts: where records do not add up, the attacker is taken to know by how much.
    """

    total: int
    parts: tuple[int, ...]
    gap: int = 0

    @property
    def cells(self) -> tuple[int, ...]:
        """Positions of all its cells."""
        return (self.total, *self.parts)


@dataclass
class CellSystem:
    """Cells by name, and the sums among them.

    Examples
    --------
    >>> system = CellSystem()
    >>> for name, count in {"plans": 20, "girls": 3, "boys": 17}.items():
    ...     _ = system.add(Cell(name, count))
    >>> system.add_sum("plans", ["girls", "boys"])
    >>> system.sums
    [Sum(total=0, parts=(1, 2), gap=0)]
    """

    cells: list[Cell] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    place: dict[Hashable, int] = field(default_factory=dict)

    def add(self, cell: Cell) -> int:
        """Add a cell and return its position.

        Raises
        ------
        DomainError
            If a cell of that name is there.
        """
        if cell.name in self.place:
            raise DomainError(f"cell {cell.name!r} is already there")
        self.place[cell.name] = len(self.cells)
        self.cells.append(cell)
        return self.place[cell.name]

    def add_sum(self, total: Hashable, parts: Iterable[Hashable]) -> None:
        """Tie a total to those of its parts that are there.

        What the parts leave over is a cell of its own, printed nowhere. A sum with a figure that the source withheld is
        left out where it cannot hold.
        """
        at = self.place.get(total)
        found = tuple(self.place[name] for name in parts if name in self.place)
        if at is None or not found:
            return
        counts = [self.cells[i].value for i in (at, *found)]
        if any(count is None for count in counts):
            if self._can_hold(at, found):
                self.sums.append(Sum(at, found))
            return
        left = counts[0] - sum(counts[1:])  # type: ignore[operator, arg-type]
        if left > 0:
            is_open = all(self.cells[i].is_open for i in (at, *found))
            rest = self.add(Cell(("rest", total, len(self.sums)), left, is_open=is_open, is_implied=True))
            self.sums.append(Sum(at, (*found, rest)))
        else:
            self.sums.append(Sum(at, found, left))

    def _can_hold(self, total: int, parts: tuple[int, ...]) -> bool:
        low, high = ([self._end(i, upper) for i in (total, *parts)] for upper in (False, True))
        return low[0] <= sum(high[1:]) and sum(low[1:]) <= high[0]

    def _end(self, i: int, upper: bool) -> int:
        cell = self.cells[i]
        return cell.value if cell.value is not None else cell.high if upper else cell.low

    def components(self) -> list[list[int]]:
        """Return the positions of `sums` in groups that share no cell."""
        group: dict[int, int] = {}
        parent = list(range(len(self.sums)))

        def root(i: int) -> int:
            while parent[i] != i:
                parent[i] = parent[parent[i]]
                i = parent[i]
            return i

        for number, one in enumerate(self.sums):
            for cell in one.cells:
                if cell in group:
                    parent[root(number)] = root(group[cell])
                else:
                    group[cell] = number
        found: dict[int, list[int]] = {}
        for number in range(len(self.sums)):
            found.setdefault(root(number), []).append(number)
        return list(found.values())
