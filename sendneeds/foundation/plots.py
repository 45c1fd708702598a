"""What the plots of results share: axes, the palette, an interval as a line in a band, and labels at line ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.intervals import quantiles

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
"""Dark blue, turquoise, dark pink and orange of the Government Analysis Function's palette."""

GREY = "#3D3D3D"
"""For reference lines and limits."""

PALE = "#BFBFBF"
"""For what is left over, in a bar of parts."""

STYLES = ("-", "--", ":", "-.")
"""Beyond the colours there are, lines differ by style."""


def line_style(n: int) -> tuple[str, str]:
    """Return colour and style of the nth line of a plot, both in the order of the palette.

    Examples
    --------
    >>> line_style(0), line_style(5)
    (('#12436D', '-'), ('#28A197', '--'))
    """
    return COLOURS[n % len(COLOURS)], STYLES[n // len(COLOURS) % len(STYLES)]


def plain(text: str) -> str:
    r"""Return a text for a chart in which a dollar sign stands for itself and begins no formula.

    Examples
    --------
    >>> print(plain("From $5 to $6"))
    From \$5 to \$6
    """
    return text.replace("$", r"\$")


def new_axes(ax: Axes | None = None, size: tuple[float, float] = (7, 4)) -> Axes:
    """Return the axes given, or those of a new figure of a size in inches."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else ax


def new_panels(
    count: int,
    ax: Sequence[Axes] | None = None,
    size: tuple[float, float] = (5, 4),
    title: str = "",
    rows: int = 1,
) -> np.ndarray:
    """Return the axes given, as many as there are panels, or those of a new figure with the panels in rows.

    Parameters
    ----------
    count : int
    ax : sequence of matplotlib Axes, optional
    size : (float, float)
        Inches of one panel.
    title : str
        Over all panels of a new figure.
    rows : int
        Rows of panels; divides `count`.

    Returns
    -------
    ndarray of matplotlib Axes, (count,)

    Raises
    ------
    DomainError
        If other than `count` axes are given.
    """
    import matplotlib.pyplot as plt

    if ax is not None:
        panels = np.array(ax, dtype=object).ravel()
        if panels.size != count:
            raise DomainError(
                f"ax: found {panels.size} axes; allowed: {count}, one for each panel of the plot."
            )
        return panels
    wide = count // rows
    figure, panels = plt.subplots(
        rows, wide, figsize=(size[0] * wide, size[1] * rows), layout="constrained", squeeze=False
    )
    if title:
        figure.suptitle(plain(title), x=0.01, ha="left", fontsize=11)
    return panels.ravel()


def at_most_four(names: Sequence[Any], what: str) -> None:
    """Raise a DomainError for more series than the palette has colours.

    Examples
    --------
    >>> at_most_four(["ASD", "SEMH", "SLCN", "MLD", "HI"], "needs")
    Traceback (most recent call last):
    ...
    sendneeds.foundation.errors.DomainError: needs to plot: found 5; allowed: 4, as many as can be told apart. ...
    """
    if len(names) > len(COLOURS):
        raise DomainError(
            f"{what} to plot: found {len(names)}; allowed: {len(COLOURS)}, as many as can be told apart. "
            "Plot them in parts, each on its own axes (ax=...)."
        )


def draw_interval(ax: Axes, array: xr.DataArray, colour: str, scored_to: int | None = None) -> float:
    """Draw the median of draws as a line in the band of their 80 % interval.

    Parameters
    ----------
    ax : matplotlib Axes
    array : xarray.DataArray, (x, draw)
    colour : str
    scored_to : int, optional
        The last year whose interval has a track record: the band is paler after it.

    Returns
    -------
    float
        The median at the last x, where a label goes.
    """
    time = next(str(dim) for dim in array.dims if dim != "draw")
    q = quantiles(array)
    x, (low, central, high) = q[time].values, q.transpose("quantile", time).values
    parts = [(np.ones(x.size, bool), 0.2)]
    if scored_to is not None:
        parts = [(x <= scored_to, 0.3), (x >= scored_to, 0.12)]
    for part, alpha in parts:
        ax.fill_between(x[part], low[part], high[part], color=colour, alpha=alpha, linewidth=0)
    ax.plot(x, central, color=colour)
    return float(central[-1])


def draw_lines(
    ax: Axes, lines: Sequence[tuple[str, xr.DataArray]], scored_to: int
) -> tuple[list[tuple[str, float, str]], str]:
    """Draw medians and 80 % intervals by year, each in a colour of its own, and mark where the track record ends.

    Parameters
    ----------
    ax : matplotlib Axes
    lines : sequence of (name, xarray.DataArray (year, draw))
        At most as many as there are `COLOURS`, over the same years.
    scored_to : int
        The last year whose interval has a track record.

    Returns
    -------
    (list of (name, y, colour), str)
        Where the lines end, for `label_ends`; and what a title says of later years, empty where there are none.
    """
    ends = [
        (name, draw_interval(ax, array, colour, scored_to), colour)
        for (name, array), colour in zip(lines, COLOURS, strict=False)
    ]
    if max(int(array["year"].values[-1]) for _, array in lines) <= scored_to:
        return ends, ""
    mark_scored(ax, scored_to)
    return ends, f" (scenario range after {scored_to})"


def mark_scored(ax: Axes, scored_to: int) -> None:
    """Draw the line after which years are a scenario range."""
    ax.axvline(scored_to, color=GREY, linewidth=0.8, linestyle=":")


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
    if not ends:
        return
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
