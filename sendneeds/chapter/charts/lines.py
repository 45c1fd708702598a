"""Lines over time and heat maps: arrays in, SVG text out.

Titles, sources and tables stand beside a chart, not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.foundation.errors import DomainError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle


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
        at = low(pile)
        for i in pile:
            placed[i] = float(at + heights[i] / 2)
            at += heights[i]
    return placed


def wrap(text: str, width: int) -> str:
    """Return `text` on lines of at most `width` characters."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width)) or text


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
        Start the value axis at nought.
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
    with style.canvas(height) as figure:
        axes = figure.subplots()
        style.quiet_axes(axes)
        for index, one in enumerate(series):
            colour = style.SERIES[index]
            if len(one.low):
                axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.22, linewidth=0, zorder=2)
            axes.plot(
                one.x,
                one.y,
                color=colour,
                linewidth=2.2,
                linestyle=style.DASHES[1] if one.dashed else "-",
                marker=style.MARKERS[index],
                markersize=4,
                zorder=3,
            )
        tops = np.concatenate([np.r_[np.asarray(s.y, float), np.asarray(s.high, float)] for s in series])
        bottoms = np.concatenate([np.r_[np.asarray(s.y, float), np.asarray(s.low, float)] for s in series])
        top, bottom = float(np.nanmax(tops)), float(np.nanmin(bottoms))
        floor = 0.0 if zero else bottom - 0.1 * (top - bottom)
        axes.set_ylim(floor, floor + (top - floor) * 1.08)
        first = min(min(s.x) for s in series)
        last = max(max(s.x) for s in series)
        axes.set_xlim(first - 0.02 * (last - first), last + 0.02 * (last - first))
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=8)  # type: ignore[call-arg]
        axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}%" if percent else f"{v:,.10g}")
        label_ends(axes, series, fmt, (top - floor) * 0.17 / height)
        low = scored_to is not None and any(  # a line along the foot: the words go to the top
            y < floor + 0.15 * (top - floor)
            for one in series
            for x, y in zip(one.x, one.y, strict=True)
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
        axes.set_title(unit, loc="left", fontsize=9, color="#505A5F")
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
    ends = []
    for one in series:
        known = np.flatnonzero(np.isfinite(np.asarray(one.y, float)))[-1]
        ends.append((one.x[known], one.y[known]))
    labels = [
        wrap(f"{one.label}: {fmt.format(value)}", width) for one, (_, value) in zip(series, ends, strict=True)
    ]
    places = spread([y for _, y in ends], [line * (label.count("\n") + 1.4) for label in labels])
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


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    values: np.ndarray,
    labels: Sequence[Sequence[str]],
    unit: str,
    column_title: str,
) -> str:
    """Draw a table of cells whose shade and printed number both tell the value.

    Parameters
    ----------
    rows, columns : sequence of str
        Labels.
    values : ndarray, shape (rows, columns)
        NaN where a cell is withheld or missing: hatched.
    labels : sequence of sequence of str
        What is printed in each cell.
    unit, column_title : str

    Returns
    -------
    str
        SVG.

    Examples
    --------
    >>> heat_map(["ASD"], ["5 to 9"], np.array([[12.0]]), [["12"]], "plans", "Age")[:4]
    '<svg'
    """
    from matplotlib.colors import LinearSegmentedColormap, to_rgb

    values = np.asarray(values, float)
    shades = LinearSegmentedColormap.from_list("sequential", style.SEQUENTIAL)
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    with style.canvas(0.75 + 0.3 * len(rows)) as figure:
        axes = figure.subplots()
        scaled = np.sqrt(values / max(top, 1e-9))  # a square root keeps small needs apart from none
        for i in range(len(rows)):
            for j in range(len(columns)):
                blank = not np.isfinite(values[i, j])
                face = to_rgb("#FFFFFF") if blank else shades(scaled[i, j])[:3]
                axes.add_patch(
                    _cell(j, i, face, "////" if blank else None)  # withheld cells are hatched, not only white
                )
                ink = "#FFFFFF" if style.contrast(face, (1, 1, 1)) >= 4.5 else style.TEXT
                axes.text(j + 0.5, i + 0.5, labels[i][j], ha="center", va="center", color=ink, fontsize=8.5)
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(rows), 0)
        axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
        axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_title(f"{column_title} ({unit} in each cell)", loc="left", fontsize=9, color="#505A5F")
        return style.svg(figure)


def _cell(x: int, y: int, face: tuple[float, float, float], hatch: str | None) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), 1, 1, facecolor=face, edgecolor="#D0D3D5", linewidth=0.8, hatch=hatch)
