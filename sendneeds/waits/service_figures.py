"""The figures of a service turned to the rules and inputs of its kernel, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel.service_rules import Package, Rules
from sendneeds.kernel.slots import whole
from sendneeds.waits.options import AS_IT_IS, ServiceOption
from sendneeds.waits.staff import has_staff, planned_fence

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters

FINEST = 4
"""A slot is parted into 1, 2, 3 or 4 units at most, so that every appointment takes whole units."""
REPORT_UNITS = 10
"""Units in the slot of a service that gives advice alone, whose slots are reports."""
SHAPES = ("diagnosis_first", "needs_first")
AUTISM = "ASD_DX"
SCREENING_HOURS = 1.0
PROFILE_HOURS = 3.0
CONTACTS, CONTACT_HOURS = 3, 3.5
"""An autism assessment of 11.5 hours: one of screening, then two contacts and feedback, 3.5 hours each with writing."""

LIST = "referrals_accepted_per_week"
STAFFED = ("slots_per_wte_week", "first_slots", LIST)
TIMED = ("hours_per_assessment", "assessments_per_week", LIST)
COUNTED = ("assessments_per_week", LIST)
ADVICE_ONLY = ("reports_per_wte_week", "advice_requests_per_week")
"""Figures of the four kinds of service that can be simulated: staff and slots; hours; an output alone; advice alone."""


@dataclass(frozen=True)
class Figures:
    """One service, ready for its kernel.

    Parameters
    ----------
    rules : Rules
    units : int
        Units in a slot.
    slots : ndarray of int, (week, draw)
        Units of slots a week.
    advice : ndarray of float, (draw,)
        Requests for statutory advice a week at the start.
    work : ndarray of float, (draw,)
        Attended units that a child takes up, from the first assessment to the last session.
    notes : tuple of str
    """

    rules: Rules
    units: int
    slots: np.ndarray
    advice: np.ndarray
    work: np.ndarray
    notes: tuple[str, ...] = ()


def services_of(parameters: Parameters) -> list[str]:
    """Return the services that can be simulated: with a list and the figures to serve it, or giving advice alone."""
    area = parameters.area
    own = set(area.table("waiting_list")["service"]) if area.has("waiting_list") else set()
    able = [
        service
        for kind in (STAFFED, TIMED, COUNTED)
        for service in parameters.services(kind)
        if (service in own or parameters.has(service, "opening_list"))
        and (kind is not STAFFED or has_staff(parameters, service))
    ]
    advisers = [service for service in parameters.services(ADVICE_ONLY) if has_staff(parameters, service)]
    return list(dict.fromkeys([*able, *advisers]))


def figures(
    parameters: Parameters,
    service: str,
    days: np.ndarray,
    draws: int,
    seed: int,
    staff: np.ndarray | None = None,
    option: ServiceOption = AS_IT_IS,
    age_out: np.ndarray | None = None,
) -> Figures:
    """Read a service's figures and draw them from their intervals.

    Whole numbers (slots of an appointment, sessions, weeks between them) are taken at their central value; shares,
    staff and slots of a whole-time equivalent are drawn.

    Parameters
    ----------
    parameters : Parameters
    service : str
    days : ndarray of datetime64[D], shape (week,)
    draws, seed : int
    staff : ndarray, (week, draw), optional
        Staff at work as things are, for a service with a staff figure.
    option : ServiceOption
    age_out : ndarray, shape (draw,), optional
        Chance a week that a waiting child reaches the age limit.

    Returns
    -------
    Figures

    Raises
    ------
    MissingDataError
        If the pack has neither staff and slots nor an output for the service.
    DomainError
        If appointments are no whole parts of a slot.
    """

    def figure(name: str, default: float | None = None) -> np.ndarray:
        if default is None:
            return parameters.draw(service, name, draws, seed)
        return parameters.draw_or(service, name, draws, seed, default)

    if option.pathway not in SHAPES:
        raise DomainError(f"pathway={option.pathway!r}: {' or '.join(SHAPES)}.")
    if not 1 <= option.group_size <= FINEST:
        raise DomainError(f"group_size={option.group_size}: from 2 to {FINEST} children.")
    term = np.where(in_term(days)[:, None], 1.0, figure("outside_term_share", 1.0)[None, :])
    common: dict[str, Any] = {
        "missed": np.minimum(figure("missed_share", 0.0) * option.missed, 1.0),
        "leaving": figure("removed_share_per_week", 0.0)[None, :],
        "fence": planned_fence(parameters.area, service) if option.fence is None else option.fence,
        "age_out": None if age_out is None else age_out[None, :],
        "outsourced_return": option.outsourced_return,
    }
    # an output is a year's mean: term weeks carry more, so that the year adds up to it
    in_year = term / term[:52].mean(axis=0)
    if staff is None:
        if np.any(option.extra_wte) or option.wte is not None:
            raise DomainError(f"{service} has no staff figure: its slots are {COUNTED[0]}, without staff.")
        if not parameters.has(service, "assessments_per_week"):
            raise MissingDataError(
                f"{parameters.area.name}: service_parameters.csv has neither in_post_wte nor assessments_per_week "
                f"for {service}. Add one of them with low, central, high, basis and source."
            )
        if service == AUTISM and parameters.has(service, "hours_per_assessment"):
            return _autism(parameters, draws, seed, in_year, common, option.pathway)
        slots = whole(figure("assessments_per_week")[None, :] * in_year)
        return Figures(Rules(**common), 1, slots, np.zeros(draws), np.ones(draws))
    central = {
        name: parameters.get(service, name).central if parameters.has(service, name) else 0.0
        for name in (
            *("first_slots", "block_sessions", "block_spacing_weeks"),
            *("reviews_per_year", "review_years", "advice_slots"),
        )
    }
    if parameters.has(service, "first_slots"):
        units = _units(service, [central["first_slots"], central["advice_slots"], 1.0]) * option.group_size
        advice_units, per_wte = round(central["advice_slots"] * units), "slots_per_wte_week"
    elif parameters.has(service, "reports_per_wte_week"):
        units, advice_units, per_wte = REPORT_UNITS, REPORT_UNITS, "reports_per_wte_week"
    else:
        raise MissingDataError(
            f"{parameters.area.name}: service_parameters.csv has neither first_slots nor reports_per_wte_week for "
            f"{service}. Add one of them with low, central, high, basis and source."
        )
    reviews = central["reviews_per_year"]
    packages, work = [], central["first_slots"] * units * np.ones(draws)
    for share, sessions, spacing in (
        ("block_share", central["block_sessions"], central["block_spacing_weeks"]),
        ("review_share", reviews * central["review_years"], 52 / reviews if reviews else 0.0),
    ):
        if parameters.has(service, share) and sessions:
            alone = Package(figure(share), round(sessions), max(round(spacing), 1), units=units)
            kinds = [alone]
            if share == "block_share" and option.group_size > 1:
                kinds = _with_groups(alone, option)
            packages += kinds
            work = work + sum(one.share * one.sessions * one.units for one in kinds)
    at_work = ((staff if option.wte is None else option.wte) + option.extra_wte) * option.pace
    worked = at_work * (figure(per_wte) * (1 - figure("absence_share", 0.0)))[None, :] * term
    rules = Rules(
        tuple(packages), max(round(central["first_slots"] * units), 1), max(advice_units, 1), **common
    )
    return Figures(rules, units, whole(worked * units), figure("advice_requests_per_week", 0.0), work)


def _with_groups(alone: Package, option: ServiceOption) -> list[Package]:
    """Return a block of sessions as given to each child alone, and in groups."""
    in_group = np.clip(option.group_share, 0.0, 1.0)
    together = replace(alone, share=alone.share * in_group, units=alone.units // option.group_size)
    return [replace(alone, share=alone.share * (1.0 - in_group)), together]


def _units(service: str, slots: list[float]) -> int:
    """Return the fewest units in a slot that make every appointment whole."""
    for units in range(1, FINEST + 1):
        if all(abs(slot * units - round(slot * units)) < 1e-9 for slot in slots):
            return units
    raise DomainError(
        f"{service}: appointments of {slots} slots are not whole in units of 1/2, 1/3 or 1/4 of a slot."
    )


def _autism(
    parameters: Parameters, draws: int, seed: int, in_year: np.ndarray, common: dict[str, Any], shape: str
) -> Figures:
    """Return the autism pathway in half-hours: screening or a profile first, then the assessment for all or some."""
    hours = parameters.draw(AUTISM, "hours_per_assessment", draws, seed)
    done = parameters.draw(AUTISM, "assessments_per_week", draws, seed)
    # the stated output is in hours of 11.5 an assessment; what one takes in truth is drawn
    standard = SCREENING_HOURS + CONTACTS * CONTACT_HOURS
    scale = parameters.get(AUTISM, "hours_per_assessment").central / hours
    slots = whole((done * scale * standard * 2)[None, :] * in_year)
    contact = round(CONTACT_HOURS * 2)
    if shape == "diagnosis_first":
        first, share, after = round(SCREENING_HOURS * 2), np.ones(draws), 2
        note = "ASD_DX: an hour of screening for all, then two contacts and feedback (11.5 hours in all)."
    else:
        diverted = parameters.draw(AUTISM, "diverted_to_support_share", draws, seed)
        first, share, after = round(PROFILE_HOURS * 2), 1.0 - diverted, 12
        note = "ASD_DX: three hours of profile and support for all; diagnosis twelve weeks later for some."
    rules = Rules((Package(share, CONTACTS, 2, after, contact),), first, 1, **common)
    return Figures(rules, 2, slots, np.zeros(draws), first + share * CONTACTS * contact, (note,))
