"""The lists if nothing changes: both kinds of wait, and demand against capacity."""

from __future__ import annotations

from typing import Any

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import lower, month_words, show
from sendneeds.foundation.vocabulary import SERVICES

RUN = "sendneeds simulation from the service parameters of the area's pack"


EMPTIED = 0.25
"""A list that falls under this part of its start within a year is told: the stated figures cannot all be right."""


def fill(kit: ChapterBuilder, services: list[str]) -> None:
    """Add both kinds of wait a year from the start, and demand against capacity."""
    _waits(kit, services)
    _load(kit, services)


def basis_of(kit: ChapterBuilder, service: str) -> str:
    """Return the weakest basis among what a service's simulated list rests on."""
    return weakest(
        [r.basis for r in kit.book if r.id.startswith((f"param.{service}.", "param.all."))]
        or ["illustrative"]
    )


def baseline(kit: ChapterBuilder, name: str, service: str) -> Any:
    """Return a variable of the lists for a service as things are; the first scenario is the baseline."""
    lists = kit.result.lists
    return lists[name].sel(scenario=lists["scenario"].values[0], service=service)


def _waits(kit: ChapterBuilder, services: list[str]) -> None:
    """Add the waits of those still waiting and of those seen, always both, in the first January ahead."""
    weeks = kit.result.lists["week"].values
    years = weeks.astype("datetime64[Y]").astype(int)
    ahead = np.flatnonzero(years == years[0] + 1)
    step = int(ahead[0]) if len(ahead) else len(weeks) - 1
    when = str(weeks[step])[:10]
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
                kit.book.missing(id, words, "whole weeks", when, "a list with anybody on it, or anybody seen")
                continue
            kit.drawn(id, words, known, "whole weeks", when, RUN, basis_of(kit, code), better="down")
    kit.table(
        "waits_ahead",
        f"Weeks waited, {month_words(when)}, if nothing changes",
        ["Service", *variables.values()],
        [(SERVICES[c], [f"wait.{c}.{v}" for v in variables]) for c in services],
        note="Waiting: weeks so far of those still waiting. Seen: whole wait of those first seen in the four weeks "
        "before. "
        "The range under a figure is an 80% interval.",
    )


def _load(kit: ChapterBuilder, services: list[str]) -> None:
    """Add demand against capacity by year, and a chart of the first."""
    lists = kit.result.lists
    years = [int(y) for y in lists["calendar_year"].values]
    every = [str(s) for s in lists["service"].values]
    year = kit.facts["load_year"] = years[0]
    for code in every:
        for place, y in enumerate(years):
            _load_records(kit, code, y, place)
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
            (SERVICES[c], [f"load.{c}.{v}.{year}" for v in ("demand", "capacity", "percent", "over")])
            for c in every
        ],
        note="A slot is an appointment as the service counts them, an hour in autism assessment, a report in "
        "educational psychology. Asked for: what the children joining take up from the first assessment to the last "
        "session, statutory advice, and what is missed. The range is an 80% interval.",
    )
    over = [c for c in every if kit.book[f"load.{c}.over.{year}"].number > 0.5]
    kit.facts["overloaded"] = [lower(SERVICES[c]) for c in over]
    _contradictions(kit, services)
    kit.figure(
        "demand_capacity",
        f"On these figures demand is more likely than not to be above capacity in {len(over)} of "
        f"{len(every)} services"
        if over
        else f"On these figures capacity is more likely than not to cover demand in all {len(every)} services",
        "Dot chart of the slots a week that each service is asked for and those that there are. "
        + " ".join(
            f"{SERVICES[c]}: demand is {show(kit.book[f'load.{c}.percent.{year}'])} of capacity."
            for c in every
        ),
        lambda: bars.dumbbell(
            [SERVICES[c] for c in every],
            [kit.book[f"load.{c}.demand.{year}"].number for c in every],
            [kit.book[f"load.{c}.capacity.{year}"].number for c in every],
            ("Slots asked for", "Slots there are"),
            [f"demand is {show(kit.book[f'load.{c}.percent.{year}'])} of capacity" for c in every],
            "slots a week",
        ),
        table,
        "slots a week",
    )


def _load_records(kit: ChapterBuilder, code: str, year: int, place: int) -> None:
    """Add one service's demand and capacity in a year, and the chance that the one is above the other."""
    name, basis, period = SERVICES[code], basis_of(kit, code), f"calendar year {year}"
    asked, there, load = (
        baseline(kit, v, code).isel(calendar_year=place).values
        for v in ("slots_asked", "slots_available", "queue_load")
    )
    for id, title, draws, unit, better in (
        ("demand", "slots that referrals and statutory advice ask for", asked, "slots a week", ""),
        ("capacity", "slots that there are", there, "slots a week", ""),
        ("percent", "demand as a share of capacity", 100 * load, "whole percent", "down"),
    ):
        kit.drawn(
            f"load.{code}.{id}.{year}", f"{name}: {title}", draws, unit, period, RUN, basis, better=better
        )
    kit.book.add(
        Indicator(
            f"load.{code}.over.{year}",
            f"{name}: chance that demand is above capacity",
            float((load > 1).mean()),
            "probability",
            period,
            RUN,
            basis,
            better="down",
        )
    )


def _contradictions(kit: ChapterBuilder, services: list[str]) -> None:
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
