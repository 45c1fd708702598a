"""How many children a service can take on a week, from staff in post and what a child takes up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import MissingDataError

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

STAFFED = ("in_post_wte", "slots_per_wte_week", "first_slots")
COMPLETED = ("assessments_per_week",)


@dataclass(frozen=True)
class Change:
    """What an option adds to a service.

    Parameters
    ----------
    wte : ndarray, shape (week, draw), optional
        Whole-time equivalents at work beyond those in post.
    starts : ndarray, shape (week, draw), optional
        Children taken on beyond what staff in post can, a week.
    """

    wte: np.ndarray | None = None
    starts: np.ndarray | None = None


def simulated_services(area: Area, parameters: Parameters) -> list[str]:
    """Return the services with a list, referrals and the figures to serve them."""
    own = set(area.table("waiting_list")["service"]) if area.has("waiting_list") else set()
    able = {*parameters.services(STAFFED), *parameters.services(COMPLETED)}
    return [
        service
        for service in parameters.services(["referrals_accepted_per_week"])
        if service in able and (service in own or parameters.has(service, "opening_list"))
    ]


def starts(
    parameters: Parameters,
    service: str,
    need: NeedProjection,
    days: np.ndarray,
    seed: int,
    change: Change | None = None,
    changed_need: NeedProjection | None = None,
) -> np.ndarray:
    """Return the children a service can take on each week, a fraction allowed.

    Slots are ``in post x slots per WTE-week x (1 - absence) x term``; those missed are lost; statutory advice takes
    its part, growing with new plans; the rest serves children at the slots that one child takes up from the
    first assessment to the last review. A service whose output is stated (assessments completed a week) works at
    that rate in term.

    Parameters
    ----------
    parameters : Parameters
    service : str
    need : NeedProjection
        Its new plans move the requests for advice.
    days : ndarray of datetime64[D], shape (week,)
    seed : int
    change : Change, optional
    changed_need : NeedProjection, optional
        Under a scenario that changes need: its new plans, against those of `need`, move statutory advice.

    Returns
    -------
    ndarray of float, shape (week, draw)

    Raises
    ------
    MissingDataError
        If the pack has neither staff and slots nor an output for the service.
    """
    draws = need.data.sizes["draw"]
    change = change or Change()

    def figure(name: str, default: float | None = None) -> np.ndarray:
        if default is None:
            return parameters.draw(service, name, draws, seed)
        return parameters.draw_or(service, name, draws, seed, default)

    outside = figure("outside_term_share", 1.0)
    term = np.where(in_term(days)[:, None], 1.0, outside[None, :])
    if parameters.has(service, "in_post_wte"):
        wte = figure("in_post_wte")[None, :] + (0.0 if change.wte is None else change.wte)
        slots = wte * (figure("slots_per_wte_week") * (1 - figure("absence_share", 0.0)))[None, :] * term
        attended = slots * (1 - figure("missed_share", 0.0))
        left = attended - advice_slots(parameters, service, need, days, seed, changed_need)
        found = np.maximum(left, 0.0) / slots_a_child(parameters, service, draws, seed)
    elif parameters.has(service, "assessments_per_week"):
        # the stated rate is the year's mean: term weeks carry more, so that the year adds up to it
        found = figure("assessments_per_week")[None, :] * term / term[:52].mean(axis=0)
    else:
        raise MissingDataError(
            f"{parameters.area.name}: service_parameters.csv has neither in_post_wte nor assessments_per_week "
            f"for {service}. Add one of them with low, central, high, basis and source."
        )
    return found + (0.0 if change.starts is None else change.starts)


def slots_a_child(parameters: Parameters, service: str, draws: int, seed: int) -> np.ndarray:
    """Return the slots that a child takes up in all: first assessment, block of therapy, reviews; shape (draw,)."""

    def figure(name: str) -> np.ndarray:
        return parameters.draw_or(service, name, draws, seed, 0.0)

    block = figure("block_share") * figure("block_sessions")
    reviews = figure("review_share") * figure("reviews_per_year") * figure("review_years")
    return figure("first_slots") + block + reviews


def advice_slots(
    parameters: Parameters,
    service: str,
    need: NeedProjection,
    days: np.ndarray,
    seed: int,
    changed_need: NeedProjection | None = None,
) -> np.ndarray:
    """Return attended slots a week that statutory advice for EHC assessments takes, shape (week, draw)."""
    draws = need.data.sizes["draw"]
    if not parameters.has(service, "advice_requests_per_week"):
        return np.zeros((len(days), draws))
    each = parameters.draw(service, "advice_slots", draws, seed)
    asked = parameters.draw(service, "advice_requests_per_week", draws, seed)
    base = _new_plans(need)
    new = base if changed_need is None else _new_plans(changed_need)
    years = need.data["calendar_year"].values
    at = np.clip(days.astype("datetime64[Y]").astype(int) + 1970 - years[0], 0, len(years) - 1)
    growth = new[at] / np.maximum(np.median(base[0]), 1.0)
    return growth * (asked * each)[None, :]


def _new_plans(need: NeedProjection) -> np.ndarray:
    """Return new plans by calendar year and draw."""
    found = need.data["new_plans"].sum(("plan_need", "age"))
    return found.transpose("calendar_year", "draw").values.astype(float)
