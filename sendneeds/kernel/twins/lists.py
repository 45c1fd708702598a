"""The twin of the modules for lists: one lane, a record for every child, plain loops."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Child:
    """One child: the week of joining, and the week seen or the week of leaving."""

    joined: int
    seen: int | None = None
    left: int | None = None

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


def in_part_order(
    arrivals: list[int],
    seen: list[int],
    left: list[int],
    opening: list[int],
    in_order: int,
    pieces: list[int],
) -> list[Child]:
    """Return every child of a list of which a share is seen in order and the rest at random.

    Parameters
    ----------
    arrivals, opening : list of int
        Children who join by week, and who wait at the start by whole weeks waited.
    seen, left : list of int
        How many are seen, and leave, in each week.
    in_order : int
        Share of those seen who are the longest waiters, in parts of 2^-16.
    pieces : list of int
        64 random bits a week: the lower half chooses who leaves, the upper half who is seen.
    """
    children = [Child(-age - 1) for age in reversed(range(len(opening))) for _ in range(opening[age])]
    queue, due = list(children), 0
    for week, joining in enumerate(arrivals):
        for child in systematic(queue, left[week], pieces[week] & 0xFFFFFFFF):
            child.left = week
        queue = [child for child in queue if child.left is None] + [Child(week) for _ in range(joining)]
        children += queue[len(queue) - joining :]
        longest, due = divmod(due + seen[week] * in_order, 65536)
        for child in [
            *queue[:longest],
            *systematic(queue[longest:], seen[week] - longest, pieces[week] >> 32),
        ]:
            child.seen = week
        queue = [child for child in queue if child.seen is None]
    return children


def systematic(queue: list[Child], count: int, piece: int) -> list[Child]:
    """Return `count` children spread evenly along a queue, from 32 random bits."""
    start = piece * len(queue) >> 32
    steps = [(k * count + start) // max(len(queue), 1) for k in range(len(queue) + 1)]
    return [child for child, before, after in zip(queue, steps, steps[1:], strict=False) if after > before]


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
