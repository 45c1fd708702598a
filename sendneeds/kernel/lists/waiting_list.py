"""A list of children waiting, week by week: leavers, joiners, and those seen, in order or at random.

A week in order: leavers go, joiners come, some are seen. With theta the share in order (`in_order_share`):

    leavers     Binomial(m_b, h_b) of the m_b in each band of weeks waited, a systematic sample of the band
    seen s      f = floor(theta (s_1 + ... + s_t)) - floor(theta (s_1 + ... + s_(t-1))) longest waiters, so that no
                fraction is lost, and the other s - f a systematic sample of those left (`cohort_curve`)

With theta = 1 the list is first in, first out. How many wait does not depend on theta where one chance of leaving holds
for every wait: it decides who goes, not how many.

A wait is the week seen less the week joined. At a week's end a child who joined at its start has waited over 0 and up
to 1 week, so "over w" is w whole weeks or more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.binomial import Binomial, Count
from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.lists.incremental_percentiles import Percentiles
from sendneeds.kernel.lists.leaving import Chance, LeavingLaw
from sendneeds.kernel.lists.percentiles_at import PercentilesAt
from sendneeds.kernel.random_streams import RandomStreams

EDGES = (0, 1, 2, 4, 12, 18, 52)
"""Weeks waited over which each band begins."""
_ONE = 65536  # the share in order is held in parts of 2^-16
_HALF = np.uint64(32)
_LOW = np.uint64(2**32 - 1)


def start_of(piece: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return U of a systematic sample, 0 .. total - 1, from 32 random bits."""
    return (piece * total.astype(np.uint64)) >> _HALF


class WaitingList:
    """Children waiting in each lane, and who goes when.

    Parameters
    ----------
    opening : ndarray of int, (O, L)
        Children by whole weeks waited; index 0 is under one week.
    weeks : int
        T.
    streams : RandomStreams
    law : LeavingLaw or None
        None where nobody leaves unseen.
    in_order_share : float or ndarray, (L,)
        Share of those seen that goes to the longest waiters.
    edges : tuple of int
        Weeks waited over which each band begins, rising, the first 0.
    shares : sequence of float
        Of which percentiles of waits are kept.
    rank : int
        Number of the list among those of a service; its random numbers are its own.
    dtype : type
        Of the counts.
    at : (sequence of int, sequence of int), optional
        The bounds and weeks at which percentiles are kept (`PercentilesAt`); every week where left out.
    """

    def __init__(
        self,
        opening: np.ndarray,
        weeks: int,
        streams: RandomStreams,
        law: LeavingLaw | None = None,
        in_order_share: float | np.ndarray = 1.0,
        edges: tuple[int, ...] = EDGES,
        shares: Sequence[float] = (),
        rank: int = 0,
        dtype: Count = np.int32,
        at: tuple[Sequence[int], Sequence[int]] | None = None,
    ) -> None:
        lanes = opening.shape[1]
        self.curve = CohortCurve(opening, weeks)
        self.waiting = opening.sum(axis=0).astype(dtype)
        self.weeks_waited = np.zeros(lanes, np.int64)  # of those seen this week
        self.percentiles: Percentiles | PercentilesAt | None = None
        if shares:
            self.percentiles = (
                Percentiles(shares, weeks, lanes) if at is None else PercentilesAt(shares, *at, lanes)
            )
        self._streams, self._law, self._rank, self._dtype = streams, law, rank, dtype
        self._edges = np.array(edges)
        self._in_order = np.rint(np.asarray(in_order_share, dtype=float) * _ONE).astype(np.int64)
        self._strict = bool((self._in_order == _ONE).all())
        self._rest = np.zeros(lanes, np.int64)  # of a child due to the longest waiters, in 2^-16
        self._none = np.zeros(lanes, dtype)
        self._bands: list[tuple[int, str, Binomial, str, Binomial]] = []
        if law is not None:
            for number, (edge, chance, aged) in enumerate(zip(law.edges, law.chances, law.aged, strict=True)):
                leavers, limit = Binomial(chance, lanes, dtype), Binomial(aged, lanes, dtype)
                purposes = f"leavers {rank} {number}", f"aged out {rank} {number}"
                self._bands.append((edge, purposes[0], leavers, purposes[1], limit))
        self._since_joining = self.curve.summed().astype(np.int64)  # weeks, over those who wait

    def leave(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """Take out those who leave at the start of `week`; return how many, and how many of them by age, (L,)."""
        if not self._bands:
            return self._none, self._none
        curve, newest = self.curve, self.curve.end - 1
        piece = self._streams.row(f"order {self._rank}", week) & _LOW
        left = aged = before = self._none
        first, older = 0, None  # band by band, the longest waiters first
        for edge, purpose, leavers, limit_purpose, limit in reversed(self._bands):
            last = max(newest - edge, 0)  # row of those who have waited `edge` whole weeks
            reached = curve.rows[last].astype(self._dtype) if edge else self.waiting
            total = reached - before
            count = leavers.draw(total, self._streams.row(purpose, week), np.empty_like(total))
            if not limit.never:
                aged = aged + limit.draw(count, self._streams.row(limit_purpose, week), np.empty_like(count))
            curve.hold(int(self.waiting.max(initial=0)), int(count.max(initial=0)))
            curve.sample(count, total, start_of(piece, total), first, last + 1, older)
            left = left + count
            first, before, older = last + 1, reached, (reached, left)
        self.waiting -= left
        self._since_joining = curve.summed().astype(np.int64)
        return left, aged

    def join(self, joining: np.ndarray) -> None:
        """Put those who join this week at the list's end."""
        self.curve.append(joining)
        self.waiting += joining
        self._since_joining += self.waiting  # everyone a week older, and those who join in their first

    def see(self, week: int, count: np.ndarray) -> np.ndarray:
        """Take those seen in `week` (L,) off the list; return how many had waited over each edge, (B, L)."""
        return self._take(week, count, 0)

    def lose(self, week: int, count: np.ndarray) -> None:
        """Take those off the list whose time in it ends with a missed appointment in `week`."""
        self._take(week, count, 1)

    def _take(self, week: int, count: np.ndarray, turn: int) -> np.ndarray:
        """Take `count` children, the first (`turn` 0) or second time in a week; return how many over each edge."""
        curve, rows = self.curve, self.curve.end - 2 - self._edges
        rows[0] += 1  # everyone, those too who join and are seen in one week
        before = curve.read(rows)
        needed = self.percentiles is not None and turn == 0 and self.percentiles.needs_seen(week)
        kept = curve.copy() if needed else None
        if self._strict:
            curve.remove_longest(count)
            taken = np.minimum(before, count.astype(before.dtype))
        else:
            due = self._rest + count * self._in_order
            longest = (due >> 16).astype(self._dtype)
            self._rest = due & (_ONE - 1)
            curve.remove_longest(longest)
            piece = self._streams.row(f"order {self._rank}", week)
            piece = (streams.hashed(piece, turn) if turn else piece) >> _HALF
            left, at_random = self.waiting - longest, count - longest
            curve.hold(int(self.waiting.max(initial=0)), int(at_random.max(initial=0)))
            curve.sample(at_random, left, start_of(piece, left))
            taken = before - curve.read(rows)
        self.waiting -= count
        since = curve.summed().astype(np.int64)
        self.weeks_waited = self._since_joining - since - count
        self._since_joining = since
        if kept is not None and self.percentiles is not None:
            self.percentiles.record_seen(week, curve, kept, count)
        return taken.astype(self._dtype)

    def over(self) -> np.ndarray:
        """Return how many have waited over each edge at the week's end, (B, L)."""
        return self.curve.read(self.curve.end - 1 - self._edges).astype(self._dtype)

    def record(self, bound: int) -> None:
        """Record the percentiles of those waiting at the start of week `bound`."""
        if self.percentiles is not None:
            self.percentiles.record_waiting(bound, self.curve, self.waiting)


class WaitingPath(NamedTuple):
    """The path of one list; counts are int16 where they are small, else int32.

    Parameters
    ----------
    waiting : ndarray, (T + 1, L)
        Children waiting, opening in front.
    waiting_bands, seen_bands : ndarray, (B, T + 1, L) and (B, T, L)
        The list by weeks waited at the week's end, and those seen by weeks waited.
    seen, left, aged_out : ndarray, (T, L)
        Children seen; who leave unseen, for whatever cause; those of them who reach the age limit.
    seen_weeks : ndarray of int64, (T, L)
        Weeks waited by those seen, added up.
    percentiles : Percentiles, PercentilesAt or None
    """

    waiting: np.ndarray
    waiting_bands: np.ndarray
    seen_bands: np.ndarray
    seen: np.ndarray
    left: np.ndarray
    aged_out: np.ndarray
    seen_weeks: np.ndarray
    percentiles: Percentiles | PercentilesAt | None


def run(
    arrivals: np.ndarray,
    slots: np.ndarray,
    opening: np.ndarray,
    streams: RandomStreams,
    in_order_share: float | np.ndarray = 1.0,
    leaving: Chance | None = None,
    age_out: Chance | None = None,
    edges: tuple[int, ...] = EDGES,
    shares: Sequence[float] = (),
) -> WaitingPath:
    """Run a list by itself.

    Parameters
    ----------
    arrivals : ndarray of int, (T, L)
        Children joining at the start of each week.
    slots : ndarray of int, (T, 1) or (T, L)
        First appointments offered each week.
    opening : ndarray of int, (O,) or (O, L)
        Children waiting at the start by whole weeks waited; index 0 is under one week.
    streams : RandomStreams
        Of L lanes, used for this run alone.
    in_order_share, edges, shares
        As in `WaitingList`.
    leaving, age_out
        As in `LeavingLaw`.

    Returns
    -------
    WaitingPath

    Examples
    --------
    >>> twelve = np.full((3, 1), 12)
    >>> path = run(twelve, twelve, np.full(10, 4), RandomStreams(1, ("docs",), 1), in_order_share=0.5)
    >>> path.waiting[:, 0].tolist(), path.seen_bands.sum(axis=0)[:, 0].tolist()
    ([40, 40, 40, 40], [12, 12, 12])
    """
    weeks, lanes = arrivals.shape
    by_age = np.asarray(opening)
    by_age = np.broadcast_to(by_age[:, None] if by_age.ndim == 1 else by_age, (len(by_age), lanes))
    law = None if leaving is None and age_out is None else LeavingLaw(leaving, age_out)
    most = (by_age.sum(axis=0) + arrivals.sum(axis=0)).max(initial=0)
    dtype: Count = np.int16 if most < np.iinfo(np.int16).max else np.int32
    one = WaitingList(by_age, weeks, streams, law, in_order_share, edges, shares, dtype=dtype)
    by_week, stocks = (weeks, lanes), (weeks + 1, lanes)
    path = WaitingPath(
        waiting=np.empty(stocks, dtype),
        waiting_bands=np.empty((len(edges), *stocks), dtype),
        seen_bands=np.empty((len(edges), *by_week), dtype),
        seen=np.empty(by_week, dtype),
        left=np.empty(by_week, dtype),
        aged_out=np.empty(by_week, dtype),
        seen_weeks=np.empty(by_week, np.int64),
        percentiles=one.percentiles,
    )
    offered = np.minimum(slots, most).astype(dtype)

    def record(bound: int) -> None:
        path.waiting[bound] = one.waiting
        _by_band(one.over(), path.waiting_bands[:, bound])
        one.record(bound)

    record(0)
    for week in range(weeks):
        path.left[week], path.aged_out[week] = one.leave(week)
        one.join(arrivals[week].astype(dtype, copy=False))
        path.seen[week] = np.minimum(one.waiting, offered[week])
        _by_band(one.see(week, path.seen[week]), path.seen_bands[:, week])
        path.seen_weeks[week] = one.weeks_waited
        record(week + 1)
    return path


def _by_band(over: np.ndarray, out: np.ndarray) -> None:
    """Put those between each edge and the next, from those over each, into `out`."""
    np.subtract(over[:-1], over[1:], out=out[:-1])
    out[-1] = over[-1]
