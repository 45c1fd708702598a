"""Chart kinds with bars, dots and dates: lists by band, cost, demand and capacity, probability by a date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.lines import at_most_four, spread, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FILLS = (style.DARK_BLUE, style.TURQUOISE, "#C9B8E4", style.ORANGE)
"""Bars side by side: the third is a pale purple, so that neighbours differ in lightness as well as in hue."""
LINE = 11.0
"""Points from one line of a row's name to the next."""
LINE_PERCENT = 4.8
"""Height of a line of words beside a probability, in percentage points of its chart."""


def stacked(
    rows: Sequence[str],
    parts: Sequence[str],
    values: np.ndarray,
    labels: Sequence[Sequence[str]],
    unit: str,
    *,
    totals: Sequence[str] = (),
    money: bool = False,
) -> str:
    """Draw one bar a row, made of up to four parts, each with its number in it.

    Parameters
    ----------
    rows, parts : sequence of str
    values : ndarray, shape (rows, parts)
        Lengths, not negative.
    labels : sequence of sequence of str
        What is printed in each part that has room for it.
    unit : str
        What the length measures.
    totals : sequence of str
        What is printed after each bar.
    money : bool
        Write ticks in pounds.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> stacked(["SLT"], ["up to 18", "over 18"], np.array([[150.0, 81.0]]), [["150", "81"]], "children")[:4]
    '<svg'
    """
    at_most_four(len(parts), "parts of a bar")
    values = np.nan_to_num(np.asarray(values, float))
    longest = max(float(values.sum(axis=1).max()), 1e-9)
    with style.canvas(0.95 + row_height(rows) * len(rows)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        left = np.zeros(len(rows))
        for j, part in enumerate(parts):
            axes.barh(
                np.arange(len(rows)),
                values[:, j],
                left=left,
                height=0.62,
                color=FILLS[j],
                edgecolor="white",
                linewidth=1.2,
                label=part,
                hatch=(None, None, None, "//")[j],
                zorder=2,
            )
            for i in range(len(rows)):
                if values[i, j] > 0.075 * longest * max(1, len(labels[i][j]) / 5):
                    ink = "white" if j == 0 else style.TEXT
                    axes.text(
                        left[i] + values[i, j] / 2,
                        i,
                        labels[i][j],
                        ha="center",
                        va="center",
                        color=ink,
                        fontsize=8.5,
                        bbox={"facecolor": FILLS[j], "edgecolor": "none", "pad": 1.0} if j == 3 else None,
                    )
            left = left + values[:, j]
        for i, total in enumerate(totals):
            axes.annotate(total, (left[i], i), xytext=(5, 0), textcoords="offset points", va="center",
                          fontsize=8.5, fontweight="bold")  # fmt: skip
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, longest * (1.16 if len(totals) else 1.02))
        row_names(axes, rows)
        axes.xaxis.set_major_formatter(lambda v, _: style_pounds(v) if money else f"{v:,.10g}")
        axes.set_xlabel(unit, color="#505A5F")
        figure.legend(loc="outside upper left", ncols=len(parts), frameon=False, handlelength=1.2,
                      columnspacing=1.4, fontsize=8.5)  # fmt: skip
        return style.svg(figure)


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


def style_pounds(value: float) -> str:
    """Return a short tick in pounds.

    Examples
    --------
    >>> style_pounds(250_000), style_pounds(1_500_000)
    ('£250k', '£1.5m')
    """
    if abs(value) >= 1e6:
        return f"£{value / 1e6:.10g}m"
    return f"£{value / 1e3:.10g}k" if abs(value) >= 1e3 else f"£{value:.10g}"


def dumbbell(
    rows: Sequence[str],
    first: Sequence[float],
    second: Sequence[float],
    names: tuple[str, str],
    labels: Sequence[str],
    unit: str,
) -> str:
    """Draw two values a row, a circle and a square joined by a line (demand against capacity).

    Parameters
    ----------
    rows : sequence of str
    first, second : sequence of float
    names : tuple of str
        What the circle and the square are.
    labels : sequence of str
        What is printed at the right of each row.
    unit : str

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> dumbbell(["SLT"], [110], [95], ("Demand", "Capacity"), ["116% of capacity"], "slots a week")[:4]
    '<svg'
    """
    one, two = np.asarray(first, float), np.asarray(second, float)
    top = float(np.nanmax(np.r_[one, two]))
    with style.canvas(0.95 + row_height(rows) * len(rows)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        at = np.arange(len(rows))
        axes.hlines(at, np.fmin(one, two), np.fmax(one, two), color="#8A9196", linewidth=2.5, zorder=2)
        axes.plot(one, at, "o", color=style.DARK_PINK, markersize=8, label=names[0], zorder=3)
        axes.plot(two, at, "s", color=style.DARK_BLUE, markersize=7.5, label=names[1], zorder=3)
        for i, label in enumerate(labels):
            axes.annotate(label, (max(one[i], two[i]), i), xytext=(9, 0), textcoords="offset points",
                          va="center", fontsize=8.5)  # fmt: skip
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(0, top * 1.32)
        row_names(axes, rows)
        axes.set_xlabel(unit, color="#505A5F")
        figure.legend(loc="outside upper left", ncols=2, frameon=False, handletextpad=0.4, fontsize=8.5)
        return style.svg(figure)


def waterfall(rows: Sequence[str], sizes: Sequence[float], labels: Sequence[str], unit: str) -> str:
    """Draw causes that add up: each bar starts where the one before it ended.

    Parameters
    ----------
    rows : sequence of str
        Causes, in order.
    sizes : sequence of float
        What each adds, negative where it takes away.
    labels : sequence of str
        What is printed beside each bar, its sign included.
    unit : str

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> waterfall(["Population", "Identification"], [40, -10], ["+40", "−10"], "plans")[:4]
    '<svg'
    """
    ends = np.cumsum(np.asarray(sizes, float))
    starts = ends - sizes
    span = max(float(np.ptp(np.r_[0, ends])), 1e-9)
    with style.canvas(0.7 + row_height(rows, 36) * len(rows)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        axes.spines["left"].set_visible(False)
        axes.axvline(0, color="#505A5F", linewidth=0.9, zorder=1)
        for i, (start, end, size) in enumerate(zip(starts, ends, sizes, strict=True)):
            fill, hatch = (style.DARK_BLUE, None) if size >= 0 else (style.ORANGE, "//")
            axes.barh(i, size, left=start, height=0.6, color=fill, hatch=hatch, edgecolor="white", zorder=2)
            axes.annotate(labels[i], (max(start, end), i), xytext=(5, 0), textcoords="offset points", va="center",
                          fontsize=8.5)  # fmt: skip
            if i + 1 < len(rows):
                axes.plot([end, end], [i - 0.3, i + 1.3], color="#8A9196", linewidth=0.8, zorder=1)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(
            min(0.0, float(np.min(ends))) - 0.03 * span,
            max(0.0, float(np.max(np.r_[starts, ends]))) + 0.2 * span,
        )
        row_names(axes, rows, 36)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
        axes.set_xlabel(unit, color="#505A5F")
        return style.svg(figure)


def dots(
    rows: Sequence[str],
    groups: Sequence[str],
    values: np.ndarray,
    unit: str,
    *,
    fmt: str = "{:.1f}%",
) -> str:
    """Draw grouped bars with their numbers: rows of methods, groups of horizons (the track record).

    Parameters
    ----------
    rows, groups : sequence of str
        At most four rows (the series), any number of groups.
    values : ndarray, shape (rows, groups)
    unit : str
    fmt : str

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> dots(["This method"], ["1 year"], np.array([[3.4]]), "error")[:4]
    '<svg'
    """
    at_most_four(len(rows), "methods")
    values = np.asarray(values, float)
    with style.canvas(2.9) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        width = 0.8 / len(rows)
        for i, row in enumerate(rows):
            at = np.arange(len(groups)) + (i - (len(rows) - 1) / 2) * width
            axes.bar(at, np.nan_to_num(values[i]), width * 0.92, color=FILLS[i], label=row, zorder=2,
                     hatch=(None, None, None, "//")[i], edgecolor="white")  # fmt: skip
            for x, value in zip(at, values[i], strict=True):
                if np.isfinite(value):
                    axes.text(x, value, fmt.format(value), ha="center", va="bottom", fontsize=8)
        axes.set_xticks(np.arange(len(groups)), groups)
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:.10g}%")
        axes.set_title(unit, loc="left", fontsize=9, color="#505A5F")
        figure.legend(
            loc="outside upper left", ncols=len(rows), frameon=False, handlelength=1.2, fontsize=8.5
        )
        return style.svg(figure)


def by_date(
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
    >>> by_date(["As now"], months, np.array([[0.1, 0.2]]), "probability")[:4]
    '<svg'
    """
    at_most_four(len(names), "options")
    values = 100 * np.asarray(values, float)
    x = np.asarray(months, "datetime64[M]").astype(int) / 12 + 1970
    with style.canvas(3.7) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        for level, words in marks:
            axes.axhline(100 * level, color="#505A5F", linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
            # the words stand at the end where the lines leave more room
            apart = np.abs(values - 100 * level).min(axis=0)
            fifth = max(1, len(x) // 5)
            left = apart[:fifth].min() >= apart[-fifth:].min()
            axes.annotate(words, (x[0] if left else x[-1], 100 * level), xytext=(2 if left else -2, 3),
                          textcoords="offset points", ha="left" if left else "right", fontsize=8,
                          color="#505A5F")  # fmt: skip
        for i, _ in enumerate(names):
            axes.plot(
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
        _name_lines(axes, names, x, values)
        axes.set_ylim(-2, 104)
        axes.set_xlim(x[0], x[-1])
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=7)  # type: ignore[call-arg]
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:.0f}%")
        axes.set_title(unit, loc="left", fontsize=9, color="#505A5F")
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
