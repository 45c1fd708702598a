"""Requests that are followed one by one, counted by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import sums_by_period
from sendneeds.kernel.ehc import clock as ehc_clock
from sendneeds.waits.ehc.disputes import AFTER_ORDER_WEEKS, DISPUTES, REFUSALS
from sendneeds.waits.ehc.quantities import FLOWS, REVIEWS, STOCKS
from sendneeds.waits.ehc.requests import (
    ASSESSED,
    ENDS_IN_PLAN,
    NO_PLAN,
    PLAN,
    PLAN_ORDERED,
    REFUSED,
    REFUSED_FIRST,
    RETURNED,
    RETURNED_PLAN,
    WITHDRAWN,
    EhcRequests,
)

if TYPE_CHECKING:
    import xarray as xr

NEVER = ehc_clock.NOT_YET
LEAD = {
    **dict.fromkeys(("refusals", "refusals_final", "refusals_overturned", "in_dispute"), ("refusal",)),
    **dict.fromkeys(("mediations", "appeals"), ("dispute",)),
}
"""Dimensions of counts before the quarter and the draw."""


@dataclass(frozen=True)
class Ends:
    """When things end, a week a child; `NEVER` where the horizon ends first or they do not happen.

    Parameters
    ----------
    assessed, drafted, final : ndarray of int, (N,)
        Weeks of the assessment's end, the draft and the plan.
    refused, mediated, appealed, settled : ndarray of int, (N,)
        Weeks of the refusal, the mediation's end, the appeal, and the end of the dispute.
    """

    assessed: np.ndarray
    drafted: np.ndarray
    final: np.ndarray
    refused: np.ndarray
    mediated: np.ndarray
    appealed: np.ndarray
    settled: np.ndarray


def ends(one: EhcRequests, last: np.ndarray, writing: np.ndarray, consulted: np.ndarray) -> Ends:
    """Return when everything ends, from the week of the last advice.

    Parameters
    ----------
    one : EhcRequests
    last : ndarray of int, (N,)
    writing, consulted : ndarray of int, (N,)
        Weeks from there to the assessment's end, and of those after the draft.
    """

    def where(known: np.ndarray, week: np.ndarray) -> np.ndarray:
        return np.where(known, np.minimum(week, NEVER), NEVER).astype(np.int64)

    open_ = last >= NEVER
    assessed = where(one.among(ASSESSED) & ~open_, last + writing)
    refused = np.where(one.among(REFUSED_FIRST), one.decided, np.where(one.told_refused, assessed, NEVER))
    told = refused < NEVER
    mediated, appealed, settled = one.dispute(refused)
    later = where(told, settled)
    ordered = np.where(one.kind == PLAN_ORDERED, where(told, settled + AFTER_ORDER_WEEKS), NEVER)
    ordinary = one.among((PLAN, RETURNED_PLAN))
    return Ends(
        assessed,
        where(ordinary & (assessed < NEVER), assessed - consulted),
        np.where(ordinary, assessed, ordered),
        refused,
        where(told & one.mediated, mediated),
        where(told & one.appealed, appealed),
        later,
    )


def flows(one: EhcRequests, end: Ends) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each flow by name the week of each child, and who counts."""
    taken, plan = end.final - one.requested, one.kind == PLAN
    in_time, outside = taken <= ehc_clock.PLAN_WEEKS, plan & ~one.excepted
    told = one.decided - one.requested <= ehc_clock.DECISION_WEEKS
    every, returned = np.ones(plan.size, bool), one.among(RETURNED)
    not_issued = one.told_refused & ~returned
    return {
        "requests": (one.requested, every),
        "decided": (one.decided, every),
        "decided_in_time": (one.decided, told),
        "decided_to_assess": (one.decided, one.among((PLAN, NO_PLAN, PLAN_ORDERED))),
        "withdrawn": (one.decided, one.kind == WITHDRAWN),
        "assessments": (end.assessed, one.among(ASSESSED)),
        "assessments_returned": (end.assessed, returned),
        "assessments_withdrawn": (end.assessed, ~one.told_refused & ~one.among(ENDS_IN_PLAN)),
        "not_issued": (end.assessed, not_issued),
        "not_issued_in_time": (
            end.assessed,
            not_issued & (end.assessed - one.requested <= ehc_clock.DRAFT_WEEKS),
        ),
        "drafts": (end.drafted, plan),
        "drafts_in_time": (end.drafted, plan & (end.drafted - one.requested <= ehc_clock.DRAFT_WEEKS)),
        "issued": (end.final, one.among(ENDS_IN_PLAN)),
        "issued_returned": (end.final, one.kind == RETURNED_PLAN),
        "issued_ordered": (end.final, one.kind == PLAN_ORDERED),
        "issued_including": (end.final, plan),
        "issued_in_time": (end.final, plan & in_time),
        "issued_excluding": (end.final, outside),
        "issued_in_time_excluding": (end.final, outside & in_time),
        "issued_over_52": (end.final, plan & (taken > 52)),
    }


class Tally:
    """Counts by quarter of weeks, of requests added a block at a time.

    Parameters
    ----------
    days : ndarray of datetime64[D], (week,)
    draws, stands_for : int
    """

    def __init__(self, days: np.ndarray, draws: int, stands_for: int) -> None:
        self.days, self.draws, self.stands_for = days, draws, stands_for
        months = days.astype("datetime64[M]").astype(int)
        self.quarters, at = np.unique(months // 3, return_inverse=True)
        self.starts = np.searchsorted(at, np.arange(len(self.quarters)))
        self.bounds = np.append(self.starts, len(days))
        self._counts: dict[str, np.ndarray] = {}

    @classmethod
    def of(
        cls,
        one: EhcRequests,
        last: np.ndarray,
        writing: np.ndarray,
        consulted: np.ndarray,
        days: np.ndarray,
        draws: int,
        stands_for: int,
    ) -> Tally:
        """Return the counts of requests, from the weeks that `ends` takes."""
        out = cls(days, draws, stands_for)
        for rows in one.blocks():
            part = one.rows(rows)
            out.add(part, ends(part, last[rows], writing[rows], consulted[rows]))
        return out

    def quarterly(self, weekly: np.ndarray) -> np.ndarray:
        """Return weekly flows by quarter, (quarter, draw)."""
        return sums_by_period(weekly, self.starts)

    def add(self, one: EhcRequests, end: Ends) -> None:
        """Count requests, by draw, with what ends of them."""
        counts = ehc_clock.ByPeriod(self.starts, len(self.days), one.lane, self.draws)
        flow, stock = counts.flow, counts.stock
        found = {name: flow(week, some) for name, (week, some) in flows(one, end).items()}
        taken, ordinary = end.final - one.requested, one.kind == PLAN
        found["weeks_to_issue_excluding"] = flow(end.final, ordinary & ~one.excepted, taken)
        found["weeks_to_issue_including"] = flow(end.final, ordinary, taken)
        plan, assessed = one.among(ENDS_IN_PLAN), one.among(ASSESSED)
        found["undecided"] = stock(one.requested, one.decided, np.ones(plan.size, bool))
        found["under_assessment"] = stock(one.begun, end.assessed, assessed)
        found["in_progress"] = stock(one.requested, end.final, plan)
        at_request, returned = one.among(REFUSED_FIRST), one.among(RETURNED)
        # those of a returned assessment are not disputed again
        undisputed = one.told_refused & returned
        told, over = (
            np.where(undisputed, end.assessed, end.refused),
            np.where(undisputed, end.assessed, end.settled),
        )
        of_each = {
            "to assess": (end.refused, end.settled, at_request, one.kind == REFUSED),
            "to issue": (told, over, one.told_refused, one.told_refused & (one.kind != PLAN_ORDERED)),
        }
        parts = [
            {
                "refusals": flow(said, some),
                "refusals_final": flow(settled, some & stands),
                "refusals_overturned": flow(settled, some & ~stands),
                "in_dispute": stock(said, settled, some),
            }
            for said, settled, some, stands in (of_each[name] for name in REFUSALS)
        ]
        found |= {name: np.stack([part[name] for part in parts]) for name in parts[0]}
        for name, week in (("mediations", end.mediated), ("appeals", end.appealed)):
            found[name] = np.stack([flow(week, at_request), flow(week, one.told_refused & ~returned)])
        for name, array in found.items():
            self._counts[name] = self.stands_for * array + self._counts.get(name, 0)

    def dataset(
        self,
        content: dict[str, np.ndarray],
        reviews: dict[str, np.ndarray],
        attended: dict[str, np.ndarray],
        area: str,
    ) -> xr.Dataset:
        """Return everything by quarter.

        Parameters
        ----------
        content : dict of str to ndarray, (week, draw)
            Mediations and appeals about content or placement; empty where plans in place are not known.
        reviews, attended : dict of str to ndarray
            As `annual_reviews.reviews` gives them.
        area : str
        """
        import xarray as xr

        arrays: dict[str, tuple] = {}
        words = FLOWS | STOCKS | REVIEWS

        def add(name: str, values: np.ndarray, *lead: str, stock: bool = False) -> None:
            text, units = words[name]
            attrs = {"long_name": text, "units": units, "kind": "stock" if stock else "flow"}
            arrays[name] = ((*lead, "bound" if stock else "quarter", "draw"), values, attrs)

        for name, counted in self._counts.items():
            if name in content:
                counted = np.concatenate([counted, self.quarterly(content[name])[None]])
            stock = name in STOCKS
            add(name, counted, *LEAD.get(name, ()), stock=stock)
        for name, weekly in reviews.items():
            stock = name == "reviews_overdue"
            add(name, weekly[self.bounds] if stock else self.quarterly(weekly), stock=stock)
        coords: dict[str, object] = {
            "quarter": (self.quarters * 3).astype("datetime64[M]").astype("datetime64[ns]"),
            "bound": np.append(self.days, self.days[-1] + 7)[self.bounds].astype("datetime64[ns]"),
            "draw": np.arange(self.draws),
            "refusal": list(REFUSALS),
            "dispute": list(DISPUTES if content else DISPUTES[:2]),
        }
        if attended:
            values = np.stack([self.quarterly(weekly) for weekly in attended.values()])
            add("reviews_attended", values, "service")
            coords["service"] = list(attended)
        return xr.Dataset(arrays, coords=coords, attrs={"area": area})
