"""Levers on need: other growth, a policy break, plans ended more or less, each from a year on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.cards import Card
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.vocabulary import AGES
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need.inputs.reform import PhaseReviews, SpecialistPlans

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

STARTS = ("new_plans", "requests", "refusals")
"""What may change how many plans start."""
GROWTH = ("rule", "damped", "none", "england_rate", "plans")


@dataclass(frozen=True)
class FlowMultiplier(Card):
    """A flow multiplied from a calendar year on, with an 80 % interval.

    Parameters
    ----------
    year : int
        First calendar year it works.
    low, central, high : float
        0.8 ends or starts a fifth fewer plans than without it.
    first_age, last_age : int
        Ages at the opening of the year that it works on.
    last_year : int, optional
        Last calendar year it works; to the end when left out.

    Raises
    ------
    DomainError
        If the three are not positive and in order, or the ages lie outside 0 to 25.

    Examples
    --------
    >>> FlowMultiplier(2026, 0.7, 0.8, 0.9, first_age=16).last_age
    25
    """

    year: int
    low: float
    central: float
    high: float
    first_age: int = 0
    last_age: int = AGES[-1]
    last_year: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.central <= self.high < math.inf:
            found = f"{self.low}, {self.central}, {self.high}"
            raise DomainError(f"a ratio needs 0 < low <= central <= high, none infinite; found {found}.")
        if not 0 <= self.first_age <= self.last_age <= AGES[-1]:
            raise DomainError(f"ages {self.first_age} to {self.last_age}: give ages within 0 to {AGES[-1]}.")
        if self.last_year is not None and self.last_year < self.year:
            raise DomainError(f"from {self.year} to {self.last_year}: the last year is before the first.")

    def works_in(self, year: int) -> bool:
        """Return whether it works in a calendar year.

        Parameters
        ----------
        year : int

        Returns
        -------
        bool

        Examples
        --------
        >>> [FlowMultiplier(2026, 0.7, 0.8, 0.9, last_year=2027).works_in(y) for y in range(2025, 2029)]
        [False, True, True, False]
        """
        return self.year <= year and (self.last_year is None or year <= self.last_year)


@dataclass(frozen=True)
class NeedChange(Card):
    """What a scenario changes about need; the default changes nothing.

    Parameters
    ----------
    growth : {"rule", "damped", "none", "england_rate", "plans"}
        How the total goes: by the scored rule; its yearly growth damped; no growth; the area's rate a resident moved to
        England's by the year `by`; a local ambition, `plans` by the year `by`.
    damping : float
        Factor by which growth falls each year where `growth` is ``damped``.
    plans : float, optional
        The ambition: plans in January `by`, then growth of the population.
    by : int, optional
        January by which the rate or the ambition is reached.
    new_plans, ceased : tuple of FlowMultiplier
        Flows multiplied: a policy break, plans ended at 16 or 19 more or less often.
    requests, refusals : tuple of FlowMultiplier
        Requests for an assessment multiplied, and the share of decided requests that is refused. Both change how many
        plans start: as many times as requests, and as the share that is not refused changes.
    reviews : PhaseReviews, optional
        Plans reviewed when children change phase, a share of which become individual support plans.
    specialist : SpecialistPlans, optional
        Fewer new plans, so that plans fall from their peak; children without one get an individual support plan.

    Raises
    ------
    DomainError
        If `growth` is not one of those, or what it needs is not given.

    Examples
    --------
    >>> NeedChange(ceased=(FlowMultiplier(2026, 1.1, 1.2, 1.3, first_age=16, last_age=18),)).acts_on_flows
    True
    """

    growth: str = "rule"
    damping: float = 0.8
    plans: float | None = None
    by: int | None = None
    new_plans: tuple[FlowMultiplier, ...] = ()
    ceased: tuple[FlowMultiplier, ...] = ()
    requests: tuple[FlowMultiplier, ...] = ()
    refusals: tuple[FlowMultiplier, ...] = ()
    reviews: PhaseReviews | None = None
    specialist: SpecialistPlans | None = None

    def __post_init__(self) -> None:
        if self.growth not in GROWTH:
            raise DomainError(f"growth={self.growth!r} is not known. Allowed: {', '.join(GROWTH)}.")
        if self.growth in ("england_rate", "plans") and self.by is None:
            raise DomainError(f"growth={self.growth!r} needs by=, the January by which it is reached.")
        if self.growth == "plans" and not (self.plans or 0) > 0:
            raise DomainError("growth='plans' needs plans=, a number over 0.")
        if not 0 <= self.damping <= 1:
            raise DomainError(f"damping={self.damping}: give a number from 0 (growth stops) to 1 (none).")

    @property
    def acts_on_flows(self) -> bool:
        """Whether new or ended plans are multiplied."""
        return bool(self.new_plans or self.ceased or self.requests or self.refusals or self.reforms)

    @property
    def reforms(self) -> bool:
        """Whether some children have an individual support plan in place of a plan."""
        return self.reviews is not None or self.specialist is not None

    def notes(self) -> list[str]:
        """Return the change in words.

        Returns
        -------
        list of str
            A sentence each; none where nothing changes.

        Examples
        --------
        >>> NeedChange("damped").notes()
        ['Scenario: growth of plans is damped by 0.8 each year.']
        """
        out = []
        if self.growth == "damped":
            out.append(f"Scenario: growth of plans is damped by {self.damping:g} each year.")
        if self.growth == "none":
            out.append("Scenario: the total of plans does not grow.")
        if self.growth == "england_rate":
            out.append(f"Scenario: plans per resident reach England's rate by January {self.by}.")
        if self.growth == "plans":
            out.append(f"Scenario: {self.plans:,.0f} plans by January {self.by}, a local ambition.")
        flows = {
            "new plans": self.new_plans,
            "plans that end": self.ceased,
            "requests": self.requests,
            "the share of requests refused": self.refusals,
        }
        for what, ratios in flows.items():
            for r in ratios:
                out.append(
                    f"Scenario: {what} at ages {r.first_age} to {r.last_age} times {r.central:g} "
                    f"({r.low:g} to {r.high:g}) from {r.year}"
                    + (f" to {r.last_year}." if r.last_year is not None else ".")
                )
        if self.reviews is not None:
            out.append(
                f"Scenario: from September {self.reviews.year} plans are reviewed at the moves into years 7 and 12, "
                f"and {100 * self.reviews.share:.3g} % of those reviewed become individual support plans."
            )
        if any(r.central > 1 for r in self.refusals):
            out.append(
                "Legal risk: an assessment must be agreed where a child may have needs that call for a plan "
                "(Children and Families Act 2014, section 36). Refusing more brings appeals, most of which are decided "
                "for families."
            )
        return out

    def multipliers(self, kind: str, years: list[int], block: int, seed: int) -> np.ndarray:
        """Return the product of the ratios of a kind, shape (calendar year, age, draw of the block).

        Parameters
        ----------
        kind : {"new_plans", "ceased", "requests", "refusals"}
        years : list of int
            Calendar years.
        block, seed : int
            The luck of an effect is the nation's: the same in every area.

        Returns
        -------
        ndarray, (calendar year, age, draw)
            1 where nothing is changed.

        Examples
        --------
        >>> fewer = NeedChange(new_plans=(FlowMultiplier(2026, 0.8, 0.8, 0.8),))
        >>> fewer.multipliers("new_plans", [2025, 2026], block=0, seed=1)[:, 10, 0].tolist()
        [1.0, 0.8]
        """
        out = np.ones((len(years), len(AGES), SEED_BLOCK))
        for number, ratio in enumerate(getattr(self, kind)):
            luck = generator(seed, "nation", "change", kind, str(number), block=block).standard_normal(
                SEED_BLOCK
            )
            effect = two_piece_lognormal(ratio.low, ratio.central, ratio.high, luck)
            on = [i for i, year in enumerate(years) if ratio.works_in(year)]
            ages = slice(ratio.first_age, ratio.last_age + 1)
            for i in on:
                out[i, ages] *= effect
        return out

    def plans_started(
        self, area: Area, years: list[int], block: int, seed: int, parts: Sequence[str] = STARTS
    ) -> np.ndarray:
        """Return the factor on plans that start, shape (calendar year, age, draw of the block).

        Parameters
        ----------
        area : Area
            Its last published shares of requests refused and withdrawn say what refusing more or fewer does.
        years : list of int
        block, seed : int
        parts : sequence of str
            Of `STARTS`, those that count.

        Returns
        -------
        ndarray, (calendar year, age, draw)
            1 where nothing is changed.

        Examples
        --------
        >>> import sendneeds as sn
        >>> fewer = NeedChange(new_plans=(FlowMultiplier(2026, 0.8, 0.8, 0.8),))
        >>> fewer.plans_started(sn.open_area("luton"), [2025, 2026], block=0, seed=1)[:, 10, 0].tolist()
        [1.0, 0.8]
        """
        out = np.ones((len(years), len(AGES), SEED_BLOCK))
        for kind in parts:
            times = self.multipliers(kind, years, block, seed)
            if kind == "refusals" and self.refusals:
                refused, withdrawn = decided_shares(area)
                others = 1.0 - withdrawn
                times = np.maximum(others - times * refused, 0.0) / (others - refused)
            out *= times
        return out


def decided_shares(area: Area) -> tuple[float, float]:
    """Return the shares of decided requests refused and withdrawn in the last year published, else England's.

    Raises
    ------
    MissingDataError
        If neither the area nor England has them.
    """
    stages = ["requests_decided_to_assess", "requests_decided_not_to_assess", "requests_withdrawn"]
    for source in (area, area.england()):
        if not source.has("ehc_flow"):
            continue
        table = source.table("ehc_flow")
        whole = table[(table["need"] == "all") & (table["age"] == "all") & table["count"].notna()]
        counts = whole.pivot_table("count", "calendar_year", "stage", aggfunc="sum").reindex(columns=stages)
        counts = counts.dropna()
        if len(counts):
            agreed, refused, withdrawn = (float(n) for n in counts.iloc[-1])
            decided = agreed + refused + withdrawn
            return refused / decided, withdrawn / decided
    raise MissingDataError(
        f"{area.name}: ehc_flow.csv has no year with requests agreed, refused and withdrawn, nor has England's."
    )
