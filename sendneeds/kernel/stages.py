"""Lists in a row: a share of those seen at one stage join the list of the next, some weeks later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.lists.fifo import ListPath, fifo


class Stage(NamedTuple):
    """One list of a pathway.

    Parameters
    ----------
    slots, opening, hazard, keys, age_out
        As in `lists.fifo`.
    conversion : float, (T, 1) or (T, L)
        Share of those seen who go on to the next stage.
    delay : tuple of float
        Chances of joining the next list 0, 1, 2, ... weeks after being seen; they add up to 1.
    u : ndarray of uint64, (T, L)
        Uniforms for conversion and delay; needed where another stage follows.
    """

    slots: np.ndarray
    opening: np.ndarray
    hazard: np.ndarray | float | None = None
    keys: np.ndarray | None = None
    age_out: np.ndarray | float | None = None
    conversion: np.ndarray | float = 1.0
    delay: tuple[float, ...] = (0.0, 1.0)
    u: np.ndarray | None = None


def in_a_row(arrivals: np.ndarray, stages: Sequence[Stage]) -> list[ListPath]:
    """Return the path of each stage's list.

    Parameters
    ----------
    arrivals : ndarray of int32, (T, L)
        Children joining the first list.
    stages : sequence of Stage

    Returns
    -------
    list of ListPath
    """
    paths: list[ListPath] = []
    for stage in stages:
        if paths:
            before = stages[len(paths) - 1]
            if before.u is None:
                raise TypeError("a stage that another follows needs uniforms")
            arrivals = onward(paths[-1].seen, before.conversion, before.delay, before.u)
        paths.append(fifo(arrivals, stage.slots, stage.opening, stage.hazard, stage.keys, stage.age_out))
    return paths


def onward(
    seen: np.ndarray, conversion: np.ndarray | float, delay: Sequence[float], u: np.ndarray
) -> np.ndarray:
    """Return who joins the next list, by week.

    Parameters
    ----------
    seen : ndarray of int32, (T, L)
        Children seen each week.
    conversion : float, (T, 1) or (T, L)
        Share who go on, drawn child by child.
    delay : sequence of float
        Chances of joining 0, 1, 2, ... weeks after being seen.
    u : ndarray of uint64, (T, L)

    Returns
    -------
    ndarray of int32, (T, L)
        Those due after the last week are left out.

    Examples
    --------
    >>> u = streams.uniforms(1, ("docs",), 3, 1)
    >>> onward(np.array([[5], [0], [0]]), 1.0, (0.0, 1.0), u)[:, 0].tolist()
    [0, 5, 0]
    """
    going = streams.binomial(seen, conversion, u)
    joining = np.zeros_like(going)
    weeks, rest = len(going), 1.0
    for late, chance in enumerate(delay):
        if not chance:
            continue
        now = streams.binomial(going, min(chance / rest, 1.0), streams.hashed(u, late + 1))
        if late < weeks:
            joining[late:] += now[: weeks - late]
        going -= now
        rest -= chance
    return joining
