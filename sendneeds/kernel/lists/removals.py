"""Children who leave a list unseen: drawn as sparse events, exact in law, served first in, first out.

When a cohort (the children of one week of joining) has waited 0, 16, 32 ... weeks, the number of it who
would leave in the next 16 is drawn, and a week for each. A planned leaver whose cohort is partly seen by then
leaves only with the chance (those still waiting / those who would be, had none been seen).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.kernel import streams

PLAN_WEEKS = 16
_ONE = np.int32(1)  # of the dtype of the counts, without which `ufunc.at` is slow


@dataclass(frozen=True)
class Removals:
    """Those who left unseen, one entry a child.

    Parameters
    ----------
    week : ndarray of int32
        Week at whose start the child leaves.
    waited : ndarray of int32
        Week of leaving less week of joining.
    lane : ndarray of int32
    aged : ndarray of bool
        True where the cause is the age limit.
    """

    week: np.ndarray
    waited: np.ndarray
    lane: np.ndarray
    aged: np.ndarray

    @classmethod
    def none(cls) -> Removals:
        """Return the record of a list that nobody leaves unseen."""
        empty = np.zeros(0, dtype=np.int32)
        return cls(empty, empty, empty, empty.astype(bool))

    def only_aged_out(self) -> Removals:
        """Return the entries whose cause is the age limit."""
        return Removals(
            self.week[self.aged], self.waited[self.aged], self.lane[self.aged], self.aged[self.aged]
        )

    def by_week(self, weeks: int, lanes: int) -> np.ndarray:
        """Return the number who leave in each week, (T, L)."""
        return counted(self.week, self.lane, weeks, lanes)

    def by_row(self, rows: int, lanes: int, opening_weeks: int) -> np.ndarray:
        """Return the number who leave by row of joining, (O + T, L)."""
        return counted(self.week - self.waited + opening_weeks, self.lane, rows, lanes)


def counted(row: np.ndarray, lane: np.ndarray, rows: int, lanes: int) -> np.ndarray:
    """Return the number of entries at each row and lane, (rows, lanes) int32."""
    cell = row.astype(np.int64) * lanes + lane
    return np.bincount(cell, minlength=rows * lanes).astype(np.int32).reshape(rows, lanes)


class Cohorts:
    """Children waiting by week of joining and lane, and the plan of who will leave.

    Parameters
    ----------
    rows : ndarray of int32, (O + T, L)
        Children by week of joining, the oldest of the opening list first.
    opening_weeks : int
        O.
    hazard, age_out : float, (1, L), (K, 1) or (K, L), or None
        As in `lists.fifo`.
    keys : ndarray of uint64, (L,)
    """

    def __init__(
        self,
        rows: np.ndarray,
        opening_weeks: int,
        hazard: np.ndarray | float | None,
        age_out: np.ndarray | float | None,
        keys: np.ndarray,
    ) -> None:
        self.alive = np.ascontiguousarray(rows, dtype=np.int32).copy()
        self.unplanned = self.alive.copy()  # those who would be waiting, had none been seen since the plan
        self.opening_weeks = opening_weeks
        self.keys = keys
        self.law = LeavingLaw(hazard, age_out, len(rows) + PLAN_WEEKS)
        self._oldest = 0  # no lane has anyone left in a row before it
        self._due: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}
        self._left: list[tuple[int, np.ndarray, np.ndarray]] = []

    def leave(self, week: int) -> np.ndarray:
        """Take out those who leave at the start of `week`; return how many in each lane, (L,)."""
        lanes = self.alive.shape[1]
        rows = self._rows_to_plan(week)
        alike = [rows] if self.law.constant else [[row] for row in rows]
        for group in filter(None, alike):
            self._plan(group, week)
        due = self._due.pop(week, [])
        if not due:
            return np.zeros(lanes, dtype=np.int32)
        cell = np.concatenate([part for part, _ in due])
        luck = np.concatenate([part for _, part in due])
        alive, unplanned = self.alive.reshape(-1), self.unplanned.reshape(-1)
        waiting = alive[cell]
        whole = waiting == unplanned[cell]
        left, left_luck = [cell[whole]], [luck[whole]]
        np.subtract.at(alive, left[0], _ONE)
        np.subtract.at(unplanned, left[0], _ONE)
        part = ~whole & (waiting > 0)
        cell, luck = cell[part], luck[part]
        while cell.size:  # a cohort partly seen: one planned leaver a cell at a time
            _, index = np.unique(cell, return_index=True)
            now, chance = cell[index], streams.as_real(streams.hashed(luck[index], 1))
            goes = chance * unplanned[now] < alive[now]
            unplanned[now] -= 1
            alive[now[goes]] -= 1
            left.append(now[goes])
            left_luck.append(luck[index][goes])
            rest = np.ones(cell.size, dtype=bool)
            rest[index] = False
            cell, luck = cell[rest], luck[rest]
        gone = np.concatenate(left)
        self._left.append((week, gone, np.concatenate(left_luck)))
        return np.bincount(gone % lanes, minlength=lanes).astype(np.int32)

    def _rows_to_plan(self, week: int) -> list[int]:
        """Return the rows that have waited a whole number of plans, counting the opening list from week 0."""
        now = self.opening_weeks + week
        while self._oldest < now and not self.alive[self._oldest].any():
            self._oldest += 1
        before = range(self._oldest, self.opening_weeks) if week % PLAN_WEEKS == 0 else range(0)
        since = range(self.opening_weeks + (week - 1) % PLAN_WEEKS, now, PLAN_WEEKS)
        return [*before, *(row for row in since if row >= self._oldest)]

    def _plan(self, rows: list[int], week: int) -> None:
        """Draw who of some cohorts, alike in their law, would leave in the next weeks, and when."""
        lanes, row = self.alive.shape[1], np.array(rows)
        cohorts = self.alive[row]
        self.unplanned[row] = cohorts
        age = week - (rows[0] - self.opening_weeks) - 1  # whole weeks waited
        counter = (row * 4096 + week) * 4096
        keys = streams.counted_on(self.keys, counter[:, None])
        count = streams.binomial(cohorts, self.law.share(age), streams.hashed(keys, 0)).reshape(-1)
        nth = np.arange(1, count.sum() + 1)
        nth -= np.repeat(np.cumsum(count) - count, count)
        luck = streams.hashed(np.repeat(keys.reshape(-1), count), nth)
        lane = np.repeat(np.tile(np.arange(lanes), row.size), count)
        after = self.law.weeks_until(age, lane, streams.as_real(luck))
        order = np.argsort(after, kind="stable")
        cells = (lane + np.repeat(row * lanes, count.reshape(row.size, lanes).sum(axis=1)))[order]
        luck = luck[order]
        ends = np.searchsorted(after[order], np.arange(PLAN_WEEKS + 1))
        for ahead in range(PLAN_WEEKS):
            if ends[ahead] < ends[ahead + 1]:
                part = slice(ends[ahead], ends[ahead + 1])
                self._due.setdefault(week + ahead, []).append((cells[part], luck[part]))

    def removals(self) -> Removals:
        """Return the record of all who left so far."""
        if not self._left:
            return Removals.none()
        lanes = self.alive.shape[1]
        week = np.concatenate([np.full(cell.size, week, np.int32) for week, cell, _ in self._left])
        cell = np.concatenate([cell for _, cell, _ in self._left])
        luck = np.concatenate([luck for _, _, luck in self._left])
        lane = (cell % lanes).astype(np.int32)
        waited = week - (cell // lanes - self.opening_weeks).astype(np.int32)
        return Removals(week, waited, lane, self.law.aged(waited - 1, lane, luck))


class LeavingLaw:
    """The chance of leaving by weeks waited, from two causes: removal, and reaching the age limit.

    Parameters
    ----------
    hazard, age_out : float, (1, L), (K, 1) or (K, L), or None
    longest : int
        The longest wait asked of it, in weeks.
    """

    def __init__(
        self, hazard: np.ndarray | float | None, age_out: np.ndarray | float | None, longest: int
    ) -> None:
        removed, aged = (np.atleast_2d(np.asarray(0.0 if h is None else h, float)) for h in (hazard, age_out))
        last = max(len(removed), len(aged)) - 1
        weeks = np.minimum(np.arange(last + 1), last)
        removed = removed[np.minimum(weeks, len(removed) - 1)]
        self._aged = aged[np.minimum(weeks, len(aged) - 1)]
        self.total = 1.0 - (1.0 - removed) * (1.0 - self._aged)
        self.constant = len(self.total) == 1
        self._log_stays = np.log1p(-self.total[0])
        self._share = -np.expm1(PLAN_WEEKS * self._log_stays)
        if not self.constant:
            by_week = self.total[np.minimum(np.arange(longest), last)]
            start = np.ones((1, by_week.shape[1]))
            self._staying = np.concatenate([start, np.cumprod(1.0 - by_week, axis=0)])

    def share(self, age: int) -> np.ndarray:
        """Return the chance to leave within the plan's weeks from `age`, (1,) or (L,)."""
        if self.constant:
            return self._share
        return self._ends(age)[-1]

    def weeks_until(self, age: int, lane: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return the weeks from the plan until leaving, 0 to 15, for those who do leave in it."""
        if self.constant:
            stays, share = self._log_stays, self._share
            if share.size > 1:
                stays, share = stays[lane], share[lane]
            after = np.floor(np.log1p(-u * share) / stays)
        elif self.total.shape[1] == 1:
            ends = self._ends(age)[:, 0]
            after = np.searchsorted(ends, u * ends[-1], side="right")
        else:
            ends = self._ends(age)[:, lane]
            after = (ends <= u * ends[-1]).sum(axis=0)
        return np.minimum(after, PLAN_WEEKS - 1).astype(np.int8)

    def _ends(self, age: int) -> np.ndarray:
        """Return the chance to have left by 1, 2, ... weeks after `age`, (plan's weeks, 1 or L)."""
        start = np.maximum(self._staying[age], np.finfo(float).tiny)
        return 1.0 - self._staying[age + 1 : age + PLAN_WEEKS + 1] / start

    def aged(self, age: np.ndarray, lane: np.ndarray, luck: np.ndarray) -> np.ndarray:
        """Return whether each leaver's cause is the age limit, which is looked at before removal."""
        at = np.minimum(age, len(self.total) - 1)
        column = lane if self.total.shape[1] > 1 else np.zeros_like(lane)
        limit = self._aged[at, column if self._aged.shape[1] > 1 else 0] / self.total[at, column]
        return streams.as_real(streams.hashed(luck, 2)) < limit


def serve_with_removals(
    rows: np.ndarray,
    opening_weeks: int,
    slots: np.ndarray,
    hazard: np.ndarray | float | None,
    age_out: np.ndarray | float | None,
    keys: np.ndarray,
) -> tuple[np.ndarray, Removals]:
    """Return those seen so far, (T + 1, L), and those who left unseen.

    Parameters
    ----------
    rows : ndarray of int32, (O + T, L)
        Children by week of joining.
    opening_weeks : int
    slots : ndarray of int, (T,) or (T, L)
    hazard, age_out, keys
        As in `lists.fifo`.
    """
    cohorts = Cohorts(rows, opening_weeks, hazard, age_out, keys)
    lanes = rows.shape[1]
    served = np.zeros((len(rows) - opening_weeks + 1, lanes), dtype=np.int32)
    waiting = rows[:opening_weeks].sum(axis=0, dtype=np.int32)
    head = np.arange(lanes)  # the cell of each lane's longest waiters
    for week in range(len(served) - 1):
        waiting -= cohorts.leave(week)
        waiting += rows[opening_weeks + week]
        seen = np.minimum(waiting, slots[week]).astype(np.int32)
        take_from_front(cohorts.alive, head, seen)
        waiting -= seen
        np.add(served[week], seen, out=served[week + 1])
    return served, cohorts.removals()


def take_from_front(alive: np.ndarray, head: np.ndarray, seen: np.ndarray) -> None:
    """Take the `seen` children of each lane from its oldest rows, moving `head` on, all in place."""
    flat, lanes = alive.reshape(-1), alive.shape[1]
    busy = np.flatnonzero(seen)
    left = seen[busy]
    cell = head[busy]
    while busy.size:
        here = flat[cell]
        taken = np.minimum(here, left)
        flat[cell] = here - taken
        left -= taken
        more = left > 0
        head[busy] = cell
        busy, left, cell = busy[more], left[more], cell[more] + lanes
