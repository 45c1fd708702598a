"""The list for first assessments: cohorts by week of joining, served first in, first out, with leavers.

Row r of the cohorts holds those who joined in week r - O, where O is the length of the opening list. Each lane has a
head: its oldest row that is not yet all seen.
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.removals import Removals
from sendneeds.kernel.service_leaving import CAUSE, PLAN, THIN, LeavingLaw, Plans, place
from sendneeds.kernel.service_rules import Count


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
    keys : ndarray of uint64, (L,)
    dtype : type
        Of the counts.
    """

    def __init__(
        self,
        opening: np.ndarray,
        weeks: int,
        edges: tuple[int, ...],
        law: LeavingLaw | None,
        keys: np.ndarray,
        dtype: Count,
    ) -> None:
        self.opening_weeks, lanes = opening.shape
        self.edges, self.lanes, self.keys, self.dtype = edges, lanes, keys, dtype
        self.cohorts = np.zeros((self.opening_weeks + weeks, lanes), dtype=dtype)
        self.cohorts[: self.opening_weeks] = opening[::-1]
        self.opening = self.cohorts[: self.opening_weeks].copy()
        self.joined: list[np.ndarray] = []  # by week
        age = np.arange(1, self.opening_weeks + 1)
        self.over: np.ndarray = np.stack([opening[age > edge].sum(axis=0) for edge in edges]).astype(dtype)
        self.seen_by_wait = np.zeros((self.opening_weeks + weeks, lanes), dtype=np.int32)
        self.weeks_waited = np.zeros(lanes, dtype=np.int32)  # of those seen this week
        self.plans = None if law is None else Plans(law, keys, dtype)
        self._flat, self._counts = self.cohorts.reshape(-1), self.seen_by_wait.reshape(-1)
        self._head = np.zeros(lanes, dtype=np.int64)
        self._every = np.arange(lanes)
        self._planned = self.cohorts[0].copy() if len(self.cohorts) else np.zeros(lanes, dtype)
        self._one = dtype(1)
        self._oldest = 0
        self._mark = np.zeros(lanes, dtype=np.int64)
        self._none = np.zeros(lanes, dtype=dtype)
        self._gone: list[tuple[int, np.ndarray, np.ndarray, np.ndarray | None]] = []
        longest = self.opening_weeks + weeks + 1
        self._band = np.searchsorted(edges, np.arange(longest)) - 1  # by weeks waited

    def leave(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Take out those who leave at the start of `week`; return how many, and how many by age, (L,) each."""
        if self.plans is None:
            return self._none, self._none
        for planned in self._rows_to_plan(week):
            cohort = self.cohorts[planned]
            if cohort.any():
                np.copyto(self._planned, cohort, where=self._head == planned)
                self.plans.plan(planned, week - (planned - self.opening_weeks) - 1, week, cohort)
        lane, row = self.plans.due(week)
        if not lane.size:
            return self._none, self._none
        gone = self._thinned(lane, row, week).nonzero()[0]
        lane, row = lane.take(gone), row.take(gone)
        aged = self._aged(lane, row, week)
        self._gone.append((week, lane.astype(np.int32), row.astype(np.int32), aged))
        band = self._band.take(week + self.opening_weeks - row, mode="clip")
        left = np.zeros_like(self.over)
        np.add.at(left.reshape(-1), band * self.lanes + lane, self._one)
        for number in range(len(self.edges) - 1, 0, -1):
            left[number - 1] += left[number]
        self.over -= left
        if aged is None:
            return left[0], self._none
        return left[0], np.bincount(lane[aged], minlength=self.lanes).astype(self.dtype)

    def _thinned(self, lane: np.ndarray, row: np.ndarray, week: int) -> np.ndarray:
        """Take planned leavers out of their cohorts; return which of them do leave."""
        cell = row * self.lanes + lane
        gone = self._flat.take(cell) > 0
        at_head = ((self._head.take(lane) == row) & gone).nonzero()[0]
        gone[at_head] = False
        np.subtract.at(self._flat, cell[gone], self._one)
        number = 0
        while at_head.size:  # a cohort partly seen: one planned leaver of each at a time
            self._mark[lane.take(at_head)] = at_head
            last = self._mark.take(lane.take(at_head)) == at_head
            now = at_head[last]
            who, where = lane[now], cell[now]
            luck = streams.as_real(streams.hashed(self.keys[who], THIN + place(0, week) + number))
            goes = luck * self._planned[who] < self._flat[where]
            self._planned[who] -= self._one
            self._flat[where[goes]] -= self._one
            gone[now] = goes
            at_head = at_head[~last]
            number += 1
        return gone

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

    def removals(self) -> Removals:
        """Return the record of those who left unseen."""
        if not self._gone:
            return Removals.none()
        week = np.concatenate([np.full(lane.size, week, np.int32) for week, lane, _, _ in self._gone])
        lane, row = (np.concatenate([one[k] for one in self._gone]) for k in (1, 2))
        aged = [np.zeros(one[1].size, bool) if one[3] is None else one[3] for one in self._gone]
        waited = week - (row - np.int32(self.opening_weeks))
        return Removals(week, waited, lane, np.concatenate(aged))

    def _rows_to_plan(self, week: int) -> list[int]:
        """Return the rows that have waited a whole number of plans, counting the opening list from week 0."""
        now = self.opening_weeks + week
        if week % 4 == 0:
            self._oldest = int(self._head.min(initial=now))
        before = range(self._oldest, self.opening_weeks) if week % PLAN == 0 else range(0)
        since = range(self.opening_weeks + (week - 1) % PLAN, now, PLAN)
        return [*before, *(row for row in since if row >= self._oldest)]

    @property
    def waiting(self) -> np.ndarray:
        """Children on the list, (L,)."""
        return self.over[0]

    def join(self, week: int, joined: np.ndarray) -> None:
        """Put those who join in `week` at the list's end."""
        self.cohorts[self.opening_weeks + week] = joined
        self.joined.append(joined)
        if self.opening_weeks + week == 0:
            self._planned[:] = joined
        self.over[0] += joined

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
        lane, head, need = self._every, self._head, count
        cell = head * self.lanes + lane
        here = self._flat.take(cell)
        while True:
            taken = np.minimum(here, need)
            self._flat[cell] = here - taken
            if seen:
                wait = now - head
                if lane is self._every:
                    np.multiply(taken, wait, out=self.weeks_waited, casting="unsafe")
                else:
                    self.weeks_waited[lane] += taken * wait
                wait *= self.lanes
                wait += lane
                self._counts[wait] += taken
            need = need - taken
            more = need.nonzero()[0]
            if not more.size:
                return
            lane, need, cell = lane.take(more), need.take(more), cell.take(more) + self.lanes
            head = head.take(more) + 1
            here = self._flat.take(cell)
            self._head[lane], self._planned[lane] = head, here

    def age(self, week: int) -> None:
        """Count the cohorts whose age at the end of `week` crosses an edge."""
        for band in range(1, len(self.edges)):
            row = self.opening_weeks + week - self.edges[band]
            if row >= 0:
                self.over[band] += self.cohorts[row]
