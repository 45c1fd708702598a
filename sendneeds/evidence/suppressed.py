"""Drawing suppressed counts from their range, so that models use neither 0 nor a midpoint."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendneeds.evidence.symbols import DEFAULT_RANGE


def draw_counts(
    table: pd.DataFrame, value: str, draws: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return the counts of a table, with suppressed ones drawn uniformly from their range.

    Parameters
    ----------
    table : DataFrame
        With the columns `value` and ``flag``, and ``at_least`` and ``at_most`` if the source gives ranges; they
        are 1 and 4 otherwise.
    value : str
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (row, draw)
        -1 if the figure is unavailable or not applicable.

    Examples
    --------
    >>> table = pd.DataFrame({"plans": pd.array([7, None, None], "Int64"), "flag": ["ok", "suppressed", "unavailable"]})
    >>> counts = draw_counts(table, "plans", 100, np.random.default_rng(1))
    >>> counts[0, 0].item(), counts[1].min().item(), counts[1].max().item(), counts[2, 0].item()
    (7, 1, 4, -1)
    """
    known = table[value].notna().to_numpy()
    out = np.full((len(table), draws), -1, dtype=np.int64)
    out[known] = table.loc[known, value].to_numpy(np.int64)[:, None]
    hidden = (table["flag"] == "suppressed").to_numpy() & ~known
    low, high = (
        _edge(table, name, default)
        for name, default in zip(("at_least", "at_most"), DEFAULT_RANGE, strict=True)
    )
    uniform = generator.random((int(hidden.sum()), draws))
    width = (high - low + 1)[hidden]
    out[hidden] = low[hidden][:, None] + np.floor(uniform * width[:, None]).astype(np.int64)
    return out


def _edge(table: pd.DataFrame, name: str, default: float) -> NDArray[np.int64]:
    if name not in table:
        return np.full(len(table), int(default), dtype=np.int64)
    return table[name].fillna(int(default)).to_numpy(np.int64)
