"""Annual reviews: those due, held and overdue by week, and who attends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.constants import TERM_WEEKS_PER_YEAR, WEEKS_PER_YEAR
from sendneeds.kernel import streams
from sendneeds.kernel.ehc import annual_reviews as ehc_reviews
from sendneeds.kernel.slots import whole
from sendneeds.waits.ehc.disputes import EHC
from sendneeds.waits.ehc.published_rates import stage_counts

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

OVERDUE = ("reviews_held_before", "reviews_not_held")
ATTEND = "annual_review_share"


def reviews(
    area: Area, need: NeedProjection, days: np.ndarray, a_year: float | None
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], str]:
    """Return reviews due, held and overdue by week, those that a service attends, and what was assumed.

    A plan in place in January falls due once in the year, twelve months after its last review, in term; one that ends
    in the year does so with the chance of a half. A plan issued in the year is first due in the next. Reviews are held
    as far as there is room, the longest overdue first: the reviews a year given, the pack's ``reviews_held_per_year``
    for the service ``EHC``, or as many as were held in the latest year published.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    days : ndarray of datetime64[D], (week,)
    a_year : float or None
        Reviews that can be held a year.

    Returns
    -------
    flows : dict of str to ndarray of int, (week, draw)
        ``reviews_due``, and ``reviews_held`` and ``reviews_overdue`` (week + 1) where something says how many can be.
    attended : dict of str to ndarray of int, (week, draw)
        By service, of those held, or of those due.
    note : str
    """
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    out = {"reviews_due": _due(need, days)}
    counts = stage_counts(area)
    parameters = Parameters(area) if area.has("service_parameters") else None
    published = counts.get("reviews_held_in_year", {})
    if a_year is not None:
        room, note = np.full(draws, float(a_year)), f"up to {a_year:g} a year are held, as given"
    elif parameters is not None and parameters.has(EHC, "reviews_held_per_year"):
        room = parameters.draw(EHC, "reviews_held_per_year", draws, seed)
        note = "as many are held as the pack says can be"
    elif published:
        year = max(published)
        room = np.full(draws, published[year])
        note = f"as many are held a year as in {year} ({published[year]:,.0f}), a pace and not what there is room for"
    else:
        room, note = None, "no figure says how many can be held, so none held or overdue are given"
    if room is not None:
        opening = sum(counts[stage][max(counts[stage])] for stage in OVERDUE if counts.get(stage))
        term = in_term(days)[:, None] * (WEEKS_PER_YEAR / TERM_WEEKS_PER_YEAR)
        weekly = whole(term * room[None, :] / WEEKS_PER_YEAR)
        start = np.full(draws, round(opening))
        out["reviews_held"], out["reviews_overdue"] = ehc_reviews.held(out["reviews_due"], weekly, start)
        note += f"; {round(opening):,} overdue at the start"
    held = out.get("reviews_held", out["reviews_due"])
    attended = {}
    if parameters is not None:
        for service in parameters.services([ATTEND]):
            share = parameters.draw(service, ATTEND, draws, seed)[None, :]
            luck = streams.uniforms(seed, (area.code, service, "reviews"), len(days), draws)
            attended[service] = streams.binomial(held.astype(np.int32), share, luck)
    return out, attended, f"Annual reviews: {note}."


def _due(need: NeedProjection, days: np.ndarray) -> np.ndarray:
    """Return reviews due each week, (week, draw): a year's plans over its weeks in term."""
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    ended = need.data["ceased"].sum(
        [d for d in need.data["ceased"].dims if d not in ("calendar_year", "draw")]
    )
    year = days.astype("datetime64[Y]").astype(int) + 1970
    out = np.zeros((days.size, plans.sizes["draw"]), dtype=np.int64)
    for one in np.unique(year):
        first = min(int(one), int(plans["year"].values[-1]))
        stock = plans.sel(year=first).values.astype(float)
        if one in ended["calendar_year"].values:
            stock = stock - ended.sel(calendar_year=one).values / 2
        # the weeks of the horizon are part of a year: the others have their share of it too
        monday = days[year == one][0]
        all_ = np.arange(monday - 7 * 53, monday + 7 * 54, 7).astype("datetime64[D]")
        all_ = all_[all_.astype("datetime64[Y]").astype(int) + 1970 == one]
        parted = ehc_reviews.spread_over(np.rint(stock).astype(np.int64), in_term(all_).astype(float))
        out[year == one] = parted[np.isin(all_, days)]
    return out
