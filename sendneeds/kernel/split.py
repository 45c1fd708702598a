"""Amounts split between payers who have caps: what one may not pay the others do."""

from __future__ import annotations

import numpy as np


def capped_shares(paid: np.ndarray, caps: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return amounts in which nobody pays more than a cap, the rest shared by those who have room.

    Parameters
    ----------
    paid : ndarray, (payer, ...)
        Amounts before caps.
    caps : ndarray, (payer,)
        Infinite for none.
    weights : ndarray, (payer, ...)
        In proportion to which those with room pay the rest; evenly where all of theirs are 0.

    Returns
    -------
    ndarray, (payer, ...)
        The same totals.

    Examples
    --------
    >>> capped_shares(np.array([100.0, 80.0]), np.array([np.inf, 60.0]), np.array([5.0, 4.0])).tolist()
    [120.0, 60.0]
    """
    limits = caps.reshape((-1,) + (1,) * (paid.ndim - 1))
    out = np.minimum(paid, limits)
    rest = paid.sum(axis=0) - out.sum(axis=0)
    for _ in range(
        len(caps)
    ):  # each round fills a payer's room or shares out all: no more rounds than payers
        room = limits - out
        having = room > 0
        share = np.where(having, weights, 0.0)
        total = share.sum(axis=0)
        share = np.where(total > 0, share, having.astype(float))
        total = np.where(total > 0, total, having.sum(axis=0))
        if not (rest > 0).any() or not (total > 0).any():
            break
        more = np.minimum(share / np.where(total > 0, total, 1.0) * rest, room)
        out = out + more
        rest = rest - more.sum(axis=0)
    return out
