"""How a published table is laid out, and the matching of what is found to it: names are configuration."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError

ALIKE = 0.75  # letters that two spellings of one word share
SHORTEST_MISSPELT = 5  # shorter words are taken letter by letter


def canon(name: str) -> str:
    """Return a name without case, spaces and marks.

    Examples
    --------
    >>> canon("AP_PRU_total_pc") == canon("ap pru total PC")
    True
    """
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def words(name: str) -> list[str]:
    """Return the words of a column name."""
    return [w for w in re.split(r"[^a-z0-9]+", name.casefold()) if w]


def misspelt(name: str, known: str) -> bool:
    """Return whether `name` is `known` with letters wrong: as many words, and the same digits.

    Examples
    --------
    >>> misspelt("number_decsion_4weeks", "number_decision_4weeks")
    True
    >>> misspelt("plans_issued_den_ex", "plans_issued_den"), misspelt("within_20_weeks", "within_16_weeks")
    (False, False)
    """
    left, right = words(name), words(known)
    if len(left) != len(right) or left == right:
        return False
    for one, other in zip(left, right, strict=True):
        if one == other:
            continue
        if min(len(one), len(other)) < SHORTEST_MISSPELT or re.sub(r"\D", "", one) != re.sub(
            r"\D", "", other
        ):
            return False
        if SequenceMatcher(None, one, other).ratio() < ALIKE:
            return False
    return True


@dataclass(frozen=True)
class Source:
    """One file of a release, as configuration.

    Parameters
    ----------
    name : str
        What it is called here.
    files : tuple of str
        File names without ending that it has had.
    period : str
        ``census_january`` or ``calendar_year``.
    topics : dict of str to tuple of str
        Our word for a breakdown -> the labels that it has had.
    measures : dict of str to tuple of str
        Our name of a figure -> the column names that it has had.
    others : tuple of str
        Columns that are known and not read.
    needed : bool
        Whether its absence is a serious finding.
    optional : tuple of str
        Figures of `measures` that earlier releases lack, so that their absence is no defect.
    """

    name: str
    files: tuple[str, ...]
    period: str
    topics: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...] = ()
    needed: bool = True
    optional: tuple[str, ...] = ()


IDENTITY: Mapping[str, tuple[str, ...]] = {
    "period": ("time_period",),
    "identifier": ("time_identifier",),
    "level": ("geographic_level",),
    "country_code": ("country_code",),
    "code": ("new_la_code",),
    "dfe_code": ("old_la_code",),
    "name": ("la_name",),
    "topic": ("breakdown_topic",),
    "label": ("breakdown",),
}
"""Columns that every table of the statistics service has; all are needed but the last two codes."""
OPTIONAL = ("identifier", "country_code", "dfe_code")
IGNORED = ("country_name", "region_code", "region_name")


@dataclass
class Match:
    """Where each of our columns stands in a header, and what was odd about it."""

    at: dict[str, int] = field(default_factory=dict)
    seen: list[Detection] = field(default_factory=list)


def match_header(header: list[str], source: Source, file: str) -> Match:
    """Find our columns in a header: by name, whatever its case; then by an alias; then misspelt.

    Raises
    ------
    ReleaseError
        A column without which no row can be placed is not there.
    """
    wanted = {**IDENTITY, **source.measures}
    match = Match()
    by_canon: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        by_canon.setdefault(canon(name), []).append(index)
    for key, aliases in wanted.items():
        for alias in aliases:
            places = by_canon.get(canon(alias), [])
            if not places:
                continue
            match.at[key] = places[0]
            if header[places[0]] != aliases[0]:
                seen = f"the column {header[places[0]]!r} was read as {aliases[0]!r}"
                match.seen.append(Detection("release_layout", file, seen))
            break
    for places in by_canon.values():
        if len(places) > 1:
            match.seen.append(
                Detection("column_twice", file, f"{header[places[0]]!r} stands {len(places)} times")
            )
    _match_misspelt(header, wanted, source, match, file)
    missing = [IDENTITY[k][0] for k in IDENTITY if k not in match.at and k not in OPTIONAL]
    if missing:
        faults = [
            Fault(
                file,
                1,
                name,
                "no such column",
                f"a column {name}, as in the release of 2025",
                "See whether the release renamed it, and tell the maintainers the new name.",
            )
            for name in missing
        ]
        raise ReleaseError(f"{file} cannot be read", faults)
    for key in source.measures:
        if key not in match.at and key not in source.optional:
            seen = f"no column {source.measures[key][0]!r}"
            match.seen.append(Detection("column_missing", file, seen))
    known = {canon(a) for aliases in wanted.values() for a in aliases}
    known |= {canon(name) for name in (*source.others, *IGNORED)}
    taken = set(match.at.values())
    new = [
        h for i, h in enumerate(header) if canon(h) not in known and i not in taken and not h.endswith("pc")
    ]
    if new:
        match.seen.append(Detection("release_layout", file, f"columns not read: {', '.join(new[:12])}"))
    return match


def _match_misspelt(
    header: list[str], wanted: Mapping[str, tuple[str, ...]], source: Source, match: Match, file: str
) -> None:
    known = {canon(a) for aliases in wanted.values() for a in aliases} | {canon(n) for n in source.others}
    free = [(i, h) for i, h in enumerate(header) if i not in match.at.values() and canon(h) not in known]
    for key, aliases in wanted.items():
        if key in match.at:
            continue
        close = [(i, h) for i, h in free if any(misspelt(h, alias) for alias in aliases)]
        if len(close) == 1:
            index, name = close[0]
            match.at[key] = index
            free.remove(close[0])
            match.seen.append(
                Detection("release_layout", file, f"the column {name!r} was read as {aliases[0]!r}")
            )


def recognise(header: list[str], sources: Collection[Source]) -> Source | None:
    """Return the source that most of a header's columns belong to, for files that were renamed."""
    names = {canon(h) for h in header}
    best, share = None, 0.6
    for source in sources:
        aliases = [{canon(a) for a in group} for group in source.measures.values()]
        found = sum(bool(group & names) for group in aliases) / len(aliases)
        if found > share:
            best, share = source, found
    return best


def text_of(data: bytes, file: str) -> tuple[str, list[Detection]]:
    """Return the text of a published file; old releases are in the Windows code page, which is told."""
    odd: list[Detection] = []
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
        odd.append(
            Detection("release_layout", file, "NUL bytes, which were left out: the file may be damaged")
        )
    try:
        return data.decode("utf-8-sig"), odd
    except UnicodeDecodeError:
        seen = "not UTF-8: read as Windows text (code page 1252)"
        return data.decode("cp1252", errors="replace"), [*odd, Detection("release_layout", file, seen)]


def records(text: str, file: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV text; a row that cannot be read ends the file with a named error."""
    rows = csv.reader(io.StringIO(text, newline=""))
    number = 0
    try:
        for number, row in enumerate(rows, start=1):  # noqa: B007
            yield row
    except csv.Error as error:
        fault = Fault(file, number + 1, "", f"a row that cannot be read ({error})", "CSV", "Fetch it again.")
        raise ReleaseError(f"{file} cannot be read", [fault]) from error


AGES = (
    (re.compile(r"(?:aged? )?(\d{1,2})(?: years?)?"), "{}"),
    (re.compile(r"(?:aged? )?under 3(?: years)?"), "0-2"),
    (re.compile(r"(?:aged? )?2 (?:and|or) (?:under|younger|below)"), "0-2"),
    (re.compile(r"(?:aged? )?20 (?:and|or) (?:over|older|above)"), "20-25"),
    (re.compile(r"(?:aged? )?20(?: to |-)25"), "20-25"),
    (re.compile(r"(?:aged? )?25 (?:and|or) (?:over|older|above)"), "25"),
    (re.compile(r"(?:age )?(?:unknown|not known|missing|not recorded)"), "unknown"),
)
"""The spellings of an age, and how a pack writes it."""


def age_word(label: str) -> str | None:
    """Return an age as a pack writes it, or None where the label is no age.

    Examples
    --------
    >>> [age_word(t) for t in ("age 10", "Aged 10", "under 3", "age 2 and under", "20 and over", "Total")]
    ['10', '10', '0-2', '0-2', '20-25', None]
    """
    text = re.sub(r"\s+", " ", label.strip().casefold())
    for pattern, word in AGES:
        if match := pattern.fullmatch(text):
            made = word.format(match[1]) if match.groups() and match[1] else word
            return "0-2" if made in ("0", "1", "2") else made
    return None


def year_of(period: str, identifier: str, kind: str) -> int | None:
    """Return the year a pack gives a period: the January of an academic year, or the calendar year.

    Examples
    --------
    >>> year_of("202425", "Academic year", "census_january"), year_of("2024/25", "", "census_january")
    (2025, 2025)
    >>> year_of("2024", "Calendar year", "calendar_year"), year_of("2025", "January", "census_january")
    (2024, 2025)
    >>> year_of("2024", "Academic year", "census_january") is None
    True
    """
    text = period.strip()
    if match := re.fullmatch(r"((?:19|20)\d{2})[/\-]?(?:20)?(\d{2})", text):
        first, second = int(match[1]), int(match[2])
        if (first + 1) % 100 != second:
            return None
        return first + 1 if kind == "census_january" else None
    if re.fullmatch(r"(19|20)\d{2}", text):
        if kind == "census_january" and "academic" in identifier.casefold():
            return None  # which of its two years the figure means is not said
        return int(text)
    return None
