"""The list for first assessments: cohorts by week of joining, served first in, first out, with leavers.

Row r of the cohorts holds those who joined in week r - O, where O is the length of the opening list. Each lane has a
head: its oldest row that is not yet all seen.
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.services.leaving import CAUSE, PIECES, PLAN, THIN, LeavingLaw, Plans, place
from sendneeds.kernel.services.random_streams import RandomStreams
from sendneeds.kernel.services.rules import Count

_TOP = np.uint64(48)


class FirstList:
    """One list of children waiting for a first assessment.

    Parameters
    ----------
    opening : ndarray of int, (O, L)
        Children by whole weeks waited; index 0 is under one week.
    weeks : int
        T.
    edges : tuple of int
        Weeks waited over which each band begins, the first 0.
    law : LeavingLaw or None
    luck : Luck
    rank : int
        The class whose list this is.
    dtype : type
        Of the counts.
    """

    def __init__(
        self,
        opening: np.ndarray,
        weeks: int,
        edges: tuple[int, ...],
        law: LeavingLaw | None,
        luck: RandomStreams,
        rank: int,
        dtype: Count,
    ) -> None:
        self.opening_weeks, lanes = opening.shape
        self.edges, self.lanes, self.dtype = edges, lanes, dtype
        self.keys = luck.keys + np.uint64(rank)
        self._luck, self.rank = luck, rank
        self.cohorts = np.zeros((self.opening_weeks + weeks, lanes), dtype=dtype)
        self.cohorts[: self.opening_weeks] = opening[::-1]
        self.opening = self.cohorts[: self.opening_weeks].copy()
        self.joined: list[np.ndarray] = []  # by week
        age = np.arange(1, self.opening_weeks + 1)
        self.over: np.ndarray = np.stack([opening[age > edge].sum(axis=0) for edge in edges]).astype(dtype)
        self.seen_by_wait = np.zeros((self.opening_weeks + weeks, lanes), dtype=np.int32)
        self.weeks_waited = np.zeros(lanes, dtype=np.int32)  # of those seen this week
        self.plans = None if law is None else Plans(law, self.keys, dtype)
        self._flat, self._counts = self.cohorts.reshape(-1), self.seen_by_wait.reshape(-1)
        self._every = np.arange(lanes)
        self._head = self._every.copy()  # cell (row x L + lane) of the oldest cohort not yet all seen
        self._twice = 2 * self._every
        self._planned = self.cohorts[0].copy() if len(self.cohorts) else np.zeros(lanes, dtype)
        self._one = dtype(1)
        self._oldest = 0
        self._mark = np.zeros(lanes, dtype=np.int64)
        self._none = np.zeros(lanes, dtype=dtype)
        self._left = np.zeros_like(self.over)
        self._reaching = self.opening_weeks - np.array(
            edges[1:], dtype=np.int64
        )  # rows that cross an edge in week 0
        self.gone: list[
            tuple[int, np.ndarray, np.ndarray, np.ndarray | None]
        ] = []  # week, lanes, rows, by age
        longest = self.opening_weeks + weeks + 1
        self._band = (np.searchsorted(edges, np.arange(longest)) - 1) * lanes  # by weeks waited

    def leave(self, week: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Take out those who leave at the start of `week`; return how many, and how many by age, (L,) each.

        Nothing stands for nobody by age.
        """
        if self.plans is None:
            return self._none, None
        lanes = self.lanes
        for age, rows in self._to_plan_again(week):
            cohorts = self.cohorts[rows]
            if cohorts.any():
                self._as_it_is(rows)
                self.plans.plan(rows, np.full(rows.size, week), age, cohorts)
        cell = self.plans.due(week)
        if not cell.size:
            return self._none, None
        lane, row = self._thinned(cell, week)
        aged = self._aged(lane, row, week)
        self.gone.append((week, lane.astype(np.int32), row.astype(np.int32), aged))
        left = self._left
        left[...] = 0
        np.add.at(left.reshape(-1), self._band.take(week + self.opening_weeks - row) + lane, self._one)
        for number in range(len(self.edges) - 1, 0, -1):
            np.add(left[number - 1], left[number], out=left[number - 1])
        self.over -= left
        if aged is None:
            return left[0], None
        return left[0], np.bincount(lane[aged], minlength=lanes).astype(self.dtype)

    def _thinned(self, cell: np.ndarray, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Take planned leavers out of their cohorts; return the lane and row of those who do leave."""
        row = cell // self.lanes
        lane = cell - row * self.lanes
        head = self._head.take(lane)
        at_head = (cell == head).nonzero()[0]
        gone = cell > head
        np.subtract.at(self._flat, cell.take(gone.nonzero()[0]), self._one)
        drawn = self._luck.row(f"thinned {self.rank}", week)
        pieces = drawn.astype("<u8", copy=False).view("<u2").reshape(-1, PIECES)
        number = 0
        while at_head.size:  # a cohort partly seen: one planned leaver of each at a time
            who = lane.take(at_head)
            self._mark[who] = at_head
            last = self._mark.take(who) == at_head
            now = at_head.take(last.nonzero()[0])
            who, where = lane.take(now), cell.take(now)
            if number < PIECES:
                piece = pieces[:, number].take(who)
            else:
                counter = THIN + place(0, week) + number
                piece = (streams.hashed(self.keys.take(who), counter) >> _TOP).astype(np.uint16)
            planned = self._planned.take(who)
            goes = piece * (planned * 2.0**-16) < self._flat.take(where)
            self._planned[who] = planned - self._one
            self._flat[where] -= goes
            gone[now] = goes
            at_head = at_head.take((~last).nonzero()[0])
            number += 1
        left = gone.nonzero()[0]
        return lane.take(left), row.take(left)

    def _aged(self, lane: np.ndarray, row: np.ndarray, week: int) -> np.ndarray | None:
        """Return which leavers reach the age limit; None where nobody can."""
        law = self.plans.law if self.plans is not None else None
        if law is None or not (law.two_causes or law.only_aged):
            return None
        cell = row * self.lanes + lane
        order = cell.argsort(kind="stable")
        cell = cell[order]
        first = np.r_[True, cell[1:] != cell[:-1]]
        begin = first.nonzero()[0]
        number = np.arange(cell.size) - np.repeat(begin, np.diff(np.r_[begin, cell.size]))
        counter = row[order] * (8192 * 4096) + (week * 4096 + number)
        luck = streams.as_real(
            streams.hashed(self.keys[lane[order]], counter.astype(np.uint64) + np.uint64(CAUSE))
        )
        out = np.empty(lane.size, dtype=bool)
        out[order] = luck < law.aged_shares(week - (row - self.opening_weeks) - 1, lane)[order]
        return out

    def _to_plan_again(self, week: int) -> list[tuple[int, np.ndarray]]:
        """Return the cohorts that have waited a whole number of plans, the opening list from week 0, by age.

        Ages that the law does not tell apart stand together.
        """
        if self.plans is None:
            return []
        now, opening = self.opening_weeks + week, self.opening_weeks
        if week % 4 == 0:
            self._oldest = min(int(self._head.min(initial=now * self.lanes)) // self.lanes, now)
        before = range(self._oldest, opening) if week % PLAN == 0 else range(0)
        since = range(opening + (week - 1) % PLAN, now - 1, PLAN)
        found: dict[int, list[int]] = {}
        for row in (*before, *since):
            if row >= self._oldest:
                found.setdefault(self.plans.law.alike(now - row - 1), []).append(row)
        return [(age, np.array(rows)) for age, rows in found.items()]

    def _as_it_is(self, rows: np.ndarray) -> None:
        """Count from now on those who would be waiting in the oldest cohort of each lane, where it is among `rows`."""
        again = np.isin(self._head // self.lanes, rows).nonzero()[0]
        self._planned[again] = self._flat.take(self._head.take(again))

    @property
    def waiting(self) -> np.ndarray:
        """Children on the list, (L,)."""
        return self.over[0]

    def arrive(self, week: int, joining: np.ndarray) -> None:
        """Note those (L,) who will join in `week`; weeks are told in order, and `plan` is told of all."""
        self.cohorts[self.opening_weeks + week] = joining
        self.joined.append(joining)

    def plan(self, week: int, weeks: int) -> None:
        """Plan who will leave of those who join in some weeks, a plan beginning a week after its cohort joins."""
        if self.plans is not None and weeks:
            first = self.opening_weeks + week
            count, after = (
                self._luck.block(f"leavers {what} {self.rank}", week, weeks) for what in ("count", "weeks")
            )
            rows = np.arange(first, first + weeks)
            self.plans.plan(rows, rows - (first - week - 1), 0, self.cohorts[rows], (count, after))

    def join(self, week: int) -> None:
        """Put those who join in `week` at the list's end."""
        if self.opening_weeks + week == 0:
            self._planned[:] = self.joined[week]
        self.over[0] += self.joined[week]

    def take(self, week: int, count: np.ndarray, seen: bool) -> np.ndarray:
        """Take the `count` longest waiters (L,) off the list; return how many waited over each edge, (B, L).

        Where they are `seen`, their waits are counted; otherwise they left.
        """
        taken = np.minimum(self.over, count)
        self.over -= taken
        self._walk(week + self.opening_weeks, count, seen)
        return taken

    def _walk(self, now: int, count: np.ndarray, seen: bool) -> None:
        """Take children row by row from the head on, and move the head."""
        flat, lanes, lane, need = self._flat, self.lanes, self._every, count
        cell = self._head
        here = flat.take(cell)
        place = self._twice + now * lanes - cell  # wait x L + lane
        if seen:
            np.multiply((place - lane) // lanes, count, out=self.weeks_waited, casting="unsafe")
        while True:
            taken = np.minimum(here, need)
            flat[cell] = here - taken
            if seen:
                self._counts[place] += taken
            need = need - taken
            more = (need > 0).nonzero()[0]
            if not more.size:
                return
            if more.size < lanes:
                lane, need, cell, place = (a.take(more) for a in (lane, need, cell, place))
            cell = cell + lanes
            place = place - lanes
            here = flat.take(cell)
            self._head[lane], self._planned[lane] = cell, here
            if seen:
                self.weeks_waited[lane] -= need

    def age(self, week: int) -> None:
        """Count the cohorts whose age at the end of `week` crosses an edge."""
        rows = self._reaching + week
        if rows.size and rows[-1] < 0:
            rows = rows[rows >= 0]
        self.over[1 : rows.size + 1] += self.cohorts.take(rows, axis=0)
