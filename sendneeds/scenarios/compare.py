"""Compare options with the baseline, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import MissingDataError
from sendneeds.scenarios import compare_tables as tables
from sendneeds.scenarios import compare_text
from sendneeds.waits.services.simulate import BASELINE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.scenarios.run_result import RunResult
    from sendneeds.waits.services.result import WaitsResult


@dataclass(frozen=True, repr=False)
class Comparison:
    """Options against the baseline.

    Parameters
    ----------
    probability : pandas.DataFrame
        scenario, service, month, probability, standard_error: that the share of those waiting who have waited 18
        weeks or less reaches the target at the month's first Monday and for the weeks after it.
    differences : pandas.DataFrame
        scenario, service, month, measure, units, low, central, high: option less baseline, draw by draw; sessions
        past due are one of the measures.
    sessions : pandas.DataFrame
        A row an option, service and measure: sessions past due when they are most and at the end, and by how many
        weeks sessions delivered were late each year, beside the baseline's (`compare_tables.sessions`).
    plans : pandas.DataFrame
        A row a scenario and whole calendar year: the share of plans issued within 20 weeks, its difference from the
        baseline, and the probability that it reaches `plans_target` (`compare_tables.plans`); empty without a clock.
    places : pandas.DataFrame
        A row an option, January and measure: placements avoided, and GBP saved by funder (`compare_tables.places`);
        empty where no option changes places.
    costs : pandas.DataFrame
        As in `RunResult.costs`.
    target, plans_target : float
    hold_weeks : int
    options : tuple of str
        Names of the options, the baseline left out.
    waits : WaitsResult or None
    notes : tuple of str
        As in `RunResult.notes`.
    """

    probability: pd.DataFrame
    differences: pd.DataFrame
    sessions: pd.DataFrame
    plans: pd.DataFrame
    places: pd.DataFrame
    costs: pd.DataFrame
    target: float
    plans_target: float
    hold_weeks: int
    options: tuple[str, ...]
    waits: WaitsResult | None
    notes: tuple[str, ...] = ()

    def changed(self) -> list[tuple[str, str]]:
        """Return (scenario, service) where an option makes a difference to a list or to sessions past due."""
        moved = self.differences[(self.differences["low"] != 0) | (self.differences["high"] != 0)]
        return list(dict.fromkeys(zip(moved["scenario"], moved["service"], strict=True)))

    def services_of(self, scenario: str) -> list[str]:
        """Return the services to whose list or sessions an option makes a difference."""
        return [service for name, service in self.changed() if name == scenario]

    def to_tidy(self) -> pd.DataFrame:
        """Return the differences, one row a scenario, service, month and measure."""
        return self.differences

    def plot(self, service: str, ax: Axes | None = None) -> Axes:
        """Plot the probability by month for every option.

        Raises
        ------
        MissingDataError
            If no list was simulated.
        """
        if self.waits is None:
            raise MissingDataError("No list was simulated: there is no probability by month to plot.")
        return self.waits.plot_probability(service, self.target, ax)

    def __repr__(self) -> str:
        said, noted = compare_text.lines(self), [f"  note: {text}" for text in self.notes]
        if all(text.endswith(": no difference from the baseline") for text in said):
            return "\n".join(["Comparison: no option differs from the baseline", *noted])
        target = f"{self.target:.0%} waiting 18 weeks or less, held {self.hold_weeks} weeks"
        head = f"Comparison with the baseline ({target})"
        return "\n".join([head, *said, *noted])

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"


def compare(
    result: RunResult, target: float = 0.92, hold_weeks: int = 4, *, plans_target: float = 0.6
) -> Comparison:
    """Compare each option with the baseline, draw by draw on shared random numbers.

    Parameters
    ----------
    result : RunResult
    target : float
        Share of those waiting who should have waited 18 weeks or less.
    hold_weeks : int
        Weeks for which it has to stay so.
    plans_target : float
        Share of plans that should be issued within 20 weeks, the usual exceptions left out.

    Returns
    -------
    Comparison

    Raises
    ------
    MissingDataError
        If no list was simulated, and there are neither plans nor places to compare.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2031)
    >>> found = sn.compare(result)
    >>> found.changed()
    [('fill-slt-posts', 'SLT')]
    >>> sorted(set(found.sessions["measure"]))
    ['overdue_sessions_last', 'overdue_sessions_most', 'weeks_late']
    """
    import pandas as pd

    waits = result.waits
    options = tuple(s.name for s in result.scenarios if s.name != BASELINE)
    plans, places = tables.plans(result.clock, plans_target), tables.places(result.places)
    if waits is None and not (options and len(plans) + len(places)):
        raise MissingDataError(f"{result.area.name}: no list was simulated, so there is nothing to compare.")
    return Comparison(
        pd.DataFrame(columns=tables.PROBABILITY)
        if waits is None
        else tables.probability(waits, target, hold_weeks),
        pd.DataFrame(columns=tables.DIFFERENCES) if waits is None else tables.differences(waits),
        pd.DataFrame(columns=tables.SESSIONS) if waits is None else tables.sessions(waits),
        plans,
        places,
        result.costs,
        target,
        plans_target,
        hold_weeks,
        options,
        waits,
        result.notes,
    )
