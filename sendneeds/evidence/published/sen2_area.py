"""The tables of a pack from the rows of a SEN2 release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sendneeds.evidence.published.appeals import appeals_of
from sendneeds.evidence.published.layout import OGL, age_word, canon
from sendneeds.evidence.published.sen2 import Release
from sendneeds.evidence.published.sen2_groups import group_rows
from sendneeds.evidence.published.sen2_layout import (
    ASSESSMENTS,
    BUDGETS,
    REASONS,
    REQUESTS,
    RESIDENTIAL,
    REVIEWS,
)
from sendneeds.evidence.quality.findings import Detection, make_finding
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbols
from sendneeds.evidence.types import Finding, TableMeta
from sendneeds.foundation.placements import PLACEMENTS
from sendneeds.foundation.vocabulary import ENGLAND, NEEDS

DFE = "Department for Education, Education, health and care plans (SEN2)"
PLACEMENT_ALIASES = {canon("Special - academy/free school"): "Special - Academy/free schools"}
PLACEMENT_WORDS = {canon(word): word for word in PLACEMENTS} | PLACEMENT_ALIASES
AGE_BASE = "Ages are at the start of the academic year, a base that releases before 2026 do not name."
TOTAL = re.compile(r"total$", re.IGNORECASE)
ORDER = {"all": -1, "0-2": 0, "20-25": 20, "unknown": 99}

Rows = list[list[Any]]


def area_tables(
    release: Release, code: str
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta], list[Finding]]:
    """Return the tables of one area in a release, their sources, and findings.

    Parameters
    ----------
    release : Release
    code : str
        ONS code, of an authority or of England.
    """
    detections = list(release.detections)
    tables = {
        "ehc_plans": _plans(release, code, detections),
        "ehc_flow": _flow(release, code, detections),
        "ehc_timeliness": _timeliness(release, code, detections),
        "ehc_plans_by_group": _by_group(release, code, detections),
        "residential_places": _residential(release, code, detections),
        "appeals": _appeals(release, code, detections),
        "personal_budgets": _budgets(release, code, detections),
    }
    tables = {name: frame for name, frame in tables.items() if len(frame)}
    detections += _not_of_the_area(release, code)
    frame = release.frames["caseload"]
    name = str(frame.loc[frame["code"] == code, "name"].iloc[-1])
    for file, note in release.footnotes:
        if code != ENGLAND and re.search(rf"\b{re.escape(name)}\b", note):
            detections.append(Detection("release_footnote", file, note))
    source = f"{DFE}, {release.name}"
    meta = {table: TableMeta(TABLES[table].title, source, OGL, release.day, "published") for table in tables}
    if release.age_at_start:
        detections.append(Detection("age_base_of_2026", "ehc_plans", AGE_BASE))
        meta["ehc_plans"] = TableMeta(
            TABLES["ehc_plans"].title, source, OGL, release.day, "published", AGE_BASE
        )
    if "appeals" in meta:
        meta["appeals"] = TableMeta(
            TABLES["appeals"].title,
            f"Ministry of Justice, SEND Tribunal appeal rate, with {release.name}",
            OGL,
            release.day,
            "published",
        )
    return tables, meta, [make_finding(s) for s in dict.fromkeys(detections)]


def _not_of_the_area(release: Release, code: str) -> Iterator[Detection]:
    """Yield a detection for each table with breakdowns that it has for other areas and not for this one."""
    for source, topics in release.topics.items():
        own = _of(release, source, code)
        latest = set(own.loc[own["year"] == own["year"].max(), "topic"])
        lacking = sorted(topics - latest) if latest else ["all"]
        if lacking:
            found = f"no rows by {', '.join(lacking)}" if latest else "no rows of the area"
            yield Detection("detail_missing", source, found)


def _of(release: Release, source: str, code: str) -> pd.DataFrame:
    frame = release.frames.get(source)
    if frame is None:
        return pd.DataFrame(columns=["year", "topic", "label"])
    return frame[frame["code"] == code]


def _labelled(rows: pd.DataFrame, detections: list[Detection], where: str) -> Iterator[tuple[Any, str]]:
    """Yield rows with their age or placement in the form of a pack; subtotals are skipped."""
    lost: dict[str, int] = {}
    for row in rows.to_dict("records"):
        label = row["label"]
        if row["topic"] == "all":
            word: str | None = "all"
        elif row["topic"] == "age":
            word = age_word(label)
        else:
            word = PLACEMENT_WORDS.get(canon(label))
            if word is None and TOTAL.search(label):
                continue
        if word is None:
            lost[label] = lost.get(label, 0) + 1
        else:
            yield row, word
    if lost:
        detections.append(
            Detection("figures_not_read", where, f"unknown labels: {', '.join(map(repr, lost))}")
        )


def _typed(rows: Rows, table: str, value: str, keys: list[str], detections: list[Detection]) -> pd.DataFrame:
    """Return rows of keys and a published text as a typed table with flags, in the column order of a pack."""
    frame = pd.DataFrame(rows, columns=[*keys, "text"])
    read = _counts(frame.pop("text").astype(str), table, detections)
    frame[value] = read["value"].astype("Int64")
    if read["low"].notna().any():
        frame["at_least"], frame["at_most"] = read["low"].astype("Int64"), read["high"].astype("Int64")
    frame["flag"] = read["flag"].astype("str")
    for column in TABLES[table].columns:
        if column.kind in ("choice", "area") and column.name in frame:
            frame[column.name] = frame[column.name].astype("str")
    frame = frame.drop_duplicates(list(TABLES[table].key))
    names = [n for n in TABLES[table].names() if n in frame]
    return frame[names].reset_index(drop=True)


def _counts(texts: pd.Series, table: str, detections: list[Detection], dash: str = "") -> pd.DataFrame:
    """Return published counts as `read_symbols` does; what is no count is unavailable, and told."""
    read = read_symbols(texts, dash)
    value = read["value"].fillna(0)
    wrong = texts.str.contains("[%£]") | (read["flag"] == "") | (value % 1 != 0) | (value < 0)
    if wrong.any():
        seen = ", ".join(map(repr, texts[wrong].unique()[:5]))
        detections.append(Detection("figures_not_read", table, f"{wrong.sum():,} that are no counts: {seen}"))
        read.loc[wrong, ["value", "low", "high"]] = pd.NA
        read.loc[wrong, "flag"] = "unavailable"
    return read


def _age_order(age: str) -> int:
    return ORDER[age] if age in ORDER else int(age)


def _plans(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    rows: Rows = []
    caseload = _of(release, "caseload", code)
    by_age = caseload[caseload["topic"].isin(["all", "age"])]
    for row, age in _labelled(by_age, detections, "caseload"):
        rows.append([code, row["year"], "all", age, "all", row["plans"]])
    needs = _of(release, "needs", code)
    held = [need for need in NEEDS if need in needs]
    for row, word in _labelled(needs[needs["topic"].isin(["all", "age"])], detections, "sen_needs_all_plans"):
        rows += [[code, row["year"], need, word, "all", row[need]] for need in held]
    for row, word in _labelled(needs[needs["topic"] == "placement"], detections, "sen_needs_all_plans"):
        # placements without plans of the need get no row
        rows += [[code, row["year"], need, "all", word, row[need]] for need in held if row[need] != "0"]
    rows.sort(key=lambda r: (r[4] != "all", r[1], r[2] != "all", r[2], _age_order(r[3]), r[4]))
    return _typed(
        rows, "ehc_plans", "plans", ["area_code", "census_january", "need", "age", "placement"], detections
    )


def _flow(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    rows: Rows = []
    for source in (REQUESTS, ASSESSMENTS, REVIEWS):
        stages = tuple(source.measures)
        whole = _of(release, source.name, code)
        for row in whole[whole["topic"] == "all"].to_dict("records"):
            rows += [
                [0, code, row["year"], stage, "all", "all", "all", row[stage]]
                for stage in stages
                if stage in row
            ]
    for row, age in _labelled(_of(release, "new", code), detections, "newplans"):
        rows.append([1, code, row["year"], "new_plans", "all", age, "all", row.get("plans", "x")])
    needs = _of(release, "new_needs", code)
    for row, age in _labelled(needs, detections, "sen_need_newplans"):
        for need in (need for need in NEEDS if need in needs):
            rows.append([2, code, row["year"], "new_plans_by_cohort_age", need, age, "all", row[need]])
    for row, age in _labelled(_of(release, "ceased", code), detections, "ceased_plans"):
        for reason in ("all", *REASONS):
            if reason in row:
                rows.append([3, code, row["year"], "ceased", "all", age, reason, row[reason]])
    rows.sort(key=lambda r: (r[0], r[3], r[2], r[4] != "all", r[4], _age_order(r[5]), r[6] != "all", r[6]))
    keys = ["area_code", "calendar_year", "stage", "need", "age", "reason"]
    return _typed([row[1:] for row in rows], "ehc_flow", "count", keys, detections)


def _timeliness(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    columns = ["issued", "within_20_weeks", "from_20_to_52_weeks", "over_52_weeks"]
    rows: Rows = []
    for row in _of(release, "timeliness", code).to_dict("records"):
        for exceptions in ("excluding", "including"):
            cells = [row.get(f"{exceptions} {c}", "x") for c in (*columns, "mean_weeks")]
            rows.append([code, row["year"], exceptions, *cells])
    frame = pd.DataFrame(rows, columns=["area_code", "calendar_year", "exceptions", *columns, "mean_weeks"])
    weeks = read_symbols(frame["mean_weeks"])["value"].astype("float64")
    frame["mean_weeks"] = weeks.where(weeks >= 0)
    if frame["mean_weeks"].isna().all():
        frame = frame.drop(columns="mean_weeks")
    flags = []
    for column in columns:
        read = _counts(frame[column].astype(str), "ehc_timeliness", detections)
        frame[column] = read["value"].astype("Int64")
        flags.append(read["flag"])
    if len(frame):
        frame["flag"] = flags[0].where(flags[0] != "ok", flags[1]).astype("str")
        frame.loc[frame["flag"].isin(["suppressed", "unavailable", "not_applicable"]), columns] = pd.NA
    return frame.sort_values(["calendar_year", "exceptions"], ignore_index=True)


def _by_group(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    rows = group_rows(_of(release, "caseload", code), _of(release, "needs", code), code, detections)
    keys = ["area_code", "census_january", "characteristic", "group", "need"]
    return _typed(rows, "ehc_plans_by_group", "plans", keys, detections)


def _residential(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    rows: Rows = []
    for row in _of(release, "residential", code).to_dict("records"):
        rows += [[code, row["year"], weeks, row[weeks]] for weeks in RESIDENTIAL.measures if weeks in row]
    rows.sort(key=lambda r: r[1])
    return _typed(rows, "residential_places", "plans", ["area_code", "census_january", "weeks"], detections)


def _appeals(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    caseload = _of(release, "caseload", code)
    rows, odd = appeals_of(
        release.appeals, str(caseload["name"].iloc[-1]), str(caseload["dfe_code"].iloc[-1])
    )
    detections += odd
    if rows.empty:
        return pd.DataFrame()
    texts = rows["appeals_registered"].str.replace(r"^\.\.$", "x", regex=True)
    registered = _counts(texts, "appeals", detections, dash="zero")
    decisions = read_symbols(rows["appealable_decisions"], dash="zero")
    frame = pd.DataFrame(
        {
            "area_code": code,
            "calendar_year": rows["calendar_year"].astype("int64"),
            "appeals_registered": registered["value"].astype("Int64"),
            "appealable_decisions": decisions["value"].astype("float64"),
            "flag": registered["flag"].where(registered["flag"] != "", "unavailable").astype("str"),
        }
    )
    return frame.sort_values("calendar_year", ignore_index=True)


def _budgets(release: Release, code: str, detections: list[Detection]) -> pd.DataFrame:
    rows: Rows = []
    for row in _of(release, "budgets", code).to_dict("records"):
        rows += [[code, row["year"], budget, row[budget]] for budget in BUDGETS.measures if budget in row]
    rows.sort(key=lambda r: r[1])
    return _typed(rows, "personal_budgets", "plans", ["area_code", "census_january", "budget"], detections)
