"""What a service does with a child, in numbers: what it accepts, how slots are shared, which packages follow.

Times are whole weeks. Slots are counted in units: where a first assessment takes one and a half slots, or a place in
a group a quarter, the caller takes a half or a quarter of a slot as the unit, so that all is whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.kernel.binomial import Binomial, Count

Share = float | np.ndarray
"""A share or chance, 0 to 1: one for every lane, or (L,)."""


@dataclass(frozen=True)
class Package:
    """Sessions or reviews that some children have after their first assessment.

    Parameters
    ----------
    share : float or ndarray, (L,)
        Share of the children assessed. The shares of all packages add up to 1 at most; the rest are discharged.
    sessions : int
        1 or more.
    spacing : int
        Weeks, 1 or more, from a session's delivery until the next falls due.
    after : int, optional
        Weeks, 1 or more, from the first assessment until session 1 falls due; `spacing` where it is left out.
    units : int
        Units of a slot that a session takes.
    then : int, optional
        Number of a later package among those of the service, with which some go on after their last session.
    then_share : float or ndarray, (L,)
        Share of those who have had their last session that goes on.
    """

    share: Share
    sessions: int
    spacing: int
    after: int | None = None
    units: int = 1
    then: int | None = None
    then_share: Share = 0.0

    @property
    def weeks_to_first(self) -> int:
        """Weeks from the first assessment until session 1 falls due."""
        return self.spacing if self.after is None else self.after


@dataclass(frozen=True)
class Rules:
    """The rules of a service, the same every week.

    Parameters
    ----------
    packages : tuple of Package
    first_units, advice_units : int
        Units of a slot that a first assessment, and a piece of statutory advice, takes.
    accepted : float or ndarray, (L,)
        Share of referrals that triage accepts; the rest are diverted.
    returned, returned_after : float or ndarray (L,), int
        Share of those diverted who are referred again, and after how many weeks.
    missed : float or ndarray, (L,)
        Share of offered units that are missed, and so wasted.
    discharged_first, discharged_follow_up : float or ndarray, (L,)
        Chance that a missed unit ends the child's time in the service.
    ring_fenced_share : float
        Share of the slots left by advice that is kept for first assessments as far as they need it: 0 serves
        follow-ups before firsts, 1 firsts before follow-ups.
    classes : tuple of (float or ndarray (L,))
        Share of those who join that falls in each priority class, the most urgent first; adds up to 1.
    in_order_share : float or ndarray, (L,)
        Share of first assessments that goes to the longest waiter; the others go to children spread evenly along the
        list in order of waiting, whoever they are. 1 is first in, first out.
    leaving, age_out : float or ndarray (K,), (1, L) or (K, L), optional
        Chance a week that a waiting child leaves unseen, and that it reaches the age limit, by whole weeks
        waited; the last holds for longer waits.
    rereferred, rereferred_after : float or ndarray (L,), int
        Share of those discharged who rejoin the list, and after how many weeks.
    outsourced_return : float or ndarray, (L,)
        Share of those seen by a second provider who come back for their package.
    """

    packages: tuple[Package, ...] = ()
    first_units: int = 1
    advice_units: int = 1
    accepted: Share = 1.0
    returned: Share = 0.0
    returned_after: int = 13
    missed: Share = 0.0
    discharged_first: Share = 0.0
    discharged_follow_up: Share = 0.0
    ring_fenced_share: float = 0.0
    classes: tuple[Share, ...] = (1.0,)
    in_order_share: Share = 1.0
    leaving: Share | None = None
    age_out: Share | None = None
    rereferred: Share = 0.0
    rereferred_after: int = 26
    outsourced_return: Share = 0.0

    @property
    def sessions(self) -> int:
        """Kinds of session: package by package, session by session."""
        return sum(package.sessions for package in self.packages)

    def nested(self) -> list[tuple[str, Share]]:
        """Return for each package the chance of it among children who have none of those before it."""
        return _nested("package", [package.share for package in self.packages])

    def taken_up(self) -> list[Share]:
        """Return for each package the share of the children assessed who have it, at once or after another."""
        out = [package.share for package in self.packages]
        for number, package in enumerate(self.packages):
            if package.then is not None:
                out[package.then] = out[package.then] + out[number] * package.then_share
        return out

    def ranks(self) -> list[tuple[str, Share]]:
        """Return for each class but the last the chance of it among children of no class before it."""
        return _nested("class", list(self.classes[:-1]))


def _nested(name: str, shares: list[Share]) -> list[tuple[str, Share]]:
    left: Share = 1.0
    out: list[tuple[str, Share]] = []
    for number, share in enumerate(shares):
        chance = np.clip(np.divide(share, np.maximum(left, 1e-12)), 0.0, 1.0)
        out.append((f"{name} {number}", float(chance) if np.ndim(chance) == 0 else chance))
        left = left - share
    return out


def binomial_laws(rules: Rules, classes: int, lanes: int, dtype: Count) -> dict[str, Binomial]:
    """Return the binomial law of each purpose; that of missed slots is for all stages end to end."""
    chances = {
        "accepted": rules.accepted,
        "returned": rules.returned,
        "follow-up discharged": rules.discharged_follow_up,
        "outsourced return": rules.outsourced_return,
        "rejoined": rules.rereferred,
        **dict(rules.nested()),
        **dict(rules.ranks()),
        **{f"goes on {number}": package.then_share for number, package in enumerate(rules.packages)},
        **{f"first discharged {rank}": rules.discharged_first for rank in range(classes)},
    }
    found = {purpose: Binomial(chance, lanes, dtype) for purpose, chance in chances.items()}
    missed, stages = np.asarray(rules.missed, dtype=float), classes + 2
    every = np.tile(missed, stages) if missed.size > 1 else missed
    return found | {"missed": Binomial(every, stages * lanes, dtype)}
