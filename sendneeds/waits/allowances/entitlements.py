"""What children take up beside clinics and places: personal budgets, equipment, and what `ceilings` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.demand.bridge import across
from sendneeds.foundation import arguments
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.kinds import kinds
from sendneeds.kernel.streams import binomial, poisson
from sendneeds.waits.allowances.base import AllowanceModel, AllowanceResult
from sendneeds.waits.allowances.capacity import (
    community_nursing,
    continuing_care,
    inpatient_beds,
    short_breaks,
)

if TYPE_CHECKING:
    import xarray as xr

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

__all__ = [
    "AllowanceResult",
    "community_nursing",
    "continuing_care",
    "equipment",
    "inpatient_beds",
    "personal_budgets",
    "short_breaks",
]

Z_80 = float(special.ndtri(0.9))


def personal_budgets(area: Area, need: NeedProjection, uptake: float | None = None) -> AllowanceResult:
    """Return personal budgets, their cost, and how much of it takes the place of what would have been bought.

    Parameters
    ----------
    area : Area
        With the figures personal_budget_uptake_share, gbp_per_personal_budget and
        personal_budget_substituted_share of ``PLACES``; and personal_budget_sessions_per_child_year of each
        service whose sessions budgets buy.
    need : NeedProjection
    uptake : float, optional
        Share of children with a plan, in place of the figure.

    Returns
    -------
    AllowanceResult
        ``children``, ``cost``, ``substituted`` and ``net_cost``, the cost less what it takes the place of; and
        ``sessions_replaced`` (year, service, draw), sessions a year that a service would have given, which
        `AllowanceResult.sessions_a_week` spreads over weeks.

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
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    take = AllowanceModel(area, need, "PLACES")
    children = take.children("personal_budget_uptake_share", uptake, "personal budgets", oldest=25)
    cost = children * take.figure("gbp_per_personal_budget")
    replaced = take.figure("personal_budget_substituted_share")
    substituted = cost * replaced
    return take.result(
        {
            "children": (children, "Children with a personal budget", "children"),
            "cost": (cost, "Cost of personal budgets", "GBP a year"),
            "substituted": (substituted, "Of it, in place of what would have been bought", "GBP a year"),
            "net_cost": (cost - substituted, "Cost less what it takes the place of", "GBP a year"),
        },
        "personal budgets",
        (("children",), ("cost", "net_cost")),
        _sessions_replaced(take, children * replaced),
    )


def _sessions_replaced(take: AllowanceModel, budgets: np.ndarray) -> dict[str, xr.DataArray]:
    """Return sessions that budgets take the place of, whole, by service, where the pack says how many they buy."""
    import xarray as xr

    name = "personal_budget_sessions_per_child_year"
    services = take.parameters.services([name])
    if not services:
        return {}
    each = [budgets * take.parameters.draw(s, name, take.draws, take.seed) for s in services]
    attrs = {
        "long_name": "Sessions that budgets take the place of",
        "units": "sessions a year",
        "kind": "flow",
    }
    sessions = np.rint(np.stack(each, axis=1)).astype(np.int64)
    return {
        "sessions_replaced": xr.DataArray(
            sessions, dims=("year", "service", "draw"), coords={"service": services}, attrs=attrs
        )
    }


def equipment(area: Area, need: NeedProjection, within_weeks: float = 18.0) -> AllowanceResult:
    """Return orders of specialist equipment, those on order at a time, and the share delivered within a time.

    An order takes a lognormal lead time and no slot, so orders in hand are Poisson with mean (orders a week)
    x (mean lead time), the law of M/G/infinity.

    Parameters
    ----------
    area : Area
        With the figures orders_per_child_year and lead_time_weeks of ``EQUIP``; the latter's low and high are
        the 80 % interval of one order.
    need : NeedProjection
        Gives the children who need equipment, by the bridge table.
    within_weeks : float

    Returns
    -------
    AllowanceResult
        ``orders``, ``on_order``; ``delivered_within``, the share of orders that come within the time, and
        ``delivered_late``, the orders of the year that do not.

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
    kinds(area=(area, "Area"), need=(need, "NeedProjection"))
    within_weeks = arguments.amount(
        "within_weeks", within_weeks, lambda x: x > 0, "a number of weeks over 0", 18
    )
    take = AllowanceModel(area, need, "EQUIP")
    lead = take.parameters.get("EQUIP", "lead_time_weeks")
    spread = np.log(lead.high / lead.low) / (2 * Z_80)
    users = across(need, "share_in_need", take.seed, ["EQUIP"]).sum(("service", "provision", "age_band"))
    rate = users.transpose("year", "draw").values * take.figure("orders_per_child_year")
    mean = lead.central * np.exp(spread**2 / 2)
    share = float(special.ndtr(np.log(within_weeks / lead.central) / spread))
    orders = poisson(rate, take.luck("orders")).astype(np.int64)
    on_order = poisson(rate / WEEKS_PER_YEAR * mean, take.luck("on order"))
    late = binomial(orders, np.full(rate.shape, 1 - share), take.luck("late"))
    return take.result(
        {
            "orders": (orders, "Orders of equipment", "orders a year"),
            "on_order": (on_order, "Orders in hand at a time", "orders"),
            "delivered_within": (np.full(rate.shape, share), f"Share within {within_weeks:g} weeks", "share"),
            "delivered_late": (late, f"Orders that take over {within_weeks:g} weeks", "orders a year"),
        },
        "specialist equipment",
        (("orders", "delivered_late"), ("on_order",)),
    )
