"""The random numbers of a list or service: one stream a purpose, drawn a few weeks at a time.

The uniform of a purpose, week and draw is that of `streams.uniforms`, whatever the number of draws or weeks, so
scenarios that share a `RandomStreams` share their luck. Lanes are draws, or `copies` of the draws side by side.
"""

from __future__ import annotations

import numpy as np

from sendneeds.kernel import streams

CHUNK = 16


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
        self._streams: dict[tuple[str, ...], _Stream] = {}

    def restarted(self) -> RandomStreams:
        """Return the same luck from week 0."""
        return RandomStreams(self.seed, self.key, self.draws, self.first_draw, self.copies)

    def __reduce__(self) -> tuple:  # sent to another process it begins at week 0, as it did here
        return RandomStreams, (self.seed, self.key, self.draws, self.first_draw, self.copies)

    def row(self, purpose: str, week: int) -> np.ndarray:
        """Return the uniforms of a week, uint64 (L,). Weeks of a purpose are asked in order."""
        return self.rows((purpose,), week)

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
