"""Symbols used in place of figures in published tables, read as flags and never as zeros."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

NUMBER = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
PERCENT = re.compile(r"([-+]?\d{1,12}(\.\d+)?) ?%", re.ASCII)
MONEY = re.compile(r"£ ?(\d[\d,]{0,14}(\.\d+)?) ?(k|m|bn)?", re.IGNORECASE | re.ASCII)
SPACED = re.compile(r"[-+]?\d{1,3}( \d{3})+(\.\d+)?", re.ASCII)
FEWER = re.compile(r"(?:< ?|lt ?|fewer than |less than |under |below )(\d{1,4})", re.ASCII)
IN_WORDS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "ten": "10",
}
WORDS = re.compile(rf"\b({'|'.join(IN_WORDS)})\b")
AT_MOST = re.compile(
    r"(?:≤ ?|<= ?|up to |at most |no more than )(\d{1,4})|(\d{1,4}) or (?:fewer|less|under|below)", re.ASCII
)
RANGE = re.compile(r"(\d{1,4})(?: ?[-–] ?| to )(\d{1,4})", re.ASCII)
NOTED = re.compile(r"(.*\d) ?((?:\[[a-z]{1,2}\]|\[note \d{1,3}\]|\([a-z]\)|\*{1,3}|[†‡¹²³⁴-⁹])+)", re.ASCII)
"""A figure and the marks after it: ``12 [r]``, ``12[p]``, ``<5*``, ``12²``."""
HIDDEN = re.compile(r"(?:suppressed|redacted) ?[(:,]? ?(.*?)\)?")
"""A word for a suppressed count, and the range after it: ``suppressed (<5)``."""
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: ord("-")}
"""Full-width characters -> those that they stand for, and the minus sign."""
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
MARKS = {"[p]": "provisional", "(p)": "provisional", "[b]": "break", "[e]": "imputed"}
LARGEST = 1e12  # far above any count or sum of money in these tables
DEFAULT_RANGE = (1.0, 4.0)  # range of a suppressed count if the source gives none


@dataclass(frozen=True)
class Reading:
    """Content of a published cell.

    Parameters
    ----------
    value : float or None
    flag : str
        A word of ``vocabulary.FLAGS``; empty if the cell is not recognised.
    low, high : float or None
        Range of a suppressed count.
    write : str
        How to write the same in a pack.
    """

    value: float | None
    flag: str
    low: float | None = None
    high: float | None = None
    write: str = ""


SYMBOLS: dict[str, tuple[str, str]] = {
    "c": ("suppressed", "confidential: a small count, suppressed"),
    "*": ("suppressed", "suppressed to prevent disclosure"),
    "(c)": ("suppressed", "confidential: a small count, suppressed"),
    "suppressed": ("suppressed", "a small count, suppressed"),
    "redacted": ("suppressed", "a small count, suppressed"),
    "small number": ("suppressed", "a small count, suppressed"),
    "small numbers": ("suppressed", "a small count, suppressed"),
    "~": ("suppressed", "suppressed (Ministry of Justice)"),
    "[c]": ("suppressed", "confidential: a small count, suppressed"),
    "x": ("unavailable", "not available"),
    "[x]": ("unavailable", "not available"),
    "..": ("unavailable", "not available"),
    "...": ("unavailable", "not available"),
    ":": ("unavailable", "not available"),
    "n/a": ("unavailable", "not available"),
    "na": ("unavailable", "not available"),
    "#n/a": ("unavailable", "not available"),
    "nan": ("unavailable", "not available"),
    "null": ("unavailable", "not available"),
    "none": ("unavailable", "not available"),
    ".": ("unavailable", "not available"),
    "u": ("unavailable", "withheld: of low reliability"),
    "[u]": ("unavailable", "withheld: of low reliability"),
    "[w]": ("unavailable", "not collected"),
    "z": ("not_applicable", "not applicable"),
    "[z]": ("not_applicable", "not applicable"),
    "low": ("low", "rounds to zero but is not zero"),
    "[low]": ("low", "rounds to zero but is not zero"),
}
"""Symbol in lower case -> flag and meaning, as used by government departments and NHS England."""


def plain_text(cell: str) -> str:
    """Return a text with single spaces, without invisible characters, and with full-width ones as they are typed here.

    Examples
    --------
    >>> plain_text("\uff1c\u00a0\uff15"), plain_text("\ufeff12\u200b")
    ('< 5', '12')
    """
    if not cell.isascii():
        cell = cell.translate(WIDE).translate(INVISIBLE)
    return " ".join(cell.split())


def read_symbol(cell: str, dash: str = "", zeros: bool = False) -> Reading:
    """Return the value or flag of a published cell.

    Parameters
    ----------
    cell : str
        The text as published.
    dash : str
        Meaning of a dash in this source: ``"zero"``, a flag, or empty if unknown.
    zeros : bool
        Whether the source shows zeros, so that ``5 or fewer`` is 1 to 5 and not 0 to 5.

    Examples
    --------
    >>> read_symbol("1,043").value
    1043.0
    >>> read_symbol("<5").flag, read_symbol("<5").low, read_symbol("<5").high
    ('suppressed', 1.0, 4.0)
    >>> read_symbol("5 or fewer").low, read_symbol("5 or fewer", zeros=True).low, read_symbol("5 or fewer").high
    (0.0, 1.0, 5.0)
    >>> read_symbol("12 [p]").value, read_symbol("12 [p]").flag, read_symbol("1 234").value
    (12.0, 'provisional', 1234.0)
    >>> read_symbol("x").flag, read_symbol(" - ", dash="zero").value, read_symbol(" - ").flag
    ('unavailable', 0.0, '')
    """
    text = plain_text(cell)
    if NUMBER.fullmatch(text):
        value = float(text)
        if abs(value) < LARGEST:
            return Reading(value, "ok", write=text)
        return Reading(None, "", write="a number of this size is not a count, a share or a sum of money here")
    if not text:
        return Reading(
            None, "unavailable", write="leave the cell empty and give the reason in the column flag"
        )
    if text in ("-", "–", "—"):
        if dash == "zero":
            return Reading(0.0, "ok", write="0")
        write = "0 if the source means none, else leave the cell empty and give the reason in the column flag"
        return Reading(None, dash, write=write)
    if text.casefold() in SYMBOLS:
        flag, _ = SYMBOLS[text.casefold()]
        low, high = DEFAULT_RANGE if flag == "suppressed" else (None, None)
        if flag == "low":
            return Reading(0.0, "low", write="0 with flag low")
        return Reading(None, flag, low, high, f"leave the cell empty with flag {flag}")
    if (match := HIDDEN.fullmatch(text.casefold())) and match[1]:
        read = read_symbol(match[1], zeros=zeros)
        return read if read.flag == "suppressed" else Reading(None, "")
    if match := NOTED.fullmatch(text.casefold()):
        return _noted(read_symbol(match[1], dash, zeros), match[2])
    return _formatted(text, zeros)


def _noted(read: Reading, marks: str) -> Reading:
    """Return a figure with the flag that the marks after it stand for."""
    flag = next((flag for mark, flag in MARKS.items() if mark in marks), "")
    if not flag or read.flag != "ok":
        return read
    return Reading(read.value, flag, write=f"{read.write} with flag {flag}")


def _formatted(text: str, zeros: bool) -> Reading:
    """Read a formatted number, or the range of a suppressed count."""
    if THOUSANDS.fullmatch(text) or SPACED.fullmatch(text):
        digits = text.replace(",", "").replace(" ", "")
        return Reading(float(digits), "ok", write=digits)
    if match := PERCENT.fullmatch(text):
        return Reading(float(match[1]), "ok", write=f"{match[1]} in a column whose unit is per cent")
    if match := MONEY.fullmatch(text):
        scale = {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9}[(match[3] or "").casefold()]
        digits = match[1].replace(",", "")
        if digits and float(digits) * scale < LARGEST:
            return Reading(float(digits) * scale, "ok", write=f"{float(digits) * scale:g} in a column of GBP")
    plain = WORDS.sub(lambda match: IN_WORDS[match[0]], text.casefold())
    if match := FEWER.fullmatch(plain):
        below = float(match[1])
        if below > 1:
            return Reading(None, "suppressed", 1.0, below - 1, "leave the cell empty with flag suppressed")
    if match := AT_MOST.fullmatch(plain):
        return Reading(
            None,
            "suppressed",
            float(zeros),
            float(match[1] or match[2]),
            "leave the cell empty with flag suppressed",
        )
    if (match := RANGE.fullmatch(plain)) and float(match[1]) <= float(match[2]):
        low, high = float(match[1]), float(match[2])
        return Reading(None, "suppressed", low, high, "leave the cell empty with flag suppressed")
    return Reading(None, "")


def read_symbols(cells: pd.Series, dash: str = "") -> pd.DataFrame:
    """Return columns value, flag, low and high for a column of published cells.

    Examples
    --------
    >>> import pandas as pd
    >>> read_symbols(pd.Series(["7", "c", "7"]))["flag"].tolist()
    ['ok', 'suppressed', 'ok']
    """
    codes, texts = pd.factorize(cells.astype(str))
    readings = [read_symbol(str(text), dash) for text in texts]
    table = pd.DataFrame(
        {
            "value": pd.array([r.value for r in readings], dtype="Float64"),
            "flag": [r.flag for r in readings],
            "low": pd.array([r.low for r in readings], dtype="Float64"),
            "high": pd.array([r.high for r in readings], dtype="Float64"),
        }
    )
    return table.take(codes).set_axis(cells.index)
