"""The cohort of plans: stocks and flows by need and age, run to the totals wanted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need import rates, stock
from sendneeds.need.change import NeedChange
from sendneeds.need.population import residents
from sendneeds.need.setup import Setup


class Plans(NamedTuple):
    """Plans over the years: ``stock`` (year, need, age, draw) and the flows between (calendar year, ...)."""

    stock: np.ndarray
    new: np.ndarray
    moved_in: np.ndarray
    ceased: np.ndarray
    aged_out: np.ndarray
    cut: np.ndarray


def run_cohort(setup: Setup, target: np.ndarray, change: NeedChange) -> tuple[rates.AreaRates, Plans]:
    """Step the cohort from the last January to meet the targets.

    A change of flows is run on top: the new plans that met the targets are kept, multiplied, and the stock
    follows.

    Parameters
    ----------
    setup : Setup
    target : ndarray of int, shape (H, need, lane)
    change : NeedChange

    Returns
    -------
    (AreaRates, Plans)
        The rates of the last block (their notes are alike), and all lanes.
    """
    area, england, start, seed = setup.area, setup.england, setup.start, setup.seed
    opening = stock.plans(area, start)
    nation_people = residents(england, start, start, generator(seed, "nation", "population"), SEED_BLOCK)
    nation = rates.national_rates(england, nation_people.central()[0])
    closing = setup.people.central()[0]
    table = england.table("cohort_constants")
    constants = dict(zip(table["name"], table["value"].astype(float), strict=True))
    calendar = list(range(start, setup.to))
    parts = []
    for block in setup.blocks:
        lanes = slice(block * SEED_BLOCK, (block + 1) * SEED_BLOCK)
        stream = generator(seed, area.code, "plans", "rates", block=block)
        own = rates.area_rates(area, england, nation, closing, constants, stream, SEED_BLOCK)
        people = setup.people.persons[..., lanes]
        leave = np.repeat(own.leave[None], len(calendar), axis=0)
        luck = (seed, area.code, "plans", "cohort")
        wanted = target[..., lanes]
        made = _block(opening, own, leave, wanted, people, generator(*luck, block=block))
        if change.acts_on_flows:
            # a new plan is counted at the age its year closes, the ratio works on the age it opens
            more = np.roll(change.multipliers("new_plans", calendar, block, seed), 1, axis=1)
            new = np.rint((made.new * more[:, None]).sum(axis=2)).astype(np.int64)
            leave = np.clip(leave * change.multipliers("ceased", calendar, block, seed), 0, 1)
            leave[:, -1] = 1.0
            stream = generator(*luck, block=block)
            made = _block(opening, own, leave, wanted, people, stream, (new, made.cut), more)
        parts.append(made)
    return own, Plans(*(np.concatenate(arrays, axis=-1) for arrays in zip(*parts, strict=True)))


def _block(
    opening: np.ndarray,
    own: rates.AreaRates,
    leave: np.ndarray,
    target: np.ndarray,
    persons: np.ndarray,
    stream: np.random.Generator,
    given: tuple[np.ndarray, np.ndarray] | None = None,
    tilt: np.ndarray | None = None,
) -> Plans:
    """Step one seed block of lanes through all years.

    Where the new plans (calendar year, need, lane) and cuts (calendar year, lane) are given the targets are not used,
    and `tilt` (calendar year, age, lane) bends the ages at which plans are new.
    """
    lanes = target.shape[-1]
    now = np.repeat(opening[:, :, None], lanes, axis=-1)
    hazard = np.zeros_like(own.hazard)
    hazard[:, 1:] = own.hazard[:, :-1]  # the kernel counts a new plan at the age the year closes
    moved_weight = np.append(0.0, own.moved_weight[:-1])
    stocks, flows = [now.astype(np.int32)], []
    for t, wanted in enumerate(target):
        moved = np.rint(own.moved_in_rate * now.sum(axis=(0, 1))).astype(np.int64)
        new, cut = (None, None) if given is None else (given[0][t], given[1][t])
        bent = hazard if tilt is None else hazard * tilt[t]
        step = cohort.year(
            now, leave[t][None], moved, moved_weight, wanted, bent, persons[t + 1], stream, new, cut
        )
        now = step.closing
        stocks.append(now)
        flows.append(step)
    return Plans(
        np.stack(stocks),
        *(
            np.stack([getattr(f, name) for f in flows])
            for name in ("new", "moved_in", "ceased", "aged_out", "cut")
        ),
    )
