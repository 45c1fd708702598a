"""Which unknowns matter: how far each uncertain input moves what an option gains, and which would change the choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sendneeds.demand.parameters import Parameters
from sendneeds.foundation.errors import MissingDataError, expect, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.money import money_of
from sendneeds.scenarios.outcomes import gained, last_year, made, outcome_of, over_years
from sendneeds.scenarios.value import price

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.scenarios.run_result import RunResult

PART = 0.2
"""An input is low in this part of the draws, and high in as many."""
CLEAR_ERRORS = 2.0
"""A swing under so many standard errors may be chance."""
MOST_BARS = 10
LEAST_DRAWS = 50
TORNADO = ["input", "service", "parameter", "at_low", "at_high", "swing", "standard_error", "clear"]
SWITCHES = [
    "input",
    "service",
    "parameter",
    "switch_at_low",
    "switch_at_high",
    "swing",
    "standard_error",
    "clear",
]


@dataclass(frozen=True, repr=False, eq=False)
class Sensitivity(TableResult):
    """How far each uncertain input moves what an option gains, and the choice between options.

    Parameters
    ----------
    tornado : pandas.DataFrame
        A row an input, the widest first: mean gain where the input is in its lowest fifth of draws (``at_low``) and in
        its highest (``at_high``), their difference (``swing``) with its standard error, and whether it is ``clear`` of
        chance.
    switches : pandas.DataFrame
        A row an input: the share of draws in which another option than the preferred one is the better value, where the
        input is low and where it is high. Empty where fewer than two options cost anything.
    option, outcome, unit : str
    preferred : str
        The option that is the best value in most draws; empty where there is no choice.
    switching : float
        Share of all draws in which another is.
    mean : float
        Mean gain over all draws.
    area_name : str
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=60, to=2028)
    >>> found = sn.sensitivity(result, "fill-two-slt-posts", "child_weeks", "SLT")
    >>> found.tornado.columns.tolist()[:3]
    ['input', 'service', 'parameter']
    """

    title = "Sensitivity"
    what: ClassVar = {"tornado": "An input", "switches": "An input"}

    tornado: pd.DataFrame
    switches: pd.DataFrame
    option: str
    outcome: str
    unit: str
    preferred: str
    switching: float
    mean: float
    area_name: str
    provenance: dict[str, Any] = field(default_factory=dict)

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the inputs whose swing is clear of chance, or a table whole.

        Parameters
        ----------
        name : str, optional
            ``tornado`` or ``switches``.

        Returns
        -------
        pandas.DataFrame

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=60, to=2028)
        >>> bool(sn.sensitivity(result, "fill-two-slt-posts", "child_weeks", "SLT").summary()["clear"].all())
        True
        """
        return (
            self.tornado[self.tornado["clear"]].reset_index(drop=True) if name is None else self[name].copy()
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the tornado: for each input the mean gain where it is low and where it is high, the widest on top.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=60, to=2028)
        >>> sn.sensitivity(result, "fill-two-slt-posts", "child_weeks", "SLT").plot().get_xlabel()
        'mean gain of the draws in which the input is in its lowest or highest fifth'
        """
        ax = new_axes(ax, (9, 4.8))
        rows = self.tornado.head(MOST_BARS).iloc[::-1]
        for place, row in enumerate(rows.to_dict("records")):
            for end, colour in (("at_low", COLOURS[1]), ("at_high", COLOURS[0])):
                shade = 1.0 if row["clear"] else 0.35
                ax.barh(place, row[end] - self.mean, 0.6, left=self.mean, color=colour, alpha=shade)
        ax.axvline(self.mean, color=GREY, linewidth=0.8)
        ax.set_yticks(range(len(rows)), [str(text) for text in rows["input"]], fontsize=9)
        ax.set_xlabel("mean gain of the draws in which the input is in its lowest or highest fifth")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(
            f"{plain(self.area_name)}: {self.option}, {self.unit}\n"
            "turquoise: input low; blue: input high; pale: may be chance",
            loc="left",
            fontsize=10,
        )
        return ax

    def _heading(self) -> str:
        return f"Sensitivity, {self.area_name}: what moves the gain of {self.option} (one is a {self.unit})"

    def _notes(self) -> list[str]:
        lines = [f"mean gain {self.mean:,.0f}; input low: its lowest fifth of the draws, high: its highest"]
        if not self.preferred:
            return lines
        lines.append(
            f"best value in most draws: {self.preferred}; another is in {self.switching:.0%} of the draws"
        )
        clear = self.switches[self.switches["clear"]]
        if len(clear):
            row = clear.iloc[0]
            lines.append(
                f"the unknown that would change it most: {row['input']} (another is better in "
                f"{row['switch_at_low']:.0%} of the draws where it is low, {row['switch_at_high']:.0%} where high)"
            )
        else:
            lines.append("no single unknown would clearly change it")
        return lines

    def _figures(self) -> pd.DataFrame:
        shown = self.tornado.head(MOST_BARS)[["input", "at_low", "at_high", "standard_error"]]
        return shown.set_index("input").round(1)


def sensitivity(
    result: RunResult, option: str, outcome: str = "child_weeks", service: str | None = None
) -> Sensitivity:
    """Say which uncertain inputs move what an option gains most, and which would change the choice between options.

    No further run is needed: draws are compared in which an input came out low and high, all else as it fell. An input
    is a figure of ``service_parameters.csv`` with an interval, or the number of plans in the last January. The swing is
    the mean difference; inputs are drawn apart from each other, so that one does not stand for another.

    Parameters
    ----------
    result : RunResult
        With 50 draws or more; 1,000 tell small swings from chance.
    option : str
    outcome : str
        As in `value`.
    service : str, optional
        For outcomes of lists: that service alone, and its inputs. All where left out.

    Returns
    -------
    Sensitivity

    Raises
    ------
    UnknownNameError
        If there is no such option, outcome or service.
    MissingDataError
        If the run has too few draws, or nothing that the outcome is made from.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=60, to=2028)
    >>> sn.sensitivity(result, "fill-two-slt-posts", "child_weeks", "SLT").preferred
    ''
    """
    import pandas as pd

    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    kinds(option=(option, "text"), outcome=(outcome, "text"), service=(service, "text or nothing"))
    names = [s.name for s in result.scenarios if s.name != BASELINE]
    if option not in names:
        raise unknown("option", option, names)
    asked, draws = outcome_of(outcome), result.need.data.sizes["draw"]
    if not made(result, asked):
        raise MissingDataError(f"{result.area.name}: the run has nothing that {outcome} is made from.")
    if draws < LEAST_DRAWS:
        raise MissingDataError(
            f"The run has {draws} draws: too few to tell low from high. Run with draws=1000."
        )
    to, base = last_year(result), int(result.need.data.attrs["start"])
    gains = {
        name: over_years(gained(result, name, BASELINE, asked, service, to), asked, 0.0, base)
        for name in names
    }
    inputs = _inputs(result, service)
    known = gains[option].size
    rows = []
    for (label, where, name), values in inputs.items():
        at_low, at_high, error = contrast(gains[option], values[:known])
        rows.append((label, where, name, at_low, at_high, at_high - at_low, error))
    preferred, other = _choice(result, gains)
    switches = []
    if preferred:
        for (label, where, name), values in inputs.items():
            at_low, at_high, error = contrast(other, values[: other.size])
            switches.append((label, where, name, at_low, at_high, at_high - at_low, error))
    return Sensitivity(
        _ordered(pd.DataFrame(rows, columns=TORNADO[:-1])),
        _ordered(pd.DataFrame(switches, columns=SWITCHES[:-1])),
        option,
        outcome,
        asked.unit,
        preferred,
        float(np.nanmean(other)) if preferred else 0.0,
        float(gains[option].mean()),
        result.area.name,
        {**result.provenance, "option": option, "outcome": outcome},
    )


def contrast(outcome: np.ndarray, values: np.ndarray) -> tuple[float, float, float]:
    """Return the mean outcome where an input is in its lowest fifth, in its highest, and the error of their difference.

    Draws without an outcome (NaN) are left out.

    Examples
    --------
    >>> contrast(np.array([1.0, 1.0, 5.0, 9.0, 9.0, 1.0, 1.0, 5.0, 9.0, 9.0]), np.array([0, 1, 2, 3, 4] * 2))
    (1.0, 9.0, 0.0)
    """
    there = ~np.isnan(outcome)
    outcome, values = outcome[there], values[there]
    low, high = np.quantile(values, (PART, 1 - PART))
    below, above = outcome[values <= low], outcome[values >= high]
    if below.size < 2 or above.size < 2:
        return np.nan, np.nan, np.nan
    error = np.sqrt(below.var(ddof=1) / below.size + above.var(ddof=1) / above.size)
    return float(below.mean()), float(above.mean()), float(error)


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the widest swing first, and whether each is clear of chance."""
    table = table.dropna(subset=["swing"])
    clear = table["swing"].abs() > CLEAR_ERRORS * table["standard_error"]
    table = table.assign(clear=clear.astype(bool))
    return table.loc[table["swing"].abs().sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def _inputs(result: RunResult, service: str | None) -> dict[tuple[str, str, str], np.ndarray]:
    """Return the uncertain inputs by (label, service, parameter): their draws."""
    draws, seed = result.need.data.sizes["draw"], int(result.need.data.attrs["seed"])
    out: dict[tuple[str, str, str], np.ndarray] = {}
    if result.area.has("service_parameters"):
        figures = Parameters(result.area)
        wanted = [service] if service is not None else [*result.services, "EP", "PLACES"]
        table = result.area.table("service_parameters")
        named = {
            (str(r.service), str(r.parameter)) for r in table.itertuples() if float(r.low) < float(r.high)
        }
        for where in wanted:
            for name in dict.fromkeys(
                p for s, p in sorted(named) if s == where or (s == "all" and where != "PLACES")
            ):
                values = figures.draw(where, name, draws, seed)
                if np.ptp(values) > 0:
                    out[f"{name.replace('_', ' ')} ({where})", where, name] = values
    plans = result.need.total("E").isel(year=-1).values.astype(float)
    if np.ptp(plans) > 0:
        year = int(result.need.data["year"].values[-1])
        out[f"plans in January {year}", "", "plans"] = plans
    return out


def _choice(result: RunResult, gains: dict[str, np.ndarray]) -> tuple[str, np.ndarray]:
    """Return the option that is the best value in most draws, and in which another is (NaN: none has a price)."""
    prices = {}
    for name, gain in gains.items():
        cost = money_of(result, name).cost[: gain.size]
        if cost.any() and gain.any():
            prices[name] = price(cost, gain)
    if len(prices) < 2:
        return "", np.zeros(0)
    stacked = np.stack(list(prices.values()))
    stacked = np.where(np.isnan(stacked), np.inf, stacked)
    best = stacked.argmin(axis=0)
    none = ~np.isfinite(stacked.min(axis=0))
    counts = np.bincount(best[~none], minlength=len(prices))
    first = int(counts.argmax())
    return list(prices)[first], np.where(none, np.nan, (best != first).astype(float))
