"""The twin of `lists`, `removals` and `waits`: one lane, a record for every child, plain loops."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.lists.removals import PLAN_WEEKS, LeavingLaw


@dataclass
class Child:
    """One child: the week of joining, and the week seen or the week of leaving."""

    joined: int
    seen: int | None = None
    left: int | None = None
    aged: bool = False

    def waits_at(self, end: int) -> bool:
        """Return whether the child is on the list at the end of week ``end - 1``."""
        gone = [week for week in (self.seen, self.left) if week is not None]
        if self.seen is not None:
            return self.joined < end <= self.seen
        return self.joined < end and (not gone or end <= gone[0])


def fifo(arrivals: list[int], slots: list[int], opening: list[int]) -> list[Child]:
    """Return every child of a list that is first in, first out, with no removals."""
    children = [Child(-age - 1) for age in reversed(range(len(opening))) for _ in range(opening[age])]
    queue = list(children)
    for week, joining in enumerate(arrivals):
        new = [Child(week) for _ in range(joining)]
        children += new
        queue += new
        for child in queue[: slots[week]]:
            child.seen = week
        queue = queue[slots[week] :]
    return children


@dataclass
class Group:
    """The children of a list, by cohort (week of joining), and the plan of who will leave."""

    arrivals: list[int]
    opening: list[int]
    key: np.ndarray

    def __post_init__(self) -> None:
        sizes = list(reversed(self.opening)) + list(self.arrivals)
        first = -len(self.opening)
        self.children = [Child(first + row) for row, size in enumerate(sizes) for _ in range(size)]
        self.waiting = [
            [child for child in self.children if child.joined == first + row] for row in range(len(sizes))
        ]
        self.unplanned = list(sizes)
        self.due: dict[int, list[tuple[int, np.ndarray]]] = {}

    def leave(self, week: int, law: LeavingLaw) -> None:
        """Plan who will leave, where a plan is due, and take out those planned for this week."""
        opening_weeks = len(self.opening)
        for row in range(opening_weeks + week):
            since = week if row < opening_weeks else week - (row - opening_weeks) - 1
            if since % PLAN_WEEKS or not self.waiting[row]:
                continue
            self.unplanned[row] = len(self.waiting[row])
            age = week - (row - opening_weeks) - 1
            counter = (row * 4096 + week) * 4096
            size = np.array([len(self.waiting[row])])
            planned = streams.binomial(size, law.share(age), streams.hashed(self.key, counter)).item()
            for nth in range(planned):
                luck = streams.hashed(self.key, counter + 1 + nth)
                after = law.weeks_until(age, np.zeros(1, dtype=int), streams.as_real(luck)).item()
                self.due.setdefault(week + after, []).append((row, luck))
        for row, luck in self.due.pop(week, []):
            cohort = self.waiting[row]
            if cohort and streams.as_real(streams.hashed(luck, 1)).item() * self.unplanned[row] < len(cohort):
                child = cohort.pop()
                child.left = week
                waited = np.array([week - child.joined - 1])
                child.aged = bool(law.aged(waited, np.zeros(1, dtype=int), luck).item())
            self.unplanned[row] -= 1


def fifo_with_removals(
    group: Group,
    slots: list[int],
    hazard: np.ndarray | float | None,
    age_out: np.ndarray | float | None = None,
) -> list[Child]:
    """Return every child of a list that is first in, first out, whose children may leave unseen.

    Who of a cohort leaves is drawn by the same luck as in the fast kernel: children of one week of joining
    stand in no order, so counts by cohort are all that matters.
    """
    law = LeavingLaw(hazard, age_out, len(group.opening) + len(slots) + PLAN_WEEKS)
    for week, offered in enumerate(slots):
        group.leave(week, law)
        queue = [cohort for cohort in group.waiting[: len(group.opening) + week + 1] for _ in cohort]
        for cohort in queue[:offered]:
            cohort.pop().seen = week
    return group.children


def waiting(children: list[Child], weeks: int) -> list[int]:
    """Return the number on the list at each week's end, the opening list in front."""
    return [sum(child.waits_at(end) for child in children) for end in range(weeks + 1)]


def seen_within(children: list[Child], weeks: int, within: int) -> list[int]:
    """Return the number seen in each week who had waited `within` weeks or less."""
    return [sum(c.seen == week and week - c.joined <= within for c in children) for week in range(weeks)]


def waiting_over(children: list[Child], weeks: int, over: int) -> list[int]:
    """Return the number at each week's end who have waited over `over` weeks."""
    return [sum(c.waits_at(end) and end - c.joined > over for c in children) for end in range(weeks + 1)]


def percentile(waits: list[int], share: float) -> int:
    """Return the smallest whole wait within which `share` of the waits lie, -1 where there is none."""
    if not waits:
        return -1
    return sorted(waits)[math.ceil(share * len(waits) - 1e-9) - 1]
