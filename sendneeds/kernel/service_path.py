"""The path of a service: its stocks and flows by week and lane, and what is left at the end."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

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
WEEKS_SUMMED = ("seen_weeks", "late_weeks")


@dataclass(frozen=True)
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
    seen_by_wait : ndarray of int32, (O + T, L)
        Children seen over the horizon by whole weeks waited.
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
    part_done, part_lapsed : ndarray, (C, L)
        Units of work on a first assessment not finished at the end, and lapsed since the start as a list emptied.
    closing : Closing
    """

    edges: tuple[int, ...]
    waiting: np.ndarray
    waiting_bands: np.ndarray
    seen_bands: np.ndarray
    seen: np.ndarray
    seen_by_wait: np.ndarray
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
    part_done: np.ndarray
    part_lapsed: np.ndarray
    closing: Closing

    def bytes_a_lane(self) -> float:
        """Return the size of the outputs, bytes a lane."""
        arrays = [getattr(self, field.name) for field in fields(self)]
        return sum(a.nbytes for a in arrays if isinstance(a, np.ndarray)) / self.waiting.shape[-1]


@dataclass(frozen=True)
class Closing:
    """What is in hand at the end, in the shape of the inputs of the next run.

    Parameters
    ----------
    waiting : list of ndarray, (O + T, L)
        The list by whole weeks waited, for each priority class.
    advice : ndarray, (O + T, L)
        Requests for advice by whole weeks waited.
    due, overdue : ndarray, (G, K, L) and (V, K, L)
        Sessions that fall due in the next weeks, and those overdue by 1, 2 ... weeks.
    """

    waiting: list[np.ndarray]
    advice: np.ndarray
    due: np.ndarray
    overdue: np.ndarray
