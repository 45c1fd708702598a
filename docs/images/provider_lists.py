"""Draw providers' lists under two orders, and set England's providers beside what was published later.

``python docs/images/provider_lists.py FOLDER`` from the root of the repository, with the folder that holds
``published``, writes ``provider-lists.png`` and prints the table of the page on services.
"""

import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2] / "data" / "_build"))
import sendneeds as sn
from list_order import WEEKS, WORKBOOKS, lists_of, providers
from sendneeds.waits.lists.bands import BANDS, by_band, spread_bands
from sendneeds.waits.lists.order_fit import mean_list

mpl.use("Agg")
import matplotlib.pyplot as plt

SERVICE, DRAWS, SEED = "SLT", 200, 1
TOTALS = (64_102, 65_936, 65_752, 67_774, 65_871, None, 72_776, 72_168, 72_071)
"""Children waiting in England at the ends of October 2022 to June 2023; March was not published."""
START = (72_071, 4_109)  # June 2023: waiting, and over 52 weeks
LATER = (
    ("August 2023", 9, 61_739, 3_458),
    ("October 2023", 18, 67_790, 4_113),
    ("May 2024", 48, 76_331, 6_053),
    ("May 2025", 100, 68_185, 6_923),
)
"""Month, weeks after June 2023, and what was published of it."""


def shared_change():
    """Return the root mean square of a month's change of the log of England's total."""
    known = [(month, np.log(total)) for month, total in enumerate(TOTALS) if total]
    steps = [(b[1] - a[1]) / np.sqrt(b[0] - a[0]) for a, b in pairwise(known)]
    return float(np.sqrt(np.mean(np.square(steps))))


def own_change(totals):
    """Return the spread of a month's change of the log of a provider's list, from February to June, by quartiles."""
    change = np.log(totals["2023-06"] / totals["2023-02"]).dropna()
    return float((change.quantile(0.75) - change.quantile(0.25)) / 1.349 / np.sqrt(4))


def report(lists):
    """Print England's providers from June 2023, month by month, beside what was published."""
    waiting = lists[
        (lists["weeks_band"] == "all") & (lists["level"] == "provider") & (lists["service"] == SERVICE)
    ]
    names = waiting["organisation"].str.casefold().str.replace(r"\W", "", regex=True)
    totals = (
        waiting.assign(name=names).pivot_table(index="name", columns="month", values="waiting").astype(float)
    )
    change = shared_change(), own_change(totals[totals.min(axis=1) >= 100])
    known = lists[lists["month"] <= "2023-06"]
    run = sn.pool_lists(SERVICE, known, weeks=100, draws=DRAWS, seed=SEED, monthly_change=change)
    print(f"A month's change of the log of a list: {change[0]:.3f} shared, {change[1]:.3f} of each.")
    print(
        f"{run.data.sizes['organisation']} providers, {run.provenance['fitted_on_two_months']} fitted on two months."
    )
    print(
        "| | waiting, published | as run | | over 52 weeks, published | as run | |\n|---|---|---|---|---|---|---|"
    )
    for month, week, *published in LATER:
        cells = []
        for number, weeks in enumerate((0, 52)):
            ratio = run.over(weeks).isel(week=week) / run.over(weeks).isel(week=0)
            low, central, high = np.round(ratio.quantile([0.1, 0.5, 0.9]).values * START[number], -1)
            inside = "inside" if low <= published[number] <= high else "outside"
            cells += [f"{published[number]:,}", f"{central:,.0f} ({low:,.0f} to {high:,.0f})", inside]
        print(f"| {month} | {' | '.join(cells)} |")
    still = sn.pool_lists(SERVICE, known, weeks=26, draws=DRAWS, seed=SEED)
    before = known[
        (known["month"] == "2023-06") & (known["weeks_band"] == ">52") & (known["service"] == SERVICE)
    ]
    before = (
        before.set_index("organisation")["waiting"].reindex(still.data["organisation"].values).astype(float)
    )
    after = still["waiting_at_end"].sel(band=">52").median("draw").values
    ratio = (after / before)[before >= 10]
    print("Over 52 weeks of a provider standing still for 26 weeks, to those before, quartiles:")
    print(ratio.quantile([0.25, 0.5, 0.75]).round(2).tolist(), f"of {len(ratio)} providers")


def path(one, share):
    """Return a provider's mean list by band, (week, band), from February to August."""
    ages = spread_bands(dict(zip(BANDS, one.counts[0], strict=True)))[:, None]
    rows = [by_band(ages)[:, 0]]
    for fit, weeks in zip(one.fits, WEEKS, strict=True):
        for _ in range(weeks):
            ages = mean_list(
                ages, np.full((1, 1), fit.referrals), np.full((1, 1), fit.seen), np.array([share])
            )
            rows.append(by_band(ages)[:, 0])
    return np.array(rows)


def chart(reference):
    """Draw lists within 18 weeks from February to August 2023 under the fitted order and under strict order."""
    some = [one for one in providers(lists_of(Path(reference))) if one.service == SERVICE]
    orders = {"order as fitted": [np.mean([fit.share for fit in one.fits]) for one in some]}
    orders["first in, first out"] = [1.0] * len(some)
    long = BANDS.index(">18-52")

    def within(lists):
        return 100 * lists[..., :long].sum(axis=-1) / lists.sum(axis=-1)

    published = np.array([one.counts for one in some])
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.9), layout="constrained")
    weeks = np.concatenate([[0], np.cumsum(WEEKS)])
    axes[0].plot(weeks, within(published.sum(axis=0)), "o", color="black", label="published", zorder=3)
    for (name, shares), colour, ax in zip(orders.items(), ("C0", "C3"), axes[1:], strict=True):
        runs = np.array([path(one, share) for one, share in zip(some, shares, strict=True)])
        axes[0].plot(within(runs.sum(axis=0)), color=colour, label=name)
        ax.plot([0, 100], [0, 100], color="0.6", lw=1)
        sizes = published[:, -1].sum(axis=1) / 15
        ax.scatter(within(published[:, -1]), within(runs[:, -1]), s=sizes, color=colour, alpha=0.6, lw=0)
        miss = np.abs(within(published[:, -1]) - within(runs[:, -1]))
        over = runs[:, -1, -1].sum(), published[:, -1, -1].sum()
        print(
            f"{name}: {np.median(miss):.0f} points off at the median, over 52 weeks {over[0]:,.0f} of {over[1]:,.0f}"
        )
        ax.set(
            title=f"August 2023, {name}", xlabel="published, % within 18 weeks", ylabel="run from February, %"
        )
        ax.set(xlim=(0, 102), ylim=(0, 102), aspect="equal")
    axes[0].set(title=f"{len(some)} providers added up", xlabel="weeks from February 2023", ylim=(0, 100))
    axes[0].set_ylabel("% of children waiting, within 18 weeks")
    axes[0].legend(frameon=False, loc="lower left")
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).with_name("provider-lists.png"), dpi=110)


def main(reference):
    """Read the workbooks, print the report and draw the chart."""
    paths = [Path(reference) / "published" / f"community_health_{name}.xlsx" for name in WORKBOOKS]
    lists = pd.concat([sn.read_community_lists(path) for path in paths])
    report(lists)
    chart(reference)


if __name__ == "__main__":
    main(*sys.argv[1:])
