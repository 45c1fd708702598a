"""Counting the rows of a provider's spreadsheet, without keeping any of them.

What cannot be read is never counted as zero: a band without a figure is unavailable, a suppressed one a range.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sendneeds.evidence.checking.xlsx import Row
from sendneeds.evidence.importing.provider_cells import (
    SECOND,
    Edges,
    band_edges,
    is_date_for_band,
    is_total,
    is_total_label,
)
from sendneeds.evidence.importing.provider_mapping import UNRECORDED, Mapping
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.foundation.dates import day_of
from sendneeds.foundation.vocabulary import WEEK_BANDS

UNREAD_DATE = "a date of referral that is not a date in the order given"
NOT_CHOSEN = "other rows than those chosen by [only]"
TOTAL = "a total or a note"
HEADING = "the heading once more"
NO_FIGURE = "no figure that can be read: its band is unavailable"
NO_BAND = "a band of weeks that is not one of the seven, nor a part of one that is there whole"


@dataclass
class Cells:
    """What the rows of one band add up to: from `low` to `high` children, or not known."""

    low: int = 0
    high: int = 0
    rows: int = 0
    unread: int = 0

    def add(self, other: Cells) -> None:
        """Add another band, or other rows."""
        self.low += other.low
        self.high += other.high
        self.rows += other.rows
        self.unread += other.unread


@dataclass
class Positions:
    """Where the mapped columns stand in a row."""

    columns: dict[str, int]
    only: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    bands: list[tuple[int, Edges]] = field(default_factory=list)
    headings: frozenset[tuple[str, ...]] = frozenset()

    def words(self, row: Row) -> tuple[str, ...]:
        """Return the mapped cells of a row, as they are compared with a heading."""
        return tuple(fold(_cell(row, i)) for i in (*self.columns.values(), *(i for i, _ in self.bands)))

    def is_heading(self, row: Row) -> bool:
        """Return whether a row is the heading of a further page, as it stands or with its bands spelt otherwise."""
        if self.words(row) in self.headings:
            return True
        bands = [band_edges(fold(_cell(row, index))) == edges for index, edges in self.bands]
        return len(bands) > 1 and all(bands)

    def is_total(self, row: Row) -> bool:
        """Return whether a row is labelled as a total in another column than those by which rows are chosen."""
        first = next((index for index, cell in enumerate(row) if cell not in (None, "")), None)
        return first not in {index for index, _ in self.only} and is_total_label(row)


def fold(cell: Any) -> str:
    """Return a cell's words as they are compared: one space between them, capitals ignored."""
    text = " ".join(str(cell if cell is not None else "").split()).casefold()
    return text[:-2] if re.fullmatch(r"-?\d+\.0", text) else text


def band_of_days(days: int) -> str:
    """Return NHS England's band of weeks of a wait in days: 0-7, 8-14, 15-28, 29-84 days, ...

    Examples
    --------
    >>> [band_of_days(d) for d in (0, 7, 8, 126, 127, 364, 365)]
    ['0-1', '0-1', '>1-2', '>12-18', '>18-52', '>18-52', '>52']
    """
    for band, (_, high) in WEEK_BANDS.items():
        if high is None or days <= 7 * high:
            return band
    raise AssertionError("the last band is open")


class Counting:
    """Counts rows one at a time and keeps none of them.

    Parameters
    ----------
    mapped : Mapping
    at : Positions
    zeros : bool
        Whether the sheet shows zeros, see `sendneeds.evidence.symbols.read_symbol`.
    """

    def __init__(self, mapped: Mapping, at: Positions, zeros: bool = False) -> None:
        self.mapped = mapped
        self.at = at
        self.zeros = zeros
        self.counts: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.unrecorded: Counter[str] = Counter()
        self.neither: Counter[str] = Counter()
        self.pieces: dict[Edges, Cells] = {}
        self.seconds: dict[Edges, Cells] = {}
        self.dates_for_bands: list[str] = []
        self.other_words: list[str] = []
        self.other_order = 0
        self.alike = 0
        self._rows: set[Row] = set()
        self.left_out: Counter[str] = Counter()
        self.counted = 0
        self.totals: list[tuple[int, int]] = []

    def take(self, row: Row) -> None:
        """Count one row, or the reason why it is not counted."""
        if not any(cell not in (None, "") for cell in row):
            return
        if any(fold(_cell(row, index)) not in words for index, words in self.at.only):
            self.left_out[NOT_CHOSEN] += 1
            return
        if self.at.is_heading(row):
            self.left_out[HEADING] += 1
            return
        why = self._take_wide(row) if self.at.bands else self._take_long(row)
        if why:
            self.left_out[why] += 1
        else:
            self.counted += 1

    def _note_alike(self, row: Row) -> None:
        """Count a row of a band like one before it in every cell."""
        self.alike += row in self._rows
        self._rows.add(row)

    def _take_long(self, row: Row) -> str:
        cells = {ours: _cell(row, index) for ours, index in self.at.columns.items()}
        return self._band(row, cells) if self.mapped.kind == "bands" else self._date(row, cells)

    def _take_wide(self, row: Row) -> str:
        """Count a row with a column for each band."""
        cells = [(edges, _cell(row, index)) for index, edges in self.at.bands]
        if self.at.is_total(row) or (is_total(row) and all(cell in (None, "") for _, cell in cells)):
            return TOTAL
        for edges, cell in cells:
            self._add(edges, cell)
        self._note_alike(row)
        return ""

    def _date(self, row: Row, cells: dict[str, Any]) -> str:
        day = day_of(cells["referred_on"], self.mapped.day_first)
        if day is None:
            if is_total(row):
                return TOTAL
            self.other_order += day_of(cells["referred_on"], not self.mapped.day_first) is not None
            return UNREAD_DATE if cells["referred_on"] not in (None, "") else "no date of referral"
        if self.mapped.kind == "referrals":
            self._referral(f"{day:%Y-%m}", cells)
            return ""
        snapshot = self.mapped.snapshot
        if snapshot is None or day > snapshot:
            return "referred after the day of the count"
        self.counts[band_of_days((snapshot - day).days)] += 1
        return ""

    def _referral(self, month: str, cells: dict[str, Any]) -> None:
        self.counts[month] += 1
        if "accepted" not in cells:
            return
        word = fold(cells["accepted"])
        listed = word in self.mapped.accepted or word in self.mapped.rejected
        if not word or (word in UNRECORDED and not listed):
            self.unrecorded[month] += 1
            return
        answer = self.mapped.was_accepted(word)
        if answer is None:
            self.neither[word] += 1
        self.accepted[month] += bool(answer)

    def _band(self, row: Row, cells: dict[str, Any]) -> str:
        cell = cells["weeks_band"]
        edges = None if is_date_for_band(cell) else band_edges(str(cell if cell is not None else ""))
        if self.at.is_total(row) or (edges is None and (is_total(row) or is_total_label((cell,)))):
            low, high = count_range(cells["waiting"], self.zeros)
            if low is not None and high is not None:
                self.totals.append((low, high))
            return TOTAL
        if edges is None:
            if is_date_for_band(cell):
                self.dates_for_bands.append(str(cell)[:20])
            self.other_words.append(str(cell if cell is not None else "")[:40])
            return NO_BAND
        if isinstance(cell, str) and SECOND.match(cell):
            low, high = count_range(cells["waiting"], self.zeros)
            self.seconds.setdefault(edges, Cells()).add(Cells(low or 0, high or 0, 1, int(low is None)))
            return ""
        self._note_alike(row)
        return "" if self._add(edges, cells["waiting"]) else NO_FIGURE

    def close(self) -> None:
        """Take out the rows of bands that make up none of the seven, once every row is counted.

        A row such as *of which over 52 weeks* stands for its band only where no other rows give it.
        """
        for edges, cells in self.seconds.items():
            if whole_of(*edges, set(self.pieces)):
                self.left_out[TOTAL] += cells.rows
                self.counted -= cells.rows
            else:
                self.pieces[edges] = cells
        used = {part for low, high in WEEK_BANDS.values() for part in whole_of(low, high, set(self.pieces))}
        for edges in [edges for edges in self.pieces if edges not in used]:
            cells = self.pieces.pop(edges)
            if not self.at.bands:
                self.left_out[NO_BAND] += cells.rows - cells.unread
                self.counted -= cells.rows - cells.unread

    def _add(self, edges: Edges, cell: Any) -> bool:
        """Add a figure to a band; return whether it could be read."""
        low, high = count_range(cell, self.zeros)
        self.pieces.setdefault(edges, Cells()).add(Cells(low or 0, high or 0, 1, int(low is None)))
        return low is not None

    def bands(self) -> dict[str, Cells]:
        """Return the bands that the sheet gives, whole or in parts that make one up."""
        found: dict[str, Cells] = {}
        for band, (low, high) in WEEK_BANDS.items():
            parts = whole_of(low, high, set(self.pieces))
            if not parts:
                continue
            found[band] = Cells()
            for part in parts:
                found[band].add(self.pieces[part])
        return found

    def referrals(self) -> pd.DataFrame:
        """Return the referrals by month; where some are not recorded as accepted or not, the range of accepted."""
        known = "accepted" in self.mapped.columns
        rows = []
        for month, n in sorted(self.counts.items()):
            yes, blank = self.accepted[month], self.unrecorded[month]
            exact = yes if known and not blank else pd.NA
            edges = (yes, yes + blank) if known and blank else (pd.NA, pd.NA)
            rows.append([self.mapped.area_code, self.mapped.service, month, n, exact, *edges, "ok"])
        names = TABLES["referrals"].names()
        counts = [name for name in names if "referrals" in name or "accepted" in name]
        frame = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(counts, "Int64"))
        ranged = ["accepted_at_least", "accepted_at_most"]
        return frame if frame["accepted_at_least"].notna().any() else frame.drop(columns=ranged)

    def waiting(self) -> pd.DataFrame:
        """Return the list by band of weeks; 0 only where the sheet says so, or where single children were counted."""
        assert self.mapped.snapshot is not None  # the mapping is refused without one
        found = (
            self.bands() if self.mapped.kind == "bands" else {b: _exact(self.counts[b]) for b in WEEK_BANDS}
        )
        rows: list[list[Any]] = []
        for band in WEEK_BANDS:
            cells = found.get(band)
            if cells is None or cells.unread:
                rows.append([band, pd.NA, pd.NA, pd.NA, "unavailable"])
            elif cells.low < cells.high:
                rows.append([band, pd.NA, cells.low, cells.high, "suppressed"])
            else:
                rows.append([band, cells.low, pd.NA, pd.NA, "ok"])
        frame = pd.DataFrame(rows, columns=["weeks_band", "waiting", "at_least", "at_most", "flag"])
        frame.insert(0, "area_code", self.mapped.area_code)
        frame.insert(1, "service", self.mapped.service)
        frame.insert(2, "stage", self.mapped.stage)
        frame.insert(3, "snapshot", self.mapped.snapshot.isoformat())
        frame = frame.astype({"waiting": "Int64", "at_least": "Int64", "at_most": "Int64"})
        return frame if frame["at_least"].notna().any() else frame.drop(columns=["at_least", "at_most"])

    def _beside_total(self, found: dict[str, Cells]) -> list[str]:
        """Return what the one total of a sheet says, where its bands cannot add up to it."""
        if len(self.totals) != 1 or self.left_out[NO_BAND] or any(cells.unread for cells in found.values()):
            return []
        low, high = (sum(getattr(cells, end) for cells in found.values()) for end in ("low", "high"))
        least, most = self.totals[0]
        if least <= high and low <= most:
            return []
        bands, total = (f"{a:,}" if a == b else f"{a:,} to {b:,}" for a, b in ((low, high), (least, most)))
        return [f"the bands add up to {bands}, and the total of the sheet is {total}: ask which is right"]

    def notes(self) -> list[str]:
        """Return sentences on how the figures were made, to be read before they are used."""
        said = []
        for month in sorted(self.unrecorded):
            blank, yes = self.unrecorded[month], self.accepted[month]
            said.append(
                f"{month}: {blank:,} not recorded as accepted or not: accepted {yes:,} to {yes + blank:,}"
            )
        if self.mapped.kind == "referrals" and len(self.counts) > 1:
            said.append(f"months: {min(self.counts)} to {max(self.counts)}")
        if self.mapped.kind == "bands":
            found = self.bands()
            said += self._beside_total(found)
            several = [f"{band} ({cells.rows} figures)" for band, cells in found.items() if cells.rows > 1]
            said += [f"added up: {', '.join(several)}"] if several else []
            said += [f"alike in every cell, and each counted: {self.alike:,} rows"] if self.alike else []
            gone = [b for b in WEEK_BANDS if b not in found or found[b].unread]
            said += [f"unavailable: the bands {', '.join(gone)}"] if gone else []
        return said


def _exact(count: int) -> Cells:
    return Cells(count, count, count)


def _cell(row: Row, index: int) -> Any:
    return row[index] if index < len(row) else None


def count_range(cell: Any, zeros: bool = False) -> tuple[int | None, int | None]:
    """Return the least and the greatest count that a cell stands for; None twice if it gives no count.

    Examples
    --------
    >>> [count_range(c) for c in (7, "1 234", "<5", "5 or fewer", "n/a", "", "12%", "3.5", "-2")]
    [(7, 7), (1234, 1234), (1, 4), (0, 5), (None, None), (None, None), (None, None), (None, None), (None, None)]
    """
    text = str(cell if cell is not None else "")
    read = read_symbol(text, zeros=zeros)
    if read.flag == "suppressed" and read.low is not None and read.high is not None:
        return int(read.low), int(read.high)
    if (
        read.flag not in ("ok", "provisional", "break", "imputed")
        or read.value is None
        or re.search("[%£]", text)
    ):
        return None, None
    whole = read.value >= 0 and float(read.value).is_integer()
    return (int(read.value), int(read.value)) if whole else (None, None)


def whole_of(low: int, high: int | None, given: set[Edges]) -> list[Edges]:
    """Return the bands that make up one from `low` to `high` weeks: itself, or its parts where none is missing.

    A band may start at the week that ends the one before, or at the next: 18-52 and 19-52 are the same.

    Examples
    --------
    >>> whole_of(18, 52, {(18, 52), (18, 26)}), whole_of(18, 52, {(19, 26), (27, 52)}), whole_of(18, 52, {(18, 26)})
    ([(18, 52)], [(19, 26), (27, 52)], [])
    >>> whole_of(52, None, {(52, 104), (104, None)})
    [(52, 104), (104, None)]
    """
    starts = (low, low + 1) if low else (low,)
    for start in starts:
        if (start, high) in given and (high is None or start < high):
            return [(start, high)]
    parts: list[Edges] = []
    while True:
        nexts = [
            g
            for g in given
            if g[0] in starts and g[1] != g[0] and (high is None or (g[1] is not None and g[1] <= high))
        ]
        if len(nexts) != 1:
            return []
        parts.append(nexts[0])
        end = nexts[0][1]
        if end == high:
            return parts
        if end is None:
            return []
        starts = (end, end + 1)
