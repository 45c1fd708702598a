"""Words in charts: lines of text that do not overlap, and names of rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

LINE = 11.0
"""Points from one line of a row's name to the next."""
NARROW_BAR = 0.24
"""Inches of a bar in a narrow chart."""
NARROW_LETTERS, WIDE_LETTERS, BELOW_LETTERS = 36, 105, 75
"""Letters in a line across a narrow and a wide chart, and under the axis of a wide one."""
KEY_LETTERS = 23
"""Letters in a line of a narrow key, in bold and behind a piece of its line."""


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


@dataclass(frozen=True)
class Rows:
    """Rows of bars with their names: at the left, or above each bar on a telephone.

    Parameters
    ----------
    names : sequence of str
    width : int
        Letters in a line of a name at the left.

    Examples
    --------
    >>> Rows(["Speech and language therapy"]).inches
    0.4
    """

    names: Sequence[str]
    width: int = 30

    @property
    def lines(self) -> int:
        """Lines of the longest name."""
        width = NARROW_LETTERS if style.is_narrow() else self.width
        return max(len(wrap(name, width).split("\n")) for name in self.names)

    @property
    def inches(self) -> float:
        """Height of a row."""
        if style.is_narrow():
            return NARROW_BAR + self.lines * LINE / 72 + 0.1
        return max(0.4, 0.06 + self.lines * LINE / 72)

    @property
    def height(self) -> float:
        """Height of all rows, inches."""
        return self.inches * len(self.names)

    @property
    def bar(self) -> float:
        """Height of a bar, as a share of its row."""
        return NARROW_BAR / self.inches if style.is_narrow() else 0.62

    def place(self, axes: Axes, first: float = 0.0) -> None:
        """Name the rows and set the vertical axis, on which the middle of the first is at `first`."""
        axes.set_yticks(first + np.arange(len(self.names)), [""] * len(self.names))
        axes.set_ylim(first + len(self.names) - 0.5, first - 0.5)
        if style.is_narrow():
            above = self.bar / 2
            axes.set_ylim(first + len(self.names) - 1 + above + 0.1, first + above - 1)
            for i, name in enumerate(self.names):
                axes.annotate(
                    wrap(name, NARROW_LETTERS),
                    (0, first + i - above),
                    xycoords=("axes fraction", "data"),
                    xytext=(0, 1.5),
                    textcoords="offset points",
                    va="bottom",
                    linespacing=1.05,
                )
            return
        for i, name in enumerate(self.names):
            # line by line: each ends at the axis whatever the font
            lines = wrap(name, self.width).split("\n")
            for k, line in enumerate(lines):
                axes.annotate(
                    line,
                    (0, first + i),
                    xycoords=("axes fraction", "data"),
                    xytext=(-6, LINE * ((len(lines) - 1) / 2 - k)),
                    textcoords="offset points",
                    ha="right",
                    va="center",
                    annotation_clip=False,
                )


def say_unit(axes: Axes, unit: str) -> None:
    """Write what the vertical axis measures above it."""
    width = NARROW_LETTERS if style.is_narrow() else WIDE_LETTERS
    axes.set_title(wrap(unit, width), loc="left", fontsize=9, color="#505A5F", linespacing=1.05)


def say_unit_below(axes: Axes, unit: str) -> None:
    """Write what the horizontal axis measures under it."""
    width = NARROW_LETTERS if style.is_narrow() else BELOW_LETTERS
    axes.set_xlabel(wrap(unit, width), color="#505A5F")


def key_of_parts(figure: Figure, parts: Sequence[str]) -> None:
    """Say above a chart which fill is which part: beside one another, or below where there is little room."""
    columns = len(parts)
    if style.is_narrow():
        columns = 2 if max(len(part) for part in parts) <= NARROW_LETTERS // 2 - 4 else 1
    figure.legend(loc="outside upper left", ncols=columns, frameon=False, handlelength=1.2, columnspacing=1.4,
                  handletextpad=0.5, fontsize=8.5)  # fmt: skip


def key_of_lines(axes: Axes, lines: Sequence[Line2D], names: Sequence[str], unit: str) -> None:
    """Say above a narrow chart what it measures and which line is which, with marker and dashes."""
    axes.legend(
        lines,
        [wrap(name, KEY_LETTERS) for name in names],
        title=wrap(unit, NARROW_LETTERS - 2),
        title_fontproperties={"size": 9},
        alignment="left",
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        borderpad=0,
        frameon=False,
        handlelength=2.6,
        prop={"size": 9, "weight": "bold"},
        labelcolor=[style.SERIES_TEXT[i] for i in range(len(names))],
    )
