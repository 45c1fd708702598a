"""Write the series of every authority that the forecast rule reads beside an area's own pack.

``python data/_build/forecast_inputs.py REFERENCE_FOLDER`` reads two tables of ``figures/`` in that folder and writes
``pupils_5_to_15.csv`` and ``assessments_undecided.csv`` into ``data/england``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

# file in figures/ -> (file in data/england, its columns)
TABLES = {
    "pupils_5_to_15_by_area.csv": ("pupils_5_to_15.csv", ["authority_code", "census_january", "pupils"]),
    "assessments_undecided_by_area.csv": (
        "assessments_undecided.csv",
        ["authority_code", "calendar_year", "undecided"],
    ),
}


def make_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Return each table by its file name in ``data/england``, rows in order of authority and year."""
    made = {}
    for source, (file, columns) in TABLES.items():
        table = pd.read_csv(folder / "figures" / source).set_axis(columns, axis=1)
        made[file] = table.sort_values(columns[:2]).reset_index(drop=True)
    return made


def main(argv: Sequence[str] | None = None) -> None:
    """Write the tables into the source tree."""
    parser = argparse.ArgumentParser(prog="python data/_build/forecast_inputs.py", description=__doc__)
    parser.add_argument("folder", type=Path, help="the reference folder")
    parser.add_argument("--into", type=Path, default=Path("."), help="the source tree (default: here)")
    told = parser.parse_args(argv)
    for file, table in make_tables(told.folder).items():
        table.to_csv(told.into / "data" / "england" / file, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
