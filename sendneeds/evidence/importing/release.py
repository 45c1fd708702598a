"""The area of any authority in England from the SEN2 release as published, and other releases if given."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from sendneeds.evidence.area import Area, shipped
from sendneeds.evidence.importing.impute import impute_ages, impute_new_plans, impute_plans, predecessor_plans
from sendneeds.evidence.importing.scaled import scaled_parameters, scaled_population, scaled_schools
from sendneeds.evidence.pack.settings import UNASSIGNED
from sendneeds.evidence.pack.write import write_pack
from sendneeds.evidence.published.authorities import code_of, plain_name, slug_of
from sendneeds.evidence.published.layout import age_word
from sendneeds.evidence.published.sen2 import Release, check_code, read_release
from sendneeds.evidence.published.sen2_area import area_tables
from sendneeds.evidence.published.sen2_layout import SUCCESSORS
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.series import totals
from sendneeds.evidence.symbols import read_symbols
from sendneeds.evidence.types import AreaTables, Finding, TableMeta
from sendneeds.foundation.folders import check_replaceable
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.vocabulary import ENGLAND


def read_sen2(
    path: str | Path,
    area_code: str,
    *,
    population: str | Path | None = None,
    sen_in_england: str | Path | None = None,
    community_waits: str | Path | None = None,
    icb: str | None = None,
    school_capacity: str | Path | None = None,
) -> Area:
    """Return the area of any local authority in England from the SEN2 release as published.

    Parameters
    ----------
    path : str or Path
        The zip of *Education, health and care plans*, or the folder that it was unpacked to.
    area_code : str
        ONS code, such as ``"E06000055"``.
    population : str or Path, optional
        CSV of ONS mid-year estimates or projections. Without it England's residents are scaled to the area, with a
        finding.
    sen_in_england : str or Path, optional
        Zip, folder or CSV of *Special educational needs in England*: pupils and needs located by school.
    community_waits : str or Path, optional
        NHS England's workbook of community health services waiting lists; needs the extra ``excel``.
    icb : str, optional
        Name of the integrated care board to read in that workbook.
    school_capacity : str or Path, optional
        Zip, folder or CSV of *School capacity*: places in special schools, units and resourced provision by phase,
        table ``places``.

    Returns
    -------
    Area
        Its service parameters are scaled from those of the pack for Bedford.

    Raises
    ------
    ReleaseError
        A release cannot be read; the message lists every fault.
    UnknownNameError
        The release has no such area.

    Examples
    --------
    >>> area = read_sen2("education-health-and-care-plans_2025.zip", "E06000055")  # doctest: +SKIP
    >>> area.name  # doctest: +SKIP
    'Bedford'
    >>> read_sen2("no-such.zip", "E06000055")
    Traceback (most recent call last):
        ...
    sendneeds.foundation.errors.ReleaseError: no-such.zip cannot be read: 1 fault
      no-such.zip
        found:   no such file or folder
        allowed: a zip or a folder
        do:      Check the path.
    """
    kinds(path=(path, "path"), area_code=(area_code, "text"))
    area_code = area_code.strip().upper()
    release = read_release(path, {area_code, ENGLAND, *_kin(area_code)})
    return area_from_release(
        release,
        area_code,
        population=population,
        sen_in_england=sen_in_england,
        community_waits=community_waits,
        icb=icb,
        school_capacity=school_capacity,
    )


def read_area(
    name: str | int,
    *,
    release: str | Path,
    population: str | Path | None = None,
    sen_in_england: str | Path | None = None,
    community_waits: str | Path | None = None,
    icb: str | None = None,
    school_capacity: str | Path | None = None,
) -> Area:
    """Return the area of any local authority by code or name, from the SEN2 release as published.

    `read_sen2` with the area first, for whom its ONS code need not be known: no pack is written in between.

    Parameters
    ----------
    name : str or int
        ONS code (``"E06000027"``), DfE number (``880``), name (``"Torbay"``) or short name (``"torbay"``).
    release : str or Path
        The zip of *Education, health and care plans*, or the folder that it was unpacked to.
    population, sen_in_england, community_waits, icb, school_capacity
        As in `read_sen2`.

    Returns
    -------
    Area

    Raises
    ------
    ReleaseError
        A release cannot be read; the message lists every fault.
    UnknownNameError
        The release has no such area; the nearest are named.

    See Also
    --------
    list_areas : With ``release=``, the areas that a release has.

    Examples
    --------
    >>> area = read_area("Torbay", release="education-health-and-care-plans_2025.zip")  # doctest: +SKIP
    >>> area.code  # doctest: +SKIP
    'E06000027'
    """
    kinds(name=(name, "name"), release=(release, "path"))
    return read_sen2(
        release,
        code_of(str(name), release),
        population=population,
        sen_in_england=sen_in_england,
        community_waits=community_waits,
        icb=icb,
        school_capacity=school_capacity,
    )


def area_from_release(
    release: Release,
    area_code: str,
    *,
    population: str | Path | None = None,
    sen_in_england: str | Path | None = None,
    community_waits: str | Path | None = None,
    icb: str | None = None,
    school_capacity: str | Path | None = None,
) -> Area:
    """Return one area of a release that `read_release` has read; see `read_sen2`."""
    name = check_code(release, area_code)
    tables, meta, findings = area_tables(release, area_code)
    england = _england(release)
    if area_code != ENGLAND:
        findings += _impute(release, tables, area_code, england)
    settings = _settings(release, tables, area_code, name)
    kind = "country" if area_code == ENGLAND else "local_authority"
    area = Area(slug_of(name), area_code, plain_name(name), kind, settings, tables, meta, None, findings)
    if sen_in_england is not None:
        from sendneeds.evidence.published.sen_in_england import read_sen_in_england

        area = _with(area, *read_sen_in_england(sen_in_england, area_code))
    if community_waits is not None:
        from sendneeds.evidence.published.community_waits import read_community_waits

        place = "England" if area_code == ENGLAND else icb or name
        area = _with(area, *read_community_waits(community_waits, place, area_code))
    if school_capacity is not None:
        from sendneeds.evidence.published.school_capacity import read_school_capacity

        area = _with(area, *read_school_capacity(school_capacity, area_code))
    if population is not None:
        from sendneeds.evidence.published.population import read_population

        area = _with(area, *read_population(population, area_code))
    elif area_code == ENGLAND:
        missing = {n: t for n, t in england.tables.items() if not area.has(n)}
        area = _with(area, missing, {n: england.meta[n] for n in missing}, [])
    else:
        frame, source = scaled_population(area, england)
        area = _with(area, {"population": frame}, {"population": source}, [])
    if kind == "local_authority":
        area = _with(area, *scaled_schools(area, england), [])
        frame, source = scaled_parameters(area)
        area = _with(area, {"service_parameters": frame}, {"service_parameters": source}, [])
    return area


def import_sen2(
    path: str | Path,
    area_code: str,
    folder: str | Path,
    force: bool = False,
    *,
    population: str | Path | None = None,
    sen_in_england: str | Path | None = None,
    community_waits: str | Path | None = None,
    icb: str | None = None,
    school_capacity: str | Path | None = None,
) -> Path:
    """Write the pack of an area from the SEN2 release: `read_sen2`, then `write_pack`.

    Parameters
    ----------
    path, area_code, population, sen_in_england, community_waits, icb, school_capacity
        As in `read_sen2`.
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
    ReleaseError
        A release cannot be read.

    Examples
    --------
    >>> import_sen2("education-health-and-care-plans_2025.zip", "E06000055", "my-area")  # doctest: +SKIP
    PosixPath('my-area')
    """
    kinds(path=(path, "path"), area_code=(area_code, "text"), folder=(folder, "path"))
    check_replaceable(folder, force)  # before the work, not after it
    area = read_sen2(
        path,
        area_code,
        population=population,
        sen_in_england=sen_in_england,
        community_waits=community_waits,
        icb=icb,
        school_capacity=school_capacity,
    )
    return write_pack(area, folder, force)


def _with(
    area: Area, tables: dict[str, pd.DataFrame], meta: dict[str, TableMeta], findings: list[Finding]
) -> Area:
    held = {**area.tables, **tables}
    ordered = {name: held[name] for name in TABLES if name in held}
    return replace(
        area, tables=ordered, meta={**area.meta, **meta}, read_findings=[*area.read_findings, *findings]
    )


def _england(release: Release) -> Area:
    """Return the shipped pack for England, with its plans replaced by those of this release; made once a release."""
    if release not in _ENGLAND:
        england = shipped("england")
        if (release.frames["caseload"]["code"] == ENGLAND).any():
            tables, meta, _ = area_tables(release, ENGLAND)
            england = _with(england, {"ehc_plans": tables["ehc_plans"]}, {"ehc_plans": meta["ehc_plans"]}, [])
        _ENGLAND[release] = england
    return _ENGLAND[release]


_ENGLAND: WeakKeyDictionary[Release, Area] = WeakKeyDictionary()


def _kin(code: str) -> set[str]:
    """Return the predecessor and all successors of an authority that was formed from a split."""
    return {c for before, after in SUCCESSORS.items() if code in after for c in (before, *after)}


def _with_predecessor(
    release: Release, plans: pd.DataFrame, code: str
) -> tuple[pd.DataFrame, list[Detection]]:
    """Prepend the authority's share of its predecessor's Januaries."""
    frame = release.frames["caseload"]
    series = {}
    for kin in sorted(_kin(code)):
        rows = frame[(frame["code"] == kin) & (frame["topic"] == "all")]
        series[kin] = read_symbols(rows["plans"])["value"].set_axis(rows["year"]).dropna()
    old, how = predecessor_plans(code, series)
    if old.empty:
        return plans, []
    rows = pd.DataFrame({"area_code": code, "census_january": old.index, "plans": old.to_numpy()})
    rows[["need", "age", "placement"]] = "all"
    rows["flag"] = "imputed"
    joined = pd.concat([rows[[c for c in plans if c in rows]], plans], ignore_index=True).astype(plans.dtypes)
    where = f"ehc_plans {old.index.min()} to {old.index.max()}"
    return joined, [Detection("series_from_predecessor", where, how)]


def _impute(release: Release, tables: dict[str, pd.DataFrame], code: str, england: Area) -> list[Finding]:
    """Impute breakdowns that the area did not publish, in place; return a finding for each."""
    plans, detections = impute_ages(tables["ehc_plans"])
    plans, done = impute_plans(plans, england)
    tables["ehc_plans"], before = _with_predecessor(release, plans, code)
    detections += done + before
    needs = release.frames.get("new_needs")
    if needs is not None and "plans" in needs and "ehc_flow" in tables:
        rows = needs[(needs["code"] == code) & (needs["topic"] == "age")]
        for year in sorted(set(rows["year"])):
            known = rows[rows["year"] == year]
            by_age = read_symbols(known["plans"])["value"].set_axis(known["label"].map(age_word)).dropna()
            by_age = by_age.groupby(level=0).sum()
            tables["ehc_flow"], done = impute_new_plans(tables["ehc_flow"], by_age, year, england)
            detections += done
    return [make_finding(s) for s in detections]


def _settings(release: Release, tables: dict[str, pd.DataFrame], code: str, name: str) -> dict[str, Any]:
    frame = release.frames["caseload"]
    plans = totals(AreaTables("", code, name, "", tables=tables))
    day = dt.date(int(plans.index[-1]), 1, 6)
    settings: dict[str, Any] = {
        "partners": [
            {"role": "council", "name": UNASSIGNED},
            {"role": "icb", "name": UNASSIGNED},
            {"role": "community_provider", "name": UNASSIGNED},
        ],
        "funders": [
            {"funder": "council_high_needs", "partner": "council"},
            {"funder": "council_general_fund", "partner": "council"},
            {"funder": "icb", "partner": "icb"},
        ],
        "simulation": {"start": day + dt.timedelta(days=-day.weekday() % 7)},
        "chapter": {
            "topic_owner": UNASSIGNED,
            "authors": [UNASSIGNED],
            "quality_check": UNASSIGNED,
            "endorsed_by": UNASSIGNED,
            "replaces_version": "none",
            "linked_topics": [],
            "next_refresh": UNASSIGNED,
        },
    }
    dfe = str(frame.loc[frame["code"] == code, "dfe_code"].iloc[-1])
    return {**settings, "dfe_code": dfe} if re.fullmatch(r"\d{3}", dfe) else settings
