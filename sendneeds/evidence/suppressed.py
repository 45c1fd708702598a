"""Suppressed counts enter a model as a range to draw from, never as 0 or a midpoint."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendneeds.evidence.symbols import UNSAID


def draw_counts(
    table: pd.DataFrame, value: str, draws: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Return the counts of a table, with suppressed ones drawn evenly from their range.

    Parameters
    ----------
    table : DataFrame
        With the column `value` and ``flag``; ``at_least`` and ``at_most`` where the source says them, 1 to 4
        where not.
    value : str
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int64, shape (row, draw)
        -1 where the figure is unavailable or does not apply.

    Examples
    --------
    >>> table = pd.DataFrame({"plans": pd.array([7, None, None], "Int64"), "flag": ["ok", "suppressed", "unavailable"]})
    >>> made = draw_counts(table, "plans", 100, np.random.default_rng(1))
    >>> made[0, 0].item(), made[1].min().item(), made[1].max().item(), made[2, 0].item()
    (7, 1, 4, -1)
    """
    known = table[value].notna().to_numpy()
    out = np.full((len(table), draws), -1, dtype=np.int64)
    out[known] = table.loc[known, value].to_numpy(np.int64)[:, None]
    hidden = (table["flag"] == "suppressed").to_numpy() & ~known
    low, high = (
        _edge(table, name, default) for name, default in zip(("at_least", "at_most"), UNSAID, strict=True)
    )
    luck = generator.random((int(hidden.sum()), draws))
    width = (high - low + 1)[hidden]
    out[hidden] = low[hidden][:, None] + np.floor(luck * width[:, None]).astype(np.int64)
    return out


def _edge(table: pd.DataFrame, name: str, default: float) -> NDArray[np.int64]:
    if name not in table:
        return np.full(len(table), int(default), dtype=np.int64)
    return table[name].fillna(int(default)).to_numpy(np.int64)
