"""Capacity questions of the same form as places: what is wanted, what there is, what overflows, and where to.

Nights of short break, beds of mental health wards, continuing care, community nursing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.formulas import erlang_b
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.kinds import kinds
from sendneeds.kernel.streams import binomial, poisson
from sendneeds.waits.allowances.base import AllowanceModel, AllowanceResult

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

COMPLEX = ("PMLD", "PD", "SLD", "MSI")
"""Primary needs among which continuing care and community nursing look for their children."""


def short_breaks(
    area: Area,
    need: NeedProjection,
    uptake: float | None = None,
    available: Mapping[int, float] | None = None,
) -> AllowanceResult:
    """Set the short-break nights that children ask for against the nights there are.

    Parameters
    ----------
    area : Area
        With the figures uptake_share, nights_per_child_year, nights_available_year, bought_elsewhere_share,
        gbp_per_night and gbp_per_night_elsewhere of ``SHORT_BREAK``.
    need : NeedProjection
    uptake : float, optional
        Share of children under 18 with a plan, in place of the figure.
    available : mapping of int to float, optional
        Nights a year from a January on, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``children``; ``nights_wanted``, ``nights_available``, ``nights_given``, ``nights_overflow``,
        ``nights_elsewhere`` (bought from others), ``nights_unmet``; ``cost``, of nights given and bought.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `uptake` is not a share, or `available` is negative or of a year not projected.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = short_breaks(bedford, sn.project(bedford, to=2027, draws=20), available={2026: 2000})
    >>> bool((found.data["nights_available"].sel(year=2026) == 2000).all())
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    take = AllowanceModel(area, need, "SHORT_BREAK")
    children = take.children("uptake_share", uptake, "short breaks", oldest=17)
    nights = np.rint(children * take.figure("nights_per_child_year")).astype(np.int64)
    room = take.ceiling("nights_available_year", available)
    found = take.against(
        "nights", "nights a year", nights, room, "bought_elsewhere_share", "bought from others"
    )
    cost = found["nights_given"][0] * take.figure("gbp_per_night")
    cost = cost + found["nights_elsewhere"][0] * take.figure("gbp_per_night_elsewhere")
    return take.result(
        {
            "children": (children, "Children who take up short breaks", "children"),
            **found,
            "cost": (cost, "Cost of nights given and bought", "GBP a year"),
        },
        "nights of short break",
        (("nights_wanted", "nights_available", "nights_unmet"),),
    )


def inpatient_beds(
    area: Area, need: NeedProjection, available: Mapping[int, float] | None = None
) -> AllowanceResult:
    """Set the beds of mental health wards (tier 4) that children need against those the area can call on.

    Admissions move with children whose primary need is SEMH. They come at random and stay for a mean time, so
    beds needed at a time are Poisson with mean (admissions a week) x (mean stay), whatever the law of a stay;
    and where a child who finds every bed taken goes elsewhere, the chance of that is Erlang's loss formula.

    Parameters
    ----------
    area : Area
        With the figures tier4_admissions_per_year, tier4_weeks_per_stay, tier4_beds and
        tier4_out_of_area_share of ``CAMHS``.
    need : NeedProjection
    available : mapping of int to float, optional
        Beds from a January on, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``admissions_wanted``, ``admissions_given``, ``admissions_overflow``, ``admissions_elsewhere`` (out of
        area) and ``admissions_unmet`` (the child waits); ``beds_needed``, ``beds`` and ``chance_full``, the
        chance that every bed is taken.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `available` is negative or of a year not projected.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = inpatient_beds(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool(found.data["chance_full"].max() <= 1)
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    take = AllowanceModel(area, need, "CAMHS")
    cohort = (
        need.data["children"]
        .sel(provision=["K", "E"], need="SEMH", age=slice(0, 17))
        .sum(("provision", "age"))
    )
    count = cohort.transpose("year", "draw").values
    a_year = take.figure("tier4_admissions_per_year") * count / np.maximum(count[:1], 1)
    mean = a_year * take.figure("tier4_weeks_per_stay") / WEEKS_PER_YEAR
    beds = take.ceiling("tier4_beds", available)
    full = np.where(beds > 0, erlang_b(np.maximum(mean, 1e-12), np.maximum(beds, 1)), 1.0)
    came = poisson(a_year, take.luck("admissions")).astype(np.int64)
    over = binomial(came, full, take.luck("full")).astype(np.int64)
    found = take.against(
        "admissions", "admissions a year", came, came - over, "tier4_out_of_area_share", "out of the area"
    )
    del found["admissions_available"]  # beds are what there is
    return take.result(
        {
            **found,
            "beds_needed": (poisson(mean, take.luck("beds")), "Beds needed at a time", "beds"),
            "beds": (beds, "Beds the area can call on", "beds"),
            "chance_full": (full, "Chance that every bed is taken", "probability"),
        },
        "beds of mental health wards",
        (("chance_full",), ("admissions_wanted", "admissions_elsewhere", "admissions_unmet")),
    )


def continuing_care(
    area: Area,
    need: NeedProjection,
    uptake: float | None = None,
    hours: Mapping[int, float] | None = None,
    nights: Mapping[int, float] | None = None,
) -> AllowanceResult:
    """Set the hours and nights of children's continuing care against those commissioned, and share the cost.

    Parameters
    ----------
    area : Area
        With the figures uptake_share, hours_per_child_week, hours_available_week, nights_per_child_week,
        nights_available_week, bought_elsewhere_share, gbp_per_hour, gbp_per_night and council_share of
        ``CCC``.
    need : NeedProjection
    uptake : float, optional
        Share of children under 18 with a plan for one of `COMPLEX` who are eligible, in place of the figure.
    hours, nights : mapping of int to float, optional
        Hours and nights commissioned a week from a January on, in place of the figures.

    Returns
    -------
    AllowanceResult
        ``children``; for hours and nights a week ``_wanted``, ``_available``, ``_given``, ``_overflow``,
        ``_elsewhere`` (by agencies) and ``_unmet``; ``cost`` a year of what is given and bought,
        ``cost_council`` and ``cost_icb``, which add up to it.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `uptake` is not a share, or what is available is negative or of a year not projected.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = continuing_care(bedford, sn.project(bedford, to=2027, draws=20)).data
    >>> bool(abs(found["cost_council"] + found["cost_icb"] - found["cost"]).max() < 0.01)
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    take = AllowanceModel(area, need, "CCC")
    children = take.children("uptake_share", uptake, "continuing care", 17, COMPLEX)
    arrays = {"children": (children, "Children eligible for continuing care", "children")}
    cost = np.zeros(children.shape)
    for what, given, price in (("hours", hours, "gbp_per_hour"), ("nights", nights, "gbp_per_night")):
        wanted = np.rint(children * take.figure(f"{what}_per_child_week")).astype(np.int64)
        room = take.ceiling(f"{what}_available_week", given)
        found = take.against(
            what, f"{what} a week", wanted, room, "bought_elsewhere_share", "given by agencies"
        )
        arrays |= found
        had = found[f"{what}_given"][0] + found[f"{what}_elsewhere"][0]
        cost = cost + had * WEEKS_PER_YEAR * take.figure(price)
    council = cost * take.figure("council_share")
    arrays |= {
        "cost": (cost, "Cost of continuing care", "GBP a year"),
        "cost_council": (council, "Of it, the council's", "GBP a year"),
        "cost_icb": (cost - council, "Of it, the integrated care board's", "GBP a year"),
    }
    shown = (("hours_wanted", "hours_available", "hours_unmet"), ("cost_icb", "cost_council"))
    return take.result(arrays, "continuing care", shown)


def community_nursing(
    area: Area,
    need: NeedProjection,
    uptake: float | None = None,
    available: Mapping[int, float] | None = None,
) -> AllowanceResult:
    """Set the contacts that children on the caseload of community nurses need against those there are.

    Parameters
    ----------
    area : Area
        With the figures uptake_share, contacts_per_child_year, contacts_available_year and
        bought_elsewhere_share of ``COMM_NURSING``.
    need : NeedProjection
    uptake : float, optional
        Share of children under 18 with a plan for one of `COMPLEX`, in place of the figure.
    available : mapping of int to float, optional
        Contacts a year from a January on, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``children``; ``contacts_wanted``, ``contacts_available``, ``contacts_given``, ``contacts_overflow``,
        ``contacts_elsewhere`` (by other providers), ``contacts_unmet``.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `uptake` is not a share, or `available` is negative or of a year not projected.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = community_nursing(bedford, sn.project(bedford, to=2027, draws=20)).data
    >>> bool((found["contacts_given"] <= found["contacts_available"]).all())
    True
    """
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    take = AllowanceModel(area, need, "COMM_NURSING")
    children = take.children("uptake_share", uptake, "community nursing", 17, COMPLEX)
    contacts = np.rint(children * take.figure("contacts_per_child_year")).astype(np.int64)
    room = take.ceiling("contacts_available_year", available)
    found = take.against(
        "contacts", "contacts a year", contacts, room, "bought_elsewhere_share", "given by other providers"
    )
    return take.result(
        {"children": (children, "Children on the caseload", "children"), **found},
        "contacts of community nurses",
        (("contacts_wanted", "contacts_available", "contacts_unmet"),),
    )
