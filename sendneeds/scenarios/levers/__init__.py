"""Levers: what an option can change, each a class whose arguments are the keys of its table in a scenario file."""

from sendneeds.scenarios.levers.base import Lever
from sendneeds.scenarios.levers.need import (
    Cessations,
    NeedGrowth,
    NewPlans,
    PhaseReviews,
    Refusals,
    Requests,
    SpecialistPlans,
)
from sendneeds.scenarios.levers.places import NewPlaces
from sendneeds.scenarios.levers.referrals import EarlyLanguage, ReferralGrowth
from sendneeds.scenarios.levers.reform import ExpertsAtHand
from sendneeds.scenarios.levers.services import (
    AutismPathway,
    Groups,
    Initiative,
    MissedAppointments,
    Outsource,
    PersonalBudgets,
    RingFence,
    Triage,
)
from sendneeds.scenarios.levers.staff import (
    AgencyStaff,
    EmptyPosts,
    FillVacancies,
    FundPosts,
    LocumPosts,
    SkillMix,
)

__all__ = [
    "AgencyStaff",
    "AutismPathway",
    "Cessations",
    "EarlyLanguage",
    "EmptyPosts",
    "ExpertsAtHand",
    "FillVacancies",
    "FundPosts",
    "Groups",
    "Initiative",
    "LocumPosts",
    "MissedAppointments",
    "NeedGrowth",
    "NewPlaces",
    "NewPlans",
    "Outsource",
    "PersonalBudgets",
    "PhaseReviews",
    "ReferralGrowth",
    "Refusals",
    "Requests",
    "RingFence",
    "SkillMix",
    "SpecialistPlans",
    "Triage",
]

ON_SERVICES: tuple[type[Lever], ...] = (
    *(
        FillVacancies,
        FundPosts,
        EmptyPosts,
        LocumPosts,
        AgencyStaff,
        SkillMix,
        Initiative,
        Outsource,
        RingFence,
    ),
    *(MissedAppointments, Groups, Triage, ReferralGrowth, EarlyLanguage, AutismPathway),
    *(PersonalBudgets, ExpertsAtHand),
)
"""Levers on services; all but personal budgets and experts act on one service."""
ON_PLACES: tuple[type[Lever], ...] = (NewPlaces,)
"""Levers on school places."""
ON_NEED: tuple[type[Lever], ...] = (
    NeedGrowth,
    NewPlans,
    Cessations,
    Requests,
    Refusals,
    PhaseReviews,
    SpecialistPlans,
)
"""Levers on need."""
LEVERS: dict[str, type[Lever]] = {lever.kind: lever for lever in (*ON_SERVICES, *ON_PLACES, *ON_NEED)}
"""Every lever by what a scenario file calls it."""
