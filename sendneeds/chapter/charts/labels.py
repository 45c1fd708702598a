"""Words in charts: lines of text that do not overlap, and names of rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 11.0
"""Points from one line of a row's name to the next."""


def at_most_four(count: int, what: str) -> None:
    """Refuse more series than a reader can tell apart."""
    if not 1 <= count <= len(style.SERIES):
        raise DomainError(
            f"a chart shows 1 to {len(style.SERIES)} {what}, found {count}: split it or group them"
        )


def spread(values: Sequence[float], gap: float | Sequence[float], foot: float = -np.inf) -> list[float]:
    """Return label positions near `values` that do not touch, in the order of the values.

    Labels that would touch form a pile, centred on the mean of its values.

    Parameters
    ----------
    values : sequence of float
    gap : float or sequence of float
        Height of a label: of each, or of all.
    foot : float
        Where the lowest label ends at the lowest.

    Examples
    --------
    >>> spread([10.0, 10.0, 50.0], 4.0)
    [8.0, 12.0, 50.0]
    >>> spread([10.0, 10.0], [2.0, 6.0])
    [7.0, 11.0]
    """
    heights = [gap] * len(values) if isinstance(gap, int | float) else list(gap)
    piles: list[list[int]] = []

    def low(pile: list[int]) -> float:
        middle = sum(values[i] for i in pile) / len(pile)
        return max(middle - sum(heights[i] for i in pile) / 2, foot)

    for i in np.argsort(values, kind="stable").tolist():
        piles.append([i])
        while len(piles) > 1 and low(piles[-1]) < low(piles[-2]) + sum(heights[j] for j in piles[-2]):
            piles[-2:] = [piles[-2] + piles[-1]]
    placed = [0.0] * len(values)
    for pile in piles:
        foot_of_label = low(pile)
        for i in pile:
            placed[i] = float(foot_of_label + heights[i] / 2)
            foot_of_label += heights[i]
    return placed


def wrap(text: str, width: int) -> str:
    """Return `text` on lines of at most `width` characters."""
    return "\n".join(textwrap.wrap(text, width)) or text


def row_names(axes: Axes, rows: Sequence[str], width: int = 30) -> None:
    """Name the rows at the left of the axis, each line of a long name ending there whatever the font."""
    axes.set_yticks(np.arange(len(rows)), [""] * len(rows))
    for i, row in enumerate(rows):
        lines = wrap(row, width).split("\n")
        for k, line in enumerate(lines):
            axes.annotate(
                line,
                (0, i),
                xycoords=("axes fraction", "data"),
                xytext=(-6, LINE * ((len(lines) - 1) / 2 - k)),
                textcoords="offset points",
                ha="right",
                va="center",
                annotation_clip=False,
            )


def row_height(rows: Sequence[str], width: int = 30) -> float:
    """Return the inches that a row needs for its name."""
    return max(0.4, 0.06 + max(len(wrap(row, width).split("\n")) for row in rows) * LINE / 72)
