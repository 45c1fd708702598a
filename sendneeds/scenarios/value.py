"""Value for money: GBP per unit of each outcome, option by option, from draws paired by their luck."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import MissingDataError, expect
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.scenarios import compare_tables
from sendneeds.scenarios.money import ENDS, Money, money_of, money_rows
from sendneeds.scenarios.outcomes import OUTCOMES, Outcome, gained, last_year, made, outcome_of, over_years
from sendneeds.scenarios.value_result import ValueResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sendneeds.scenarios.run_result import RunResult

VALUE = [
    "option",
    "outcome",
    "per",
    *(f"cost_{e}" for e in ENDS),
    *(f"gain_{e}" for e in ENDS),
    *ENDS,
    "probability_gain",
]
BETTER = ["outcome", "option", "than", "probability"]
FRONTIER = ["service", "option", "probability", "standard_error", *(f"cost_{e}" for e in ENDS), "on_frontier"]


def value(
    result: RunResult,
    outcomes: Sequence[str] | None = None,
    *,
    net: bool = False,
    discount: float = 0.0,
    target: float = 0.92,
    hold_weeks: int = 4,
) -> ValueResult:
    """Return what each option costs for each unit of each outcome, and how surely one is better value than another.

    Cost and outcome are those of the same draw, the option's less the baseline's, over the weeks of the run's lists. A
    draw in which an option costs money and gains nothing has an infinite price: it counts as worse than any, and an
    interval that reaches so far ends in infinity.

    Parameters
    ----------
    result : RunResult
        With the baseline.
    outcomes : sequence of str, optional
        Of `outcomes.OUTCOMES`: ``seen_within`` (children seen within 18 weeks), ``child_weeks`` (of waiting removed),
        ``sessions_past_due`` (avoided, mean of the weeks), ``independent`` and ``out_of_area`` (years of a placement
        avoided) and ``plans_in_time`` (points, mean of the years). All that the run has where left out.
    net : bool
        Whether the cash saved on places and transport is taken off the cost first.
    discount : float
        Rate a year at which cost and outcomes of later years count for less; the Green Book's is 0.035.
    target, hold_weeks
        Of the frontier's probability, as in `compare`.

    Returns
    -------
    ValueResult

    Raises
    ------
    MissingDataError
        If no option costs anything, or the run has nothing that could be gained.
    UnknownNameError
        If there is no such outcome.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2030)
    >>> found = sn.value(result, ["child_weeks"])
    >>> found.value["option"].tolist(), found.value["per"].tolist()
    (['fill-two-slt-posts'], ['child-week of waiting removed'])
    """
    import pandas as pd

    expect(result, "RunResult", "result", "run the options first, result = sn.run(area)")
    kinds(outcomes=(outcomes, "texts or nothing"), net=(net, "yes or no"))
    allowed = "a rate a year, 0.035 for 3.5 %"
    discount = arguments.amount("discount", discount, lambda x: 0 <= x < 1, allowed, 0.035)
    target = arguments.share("target", target)
    hold_weeks = arguments.whole("hold_weeks", hold_weeks, 0, 520, 4)
    asked = [outcome_of(name) for name in (list(() if outcomes is None else outcomes) or OUTCOMES)]
    there = [o for o in asked if made(result, o)]
    last = last_year(result)
    options = [s.name for s in result.scenarios if s.name != BASELINE]
    money = {name: money_of(result, name, discount) for name in options}
    costed = [name for name in options if money[name].cost.any()]
    if not costed:
        raise MissingDataError(
            "No option of the run costs anything, so nothing can be said of value for money."
        )
    if not there:
        raise MissingDataError("The run has neither lists, plans nor places: there is no outcome to pay for.")
    rows: list[tuple[Any, ...]] = []
    better: list[tuple[Any, ...]] = []
    for outcome in there:
        prices = {}
        for name in costed:
            gain = _gain(result, name, outcome, last, discount)
            if not gain.any():
                continue
            spent = money[name].net if net else money[name].cost
            spent = spent[: gain.size]
            prices[name] = price(spent, gain)
            interval = (*_interval(spent), *_interval(gain), *_interval(prices[name]))
            rows.append((name, outcome.name, f"{outcome.unit}", *interval, float((gain > 0).mean())))
        better += [(outcome.name, a, b, cheaper(prices[a], prices[b])) for a, b in permutations(prices, 2)]
    return ValueResult(
        value=pd.DataFrame(rows, columns=VALUE),
        better=pd.DataFrame(better, columns=BETTER),
        money=money_rows(money, {n: money_of(result, n, discount, ever=True) for n in costed}, costed),
        frontier=_frontier(result, {name: money[name] for name in options}, net, target, hold_weeks),
        net=net,
        discount=discount,
        first_year=int(result.need.data.attrs["start"]),
        last_year=last,
        target=target,
        area_name=result.area.name,
        provenance={**result.provenance, "net": net, "discount": discount, "to": last},
    )


def price(cost: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Return the cost of one unit in each draw; infinite where money is spent and nothing gained.

    Where less is spent and something gained it is negative (the unit comes with a saving); where less is spent and less
    is had, there is no price.

    Examples
    --------
    >>> price(np.array([100.0, 100.0, -50.0, -50.0]), np.array([4.0, 0.0, 5.0, -1.0])).tolist()
    [25.0, inf, -10.0, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = cost / gain
    return np.where(gain > 0, ratio, np.where(cost > 0, np.inf, np.nan))


def cheaper(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of draws in which one price is under another's; ties count half, draws without a price not.

    Examples
    --------
    >>> cheaper(np.array([1.0, 2.0, np.inf, np.nan]), np.array([2.0, 1.0, np.inf, 1.0]))
    0.5
    """
    known = ~(np.isnan(one) | np.isnan(other))
    if not known.any():
        return float("nan")
    a, b = one[known], other[known]
    return float((a < b).mean() + 0.5 * (a == b).mean())


def _gain(result: RunResult, name: str, outcome: Outcome, to: int, discount: float) -> np.ndarray:
    """Return what an option gains over the years, (draw,)."""
    found = gained(result, name, BASELINE, outcome, None, to)
    return over_years(found, outcome, discount, int(result.need.data.attrs["start"]))


def _interval(values: np.ndarray) -> tuple[float, float, float]:
    """Return the 80 % interval and median of draws that may be infinite, by their order; NaN where there are none."""
    known = np.sort(values[~np.isnan(values)])
    if not known.size:
        return (np.nan,) * 3
    if np.isfinite(known).all():
        low, central, high = np.quantile(known, INTERVAL_LEVELS)
        return float(low), float(central), float(high)
    low, central, high = known[[round(level * (known.size - 1)) for level in INTERVAL_LEVELS]]
    return float(low), float(central), float(high)


def _frontier(
    result: RunResult, money: dict[str, Money], net: bool, target: float, hold_weeks: int
) -> pd.DataFrame:
    """Return cost beside the probability of the target in the last month, by service that some option changes."""
    import pandas as pd

    if result.waits is None:
        return pd.DataFrame(columns=FRONTIER)
    table = compare_tables.probability(result.waits, target, hold_weeks)
    last = table[table["month"] == table["month"].max()].set_index(["service", "scenario"])
    waiting = result.lists["waiting"]
    rows = []
    for service in result.waits.with_list:
        at = waiting.sel(service=service)
        base = at.sel(scenario=BASELINE)
        changing = [n for n in money if bool((at.sel(scenario=n) != base).any())]
        if not changing:
            continue
        nothing = np.zeros(result.need.data.sizes["draw"])
        amounts = {BASELINE: nothing, **{n: money[n].net if net else money[n].cost for n in changing}}
        points = {
            n: (float(last.loc[(service, n), "probability_in"]), float(np.median(amounts[n])))
            for n in amounts
        }
        for name, (chance, cost) in points.items():
            beaten = any(
                p >= chance and c <= cost and (p > chance or c < cost)
                for n, (p, c) in points.items()
                if n != name
            )
            error = float(last.loc[(service, name), "standard_error"])
            rows.append((service, name, chance, error, *_interval(amounts[name]), not beaten))
    return pd.DataFrame(rows, columns=FRONTIER)
