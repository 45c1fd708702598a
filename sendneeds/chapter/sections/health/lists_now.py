"""The lists at the start of the run, by weeks waited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder, rounded_to_sum, rows
from sendneeds.chapter.charts import bars
from sendneeds.chapter.records import Indicator
from sendneeds.chapter.sections.health.service_run import RUN, ServiceRun
from sendneeds.chapter.tables import weakest
from sendneeds.chapter.words import join, lower, month_words, show
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

LISTED = ("SLT", "OT", "PT", "ASD_DX", "CAMHS", "COMM_PAEDS")
"""Services whose lists a chapter should hold."""
PARTS = {
    "up to 12 weeks": ("0-1", ">1-2", ">2-4", ">4-12"),
    "over 12 to 18": (">12-18",),
    "over 18 to 52": (">18-52",),
    "over 52 weeks": (">52",),
}
"""Parts of a bar: NHS England's bands of weeks, put together into four."""
OVER_18 = (">18-52", ">52")
BASIS_IN_WORDS = {
    "scaled": "England's, scaled to the area",
    "illustrative": "illustrative",
    "local": "the area's own",
    "published": "published",
    "estimate": "estimates",
}


@dataclass(frozen=True)
class OpeningLists:
    """The lists at the start.

    Parameters
    ----------
    month : str
        In words.
    waiting, over_18 : dict of str to Indicator
        Children waiting, and those who have waited more than 18 weeks, by service.
    guessed : bool
        Whether any figure of a service is illustrative.
    """

    month: str
    waiting: dict[str, Indicator]
    over_18: dict[str, Indicator]
    guessed: bool

    @property
    def own(self) -> Literal["all", "some", "none"]:
        """How many of the lists are the area's own or published for it."""
        own = [record.basis in ("local", "published") for record in self.waiting.values()]
        return "all" if all(own) else "some" if any(own) else "none"

    @property
    def sources(self) -> str:
        """What the lists rest on, in sentences."""
        sentences = []
        for basis, words in BASIS_IN_WORDS.items():
            names = [lower(SERVICES[c]) for c, record in self.waiting.items() if record.basis == basis]
            if len(names) > 1:
                sentences.append(f"The lists for {join(names)} are {words}.")
            elif names:
                sentences.append(f"The list for {names[0]} is {words}.")
        return " ".join(sentences)


@dataclass(frozen=True)
class MissingLists:
    """Services whose lists nobody has supplied, by code."""

    records: dict[str, Indicator]

    @property
    def names(self) -> list[str]:
        """Names of the services, as within a sentence."""
        return [lower(SERVICES[code]) for code in self.records]


def add_missing_lists(chapter: ChapterBuilder, services: tuple[str, ...]) -> MissingLists:
    """Add a gap for every service that a chapter should hold and that has no list."""
    return MissingLists(
        {
            code: chapter.add_missing(
                f"list.{code}.waiting",
                f"Children waiting: {lower(SERVICES[code])}",
                "children",
                "now",
                "a waiting_list.csv table from the provider, or the rows of service_parameters.csv for this service",
            )
            for code in LISTED
            if code not in services
        }
    )


def add_lists_now(chapter: ChapterBuilder, services: ServiceRun) -> OpeningLists:
    """Add the opening lists by weeks waited, with a table and a chart."""
    when = str(services.lists["january"].values[0])[:10]
    waiting, over_18, lines, parts = {}, {}, [], []
    for code in services.with_list:
        name = SERVICES[code]
        basis = opening_basis(chapter, services, code)
        # how long they have waited is England's spread or an even one, whatever the count rests on
        spread = basis if basis == "local" else weakest([basis, "scaled"])
        by_band = _by_band(services, code)

        def add(
            id: str, title: str, draws: np.ndarray, basis: str, code: str = code, value: float | None = None
        ) -> Indicator:
            return chapter.add_drawn(
                f"list.{code}.{id}", title, draws, "children", when, RUN, basis, better="down", value=value
            )

        total = np.sum(list(by_band.values()), axis=0)
        waiting[code] = add("waiting", f"Children waiting: {lower(name)}", total, basis)
        of_parts = [np.sum([by_band[b] for b in within], axis=0) for within in PARTS.values()]
        # one set of numbers for bar, table and sentence: medians do not add up, so they are rounded together
        sizes = rounded_to_sum([float(np.median(draws)) for draws in of_parts], waiting[code].number)
        parts.append(
            [
                add(f"part{i}", f"{name}: waiting {label}", draws, spread, value=size)
                for i, (label, draws, size) in enumerate(zip(PARTS, of_parts, sizes, strict=True))
            ]
        )
        over = np.sum([by_band[band] for band in OVER_18], axis=0)
        over_18[code] = add(
            "over18", f"{name}: waiting more than 18 weeks", over, spread, value=sum(sizes[-len(OVER_18) :])
        )
        lines.append((name, [*parts[-1], waiting[code]]))
    table = chapter.add_table(
        "waits_now",
        "Children waiting for a first appointment at the start of the run, by weeks waited so far",
        ["Service", *(label.capitalize() for label in PARTS), "All"],
        lines,
        note="Columns are weeks. The range under a figure is an 80% interval. Medians do not add up: what the parts "
        "are off by is shared out, so that they add up to the whole list.",
    )
    guessed = any(services.basis(code) == "illustrative" for code in services.with_list)
    found = OpeningLists(month_words(when), waiting, over_18, guessed)
    share = _add_share(chapter, services, found, when)
    lengths = np.array([[record.number for record in line] for line in parts], float)
    totals = {code: show(record) for code, record in waiting.items()}
    chapter.add_figure(
        "lists_by_band",
        f"On these figures {show(share)} of the children on the lists have waited more than 18 weeks",
        "Bar chart, one bar a service, split by weeks waited. "
        + " ".join(
            f"{SERVICES[c]}: {totals[c]} waiting, {show(over_18[c])} over 18 weeks."
            for c in services.with_list
        ),
        lambda: partial(
            bars.stacked,
            [SERVICES[c] for c in services.with_list],
            list(PARTS),
            lengths,
            [[show(record) for record in line] for line in parts],
            "children waiting for a first appointment",
            totals=list(totals.values()),
        ),
        table,
        "children waiting",
    )
    return found


def _by_band(services: ServiceRun, code: str) -> dict[str, np.ndarray]:
    """Return children waiting at the start by band of weeks, each (draw,)."""
    bands = services.values("waiting_by_band", code).isel(january=0).transpose("band", "draw").values
    return dict(zip(WEEK_BANDS, bands, strict=True))


def _add_share(chapter: ChapterBuilder, services: ServiceRun, found: OpeningLists, when: str) -> Indicator:
    """Add the share of all those waiting who have waited more than 18 weeks."""
    lists = [_by_band(services, code) for code in services.with_list]
    over = np.sum([by_band[band] for by_band in lists for band in OVER_18], axis=0)
    every = np.sum([draws for by_band in lists for draws in by_band.values()], axis=0)
    waiting = sum(record.number for record in found.waiting.values())
    share = (
        100 * sum(record.number for record in found.over_18.values()) / max(waiting, 1)
    )  # as the bars have it
    return chapter.add_drawn(
        "list.over18_share",
        "Share of all those waiting who have waited more than 18 weeks",
        100 * over / np.maximum(every, 1),
        "whole percent",
        when,
        RUN,
        weakest([record.basis for record in found.over_18.values()]),
        value=share,
    )


def opening_basis(chapter: ChapterBuilder, services: ServiceRun, service: str) -> str:
    """Return what the number on a list at the start rests on: the parameter used, or the area's own table."""
    own = services.opening_bases.get(service)
    if own is not None:
        return own
    if len(rows(chapter.area, "waiting_list", service=service)):
        return chapter.area.meta["waiting_list"].basis
    return services.basis(service)
