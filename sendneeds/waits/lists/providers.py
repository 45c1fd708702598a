"""Lists of single providers as they stand, and the order and referrals that are known or drawn of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.foundation import arguments
from sendneeds.foundation.columns import numbers_of
from sendneeds.foundation.dates import is_missing
from sendneeds.foundation.errors import DomainError, Fault, FaultsError, MissingDataError, unknown
from sendneeds.foundation.kinds import kinds
from sendneeds.kernel.streams import as_real, uniforms
from sendneeds.waits.lists.bands import BANDS, EDGES
from sendneeds.waits.lists.order import OrderLaw, order_law
from sendneeds.waits.lists.order_fit import SHARES, OrderFit, fit_pair, posterior, quantile

if TYPE_CHECKING:
    import pandas as pd

A_MONTH = 365.25 / 12 / 7
"""Weeks in a month."""
COLUMNS = ("service", "level", "organisation", "month", "weeks_band", "waiting")
"""What a frame of lists has to have."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
MOST = 10_000_000  # children on one list: more than wait in the country
NEWEST = 4  # weeks over which those who joined of late are counted


class Provider(NamedTuple):
    """One list as it stands, and what is known of its order: a share, or a pair of months, or neither."""

    name: str
    bands: np.ndarray
    share: float | None = None
    referrals: float | None = None
    fit: OrderFit | None = None


def shipped_lists(service: str) -> list[Provider]:
    """Return England's providers of June 2023 as they ship."""
    from sendneeds.evidence.area import shipped

    table = shipped("england").table("list_shapes")
    rows = table[table["service"] == service]
    if rows.empty:
        raise unknown("service with lists of providers", service, sorted(set(table["service"])))
    over = rows[[f"over_{edge}" for edge in EDGES]].to_numpy(dtype=float)
    bands = over - np.hstack([over[:, 1:], np.zeros((len(over), 1))])
    columns = zip(rows["provider"], bands, rows["in_order_share"], rows["referrals_per_week"], strict=True)
    return [
        Provider(f"provider {number}", own, float(share), float(joining))
        for number, own, share, joining in columns
    ]


def given_lists(service: str, lists: pd.DataFrame, organisations: Sequence[str] | None) -> list[Provider]:
    """Return the lists in the latest month of a frame, fitted on the month before where there is one."""
    kinds(lists=(lists, "table"))
    lacking = [name for name in COLUMNS if name not in lists]
    if lacking:
        raise DomainError(
            f"lists: no column {', '.join(lacking)}; allowed: a frame with {', '.join(COLUMNS)}. Read a workbook with "
            "sendneeds.read_community_lists."
        )
    rows = lists.assign(row=np.arange(len(lists)) + 2)[(lists["service"] == service).to_numpy()]
    if rows.empty:
        raise unknown("service", service, sorted(set(lists["service"])))
    rows = rows.assign(key=rows["organisation"].astype(str).map(_key))
    if organisations is None:
        rows = rows[rows["level"] == "provider"]
    else:
        wanted = arguments.listed("organisations", organisations, str)
        names = {_key(name): name for name in rows["organisation"].astype(str)}
        for name in wanted:
            if _key(name) not in names:
                raise unknown("organisation", name, names.values())
        rows = rows[rows["key"].isin({_key(name) for name in wanted})]
    _check(rows)
    rows = rows.drop_duplicates(["key", "month", "weeks_band"])
    names = rows.sort_values("month").drop_duplicates("key", keep="last").set_index("key")["organisation"]
    table = rows.pivot(index=["key", "month"], columns="weeks_band", values="waiting").reindex(
        columns=list(BANDS)
    )
    table = table.apply(numbers_of).dropna()
    table = table[table.sum(axis=1) > 0]
    latest = "" if table.empty else max(month for _, month in table.index)
    found = []
    for key in names.index:
        months = (
            table.loc[[key]].droplevel("key") if key in table.index.get_level_values("key") else table.head(0)
        )
        if latest not in months.index:
            continue
        bands = months.loc[latest].to_numpy()
        fit = None
        if len(earlier := months.drop(latest).sort_index()):
            first = str(earlier.index[-1])
            gap = 12 * (int(latest[:4]) - int(first[:4])) + int(latest[5:]) - int(first[5:])
            fit = fit_pair(earlier.iloc[-1].to_numpy(), bands, round(gap * A_MONTH))
        found.append(Provider(str(names[key]), bands, fit=fit))
    if not found:
        raise MissingDataError(
            f"No list of {service} has every band of weeks waited. Give lists of providers that submit weeks."
        )
    return found


def _check(rows: pd.DataFrame) -> None:
    """Raise a FaultsError with every month and figure that cannot be read, and figures that contradict each other."""
    faults = [
        Fault("lists", row, "month", str(month), "a month as YYYY-MM", "Write 2023-06, for example.")
        for month, row in rows.drop_duplicates("month")[["month", "row"]].itertuples(index=False)
        if not isinstance(month, str) or not _MONTH.fullmatch(month)
    ]
    seen: dict[tuple[str, ...], float] = {}
    numbers = numbers_of(rows["waiting"])
    names = ["key", "month", "weeks_band", "waiting", "row"]
    for (*where, cell, row), number in zip(
        rows[names].itertuples(index=False), numbers.tolist(), strict=True
    ):
        if is_missing(cell):
            continue
        if not 0 <= number <= MOST or number % 1:
            cure = "Give the count, or leave it empty where it is not known."
            faults.append(
                Fault("lists", row, "waiting", str(cell), f"a whole number from 0 to {MOST:,}", cure)
            )
        elif seen.setdefault(tuple(map(str, where)), number) != number:
            cure = "Take one of the rows out."
            faults.append(Fault("lists", row, "waiting", f"{cell}, and another above", "one figure", cure))
    if faults:
        raise FaultsError("the lists", sorted(faults, key=lambda fault: fault.row))


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def orders_and_referrals(
    service: str, some: list[Provider], draws: int, seed: int, in_order_share: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share in order and the referrals a week of each list, (list, draw)."""
    from sendneeds.evidence.area import shipped

    law = order_law(shipped("england"), service)
    share, referrals = np.empty((len(some), draws)), np.empty((len(some), draws))
    for row, one in enumerate(some):
        luck = as_real(uniforms(seed, ("pooled", service, one.name), 1, draws)[0])
        if in_order_share is not None:
            share[row] = in_order_share
        elif one.share is not None:
            share[row] = one.share
        else:
            share[row] = _order(one.fit, law, luck)
        if one.referrals is not None:
            referrals[row] = one.referrals
        elif one.fit is not None:
            referrals[row] = np.interp(share[row], SHARES, one.fit.referrals_by_share)
        else:
            referrals[row] = _referrals(one.bands, share[row])
    return share, referrals


def _order(fit: OrderFit | None, law: OrderLaw, luck: np.ndarray) -> np.ndarray:
    if fit is None:
        return law.quantile(np.clip(luck, 1e-9, 1 - 1e-9))
    return quantile(posterior([(fit.misfit, fit.children)], law.mean, law.sd), luck)


def _referrals(bands: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return referrals a week of a list that stands still, from those who have waited up to four weeks."""
    newest, total = bands[:3].sum(), bands.sum()
    rate = np.full(share.shape, newest / NEWEST)
    for _ in range(20):  # those seen at random are missing from the newest, more for each week waited
        stay = np.clip(1.0 - (1.0 - share) * rate / total, 0.05, 1.0)
        rate = newest / sum(stay**week for week in range(1, NEWEST + 1))
    return rate
