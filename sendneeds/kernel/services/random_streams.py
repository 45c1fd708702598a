"""The random numbers of a service: one stream a purpose, drawn a few weeks at a time; fast binomial draws from them.

The uniform of a purpose, week and draw is that of `streams.uniforms`, whatever the number of draws or weeks, so
scenarios that share a `RandomStreams` share their luck. Lanes are draws, or `copies` of the draws side by side.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sendneeds.kernel import streams
from sendneeds.kernel.inverse_tables import BINOMIAL
from sendneeds.kernel.services.rules import Count, Rules

CHUNK = 16
_BITS = 10
_SHIFT = np.uint64(64 - _BITS)
_ROWS = 1024  # trials up to which tables are used
_ROWS_MADE = 32  # at a time


class RandomStreams:
    """Uniforms by purpose and week.

    Parameters
    ----------
    seed : int
    key : tuple of str
        Area and service.
    draws : int
    first_draw : int
        The number of the first draw.
    copies : int
        Sets of the same draws side by side, one for each scenario run together.
    """

    def __init__(
        self, seed: int, key: tuple[str, ...], draws: int, first_draw: int = 0, copies: int = 1
    ) -> None:
        self.seed, self.key, self.draws, self.first_draw, self.copies = seed, key, draws, first_draw, copies
        self.lanes = draws * copies
        self.keys = np.tile(streams.lane_keys(seed, (*key, "children"), draws, first_draw), copies)
        self._streams: dict[tuple[str, ...], _Stream] = {}

    def restarted(self) -> RandomStreams:
        """Return the same luck from week 0."""
        return RandomStreams(self.seed, self.key, self.draws, self.first_draw, self.copies)

    def row(self, purpose: str, week: int) -> np.ndarray:
        """Return the uniforms of a week, uint64 (L,). Weeks of a purpose are asked in order."""
        return self.rows((purpose,), week)

    def block(self, purpose: str, week: int, weeks: int) -> np.ndarray:
        """Return the uniforms of some weeks, uint64 (weeks, L)."""
        out = np.empty((weeks, self.lanes), dtype=np.uint64)
        for number in range(weeks):
            out[number] = self.row(purpose, week + number)
        return out

    def rows(self, purposes: tuple[str, ...], week: int) -> np.ndarray:
        """Return the uniforms of a week for several purposes end to end, uint64 (purposes x L,)."""
        if purposes not in self._streams:
            self._streams[purposes] = _Stream(self, purposes)
        return self._streams[purposes].row(week)


class _Stream:
    """The uniforms of one purpose or more, a chunk of weeks at a time."""

    def __init__(self, luck: RandomStreams, purposes: tuple[str, ...]) -> None:
        size, first, last = streams.SEED_BLOCK, luck.first_draw, luck.first_draw + luck.draws
        self._parts = []
        for number, purpose in enumerate(purposes):
            for block in range(first // size, -(-last // size)):
                low, high = max(block * size, first), min(block * size + size, last)
                source = streams.generator(luck.seed, *luck.key, purpose, block=block).bit_generator
                part = slice(low - block * size, high - block * size)
                for copy in range(luck.copies):
                    start = number * luck.lanes + copy * luck.draws + low - first
                    self._parts.append(
                        (source if copy == 0 else None, slice(start, start + high - low), part)
                    )
        self._rows = np.empty((CHUNK, luck.lanes * len(purposes)), dtype=np.uint64)
        self._first = -CHUNK

    def row(self, week: int) -> np.ndarray:
        while week >= self._first + CHUNK:
            self._fill()
        return self._rows[week - self._first]

    def _fill(self) -> None:
        size = streams.SEED_BLOCK
        for source, to, part in self._parts:
            if source is not None:
                raw = source.random_raw(CHUNK * size).reshape(CHUNK, size)
            self._rows[:, to] = raw[:, part]
        self._first += CHUNK


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
        self.one = float(value.item()) if value.size == 1 else None
        self.chance = value
        self._high = self.one is None and float(value.min()) > 0.5
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
        return self.one == 0.0

    def draw(self, n: np.ndarray, u: np.ndarray, out: np.ndarray, most: int | None = None) -> np.ndarray:
        """Put the draws of `n` trials (L,), none over `most`, at uniforms `u` (L,) into `out`, and return it."""
        if self.one == 0.0 or self.one == 1.0:
            out[...] = 0 if self.one == 0.0 else n
            return out
        top = int(n.max(initial=0)) if most is None else most
        if self._high:  # the few who fail are quicker to draw, at the same uniform from the other end
            np.subtract(n, streams.binomial(n, 1.0 - self.chance, ~u), out=out, casting="unsafe")
            return out
        if self.one is None or top >= _ROWS:
            out[...] = streams.binomial(n, self.chance, u)
            return out
        if top >= self._top:
            self._grow(top)
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
            _tables(first, self.one or 0.0, np.dtype(self._dtype)) for first in range(0, top + 1, _ROWS_MADE)
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


def laws(rules: Rules, classes: int, lanes: int, dtype: Count) -> dict[str, Binomial]:
    """Return the binomial law of each purpose; that of missed slots is for all stages end to end."""
    chances = {
        "accepted": rules.accepted,
        "returned": rules.returned,
        "follow-up discharged": rules.discharged_follow_up,
        "outsourced return": rules.outsourced_return,
        "rejoined": rules.rereferred,
        **dict(rules.nested()),
        **dict(rules.ranks()),
        **{f"first discharged {rank}": rules.discharged_first for rank in range(classes)},
    }
    found = {purpose: Binomial(chance, lanes, dtype) for purpose, chance in chances.items()}
    missed, stages = np.asarray(rules.missed, dtype=float), classes + 2
    every = np.tile(missed, stages) if missed.size > 1 else missed
    return found | {"missed": Binomial(every, stages * lanes, dtype)}


_NEVER = np.uint64(2**64 - 1)


@lru_cache(maxsize=1024)
def _tables(first: int, chance: float, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse by trials and cell, ~inverse at the cell's start where unsure, and the law itself.

    The law is in 2^-64: the least uniform that is not under each cumulative probability.
    """
    trials = np.arange(first, first + _ROWS_MADE, dtype=float)
    law = BINOMIAL.cdf(np.arange(first + _ROWS_MADE, dtype=float), trials[:, None], np.asarray(chance))
    edges = np.arange(2**_BITS + 1) * 2.0**-_BITS
    table = np.empty((_ROWS_MADE, 2**_BITS), dtype=dtype)
    for row in range(_ROWS_MADE):
        found = np.searchsorted(law[row, : first + row + 1], edges, side="right")
        table[row] = np.where(found[:-1] == found[1:], found[:-1], ~found[:-1])
    whole = np.ceil(np.minimum(law, 1.0 - 2.0**-53) * 2.0**53).astype(np.uint64) << np.uint64(11)
    return table, np.where(law < 1.0, whole, _NEVER)
