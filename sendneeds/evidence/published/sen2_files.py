"""Which file of a SEN2 release is which: by name, else by its columns, breakdowns and periods."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from sendneeds.evidence.published.archive import Archive, Member
from sendneeds.evidence.published.layout import IDENTITY, Source, canon
from sendneeds.evidence.published.sen2_layout import (
    APPEALS_FILE,
    APPEALS_WORDS,
    NOT_READ,
    REVIEW_YEAR,
    SOURCES,
)
from sendneeds.evidence.published.table_text import records, text_of, unreadable
from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError

NOT_BEFORE = (
    "Give the release of 2023 or later, which holds the caseload since 2019: earlier ones are not read."
)
FIRST_BYTES = 60_000
FIRST_ROWS = 150
MOST_TITLE = 8  # most rows up to the heading
LEAST_OF_HEADING = 3  # columns of every table, for a row that is the heading
LEAST_SHARE = 0.6  # of a source's figures, for a file that is known by its columns
OLD = re.compile(r"sen2_", re.IGNORECASE)  # names of the files of releases before 2023
PERIODS = {"census_january": "academic", "calendar_year": "calendar"}


def assigned(archive: Archive) -> dict[str, Member]:
    """Return the file of each source: by its name, else by its columns.

    Raises
    ------
    ReleaseError
        The release is laid out as those before 2023, two files of one name differ, or files hold no table; all at once.
    """
    found: dict[str, Member] = {}
    stems = {canon(stem): source for source in SOURCES for stem in source.files}
    rest: list[Member] = []
    faults: list[Fault] = []
    for member in archive.tables():
        stem = canon(re.sub(r"(_?(19|20)\d{2}(-?\d{2})?)+$", "", member.name[:-4]))
        name = stems[stem].name if stem in stems else ""
        if not name and all(word in stem for word in APPEALS_FILE):
            name = "appeals"
        if not name:
            rest += [member] if stem not in {canon(name) for name in NOT_READ} else []
        elif name not in found:
            found[name] = member
        elif archive.read(member) != archive.read(found[name]):
            cure = "Keep the one that belongs to the release."
            both = f"{found[name].path or found[name].name} and {member.path or member.name}, which differ"
            faults.append(Fault(archive.name, 0, "", both, f"one file {SOURCES_BY_NAME[name]}.csv", cure))
    old = [m for m in archive.tables() if OLD.match(m.name) and "dmo" not in m.name.casefold()]
    if len(old) > 1 and not any(_has_breakdowns(archive, member) for member in old):
        seen = ", ".join(m.name for m in old)[:200]
        allowed = "tables by breakdown_topic, as published since 2023"
        fault = Fault(archive.name, 0, "", f"a release laid out as before 2023: {seen}", allowed, NOT_BEFORE)
        raise ReleaseError(f"{archive.name} cannot be read", [fault])
    for member in (*found.values(), *rest):
        fault_of = unreadable(archive.read(member), member.name)
        faults += [fault_of] if fault_of else []
    if faults:
        raise ReleaseError(f"{archive.name} cannot be read", faults)
    by_columns(archive, rest, found)
    return found


SOURCES_BY_NAME = {**{source.name: source.files[0] for source in SOURCES}, "appeals": "of SEND appeals"}


def _has_breakdowns(archive: Archive, member: Member) -> bool:
    return b"breakdown_topic" in archive.read(member)[:FIRST_BYTES].split(b"\n", 1)[0].lower()


def by_columns(archive: Archive, rest: Collection[Member], found: dict[str, Member]) -> None:
    """Assign files with unknown names to the sources still missing, best match first."""
    missing = [source for source in SOURCES if source.name not in found]
    scores: list[tuple[int, str, Member]] = []
    for member in rest if missing or "appeals" not in found else ():
        text, _ = text_of(archive.read(member)[:FIRST_BYTES], member.name)
        head = text[:2_000].casefold()
        if "appeals" not in found and all(words in head for words in APPEALS_WORDS):
            found["appeals"] = member
            continue
        rows = list(islice(records(text, member.name), FIRST_ROWS))
        rows = [header_of(iter(rows)), *rows[1:]] if rows else []
        for source in missing if rows else ():
            score = likeness(rows, source)
            scores += [(score, source.name, member)] if score else []
    taken: set[str] = set()
    for _, name, member in sorted(scores, key=lambda s: (-s[0], s[1], s[2].path)):
        if name not in found and member.path + member.name not in taken:
            found[name] = member
            taken.add(member.path + member.name)


def header_of(rows: Iterator[list[str]]) -> list[str]:
    """Return the heading of a table: the first of its rows with most columns of every table, titles before it left out.

    Examples
    --------
    >>> header_of(iter([["A title"], ["time_period", "geographic_level", "new_la_code", "ehcplans"], ["202425"]]))
    ['time_period', 'geographic_level', 'new_la_code', 'ehcplans']
    """
    wanted = {canon(name) for names in IDENTITY.values() for name in names}
    first: list[str] = []
    for row in islice(rows, MOST_TITLE):
        names = [name.strip() for name in row]
        if len(wanted & set(map(canon, names))) >= LEAST_OF_HEADING:
            return names
        first = first or names
    return first


def likeness(rows: list[list[str]], source: Source) -> int:
    """Return how many columns a table has in common with a source; 0 if it cannot be that source.

    Most of the figures have to be there, and the periods and the breakdown of the total have to fit: the needs of all
    plans and those of new plans have the same columns.
    """
    header, _ = shift_years([name.strip() for name in rows[0]], source)
    names = {canon(name) for name in header}
    needed = [aliases for key, aliases in source.measures.items() if key not in source.optional]
    matched = sum(any(canon(alias) in names for alias in aliases) for aliases in needed)
    if matched < LEAST_SHARE * len(needed) or matched == 0:
        return 0
    at = {canon(name): index for index, name in enumerate(header)}
    kinds = _cells(rows, at.get("timeidentifier"))
    if kinds and not any(PERIODS[source.period] in kind or "january" in kind for kind in kinds):
        return 0
    topics = _cells(rows, at.get("breakdowntopic"))
    known = {canon(label) for labels in source.topics.values() for label in labels}
    if not {canon(topic) for topic in topics} & known:
        return 0
    return matched + len({canon(name) for name in source.others} & names)


def _cells(rows: list[list[str]], index: int | None) -> set[str]:
    return {row[index].strip().casefold() for row in rows[1:] if index is not None and index < len(row)}


def shift_years(header: list[str], source: Source) -> tuple[list[str], int]:
    """Return a heading with the years within its names as in the release of 2025, and the year that they stand for.

    The table of annual reviews names columns after the year reported and the next: ``review_meeting_25`` is the year
    itself in the release of 2026, and was the time since the year in that of 2025.

    Examples
    --------
    >>> from sendneeds.evidence.published.sen2_layout import REVIEWS
    >>> shift_years(["review_meeting_26", "review_meeting_25", "review_meeting_prior_25", "review_decision26"], REVIEWS)
    (['review_meeting_25', 'review_meeting_24', 'review_meeting_prior_24', 'review_decision25'], 2025)
    """
    if source.name != "reviews":
        return header, 0
    years = [
        int(m[1]) for name in header if (m := re.fullmatch(r"review_meeting_(\d\d)", name.strip(), re.I))
    ]
    if not years:
        return header, 0
    offset = min(years) - REVIEW_YEAR

    def moved(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) - offset:02d}"

    shifted = [
        re.sub(r"^(review_(?:meeting|decision)\w*?_?)(\d\d)$", moved, name, flags=re.I) for name in header
    ]
    return shifted, 2000 + min(years)


def review_years(year: int, offset_file: str, years: Collection[int]) -> list[Detection]:
    """Return what to tell of the years in the names of columns: that they moved, or do not fit the periods."""
    told = []
    if year and year != 2000 + REVIEW_YEAR:
        found = (
            f"columns of reviews are named after {year}, the year reported, and {year + 1}, the time since"
        )
        told.append(Detection("release_layout", offset_file, found))
    if year and years and max(years) != year:
        found = f"columns are named after {year}, the latest period is {max(years)}"
        told.append(Detection("description_contradicts_content", offset_file, found))
    return told
