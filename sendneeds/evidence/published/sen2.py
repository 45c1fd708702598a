"""Reading the SEN2 release as published, from a zip or a folder."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sendneeds.evidence.published.appeals import read_appeals
from sendneeds.evidence.published.archive import Archive, Member
from sendneeds.evidence.published.layout import (
    IDENTITY,
    Match,
    Source,
    canon,
    match_header,
    words,
    year_of,
)
from sendneeds.evidence.published.sen2_files import NOT_BEFORE, assigned, header_of, review_years, shift_years
from sendneeds.evidence.published.sen2_layout import (
    AGE_AT_START,
    CONTRADICTIONS,
    FOLLOWED_BY,
    KNOWN_TOPICS,
    NEW_NEEDS,
    SOURCES,
    SPLIT_IN_2026,
    earlier_codes,
)
from sendneeds.evidence.published.sen2_rows import UNKNOWN, no_plans, once, total_by_its_words
from sendneeds.evidence.published.table_text import cut_short, records, text_of
from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError, UnknownNameError, nearest
from sendneeds.foundation.vocabulary import ENGLAND

IDS = ["code", "dfe_code", "name", "year", "topic", "label"]
MARK = b"\xef\xbb\xbf"
AGE_LABEL = re.compile(r"\b[Aa]ged? (?:10|\d+ and (?:under|over))\b")
LEVELS = {"local authority": "la", "la": "la", "local authority district": "la", "national": "national"}
OTHER_LEVELS = ("regional", "region", "school", "institution", "")
TOTAL_WORDS = (["all"], ["total"])


@dataclass(frozen=True, eq=False)
class Release:
    """A SEN2 release, or the rows of some areas in it, as text.

    Parameters
    ----------
    name : str
        Name of the zip or folder.
    frames : dict of str to DataFrame
        By source: columns code, dfe_code, name, year, topic, label, then the figures as published.
    appeals : DataFrame
        Columns dfe_code, calendar_year, appeals_registered, appealable_decisions, as published.
    detections : list of Detection
        What differs from the expected layout.
    footnotes : list of (str, str)
        File and text of the footnotes of the release's guide.
    day : date
        Latest modification date of its files.
    named : dict of str to str
        Names of all its authorities by code, whether read or not.
    age_at_start : bool
        Whether ages of plans are at the start of the academic year, as from the release of 2026.
    topics : dict of str to set of str
        Breakdowns that the file of each source has, for any area.
    """

    name: str
    frames: dict[str, pd.DataFrame] = field(repr=False)
    appeals: pd.DataFrame = field(repr=False)
    detections: list[Detection] = field(default_factory=list, repr=False)
    footnotes: list[tuple[str, str]] = field(default_factory=list, repr=False)
    day: dt.date = dt.date(1980, 1, 1)
    named: dict[str, str] = field(default_factory=dict, repr=False)
    age_at_start: bool = False
    topics: dict[str, set[str]] = field(default_factory=dict, repr=False)

    def areas(self) -> pd.Series:
        """Return the names, by code, of the authorities with a caseload in the latest year."""
        frame = self.frames["caseload"]
        last = frame[(frame["topic"] == "all") & (frame["year"] == frame["year"].max())]
        names = last.drop_duplicates("code").set_index("code")["name"]
        return names[names.index != ENGLAND].sort_values()


@dataclass
class Notes:
    """Notes taken while reading: differences from the layout, authorities, and spellings of periods and ages.

    `in_caseload` says whether the caseload names authorities, whichever are read.
    """

    detections: list[Detection] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    periods: set[str] = field(default_factory=set)
    ages: set[str] = field(default_factory=set)
    marked: list[str] = field(default_factory=list)
    age_at_start: bool = False
    in_caseload: bool = False
    topics: dict[str, set[str]] = field(default_factory=dict)


def read_release(
    path: str | Path, codes: Collection[str] | None = None, only: Collection[str] = ()
) -> Release:
    """Read a SEN2 release as published.

    Parameters
    ----------
    path : str or Path
        The zip, or the folder that it was unpacked to.
    codes : collection of str, optional
        ONS codes of the areas to read; all authorities and England if left out.
    only : collection of str
        Sources to read, such as ``caseload``; all if empty.

    Raises
    ------
    ReleaseError
        The path is not a release, exceeds a limit, or lacks a column that is needed to identify rows.
    """
    archive = Archive(path)
    members = assigned(archive)
    notes = Notes()
    frames: dict[str, pd.DataFrame] = {}
    for source in SOURCES:
        if only and source.name not in only:
            continue
        if source.name in members:
            frames[source.name] = _read_source(archive, members[source.name], source, codes, notes)
            notes.in_caseload |= source.name == "caseload" and bool(notes.named)
        elif source.needed:
            notes.detections.append(
                Detection("table_missing", archive.name, f"no file {source.files[0]}.csv")
            )
    if "caseload" not in frames:
        cure = f"Give the zip of 'Education, health and care plans' as published, or its folder. {NOT_BEFORE}"
        found = ", ".join(m.name for m in archive.tables())[:200] or "no CSV file"
        raise ReleaseError(
            f"{archive.name} cannot be read",
            [Fault(archive.name, 0, "", found, "caseload.csv and others", cure)],
        )
    if "plans" not in frames["caseload"]:
        cure = "See whether the release renamed it, and tell the maintainers the new name."
        file = members["caseload"].name
        fault = Fault(file, 1, "ehcplans", "no such column", "the number of EHC plans", cure)
        raise ReleaseError(f"{archive.name} cannot be read", [fault])
    if not notes.in_caseload and (codes is None or set(codes) - {ENGLAND}):
        lost = [d.found for d in notes.detections if d.name == "figures_not_read"]
        raise no_plans(archive.name, members["caseload"].name, "; ".join(["no rows of any authority", *lost]))
    if len(frames["caseload"]) and not (frames["caseload"]["topic"] == "all").any():
        missing = f"no breakdown {SOURCES[0].topics['all'][0]!r}"
        raise no_plans(archive.name, members["caseload"].name, missing)
    if only:
        empty = pd.DataFrame()
        return Release(
            archive.name, frames, empty, notes.detections, [], archive.day, notes.named, notes.age_at_start
        )
    appeals = read_appeals(archive, members.get("appeals"), notes.detections)
    _unread(archive, {m.name for m in members.values()}, notes)
    footnotes = _guide(archive, notes.detections)
    _spellings(archive.name, notes)
    return Release(
        archive.name,
        frames,
        appeals,
        notes.detections,
        footnotes,
        archive.day,
        notes.named,
        notes.age_at_start,
        notes.topics,
    )


def _read_source(
    archive: Archive,
    member: Member,
    source: Source,
    codes: Collection[str] | None,
    notes: Notes,
) -> pd.DataFrame:
    data = archive.read(member)
    notes.marked += [member.name] if data.startswith(MARK) else []
    text, odd = text_of(data, member.name)
    if fault := cut_short(text, member.name):
        what = f"{fault.found}: the file was cut short, and what followed is not there"
        odd.append(Detection("figures_not_read", member.name, what))
    rows = records(text, member.name)
    header, year = shift_years(header_of(rows), source)
    match = match_header(header, source, member.name)
    notes.detections += odd + [
        s
        for s in match.detections
        if not any(f"no column 'number_{n.lower()}'" in s.found for n in NEW_NEEDS)
    ]
    topics: set[str] = set()
    columns = {canon(name) for name in header}
    if source.name == "caseload" and {canon(name) for name in SPLIT_IN_2026} <= columns:
        notes.age_at_start = True
    frame, lost = _rows(rows, match, source, codes, len(header), notes, topics)
    frame, renamed = total_by_its_words(frame)
    topics = (topics - renamed) | ({source.topics["all"][0]} if renamed else set())
    notes.detections += [
        Detection("release_layout", member.name, f"the breakdown {label!r} was read as the total")
        for label in renamed
    ]
    frame = once(frame, member.name, notes.detections)
    known = {canon(label): topic for topic, labels in source.topics.items() for label in labels}
    notes.topics[source.name] = {known[canon(label)] for label in topics if canon(label) in known}
    for what, count in lost.items():
        notes.detections.append(Detection("figures_not_read", member.name, f"{count:,} rows with {what}"))
    notes.age_at_start |= bool({canon(t) for t in topics} & {canon(label) for label in AGE_AT_START})
    notes.detections += _breakdowns(source, topics, member.name)
    notes.detections += review_years(year, member.name, set(frame["year"]))
    return frame


def _breakdowns(source: Source, topics: set[str], file: str) -> list[Detection]:
    """Return a detection for each breakdown that the whole file lacks, and one for breakdowns that are new."""
    known = {canon(label): topic for topic, labels in source.topics.items() for label in labels}
    new = sorted(t for t in topics if canon(t) not in known and canon(t) not in map(canon, KNOWN_TOPICS))
    seen = {known[canon(t)] for t in topics if canon(t) in known}
    told = [
        Detection(
            "column_missing",
            file,
            f"no breakdown {labels[0]!r}" + (f"; new: {', '.join(map(repr, new))}" if new else ""),
        )
        for topic, labels in source.topics.items()
        if topic not in seen
    ]
    if new and not told:
        told.append(
            Detection("release_layout", file, f"breakdowns not read: {', '.join(map(repr, new[:8]))}")
        )
    return told


def _rows(
    rows: Iterator[list[str]],
    match: Match,
    source: Source,
    codes: Collection[str] | None,
    width: int,
    notes: Notes,
    seen: set[str],
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows of the areas wanted, and counts of those that could not be read; add the breakdowns `seen`."""
    at = match.at
    topics = {canon(label): topic for topic, labels in source.topics.items() for label in labels}
    measures = [key for key in source.measures if key in at]
    places = [at[key] for key in measures]
    kept: list[list[object]] = []
    lost: dict[str, int] = {}
    years: dict[tuple[str, str], int | None] = {}
    for row in rows:
        if len(row) != width:
            if any(row):
                lost["too few or too many cells"] = lost.get("too few or too many cells", 0) + 1
            continue
        seen.add(row[at["topic"]].strip())
        word = row[at["level"]].strip().casefold()
        level = LEVELS.get(word)
        code = ENGLAND if level == "national" else row[at["code"]].strip()
        if level is None and word not in OTHER_LEVELS:
            what = f"the level {row[at['level']]!r}"
            lost[what] = lost.get(what, 0) + 1
        if level == "la" and not code:
            what = f"no code in {IDENTITY['code'][0]}"
            lost[what] = lost.get(what, 0) + 1
            continue
        if level == "la":
            notes.named[code] = row[at["name"]].strip()
        if level is None or (codes is not None and code not in codes):
            continue
        topic = topics.get(canon(row[at["topic"]]))
        if topic is None and words(row[at["topic"]])[:1] in TOTAL_WORDS:
            topic = UNKNOWN + row[at["topic"]].strip()
        if topic is None:
            continue
        period = row[at["period"]], row[at["identifier"]] if "identifier" in at else ""
        if period not in years:
            years[period] = year_of(*period, source.period)
        year = years[period]
        if year is None:
            what = f"the period {period[0]!r} ({period[1]}), which is not a {source.period.replace('_', ' ')}"
            lost[what] = lost.get(what, 0) + 1
            continue
        dfe = row[at["dfe_code"]].strip() if "dfe_code" in at else ""
        name = "England" if level == "national" else row[at["name"]].strip()
        kept.append([code, dfe, name, year, topic, row[at["label"]], *(row[p] for p in places)])
    notes.periods |= {period for period, _ in years}
    frame = pd.DataFrame(kept, columns=[*IDS, *measures])
    notes.ages |= set(frame.loc[frame["topic"] == "age", "label"])
    return frame, lost


def _unread(archive: Archive, read: set[str], notes: Notes) -> None:
    """Note repeated columns and spellings of ages in the tables that are not used."""
    for member in archive.tables():
        if member.name in read:
            continue
        text, _ = text_of(archive.read(member), member.name)
        lines = text.split("\n", 400)[:400]
        header = [canon(name) for name in lines[0].strip().split(",")]
        twice = sorted({name for name in header if name and header.count(name) > 1 and "breakdown" in header})
        for name in twice:
            found = f"{name!r} occurs {header.count(name)} times"
            notes.detections.append(Detection("column_twice", member.name, found))
        notes.ages |= {m[0] for line in lines for m in AGE_LABEL.finditer(line)}


def _spellings(release: str, notes: Notes) -> None:
    """Note labels that are spelled in several ways, and byte-order marks."""
    ages = sorted({label for label in notes.ages if re.search(r"\b10\b|\bunder|over", label)})
    if len(ages) > 1:
        found = f"ages are written {', '.join(map(repr, ages[:8]))}"
        notes.detections.append(Detection("labels_differ", release, found))
    shapes = {len(period.strip()): period for period in sorted(notes.periods)}
    if len(shapes) > 1:
        found = f"periods are written {', '.join(map(repr, sorted(shapes.values())))}"
        notes.detections.append(Detection("labels_differ", release, found))
    if notes.marked:
        found = f"{len(notes.marked)} files start with a byte-order mark, which was skipped"
        notes.detections.append(Detection("release_layout", release, found))


def _guide(archive: Archive, detections: list[Detection]) -> list[tuple[str, str]]:
    """Return the footnotes of the release's guide; note where it contradicts a column's name."""
    guides = [m for m in archive.members if m.name.casefold().endswith(".txt")]
    if not guides:
        return []
    text, _ = text_of(archive.read(guides[0]), guides[0].name)
    file, notes = guides[0].name, []
    in_notes = False
    for line in text.splitlines():
        if match := re.match(r"Filename: *(\S+)", line):
            file, in_notes = match[1], False
        elif line.strip() == "Footnotes:":
            in_notes = True
        elif in_notes and (match := re.match(r"\d+\. +(.+)", line)):
            notes.append((file, match[1].strip()))
        elif match := re.match(r"(\w+) *\| *(.+)", line):
            for stem, column, words in CONTRADICTIONS:
                if file.startswith(stem) and match[1] == column and words in match[2]:
                    found = f"the column {column!r} is described as {match[2].strip()!r}"
                    detections.append(Detection("description_contradicts_content", file, found))
    return notes


def check_code(release: Release, code: str) -> str:
    """Return the name of an area in a release.

    Raises
    ------
    UnknownNameError
        The release has no caseload for it, or none of its latest January.
    """
    frame = release.frames["caseload"]
    own = frame[frame["code"] == code]
    if own.empty or own["year"].max() < frame["year"].max():
        by_name = {canon(n): c for c, n in release.named.items()}
        followed = [c for c in (*FOLLOWED_BY.get(code, ()), *earlier_codes(code)) if c in release.named]
        hint = (
            f"{release.named[by_name[canon(code)]]} is {by_name[canon(code)]}. "
            if canon(code) in by_name
            else ""
        )
        if followed:
            hint += f"It was reorganised: see {' and '.join(f'{c} ({release.named[c]})' for c in followed)}. "
        close = [] if followed else [c for c in nearest(code, release.named) if c != code]
        hint += f"Did you mean {' or '.join(f'{c} ({release.named[c]})' for c in close)}? " if close else ""
        lacks = f"no EHC plans for the area {code!r}" + (f" after {own['year'].max()}" if len(own) else "")
        raise UnknownNameError(
            f"{release.name} has {lacks}. {hint}"
            f"Give the ONS code of one of its {len(release.named)} authorities."
        )
    return str(own["name"].iloc[-1])
