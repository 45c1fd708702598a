"""Every authority of the SEN2 release, by ONS code and DfE number: ``data/england/authorities.csv``.

Run ``python data/_build/authorities.py RELEASE.zip data/england/authorities.csv``.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pandas as pd

COLUMNS = {"new_la_code": "authority_code", "old_la_code": "dfe_code", "la_name": "name"}


def authorities(release: Path) -> pd.DataFrame:
    """Return a row an authority: its code, DfE number, name, and the first and last January of its caseload."""
    with zipfile.ZipFile(release) as archive:
        table = pd.read_csv(archive.open("data/caseload.csv"), dtype=str, encoding="utf-8-sig")
    table = table[table["geographic_level"] == "Local authority"].rename(columns=COLUMNS)
    table["january"] = table["time_period"].str[:4].astype(int) + 1  # 202425 is the census of January 2025
    found = table.groupby("authority_code", as_index=False).agg(
        dfe_code=("dfe_code", "last"),
        name=("name", "last"),
        first_january=("january", "min"),
        last_january=("january", "max"),
    )
    return found.sort_values("authority_code", ignore_index=True)


if __name__ == "__main__":
    authorities(Path(sys.argv[1])).to_csv(sys.argv[2], index=False, lineterminator="\n")
