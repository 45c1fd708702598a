"""Placements by group and setting from one January to the next: who keeps a place, who seeks one, who finds it.

Arrays are (setting, group, lane); a group is a need and phase, lanes are draws. Counts are whole, and every
child is placed or awaits a place. Integers are split by systematic sampling, so no part is off its exact
share by one or more, none is off it in the mean, and runs that share their luck differ only where their
counts do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NOWHERE = -1
"""Where the overflow of a setting goes when it goes to no other: the child awaits a place."""
BITS = 16
"""Binary places of luck and of shares given as whole numbers."""
PURPOSES = 9
"""Rows of luck that a year uses."""


class Year(NamedTuple):
    """Placements at the close of a year.

    ``placed`` (setting, group, lane) and ``awaiting`` (group, lane) add up to the children; ``turned_away``,
    (setting, lane), are those who sought the setting and found it full; ``moved``, (lane,), those who left a
    place they had for another.
    """

    placed: np.ndarray
    awaiting: np.ndarray
    turned_away: np.ndarray
    moved: np.ndarray


def split(total: np.ndarray, weight: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Split whole totals by whole weights along the first axis, by systematic sampling.

    Parameters
    ----------
    total : ndarray of int64
    weight : ndarray of int64, (part, ...)
        Not negative; where all are 0 every part is 0.
    luck : ndarray of int64
        From 0 to 2**16 - 1, shaped as `total`.

    Returns
    -------
    ndarray of int64, (part, ...)
        Sums to `total`; each the exact share rounded down or up, and equal to it in the mean over luck; so no
        part passes its weight where `total` does not pass their sum.

    Notes
    -----
    Madow (1949): part k gets as many of the points u, u + 1, u + 2, ... as lie between its cumulative shares.

    Examples
    --------
    >>> split(np.array([10]), np.array([[3], [1]]), np.array([1 << 15])).ravel().tolist()
    [8, 2]
    """
    below = np.cumsum(weight, axis=0)
    whole = np.maximum(below[-1], 1)
    edges = (((total * below) << BITS) + luck * whole) // (whole << BITS)
    return np.diff(edges, axis=0, prepend=0)


def share_of(count: np.ndarray, share: np.ndarray | int, luck: np.ndarray) -> np.ndarray:
    """Return a share, in units of 2**-16, of counts: whole, and right in the mean over luck.

    Examples
    --------
    >>> share_of(np.array([10]), 1 << 14, np.array([[0], [1 << 15]])).ravel().tolist()
    [2, 3]
    """
    return (count * share + luck) >> BITS


def filled(
    want: np.ndarray, room: np.ndarray, passed_to: list[int], luck: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fill settings in order; where a setting is full the rest go to another later in the order, or await a place.

    Parameters
    ----------
    want : ndarray of int64, (S, G, L)
        Children by the setting they seek, in the order in which settings are filled.
    room : ndarray of int64, (S, L)
        Free places; negative where there is no ceiling.
    passed_to : list of int
        For each setting, the setting that its overflow goes to, later in the order, or `NOWHERE`.
    luck : ndarray of int64, (S or more, L)

    Returns
    -------
    placed : ndarray of int64, (S, G, L)
    unplaced : ndarray of int64, (S, G, L)
        Children whom a setting could not take, by that setting; those of a setting whose overflow goes
        nowhere await a place.

    Examples
    --------
    >>> room, luck = np.array([[3], [-1]]), np.zeros((2, 1), int)
    >>> placed, unplaced = filled(np.array([[[5]], [[1]]]), room, [1, NOWHERE], luck)
    >>> placed[:, 0, 0].tolist(), unplaced[:, 0, 0].tolist()
    ([3, 3], [2, 0])
    """
    coming = want.copy()
    placed, unplaced = np.empty_like(coming), np.empty_like(coming)
    for setting, after in enumerate(passed_to):
        here = coming[setting]
        placed[setting] = _admitted(here, room[setting], luck[setting])
        unplaced[setting] = here - placed[setting]
        if after != NOWHERE:
            coming[after] += unplaced[setting]
    return placed, unplaced


def _admitted(seeking: np.ndarray, room: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return those of `seeking`, (G, L), whom `room`, (L,), takes."""
    if (room < 0).all():
        return seeking
    total = seeking.sum(axis=0)
    return split(np.where(room < 0, total, np.minimum(room, total)), seeking, luck)


def year(
    placed: np.ndarray,
    awaiting: np.ndarray,
    staying: np.ndarray,
    children: np.ndarray,
    mix: np.ndarray,
    held_back: np.ndarray,
    looking: np.ndarray,
    ceiling: np.ndarray,
    passed_to: list[int],
    luck: np.ndarray,
) -> Year:
    """Step placements by one year.

    In this order: children who cease or leave the phase give up their places, in proportion to those who hold
    them; the rest keep theirs, but some look for another by the mix, and move at once where there is no
    ceiling. Children without a place, because they are new, come from another phase, or have awaited one,
    seek a setting by the mix; a share of all children is held back awaiting, whatever room there is, and the
    others fill the settings in order. What room is then left takes those who look for another place; the rest
    of these stay where they are.

    Parameters
    ----------
    placed : ndarray of int64, (S, G, L)
        At the opening.
    awaiting : ndarray of int64, (G, L)
    staying : ndarray of int64, (G, L)
        Children of the opening, placed or awaiting, who are in the same group at the close; no more than
        there were.
    children : ndarray of int64, (G, L)
        At the close; no fewer than `staying`.
    mix : ndarray of int64, (S, G, L) or (S, G, 1)
        Weights of the settings for those who seek.
    held_back : ndarray of int64, (G, 1)
        Share of children awaiting whatever room there is, in units of 2**-16.
    looking : ndarray of int64, (L,)
        Share of those with a place who look for another, in the same units.
    ceiling : ndarray of int64, (S,)
        Places; negative where there is no ceiling. Children already there stay even above it.
    passed_to : list of int
    luck : ndarray of int64, (PURPOSES, max(S, G), L)

    Returns
    -------
    Year

    Examples
    --------
    >>> one, none = np.ones((1, 1), int), np.zeros(1, int)
    >>> luck = np.zeros((PURPOSES, 2, 1), int)
    >>> found = year(np.array([[[6]], [[2]]]), 0 * one, 4 * one, 9 * one, np.array([[[1]], [[0]]]), 0 * one, none,
    ...              np.array([7, -1]), [1, NOWHERE], luck)
    >>> found.placed.ravel().tolist(), found.turned_away.ravel().tolist()
    ([7, 2], [1, 0])
    """
    groups = children.shape[0]
    rows = luck[:, :groups]
    kept = split(staying, np.concatenate([placed, awaiting[None]]), rows[0])[:-1]
    seeking = children - kept.sum(axis=0)
    back = np.minimum(share_of(children, held_back, rows[1]), seeking)
    want = split(seeking - back, mix, rows[2])
    wish = split(share_of(kept.sum(axis=0), looking, rows[4]), mix, rows[5])
    free = np.where(ceiling[:, None, None] < 0, wish, 0)
    held = kept + free - split(free.sum(axis=0), kept, rows[6])
    room = np.where(ceiling[:, None] < 0, -1, np.maximum(ceiling[:, None] - held.sum(axis=1), 0))
    found, unplaced = filled(want, room, passed_to, luck[3])
    left = np.maximum(room - found.sum(axis=1), 0)
    into = np.stack([_admitted(*each) for each in zip(wish - free, left, luck[7, : len(wish)], strict=True)])
    closing = held + found + into - split(into.sum(axis=0), held, rows[8])
    nowhere = [setting for setting, after in enumerate(passed_to) if after == NOWHERE]
    return Year(
        closing,
        back + unplaced[nowhere].sum(axis=0),
        unplaced.sum(axis=1),
        (free + into).sum(axis=(0, 1)),
    )


def opened(base: np.ndarray, openings: list[tuple[int, int, int, int]], years: int) -> np.ndarray:
    """Return places by year and setting, new ones filling in equal parts over some years.

    Parameters
    ----------
    base : ndarray of int, (S,)
        Places at the start; negative where there is no ceiling.
    openings : list of (setting, year, places, years to fill)
        The year is counted from 0; a negative number of places is a closure.
    years : int

    Returns
    -------
    ndarray of int64, (Y, S)

    Examples
    --------
    >>> opened(np.array([100, -1]), [(0, 1, 30, 3)], 5)[:, 0].tolist()
    [100, 110, 120, 130, 130]
    """
    out = np.repeat(base[None, :].astype(np.int64), years, axis=0)
    for setting, first, places, fill in openings:
        if base[setting] >= 0:
            for later in range(first, years):
                part = abs(places) * min(later - first + 1, fill) // fill
                out[later, setting] += part if places > 0 else -part
    return np.where(base[None, :] < 0, -1, np.maximum(out, 0))
