"""Tables of the packs that come from the SEN2 release alone: flows, appeals, budgets, residential places, groups.

Run ``python data/_build/release_tables.py RELEASE.zip data/bedford data/england ...`` from a clone.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.published.sen2 import Release, read_release
from sendneeds.evidence.published.sen2_area import area_tables
from sendneeds.evidence.schema.tables import TABLES

MADE = ("ehc_flow", "ehc_plans_by_group", "residential_places", "appeals", "personal_budgets")
NAMED = "Department for Education, Education, health and care plans (SEN2), 2025 release"
SOURCES = {"appeals": f"Ministry of Justice, SEND Tribunal appeal rate 2014 to 2024, with {NAMED}"}
NOTES = {
    "ehc_plans_by_group": "As recorded by the area; sex and ethnic group are collected since records are child-level.",
    "residential_places": "Residential settings of 38 weeks a year or more.",
    "appeals": "By the authority that decided, matched by name: the table gives DfE numbers, some of them wrong.",
    "personal_budgets": "In some areas counts jump from one January to the next.",
}


def write_tables(release: Release, folder: Path) -> None:
    """Write the tables of one pack, and an entry of ``area.toml`` for each that has none."""
    settings = (folder / "area.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(settings)
    code = listed["area"]["code"]
    tables, _, _ = area_tables(release, code)
    for name in MADE:
        table = TABLES[name]
        (folder / table.file).write_text(table_text(tables[name], table), encoding="utf-8", newline="\n")
        if any(entry["file"] == table.file for entry in listed["tables"]):
            continue
        settings += (
            f'\n[[tables]]\nfile = "{table.file}"\ntitle = "{table.title}"\n'
            f'source = "{SOURCES.get(name, NAMED)}"\n'
            'licence = "Contains public sector information licensed under the Open Government Licence v3.0"\n'
            f'extracted_on = {DAY}\nbasis = "published"\nnote = "{NOTES[name]}"\n'
        )
    (folder / "area.toml").write_text(re.sub(r"\n{3,}", "\n\n", settings), encoding="utf-8", newline="\n")


DAY = "2026-11-27"

if __name__ == "__main__":
    whole = read_release(sys.argv[1])
    for pack in sys.argv[2:]:
        write_tables(whole, Path(pack))
