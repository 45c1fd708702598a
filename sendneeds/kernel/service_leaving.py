"""Who leaves a service's first list unseen: drawn ahead as sparse events, a few weeks' worth at a time.

A cohort is the children who joined in one week. When it has waited 0, 32, 64 ... weeks, the number of it who would
leave in the next 32, had nobody been seen, is drawn, and a week for each. A planned leaver of a cohort that is
partly seen by then leaves only with the chance (those still waiting / those who would be, had none been seen).
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.service_luck import Binomial
from sendneeds.kernel.service_rules import Count

PLAN = 32
COUNT, WEEK, THIN, CAUSE = 0, 1, 1 << 62, 1 << 63
"""Places of the draws of a plan, of the luck of a cohort partly seen, and of a leaver's cause."""
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
        self._due: dict[int, list[tuple[int, np.ndarray]]] = {}
        self._counts: dict[int, Binomial] = {}
        self._tables: dict[int, np.ndarray] = {}
        self._out = np.empty(len(keys), dtype=dtype)

    def plan(self, row: int, age: int, week: int, waiting: np.ndarray) -> None:
        """Draw who of the `waiting` children (L,) of a cohort would leave from `week` on, and when."""
        key = min(age, self.law.weeks - 1)
        share, ends = self.law.within(age)
        if key not in self._counts:
            self._counts[key] = Binomial(share, len(self._keys), self._dtype)
        start = place(row, week)
        count = self._counts[key].draw(waiting, streams.hashed(self._keys, start + COUNT), self._out)
        luck = streams.hashed(self._keys, start + WEEK)
        lanes, pieces = [], []
        for number in range(int(count.max(initial=0))):
            lane = np.flatnonzero(count > number)
            if number < _PIECES:
                drawn = luck[lane]
            else:
                drawn = streams.hashed(self._keys[lane], start + WEEK + number // _PIECES)
            lanes.append(lane)
            pieces.append((drawn >> np.uint64(16 * (number % _PIECES))).astype(np.uint16))
        if lanes:
            self._file(row, week, np.concatenate(lanes), self._weeks(key, ends, lanes, pieces))

    def _weeks(
        self, key: int, ends: np.ndarray, lanes: list[np.ndarray], pieces: list[np.ndarray]
    ) -> np.ndarray:
        piece = np.concatenate(pieces)
        if ends.shape[1] > 1:
            return (ends[:, np.concatenate(lanes)] <= piece).sum(axis=0).astype(np.uint8)
        if key not in self._tables:
            table = np.searchsorted(ends[:, 0], np.arange(65536), side="right")
            self._tables[key] = table.astype(np.uint8)
        return self._tables[key].take(piece)

    def _file(self, row: int, week: int, lane: np.ndarray, after: np.ndarray) -> None:
        order = np.argsort(after, kind="stable")
        lane = lane.take(order)
        ends = np.cumsum(np.bincount(after, minlength=PLAN)).tolist()
        start = 0
        for ahead, end in enumerate(ends):
            if end > start:
                self._due.setdefault(week + ahead, []).append((row, lane[start:end]))
            start = end

    def due(self, week: int) -> list[tuple[int, np.ndarray]]:
        """Return, and forget, the lanes of those planned to leave at the start of a week, by row, oldest first."""
        return sorted(self._due.pop(week, []), key=lambda part: part[0])
