"""Who leaves a service's first list unseen: drawn ahead as sparse events, a few weeks' worth at a time.

A cohort is the children who joined in one week. When it joins, and when it has waited 16, 32 ... weeks, the number of
it who would leave in the next 16, had nobody been seen, is drawn, and a week for each. A planned leaver of a cohort
that is partly seen by then leaves only with the chance (those still waiting / those who would be, had none been seen).
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.services.random_streams import Binomial
from sendneeds.kernel.services.rules import Count

PLAN = 16
WEEK, THIN, CAUSE = 1, 1 << 62, 1 << 63
"""Places of a plan's weeks (its count stands at 0), of the luck of a cohort partly seen, and of a leaver's cause."""
_STEP = 0x9E3779B97F4A7C15  # what `streams.hashed` adds to a key for each step of its counter
PIECES = 4  # draws of 16 bits in a uniform


def place(row: int, week: int) -> int:
    """Return the counter at which the draws of a cohort's plan in a week begin."""
    return (row * 8192 + week) * 4096


class LeavingLaw:
    """The chance to leave by weeks waited, and of each cause.

    Parameters
    ----------
    leaving, age_out : float or ndarray (K,), (1, L) or (K, L), or None
        As in `service_rules.Rules`.
    """

    def __init__(self, leaving: float | np.ndarray | None, age_out: float | np.ndarray | None) -> None:
        gone, aged = (_by_week(0.0 if chance is None else chance) for chance in (leaving, age_out))
        self.weeks = max(len(gone), len(aged))
        lanes = max(gone.shape[1], aged.shape[1])
        at = np.arange(self.weeks)
        gone, aged = (
            np.broadcast_to(chance[np.minimum(at, len(chance) - 1)], (self.weeks, lanes))
            for chance in (gone, aged)
        )
        self.total = 1.0 - (1.0 - gone) * (1.0 - aged)
        self._aged = aged / np.maximum(self.total, 1e-300)
        self.two_causes = leaving is not None and age_out is not None and bool(np.any(aged > 0))
        self.only_aged = leaving is None and age_out is not None
        self._known: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def alike(self, age: int) -> int:
        """Return the least age whose law is that of `age`."""
        return min(age, self.weeks - 1)

    def within(self, age: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the chance to leave in the weeks of a plan from `age`, (1 or L,), and in which week.

        The second array, (weeks of a plan, 1 or L), is the chance to have left by each week's end given that one
        does, in 2^-16.
        """
        age = self.alike(age)
        if age not in self._known:
            at = np.minimum(age + np.arange(PLAN), self.weeks - 1)
            left = 1.0 - np.cumprod(1.0 - self.total[at], axis=0)
            share = np.maximum(left[-1], 1e-300)
            self._known[age] = left[-1], np.rint(left / share * 65536).astype(np.int32)
        return self._known[age]

    def aged_share(self, age: int) -> np.ndarray:
        """Return the share of those leaving after `age` whole weeks whose cause is the age limit, (1 or L,)."""
        return self._aged[self.alike(age)]

    def aged_shares(self, age: np.ndarray, lane: np.ndarray) -> np.ndarray:
        """Return `aged_share` of children by age and lane, (N,)."""
        return self._aged[np.minimum(age, self.weeks - 1), lane if self._aged.shape[1] > 1 else 0]


def _by_week(chance: float | np.ndarray) -> np.ndarray:
    array = np.asarray(chance, dtype=float)
    return array.reshape(-1, 1) if array.ndim < 2 else array


class Plans:
    """The plans of who will leave, by week due.

    Parameters
    ----------
    law : LeavingLaw
    keys : ndarray of uint64, (L,)
    dtype : type
        Of the counts.
    """

    def __init__(self, law: LeavingLaw, keys: np.ndarray, dtype: Count) -> None:
        self.law, self._keys, self._dtype = law, keys, dtype
        self._pair = np.concatenate([keys, keys + np.uint64(_STEP)])  # hashed at n: the luck n and n + 1
        self._counts: dict[tuple[int, int], Binomial] = {}
        self._tables: dict[int, np.ndarray] = {}
        self._due: list[list[np.ndarray]] = [[] for _ in range(2 * PLAN)]

    def plan(
        self,
        rows: np.ndarray,
        weeks: np.ndarray,
        age: int,
        waiting: np.ndarray,
        luck: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        """Draw who of the `waiting` children of some cohorts would leave, and when.

        Parameters
        ----------
        rows : ndarray of int, (cohorts,)
        weeks : ndarray of int, (cohorts,)
            In which each cohort's plan begins, not falling.
        age : int
            Whole weeks that each has waited when its plan begins, as far as the law tells ages apart.
        waiting : ndarray, (cohorts, L)
        luck : ndarray of uint64, (cohorts, L), twice
            Uniforms of how many leave, and of the weeks of the first four; hashed where they are left out.
        """
        key = self.law.alike(age)
        share, ends = self.law.within(age)
        number_of, lanes = waiting.shape
        if (key, number_of) not in self._counts:
            chance = np.tile(share, number_of) if share.size > 1 else share
            self._counts[key, number_of] = Binomial(chance, number_of * lanes, self._dtype)
        start = np.array(
            [place(int(row), int(week)) for row, week in zip(rows, weeks, strict=True)], np.uint64
        )
        if luck is None:
            both = streams.hashed(self._pair, start[:, None])
            luck = both[:, :lanes], both[:, lanes:]
        count = np.empty(number_of * lanes, self._dtype)
        self._counts[key, number_of].draw(waiting.reshape(-1), luck[0].reshape(-1), count)
        pieces = luck[1].astype("<u8", order="C").view("<u2").reshape(number_of * lanes, PIECES)
        found, due, number = [], [], 0
        cell = (count > 0).nonzero()[0]
        while cell.size:  # the first of each cohort and lane, then the second of those that have two ...
            if number and number % PIECES == 0:
                at, lane = np.divmod(cell, lanes)
                counter = start.take(at) + np.uint64(WEEK + number // PIECES)
                drawn = streams.hashed(self._keys.take(lane), counter)
                pieces[cell] = drawn.astype("<u8", copy=False).view("<u2").reshape(-1, PIECES)
            found.append(cell)
            due.append(self._weeks(key, ends, cell, pieces[:, number % PIECES].take(cell)))
            number += 1
            cell = (count > number).nonzero()[0]
        if found:
            cell, after = np.concatenate(found), np.concatenate(due)
            at = cell // lanes
            if weeks[-1] > weeks[0]:
                after += (weeks - weeks[0]).astype(np.uint8).take(at)
            cell += ((rows - np.arange(number_of)) * lanes).take(at)
            self._file(int(weeks[0]), cell, after)

    def _weeks(self, key: int, ends: np.ndarray, cell: np.ndarray, piece: np.ndarray) -> np.ndarray:
        """Return the weeks from the plan until each leaves."""
        if ends.shape[1] > 1:  # halve the weeks of the plan, lane by lane
            if key not in self._tables:
                self._tables[key] = np.ascontiguousarray(ends.T).reshape(-1)
            first = (cell % len(self._keys)) * PLAN
            after = np.zeros(cell.size, dtype=np.int64)
            for step in (8, 4, 2, 1):
                after += step * (self._tables[key].take(first + after + (step - 1)) <= piece)
            return after.astype(np.uint8)
        if key not in self._tables:
            table = np.searchsorted(ends[:, 0], np.arange(65536), side="right")
            self._tables[key] = table.astype(np.uint8)
        return self._tables[key].take(piece)

    def _file(self, week: int, cell: np.ndarray, after: np.ndarray) -> None:
        """Put the cell of each planned leaver with those of the week due."""
        cell = cell.take(after.argsort(kind="stable"))
        start = 0
        for ahead, end in enumerate(np.bincount(after).cumsum().tolist()):
            if end > start:
                self._due[(week + ahead) % len(self._due)].append(cell[start:end])
            start = end

    def due(self, week: int) -> np.ndarray:
        """Return, and forget, the cell (row x L + lane) of each child planned to leave at the start of a week."""
        slot = week % len(self._due)
        parts, self._due[slot] = self._due[slot], []
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)
