"""Annual reviews by year and week: those due, held and overdue, how many must be held, and who attends them.

A plan has one review outstanding at most: the next falls due twelve months after the last was held. So of the plans in
place in a January, those that started in the year before are not due, those whose review was held in it are not
overdue, and of either some 4 % have ended meanwhile::

    due[y]         = plans[Jan y + 1] - 0.96 new[y]
    overdue[y + 1] = max(0, due[y] - 0.96 held[y])          (January y + 1)
    needed[y]      = due[y] / 0.96                           (meetings for none to be overdue)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import in_term
from sendneeds.demand.parameters import Parameters
from sendneeds.foundation import arguments
from sendneeds.kernel import streams
from sendneeds.kernel.ehc.annual_reviews import spread_over
from sendneeds.waits.ehc.disputes import EHC
from sendneeds.waits.ehc.published_rates import stage_counts

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

IN_PLACE_AT_JANUARY = 0.96
"""Of plans new, or reviewed, in a year: those in place in the January after. Some 8 % of plans end in a year, half a
year after either event on average."""
MOST = 1_000_000
OVERDUE = ("reviews_held_before", "reviews_not_held")
HELD = ("reviews_held_in_year", "reviews_held_since")
ATTEND = "annual_review_share"


@dataclass(frozen=True)
class Reviews:
    """Annual reviews of an area.

    Parameters
    ----------
    weekly : dict of str to ndarray of int
        ``reviews_due``, and where something says how many are held ``reviews_held``, (week, draw), and
        ``reviews_overdue``, (week + 1, draw).
    yearly : dict of str to dict of calendar year to ndarray, (draw,)
        ``held``, and ``needed`` for none to be overdue in the January after; the year before the start too.
    attended : dict of str to ndarray of int, (week, draw)
        By service, of those held, or of those due.
    note : str
    """

    weekly: dict[str, np.ndarray]
    yearly: dict[str, dict[int, np.ndarray]]
    attended: dict[str, np.ndarray]
    note: str


def overdue_in_january(plans: np.ndarray, new: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Return reviews overdue in a January: at most one a plan.

    Parameters
    ----------
    plans : ndarray
        In place in that January.
    new, held : ndarray
        Plans that started, and reviews held, in the year before it.

    Examples
    --------
    >>> float(overdue_in_january(np.array(2170.0), np.array(358.0), np.array(1471.0)).round())
    414.0
    """
    return np.maximum(plans - IN_PLACE_AT_JANUARY * (new + held), 0.0)


def published_reviews(area: Area) -> tuple[float, float, float] | None:
    """Return plans with a review held in the latest year published, those expected, and those overdue; or None."""
    counts = stage_counts(area)
    years = [y for y in counts.get("reviews_expected", {}) if y in counts.get(HELD[0], {})]
    if not years:
        return None
    year = max(years)
    held, late = (sum(counts.get(stage, {}).get(year, 0.0) for stage in stages) for stages in (HELD, OVERDUE))
    return held, counts["reviews_expected"][year], late


def reviews(
    area: Area, need: NeedProjection, days: np.ndarray, a_year: float | None = None, fixed: bool = False
) -> Reviews:
    """Return the annual reviews of an area over the weeks of a run.

    The share of reviews due that is held stays as last published, unless a number a year is given, the pack states
    one (``reviews_held_per_year`` for the service ``EHC``), or staff are as they are (`fixed`): then as many are held
    a year as in the latest year published.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    days : ndarray of datetime64[D], (week,)
    a_year : float, optional
        Reviews that can be held a year.
    fixed : bool
        Whether as many are held as now, however many are due.

    Returns
    -------
    Reviews
    """
    draws, seed = need.data.sizes["draw"], int(need.data.attrs["seed"])
    parameters = Parameters(area) if area.has("service_parameters") else None
    own = published_reviews(area)
    known, whose = (
        (own, "") if own else (published_reviews(area.england()), "England's, for want of its own: ")
    )
    room: np.ndarray | None = None
    if a_year is not None:
        arguments.amount(
            "reviews_a_year", a_year, lambda x: 0 <= x <= MOST, "a number from 0 to 1,000,000", 1500
        )
        room, note = np.full(draws, float(a_year)), f"up to {a_year:g} a year are held, as given"
    elif parameters is not None and parameters.has(EHC, "reviews_held_per_year"):
        room = parameters.draw(EHC, "reviews_held_per_year", draws, seed)
        note = "as many are held as the pack says can be"
    elif fixed and own:
        room = np.full(draws, own[0] / IN_PLACE_AT_JANUARY)
        note = f"as many are held a year as in the latest year published ({own[0]:,.0f})"
    elif known:
        note = f"{whose}the share held stays ({known[0]:,.0f} of {known[1]:,.0f}, {known[0] / known[1]:.0%})"
    else:
        note = "no figure says how many are held, so none held or overdue are given"
    weekly, yearly = _by_week(need, days, known, room, own)
    if own:
        note += f"; {own[2]:,.0f} overdue at the start"
    attended = {}
    if parameters is not None:
        held = weekly.get("reviews_held", weekly["reviews_due"])
        for service in parameters.services([ATTEND]):
            share = parameters.draw(service, ATTEND, draws, seed)[None, :]
            luck = streams.uniforms(seed, (area.code, service, "reviews"), len(days), draws)
            attended[service] = streams.binomial(held.astype(np.int32), share, luck)
    if own:
        before = own[0] / IN_PLACE_AT_JANUARY
    else:  # as many for each plan as in the first year
        plans = need.data["children"].sel(provision="E").sum(("need", "age")).mean("draw").values
        first = min(yearly["held"])
        before = float(yearly["held"][first].mean()) * plans[0] / max(plans[1], 1.0)
    year = area.start.year - 1
    kept = known[0] / known[1] if known else 1.0
    yearly["held"][year], yearly["needed"][year] = (
        np.full(draws, before),
        np.full(draws, before / max(kept, 1e-9)),
    )
    return Reviews(weekly, yearly, attended, f"Annual reviews: {note}.")


def _by_week(
    need: NeedProjection,
    days: np.ndarray,
    known: tuple[float, float, float] | None,
    room: np.ndarray | None,
    own: tuple[float, float, float] | None,
) -> tuple[dict[str, np.ndarray], dict[str, dict[int, np.ndarray]]]:
    """Return reviews by week, a year's over its weeks in term, and by year."""
    plans = need.data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw")
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw")
    years = np.unique(days.astype("datetime64[Y]").astype(int) + 1970)
    draws = plans.sizes["draw"]
    first = int(plans["year"].values[0])
    opening = plans.sel(year=first).values.astype(float)
    if own is not None:
        late = np.full(draws, own[2])
    elif known is not None:
        late = opening * known[2] / known[1]
    else:
        late = np.zeros(draws)
    overdue = {int(years[0]): np.rint(late).astype(np.int64)}
    yearly: dict[str, dict[int, np.ndarray]] = {"held": {}, "needed": {}}
    rows: dict[str, list[np.ndarray]] = {"due": [], "held": []}
    for year in map(int, years):
        last = min(year, int(new["calendar_year"].values[-1]))
        stock = plans.sel(year=last + 1).values.astype(float)
        due = stock - IN_PLACE_AT_JANUARY * new.sel(calendar_year=last).values
        needed = due / IN_PLACE_AT_JANUARY
        share = known[0] / known[1] if known else 1.0
        held = needed * share if room is None else np.minimum(room, needed)
        after = np.rint(overdue_in_january(stock, new.sel(calendar_year=last).values, held)).astype(np.int64)
        # what was overdue and what falls due is held or overdue: held gives way where a year's plans fall
        met = np.maximum(np.rint(held).astype(np.int64), overdue[year] - after)
        overdue[year + 1] = after
        yearly["held"][year], yearly["needed"][year] = met.astype(float), needed
        weight, inside = _term_weight(year, days)
        rows["due"].append(spread_over(after - overdue[year] + met, weight)[inside])
        rows["held"].append(spread_over(met, weight)[inside])
    out = {"reviews_due": np.concatenate(rows["due"])}
    if known is not None or room is not None:
        out["reviews_held"] = np.concatenate(rows["held"])
        opening_late = overdue[int(years[0])][None, :]
        moved = np.cumsum(out["reviews_due"] - out["reviews_held"], axis=0)
        out["reviews_overdue"] = np.concatenate([opening_late, opening_late + moved])
    return out, yearly


def _term_weight(year: int, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of every week of a year, 1 in term, and which of them are weeks of the run."""
    monday = days[days.astype("datetime64[Y]").astype(int) + 1970 == year][0]
    weeks = np.arange(monday - 7 * 53, monday + 7 * 54, 7).astype("datetime64[D]")
    weeks = weeks[weeks.astype("datetime64[Y]").astype(int) + 1970 == year]
    return in_term(weeks).astype(float), np.isin(weeks, days)
