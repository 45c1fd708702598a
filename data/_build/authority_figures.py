"""Published totals of every authority, for like areas: plans in January, and the year before of the EHC process.

Run ``python data/_build/authority_figures.py REFERENCE .`` in the root of the project, where REFERENCE is the folder
that holds the SEN2 release of 2025 in ``published/``.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pandas as pd

from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.schema.tables import TABLES

RELEASE = "published/education-health-and-care-plans_2025.zip"
TABLE = "authority_figures"
JANUARY, YEAR = 2025, 2024
FIGURES = {
    "caseload": ("202425", "All EHC plans", {"ehcplans": "plans"}),
    "requests": (
        str(YEAR),
        "All requests for EHC needs assessments",
        {
            "requests_received_in_year": "requests",
            "requests_decided_to_assess": "to_assess",
            "requests_decided_not_to_assess": "not_to_assess",
        },
    ),
    "timeliness_20_week": (
        str(YEAR),
        "All EHC plans issued",
        {"plans_issued_den_ex": "issued", "plans_issued_20_weeks_ex": "within_20_weeks"},
    ),
}
"""Period, row and columns of each file, with the name of each column here."""


def authority_figures(release: Path) -> pd.DataFrame:
    """Return the table, one row an authority; a figure that the release does not give is empty."""
    parts = []
    with zipfile.ZipFile(release) as archive:
        for name, (period, whole, columns) in FIGURES.items():
            frame = pd.read_csv(archive.open(f"data/{name}.csv"), dtype=str, encoding="utf-8-sig")
            mine = frame[
                (frame["geographic_level"] == "Local authority")
                & (frame["time_period"] == period)
                & (frame["breakdown_topic"] == whole)
                & (frame["breakdown"] == whole)
            ]
            found = mine.set_index("new_la_code")[list(columns)].rename(columns=columns)
            parts.append(found.apply(pd.to_numeric, errors="coerce").astype("Int64"))
    table = pd.concat(parts, axis=1).sort_index().dropna(subset=["plans"])
    table = table.rename_axis("authority_code").reset_index()
    table.insert(1, "census_january", JANUARY)
    return table


def main(reference: Path, root: Path) -> None:
    """Write the table of England's pack."""
    text = table_text(authority_figures(reference / RELEASE), TABLES[TABLE])
    (root / "data" / "england" / TABLES[TABLE].file).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
