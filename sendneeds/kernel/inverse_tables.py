"""The exact inverse of a law of counts at shared uniforms, by tables where they pay.

The unit interval is cut into equal cells. Where the inverse is the same over the whole cell, and over the whole
step of a grid of means, the table holds it; elsewhere (a few in a hundred, or a thousand) the law itself settles
it. So a table changes the speed of a draw and never its value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import special

_ONE_BITS = 16  # cells of a table that serves one set of parameters
_ROW_BITS = 10  # cells of a row of a grid of tables
_GRID_STEP = 2.0**-4
_GRID_ROWS = 512
# Making a table costs some 0.2 ms, a row of a grid a fifth of that: fewer draws are inverted one by one.
_TABLE_PAYS = 2_000
_GRID_PAYS = 20_000
_WIDEST_STEP = 4.0
_STEPS = 8  # taken at a time where probabilities are added up
_MANY = 3  # lanes are left out once so many times as many are there as still step
SMALL_MEAN = 400.0  # of the fewer of those who succeed and fail: the chance of none of them is over 1e-300
_NOTHING = 2.0**-60  # of a chance, once chances fall
_LAST = 1.0 - 2.0**-53  # the largest uniform
_CHUNK = 4_096  # elements at a time, to stay in the cache
_TABLE_CHUNK = 65_536

_Array = np.ndarray


class Law(NamedTuple):
    """A law of counts: its cumulative probability and a whole number near its quantile."""

    cdf: Callable[..., _Array]
    guess: Callable[..., _Array]


def as_real(u: np.ndarray) -> np.ndarray:
    """Return uniforms as float64 in [0, 1), 53 binary places."""
    return (u >> np.uint64(11)) * 2.0**-53


def inverse(law: Law, parameters: tuple, u: np.ndarray) -> np.ndarray:
    """Return the smallest k with cdf(k) > u, element by element.

    Parameters
    ----------
    law : Law
    parameters : tuple of float or ndarray
        Broadcast against `u`; the law is not decreasing in the first, and the others are often one number.
    u : ndarray of uint64

    Returns
    -------
    ndarray of int32, the shape of `u`
    """
    values = tuple(np.asarray(value, dtype=np.float64) for value in parameters)
    fixed = tuple(float(value.item()) for value in values[1:] if value.size == 1)
    if len(fixed) == len(values) - 1:
        if values[0].size == 1 and u.size >= _TABLE_PAYS:
            return _from_table(*_table(law, float(values[0].item()), fixed), u)
        if law is BINOMIAL and values[0].max(initial=0) < _GRID_ROWS:
            return _from_binomial_rows(values[0], fixed[0], u)
        if law is not BINOMIAL and u.size >= _GRID_PAYS:
            step = _grid_step(values[0])
            if step <= _WIDEST_STEP:
                return _from_grid(law, values[0], fixed, u, step)
    flat = tuple(np.broadcast_to(value, u.shape).reshape(-1) for value in values)
    out = np.empty(u.size, dtype=np.int32)
    for start in range(0, u.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        out[part] = _one_by_one(law, tuple(value[part] for value in flat), as_real(u.reshape(-1)[part]))
    return out.reshape(u.shape)


def _one_by_one(law: Law, parameters: tuple, u: np.ndarray) -> np.ndarray:
    if law is BINOMIAL:
        n, p = parameters
        small = n * np.minimum(p, 1.0 - p) < SMALL_MEAN
        if small.all():
            return _binomial_by_sums(u, n, p)
        if small.any():  # one draw with a large mean must not slow the others
            out = np.empty(u.size, dtype=np.int32)
            for some in (small, ~small):
                out[some] = _one_by_one(law, (n[some], p[some]), u[some])
            return out
    return settled(law, parameters, u, law.guess(u, *parameters))


def settled(law: Law, parameters: tuple, u: np.ndarray, guess: np.ndarray) -> np.ndarray:
    """Return the exact inverse, stepping from a guess until cdf(k - 1) <= u < cdf(k); all of shape (n,)."""
    k = guess.astype(np.float64)
    todo = np.flatnonzero(k > 0)
    while todo.size:  # down to a value whose predecessor is not enough
        todo = todo[law.cdf(k[todo] - 1, *(value[todo] for value in parameters)) > u[todo]]
        k[todo] -= 1
        todo = todo[k[todo] > 0]
    todo = np.arange(u.size)
    while todo.size:  # up to a value that is
        todo = todo[law.cdf(k[todo], *(value[todo] for value in parameters)) <= u[todo]]
        k[todo] += 1
    return k.astype(np.int32)


@lru_cache(maxsize=1024)
def _table(law: Law, mean: float, fixed: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse by cell, -1 where a cell holds a step, and the cumulative probabilities."""
    bounds = _bounds(law, mean, fixed)
    low, high = cell_ends(bounds, _ONE_BITS)
    return np.where(low == high, low, -1).astype(np.int32), bounds


def _from_table(table: np.ndarray, bounds: np.ndarray, u: np.ndarray) -> np.ndarray:
    out = np.empty(u.shape, dtype=np.int32)
    flat, words = out.reshape(-1), u.reshape(-1)
    for start in range(0, u.size, _TABLE_CHUNK):
        part = slice(start, start + _TABLE_CHUNK)
        cell = (words[part] >> np.uint64(64 - _ONE_BITS)).view(np.int64)
        table.take(cell, out=flat[part], mode="clip")  # no cell is outside; other modes copy first
    stepped = np.flatnonzero(flat < 0)
    flat[stepped] = np.searchsorted(bounds, as_real(words[stepped]), side="right")
    return out


def _bounds(law: Law, mean: float, fixed: tuple[float, ...]) -> np.ndarray:
    top = 16
    while law.cdf(np.float64(top), np.float64(mean), *fixed) < 1.0 and top < 2**22:
        top *= 2
    return law.cdf(np.arange(top + 1, dtype=np.float64), np.float64(mean), *fixed)


def cell_ends(bounds: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the inverse at the start of each cell, and just before its end.

    Cells are 2**bits equal parts of [0, 1), and `bounds` the cumulative probabilities. The inverse is how many of them
    are not over a uniform: those up to the cell's start, and those under its end. A power of 2 makes no rounding.
    """
    place = bounds * 2.0**bits
    low, high = (np.bincount(part.astype(np.int64), minlength=2**bits) for part in (np.ceil(place), place))
    return low.cumsum()[: 2**bits], high.cumsum()[: 2**bits]


def _grid_step(mean: np.ndarray) -> float:
    width = float(mean.max(initial=0) - mean.min(initial=np.inf))
    step = _GRID_STEP
    while step * _GRID_ROWS < width:
        step *= 2
    return step


class _Grid(NamedTuple):
    """Inverses by cell for each step of a grid of means, and the law at the grid's means."""

    table: np.ndarray  # the inverse, or the complement of a value not over it
    bounds: np.ndarray  # cumulative probabilities, a row for each mean of the grid
    doubt: np.ndarray  # how far a straight line between two rows of `bounds` may be from the law


@lru_cache(maxsize=4096)
def _grid_row(law: Law, number: int, step: float, fixed: tuple[float, ...]) -> tuple[np.ndarray, ...]:
    """Return the inverse at the start and before the end of each cell, and the law, for one mean of the grid."""
    bounds = _bounds(law, number * step, fixed)
    return (*cell_ends(bounds, _ROW_BITS), bounds)


@lru_cache(maxsize=16)
def _grid(law: Law, first: int, last: int, step: float, fixed: tuple[float, ...]) -> _Grid:
    rows = [_grid_row(law, number, step, fixed) for number in range(first, last + 1)]
    low = np.stack([start for start, _, _ in rows[:-1]])
    known = low == np.stack([end for _, end, _ in rows[1:]])
    bounds = np.ones((len(rows), max(cdf.size for _, _, cdf in rows)))
    for row, (_, _, cdf) in zip(bounds, rows, strict=True):
        row[: cdf.size] = cdf
    # The second derivative of the cumulative probability by the mean is a difference of two neighbouring Poisson
    # probabilities, under 0.5 / mean; mixing over a gamma rate keeps that. A chord is off by step**2 / 8 of it.
    means = np.maximum(np.arange(first, last) * step, 1e-12)
    return _Grid(np.where(known, low, ~low).astype(np.int32), bounds, step**2 / 16.0 / means + 1e-12)


def _from_grid(
    law: Law, mean: np.ndarray, fixed: tuple[float, ...], u: np.ndarray, step: float
) -> np.ndarray:
    """Return the inverse for means that differ: the same at both ends of the grid's step, or settled."""
    place = mean / step
    row = place.astype(np.int64)
    first = int(row.min()) // 16 * 16
    grid = _grid(law, first, int(row.max()) // 16 * 16 + 16, step, fixed)
    cell = (u >> np.uint64(64 - _ROW_BITS)).view(np.int64)
    cell += (row - first) << _ROW_BITS
    out = grid.table.reshape(-1).take(cell)
    flat = out.reshape(-1)
    todo = np.flatnonzero(flat < 0)
    flat[todo] = ~flat[todo]
    real = as_real(u.reshape(-1)[todo])
    place = np.broadcast_to(place, u.shape).reshape(-1)[todo]
    row = place.astype(np.int64)
    along, row = place - row, row - first
    values = (mean, *map(np.asarray, fixed))
    parameters = tuple(np.broadcast_to(value, u.shape).reshape(-1) for value in values)
    width = grid.bounds.shape[1]
    cdf = grid.bounds.reshape(-1)
    while todo.size:  # step up while the cumulative probability is not over u
        at = row * width + flat[todo]
        over = cdf[at] + along * (cdf[at + width] - cdf[at]) - real
        close = np.flatnonzero(np.abs(over) <= grid.doubt[row])
        exact = tuple(value[todo[close]] for value in parameters)
        over[close] = law.cdf(flat[todo[close]].astype(float), *exact) - real[close]
        more = over <= 0.0
        todo, row, along, real = todo[more], row[more], along[more], real[more]
        flat[todo] += 1
    return out


def binomial_laws(first: int, rows: int, p: float) -> np.ndarray:
    """Return the cumulative probabilities of n = first ... first + rows - 1 trials, a row each, (rows, first + rows).

    The first row is the law itself. From n trials to n + 1 the last one fails or succeeds, with q = 1 - p:

        F[n + 1](k) = q F[n](k) + p F[n](k - 1)

    Both terms are positive, so rounding does not grow (q + p is 1 to the last digit), and a row costs next to nothing.
    """
    k = np.arange(first + rows, dtype=np.float64)
    laws = np.empty((rows, k.size))
    laws[0] = _binomial_cdf(k, np.asarray(float(first)), np.asarray(p))
    for row in range(1, rows):
        np.multiply(laws[row - 1], 1.0 - p, out=laws[row])
        laws[row, 1:] += p * laws[row - 1, :-1]
    return laws


@lru_cache(maxsize=256)
def _binomial_rows(rows: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the table and the cumulative probabilities for n = 0 ... rows - 1, a row each."""
    bounds = binomial_laws(0, rows, p)
    table = np.empty((rows, 2**_ROW_BITS), dtype=np.int16)
    for row in range(rows):
        low, high = cell_ends(bounds[row, : row + 1], _ROW_BITS)
        table[row] = np.where(low == high, low, -1)
    return table, bounds


def _from_binomial_rows(n: np.ndarray, p: float, u: np.ndarray) -> np.ndarray:
    rows = 32
    while rows <= n.max(initial=0):
        rows *= 2
    table, bounds = _binomial_rows(rows, p)
    trials = np.broadcast_to(n.astype(np.int64), u.shape)
    cell = (u >> np.uint64(64 - _ROW_BITS)).view(np.int64)
    out = table.reshape(-1).take(cell + (trials << _ROW_BITS)).astype(np.int32)
    flat = out.reshape(-1)
    stepped = np.flatnonzero(flat < 0)
    row, real = trials.reshape(-1)[stepped], as_real(u.reshape(-1)[stepped])
    flat[stepped] = (bounds[row] <= real[:, None]).sum(axis=1)
    return out


def _binomial_by_sums(u: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return binomial inverses by adding up probabilities from 0, of those who fail where most succeed."""
    high = p > 0.5
    few = np.where(high, 1.0 - p, p)
    k = added_up(np.where(high, _LAST - u, u), n, np.exp(n * np.log1p(-few)), few / (1.0 - few))
    return np.where(high, n - k, k)


def added_up(u: np.ndarray, n: np.ndarray, chance: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """Return binomial inverses at `u` in [0, 1), from the probability of 0 and the odds of each trial, 1 at most; (L,).

    The inverse is the number of cumulative probabilities F(0), F(1), ... that are not over `u`. The next probability
    is the last one times (n + 1) odds / k - odds, which is 0 after n trials and no larger than the odds beyond them. A
    few steps are taken at a time, in all lanes that step, and lanes that are done are left out once they are most.
    """
    most = n.astype(np.float64)
    highest = odds * (most + 1.0)
    chance, total, lane, step = chance.copy(), chance, None, 0
    on = u >= total
    on &= most > 0.0
    k = on.astype(np.int32)
    while going := np.count_nonzero(on):
        if going * _MANY < on.size:
            some = on.nonzero()[0]
            lane = some if lane is None else lane.take(some)
            u, most, highest, odds, chance, total = (
                row.take(some) for row in (u, most, highest, odds, chance, total)
            )
        sums = highest / np.arange(step + 1, step + 1 + _STEPS)[:, None]
        sums -= odds
        for row in sums:
            chance *= row
            total = np.add(total, chance, out=row)
        step += _STEPS
        passed = sums <= u
        more = np.add.reduce(passed.view(np.int8), axis=0, dtype=np.int8)
        if lane is None:
            k += more
        else:
            k[lane] += more
        on = passed[-1]
        on &= most > step
        on &= (highest > step) | (
            chance > _NOTHING
        )  # rounding may leave the sum under the last uniforms of all
    return np.minimum(k, n, out=k, casting="unsafe")


def _binomial_cdf(k: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.where(k >= n, 1.0, special.betaincc(k + 1.0, np.maximum(n - k, 1.0), p))


def _negative_binomial_cdf(k: np.ndarray, mean: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    return special.betainc(dispersion, k + 1.0, dispersion / (dispersion + mean))


def _poisson_guess(u: np.ndarray, rate: np.ndarray) -> np.ndarray:
    return _cornish_fisher(u, rate, np.sqrt(rate), 1.0)


def _negative_binomial_guess(u: np.ndarray, mean: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    return _cornish_fisher(u, mean, np.sqrt(mean + mean**2 / dispersion), 1.0 + 2.0 * mean / dispersion)


def _binomial_guess(u: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.minimum(_cornish_fisher(u, n * p, np.sqrt(n * p * (1 - p)), 1 - 2 * p), n)


def _cornish_fisher(
    u: np.ndarray, mean: np.ndarray, sd: np.ndarray, skewed: np.ndarray | float
) -> np.ndarray:
    """Return a whole number near the quantile; `skewed` is the skewness times the sd."""
    z = np.clip(special.ndtri(u), -9.0, 9.0)
    return np.maximum(np.floor(mean + sd * z + skewed * (z * z - 1) / 6.0 + 0.5), 0.0)


POISSON = Law(special.pdtr, _poisson_guess)
NEGATIVE_BINOMIAL = Law(_negative_binomial_cdf, _negative_binomial_guess)
BINOMIAL = Law(_binomial_cdf, _binomial_guess)
