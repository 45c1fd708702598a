"""The inputs of a service brought to one shape, and counts that come back some weeks later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.kernel.binomial import Count
from sendneeds.kernel.services.rules import Rules

_FLOW, _STOCK = 1_000, 16_000
"""Counts a week, and counts in hand, up to which 16 bits are safe for `CHECKED` weeks more."""
CHECKED = 4


class TooLargeError(Exception):
    """A count that 16 bits may not hold."""


@dataclass
class Inputs:
    """The inputs of `service.serve`, each as an array by week (or weeks waited) and lane.

    Parameters
    ----------
    referrals, slots : ndarray, (T, L) and (T, 1) or (T, L)
    opening : list of ndarray, (O, L)
    requests : ndarray, (A + T, L)
        Requests for advice by week of the request, those in hand at the start first.
    advice_old : int
        A.
    due, overdue : ndarray, (G, K, L) and (V, K, L)
    first_only, outsourced : ndarray (T, 1) or (T, L), or None
    """

    referrals: np.ndarray
    slots: np.ndarray
    opening: list[np.ndarray]
    requests: np.ndarray
    advice_old: int
    due: np.ndarray
    overdue: np.ndarray
    first_only: np.ndarray | None
    outsourced: np.ndarray | None

    @classmethod
    def of(
        cls,
        rules: Rules,
        referrals: np.ndarray,
        slots: np.ndarray,
        opening: list[np.ndarray] | None,
        advice: np.ndarray | None,
        advice_opening: np.ndarray | None,
        due: np.ndarray | None,
        overdue: np.ndarray | None,
        first_only: np.ndarray | None,
        outsourced: np.ndarray | None,
    ) -> Inputs:
        """Bring the inputs to one shape."""
        weeks, lanes = referrals.shape
        lists = opening if opening is not None else [np.zeros(0, np.int16)] * len(rules.classes)
        longest = max(len(by_age) for by_age in lists)
        old = _held(np.zeros(0, np.int16) if advice_opening is None else advice_opening, lanes)
        new = np.zeros((1, 1), np.int16) if advice is None else np.asarray(advice)
        requests = np.broadcast_to(new, (weeks, lanes))
        if len(old):
            requests = np.concatenate([old[::-1], requests], dtype=np.int32, casting="same_kind")
        return cls(
            referrals=np.asarray(referrals),
            slots=np.asarray(slots),
            opening=[_held(by_age, lanes, longest) for by_age in lists],
            requests=requests,
            advice_old=len(old),
            due=_kinds(due, rules.sessions, lanes),
            overdue=_kinds(overdue, rules.sessions, lanes),
            first_only=None if first_only is None else np.asarray(first_only),
            outsourced=None if outsourced is None else np.asarray(outsourced),
        )

    def small(self, rules: Rules) -> bool:
        """Whether 16 bits hold the counts at the start, and those of the first weeks."""
        most = max([1, *(package.units for package in rules.packages)])
        flows = (
            np.max(self.referrals, initial=0) * rules.first_units,
            np.max(self.requests[self.advice_old :], initial=0) * rules.advice_units,
            np.max(self.slots, initial=0),
            *(np.max(more, initial=0) for more in (self.first_only, self.outsourced) if more is not None),
        )
        stocks = [rows.sum(axis=0) * rules.first_units for rows in self.opening]
        stocks += [some.sum(axis=(0, 1)) * most for some in (self.due, self.overdue)]
        stocks.append(self.requests[: self.advice_old].sum(axis=0) * rules.advice_units)
        return max(flows) <= _FLOW and max(np.max(stock, initial=0) for stock in stocks) <= _STOCK

    def in_dtype(self, dtype: Count) -> None:
        """Turn the weekly inputs to the type of the counts."""
        self.referrals = self.referrals.astype(dtype, copy=False)
        self.requests = self.requests.astype(dtype, copy=False)
        self.slots = self.slots.astype(dtype, copy=False)
        for name in ("first_only", "outsourced"):
            if getattr(self, name) is not None:
                setattr(self, name, getattr(self, name).astype(dtype, copy=False))


def check_size(dtype: Count, stocks: list[tuple[np.ndarray, int]]) -> None:
    """Raise where a stock in units (counts, units of each) nears the limit of 16 bits."""
    if dtype is np.int16 and any(int(count.max(initial=0)) * units > _STOCK for count, units in stocks):
        raise TooLargeError


class Delay:
    """Counts that come back a fixed number of weeks later."""

    def __init__(self, weeks: int, lanes: int, dtype: Count) -> None:
        self._rows = np.zeros((weeks + 1, lanes), dtype=dtype)

    def now(self, week: int) -> np.ndarray:
        """Return the counts that come back in `week`."""
        return self._rows[week % len(self._rows)]

    def put(self, week: int, count: np.ndarray) -> None:
        """Send counts away in `week`."""
        self._rows[(week - 1) % len(self._rows)] = count


def divided(work: np.ndarray, units: np.integer) -> tuple[np.ndarray, np.ndarray]:
    """Return whole pieces of work, and the units left over."""
    if units == 1:
        return work, np.zeros_like(work)
    done = work // units
    return done, work - done * units


def add_to(count: np.ndarray, total: np.ndarray, rank: int) -> None:
    """Add the counts of one class to the total, which the first class begins."""
    if rank:
        total += count
    else:
        total[...] = count


def _held(opening: np.ndarray, lanes: int, longest: int | None = None) -> np.ndarray:
    """Return an opening list as (O, L), filled up to the longest."""
    by_age = np.asarray(opening)
    by_age = by_age[:, None] if by_age.ndim == 1 else by_age
    if longest is not None and len(by_age) < longest:
        by_age = np.concatenate([by_age, np.zeros((longest - len(by_age), by_age.shape[1]), by_age.dtype)])
    return np.broadcast_to(by_age, (len(by_age), lanes))


def _kinds(sessions: np.ndarray | None, kinds: int, lanes: int) -> np.ndarray:
    if sessions is None:
        return np.zeros((0, kinds, lanes), dtype=np.int64)
    array = np.asarray(sessions)
    array = array[:, :, None] if array.ndim == 2 else array
    return np.broadcast_to(array, (len(array), kinds, lanes))
