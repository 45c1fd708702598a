"""What a comparison of options with the baseline holds, and how it prints and plots."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.table_results import TableResult
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios.compare_text import MEDIANS_OF_DIFFERENCES, RULES, option_lines

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.waits.services.result import WaitsResult


def no_rows() -> pd.DataFrame:
    """Return a table without rows."""
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(TableResult):
    """Options against the baseline.

    Parameters
    ----------
    probability : pandas.DataFrame
        scenario, service, month; that the share of those waiting who have waited 18 weeks or less is at the target at
        the month's first Monday and for the weeks after it (``probability_in``), was so in that month or one before,
        from the run's first month on (``probability_by``), and is there in every week from then on
        (``probability_staying``); standard_error, of the first.
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
    paid : pandas.DataFrame
        A row an option and funder, ``all`` among them: GBP over the run, from the draws of `RunResult.spending`, and
        the share of it that is capital.
    value : pandas.DataFrame
        As `ValueResult.value`: GBP per unit of each outcome; the column of options is ``scenario``.
    verdicts : pandas.DataFrame
        As `sendneeds.judge` gives them.
    titles : dict of str to str
        Titles of the options.
    provenance : dict
        That of the run.

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.compare(sn.run(sn.open_area("bedford"), [], draws=4, to=2026))
    >>> sorted(found["probability"]["scenario"].unique())
    ['baseline']
    """

    title = "Comparison"
    what: ClassVar = {
        "differences": "A scenario, service, month and measure",
        "probability": "A scenario, service and month",
        "sessions": "An option, service and measure",
        "plans": "A scenario and calendar year",
        "places": "An option, January and measure",
        "costs": "A scenario, funder, financial year, cost type and item",
        "paid": "An option and funder",
        "value": "An option and outcome",
        "verdicts": "An option and service",
    }

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
    paid: pd.DataFrame = field(default_factory=no_rows)
    value: pd.DataFrame = field(default_factory=no_rows)
    verdicts: pd.DataFrame = field(default_factory=no_rows)
    titles: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)

    def changed(self) -> list[tuple[str, str]]:
        """Return where an option makes a difference to a list or to sessions past due.

        Returns
        -------
        list of (str, str)
            Option and service.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> sn.compare(sn.run(bedford, [], draws=4, to=2026)).changed()
        []
        """
        moved = self.differences[(self.differences["low"] != 0) | (self.differences["high"] != 0)]
        return list(dict.fromkeys(zip(moved["scenario"], moved["service"], strict=True)))

    def services_of(self, scenario: str) -> list[str]:
        """Return the services to whose list or sessions an option makes a difference.

        Parameters
        ----------
        scenario : str
            Name of an option.

        Returns
        -------
        list of str

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> sn.compare(sn.run(bedford, [], draws=4, to=2026)).services_of("more-posts")
        []
        """
        return [service for name, service in self.changed() if name == scenario]

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the probability of the target in the last month, beside the baseline's.

        Parameters
        ----------
        name : str, optional
            A table, to have it whole instead.

        Returns
        -------
        pandas.DataFrame
            A row an option and service with a list that it changes: ``scenario``, ``service``, ``month``,
            ``probability_in``, ``probability_by``, ``baseline`` (its ``probability_in``) and ``difference``.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> sn.compare(sn.run(bedford, [], draws=4, to=2026)).summary().columns.tolist()
        ['scenario', 'service', 'month', 'probability_in', 'probability_by', 'baseline', 'difference']
        """
        if name is not None:
            return self[name].copy()
        last = self.probability[self.probability["month"] == self.probability["month"].max()]
        base = last[last["scenario"] == BASELINE][["service", "probability_in"]]
        both = last.merge(base.rename(columns={"probability_in": "baseline"}), on="service")
        changed = set(self.changed())
        kept = [pair in changed for pair in zip(both["scenario"], both["service"], strict=True)]
        table = both.loc[
            kept, ["scenario", "service", "month", "probability_in", "probability_by", "baseline"]
        ]
        return table.assign(difference=table["probability_in"] - table["baseline"]).reset_index(drop=True)

    def plot(self, service: str, ax: Axes | None = None) -> Axes:
        """Plot the probability of being at the target in each month, for every option.

        Parameters
        ----------
        service : str
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        MissingDataError
            If no list was simulated.
        UnknownNameError
            If there is no such service with a list.

        Examples
        --------
        >>> import sendneeds as sn
        >>> bedford = sn.open_area("bedford")
        >>> sn.compare(sn.run(bedford, [], draws=4, to=2026)).plot("SLT").get_ylabel()
        'probability in the month'
        """
        if self.waits is None:
            raise MissingDataError("No list was simulated: there is no probability by month to plot.")
        return self.waits.plot_probability(service, self.target, ax)

    def _lines(self) -> list[str]:
        """Return what each option changes, in words; nothing where no option differs."""
        tables = {name: self[name] for name in self.what}
        lines = {name: option_lines(name, tables) for name in self.options}
        if not any(lines.values()):
            return []
        told = [
            line
            for name, text in lines.items()
            if text
            for line in (f"{name}: {self.titles.get(name, name)}", *(f"  {one}" for one in text))
        ]
        same = [name for name, text in lines.items() if not text]
        left_out = [f"left out, as they change nothing: {', '.join(same)}"] if same else []
        return [*told, *left_out, MEDIANS_OF_DIFFERENCES, *([RULES] if len(self.verdicts) else [])]

    def _heading(self) -> str:
        if not self._lines():
            return "Comparison: no option differs from the baseline"
        target = f"{self.target:.0%} waiting 18 weeks or less, held {self.hold_weeks} weeks"
        return f"Comparison with the baseline ({target})"

    def _notes(self) -> list[str]:
        return [
            *self._lines(),
            *(f"note: {text}" for text in self.notes),
        ]

    def __repr__(self) -> str:  # the lines say what the tables hold
        return "\n".join([self._heading(), *(f"  {note}" for note in self._notes())])
