"""Who leaves a service's first list unseen: drawn ahead as sparse events, a few weeks' worth at a time.

A cohort is the children who joined in one week. When it has waited 0, 16, 32 ... weeks, the number of it who would
leave in the next 16, had nobody been seen, is drawn, and a week for each. A planned leaver of a cohort that is
partly seen by then leaves only with the chance (those still waiting / those who would be, had none been seen).
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.service_luck import Binomial
from sendneeds.kernel.service_rules import Count

PLAN = 16
COUNT, WEEK, THIN, CAUSE = 0, 1, 1 << 62, 1 << 63
"""Places of the draws of a plan, of the luck of a cohort partly seen, and of a leaver's cause."""
_STEP = 0x9E3779B97F4A7C15  # what `streams.hashed` adds to a key for each step of its counter
_PIECES = 4  # draws of 16 bits in a uniform


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

    def within(self, age: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the chance to leave in the weeks of a plan from `age`, (1 or L,), and in which week.

        The second array, (weeks of a plan, 1 or L), is the chance to have left by each week's end given that one
        does, in 2^-16.
        """
        age = min(age, self.weeks - 1)
        if age not in self._known:
            at = np.minimum(age + np.arange(PLAN), self.weeks - 1)
            left = 1.0 - np.cumprod(1.0 - self.total[at], axis=0)
            share = np.maximum(left[-1], 1e-300)
            self._known[age] = left[-1], np.rint(left / share * 65536).astype(np.int32)
        return self._known[age]

    def aged_share(self, age: int) -> np.ndarray:
        """Return the share of those leaving after `age` whole weeks whose cause is the age limit, (1 or L,)."""
        return self._aged[min(age, self.weeks - 1)]

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
        self._counts: dict[int, Binomial] = {}
        self._tables: dict[int, np.ndarray] = {}
        self._out = np.empty(len(keys), dtype=dtype)
        self._every = np.arange(len(keys))
        self._room = 2 * len(keys)
        self._lane = np.empty((PLAN, self._room), dtype=np.int64)
        self._row = np.empty((PLAN, self._room), dtype=np.int64)
        self._fill = np.zeros(PLAN, dtype=np.int64)

    def plan(self, row: int, age: int, week: int, waiting: np.ndarray) -> None:
        """Draw who of the `waiting` children (L,) of a cohort would leave from `week` on, and when."""
        key = min(age, self.law.weeks - 1)
        share, ends = self.law.within(age)
        if key not in self._counts:
            self._counts[key] = Binomial(share, len(self._keys), self._dtype)
        start = place(row, week)
        luck = streams.hashed(self._pair, start + COUNT)
        count = self._counts[key].draw(waiting, luck[: len(self._keys)], self._out)
        total = np.add.accumulate(count, dtype=np.int64)
        if total[-1]:
            lane = np.repeat(self._every, count)
            nth = np.arange(lane.size)
            nth -= (total - count).take(lane)
            piece = self._pieces(luck[len(self._keys) :], start + WEEK, lane, nth)
            self._file(row, week, lane, self._weeks(key, ends, lane, piece))

    def _pieces(self, luck: np.ndarray, start: int, lane: np.ndarray, nth: np.ndarray) -> np.ndarray:
        """Return 16 bits of luck for the nth planned leaver of a lane: four share a uniform."""
        piece = luck.astype("<u8", copy=False).view("<u2").take(lane * _PIECES + np.minimum(nth, _PIECES - 1))
        more = (nth >= _PIECES).nonzero()[0]
        if more.size:
            shift = (16 * (nth[more] % _PIECES)).astype(np.uint64)
            drawn = streams.hashed(self._keys[lane[more]], nth[more] // _PIECES + start)
            piece[more] = (drawn >> shift).astype(np.uint16)
        return piece

    def _weeks(self, key: int, ends: np.ndarray, lane: np.ndarray, piece: np.ndarray) -> np.ndarray:
        """Return the weeks from the plan until each leaves."""
        if ends.shape[1] > 1:
            return (ends[:, lane] <= piece).sum(axis=0).astype(np.uint8)
        if key not in self._tables:
            table = np.searchsorted(ends[:, 0], np.arange(65536), side="right")
            self._tables[key] = table.astype(np.uint8)
        return self._tables[key].take(piece)

    def _file(self, row: int, week: int, lane: np.ndarray, after: np.ndarray) -> None:
        """Put each planned leaver in the ring's slot for the week due."""
        order = after.argsort(kind="stable")
        count = np.bincount(after, minlength=PLAN)
        slot = (np.arange(PLAN) + week) % PLAN
        begin = self._fill[slot]
        self._fill[slot] += count
        while self._fill.max() > self._room:
            self._grow()
        shift = slot * self._room + begin - np.cumsum(count) + count
        at = shift.take(after.take(order))
        at += self._every[: at.size] if at.size <= self._every.size else np.arange(at.size)
        self._lane.reshape(-1)[at] = lane.take(order)
        self._row.reshape(-1)[at] = row

    def _grow(self) -> None:
        self._room *= 2
        for name in ("_lane", "_row"):
            old = getattr(self, name)
            new = np.empty((PLAN, self._room), dtype=old.dtype)
            new[:, : old.shape[1]] = old
            setattr(self, name, new)

    def due(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Return, and forget, the lane and row of each child planned to leave at the start of a week."""
        slot = week % PLAN
        size = int(self._fill[slot])
        self._fill[slot] = 0
        return self._lane[slot, :size], self._row[slot, :size]
