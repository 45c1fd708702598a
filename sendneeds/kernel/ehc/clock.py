"""The EHC clock: request, decision, advice in parallel from services that share their slots, draft, final plan.

Each assessment is one entry of flat arrays, with the lane it belongs to; weeks are whole, week 0 is the first of the
horizon, and a week before it is negative. Advice from a shared service is done first in, first out, at the pace of
that service's own path (`services.simulate.serve`).

    plan final = max(advice from elsewhere, advice of each shared service) + weeks of writing and consultation

where the k-th request of a lane, in the order in which they were made, is answered in the first week t with
D[t] > k (k from 0), D being the pieces of advice finished so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DECISION_WEEKS, DRAFT_WEEKS, PLAN_WEEKS = 6, 16, 20
"""Weeks from the request by which the decision to assess, the draft or decision not to issue, and the final plan are
due."""
NOT_YET = np.iinfo(np.int32).max
"""The week of what the horizon does not see done."""


@dataclass(frozen=True)
class Shared:
    """A service that gives advice from slots it shares with its clinics.

    Parameters
    ----------
    asked : ndarray of bool, (N,)
        Whether an assessment asks for its advice.
    done : ndarray of int, (T, L)
        Pieces of advice finished each week.
    """

    asked: np.ndarray
    done: np.ndarray


def finished(asked: np.ndarray, lane: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Return the week in which each request for advice is met, first in, first out.

    Parameters
    ----------
    asked : ndarray of int, (N,)
        Week of the request.
    lane : ndarray of int, (N,)
    done : ndarray of int, (T, L)
        Requests met each week.

    Returns
    -------
    ndarray of int32, (N,)
        `NOT_YET` where the horizon ends first.

    Examples
    --------
    >>> finished(np.array([1, 0, 0]), np.zeros(3, int), np.array([[1], [0], [1], [1]])).tolist()
    [3, 0, 2]
    """
    weeks, lanes = done.shape
    order = np.lexsort((asked, lane))  # lane by lane, the earliest request first
    sizes = np.bincount(lane, minlength=lanes)
    rank = np.arange(lane.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    total = np.cumsum(done, axis=0, dtype=np.int64).T  # (L, T)
    before = np.concatenate([[0], np.cumsum(total[:, -1])[:-1]]) if weeks else np.zeros(lanes, np.int64)
    # the lanes' curves end to end, each lifted by all before it, rise throughout: one search serves every lane
    curve = (total + before[:, None]).reshape(-1)
    own = lane[order].astype(np.int64)  # lanes times weeks pass the 16 bits that lanes may come in
    place = np.searchsorted(curve, before[own] + rank, side="right")
    week = place - own * weeks
    out = np.empty(lane.size, dtype=np.int32)
    met = rank < total[own, -1] if weeks else np.zeros(lane.size, bool)
    out[order] = np.where(met, week, NOT_YET)
    return out


def issued(
    lane: np.ndarray,
    decided: np.ndarray,
    advised: np.ndarray,
    writing: np.ndarray,
    shared: list[Shared],
) -> np.ndarray:
    """Return the week in which each plan is final: the longest advice, then writing and consultation.

    Parameters
    ----------
    lane, decided : ndarray of int, (N,)
        Lane, and week of the decision to assess, when advice is asked for.
    advised : ndarray of int, (N,)
        Week in which the last advice from elsewhere is in.
    writing : ndarray of int, (N,)
        Weeks from the last advice to the final plan.
    shared : list of Shared

    Returns
    -------
    ndarray of int32, (N,)
        `NOT_YET` where the horizon ends before the advice is in.
    """
    last = advised.astype(np.int32)
    for service in shared:
        some = np.flatnonzero(service.asked)
        last[some] = np.maximum(last[some], finished(decided[some], lane[some], service.done))
    return np.where(last == NOT_YET, NOT_YET, last + np.where(last == NOT_YET, 0, writing)).astype(np.int32)


def advice_done(asked: np.ndarray, room: np.ndarray, opening: np.ndarray, each: int) -> np.ndarray:
    """Return pieces of advice that a service which gives nothing else finishes each week, first in, first out.

    Parameters
    ----------
    asked : ndarray of int, (T, L)
    room : ndarray of int, (T, L)
        Units of work there are; those not needed are lost.
    opening : ndarray of int, (L,)
        Pieces in hand at the start.
    each : int
        Units that a piece takes; one part done is carried over.

    Returns
    -------
    ndarray of int, (T, L)

    Examples
    --------
    >>> advice_done(np.array([[2], [0], [0]]), np.full((3, 1), 15), np.array([0]), 10).ravel().tolist()
    [1, 1, 0]
    """
    out = np.zeros(asked.shape, dtype=np.int64)
    work = opening.astype(np.int64) * each
    left = np.zeros_like(work)  # units already done of the piece in hand; `work` counts it whole
    for week, came in enumerate(asked):
        work = work + came * each
        used = np.minimum(work - left, room[week])
        out[week] = (left + used) // each
        left = (left + used) % each
        work = work - out[week] * each
    return out


def settled(
    refused: np.ndarray,
    mediated: np.ndarray,
    appealed: np.ndarray,
    mediation: np.ndarray,
    registered: np.ndarray,
    appeal: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return when mediation ends, an appeal is registered, and a refusal stands or is overturned.

    Parameters
    ----------
    refused : ndarray of int, (N,)
        Week of the refusal.
    mediated, appealed : ndarray of bool, (N,)
    mediation, registered : ndarray of int, (N,)
        Weeks from the refusal to the end of mediation, and to the appeal; an appeal waits for the mediation.
    appeal : ndarray of int, (N,)
        Weeks from the appeal to its end.

    Returns
    -------
    tuple of ndarray of int64
        A refusal that nobody disputes stands at once.

    Examples
    --------
    >>> one = np.ones(1, int)
    >>> [int(w[0]) for w in settled(one, one > 0, one > 0, 8 * one, 6 * one, 20 * one)]
    [9, 9, 29]
    """
    refused = refused.astype(np.int64)
    mediation_ends = refused + mediation
    begun = np.where(mediated, np.maximum(mediation_ends, refused + registered), refused + registered)
    end = np.where(appealed, begun + appeal, np.where(mediated, mediation_ends, refused))
    return mediation_ends, begun, end


def tallied(week: np.ndarray, lane: np.ndarray, weeks: int, lanes: int) -> np.ndarray:
    """Return how many entries fall in each week of the horizon, (T, L)."""
    inside = (week >= 0) & (week < weeks)
    cell = week[inside].astype(np.int64) * lanes + lane[inside]
    return np.bincount(cell, minlength=weeks * lanes).astype(np.int32).reshape(weeks, lanes)


class ByPeriod:
    """Entries counted by lane and by period of weeks, for a horizon of T weeks.

    Parameters
    ----------
    starts : ndarray of int, (P,)
        The first week of each period, the first 0, rising.
    weeks : int
        T.
    lane : ndarray of int, (N,)
        The lane of each entry.
    lanes : int

    Examples
    --------
    Two periods of two weeks. One of the three was begun before the first, and ends in week 2; one never ends.

    >>> counts = ByPeriod(np.array([0, 2]), 4, np.zeros(3, int), 1)
    >>> begun, ended, every = np.array([-1, 0, 3]), np.array([2, 1, NOT_YET]), np.ones(3, bool)
    >>> counts.flow(ended, every).ravel().tolist(), counts.stock(begun, ended, every).ravel().tolist()
    ([1, 1], [1, 1, 1])
    """

    def __init__(self, starts: np.ndarray, weeks: int, lane: np.ndarray, lanes: int) -> None:
        self._weeks, self._lane, self._lanes, self._periods = weeks, lane, lanes, len(starts)
        period = np.searchsorted(starts, np.arange(weeks), side="right")
        # weeks before the horizon, and after it, have a place of their own at either end
        self._place = (np.concatenate([[0], period, [self._periods + 1]]) * lanes).astype(np.int32)
        self._cells: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def flow(self, week: np.ndarray, some: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        """Return how many of `some` entries fall in each period by `week`, or what they have `of` added up, (P, L)."""
        return self._counted(week, some, of)[1:]

    def stock(self, begun: np.ndarray, ended: np.ndarray, some: np.ndarray) -> np.ndarray:
        """Return how many of `some` entries have begun and not ended at each period's start and the end, (P + 1, L)."""
        return np.cumsum(self._counted(begun, some) - self._counted(ended, some), axis=0)

    def _counted(self, week: np.ndarray, some: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        if (
            id(week) not in self._cells
        ):  # several counts go by the same weeks, which are kept so that the id is theirs
            cell = self._place[np.clip(week, -1, self._weeks) + 1] + self._lane
            self._cells[id(week)] = week, cell
        weights = None if of is None else of[some]
        counts = np.bincount(
            self._cells[id(week)][1][some], weights, minlength=(self._periods + 2) * self._lanes
        )
        return counts.reshape(-1, self._lanes)[:-1].astype(np.int64, copy=False)
