"""How plans start, end and move: England's rates by need and age, and an area's own shrunk towards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.evidence.series import residuals
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import AGES
from sendneeds.need.inputs import stock

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


def spread_new(
    table: pd.DataFrame,
    year: int,
    after: np.ndarray,
    generator: np.random.Generator | None = None,
    draws: int = 1,
) -> np.ndarray:
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
    generator : numpy.random.Generator, optional
        Draws suppressed counts from their range; without it they stand at its middle.
    draws : int

    Returns
    -------
    ndarray of float, shape (need, age, draw)
    """
    shape = np.append(after[1:], 0.0)
    where: dict[str, object] = {"stage": "new_plans_by_cohort_age", "calendar_year": year}
    return stock.by_need_and_age(table, "count", where, shape, generator, draws)


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
    new = spread_new(flow, opening, after)[..., 0]
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

    ``(E[t+1] - E[t] - new + ceased) / E[t]``: plans moved in, plus errors of the returns. Years whose new plans are
    implausible are not there.
    """
    known = residuals(area).dropna()
    return {
        int(y): m / e
        for y, m, e in zip(known["calendar_year"], known["moved"], known["opening"], strict=True)
    }
