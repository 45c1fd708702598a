"""What children take up beside clinics and places: short breaks, personal budgets, equipment, inpatient beds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.demand.bridge import across
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.results import Result
from sendneeds.kernel.streams import binomial, poisson, uniforms

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

WEEKS_A_YEAR = 365.25 / 7
Z_80 = float(special.ndtri(0.9))


@dataclass(frozen=True, repr=False)
class AllowanceResult(Result):
    """What is taken up a year, over draws: every variable of `data` has dimensions (year, draw).

    Parameters
    ----------
    data : xarray.Dataset
    provenance : dict
    """

    title = "Allowances"


def short_breaks(area: Area, need: NeedProjection, uptake: float | None = None) -> AllowanceResult:
    """Set the short-break nights that children ask for against the nights there are.

    Parameters
    ----------
    area : Area
        With the figures uptake_share, nights_per_child_year and nights_available_year of ``SHORT_BREAK``.
    need : NeedProjection
    uptake : float, optional
        Share of children under 18 with a plan, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``children``, ``nights_wanted``, ``nights_available``, ``nights_unmet``.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `uptake` is not a share.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = short_breaks(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool((found.data["nights_unmet"] <= found.data["nights_wanted"]).all())
    True
    """
    take = _Take(area, need, "SHORT_BREAK")
    children = take.children("uptake_share", uptake, "short breaks", oldest=17)
    nights = np.rint(children * take.figure("nights_per_child_year")).astype(np.int64)
    room = np.rint(np.broadcast_to(take.figure("nights_available_year"), nights.shape)).astype(np.int64)
    return take.result(
        {
            "children": (children, "Children who take up short breaks", "children"),
            "nights_wanted": (nights, "Nights of short break wanted", "nights a year"),
            "nights_available": (room, "Nights of short break there are", "nights a year"),
            "nights_unmet": (np.maximum(nights - room, 0), "Nights wanted and not there", "nights a year"),
        }
    )


def personal_budgets(area: Area, need: NeedProjection, uptake: float | None = None) -> AllowanceResult:
    """Return personal budgets, their cost, and how much of it takes the place of what would have been bought.

    Parameters
    ----------
    area : Area
        With the figures personal_budget_uptake_share, gbp_per_personal_budget and personal_budget_substituted_share of
        ``PLACES``.
    need : NeedProjection
    uptake : float, optional
        Share of children with a plan, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``children``, ``cost``, ``substituted`` and ``net_cost``, the cost less what it takes the place of.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.
    DomainError
        If `uptake` is not a share.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = personal_budgets(bedford, sn.project(bedford, to=2027, draws=20), uptake=0.1)
    >>> bool((found.data["net_cost"] <= found.data["cost"]).all())
    True
    """
    take = _Take(area, need, "PLACES")
    children = take.children("personal_budget_uptake_share", uptake, "personal budgets", oldest=25)
    cost = children * take.figure("gbp_per_personal_budget")
    substituted = cost * take.figure("personal_budget_substituted_share")
    return take.result(
        {
            "children": (children, "Children with a personal budget", "children"),
            "cost": (cost, "Cost of personal budgets", "GBP a year"),
            "substituted": (substituted, "Of it, in place of what would have been bought", "GBP a year"),
            "net_cost": (cost - substituted, "Cost less what it takes the place of", "GBP a year"),
        }
    )


def equipment(area: Area, need: NeedProjection, within_weeks: float = 18.0) -> AllowanceResult:
    """Return orders of specialist equipment, those on order at a time, and the share delivered within a time.

    An order takes a lognormal lead time and no slot, so orders in hand are Poisson with mean (orders a week) x (mean
    lead time), the law of M/G/infinity.

    Parameters
    ----------
    area : Area
        With the figures orders_per_child_year and lead_time_weeks of ``EQUIP``; the latter's low and high are the 80 %
        interval of one order.
    need : NeedProjection
        Gives the children who need equipment, by the bridge table.
    within_weeks : float

    Returns
    -------
    AllowanceResult
        ``orders``, ``on_order``, ``delivered_within``.

    Raises
    ------
    MissingDataError
        If the pack lacks the figure, or the bridge has no row for equipment.
    DomainError
        If `within_weeks` is not positive.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = equipment(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool(found.data["delivered_within"].max() <= 1)
    True
    """
    if within_weeks <= 0:
        raise DomainError(f"within_weeks={within_weeks}: over 0.")
    take = _Take(area, need, "EQUIP")
    lead = take.parameters.get("EQUIP", "lead_time_weeks")
    spread = np.log(lead.high / lead.low) / (2 * Z_80)
    users = across(need, "share_in_need", take.seed, ["EQUIP"]).sum(("service", "provision", "age_band"))
    rate = users.transpose("year", "draw").values * take.figure("orders_per_child_year")
    mean = lead.central * np.exp(spread**2 / 2)
    share = float(special.ndtr(np.log(within_weeks / lead.central) / spread))
    on_order = poisson(rate / WEEKS_A_YEAR * mean, take.luck("on order"))
    return take.result(
        {
            "orders": (poisson(rate, take.luck("orders")), "Orders of equipment", "orders a year"),
            "on_order": (on_order, "Orders in hand at a time", "orders"),
            "delivered_within": (np.full(rate.shape, share), f"Share within {within_weeks:g} weeks", "share"),
        }
    )


def inpatient_beds(area: Area, need: NeedProjection) -> AllowanceResult:
    """Set the beds of mental health wards (tier 4) that children need against those the area can call on.

    Admissions move with children whose primary need is SEMH. With stays that begin at random, beds needed at a time are
    Poisson with mean (admissions a week) x (mean stay), whatever the law of a stay.

    Parameters
    ----------
    area : Area
        With the figures tier4_admissions_per_year, tier4_weeks_per_stay and tier4_beds of ``CAMHS``.
    need : NeedProjection

    Returns
    -------
    AllowanceResult
        ``admissions``, ``beds_needed``, ``beds`` and ``chance_full``, that as many beds as there are, or more, are
        needed when the next child comes.

    Raises
    ------
    MissingDataError
        If the pack lacks a figure.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> found = inpatient_beds(bedford, sn.project(bedford, to=2027, draws=20))
    >>> bool(found.data["chance_full"].max() <= 1)
    True
    """
    take = _Take(area, need, "CAMHS")
    cohort = (
        need.data["children"]
        .sel(provision=["K", "E"], need="SEMH", age=slice(0, 17))
        .sum(("provision", "age"))
    )
    count = cohort.transpose("year", "draw").values
    a_year = take.figure("tier4_admissions_per_year") * count / np.maximum(count[:1], 1)
    mean = a_year * take.figure("tier4_weeks_per_stay") / WEEKS_A_YEAR
    beds = np.broadcast_to(np.rint(take.figure("tier4_beds")), mean.shape).astype(np.int64)
    return take.result(
        {
            "admissions": (
                poisson(a_year, take.luck("admissions")),
                "Admissions to mental health wards",
                "admissions",
            ),
            "beds_needed": (poisson(mean, take.luck("beds")), "Beds needed at a time", "beds"),
            "beds": (beds, "Beds the area can call on", "beds"),
            "chance_full": (special.pdtrc(beds - 1, mean), "Chance that every bed is taken", "probability"),
        }
    )


class _Take:
    """The children, figures and luck of one allowance."""

    def __init__(self, area: Area, need: NeedProjection, service: str) -> None:
        self.area, self.need, self.service = area, need, service
        self.parameters, self.seed = Parameters(area), int(need.data.attrs["seed"])
        self.years, self.draws = need.data["year"].values, need.data.sizes["draw"]

    def luck(self, purpose: str) -> np.ndarray:
        return uniforms(self.seed, (self.area.code, self.service, purpose), len(self.years), self.draws)

    def figure(self, name: str) -> np.ndarray:
        return self.parameters.draw(self.service, name, self.draws, self.seed)[None, :]

    def children(self, name: str, given: float | None, purpose: str, oldest: int) -> np.ndarray:
        """Return those of the children with a plan who take it up, (year, draw)."""
        if given is not None and not 0 <= given <= 1:
            raise DomainError(f"uptake={given}: a share, 0 to 1.")
        share = self.figure(name)[0] if given is None else np.full(self.draws, given)
        plans = self.need.data["children"].sel(provision="E", age=slice(0, oldest)).sum(("need", "age"))
        count = plans.transpose("year", "draw").values
        return binomial(count, np.broadcast_to(share, count.shape), self.luck(purpose))

    def result(self, arrays: dict[str, tuple[np.ndarray, str, str]]) -> AllowanceResult:
        import xarray as xr

        data: xr.Dataset = xr.Dataset(
            {
                name: (("year", "draw"), values, {"long_name": text, "units": units, "kind": "flow"})
                for name, (values, text, units) in arrays.items()
            },
            coords={"year": self.years, "draw": np.arange(self.draws)},
            attrs={"area": self.area.code},
        )
        return AllowanceResult(data, dict(self.need.provenance))
