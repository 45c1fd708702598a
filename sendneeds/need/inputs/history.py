"""What is published about one area and about England, by year, and what sets the area apart at an origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

ENGLAND = "E92000001"
RECENT = (0.7, 0.21, 0.09)  # of the last three years' growth

Series = Mapping[int, float]


@dataclass(frozen=True)
class History:
    """What is published about one area, by year.

    Parameters
    ----------
    area_code : str
        ONS code.
    plans : mapping of year to plans
        EHC plans maintained, January of the year.
    pupils_5_15 : mapping of year to pupils
        Pupils aged 5 to 15 located by school, January of the year.
    requests, new_plans, issued, issued_20 : mapping of calendar year to count
        Requests for an assessment; plans newly started; plans issued, and those issued within 20 weeks, both
        excluding exceptions.
    refused, undecided : mapping of calendar year to count
        Requests in which no assessment was agreed; assessments with no decision at the year's end.
    pupils_by_need : mapping of need code to (mapping of year to pupils)
        Pupils with a plan by primary need, located by school, January of the year.
    """

    area_code: str
    plans: Series
    pupils_5_15: Series = field(default_factory=dict)
    requests: Series = field(default_factory=dict)
    new_plans: Series = field(default_factory=dict)
    issued: Series = field(default_factory=dict)
    issued_20: Series = field(default_factory=dict)
    refused: Series = field(default_factory=dict)
    undecided: Series = field(default_factory=dict)
    pupils_by_need: Mapping[str, Series] = field(default_factory=dict)

    def known_at(self, origin: int) -> History:
        """Return what the release with the January `origin` count holds: flows to the calendar year before.

        Examples
        --------
        >>> h = History("E1", {2024: 90, 2025: 99}, requests={2023: 20, 2024: 25}).known_at(2024)
        >>> dict(h.plans), dict(h.requests)
        ({2024: 90}, {2023: 20})
        """

        def to(series: Series, last: int) -> dict[int, float]:
            return {year: value for year, value in series.items() if year <= last}

        last = origin - 1
        return replace(
            self,
            plans=to(self.plans, origin),
            pupils_5_15=to(self.pupils_5_15, origin),
            pupils_by_need={need: to(series, origin) for need, series in self.pupils_by_need.items()},
            requests=to(self.requests, last),
            new_plans=to(self.new_plans, last),
            issued=to(self.issued, last),
            issued_20=to(self.issued_20, last),
            refused=to(self.refused, last),
            undecided=to(self.undecided, last),
        )

    def late(self, year: int) -> float | None:
        """Return the share of plans issued in the calendar `year` after 20 weeks, or None if not known."""
        issued, in_time = known(self.issued, year), known(self.issued_20, year, zero=True)
        return None if issued is None or in_time is None or in_time > issued else 1.0 - in_time / issued


@dataclass(frozen=True)
class National:
    """England's series, the yearly median lateness over the development areas, and the fitted constants.

    Parameters
    ----------
    england : History
        England's own series.
    median_late : mapping of calendar year to share
        Median over the development areas of the share of plans issued after 20 weeks, excluding exceptions.
    constants : mapping of name to value
        The constants of the rules, from ``forecast_constants.csv``.
    """

    england: History
    median_late: Series
    constants: Mapping[str, float]

    def known_at(self, origin: int) -> National:
        """Return the same with nothing that was published after the January `origin` release."""
        medians = {year: value for year, value in self.median_late.items() if year < origin}
        return replace(self, england=self.england.known_at(origin), median_late=medians)


def known(series: Series, year: int, zero: bool = False) -> float | None:
    """Return the figure of a `year`, or None where it is missing, not a number, negative, or 0 unless `zero`.

    Examples
    --------
    >>> known({2022: 0.0}, 2022) is None, known({2022: 0.0}, 2022, zero=True)
    (True, 0.0)
    """
    value = series.get(year)
    if value is None or not np.isfinite(value) or value < 0 or (value == 0 and not zero):
        return None
    return float(value)


def rolled_on(stock: Series, joined: Series, left: Sequence[Series], sometimes: Series) -> dict[int, float]:
    """Return the stock at each year's end, later years rolled on by what joined less what left.

    Parameters
    ----------
    stock, joined : mapping of year to count
    left : sequence of mappings
        Flows out. Rolling stops at the first year in which one, or `joined`, is missing.
    sometimes : mapping of year to count
        A flow out that is not published in every year; 0 where it is not.

    Examples
    --------
    >>> rolled_on({2021: 50.0}, {2022: 100.0, 2023: 90.0}, [{2022: 70.0}], {2022: 10.0})
    {2021: 50.0, 2022: 70.0}
    """
    out = dict(stock)
    year = max(out, default=0)
    while out:
        flows = [known(series, year + 1, zero=True) for series in (joined, *left)]
        if None in flows:
            break
        gone = sum(flow for flow in flows[1:] if flow is not None) + sometimes.get(year + 1, 0.0)
        out[year + 1] = max(out[year] + (flows[0] or 0.0) - gone, 0.0)
        year += 1
    return out


def growth(series: Series, origin: int, spans: Sequence[int] = (1, 2, 3)) -> float | None:
    """Return the mean of the yearly log growth over the last `spans` years, those known; None if none is.

    Examples
    --------
    >>> round(growth({2022: 100.0, 2024: 121.0}, 2024), 4)
    0.0953
    """
    last = known(series, origin)
    firsts = [(k, known(series, origin - k)) for k in spans]
    rates = [np.log(last / first) / k for k, first in firsts if last is not None and first is not None]
    return float(np.mean(rates)) if rates else None


def recent_growth(series: Series, origin: int, weights: Sequence[float] = RECENT) -> float | None:
    """Return the yearly log growth of the last years, the latest weighing most; None if no year is known.

    The weights are those of simple exponential smoothing (0.7, then 0.3 of it a year back, and so on), cut
    after three years and shared out over the years that are known.

    Examples
    --------
    >>> round(recent_growth({2021: 100.0, 2022: 100.0, 2023: 100.0, 2024: 110.0}, 2024), 4)
    0.0667
    """
    total, weight = 0.0, 0.0
    for back, w in enumerate(weights):
        rate = log_ratio(series, origin - back, series, origin - back - 1)
        if rate is not None:
            total, weight = total + w * rate, weight + w
    return total / weight if weight else None


def log_ratio(top: Series, top_year: int, base: Series, base_year: int) -> float | None:
    """Return log(top / base), or None where either figure is missing or 0."""
    a, b = known(top, top_year), known(base, base_year)
    return None if a is None or b is None else float(np.log(a / b))


def excess(area: float | None, england: float | None) -> float | None:
    """Return the area's figure less England's, or None where either is missing."""
    return None if area is None or england is None else area - england
