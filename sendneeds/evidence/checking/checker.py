"""Checking a CSV table against its schema: typed columns, or every fault up to a limit."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendneeds.evidence.checking.csv_reader import SHOWN, Text, more, read_bytes, read_text
from sendneeds.evidence.schema.types import Column, Table
from sendneeds.evidence.symbols import NUMBER, read_symbol
from sendneeds.foundation.csv_text import unescape_formula
from sendneeds.foundation.errors import Fault, nearest
from sendneeds.foundation.vocabulary import FLAGS_WITHOUT_VALUE, NEED_ALIASES

AREA_CODE = re.compile(r"[EWSN]\d{8}", re.ASCII)
MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])", re.ASCII)
DATE = re.compile(r"(19|20)\d{2}-\d{2}-\d{2}", re.ASCII)
LARGEST = 1e12
TOTALS = ("total", "totals", "all", "grand total", "sum", "sub-total", "subtotal", "all needs", "all ages")
"""Words of a row that adds up others, where a column has none for it."""
PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*", re.ASCII)


def check_table(
    source: Path | bytes, table: Table, area_codes: Collection[str] = (), file: str = ""
) -> list[Fault]:
    r"""Return every fault of a CSV file.

    Parameters
    ----------
    source : Path or bytes
        The file or its content.
    table : Table
        Its schema, from `sendneeds.evidence.schema.tables.TABLES`.
    area_codes : collection of str
        Codes allowed in ``area_code``; any code if left out.
    file : str
        File name to use in the faults; the table's own if empty.

    Examples
    --------
    >>> from sendneeds.evidence.schema.tables import TABLES
    >>> text = b"area_code,census_january,provision,percent_of_pupils\nE06000055,2025,K,c\n"
    >>> print(check_table(text, TABLES["sen_percent"])[0].text())
      sen_percent.csv row 2, column percent_of_pupils
        found:   'c'
        allowed: a number, with a point for decimals, from 0 to 100
        do:      This table has no column flag: leave the row out.
    """
    return read_table(source, table, area_codes, file)[1]


def read_table(
    source: Path | bytes, table: Table, area_codes: Collection[str] = (), file: str = ""
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Return a CSV file as a table with typed columns, or None and its faults."""
    file = file or table.file
    data = read_bytes(source, file) if isinstance(source, Path) else source
    if isinstance(data, Fault):
        return None, [data]
    text, faults = read_text(data, file)
    if text is None:
        return None, faults
    faults += _headers(text, table, file)
    columns = [c for c in table.columns if text.header.count(c.name) == 1]
    frame: dict[str, pd.Series] = {}
    for column in columns:
        frame[column.name], found = _typed(text, column, table, file, area_codes)
        faults += found
    if all(name in frame for name in table.names() if table.column(name).required):
        table_frame = pd.DataFrame(frame)
        faults += [] if faults else _flags(table_frame, text, table, file)
        faults += _order(table_frame, text, table, file)
        faults += _keys(table_frame, text, table, file)
        faults += _rule(table_frame, text, table, file)
        if not faults:
            return table_frame, []
    return None, sorted(faults, key=lambda f: (f.row == 0, f.row))


def _headers(text: Text, table: Table, file: str) -> list[Fault]:
    names = table.names()
    allowed = ", ".join(names)
    faults = []
    for name in dict.fromkeys(text.header):
        if text.header.count(name) > 1:
            found = f"the column {name!r} {text.header.count(name)} times"
            faults.append(Fault(file, 1, name, found, "each column once", "Keep the right one."))
        if name not in names:
            close = nearest(name, names)
            cure = f"Rename it to {' or '.join(close)}." if close else "Take it out of this file."
            found = f"a column called {name!r}" if name else "a column without a name"
            faults.append(Fault(file, 1, name, found, allowed, cure))
    for column in table.columns:
        if column.required and column.name not in text.header:
            cure = f"Add it: {column.description[0].lower()}{column.description[1:]}."
            faults.append(Fault(file, 1, column.name, "no such column", allowed, cure))
    return faults


def _typed(
    text: Text, column: Column, table: Table, file: str, area_codes: Collection[str]
) -> tuple[pd.Series, list[Fault]]:
    """Convert each distinct text of a column once; return a fault for every row with one that is not allowed."""
    at = text.header.index(column.name)
    values: list[object] = []
    wrong: dict[int, tuple[str, str]] = {}
    for code, cell in enumerate(text.texts[at]):
        value, cure = _cell(cell, column, table, area_codes)
        values.append(value)
        if cure:
            wrong[code] = (cell, cure)
    codes = text.codes[at]
    faults: list[Fault] = []
    if wrong:
        rows = np.flatnonzero(np.isin(codes, list(wrong)))
        allows = column.allows()
        if column.kind == "area" and area_codes:
            allows = ", ".join(sorted(area_codes))
        for row in rows[:SHOWN]:
            cell, cure = wrong[int(codes[row])]
            faults.append(Fault(file, int(text.rows[row]), column.name, _shown(cell), allows, cure))
        if len(rows) > SHOWN:
            faults.append(more(file, column.name, len(rows) - SHOWN, "cells that are not allowed"))
        # keep what could be read for the remaining checks
        return pd.Series(
            np.array(values, dtype=object)[codes], dtype="float64" if column.numeric else "str"
        ), faults
    return _series(values, codes, column), faults


def _series(values: list[object], codes: NDArray[np.int64], column: Column) -> pd.Series:
    if column.kind == "number":
        numbers = np.array([np.nan if v is None else v for v in values], np.float64)
        return pd.Series(numbers[codes] if len(numbers) else np.zeros(0))
    if column.numeric:
        if column.blank:
            return pd.Series(pd.array(values, dtype="Int64").take(codes))
        whole = np.array(values, np.int64)
        return pd.Series(whole[codes] if len(whole) else np.zeros(0, np.int64))
    words = np.array(values, dtype=object)
    return pd.Series(words[codes] if len(words) else words, dtype="str")


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= 60 else cell[:57] + "...") if cell else "an empty cell"


def _cell(cell: str, column: Column, table: Table, area_codes: Collection[str]) -> tuple[object, str]:
    """Return the value of a cell, and what to do if it is not allowed (else an empty text)."""
    if column.kind == "text":
        return unescape_formula(cell), "" if cell.strip() or column.blank else "Fill it in."
    if not cell.strip():
        if column.blank:
            return None, ""
        if "" in column.allowed:
            return "", ""
        return None, "Fill it in, or take the row out."
    if column.numeric:
        return _number(cell, column, table)
    if column.kind == "choice":
        if cell in column.allowed:
            return cell, ""
        word = cell.strip()
        if word.casefold() in TOTALS:
            return None, "This is a row of totals: take it out, as totals are added up from the rows."
        close = (
            [NEED_ALIASES[word]]
            if NEED_ALIASES.get(word) in column.allowed
            else nearest(word, column.allowed)
        )
        return None, f"Write {' or '.join(close)}." if close else "Write one of the allowed words."
    pattern = {"area": AREA_CODE, "month": MONTH, "date": DATE}[column.kind]
    if not pattern.fullmatch(cell) or (column.kind == "date" and _no_such_day(cell)):
        return None, _written(cell, column)
    if column.kind == "area" and area_codes and cell not in area_codes:
        return None, "Keep rows of other areas in packs of their own, or name the partner in area.toml."
    return cell, ""


def _no_such_day(cell: str) -> bool:
    try:
        np.datetime64(cell, "D")
    except ValueError:
        return True
    return False


def _written(cell: str, column: Column) -> str:
    if column.kind == "area":
        if AREA_CODE.fullmatch(cell.strip().upper()):
            return f"Write {cell.strip().upper()}."
        if cell.strip().casefold() in TOTALS:
            return "This is a row of totals: take it out, as totals are added up from the rows."
        return "Look up the ONS code of the area; names and DfE numbers are not codes."
    example = "2025-01" if column.kind == "month" else "2025-01-31"
    if re.search(r"\d/\d|[A-Za-z]", cell):
        return f"Write it year first, such as {example}, and format the column as text."
    return f"Write it as {example}."


def _number(cell: str, column: Column, table: Table) -> tuple[object, str]:
    if not NUMBER.fullmatch(cell.strip()):
        percent = PERCENT.fullmatch(cell)
        if percent:
            share, rate = f"{float(percent[1]) / 100:.10g}", f"{float(percent[1]):g}"
            if column.high == 1:
                return None, f"Write {share}: this column is a share."
            if column.high == 100:
                return None, f"Write {rate}: this column is per cent."
            return None, f"Write {share} where the unit is a share, {rate} where it is per cent."
        read = read_symbol(cell)
        if read.flag and read.flag != "ok" and not any(c.name == "flag" for c in table.columns):
            return None, "This table has no column flag: leave the row out."
        if read.write:
            return (
                None,
                f"Write {read.write}." if read.flag == "ok" else f"{read.write[0].upper()}{read.write[1:]}.",
            )
        return None, "Write a plain number, without words, signs or spaces."
    value = float(cell)
    if abs(value) >= LARGEST:
        return None, "Check for digits that were run together."
    if column.kind != "number" and not value.is_integer():
        return None, "Write a whole number; shares and rates have tables of their own."
    if column.low is not None and value < column.low:
        return None, "A count cannot be negative." if column.low == 0 else f"Write {column.low:g} or more."
    if column.high is not None and value > column.high:
        return None, f"Write {column.high:g} or less."
    return value if column.kind == "number" else int(value), ""


def _faults_at(
    rows: NDArray[np.int64], text: Text, file: str, column: str, found: str, allowed: str, cure: str
) -> list[Fault]:
    faults = [Fault(file, int(text.rows[r]), column, found, allowed, cure) for r in rows[:SHOWN]]
    if len(rows) > SHOWN:
        faults.append(more(file, column, len(rows) - SHOWN, "rows like it"))
    return faults


def _flags(frame: pd.DataFrame, text: Text, table: Table, file: str) -> list[Fault]:
    """Check that figures are empty exactly where the flag says that there is none."""
    if "flag" not in frame or not table.values:
        return []
    first = table.values[0]
    empty = frame[first].isna().to_numpy()
    silent = frame["flag"].isin(FLAGS_WITHOUT_VALUE).to_numpy()
    allowed = (
        f"an empty cell with one of the flags {', '.join(FLAGS_WITHOUT_VALUE)}, or a figure with another"
    )
    return [
        *_faults_at(
            np.flatnonzero(empty & ~silent),
            text,
            file,
            first,
            "an empty cell without a flag that gives the reason",
            allowed,
            "Give the figure, or a flag with the reason why there is none.",
        ),
        *_faults_at(
            np.flatnonzero(~empty & silent),
            text,
            file,
            first,
            "a figure beside a flag that says there is none",
            allowed,
            "Empty the cell, or write flag ok.",
        ),
    ]


def _order(frame: pd.DataFrame, text: Text, table: Table, file: str) -> list[Fault]:
    faults = []
    for chain in table.ordered:
        for left, right in pairwise(chain):
            if left in frame and right in frame:
                rows = np.flatnonzero((frame[left] > frame[right]).fillna(False).to_numpy(bool))
                for row in rows[:SHOWN]:
                    found = f"{left} {frame[left].iloc[row]:g} above {right} {frame[right].iloc[row]:g}"
                    rule = " <= ".join(chain)
                    faults.append(
                        Fault(file, int(text.rows[row]), right, found, rule, "Swap or correct them.")
                    )
                if len(rows) > SHOWN:
                    faults.append(more(file, right, len(rows) - SHOWN, "rows like it"))
    return faults


def _rule(frame: pd.DataFrame, text: Text, table: Table, file: str) -> list[Fault]:
    if table.rule is None:
        return []
    return [
        Fault(file, int(text.rows[w.row]), w.column, w.found, w.allowed, w.cure)
        for w in islice(table.rule(frame), SHOWN)
    ]


def _keys(frame: pd.DataFrame, text: Text, table: Table, file: str) -> list[Fault]:
    key = [name for name in table.key if name in frame]
    read = frame[key].notna().all(axis=1).to_numpy()  # unreadable keys have faults of their own
    again = np.flatnonzero(frame.duplicated(key).to_numpy() & read)
    faults = []
    for row in again[:SHOWN]:
        named = ", ".join(f"{name} {frame[name].iloc[row]}" for name in key)
        found = f"a second row for {named}"
        cure = "Keep the right one; add up parts of one row before, not here."
        faults.append(Fault(file, int(text.rows[row]), "", found, f"one row for each {', '.join(key)}", cure))
    if len(again) > SHOWN:
        faults.append(more(file, "", len(again) - SHOWN, "duplicate rows"))
    return faults
