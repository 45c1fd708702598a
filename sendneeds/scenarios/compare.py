"""Compare options with the baseline, draw by draw."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sendneeds.foundation import arguments
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios import compare_tables as tables
from sendneeds.scenarios.comparison import Comparison
from sendneeds.scenarios.judge import judge
from sendneeds.scenarios.value import value

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.scenarios.run_result import RunResult


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
    DomainError
        If a target is no share, or `hold_weeks` no whole number of weeks.
    MissingDataError
        If no list was simulated, and there are neither plans nor places to compare.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2028)
    >>> found = sn.compare(result)
    >>> found.changed()
    [('fill-two-slt-posts', 'SLT')]
    >>> sorted(set(found.sessions["measure"]))
    ['overdue_sessions_last', 'overdue_sessions_most', 'weeks_late']
    """
    import pandas as pd

    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    target, plans_target = (
        arguments.share(*given) for given in (("target", target), ("plans_target", plans_target))
    )
    hold_weeks = arguments.whole("hold_weeks", hold_weeks, 0, 520, 4)
    waits = result.waits
    days = [meta.extracted_on for meta in result.area.meta.values() if meta.extracted_on is not None]
    options = tuple(s.name for s in result.scenarios if s.name != BASELINE)
    plans, places = tables.plans(result.clock, plans_target), tables.places(result.places)
    if waits is None and not (options and len(plans) + len(places)):
        raise MissingDataError(f"{result.area.name}: no list was simulated, so there is nothing to compare.")
    made = Comparison(
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
        max(days, default=None),
        tables.paid(result.spending, options),
        _value(result, target, hold_weeks),
        pd.DataFrame(columns=["scenario"]),
        {s.name: s.title for s in result.scenarios},
        result.provenance,
    )
    return made if waits is None else replace(made, verdicts=judge(made).to_dataframe())


def _value(result: RunResult, target: float, hold_weeks: int) -> pd.DataFrame:
    """Return the prices of outcomes; none where no option costs anything."""
    import pandas as pd

    try:
        found = value(result, target=target, hold_weeks=hold_weeks).value
    except MissingDataError:
        return pd.DataFrame(columns=["scenario"])
    return found.rename(columns={"option": "scenario"})
