"""Draw options compared, the frontier, a tornado and the high needs block. Run from the root of the repository.

No allocation of Bedford's ships: that of the picture is what is spent in 2025/26 as things are, growing yearly.
"""

from pathlib import Path

import matplotlib as mpl
import pandas as pd

import sendneeds as sn

DRAWS, SEED, TO = 300, 1, 2035
THERAPY = ["fill-two-slt-posts", "slt-initiative-year", "slt-groups-and-attendance"]
PLACES = ["resourced-places-60", "special-places-40"]
GROWTH = 0.05


def block_of(result):
    """Return the high needs block with an allocation that covers its first year."""
    spend = sn.high_needs(result)["spend"].sel(scenario="baseline", financial_year=2025).sum("row")
    covers = round(float(spend.median()), -5)
    row = {"financial_year": 2025, "measure": "allocation", "low": covers, "central": covers, "high": covers}
    table = pd.DataFrame([row]).assign(
        basis="illustrative", source=f"what is spent in 2025/26, growing by {GROWTH:.0%} a year"
    )
    return sn.high_needs(result, table, allocation_growth=GROWTH)


def main():
    """Draw all four from one run."""
    mpl.use("Agg")
    folder = Path("docs/images")
    bedford = sn.open_area("bedford")
    result = sn.run(
        bedford, sn.library_scenarios(bedford, [*THERAPY, *PLACES]), draws=DRAWS, seed=SEED, to=TO
    )
    therapy = result.sel(scenario=THERAPY)
    pictures = {
        "options": sn.compare(therapy).plot("SLT"),
        "frontier": sn.value(therapy).plot("SLT"),
        "tornado": sn.sensitivity(therapy, "fill-two-slt-posts", "child_weeks", "SLT").plot(),
        "high-needs": block_of(result.sel(scenario=PLACES)).plot(),
    }
    for name, ax in pictures.items():
        ax.figure.savefig(folder / f"{name}.png", dpi=100)


if __name__ == "__main__":
    main()
