"""Posts of a service to staff at work: starts, leavers, vacancies, recruitment, ramp-up and job plans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.kernel.slots import geometric_weeks, in_post, lognormal_weeks
from sendneeds.kernel.streams import uniforms

WEEKS_A_YEAR = 365.25 / 7
LONG_AGO = -1_000


@dataclass(frozen=True)
class Post:
    """One funded post.

    Parameters
    ----------
    band : str
        As the establishment list names it, for example ``band 6``.
    wte : float
        Whole-time equivalents.
    filled : bool
        Whether somebody is in post at the start; a vacant post is advertised in week 0, unless `advertised` says
        otherwise.
    advertised : int, optional
        Week in which recruitment to a vacant post begins.
    ends : int, optional
        Week from which the post is no longer funded, for example a fixed term or agency cover.
    clinical_share : float
        Share of the job plan spent on appointments and advice.
    agency : bool
        Agency staff: at full strength at once, and replaced without a gap.
    """

    band: str
    wte: float
    filled: bool = True
    advertised: int = 0
    ends: int | None = None
    clinical_share: float = 1.0
    agency: bool = False


def staff_at_work(
    posts: list[Post],
    weeks: int,
    draws: int,
    seed: int,
    key: tuple[str, ...],
    *,
    weeks_to_hire: tuple[float, float] = (8.0, 16.0),
    turnover: float = 0.12,
    ramp_weeks: int = 8,
) -> np.ndarray:
    """Return effective whole-time equivalents at work each week: people leave, posts stand vacant, new staff ramp up.

    Parameters
    ----------
    posts : list of Post
    weeks, draws, seed : int
    key : tuple of str
        Area and service; each post has a stream of its own, so adding a post moves no other.
    weeks_to_hire : (float, float)
        80 % interval of the weeks from advertisement to start, lognormal.
    turnover : float
        Share of staff who leave a year.
    ramp_weeks : int
        Weeks from half to full strength of somebody new.

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
    low, high = weeks_to_hire
    if not 0 < low <= high:
        raise DomainError(f"weeks_to_hire=({low}, {high}): needs 0 < low <= high.")
    if not 0 <= turnover < 1:
        raise DomainError(f"turnover={turnover}: a share of staff a year, 0 or more and under 1.")
    total = np.zeros((weeks, draws))
    for number, post in enumerate(posts):
        if not 0 <= post.clinical_share <= 1:
            raise DomainError(f"{post.band}: clinical_share={post.clinical_share} is not between 0 and 1.")
        total += _one(
            post, (*key, "post", str(number)), weeks, draws, seed, (low, high), turnover, ramp_weeks
        )
    return total


def _one(
    post: Post,
    key: tuple[str, ...],
    weeks: int,
    draws: int,
    seed: int,
    hire: tuple[float, float],
    turnover: float,
    ramp_weeks: int,
) -> np.ndarray:
    last = np.full(draws, weeks if post.ends is None else post.ends)
    strength = np.array([post.wte * post.clinical_share])
    if post.agency:
        first = 0 if post.filled else post.advertised
        return in_post(strength, np.full((1, draws), first), last[None, :], weeks, ramp_weeks, ramp_from=1.0)
    hazard = 1.0 - (1.0 - turnover) ** (1.0 / WEEKS_A_YEAR)
    total = np.zeros((weeks, draws))
    start = np.full(draws, LONG_AGO)
    tenure = 0
    if not post.filled:
        start = post.advertised + _weeks_to_hire(seed, (*key, "0"), draws, hire)
    while (start < last).any():
        luck = uniforms(seed, (*key, str(tenure), "leaves"), 1, draws)[0]
        stays = geometric_weeks(luck, hazard).astype(np.int64)
        end = np.minimum(np.maximum(start, 0) + stays, last)
        total += in_post(strength, start[None, :], end[None, :], weeks, ramp_weeks)
        tenure += 1
        start = end + _weeks_to_hire(seed, (*key, str(tenure)), draws, hire)
    return total


def _weeks_to_hire(seed: int, key: tuple[str, ...], draws: int, hire: tuple[float, float]) -> np.ndarray:
    return lognormal_weeks(uniforms(seed, (*key, "hire"), 1, draws)[0], *hire).astype(np.int64)
