"""Reading *Special educational needs in England*: wide tables up to 2025, long ones from 2026.

It reads pupils by age, needs by provision and year group, and shares of pupils with SEN. Columns are recognised by
name; a row is used if every other breakdown is at its total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.archive import Archive
from sendneeds.evidence.published.layout import OGL, age_word, canon, year_of
from sendneeds.evidence.published.table_text import records, text_of, unreadable
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.columns import PUPIL_AGES, YEAR_GROUPS
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.errors import Fault, ReleaseError
from sendneeds.foundation.vocabulary import ENGLAND, NEEDS

SOURCE = "Department for Education, Special educational needs in England"
PLACE = ("timeperiod", "timeidentifier", "geographiclevel", "countrycode", "countryname", "regioncode")
PLACE_REST = ("regionname", "newlacode", "oldlacode", "laname", "pconcode", "pconname", "version")
STATUS = ("senstatus", "senprovision", "senprovisiontype")
NEED = ("senprimaryneed", "primaryneed", "typeofneed")
AGE = ("age", "ageofpupil", "pupilage")
YEAR_GROUP = ("yeargroup", "ncyear", "nationalcurriculumyear", "nationalcurriculumyeargroup")
COUNT = ("numberofpupils", "pupilcount", "pupils", "headcount", "numpupils", "value", "figure")
INDICATOR = ("indicator", "indicatorname", "measure", "measurename", "statistic")
COUNTED = ("number", "count", "pupilcount", "headcount", "pupils", "numberofpupils")
"""Words for a count in a long table that has an indicator in each row."""
SHARES = {"E": ("ehcplanpercent", "ehcpercent"), "K": ("sensupportpercent",)}
TOTALS = ("both", "bothsexes", "persons", "notapplicable")

NEED_WORDS = (
    ("pmld", "PMLD"), ("profound", "PMLD"), ("autis", "ASD"), ("asd", "ASD"), ("hearing", "HI"),
    ("moderate", "MLD"), ("mld", "MLD"), ("multi", "MSI"), ("msi", "MSI"), ("physical", "PD"),
    ("social", "SEMH"), ("semh", "SEMH"), ("behaviour", "SEMH"), ("besd", "SEMH"), ("speech", "SLCN"),
    ("slcn", "SLCN"), ("severe", "SLD"), ("spld", "SPLD"), ("sld", "SLD"), ("specific", "SPLD"),
    ("withoutspecialist", "NSA"), ("nospecialist", "NSA"), ("nsa", "NSA"), ("down", "DS"), ("vis", "VI"),
    ("other", "OTH"), ("oth", "OTH"), ("notknown", "UNK"), ("unknown", "UNK"), ("missing", "UNK"),
)  # fmt: skip
"""Part of a label, in lower case without punctuation -> need; the first match counts."""

Counts = dict[tuple[int, str, str, str, str], tuple[int | None, str]]
"""(year, provision, need, age, year group) -> count and flag."""


def is_total(label: str) -> bool:
    """Return whether a published label stands for all groups of a breakdown.

    Examples
    --------
    >>> [is_total(t) for t in ("Total", "All schools", "Total (all ages)", "Alternative provision", "All other needs")]
    [True, True, True, False, False]
    """
    text = canon(label)
    return text in TOTALS or text.startswith("total") or bool(re.match("all(?!other)", text))


def need_code(label: str) -> str | None:
    """Return the need of a published label: ``all`` for a total, None if it is unknown.

    Examples
    --------
    >>> [need_code(t) for t in ("Speech, Language and Communications needs", "BESD", "Total", "hi", "Mood")]
    ['SLCN', 'SEMH', 'all', 'HI', None]
    """
    text = canon(label)
    if is_total(label):
        return "all"
    if text.upper() in NEEDS:
        return text.upper()
    return next((code for word, code in NEED_WORDS if word in text), None)


def provision_code(label: str) -> str | None:
    """Return the provision of a published label: E, K, N, or ``all``.

    Examples
    --------
    >>> [provision_code(t) for t in ("SEN support / SEN without an EHC plan", "EHC plans", "No SEN", "Total")]
    ['K', 'E', 'N', 'all']
    """
    text = canon(label)
    if is_total(label):
        return "all"
    if text.startswith("no") or "nosen" in text:
        return "N"
    if "support" in text or text == "k":
        return "K"
    return "E" if "ehc" in text or "educationhealth" in text or "statement" in text or text == "e" else None


def read_sen_in_england(
    path: str | Path, area_code: str
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Read an area's pupils and needs from the release as published.

    Parameters
    ----------
    path : str or Path
        A zip, a folder, or one CSV file of the release.
    area_code : str
        ONS code; England's for the national rows.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta, list of Finding)
        Those of the tables ``pupils``, ``sen_pupils`` and ``sen_percent`` that the release has.

    Raises
    ------
    ReleaseError
        No table of the release has rows of the area.
    """
    archive = Archive(path)
    counts: Counts = {}
    shares: dict[tuple[int, str], float] = {}
    detections: list[Detection] = []
    for member in archive.tables():
        data = archive.read(member)
        if fault := unreadable(data, member.name):
            raise ReleaseError(f"{archive.name} cannot be read", [fault])
        text, odd = text_of(data, member.name)
        detections += odd
        _read_table(records(text, member.name), member.name, area_code, counts, shares, detections)
    if not counts and not shares:
        cure = "Give the zip of 'Special educational needs in England', and the area's ONS code."
        found = ", ".join(m.name for m in archive.tables())[:200] or "no CSV file"
        fault = Fault(
            archive.name, 0, "", found, f"rows of {area_code} by provision, need, age or year group", cure
        )
        raise ReleaseError(f"{archive.name} cannot be read", [fault])
    tables = _tables(area_code, counts, shares)
    meta = {
        name: TableMeta(TABLES[name].title, f"{SOURCE}, {archive.name}", OGL, archive.day, "published")
        for name in tables
    }
    return tables, meta, [make_finding(s) for s in dict.fromkeys(detections)]


def _read_table(
    rows: Iterator[list[str]],
    file: str,
    area_code: str,
    counts: Counts,
    shares: dict[tuple[int, str], float],
    detections: list[Detection],
) -> None:
    header = [canon(h) for h in next(rows, [])]
    if not {"timeperiod", "geographiclevel"} <= set(header):
        return

    def at(names: tuple[str, ...]) -> int | None:
        return next((header.index(n) for n in names if n in header), None)

    status, need, count = at(STATUS), at(NEED), at(COUNT)
    age, group, indicator = at(AGE), at(YEAR_GROUP), at(INDICATOR)
    wide = _wide_columns(header)
    share_at = {p: at(names) for p, names in SHARES.items()}
    used = {
        i for i in (status, need, count, age, group, indicator, *wide, *share_at.values()) if i is not None
    }
    filters: list[int] | None = None
    if status is None and not any(i is not None for i in share_at.values()):
        return
    unread: set[str] = set()
    for row in rows:
        if len(row) != len(header):
            continue
        level = row[header.index("geographiclevel")].strip().casefold()
        code = ENGLAND if level == "national" else row[at(("newlacode",)) or 0].strip()
        if level not in ("national", "local authority") or code != area_code:
            continue
        if filters is None:
            filters = [
                i for i, name in enumerate(header)
                if i not in used and name not in (*PLACE, *PLACE_REST) and _is_label(row[i])
            ]  # fmt: skip
        if any(not is_total(row[i]) for i in filters):
            continue
        if indicator is not None and canon(row[indicator]) not in COUNTED:
            continue
        identifier = row[header.index("timeidentifier")] if "timeidentifier" in header else "Academic year"
        year = year_of(row[header.index("timeperiod")], identifier, "census_january")
        if year is None:
            unread.add(f"period {row[header.index('timeperiod')]!r}")
            continue
        if status is None:
            for provision, index in share_at.items():
                value = read_symbol(row[index]).value if index is not None else None
                if value is not None:
                    shares.setdefault((year, provision), value)
            continue
        words = provision_code(row[status]), need_code(row[need]) if need is not None else "all"
        place = _place(row, age, group)
        if None in words or place is None:
            unread.add(f"{row[status]!r}, {row[need] if need is not None else ''!r}")
            continue
        cells = {index: where for index, where in wide.items() if place == ("all", "all")}
        if count is not None:
            cells[count] = place
        for index, (age_of, group_of) in cells.items():
            read = read_symbol(row[index])
            value = None if read.value is None else round(read.value)
            key = (year, str(words[0]), str(words[1]), age_of, group_of)
            counts.setdefault(key, (value, read.flag or "unavailable"))
    if unread:
        detections.append(
            Detection("figures_not_read", file, f"unknown labels: {'; '.join(sorted(unread)[:8])}")
        )


def _is_label(cell: str) -> bool:
    return read_symbol(cell).flag == "" and bool(re.search("[A-Za-z]", cell))


def _wide_columns(header: list[str]) -> dict[int, tuple[str, str]]:
    """Return the columns that stand for one age or one year group."""
    ages = {canon(f"age_{age}"): (age, "all") for age in PUPIL_AGES if age != "all"}
    groups = {canon(group): ("all", group) for group in YEAR_GROUPS if group != "all"}
    known = ages | groups
    return {i: known[name] for i, name in enumerate(header) if name in known}


def _place(row: list[str], age: int | None, group: int | None) -> tuple[str, str] | None:
    """Return the age and the year group of a row of a long table."""
    age_of = group_of = "all"
    if age is not None and not is_total(row[age]):
        word = age_word(row[age]) or canon(row[age])
        renamed = {
            "0-2": "2_and_under",
            "19andover": "19_and_over",
            "20-25": "19_and_over",
            "19": "19_and_over",
        }
        age_of = renamed.get(word, word)
        if age_of not in PUPIL_AGES:
            return None
    if group is not None and not is_total(row[group]):
        text = canon(row[group])
        known = {canon(g): g for g in YEAR_GROUPS} | {canon(g).removeprefix("nc"): g for g in YEAR_GROUPS}
        if text not in known:
            return None
        group_of = known[text]
    return age_of, group_of


def _tables(area_code: str, counts: Counts, shares: dict[tuple[int, str], float]) -> dict[str, pd.DataFrame]:
    whole = {key[0]: value for key, (value, _) in counts.items() if key[1:] == ("all", "all", "all", "all")}
    with_sen: dict[int, list[int]] = {}
    for year in whole:
        parts = [counts.get((year, p, "all", "all", "all"), (None, ""))[0] for p in ("E", "K")]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            with_sen[year] = known
    everybody = {
        year: total for year, total in whole.items()
        if total and not (year in with_sen and abs(total - sum(with_sen[year])) <= 0.005 * total)
    }  # fmt: skip  # a total of pupils with SEN is not all pupils
    for year, total in everybody.items():
        for provision, part in zip(("E", "K"), with_sen.get(year, ()), strict=False):
            shares.setdefault((year, provision), round(100 * part / total, 1))
    pupils = [
        [area_code, year, age, value]
        for (year, p, need, age, group), (value, _) in counts.items()
        if (p, need, group) == ("all", "all", "all")
        and age != "all"
        and value is not None
        and year in everybody
    ]
    needs = [
        [area_code, year, p, need, group, value, flag]
        for (year, p, need, age, group), (value, flag) in counts.items()
        if p in ("E", "K") and need != "all" and age == "all"
    ]
    tables: dict[str, pd.DataFrame] = {}
    if pupils:
        pupils.sort(key=lambda r: (r[1], PUPIL_AGES.index(r[2])))
        tables["pupils"] = pd.DataFrame(pupils, columns=TABLES["pupils"].names())
    if needs:
        needs.sort(key=lambda r: (r[2], r[3], r[1], YEAR_GROUPS.index(r[4])))
        columns = ["area_code", "census_january", "provision", "need", "year_group", "pupils", "flag"]
        tables["sen_pupils"] = pd.DataFrame(needs, columns=columns).astype({"pupils": "Int64"})
    if shares:
        rows = [
            [area_code, year, p, value]
            for (year, p), value in sorted(shares.items(), key=lambda s: s[0][::-1])
        ]
        tables["sen_percent"] = pd.DataFrame(rows, columns=TABLES["sen_percent"].names())
    return tables
