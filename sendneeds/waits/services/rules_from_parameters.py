"""The figures of a service turned to the rules and inputs of its kernel, draw by draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel.services.rules import Package, Rules
from sendneeds.kernel.slots import whole
from sendneeds.waits.lists.order import in_order_share
from sendneeds.waits.services.options import NO_CHANGE, RuleChange, ServiceOption, by_week
from sendneeds.waits.services.workforce import has_staff, planned_ring_fence

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters

FINEST = 4
"""A slot is parted into 1, 2, 3 or 4 units at most, so that every appointment takes whole units."""
"""Most children in a group, each of whom takes that part of a slot."""
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
LISTED = (LIST,)
ADVICE_ONLY = ("reports_per_wte_week", "advice_requests_per_week")
"""Figures of the kinds of service that can be simulated: staff and slots; hours; an output alone; a list alone, which
runs on what it must give to move as its record does; advice alone."""


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
    work : ndarray of float, (1, draw) or (week, draw)
        Attended units that a child takes up, from the first assessment to the last session.
    later : tuple of (int, Rules)
        Rules that take over from a week on.
    notes : tuple of str
    """

    rules: Rules
    units: int
    slots: np.ndarray
    advice: np.ndarray
    work: np.ndarray
    later: tuple[tuple[int, Rules], ...] = ()
    notes: tuple[str, ...] = ()


def services_of(parameters: Parameters) -> list[str]:
    """Return the services that can be simulated: with a list and the figures to serve it, or giving advice alone."""
    area = parameters.area
    own = set(area.table("waiting_list")["service"]) if area.has("waiting_list") else set()
    able = [
        service
        for kind in (STAFFED, TIMED, COUNTED, LISTED)
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
    option: ServiceOption = NO_CHANGE,
    age_out: np.ndarray | None = None,
    factor: np.ndarray | float = 1.0,
    grown: np.ndarray | float = 1.0,
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
    factor : ndarray (draw,) or float
        Slots that a post gives over those stated (`throughput.factor`).
    grown : ndarray (week, draw) or float
        Staff as they grow, over those at the start; what an option adds does not grow.

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

    def figure(name: str, default: float) -> np.ndarray:
        return parameters.draw_or(service, name, draws, seed, default)

    _check(option)
    option.check(len(days), draws)
    planned, missed = planned_ring_fence(parameters.area, service), figure("missed_share", 0.0)
    common: dict[str, Any] = {
        "in_order_share": in_order_share(parameters, service, draws, seed)[0],
        "leaving": figure("removed_share_per_week", 0.0)[None, :],
        "age_out": None if age_out is None else age_out[None, :],
        "outsourced_return": option.outsourced_return,
    }
    shape = _shape(parameters, service, staff, draws, seed, option)
    weeks = option.changes(len(days))
    every = []
    for week in weeks:
        change = option.at(week)
        packages, first_units = shape.packages(change)
        rules = Rules(
            packages,
            first_units,
            shape.advice_units,
            missed=np.minimum(missed * change.missed, 1.0),
            ring_fenced_share=(planned if change.ring_fenced_share is None else change.ring_fenced_share),
            **common,
        )
        every.append(rules)
    slots = _slots(parameters, service, shape, days, seed, staff, option, factor, grown)
    work = [_work(rules, draws) for rules in every]
    spans = np.diff([*weeks, len(days)])
    return Figures(
        every[0],
        shape.units,
        slots,
        figure("advice_requests_per_week", 0.0),
        np.repeat(work, spans, axis=0) if len(work) > 1 else np.stack(work),
        tuple(zip(weeks[1:], every[1:], strict=True)),
        shape.notes,
    )


def slots_stated(
    parameters: Parameters,
    service: str,
    days: np.ndarray,
    draws: int,
    seed: int,
    staff: np.ndarray | None = None,
    factor: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Return the units of slots a week as things are, (week, draw): those of `figures`, without the rest of them."""
    shape = _shape(parameters, service, staff, draws, seed, NO_CHANGE)
    return _slots(parameters, service, shape, days, seed, staff, NO_CHANGE, factor, 1.0)


def _slots(
    parameters: Parameters,
    service: str,
    shape: _Shape,
    days: np.ndarray,
    seed: int,
    staff: np.ndarray | None,
    option: ServiceOption,
    factor: np.ndarray | float,
    grown: np.ndarray | float,
) -> np.ndarray:
    """Return the units of slots a week, (week, draw)."""

    def figure(name: str, default: float) -> np.ndarray:
        return parameters.draw_or(service, name, shape.a_week.size, seed, default)

    extra = by_week(option.extra_wte)
    outside = figure("outside_term_share", 1.0)[None, :]
    term = np.where(in_term(days)[:, None], 1.0, outside)
    if staff is None:
        # an output is a year's mean: term weeks carry more, so that the year adds up to it
        level = np.where(in_term(days[0] + 7 * np.arange(52))[:, None], 1.0, outside).mean(axis=0)
        slots = shape.a_week[None, :] * term / level * factor * grown
        if np.any(option.extra_wte) or option.wte is not None:
            if option.wte is not None or not parameters.has(service, "slots_per_wte_week"):
                raise DomainError(
                    f"{service} has no staff figure, and no slots_per_wte_week to say what a post more would give."
                )
            each = parameters.draw(service, "slots_per_wte_week", shape.a_week.size, seed) * (
                1 - figure("absence_share", 0.0)
            )
            slots = slots + extra * option.throughput_factor * each[None, :] * term
    else:
        at_work = (staff * grown if option.wte is None else by_week(option.wte)) + extra
        each = shape.a_week * (1 - figure("absence_share", 0.0)) * factor
        # an option may take away more than are at work in a week
        slots = np.maximum(at_work, 0.0) * option.throughput_factor * each[None, :] * term
    return whole(slots * shape.units)


def _work(rules: Rules, draws: int) -> np.ndarray:
    """Return the attended units that a child takes up, (draw,)."""
    after = (
        share * package.sessions * package.units
        for package, share in zip(rules.packages, rules.taken_up(), strict=True)
    )
    return np.broadcast_to(rules.first_units + sum(after), (draws,)) + 0.0


@dataclass(frozen=True)
class _Shape:
    """How a service's appointments lie in its slots.

    Parameters
    ----------
    units : int
        Units in a slot.
    advice_units : int
    a_week : ndarray, (draw,)
        Slots of a whole-time equivalent, or of the service where it has no staff figure, a week in term.
    packages : callable
        Gives the packages, and the units of a first assessment, under a change of rules.
    notes : tuple of str
    """

    units: int
    advice_units: int
    a_week: np.ndarray
    packages: Callable[[RuleChange], tuple[tuple[Package, ...], int]]
    notes: tuple[str, ...] = ()


def _check(option: ServiceOption) -> None:
    for change in option.rules:
        if change.pathway not in (None, *SHAPES):
            raise DomainError(f"pathway={change.pathway!r}: {' or '.join(SHAPES)}.")


def _shape(
    parameters: Parameters,
    service: str,
    staff: np.ndarray | None,
    draws: int,
    seed: int,
    option: ServiceOption,
) -> _Shape:
    """Return how the appointments of a service lie in its slots, by the figures that the pack has."""
    if staff is None and not parameters.has(service, "assessments_per_week"):
        if not parameters.has(service, LIST):
            raise MissingDataError(
                f"{parameters.area.name}: service_parameters.csv has none of in_post_wte, assessments_per_week and "
                f"{LIST} for {service}. Add one of them with low, central, high, basis and source."
            )
        text = f"{service}: no staff figure; it gives what its list must have been given to move as it has."
        if parameters.has(service, "first_slots"):
            clinic = _clinic(parameters, service, draws, seed, option)
            return replace(clinic, a_week=np.ones(draws), notes=(text,))
        return _Shape(1, 1, np.ones(draws), lambda change: ((), 1), (text,))
    if staff is None:
        if service == AUTISM and parameters.has(service, "hours_per_assessment"):
            return _autism(parameters, draws, seed, option)
        output = parameters.draw(service, "assessments_per_week", draws, seed)
        return _Shape(1, 1, output, lambda change: ((), 1))
    if parameters.has(service, "first_slots"):
        return _clinic(parameters, service, draws, seed, option)
    if parameters.has(service, "reports_per_wte_week"):
        reports = parameters.draw(service, "reports_per_wte_week", draws, seed)
        return _Shape(REPORT_UNITS, REPORT_UNITS, reports, lambda change: ((), 1))
    raise MissingDataError(
        f"{parameters.area.name}: service_parameters.csv has neither first_slots nor reports_per_wte_week for "
        f"{service}. Add one of them with low, central, high, basis and source."
    )


def _clinic(parameters: Parameters, service: str, draws: int, seed: int, option: ServiceOption) -> _Shape:
    """Return a service with staff: firsts, blocks of sessions, reviews, and advice."""

    def central(name: str) -> float:
        return parameters.get(service, name).central if parameters.has(service, name) else 0.0

    size = max([1, *(change.group_size for change in option.rules)])
    block_share, review_share, both = _shares(parameters, service, draws, seed)
    first, advice, reviews = (central(name) for name in ("first_slots", "advice_slots", "reviews_per_year"))
    units = _units(service, [first, advice, 1.0]) * size
    block = review = None
    if block_share is not None and central("block_sessions"):
        spacing = max(round(central("block_spacing_weeks")), 1)
        block = Package(block_share, round(central("block_sessions")), spacing, units=units)
    if review_share is not None and (sessions := round(reviews * central("review_years"))):
        review = Package(review_share, sessions, max(round(52 / reviews), 1), units=units)
    notes: tuple[str, ...] = ()
    if block is not None and review is not None and both.any():
        # those who have both have their reviews after the block
        review = replace(review, share=np.maximum(review.share - both, 0.0))
        onward = np.divide(both, block.share, out=np.zeros(draws), where=np.asarray(block.share) > 0)
        block = replace(block, then=1 if size == 1 else 2, then_share=np.minimum(onward, 1.0))
        notes = (
            f"{service}: {float(both.mean()):.1%} of those assessed have reviews after a block of sessions.",
        )

    def packages(change: RuleChange) -> tuple[tuple[Package, ...], int]:
        out: list[Package] = []
        if block is not None:
            together = np.clip(change.group_share, 0.0, 1.0) * block.share if size > 1 else 0.0
            out.append(replace(block, share=block.share - together))
            if size > 1:
                out.append(replace(block, share=together * np.ones(draws), units=block.units // size))
        return tuple(out) if review is None else (*out, review), max(round(first * units), 1)

    slots = parameters.draw_or(service, "slots_per_wte_week", draws, seed, 1.0)
    return _Shape(units, max(round(advice * units), 1), slots, packages, notes)


def _shares(
    parameters: Parameters, service: str, draws: int, seed: int
) -> tuple[np.ndarray | None, np.ndarray | None, np.ndarray]:
    """Return the shares of those assessed who have a block, who have reviews, and who have both, (draw,) each.

    Where the pack does not say how many have both, as few have as the two shares allow: none, until they add up to
    more than 1.
    """
    block, review = (
        parameters.draw(service, name, draws, seed) if parameters.has(service, name) else None
        for name in ("block_share", "review_share")
    )
    if block is None or review is None:
        return block, review, np.zeros(draws)
    least = np.maximum(block + review - 1.0, 0.0)
    both = parameters.draw_or(service, "block_and_review_share", draws, seed, 0.0)
    return block, review, np.clip(both, least, np.minimum(block, review))


def _units(service: str, slots: list[float]) -> int:
    """Return the fewest units in a slot that make every appointment whole."""
    for units in range(1, FINEST + 1):
        if all(abs(slot * units - round(slot * units)) < 1e-9 for slot in slots):
            return units
    raise DomainError(
        f"{service}: appointments of {slots} slots are not whole in units of 1/2, 1/3 or 1/4 of a slot."
    )


def _autism(parameters: Parameters, draws: int, seed: int, option: ServiceOption) -> _Shape:
    """Return the autism pathway in half-hours: screening or a profile first, then the assessment for all or some."""
    hours = parameters.draw(AUTISM, "hours_per_assessment", draws, seed)
    done = parameters.draw(AUTISM, "assessments_per_week", draws, seed)
    # the stated output is in hours of 11.5 an assessment; what one takes in truth is drawn
    scale = parameters.get(AUTISM, "hours_per_assessment").central / hours
    output = done * scale * (SCREENING_HOURS + CONTACTS * CONTACT_HOURS)
    contact = round(CONTACT_HOURS * 2)
    changing = any(change.pathway == "needs_first" for change in option.rules)
    diverted = (
        parameters.draw(AUTISM, "diverted_to_support_share", draws, seed) if changing else np.zeros(draws)
    )

    def packages(change: RuleChange) -> tuple[tuple[Package, ...], int]:
        needs_first = change.pathway == "needs_first"
        soon = Package(np.full(draws, 0.0 if needs_first else 1.0), CONTACTS, 2, 2, contact)
        if not changing:
            return (soon,), round(SCREENING_HOURS * 2)
        later = Package((1.0 - diverted) * needs_first, CONTACTS, 2, 12, contact)
        return (soon, later), round((PROFILE_HOURS if needs_first else SCREENING_HOURS) * 2)

    notes = ["ASD_DX: an hour of screening for all, then two contacts and feedback (11.5 hours in all)."]
    if changing:
        notes.append(
            "ASD_DX, needs first: three hours of profile and support for all; diagnosis twelve weeks later for some."
        )
    return _Shape(2, 1, output, packages, tuple(notes))
