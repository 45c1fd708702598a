"""An area's own child-level history in place of England's rates: who left, and who changed primary need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.vocabulary import AGES
from sendneeds.need.inputs.stock import PLAN_NEEDS

if TYPE_CHECKING:
    import pandas as pd

LEFT = "LEFT"
"""The ``to_need`` of children whose plan ended."""
LEAVE_PRIOR = 20.0
"""Children's worth of the area's rates by age added to its history by need and age. Assumed."""
STAY_PRIOR = 20.0
"""Children's worth of staying under one need added to a need's history. Assumed."""


def transition_draws(
    table: pd.DataFrame, leave: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the chance of leaving by need and age, and of changing need, from a table of transitions.

    Each row of the table is a number of children by where they were one January (need, setting, age) and where
    they were the next; settings and years are added up here. With a Dirichlet prior the counts are
    Dirichlet-multinomial: posterior chances are Dirichlet with parameters prior + count.

    Parameters
    ----------
    table : DataFrame
        Columns ``age``, ``from_need``, ``to_need`` (`LEFT` where the plan ended) and ``children``.
    leave : ndarray, shape (age, lane)
        The area's chance of leaving by opening age, all needs alike: the prior's mean.
    generator : numpy.random.Generator

    Returns
    -------
    (ndarray of shape (need, age, lane), ndarray of shape (need, lane, need))
        Chance that a plan ends; chance that one kept is held under each need a year on.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"age": [16, 16], "from_need": "SEMH", "to_need": ["LEFT", "SEMH"], "children": [300, 100]})
    >>> chance, _ = transition_draws(rows, np.full((26, 500), 0.1), np.random.default_rng(1))
    >>> round(float(chance[PLAN_NEEDS.index("SEMH"), 16].mean()), 2), round(float(chance[0, 16].mean()), 2)
    (0.72, 0.1)
    """
    needs, lanes = len(PLAN_NEEDS), leave.shape[1]
    left, stayed = np.zeros((2, needs, len(AGES)))
    moves = np.zeros((needs, needs))
    for age, before, after, children in zip(
        table["age"].astype(int), table["from_need"], table["to_need"], table["children"], strict=True
    ):
        if before not in PLAN_NEEDS or age not in AGES:
            continue
        n = PLAN_NEEDS.index(before)
        if after == LEFT:
            left[n, age] += children
        else:
            stayed[n, age] += children
            if after in PLAN_NEEDS:
                moves[n, PLAN_NEEDS.index(after)] += children
    tiny = 1e-9  # a gamma needs a shape over 0
    gone = generator.gamma(LEAVE_PRIOR * leave[None] + left[..., None] + tiny)
    here = generator.gamma(LEAVE_PRIOR * (1 - leave[None]) + stayed[..., None] + tiny)
    seen = (left + stayed > 0)[..., None]
    chance = np.where(seen, gone / (gone + here), leave[None])  # without history the area's rate stands
    chance[:, -1] = 1.0
    weight = generator.gamma(
        (moves + STAY_PRIOR * np.eye(needs) + tiny)[:, None, :], size=(needs, lanes, needs)
    )
    recode = weight / weight.sum(axis=-1, keepdims=True)
    recode[moves.sum(axis=1) == 0] = np.eye(needs)[moves.sum(axis=1) == 0][:, None, :]
    return chance, recode
