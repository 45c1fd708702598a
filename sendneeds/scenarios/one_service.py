"""One service alone under options by hand: its list, without simulating the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from sendneeds.foundation.intervals import interval_table
from sendneeds.waits.services.simulate import simulate
from sendneeds.waits.services.tables import by_month

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area
    from sendneeds.need.projection import NeedProjection
    from sendneeds.scenarios.clocks import Clocks
    from sendneeds.waits.services.options import ServiceOption
    from sendneeds.waits.services.result import WaitsResult

T = TypeVar("T")


def simulate_alone(
    area: Area,
    need: NeedProjection,
    service: str,
    options: Mapping[str, dict[str, ServiceOption]],
    clocks: Clocks | None,
    needs: Mapping[str, NeedProjection] | None = None,
) -> WaitsResult:
    """Return the list of one service under options; its numbers are those of a run of all services.

    Parameters
    ----------
    area : Area
    need : NeedProjection
    service : str
    options : mapping of str to dict of str to ServiceOption
        What each option does to each service.
    clocks : Clocks or None
        What the EHC clock asks of the service; None where the pack has no figures for a clock.
    needs : mapping of str to NeedProjection, optional
        Of options that change need.
    """
    staffed = dict(options) if clocks is None else clocks.staffed(dict(options))
    asked = {} if clocks is None else clocks.requests()
    in_hand = {} if clocks is None else clocks.in_hand()
    return simulate(
        area,
        need,
        [service],
        scenarios=_only(staffed, service),
        needs=dict(needs or {}),
        advice=_only(asked, service),
        advice_opening=_only(in_hand, service),
        by="month",
    )


def list_table(waits: WaitsResult, service: str) -> pd.DataFrame:
    """Return children waiting and sessions past due by scenario and month, with 80 % intervals."""
    import pandas as pd

    frames = [
        interval_table(by_month(waits.data, measure).sel(service=service).rename(measure)).assign(
            measure=measure
        )
        for measure in ("waiting", "overdue_sessions")
    ]
    table = pd.concat(frames, ignore_index=True).rename(columns={"week": "month"})
    return table[["scenario", "measure", "month", "low", "central", "high"]]


def _only(by_scenario: Mapping[str, Mapping[str, T]], service: str) -> dict[str, dict[str, T]]:
    return {name: {s: rows for s, rows in each.items() if s == service} for name, each in by_scenario.items()}
