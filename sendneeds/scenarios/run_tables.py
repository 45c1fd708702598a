"""The tidy tables of a run: which figures of lists, the clock and places its summary holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.foundation.intervals import interval_table
from sendneeds.waits.ehc.result import EhcResult
from sendneeds.waits.places.result import PlacesResult

if TYPE_CHECKING:
    import pandas as pd

LIST_MEASURES = ("waiting", "waiting_over_52", "waiting_p92")
"""Stocks of the lists in a summary, every so many weeks."""
WEEKS_BETWEEN = 4

PLACE_MEASURES = ("shortfall", "cost", "transported", "transport_cost", "out_of_area", "capital")
"""Figures of places in a summary beside children by setting."""


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
