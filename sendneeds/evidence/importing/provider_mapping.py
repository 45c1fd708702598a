"""The TOML file that maps the columns of a provider's spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sendneeds.evidence.checking.checker import AREA_CODE
from sendneeds.evidence.checking.csv_reader import read_bytes
from sendneeds.evidence.importing.provider_cells import band_edges
from sendneeds.foundation.dates import YEARS
from sendneeds.foundation.errors import Fault, PackError, nearest
from sendneeds.foundation.toml_text import read_toml
from sendneeds.foundation.vocabulary import SERVICES, WEEK_BANDS

KINDS = {
    "referrals": ("referred_on",),
    "list": ("referred_on",),
    "bands": ("weeks_band", "waiting"),
}
"""Kind of spreadsheet -> columns that must be mapped. One row is a referral, a child waiting, or a band of weeks."""
STAGES = ("first_appointment", "therapy", "review", "assessment")
ORDERS = ("day first", "month first")
KEYS = (
    *("kind", "service", "area_code", "stage", "snapshot", "sheet", "header_row", "header_rows"),
    *("date_order", "columns", "accepted_words", "rejected_words", "only", "bands"),
)
YES = ("y", "yes", "true", "1", "accept", "accepted")
NO = ("n", "no", "false", "0", "reject", "rejected", "decline", "declined", "refused", "not accepted")
UNRECORDED = (
    "nan",
    "#n/a",
    "<na>",
    "nat",
    "n/a",
    "na",
    "n/k",
    "nk",
    "not known",
    "not recorded",
    "unknown",
    "missing",
    "null",
    "none",
    "x",
    "-",
    ".",
    "?",
)
"""Words that say that it is not recorded whether a referral was accepted."""
DETAIL = re.compile(r"( ?[-–:(,;].*)?")
"""What may follow a word for yes or no: ``Accepted - routine``."""
MOST_BYTES = 2**18
AREA_CODES = "an ONS code: a letter and eight digits, such as E06000055"


def is_area_code(code: Any) -> bool:
    """Return whether a value is written as the code of an area is in a pack.

    Examples
    --------
    >>> [is_area_code(code) for code in ("E06000055", "W06000015", "bedford", "e06000055", "")]
    [True, True, False, False, False]
    """
    return isinstance(code, str) and AREA_CODE.fullmatch(code) is not None


def is_day(value: Any) -> bool:
    """Return whether a value is a date without a time of day, in the years in which there are lists."""
    return type(value) is dt.date and YEARS[0] <= value.year <= YEARS[1]


@dataclass(frozen=True)
class Mapping:
    """How to read a provider's spreadsheet; `read_mapping` reads one from a file.

    Parameters
    ----------
    kind : str
        ``referrals``, ``list`` or ``bands``.
    service, area_code, stage : str
    columns : dict of str to str
        Column here (referred_on, accepted, weeks_band, waiting) -> heading in the sheet. The parts of a heading over
        several rows are joined with spaces.
    snapshot : date, optional
        Day of the count, for ``list`` and ``bands``.
    sheet : str
        Name of the sheet in a workbook; the first where empty.
    header_row, header_rows : int
        First row of the heading, and its number of rows.
    day_first : bool
        Whether 03/04/2025 is the third of April.
    accepted, rejected : frozenset of str
        Words that mean that a referral was accepted, or was not. A blank cell is not recorded, and other words are
        refused; where only `accepted` is given, every other word means that it was not.
    only : dict of str to tuple of str
        Heading in the sheet -> cells of the rows to count; other rows are left out. For sheets with several
        organisations, services or months.
    bands : dict of str to str
        Heading in the sheet -> band of weeks, for sheets of kind ``bands`` with a column for each band.
    """

    kind: str
    service: str
    area_code: str
    columns: dict[str, str]
    stage: str = "first_appointment"
    snapshot: dt.date | None = None
    sheet: str = ""
    header_row: int = 1
    header_rows: int = 1
    day_first: bool = True
    accepted: frozenset[str] = field(default=frozenset(YES))
    rejected: frozenset[str] = field(default=frozenset(NO))
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bands: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("accepted", "rejected"):
            words = getattr(self, name)
            words = [words] if isinstance(words, str) else words
            if isinstance(words, Iterable):
                object.__setattr__(self, name, frozenset(map(_folded, words)))
        if isinstance(self.only, dict):
            only = {heading: tuple(map(str, _cells(cells))) for heading, cells in self.only.items()}
            object.__setattr__(self, "only", only)

    def was_accepted(self, word: str) -> bool | None:
        """Return whether a word means that a referral was accepted; None if it means neither yes nor no, or both.

        Examples
        --------
        >>> mapping = Mapping("referrals", "SLT", "E06000055", {"referred_on": "Date"})
        >>> [mapping.was_accepted(w) for w in ("1", "accepted - routine", "not accepted", "pending")]
        [True, True, False, None]
        >>> mapping.was_accepted("yes - declined"), mapping.was_accepted("y,n")
        (None, None)
        """
        if word in self.accepted or word in self.rejected:
            return word in self.accepted
        if (detail := _after(word, self.accepted)) is not None:
            return None if _after(detail, self.rejected) is not None else True
        if (detail := _after(word, self.rejected)) is not None:
            return None if _after(detail, self.accepted) is not None else False
        return None if self.rejected else False

    def faults(self) -> list[Fault]:
        """Return what is wrong with a mapping made in Python, as with one read from a file."""
        plain = (
            "kind",
            "service",
            "area_code",
            "stage",
            "header_row",
            "header_rows",
            "columns",
            "only",
            "bands",
        )
        content = {name: getattr(self, name) for name in plain}
        content |= {"accepted_words": self.accepted, "rejected_words": self.rejected}
        if self.snapshot is not None:
            content["snapshot"] = self.snapshot
        orders = dict(zip((True, False), ORDERS, strict=True))
        is_order = isinstance(self.day_first, bool)
        content["date_order"] = orders[self.day_first] if is_order else self.day_first
        return _faults(content, "Mapping")


def _folded(word: Any) -> str:
    return " ".join(str(word).split()).casefold()


def _cells(cells: Any) -> Iterable[Any]:
    """Return the cells that choose rows: one, or several in a list."""
    return cells if isinstance(cells, list | tuple | set | frozenset) else [cells]


def _after(word: str, known: frozenset[str]) -> str | None:
    """Return what follows one of the known words and a mark; None if the word begins with none of them."""
    for one in known:
        if word.startswith(one) and DETAIL.fullmatch(word[len(one) :]):
            return word[len(one) :].strip(" -–:(),;")
    return None


def read_mapping(path: str | Path) -> Mapping:
    r"""Read a mapping file.

    Parameters
    ----------
    path : str or Path
        TOML: ``kind``, ``service``, ``area_code``, ``[columns]`` or ``[bands]``; for lists and bands ``snapshot``.

    Raises
    ------
    PackError
        The file cannot be used; the message lists every fault.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "map.toml"
    >>> _ = path.write_text('kind = "referrals"\nservice = "SLT"\narea_code = "E06000055"\n'
    ...   '[columns]\nreferred_on = "Date of referral"\n')
    >>> read_mapping(path).columns
    {'referred_on': 'Date of referral'}
    """
    file = Path(path).name
    data = read_bytes(Path(path), file, MOST_BYTES)
    if isinstance(data, Fault):
        raise PackError(f"{file} cannot be used", [data])
    content, faults = read_toml(data, file, "Correct it.", MOST_BYTES)
    if faults:
        raise PackError(f"{file} cannot be used", faults)
    faults = _faults(content, file)
    if faults:
        raise PackError(f"{file} cannot be used", faults)
    more: dict[str, Any] = {
        k: content[k] for k in ("stage", "snapshot", "sheet", "header_row", "header_rows") if k in content
    }
    for key, name in (("accepted_words", "accepted"), ("rejected_words", "rejected")):
        if key in content:
            more[name] = frozenset(map(_folded, content[key]))
    if "accepted_words" in content and "rejected_words" not in content:
        more["rejected"] = frozenset()
    more |= {"only": content.get("only", {}), "bands": content.get("bands", {})}
    first = content.get("date_order", ORDERS[0]) == ORDERS[0]
    return Mapping(
        content["kind"],
        content["service"],
        content["area_code"],
        content.get("columns", {}),
        day_first=first,
        **more,
    )


def _faults(content: dict[str, Any], file: str) -> list[Fault]:
    faults: list[Fault] = []

    def wrong(key: str, found: Any, allowed: str, cure: str) -> None:
        faults.append(Fault(file, 0, key, repr(found)[:80], allowed, cure))

    for key in content:
        if key not in KEYS:
            close = nearest(key, KEYS)
            wrong(
                key, key, ", ".join(KEYS), f"Rename it to {' or '.join(close)}." if close else "Take it out."
            )
    choices = (
        ("kind", tuple(KINDS)),
        ("service", tuple(SERVICES)),
        ("stage", STAGES),
        ("date_order", ORDERS),
    )
    for key, allowed in choices:
        if (key in content and content[key] not in allowed) or (
            key not in content and key in ("kind", "service")
        ):
            close = nearest(str(content.get(key, "")), allowed)
            wrong(
                key,
                content.get(key),
                ", ".join(allowed),
                f"Write {' or '.join(close)}." if close else "Choose one.",
            )
    if not is_area_code(content.get("area_code")):
        wrong(
            "area_code", content.get("area_code"), AREA_CODES, "Give the area's code as its area.toml has it."
        )
    for key in ("header_row", "header_rows"):
        row = content.get(key, 1)
        if not isinstance(row, int) or isinstance(row, bool) or not 1 <= row <= 20:
            wrong(key, content.get(key), "a whole number from 1 to 20", "Count the rows of the sheet from 1.")
    columns = content.get("columns", {})
    if not isinstance(columns, dict):
        wrong("columns", columns, "a table of headings", "Add [columns] with a heading for each.")
        columns = {}
    for name, heading in columns.items():
        if not isinstance(heading, str) or not heading.strip():
            cure = "Give the heading of the column; name it in the sheet if it has none."
            wrong(f"columns.{name}", heading, "a heading", cure)
    kind = content.get("kind")
    wide = kind == "bands" and bool(content.get("bands"))
    for name in KINDS.get(kind, ()) if isinstance(kind, str) and not wide else ():
        if name not in columns:
            wrong(f"columns.{name}", None, "the heading in the sheet", f"Add {name} to [columns].")
    for name in columns:
        if name not in ("referred_on", "accepted", "weeks_band", "waiting"):
            wrong(
                f"columns.{name}",
                name,
                "referred_on, accepted, weeks_band, waiting",
                "Take it out: it is not read.",
            )
    day = content.get("snapshot")
    if kind in ("list", "bands") and not is_day(day):
        wrong(
            "snapshot",
            day,
            "a date such as 2025-01-06",
            "Give the day on which the list was counted.",
        )
    listed: list[set[str]] = []
    for key, example in (("accepted_words", '["Y", "Yes"]'), ("rejected_words", '["N", "No"]')):
        words = content.get(key, [])
        if isinstance(words, list | frozenset):
            listed.append(set(map(_folded, words)))
        else:
            wrong(key, words, "a list of words", f"Write {example}.")
    if both := set.intersection(*listed) if len(listed) > 1 else set():
        wrong("rejected_words", sorted(both), "words that are not in accepted_words", "Take them out of one.")
    return faults + _table_faults(content, file)


def _table_faults(content: dict[str, Any], file: str) -> list[Fault]:
    """Return the faults of the tables ``[only]`` and ``[bands]``."""
    faults: list[Fault] = []
    only, bands = content.get("only", {}), content.get("bands", {})
    if not isinstance(only, dict):
        cure = 'Add [only] with lines such as "Provider" = "Our Trust".'
        faults.append(Fault(file, 0, "only", repr(only)[:80], "a table of headings and cells", cure))
    if not isinstance(bands, dict):
        cure = 'Add [bands] with lines such as "Over 52 weeks" = ">52".'
        return [*faults, Fault(file, 0, "bands", repr(bands)[:80], "a table of headings and bands", cure)]
    if bands and (content.get("kind") != "bands" or content.get("columns")):
        cure = "Give [bands] for a sheet with a column a band, [columns] for one with a row a band."
        faults.append(Fault(file, 0, "bands", "[bands] here", 'kind = "bands" without [columns]', cure))
    for heading in (one for one in (*only, *bands) if not str(one).strip()) if isinstance(only, dict) else ():
        cure = "Give the heading of the column; name it in the sheet if it has none."
        where = "only" if heading in only else f"bands.{heading}"
        faults.append(Fault(file, 0, where, repr(heading), "a heading", cure))
    for heading, band in bands.items():
        if not isinstance(band, str) or band_edges(band) is None:
            allowed = ", ".join(WEEK_BANDS)
            cure = "Write the weeks, such as >4-12."
            faults.append(Fault(file, 0, f"bands.{heading}", repr(band)[:80], allowed, cure))
    return faults
