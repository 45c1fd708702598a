"""Charts of bars and dots: stacked, grouped, waterfall, and two values a row (arrays in, SVG text out)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.labels import Rows, at_most_four, key_of_parts, say_unit, say_unit_below

FILLS = (style.DARK_BLUE, style.TURQUOISE, "#C9B8E4", style.ORANGE)
"""Bars side by side: the third is a pale purple, so that neighbours differ in lightness as well as in hue."""


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
    """Draw a bar for each row, of up to four parts, each with its number in it.

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
    names = Rows(rows)
    with style.canvas(0.95 + names.height, (1.25 if len(parts) < 3 else 1.6) + names.height) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        left = np.zeros(len(rows))
        room, after = (
            (0.16, 1.3) if style.is_narrow() else (0.075, 1.16)
        )  # of a label, in a bar and behind it
        for j, part in enumerate(parts):
            axes.barh(
                np.arange(len(rows)),
                values[:, j],
                left=left,
                height=names.bar,
                color=FILLS[j],
                edgecolor="white",
                linewidth=1.2,
                label=part,
                hatch=(None, None, None, "//")[j],
                zorder=2,
            )
            for i in range(len(rows)):
                if values[i, j] > room * longest * max(1, len(labels[i][j]) / 5):
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
        axes.set_xlim(0, longest * (after if len(totals) else 1.02))
        names.place(axes)
        axes.xaxis.set_major_formatter(lambda v, _: style_pounds(v) if money else f"{v:,.10g}")
        if style.is_narrow():
            axes.xaxis.get_major_locator().set_params(nbins=4)  # type: ignore[call-arg]
        say_unit_below(axes, unit)
        key_of_parts(figure, parts)
        return style.svg(figure)


def grouped(
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
    >>> grouped(["This method"], ["1 year"], np.array([[3.4]]), "error")[:4]
    '<svg'
    """
    at_most_four(len(rows), "methods")
    values = np.asarray(values, float)
    if style.is_narrow():
        return _grouped_rows(rows, groups, values, unit, fmt)
    with style.canvas(2.9) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        width = 0.8 / len(rows)
        for i, row in enumerate(rows):
            x = np.arange(len(groups)) + (i - (len(rows) - 1) / 2) * width
            axes.bar(x, np.nan_to_num(values[i]), width * 0.92, color=FILLS[i], label=row, zorder=2,
                     hatch=(None, None, None, "//")[i], edgecolor="white")  # fmt: skip
            for middle, value in zip(x, values[i], strict=True):
                if np.isfinite(value):
                    axes.text(middle, value, fmt.format(value), ha="center", va="bottom", fontsize=8)
        axes.set_xticks(np.arange(len(groups)), groups)
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:.10g}%")
        say_unit(axes, unit)
        key_of_parts(figure, rows)
        return style.svg(figure)


def _grouped_rows(rows: Sequence[str], groups: Sequence[str], values: np.ndarray, unit: str, fmt: str) -> str:
    """Draw grouped bars lying down, each with its number at its end, for a telephone."""
    step = len(rows) + 1.2
    with style.canvas(0, 1.3 + 0.2 * step * len(groups)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        for i, row in enumerate(rows):
            y = np.arange(len(groups)) * step + i
            axes.barh(y, np.nan_to_num(values[i]), 0.92, color=FILLS[i], label=row, zorder=2,
                      hatch=(None, None, None, "//")[i], edgecolor="white")  # fmt: skip
            for place, value in zip(y, values[i], strict=True):
                if np.isfinite(value):
                    axes.annotate(fmt.format(value), (value, place), xytext=(3, 0), textcoords="offset points",
                                  va="center")  # fmt: skip
        for j, group in enumerate(groups):
            axes.annotate(group, (0, j * step - 0.55), va="bottom")
        axes.set_yticks([])
        axes.set_ylim(len(groups) * step - 1.2, -1.6)
        axes.set_xlim(0, 1.25 * float(np.nanmax(values)))
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:.10g}%")
        say_unit_below(axes, unit)
        key_of_parts(figure, rows)
        return style.svg(figure)


def waterfall(
    rows: Sequence[str], sizes: Sequence[float], labels: Sequence[str], unit: str, total: tuple[str, str]
) -> str:
    """Draw causes that add up, each bar starting where the one before it ended, and their sum as the last bar.

    Parameters
    ----------
    rows : sequence of str
        Causes, in order.
    sizes : sequence of float
        What each adds, negative where it takes away.
    labels : sequence of str
        What is printed beside each bar, its sign included.
    unit : str
    total : (str, str)
        Name and label of the bar of the sum.

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> waterfall(["Population", "Identification"], [40, -10], ["+40", "−10"], "plans", ("Both", "+30"))[:4]
    '<svg'
    """
    ends = np.cumsum(np.asarray(sizes, float))
    starts = np.r_[ends - sizes, 0.0]
    rows, labels = [*rows, total[0]], [*labels, total[1]]
    sizes, ends = np.r_[sizes, ends[-1]], np.r_[ends, ends[-1]]
    span = max(float(np.ptp(np.r_[0, ends])), 1e-9)
    names = Rows(rows, 36)
    with style.canvas(0.7 + names.height) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        axes.spines["left"].set_visible(False)
        axes.axvline(0, color="#505A5F", linewidth=0.9, zorder=1)
        for i, (start, end, size) in enumerate(zip(starts, ends, sizes, strict=True)):
            fill, hatch = (style.DARK_BLUE, None) if size >= 0 else (style.ORANGE, "//")
            if i == len(rows) - 1:
                fill, hatch = style.DARK_GREY, None
            axes.barh(
                i, size, left=start, height=names.bar, color=fill, hatch=hatch, edgecolor="white", zorder=2
            )
            axes.annotate(labels[i], (max(start, end), i), xytext=(5, 0), textcoords="offset points", va="center",
                          fontsize=8.5)  # fmt: skip
            if i + 1 < len(rows):
                axes.plot(
                    [end, end],
                    [i - names.bar / 2, i + 1 + names.bar / 2],
                    color="#8A9196",
                    linewidth=0.8,
                    zorder=1,
                )
        axes.set_xlim(
            min(0.0, float(np.min(ends))) - 0.03 * span,
            max(0.0, float(np.max(np.r_[starts, ends]))) + (0.35 if style.is_narrow() else 0.2) * span,
        )
        names.place(axes)
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
        say_unit_below(axes, unit)
        return style.svg(figure)


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
    circles, squares = np.asarray(first, float), np.asarray(second, float)
    top = float(np.nanmax(np.r_[circles, squares]))
    if style.is_narrow():  # what would stand at the right stands with the name
        rows, labels = [f"{row}: {label}" for row, label in zip(rows, labels, strict=True)], []
    placed = Rows(rows)
    with style.canvas(0.95 + placed.height, 1.05 + placed.height) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes, "x")
        y = np.arange(len(rows))
        axes.hlines(
            y, np.fmin(circles, squares), np.fmax(circles, squares), color="#8A9196", linewidth=2.5, zorder=2
        )
        axes.plot(circles, y, "o", color=style.DARK_PINK, markersize=8, label=names[0], zorder=3)
        axes.plot(squares, y, "s", color=style.DARK_BLUE, markersize=7.5, label=names[1], zorder=3)
        for i, label in enumerate(labels):
            axes.annotate(label, (max(circles[i], squares[i]), i), xytext=(9, 0), textcoords="offset points",
                          va="center", fontsize=8.5)  # fmt: skip
        axes.set_xlim(0, top * (1.32 if len(labels) else 1.05))
        placed.place(axes)
        say_unit_below(axes, unit)
        key_of_parts(figure, names)
        return style.svg(figure)


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
