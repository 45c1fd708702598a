"""Levers: what each takes, what it adds to a service, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from sendneeds.demand.parameters import Parameters, standard_normal
from sendneeds.foundation.results import two_piece_lognormal
from sendneeds.need.change import NeedChange, Ratio
from sendneeds.waits.options import ServiceOption
from sendneeds.waits.staff import RAMP_FROM, WEEKS_A_YEAR, hiring, posts_of, staff_at_work, vacant_wte


@dataclass(frozen=True)
class Key:
    """One key of a lever in a scenario file.

    Parameters
    ----------
    kind : {"date", "share", "number", "interval", "funders", "year", "age", "growth"}
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
    """One change to a service.

    Parameters
    ----------
    kind : str
        One of `LEVERS` or `NEED_LEVERS`.
    service : str
        Empty for a lever on need.
    values : mapping of str to object
        Its keys, with defaults filled in.
    """

    kind: str
    service: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def start(self) -> date:
        """The day from which the lever works."""
        return self.values["from"]


@dataclass(frozen=True)
class Effect:
    """What a lever does over the weeks of a run.

    Parameters
    ----------
    option : ServiceOption
        What it changes in the service.
    units : ndarray, shape (week, draw)
        Units paid for each week: whole-time equivalents in post, or children taken on.
    price : ndarray, shape (draw,)
        GBP a unit and week.
    item : str
    cost_type : {"recurrent", "one_off", "capital"}
    """

    option: ServiceOption
    units: np.ndarray
    price: np.ndarray
    item: str
    cost_type: str


@dataclass(frozen=True)
class Setting:
    """What a lever needs to know of a run."""

    parameters: Parameters
    days: np.ndarray
    draws: int
    seed: int

    def week_of(self, day: date) -> int:
        """Return the week of the run in which a day lies (it may lie outside)."""
        return int((np.datetime64(day, "D") - self.days[0]).astype(int)) // 7

    def inside(self, lever: Lever) -> np.ndarray:
        """Return whether a lever works in each week, (week,)."""
        week, last = np.arange(len(self.days)), lever.values["to"]
        return (week >= self.week_of(lever.start)) & (
            week <= (len(week) if last is None else self.week_of(last))
        )

    def weekly(self, lever: Lever, number: float | np.ndarray) -> np.ndarray:
        """Return a number, or one a draw, in the weeks in which a lever works, else 0; (week, draw)."""
        return self.inside(lever)[:, None] * np.broadcast_to(np.asarray(number, dtype=float), (1, self.draws))

    def interval(self, lever: Lever, key: str, purpose: str) -> np.ndarray:
        """Return a figure of a lever drawn from its 80 % interval, (draw,)."""
        luck = standard_normal(self.seed, (self.parameters.area.code, lever.service, purpose), self.draws)
        low, central, high = lever.values[key]
        return two_piece_lognormal(low, central, high, luck)


def _fill_vacancies(lever: Lever, at: Setting) -> Effect:
    vacant = vacant_wte(at.parameters, lever.service, at.draws, at.seed) * lever.values["share"]
    if lever.values["posts"] is not None:
        vacant = np.minimum(vacant, float(lever.values["posts"]))
    return _posts(lever, at, vacant, "posts filled")


def _fund_posts(lever: Lever, at: Setting) -> Effect:
    return _posts(lever, at, np.full(at.draws, float(lever.values["wte"])), "posts added")


def _posts(lever: Lever, at: Setting, wte: np.ndarray, item: str) -> Effect:
    """Hire `wte` (draw,) post by post: each has its own time to hire, and falls vacant again when its holder leaves."""
    key = (at.parameters.area.code, lever.service, "lever")
    hire, turnover = hiring(at.parameters, lever.service, at.draws, at.seed)
    ends = None if lever.values["to"] is None else at.week_of(lever.values["to"]) + 1
    posts = posts_of(wte, advertised=at.week_of(lever.start), ends=ends)
    working, paid = (
        staff_at_work(
            posts,
            len(at.days),
            at.draws,
            at.seed,
            key,
            weeks_to_hire=hire,
            turnover=turnover,
            ramp_from=ramp,
        )
        for ramp in (RAMP_FROM, 1.0)
    )
    price = at.parameters.draw(lever.service, "gbp_per_wte_year", at.draws, at.seed) / WEEKS_A_YEAR
    return Effect(ServiceOption(extra_wte=working), paid, price, item, "recurrent")


def _initiative(lever: Lever, at: Setting) -> Effect:
    children = at.weekly(lever, float(lever.values["children_per_week"]))
    price = at.interval(lever, "gbp_per_child", "initiative price")
    return Effect(
        ServiceOption(initiative=children), children, price, "first assessments of the initiative", "one_off"
    )


_WHEN = {
    "from": Key("date", True, "first day, for example 2027-09-01"),
    "to": Key("date", False, "last day; to the end of the run where left out"),
    "funders": Key("funders", True, "who pays which share, for example { icb = 1.0 }; shares add up to 1"),
}
LEVERS: dict[str, tuple[dict[str, Key], Callable[[Lever, Setting], Effect]]] = {
    "fill_vacancies": (
        {
            **_WHEN,
            "share": Key(
                "share", False, "share of the vacancy (funded less in post, both drawn) that is filled", 1.0
            ),
            "posts": Key(
                "number", False, "most whole-time equivalents filled, for example 2 of 3 vacant posts"
            ),
        },
        _fill_vacancies,
    ),
    "fund_posts": (
        {**_WHEN, "wte": Key("number", True, "whole-time equivalents added to those funded")},
        _fund_posts,
    ),
    "initiative": (
        {
            **_WHEN,
            "children_per_week": Key(
                "number",
                True,
                "children a week whose first assessment is given besides; the therapy that follows is the staff's",
            ),
            "gbp_per_child": Key("interval", True, "GBP a child: low, central and high of an 80 % interval"),
        },
        _initiative,
    ),
}
"""Levers by kind: the keys that each takes beside ``kind`` and ``service``, and what it does."""


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
    flows: dict[str, list[Ratio]] = {"new_plans": [], "cessations": []}
    for lever in levers:
        if lever.kind == "need_growth":
            growth = dict(lever.values)
        elif lever.kind in flows:
            v = lever.values
            low, central, high = v["ratio"]
            ratio = Ratio(v["from"].year, low, central, high, v["first_age"], v["last_age"])
            flows[lever.kind].append(ratio)
    return NeedChange(**growth, new_plans=tuple(flows["new_plans"]), ceased=tuple(flows["cessations"]))


def effect(lever: Lever, at: Setting) -> Effect:
    """Return what a lever adds and costs over the weeks of a run.

    Parameters
    ----------
    lever : Lever
    at : Setting

    Returns
    -------
    Effect
    """
    return LEVERS[lever.kind][1](lever, at)
