"""Children waiting by week of joining, as a curve cumulated from the oldest, that every removal lowers.

Let C[j] be the children still waiting who joined in week j or before, and m = C[last] all who wait. Then

    the f longest waiters go:        C <- max(C - f, 0)
    r of the m go, evenly by wait:   C <- C - floor((C r + U) / m),    U whole, uniform in 0 .. m - 1

The second is systematic sampling along the list in order of waiting: child k of 1 .. m is taken where
floor((k r + U) / m) exceeds floor(((k - 1) r + U) / m). Exactly r are taken, each child is equally likely, and all is
whole, with no draw a child. Nothing but these two lines is done to the rows, over all lanes together.

Rows are held in floating point, which is quick and holds whole numbers exactly: 32 bits where (m r) is small enough for
the quotient to fall on the right side of every whole number, else 64.
"""

from __future__ import annotations

import numpy as np

_EXACT_32 = 2.0**22
"""Below it, m (4 r + 4) leaves the rounding of C (r / m) + (U + 1/2) / m under 1 / (2 m), the margin there is."""
_SUM_32 = 2.0**24
"""Below it, sums of rows are exact in 32 bits."""
_CHUNK = 65_536
"""Cells worked through at a time, to stay in the cache."""


class CohortCurve:
    """The children of a list by week of joining, cumulated.

    Row 0 is always 0; row j + 1 holds C[j], the weeks of joining counted from the oldest on the opening list.

    Parameters
    ----------
    opening : ndarray of int, (O, L)
        Children by whole weeks waited; index 0 is under one week.
    weeks : int
        T, the weeks in which children may join.

    Examples
    --------
    >>> curve = CohortCurve(np.array([[4], [3], [3]]), weeks=0)  # ten wait: 3, 3 and 4, the oldest first
    >>> curve.remove_longest(np.array([2]))
    >>> curve.sample(np.array([4]), np.array([8]), np.array([1]))
    >>> curve.read(np.array([1, 2, 3]))[:, 0].tolist()  # 1, 4 and 8 less floor((4 C + 1) / 8) = 0, 2 and 4
    [1.0, 2.0, 4.0]
    """

    def __init__(self, opening: np.ndarray, weeks: int) -> None:
        oldest, lanes = opening.shape
        self.rows = np.zeros((oldest + weeks + 1, lanes), np.float32)
        self.rows[1 : oldest + 1] = np.cumsum(opening[::-1], axis=0)
        self.end = oldest + 1  # rows there are
        self._first = 1  # rows before it are 0 in every lane
        self._some = np.empty((max(_CHUNK // max(lanes, 1), 1), lanes), np.float32)

    def append(self, joining: np.ndarray) -> None:
        """Put `joining` children (L,) at the list's end, as the next week of joining."""
        np.add(self.rows[self.end - 1], joining, out=self.rows[self.end], casting="unsafe")
        self.end += 1

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return some rows, (rows, L); those before the oldest are 0."""
        return self.rows.take(np.maximum(rows, 0), axis=0)

    def remove_longest(self, count: np.ndarray) -> None:
        """Take the `count` longest waiters (L,) off the list."""
        count = count.astype(self.rows.dtype)
        nothing = np.zeros_like(count)
        for rows in self._chunks(self._first, self.end):
            rows -= count
            np.maximum(rows, nothing, out=rows)
        while self._first < self.end - 1 and not self.rows[self._first].any():
            self._first += 1

    def sample(
        self,
        count: np.ndarray,
        total: np.ndarray,
        start: np.ndarray,
        first: int = 0,
        last: int | None = None,
        older: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        """Take `count` of the `total` children of some rows by systematic sampling.

        Parameters
        ----------
        count, total : ndarray of int, (L,)
            r and m; no more are taken than there are.
        start : ndarray of int, (L,)
            U, 0 .. m - 1.
        first, last : int
            Rows `first` .. `last` - 1; all where left out.
        older : tuple of ndarray of int, (L,)
            The children of older rows, and how many of them are being taken; 0 where left out.
        """
        step = count / np.maximum(total, 1)
        offset = (start + 0.5) / np.maximum(total, 1)
        if older is not None:  # the k-th child of these rows is the (k + those before)-th of the curve
            offset += older[1] - older[0] * step
        step, offset = step.astype(self.rows.dtype), offset.astype(self.rows.dtype)
        for rows in self._chunks(max(first, self._first), self.end if last is None else last):
            taken = self._some[: len(rows)]
            np.multiply(rows, step, out=taken)
            taken += offset
            np.floor(taken, out=taken)
            rows -= taken

    def _chunks(self, first: int, last: int) -> list[np.ndarray]:
        size = len(self._some)
        return [self.rows[row : min(row + size, last)] for row in range(first, last, size)]

    def summed(self) -> np.ndarray:
        """Return the rows added up, (L,): over the children waiting, the weeks since each joined, this one included."""
        return np.add.reduce(self.rows[self._first : self.end], axis=0)

    def hold(self, most: int, taken: int) -> None:
        """See that removals of up to `taken` from lists of up to `most` will be exact."""
        rows = self.end - self._first + 1
        if self.rows.dtype == np.float32 and (
            most * (4 * taken + 4) >= _EXACT_32 or (most + 1) * rows >= _SUM_32
        ):
            self.rows = self.rows.astype(np.float64)
            self._some = np.empty_like(self._some, dtype=np.float64)

    def copy(self) -> tuple[int, np.ndarray]:
        """Return the last row that is 0 in every lane before the oldest child, and a copy of the rows from it on."""
        return self._first - 1, self.rows[self._first - 1 : self.end].copy()
