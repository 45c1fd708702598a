"""The expected layout of published tables, and matching of the columns found to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sendneeds.evidence.quality.findings import Detection
from sendneeds.foundation.errors import Fault, ReleaseError

OGL = "Contains public sector information licensed under the Open Government Licence v3.0"
ALIKE = 0.75  # least similarity of two spellings of a word
SHORTEST_MISSPELT = 5  # shorter words have to match exactly


def canon(name: str) -> str:
    """Return a name in lower case, without spaces and punctuation.

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
    """Return whether `name` is a misspelling of `known`: as many words, and the same digits.

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
    """One file of a release: the names that it and its columns have had.

    Parameters
    ----------
    name : str
        Its name in this package.
    files : tuple of str
        File names, without extension.
    period : str
        ``census_january`` or ``calendar_year``.
    topics : dict of str to tuple of str
        Breakdown in this package -> its labels in releases.
    measures : dict of str to tuple of str
        Figure in this package -> its column names in releases.
    others : tuple of str
        Columns that are known and not used.
    needed : bool
        Whether a release without it gets a finding.
    optional : tuple of str
        Figures of `measures` that earlier releases lack; no finding if they are missing.
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
"""Columns of every table of the statistics service. All are required but those in `OPTIONAL`."""
OPTIONAL = ("identifier", "country_code", "dfe_code")
IGNORED = ("country_name", "region_code", "region_name")


@dataclass
class Match:
    """Position of each expected column in a header, and differences from the layout."""

    at: dict[str, int] = field(default_factory=dict)
    detections: list[Detection] = field(default_factory=list)


def match_header(header: list[str], source: Source, file: str) -> Match:
    """Match the expected columns to a header: by name or alias, ignoring case; then as misspellings.

    Raises
    ------
    ReleaseError
        A column that is needed to identify rows is missing.
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
                found = f"the column {header[places[0]]!r} was read as {aliases[0]!r}"
                match.detections.append(Detection("release_layout", file, found))
            break
    for places in by_canon.values():
        if len(places) > 1:
            match.detections.append(
                Detection("column_twice", file, f"{header[places[0]]!r} occurs {len(places)} times")
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
            found = f"no column {source.measures[key][0]!r}"
            match.detections.append(Detection("column_missing", file, found))
    known = {canon(a) for aliases in wanted.values() for a in aliases}
    known |= {canon(name) for name in (*source.others, *IGNORED)}
    taken = set(match.at.values())
    new = [
        h for i, h in enumerate(header) if canon(h) not in known and i not in taken and not h.endswith("pc")
    ]
    if new:
        match.detections.append(Detection("release_layout", file, f"columns not read: {', '.join(new[:12])}"))
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
            match.detections.append(
                Detection("release_layout", file, f"the column {name!r} was read as {aliases[0]!r}")
            )


AGES = (
    (re.compile(r"(?:aged? )?(\d{1,2})(?: years?)?(?: old)?"), "{}"),
    (re.compile(r"(?:aged? )?under 3(?: years)?"), "0-2"),
    (re.compile(r"(?:aged? )?2 (?:and|or) (?:under|younger|below)"), "0-2"),
    (re.compile(r"(?:aged? )?20 (?:and|or) (?:over|older|above)"), "20-25"),
    (re.compile(r"(?:aged? )?20(?: to |-)25"), "20-25"),
    (re.compile(r"(?:aged? )?25 (?:and|or) (?:over|older|above)"), "25"),
    (re.compile(r"(?:age )?(?:unknown|not known|missing|not recorded)"), "unknown"),
)
"""Spellings of an age, and its form in a pack."""


def age_word(label: str) -> str | None:
    """Return an age in the form of a pack; None if the label is not an age.

    Examples
    --------
    >>> [age_word(t) for t in ("age 10", "Aged 10", "under 3", "age 2 and under", "20 and over", "Total")]
    ['10', '10', '0-2', '0-2', '20-25', None]
    """
    text = re.sub(r"\s+", " ", label.strip().casefold())
    for pattern, word in AGES:
        if match := pattern.fullmatch(text):
            age = word.format(match[1]) if match.groups() and match[1] else word
            return "0-2" if age in ("0", "1", "2") else age
    return None


def year_of(period: str, identifier: str, kind: str) -> int | None:
    """Return the year of a period: the January of an academic year, or the calendar year.

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
            return None  # an academic year given as one year: ambiguous
        return int(text)
    return None
