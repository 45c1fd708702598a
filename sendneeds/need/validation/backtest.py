"""Rolling-origin scores of any method: forecast from each past January, compare with what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import pandas as pd

from sendneeds import __version__
from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.plots import COLOURS, GREY, line_style, new_panels
from sendneeds.foundation.table_results import TableResult
from sendneeds.need.inputs.history import History, National, known
from sendneeds.need.inputs.national import shipped_national
from sendneeds.need.validation import scores
from sendneeds.need.validation.methods import METHODS, Method, for_need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area

ORIGINS = tuple(range(2017, 2025))
HORIZONS = (1, 2, 3, 4, 5)
LEAST_SCORED = 5  # fewer outcomes than this cannot show whether an interval holds
SIZES = {
    "under 1,000": 0,
    "1,000-1,999": 1000,
    "2,000-2,999": 2000,
    "3,000-4,999": 3000,
    "5,000 and over": 5000,
}
PIT_BINS = 10


@dataclass(frozen=True, repr=False, eq=False)
class Backtest(TableResult):
    """What a back-test found: a row a forecast, with its scores, and what could not be forecast.

    Parameters
    ----------
    rows : DataFrame
        area_code, method, origin, horizon, plans_at_origin, size_band, outcome, centre and scale (of log),
        df, error and its size (percent), crps_x100, wis_x100, covered_50/80/95, width_80 (percent), pit.
    refused : DataFrame
        area_code, method, origin, reason.
    series : str
        ``total`` or a need code.
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = sn.backtest(sn.open_area("luton"), ["naive", "default"], [2022])
    >>> found.rows.groupby("method").size().to_dict()
    {'default': 3, 'naive': 3}
    """

    rows: pd.DataFrame
    refused: pd.DataFrame
    series: str
    provenance: dict[str, Any] = field(default_factory=dict)

    title = "Back-test"
    what: ClassVar = {"rows": "A forecast and its scores", "refused": "A forecast that could not be made"}

    def table(self, by: str | Sequence[str] = ("method", "horizon")) -> pd.DataFrame:
        """Return mean scores by any of method, horizon, origin, size_band, area_code.

        Parameters
        ----------
        by : str or sequence of str

        Returns
        -------
        pandas.DataFrame
            A row a group: how many ``forecasts`` and ``areas``; ``mape``, ``bias`` and ``width_80`` in per cent;
            ``crps_x100`` and ``wis_x100`` of the log; ``coverage_50``, ``_80`` and ``_95`` as shares; ``interval``,
            which says where coverage is left out: a group with fewer than five outcomes cannot show it.

        Raises
        ------
        UnknownNameError
            If `by` is none of those.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.backtest(sn.open_area("luton"), ["naive"], [2021, 2022])
        >>> found.table("method")["forecasts"].tolist()
        [7]
        """
        keys = [by] if isinstance(by, str) else list(by)
        allowed = ["method", "horizon", "origin", "size_band", "area_code"]
        for key in keys:
            if key not in allowed:
                raise unknown("grouping", key, allowed)
        groups = self.rows.groupby(keys, observed=True)
        found = groups.agg(
            forecasts=("error", "size"),
            areas=("area_code", "nunique"),
            mape=("size_of_error", "mean"),
            bias=("error", "mean"),
            crps_x100=("crps_x100", "mean"),
            wis_x100=("wis_x100", "mean"),
            coverage_50=("covered_50", "mean"),
            coverage_80=("covered_80", "mean"),
            coverage_95=("covered_95", "mean"),
            width_80=("width_80", "mean"),
            pit_mean=("pit", "mean"),
        )
        short = found["forecasts"] < LEAST_SCORED
        interval_columns = ["coverage_50", "coverage_80", "coverage_95", "width_80", "pit_mean"]
        found.loc[short, interval_columns] = np.nan
        return found.assign(
            interval=np.where(short, "refused: fewer than 5 outcomes", "scored")
        ).reset_index()

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return mean scores by method and horizon.

        Parameters
        ----------
        name : str, optional
            A table, to have it whole instead.

        Returns
        -------
        pandas.DataFrame
            As `table`.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import sendneeds as sn
        >>> sn.backtest(sn.open_area("luton"), ["naive"], [2022]).summary()["horizon"].tolist()
        [1, 2, 3]
        """
        return self.table() if name is None else self[name].copy()

    def plot(self, method: str = "default", ax: Sequence[Axes] | None = None) -> np.ndarray:
        """Plot error and CRPS by horizon for every method; coverage by origin and PIT of one.

        Parameters
        ----------
        method : str
            The one whose intervals are shown.
        ax : sequence of four matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        ndarray of four matplotlib Axes

        Raises
        ------
        UnknownNameError
            If the method was not scored.
        DomainError
            If other than four axes are given.

        Examples
        --------
        >>> import sendneeds as sn
        >>> found = sn.backtest(sn.open_area("luton"), ["naive", "default"], [2021, 2022])
        >>> found.plot("naive")[0].get_title()
        'Mean absolute error (percent)'
        """
        if method not in set(self.rows["method"]):
            raise unknown("method", method, sorted(set(self.rows["method"])))
        error, crps, coverage, pit = panels = new_panels(4, ax, (5, 3.5), rows=2)
        by_horizon = self.table(["method", "horizon"])
        for n, (name, part) in enumerate(by_horizon.groupby("method")):
            colour, style = line_style(n)
            for axis, column in ((error, "mape"), (crps, "crps_x100")):
                axis.plot(
                    part["horizon"], part[column], style, color=colour, marker="o", markersize=3, label=name
                )
                axis.set_xticks(sorted(set(part["horizon"])))
        error.set(title="Mean absolute error (percent)", xlabel="Years ahead")
        crps.set(title="CRPS of the log, x 100", xlabel="Years ahead")
        error.legend(fontsize="small")
        chosen = self.rows[self.rows["method"] == method]
        by_origin = chosen.groupby("origin")["covered_80"].mean()
        coverage.bar(by_origin.index, 100 * by_origin, color=COLOURS[0])
        coverage.axhline(80, color=GREY, linewidth=1)
        coverage.set(
            title=f"{method}: outcomes inside the 80 % interval (percent)", xlabel="Origin (January)"
        )
        coverage.set_ylim(0, 100)
        pit.hist(chosen["pit"], bins=np.linspace(0, 1, PIT_BINS + 1), color=COLOURS[0])
        pit.axhline(len(chosen) / PIT_BINS, color=GREY, linewidth=1)
        pit.set(title=f"{method}: where outcomes fell in their forecast (PIT)", xlabel="Probability")
        return panels

    def _heading(self) -> str:
        return f"{self.title} of {'all plans' if self.series == 'total' else self.series}"


def backtest(
    areas: Area | History | Iterable[Area | History],
    methods: Sequence[str] | Mapping[str, Method] = ("naive", "own", "england", "half", "default"),
    origins: Sequence[int] = ORIGINS,
    horizons: Sequence[int] = HORIZONS,
    *,
    series: str = "total",
    national: National | None = None,
) -> Backtest:
    """Score methods by forecasting from each past January with only what was published by then.

    Parameters
    ----------
    areas : Area, History, or iterable of either
        One area or many.
    methods : sequence of names, or mapping of name to method
        Names from `sendneeds.need.validation.methods.METHODS`, or your own functions
        ``method(history, national, origin, horizons) -> Forecast``.
    origins, horizons : sequence of int
        Januaries to forecast from; years ahead. Pairs without an outcome are not scored.
    series : str
        ``total``, or a need code to score pupils with a plan of that need.
    national : National, optional
        England's tables; those that ship where not given.

    Returns
    -------
    Backtest

    Raises
    ------
    DomainError
        Where nothing at all could be scored; the reasons are given.

    Examples
    --------
    >>> import sendneeds as sn
    >>> found = backtest(sn.open_area("bedford"), ["naive", "default"])
    >>> table = found.table("method")
    >>> table["forecasts"].tolist(), bool(table["mape"][0] < table["mape"][1])
    ([30, 30], True)
    """
    kinds(areas=(areas, "areas"))
    histories = as_histories(areas)
    national = shipped_national() if national is None else national
    chosen = pick_methods(methods)
    if series != "total":
        chosen = {name: for_need(method, series) for name, method in chosen.items()}
    rows: list[dict[str, object]] = []
    refused: list[dict[str, object]] = []
    for origin in origins:
        then = national.known_at(origin)
        for history in histories:
            outcomes = outcomes_after(history, series, origin, horizons)
            past = history.known_at(origin)
            for name, method in chosen.items() if outcomes else ():
                try:
                    made = method(past, then, origin, sorted(outcomes))
                except (DomainError, MissingDataError) as error:
                    refused.append(
                        {
                            "area_code": history.area_code,
                            "method": name,
                            "origin": origin,
                            "reason": str(error),
                        }
                    )
                    continue
                size = known(past.plans, origin)
                for j, (horizon, outcome) in enumerate(sorted(outcomes.items())):
                    rows.append(
                        {
                            "area_code": history.area_code,
                            "method": name,
                            "origin": origin,
                            "horizon": horizon,
                            "plans_at_origin": size,
                            "outcome": outcome,
                            "centre": made.log_mean[j],
                            "scale": made.scale[j],
                            "df": made.df,
                        }
                    )
    if not rows:
        reasons = "; ".join(sorted({str(r["reason"]) for r in refused})) or "no outcome follows any origin"
        raise DomainError(f"Nothing could be scored: {reasons}")
    columns = ["area_code", "method", "origin", "reason"]
    made_from = {"software": "sendneeds", "version": __version__, "areas": [h.area_code for h in histories]}
    scored, left_out = score_rows(pd.DataFrame(rows)), pd.DataFrame(refused, columns=columns)
    return Backtest(scored, left_out, series, made_from)


def as_histories(areas: Area | History | Iterable[Area | History]) -> list[History]:
    """Return the published series of the areas, read from their packs where Areas are given."""
    from sendneeds.evidence.area import Area
    from sendneeds.need.inputs.area_history import area_history

    one = isinstance(areas, (Area, History))
    each = [cast("Area | History", areas)] if one else list(cast("Iterable[Area | History]", areas))
    return [item if isinstance(item, History) else area_history(item) for item in each]


def pick_methods(methods: Sequence[str] | Mapping[str, Method]) -> dict[str, Method]:
    """Return the methods by name, or raise for a name that nothing defines."""
    if isinstance(methods, Mapping):
        return dict(methods)
    for name in methods:
        if name not in METHODS:
            raise unknown("method", name, METHODS, "Or hand over your own: {'mine': function}.")
    return {name: METHODS[name] for name in methods}


def outcomes_after(history: History, name: str, origin: int, horizons: Sequence[int]) -> dict[int, float]:
    """Return the counts that came at each horizon after the origin, those known."""
    series = history.plans if name == "total" else history.pupils_by_need.get(name, {})
    found = {h: known(series, origin + h) for h in horizons}
    return {h: value for h, value in found.items() if value is not None}


def score_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with every score added."""
    log_outcome = np.log(rows["outcome"].to_numpy(dtype=float))
    centre, scale, df = (rows[name].to_numpy(dtype=float) for name in ("centre", "scale", "df"))
    error = scores.percentage_error(rows["outcome"], np.exp(centre))
    levels = {
        f"covered_{round(100 * v)}": scores.covered(log_outcome, centre, scale, df, v)
        for v in scores.WIS_LEVELS
    }
    return rows.assign(
        error=error,
        size_of_error=np.abs(error),
        crps_x100=100 * scores.crps_t(log_outcome, centre, scale, df),
        wis_x100=100 * scores.weighted_interval_score(log_outcome, centre, scale, df),
        width_80=scores.interval_width(scale, df, 0.8),
        pit=scores.pit(log_outcome, centre, scale, df),
        size_band=pd.cut(rows["plans_at_origin"], [*SIZES.values(), np.inf], right=False, labels=list(SIZES)),
        **levels,
    )
