"""One service with stages that share slots: triage, first assessments, follow-ups and reviews, statutory advice.

A week in order: leavers; joiners; advice; follow-ups falling due; first assessments; packages and re-referrals;
record. A wait is the week seen less the week joined; bands use age at the week's end. Time leads; lanes (draws,
scenarios) are last, contiguous.

Of S units of slots, with A, F and m what waits of advice (u_a units each), follow-ups (in units) and firsts (u_f units
each), and c the units already done of a piece of work in hand:

    advice       a = min(S, u_a A - c_a)
    ring-fence   R = min(floor(phi (S - a)), u_f m - c_f)      phi is `ring_fenced_share`
    follow-ups   f = min(S - a - R, F)
    firsts       q = min(S - a - f + extra, u_f m - c_f)

Of each, a binomial number is missed. Those attended finish floor((c + attended) / u) pieces and leave the rest as the
new c, so that first slots attended = u_f x children seen + work carried, or lapsed as the list emptied.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.kernel.binomial import Count
from sendneeds.kernel.lists.leaving import LeavingLaw
from sendneeds.kernel.lists.waiting_list import EDGES, WaitingList
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.services.follow_ups import FollowUps
from sendneeds.kernel.services.inputs import (
    CHECKED,
    Delay,
    Inputs,
    TooLargeError,
    add_to,
    check_size,
    divided,
)
from sendneeds.kernel.services.path import ServicePath, empty_path
from sendneeds.kernel.services.rules import Rules, binomial_laws

ADVICE_WEEKS = 6
"""Weeks within which a piece of advice is due."""


def serve(
    rules: Rules,
    referrals: np.ndarray,
    slots: np.ndarray,
    luck: RandomStreams,
    opening: list[np.ndarray] | None = None,
    advice: np.ndarray | None = None,
    advice_opening: np.ndarray | None = None,
    due: np.ndarray | None = None,
    overdue: np.ndarray | None = None,
    first_only: np.ndarray | None = None,
    outsourced: np.ndarray | None = None,
    edges: tuple[int, ...] = EDGES,
    later: tuple[tuple[int, Rules], ...] = (),
    shares: Sequence[float] = (),
    at: tuple[Sequence[int], Sequence[int]] | None = None,
) -> ServicePath:
    """Run a service week by week.

    Parameters
    ----------
    rules : Rules
    referrals : ndarray of int, (T, L)
        Children referred at the start of each week.
    slots : ndarray of int, (T, 1) or (T, L)
        Units of slots there are, from `slots.whole_slots`.
    luck : RandomStreams
        Of L lanes; it serves one run (`RandomStreams.restarted` gives it again).
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
    later : tuple of (int, Rules)
        Rules that take over from a week on, weeks rising. They differ in shares, chances, the ring-fence and the units
        of a first assessment and of advice (what is part done then lapses) alone: packages, classes, delays, the
        share in order and who leaves stay those of `rules`.
    shares : sequence of float
        Of which percentiles of waits are kept, of the first class.
    at : (sequence of int, sequence of int), optional
        The bounds at which they are kept of those waiting, and the weeks of those seen; every week where left out.

    Returns
    -------
    ServicePath

    Examples
    --------
    >>> import numpy as np
    >>> from sendneeds.kernel.services.rules import Package, Rules
    >>> rules = Rules(packages=(Package(0.5, sessions=2, spacing=1),), first_units=2, missed=0.1)
    >>> path = serve(rules, np.full((20, 3), 4), np.full((20, 1), 12), RandomStreams(1, ("docs",), 3))
    >>> moved = path.joined - path.left - path.seen.sum(axis=0)
    >>> bool((np.diff(path.waiting[0], axis=0) == moved).all())
    True
    """
    inputs = Inputs.of(
        rules, referrals, slots, opening, advice, advice_opening, due, overdue, first_only, outsourced
    )
    if inputs.small(rules):
        try:
            return _Run(rules, luck, edges, np.int16, inputs, later, shares, at).path()
        except TooLargeError:
            luck = luck.restarted()
    return _Run(rules, luck, edges, np.int32, inputs, later, shares, at).path()


class _Run:
    """One run of a service: what it holds between weeks, and its outputs."""

    def __init__(
        self,
        rules: Rules,
        luck: RandomStreams,
        edges: tuple[int, ...],
        dtype: Count,
        inputs: Inputs,
        later: tuple[tuple[int, Rules], ...],
        shares: Sequence[float],
        at: tuple[Sequence[int], Sequence[int]] | None,
    ) -> None:
        weeks, lanes = inputs.referrals.shape
        self.rules, self.luck, self.weeks, self.lanes, self.dtype = rules, luck, weeks, lanes, dtype
        inputs.in_dtype(dtype)
        self.inputs = inputs
        stay = rules.leaving is None and rules.age_out is None
        law = None if stay else LeavingLaw(rules.leaving, rules.age_out)
        common = weeks, luck, law, rules.in_order_share, edges
        self.lists = [
            WaitingList(opening, *common, () if rank else shares, rank, dtype, at)
            for rank, opening in enumerate(inputs.opening)
        ]
        self.follow_ups = FollowUps(rules.packages, lanes, dtype, inputs.due, inputs.overdue)
        old = inputs.requests[: inputs.advice_old]
        self.advice_waiting = old.sum(axis=0, dtype=dtype)
        self.advice_recent = old[-ADVICE_WEEKS:].sum(axis=0, dtype=dtype)
        self.zero = np.zeros(lanes, dtype)
        self.advice_part = self.zero
        self.part = [self.zero for _ in self.lists]
        self.lapsed = [np.zeros(lanes, np.int32) for _ in self.lists]
        self.rejoining = Delay(rules.rereferred_after, lanes, dtype)
        self.returning = Delay(rules.returned_after, lanes, dtype)
        firsts = (f"first missed {rank}" for rank in range(len(self.lists)))
        self.missed = ("advice missed", "follow-up missed", *firsts)
        self.offered = np.zeros((len(self.missed), lanes), dtype)
        self.wasted = np.zeros((len(self.missed), lanes), dtype)
        self.chances = binomial_laws(rules, len(self.lists), self.lanes, self.dtype)
        self.later = dict(later)
        every = (rules, *self.later.values())
        self.diverts = any(np.any(np.not_equal(some.accepted, 1.0)) for some in every)
        self.rejoins = any(np.any(some.rereferred) for some in every)
        found = [array for array in (inputs.slots, inputs.first_only, inputs.outsourced) if array is not None]
        self.most = sum(int(array.max(initial=0)) for array in found)  # units, or children, a week can serve
        back = np.arange(1, len(inputs.overdue) + 1)
        self.late = np.einsum("v,vkl->l", back, inputs.overdue).astype(np.int32)  # weeks past due
        self.out = empty_path(edges, len(self.lists), weeks, lanes, dtype)

    def path(self) -> ServicePath:
        """Run every week and return the path."""
        self._record(0)
        for week in range(self.weeks):
            if week in self.later:
                self._change(self.later[week])
            self._leave(week)
            self._join(week)
            left = self._offer(week)
            self._miss(week)
            self._advise(week)
            done, given_up = self._follow_up(week)
            self._assess(week)
            np.copyto(self.out.idle_slots[week], left)
            self._packages(week, done, given_up)
            self._record(week + 1)
        return self._finished()

    def _draw(self, purpose: str, n: np.ndarray, week: int, most: int | None = None) -> np.ndarray:
        """Return binomial draws of `n` trials, none over `most`, at the purpose's uniforms; not to be altered."""
        law = self.chances[purpose]
        if law.never:
            return self.zero
        if law.chance_of_all == 1.0:
            return n
        return law.draw(n, self.luck.row(purpose, week), np.empty(self.lanes, self.dtype), most)

    def _leave(self, week: int) -> None:
        """Take out those who leave the lists unseen."""
        for rank, waiting_list in enumerate(self.lists):
            left, aged_out = waiting_list.leave(week)
            add_to(left, self.out.left[week], rank)
            add_to(aged_out, self.out.aged_out[week], rank)

    def _change(self, rules: Rules) -> None:
        """Switch to new rules from this week on."""
        if rules.first_units != self.rules.first_units:
            for rank, part in enumerate(self.part):
                self.lapsed[rank] += part
                self.part[rank] = self.zero
        if rules.advice_units != self.rules.advice_units:
            self.advice_part = self.zero
        self.rules = rules
        self.chances = binomial_laws(rules, len(self.lists), self.lanes, self.dtype)

    def _join(self, week: int) -> None:
        """Put referrals accepted, and those who come back, on the list of their class."""
        out = self.out
        joined = self.inputs.referrals[week]
        if self.diverts:
            came = joined + self.returning.now(week)
            joined = self._draw("accepted", came, week)
            diverted = np.subtract(came, joined, out=out.diverted[week])
            self.returning.put(week, self._draw("returned", diverted, week))  # to triage again
        out.joined[week] = rest = joined
        if self.rejoins:
            out.rejoined[week] = back = self.rejoining.now(week)
            rest = joined + back
        for rank, waiting_list in enumerate(self.lists[:-1]):
            some = self._draw(f"class {rank}", rest, week)
            waiting_list.join(some)
            rest = rest - some
        self.lists[-1].join(rest)

    def _offer(self, week: int) -> np.ndarray:
        """Offer the units of slots to advice, follow-ups and firsts; return those that nobody needs."""
        rules, inputs, queue = self.rules, self.inputs, self.follow_ups
        queue.fall_due(week)
        self.advice_waiting = self.advice_waiting + inputs.requests[inputs.advice_old + week]
        need = self.advice_waiting * self.dtype(rules.advice_units) - self.advice_part
        np.minimum(inputs.slots[week], need, out=self.offered[0])
        left = inputs.slots[week] - self.offered[0]
        needs = []
        for rank, waiting_list in enumerate(self.lists):
            need = waiting_list.waiting * self.dtype(rules.first_units) - self.part[rank]
            lapsed = np.minimum(need, self.zero)  # work part done for a list that is empty
            if lapsed.any():
                self.lapsed[rank] -= lapsed
                self.part[rank] = self.part[rank] + lapsed
                need -= lapsed
            needs.append(need)
        besides = self.zero if inputs.first_only is None else inputs.first_only[week]
        free = left
        if rules.ring_fenced_share > 0:
            share = round(rules.ring_fenced_share * 65536)  # in whole parts: the same on every machine
            fenced = (left.astype(np.int64) * share >> 16).astype(self.dtype)
            wanted = np.maximum(np.add.reduce(needs, dtype=self.dtype) - besides, self.zero)
            free = left - np.minimum(fenced, wanted)
        np.minimum(free, queue.need, out=self.offered[1])
        left = left - self.offered[1]
        left += besides  # after follow-ups, which an initiative never serves
        for row, need in zip(self.offered[2:], needs, strict=True):
            np.minimum(left, need, out=row)
            left -= row
        return left

    def _miss(self, week: int) -> None:
        """Draw the units missed of those offered, stage by stage."""
        out, law = self.out, self.chances["missed"]
        if law.chance_of_all == 0.0 or law.chance_of_all == 1.0:
            self.wasted[:] = self.offered if law.chance_of_all else 0
        else:
            law.draw(
                self.offered.reshape(-1),
                self.luck.rows(self.missed, week),
                self.wasted.reshape(-1),
                self.most,
            )
        total = out.wasted_slots[week]
        np.add(self.wasted[0], self.wasted[1], out=total)
        for row in self.wasted[2:]:
            total += row

    def _advise(self, week: int) -> None:
        """Serve statutory advice."""
        out, requests = self.out, self.inputs.requests
        at = self.inputs.advice_old + week
        self.advice_recent += requests[at]
        if week and at > ADVICE_WEEKS:
            self.advice_recent -= requests[at - ADVICE_WEEKS - 1]
        attended = np.subtract(self.offered[0], self.wasted[0], out=out.advice_slots[week])
        done, self.advice_part = divided(self.advice_part + attended, self.dtype(self.rules.advice_units))
        late = np.maximum(self.advice_waiting - self.advice_recent, self.zero)
        np.minimum(done, late, out=late)
        np.subtract(done, late, out=out.advice_in_time[week])
        out.advice_done[week] = done
        self.advice_waiting -= done

    def _follow_up(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Deliver sessions; return those done by kind, and those given up after a miss."""
        out, queue = self.out, self.follow_ups
        attended = np.subtract(self.offered[1], self.wasted[1], out=out.follow_up_slots[week])
        done = queue.deliver(week, attended)
        out.sessions[week] = queue.delivered
        out.late_weeks[week] = queue.late_weeks
        self.late -= queue.late_weeks
        count = self._draw("follow-up discharged", self.wasted[1], week)
        if count is self.zero:
            return done, count
        given_up = queue.give_up(week, count)
        self.late -= queue.given_up_weeks
        return done, given_up

    def _assess(self, week: int) -> None:
        """Serve first assessments, class by class."""
        out, inputs = self.out, self.inputs
        units = self.dtype(self.rules.first_units)
        room = self.zero if inputs.outsourced is None else inputs.outsourced[week]
        first_slots, seen_weeks, over = out.first_slots[week], out.seen_weeks[week], out.seen_bands[:, week]
        for rank, waiting_list in enumerate(self.lists):
            attended = self.offered[2 + rank] - self.wasted[2 + rank]
            seen, self.part[rank] = divided(self.part[rank] + attended, units)
            add_to(attended, first_slots, rank)
            if inputs.outsourced is not None:
                elsewhere = np.minimum(room, waiting_list.waiting - seen)
                room = room - elsewhere
                out.outsourced[week] += elsewhere
                seen = seen + elsewhere
            out.seen[rank, week] = seen
            add_to(waiting_list.see(week, seen), over, rank)
            add_to(waiting_list.weeks_waited, seen_weeks, rank)
            if not self.chances["first discharged 0"].never:
                gone = self._draw(f"first discharged {rank}", self.wasted[2 + rank], week)
                gone = np.minimum(gone, waiting_list.waiting)
                waiting_list.lose(week, gone)
                out.missed_out[week] += gone
        over[:-1] -= over[1:]

    def _packages(self, week: int, done: np.ndarray, given_up: np.ndarray) -> None:
        """Begin packages, go on to the next sessions, discharge, and send some back to the list."""
        rules, out = self.rules, self.out
        rest = out.seen[0, week]
        for seen in out.seen[1:, week]:
            rest = rest + seen
        if self.inputs.outsourced is not None:
            elsewhere = out.outsourced[week]
            rest = rest - elsewhere + self._draw("outsourced return", elsewhere, week)
        starting = []
        for number in range(len(rules.packages)):
            starting.append(self._draw(f"package {number}", rest, week, self.most))
            rest = rest - starting[-1]
        for number, package in enumerate(rules.packages):
            if package.then is not None:  # some who have had their last session go on with another package
                some = self._draw(f"goes on {number}", self.follow_ups.ended(number, done), week, self.most)
                starting[package.then] = starting[package.then] + some
                rest = rest - some
        finished = self.follow_ups.go_on(week, done, starting)
        discharged = np.add(rest, finished, out=out.discharged[week])
        if given_up is not self.zero:
            discharged += given_up
        if not self.chances["first discharged 0"].never:
            discharged += out.missed_out[week]
        if self.rejoins:
            self.rejoining.put(week, self._draw("rejoined", discharged, week))

    def _record(self, bound: int) -> None:
        """Record the stocks at the start of week `bound`."""
        out, queue = self.out, self.follow_ups
        if bound:
            self.late += queue.overdue
        for rank, waiting_list in enumerate(self.lists):
            out.waiting[rank, bound] = waiting_list.waiting
            waiting_list.record(bound)
        over = self.lists[0].over()
        for waiting_list in self.lists[1:]:
            over = over + waiting_list.over()
        np.subtract(over[:-1], over[1:], out=out.waiting_bands[:-1, bound])
        out.waiting_bands[-1, bound] = over[-1]
        out.advice_waiting[bound] = self.advice_waiting
        out.overdue[bound] = queue.overdue
        out.overdue_weeks[bound] = self.late
        out.in_service[bound] = queue.pending
        if bound % CHECKED == 0:
            rules = self.rules
            most = max([1, *(package.units for package in rules.packages)])
            stocks = [(waiting_list.waiting, rules.first_units) for waiting_list in self.lists]
            stocks += [(self.advice_waiting, rules.advice_units), (queue.need, 1), (queue.pending, most)]
            check_size(self.dtype, stocks)

    def _finished(self) -> ServicePath:
        out = self.out
        out.percentiles = self.lists[0].percentiles
        out.part_done.extend(self.part)
        out.part_lapsed.extend(self.lapsed)
        out.due, out.overdue_by_week = self.follow_ups.ahead(self.weeks - 1)
        return out
