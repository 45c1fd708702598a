"""Who pays what of a budget: shares, starts, caps, and what is over or under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.kernel.split import capped_shares

BY_SHARES = "shares"
"""Instead of a funder: all in their shares."""


@dataclass(frozen=True)
class Shared:
    """A budget shared out: GBP by partner, year and draw."""

    planned: np.ndarray
    paid: np.ndarray
    over: np.ndarray


def share_out(
    spent: np.ndarray,
    years: np.ndarray,
    contributions: Mapping[str, float],
    weights: np.ndarray | None = None,
    *,
    caps: Mapping[str, float] | None = None,
    starts: Mapping[str, date] | None = None,
    over: str = BY_SHARES,
    under: str = BY_SHARES,
    lead: str | None = None,
) -> Shared:
    """Return what each partner pays of what is spent.

    Parameters
    ----------
    spent : ndarray, (year, draw)
        GBP.
    years : ndarray of int, (year,)
        Financial years.
    contributions, caps, starts, over, under, lead
        As in `pool`.
    weights : ndarray, (partner, year, draw), optional
        In proportion to which it is shared; by contributions where left out, and where they are all 0.

    Returns
    -------
    Shared
        ``planned`` (partner, year), ``paid`` (partner, year, draw) and ``over`` (year, draw).

    Examples
    --------
    >>> made = share_out(np.array([[198_000.0]]), np.array([2027]), {"council_high_needs": 100_000, "icb": 80_000})
    >>> made.paid[:, 0, 0].round(2).tolist()
    [110000.0, 88000.0]
    """
    partners = list(contributions)
    present = np.array([[_part_of_year((starts or {}).get(p), int(y)) for y in years] for p in partners])
    planned = np.array([contributions[p] for p in partners], dtype=float)[:, None] * present
    fixed = planned / np.maximum(planned.sum(axis=0), 1e-300)
    shares = np.broadcast_to(fixed[:, :, None], (len(partners), *spent.shape)).copy()
    if weights is not None:
        own = weights * (present[:, :, None] > 0)
        total = own.sum(axis=0)
        shares = np.where(total > 0, own / np.where(total > 0, total, 1.0), shares)
    whole = planned.sum(axis=0)[:, None]
    if np.any((whole == 0) & (spent > 0)):
        raise DomainError(
            "starts: money is spent in a year before any partner has joined. Give an earlier start."
        )
    within, more, less = (
        np.minimum(spent, whole),
        np.maximum(spent - whole, 0.0),
        np.maximum(whole - spent, 0.0),
    )
    paid = shares * (within if under == BY_SHARES else whole)
    if (
        under != BY_SHARES
    ):  # one keeps what is not spent, as far as it has paid in; the rest is kept in shares
        own = np.array([p == under for p in partners])[:, None, None]
        back = np.minimum(less, (paid * own).sum(axis=0))
        paid = paid - own * back
        rest = less - back
        left = paid / np.maximum(paid.sum(axis=0), 1e-300)
        paid = paid - left * rest
    bearing = shares if over == BY_SHARES else np.array([p == over for p in partners], float)[:, None, None]
    paid = paid + bearing * more
    limits = np.array([(caps or {}).get(p, np.inf) for p in partners], dtype=float)
    if np.isfinite(limits).any():
        paid = capped_shares(paid, limits, _who_pays_the_rest(shares, present, partners, lead))
    return Shared(planned, paid, spent - whole)


def _who_pays_the_rest(
    shares: np.ndarray, present: np.ndarray, partners: list[str], lead: str | None
) -> np.ndarray:
    """Return in what proportion those with room pay what caps leave: the lead alone, once it has joined."""
    if lead is None:
        return shares
    alone = np.array([p == lead for p in partners], float)[:, None, None]
    joined = present[partners.index(lead)] > 0
    return np.where(joined[None, :, None], alone, shares)


def _part_of_year(start: date | None, year: int) -> float:
    """Return the part of a financial year in which a partner has joined."""
    if start is None:
        return 1.0
    first, end = date(year, 4, 1), date(year + 1, 4, 1)
    return float(np.clip((end - start).days / (end - first).days, 0.0, 1.0))
