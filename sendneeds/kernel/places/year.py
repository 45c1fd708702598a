"""Placements by group and setting from one January to the next: who keeps a place, who seeks one, who finds it.

Arrays are (setting, group, lane); a group is a need and phase, lanes are draws. Counts are whole, and every
child is placed or awaits a place. Integers are split by systematic sampling, so no part is off its exact
share by one or more, none is off it in the mean, and runs that share their luck differ only where their
counts do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BITS = 16
"""Binary places of luck and of shares given as whole numbers."""
PURPOSES = 10
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
    if not np.any(total):
        return np.zeros((len(weight), *np.broadcast_shapes(np.shape(weight)[1:], np.shape(total))), np.int64)
    edges = weight.astype(np.int64)
    for part in range(1, len(edges)):
        edges[part] += edges[part - 1]
    whole = np.maximum(edges[-1], 1)
    # in place from here: there are millions of cells, and passing over memory is what takes the time
    shape = np.broadcast_shapes(edges.shape[1:], np.shape(total))
    if edges.shape[1:] != shape:
        edges = np.broadcast_to(edges, (len(edges), *shape)).copy()
    edges *= total
    edges <<= BITS
    edges += luck * whole
    edges //= whole << BITS
    for part in range(len(edges) - 1, 0, -1):
        edges[part] -= edges[part - 1]
    return edges


def _split_where(total: np.ndarray, weight: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Split as `split` does, passing over groups that have nobody to split in any lane; `total` is (G, L)."""
    some = total.any(axis=1)
    out = np.zeros((len(weight), *total.shape), np.int64)
    out[:, some] = split(total[some], weight[:, some], luck[some])
    return out


def share_of(count: np.ndarray, share: np.ndarray | int, luck: np.ndarray) -> np.ndarray:
    """Return a share, in units of 2**-16, of counts: whole, and right in the mean over luck.

    Examples
    --------
    >>> share_of(np.array([10]), 1 << 14, np.array([[0], [1 << 15]])).ravel().tolist()
    [2, 3]
    """
    return (count * share + luck) >> BITS


def filled(
    want: np.ndarray,
    room: np.ndarray,
    onward: np.ndarray,
    luck: np.ndarray,
    luck_onward: np.ndarray,
    cells: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fill settings in order; where one is full the rest are shared out over others, or await a place.

    Parameters
    ----------
    want : ndarray of int64, (S, G, L)
        Children by the setting they seek, in the order in which settings are filled.
    room : ndarray of int64, (S, L), or (S, C, L) with `cells`
        Free places; negative where there is no ceiling.
    onward : ndarray of int64, (S, S + 1, P, L) or with 1 for L
        For each setting, weights of where those go whom it has no place for: settings later in the order, or earlier
        ones without a ceiling, and last those who await a place. All 0: nobody is turned away or all await. P divides
        G: the first P groups have a weight each, and so have the next.
    luck : ndarray of int64, (S or more, L)
    luck_onward : ndarray of int64, (G, L)
    cells : ndarray of int, (S, G), optional
        Which of a setting's C cells of places a group may take.

    Returns
    -------
    placed : ndarray of int64, (S, G, L)
    turned_away : ndarray of int64, (S, G, L)
        Children whom a setting could not take, by that setting.
    awaiting : ndarray of int64, (G, L)

    Examples
    --------
    >>> room, luck = np.array([[-1], [3], [-1]]), np.zeros((3, 1), int)
    >>> onward = np.zeros((3, 4, 1, 1), int)
    >>> onward[1, [0, 2], 0, 0] = 3, 1  # three in four of those turned away stay in the first, one goes on
    >>> want = np.array([[[10]], [[7]], [[1]]])
    >>> placed, turned, awaiting = filled(want, room, onward, luck, np.zeros((1, 1), int))
    >>> placed[:, 0, 0].tolist(), turned[:, 0, 0].tolist(), int(awaiting[0, 0])
    ([13, 3, 2], [0, 4, 0], 0)
    """
    coming, staying = want.copy(), np.zeros_like(want)
    placed, turned = np.empty_like(want), np.zeros_like(want)
    awaiting = np.zeros_like(want[0])
    for setting, weights in enumerate(onward):
        places = None if cells is None else cells[setting]
        placed[setting] = _admitted(coming[setting], room[setting], luck[setting], places)
        turned[setting] = coming[setting] - placed[setting]
        if turned[setting].any():
            awaiting += turned[setting]
            to = np.flatnonzero(weights[:-1].any(axis=(1, 2)))  # few: they alone are split
            parts = _split_where(turned[setting], _by_group(weights[[*to, -1]], awaiting.shape), luck_onward)
            for other, part in zip(to, parts[:-1], strict=True):
                (staying if other < setting else coming)[other] += part
                awaiting -= part
    return placed + staying, turned, awaiting


def _by_group(weight: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return weights (part, P, L) for every group, (part, G, L)."""
    parts, phases, _ = weight.shape
    groups, lanes = shape
    return np.broadcast_to(weight[:, None], (parts, groups // phases, phases, lanes)).reshape(parts, *shape)


def _admitted(
    seeking: np.ndarray, room: np.ndarray, luck: np.ndarray, cells: np.ndarray | None = None
) -> np.ndarray:
    """Return those of `seeking`, (G, L), whom `room`, (L,) or (C, L) with `cells`, (G,), takes."""
    if cells is not None:
        out = np.empty_like(seeking)
        for cell in np.unique(cells):
            out[cells == cell] = _admitted(seeking[cells == cell], room[cell], luck)
        return out
    if (room < 0).all():
        return seeking
    total = seeking.sum(axis=0)
    return split(np.where(room < 0, total, np.minimum(room, total)), seeking, luck)


def _by_cell(children: np.ndarray, cells: np.ndarray, count: int) -> np.ndarray:
    """Return children, (S, G, L), added up by the cell of their group, (S, C, L)."""
    return np.stack(
        [np.where((cells == c)[..., None], children, 0).sum(axis=1) for c in range(count)], axis=1
    )


def year(
    placed: np.ndarray,
    awaiting: np.ndarray,
    staying: np.ndarray,
    children: np.ndarray,
    mix: np.ndarray,
    held_back: np.ndarray,
    looking: np.ndarray,
    ceiling: np.ndarray,
    onward: np.ndarray,
    luck: np.ndarray,
    cells: np.ndarray | None = None,
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
    ceiling : ndarray of int64, (S,), or (S, C) with `cells`
        Places; negative where there is no ceiling. Children already there stay even above it.
    onward : ndarray of int64, (S, S + 1, P, L or 1)
        Where those go whom a setting has no place for, as in `filled`.
    luck : ndarray of int64, (PURPOSES, max(S, G), L)
    cells : ndarray of int, (S, G), optional
        Which of a setting's C cells of places a group may take; the places of a setting are for all when left out.

    Returns
    -------
    Year

    Examples
    --------
    >>> one, none = np.ones((1, 1), int), np.zeros(1, int)
    >>> luck = np.zeros((PURPOSES, 2, 1), int)
    >>> found = year(np.array([[[6]], [[2]]]), 0 * one, 4 * one, 9 * one, np.array([[[1]], [[0]]]), 0 * one, none,
    ...              np.array([7, -1]), np.array([[0, 1, 0], [0, 0, 0]]).reshape(2, 3, 1, 1), luck)
    >>> found.placed.ravel().tolist(), found.turned_away.ravel().tolist()
    ([7, 2], [1, 0])
    """
    groups = children.shape[0]
    rows = luck[:, :groups]
    # those who stay are spread over the places held and the queue alike; who awaited a place seeks one below
    kept = split(staying, np.concatenate([placed, awaiting[None]]), rows[0])[:-1]
    seeking = children - kept.sum(axis=0)
    back = np.minimum(share_of(children, held_back, rows[1]), seeking)
    want = split(seeking - back, mix, rows[2])
    # of those with a place, those who look for another: at once where there is no ceiling, else into what is left over
    wish = split(share_of(kept.sum(axis=0), looking, rows[4]), mix, rows[5])
    of = np.zeros(want.shape[:2], dtype=np.int64) if cells is None else cells
    places = ceiling.reshape(len(ceiling), -1)
    free = np.where(np.take_along_axis(places, of, axis=1)[..., None] < 0, wish, 0)
    held = kept + free - split(free.sum(axis=0), kept, rows[6])
    count = places.shape[1]
    # a negative ceiling stays a sign: no room is counted for it; nobody is sent away where more are held than places
    room = np.where(places[..., None] < 0, -1, np.maximum(places[..., None] - _by_cell(held, of, count), 0))
    found, turned, left_out = filled(want, room, onward, luck[3], luck[9, :groups], of)
    left = np.maximum(room - _by_cell(found, of, count), 0)
    seeking = zip(wish - free, left, luck[7, : len(wish)], of, strict=True)
    into = np.stack([_admitted(*each) for each in seeking])
    closing = held + found + into - _split_where(into.sum(axis=0), held, rows[8])
    return Year(
        closing,
        back + left_out,
        turned.sum(axis=1),
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
