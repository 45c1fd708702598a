"""Levers: the keys that each takes, and what those on need change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sendneeds.need.inputs.change import FlowMultiplier, NeedChange


@dataclass(frozen=True)
class Key:
    """One key of a lever in a scenario file.

    Parameters
    ----------
    kind : {"service", "date", "share", "number", "interval", "funders", "year", "age", "growth", "size", "years",
           "count", "pathway", "setting"}
    required : bool
    what : str
        What it means, with its unit.
    default : object
        Used where the key is left out.
    """

    kind: str
    required: bool
    what: str
    default: Any = None


@dataclass(frozen=True)
class Lever:
    """One change to a service, to places or to need.

    Parameters
    ----------
    kind : str
        One of `LEVERS`, `PLACE_LEVERS` or `NEED_LEVERS`.
    service : str
        ``PLACES`` for a lever on places and for personal budgets, empty for one on need.
    values : mapping of str to object
        Its keys, with defaults filled in.
    file, place : str
        Where it was read, for messages: the file, and its number in it (``levers[2]``).
    """

    kind: str
    service: str
    values: Mapping[str, Any] = field(default_factory=dict)
    file: str = field(default="", compare=False)
    place: str = field(default="", compare=False)

    @property
    def start(self) -> date | None:
        """The day from which the lever works; None: from the first."""
        return self.values.get("from")


BUDGETS = "personal_budgets"
_SERVICE = {"service": Key("service", True, "code of a service of the pack, for example SLT")}
_WHEN = {
    "from": Key("date", True, "first day, for example 2027-09-01"),
    "to": Key("date", False, "last day; to the end of the run where left out"),
}
_MAYBE_WHEN = {
    "from": Key("date", False, "first day; the start of the run where left out"),
    "to": Key("date", False, "last day; to the end of the run where left out"),
}
_FUNDERS = {
    "funders": Key("funders", True, "who pays which share, for example { icb = 1.0 }; shares add up to 1"),
}
_RAMP = {"ramp_weeks": Key("number", False, "weeks over which it builds up evenly; at once where left out")}
_CHILD = {"gbp_per_child": Key("interval", True, "GBP a child: low, central and high of an 80 % interval")}
_YEARLY_COST = {
    "gbp_per_year": Key("interval", False, "GBP a year, an 80 % interval; no cost where left out"),
    "funders": Key("funders", False, "who pays which share; needed with gbp_per_year"),
}
LEVERS: dict[str, dict[str, Key]] = {
    "fill_vacancies": {
        **_SERVICE,
        **_WHEN,
        **_FUNDERS,
        "share": Key(
            "share", False, "share of the vacancy (funded less in post, both drawn) that is filled", 1.0
        ),
        "posts": Key("number", False, "most whole-time equivalents filled, for example 2 of 3 vacant posts"),
    },
    "fund_posts": {
        **_SERVICE,
        **_WHEN,
        **_FUNDERS,
        "wte": Key("number", True, "whole-time equivalents added to those funded"),
    },
    "initiative": {
        **_SERVICE,
        **_WHEN,
        **_FUNDERS,
        **_RAMP,
        "children_per_week": Key(
            "number",
            True,
            "children a week whose first assessment is given besides; the therapy that follows is the staff's",
        ),
        **_CHILD,
    },
    "outsource": {
        **_SERVICE,
        **_WHEN,
        **_FUNDERS,
        **_RAMP,
        "children_per_week": Key("number", True, "children a week whom a second provider can take on"),
        "return_share": Key("share", False, "share of them who come back here for their therapy", 0.0),
        **_CHILD,
    },
    "ring_fence": {
        **_SERVICE,
        **_MAYBE_WHEN,
        "share": Key(
            "share",
            True,
            "share of the slots after advice kept for first assessments: 0 follow-ups first, 1 firsts first",
        ),
        **_YEARLY_COST,
    },
    "missed_appointments": {
        **_SERVICE,
        **_MAYBE_WHEN,
        "ratio": Key(
            "interval", True, "factor on the share missed: low, central and high of an 80 % interval"
        ),
        **_YEARLY_COST,
    },
    "groups": {
        **_SERVICE,
        **_MAYBE_WHEN,
        "share": Key("interval", True, "share of children with a block of sessions who have it in a group"),
        "size": Key("size", True, "children in a group, 2 to 4"),
        **_YEARLY_COST,
    },
    "triage": {
        **_SERVICE,
        **_WHEN,
        **_RAMP,
        "share": Key(
            "interval", True, "share of the referrals otherwise accepted that an advice line sends elsewhere"
        ),
        "rereferred": Key(
            "interval", False, "share of those who are referred again 13 weeks later; none where left out"
        ),
        **_YEARLY_COST,
    },
    "autism_pathway": {
        **_SERVICE,
        **_MAYBE_WHEN,
        "pathway": Key("pathway", True, "diagnosis_first or needs_first"),
        **_YEARLY_COST,
    },
    BUDGETS: {
        **_WHEN,
        **_FUNDERS,
        **_RAMP,
        "uptake": Key(
            "share",
            True,
            "share of children with a plan who hold a budget, in place of the pack's figure; over all services "
            "whose sessions budgets buy, costed gross",
        ),
    },
}
"""Levers on services, with the keys that each takes beside ``kind``; all but personal budgets act on one service."""

PLACE_LEVERS: dict[str, dict[str, Key]] = {
    "new_places": {
        "setting": Key("setting", True, "resourced or state_special"),
        "places": Key("count", True, "places, a whole number"),
        "january": Key("year", True, "January by which the first of them are filled"),
        "fill_years": Key("years", False, "years over which they fill, in equal parts", 3),
        "gbp_per_place": Key(
            "interval",
            False,
            "GBP of capital a place, spent evenly over the 52 weeks before the middle of the January in which "
            "they open, so in two financial years; the pack's figure for a state special place where left out",
        ),
        **_FUNDERS,
    },
}
"""Levers on places, with the keys that each takes beside ``kind``; they name no service."""

_ON_A_FLOW = {
    "from": Key("date", True, "first day; the lever works from that calendar year on"),
    "ratio": Key("interval", True, "factor on the flow: low, central and high of an 80 % interval"),
    "first_age": Key("age", False, "first age, at the opening of the year", 0),
    "last_age": Key("age", False, "last age, at the opening of the year", 25),
}
NEED_LEVERS: dict[str, dict[str, Key]] = {
    "need_growth": {
        "growth": Key(
            "growth", True, "rule, damped, none, england_rate (by a January) or plans (an ambition, by one)"
        ),
        "damping": Key("share", False, "factor on growth each year, with growth = damped", 0.8),
        "plans": Key("number", False, "plans to reach, with growth = plans"),
        "by": Key("year", False, "January by which England's rate or the ambition is reached"),
    },
    "new_plans": _ON_A_FLOW,
    "cessations": _ON_A_FLOW,
}
"""Levers on need, with the keys that each takes beside ``kind``; they name no service and no funder."""


def need_change(levers: Iterable[Lever]) -> NeedChange:
    """Return what the levers of one scenario change about need.

    Raises
    ------
    DomainError
        If a lever lacks what its growth needs.
    """
    growth: dict[str, Any] = {}
    flows: dict[str, list[FlowMultiplier]] = {"new_plans": [], "cessations": []}
    for lever in levers:
        if lever.kind == "need_growth":
            growth = dict(lever.values)
        elif lever.kind in flows:
            v = lever.values
            low, central, high = v["ratio"]
            ratio = FlowMultiplier(v["from"].year, low, central, high, v["first_age"], v["last_age"])
            flows[lever.kind].append(ratio)
    return NeedChange(**growth, new_plans=tuple(flows["new_plans"]), ceased=tuple(flows["cessations"]))
