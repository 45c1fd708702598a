"""Tables of children by need, phase and setting from the sums that are published of them."""

from __future__ import annotations

import numpy as np


def fitted(
    seed: np.ndarray,
    need_phase: np.ndarray,
    need_setting: np.ndarray | None = None,
    phase_setting: np.ndarray | None = None,
    rounds: int = 200,
) -> np.ndarray:
    """Fit a table to its two-way sums by iterative proportional fitting.

    Parameters
    ----------
    seed : ndarray of float, (N, P, S)
        Its shape where the sums do not decide it; cells of 0 stay 0.
    need_phase : ndarray of float, (N, P)
    need_setting : ndarray of float, (N, S), optional
    phase_setting : ndarray of float, (P, S), optional
    rounds : int

    Returns
    -------
    ndarray of float, (N, P, S)
        Sums over settings to `need_phase`, which is fitted last.

    Notes
    -----
    Deming and Stephan (1940). The sums should agree in total.

    Examples
    --------
    >>> fitted(np.ones((1, 2, 2)), np.array([[2.0, 6.0]]), np.array([[4.0, 4.0]]))[0].tolist()
    [[1.0, 1.0], [3.0, 3.0]]
    """
    out = seed.astype(float)
    for _ in range(rounds):
        if phase_setting is not None:
            out *= _ratio(phase_setting, out.sum(axis=0))[None]
        if need_setting is not None:
            out *= _ratio(need_setting, out.sum(axis=1))[:, None]
        out *= _ratio(need_phase, out.sum(axis=2))[..., None]
    return out


def _ratio(want: np.ndarray, have: np.ndarray) -> np.ndarray:
    return np.where(have > 0, want / np.where(have > 0, have, 1.0), 0.0)


def rounded(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Round a table to whole numbers with given whole sums of rows and columns, as near as can be.

    Parameters
    ----------
    table : ndarray of float, (P, S)
    rows : ndarray of int, (P,)
    columns : ndarray of int, (S,)
        The same total as `rows`.

    Returns
    -------
    ndarray of int64, (P, S)
        The least sum of absolute differences from `table`.

    Notes
    -----
    Controlled rounding (Cox 1987) as a problem of transport, whose corners are whole.

    Examples
    --------
    >>> rounded(np.array([[0.6, 0.4], [0.7, 1.3]]), np.array([1, 2]), np.array([1, 2])).tolist()
    [[0, 1], [1, 1]]
    """
    from scipy.optimize import linprog

    phases, settings = table.shape
    floor = np.floor(table).ravel()
    part = table.ravel() - floor
    one = np.eye(phases * settings).reshape(phases, settings, -1)
    sums = np.concatenate([one.sum(axis=1), one.sum(axis=0)])
    # up to the next whole number, beyond it, and below the floor
    cost = np.concatenate([1 - 2 * part, np.ones_like(part), np.ones_like(part)])
    bounds = [*((0, 1) for _ in part), *((0, None) for _ in part), *((0, f) for f in floor)]
    want = np.concatenate([rows, columns]) - sums @ floor
    found = linprog(cost, A_eq=np.hstack([sums, sums, -sums]), b_eq=want, bounds=bounds, method="highs-ds")
    up, beyond, below = np.rint(np.asarray(found.x, dtype=float)).reshape(3, -1)
    return (floor + up + beyond - below).astype(np.int64).reshape(table.shape)
