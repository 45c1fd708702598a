"""Reading providers' spreadsheets, through a mapping file, into counts by month or by band of weeks.

Rows about single children are counted as they are read and not kept: only the mapped cells of a row are read, and
only counts are returned.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from sendneeds.evidence.checking.xlsx import Row
from sendneeds.evidence.importing.provider_cells import (
    NO_COUNT,
    OTHER_UNITS,
    WEEKS,
    band_edges,
    header_of,
    is_total_label,
    rows_of,
    sheets_with,
    without_merged,
)
from sendneeds.evidence.importing.provider_counts import Counting, Positions, count_range, fold
from sendneeds.evidence.importing.provider_mapping import Mapping, read_mapping
from sendneeds.evidence.pack.settings import FILE, read_settings
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import plain_text
from sendneeds.foundation.errors import Fault, PackError, nearest
from sendneeds.foundation.kinds import kinds
from sendneeds.foundation.outputs import LOCAL_RECORDS, write_output

MOST_EXAMPLES = 5
NO_CHANCE = 20
"""Children in a row that holds the sums of the others in every band, from which on it is their total."""


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
    notes : list of str
        How figures were made: bands added up, bands that are unavailable, and what is not recorded.
    """

    table: str
    frame: pd.DataFrame = field(repr=False)
    columns: dict[str, str]
    rows_read: int
    rows_counted: int
    left_out: dict[str, int]
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return a summary of how the sheet was read, to check before the counts are used."""
        lines = [f"{self.rows_read:,} rows read, {self.rows_counted:,} counted into the table {self.table}"]
        lines += [f"  {ours}: the column {theirs!r}" for ours, theirs in self.columns.items()]
        lines += [f"  not counted: {count:,} rows, {why}" for why, count in self.left_out.items()]
        lines += [f"  {note}" for note in self.notes]
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
        A mapped column is missing, nothing could be counted, dates stand for bands of weeks, or a word for accepted is
        neither yes nor no.
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
    kinds(path=(path, "path"))
    if not isinstance(mapping, Mapping):
        kinds(mapping=(mapping, "path"))
    mapped = mapping if isinstance(mapping, Mapping) else read_mapping(mapping)
    if faults := mapped.faults():
        raise PackError("The mapping cannot be used", faults)
    file = Path(path).name
    rows = rows_of(path, mapped.sheet or _only_sheet(path, mapped))
    header = header_of(rows, mapped.header_row, mapped.header_rows)
    at = _positions(header, mapped, file)
    before = mapped.header_row - 1
    body, merged = rows[before + mapped.header_rows :], 0
    headings = map(at.words, rows[before : before + mapped.header_rows])
    in_words = frozenset(cells for cells in headings if any(cell and not cell.isdigit() for cell in cells))
    at = replace(at, headings=in_words)
    if mapped.kind == "bands":
        first = min([at.columns["weeks_band"]] if "weeks_band" in at.columns else [i for i, _ in at.bands])
        body = _ends_named(body, first, [index for index, _ in at.bands])
        body, merged = without_merged(body, first, [index for index, _ in at.only])
    counter = Counting(mapped, at, _show_zeros(body, at))
    for row in body:
        counter.take(row)
    counter.close()
    _check(counter, file, mapped)
    names = {ours: header[index] for ours, index in at.columns.items()}
    table = "referrals" if mapped.kind == "referrals" else "waiting_list"
    frame = counter.referrals() if table == "referrals" else counter.waiting()
    notes = [f"blank labels taken from the row above, as merged cells: {merged:,} rows"] if merged else []
    notes += counter.notes()
    return Imported(table, frame, names, len(body), counter.counted, dict(counter.left_out), notes)


def _only_sheet(path: str | Path, mapped: Mapping) -> str:
    """Return the one sheet that has all headings of a mapping which names none; empty where none has.

    Raises
    ------
    PackError
        If several have: each is a month, a team or a year of its own, and the mapping gives one date.
    """
    headings = [*mapped.columns.values(), *mapped.only, *mapped.bands]
    found = sheets_with(path, headings, mapped.header_row, mapped.header_rows)
    if len(found) > 1:
        file, names = Path(path).name, ", ".join(map(repr, found))
        cure = f"Write sheet = {found[-1]!r} in the mapping, with its own date; read the others after it."
        fault = Fault(
            file, 0, "sheet", f"{len(found)} sheets with these columns: {names}", "one of them", cure
        )
        raise PackError(f"{file} cannot be read with this mapping", [fault])
    return found[0] if found else ""


def _positions(header: list[str], mapped: Mapping, file: str) -> Positions:
    """Return the position of each heading that the mapping names."""
    folded = [h.casefold() for h in header]
    faults: list[Fault] = []

    def place(ours: str, theirs: str) -> int:
        wanted = plain_text(theirs).casefold()
        if folded.count(wanted) > 1:
            cure = "Give the heading of one alone: name them apart in the sheet, or read more rows of the heading."
            found = f"{folded.count(wanted)} columns {theirs!r}"
            faults.append(Fault(file, mapped.header_row, ours, found, "one column", cure))
        elif wanted in folded and ours in ("waiting", "bands") and NO_COUNT.search(wanted):
            cure = "Map the column with the number of children."
            faults.append(Fault(file, mapped.header_row, ours, f"the column {theirs!r}", "counts", cure))
        if wanted in folded:
            return folded.index(wanted)
        close = nearest(theirs, [h for h in header if h])
        cure = (
            f"Write {' or '.join(repr(c) for c in close)} in the mapping."
            if close
            else "Correct the mapping."
        )
        allowed = ", ".join(repr(h) for h in header if h)[:300]
        faults.append(Fault(file, mapped.header_row, ours, f"no column {theirs!r}", allowed, cure))
        return 0

    columns = {ours: place(ours, theirs) for ours, theirs in mapped.columns.items()}
    only = [
        (place("only", theirs), frozenset(fold(w) for w in words)) for theirs, words in mapped.only.items()
    ]
    bands = [(place("bands", theirs), band_edges(band)) for theirs, band in mapped.bands.items()]
    faults = faults or _shared(header, mapped, file, columns, [index for index, _ in bands])
    if faults:
        raise PackError(f"{file} cannot be read with this mapping", faults)
    return Positions(columns, only, [(index, edges) for index, edges in bands if edges])


def _shared(
    header: list[str], mapped: Mapping, file: str, columns: dict[str, int], bands: list[int]
) -> list[Fault]:
    """Return the faults of columns that are mapped to two things, and of bands that are no weeks by their heading."""
    named = [*columns.items(), *zip(mapped.bands, bands, strict=True)]
    faults = []
    for index in dict.fromkeys(i for _, i in named):
        ours = [name for name, i in named if i == index]
        if len(ours) > 1:
            found = f"the column {header[index]!r} for {' and '.join(ours)}"
            cure = "Name the column of each in the mapping."
            faults.append(Fault(file, mapped.header_row, ours[1], found, "a column for each", cure))
    heading = header[columns["weeks_band"]] if "weeks_band" in columns else ""
    if OTHER_UNITS.search(heading) and not WEEKS.search(heading):
        cure = "Give the sheet with bands of weeks; those of months or years are not the same."
        found = f"the column {heading!r}"
        faults.append(Fault(file, mapped.header_row, "weeks_band", found, "bands of weeks", cure))
    return faults


def _ends_named(body: list[Row], labels: int, bands: list[int]) -> list[Row]:
    """Return the rows with the first and the last called a total, where they hold the sums of the others.

    A row without a label is one where its figures may be the sums; one under a name such as *Trust* where all of them
    are, and are too many for chance.
    """
    filled = [
        n
        for n, row in enumerate(body)
        if any(cell not in (None, "") for i in bands for cell in row[i : i + 1])
    ]
    if not labels or len(filled) < 3:
        return body
    named = list(body)
    for end in (filled[0], filled[-1]):
        row = body[end]
        others = [body[n] for n in filled if n != end and not is_total_label(named[n])]
        sums = [(*_sum([row], i), *_sum(others, i)) for i in bands]
        known = [
            (low, high, least, most)
            for low, high, least, most in sums
            if low is not None and least is not None
        ]
        if any(cell not in (None, "") for cell in row[:labels]):
            is_sum = len(known) == len(bands) and all(
                low == high == least == most for low, high, least, most in known
            )
            is_sum = is_sum and len(others) > 1 and sum(most for *_, most in known) >= NO_CHANCE
        else:
            may_be = all(low <= most and least <= high for low, high, least, most in known)
            is_sum = end == filled[-1] and may_be and any(high for _, high, _, _ in known)
        if is_sum:
            named[end] = ("Total", *row[1:])
    return named


def _sum(rows: list[Row], index: int) -> tuple[int | None, int]:
    """Return the least and the greatest sum of a column; no least one where a figure cannot be read."""
    ranges = [count_range(row[index] if index < len(row) else None) for row in rows]
    lows = [low for low, _ in ranges if low is not None]
    return (sum(lows) if len(lows) == len(rows) else None), sum(high or 0 for _, high in ranges)


def _show_zeros(body: list[Row], at: Positions) -> bool:
    """Return whether a count in the sheet is zero, so that a suppressed one cannot be."""
    places = [at.columns["waiting"]] if "waiting" in at.columns else [index for index, _ in at.bands]
    return any(count_range(row[i]) == (0, 0) for row in body for i in places if i < len(row))


def _check(counter: Counting, file: str, mapped: Mapping) -> None:
    """Raise if the sheet holds cells that would give false counts, or none that can be counted."""
    faults = []
    for cell in list(dict.fromkeys(counter.dates_for_bands))[:MOST_EXAMPLES]:
        cure = "Format the column as text and type the bands again: a spreadsheet made a date of 1-2 or 4-12."
        faults.append(
            Fault(file, 0, mapped.columns["weeks_band"], cell, "a band of weeks, such as >1-2", cure)
        )
    if counter.other_order:
        order = "month" if mapped.day_first else "day"
        cure = f'Write every date as YYYY-MM-DD; give date_order = "{order} first" if all of them are.'
        found = f"{counter.other_order:,} rows with a date that is {order} first only"
        faults.append(Fault(file, 0, mapped.columns["referred_on"], found, "dates in one order", cure))
    words = list(counter.neither)
    if words:
        cure = "List them in accepted_words or in rejected_words of the mapping; a blank means not recorded."
        found = f"{sum(counter.neither.values()):,} rows with {', '.join(map(repr, words[:MOST_EXAMPLES]))}"
        faults.append(Fault(file, 0, mapped.columns["accepted"], found, "words for yes or for no", cure))
    if not faults and not counter.counts and not any(c.unread < c.rows for c in counter.pieces.values()):
        found = "; ".join(f"{count:,} rows, {why}" for why, count in counter.left_out.items()) or "no rows"
        if counter.other_words:
            found += f": {', '.join(map(repr, dict.fromkeys(counter.other_words[:MOST_EXAMPLES])))}"
        cure = "Compare the mapping with the sheet: header rows, columns and the order of dates."
        faults.append(Fault(file, 0, "", found, "rows that can be counted", cure))
    if faults:
        raise PackError(f"{file} cannot be used", faults)


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
    from sendneeds.evidence.pack.read import codes_of
    from sendneeds.evidence.pack.write import table_text

    table = TABLES[imported.table]
    path = Path(folder) / table.file
    if not (Path(folder) / FILE).is_file():
        cure = "Name the folder of a pack; `sendneeds new-pack` writes a blank one."
        raise PackError(
            f"{folder} cannot be added to", [Fault(FILE, 0, "", "no such file", "an area.toml", cure)]
        )
    frame = imported.frame
    allowed = codes_of(read_settings((Path(folder) / FILE).read_bytes())[0])
    others = sorted(set(frame["area_code"]) - allowed) if allowed else []
    if others:
        cure = "Give the area's code in the mapping, or name the folder of the other area's pack."
        fault = Fault(
            path.name, 0, "area_code", ", ".join(map(repr, others)), ", ".join(sorted(allowed)), cure
        )
        raise PackError(f"{folder} cannot be added to", [fault])
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
