"""From monthly snapshots to the numbers a list is run on: how many leave unseen, and how many can be seen.

Removals are what the month's account leaves over: opening + referrals - seen - closing. An account that does not
come out is told, month by month, and never rounded up to zero.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from scipy import stats

from sendneeds import __version__
from sendneeds.foundation.columns import numbers_of
from sendneeds.foundation.dates import read_dates
from sendneeds.foundation.errors import DomainError, Fault, FaultsError
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.table_results import TableResult
from sendneeds.waits.lists.order_fit import fit_flows, posterior, quantile

if TYPE_CHECKING:
    import pandas as pd

_FLOWS = ("referrals", "seen")
_FEWEST_BANDS = 3
_MONTH = 365.25 / 12
_BAND = re.compile(r"over_(0|[1-9]\d{0,3})", re.ASCII)
_LIKE_BAND = re.compile(r"\W*over[\W_]*[\d¹²³⁴-⁹]", re.IGNORECASE)
"""A heading that means a band of weeks, and is not written as one: ``Over 18``, ``over_018``."""
_APART = (0.5, 1.5)
"""Snapshots closer than this share of the usual step are the same month; further apart, a month is missing."""


class Interval(NamedTuple):
    """An estimate with its 80 % interval."""

    low: float
    central: float
    high: float


@dataclass(frozen=True, repr=False, eq=False)
class Calibration(TableResult):
    """What a run of monthly snapshots says of a list.

    Parameters
    ----------
    removal_hazard : Interval
        Chance a week that a waiting child leaves unseen.
    capacity : Interval
        Children that can be seen a week, over the months in which the list was never empty.
    capacity_cv : float
        Standard deviation of the monthly rates over their mean.
    dispersion : float
        Variance of monthly removals over what chance alone would give; the interval of the hazard allows for it.
    flows : pandas.DataFrame
        A row a month: opening, referrals, seen, removed, closing, weeks, seen_a_week, empties.
    findings : tuple of str
        What in the data does not hold together, or could not be used.
    provenance : dict
    in_order_share : Interval or None
        Share of those seen that goes to the longest waiters; None without three bands of weeks waited over a quarter
        of a year.

    Examples
    --------
    >>> import pandas as pd
    >>> import sendneeds as sn
    >>> months = pd.date_range("2025-01-31", periods=5, freq="ME")
    >>> found = sn.calibrate(
    ...     pd.DataFrame({"month_end": months, "referrals": 90, "seen": 84, "over_0": [400, 404, 406, 410, 412]})
    ... )
    >>> found["flows"]["removed"].tolist()
    [2.0, 4.0, 2.0, 4.0]
    """

    removal_hazard: Interval
    capacity: Interval
    capacity_cv: float
    dispersion: float
    flows: pd.DataFrame
    findings: tuple[str, ...]
    provenance: dict[str, Any] = field(default_factory=dict)
    in_order_share: Interval | None = None

    title = "Calibration of a list"
    what: ClassVar = {"flows": "A month"}

    def __post_init__(self) -> None:
        for name in ("removal_hazard", "capacity"):
            object.__setattr__(self, name, Interval(*getattr(self, name)))
        if self.in_order_share is not None:
            object.__setattr__(self, "in_order_share", Interval(*self.in_order_share))

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """Return the estimates with their 80 % intervals.

        Parameters
        ----------
        name : str, optional
            A table, to have it whole instead.

        Returns
        -------
        pandas.DataFrame
            Rows ``removal_hazard``, ``capacity`` and, if there is one, ``in_order_share``; columns variable,
            low, central, high and units.

        Raises
        ------
        UnknownNameError
            If there is no such table.

        Examples
        --------
        >>> import pandas as pd
        >>> import sendneeds as sn
        >>> months = pd.date_range("2025-01-31", periods=5, freq="ME")
        >>> found = sn.calibrate(
        ...     pd.DataFrame({"month_end": months, "referrals": 90, "seen": 84, "over_0": [400, 404, 406, 410, 412]})
        ... )
        >>> found.summary()["variable"].tolist()
        ['removal_hazard', 'capacity']
        """
        import pandas as pd

        if name is not None:
            return self[name].copy()
        rows = [
            ("removal_hazard", *self.removal_hazard, "probability a week"),
            ("capacity", *self.capacity, "children a week"),
        ]
        if self.in_order_share is not None:
            rows.append(("in_order_share", *self.in_order_share, "share"))
        return pd.DataFrame(rows, columns=["variable", "low", "central", "high", "units"])

    def _notes(self) -> list[str]:
        return list(self.findings)


def calibrate(snapshots: pd.DataFrame) -> Calibration:
    """Estimate removals and effective capacity from monthly snapshots of one list.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        A row a month: ``month_end`` (date of the snapshot: day first if in numbers alone, one order for the column);
        ``referrals`` and ``seen`` in the month; and the list
        at its end, by band of weeks waited, in columns ``over_0``, ``over_18`` and so on, each the children who
        have waited more than the weeks it names, ``over_0`` being the whole list. The flows of the first row
        are not used: it is the opening list. Where a month is missing, the step over the gap is left out and told:
        flows of one month say nothing of two.

    Returns
    -------
    Calibration
        The hazard is removals over child-weeks of waiting, with a gamma interval widened by the dispersion; the
        capacity is the mean weekly rate of months whose list never emptied, with a t interval. With bands of weeks
        waited, the share of those seen that goes to the longest waiters is told too: each quarter of a year the list is
        stepped on with its own flows, and shares are weighed by how close they bring it to the next count.

    Raises
    ------
    FaultsError
        A column, date or number that cannot be read; all of them are told at once.
    DomainError
        Fewer than four months, removals that are negative over the whole run, or a list that was always empty.

    Examples
    --------
    >>> import pandas as pd
    >>> found = calibrate(pd.DataFrame({
    ...     "month_end": pd.date_range("2025-01-31", periods=6, freq="ME"),
    ...     "referrals": [0, 90, 85, 95, 88, 92],
    ...     "seen": [0, 80, 84, 82, 81, 83],
    ...     "over_0": [400, 403, 396, 402, 401, 404],
    ... }))
    >>> round(found.removal_hazard.central, 4), round(found.capacity.central, 1)
    (0.0042, 19.2)
    """
    kinds(snapshots=(snapshots, "table"))
    table, bands = _read(snapshots)
    waiting = table["over_0"].to_numpy()
    dates = table["month_end"]
    weeks = np.diff(dates.to_numpy()) / np.timedelta64(1, "D") / 7.0
    months = dates.dt.strftime("%B %Y").to_numpy()[1:]
    findings = _band_findings(table, bands, weeks, months)
    whole = weeks <= _APART[1] * _usual(weeks)
    findings += [
        f"{_day(dates[step])} to {_day(dates[step + 1])}: no snapshot for {7 * weeks[step]:.0f} days; the step is left "
        "out, as its flows may be those of one month"
        for step in np.flatnonzero(~whole)
    ]
    if whole.sum() < 4:
        raise DomainError(
            f"months of flows without a gap before them: found {whole.sum()}; allowed: 4 or more. Give the missing "
            "months:\n  " + "\n  ".join(findings)
        )
    opening, closing = waiting[:-1][whole], waiting[1:][whole]
    referrals, seen = (table[name].to_numpy()[1:][whole] for name in _FLOWS)
    weeks, months = weeks[whole], months[whole]
    removed = opening + referrals - seen - closing
    order = _in_order_share(table, bands, whole)
    exposure = weeks * (opening + closing) / 2.0
    findings = [
        *(
            f"{month}: {-left:g} more children than opening + referrals - seen account for"
            for month, left in zip(months, removed, strict=True)
            if left < 0
        ),
        *findings,
    ]
    if removed.sum() < 0:
        raise DomainError(
            f"removals over {len(weeks)} months: found {removed.sum():g}; allowed: 0 or more. Referrals or "
            "activity are counted on another basis than the list; check them month by month:\n  "
            + "\n  ".join(findings)
        )

    rate = seen / weeks
    empties = closing < rate  # under a week's work left: what was seen is demand, not capacity
    findings += [
        f"{month}: the list was all but empty, so activity is no measure of capacity"
        for month in months[empties]
    ]
    usable = rate[~empties]
    if usable.size < 2:
        raise DomainError(
            f"months whose list was not empty: found {usable.size}; allowed: 2 or more. A list that is always "
            "cleared shows its demand and not its capacity: take capacity from staff in post."
        )
    if not usable.any():
        raise DomainError(
            f"children seen over {usable.size} months: found 0; allowed: some. A list from which nobody is seen "
            "shows no capacity: take it from staff in post."
        )
    hazard, dispersion = _hazard(removed, exposure)
    centre, spread = float(usable.mean()), float(usable.std(ddof=1))
    half = float(stats.t.ppf(0.9, usable.size - 1)) * spread / usable.size**0.5
    flows = table.iloc[1:][whole][["month_end"]].assign(
        opening=opening,
        referrals=referrals,
        seen=seen,
        removed=removed,
        closing=closing,
        weeks=weeks,
        seen_a_week=rate,
        empties=empties,
    )
    return Calibration(
        hazard,
        Interval(centre - half, centre, centre + half),
        spread / centre,
        dispersion,
        flows.reset_index(drop=True),
        tuple(findings),
        {"software": "sendneeds", "version": __version__},
        order,
    )


def _in_order_share(table: pd.DataFrame, bands: list[int], whole: np.ndarray) -> Interval | None:
    """Return the share in order by the longest run of months without a gap; None where it cannot be told."""
    if len(bands) < _FEWEST_BANDS:
        return None
    ends = np.flatnonzero(np.concatenate([[True], ~whole, [True]]))
    first, last = max(pairwise(ends), key=lambda ends: ends[1] - ends[0])
    rows = table.iloc[first:last]
    over = rows[[f"over_{edge}" for edge in bands]].to_numpy()
    weeks = rows["month_end"].diff().dt.days.to_numpy()[1:] / 7.0
    referrals, seen = (rows[name].to_numpy()[1:] for name in _FLOWS)
    removed = over[:-1, 0] + referrals - seen - over[1:, 0]
    fits = fit_flows(over, tuple(bands), weeks, referrals, seen, removed)
    return Interval(*quantile(posterior(fits), np.array([0.1, 0.5, 0.9])).tolist()) if fits else None


def _usual(weeks: np.ndarray) -> float:
    """Return the usual weeks between snapshots: their median, at most a month."""
    return min(float(np.median(weeks)), _MONTH / 7)


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _hazard(removed: np.ndarray, exposure: np.ndarray) -> tuple[Interval, float]:
    """Return the hazard with its interval, and the dispersion of monthly removals."""
    total = removed.sum()
    expected = total * exposure / exposure.sum()
    dispersion = 1.0
    if total > 0:
        dispersion = max(1.0, ((removed - expected) ** 2 / expected).sum() / (removed.size - 1))
    law = stats.gamma(total / dispersion + 0.5, scale=dispersion / exposure.sum())
    centre = float(total / exposure.sum())
    low, high = (float(law.ppf(share)) for share in (0.1, 0.9))
    return Interval(min(low, centre), centre, max(high, centre)), float(dispersion)


def _band_findings(table: pd.DataFrame, bands: list[int], weeks: np.ndarray, months: np.ndarray) -> list[str]:
    """Return where more children have waited so long than could have come from the month before."""
    found = []
    for month in range(len(weeks)):
        for over in bands:
            before = [edge for edge in bands if edge <= over - weeks[month]]
            if not before:
                continue
            now, then = table[f"over_{over}"].iloc[month + 1], table[f"over_{before[-1]}"].iloc[month]
            if now > then:
                found.append(
                    f"{months[month]}: {now - then:g} more children over {over} weeks than were over {before[-1]} "
                    "weeks a month before"
                )
    return found


def _are_days_apart(days: Sequence[dt.date | None]) -> bool:
    """Return whether snapshots are days and not weeks or months apart, as month-first dates read day first are."""
    steps = np.diff(np.sort(np.array(days, dtype="datetime64[D]"))).astype(int)
    return steps.size > 1 and float(np.median(steps)) < 7


def _read(snapshots: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """Return the table in order of date with numbers as float64, and the edges of its bands."""
    import pandas as pd

    faults: list[Fault] = []
    names = list(map(str, snapshots.columns))
    bands = sorted({int(match[1]) for name in names if (match := _BAND.fullmatch(name))})
    for name in dict.fromkeys(names):
        used = name in ("month_end", *_FLOWS) or _LIKE_BAND.match(name)
        if used and names.count(name) > 1:
            found = f"{names.count(name)} columns of that name"
            faults.append(Fault("snapshots", 0, name, found, "one", "take out the others"))
        if _LIKE_BAND.match(name) and not _BAND.fullmatch(name):
            cure = "name it over_0, over_18 and so on"
            faults.append(Fault("snapshots", 0, name, f"a column '{name}'", "weeks in plain digits", cure))
    for column in ("month_end", *_FLOWS, "over_0"):
        if column not in snapshots:
            found = ", ".join(map(str, snapshots.columns))
            cure = f"give the column '{column}'"
            faults.append(Fault("snapshots", 0, column, f"columns {found}", f"a column '{column}'", cure))
    if faults:
        raise FaultsError("the snapshots", faults)
    days = read_dates(snapshots["month_end"], "snapshots", "month_end", faults, needed=True)
    if not faults and _are_days_apart(days):
        found = f"{days[0]} to {days[-1]}, days and not months apart"
        cure = "Write every date as YYYY-MM-DD: dates in numbers alone are read day first"
        raise FaultsError(
            "the snapshots", [Fault("snapshots", 0, "month_end", found, "a snapshot a month", cure)]
        )
    table = pd.DataFrame({"month_end": pd.to_datetime(pd.Series(days, dtype="object"))})
    for column in (*_FLOWS, *(f"over_{edge}" for edge in bands)):
        table[column] = numbers_of(snapshots[column])
        for row in np.flatnonzero(~((table[column] >= 0) & np.isfinite(table[column]))):
            value = str(snapshots[column].iloc[row])
            cure = "give the count, or leave the months before it out"
            faults.append(Fault("snapshots", int(row) + 2, column, value, "a count, 0 or more", cure))
    in_order = table["month_end"].dropna().sort_values()
    if len(in_order) > 1:
        steps = in_order.diff().dt.days / 7
        for row in in_order.index[(steps < _APART[0] * _usual(steps.to_numpy()[1:])) | (steps == 0)]:
            value = str(snapshots["month_end"].iloc[row])
            faults.append(Fault("snapshots", row + 2, "month_end", value, "each month once", "drop the copy"))
    for lower, upper in pairwise(bands):
        for row in np.flatnonzero(table[f"over_{upper}"] > table[f"over_{lower}"]):
            value = str(snapshots[f"over_{upper}"].iloc[row])
            allowed = f"no more than over_{lower}"
            cure = "give children over so many weeks, not the children in a band"
            faults.append(Fault("snapshots", int(row) + 2, f"over_{upper}", value, allowed, cure))
    if faults:
        raise FaultsError("the snapshots", faults)
    if len(table) < 5:
        raise DomainError(
            f"months of flows: found {max(len(table) - 1, 0)}; allowed: 4 or more. Give more months."
        )
    return table.sort_values("month_end", ignore_index=True), bands
