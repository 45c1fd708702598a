"""The tidy tables of a run: which figures of lists, the clock and places its summary holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sendneeds.foundation.errors import unknown
from sendneeds.foundation.intervals import interval_table, interval_text
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.need.projection import NeedProjection
    from sendneeds.scenarios.scenario import Scenario

LIST_MEASURES = ("waiting", "waiting_over_52", "waiting_p92")
"""Stocks of the lists in a summary, at the start of each month's first week."""

PLACE_MEASURES = ("shortfall", "cost", "transported", "transport_cost", "out_of_area", "capital")
"""Figures of places in a summary beside children by setting."""


class ByScenario(dict[str, Any]):
    """Results by scenario; unknown names raise, listing the valid ones."""

    def __missing__(self, name: str) -> Any:
        raise unknown("option", str(name), self, "" if self else "None was made: see `missing`.")


def clock_tables(clock: EhcResult) -> list[pd.DataFrame]:
    """Return the EHC process by quarter as tidy tables of 80 % intervals: flows, stocks, and the shares in time."""
    frames = [clock.summary()]
    for exceptions in ("excluding", "including"):
        share = clock.share_in_time(exceptions)
        frame = interval_table(share)
        frame.insert(0, "variable", f"share_in_time_{exceptions}")
        frames.append(frame.assign(units="share"))
    return frames


def place_tables(places: PlacesResult) -> list[pd.DataFrame]:
    """Return children by setting, what is short and what it costs, by year, as tidy tables of 80 % intervals."""
    frames = []
    for name in ("placed", "needed", "wanted"):
        frame = interval_table(places.by_setting(name))
        frame.insert(0, "variable", name)
        frames.append(frame.assign(units="children"))
    frames += [places.summary(name) for name in PLACE_MEASURES if name in places.data]
    return frames


def plan_tables(needs: Mapping[str, tuple[NeedProjection, NeedProjection]]) -> pd.DataFrame:
    """Return plans each January by scenario, as projected and as issued, with 80 % intervals.

    Parameters
    ----------
    needs : mapping of scenario to (NeedProjection, NeedProjection)
        As projected, and without the plans that staff hold up.
    """
    import pandas as pd

    frames = [
        interval_table(need.total("E").rename("plans")).assign(scenario=scenario, counted=counted)
        for scenario, both in needs.items()
        for counted, need in zip(("projected", "issued"), both, strict=True)
    ]
    return pd.concat(frames, ignore_index=True)[["scenario", "year", "counted", "low", "central", "high"]]


def option_table(
    scenarios: Sequence[Scenario], clock: Mapping[str, EhcResult], places: Mapping[str, PlacesResult]
) -> pd.DataFrame:
    """Return a row an option: what it is, plans in time and children in independent schools at the end."""
    import pandas as pd

    table: dict[str, list[str]] = {"title": [s.title for s in scenarios]}
    names = [s.name for s in scenarios]
    if clock:
        shares = {
            name: part.share_in_time("excluding", "calendar_year").isel(calendar_year=-1)
            for name, part in clock.items()
        }
        year = int(shares[BASELINE]["calendar_year"])
        table[f"plans within 20 weeks, {year}"] = [interval_text(shares[n], "{:.0%}") for n in names]
    if places:
        away = {n: p.by_setting().sel(setting="independent").isel(year=-1) for n, p in places.items()}
        year = int(away[BASELINE]["year"])
        table[f"in independent schools, January {year}"] = [interval_text(away[n]) for n in names]
    return pd.DataFrame(table, index=pd.Index(names, name="option"))
