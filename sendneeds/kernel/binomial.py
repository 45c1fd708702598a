"""Binomial draws week by week from a table: the inverse of the law at shared uniforms, for one chance or one a lane.

A table holds the inverse by trials and by the first ten bits of the uniform; where the inverse steps within a cell,
the law itself settles it. So the table changes the speed of a draw and never its value.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.inverse_tables import SMALL_MEAN, added_up, as_real, binomial_laws, cell_ends

Count = type[np.int16] | type[np.int32]
"""The type of counts: 16 bits where they are small."""
_BITS = 10
_SHIFT = np.uint64(64 - _BITS)
_ROWS = 1024  # trials up to which tables are used
_ROWS_MADE = 32  # at a time
_NEVER = np.uint64(2**64 - 1)  # the uniform that no cumulative probability of 1 reaches


class Binomial:
    """Binomial draws with one chance for all lanes, or one a lane: the inverse of the law at a uniform.

    Parameters
    ----------
    chance : float or ndarray, (L,)
    lanes : int
    dtype : type
        Of the counts.
    """

    def __init__(self, chance: float | np.ndarray, lanes: int, dtype: Count = np.int32) -> None:
        value = np.asarray(chance, dtype=float)
        if value.size > 1 and (value == value.flat[0]).all():
            value = value.reshape(-1)[:1]
        self.chance_of_all = float(value.item()) if value.size == 1 else None
        self.chance = value
        if self.chance_of_all is None:
            # the fewer of those who succeed and those who fail are quicker to draw
            high = value > 0.5
            self._few = np.where(high, 1.0 - value, value)
            self._high = high if high.any() else None
            self._log_none, self._odds = np.log1p(-self._few), self._few / (1.0 - self._few)
        self._dtype = dtype
        self._index = np.empty(lanes, dtype=np.int64)
        self._cell = np.empty(lanes, dtype=np.int64)
        self._bits = self._cell.view(np.uint64)
        self._top, self._width = 0, 1
        self._table = np.empty(0, dtype)
        self._start, self._bounds = np.empty(0, np.int32), np.empty(0, np.uint64)

    @property
    def never(self) -> bool:
        """Whether the chance is 0 in every lane."""
        return self.chance_of_all == 0.0

    def draw(self, n: np.ndarray, u: np.ndarray, out: np.ndarray, most: int | None = None) -> np.ndarray:
        """Put the draws of `n` trials (L,), none over `most`, at uniforms `u` (L,) into `out`, and return it."""
        if self.chance_of_all == 0.0 or self.chance_of_all == 1.0:
            out[...] = 0 if self.chance_of_all == 0.0 else n
            return out
        if self.chance_of_all is None:
            out[...] = self._one_a_lane(n, u)
            return out
        top = int(n.max(initial=0)) if most is None else most
        if top >= _ROWS:
            out[...] = streams.binomial(n, self.chance, u)
            return out
        if top >= self._top:
            self._grow(min(top + top // 2, _ROWS - 1))
        index = self._index
        np.right_shift(u, _SHIFT, out=self._bits)
        np.copyto(index, n)
        np.left_shift(index, _BITS, out=index)
        np.bitwise_or(index, self._cell, out=index)
        self._table.take(index, out=out, mode="clip")
        doubt = (out < 0).nonzero()[0]
        if doubt.size:
            self._settle(doubt, u, out)
        return out

    def _one_a_lane(self, n: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Return draws with a chance a lane: probabilities added up from 0 where the means are small."""
        if self._high is not None:  # those who fail, at the same uniform from the other end
            u = np.where(self._high, ~u, u)
        if float((n * self._few).max(initial=0.0)) >= SMALL_MEAN:
            few = streams.binomial(n, self._few, u)
        else:
            few = added_up(as_real(u), n, np.exp(n * self._log_none), self._odds)
        return few if self._high is None else np.where(self._high, n - few, few)

    def _settle(self, todo: np.ndarray, u: np.ndarray, out: np.ndarray) -> None:
        """Step up, where a cell holds a step of the law, until the cumulative probability is over the uniform."""
        at = self._start.take(self._index.take(todo)).astype(np.int64)
        luck = u.take(todo)
        more = self._bounds.take(at) <= luck
        while more.any():
            at += more
            more = self._bounds.take(at) <= luck
        out[todo] = at & (self._width - 1)

    def _grow(self, top: int) -> None:
        parts = [
            _tables(first, self.chance_of_all or 0.0, np.dtype(self._dtype))
            for first in range(0, top + 1, _ROWS_MADE)
        ]
        table = np.concatenate([table for table, _ in parts])
        self._top, self._width = len(table), 1 << len(table).bit_length()
        bounds = np.full((self._top, self._width), _NEVER)
        for first, (_, law) in zip(range(0, top + 1, _ROWS_MADE), parts, strict=True):
            bounds[first : first + _ROWS_MADE, : law.shape[1]] = law
        low = np.where(table < 0, ~table, table)
        row = np.arange(self._top, dtype=np.int32)[:, None] * np.int32(self._width)
        self._start, self._bounds = (row + low).reshape(-1), bounds.reshape(-1)
        self._table = table.reshape(-1)


@lru_cache(maxsize=1024)
def _tables(first: int, chance: float, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse by trials and cell, ~inverse at the cell's start where unsure, and the law itself.

    The law is in 2^-64: the least uniform that is not under each cumulative probability.
    """
    law = binomial_laws(first, _ROWS_MADE, chance)
    table = np.empty((_ROWS_MADE, 2**_BITS), dtype=dtype)
    for row in range(_ROWS_MADE):
        low, high = cell_ends(law[row, : first + row + 1], _BITS)
        table[row] = np.where(low == high, low, ~low)
    whole = np.ceil(np.minimum(law, 1.0 - 2.0**-53) * 2.0**53).astype(np.uint64) << np.uint64(11)
    return table, np.where(law < 1.0, whole, _NEVER)
