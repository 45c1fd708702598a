"""Posts of a service to staff at work: starts, leavers, vacancies, recruitment, ramp-up and job plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from sendneeds.demand.parameters import standard_normal
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.kernel.slots import geometric_weeks, strength_in_turn
from sendneeds.kernel.streams import uniforms

if TYPE_CHECKING:
    from sendneeds.demand.parameters import Parameters
    from sendneeds.evidence.area import Area

LONG_AGO = -1_000
RAMP_WEEKS, RAMP_FROM = 8, 0.5
"""Somebody new works up from half to full strength over so many weeks."""
WEEKS_TO_HIRE = (8.0, 12.0, 16.0)
TURNOVER = 0.12
"""Used where the pack says nothing of either."""
LONGEST_HIRE = 104
"""Weeks to hire beyond which nothing is weighed when the mean strength of staff is worked out."""


@dataclass(frozen=True)
class Post:
    """One funded post.

    Parameters
    ----------
    band : str
        As the establishment list names it, for example ``band 6``.
    wte : float or ndarray, (draw,)
        Whole-time equivalents.
    filled : bool
        Whether somebody is in post at the start; a vacant post is advertised in week 0, unless `advertised` says
        otherwise.
    advertised : int, optional
        Week in which recruitment to a vacant post begins.
    starts : int, optional
        Week in which the holder of a filled post begins; long ago where it is left out.
    ends : int, optional
        Week from which the post is no longer funded, for example a fixed term or agency cover.
    clinical_share : float
        Share of the job plan spent on appointments and advice.
    agency : bool
        Agency staff: at full strength at once, and replaced without a gap.
    """

    band: str
    wte: float | np.ndarray
    filled: bool = True
    advertised: int = 0
    starts: int = LONG_AGO
    ends: int | None = None
    clinical_share: float = 1.0
    agency: bool = False


def staff_at_work(
    posts: Sequence[Post],
    weeks: int,
    draws: int,
    seed: int,
    key: tuple[str, ...],
    *,
    weeks_to_hire: tuple[float, float, float] = WEEKS_TO_HIRE,
    turnover: float | np.ndarray = TURNOVER,
    ramp_from: float = RAMP_FROM,
) -> np.ndarray:
    """Return effective whole-time equivalents at work each week: people leave, posts stand vacant, new staff ramp up.

    Parameters
    ----------
    posts : sequence of Post
    weeks, draws, seed : int
    key : tuple of str
        Area and service; each post has a stream of its own, so adding a post moves no other.
    weeks_to_hire : (float, float, float)
        Low, central and high of the weeks from advertisement to start, an 80 % interval, lognormal in two pieces.
    turnover : float or ndarray, (draw,)
        Share of staff who leave a year.
    ramp_from : float
        Strength of somebody new, who is at full strength eight weeks later; 1 gives those who are paid.

    Returns
    -------
    ndarray of float, shape (week, draw)

    Raises
    ------
    DomainError
        If a share or an interval lies outside its domain.

    Examples
    --------
    >>> steady = staff_at_work([Post("band 6", 1.0)], 4, 2, 1, ("docs",), turnover=0.0)
    >>> steady.tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    low, central, high = weeks_to_hire
    if not 0 < low <= central <= high < np.inf:
        raise DomainError(f"weeks_to_hire={weeks_to_hire}: needs 0 < low <= central <= high.")
    leaving = np.broadcast_to(np.asarray(turnover, dtype=float), (draws,))
    if not ((leaving >= 0) & (leaving < 1)).all():
        raise DomainError(f"turnover={turnover}: a share of staff a year, 0 or more and under 1.")
    total = np.zeros((weeks, draws))
    for number, post in enumerate(posts):
        if not 0 <= post.clinical_share <= 1:
            raise DomainError(f"{post.band}: clinical_share={post.clinical_share} is not between 0 and 1.")
        if not np.any(post.wte):
            continue
        own = (*key, "post", str(number))
        total += _one(post, own, weeks, draws, seed, weeks_to_hire, _hazard(leaving), ramp_from)
    return total


def staff_today(parameters: Parameters, service: str, days: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return the staff at work as things are: people leave, and are replaced after a drawn time to hire.

    Where the pack has a table ``posts`` for the service, its posts are followed as they stand. Otherwise the figure
    ``in_post_wte`` is taken as posts of one whole-time equivalent; what stands empty of them on average is made up by
    the posts vacant today, which are filled at the same pace, so that the mean over draws is the figure in every week.

    Parameters
    ----------
    parameters : Parameters
    service : str
    days : ndarray of datetime64[D], (week,)
    draws, seed : int

    Returns
    -------
    ndarray of float, shape (week, draw)
    """
    hire, turnover = hiring(parameters, service, draws, seed)
    key, weeks = (parameters.area.code, service, "today"), len(days)
    posts = listed_posts(parameters.area, service, days)
    if posts:
        return staff_at_work(posts, weeks, draws, seed, key, weeks_to_hire=hire, turnover=turnover)
    wte = parameters.draw(service, "in_post_wte", draws, seed)
    at_work = staff_at_work(posts_of(wte), weeks, draws, seed, key, weeks_to_hire=hire, turnover=turnover)
    return at_work / mean_strength(weeks, hire, turnover)


def _rows(area: Area, service: str) -> list[dict[str, Any]]:
    if not area.has("posts"):
        return []
    table = area.table("posts")
    return table[table["service"] == service].to_dict("records")


def has_staff(parameters: Parameters, service: str) -> bool:
    """Return whether the pack says what staff a service has, as posts or as one figure."""
    return bool(_rows(parameters.area, service)) or parameters.has(service, "in_post_wte")


def listed_posts(area: Area, service: str, days: np.ndarray) -> list[Post]:
    """Return the posts of a service in the pack's table; a vacant one that nobody is recruited to stays empty."""

    def week(day: Any, otherwise: int | None) -> Any:
        import pandas as pd

        return otherwise if pd.isna(day) else int((np.datetime64(str(day)[:10]) - days[0]).astype(int)) // 7

    return [
        Post(
            row["band"],
            float(row["wte"]),
            row["filled"] == "yes",
            advertised=week(row["start"], len(days)),
            starts=week(row["start"], LONG_AGO),
            ends=None if (last := week(row["end"], None)) is None else last + 1,
            clinical_share=float(row["clinical_share"]),
            agency=row["agency"] == "yes",
        )
        for row in _rows(area, service)
    ]


def in_post_today(parameters: Parameters, service: str, draws: int, seed: int) -> np.ndarray:
    """Return the whole-time equivalents for appointments and advice of those in post at the start, (draw,)."""
    start = np.array([parameters.area.start], dtype="datetime64[D]")
    posts = listed_posts(parameters.area, service, start)
    if not posts:
        return parameters.draw_or(service, "in_post_wte", draws, seed, 0.0)
    today = [
        post for post in posts if post.filled and post.starts <= 0 and (post.ends is None or post.ends > 0)
    ]
    return np.full(draws, sum(post.wte * post.clinical_share for post in today))


def vacant_wte(parameters: Parameters, service: str, draws: int, seed: int) -> np.ndarray:
    """Return the whole-time equivalents funded that nobody holds or is being recruited to, (draw,)."""
    rows = _rows(parameters.area, service)
    if rows:
        import pandas as pd

        idle = [row for row in rows if row["filled"] == "no" and pd.isna(row["start"])]
        return np.full(draws, sum(float(row["wte"]) * float(row["clinical_share"]) for row in idle))
    funded, at_work = (parameters.draw(service, f"{part}_wte", draws, seed) for part in ("funded", "in_post"))
    return np.maximum(funded - at_work, 0.0)


def planned_ring_fence(area: Area, service: str) -> float:
    """Return the share of slots after advice that the job plans of a service's posts keep for first assessments."""
    import pandas as pd

    rows = [row for row in _rows(area, service) if not pd.isna(row.get("firsts_share"))]
    time = [float(row["wte"]) * float(row["clinical_share"]) for row in rows]
    firsts, rest = (
        sum(hours * float(row[f"{part}_share"]) for hours, row in zip(time, rows, strict=True))
        for part in ("firsts", "follow_ups")
    )
    return firsts / (firsts + rest) if firsts + rest > 0 else 0.0


def posts_of(
    wte: np.ndarray,
    advertised: int | None = None,
    ends: int | None = None,
    after: np.ndarray | float = 0.0,
) -> list[Post]:
    """Return whole-time equivalents, (draw,), as posts of one each, the last in part; vacant where `advertised`.

    Those `after` so many others, (draw,), are the posts that come next: what falls on the others is 0.
    """
    count = int(np.ceil((after + wte).max(initial=0.0)))
    return [
        Post(
            f"post {n + 1}",
            np.clip(after + wte - n, 0.0, 1.0) - np.clip(after - n, 0.0, 1.0),
            advertised is None,
            advertised or 0,
            ends=ends,
        )
        for n in range(count)
    ]


def hiring(
    parameters: Parameters, service: str, draws: int, seed: int
) -> tuple[tuple[float, float, float], np.ndarray]:
    """Return the interval of the weeks to hire, and the share of staff who leave a year, (draw,)."""
    found = parameters.get(service, "weeks_to_hire") if parameters.has(service, "weeks_to_hire") else None
    hire = WEEKS_TO_HIRE if found is None else (found.low, found.central, found.high)
    turnover = parameters.draw_or(service, "turnover_share_per_year", draws, seed, TURNOVER)
    return hire, np.minimum(turnover, 0.99)


def mean_strength(weeks: int, hire: tuple[float, float, float], turnover: np.ndarray) -> np.ndarray:
    """Return the expected strength of a post that is filled at the start, (week, draw).

    Stays are geometric, so it is enough to follow the chance that somebody is in post, and the chance that somebody
    starts, week by week.

    Parameters
    ----------
    weeks : int
    hire : (float, float, float)
    turnover : ndarray, (draw,)

    Returns
    -------
    ndarray of float, shape (week, draw)

    Examples
    --------
    >>> mean_strength(3, (8.0, 12.0, 16.0), np.array([0.0]))[:, 0].tolist()
    [1.0, 1.0, 1.0]
    """
    return _mean_strength(weeks, hire, np.asarray(turnover, dtype=float).tobytes())


@lru_cache(maxsize=2)  # most services of an area have the same weeks to hire and turnover
def _mean_strength(weeks: int, hire: tuple[float, float, float], turnover_as_bytes: bytes) -> np.ndarray:
    turnover = np.frombuffer(turnover_as_bytes)
    hazard = _hazard(turnover)
    chance = np.diff(_hired_within(np.arange(LONGEST_HIRE + 1), hire))[::-1]  # the longest hire first
    left, started, out = (np.zeros((weeks, len(turnover))) for _ in range(3))
    since = np.arange(RAMP_WEEKS)[::-1, None]  # weeks since somebody started, the longest first
    short = (1.0 - RAMP_FROM) * (1.0 - since / RAMP_WEEKS) * (1.0 - hazard) ** (since + 1)
    there = np.ones(len(turnover))
    for week in range(weeks):
        back = min(week, LONGEST_HIRE)
        started[week] = chance[LONGEST_HIRE - back :] @ left[week - back : week]
        there = there + started[week]
        left[week] = hazard * there
        there = there - left[week]
        new = min(RAMP_WEEKS, week + 1)
        out[week] = there - (short[RAMP_WEEKS - new :] * started[week + 1 - new : week + 1]).sum(axis=0)
    out.flags.writeable = False
    return out


def _hazard(turnover: np.ndarray) -> np.ndarray:
    return 1.0 - (1.0 - turnover) ** (1.0 / WEEKS_PER_YEAR)


def _hired_within(weeks: np.ndarray, hire: tuple[float, float, float]) -> np.ndarray:
    """Return the chance that a post is filled within so many weeks of being advertised."""
    low, central, high = hire
    z80 = special.ndtri(0.9)
    below, above = np.log(central / low) / z80, np.log(high / central) / z80
    distance = np.log(np.maximum(weeks, 1e-9) / central)
    spread = np.where(distance < 0, below, above)
    certain = np.where(distance >= 0, np.inf, -np.inf)
    return special.ndtr(np.divide(distance, spread, out=certain, where=spread > 0))


def _one(
    post: Post,
    key: tuple[str, ...],
    weeks: int,
    draws: int,
    seed: int,
    hire: tuple[float, float, float],
    hazard: np.ndarray,
    ramp_from: float,
) -> np.ndarray:
    last = np.full(draws, weeks if post.ends is None else min(post.ends, weeks))
    wte = np.asarray(post.wte) * post.clinical_share
    if post.agency:
        first = np.full((1, draws), max(post.starts, 0) if post.filled else post.advertised)
        return wte * strength_in_turn(first, last[None, :], weeks, RAMP_WEEKS, ramp_from=1.0)
    starts, ends = [], []
    start = np.full(draws, post.starts)
    tenure = 0
    if not post.filled:
        start = post.advertised + _weeks_to_hire(seed, (*key, "0"), draws, hire)
    while (start < last).any():  # somebody comes yet
        luck = uniforms(seed, (*key, str(tenure), "leaves"), 1, draws)[0]
        end = np.minimum(np.maximum(start, 0) + geometric_weeks(luck, hazard), last)
        starts.append(start)
        ends.append(end)
        tenure += 1
        start = np.where(end < last, end + _weeks_to_hire(seed, (*key, str(tenure)), draws, hire), weeks)
    if not starts:
        return np.zeros((weeks, draws))
    return wte * strength_in_turn(np.array(starts), np.array(ends), weeks, RAMP_WEEKS, ramp_from)


def _weeks_to_hire(
    seed: int, key: tuple[str, ...], draws: int, hire: tuple[float, float, float]
) -> np.ndarray:
    luck = standard_normal(seed, (*key, "hire"), draws)
    return np.ceil(two_piece_lognormal(*hire, luck)).astype(np.int64)
