"""What an option changes in a service."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sendneeds.foundation.errors import DomainError

_ADDED = ("extra_wte", "initiative", "outsourced", "extra_slots", "rules")
_MULTIPLIED = ("missed", "throughput_factor")


@dataclass(frozen=True)
class RuleChange:
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
        Children in a group, 2 to 4; a place in it takes that part of a slot.
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
class ServiceOption:
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
    diverted: np.ndarray | None = None
    rereferred: np.ndarray | float = 0.0
    rules: tuple[RuleChange, ...] = ()

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
                out[one.name] = mine + its
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
