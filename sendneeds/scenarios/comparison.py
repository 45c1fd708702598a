"""What a comparison of options with the baseline holds, and how it prints and plots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import MissingDataError
from sendneeds.scenarios.compare_text import option_lines

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

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
    figures_taken : date, optional
        Latest day on which a table of the area was taken: months before it are no answer to "by when".
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
    figures_taken: date | None = None

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
        tables = {
            name: getattr(self, name)
            for name in ("differences", "probability", "sessions", "plans", "places")
        }
        lines = {name: option_lines(name, self.services_of(name), **tables) for name in self.options}
        notes = [f"  note: {text}" for text in self.notes]
        if not any(lines.values()):
            return "\n".join(["Comparison: no option differs from the baseline", *notes])
        target = f"{self.target:.0%} waiting 18 weeks or less, held {self.hold_weeks} weeks"
        by_option = (text or [f"  {name}: no difference from the baseline"] for name, text in lines.items())
        head = f"Comparison with the baseline ({target})"
        return "\n".join([head, *(line for text in by_option for line in text), *notes])

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"
