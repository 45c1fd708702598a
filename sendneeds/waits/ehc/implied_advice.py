"""How much more advice the record's pace asks for, year by year, as a ratio to the year before the start.

With staff that follow demand, plans are issued as the projection of need has them. Then the advice given in a year is

    advice[y] = assessments advised in y + reviews held in y x share attended x reports each,

and with WTE[T] in post in the year T before the start, each gave ``g = advice[T] / (52 WTE[T])`` a week, so that

    implied[y] = advice[y] / (52 g) = WTE[T] advice[y] / advice[T].

The ratio needs no figure of staff; whole-time equivalents do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import weeks_to
from sendneeds.waits.ehc.requests import ASSESSED, EhcRequests

if TYPE_CHECKING:
    import xarray as xr

PSYCHOLOGISTS = "EP"


@dataclass(frozen=True)
class ImpliedAdvice:
    """Advice of one profession by calendar year, and the staff that it takes.

    Parameters
    ----------
    years : tuple of int
        The year before the start, and those of the run.
    advice : ndarray, (year, draw)
        Reports: for assessments, and for annual reviews attended.
    staff : ndarray, (draw,), or None
        Whole-time equivalents in post at the start; None where no figure says.
    """

    years: tuple[int, ...]
    advice: np.ndarray
    staff: np.ndarray | None

    @property
    def ratio(self) -> np.ndarray:
        """Advice of each year over that of the year before the start, (year, draw)."""
        return self.advice / np.maximum(self.advice[0], 1.0)

    def weekly(self, days: np.ndarray) -> np.ndarray:
        """Return the implied whole-time equivalents by week, (week, draw)."""
        assert self.staff is not None
        year = days.astype("datetime64[Y]").astype(int) + 1970
        row = np.clip(year - self.years[0], 0, len(self.years) - 1)
        return (self.ratio * self.staff)[row]

    def dataset(self) -> xr.Dataset:
        """Return the advice, its ratio and the staff implied by calendar year and draw."""
        import xarray as xr

        first = self.years[0]
        arrays: dict[str, tuple] = {
            "advice_given": (
                ("calendar_year", "draw"),
                self.advice,
                {"long_name": "Reports of educational psychologists", "units": "reports", "kind": "flow"},
            ),
            "advice_ratio": (
                ("calendar_year", "draw"),
                self.ratio,
                {
                    "long_name": f"Reports of educational psychologists over those of {first}",
                    "units": "times",
                },
            ),
        }
        if self.staff is not None:
            text = (
                "Educational psychologists that the reports imply, at the rate of the year before the start"
            )
            arrays["implied_wte"] = (
                ("calendar_year", "draw"),
                self.ratio * self.staff,
                {"long_name": text, "units": "whole-time equivalents", "kind": "stock"},
            )
        return xr.Dataset(arrays, coords={"calendar_year": list(self.years)})


def implied_advice(
    requests: EhcRequests,
    stands_for: int,
    start: np.datetime64,
    first: int,
    last: int,
    reports_a_review: np.ndarray,
    reviews_held: dict[int, np.ndarray],
    staff: np.ndarray | None,
) -> ImpliedAdvice:
    """Return the advice asked of educational psychologists by year: every assessment asks one, as the law has it.

    Parameters
    ----------
    requests : EhcRequests
    stands_for : int
        Requests that each followed request stands for.
    start : datetime64[D]
        Monday of week 0.
    first, last : int
        Calendar years: that before the start, and the last of the run.
    reports_a_review : ndarray, (draw,)
        Share of annual reviews attended times reports each.
    reviews_held : dict of calendar year to ndarray, (draw,)
    staff : ndarray, (draw,), or None

    Returns
    -------
    ImpliedAdvice
    """
    years = tuple(range(first, last + 1))
    draws = reports_a_review.size
    assessed = requests.among(ASSESSED)
    week, lane = requests.advised[assessed], requests.lane[assessed]
    bounds = [weeks_to(date(year, 1, 1), start) for year in (*years, last + 1)]
    given = np.stack(
        [np.bincount(lane[(week >= low) & (week < high)], minlength=draws) for low, high in pairwise(bounds)]
    )
    held = np.stack([reviews_held[year] for year in years])
    return ImpliedAdvice(years, stands_for * given + held * reports_a_review, staff)
