"""Compare options with the baseline, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.demand.calendar import month_starts
from sendneeds.foundation.errors import MissingDataError
from sendneeds.waits.simulate import BASELINE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from sendneeds.scenarios.run_result import RunResult
    from sendneeds.waits.result import WaitsResult

MEASURES = ("waiting", "share_within_18", "waiting_over_52", "waiting_p92")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Options against the baseline.

    Parameters
    ----------
    probability : pandas.DataFrame
        scenario, service, month, probability, standard_error: that the share of those waiting who have waited 18
        weeks or less reaches the target at the month's first Monday and for the weeks after it.
    differences : pandas.DataFrame
        scenario, service, month, measure, units, low, central, high: option less baseline, draw by draw.
    costs : pandas.DataFrame
        As in `RunResult.costs`.
    target : float
    hold_weeks : int
    waits : WaitsResult
    """

    probability: pd.DataFrame
    differences: pd.DataFrame
    costs: pd.DataFrame
    target: float
    hold_weeks: int
    waits: WaitsResult

    def changed(self) -> list[tuple[str, str]]:
        """Return (scenario, service) where an option makes a difference."""
        moved = self.differences[(self.differences["low"] != 0) | (self.differences["high"] != 0)]
        return list(dict.fromkeys(zip(moved["scenario"], moved["service"], strict=True)))

    def to_tidy(self) -> pd.DataFrame:
        """Return the differences, one row a scenario, service, month and measure."""
        return self.differences

    def plot(self, service: str, ax: Axes | None = None) -> Axes:
        """Plot the probability by month for every option."""
        return self.waits.plot_probability(service, self.target, ax)

    def __repr__(self) -> str:
        if not self.changed():
            return "Comparison: no option differs from the baseline"
        lines = [
            f"Comparison with the baseline ({self.target:.0%} waiting 18 weeks or less, held {self.hold_weeks} weeks)"
        ]
        for scenario, service in self.changed():
            rows = self.differences
            rows = rows[(rows["scenario"] == scenario) & (rows["service"] == service)]
            last = rows[(rows["month"] == rows["month"].max()) & (rows["measure"] == "waiting")].iloc[0]
            chance = self.probability
            chance = chance[(chance["scenario"] == scenario) & (chance["service"] == service)]
            best = chance.loc[chance["probability"].idxmax()]
            yearly = chance[chance["month"].dt.month == 1].iloc[1:]
            by_january = ", ".join(f"{r.month:%Y} {r.probability:.2f}" for r in yearly.itertuples())
            never = "" if best["probability"] >= 0.5 else "; no month reaches one half"
            lines += [
                f"  {scenario}, {service}: {last['central']:+,.0f} waiting in {last['month']:%B %Y} "
                f"({last['low']:+,.0f} to {last['high']:+,.0f})",
                f"    target met with probability, each January: {by_january}",
                f"    most {best['probability']:.2f} in {best['month']:%B %Y}, standard error "
                f"{best['standard_error']:.3f}{never}",
            ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(repr(self))}</pre>"


def compare(result: RunResult, target: float = 0.92, hold_weeks: int = 4) -> Comparison:
    """Compare each option with the baseline, draw by draw on shared random numbers.

    Parameters
    ----------
    result : RunResult
    target : float
        Share of those waiting who should have waited 18 weeks or less.
    hold_weeks : int
        Weeks for which it has to stay so.

    Returns
    -------
    Comparison

    Raises
    ------
    MissingDataError
        If no list was simulated.

    Examples
    --------
    >>> import sendneeds as sn
    >>> bedford = sn.open_area("bedford")
    >>> result = sn.run(bedford, sn.open_scenarios(bedford)[:2], draws=20, to=2031)
    >>> sn.compare(result).changed()
    [('fill-slt-posts', 'SLT')]
    """
    if result.waits is None:
        raise MissingDataError(f"{result.area.name}: no list was simulated, so there is nothing to compare.")
    return Comparison(
        result.waits.probability(target, hold_weeks),
        _differences(result.waits),
        result.costs,
        target,
        hold_weeks,
        result.waits,
    )


def _differences(waits: WaitsResult) -> pd.DataFrame:
    import pandas as pd

    weeks = waits.data["week"].values.astype("datetime64[D]")
    first = month_starts(weeks)
    months = weeks[first].astype("datetime64[ns]")
    frames = []
    for measure in MEASURES:
        array = waits.share_within_18() if measure == "share_within_18" else waits.data[measure]
        at = (
            array.sel(service=waits.with_list)
            .isel(week=first)
            .transpose("scenario", "service", "week", "draw")
        )
        names = [str(s) for s in at["scenario"].values]
        base = at.values[names.index(BASELINE)].astype(np.float32)
        for scenario, values in zip(names, at.values, strict=True):
            if scenario == BASELINE:
                continue
            low, central, high = np.quantile(values.astype(np.float32) - base, (0.1, 0.5, 0.9), axis=-1)
            index = pd.MultiIndex.from_product(
                [[scenario], at["service"].values, months, [measure], [at.attrs["units"]]],
                names=["scenario", "service", "month", "measure", "units"],
            )
            columns = {"low": low.ravel(), "central": central.ravel(), "high": high.ravel()}
            frames.append(pd.DataFrame(columns, index=index).reset_index())
    return (
        pd.concat(frames, ignore_index=True)
        if frames
        else pd.DataFrame(
            columns=["scenario", "service", "month", "measure", "units", "low", "central", "high"]
        )
    )
