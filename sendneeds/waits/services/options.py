"""What an option changes in a service."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.cards import Card
from sendneeds.foundation.errors import DomainError

_ADDED = ("extra_wte", "initiative", "outsourced", "extra_slots", "rules")
_MULTIPLIED = ("missed", "throughput_factor", "referrals")
MOST_WEEKS = 10_000
MOST_IN_GROUP = 8
SHARE = (0.0, 1.0, "a share from 0 to 1 (0.2, not 20)")
FROM_ZERO = (0.0, 100_000.0, "a number from 0 to 100,000")
_DOMAINS = dict.fromkeys(
    ("extra_wte", "wte", "throughput_factor", "initiative", "outsourced", "extra_slots", "referrals"),
    FROM_ZERO,
)
# experts for schools take posts away
_DOMAINS["extra_wte"] = (-100_000.0, 100_000.0, "a number from -100,000 to 100,000")
_DOMAINS |= dict.fromkeys(("outsourced_return", "diverted", "rereferred"), SHARE)
_BY_DRAW = ("throughput_factor", "outsourced_return", "rereferred")
"""What may differ by draw and not by week."""


@dataclass(frozen=True)
class RuleChange(Card):
    """What an option changes in the rules by which a service works, from one week to another.

    Parameters
    ----------
    first : int
        First week of the run in which it holds.
    end : int, optional
        First week in which it holds no more; for good where left out.
    ring_fenced_share : float, optional
        Share of the slots left by advice that is kept for first assessments: 0 puts follow-ups first, 1 firsts first.
        Where no change sets it, it is what the job plans of the table ``posts`` say, or 0.
    missed : ndarray (draw,) or float
        Factor on the share of appointments missed.
    group_share : ndarray (draw,) or float
        Share of children with a block of sessions who have it in a group.
    group_size : int
        Children in a group, 2 to 8; a place in it takes that part of a slot.
    pathway : {"diagnosis_first", "needs_first"}, optional
        Shape of the autism pathway; diagnosis first where left out.

    Examples
    --------
    >>> RuleChange(first=26, end=78, ring_fenced_share=0.5).end
    78
    """

    first: int = 0
    end: int | None = None
    ring_fenced_share: float | None = None
    missed: np.ndarray | float = 1.0
    group_share: np.ndarray | float = 0.0
    group_size: int = 1
    pathway: str | None = None

    def __post_init__(self) -> None:
        weeks = {"first": self.first} if self.end is None else {"first": self.first, "end": self.end}
        for name, week in weeks.items():
            arguments.whole(name, week, 0, MOST_WEEKS)
        if self.ring_fenced_share is not None:
            share = _within("ring_fenced_share", self.ring_fenced_share, *SHARE)
            if np.ndim(share):
                raise DomainError(
                    f"ring_fenced_share={share!r}: allowed: one share. Write ring_fenced_share=0.5."
                )
            object.__setattr__(self, "ring_fenced_share", float(share))
        if self.end is not None and 0 < self.end <= self.first:
            raise DomainError(
                f"end={self.end}: a week after the first, {self.first}, or none. Write end={self.first + 1}."
            )
        for name, domain in (("missed", FROM_ZERO), ("group_share", SHARE)):
            object.__setattr__(self, name, _within(name, getattr(self, name), *domain))
        arguments.whole("group_size", self.group_size, 1, MOST_IN_GROUP, 3)

    def holds(self, week: int) -> bool:
        """Return whether it holds in a week.

        Parameters
        ----------
        week : int
            Of the run, the first being 0.

        Returns
        -------
        bool

        Examples
        --------
        >>> [RuleChange(first=2, end=4).holds(week) for week in range(5)]
        [False, False, True, True, False]
        """
        return self.first <= week and (self.end is None or week < self.end)


@dataclass(frozen=True)
class ServiceOption(Card):
    """What an option changes in a service; numbers may be by (week,) or (week, draw).

    Parameters
    ----------
    extra_wte : ndarray or float
        Staff at work beyond those in post, ramped up where they are new (`staff.staff_at_work`).
    wte : ndarray, optional
        Staff at work, in place of those the pack states.
    throughput_factor : ndarray (draw,) or float
        Factor on what a whole-time equivalent gives.
    initiative : ndarray, optional
        Children a week whose first assessment is given besides; the therapy that follows is the service's own.
    outsourced : ndarray, optional
        Children a second provider can take on a week.
    outsourced_return : ndarray (draw,) or float
        Share of those who come back here for their therapy; the rest have it there.
    extra_slots : ndarray, optional
        Slots a week besides, for whatever comes next.
    referrals : ndarray or float
        Factor on the referrals accepted, before any are diverted.
    diverted : ndarray, optional
        Share of the referrals otherwise accepted that are sent to other support.
    rereferred : ndarray (draw,) or float
        Share of those diverted who are referred again, 13 weeks later, and accepted.
    rules : tuple of RuleChange
        What changes in the rules, and from when.

    Examples
    --------
    >>> ServiceOption(extra_wte=2.0).changes_nothing
    False
    """

    extra_wte: np.ndarray | float = 0.0
    wte: np.ndarray | None = None
    throughput_factor: np.ndarray | float = 1.0
    initiative: np.ndarray | None = None
    outsourced: np.ndarray | None = None
    outsourced_return: np.ndarray | float = 0.0
    extra_slots: np.ndarray | None = None
    referrals: np.ndarray | float = 1.0
    diverted: np.ndarray | None = None
    rereferred: np.ndarray | float = 0.0
    rules: tuple[RuleChange, ...] = ()

    def __post_init__(self) -> None:
        defaults = {one.name: one.default for one in fields(self)}
        for name, domain in _DOMAINS.items():
            value = getattr(self, name)
            if value is not None or defaults[name] is not None:
                object.__setattr__(self, name, _within(name, value, *domain))
        object.__setattr__(self, "rules", tuple(arguments.listed("rules", self.rules, RuleChange)))

    def check(self, weeks: int, draws: int) -> None:
        """Refuse arrays that do not fit a run.

        Parameters
        ----------
        weeks, draws : int

        Raises
        ------
        DomainError
            If one has neither a number a week nor one a week and draw, or (what is a factor or a share for good) a
            draw.

        Examples
        --------
        >>> ServiceOption(extra_wte=np.ones(3)).check(weeks=2, draws=5)
        Traceback (most recent call last):
        ...
        sendneeds.foundation.errors.DomainError: extra_wte has shape (3,); allowed: ... (2,), or (2, 5) ...
        """
        for name in _DOMAINS:
            value = getattr(self, name)
            shape = np.shape(value) if value is not None else ()
            if name in _BY_DRAW:
                fits, allowed = shape in ((), (1,), (draws,)), f"one number, or one a draw, ({draws},)"
            else:
                fits = shape in ((), (weeks,), (weeks, 1), (weeks, draws))
                allowed = (
                    f"one number, one a week, ({weeks},), or ({weeks}, {draws}) with one a week and draw"
                )
            if not fits:
                raise DomainError(f"{name} has shape {shape}; allowed: {allowed}.")
        for change in self.rules:
            for name in ("missed", "group_share"):
                shape = np.shape(getattr(change, name))
                if shape not in ((), (1,), (draws,)):
                    raise DomainError(
                        f"RuleChange: {name} has shape {shape}; allowed: one number, or one a draw, ({draws},)."
                    )

    def combine(self, other: ServiceOption) -> ServiceOption:
        """Return what both options change together: what they add is added up, factors are multiplied.

        Parameters
        ----------
        other : ServiceOption

        Returns
        -------
        ServiceOption

        Raises
        ------
        DomainError
            If both set what can be set once only.

        Examples
        --------
        >>> more = ServiceOption(extra_wte=2.0, throughput_factor=1.5)
        >>> both = more.combine(ServiceOption(extra_wte=1.0, throughput_factor=2.0))
        >>> both.extra_wte, both.throughput_factor
        (3.0, 3.0)
        """
        out: dict[str, Any] = {}
        for one in fields(self):
            mine, its = getattr(self, one.name), getattr(other, one.name)
            if one.name in _ADDED and mine is not None and its is not None:
                out[one.name] = mine + its if one.name == "rules" else _added(mine, its)
            elif one.name in _MULTIPLIED:
                out[one.name] = mine * its
            elif _same(its, one.default) or _same(mine, one.default):
                out[one.name] = mine if _same(its, one.default) else its
            elif _same(mine, its):
                out[one.name] = mine
            else:
                raise _twice(one.name)
        return ServiceOption(**out)

    @property
    def changes_nothing(self) -> bool:
        """Whether the service stays as it is."""
        return all(_same(getattr(self, one.name), one.default) for one in fields(self))

    def changes(self, weeks: int) -> list[int]:
        """Return the weeks of a run in which the rules change, week 0 in front.

        Parameters
        ----------
        weeks : int
            Of the run.

        Returns
        -------
        list of int

        Examples
        --------
        >>> ServiceOption(rules=(RuleChange(first=26, end=78), RuleChange(first=52))).changes(60)
        [0, 26, 52]
        """
        ends = (one.end for one in self.rules if one.end is not None)
        return sorted(
            {0, *(week for week in (*(one.first for one in self.rules), *ends) if 0 < week < weeks)}
        )

    def at(self, week: int) -> RuleChange:
        """Return what is changed in the rules in a week, all in one.

        Parameters
        ----------
        week : int
            Of the run, the first being 0.

        Returns
        -------
        RuleChange

        Raises
        ------
        DomainError
            If two changes set the same thing differently in that week.

        Examples
        --------
        >>> halves = ServiceOption(rules=(RuleChange(missed=0.5), RuleChange(first=10, missed=0.5)))
        >>> halves.at(0).missed, halves.at(10).missed
        (0.5, 0.25)
        """
        out = RuleChange(first=week)
        for change in self.rules:
            if change.holds(week):
                known = {
                    name: _once(name, getattr(out, name), getattr(change, name), getattr(RuleChange, name))
                    for name in ("ring_fenced_share", "group_share", "group_size", "pathway")
                }
                out = replace(out, missed=out.missed * change.missed, **known)
        return out


def by_week(numbers: np.ndarray | float) -> np.ndarray:
    """Return numbers by week, or by week and draw, as they stand beside (week, draw)."""
    array = np.asarray(numbers, dtype=float)
    return array[:, None] if array.ndim == 1 else array


def _added(mine: Any, its: Any) -> Any:
    """Return two numbers added up, of which each may be one, by week, or by week and draw."""
    if {np.ndim(mine), np.ndim(its)} == {1, 2}:
        return by_week(mine) + by_week(its)
    return mine + its


def _within(name: str, value: Any, low: float, high: float, allowed: str) -> Any:
    """Return a number, or several as an array; refuse what is no number, or outside its domain."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise DomainError(f"{name}={value!r}: allowed: {allowed}.") from None
    if value is None or np.asarray(value).dtype.kind not in "iuf":
        raise DomainError(f"{name}={value!r}: allowed: {allowed}.")
    wrong = ~(np.isfinite(array) & (array >= low) & (array <= high))
    if wrong.any():
        found = f"{float(array[wrong].flat[0]):g}"
        where = f" in {int(wrong.sum()):,} of {array.size:,} places" if array.size > 1 else ""
        raise DomainError(f"{name}: {found}{where}; allowed: {allowed}.")
    return array if array.ndim else value


def _once(name: str, known: Any, given: Any, default: Any) -> Any:
    if _same(given, default):
        return known
    if not _same(known, default) and not _same(known, given):
        raise _twice(name)
    return given


def _twice(name: str) -> DomainError:
    return DomainError(f"two levers set {name} of one service differently: leave one of them out.")


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, tuple):
        return one is other or (isinstance(one, tuple) and len(one) == len(other) == 0)
    return bool(np.all(np.asarray(one) == np.asarray(other)))


NO_CHANGE = ServiceOption()
