"""Requests that are followed one by one, counted by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
    """Counts by quarter of weeks."""

    def __init__(self, one: EhcRequests, end: Ends, days: np.ndarray, draws: int, stands_for: int) -> None:
        self.one, self.end, self.days, self.draws, self.stands_for = one, end, days, draws, stands_for
        months = days.astype("datetime64[M]").astype(int)
        self.quarters, at = np.unique(months // 3, return_inverse=True)
        self.starts = np.searchsorted(at, np.arange(len(self.quarters)))
        self.bounds = np.append(self.starts, len(days))
        # weeks before the horizon, and after it, have a place of their own, which is left out of every count
        outside = len(self.quarters)
        self._place = (np.concatenate([[outside], at, [outside]]) * draws).astype(np.int32)
        self._cells: list[tuple[np.ndarray, np.ndarray]] = []

    def quarterly(self, weekly: np.ndarray) -> np.ndarray:
        """Return weekly flows by quarter, (quarter, draw)."""
        return np.add.reduceat(weekly, self.starts, axis=0)

    def _flow(self, week: np.ndarray, some: np.ndarray, of: np.ndarray | None = None) -> np.ndarray:
        size = (len(self.quarters) + 1) * self.draws
        weights = None if of is None else of[some]
        counts = np.bincount(self._cell(week)[some], weights, size).reshape(-1, self.draws)
        return counts[:-1].astype(np.int64) * self.stands_for

    def _cell(self, week: np.ndarray) -> np.ndarray:
        """Return the place of each child's quarter and draw; several flows go by the same weeks."""
        for known, cell in self._cells:
            if known is week:
                return cell
        cell = self._place[np.clip(week, -1, len(self.days)) + 1] + self.one.lane
        self._cells.append((week, cell))
        return cell

    def _stock(self, begun: np.ndarray, ended: np.ndarray, some: np.ndarray) -> np.ndarray:
        stock = ehc_clock.in_progress(
            begun[some], ended[some], self.one.lane[some], len(self.days), self.draws
        )
        return stock[self.bounds] * self.stands_for

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

        one, end = self.one, self.end
        arrays: dict[str, tuple] = {}

        def add(
            name: str, dims: tuple[str, ...], values: np.ndarray, words: dict[str, tuple[str, str]]
        ) -> None:
            kind = "stock" if "bound" in dims else "flow"
            text, units = words[name]
            arrays[name] = (dims, values, {"long_name": text, "units": units, "kind": kind})

        for name, (week, some) in flows(one, end).items():
            add(name, ("quarter", "draw"), self._flow(week, some), FLOWS)
        taken, ordinary = end.final - one.requested, one.kind == PLAN
        for basis, some in (("excluding", ordinary & ~one.excepted), ("including", ordinary)):
            weeks_taken = self._flow(end.final, some, taken)
            add(f"weeks_to_issue_{basis}", ("quarter", "draw"), weeks_taken, FLOWS)
        plan, assessed = one.among(ENDS_IN_PLAN), one.among(ASSESSED)
        every = np.ones(plan.size, bool)
        stocks = {
            "undecided": (one.requested, one.decided, every),
            "under_assessment": (one.begun, end.assessed, assessed),
            "in_progress": (one.requested, end.final, plan),
        }
        for name, (begun, ended, some) in stocks.items():
            add(name, ("bound", "draw"), self._stock(begun, ended, some), STOCKS)
        refusal = {"to assess": one.among(REFUSED_FIRST), "to issue": one.told_refused}
        stands = {
            "to assess": one.kind == REFUSED,
            "to issue": one.told_refused & (one.kind != PLAN_ORDERED),
        }
        disputed = ~one.among(RETURNED)  # those of a returned assessment are not disputed again
        told = np.where(one.told_refused & ~disputed, end.assessed, end.refused)
        over = np.where(one.told_refused & ~disputed, end.assessed, end.settled)
        weeks = {
            "to assess": (end.refused, end.settled),
            "to issue": (told, over),
        }
        parts: dict[str, list[np.ndarray]] = {
            name: [] for name in ("refusals", "refusals_final", "refusals_overturned", "in_dispute")
        }
        for name in REFUSALS:
            (said, settled), some, left = weeks[name], refusal[name], stands[name]
            parts["refusals"].append(self._flow(said, some))
            parts["refusals_final"].append(self._flow(settled, some & left))
            parts["refusals_overturned"].append(self._flow(settled, some & ~left))
            parts["in_dispute"].append(self._stock(said, settled, some))
        for name, by_refusal in parts.items():
            dims = ("refusal", "bound" if name == "in_dispute" else "quarter", "draw")
            add(name, dims, np.stack(by_refusal), FLOWS | STOCKS)
        at_request = one.among(REFUSED_FIRST)
        kinds = DISPUTES if content else DISPUTES[:2]
        for name, week in (("mediations", end.mediated), ("appeals", end.appealed)):
            rows = [self._flow(week, some) for some in (at_request, one.told_refused & disputed)]
            rows += [self.quarterly(content[name])] if content else []
            add(name, ("dispute", "quarter", "draw"), np.stack(rows), FLOWS)
        for name, weekly in reviews.items():
            stock = name == "reviews_overdue"
            values = weekly[self.bounds] if stock else self.quarterly(weekly)
            add(name, ("bound" if stock else "quarter", "draw"), values, REVIEWS)
        coords: dict[str, object] = {
            "quarter": (self.quarters * 3).astype("datetime64[M]").astype("datetime64[ns]"),
            "bound": np.append(self.days, self.days[-1] + 7)[self.bounds].astype("datetime64[ns]"),
            "draw": np.arange(self.draws),
            "refusal": list(REFUSALS),
            "dispute": list(kinds),
        }
        if attended:
            values = np.stack([self.quarterly(weekly) for weekly in attended.values()])
            add("reviews_attended", ("service", "quarter", "draw"), values, REVIEWS)
            coords["service"] = list(attended)
        return xr.Dataset(arrays, coords=coords, attrs={"area": area})
