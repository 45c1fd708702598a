"""Columns of numbers as tables hold them: what is a number, and what only can be made one."""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np

_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)


def numbers_of(cells: Iterable[Any]) -> np.ndarray:
    """Return a column as float64, NaN where a cell is missing or no number.

    A text of a plain number is one; a truth value, a date, a duration and a complex number are none, though pandas
    makes numbers of them.

    Examples
    --------
    >>> numbers_of([80, "80.5", " 8e1 ", None, "<5", "1,204", True, np.datetime64("2025-01-31")]).tolist()
    [80.0, 80.5, 80.0, nan, nan, nan, nan, nan]
    """
    return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _number(cell: Any) -> float:
    if isinstance(cell, str):
        return float(cell) if _PLAIN.fullmatch(cell.strip()) else math.nan
    if isinstance(cell, bool | np.bool_ | np.timedelta64) or not isinstance(cell, numbers.Real | Decimal):
        return math.nan
    return float(cell)
