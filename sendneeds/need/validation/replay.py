"""Replay England's last published year from its opening stock, to see whether known cohort ratios come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.constants import INTERVAL_LEVELS
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import generator
from sendneeds.need.cohort import rates
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.population import residents

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area


def replay_england(england: Area, draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Run England's matched areas over the year of the last two January stocks and compare cohort ratios.

    The opening stock by age is published; its needs are split as those of a year on. The total a year on is
    the published one; ages and ratios are the model's.

    Parameters
    ----------
    england : Area
        The shipped pack for England.
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        A row an opening age: ``published`` ratio of plans at age + 1 to plans at age a year before; ``low``,
        ``central``, ``high`` (80 % of draws); ``difference`` (central less published) and ``noise`` (the
        standard deviation of the ratio over draws).

    Examples
    --------
    >>> import sendneeds as sn
    >>> table = replay_england(sn.open_area("england"), draws=50)
    >>> round(float(table.set_index("age").loc[10, "published"]), 3)
    1.206
    """
    import pandas as pd

    year, before, after = stock.matched_stocks(england)
    people = residents(england, year + 1, year + 1, generator(seed, "nation", "population"), draws)
    national = rates.national_rates(england, people.central()[0])
    mix = stock.plans(england, year + 1).astype(float)
    mix /= np.maximum(mix.sum(axis=0), 1)
    lanes = np.repeat(cohort.apportion(np.rint(before).astype(int), mix)[..., None], draws, axis=-1)
    total = np.full(draws, round(after.sum()))
    moved = np.full(draws, round(float((national.moved_in * before).sum())))

    hazard = np.zeros((*national.hazard.shape, draws))
    hazard[:, 1:] = national.hazard[:, :-1, None]
    weight = np.append(0.0, national.moved_weight[:-1])
    # needs follow their flows: survivors and moves in proportion, new plans as published
    kept = (lanes[..., 0] * (1 - national.leave + national.moved_in)).sum(axis=1) + national.new.sum(axis=1)
    target = cohort.apportion(total, np.repeat(kept[:, None], draws, axis=1))
    step = cohort.year(
        lanes,
        national.leave[None, :, None],
        moved,
        weight,
        target,
        hazard,
        people.persons[0],
        generator(seed, "england", "plans", "replay"),
    )
    ratio = step.closing.sum(axis=0)[4 + 1 :] / np.maximum(lanes.sum(axis=0)[4:-1], 1)
    low, central, high = np.quantile(ratio, INTERVAL_LEVELS, axis=-1)
    published = after[5:] / before[4:-1]
    return pd.DataFrame(
        {
            "age": np.arange(4, 25),
            "published": published,
            "low": low,
            "central": central,
            "high": high,
            "difference": central - published,
            "noise": ratio.std(axis=-1),
        }
    )
