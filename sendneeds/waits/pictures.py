"""Plots of the waits of a service, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.plots import COLOURS
from sendneeds.foundation.results import quantiles
from sendneeds.foundation.vocabulary import SERVICES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sendneeds.waits.result import WaitsResult

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


def _known(result: WaitsResult, **names: str) -> None:
    for kind, name in names.items():
        if name not in result.data[kind].values:
            raise unknown(kind, name, map(str, result.data[kind].values))


def _axes(ax: Axes | None) -> Axes:
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(7, 4))[1] if ax is None else ax


def fan(result: WaitsResult, service: str, variable: str, ax: Axes | None) -> Axes:
    """Plot one stock or flow as a fan, a line a scenario."""
    _known(result, service=service)
    ax = _axes(ax)
    array = result.share_within_18() if variable == "share_within_18" else result.variable(variable)
    time = "week" if "week" in array.dims else "week_commencing"
    for colour, scenario in zip(COLOURS, result.data["scenario"].values, strict=False):
        q = quantiles(array.sel(service=service, scenario=scenario))
        ax.fill_between(q[time].values, q.isel(quantile=0), q.isel(quantile=2), color=colour, alpha=0.2, lw=0)
        ax.plot(q[time].values, q.isel(quantile=1), color=colour, label=str(scenario))
    ax.set_title(f"{result.area_name}: {SERVICES[service]}, {array.attrs['long_name'].lower()}", loc="left")
    ax.set_ylabel(array.attrs["units"])
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    return ax


def backlog(result: WaitsResult, service: str) -> Figure:
    """Plot a service's list beside its follow-up sessions past due."""
    import matplotlib.pyplot as plt

    _known(result, service=service)
    figure, panels = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for panel, name in zip(panels, ("waiting", "overdue_sessions"), strict=True):
        fan(result, service, name, panel)
        panel.set_title(result.data[name].attrs["long_name"], loc="left")
    figure.suptitle(f"{result.area_name}: {SERVICES[service]}")
    return figure


def slots(result: WaitsResult, service: str, scenario: str, ax: Axes | None) -> Axes:
    """Plot what the slots are used for, month by month, stacked."""
    _known(result, service=service, scenario=scenario)
    ax = _axes(ax)
    used = result.data["slots"].sel(service=service, scenario=scenario).mean("draw")
    weeks = result.data["weeks_of_month"].values
    rows = [used.sel(use=use).values / weeks for use in USE_COLOURS]
    ax.stackplot(
        used["month"].values,
        rows,
        colors=list(USE_COLOURS.values()),
        labels=[USE_WORDS[use] for use in USE_COLOURS],
    )
    ax.set_title(f"{result.area_name}: {SERVICES[service]}, slots a week by use", loc="left")
    ax.set_ylabel("slots a week (means)")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1), reverse=True)
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
    ax.legend(frameon=False)
    return ax


def probability(result: WaitsResult, service: str, share: float, ax: Axes | None) -> Axes:
    """Plot the probability by month that the target holds."""
    if service not in result.with_list:
        raise unknown("service with a list", service, result.with_list)
    ax = _axes(ax)
    table = result.probability(share)
    for colour, scenario in zip(COLOURS, result.data["scenario"].values, strict=False):
        rows = table[(table["service"] == service) & (table["scenario"] == scenario)]
        ax.plot(rows["month"], rows["probability"], color=colour, label=str(scenario))
    ax.set_title(f"{SERVICES[service]}: chance that {share:.0%} wait under 18 weeks", loc="left")
    ax.set_ylim(0, 1)
    ax.set_ylabel("probability")
    ax.legend(frameon=False)
    return ax
