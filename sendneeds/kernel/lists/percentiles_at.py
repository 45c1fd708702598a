"""Percentiles of waits at the few weeks that are asked for, each counted from the rows of the list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.lists.incremental_percentiles import WINDOW, may_exceed
from sendneeds.kernel.lists.percentiles import NOBODY


class PercentilesAt:
    """Percentiles of a list held as a `CohortCurve`, at some weeks: those of `Percentiles` there.

    Parameters
    ----------
    shares : sequence of float
    bounds : sequence of int
        Weeks at whose start those waiting are asked for, rising.
    weeks : sequence of int
        Weeks at whose end those seen in it and the three before are asked for, rising; -1 is before the first.
    lanes : int

    Attributes
    ----------
    waiting : ndarray of int16, (shares, bounds, L)
        Of the weeks waited so far; -1 where nobody waits.
    seen : ndarray of int16, (shares, weeks, L)
        Of the weeks waited by those seen in four weeks; -1 where nobody was.
    """

    def __init__(
        self, shares: Sequence[float], bounds: Sequence[int], weeks: Sequence[int], lanes: int
    ) -> None:
        self._shares = shares
        self._bounds = {int(bound): place for place, bound in enumerate(bounds)}
        self._weeks = {int(week): place for place, week in enumerate(weeks)}
        self._window = {week - back for week in self._weeks for back in range(WINDOW)}
        self.waiting = np.full((len(shares), len(bounds), lanes), NOBODY, np.int16)
        self.seen = np.full((len(shares), len(weeks), lanes), NOBODY, np.int16)
        self._batches: list[tuple[int, np.ndarray, np.ndarray]] = []

    def needs_seen(self, week: int) -> bool:
        """Return whether those seen in a week count for a percentile."""
        return week in self._window

    def record_waiting(self, bound: int, curve: CohortCurve, waiting: np.ndarray) -> None:
        """Record the percentiles of those waiting at the start of week `bound`, where they are asked for."""
        place = self._bounds.get(bound)
        if place is None:
            return
        _, rows = curve.copy()
        for number, share in enumerate(self._shares):
            over = rows > may_exceed(waiting, share).astype(rows.dtype)
            found = over.sum(axis=0, dtype=np.int32)
            self.waiting[number, place] = np.where(waiting > 0, found, NOBODY)

    def record_seen(
        self, week: int, curve: CohortCurve, before: tuple[int, np.ndarray], seen: np.ndarray
    ) -> None:
        """Record the percentiles of those seen up to `week`, where they are asked for, as `Percentiles` does."""
        first, rows = before
        rows -= curve.rows[first : curve.end]
        self._batches = [batch for batch in self._batches if batch[0] > week - WINDOW]
        self._batches.append((week, rows[-2::-1], seen))
        place = self._weeks.get(week)
        if place is None:
            return
        over = np.zeros((max(len(by_wait) for _, by_wait, _ in self._batches), seen.size))
        for _, by_wait, _ in self._batches:
            over[: len(by_wait)] += by_wait
        total = np.add.reduce([number for *_, number in self._batches], dtype=np.int32)
        for number, share in enumerate(self._shares):
            found = (over > may_exceed(total, share)).sum(axis=0, dtype=np.int32)
            self.seen[number, place] = np.where(total > 0, found, NOBODY)
