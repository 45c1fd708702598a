"""Small helps for plots in a notebook: the palette, and labels at the end of lines that do not run together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
"""Dark blue, turquoise, dark pink and orange of the Government Analysis Function's palette."""


def label_ends(ax: Axes, x: object, ends: Sequence[tuple[str, float, str]], apart: float = 0.06) -> None:
    """Write labels beside the ends of lines, moved apart where they would overlap.

    Parameters
    ----------
    ax : matplotlib Axes
        Its limits are final.
    x : object
        Where the lines end, in the units of the x axis.
    ends : sequence of (text, y, colour)
    apart : float
        Least distance between labels, as a share of the axis.
    """
    low, high = ax.get_ylim()
    order = sorted(ends, key=lambda end: end[1])
    places = [(y - low) / (high - low) for _, y, _ in order]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + apart)
    over = max(places[-1] - 0.97, 0.0)
    places = list(np.maximum(np.array(places) - over, 0.0))
    for (text, _, colour), place in zip(order, places, strict=True):
        at = (x, low + place * (high - low))
        ax.annotate(
            text,
            at,
            xytext=(5, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )
