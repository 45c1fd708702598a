"""Follow-up sessions and reviews: one queue by week due, then package, then session number.

Only the number of sessions of each kind that fall due in each week is kept, cumulated over the kinds in the order
in which they are served, and how many units of that week's work are done. What is done, cumulated over the kinds, is
then the difference of two clipped curves. Weeks are kept in a ring that grows where the queue is long; until its week
comes, a row is cumulated over the later sessions of each package alone.

For one week due, with C[k] its sessions of kinds 0 .. k and the work done on it going from `low` to `high` sessions,

    done of kinds 0 .. k = min(max(C[k], low), high) - low
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sendneeds.kernel.binomial import Count
from sendneeds.kernel.services.rules import Package

_DENSE = 4
"""Weeks due that are worked through for all lanes together; a longer queue is walked lane by lane."""


class FollowUps:
    """The queue of follow-up sessions.

    Parameters
    ----------
    packages : tuple of Package
    lanes : int
    dtype : type
        Of the counts.
    due : ndarray of int, (G, K, L)
        Sessions of each kind that fall due in weeks 0, 1 ... from before; G may be 0.
    overdue : ndarray of int, (V, K, L)
        Sessions of each kind already 1, 2 ... weeks past due.
    """

    def __init__(
        self, packages: tuple[Package, ...], lanes: int, dtype: Count, due: np.ndarray, overdue: np.ndarray
    ) -> None:
        self.packages, self.lanes, self.dtype = packages, lanes, dtype
        self.first = np.cumsum([0, *(package.sessions for package in packages)]).tolist()
        self.kinds = self.first[-1]
        units = np.repeat([p.units for p in packages], [p.sessions for p in packages]).astype(dtype)
        self.mixed = len(set(units.tolist())) > 1
        self._each = units[:, None]
        self.unit = 1 if self.mixed or not len(units) else int(units[0])
        self._ahead = max([1, *(max(p.spacing, p.weeks_to_first) for p in packages)])
        size = 8
        while size < len(overdue) + max(len(due), self._ahead) + _DENSE + 2:
            size *= 2
        self._ring = np.zeros((size, self.kinds, lanes), dtype=dtype)
        self._total = np.zeros((size, lanes), dtype=dtype)
        self._used = np.zeros((size, lanes), dtype=dtype)
        self._oldest = -len(overdue)
        self._head = np.full(lanes, self._oldest)
        self._done = np.zeros((self.kinds, lanes), dtype=dtype)
        self._cut = np.empty((self.kinds, lanes), dtype=dtype)
        self._every = np.arange(lanes)
        self.need = np.zeros(lanes, dtype=dtype)  # units due and not done
        self.overdue = np.zeros(lanes, dtype=dtype)  # sessions due and not done
        self.delivered = np.zeros(lanes, dtype=dtype)  # sessions done this week
        self.late_weeks = np.zeros(lanes, dtype=np.int32)  # of the sessions done this week
        self._nobody = np.zeros(lanes, dtype=dtype)
        self.given_up_weeks = np.zeros(lanes, dtype=np.int32)  # past due, of the sessions given up this week
        for week, row in enumerate(due):
            self._ring[self._at(week)] = self._within(row)
        for back, row in enumerate(overdue):
            self._ring[self._at(-1 - back)] = self._within(row)
            self.fall_due(-1 - back)
        self.pending = due.sum(axis=(0, 1)).astype(dtype) + overdue.sum(axis=(0, 1)).astype(dtype)

    def _at(self, week: int) -> int:
        return week & (len(self._ring) - 1)  # the remainder, as the ring is a power of two long

    def _within(self, rows: np.ndarray) -> np.ndarray:
        """Return sessions by kind (K, L) cumulated over the later sessions of each package."""
        out = rows.astype(self.dtype)
        for first, last in pairwise(self.first):
            np.cumsum(rows[first + 1 : last], axis=0, out=out[first + 1 : last])
        return out

    def fall_due(self, week: int) -> None:
        """Add the sessions that fall due in `week` to the queue."""
        if not self.kinds:
            return
        at = self._at(week)
        rows = self._ring[at]
        for package, first, last in zip(self.packages, self.first, self.first[1:], strict=False):
            block = rows[first:last]
            block[1:] += block[0]  # first sessions stood alone until now: see `_within`
            if self.mixed:
                self.overdue += block[-1]
                block *= self.dtype(package.units)
            if first:
                block += rows[first - 1]
        if not self.mixed:
            self.overdue += rows[-1]
        total = self._total[at]
        np.multiply(rows[-1], self.dtype(self.unit), out=total)
        self._used[at] = 0
        self.need += total

    def deliver(self, week: int, units: np.ndarray) -> np.ndarray:
        """Work through `units` (L,) of attended slots; return the sessions done, cumulated over kinds, (K, L)."""
        self.late_weeks[:] = 0
        self.delivered[:] = 0
        if not self.kinds:
            return self._done
        self.need -= units
        if week - self._oldest < _DENSE or self.mixed:
            self._deliver_dense(week, units.copy())
        else:
            self._deliver_by_lane(week, units.copy())
        self.overdue -= self.delivered
        return self._done

    def _deliver_dense(self, week: int, units: np.ndarray) -> None:
        if self.mixed:
            self._done[:] = 0
        first = True
        for due in range(self._oldest, week + 1):
            at = self._at(due)
            low = self._used[at]
            high = np.minimum(low + units, self._total[at])
            units -= high - low
            if self.mixed:
                done = self._mixed(self._ring[at], high) - self._mixed(self._ring[at], low)
                self._done += done
                sessions = done.sum(axis=0, dtype=self.dtype)
            else:
                bottom, top = self._whole(low), self._whole(high)
                sessions = top - bottom
                self._cumulate(self._ring[at], None if due == week else bottom, top, first)
                first = False
            self.delivered += sessions
            if due < week:
                self.late_weeks += sessions * np.int32(week - due)
            self._used[at] = high
            if due == self._oldest < week and (high == self._total[at]).all():
                self._oldest += 1
        if self.mixed:
            for kind in range(1, self.kinds):
                self._done[kind] += self._done[kind - 1]

    def _whole(self, units: np.ndarray) -> np.ndarray:
        return units if self.unit == 1 else units // self.dtype(self.unit)

    def _cumulate(self, curve: np.ndarray, low: np.ndarray | None, high: np.ndarray, first: bool) -> None:
        """Add to what is done, cumulated over kinds, the curve between two heights, the lower one 0 if not given."""
        into = self._done if first else self._cut
        np.minimum(curve, high, out=into)
        if low is not None:
            np.maximum(into, low, out=into)
            np.subtract(into, low, out=into)
        if not first:
            self._done += into

    def _mixed(self, curve: np.ndarray, height: np.ndarray) -> np.ndarray:
        """Return the sessions of each kind done once work stands at a height of the curve, in units."""
        cut = np.minimum(curve, height)
        cut[1:] -= cut[:-1].copy()
        return cut // self._each

    def _deliver_by_lane(self, week: int, units: np.ndarray) -> None:
        size, kinds, lanes = self._ring.shape
        ring, used, total = self._ring.reshape(-1), self._used.reshape(-1), self._total.reshape(-1)
        np.maximum(self._head, self._oldest, out=self._head)
        kind = np.arange(kinds)[:, None] * lanes
        lane, first = self._every, True
        while lane.size:
            head = self._head[lane]
            slot = head & (size - 1)
            cell = slot * lanes + lane
            all_units, low = total.take(cell), used.take(cell)
            left = units[lane]
            high = np.minimum(low + left, all_units)
            units[lane] = left - (high - low)
            used[cell] = high
            bottom, top = self._whole(low), self._whole(high)
            self.delivered[lane] += top - bottom
            self.late_weeks[lane] += (top - bottom) * (week - head).astype(np.int32)
            curve = ring.take(slot * (kinds * lanes) + lane + kind)
            np.maximum(curve, bottom, out=curve)
            np.minimum(curve, top, out=curve)
            curve -= bottom
            if first:
                self._done[:] = curve
            else:
                self._done[:, lane] += curve
            first = False
            on = np.flatnonzero((high == all_units) & (head < week))
            lane = lane.take(on)
            self._head[lane] += 1
        self._oldest = int(self._head.min())

    def give_up(self, week: int, count: np.ndarray) -> np.ndarray:
        """Take the `count` sessions (L,) at the front off the queue undone; return how many there were."""
        left = count.copy()
        self.given_up_weeks[:] = 0
        for due in range(self._oldest, week + 1):
            if not left.any():
                break
            at = self._at(due)
            low = np.zeros(self.lanes, self.dtype)
            whole = [(self._total[at], self.dtype(self.unit))]
            if self.mixed:
                whole = list(zip(self._ring[at], self._each[:, 0], strict=True))
            for high, unit in whole:
                used = np.clip(self._used[at], low, high)
                done = (used - low) // unit
                gone = np.minimum(left, (high - low) // unit - done)
                moved = np.where(gone > 0, low + (done + gone) * unit, self._used[at])
                self.need -= moved - self._used[at]
                self._used[at] = moved
                left -= gone
                self.given_up_weeks += gone * np.int32(week - due)
                low = high
        given = count - left
        self.overdue -= given
        self.pending -= given  # who gives a session up leaves the service: none of the later ones falls due
        return given

    def go_on(self, week: int, done: np.ndarray, starting: list[np.ndarray]) -> np.ndarray:
        """Put the next session of each child seen in `week` in its week due; return those who had their last.

        Parameters
        ----------
        week : int
        done : ndarray, (K, L)
            Sessions done in the week, cumulated over kinds.
        starting : list of ndarray (L,)
            Children whose package begins, for each package: those too who have had their last session of another.
        """
        if week + self._ahead - self._oldest >= len(self._ring):
            self._grow(week)
        finished = before = self._nobody  # `before`: sessions done of the packages before
        for number, (package, start) in enumerate(zip(self.packages, starting, strict=True)):
            first, last = self.first[number], self.first[number + 1]
            self._ring[self._at(week + package.weeks_to_first), first] = start
            if last - first > 1:
                later = self._ring[self._at(week + package.spacing)]
                np.subtract(done[first : last - 1], before, out=later[first + 1 : last])
            ended = self.ended(number, done)
            finished = finished + ended if first else ended
            before = done[last - 1]
            self.pending += start
        self.pending -= finished
        return finished

    def ended(self, package: int, done: np.ndarray) -> np.ndarray:
        """Return who had the last session of a package, (L,), from the sessions done, cumulated over kinds."""
        last = self.first[package + 1] - 1
        return done[last] - done[last - 1] if last else done[last]

    def _grow(self, week: int) -> None:
        size = len(self._ring)
        weeks = np.arange(self._oldest, self._oldest + size)
        for name in ("_ring", "_total", "_used"):
            old = getattr(self, name)
            new = np.zeros((2 * size, *old.shape[1:]), dtype=old.dtype)
            new[weeks & (2 * size - 1)] = old[weeks & (size - 1)]
            setattr(self, name, new)

    def ahead(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Return what is left at the end of `week`: due in later weeks (G, K, L), and overdue (V, K, L)."""
        due = np.stack([self._ring[self._at(week + k)] for k in range(1, self._ahead + 1)])
        for package, first, last in zip(self.packages, self.first, self.first[1:], strict=False):
            due[package.weeks_to_first :, first] = 0  # rows of the ring that no week has written yet
            due[package.spacing :, first + 1 : last] = 0
            due[:, first + 2 : last] -= due[:, first + 1 : last - 1].copy()
        overdue = np.zeros((week + 1 - self._oldest, self.kinds, self.lanes), dtype=self.dtype)
        for back, row in enumerate(overdue):
            at = self._at(week - back)
            cut = np.minimum(self._ring[at], self._used[at] if self.mixed else self._whole(self._used[at]))
            left = self._ring[at] - cut
            left[1:] -= left[:-1].copy()
            row[:] = -(-left // self._each) if self.mixed else left
        return due, overdue
