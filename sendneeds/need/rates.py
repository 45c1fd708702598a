"""How plans start, end and move: England's rates by need and age, and an area's own shrunk towards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import AGES
from sendneeds.need import stock

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

CEASED_BANDS = ((0, 15), (16, 18), (19, 25))
"""Opening ages over which an area's cessations are compared with England's: school, sixth form, after."""

REASON_PRIOR = 20.0
"""Plans' worth of England's mix of reasons added to an area's own. Assumed."""


@dataclass(frozen=True)
class NationalRates:
    """England's yearly rates by opening age, from one matched pair of January stocks.

    Parameters
    ----------
    year : int
        Calendar year of the flows.
    leave : ndarray, shape (age,)
        Chance that a plan ends within the year, moves out of the area included; 1 at age 25.
    moved_in : ndarray, shape (age,)
        Plans moved in per plan held at that opening age.
    new : ndarray, shape (need, age)
        New plans by need and opening age, all England.
    without_plan : ndarray, shape (age,)
        Children of that opening age whose plan would be new: residents a year on less the plans kept.
    net : ndarray, shape (age,)
        Plans kept a year on per plan held, moves included.
    """

    year: int
    leave: np.ndarray
    moved_in: np.ndarray
    new: np.ndarray
    without_plan: np.ndarray
    net: np.ndarray

    @property
    def moved_weight(self) -> np.ndarray:
        """Plans moved in per plan that lasts the year, by opening age, shape (age,)."""
        return np.divide(self.moved_in, 1 - self.leave, out=np.zeros_like(self.leave), where=self.leave < 1)

    @property
    def hazard(self) -> np.ndarray:
        """New plans per child without a plan, shape (need, age)."""
        return self.new / self.without_plan


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


def survival(before: np.ndarray, after: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the share of a cohort's plans still held a year later, net of moves.

    ``s[a] = (E_after[a+1] - new[a]) / E_before[a]``: a matched pair of stocks less the new plans on the
    cohort's age base (model section 2).

    Parameters
    ----------
    before, after, new : ndarray, shape (age,)
        Plans by age in two Januaries; new plans between, by opening age.

    Returns
    -------
    ndarray of float, shape (age,)
        0 at the last age, when everybody passes it. Under 3, where the groups are too small to tell, the
        value of age 3.

    Examples
    --------
    >>> before, after, new = np.full(26, 100.0), np.full(26, 110.0), np.full(26, 20.0)
    >>> survival(before, after, new)[10]
    np.float64(0.9)
    """
    out = np.zeros(len(AGES))
    out[:-1] = (after[1:] - new[:-1]) / before[:-1]
    out[:3] = out[3]
    return out


def spread_new(table: pd.DataFrame, year: int, after: np.ndarray) -> np.ndarray:
    """Return new plans by need and opening age from the flow table on the cohort's age base.

    The group 0-2 is spread as the plans a year on at ages 1 to 3 stand; 20-25 as those at 21 to 25.

    Parameters
    ----------
    table : DataFrame
        ``ehc_flow``.
    year : int
        Calendar year.
    after : ndarray, shape (age,)
        England's plans by age a year on.
    """
    shape = np.append(after[1:], 0.0)
    where: dict[str, object] = {"stage": "new_plans_by_cohort_age", "calendar_year": year}
    return stock.by_need_and_age(table, "count", where, shape)[..., 0]


def ceased_by_age(table: pd.DataFrame, year: int, reason: str, shape: np.ndarray) -> np.ndarray:
    """Return plans that ended in a year for a reason, by age at the event, shape (age,)."""
    rows = table[
        (table["stage"] == "ceased")
        & (table["calendar_year"] == year)
        & (table["reason"] == reason)
        & ~table["age"].isin(["all", "unknown"])
    ]
    out = np.zeros(len(AGES))
    for age, count in zip(rows["age"].astype(str), rows["count"], strict=True):
        out += stock.spread_group(float(count), age, shape)
    return out


def reason_shares(area: Area, england: Area, year: int) -> tuple[list[str], np.ndarray]:
    """Return how plans that end divide by reason, by age band.

    Counts of the area in the year with England's shares as prior, worth `REASON_PRIOR` plans a band
    (Dirichlet-multinomial posterior mean).

    Returns
    -------
    (list of str, ndarray of shape (band, reason))
        Reasons as the release names them; the bands of `CEASED_BANDS`.
    """
    flow, nation = area.table("ehc_flow"), england.table("ehc_flow")
    ended = nation[(nation["stage"] == "ceased") & (nation["calendar_year"] == year)]
    reasons = sorted(set(ended["reason"]) - {"all"})
    shape = np.ones(len(AGES))
    counts = [
        np.stack([ceased_by_age(table, year, reason, shape) for reason in reasons])
        for table in (flow, nation)
    ]
    bands = [slice(first, last + 1) for first, last in CEASED_BANDS]
    own, all_england = (np.stack([c[:, band].sum(axis=1) for band in bands]) for c in counts)
    prior = all_england / all_england.sum(axis=1, keepdims=True)
    found = own + REASON_PRIOR * prior
    return reasons, found / found.sum(axis=1, keepdims=True)


def national_rates(england: Area, residents: np.ndarray) -> NationalRates:
    """Return England's rates from the areas whose plans by age are published in both Januaries.

    Moves: plans that pass between areas count as ended and not as new. The published identity's residual over the
    plans that ended as transfers says which part of transfers shows up again; that part is moved in, by
    age as transfers are, and the chance of ending rises by as much, so that the net is what the matched stocks show.

    Parameters
    ----------
    england : Area
    residents : ndarray, shape (age,)
        England's residents at the closing January.

    Returns
    -------
    NationalRates

    Raises
    ------
    MissingDataError
        If the matched stocks or the flows are not there.
    """
    opening, before, after = stock.matched_stocks(england)
    closing = opening + 1
    flow = england.table("ehc_flow")
    new = spread_new(flow, opening, after)
    if not new.any():
        raise MissingDataError(f"England: no new plans by need and cohort age for {opening} in ehc_flow.csv.")
    totals = stock.total_plans(england)
    covered = after.sum() / totals[closing]  # new plans are of all areas, the stocks of the matched ones
    net = survival(before, after, new.sum(axis=0) * covered)
    transfers = ceased_by_age(flow, opening, "transfer", before) / (before / covered)
    gap = residual_rates(england)[opening] * totals[opening]
    moved = np.nan_to_num(transfers * np.clip(gap / _total(flow, opening, "ceased", "transfer"), 0, 1))
    leave = np.clip(1 - net + moved, 0, 1)
    leave[-1] = 1.0
    without = without_plan(residents, before / covered, net)
    # what England's shares cannot say (a survival over 1) goes to moves, so that the net holds
    moved = np.maximum(net - (1 - leave), 0)
    return NationalRates(opening, leave, moved, new, without, net)


def without_plan(residents: np.ndarray, before: np.ndarray, net: np.ndarray) -> np.ndarray:
    """Return, by opening age, residents a year on who do not keep a plan from before; at least 1."""
    return np.maximum(np.append(residents[1:], 0.0) - before * net, 1.0)


def _total(flow: pd.DataFrame, year: int, stage: str, reason: str = "all") -> float:
    rows = flow[
        (flow["stage"] == stage)
        & (flow["calendar_year"] == year)
        & (flow["age"] == "all")
        & (flow["need"] == "all")
        & (flow["reason"] == reason)
    ]
    return float(rows["count"].iloc[0])


def residual_rates(area: Area) -> dict[int, float]:
    """Return, by calendar year, the share of the opening stock that the published flows leave unexplained.

    ``(E[t+1] - E[t] - new + ceased) / E[t]``: plans moved in, plus errors of the returns.
    """
    totals, flow = stock.total_plans(area), area.table("ehc_flow")
    out = {}
    for year in sorted(set(flow.loc[flow["stage"] == "ceased", "calendar_year"].astype(int))):
        if year in totals and year + 1 in totals:
            gap = (
                totals[year + 1]
                - totals[year]
                - _total(flow, year, "new_plans")
                + _total(flow, year, "ceased")
            )
            out[year] = gap / totals[year]
    return out


def area_rates(
    area: Area,
    england: Area,
    national: NationalRates,
    residents: np.ndarray,
    constants: dict[str, float],
    generator: np.random.Generator,
    draws: int,
) -> AreaRates:
    """Return an area's rates over draws, shrunk to England's shape (Poisson-gamma).

    Each rate is England's times a gamma draw with shape ``alpha + observed`` and rate ``alpha + expected``
    (model section 2), `expected` at England's rates. New plans are compared by need, then by age within the
    need; cessations by three age bands. Moves in are gamma, about the mean of the area's own residuals and England's.

    Parameters
    ----------
    area, england : Area
    national : NationalRates
    residents : ndarray, shape (age,)
        Residents of the area at the close of the flow year.
    constants : dict
        ``cohort_alpha_need``, ``cohort_alpha_cell``, ``cohort_alpha_ceased`` and ``cohort_moved_cv``, fitted on
        the development areas (`sendneeds.need.fit`).
    generator : numpy.random.Generator
    draws : int

    Returns
    -------
    AreaRates
    """
    year = national.year
    before = stock.plans_by_age(area, year)
    flow = area.table("ehc_flow")
    after = stock.plans_by_age(england, year + 1)

    observed = spread_new(flow, year, after)
    expected = national.hazard * without_plan(residents, before, national.net)
    alpha_need, alpha_cell = constants["cohort_alpha_need"], constants["cohort_alpha_cell"]
    need = (alpha_need + observed.sum(axis=1, keepdims=True)) / (
        alpha_need + expected.sum(axis=1, keepdims=True)
    )
    shape = (alpha_cell + observed)[..., None]
    cell = generator.gamma(shape, 1.0, (*observed.shape, draws)) / (alpha_cell + expected * need)[..., None]
    hazard = national.hazard[..., None] * need[..., None] * cell

    england_before = stock.plans_by_age(england, year)
    ended = ceased_by_age(flow, year, "all", before)
    usual = ceased_by_age(england.table("ehc_flow"), year, "all", england_before) / np.maximum(
        england_before, 1
    )
    leave = np.repeat(national.leave[:, None], draws, axis=1)
    alpha = constants["cohort_alpha_ceased"]
    bands = []
    for first, last in CEASED_BANDS:
        band = slice(first, last + 1)
        seen, due = ended[band].sum(), (usual * before)[band].sum()
        leave[band] *= generator.gamma(alpha + seen, 1.0, draws) / (alpha + due)
        bands.append(f"{first}-{last}: {seen:.0f} ended, {due:.0f} expected at England's rates")
    leave = np.clip(leave, 0, 1)
    leave[-1] = 1.0

    own, nation = residual_rates(area), residual_rates(england)
    usual_residual = float(np.mean(list(nation.values())))
    centre = (float(np.mean(list(own.values()))) + usual_residual) / 2 if own else usual_residual
    centre = max(centre, 0.1 * usual_residual)  # moves in are never fewer than none
    spread = constants["cohort_moved_cv"] ** 2
    moved = generator.gamma(1 / spread, spread * centre, draws)
    seen_residuals = ", ".join(f"{y}: {100 * r:+.1f} %" for y, r in own.items())
    notes = (
        f"New plans by need and age are those of {year}, shrunk to England's rates per child without a plan "
        f"(alpha {alpha_need:g} for a need, {alpha_cell:g} for an age within it).",
        f"Plans end as in England between January {year} and {year + 1}, times the area's own rate in {year} "
        f"by age band ({'; '.join(bands)}), shrunk (alpha {constants['cohort_alpha_ceased']:g}); by need alike.",
        f"Plans moved in: {100 * centre:.1f} % of the stock a year, midway between the area's own unexplained "
        f"residuals ({seen_residuals or 'none published'}) and England's.",
    )
    reasons, shares = reason_shares(area, england, year)
    return AreaRates(leave, hazard, moved, national.moved_weight, tuple(reasons), shares, notes)
