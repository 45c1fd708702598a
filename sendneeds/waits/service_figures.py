"""The figures of a service turned to the rules and inputs of its kernel, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.kernel.service_rules import Package, Rules
from sendneeds.kernel.slots import whole

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters

FINEST = 4
"""A slot is parted into 1, 2, 3 or 4 units at most, so that every appointment takes whole units."""
SHAPES = ("diagnosis_first", "needs_first")
AUTISM = "ASD_DX"
SCREENING_HOURS = 1.0
PROFILE_HOURS = 3.0
CONTACTS, CONTACT_HOURS = 3, 3.5
"""An autism assessment of 11.5 hours: one of screening, then two contacts and feedback, 3.5 hours each with writing."""


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
    notes: tuple[str, ...]


def figures(
    parameters: Parameters,
    service: str,
    days: np.ndarray,
    draws: int,
    seed: int,
    *,
    extra_wte: np.ndarray | float = 0.0,
    wte: np.ndarray | None = None,
    missed: float | None = None,
    fence: float = 0.0,
    shape: str = "diagnosis_first",
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
    extra_wte : ndarray or float
        Staff at work beyond those in post.
    wte : ndarray, shape (week, draw), optional
        Staff at work, in place of the figure ``in_post_wte``.
    missed : float, optional
        Share of appointments missed, in place of the figure.
    fence : float
        Share of slots kept for first assessments.
    shape : {"diagnosis_first", "needs_first"}
        Of the autism pathway.
    age_out : ndarray, shape (draw,), optional
        Chance a week that a waiting child reaches the age limit.

    Returns
    -------
    Figures
    """

    def figure(name: str, default: float | None = None) -> np.ndarray:
        if default is None:
            return parameters.draw(service, name, draws, seed)
        return parameters.draw_or(service, name, draws, seed, default)

    if shape not in SHAPES:
        raise DomainError(f"pathway={shape!r}: {' or '.join(SHAPES)}.")
    term = np.where(in_term(days)[:, None], 1.0, figure("outside_term_share", 1.0)[None, :])
    share_missed = figure("missed_share", 0.0) if missed is None else np.full(draws, missed)
    common: dict[str, Any] = {
        "missed": share_missed,
        "leaving": figure("removed_share_per_week", 0.0)[None, :],
        "accepted": 1.0 - figure("triage_returned_share", 0.0),
        "fence": fence,
        "age_out": None if age_out is None else age_out[None, :],
    }
    if service == AUTISM:
        return _autism(parameters, days, draws, seed, term, common, shape, extra_wte)
    central = {
        name: parameters.get(service, name).central if parameters.has(service, name) else 0.0
        for name in (
            "first_slots",
            "block_sessions",
            "block_spacing_weeks",
            "reviews_per_year",
            "review_years",
            "advice_slots",
        )
    }
    advice_only = not parameters.has(service, "first_slots")
    if advice_only and parameters.has(service, "reports_per_wte_week"):
        units, advice_units, per_wte = 10, 10, "reports_per_wte_week"
    elif advice_only:
        raise MissingDataError(
            f"{parameters.area.name}: service_parameters.csv has neither first_slots nor reports_per_wte_week for "
            f"{service}. Add one of them with low, central, high, basis and source."
        )
    else:
        units = _units(service, [central["first_slots"], central["advice_slots"], 1.0])
        advice_units, per_wte = round(central["advice_slots"] * units), "slots_per_wte_week"
    packages, work = [], central["first_slots"] * units * np.ones(draws)
    for share, sessions, spacing in (
        ("block_share", central["block_sessions"], central["block_spacing_weeks"]),
        (
            "review_share",
            central["reviews_per_year"] * central["review_years"],
            _apart(central["reviews_per_year"]),
        ),
    ):
        if parameters.has(service, share) and sessions:
            packages.append(Package(figure(share), round(sessions), max(round(spacing), 1), units=units))
            work = work + figure(share) * round(sessions) * units
    staff = (figure("in_post_wte")[None, :] if wte is None else wte) + extra_wte
    worked = staff * (figure(per_wte) * (1 - figure("absence_share", 0.0)))[None, :] * term
    rules = Rules(
        tuple(packages), max(round(central["first_slots"] * units), 1), max(advice_units, 1), **common
    )
    return Figures(rules, units, whole(worked * units), figure("advice_requests_per_week", 0.0), work, ())


def _apart(reviews_a_year: float) -> float:
    return 52 / reviews_a_year if reviews_a_year else 0.0


def _units(service: str, slots: list[float]) -> int:
    """Return the fewest units in a slot that make every appointment whole."""
    for units in range(1, FINEST + 1):
        if all(abs(slot * units - round(slot * units)) < 1e-9 for slot in slots):
            return units
    raise DomainError(
        f"{service}: appointments of {slots} slots are not whole in units of 1/2, 1/3 or 1/4 of a slot."
    )


def _autism(
    parameters: Parameters,
    days: np.ndarray,
    draws: int,
    seed: int,
    term: np.ndarray,
    common: dict,
    shape: str,
    extra_wte: np.ndarray | float,
) -> Figures:
    """Return the autism pathway in half-hours: screening or a profile first, then the assessment for all or some."""
    if np.any(extra_wte != 0.0):
        raise DomainError("ASD_DX has no staff figure: its slots are hours, from assessments_per_week.")
    hours = parameters.draw(AUTISM, "hours_per_assessment", draws, seed)
    done = parameters.draw(AUTISM, "assessments_per_week", draws, seed)
    # the stated output is the year's mean, in hours of 11.5 an assessment; what one takes in truth is drawn
    standard = SCREENING_HOURS + CONTACTS * CONTACT_HOURS
    scale = parameters.get(AUTISM, "hours_per_assessment").central / hours
    slots = whole((done * scale * standard * 2)[None, :] * term / term[:52].mean(axis=0))
    contact = round(CONTACT_HOURS * 2)
    if shape == "diagnosis_first":
        first, share, after = round(SCREENING_HOURS * 2), np.ones(draws), 2
        note = "ASD_DX: an hour of screening for all, then two contacts and feedback (11.5 hours in all)."
    else:
        diverted = parameters.draw(AUTISM, "diverted_to_support_share", draws, seed)
        first, share, after = round(PROFILE_HOURS * 2), 1.0 - diverted, 12
        note = "ASD_DX: three hours of profile and support for all; diagnosis twelve weeks later for some."
    rules = Rules((Package(share, CONTACTS, 2, after, contact),), first, 1, **common)
    work = first + share * CONTACTS * contact
    return Figures(rules, 2, slots, np.zeros(draws), work, (note,))
