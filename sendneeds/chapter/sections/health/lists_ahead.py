"""The lists if nothing changes: both kinds of wait, and demand against capacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rows
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.words import EVEN, is_even, lower, month_words, show
from sendneeds.foundation.vocabulary import SERVICES
from sendneeds.waits.services.tables import finite_load

if TYPE_CHECKING:
    import xarray as xr

EMPTIED = 0.25
"""A list that falls under this part of its start within a year is named: the stated figures cannot all be right."""
YEAR = 52
"""Weeks after which a list is compared with its start."""
NOBODY = 0
"""Median and percentile waits are below this where nobody waits or is seen."""
WAITS = {
    "waiting_median": "Waiting: median",
    "waiting_p92": "Waiting: 92% under",
    "seen_median": "Seen: median",
    "seen_p92": "Seen: 92% under",
}


@dataclass(frozen=True)
class Load:
    """Demand and capacity of a service in one year.

    Parameters
    ----------
    demand, capacity : Indicator
        Slots a week.
    percent : Indicator
        Demand as a percentage of capacity.
    above : Indicator
        Chance that demand is above capacity.
    """

    demand: Indicator
    capacity: Indicator
    percent: Indicator
    above: Indicator


@dataclass(frozen=True)
class ListsAhead:
    """Demand and capacity, and what in the figures cannot be right.

    Parameters
    ----------
    first_year : int
    loads : dict of str to dict of int to Load
        By service and year.
    emptied : list of str
        Services whose list the stated capacity empties within a year, in words.
    above_published : list of str
        Services whose list is longer than the one published for more than the area, in words.
    """

    first_year: int
    loads: dict[str, dict[int, Load]]
    emptied: list[str]
    above_published: list[str]

    @property
    def overloaded(self) -> list[str]:
        """Services whose demand is likely to be above capacity in the first year, in words."""
        return self._where(lambda chance: chance > EVEN[1] and not is_even(chance))

    @property
    def even(self) -> list[str]:
        """Services of which the figures cannot tell whether demand is above capacity, in words."""
        return self._where(is_even)

    def _where(self, holds: Callable[[float], bool]) -> list[str]:
        return [
            lower(SERVICES[code])
            for code, by_year in self.loads.items()
            if holds(by_year[self.first_year].above.number)
        ]


def add_lists_ahead(chapter: ChapterBuilder, services: ServiceRun) -> ListsAhead:
    """Add both kinds of wait a year from the start, and demand against capacity by year."""
    _add_waits(chapter, services)
    years = [int(y) for y in services.lists["calendar_year"].values]
    loads = {
        code: {year: _add_load(chapter, services, code, year) for year in years} for code in services.services
    }
    found = ListsAhead(years[0], loads, _emptied(services), _above_published(chapter, services))
    _add_figure(chapter, found)
    return found


def _add_waits(chapter: ChapterBuilder, services: ServiceRun) -> None:
    """Add the waits of those still waiting and of those seen, always both, in the first January ahead."""
    weeks = services.lists["week"].values
    years = weeks.astype("datetime64[Y]").astype(int)
    ahead = np.flatnonzero(years == years[0] + 1)
    week = int(ahead[0]) if len(ahead) else len(weeks) - 1
    when = str(weeks[week])[:10]
    lines = []
    for code in services.with_list:
        cells = []
        for variable, title in WAITS.items():
            values = _at_week(services.values(variable, code), weeks, week)
            known = values[values >= NOBODY]
            id, words = f"wait.{code}.{variable}", f"{SERVICES[code]}. {title}"
            cells.append(
                chapter.add_drawn(
                    id, words, known, "whole weeks", when, RUN, services.basis(code), better="down"
                )
                if len(known)
                else chapter.add_missing(
                    id, words, "whole weeks", when, "a list with anybody on it, or anybody seen"
                )
            )
        lines.append((SERVICES[code], cells))
    chapter.add_table(
        "waits_ahead",
        f"Weeks waited, {month_words(when)}, if nothing changes",
        ["Service", *WAITS.values()],
        lines,
        note="Waiting: weeks so far of those still waiting. Seen: whole wait of those first seen in the four weeks "
        "before. "
        "The range under a figure is an 80% interval.",
    )


def _at_week(array: xr.DataArray, weeks: np.ndarray, week: int) -> np.ndarray:
    """Return a percentile at the start of a week, of those seen before it, however it is kept, (draw,)."""
    if "week_commencing" in array.dims:
        return array.isel(week_commencing=max(week - 1, 0)).values
    (time,) = set(array.dims) & {"week", "month_start", "january"}
    return array.isel({time: int(np.searchsorted(array[time].values, weeks[week], side="right")) - 1}).values


def _add_load(chapter: ChapterBuilder, services: ServiceRun, code: str, year: int) -> Load:
    """Add one service's demand and capacity in a year, and the chance that the one is above the other."""
    name, basis, period = SERVICES[code], services.basis(code), calendar_year(year)
    asked, there, load = (
        services.values(variable, code).sel(calendar_year=year).values
        for variable in ("slots_asked", "slots_available", "queue_load")
    )
    demand, capacity = (
        chapter.add_drawn(
            f"load.{code}.{id}.{year}", f"{name}: {title}", draws, "slots a week", period, RUN, basis
        )
        for id, title, draws in (
            ("demand", "slots that referrals and statutory advice ask for", asked),
            ("capacity", "slots that there are", there),
        )
    )
    known, unit = finite_load(load), "whole percent"
    id, title = f"load.{code}.percent.{year}", f"{name}: demand as a share of capacity"
    if known is None:
        percent = chapter.add_missing(id, title, unit, period, "a service that has slots in every draw")
    else:
        percent = chapter.add_drawn(id, title, 100 * known, unit, period, RUN, basis, better="down")
    above = chapter.add(
        Indicator(
            f"load.{code}.over.{year}", f"{name}: chance that demand is above capacity", float((load > 1).mean()),
            "probability", str(period), RUN, basis, better="down",
        )
    )  # fmt: skip
    return Load(demand, capacity, percent, above)


def finding(over: int, even: int, services: int, year: int) -> str:
    """Return the title of the chart of demand and capacity.

    Examples
    --------
    >>> finding(2, 1, 6, 2025)
    'On these figures demand is likely to be above capacity in 2025 in 2 of 6 services; in 1 the chance is about even'
    """
    open_question = f"in {even} the chance is about even" if even else ""
    if over:
        text = f"On these figures demand is likely to be above capacity in {year} in {over} of {services} services"
        return f"{text}; {open_question}" if even else text
    if even:
        return f"On these figures no service is likely to be over capacity in {year}; {open_question}"
    return f"On these figures capacity is likely to cover demand in {year} in all {services} services"


def _emptied(services: ServiceRun) -> list[str]:
    """Return services whose list the stated capacity empties within a year."""
    found = []
    for code in services.with_list:
        waiting = services.weekly("waiting", code)
        first, later = (float(np.median(waiting[week])) for week in (0, min(YEAR, len(waiting) - 1)))
        if later < EMPTIED * first:
            found.append(lower(SERVICES[code]))
    return found


def _above_published(chapter: ChapterBuilder, services: ServiceRun) -> list[str]:
    """Return services whose list at the start is longer than the latest one published around the area."""
    published = rows(chapter.area, "nhs_waiting_list", weeks_band="all").dropna(subset=["waiting"])
    found = []
    for code in services.with_list:
        mine = published[published["service"] == code].sort_values("month")["waiting"]
        if len(mine) and float(np.median(services.weekly("waiting", code)[0])) > float(mine.iloc[-1]):
            found.append(lower(SERVICES[code]))
    return found


def _add_figure(chapter: ChapterBuilder, ahead: ListsAhead) -> None:
    """Add the table and the chart of demand against capacity in the first year."""
    year = ahead.first_year
    loads = {code: by_year[year] for code, by_year in ahead.loads.items()}
    table = chapter.add_table(
        "demand_capacity",
        f"Demand and capacity in {year}, as things are, slots a week",
        [
            "Service",
            "Slots asked for",
            "Slots there are",
            "Demand over capacity",
            "Chance that demand is above capacity",
        ],
        [(SERVICES[c], [load.demand, load.capacity, load.percent, load.above]) for c, load in loads.items()],
        note="A slot is an appointment as the service counts them, an hour in autism assessment, a report in "
        "educational psychology. Asked for: what the children joining take up from the first assessment to the last "
        "session, statutory advice, and what is missed. The range is an 80% interval.",
    )
    chapter.add_figure(
        "demand_capacity",
        finding(len(ahead.overloaded), len(ahead.even), len(loads), year),
        "Dot chart of the slots a week that each service is asked for and those that there are. "
        + " ".join(
            f"{SERVICES[c]}: demand is {show(load.percent)} of capacity." for c, load in loads.items()
        ),
        lambda: partial(
            bars.dumbbell,
            [SERVICES[code] for code in loads],
            [load.demand.number for load in loads.values()],
            [load.capacity.number for load in loads.values()],
            ("Slots asked for", "Slots there are"),
            [f"demand is {show(load.percent)} of capacity" for load in loads.values()],
            "slots a week",
        ),
        table,
        "slots a week",
    )
