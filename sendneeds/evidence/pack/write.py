"""Writing an area as a pack, which reads back and writes again byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sendneeds.evidence.area import Area
from sendneeds.evidence.pack.settings import FILE, settings_text
from sendneeds.evidence.pack.together import added_tables
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.schema.types import Table
from sendneeds.foundation.csv_text import shortest, table_csv
from sendneeds.foundation.folders import whole_folder
from sendneeds.foundation.outputs import INTERNAL, NO_FIGURES, write_output

FOLDER_FINDINGS = ("table_without_source", "table_empty")


def write_pack(area: Area, folder: str | Path, force: bool = False) -> Path:
    """Write an area as a pack, whole or not at all.

    Parameters
    ----------
    area : Area
    folder : str or Path
        Where to write. An existing pack is never replaced.
    force : bool
        Replace earlier results in the folder even if they were edited.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DomainError
        The folder is there and may not be replaced.

    Examples
    --------
    >>> import sendneeds as sn, tempfile
    >>> bedford = sn.open_area("bedford")
    >>> folder = write_pack(bedford, Path(tempfile.mkdtemp()) / "copy")
    >>> sn.open_area(folder).table("ehc_plans").equals(bedford.table("ehc_plans"))
    True
    """
    made_from = {"area": area.code, "sources": {name: meta.source for name, meta in area.meta.items()}}
    basis = area.basis.cleared_by(INTERNAL)
    with whole_folder(folder, made_from, force) as part:
        write_output(part, FILE, settings_text(settings_of(area)), NO_FIGURES)
        for name, frame in _own_tables(area).items():
            write_output(part, TABLES[name].file, table_text(frame, TABLES[name]), basis)
    return Path(folder)


def _own_tables(area: Area) -> dict[str, pd.DataFrame]:
    """Return the tables that are not sums over the area's parts, which are made again on reading."""
    sums = added_tables(area.parts, area.code)[0] if area.parts else {}
    return {
        name: frame for name, frame in area.tables.items() if name not in sums or not frame.equals(sums[name])
    }


def settings_of(area: Area) -> dict[str, Any]:
    """Return the content of `area.toml` for an area; parts are named, and their packs have to be beside it or ship."""
    who: dict[str, Any] = {"slug": area.slug, "code": area.code, "name": area.name, "kind": area.kind}
    if area.parts:
        who["parts"] = [part.slug for part in area.parts]
    rest = dict(area.settings)
    if "dfe_code" in rest:
        who["dfe_code"] = rest.pop("dfe_code")
    tables = []
    for name in _own_tables(area):
        meta = area.meta[name]
        if meta.extracted_on is None:  # area.toml did not list it: its source stays unknown
            continue
        record = {
            "file": TABLES[name].file,
            "title": meta.title,
            "source": meta.source,
            "licence": meta.licence,
            "extracted_on": meta.extracted_on,
            "basis": meta.basis,
        }
        tables.append(record | ({"note": meta.note} if meta.note else {}))
    # defects of a release cannot be detected again from the tables; those of the folder can
    kept = [
        {"name": f.name, "where": f.where, "seen": f.found}
        for f in area.read_findings
        if f.name not in FOLDER_FINDINGS
    ]
    return {"area": who, **rest, "tables": tables} | ({"findings": kept} if kept else {})


def table_text(frame: pd.DataFrame, table: Table) -> str:
    """Return a table as CSV text, columns in the order of its description.

    Examples
    --------
    >>> import pandas as pd
    >>> from sendneeds.evidence.schema.tables import TABLES
    >>> rows = {"area_code": ["E06000055"], "census_january": [2025], "provision": ["K"]}
    >>> print(table_text(pd.DataFrame({**rows, "percent_of_pupils": [4.0]}), TABLES["sen_percent"]), end="")
    area_code,census_january,provision,percent_of_pupils
    E06000055,2025,K,4
    """
    return table_csv(frame[[name for name in table.names() if name in frame]], shortest)
