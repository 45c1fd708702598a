"""An area's own rates of starting, ending and moving plans, leaning on England's where it is small."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.evidence.series import implausible_new_plans
from sendneeds.need.cohort import rates
from sendneeds.need.cohort.rates import CEASED_BANDS, NationalRates
from sendneeds.need.inputs import stock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sendneeds.evidence.area import Area

LEAST_OF_ENGLAND = 0.1
"""Least part of England's rate of moving in that an area is given. Assumed: it is never none."""
FAR_OUT = 0.1
"""Part of the stock from which a residual is named as far out: of the development areas, 1 year in 30 is."""


@dataclass(frozen=True)
class AreaRates:
    """An area's rates over draws.

    Parameters
    ----------
    leave : ndarray, shape (age, draw)
    hazard : ndarray, shape (need, age, draw)
        New plans per child without a plan, by opening age.
    moved_in_rate : ndarray, shape (draw,)
        Plans moved in a year per plan held.
    moved_weight : ndarray, shape (age,)
        Relative rate of moving in, by opening age.
    reasons : tuple of str
        Why plans end, as the release names it.
    reason_shares : ndarray, shape (band, reason)
        By the age bands of `CEASED_BANDS`.
    notes : tuple of str
        How each was made.
    """

    leave: np.ndarray
    hazard: np.ndarray
    moved_in_rate: np.ndarray
    moved_weight: np.ndarray
    reasons: tuple[str, ...]
    reason_shares: np.ndarray
    notes: tuple[str, ...]


@dataclass(frozen=True)
class AreaEvidence:
    """What is known of an area's rates, from which draws are made.

    Parameters
    ----------
    national : NationalRates
    constants : dict
        ``cohort_alpha_cell``, ``cohort_alpha_ceased`` and ``cohort_moved_cv``, fitted on the development areas
        (`data/_build/cohort_constants.py`).
    observed : callable
        Takes a generator and a number of draws, returns new plans by opening age (need, age, draw); suppressed
        counts are drawn from their range.
    expected : ndarray, shape (need, age)
        New plans due at England's rates times the need's own factor.
    need : ndarray, shape (need, 1)
        The area's factor for each need, shrunk.
    ended : tuple of (float, float)
        Plans that ended, and those due at England's rates, by the age bands of `CEASED_BANDS`.
    moved_in : float
        Plans moved in a year per plan held.
    reasons : tuple of str
    reason_shares : ndarray, shape (band, reason)
    notes : tuple of str
    """

    national: NationalRates
    constants: dict[str, float]
    observed: Callable[[np.random.Generator, int], np.ndarray]
    expected: np.ndarray
    need: np.ndarray
    ended: tuple[tuple[float, float], ...]
    moved_in: float
    reasons: tuple[str, ...]
    reason_shares: np.ndarray
    notes: tuple[str, ...]

    def draw(self, generator: np.random.Generator, draws: int) -> AreaRates:
        """Draw the rates, shrunk to England's shape (Poisson-gamma).

        Each rate is England's times a gamma draw with shape ``alpha + observed`` and rate ``alpha + expected``
        (model section 2); moves in are gamma about their centre.

        Parameters
        ----------
        generator : numpy.random.Generator
        draws : int

        Returns
        -------
        AreaRates
        """
        alpha = self.constants["cohort_alpha_cell"]
        shape = alpha + self.observed(generator, draws)
        cell = generator.gamma(shape, 1.0) / (alpha + self.expected)[..., None]
        hazard = self.national.hazard[..., None] * self.need[..., None] * cell
        leave = np.repeat(self.national.leave[:, None], draws, axis=1)
        alpha = self.constants["cohort_alpha_ceased"]
        for (first, last), (seen, due) in zip(CEASED_BANDS, self.ended, strict=True):
            leave[first : last + 1] *= generator.gamma(alpha + seen, 1.0, draws) / (alpha + due)
        leave = np.clip(leave, 0, 1)
        leave[-1] = 1.0
        spread = self.constants["cohort_moved_cv"] ** 2
        moved = generator.gamma(1 / spread, spread * self.moved_in, draws)
        weight = self.national.moved_weight
        return AreaRates(leave, hazard, moved, weight, self.reasons, self.reason_shares, self.notes)


def area_evidence(
    area: Area, england: Area, national: NationalRates, residents: np.ndarray, constants: dict[str, float]
) -> AreaEvidence:
    """Return what is known of an area's rates: new plans by need and age, plans ended, moves.

    New plans are compared with England's by need, then by age within the need; cessations by three age bands;
    moves in as `moved_in` has it. An area without flows of England's year takes England's rates, with the spread that
    areas have about them.

    Parameters
    ----------
    area, england : Area
    national : NationalRates
    residents : ndarray, shape (age,)
        Residents of the area at the close of the flow year.
    constants : dict
        Those of `AreaEvidence`, and ``cohort_alpha_need``.

    Returns
    -------
    AreaEvidence
    """
    year = national.year
    before = stock.plans_by_age(area, year)
    flow = area.table("ehc_flow")
    after = stock.plans_by_age(england, year + 1)
    middle = rates.spread_new(flow, year, after)[..., 0]
    expected = national.hazard * rates.without_plan(residents, before, national.net)
    alpha_need, alpha_cell = constants["cohort_alpha_need"], constants["cohort_alpha_cell"]
    published = bool(((flow["stage"] == "new_plans_by_cohort_age") & (flow["calendar_year"] == year)).any())
    if not published:
        expected = np.zeros_like(expected)
    seen, due = (a.sum(axis=1, keepdims=True) for a in (middle, expected))
    need = (alpha_need + seen) / (alpha_need + due)

    england_before = stock.plans_by_age(england, year)
    ended = rates.ceased_by_age(flow, year, "all", before)
    all_england = rates.ceased_by_age(england.table("ehc_flow"), year, "all", england_before)
    usual = all_england / np.maximum(england_before, 1) * before
    bands = [slice(first, last + 1) for first, last in CEASED_BANDS]
    if not published:
        ended, usual = np.zeros_like(before), np.zeros_like(before)
    by_band = tuple((float(ended[band].sum()), float(usual[band].sum())) for band in bands)

    centre, moved_note = moved_in(area, england)
    told = "; ".join(
        f"{first}-{last}: {seen:.0f} ended, {due:.0f} expected at England's rates"
        for (first, last), (seen, due) in zip(CEASED_BANDS, by_band, strict=True)
    )
    rates_notes: tuple[str, ...] = (
        f"New plans by need and age are those of {year}, shrunk to England's rates per child without a plan "
        f"(alpha {alpha_need:g} for a need, {alpha_cell:g} for an age within it).",
        f"Plans end as in England between January {year} and {year + 1}, times the area's own rate in {year} "
        f"by age band ({told}), shrunk (alpha {constants['cohort_alpha_ceased']:g}); "
        f"{ending_by_need(stock.januaries_by_need_and_age(area))}",
    )
    if not published:
        rates_notes = (
            f"{area.name} had no new plans by need and age of {year}: plans start and end at England's rates of that "
            "year, with the spread that areas have about them.",
        )
    notes = (*rates_notes, moved_note)
    reasons, shares = rates.reason_shares(area, england, year)
    return AreaEvidence(
        national,
        constants,
        partial(rates.spread_new, flow, year, after),
        expected * need,
        need,
        by_band,
        centre,
        tuple(reasons),
        shares,
        notes,
    )


def ending_by_need(januaries: Sequence[int]) -> str:
    """Return why plans of every need end alike, given the Januaries published by need and age together.

    Examples
    --------
    >>> ending_by_need([2025])
    'by need alike, for one January alone (2025) is published by need and age.'
    """
    if len(januaries) > 1:
        years = " and ".join(map(str, januaries[-2:]))
        return f"by need alike: what the Januaries {years} say of it by need has not been scored, and is not used."
    told = f"one January alone ({januaries[0]}) is" if januaries else "no January is"
    return f"by need alike, for {told} published by need and age."


def moved_in(area: Area, england: Area) -> tuple[float, str]:
    """Return plans moved in a year per plan held, and how they were found.

    Midway between the median of the area's own unexplained residuals and the mean of England's, and at least
    `LEAST_OF_ENGLAND` of England's. The median lets one year's error of the returns say little; years whose new
    plans are implausible are left out.

    Parameters
    ----------
    area, england : Area

    Returns
    -------
    (float, str)

    Examples
    --------
    >>> import sendneeds as sn
    >>> area = sn.open_area("bedford")
    >>> rate, note = moved_in(area, area.england())
    >>> round(100 * rate, 2)
    1.96
    >>> note[:50]
    'Plans moved in: 2.0 % of the stock a year, midway '
    """
    own = rates.residual_rates(area)
    usual = float(np.mean(list(rates.residual_rates(england).values())))
    if own:
        median = float(np.median(list(own.values())))
        centre = (median + usual) / 2
        how = (
            f"midway between the median ({100 * median:+.1f} %) of the area's own unexplained residuals "
            f"({_percents(own)}) and the mean of England's ({100 * usual:+.1f} %)"
        )
    else:
        centre, how = (
            usual,
            "the mean of England's unexplained residuals, for none of the area's own can be made",
        )
    least = LEAST_OF_ENGLAND * usual
    if centre < least:
        how = (
            "a tenth of England's, the least supposed, for fewer than none cannot move in: "
            f"{100 * centre:+.1f} % would be {how}"
        )
        centre = least
    note = f"Plans moved in: {100 * centre:.1f} % of the stock a year, {how}."
    far = {year: rate for year, rate in own.items() if abs(rate) > FAR_OUT}
    if far:
        note += f" Far out, and more likely errors of the returns than moves: {_percents(far)}."
    for year, seen in implausible_new_plans(area).items():
        note += f" {year} is left out as implausible: {seen}."
    return centre, note


def _percents(by_year: Mapping[int, float]) -> str:
    return ", ".join(f"{year}: {100 * rate:+.1f} %" for year, rate in by_year.items())
