"""A scenario: a name and a list of levers, frozen and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sendneeds.foundation.cards import Card
from sendneeds.foundation.errors import Fault, ScenarioError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.levers import (
    ExpertsAtHand,
    Lever,
    NeedGrowth,
    PersonalBudgets,
    PhaseReviews,
    SpecialistPlans,
)
from sendneeds.scenarios.levers.keys import did_you_mean, shown
from sendneeds.waits.ehc.clock import STAFFING, Staffing

NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
"""What a scenario may be called: its name stands in tables, in names of files and on the command line."""
LONGEST_NAME, LONGEST_TITLE = 60, 200
ONE_EACH: dict[type[Lever], str] = {
    PersonalBudgets: "Leave one: it acts on every service whose sessions budgets buy.",
    NeedGrowth: "Leave one: plans grow by one rule.",
    PhaseReviews: "Leave one: a plan is reviewed once at a move.",
    SpecialistPlans: "Leave one: plans fall to one share of their peak.",
    ExpertsAtHand: "Leave one: it acts on every service from which experts are hired.",
}
"""Levers of which a scenario may have one, and what to do about a second."""


@dataclass(frozen=True)
class Scenario(Card):
    """A named list of levers; the baseline has none.

    Parameters
    ----------
    name : str
        Short, of lower-case letters, digits and single hyphens.
    title : str
        For people.
    note : str
        Where it comes from, and what it leaves out.
    levers : sequence of Lever
        From `sendneeds.levers`; kept as a tuple.
    staffing : {"follows_record", "fixed"}, optional
        Whether staff for statutory advice follow demand in it, or stay as they are, as in `run`; as in the rest of the
        run where left out.

    Raises
    ------
    ScenarioError
        If name or title is no text or not as above, a lever is none, there are two of a lever of which there can be
        one, or `staffing` is neither.

    Examples
    --------
    >>> import datetime, sendneeds as sn
    >>> posts = sn.levers.FundPosts(
    ...     service="SLT", wte=2, start=datetime.date(2027, 9, 1), funders={"icb": 1.0}
    ... )
    >>> sn.Scenario("more-slt", title="Two more therapists", levers=[posts]).levers == (posts,)
    True
    """

    name: str
    title: str
    note: str = ""
    levers: Sequence[Lever] = ()
    staffing: Staffing | None = None

    def __post_init__(self) -> None:
        faults = faults_of(self.name, self.title, self.levers, staffing=self.staffing)
        if faults:
            raise ScenarioError(f"The scenario {self.name!r} cannot be used", faults)
        object.__setattr__(self, "levers", tuple(self.levers))


def as_things_stand() -> Scenario:
    """Return the baseline: the scenario without a lever."""
    return Scenario(BASELINE, "As things stand")


def slug(text: str) -> str:
    """Return a name that is allowed, made of a text.

    Examples
    --------
    >>> slug("Two OT posts (2027)")
    'two-ot-posts-2027'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:LONGEST_NAME].strip("-") or "my-option"


def faults_of(
    name: Any, title: Any, levers: Any, file: str = "Scenario", staffing: Any = None
) -> list[Fault]:
    """Return what is wrong with the name, the title, the staffing or the list of levers of a scenario."""
    faults = []
    for key, text in (("name", name), ("title", title)):
        if not isinstance(text, str) or not text:
            faults.append(Fault(file, 0, key, shown(text), "a text", f'Add {key} = "..."'))
    if isinstance(name, str) and name and not (NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        allowed = f"lower-case letters, digits and single hyphens, up to {LONGEST_NAME} characters"
        faults.append(Fault(file, 0, "name", shown(name), allowed, f'Write name = "{slug(name)}".'))
    if isinstance(title, str) and (len(title) > LONGEST_TITLE or not title.isprintable()):
        allowed = f"one line of up to {LONGEST_TITLE} characters"
        faults.append(Fault(file, 0, "title", shown(title), allowed, "Move the rest to note."))
    if staffing is not None and staffing not in STAFFING:
        cure = did_you_mean(str(staffing), STAFFING)
        faults.append(Fault(file, 0, "staffing", shown(staffing), ", ".join(STAFFING), cure))
    if isinstance(levers, Lever | str) or not isinstance(levers, Sequence):
        faults.append(Fault(file, 0, "levers", shown(levers), "a list of levers", "Write levers=[...]."))
        return faults
    if name == BASELINE and levers:
        found, cure = f"{len(levers)} under the name {BASELINE}", "Give the scenario a name of its own."
        faults.append(
            Fault(file, 0, "levers", found, "no lever: what every option is set beside stays as it is", cure)
        )
    for number, lever in enumerate(levers, 1):
        if not isinstance(lever, Lever):
            allowed = "a lever, for example sendneeds.levers.FundPosts(...)"
            faults.append(
                Fault(file, 0, f"levers[{number}]", shown(lever), allowed, "Make it with sendneeds.levers.")
            )
    for kind, cure in ONE_EACH.items():
        same = [(n, lever) for n, lever in enumerate(levers, 1) if isinstance(lever, kind)]
        if len(same) > 1:
            number, lever = same[1]
            place = lever.place or f"levers[{number}]"
            faults.append(Fault(file, 0, place, kind.kind, "one such lever a scenario", cure))
    return faults
