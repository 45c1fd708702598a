"""Levers held against an area and the length of a run: what cannot be done is a fault, what is odd a note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import Fault
from sendneeds.foundation.toml_text import row_at
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.need.inputs.setup import base_year
from sendneeds.need.total.trend import SCORED_YEARS
from sendneeds.scenarios.levers import (
    ON_NEED,
    AgencyStaff,
    AutismPathway,
    EarlyLanguage,
    EmptyPosts,
    ExpertsAtHand,
    FillVacancies,
    FundPosts,
    Groups,
    Initiative,
    Lever,
    LocumPosts,
    MissedAppointments,
    NewPlaces,
    Outsource,
    PersonalBudgets,
    PhaseReviews,
    ReferralGrowth,
    RingFence,
    SkillMix,
    SpecialistPlans,
    Triage,
)
from sendneeds.scenarios.levers.keys import toml_name
from sendneeds.scenarios.levers.services import ServiceLever
from sendneeds.waits.allowances.entitlements import personal_budgets
from sendneeds.waits.services.rules_from_parameters import AUTISM, LIST, services_of
from sendneeds.waits.services.workforce import has_staff, listed_posts, vacant_wte

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.scenarios.lever_context import RunContext

OF_BUDGETS = (
    "personal_budget_uptake_share",
    "gbp_per_personal_budget",
    "personal_budget_substituted_share",
)
FIRSTS = (Initiative, Outsource, Triage, RingFence, MissedAppointments, ReferralGrowth, EarlyLanguage)
"""Levers on first appointments, which a service that gives advice alone does not have."""
HORIZON_YEARS = 26
"""Years within which a lever on need has to start, where it is not known how far need will be projected."""
CAPITAL = "gbp_capital_per_place_state_special"
ANOTHER = "Name another service, or add its figures to service_parameters.csv."


def last_day(area: Area, to: int | None = None, until: date | None = None) -> date:
    """Return the last day on which a lever on a service may start: the end of the lists.

    Parameters
    ----------
    area : Area
    to : int, optional
        Last January of the projection.
    until : date, optional
        Last week of the lists; the end of the scored years when left out.

    Examples
    --------
    >>> import sendneeds as sn
    >>> last_day(sn.open_area("bedford"), to=2028)
    datetime.date(2028, 1, 15)
    """
    scored = date(base_year(area) + SCORED_YEARS, 12, 31)
    return until or (scored if to is None else min(scored, date(to, 1, 15)))


@dataclass(frozen=True)
class Checked:
    """What levers are held against: an area, and how far its run goes.

    Parameters
    ----------
    area : Area
    to : int, optional
        Last January of the projection, where it is known.
    until : date, optional
        Last week of the lists.
    """

    area: Area
    to: int | None = None
    until: date | None = None

    def faults(self, scenario: str, levers: Iterable[Lever]) -> list[Fault]:
        """Return everything that the area and the run cannot do for the levers of one scenario."""
        parameters = Parameters(self.area) if self.area.has("service_parameters") else None
        out: list[Fault] = []
        for number, lever in enumerate(levers, 1):
            where = lever.place or f"levers[{number}] ({lever.kind})"
            name = toml_name if lever.file else str
            for key, *words in (*self._dates(lever), *self._area(lever, parameters)):
                column = f"{where}.{name(key)}" if key else where
                out.append(Fault(lever.file or scenario, row_at(lever.rows, column), column, *words))
        return out

    def _dates(self, lever: Lever) -> list[tuple[str, str, str, str]]:
        start, first = self.area.start, lever.dates[0]
        if isinstance(lever, SpecialistPlans) and self.to is not None and lever.by > self.to:
            return [
                ("by", str(lever.by), f"a January to {self.to}", "Project further, or give an earlier one.")
            ]
        if isinstance(lever, NewPlaces):
            january = lever.january
            late = self.to if self.to is not None else start.year + HORIZON_YEARS
            if january is not None and not start.year < january <= late:
                cure = "Open the places within the projection, or project further."
                return [("january", str(january), f"a January from {start.year + 1} to {late}", cure)]
        if first is None:
            return []
        if isinstance(lever, ON_NEED):
            last = date((self.to or start.year + HORIZON_YEARS + 1) - 1, 12, 31)
            what, cure = "the projection", "Give a date within the projection, or project further."
        else:
            last = last_day(self.area, self.to, self.until)
            what, cure = "the lists", "Give a date within the simulation."
        if start <= first <= last:
            return []
        return [("start", str(first), f"{start} to {last}, the end of {what}", cure)]

    def _area(self, lever: Lever, parameters: Parameters | None) -> list[tuple[str, str, str, str]]:
        if isinstance(lever, NewPlaces):
            for name in ("need", "phase"):
                figure = f"commissioned_places_{lever.setting}"
                stated = parameters is not None and parameters.has("PLACES", figure)
                if getattr(lever, name) != "all" and (stated or not self.area.has("places")):
                    allowed = f"all: places in {lever.setting} are not known by {name}"
                    cure = f"Give the table places by {name}, and no {figure}; or open places for all."
                    return [(name, getattr(lever, name), allowed, cure)]
            if lever.gbp_per_place or (parameters and parameters.has("PLACES", CAPITAL)):
                return []
            allowed = f"an interval in GBP, as the pack has no {CAPITAL}"
            return [("gbp_per_place", "nothing", allowed, "Say what a place costs.")]
        if isinstance(lever, PersonalBudgets):
            missing = [name for name in OF_BUDGETS if not (parameters and parameters.has("PLACES", name))]
            if not missing:
                return []
            allowed = f"a pack with {', '.join(missing)} of PLACES in service_parameters.csv"
            return [("", lever.kind, allowed, "Add these figures, or leave the lever out.")]
        if (
            not isinstance(lever, ServiceLever) or lever.service not in SERVICES
        ):  # the file's faults name the service
            return []
        if parameters is None:
            return [("service", lever.service, "none: the pack has no service_parameters.csv", ANOTHER)]
        allowed, cure = _on_service(lever, parameters)
        return [("service", lever.service, allowed, cure)] if allowed else []


def _on_service(lever: ServiceLever, parameters: Parameters) -> tuple[str, str]:
    """Return what a lever on a service lacks in an area, in words, and what to do; empty where it can be pulled."""
    name, services = lever.service, services_of(parameters)
    if name not in services:
        return f"one of {', '.join(services)}" if services else "none: the pack has no services", ANOTHER
    if isinstance(lever, FillVacancies | FundPosts | EmptyPosts | LocumPosts | AgencyStaff | SkillMix):
        adds = isinstance(lever, FundPosts | AgencyStaff | SkillMix) and parameters.has(
            name, "slots_per_wte_week"
        )
        if not has_staff(parameters, name) and not adds:
            return "a service with staff: in_post_wte in service_parameters.csv, or posts.csv", ANOTHER
        if isinstance(lever, FillVacancies | FundPosts) and not parameters.has(name, "gbp_per_wte_year"):
            return "a service with gbp_per_wte_year in service_parameters.csv", ANOTHER
    if isinstance(lever, LocumPosts) and (
        not parameters.has(name, "reports_per_wte_week") or parameters.has(name, "first_slots")
    ):
        cure = "Name a service that gives advice alone, as EP may. Use agency_staff for a clinic."
        return "a service that gives statutory advice alone: reports_per_wte_week, no first_slots", cure
    if isinstance(lever, AgencyStaff | SkillMix) and not parameters.has(name, "first_slots"):
        cure = "Name a service with a clinic. Agency staff who give advice alone are locum_posts."
        return "a service with a clinic: first_slots in service_parameters.csv", cure
    listed = bool(listed_posts(parameters.area, name, np.array([parameters.area.start], "datetime64[D]")))
    if isinstance(lever, FillVacancies) and not (listed or parameters.has(name, "funded_wte")):
        cure = "Use fund_posts, which adds posts to those there are; or add funded_wte, so that vacancies are known."
        return "a service whose vacancies are known: funded_wte in service_parameters.csv, or posts.csv", cure
    if isinstance(lever, FIRSTS) and not parameters.has(name, LIST):
        cure = "Name a service with a list. To give more advice, use fund_posts."
        return "a service with a list for first appointments", cure
    if isinstance(lever, Groups) and not parameters.has(name, "block_share"):
        return "a service with blocks of sessions: block_share in service_parameters.csv", ANOTHER
    if isinstance(lever, AutismPathway) and name != AUTISM:
        return AUTISM, f"Write service = '{AUTISM}'."
    return "", ""


def notes(scenario: str, levers: Iterable[Lever], context: RunContext) -> list[str]:
    """Return what is odd in the levers of one scenario but can be done, a sentence each.

    Parameters
    ----------
    scenario : str
    levers : iterable of Lever
        That `Checked.faults` finds nothing wrong with.
    context : RunContext

    Returns
    -------
    list of str
    """
    out = []
    for lever in levers:
        if isinstance(lever, FillVacancies):
            out += [f"{scenario}: {text}" for text in _vacancies(lever, context)]
        elif isinstance(lever, PersonalBudgets):
            out += [f"{scenario}: {text}" for text in _budgets(lever, context)]
        elif isinstance(lever, ExpertsAtHand):
            out.append(f"{scenario}: {_experts(lever)}")
        elif isinstance(lever, FundPosts) and not has_staff(context.parameters, lever.service):
            each = context.parameters.get(lever.service, "slots_per_wte_week")
            out.append(
                f"{scenario}: no figure says what staff {lever.service} has here. A post more gives {each.central:g} "
                f"slots a week in term ({each.low:g} to {each.high:g}, {each.basis}), which is not the area's own."
            )
    if any(isinstance(lever, PhaseReviews | SpecialistPlans) for lever in levers):
        out.append(
            f"{scenario}: what individual support plans cost is in no figure here. Less spent on placements is what "
            "plans cost less, and not what is saved."
        )
    return out


def _vacancies(lever: FillVacancies, context: RunContext) -> list[str]:
    vacant = float(np.median(vacant_wte(context.parameters, lever.service, context.draws, context.seed)))
    asked = lever.posts
    if vacant == 0:
        return [
            f"{lever.service} has no vacant post: fill_vacancies fills none. Use fund_posts to add posts."
        ]
    if asked is None or asked <= vacant + 0.05:
        return []
    return [
        f"posts = {asked:g}, but about {vacant:.1f} whole-time equivalents are vacant in {lever.service}: no more than "
        "those are filled. Use fund_posts to add posts."
    ]


def _experts(lever: ExpertsAtHand) -> str:
    """Return how many experts there are of each profession, and how many leave the area's own posts."""
    each = ", ".join(f"{lever.wte * share:.1f} {name}" for name, share in lever.professions.items())
    low, central, high = (float(lever.wte) * share for share in lever.own_posts_share)
    return (
        f"{lever.wte:.1f} whole-time equivalents of experts ({each}), of whom {central:.1f} ({low:.1f} to "
        f"{high:.1f}) leave posts of the area; services without staff in the pack lose none here."
    )


def _budgets(lever: PersonalBudgets, context: RunContext) -> list[str]:
    """Return what the budgets of a lever take the place of, which their cost, gross, does not show."""
    now, then = (personal_budgets(context.area, context.need, uptake) for uptake in (None, lever.uptake))
    year = context.need.scored_to
    children, money = (
        float((then.data[name] - now.data[name]).sel(year=year).median())
        for name in ("children", "substituted")
    )
    if children <= 0:
        return [
            f"uptake = {lever.uptake:g} is no more than now, so personal_budgets changes nothing; it cannot "
            "take budgets away."
        ]
    text = (
        f"personal budgets are costed gross. Of their cost about GBP {money:,.0f} a year ({year}) takes the place of "
        "what would have been bought; it is not taken off."
    )
    if "sessions_replaced" not in now.data:
        return [text]
    freed = (then.data["sessions_replaced"] - now.data["sessions_replaced"]).sel(year=year).median("draw")
    each = ", ".join(f"{float(freed.sel(service=s)):,.0f} of {s}" for s in freed["service"].values)
    return [
        f"{text} Sessions a year that are freed for other children, where the service is simulated: {each}."
    ]
