"""Statutory advice that services give for EHC assessments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.chapter.builder import ChapterBuilder
from sendneeds.chapter.records import Indicator, calendar_year
from sendneeds.chapter.sections.health.service_run import RUN, WIDE, ServiceRun, ratio
from sendneeds.chapter.words import lower
from sendneeds.foundation.vocabulary import SERVICES


@dataclass(frozen=True)
class SlowestAdviser:
    """The service that gives the least of its advice within six weeks in the last whole year.

    Parameters
    ----------
    service : str
        Its name, as within a sentence.
    year : int
    share : Indicator
        Percentage of its advice within six weeks.
    """

    service: str
    year: int
    share: Indicator

    @property
    def is_clear(self) -> bool:
        """Whether the interval is narrow enough to be stated."""
        return self.share.shown and self.share.upper_end - self.share.lower_end <= WIDE


def add_advice(chapter: ChapterBuilder, services: ServiceRun) -> SlowestAdviser | None:
    """Add statutory advice given within six weeks, and what is in hand, by year; None if no service advises."""
    years = list(services.years)
    shares: dict[str, dict[int, Indicator]] = {}
    in_hand: dict[str, dict[int, Indicator]] = {}
    for code in services.services:
        hand = services.weekly("advice_waiting", code)
        if not (services.values("advice_done", code).values.any() or hand.any()):
            continue
        shares[code], in_hand[code] = {}, {}
        for year, weeks in services.years.items():
            counts = (services.in_year(flow, code, year) for flow in ("advice_in_time", "advice_done"))
            shares[code][year] = _add_share(chapter, services, code, year, 100 * ratio(*counts))
            in_hand[code][year] = chapter.add_drawn(
                f"advice_hand.{code}.{year}", f"{SERVICES[code]}: requests for advice in hand at the year's end",
                hand[weeks.stop], "requests", calendar_year(year), RUN, services.basis(code), better="down",
            )  # fmt: skip
    if not shares:
        return None
    first, last = years[0], years[-1]
    ends = list(dict.fromkeys([first, last]))
    chapter.add_table(
        "advice_in_time",
        "Statutory advice given within six weeks, as things are",
        ["Service", *(str(y) for y in years), *(f"In hand at the end of {y}" for y in ends)],
        [
            (SERVICES[code], [*by_year.values(), *(in_hand[code][y] for y in ends)])
            for code, by_year in shares.items()
        ],
        note="Share of the advice given in a year that took up to six weeks. Advice comes before clinics. The range is "
        "an 80% interval, and has no track record.",
    )
    slowest = min(shares, key=lambda code: (shares[code][last].value or 0.0, code))
    return SlowestAdviser(lower(SERVICES[slowest]), last, shares[slowest][last])


def _add_share(
    chapter: ChapterBuilder, services: ServiceRun, code: str, year: int, draws: np.ndarray
) -> Indicator:
    """Add the share of a year's advice within six weeks, or a gap where none was asked for."""
    id, title = f"advice.{code}.{year}", f"{SERVICES[code]}: statutory advice given within six weeks"
    if not len(draws):
        return chapter.add_missing(
            id, title, "whole percent", calendar_year(year), "requests for the service's advice"
        )
    return chapter.add_drawn(
        id, title, draws, "whole percent", calendar_year(year), RUN, services.basis(code), better="up"
    )
