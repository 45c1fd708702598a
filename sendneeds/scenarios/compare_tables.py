"""The tables of a comparison: lists, sessions past due, plans in time and places, option against baseline."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import BASELINE
from sendneeds.waits.places.compare import compare_places
from sendneeds.waits.services.tables import by_month, counted_at_target, share_within_18
from sendneeds.waits.services.targets import MEASURES as CHANCES
from sendneeds.waits.services.targets import at_target, standard_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sendneeds.scenarios.spending import Spending
    from sendneeds.waits.ehc.result import EhcResult
    from sendneeds.waits.places.result import PlacesResult
    from sendneeds.waits.services.result import WaitsResult

MEASURES = ("waiting", "share_within_18", "waiting_over_52", "waiting_p92", "overdue_sessions")
INTERVAL = ["low", "central", "high"]
GAP = [f"difference_{part}" for part in INTERVAL]
DIFFERENCES = ["scenario", "service", "month", "measure", "units", *INTERVAL]
SESSIONS = ["scenario", "service", "measure", "when", "units", "baseline", *INTERVAL, *GAP]
PLANS = ["scenario", "calendar_year", *INTERVAL, *GAP, "target", "probability", "standard_error"]
PAID = ["scenario", "funder", *INTERVAL, "capital_share"]
PLACES = ["scenario", "year", "scored", "measure", "of", "units", *INTERVAL]
PROBABILITY = ["scenario", "service", "month", *CHANCES, "standard_error"]


def probability(waits: WaitsResult, target: float, hold_weeks: int) -> pd.DataFrame:
    """Return the chances of the target month by month: in it, by it, and staying from it on (`at_target`)."""
    return at_target(counted_at_target(waits.data, waits.with_list), target, hold_weeks=hold_weeks)


def differences(waits: WaitsResult) -> pd.DataFrame:
    """Return option less baseline by service, month and measure; columns `DIFFERENCES`."""
    import pandas as pd

    monthly = partial(by_month, waits.data)
    frames = []
    for measure in MEASURES:
        if measure == "share_within_18":
            array = share_within_18(monthly("waiting"), monthly("waiting_within_18"))
        else:
            array = monthly(measure)
        at = array.sel(service=waits.with_list).transpose("scenario", "service", "week", "draw")
        months = at["week"].values
        names = [str(s) for s in at["scenario"].values]
        base = at.values[names.index(BASELINE)].astype(np.float32)
        for scenario, values in zip(names, at.values, strict=True):
            if scenario == BASELINE:
                continue
            low, central, high = np.quantile(values.astype(np.float32) - base, INTERVAL_LEVELS, axis=-1)
            index = pd.MultiIndex.from_product(
                [[scenario], at["service"].values, months, [measure], [at.attrs["units"]]],
                names=DIFFERENCES[:5],
            )
            columns = {"low": low.ravel(), "central": central.ravel(), "high": high.ravel()}
            frames.append(pd.DataFrame(columns, index=index).reset_index())
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=DIFFERENCES)


def sessions(waits: WaitsResult) -> pd.DataFrame:
    """Return what each option does to sessions past due, at their most and at the end, and to how late sessions come.

    Parameters
    ----------
    waits : WaitsResult

    Returns
    -------
    pandas.DataFrame
        Columns `SESSIONS`. ``measure`` is ``overdue_sessions_most`` (``when`` is the week in which the option's
        median is highest, ``baseline`` the baseline's median in that week), ``overdue_sessions_last`` (the last
        week) or ``weeks_late`` (mean weeks by which a session delivered was late, ``when`` a calendar year).
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    past_due, late = waits.data["overdue_sessions"], waits.weeks_late()
    weeks = waits.data["week"].values.astype("datetime64[D]")
    for service in waits.with_list:
        due = past_due.sel(service=service).transpose("scenario", "week", "draw")
        slow = late.sel(service=service).transpose("scenario", "calendar_year", "draw")
        names = [str(s) for s in due["scenario"].values]
        base, base_late = (array.values[names.index(BASELINE)].astype(float) for array in (due, slow))
        for at, name in enumerate(names):
            if name == BASELINE:
                continue
            own, own_late = due.values[at].astype(float), slow.values[at].astype(float)
            most = int(np.median(own, axis=-1).argmax())
            for measure, week in (("overdue_sessions_most", most), ("overdue_sessions_last", len(weeks) - 1)):
                where = (name, service, measure, str(weeks[week]), "sessions")
                rows.append((*where, *_against(own[week], base[week])))
            for year, mine, its in zip(late["calendar_year"].values, own_late, base_late, strict=True):
                rows.append((name, service, "weeks_late", str(int(year)), "weeks", *_against(mine, its)))
    return pd.DataFrame(rows, columns=SESSIONS)


def plans(clock: Mapping[str, EhcResult], target: float) -> pd.DataFrame:
    """Return plans within 20 weeks by whole calendar year, exceptions left out, and the chance of a target.

    Parameters
    ----------
    clock : mapping of scenario to EhcResult
    target : float
        Share of plans issued within 20 weeks.

    Returns
    -------
    pandas.DataFrame
        Columns `PLANS`, a row a scenario (the baseline too) and year; ``probability`` is the share of the draws of
        the clock in which the target is reached.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for name, one in clock.items():
        own, base = (
            c.share_in_time("excluding", "calendar_year").transpose("calendar_year", "draw")
            for c in (one, clock[BASELINE])
        )
        for year, mine, its in zip(own["calendar_year"].values, own.values, base.values, strict=True):
            known = mine[~np.isnan(mine)]
            if not known.size:
                continue
            chance = float((known >= target - 1e-9).mean())
            gap = _against(mine, its)[1:]
            rows.append((name, int(year), *gap, target, chance, float(standard_error(chance, known.size))))
    return pd.DataFrame(rows, columns=PLANS)


def places(results: Mapping[str, PlacesResult]) -> pd.DataFrame:
    """Return the placements that each option avoids, and what each funder spends less, by January.

    Capital is left out: it is in the costs, in the financial years in which it is spent.

    Parameters
    ----------
    results : mapping of scenario to PlacesResult

    Returns
    -------
    pandas.DataFrame
        Columns `PLACES`; ``measure`` is ``avoided`` (``of`` a setting: children in the baseline less in the option),
        ``avoided_out_of_area``, ``avoided_transported`` or ``saved`` (``of`` a funder: GBP a year spent less, or all
        of them); ``scored`` tells years with a track record from the scenario range. Without the pack's prices only
        numbers of children are given.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for name, one in results.items():
        base = results[BASELINE]
        if one is base:
            continue
        parts: list[tuple[str, str, str, Any]] = []
        avoided = base.by_setting() - one.by_setting()
        parts += [("avoided", str(s), "children", avoided.sel(setting=s)) for s in avoided["setting"].values]
        try:
            found = compare_places(base, one).data
        except MissingDataError:  # the pack has no prices of places
            found = None
        if found is not None:
            parts += [
                (measure, "all", "children", found[measure])
                for measure in ("avoided_out_of_area", "avoided_transported")
                if measure in found
            ]
            saved = found["saved"]
            parts += [("saved", str(f), "GBP a year", saved.sel(funder=f)) for f in saved["funder"].values]
            parts.append(("saved", "all", "GBP a year", saved.sum("funder")))
        for measure, of, units, array in parts:
            values = array.transpose("year", "draw").values
            for year, row in zip(array["year"].values, values, strict=True):
                scored = int(year) <= base.scored_to
                rows.append((name, int(year), scored, measure, of, units, *_interval(row)))
    return pd.DataFrame(rows, columns=PLACES)


def paid(spending: Spending, options: Sequence[str]) -> pd.DataFrame:
    """Return what each funder pays over the run, and all together, summed draw by draw; columns `PAID`.

    ``capital_share`` is the mean capital over the mean cost.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for name in options:
        amount = spending.by_funder(name).sum("financial_year")
        if not amount.values.any():
            continue
        capital = spending.by_funder(name, cost_types=("capital",)).sum("financial_year")
        of = {str(f): (amount.sel(funder=f), capital.sel(funder=f)) for f in amount["funder"].values}
        of["all"] = amount.sum("funder"), capital.sum("funder")
        rows += [
            (name, funder, *_interval(own.values), float(part.mean() / own.mean()))
            for funder, (own, part) in of.items()
            if own.values.any()
        ]
    return pd.DataFrame(rows, columns=PAID)


def _interval(values: np.ndarray) -> tuple[float, ...]:
    """Return the 80 % interval and median of the draws that have a value; NaN where none has."""
    known = values[~np.isnan(values)]
    return tuple(np.quantile(known, INTERVAL_LEVELS).tolist()) if known.size else (np.nan,) * 3


def _against(own: np.ndarray, base: np.ndarray) -> tuple[float, ...]:
    """Return the baseline's median, the option's interval, and that of option less baseline, draw by draw."""
    return _interval(base)[1], *_interval(own), *_interval(own - base)
