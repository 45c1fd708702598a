"""The probability that a target is met, by month and option (arrays in, SVG text out)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.labels import at_most_four, key_of_lines, say_unit, spread, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

LINE_PERCENT = 4.8
"""Height of a line of words beside a probability, in percentage points of its chart."""


def probability_by_month(
    names: Sequence[str],
    months: np.ndarray,
    values: np.ndarray,
    unit: str,
    *,
    marks: Sequence[tuple[float, str]] = (),
) -> str:
    """Draw the probability that a target is met and stays met, by month, one line an option.

    Parameters
    ----------
    names : sequence of str
        One to four options.
    months : ndarray of datetime64
    values : ndarray, shape (names, months)
        Probabilities, 0 to 1.
    unit : str
    marks : sequence of (probability, words)
        Horizontal guides.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> months = np.array(["2026-01", "2026-02"], "datetime64[M]")
    >>> probability_by_month(["As now"], months, np.array([[0.1, 0.2]]), "probability")[:4]
    '<svg'
    """
    at_most_four(len(names), "options")
    values = 100 * np.asarray(values, float)
    x = np.asarray(months, "datetime64[M]").astype(int) / 12 + 1970
    with style.canvas(3.7, 2.8 + 0.35 * len(names)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        for level, words in marks:
            axes.axhline(100 * level, color="#505A5F", linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
            # label the guide at the end where the lines leave more room
            apart = np.abs(values - 100 * level).min(axis=0)
            fifth = max(1, len(x) // 5)
            left = apart[:fifth].min() >= apart[-fifth:].min()
            axes.annotate(words, (x[0] if left else x[-1], 100 * level), xytext=(2 if left else -2, 3),
                          textcoords="offset points", ha="left" if left else "right", fontsize=8,
                          color="#505A5F")  # fmt: skip
        lines: list[Line2D] = []
        for i, _ in enumerate(names):
            lines += axes.plot(
                x,
                values[i],
                color=style.SERIES[i],
                linewidth=2.2,
                linestyle=style.DASHES[i],
                marker=style.MARKERS[i],
                markersize=4.5,
                markevery=(2 * i, max(8, len(x) // 9)),
                zorder=3,
            )
        if style.is_narrow():
            key_of_lines(axes, lines, names, unit)
        else:
            _name_lines(axes, names, x, values)
            say_unit(axes, unit)
        axes.set_ylim(-2, 104)
        axes.set_xlim(x[0], x[-1])
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=5 if style.is_narrow() else 7)  # type: ignore[call-arg]
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:.0f}%")
        axes.set_xlabel("start of each year", color="#505A5F")
        return style.svg(figure)


def _name_lines(axes: Axes, names: Sequence[str], x: np.ndarray, values: np.ndarray) -> None:
    labels = [wrap(name, 24) for name in names]
    heights = [LINE_PERCENT * (label.count("\n") + 1.4) for label in labels]
    places = spread([float(v[-1]) for v in values], heights, foot=-4.0)
    for i, (label, place) in enumerate(zip(labels, places, strict=True)):
        axes.annotate(label, (x[-1], place), xytext=(9, 0), textcoords="offset points", va="center",
                      color=style.SERIES_TEXT[i], fontweight="bold", fontsize=8.5,
                      annotation_clip=False, linespacing=1.05)  # fmt: skip
