"""The path of a service: its stocks and flows by week and lane, and what is left at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from sendneeds.kernel.binomial import Count
from sendneeds.kernel.lists.incremental_percentiles import Percentiles
from sendneeds.kernel.lists.percentiles_at import PercentilesAt

STOCKS = ("advice_waiting", "overdue", "in_service")
COUNTS = (
    "joined",
    "rejoined",
    "diverted",
    "left",
    "aged_out",
    "missed_out",
    "outsourced",
    "advice_done",
    "advice_in_time",
    "sessions",
    "discharged",
    "advice_slots",
    "follow_up_slots",
    "first_slots",
    "wasted_slots",
    "idle_slots",
)
RARE = ("rejoined", "diverted", "missed_out", "outsourced")
WEEKS_SUMMED = ("seen_weeks", "late_weeks")


@dataclass
class ServicePath:
    """What happened in a service over T weeks in L lanes; counts are int16 where they are small, else int32.

    Parameters
    ----------
    edges : tuple of int
        Weeks waited over which each band begins.
    waiting : ndarray, (C, T + 1, L)
        Children on the list for a first assessment by priority class, opening in front.
    waiting_bands, seen_bands : ndarray, (B, T + 1, L) and (B, T, L)
        The list by weeks waited at the week's end, and those seen by weeks waited.
    seen : ndarray, (C, T, L)
        Children seen for a first assessment, by whichever provider.
    advice_waiting, overdue, in_service : ndarray, (T + 1, L)
        Requests for advice in hand; sessions due and not delivered; children between their first assessment and
        their last session.
    overdue_weeks : ndarray of int32, (T + 1, L)
        Weeks past due of the sessions overdue, added up.
    joined, rejoined, diverted : ndarray, (T, L)
        Referrals accepted; children who rejoin the list after discharge; referrals not accepted.
    left, aged_out, missed_out : ndarray, (T, L)
        Children who leave the list unseen, for whatever cause; those of them who reach the age limit; children whose
        time in the list ends with a missed appointment (not among `left`).
    outsourced : ndarray, (T, L)
        Those of `seen` whom a second provider sees.
    seen_weeks, late_weeks : ndarray of int32, (T, L)
        Weeks waited by those seen, and weeks past due of the sessions delivered, added up.
    advice_done, advice_in_time : ndarray, (T, L)
        Pieces of advice finished, and those of them within six weeks of the request.
    sessions, discharged : ndarray, (T, L)
        Sessions delivered; children discharged from the service.
    advice_slots, follow_up_slots, first_slots, wasted_slots, idle_slots : ndarray, (T, L)
        Units of slots attended by use, missed, and not needed; they add up to the units there are.
    part_done, part_lapsed : list of ndarray, (L,)
        For each class, units of work on a first assessment not finished at the end, and lapsed since the start because
        the list was empty.
    percentiles : Percentiles, PercentilesAt or None
        Of the waits of the first class, where asked for.
    due, overdue_by_week : ndarray, (G, K, L) and (V, K, L)
        What is in hand at the end: sessions that fall due in the next weeks, and those 1, 2 ... weeks past due.
    """

    edges: tuple[int, ...]
    waiting: np.ndarray
    waiting_bands: np.ndarray
    seen_bands: np.ndarray
    seen: np.ndarray
    advice_waiting: np.ndarray
    overdue: np.ndarray
    in_service: np.ndarray
    overdue_weeks: np.ndarray
    joined: np.ndarray
    rejoined: np.ndarray
    diverted: np.ndarray
    left: np.ndarray
    aged_out: np.ndarray
    missed_out: np.ndarray
    outsourced: np.ndarray
    seen_weeks: np.ndarray
    late_weeks: np.ndarray
    advice_done: np.ndarray
    advice_in_time: np.ndarray
    sessions: np.ndarray
    discharged: np.ndarray
    advice_slots: np.ndarray
    follow_up_slots: np.ndarray
    first_slots: np.ndarray
    wasted_slots: np.ndarray
    idle_slots: np.ndarray
    due: np.ndarray
    overdue_by_week: np.ndarray
    percentiles: Percentiles | PercentilesAt | None = None
    part_done: list[np.ndarray] = field(default_factory=list)
    part_lapsed: list[np.ndarray] = field(default_factory=list)

    def bytes_a_lane(self) -> float:
        """Return the size of the outputs, bytes a lane."""
        names = [field.name for field in fields(self) if field.name not in ("edges", "percentiles")]
        found = [getattr(self, name) for name in names]
        arrays = [array for held in found for array in (held if isinstance(held, list) else [held])]
        return sum(array.nbytes for array in arrays) / self.waiting.shape[-1]


def empty_path(edges: tuple[int, ...], classes: int, weeks: int, lanes: int, dtype: Count) -> ServicePath:
    """Return a path whose arrays are yet to be filled; those that few services need are 0."""
    nothing = np.zeros((0, 0, lanes), dtype)
    arrays: dict[str, Any] = {name: np.empty((weeks + 1, lanes), dtype) for name in STOCKS}
    arrays |= {name: (np.zeros if name in RARE else np.empty)((weeks, lanes), dtype) for name in COUNTS}
    arrays |= {name: np.empty((weeks, lanes), np.int32) for name in WEEKS_SUMMED}
    return ServicePath(
        edges=edges,
        waiting=np.empty((classes, weeks + 1, lanes), dtype),
        waiting_bands=np.empty((len(edges), weeks + 1, lanes), dtype),
        seen_bands=np.empty((len(edges), weeks, lanes), dtype),
        seen=np.empty((classes, weeks, lanes), dtype),
        overdue_weeks=np.empty((weeks + 1, lanes), np.int32),
        due=nothing,
        overdue_by_week=nothing,
        **arrays,
    )
