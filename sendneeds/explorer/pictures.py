"""Lines over months as SVG text: small, at once, and the same in a notebook and in a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from sendneeds.foundation.plots import COLOURS, GREY

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 28
STYLES = ((GREY, "6 4"), (COLOURS[0], ""), (COLOURS[2], "2 3"), (COLOURS[1], "10 3"), (COLOURS[3], "4 2 1 2"))
"""Colour and dashes of a line by its place: told apart without colour too. The first is as things stand."""


@dataclass(frozen=True)
class Line:
    """A line with, or without, the band of its 80 % interval.

    Parameters
    ----------
    name : str
    months : ndarray of datetime64
    central : ndarray
    low, high : ndarray, optional
    """

    name: str
    months: np.ndarray
    central: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def lines_svg(title: str, lines: Sequence[Line], *, share: bool = False) -> str:
    """Return a chart of lines over months, with a title for those who do not see it.

    Parameters
    ----------
    title : str
        What is seen, read aloud with the last value of every line.
    lines : sequence of Line
        As things stand first; as many as there are `STYLES` at most.
    share : bool
        Whether the axis is a share, from 0 to 100 %.
    """
    days = [line.months.astype("datetime64[D]").astype(int) for line in lines]
    first, last = min(d[0] for d in days), max(d[-1] for d in days)
    top = 1.0 if share else nice(max(float(np.max(x.central if x.high is None else x.high)) for x in lines))

    def x(day: float) -> float:
        return LEFT + (day - first) / max(last - first, 1) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    def text(value: float) -> str:
        return f"{value:.0%}" if share else f"{value:,.0f}"

    parts = []
    for value in np.linspace(0, top, 5):
        at = y(float(value))
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dee0e2"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text(float(value))}</text>')
    years = np.arange(
        np.datetime64(int(first), "D").astype("datetime64[Y]"),
        np.datetime64(int(last), "D").astype("datetime64[Y]") + 1,
    )
    for year in years:
        day = int(year.astype("datetime64[D]").astype(int))
        if first <= day <= last:
            parts.append(f'<text x="{x(day):.1f}" y="{HEIGHT - 8}" text-anchor="middle">{year}</text>')
    told = []
    for line, where, (colour, dashes) in zip(lines, days, STYLES, strict=False):
        if line.low is not None and line.high is not None:
            out = [*zip(where, line.high, strict=True), *zip(where[::-1], line.low[::-1], strict=True)]
            points = " ".join(f"{x(d):.1f},{y(float(v)):.1f}" for d, v in out)
            parts.append(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.13"/>')
        points = " ".join(f"{x(d):.1f},{y(float(v)):.1f}" for d, v in zip(where, line.central, strict=True))
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.2"{dash}/>')
        told.append(f"{line.name} {text(float(line.central[-1]))} at the end")
    label = escape(f"{title}: {'; '.join(told)}", quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" width="100%" '
        f'style="max-width:{WIDTH}px;font:12px sans-serif" fill="#3d3d3d">{"".join(parts)}</svg>'
    )


def key_html(names: Sequence[str]) -> str:
    """Return the key of the lines, in their order."""
    out = []
    for name, (colour, dashes) in zip(names, STYLES, strict=False):
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        out.append(
            f'<span style="margin-right:1em;white-space:nowrap"><svg width="30" height="10" aria-hidden="true">'
            f'<path d="M0 5H30" stroke="{colour}" stroke-width="2.5"{dash}/></svg> {escape(name)}</span>'
        )
    return f'<div style="line-height:1.6">{"".join(out)}</div>'


def nice(value: float) -> float:
    """Return the least of 1, 2, 4 and 8 times a power of ten that a value does not pass.

    Examples
    --------
    >>> [nice(x) for x in (0.0, 7.0, 130.0, 800.0)]
    [1.0, 8.0, 200.0, 800.0]
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 4, 8, 10) if value <= step * power * (1 + 1e-12)))
