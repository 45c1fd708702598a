"""Charts of lines: over years, alone or side by side (arrays in, SVG text out).

Titles, sources and tables are beside a chart, not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.labels import at_most_four, key_of_lines, say_unit, spread, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


@dataclass(frozen=True)
class Series:
    """One line of a chart: label, values, and where it has one an interval.

    Parameters
    ----------
    label : str
    x, y : sequence of float
        Years (or other numbers) and values, of one length; NaN leaves a gap.
    low, high : sequence of float
        Ends of the interval; empty where there is none.
    dashed : bool
        Drawn as a broken line (a comparator, or a second basis).
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = field(default=())
    high: Sequence[float] = field(default=())
    dashed: bool = False


def trend(
    series: Sequence[Series],
    unit: str,
    *,
    observed_to: float | None = None,
    scored_to: float | None = None,
    percent: bool = False,
    zero: bool = True,
    height: float = 3.6,
    fmt: str = "{:,.0f}",
    breaks: Sequence[int] = (),
) -> str:
    """Draw lines over years, with interval fans where a series has them.

    Parameters
    ----------
    series : sequence of Series
        One to four.
    unit : str
        What the value axis measures.
    observed_to : float, optional
        Last year that was observed: a rule there parts it from the projection.
    scored_to : float, optional
        Last year whose interval has a track record: the years after are hatched as a scenario range.
    percent : bool
        Write ticks as percentages.
    zero : bool
        Start the value axis at zero.
    height : float
        Inches.
    fmt : str
        How a value is written beside the last point of a line.
    breaks : sequence of int
        First years counted in another way: a dotted rule parts each from the year before.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    DomainError
        If there are no or more than four series.

    Examples
    --------
    >>> trend([Series("Plans", [2024, 2025], [1597, 1868])], "plans")[:4]
    '<svg'
    """
    at_most_four(len(series), "lines")
    series = [s for s in series if np.isfinite(np.asarray(s.y, float)).any()]
    with style.canvas(height, 2.6 + 0.3 * len(series)) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        drawn_lines: list[Line2D] = []
        for index, drawn in enumerate(series):
            colour = style.SERIES[index]
            if len(drawn.low):
                axes.fill_between(
                    drawn.x, drawn.low, drawn.high, color=colour, alpha=0.22, linewidth=0, zorder=2
                )
            drawn_lines += axes.plot(
                drawn.x,
                drawn.y,
                color=colour,
                linewidth=2.2,
                linestyle=style.DASHES[1] if drawn.dashed else "-",
                marker=style.MARKERS[index],
                markersize=4,
                zorder=3,
            )
        tops = np.concatenate([np.r_[np.asarray(s.y, float), np.asarray(s.high, float)] for s in series])
        bottoms = np.concatenate([np.r_[np.asarray(s.y, float), np.asarray(s.low, float)] for s in series])
        top, bottom = float(np.nanmax(tops)), float(np.nanmin(bottoms))
        floor = 0.0 if zero else bottom - 0.1 * (top - bottom)
        top = top if top > floor else floor + 1.0
        axes.set_ylim(floor, floor + (top - floor) * 1.08)
        first = min(min(s.x) for s in series)
        last = max(max(s.x) for s in series)
        axes.set_xlim(first - 0.02 * (last - first), last + 0.02 * (last - first))
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=5 if style.is_narrow() else 8)  # type: ignore[call-arg]
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}%" if percent else f"{v:,.10g}")
        if style.is_narrow():
            key_of_lines(axes, drawn_lines, end_names(series, fmt), unit)
        else:
            label_ends(axes, series, fmt, (top - floor) * 0.17 / height)
            say_unit(axes, unit)
        low = scored_to is not None and any(  # a line along the foot: the words go to the top
            y < floor + 0.15 * (top - floor)
            for drawn in series
            for x, y in zip(drawn.x, drawn.y, strict=True)
            if scored_to <= x <= scored_to + 0.3 * (last - first)
        )
        _eras(axes, first, last, observed_to, scored_to, at_top=low)
        for year in breaks:
            axes.axvline(year - 0.5, color="#505A5F", linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
            axes.annotate(
                "break",
                (year - 0.5, 1),
                xycoords=("data", "axes fraction"),
                xytext=(3, -2),
                textcoords="offset points",
                va="top",
                fontsize=8,
                color="#505A5F",
            )
        return style.svg(figure)


def side_by_side(panels: Sequence[tuple[str, Sequence[Series]]], height: float = 3.0) -> str:
    """Draw two panels over the same years, each with a title, lines and interval fans.

    Parameters
    ----------
    panels : sequence of (title, sequence of Series)
        The title says what is counted. Each line is named where it ends.
    height : float
        Inches.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    DomainError
        If a panel has no or more than four lines.

    Examples
    --------
    >>> line = Series("Waiting", [2025, 2026], [231, 330])
    >>> side_by_side([("Children waiting", [line]), ("Sessions past due", [line])])[:4]
    '<svg'
    """
    count = len(panels)
    beside = (count, 1) if style.is_narrow() else (1, count)
    with style.canvas(height, 2.6 * count) as figure:
        for axes, (title, lines) in zip(figure.subplots(*beside), panels, strict=True):
            at_most_four(len(lines), "lines")
            style.quiet_axes(axes)
            drawn_lines: list[Line2D] = []
            for index, drawn in enumerate(lines):
                colour, alone = style.SERIES[index], len(drawn.x) == 1  # a line through one year is a point
                if len(drawn.low) and alone:
                    axes.vlines(
                        drawn.x, drawn.low, drawn.high, color=colour, alpha=0.22, linewidth=8, zorder=2
                    )
                elif len(drawn.low):
                    axes.fill_between(
                        drawn.x, drawn.low, drawn.high, color=colour, alpha=0.22, linewidth=0, zorder=2
                    )
                drawn_lines += axes.plot(
                    drawn.x, drawn.y, color=colour, linewidth=2.0, linestyle=style.DASHES[index],
                    marker="o" if alone else "", zorder=3,
                )  # fmt: skip
            # a scale that ends at ten at least: a backlog of two sessions must not look like a mountain
            top = max(10.0, *(float(np.nanmax(np.r_[drawn.y, drawn.high])) for drawn in lines)) * 1.06
            axes.set_ylim(0, top)
            first, last = (edge(edge(drawn.x) for drawn in lines) for edge in (min, max))
            aside = 0.5 if first == last else 0.0
            axes.set_xlim(first - aside, last + aside)
            axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
            axes.yaxis.get_major_locator().set_params(integer=True, nbins=6)
            axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
            if style.is_narrow():
                key_of_lines(axes, drawn_lines, end_names(lines, "{:,.0f}"), title)
            else:
                label_ends(axes, lines, "{:,.0f}", 0.19 / height * top, width=13, gap=6)
                axes.set_title(title, loc="left", fontsize=9, color=style.TEXT)
        return style.svg(figure)


def label_ends(
    axes: Axes, series: Sequence[Series], fmt: str, line: float, width: int = 22, gap: int = 9
) -> None:
    """Label every line at its last point, in its own colour and in words.

    Parameters
    ----------
    axes : Axes
    series : sequence of Series
    fmt : str
        Of the last value, for example ``{:,.0f}``.
    line : float
        Height of a line of words, in units of the vertical axis.
    width : int
        Letters in a line.
    gap : int
        Points between a line's end and its label.
    """
    labels = [wrap(name, width) for name in end_names(series, fmt)]
    ends = [_end(drawn) for drawn in series]
    places = spread(
        [y for _, y in ends], [line * (label.count("\n") + 1.4) for label in labels], axes.get_ylim()[0]
    )
    last = max(x for x, _ in ends)
    for index, (label, place) in enumerate(zip(labels, places, strict=True)):
        axes.annotate(
            label,
            (last, place),
            xytext=(gap, 0),
            textcoords="offset points",
            va="center",
            color=style.SERIES_TEXT[index],
            fontweight="bold",
            fontsize=8.5,
            annotation_clip=False,
            linespacing=1.05,
        )


def end_names(series: Sequence[Series], fmt: str) -> list[str]:
    """Return the label of each line with its last value."""
    return [f"{drawn.label}: {fmt.format(_end(drawn)[1])}" for drawn in series]


def _end(drawn: Series) -> tuple[float, float]:
    """Return the last point of a line that is known."""
    known = np.flatnonzero(np.isfinite(np.asarray(drawn.y, float)))[-1]
    return drawn.x[known], drawn.y[known]


def _eras(
    axes: Axes,
    first: float,
    last: float,
    observed_to: float | None,
    scored_to: float | None,
    at_top: bool = False,
) -> None:
    """Part what was observed, what is projected with a track record, and the unscored scenario range."""
    if observed_to is not None and first < observed_to < last:
        axes.axvline(observed_to, color="#505A5F", linewidth=0.9, zorder=1)
        axes.annotate(
            "projected",
            (observed_to, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -2),
            textcoords="offset points",
            va="top",
            fontsize=8,
            color="#505A5F",
        )
    if scored_to is not None and scored_to < last:
        axes.axvspan(
            scored_to, last, facecolor="none", edgecolor="#C9CCCE", hatch="///", linewidth=0, zorder=0
        )
        axes.axvline(scored_to, color="#505A5F", linewidth=0.9, linestyle=(0, (2, 2)), zorder=1)
        axes.annotate(
            "scenario range,\nnot scored",
            (scored_to, float(at_top)),
            xycoords=("data", "axes fraction"),
            xytext=(4, -4 if at_top else 4),
            textcoords="offset points",
            va="top" if at_top else "bottom",
            fontsize=8,
            color="#3D3D3D",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
