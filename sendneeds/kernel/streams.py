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
from collections.abc import Iterator

import numpy as np

from sendneeds.kernel.inverse_tables import BINOMIAL, NEGATIVE_BINOMIAL, POISSON, as_real, inverse

__all__ = [
    "SEED_BLOCK",
    "as_real",
    "binomial",
    "counted_on",
    "generator",
    "hashed",
    "lane_keys",
    "negative_binomial",
    "poisson",
    "uniforms",
]

SEED_BLOCK = 256
_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_STRETCH = 128  # weeks drawn at a time, to stay in the cache


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
    start = 0
    for block, inside in _blocks(draws, first_draw):
        raw = generator(seed, *key, block=block).bit_generator.random_raw
        lanes = slice(start, start + inside.stop - inside.start)
        for week in range(0, weeks, _STRETCH):
            rows = out[week : week + _STRETCH, lanes]
            rows[:] = raw(len(rows) * SEED_BLOCK).reshape(len(rows), SEED_BLOCK)[:, inside]
        start = lanes.stop
    return out


def _blocks(draws: int, first_draw: int) -> Iterator[tuple[int, slice]]:
    """Yield each seed block that holds draws asked for, and the slice of it that they are."""
    last = first_draw + draws
    for block in range(first_draw // SEED_BLOCK, -(-last // SEED_BLOCK)):
        start = block * SEED_BLOCK
        yield block, slice(max(first_draw - start, 0), min(last - start, SEED_BLOCK))


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
    return _mix(counted_on(keys, counter))


def counted_on(keys: np.ndarray, counter: int | np.ndarray) -> np.ndarray:
    """Return keys moved on by a counter: the hash of these at n is that of `keys` at counter + n."""
    if isinstance(counter, int):
        return keys + np.uint64((counter * _GOLDEN) & _MASK)
    return keys + counter.astype(np.uint64) * np.uint64(_GOLDEN)


def _mix(x: np.ndarray) -> np.ndarray:
    """Return splitmix64's finaliser of `x` (Steele, Lea and Flood 2014)."""
    out = x >> np.uint64(30)
    out ^= x
    out *= np.uint64(0xBF58476D1CE4E5B9)
    shifted = out >> np.uint64(27)
    out ^= shifted
    out *= np.uint64(0x94D049BB133111EB)
    shifted = np.right_shift(out, np.uint64(31), out=shifted if shifted.ndim else None)
    out ^= shifted
    return out


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
    return inverse(POISSON, (rate,), u)


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
    return inverse(NEGATIVE_BINOMIAL, (mean, dispersion), u)


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
    return inverse(BINOMIAL, (n, p), u)
