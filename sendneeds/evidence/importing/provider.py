"""Reading providers' spreadsheets, through a mapping file, into counts by month or by band of weeks.

Rows about single children are counted as they are read and not kept: only the mapped cells of a row are read, and
only counts are returned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sendneeds.evidence.importing.provider_cells import band_word, header_of, is_total, rows_of
from sendneeds.evidence.importing.provider_mapping import Mapping, read_mapping
from sendneeds.evidence.pack.settings import FILE
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.foundation.dates import day_of
from sendneeds.foundation.errors import Fault, PackError, nearest
from sendneeds.foundation.outputs import LOCAL_RECORDS, write_output
from sendneeds.foundation.vocabulary import WEEK_BANDS

MOST_EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class Imported:
    """Counts read from a provider's spreadsheet, and how it was read.

    Parameters
    ----------
    table : str
        ``referrals`` or ``waiting_list``.
    frame : DataFrame
        The counts, in the columns of that table.
    columns : dict of str to str
        Heading in the sheet of each mapped column.
    rows_read, rows_counted : int
    left_out : dict of str to int
        Rows not counted, by reason.
    """

    table: str
    frame: pd.DataFrame = field(repr=False)
    columns: dict[str, str]
    rows_read: int
    rows_counted: int
    left_out: dict[str, int]

    def text(self) -> str:
        """Return a summary of how the sheet was read, to check before the counts are used."""
        lines = [f"{self.rows_read:,} rows read, {self.rows_counted:,} counted into the table {self.table}"]
        lines += [f"  {ours}: the column {theirs!r}" for ours, theirs in self.columns.items()]
        lines += [f"  not counted: {count:,} rows, {why}" for why, count in self.left_out.items()]
        return "\n".join(lines)


def import_provider(path: str | Path, mapping: str | Path | Mapping) -> Imported:
    r"""Read a provider's spreadsheet through a mapping.

    Parameters
    ----------
    path : str or Path
        A CSV (commas, semicolons or tabs) or ``.xlsx``.
    mapping : str, Path or Mapping
        A TOML file, see `read_mapping`.

    Returns
    -------
    Imported
        ``print(imported.text())`` is the preview; ``imported.frame`` goes into a pack.

    Raises
    ------
    PackError
        A mapped column is missing, or nothing could be counted.
    ReleaseError
        The file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "list.csv"
    >>> _ = path.write_text("Referred\n03/01/2025\n2025-01-06\nTotal\n")
    >>> found = import_provider(path, Mapping("referrals", "SLT", "E06000055", {"referred_on": "Referred"}))
    >>> found.frame[["month", "referrals"]].values.tolist(), found.left_out
    ([['2025-01', 2]], {'a total or a note': 1})
    """
    mapped = mapping if isinstance(mapping, Mapping) else read_mapping(mapping)
    file = Path(path).name
    rows = rows_of(path, mapped.sheet)
    header = header_of(rows, mapped.header_row, mapped.header_rows)
    at = _columns(header, mapped, file)
    body = rows[mapped.header_row - 1 + mapped.header_rows :]
    counter = Counting(mapped)
    for row in body:
        counter.take(row, at)
    if not counter.counts:
        found = "; ".join(f"{count:,} rows, {why}" for why, count in counter.left_out.items()) or "no rows"
        cure = "Compare the mapping with the sheet: header rows, columns and the order of dates."
        raise PackError(
            f"{file} cannot be used", [Fault(file, 0, "", found, "rows that can be counted", cure)]
        )
    names = {ours: header[index] for ours, index in at.items()}
    table = "referrals" if mapped.kind == "referrals" else "waiting_list"
    frame = counter.referrals() if table == "referrals" else counter.waiting()
    return Imported(table, frame, names, len(body), counter.counted, dict(counter.left_out))


def _columns(header: list[str], mapped: Mapping, file: str) -> dict[str, int]:
    """Return the position of each mapped column."""
    folded = [h.casefold() for h in header]
    at: dict[str, int] = {}
    faults: list[Fault] = []
    for ours, theirs in mapped.columns.items():
        wanted = " ".join(theirs.split()).casefold()
        if wanted in folded:
            at[ours] = folded.index(wanted)
            continue
        close = nearest(theirs, [h for h in header if h])
        cure = (
            f"Write {' or '.join(repr(c) for c in close)} in the mapping."
            if close
            else "Correct the mapping."
        )
        allowed = ", ".join(repr(h) for h in header if h)[:300]
        faults.append(Fault(file, mapped.header_row, ours, f"no column {theirs!r}", allowed, cure))
    if faults:
        raise PackError(f"{file} cannot be read with this mapping", faults)
    return at


class Counting:
    """Counts rows one at a time and keeps none of them."""

    def __init__(self, mapped: Mapping) -> None:
        self.mapped = mapped
        self.counts: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.hidden: dict[str, tuple[int, int]] = {}
        self.left_out: Counter[str] = Counter()
        self.counted = 0

    def take(self, row: tuple[Any, ...], at: dict[str, int]) -> None:
        """Count one row, or the reason why it is not counted."""
        if not any(cell not in (None, "") for cell in row):
            return
        if is_total(row):
            self.left_out["a total or a note"] += 1
            return
        cells = {ours: row[index] if index < len(row) else None for ours, index in at.items()}
        why = self._band(cells) if self.mapped.kind == "bands" else self._date(cells)
        if why:
            self.left_out[why] += 1
        else:
            self.counted += 1

    def _date(self, cells: dict[str, Any]) -> str:
        if cells["referred_on"] in (None, ""):
            return "no date of referral"
        day = day_of(cells["referred_on"], self.mapped.day_first)
        if day is None:
            return "a date of referral that is not a date in the order given"
        if self.mapped.kind == "referrals":
            self.counts[f"{day:%Y-%m}"] += 1
            if (
                "accepted" in cells
                and str(cells["accepted"] or "").strip().casefold() in self.mapped.accepted
            ):
                self.accepted[f"{day:%Y-%m}"] += 1
            return ""
        snapshot = self.mapped.snapshot
        if snapshot is None or day > snapshot:
            return "referred after the day of the count"
        self.counts[band_of_days((snapshot - day).days)] += 1
        return ""

    def _band(self, cells: dict[str, Any]) -> str:
        band = band_word(str(cells["weeks_band"] or ""))
        if band is None:
            return "an unknown band of weeks"
        read = read_symbol(str(cells["waiting"] if cells["waiting"] is not None else ""))
        if read.value is not None and read.value >= 0:
            self.counts[band] += round(read.value)
            return ""
        if read.flag == "suppressed":
            self.counts[band] += 0
            self.hidden[band] = (int(read.low or 1), int(read.high or 4))
            return ""
        return "a count that is not a number"

    def referrals(self) -> pd.DataFrame:
        """Return the referrals by month."""
        known = "accepted" in self.mapped.columns
        rows = [
            [
                self.mapped.area_code,
                self.mapped.service,
                month,
                n,
                self.accepted[month] if known else pd.NA,
                "ok",
            ]
            for month, n in sorted(self.counts.items())
        ]
        frame = pd.DataFrame(rows, columns=TABLES["referrals"].names())
        return frame.astype({"referrals": "Int64", "accepted": "Int64"})

    def waiting(self) -> pd.DataFrame:
        """Return the list by band of weeks, with 0 in empty bands."""
        assert self.mapped.snapshot is not None  # the mapping is refused without one
        rows = []
        for band in WEEK_BANDS:
            low, high = self.hidden.get(band, (pd.NA, pd.NA))
            value = pd.NA if band in self.hidden else self.counts[band]
            flag = "suppressed" if band in self.hidden else "ok"
            rows.append([band, value, low, high, flag])
        frame = pd.DataFrame(rows, columns=["weeks_band", "waiting", "at_least", "at_most", "flag"])
        frame.insert(0, "area_code", self.mapped.area_code)
        frame.insert(1, "service", self.mapped.service)
        frame.insert(2, "stage", self.mapped.stage)
        frame.insert(3, "snapshot", self.mapped.snapshot.isoformat())
        frame = frame.astype({"waiting": "Int64", "at_least": "Int64", "at_most": "Int64"})
        return frame if self.hidden else frame.drop(columns=["at_least", "at_most"])


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


def write_into(imported: Imported, folder: str | Path, replace: bool = False) -> Path:
    """Add imported counts to a table of a pack, keeping its other rows.

    Parameters
    ----------
    imported : Imported
    folder : str or Path
        A pack's folder, with ``area.toml`` in it.
    replace : bool
        Replace rows of the same key that hold other figures; without it they are refused.

    Returns
    -------
    Path
        The table's file.

    Raises
    ------
    PackError
        The folder is not a pack, its table has faults, or it has other figures for the same keys.
    """
    from sendneeds.evidence.checking.checker import read_table
    from sendneeds.evidence.pack.write import table_text

    table = TABLES[imported.table]
    path = Path(folder) / table.file
    if not (Path(folder) / FILE).is_file():
        cure = "Name the folder of a pack; `sendneeds new-pack` writes a blank one."
        raise PackError(
            f"{folder} cannot be added to", [Fault(FILE, 0, "", "no such file", "an area.toml", cure)]
        )
    frame = imported.frame
    if path.is_file():
        old, faults = read_table(path, table)
        if old is None:
            raise PackError(f"{path.name} cannot be added to", faults)
        key = [k for k in table.key if k in frame and k in old]
        both = pd.concat([old, frame.astype({c: old[c].dtype for c in frame if c in old})], ignore_index=True)
        frame = both.drop_duplicates(key, keep="last", ignore_index=True)
        changed = len(both.drop_duplicates()) - len(frame)
        if changed and not replace:
            cure = "Compare the figures, then give replace=True to take those imported."
            found = f"other figures for {changed} of the rows imported"
            raise PackError(
                f"{path.name} cannot be added to",
                [Fault(path.name, 0, "", found, "new rows, or the same figures", cure)],
            )
    return write_output(Path(folder), table.file, table_text(frame, table), LOCAL_RECORDS)
