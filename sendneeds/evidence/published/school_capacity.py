"""Reading *School capacity*: places in special schools, SEN units and resourced provision, by authority and phase.

The release gives figures by school and by authority. An authority's own row is taken where there is one; else its
schools are added up, and a school without a figure leaves the sum unavailable, never short.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.archive import Archive
from sendneeds.evidence.published.layout import OGL, words, year_of
from sendneeds.evidence.published.table_text import records, text_of, unreadable
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.release_tables import PLACE_SETTINGS
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import Reading, read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.vocabulary import ENGLAND

SOURCE = "Department for Education, School capacity"
NOTE = (
    "Places in schools located in the area, whoever commissions them: some are filled by children of other areas, and "
    "children of the area fill places elsewhere."
)
KINDS = (
    (("resourced", "provision"), "resourced", "resourced provision"),
    (("sen", "unit"), "resourced", "SEN unit"),
    (("send", "unit"), "resourced", "SEN unit"),
    (("special",), "state_special", "special school"),
)
"""Words in the name of a column -> setting, and the part of the setting that the column counts."""
PHASE_WORDS = {
    "nursery": "early_years",
    "primary": "primary",
    "secondary": "secondary",
    "post": "post_16",
    "post16": "post_16",
    "sixth": "post_16",
}
CAPACITY = ("capacity", "places", "place")
ROLL = ("roll", "pupils", "pupil", "nor", "headcount", "occupied")
NOT_COUNTS = ("percent", "percentage", "pc", "rate", "flag", "type", "indicator")
LEVELS = ("national", "local authority", "school")
TOTALS = ("", "total", "all", "alltypes", "allschools", "allphases")


@dataclass(frozen=True)
class PlaceColumn:
    """What a column counts: the setting and a part of it, the phase, and places or the pupils in them."""

    setting: str
    part: str
    phase: str
    measure: str


@dataclass
class Sum:
    """What cells add up to: from `low` to `high`, and not known where one of them has no figure."""

    low: int = 0
    high: int = 0
    known: bool = True

    def add(self, read: Reading) -> None:
        """Add a cell; a school without such a provision is not applicable and adds nothing."""
        if read.flag == "not_applicable":
            return
        if read.flag == "suppressed" and read.low is not None and read.high is not None:
            self.low, self.high = self.low + int(read.low), self.high + int(read.high)
        elif read.value is None or read.value < 0:
            self.known = False
        else:
            self.low, self.high = self.low + round(read.value), self.high + round(read.value)


Sums = dict[tuple[int, str, str], dict[str, dict[str, Sum]]]
"""(year, setting, phase) -> level of the rows -> measure and part -> sum."""


def place_column(name: str) -> PlaceColumn | None:
    """Return what a column counts; None if it is not about places in special provision.

    Examples
    --------
    >>> place_column("primary_resourced_provision_capacity")
    PlaceColumn(setting='resourced', part='resourced provision', phase='primary', measure='commissioned')
    >>> place_column("secondary_SEND_unit_pupils_on_roll").measure, place_column("school_capacity")
    ('occupied', None)
    """
    found = words(name)
    kind = next((k for k in KINDS if all(word in found for word in k[0])), None)
    if kind is None or any(word in found for word in NOT_COUNTS):
        return None
    if set(ROLL) & set(found):
        measure = "occupied"
    elif set(CAPACITY) & set(found):
        measure = "commissioned"
    else:
        return None
    phase = next((PHASE_WORDS[word] for word in found if word in PHASE_WORDS), "all")
    return PlaceColumn(kind[1], kind[2], phase, measure)


def read_school_capacity(
    path: str | Path, area_code: str
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    r"""Read an area's places in special schools, SEN units and resourced provision.

    Parameters
    ----------
    path : str or Path
        A zip, a folder or one CSV file of the release, by school or by authority.
    area_code : str
        ONS code; England's for the national rows.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta, list of Finding)
        The table ``places``. SEN units and resourced provision are one setting, ``resourced``.

    Raises
    ------
    ReleaseError
        No table has the area's places.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "capacity.csv"
    >>> _ = path.write_text(
    ...     "time_period,time_identifier,geographic_level,new_la_code,resourced_provision_capacity,SEND_unit_capacity\n"
    ...     "202324,Academic year,Local authority,E06000055,120,80\n"
    ... )
    >>> read_school_capacity(path, "E06000055")[0]["places"][["setting", "phase", "commissioned"]].values.tolist()
    [['resourced', 'all', 200]]
    """
    archive = Archive(path)
    sums: Sums = {}
    detections: list[Detection] = []
    faults: list[Fault] = []
    for member in archive.tables():
        data = archive.read(member)
        if fault := unreadable(data, member.name):
            faults.append(fault)
            continue
        text, odd = text_of(data, member.name)
        detections += odd
        _read_table(records(text, member.name), member.name, area_code, sums, detections)
    if not sums:
        found = ", ".join(m.name for m in archive.tables())[:200] or "no CSV file"
        cure = "Give the zip of 'School capacity' as published, and the area's ONS code."
        allowed = f"rows of {area_code} with columns such as resourced_provision_capacity"
        raise ReleaseError(
            f"{archive.name} cannot be read", faults or [Fault(archive.name, 0, "", found, allowed, cure)]
        )
    meta = TableMeta(TABLES["places"].title, f"{SOURCE}, {archive.name}", OGL, archive.day, "published", NOTE)
    return (
        {"places": _frame(area_code, sums)},
        {"places": meta},
        [make_finding(s) for s in dict.fromkeys(detections)],
    )


def _read_table(
    rows: Iterator[list[str]], file: str, area_code: str, sums: Sums, detections: list[Detection]
) -> None:
    """Add the rows of an area to the sums."""
    header = [name.strip() for name in next(rows, [])]
    names = ["_".join(words(name)) for name in header]
    columns = {i: column for i, name in enumerate(header) if (column := place_column(name))}
    needed = ("geographic_level", "new_la_code", "time_period")
    if not columns or any(name not in names for name in needed):
        return
    level_at, code_at, period_at = (names.index(name) for name in needed)
    kind_at = names.index("time_identifier") if "time_identifier" in names else None
    filters = [i for i, name in enumerate(names) if name.endswith(("_type", "phase", "breakdown", "_group"))]
    short = 0
    for row in rows:
        if len(row) != len(header):
            short += any(row)
            continue
        level = row[level_at].strip().casefold()
        code = ENGLAND if level == "national" else row[code_at].strip()
        if level not in LEVELS or code != area_code:
            continue
        if level != "school" and any("".join(words(row[i])) not in TOTALS for i in filters):
            continue
        identifier = row[kind_at] if kind_at is not None else "Academic year"
        year = year_of(row[period_at], identifier, "census_january")
        if year is None:
            detections.append(Detection("figures_not_read", file, f"the period {row[period_at]!r}"))
            continue
        for index, column in columns.items():
            cell = row[index].strip()
            read = Reading(None, "not_applicable") if level == "school" and not cell else read_symbol(cell)
            of_level = sums.setdefault((year, column.setting, column.phase), {}).setdefault(level, {})
            of_level.setdefault(f"{column.measure} {column.part}", Sum()).add(read)
    if short:
        detections.append(
            Detection("figures_not_read", file, f"{short:,} rows with too few or too many cells")
        )


def _frame(area_code: str, sums: Sums) -> pd.DataFrame:
    rows = []
    for (year, setting, phase), levels in sums.items():
        own = next(levels[level] for level in LEVELS if level in levels)
        places, roll = (_joined(own, measure) for measure in ("commissioned", "occupied"))
        key = [area_code, year, setting, phase, "all"]
        if places is None or not places.known:
            rows.append([*key, None, _exact(roll), None, None, "unavailable"])
        elif places.low < places.high:
            rows.append([*key, None, _exact(roll), places.low, places.high, "suppressed"])
        else:
            rows.append([*key, places.low, _exact(roll), None, None, "ok"])
    rows.sort(key=lambda r: (r[1], PLACE_SETTINGS.index(r[2]), r[3]))
    counts = dict.fromkeys(["commissioned", "at_least", "at_most", "occupied"], "Int64")
    frame = pd.DataFrame(rows, columns=TABLES["places"].names()).astype(counts)
    return frame if frame["at_least"].notna().any() else frame.drop(columns=["at_least", "at_most"])


def _joined(parts: dict[str, Sum], measure: str) -> Sum | None:
    """Return a measure of a setting over its parts: SEN units and resourced provision."""
    found = [part for name, part in parts.items() if name.startswith(f"{measure} ")]
    if not found:
        return None
    return Sum(
        sum(part.low for part in found), sum(part.high for part in found), all(part.known for part in found)
    )


def _exact(roll: Sum | None) -> int | None:
    return roll.low if roll is not None and roll.known and roll.low == roll.high else None
