"""An area's own waiting lists: with which of its counts a simulation begins."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import WEEK_BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sendneeds.evidence.types import AreaTables

NEAR = 92
"""Days, some three months, between a count and the start of a simulation that may begin with it."""


def whole_counts(table: pd.DataFrame, service: str) -> dict[str, pd.DataFrame]:
    """Return the counts of a service's list that have every band, suppressed ones included, by day or month.

    Parameters
    ----------
    table : pandas.DataFrame
        ``waiting_list`` or ``nhs_waiting_list``.
    service : str

    Returns
    -------
    dict of str to pandas.DataFrame
        A row a band; the earliest count first.
    """
    rows = table[(table["service"] == service) & (table["weeks_band"] != "all")]
    if "stage" in rows:
        rows = rows[rows["stage"] == "first_appointment"]
    if "priority" in rows:
        rows = rows[rows["priority"] == "all"]
    rows = rows[rows["waiting"].notna() | (rows["flag"] == "suppressed")]
    when = rows["month" if "month" in rows else "snapshot"].astype(str).str[:10]
    counts = {day: rows[when == day] for day in sorted(set(when))}
    return {day: found for day, found in counts.items() if set(found["weeks_band"]) == set(WEEK_BANDS)}


def nearest_count(area: AreaTables, service: str) -> tuple[dt.date, pd.DataFrame] | None:
    """Return the area's own whole count that is nearest to the start, and its day; None where it has none."""
    if not area.has("waiting_list"):
        return None
    counts = whole_counts(area.table("waiting_list"), service)
    by_day = {dt.date.fromisoformat(day): found for day, found in counts.items()}
    return min(by_day.items(), key=lambda one: abs(one[0] - area.start), default=None)


def far_from_start(area: AreaTables, services: Sequence[str]) -> dict[str, dt.date]:
    """Return the services whose own count nearest to the start is over `NEAR` days from it, with its day."""
    counts = {service: nearest_count(area, service) for service in services}
    days = {service: found[0] for service, found in counts.items() if found is not None}
    return {service: day for service, day in days.items() if abs(day - area.start).days > NEAR}


def refuse_far(area: AreaTables, services: Sequence[str]) -> None:
    """Raise a DomainError where a simulation would begin with a list that is not of its start."""
    far = far_from_start(area, services)
    if not far:
        return
    last = max(far.values())
    monday = last + dt.timedelta(days=-last.weekday() % 7)
    counts = ", ".join(f"{service} on {day}" for service, day in far.items())
    raise DomainError(
        f"{area.name}: waiting_list.csv counts {counts}, and lists are run from {area.start}: a list of another time "
        f"is no beginning. Allowed: a count within {NEAR} days of the start. Write start = {monday} under [simulation] "
        "in area.toml, or add a count of that time."
    )
