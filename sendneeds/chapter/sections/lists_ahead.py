"""The lists if nothing changes: their length, both kinds of wait, and demand against capacity."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter import bars
from sendneeds.chapter.indicators import Indicator
from sendneeds.chapter.kit import Kit, rows
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import lower, month_words, show
from sendneeds.foundation.vocabulary import SERVICES

RUN = "sendneeds simulation from the service parameters of the area's pack"


YEARS_AHEAD = (1, 2, 3, 5)
"""Years from the start after which the lists are shown, each in its first week."""
EMPTIED = 0.25
"""A list that falls under this part of its start within a year is told: the stated figures cannot all be right."""


def fill(kit: Kit, services: list[str]) -> None:
    """Add the baseline's lists ahead, and demand against capacity."""
    _ahead(kit, services)
    _load(kit, services)


def basis_of(kit: Kit, service: str) -> str:
    """Return the weakest basis among what a service's simulated list rests on."""
    return weakest(
        [r.basis for r in kit.book if r.id.startswith((f"param.{service}.", "param.all."))]
        or ["illustrative"]
    )


def baseline(kit: Kit, name: str, service: str) -> Any:
    """Return a variable of the lists for a service as things are; the first scenario is the baseline."""
    lists = kit.result.lists
    return lists[name].sel(scenario=lists["scenario"].values[0], service=service)


def _ahead(kit: Kit, services: list[str]) -> None:
    """Add the baseline's lists a year apart, and both kinds of wait a year from the start."""
    weeks = kit.result.lists["week"].values
    share = 100 * kit.result.waits.share_within_18()
    years = weeks.astype("datetime64[Y]").astype(int)
    januaries = [int(np.flatnonzero(years == y)[0]) for y in years[0] + np.array(YEARS_AHEAD) if y in years]
    steps = januaries or [len(weeks) - 1]
    for code in services:
        waiting = baseline(kit, "waiting", code).transpose("week", "draw").values
        shares = (
            share.sel(scenario=share["scenario"].values[0], service=code).transpose("week", "draw").values
        )
        basis, name = basis_of(kit, code), SERVICES[code]
        for step in steps:
            when = str(weeks[step])[:10]
            title = f"{name}: waiting, as things are"
            kit.drawn(
                f"ahead.{code}.{step}", title, waiting[step], "children", when, RUN, basis, better="down"
            )
            title = f"{name}: share waiting up to 18 weeks, as things are"
            kit.drawn(
                f"ahead_share.{code}.{step}", title, shares[step], "percent", when, RUN, basis, better="up"
            )
    names = [month_words(str(weeks[step])) for step in steps]
    kit.table(
        "lists_ahead",
        "Children waiting if nothing changes",
        ["Service", *names],
        [(SERVICES[c], [f"ahead.{c}.{s}" for s in steps]) for c in services],
        note="The range under a figure is an 80% interval.",
    )
    kit.table(
        "shares_ahead",
        "Share of those waiting who have waited up to 18 weeks, if nothing changes",
        ["Service", *names],
        [(SERVICES[c], [f"ahead_share.{c}.{s}" for s in steps]) for c in services],
        note="The range under a figure is an 80% interval.",
    )
    _waits(kit, services, steps[0])


def _waits(kit: Kit, services: list[str], step: int) -> None:
    """Add the waits of those still waiting and of those seen, always both."""
    when = str(kit.result.lists["week"].values[step])[:10]
    variables = {
        "waiting_median": "Waiting: median",
        "waiting_p92": "Waiting: 92% under",
        "seen_median": "Seen: median",
        "seen_p92": "Seen: 92% under",
    }
    for code in services:
        for variable, title in variables.items():
            array = baseline(kit, variable, code)
            time = "week" if variable.startswith("waiting") else "week_commencing"
            values = array.isel({time: step - (time != "week" and step > 0)}).values
            known = values[values >= 0]  # -1 stands for nobody
            id, words = f"wait.{code}.{variable}", f"{SERVICES[code]}. {title}"
            if not len(known):
                kit.book.missing(id, words, "weeks", when, "a list with anybody on it, or anybody seen")
                continue
            kit.drawn(id, words, known, "weeks", when, RUN, basis_of(kit, code), better="down")
    kit.table(
        "waits_ahead",
        f"Weeks waited, {month_words(when)}, if nothing changes",
        ["Service", *variables.values()],
        [(SERVICES[c], [f"wait.{c}.{v}" for v in variables]) for c in services],
        note="Waiting: weeks so far of those still waiting. Seen: whole wait of those first seen in the four weeks "
        "before. "
        "The range under a figure is an 80% interval.",
    )


def _load(kit: Kit, services: list[str]) -> None:
    """Add demand against capacity in the first year."""
    lists = kit.result.lists
    year = int(lists["calendar_year"].values[0])
    period = f"calendar year {year}"
    for code in services:
        name, basis = SERVICES[code], basis_of(kit, code)
        asked, available = (
            baseline(kit, v, code).isel(calendar_year=0).values for v in ("slots_asked", "slots_available")
        )
        load = baseline(kit, "queue_load", code).isel(calendar_year=0).values
        kit.drawn(
            f"load.{code}.demand",
            f"{name}: slots that referrals and statutory advice ask for",
            asked,
            "slots a week",
            period,
            RUN,
            basis,
        )
        kit.drawn(
            f"load.{code}.capacity",
            f"{name}: slots that there are",
            available,
            "slots a week",
            period,
            RUN,
            basis,
        )
        kit.drawn(
            f"load.{code}.percent",
            f"{name}: demand as a share of capacity",
            100 * load,
            "percent",
            period,
            RUN,
            basis,
            better="down",
        )
        kit.book.add(
            Indicator(
                f"load.{code}.over",
                f"{name}: chance that demand is above capacity",
                float((load > 1).mean()),
                "probability",
                period,
                RUN,
                basis,
                better="down",
            )
        )
    table = kit.table(
        "demand_capacity",
        f"Demand and capacity in {year}, as things are, slots a week",
        [
            "Service",
            "Slots asked for",
            "Slots there are",
            "Demand over capacity",
            "Chance that demand is above capacity",
        ],
        [
            (SERVICES[c], [f"load.{c}.{v}" for v in ("demand", "capacity", "percent", "over")])
            for c in services
        ],
        note="A slot is an appointment as the service counts them, an hour in autism assessment. Asked for: what the "
        "children joining take up from the first assessment to the last session, statutory advice, and what is "
        "missed. The range is an 80% interval.",
    )
    over = [c for c in services if kit.book[f"load.{c}.over"].number > 0.5]
    kit.facts["overloaded"] = [lower(SERVICES[c]) for c in over]
    _contradictions(kit, services)
    kit.figure(
        "demand_capacity",
        f"On these figures demand is more likely than not to be above capacity in {len(over)} of "
        f"{len(services)} services"
        if over
        else f"On these figures capacity is more likely than not to cover demand in all {len(services)} services",
        "Dot chart of the slots a week that each service is asked for and those that there are. "
        + " ".join(
            f"{SERVICES[c]}: demand is {show(kit.book[f'load.{c}.percent'])} of capacity." for c in services
        ),
        lambda: bars.dumbbell(
            [SERVICES[c] for c in services],
            [kit.book[f"load.{c}.demand"].number for c in services],
            [kit.book[f"load.{c}.capacity"].number for c in services],
            ("Slots asked for", "Slots there are"),
            [f"demand is {kit.book[f'load.{c}.percent'].number:.0f}% of capacity" for c in services],
            "slots a week",
        ),
        table,
        "slots a week",
    )


def _contradictions(kit: Kit, services: list[str]) -> None:
    """Find lists that the stated capacity empties, and lists longer than what is published for more than the area."""
    waiting = kit.result.lists["waiting"].sel(scenario="baseline")
    first, later = (waiting.isel(week=w).median("draw") for w in (0, min(52, waiting.sizes["week"] - 1)))
    kit.facts["emptied"] = [
        lower(SERVICES[c])
        for c in services
        if float(later.sel(service=c)) < EMPTIED * float(first.sel(service=c))
    ]
    found = []
    published = rows(kit.area, "nhs_waiting_list", weeks_band="all")
    for c in services:
        own = (
            published[(published["service"] == c) & published["waiting"].notna()]
            if len(published)
            else published
        )
        if len(own) and float(first.sel(service=c)) > float(own.sort_values("month")["waiting"].iloc[-1]):
            found.append(lower(SERVICES[c]))
    kit.facts["above_published"] = found
