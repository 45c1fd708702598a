"""Between the nodes of a grid: multilinear interpolation, and how wrong it is at settings held back."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

Axes = Sequence[Sequence[float]]
EDGE = 0.02
"""Added to a chance and to its complement before the odds are taken, so that 0 and 1 have some."""
ODDS, ROOT, PLAIN = "odds", "root", "plain"
"""Scales on which figures are interpolated: a chance by its log odds, a count by its square root, money as it is."""


def to_scale(values: np.ndarray, scale: str) -> np.ndarray:
    """Return figures on the scale on which they are interpolated.

    Examples
    --------
    >>> to_scale(np.array([0.5]), "odds").tolist(), to_scale(np.array([9.0]), "root").tolist()
    ([0.0], [3.0])
    """
    if scale == ODDS:
        return np.log((values + EDGE) / (1 + EDGE - values))
    return np.sqrt(values) if scale == ROOT else values


def from_scale(values: np.ndarray, scale: str) -> np.ndarray:
    """Return figures as they were before `to_scale`.

    Examples
    --------
    >>> from_scale(to_scale(np.array([0.0, 0.7]), "odds"), "odds").round(9).tolist()
    [0.0, 0.7]
    """
    if scale == ODDS:
        return (1 + 2 * EDGE) / (1 + np.exp(-values)) - EDGE
    return values**2 if scale == ROOT else values


def interpolate(axes: Axes, values: np.ndarray, at: Sequence[float], scale: str = PLAIN) -> np.ndarray:
    """Return what stands between the nodes: linear along each axis on a scale, in the cell in which a setting lies.

    Parameters
    ----------
    axes : sequence of sequence of float
        The nodes along each axis, rising.
    values : ndarray, (node of the first axis, node of the second, ..., anything)
    at : sequence of float
        The setting, one number an axis; outside the nodes the last node holds.
    scale : {"plain", "odds", "root"}

    Returns
    -------
    ndarray
        In the shape of the last dimensions of `values`. The page does the same in the browser.

    Examples
    --------
    >>> float(interpolate([[0, 2], [0, 10]], np.array([[0.0, 1.0], [4.0, 9.0]]), [1, 5]))
    3.5
    """
    values = to_scale(values, scale)
    for nodes, value in zip(axes, at, strict=True):  # one axis after the other: the first one goes each time
        if len(nodes) == 1:
            values = values[0]
            continue
        cell = min(max(int(np.searchsorted(nodes, value, side="right")) - 1, 0), len(nodes) - 2)
        share = min(max((value - nodes[cell]) / (nodes[cell + 1] - nodes[cell]), 0.0), 1.0)
        values = values[cell] if share == 0 else (1 - share) * values[cell] + share * values[cell + 1]
    return from_scale(values, scale)


def nodes_of(axes: Axes) -> list[tuple[float, ...]]:
    """Return every node of a grid, the last axis fastest.

    Examples
    --------
    >>> nodes_of([[0, 1], [0, 5]])
    [(0, 0), (0, 5), (1, 0), (1, 5)]
    """
    return list(itertools.product(*axes))


def centres(axes: Axes) -> list[tuple[float, ...]]:
    """Return the middle of every cell of a grid, where interpolation is furthest from what it knows.

    Examples
    --------
    >>> centres([[0, 2, 4], [0, 10]])
    [(1.0, 5.0), (3.0, 5.0)]
    """
    middles = [[(a + b) / 2 for a, b in itertools.pairwise(nodes)] or list(nodes) for nodes in axes]
    return list(itertools.product(*middles))


def errors(
    axes: Axes, values: np.ndarray, held: Mapping[tuple[float, ...], np.ndarray], scale: str = PLAIN
) -> tuple[float, float]:
    """Return how far interpolation is from what was simulated at settings held back: the mean, and the most.

    Parameters
    ----------
    axes, values, scale
        As in `interpolate`.
    held : mapping of setting to ndarray
        What was simulated there; figures that are NaN, which are withheld, are left out.

    Examples
    --------
    >>> errors([[0, 2]], np.array([[0.0, 4.0], [2.0, 8.0]]), {(1,): np.array([1.5, 5.0])})
    (0.75, 1.0)
    """
    gaps = np.concatenate(
        [np.ravel(np.abs(interpolate(axes, values, at, scale) - own)) for at, own in held.items()]
    )
    gaps = gaps[~np.isnan(gaps)]
    return (float(gaps.mean()), float(gaps.max())) if gaps.size else (0.0, 0.0)
