"""Plots of the waits of a service, from labelled arrays."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.intervals import quantiles
from sendneeds.foundation.plots import COLOURS, PALE, label_ends, line_style, new_axes, plain

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

GROUPS = {
    "up to 12 weeks": slice(0, 4),
    "over 12 to 18": slice(4, 5),
    "over 18 to 52": slice(5, 6),
    "over 52 weeks": slice(6, 7),
}
"""Bands of weeks waited that are drawn together."""
USE_COLOURS = {
    "advice": COLOURS[2],
    "first": COLOURS[0],
    "follow_up": COLOURS[1],
    "wasted": COLOURS[3],
    "idle": PALE,
}
USE_WORDS = {
    "advice": "statutory advice",
    "first": "first assessments",
    "follow_up": "follow-ups",
    "wasted": "missed",
    "idle": "not needed",
}
MOST_BANDS = 4
"""Scenarios whose interval is drawn; more could not be told apart."""
LABEL, WHOLE_QUARTER = 28, 12
"""Characters a line of a label, and weeks that make a quarter worth showing."""
TIMES = ("week", "week_commencing", "month", "month_start", "january")
"""Dimensions of time of stocks and flows."""
SIZE = (8, 4.2)
"""Inches of a plot."""


def fan(array: xr.DataArray, title: str, ax: Axes | None) -> Axes:
    """Plot a stock or flow (scenario, week, draw) as a fan, a line a scenario, named at its end."""
    ax = new_axes(ax, SIZE)
    (time,) = set(array.dims) & set(TIMES)
    drawn: list[tuple[list[str], np.ndarray]] = []
    for scenario in map(str, array["scenario"].values):
        q = quantiles(array.sel(scenario=scenario)).values
        same = next((names for names, other in drawn if np.array_equal(q, other)), None)
        if same is None:
            drawn.append(([scenario], q))
        else:  # one line over another would hide it
            same.append(scenario)
    weeks, ends = array[time].values, []
    for n, (names, q) in enumerate(drawn):
        colour, style = line_style(n)
        if n < MOST_BANDS:
            ax.fill_between(weeks, q[:, 0], q[:, 2], color=colour, alpha=0.15, lw=0)
        ax.plot(weeks, q[:, 1], style, color=colour)
        ends.append((textwrap.fill(", ".join(names), LABEL), float(q[-1, 1]), colour))
    ax.set_title(plain(textwrap.fill(title, 84)), loc="left", fontsize=10)
    ax.set_ylabel(array.attrs["units"])
    ax.set_ylim(bottom=0)
    lines = max(text.count("\n") + 1 for text, _, _ in ends)
    label_ends(ax, weeks[-1], ends, 0.06 * lines)
    _dates(ax)
    return ax


def _dates(ax: Axes) -> None:
    """Label a time axis briefly, without an offset written under it."""
    import matplotlib.dates as mdates

    locator = mdates.AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, show_offset=False))
    ax.spines[["top", "right"]].set_visible(False)


def slots(used: xr.DataArray, title: str, ax: Axes | None) -> Axes:
    """Plot what slots (use, month) are used for, stacked, in quarters: single months go up and down with the terms."""
    ax = new_axes(ax, SIZE)
    quarter = used["month"].values.astype("datetime64[M]").astype(int) // 3
    quarters, starts = np.unique(quarter, return_index=True)
    weeks = np.add.reduceat(used["weeks_of_month"].values, starts)
    rows = np.stack([np.add.reduceat(used.sel(use=use).values, starts) / weeks for use in USE_COLOURS])
    whole = weeks >= WHOLE_QUARTER if (weeks >= WHOLE_QUARTER).any() else np.ones(weeks.size, bool)
    first = (quarters * 3).astype("datetime64[M]").astype("datetime64[D]")
    base = np.zeros(int(whole.sum()))
    for use, row in zip(USE_COLOURS, rows[:, whole], strict=True):
        ax.bar(
            first[whole],
            row,
            width=84,
            align="edge",
            bottom=base,
            color=USE_COLOURS[use],
            label=USE_WORDS[use],
        )
        base += row
    ax.set_title(plain(title), loc="left", fontsize=10)
    ax.set_ylabel("slots a week (means)")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=len(USE_COLOURS))
    _dates(ax)
    return ax


def bands(waiting: xr.DataArray, title: str, ax: Axes | None) -> Axes:
    """Plot who is waiting (january, band, draw) by weeks waited, stacked."""
    ax = new_axes(ax, SIZE)
    middle = quantiles(waiting, [0.5]).isel(quantile=0).transpose("band", "january").values
    years = [str(day)[:4] for day in waiting["january"].values]
    base = np.zeros(len(years))
    for colour, (label, part) in zip(COLOURS, GROUPS.items(), strict=True):
        height = middle[part].sum(axis=0)
        ax.bar(years, height, bottom=base, color=colour, label=label)
        base += height
    ax.set_title(plain(title), loc="left")
    ax.set_ylabel("children (medians)")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=len(GROUPS))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def probability(table: pd.DataFrame, title: str, ax: Axes | None) -> Axes:
    """Plot the probability of being at a target in each month, by scenario."""
    ax = new_axes(ax, SIZE)
    for n, (scenario, rows) in enumerate(table.groupby("scenario", sort=False)):
        colour, style = line_style(n)
        ax.plot(rows["month"], rows["probability_in"], style, color=colour, label=scenario)
    ax.set_title(plain(title), loc="left")
    ax.set_ylim(0, 1)
    ax.set_ylabel("probability in the month")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=3)
    _dates(ax)
    return ax
