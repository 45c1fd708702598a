"""The slow twin of `sendneeds.kernel.cohort.year`: a child's cell at a time, the same draws."""

from __future__ import annotations

import numpy as np


def year(
    opening: np.ndarray,
    leave: np.ndarray,
    moved_total: np.ndarray,
    moved_weight: np.ndarray,
    target: np.ndarray,
    hazard: np.ndarray,
    residents: np.ndarray,
    generator: np.random.Generator,
    new_by_need: np.ndarray | None = None,
    recode: np.ndarray | None = None,
    least: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Step a cohort by one year with plain loops; the arguments are those of the fast kernel.

    Holds where no age runs out of children; who of all plans is ended at random is drawn by the law of the fast kernel.

    Returns
    -------
    dict of ndarray
        ``closing``, ``ceased``, ``moved_in``, ``new`` (need, age, lane) and ``aged_out`` (need, lane).

    Examples
    --------
    >>> opening = np.full((1, 3, 1), 10)
    >>> step = year(opening, np.zeros((1, 3, 1)), np.array([0]), np.ones(3), np.array([[25]]),
    ...             np.ones((1, 3, 1)), np.full((3, 1), 100), np.random.default_rng(1))
    >>> int(step["closing"].sum())
    25
    """
    needs, ages, lanes = opening.shape
    leave = np.broadcast_to(leave, opening.shape)
    out = {k: np.zeros((needs, ages, lanes), dtype=int) for k in ("closing", "ceased", "moved_in", "new")}
    out["aged_out"] = np.zeros((needs, lanes), dtype=int)
    for n in range(needs):
        for a in range(ages):
            for i in range(lanes):
                ended = generator.binomial(opening[n, a, i], leave[n, a, i])
                if a == ages - 1:
                    out["aged_out"][n, i] = opening[n, a, i]
                else:
                    out["ceased"][n, a + 1, i] = ended
                    out["closing"][n, a + 1, i] = opening[n, a, i] - ended
    if recode is not None:
        kept = out["closing"].copy()
        out["closing"][:] = 0
        for n in range(needs):
            for a in range(ages):
                for i in range(lanes):
                    out["closing"][:, a, i] += generator.multinomial(kept[n, a, i], recode[n, i])
    survivors = out["closing"].copy()
    for i in range(lanes):
        weight = [survivors[n, a, i] * moved_weight[a] for n in range(needs) for a in range(ages)]
        moved = generator.multinomial(moved_total[i], _chances(weight)).reshape(needs, ages)
        out["moved_in"][:, :, i] = moved
        out["closing"][:, :, i] += moved
    held = out["closing"].copy()
    for n in range(needs):
        for i in range(lanes):
            joining = target[:, i].sum() - held[:, :, i].sum()
            want = [max(target[m, i] - held[m, :, i].sum(), 0) for m in range(needs)]
            rate = [hazard[n, a, i] * max(residents[a, i] - held[:, a, i].sum(), 0) for a in range(ages)]
            made = max(joining, 0 if least is None else least[i])
            open_to = [_open_to(hazard[m, :, i], residents[:, i], held[:, :, i]) for m in range(needs)]
            met = _largest_remainder(made, want if sum(want) else open_to)[n]
            count = met if new_by_need is None else new_by_need[n, i]
            new = generator.multinomial(count, _chances(rate))
            out["new"][n, :, i] = new
            out["closing"][n, :, i] += new
    for i in range(lanes):
        over = out["closing"][:, :, i].sum() - target[:, i].sum()
        if new_by_need is None and over > 0:
            pool = survivors[:, :, i].ravel()
            ended = generator.multivariate_hypergeometric(pool, min(over, pool.sum())).reshape(needs, ages)
            out["ceased"][:, :, i] += ended
            out["closing"][:, :, i] -= ended
    return out


def _open_to(hazard: np.ndarray, residents: np.ndarray, held: np.ndarray) -> float:
    """Return the hazard of a need summed over children without a plan."""
    return float(sum(h * max(r - p, 0) for h, r, p in zip(hazard, residents, held.sum(axis=0), strict=True)))


def _chances(weight: list) -> list[float]:
    total = np.sum(weight)
    return [w / total if total > 0 else 1 / len(weight) for w in weight]


def _largest_remainder(total: int, weight: list) -> list[int]:
    chances = _chances(weight)
    parts = [int(np.floor(c * total)) for c in chances]
    by_remainder = sorted(range(len(parts)), key=lambda k: parts[k] - chances[k] * total)
    for k in by_remainder[: int(total - sum(parts))]:
        parts[k] += 1
    return parts
