"""How a projection from an earlier January came out: its totals, ages, settings and needs beside what was published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import DomainError, expect, unknown
from sendneeds.foundation.placements import PLACEMENT_SETTINGS, SETTINGS
from sendneeds.foundation.plots import COLOURS, GREY, new_axes, plain
from sendneeds.foundation.table_results import TableResult
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.as_published import has_needs_by_age
from sendneeds.need.validation.scores import crps_draws, percentage_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection

SMALL = 10
"""Cells under this many plans are not scored: a percentage of them says nothing."""


@dataclass(frozen=True, repr=False, eq=False)
class ProjectionScore(TableResult):
    """A projection beside what came.

    Parameters
    ----------
    rows : DataFrame
        A row an outcome: measure (total, age, setting, need), item, january, published, low, central, high (80 %
        interval), error (percent), inside_80, crps_x100 (of the log).
    refused : DataFrame
        A row a part that is not scored: measure, reason.
    area : str
    start : int
        January that was projected from.
    provenance : dict

    Examples
    --------
    >>> import sendneeds as sn
    >>> area = sn.open_area("luton")
    >>> found = sn.score(sn.project(area, to=2025, draws=50, seed=1, origin=2024), area)
    >>> found["refused"]["measure"].tolist()
    ['need by age']
    """

    rows: pd.DataFrame
    refused: pd.DataFrame
    area: str
    start: int
    provenance: dict[str, Any] = field(default_factory=dict)

    title = "Projection beside what came"
    what: ClassVar = {"rows": "An outcome and its score", "refused": "A part that is not scored"}

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return by measure how many outcomes, mean absolute error, bias, CRPS and the share inside the interval.

        Parameters
        ----------
        name : str, optional
            A table, to have it whole instead.

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
        >>> area = sn.open_area("luton")
        >>> found = sn.score(sn.project(area, to=2025, draws=50, seed=1, origin=2024), area)
        >>> found.summary()["measure"].tolist()
        ['total', 'age', 'setting', 'need']
        """
        if name is not None:
            return self[name].copy()
        groups = self.rows.groupby("measure", sort=False)
        return groups.agg(
            outcomes=("error", "size"),
            mean_absolute_error=("error", lambda e: e.abs().mean()),
            bias=("error", "mean"),
            crps_x100=("crps_x100", "mean"),
            share_inside_80=("inside_80", "mean"),
        ).reset_index()

    def plot(self, measure: str = "age", ax: Axes | None = None) -> Axes:
        """Plot the interval of each item of a measure and what was published, in the last January scored.

        Parameters
        ----------
        measure : {"total", "age", "setting", "need"}
        ax : matplotlib Axes, optional
            Those of a new figure when left out.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        UnknownNameError
            If nothing was scored for the measure.

        Examples
        --------
        >>> import sendneeds as sn
        >>> area = sn.open_area("luton")
        >>> found = sn.score(sn.project(area, to=2025, draws=50, seed=1, origin=2024), area)
        >>> found.plot("need").get_ylabel()
        'pupils with a plan'
        """
        scored = sorted(set(self.rows["measure"]))
        if measure not in scored:
            raise unknown("measure", measure, scored)
        rows = self.rows[self.rows["measure"] == measure]
        january = int(rows["january"].max())
        rows = rows[rows["january"] == january]
        ax = new_axes(ax)
        at = np.arange(len(rows))
        ax.vlines(
            at, rows["low"], rows["high"], color=COLOURS[0], linewidth=5, alpha=0.4, label="80 % interval"
        )
        ax.plot(at, rows["published"], ".", color=GREY, label=f"published, January {january}")
        ax.set_xticks(at, rows["item"], rotation=90)
        ax.set_title(f"{plain(self.area)}: projected from January {self.start}", loc="left")
        ax.set_ylabel("pupils with a plan" if measure == "need" else "plans")
        ax.legend(fontsize="small")
        return ax

    def _heading(self) -> str:
        return f"{self.area}: projected from January {self.start}, beside what came"

    def _notes(self) -> list[str]:
        return [f"Not scored, {part.measure}: {part.reason}" for part in self.refused.itertuples(index=False)]


def score(projection: NeedProjection, later_area: Area) -> ProjectionScore:
    """Score a projection from an earlier January against what was published later.

    Parameters
    ----------
    projection : NeedProjection
        Made with ``origin=``, or before a later release came.
    later_area : Area
        The same area with later Januaries.

    Returns
    -------
    ProjectionScore
        Plans in total and by published age; by setting, with the shares of the origin held; pupils with a plan by
        need, whose growth is that of the plans projected.

    Raises
    ------
    DomainError
        If the areas differ, or the later one has no January within the projection that it did not start from.

    Examples
    --------
    >>> import sendneeds as sn
    >>> area = sn.open_area("bedford")
    >>> found = score(sn.project(area, to=2025, draws=50, seed=1, origin=2024), area)
    >>> float(found["rows"]["published"].iloc[0]), len(found["rows"])
    (2170.0, 42)
    """
    expect(projection, "NeedProjection", "projection", "project it first, projection = sn.project(area)")
    expect(later_area, "Area", "later_area", "open it first, later_area = sn.open_area('bedford')")
    then = projection.area
    if then.code != later_area.code:
        raise DomainError(f"The projection is of {then.name}, the later figures are of {later_area.name}.")
    start = int(projection.data.attrs["start"])
    years = [int(y) for y in projection.data["year"].values if y > start]
    totals = stock.total_plans(later_area)
    scored = [year for year in years if year in totals]
    if not scored:
        raise DomainError(
            f"{later_area.name} has no January from {start + 1} to {years[-1]} to score against; "
            f"the last is {max(totals)}."
        )
    plans = projection.data["children"].sel(provision="E")
    rows: list[dict[str, object]] = []
    for year in scored:
        here = plans.sel(year=year)
        whole = here.sum(("need", "age")).values.astype(float)
        _add(rows, "total", "all", year, totals[year], whole)
        by_age = here.sum("need").transpose("age", "draw").values.astype(float)
        for group, count in _by_age(later_area, year).items():
            first, _, last = group.partition("-")
            _add(rows, "age", group, year, count, by_age[int(first) : int(last or first) + 1].sum(axis=0))
        mix, came = (_by_setting(area, at) for area, at in ((then, start), (later_area, year)))
        for setting, share in mix.items():
            if setting in came:
                _add(rows, "setting", setting, year, came[setting], whole * share / sum(mix.values()))
        own, later = (area_history(area).pupils_by_need for area in (then, later_area))
        base = plans.sel(year=start).sum("age")
        for need in stock.PLAN_NEEDS:
            before, after = own.get(need, {}).get(start), later.get(need, {}).get(year)
            if before and after:
                growth = here.sum("age").sel(need=need).values / np.maximum(base.sel(need=need).values, 1)
                _add(rows, "need", need, year, after, before * growth)
    made_from = {**projection.provenance, "scored_against": f"{later_area.name}, January {max(scored)}"}
    return ProjectionScore(pd.DataFrame(rows), _refused(then, start, rows), then.name, start, made_from)


def _refused(then: Area, start: int, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return what is not scored: needs by age always, and each measure for which nothing was published."""
    tables = {
        "age": "plans by age (ehc_plans.csv)",
        "setting": "plans by placement (ehc_plans.csv)",
        "need": "pupils with a plan by need (sen_pupils.csv)",
    }
    scored = {row["measure"] for row in rows}
    lacking = [
        (measure, f"There are no {what} for January {start} and for a later one.")
        for measure, what in tables.items()
        if measure not in scored
    ]
    if has_needs_by_age(then, start):
        why = "Its cells are small and needs are recorded anew from year to year: age and need are scored apart."
    else:
        why = (
            f"Plans by need and age were not published for January {start}, so the projection started from cells that "
            "were made; a release that holds two Januaries of them can be scored."
        )
    return pd.DataFrame([*lacking, ("need by age", why)], columns=["measure", "reason"])


def _add(
    rows: list[dict[str, object]], measure: str, item: str, year: int, published: float, draws: np.ndarray
) -> None:
    """Add a row for one outcome, unless it is too small to score."""
    if published < SMALL:
        return
    low, central, high = np.quantile(draws, INTERVAL_LEVELS)
    log = np.log(np.maximum(draws, 1.0))
    rows.append(
        {
            "measure": measure,
            "item": item,
            "january": year,
            "published": published,
            "low": low,
            "central": central,
            "high": high,
            "error": float(percentage_error(published, central)),
            "inside_80": bool(low <= published <= high),
            "crps_x100": float(100 * crps_draws([np.log(published)], log[None])[0]),
        }
    )


def _counts(area: Area, year: int) -> pd.DataFrame:
    """Return the rows of plans that were published for a January."""
    table = area.table("ehc_plans")
    return table[(table["census_january"] == year) & table["plans"].notna() & (table["flag"] != "imputed")]


def _by_age(area: Area, year: int) -> dict[str, float]:
    table = _counts(area, year)
    rows = table[(table["need"] == "all") & (table["placement"] == "all")]
    rows = rows[~rows["age"].isin(["all", "unknown"])]
    return {str(age): float(count) for age, count in zip(rows["age"], rows["plans"], strict=True)}


def _by_setting(area: Area, year: int) -> dict[str, float]:
    """Return plans by setting: as published of all needs and ages, else summed over ages, else over needs."""
    table = _counts(area, year)
    rows = table[table["placement"] != "all"]
    needs, ages = rows["need"] == "all", rows["age"] == "all"
    for chosen in (needs & ages, needs & ~ages, ~needs & ages):
        if chosen.any():
            rows = rows[chosen]
            break
    settings = rows["placement"].map(PLACEMENT_SETTINGS)
    counts = rows["plans"].astype(float).groupby(settings).sum()
    return {name: float(counts[name]) for name in SETTINGS if name in counts}
