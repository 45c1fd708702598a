"""Medians rounded so that parts add up: to the median of their total, and over tables that share children."""

from __future__ import annotations

import numpy as np

from sendneeds.kernel.cohort import apportion
from sendneeds.kernel.places.tables import fitted, rounded

LEAST = 1e-3
"""Children in the cells of a row or column that has some in all, and a median of 0 in each."""


def added_up(parts: np.ndarray, total: float, spread: np.ndarray | None = None) -> np.ndarray:
    """Return whole numbers near parts that add up to their total, rounded.

    What is between the sum of medians and the median of the sum goes to the parts by their spread, so that a part that
    is the same in every draw stays as it is.

    Parameters
    ----------
    parts : ndarray of float, (part,)
        Medians.
    total : float
        The median of their sum.
    spread : ndarray of float, (part,), optional
        Widths of their intervals; the parts themselves where left out, or where all are 0.

    Returns
    -------
    ndarray of int64, (part,)

    Examples
    --------
    >>> added_up(np.array([10.0, 20.0, 0.0]), 33.0).tolist()
    [11, 22, 0]
    >>> added_up(np.array([86.0, 20.0]), 107.0, np.array([0.0, 4.0])).tolist()
    [86, 21]
    """
    whole = round(total)
    parts = np.asarray(parts, dtype=float)
    weight = parts if spread is None or not np.sum(spread) else np.asarray(spread, dtype=float)
    if not weight.sum():
        return apportion(np.array([whole]), parts[:, None])[:, 0]
    near = np.maximum(parts + (whole - parts.sum()) * weight / weight.sum(), 0.0)
    return apportion(np.array([whole]), near[:, None])[:, 0]


def added_up_both_ways(cells: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return whole numbers near a table of medians whose rows and columns have given whole sums.

    Parameters
    ----------
    cells : ndarray of float, (R, C)
        Medians of cells.
    rows, columns : ndarray of int, (R,) and (C,)
        The same total.

    Returns
    -------
    ndarray of int64, (R, C)
        A cell of 0 stays 0 where the sums can be met so.

    Examples
    --------
    >>> added_up_both_ways(np.array([[6.0, 3.0], [2.0, 9.0]]), np.array([10, 12]), np.array([8, 14])).tolist()
    [[6, 4], [2, 10]]
    """
    table = np.asarray(cells, dtype=float)
    lost_rows = (table.sum(axis=1) == 0) & (rows > 0)
    lost_columns = (table.sum(axis=0) == 0) & (columns > 0)
    table = np.where(lost_rows[:, None] | lost_columns[None, :], np.maximum(table, LEAST), table)
    fit = fitted(table[None], rows[None].astype(float), columns[None].astype(float))[0]
    return rounded(fit, rows, columns)
