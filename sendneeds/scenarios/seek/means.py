"""What may be sought for a target: how much of which lever, in which steps, from when and at whose cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.scenarios.levers import FundPosts, Initiative, Lever, NewPlaces
from sendneeds.waits.services.workforce import in_post_today

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sendneeds.evidence.area import Area

WITH = ("posts", "psychologists", "initiative", "places", "start")
"""What may be sought; ``start`` is the latest month in which a lever that is given may begin."""
PSYCHOLOGY = "EP"
THERAPIES = ("SLT", "OT", "PT")
POST_STEP, CHILD_STEP = 0.1, 0.5
LEAST_POSTS = 5.0
"""Posts that are tried at least, where twice those in post are fewer."""
FALLBACK_PRICE = (1.0, 1.0, 1.0)
UNPRICED = "GBP a child of an initiative is not known: give gbp_per_child=(low, central, high)"


@dataclass(frozen=True)
class Means:
    """A lever of which the smallest amount is sought, in whole steps of it.

    Parameters
    ----------
    kind : str
        One of `WITH`.
    lever : Lever
        With some amount; `at` gives it another.
    step : float
        What one step is, in `unit`; months for ``start``.
    most : int
        Largest amount tried, in steps.
    unit : str
    priced : bool
        Whether its price is known.
    """

    kind: str
    lever: Lever
    step: float
    most: int
    unit: str
    priced: bool = True

    def at(self, amount: int) -> Lever | None:
        """Return the lever with so many steps; None for none."""
        if amount == 0:
            return None
        number = round(amount * self.step, 6)
        if self.kind == "start":
            return replace(self.lever, start=self.start(amount))  # type: ignore[call-arg]
        if isinstance(self.lever, FundPosts):
            return replace(self.lever, wte=number)
        if isinstance(self.lever, Initiative):
            return replace(self.lever, children_per_week=number)
        return replace(self.lever, places=amount)  # type: ignore[call-arg]

    def start(self, amount: int) -> date:
        """Return the first day of a lever that begins so many months before the last that is tried."""
        first: date = self.lever.start  # type: ignore[attr-defined]
        month = first.year * 12 + first.month - 1 + self.most - amount
        return date(month // 12, month % 12 + 1, 1)

    def value(self, amount: int) -> float | str:
        """Return an amount in its unit; for ``start`` the day, empty for no lever."""
        if self.kind == "start":
            return f"{self.start(amount)}" if amount else ""
        number = round(amount * self.step, 6)
        return int(number) if self.step == 1 else number

    def text(self, amount: int) -> str:
        """Return an amount in words, from when it works included."""
        if amount == 0:
            return "nothing more"
        if isinstance(self.lever, NewPlaces):
            setting = self.lever.setting.replace("_", " ")
            return f"{amount:,} {setting} places, opening by January {self.lever.january}"
        if self.kind == "start":
            return f"a start on {self.start(amount)} at the latest"
        lever = self.at(amount)
        assert lever is not None
        first, last = lever.dates
        number = getattr(lever, "wte", None) or getattr(lever, "children_per_week", None)
        until = f" to {last}" if last else ""
        return f"{number:g} {self.unit} from {first}{until}"


def default_funders(area: Area, what: str) -> Mapping[str, float]:
    """Return who pays where nobody says.

    That is the pack's pool for therapies, the council for psychologists, and the Department for places, as capital is
    no charge on the high needs block. What children in new places cost each year is not in a lever's own cost, but in
    `sendneeds.high_needs`.

    Examples
    --------
    >>> import sendneeds as sn
    >>> default_funders(sn.open_area("bedford"), "SLT")
    {'council_high_needs': 0.5556, 'icb': 0.4444}
    """
    if what == PSYCHOLOGY:
        return {"council_general_fund": 1.0}
    if what not in SERVICES:
        return {"dfe": 1.0}
    figures = Parameters(area) if area.has("service_parameters") else None
    if what in THERAPIES and figures is not None and figures.has("POOL", "council_share"):
        council = figures.get("POOL", "council_share").central
        return {"council_high_needs": council, "icb": round(1.0 - council, 6)}
    return {"icb": 1.0}


def posts(
    area: Area,
    service: str,
    kind: str,
    start: date,
    end: date | None,
    funders: Mapping[str, float],
    most: float | None,
) -> Means:
    """Return posts added to a service, in tenths of a whole-time equivalent."""
    staff = float(np.median(in_post_today(Parameters(area), service, 64, 1)))
    largest = max(LEAST_POSTS, 2.0 * staff) if most is None else most
    lever = FundPosts(service=service, wte=1.0, start=start, end=end, funders=dict(funders))
    return Means(kind, lever, POST_STEP, _steps(largest, POST_STEP), "WTE more")


def initiative(
    area: Area,
    service: str,
    start: date,
    end: date | None,
    funders: Mapping[str, float],
    most: float | None,
    gbp_per_child: tuple[float, float, float] | None,
) -> Means:
    """Return children seen besides, in halves of a child a week, for a year where no end is given."""
    figures = Parameters(area)
    referrals = figures.get(service, "referrals_accepted_per_week").central
    largest = 2.0 * referrals + 10.0 if most is None else most
    lever = Initiative(
        service=service,
        children_per_week=1.0,
        start=start,
        end=end or start + timedelta(weeks=52, days=-1),
        funders=dict(funders),
        gbp_per_child=gbp_per_child or FALLBACK_PRICE,
    )
    return Means(
        "initiative", lever, CHILD_STEP, _steps(largest, CHILD_STEP),
        "children a week seen besides", gbp_per_child is not None,
    )  # fmt: skip


def places(setting: str, january: int, funders: Mapping[str, float], most: float | None) -> Means:
    """Return places in a setting, that open by a January, one by one."""
    lever = NewPlaces(setting=setting, places=1, january=january, funders=dict(funders))
    return Means("places", lever, 1, int(most or 500), "places")


def starts(lever: Lever | None, first: date, last: date) -> Means:
    """Return the months in which a lever may begin, the latest first.

    Raises
    ------
    MissingDataError
        If no lever is given.
    DomainError
        If it has no first day.
    """
    if lever is None:
        raise MissingDataError(
            "using='start' seeks the latest month in which a lever may begin: give it, for example "
            "lever=sendneeds.levers.FundPosts(service='OT', wte=2, start=..., funders={'icb': 1.0})."
        )
    if not hasattr(lever, "start") or not hasattr(lever, "service"):
        raise DomainError(f"lever={lever.kind}: allowed: a lever on one service that begins on a day.")
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < 1:
        raise DomainError(f"start={first}: allowed: a day before the month of the target, {last}.")
    return Means("start", replace(lever, start=date(first.year, first.month, 1), end=None), 1, months, "")  # type: ignore[call-arg]


def _steps(most: float, step: float) -> int:
    return max(round(most / step), 1)
