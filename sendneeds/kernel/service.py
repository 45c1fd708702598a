"""One service with stages that share slots: triage, first assessments, follow-ups and reviews, statutory advice.

A week in order: leavers; joiners; advice; follow-ups falling due; first assessments; packages and re-referrals;
record. A wait is the week seen less the week joined; bands use age at the week's end. Time leads; lanes (draws,
scenarios) are last, contiguous.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.kernel.service_firsts import FirstList
from sendneeds.kernel.service_follow_ups import FollowUps
from sendneeds.kernel.service_leaving import LeavingLaw
from sendneeds.kernel.service_luck import Binomial, Luck
from sendneeds.kernel.service_path import COUNTS, STOCKS, WEEKS_SUMMED, Closing, ServicePath
from sendneeds.kernel.service_rules import Count, Rules

EDGES = (0, 1, 2, 4, 12, 18, 52)
ADVICE_WEEKS = 6
_SMALL = 30_000  # counts of 16 bits are kept under this


class _TooLarge(Exception):
    """A count that 16 bits may not hold."""


def serve(
    rules: Rules,
    referrals: np.ndarray,
    slots: np.ndarray,
    luck: Luck,
    opening: list[np.ndarray] | None = None,
    advice: np.ndarray | None = None,
    advice_opening: np.ndarray | None = None,
    due: np.ndarray | None = None,
    overdue: np.ndarray | None = None,
    first_only: np.ndarray | None = None,
    outsourced: np.ndarray | None = None,
    edges: tuple[int, ...] = EDGES,
) -> ServicePath:
    """Run a service week by week.

    Parameters
    ----------
    rules : Rules
    referrals : ndarray of int, (T, L)
        Children referred at the start of each week.
    slots : ndarray of int, (T, 1) or (T, L)
        Units of slots there are, from `slots.whole_slots`.
    luck : Luck
        Of L lanes; it serves one run (`Luck.restarted` gives it again).
    opening : list of ndarray of int (O,) or (O, L), optional
        For each priority class, children waiting at the start by whole weeks waited; index 0 is under one week.
    advice : ndarray of int, (T, 1) or (T, L), optional
        Requests for statutory advice at the start of each week.
    advice_opening : ndarray of int, (A,) or (A, L), optional
        Requests in hand at the start by whole weeks waited.
    due : ndarray of int, (G, K) or (G, K, L), optional
        Sessions of each kind that fall due in weeks 0, 1 ... for children already in the service. A kind's next session
        falls due no later than its spacing, so no row lies beyond it.
    overdue : ndarray of int, (V, K) or (V, K, L), optional
        Sessions already 1, 2 ... weeks past due.
    first_only : ndarray of int, (T, 1) or (T, L), optional
        Units of slots besides that serve first assessments alone, for example an initiative.
    outsourced : ndarray of int, (T, 1) or (T, L), optional
        Children whom a second provider can assess each week, on its own slots.
    edges : tuple of int
        Weeks waited over which each band begins, rising, the first 0.

    Returns
    -------
    ServicePath

    Examples
    --------
    >>> import numpy as np
    >>> from sendneeds.kernel.service_rules import Package, Rules
    >>> rules = Rules(packages=(Package(0.5, sessions=2, spacing=1),), first_units=2, missed=0.1)
    >>> path = serve(rules, np.full((20, 3), 4), np.full((20, 1), 12), Luck(1, ("docs",), 3))
    >>> moved = path.joined - path.left - path.seen.sum(axis=0)
    >>> bool((np.diff(path.waiting[0], axis=0) == moved).all())
    True
    """
    inputs = (referrals, slots, opening, advice, advice_opening, due, overdue, first_only, outsourced)
    try:
        return _Run(rules, luck, edges, np.int16, *inputs).path()
    except _TooLarge:
        return _Run(rules, luck.restarted(), edges, np.int32, *inputs).path()


class _Run:
    """One run of a service: what it holds between weeks, and its outputs."""

    def __init__(
        self,
        rules: Rules,
        luck: Luck,
        edges: tuple[int, ...],
        dtype: Count,
        referrals: np.ndarray,
        slots: np.ndarray,
        opening: list[np.ndarray] | None,
        advice: np.ndarray | None,
        advice_opening: np.ndarray | None,
        due: np.ndarray | None,
        overdue: np.ndarray | None,
        first_only: np.ndarray | None,
        outsourced: np.ndarray | None,
    ) -> None:
        weeks, lanes = referrals.shape
        self.rules, self.luck, self.weeks, self.lanes, self.dtype = rules, luck, weeks, lanes, dtype
        self.referrals, self.slots = self._rows(referrals), self._rows(slots)
        self.first_only = None if first_only is None else self._rows(first_only)
        self.outsourced = None if outsourced is None else self._rows(outsourced)
        law = None
        if rules.leaving is not None or rules.age_out is not None:
            law = LeavingLaw(rules.leaving, rules.age_out)
        lists = opening if opening is not None else [np.zeros((0, lanes), dtype)] * len(rules.classes)
        longest = max(len(one) for one in lists)
        self.lists = [
            FirstList(_held(one, lanes, longest), weeks, edges, law, luck.keys + np.uint64(rank), dtype)
            for rank, one in enumerate(lists)
        ]
        kinds = rules.sessions
        self.follow_ups = FollowUps(
            rules.packages, lanes, dtype, _kinds(due, kinds, lanes), _kinds(overdue, kinds, lanes)
        )
        self.chances: dict[str, Binomial] = {}
        requests = np.zeros((weeks, 1), dtype) if advice is None else advice
        old = np.zeros((0, lanes), dtype) if advice_opening is None else _held(advice_opening, lanes)
        self.requests = np.concatenate([old[::-1], np.broadcast_to(requests, (weeks, lanes))])
        if dtype is np.int16:
            first, later = rules.first_units, max([1, *(package.units for package in rules.packages)])
            sums = [np.sum(_held(one, lanes), axis=0) * first for one in lists]
            sums += [_kinds(some, kinds, lanes).sum(axis=(0, 1)) * later for some in (due, overdue)]
            sums += [old.sum(axis=0) * rules.advice_units, self.requests, self.referrals, self.slots]
            if max(map(_largest, sums)) > _SMALL:
                raise _TooLarge
        self.requests = self.requests.astype(dtype, copy=False)
        self.advice_old = len(old)
        self.recent = self.requests[max(self.advice_old - ADVICE_WEEKS, 0) : self.advice_old].sum(
            axis=0, dtype=dtype
        )
        self.advice_waiting = old.sum(axis=0).astype(dtype)
        self.advice_part = np.zeros(lanes, dtype)
        self.part = [np.zeros(lanes, dtype) for _ in self.lists]
        self.lapsed = [np.zeros(lanes, np.int32) for _ in self.lists]
        self.rejoining = _Delay(rules.rereferred_after, lanes, dtype)
        self.returning = _Delay(rules.returned_after, lanes, dtype)
        self.zero = np.zeros(lanes, dtype)
        back = np.arange(1, len(_kinds(overdue, kinds, lanes)) + 1)
        self.late = np.einsum("v,vkl->l", back, _kinds(overdue, kinds, lanes)).astype(np.int32)
        shape, classes, bands = (weeks, lanes), len(self.lists), len(edges)
        self.out: dict[str, Any] = {name: np.empty(shape, dtype) for name in COUNTS}
        self.out |= {name: np.empty(shape, np.int32) for name in WEEKS_SUMMED}
        self.out |= {name: np.empty((weeks + 1, lanes), dtype) for name in STOCKS}
        self.out |= {
            "edges": edges,
            "overdue_weeks": np.empty((weeks + 1, lanes), np.int32),
            "waiting": np.empty((classes, weeks + 1, lanes), dtype),
            "waiting_bands": np.empty((bands, weeks + 1, lanes), dtype),
            "seen": np.empty((classes, *shape), dtype),
            "seen_bands": np.empty((bands, *shape), dtype),
        }

    def _rows(self, array: np.ndarray) -> np.ndarray:
        return np.asarray(array)

    def path(self) -> ServicePath:
        """Run every week and return the path."""
        self._record(0)
        for week in range(self.weeks):
            self._leave(week)
            self._join(week)
            left = self._advise(week)
            self._follow_up_and_assess(week, left)
            self._record(week + 1)
        return self._finished()

    def _draw(self, purpose: str, chance: float | np.ndarray, n: np.ndarray, week: int) -> np.ndarray:
        """Return Binomial(n, chance) at the purpose's uniforms, in an array of the purpose's own."""
        if purpose not in self.chances:
            self.chances[purpose] = Binomial(chance, self.lanes, self.dtype)
        law = self.chances[purpose]
        if law.never:
            return self.zero
        out = np.empty(self.lanes, self.dtype)
        return law.draw(n, self.luck.row(purpose, week) if law.one != 1.0 else self.luck.keys, out)

    def _leave(self, week: int) -> None:
        left, aged = self.lists[0].leave(week)
        for one in self.lists[1:]:
            more, older = one.leave(week)
            left, aged = left + more, aged + older
        self.out["left"][week], self.out["aged_out"][week] = left, aged

    def _join(self, week: int) -> None:
        rules, out = self.rules, self.out
        came = np.add(self.referrals[week], self.returning.now(week), dtype=self.dtype, casting="same_kind")
        joined = self._draw("accepted", rules.accepted, came, week)
        diverted = np.subtract(came, joined, out=out["diverted"][week])
        self.returning.put(week, self._draw("returned", rules.returned, diverted, week))
        out["joined"][week] = joined
        out["rejoined"][week] = back = self.rejoining.now(week)
        rest = joined + back
        for one, (purpose, chance) in zip(self.lists, rules.ranks(), strict=False):
            some = self._draw(purpose, chance, rest, week)
            one.join(week, some)
            rest = rest - some
        self.lists[-1].join(week, rest)

    def _advise(self, week: int) -> np.ndarray:
        """Serve statutory advice; return the units of slots left."""
        rules, out = self.rules, self.out
        units = self.dtype(rules.advice_units)
        at = self.advice_old + week
        came = self.requests[at]
        waiting = self.advice_waiting + came
        self.recent += came
        if week and at > ADVICE_WEEKS:
            self.recent -= self.requests[at - ADVICE_WEEKS - 1]
        offered = np.minimum(self.slots[week], waiting * units - self.advice_part).astype(
            self.dtype, copy=False
        )
        wasted = self._draw("advice missed", rules.missed, offered, week)
        attended = np.subtract(offered, wasted, out=out["advice_slots"][week])
        done, self.advice_part = _divided(self.advice_part + attended, units)
        late = np.minimum(done, np.maximum(waiting - self.recent, self.zero))
        np.subtract(done, late, out=out["advice_in_time"][week])
        out["advice_done"][week] = done
        self.advice_waiting = waiting - done
        out["wasted_slots"][week] = wasted
        return np.subtract(self.slots[week], offered, dtype=self.dtype, casting="same_kind")

    def _follow_up_and_assess(self, week: int, left: np.ndarray) -> None:
        rules, out, queue = self.rules, self.out, self.follow_ups
        besides = self.zero if self.first_only is None else self.first_only[week].astype(self.dtype)
        units = self.dtype(rules.first_units)
        needs = []
        for rank, one in enumerate(self.lists):
            empty = one.waiting == 0
            self.lapsed[rank] += np.where(empty, self.part[rank], 0)
            self.part[rank][empty] = 0
            needs.append(one.waiting * units - self.part[rank])
        queue.fall_due(week)
        free = left if rules.fence == 0 else left - self._fenced(left, needs, besides)
        offered = np.minimum(free, queue.need)
        wasted = self._draw("follow-up missed", rules.missed, offered, week)
        attended = np.subtract(offered, wasted, out=out["follow_up_slots"][week])
        done = queue.deliver(week, attended)
        out["wasted_slots"][week] += wasted
        ended = self._discharge_follow_ups(week, wasted)
        left = left - offered + besides
        assessed = self._assess(week, left, needs)
        self._packages(week, assessed, done, ended)

    def _fenced(self, left: np.ndarray, needs: list[np.ndarray], besides: np.ndarray) -> np.ndarray:
        """Return the units kept for first assessments."""
        need = np.maximum(sum(needs[1:], needs[0]) - besides, self.zero)
        share = round(self.rules.fence * 65536)
        return np.minimum((left.astype(np.int64) * share >> 16).astype(self.dtype), need)

    def _discharge_follow_ups(self, week: int, wasted: np.ndarray) -> np.ndarray:
        queue = self.follow_ups
        count = self._draw(
            "follow-up discharged", self.rules.discharged_follow_up, np.asarray(wasted, self.dtype), week
        )
        self.late -= queue.late_weeks
        self.out["late_weeks"][week] = queue.late_weeks
        if not count.any():
            return self.zero
        given = queue.give_up(week, count)
        self.late -= queue.given_up_weeks
        return given

    def _assess(self, week: int, left: np.ndarray, needs: list[np.ndarray]) -> np.ndarray:
        """Serve first assessments, class by class; return the children whose packages are to be settled."""
        rules, out = self.rules, self.out
        units = self.dtype(rules.first_units)
        for name in ("first_slots", "outsourced", "missed_out", "seen_weeks"):
            out[name][week] = 0
        room = self.zero if self.outsourced is None else self.outsourced[week].astype(self.dtype)
        assessed = self.zero
        for rank, (one, need) in enumerate(zip(self.lists, needs, strict=True)):
            offered = np.minimum(left, need)
            left = left - offered
            wasted = self._draw(f"first missed {rank}", rules.missed, offered, week)
            attended = offered - wasted
            seen, self.part[rank] = _divided(self.part[rank] + attended, units)
            out["first_slots"][week] += attended
            out["wasted_slots"][week] += wasted
            assessed = assessed + seen
            if self.outsourced is not None:
                elsewhere = np.minimum(room, one.waiting - seen)
                room = room - elsewhere
                out["outsourced"][week] += elsewhere
                seen = seen + elsewhere
            out["seen"][rank, week] = seen
            if rank == 0:
                out["seen_bands"][:, week] = one.take(week, seen, seen=True)
            else:
                out["seen_bands"][:, week] += one.take(week, seen, seen=True)
            out["seen_weeks"][week] += one.weeks_waited
            gone = self._draw(f"first discharged {rank}", rules.discharged_first, wasted, week)
            gone = np.minimum(gone, one.waiting)
            if gone.any():
                one.take(week, gone, seen=False)
                out["missed_out"][week] += gone
            one.age(week)
        out["idle_slots"][week] = left
        return assessed

    def _packages(self, week: int, assessed: np.ndarray, done: np.ndarray, ended: np.ndarray) -> None:
        rules, out = self.rules, self.out
        rest = assessed
        if self.outsourced is not None:
            rest = rest + self._draw(
                "outsourced return", rules.outsourced_return, out["outsourced"][week], week
            )
        starting = []
        for purpose, chance in rules.nested():
            some = self._draw(purpose, chance, rest, week)
            starting.append(some)
            rest = rest - some
        out["sessions"][week] = np.add.reduce(done, axis=0, dtype=self.dtype)
        finished = self.follow_ups.go_on(week, done, starting)
        discharged = np.add(rest, finished, out=out["discharged"][week])
        discharged += ended
        discharged += out["missed_out"][week]
        self.rejoining.put(week, self._draw("rejoined", rules.rereferred, discharged, week))

    def _record(self, bound: int) -> None:
        """Record the stocks at the start of week `bound`."""
        out, queue = self.out, self.follow_ups
        if bound:
            self.late += queue.overdue
        for rank, one in enumerate(self.lists):
            out["waiting"][rank, bound] = one.waiting
            if rank == 0:
                out["waiting_bands"][:, bound] = one.bands
            else:
                out["waiting_bands"][:, bound] += one.bands
        out["advice_waiting"][bound] = self.advice_waiting
        out["overdue"][bound] = queue.overdue
        out["overdue_weeks"][bound] = self.late
        out["in_service"][bound] = queue.pending
        if self.dtype is np.int16 and max(map(_largest, self._guarded())) > _SMALL:
            raise _TooLarge

    def _guarded(self) -> list[np.ndarray]:
        """Return the counts of which all others are parts, in units."""
        firsts = [one.waiting.astype(np.int32) * self.rules.first_units for one in self.lists]
        advice = self.advice_waiting.astype(np.int32) * self.rules.advice_units
        return [*firsts, advice, self.follow_ups.need, self.follow_ups.pending]

    def _finished(self) -> ServicePath:
        last = self.weeks - 1
        owed = np.minimum(self.advice_waiting, np.cumsum(self.requests[::-1], axis=0, dtype=np.int32))
        due, overdue = self.follow_ups.ahead(last)
        closing = Closing(
            waiting=[one.cohorts[::-1] for one in self.lists],
            advice=np.diff(owed, axis=0, prepend=0),
            due=due,
            overdue=overdue,
        )
        return ServicePath(
            **self.out,
            seen_by_wait=np.add.reduce([one.seen_by_wait for one in self.lists], dtype=np.int32),
            part_done=np.stack(self.part),
            part_lapsed=np.stack(self.lapsed),
            closing=closing,
        )


class _Delay:
    """Counts that come back a fixed number of weeks later."""

    def __init__(self, weeks: int, lanes: int, dtype: Count) -> None:
        self._rows = np.zeros((weeks + 1, lanes), dtype=dtype)

    def now(self, week: int) -> np.ndarray:
        return self._rows[week % len(self._rows)]

    def put(self, week: int, count: np.ndarray) -> None:
        self._rows[(week - 1) % len(self._rows)] = count


def _divided(work: np.ndarray, units: np.integer) -> tuple[np.ndarray, np.ndarray]:
    """Return whole pieces of work, and the units left over."""
    if units == 1:
        return work, np.zeros_like(work)
    done = work // units
    return done, work - done * units


def _largest(array: np.ndarray) -> int:
    return int(array.max(initial=0))


def _held(opening: np.ndarray, lanes: int, longest: int | None = None) -> np.ndarray:
    """Return an opening list as (O, L), filled up to the longest."""
    by_age = np.asarray(opening)
    by_age = by_age[:, None] if by_age.ndim == 1 else by_age
    out = np.zeros((len(by_age) if longest is None else longest, lanes), dtype=np.int64)
    out[: len(by_age)] = by_age
    return out


def _kinds(sessions: np.ndarray | None, kinds: int, lanes: int) -> np.ndarray:
    if sessions is None:
        return np.zeros((0, kinds, lanes), dtype=np.int64)
    array = np.asarray(sessions)
    array = array[:, :, None] if array.ndim == 2 else array
    return np.broadcast_to(array, (len(array), kinds, lanes))
