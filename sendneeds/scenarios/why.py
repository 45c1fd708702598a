"""Why an option does what it does: each of its levers alone, and what they do together, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import DomainError, MissingDataError, expect
from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.outcomes import gained, last_year, made, outcome_of, over_years
from sendneeds.scenarios.run import run
from sendneeds.scenarios.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area
    from sendneeds.waits.ehc.clock import Staffing

INTERACTION, TOTAL = "together", "total"


@dataclass(frozen=True, repr=False, eq=False)
class WhyResult(TableResult):
    """What each lever of an option does alone, and what they do together.

    Parameters
    ----------
    causes : pandas.DataFrame
        A row a lever, ``together`` (what the levers do beyond the sum of each alone) and ``total``: mean, low, central
        and high of the gain over the baseline, more being better. Means add up to the total; medians need not.
    draws : pandas.DataFrame
        A column a cause: the gain in every draw. Causes add up to the total in each.
    option, outcome, unit, area_name : str
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> both = sn.library_scenarios(bedford, ["fill-slt-posts-and-initiative"])[1]
    >>> found = sn.why(bedford, both, "child_weeks", draws=4, to=2029)
    >>> found.causes["cause"].tolist()
    ['fill_vacancies SLT', 'initiative SLT', 'together', 'total']
    """

    title = "Why"
    what: ClassVar = {"causes": "A cause", "draws": "A draw"}

    causes: pd.DataFrame
    draws: pd.DataFrame
    option: str
    outcome: str
    unit: str
    area_name: str
    provenance: dict[str, Any] = field(default_factory=dict)

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the causes, or a table by name.

        Parameters
        ----------
        name : str, optional

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
        >>> both = sn.library_scenarios(bedford, ["fill-slt-posts-and-initiative"])[1]
        >>> found = sn.why(bedford, both, "child_weeks", draws=4, to=2029)
        >>> found.summary().columns.tolist()
        ['cause', 'mean', 'low', 'central', 'high']
        """
        return self["causes" if name is None else name].copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Plot the means as a waterfall: each cause begins where the one before it ends, and they end at the total.

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
        >>> both = sn.library_scenarios(bedford, ["fill-slt-posts-and-initiative"])[1]
        >>> found = sn.why(bedford, both, "child_weeks", draws=4, to=2029)
        >>> found.plot().get_ylabel()
        'gained, mean of the draws'
        """
        ax = new_axes(ax, (8, 4.5))
        at = 0.0
        for place, row in enumerate(self.causes.to_dict("records")):
            total = row["cause"] == TOTAL
            base = 0.0 if total else at
            colour = GREY if total else COLOURS[0] if row["mean"] >= 0 else COLOURS[2]
            ax.bar(place, row["mean"], 0.6, bottom=base, color=colour)
            top = base + row["mean"]
            ax.annotate(
                f"{row['mean']:+,.0f}" if not total else f"{row['mean']:,.0f}",
                (place, max(base, top)), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9,
            )  # fmt: skip
            if not total:
                ax.plot([place + 0.3, place + 0.7], [top, top], color=GREY, linewidth=0.8)
                at = top
        ax.axhline(0, color=GREY, linewidth=0.8)
        labels = [str(cause).replace(" ", "\n").replace("_", " ") for cause in self.causes["cause"]]
        ax.set_xticks(range(len(labels)), labels, fontsize=9)
        ax.set_ylabel("gained, mean of the draws")
        low, high = ax.get_ylim()
        ax.set_ylim(low, high + 0.08 * (high - low))
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(f"{plain(self.area_name)}: {self.option}\none is a {self.unit}", loc="left", fontsize=10)
        return ax

    def _heading(self) -> str:
        return f"Why, {self.area_name}: what each lever of {self.option} gains, in {self.unit}"

    def _figures(self) -> pd.DataFrame:
        return self.causes.set_index("cause").round(1)


def why(
    area: Area,
    scenario: Scenario,
    outcome: str = "child_weeks",
    service: str | None = None,
    draws: int = 1000,
    seed: int = 1,
    *,
    to: int = 2035,
    until: date | None = None,
    staffing: Staffing = "follows_record",
    progress: Callable[[int, int, str], None] | None = None,
) -> WhyResult:
    """Say what each lever of an option does alone, and what they do together.

    The option, and one scenario a lever, are run on the same random numbers. What the levers do together beyond the sum
    of each alone is named, and not shared out: it is negative where one lever takes the work of another.

    Parameters
    ----------
    area : Area
    scenario : Scenario
        With two levers or more.
    outcome : str
        As in `value`.
    service : str, optional
        For outcomes of lists; all services added up where left out.
    draws, seed : int
    to, until, staffing, progress
        As in `run`.

    Returns
    -------
    WhyResult

    Raises
    ------
    DomainError
        If the scenario has fewer than two levers.
    UnknownNameError
        If there is no such outcome or service.
    MissingDataError
        If the run has nothing that the outcome is made from.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> both = sn.library_scenarios(bedford, ["fill-slt-posts-and-initiative"])[1]
    >>> found = sn.why(bedford, both, "child_weeks", draws=4, to=2029)
    >>> parts = found.draws.drop(columns="total").sum(axis=1)
    >>> bool(abs(parts - found.draws["total"]).max() < 1e-6)
    True
    """
    import pandas as pd

    expect(area, "Area", "area", "open it first, area = sn.open_area('bedford')")
    expect(scenario, "Scenario", "scenario", "open one first, sn.open_scenarios(area)[1]")
    draws = arguments.draws(draws)
    asked = outcome_of(outcome)
    if len(scenario.levers) < 2:
        raise DomainError(
            f"{scenario.name}: found {len(scenario.levers)} levers; allowed: 2 or more, as one is its own cause."
        )
    names = _names(scenario)
    alone = [
        Scenario(f"lever-{n}", name, levers=[lever])
        for n, (name, lever) in enumerate(zip(names, scenario.levers, strict=True), 1)
    ]
    whole = Scenario("all-levers", scenario.title, levers=scenario.levers)
    result = run(area, [whole, *alone], draws, seed, to=to, until=until, staffing=staffing, progress=progress)
    if not made(result, asked):
        raise MissingDataError(f"{area.name}: the run has nothing that {outcome} is made from.")
    last, base = last_year(result), int(result.need.data.attrs["start"])
    gains = {
        s.name: over_years(gained(result, s.name, BASELINE, asked, service, last), asked, 0.0, base)
        for s in (whole, *alone)
    }
    columns = {name: gains[one.name] for name, one in zip(names, alone, strict=True)}
    columns[INTERACTION] = gains[whole.name] - sum(columns.values())
    columns[TOTAL] = gains[whole.name]
    rows = [
        (name, float(values.mean()), *np.quantile(values, INTERVAL_LEVELS))
        for name, values in columns.items()
    ]
    return WhyResult(
        pd.DataFrame(rows, columns=["cause", "mean", "low", "central", "high"]),
        pd.DataFrame(columns),
        scenario.name,
        outcome,
        asked.unit,
        area.name,
        {**result.provenance, "scenarios": [scenario.name], "outcome": outcome},
    )


def _names(scenario: Scenario) -> list[str]:
    """Return a name for each lever: its kind and service, numbered where two are alike."""
    names = [f"{lever.kind} {getattr(lever, 'service', None) or ''}".strip() for lever in scenario.levers]
    return [
        f"{name} {names[: n + 1].count(name)}" if names.count(name) > 1 else name
        for n, name in enumerate(names)
    ]
