"""Residents aged 0 to 25 by age group, each January."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sendneeds.chapter.builder import ChapterBuilder, is_scaled, series
from sendneeds.chapter.charts import lines as charts
from sendneeds.chapter.records import Indicator, january
from sendneeds.chapter.sections.need.horizon import Horizon
from sendneeds.chapter.words import show
from sendneeds.need.projection import NeedProjection

ALL_AGES = "0 to 25"
AGE_BANDS = {"0 to 4": (0, 4), "5 to 10": (5, 10), "11 to 15": (11, 15), "16 to 25": (16, 25)}


@dataclass(frozen=True)
class Residents:
    """Residents of all ages covered.

    Parameters
    ----------
    total : dict of int to Indicator
        By year.
    estimate_year : int
        Year of the latest population estimate.
    """

    total: dict[int, Indicator]
    estimate_year: int


def add_residents(chapter: ChapterBuilder, need: NeedProjection, horizon: Horizon) -> Residents:
    """Add residents by year and age group, with two tables and a chart."""
    people = need.data["population"]
    basis = "scaled" if is_scaled(chapter.area, "population") else "estimate"
    bands = {ALL_AGES: (0, 25), **AGE_BANDS}
    source = f"{chapter.area.meta['population'].source}, aged on with school rolls by sendneeds"
    found: dict[str, dict[int, Indicator]] = {}
    for band, (first, last) in bands.items():
        draws = people.sel(age=slice(first, last)).sum("age")
        add = chapter.add_rough if basis == "scaled" else chapter.add_drawn
        found[band] = {
            year: add(
                f"residents.{band}.{year}", f"Residents aged {band}", draws.sel(year=year).values, "residents",
                january(year), source, definition="Age in completed years at the 31 August before",
            )
            for year in horizon.years
        }  # fmt: skip
    start, scored = horizon.start, horizon.scored_to
    now, then = (found[ALL_AGES][year] for year in (start, scored))
    total = people.sum("age")
    change = chapter.add_drawn(
        "residents.growth", "Change in residents aged 0 to 25",
        100 * (total.sel(year=scored).values / total.sel(year=start).values - 1), "percent",
        f"{january(start)} to {january(scored)}", source, basis,
    )  # fmt: skip
    is_open = change.lower_end < 0 < change.upper_end
    verb = (
        "could rise or fall"
        if is_open
        else f"will {'rise' if change.number > 0 else 'fall'} by about {show(change).lstrip('−')}"
    )
    table = chapter.add_table(
        "residents_by_year",
        f"Residents of {chapter.area.name} by age group, every January",
        ["January", *bands],
        [(horizon.label(y), [found[band][y] for band in bands]) for y in horizon.years],
        note=horizon.note,
    )
    chapter.add_figure(
        "residents",
        f"The number of residents aged 0 to 25 {verb} from {start} to {scored}",
        f"Line chart with 80% intervals of residents in four age groups from {start} to {horizon.end}. "
        f"All ages together: {show(now)} in {start} and {show(then)} in {scored}.",
        lambda: partial(
            charts.trend,
            [series(f"Ages {band}", found[band], band=True) for band in AGE_BANDS],
            "residents",
            scored_to=scored,
        ),
        table,
        "residents, each January",
    )
    return Residents(found[ALL_AGES], int(chapter.area.table("population")["mid_year"].max()))
