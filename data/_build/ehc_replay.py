"""Replay 2024 by the EHC clock in the areas that had no part in its constants, and print how often its intervals held.

``python data/_build/ehc_replay.py REFERENCE_FOLDER`` reads the SEN2 release of 2025 and ``area_names.csv``, and prints
the table of ``docs/explanation/services.md``: each area is set by its figures to 2023, given the plans of 2024.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import xarray as xr

import sendneeds as sn
from ehc_constants import RELEASE
from sendneeds.evidence.importing.release import area_from_release
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.foundation.errors import SendneedsError
from sendneeds.foundation.intervals import INTERVAL_LEVELS
from sendneeds.waits.ehc.published_rates import stage_counts, timeliness

YEAR, DRAWS = 2024, 200
STAGES = {
    "requests": "requests_received_in_year",
    "decisions within six weeks": "request_outcome_six_weeks",
    "refusals that stand": "requests_decided_not_to_assess",
    "assessments": "assess_in_year",
}
"""Figure -> its stage in ``ehc_flow.csv``."""
SHARE = "share within 20 weeks, exceptions left out"


def held(area: sn.Area) -> dict[str, bool]:
    """Return whether each published figure of the year is within its 80 % interval; those not published left out."""
    run = sn.replay_ehc(area, YEAR, draws=DRAWS)
    total = run.data.sum("quarter")
    drawn = {
        SHARE: run.share_in_time(by="calendar_year"),
        "requests": total["requests"],
        "decisions within six weeks": total["decided_in_time"],
        "refusals that stand": total["refusals_final"].sel(refusal="to assess"),
        "assessments": total["assessments"],
    }
    counts = stage_counts(area)
    known = {name: counts[stage][YEAR] for name, stage in STAGES.items() if YEAR in counts.get(stage, {})}
    issued, in_time, _ = timeliness(area)["excluding"][YEAR]
    if issued:
        known[SHARE] = in_time / issued
    return {name: _within(drawn[name], value) for name, value in known.items()}


def _within(drawn: xr.DataArray, value: float) -> bool:
    low, _, high = drawn.quantile(INTERVAL_LEVELS, "draw").values.ravel()
    return bool(low <= value <= high)


def main(reference: Path) -> None:
    """Print the table."""
    names = pd.read_csv(reference / "backtest" / "area_names.csv")
    table = sn.open_area("england").table("authorities")
    now = table[table["last_january"] == table["last_january"].max()]
    codes = sorted(set(now["authority_code"]) - set(names["area_code"]))
    release, rows = read_release(reference / RELEASE), []
    for code in codes:
        try:
            rows.append(held(area_from_release(release, code)))
        except (SendneedsError, KeyError) as error:
            print(f"{code} has no replay: {str(error).splitlines()[0]}", file=sys.stderr)
    found = pd.DataFrame(rows)
    print(f"{len(found)} areas\n\n| figure of {YEAR} | held |\n|---|---|")
    for name in (SHARE, *STAGES):
        print(f"| {name} | {100 * found[name].dropna().mean():.0f} % |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
