"""What an option changes in a service."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from sendneeds.foundation.errors import DomainError

_ADDED = ("extra_wte", "initiative", "outsourced", "extra_slots")
_MULTIPLIED = ("missed", "pace")


@dataclass(frozen=True)
class ServiceOption:
    """What an option changes in a service; each part may be by (week,) or (week, draw).

    Parameters
    ----------
    extra_wte : ndarray or float
        Staff at work beyond those in post, ramped up where they are new (`staff.staff_at_work`).
    wte : ndarray, optional
        Staff at work, in place of those the pack states.
    pace : ndarray (draw,) or float
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
    missed : ndarray (draw,) or float
        Factor on the share of appointments missed.
    group_share : ndarray (draw,) or float
        Share of children with a block of sessions who have it in a group.
    group_size : int
        Children in a group, 2 to 4; a place in it takes that part of a slot.
    pathway : {"diagnosis_first", "needs_first"}
        Shape of the autism pathway.
    fence : float, optional
        Share of the slots left by advice that is kept for first assessments: 0 puts follow-ups first, 1 firsts first.
        Where it is left out, what the job plans of the table ``posts`` say, or 0.
    """

    extra_wte: np.ndarray | float = 0.0
    wte: np.ndarray | None = None
    pace: np.ndarray | float = 1.0
    initiative: np.ndarray | None = None
    outsourced: np.ndarray | None = None
    outsourced_return: np.ndarray | float = 0.0
    extra_slots: np.ndarray | None = None
    diverted: np.ndarray | None = None
    rereferred: np.ndarray | float = 0.0
    missed: np.ndarray | float = 1.0
    group_share: np.ndarray | float = 0.0
    group_size: int = 1
    pathway: str = "diagnosis_first"
    fence: float | None = None

    def and_also(self, other: ServiceOption) -> ServiceOption:
        """Return what both options change together: what they add is added up, factors are multiplied.

        Raises
        ------
        DomainError
            If both set what can be set once only.
        """
        out = {}
        for one in fields(self):
            mine, its = getattr(self, one.name), getattr(other, one.name)
            if _same(its, one.default) or _same(mine, one.default):
                out[one.name] = mine if _same(its, one.default) else its
            elif one.name in _ADDED:
                out[one.name] = mine + its
            elif one.name in _MULTIPLIED:
                out[one.name] = mine * its
            elif _same(mine, its):
                out[one.name] = mine
            else:
                raise DomainError(
                    f"two levers set {one.name} of one service differently: leave one of them out."
                )
        return replace(self, **out)

    @property
    def changes_nothing(self) -> bool:
        """Whether the service stays as it is."""
        return all(_same(getattr(self, one.name), one.default) for one in fields(self))


def _same(one: object, other: object) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.all(np.asarray(one) == np.asarray(other)))


AS_IT_IS = ServiceOption()
