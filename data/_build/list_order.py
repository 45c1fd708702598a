"""Fit how far lists keep the order of waiting, over providers: ``python data/_build/list_order.py FOLDER``.

Reads three workbooks of community health services (lists of February, June and August 2023, in the folder
``published`` of FOLDER) and writes into the pack for England ``list_order.csv`` (mean and spread of the share in order,
service by service) and ``list_shapes.csv`` (the lists of June 2023 by band, provider by provider without names, each
with its share). A provider counts where both pairs of months can be fitted: bands that add up to its total within
a tenth, 100 children or more, and no halving or doubling between, which would be a change in what is reported.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

import sendneeds as sn
from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.inputs.national import shipped_folder
from sendneeds.waits.lists.bands import BANDS, EDGES
from sendneeds.waits.lists.order_fit import DEGREES, MISFIT, OrderFit, fit_pair

WORKBOOKS = ("2023-04", "2023-08", "2023-10")
MONTHS = ("2023-02", "2023-06", "2023-08")
WEEKS = (17, 9)  # 122 and 62 days
SHAPES_OF = "2023-06"  # a month in term, and the later of the two
LEAST, FALLS_SHORT, CHANGES = 100, 0.1, 2.0
FEWEST = 20  # providers of a service for a law of its own
EVERY = "all"
SOURCE = "NHS England, Community health services waiting lists, published April, August and October 2023"


class Provider(NamedTuple):
    """One provider's list of a service, and what its two pairs of months say."""

    service: str
    counts: list[np.ndarray]
    fits: tuple[OrderFit, OrderFit]

    @property
    def bands(self) -> np.ndarray:
        """Return the list in the month whose lists ship."""
        return self.counts[MONTHS.index(SHAPES_OF)]


def lists_of(reference: Path) -> pd.DataFrame:
    """Return children by band, a row a service, provider and month, of those that can be used."""
    files = [reference / "published" / f"community_health_{name}.xlsx" for name in WORKBOOKS]
    every = pd.concat([sn.read_community_lists(path) for path in files])
    every = every[every["level"] == "provider"]
    every["provider"] = every["organisation"].str.casefold().str.replace(r"\W", "", regex=True)
    key = ["service", "provider", "month"]
    table = every.drop_duplicates([*key, "weeks_band"]).pivot(
        index=key, columns="weeks_band", values="waiting"
    )
    table = table.dropna()[["all", *BANDS]].astype(float)
    in_bands = table[list(BANDS)].sum(axis=1)
    whole = (in_bands >= LEAST) & ((in_bands / table["all"] - 1).abs() <= FALLS_SHORT)
    return table.loc[whole, list(BANDS)]


def providers(lists: pd.DataFrame) -> list[Provider]:
    """Return the providers whose two pairs of months can be fitted."""
    found = []
    for (service, _), rows in lists.groupby(["service", "provider"]):
        months = rows.droplevel(["service", "provider"])
        if set(months.index) < set(MONTHS):
            continue
        counts = [months.loc[month].to_numpy() for month in MONTHS]
        ratios = [after.sum() / before.sum() for before, after in pairwise(counts)]
        if not all(1 / CHANGES <= ratio <= CHANGES for ratio in ratios):
            continue
        first, second = (fit_pair(counts[n], counts[n + 1], WEEKS[n]) for n in (0, 1))
        if first is not None and second is not None:
            found.append(Provider(str(service), counts, (first, second)))
    return found


def law(shares: np.ndarray) -> tuple[float, float, float]:
    """Return mean, sd and correlation of shares in two pairs of months, (provider, pair).

    What differs between the pairs of one provider is chance and season; what both show, their covariance, is the
    spread of providers.
    """
    together = np.cov(shares.T, ddof=1)[0, 1]
    return float(shares.mean()), float(np.sqrt(max(together, 0.0))), float(np.corrcoef(shares.T)[0, 1])


def misfit_a_child(found: list[Provider]) -> float:
    """Return the slope of the misfit in children for which half of the pairs fit worse than half of chi-squared."""
    median = stats.chi2.median(DEGREES)
    misfit = np.array([fit.misfit.min() for one in found for fit in one.fits])
    children = np.array([fit.children for one in found for fit in one.fits])
    slopes = np.geomspace(1e-4, 1e-1, 601)
    over = [np.median(misfit / (MISFIT[0] + slope * children)) > median for slope in slopes]
    return float(slopes[int(np.sum(over))])


def tables(reference: Path) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Return both tables, and the misfit a child."""
    found = providers(lists_of(reference))
    services = {one.service for one in found}
    of = {service: [one for one in found if one.service == service] for service in sorted(services)}
    own = {service: some for service, some in of.items() if len(some) >= FEWEST}
    laws = {**own, EVERY: [one for some in own.values() for one in some]}
    rows, shapes = [], []
    for service, some in laws.items():
        shares = np.array([[fit.share for fit in one.fits] for one in some])
        mean, sd, together = law(shares)
        quartiles = np.quantile(shares, [0.25, 0.5, 0.75])
        rows.append(
            [service, len(some), mean, sd, together, *quartiles, f"{MONTHS[0]} to {MONTHS[-1]}", SOURCE]
        )
        if service == EVERY:
            continue
        # a provider's mean over two pairs, drawn to the mean so that their spread is that of providers
        each = shares.mean(axis=1)
        held = np.clip(mean + (each - mean) * sd / each.std(ddof=1), 0.0, 1.0)
        by_size = np.argsort([-one.bands.sum() for one in some], kind="stable")
        for number, place in enumerate(by_size, 1):
            over = np.cumsum(some[place].bands[::-1])[::-1]
            referrals = np.mean([fit.referrals for fit in some[place].fits])
            shapes.append([service, number, *over.astype(int), held[place], referrals])
    columns = ["service", "providers", "mean", "sd", "correlation", "quartile_1", "median", "quartile_3"]
    order_table = pd.DataFrame(rows, columns=[*columns, "period", "source"]).round(3)
    over_names = [f"over_{edge}" for edge in EDGES]
    columns = ["service", "provider", *over_names, "in_order_share", "referrals_per_week"]
    shape_table = pd.DataFrame(shapes, columns=columns).round(2)
    return order_table, shape_table, misfit_a_child(found)


def main(arguments: list[str]) -> int:
    """Write both tables into the pack for England; return the exit code."""
    first = f"published/community_health_{WORKBOOKS[0]}.xlsx"
    if len(arguments) != 1 or not (Path(arguments[0]) / first).is_file():
        raise MissingDataError(f"give the folder that holds {first}: python data/_build/list_order.py FOLDER")
    order, shapes, slope = tables(Path(arguments[0]))
    folder = shipped_folder()
    order.to_csv(folder / "list_order.csv", index=False, lineterminator="\n")
    shapes.to_csv(folder / "list_shapes.csv", index=False, lineterminator="\n")
    print(order.drop(columns=["period", "source"]).to_string(index=False))
    print(f"misfit a child: {slope:.4f} (sendneeds.waits.lists.order_fit.MISFIT has {MISFIT[1]})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
