"""Two charts side by side over time: a list, and the work that stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sendneeds.chapter.charts import style
from sendneeds.chapter.charts.lines import Series, at_most_four, label_ends


def beside(panels: Sequence[tuple[str, Sequence[Series]]], height: float = 3.0) -> str:
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
    >>> beside([("Children waiting", [line]), ("Sessions past due", [line])])[:4]
    '<svg'
    """
    with style.canvas(height) as figure:
        for axes, (title, lines) in zip(figure.subplots(1, len(panels)), panels, strict=True):
            at_most_four(len(lines), "lines")
            style.quiet_axes(axes)
            for index, one in enumerate(lines):
                colour = style.SERIES[index]
                if len(one.low):
                    axes.fill_between(
                        one.x, one.low, one.high, color=colour, alpha=0.22, linewidth=0, zorder=2
                    )
                axes.plot(one.x, one.y, color=colour, linewidth=2.0, linestyle=style.DASHES[index], zorder=3)
            # a scale that ends at ten at least: a backlog of two sessions must not look like a mountain
            top = max(10.0, *(float(np.nanmax(np.r_[one.y, one.high])) for one in lines)) * 1.06
            axes.set_ylim(0, top)
            first, last = (edge(edge(one.x) for one in lines) for edge in (min, max))
            axes.set_xlim(first, last)
            axes.xaxis.get_major_locator().set_params(integer=True, nbins=5)
            axes.yaxis.get_major_locator().set_params(integer=True, nbins=6)
            axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.10g}")
            label_ends(axes, lines, "{:,.0f}", 0.19 / height * top, width=13, gap=6)
            axes.set_title(title, loc="left", fontsize=9, color=style.TEXT)
        return style.svg(figure)
