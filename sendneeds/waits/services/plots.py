"""Plots of the waits of a service, for a notebook."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.plots import COLOURS, label_ends
from sendneeds.foundation.results import quantiles
from sendneeds.foundation.vocabulary import SERVICES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sendneeds.waits.services.result import WaitsResult

GROUPS = {
    "up to 12 weeks": slice(0, 4),
    "over 12 to 18": slice(4, 5),
    "over 18 to 52": slice(5, 6),
    "over 52 weeks": slice(6, 7),
}
"""Bands of weeks waited that are drawn together."""
USE_COLOURS = {
    "advice": "#801650",
    "first": "#12436D",
    "follow_up": "#28A197",
    "wasted": "#F46A25",
    "idle": "#BFBFBF",
}
USE_WORDS = {
    "advice": "statutory advice",
    "first": "first assessments",
    "follow_up": "follow-ups",
    "wasted": "missed",
    "idle": "not needed",
}


STYLES = ("-", "--", ":", "-.")
"""Beyond the colours there are, scenarios differ by style of line."""
MOST_BANDS = 4
"""Scenarios whose interval is drawn; more could not be told apart."""
LABEL, WHOLE_QUARTER = 28, 12
"""Characters a line of a label, and weeks that make a quarter worth showing."""


def _known(result: WaitsResult, **names: str) -> None:
    for kind, name in names.items():
        if name not in result.data[kind].values:
            raise unknown(kind, name, map(str, result.data[kind].values))


def _axes(ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(8, 4.2), layout="constrained")[1] if ax is None else ax


def fan(result: WaitsResult, service: str, variable: str, ax: Axes | None) -> Axes:
    """Plot one stock or flow as a fan, a line a scenario, named at its end."""
    _known(result, service=service)
    ax = _axes(ax)
    array = result.share_within_18() if variable == "share_within_18" else result.variable(variable)
    time = "week" if "week" in array.dims else "week_commencing"
    drawn: list[tuple[list[str], np.ndarray]] = []
    for scenario in map(str, result.data["scenario"].values):
        q = quantiles(array.sel(service=service, scenario=scenario)).values
        same = next((names for names, other in drawn if np.array_equal(q, other)), None)
        if same is None:
            drawn.append(([scenario], q))
        else:  # one line over another would hide it
            same.append(scenario)
    weeks, ends = array[time].values, []
    for n, (names, q) in enumerate(drawn):
        colour, style = COLOURS[n % len(COLOURS)], STYLES[n // len(COLOURS) % len(STYLES)]
        if n < MOST_BANDS:
            ax.fill_between(weeks, q[:, 0], q[:, 2], color=colour, alpha=0.15, lw=0)
        ax.plot(weeks, q[:, 1], style, color=colour)
        ends.append((textwrap.fill(", ".join(names), LABEL), float(q[-1, 1]), colour))
    title = f"{result.area_name}: {SERVICES[service]}, {array.attrs['long_name'].lower()}"
    ax.set_title(textwrap.fill(title, 84), loc="left", fontsize=10)
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


def backlog(result: WaitsResult, service: str) -> Figure:
    """Plot a service's list beside its follow-up sessions past due."""
    import matplotlib.pyplot as plt

    _known(result, service=service)
    figure, panels = plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained")
    for panel, name in zip(panels, ("waiting", "overdue_sessions"), strict=True):
        fan(result, service, name, panel)
        panel.set_title(result.data[name].attrs["long_name"], loc="left", fontsize=10)
    count = len(result.data["scenario"])
    bands = "" if count <= MOST_BANDS else f" (of the first {MOST_BANDS})"
    figure.suptitle(f"{result.area_name}: {SERVICES[service]}, medians and 80 % intervals{bands}")
    return figure


def slots(result: WaitsResult, service: str, scenario: str, ax: Axes | None) -> Axes:
    """Plot what the slots are used for, stacked, in quarters: single months go up and down with the terms."""
    _known(result, service=service, scenario=scenario)
    ax = _axes(ax)
    used = result.data["slots"].sel(service=service, scenario=scenario).mean("draw")
    quarter = used["month"].values.astype("datetime64[M]").astype(int) // 3
    quarters, starts = np.unique(quarter, return_index=True)
    weeks = np.add.reduceat(result.data["weeks_of_month"].values, starts)
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
    ax.set_title(
        f"{result.area_name}: {SERVICES[service]}, slots a week by use\nscenario: {scenario}; means of quarters",
        loc="left",
        fontsize=10,
    )
    ax.set_ylabel("slots a week (means)")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=len(USE_COLOURS))
    _dates(ax)
    return ax


def bands(result: WaitsResult, service: str, scenario: str, ax: Axes | None) -> Axes:
    """Plot who is waiting each January by weeks waited, stacked."""
    _known(result, service=service, scenario=scenario)
    ax = _axes(ax)
    waiting = result.data["waiting_by_band"].sel(service=service, scenario=scenario)
    middle = quantiles(waiting, [0.5]).isel(quantile=0).transpose("band", "january").values
    years = [str(day)[:4] for day in waiting["january"].values]
    base = np.zeros(len(years))
    for colour, (label, part) in zip(COLOURS, GROUPS.items(), strict=True):
        height = middle[part].sum(axis=0)
        ax.bar(years, height, bottom=base, color=colour, label=label)
        base += height
    ax.set_title(f"{result.area_name}: {SERVICES[service]}, waiting each January", loc="left")
    ax.set_ylabel("children (medians)")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=len(GROUPS))
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def probability(result: WaitsResult, service: str, share: float, ax: Axes | None) -> Axes:
    """Plot the probability by month that the target holds."""
    if service not in result.with_list:
        raise unknown("service with a list", service, result.with_list)
    ax = _axes(ax)
    table = result.probability(share)
    for n, scenario in enumerate(map(str, result.data["scenario"].values)):
        rows = table[(table["service"] == service) & (table["scenario"] == scenario)]
        colour, style = COLOURS[n % len(COLOURS)], STYLES[n // len(COLOURS) % len(STYLES)]
        ax.plot(rows["month"], rows["probability"], style, color=colour, label=scenario)
    ax.set_title(f"{SERVICES[service]}: chance that {share:.0%} wait under 18 weeks", loc="left")
    ax.set_ylim(0, 1)
    ax.set_ylabel("probability")
    ax.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncol=3)
    _dates(ax)
    return ax
