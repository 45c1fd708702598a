"""What places are projected from, said in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.placements import SETTINGS
from sendneeds.waits.places.costs import CAPITAL, PRICES, UNIT_PLACE, has_price
from sendneeds.waits.places.mix import placement_mix
from sendneeds.waits.places.settings import CAPPED, LIMITED, OVERFLOW

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area

FILLED = (
    "as many as were filled at the latest count (a row service=PLACES, parameter=commissioned_places_{} in "
    "service_parameters.csv says how many there are)"
)


def assumed(
    area: Area,
    given: Mapping[str, str],
    mix: str,
    source: str,
    awaiting_share: float | None,
    moving_share: float | None,
) -> list[str]:
    """Return what places were projected from, in sentences.

    Parameters
    ----------
    area : Area
    given : mapping of setting to str
        Settings whose places are known, and where from.
    mix : str
        The mix in which settings are sought, ``observed`` or ``preferred``.
    source : str
        Where the preferred mix comes from.
    awaiting_share, moving_share : float or None
        As given to `project_places`.
    """
    said = [
        f"{SETTINGS[name]}, {given[name]}" if name in given else f"{SETTINGS[name]}, {FILLED.format(name)}"
        for name in CAPPED
        if name in given or name in LIMITED
    ]
    mixed = placement_mix(area)
    lost = mixed["not_recorded"].sum() / max(float(mixed.to_numpy().sum()), 1.0)
    out = [
        f"Places commissioned at the start: {'; '.join(said)}.",
        f"Settings are sought in the {mix} mix; the preferred mix is {source}.",
        "Children awaiting a place though there is room: "
        + (
            "the share published in other placement settings."
            if awaiting_share is None
            else f"{awaiting_share:g}."
        ),
        "Children with a place who look for another within a year: "
        + ("as the pack has it, else none." if moving_share is None else f"{moving_share:g}."),
    ]
    own = Parameters(area) if area.has("service_parameters") else None
    shares = "; ".join(
        f"from {SETTINGS[source].lower()} to {SETTINGS[other].lower()} "
        + (
            "as the pack has it"
            if own and own.has("PLACES", figure)
            else f"{central:.0%} ({low:.0%} to {high:.0%})"
        )
        for (source, other), (figure, (low, central, high)) in OVERFLOW.items()
    )
    out.append(
        f"Of those whom a setting has no place for go on: {shares}; the rest stay in mainstream with support, after 16 "
        "in a college. Nothing is published of these shares: where the pack has none they are assumed."
    )
    if own and not own.has("PLACES", PRICES["resourced"]) and has_price(own, "resourced"):
        out.append(
            f"A resourced place costs a mainstream top-up and GBP {UNIT_PLACE:,.0f} of place funding, for want of "
            f"{PRICES['resourced']}."
        )
    if own and own.has("PLACES", CAPITAL):
        out.append(f"A new place that states no price takes the capital of a state special one ({CAPITAL}).")
    if lost >= 0.0005:
        out.append(
            f"Placement not recorded for {lost:.1%} of plans: placed as the others of their need and phase."
        )
    return out
