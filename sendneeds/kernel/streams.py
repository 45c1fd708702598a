"""Random streams keyed by name, and exact inverse-table draws driven by shared uniforms.

A uniform is a 64-bit unsigned integer, standing for a real in [0, 1) with 64 binary places. The uniform of a
week and draw depends on the seed, the key and the place alone: draws come in fixed blocks of 256, each with
its own generator, so neither the block that is convenient to compute nor the number of draws asked alters
one.

Every sampler is the inverse of its law at the uniform: the smallest k whose cumulative probability exceeds
it. That makes the draw exact, and monotone in the mean, so scenarios that share uniforms share their luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import special

SEED_BLOCK = 256
TABLE_BITS = 16
_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_TINY = 2.0**-64
# a table costs some 30 microseconds to make: fewer draws a rate than this are inverted one by one
_TABLE_PAYS = 2_000


def _digest(seed: int, key: tuple[str, ...], block: int) -> bytes:
    """Return 128 bits that name the stream; parts are length-prefixed, so no two keys run together."""
    parts = [str(int(seed)), str(block), *map(str, key)]
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def generator(seed: int, *key: str, block: int = 0) -> np.random.Generator:
    """Return the generator of one stream.

    Parameters
    ----------
    seed : int
        The seed given at the public edge.
    *key : str
        What the stream is for: area, service, purpose.
    block : int
        The seed block of 256 draws.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> a = generator(1, "bedford", "slt", "referrals").integers(1000, size=3)
    >>> b = generator(1, "bedford", "slt", "referrals").integers(1000, size=3)
    >>> bool((a == b).all())
    True
    """
    words = np.frombuffer(_digest(seed, key, block), dtype="<u4")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words.tolist())))


def uniforms(seed: int, key: tuple[str, ...], weeks: int, draws: int, first_draw: int = 0) -> np.ndarray:
    """Return shared uniforms as 64-bit integers.

    Parameters
    ----------
    seed : int
    key : tuple of str
        What the stream is for: area, service, purpose.
    weeks : int
        Rows. More weeks or more draws extend the array and alter no value already there.
    draws : int
        Columns.
    first_draw : int
        The number of the first column's draw.

    Returns
    -------
    ndarray of uint64, (weeks, draws)

    Examples
    --------
    >>> whole = uniforms(1, ("bedford", "slt"), weeks=3, draws=600)
    >>> part = uniforms(1, ("bedford", "slt"), weeks=2, draws=10, first_draw=250)
    >>> bool((whole[:2, 250:260] == part).all())
    True
    """
    out = np.empty((weeks, draws), dtype=np.uint64)
    last = first_draw + draws
    for block in range(first_draw // SEED_BLOCK, -(-last // SEED_BLOCK)):
        start = block * SEED_BLOCK
        filled = generator(seed, *key, block=block).integers(
            0, _MASK, size=(weeks, SEED_BLOCK), dtype=np.uint64, endpoint=True
        )
        low, high = max(start, first_draw), min(start + SEED_BLOCK, last)
        out[:, low - first_draw : high - first_draw] = filled[:, low - start : high - start]
    return out


def as_real(u: np.ndarray) -> np.ndarray:
    """Return uniforms as float64 in [0, 1), 53 binary places."""
    return (u >> np.uint64(11)) * 2.0**-53


def lane_keys(seed: int, key: tuple[str, ...], draws: int, first_draw: int = 0) -> np.ndarray:
    """Return a 64-bit key for each draw, the start of the counter hash `hashed`.

    Parameters
    ----------
    seed, key, draws, first_draw
        As for `uniforms`.

    Returns
    -------
    ndarray of uint64, (draws,)
    """
    number = np.arange(first_draw, first_draw + draws, dtype=np.uint64)
    block = number // np.uint64(SEED_BLOCK)
    base = np.empty(draws, dtype=np.uint64)
    for b in np.unique(block):
        base[block == b] = int.from_bytes(_digest(seed, key, int(b))[:8], "little")
    return _mix(base + (number % np.uint64(SEED_BLOCK)) * np.uint64(_GOLDEN))


def hashed(keys: np.ndarray, counter: int | np.ndarray) -> np.ndarray:
    """Return the uniform of each key at a counter (splitmix64).

    A draw that belongs to a child is found by counter, so it needs no array of its own.
    """
    if isinstance(counter, int):
        return _mix(keys + np.uint64((counter * _GOLDEN) & _MASK))
    return _mix(keys + counter.astype(np.uint64) * np.uint64(_GOLDEN))


def _mix(x: np.ndarray) -> np.ndarray:
    """Return splitmix64's finaliser of `x` (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def poisson(rate: np.ndarray | float, u: np.ndarray) -> np.ndarray:
    """Return Poisson draws at shared uniforms.

    Parameters
    ----------
    rate : float or ndarray
        Mean, 0 or more, broadcast against `u`: one number, one a week (T, 1), or one a week and draw.
    u : ndarray of uint64, (T, L)
        From `uniforms`.

    Returns
    -------
    ndarray of int32, the shape of `u`
        Exact, and not decreasing in `rate` at a given uniform.

    Examples
    --------
    >>> u = uniforms(1, ("docs",), weeks=520, draws=256)
    >>> x = poisson(20.0, u)
    >>> bool((x <= poisson(20.5, u)).all()), abs(float(x.mean()) - 20) < 0.1
    (True, True)
    """
    return _draw(special.pdtr, (rate,), u, _poisson_guess)


def negative_binomial(mean: np.ndarray | float, dispersion: float | np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return negative binomial draws at shared uniforms.

    Parameters
    ----------
    mean : float or ndarray
        Mean, 0 or more, broadcast against `u`.
    dispersion : float or ndarray
        k, over 0: the variance is mean + mean**2 / k, so a smaller k spreads more.
    u : ndarray of uint64, (T, L)

    Returns
    -------
    ndarray of int32, the shape of `u`
        Exact, and not decreasing in `mean` at a given uniform.
    """
    return _draw(_negative_binomial_cdf, (mean, dispersion), u, _negative_binomial_guess)


def binomial(n: np.ndarray | int, p: np.ndarray | float, u: np.ndarray) -> np.ndarray:
    """Return binomial draws at shared uniforms.

    Parameters
    ----------
    n : int or ndarray
        Trials, 0 or more, broadcast against `u`.
    p : float or ndarray
        Chance of each, 0 to 1, broadcast against `u`.
    u : ndarray of uint64, (T, L) or (L,)

    Returns
    -------
    ndarray of int32, the shape of `u`
        Exact, and not decreasing in `n` or `p` at a given uniform.
    """
    return _draw(_binomial_cdf, (n, p), u, _binomial_guess)


_Cdf = Callable[..., np.ndarray]


def _draw(cdf: _Cdf, parameters: tuple, u: np.ndarray, guess: _Cdf) -> np.ndarray:
    """Return the inverse of a law at `u`: by table for a parameter set used often, else one by one."""
    parameters = tuple(np.asarray(value, dtype=np.float64) for value in parameters)
    if all(value.size == 1 for value in parameters) and u.size >= _TABLE_PAYS:
        table, bounds = _table(cdf, *(float(value.item()) for value in parameters))
        return _look_up(table, bounds, u)
    real = as_real(u)
    spread = tuple(np.broadcast_to(value, u.shape) for value in parameters)
    return _correct(cdf, spread, real, guess(real, *spread))


@lru_cache(maxsize=4096)
def _table(cdf: _Cdf, *parameters: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the value for each of the 2**16 cells of the unit interval, -1 where a cell holds a step.

    Also returned are the cumulative probabilities, with which the cells that hold a step are settled exactly.
    """
    top = 16
    while cdf(float(top), *parameters) < 1 - _TINY and top < 2**26:
        top *= 2
    bounds = cdf(np.arange(top + 1, dtype=np.float64), *parameters)
    edges = np.arange(2**TABLE_BITS + 1) * 2.0**-TABLE_BITS
    first = np.searchsorted(bounds, edges[:-1], side="right")
    last = np.searchsorted(bounds, edges[1:], side="left")
    table = np.where(first == last, first, -1).astype(np.int32)
    return table, bounds


def _look_up(table: np.ndarray, bounds: np.ndarray, u: np.ndarray) -> np.ndarray:
    out = table.take((u >> np.uint64(64 - TABLE_BITS)).view(np.int64))
    flat = out.reshape(-1)
    stepped = np.flatnonzero(flat < 0)
    flat[stepped] = np.searchsorted(bounds, as_real(u.reshape(-1)[stepped]), side="right")
    return out


def _correct(cdf: _Cdf, parameters: tuple, real: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return the exact inverse, stepping from a guess until cdf(k - 1) <= u < cdf(k)."""
    shape = real.shape
    u, k = real.reshape(-1), start.reshape(-1).copy()
    flat = tuple(value.reshape(-1) for value in parameters)
    todo = np.arange(u.size)
    while todo.size:  # down to a value whose predecessor is not enough
        here = tuple(value[todo] for value in flat)
        todo = todo[(k[todo] > 0) & (cdf(np.maximum(k[todo] - 1, 0), *here) > u[todo])]
        k[todo] -= 1
    todo = np.arange(u.size)
    while todo.size:  # up to a value that is
        here = tuple(value[todo] for value in flat)
        todo = todo[cdf(k[todo], *here) <= u[todo]]
        k[todo] += 1
    return k.astype(np.int32).reshape(shape)


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
