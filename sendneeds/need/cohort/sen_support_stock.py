"""SEN support (K): the total by the share of pupils, by need and age from a table or by estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.intervals import two_piece_lognormal
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need.cohort.plans import Plans
from sendneeds.need.cohort.support_profile import support_profile
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.setup import Setup
from sendneeds.need.total.sen_support import forecast_support_share

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area


FROM_SUPPORT = (0.6, 0.75, 0.9)
"""Share of new plans that go to children on SEN support: assumed, no release says."""
ENDED = (0.06, 0.1, 0.15)
"""Chance a year that SEN support ends without a plan before the child leaves school: assumed."""
LAST_AGE = 19
"""Age by which everybody has left the school roll, and SEN support with it."""


class Support(NamedTuple):
    """Children on SEN support.

    ``stock`` is (year, need, age, lane) in the order of `NEEDS`; ``flows`` maps a name to an array
    (calendar year, lane) and what it counts: ``stock[t+1] = stock[t] - to_plan - ended + identified``.
    """

    stock: np.ndarray
    flows: dict[str, tuple[np.ndarray, str]]
    notes: tuple[str, ...]


def sen_support(setup: Setup, plans: Plans) -> Support:
    """Return children on SEN support, the flows between years, and how each was made.

    Parameters
    ----------
    setup : Setup
    plans : Plans
        Children with a plan are not on SEN support; new plans take children from it.

    Raises
    ------
    MissingDataError
        If the pack has no share of pupils on SEN support.
    """
    area, people, start, lanes = setup.area, setup.people, setup.start, setup.lanes
    if not area.has("sen_percent"):
        raise MissingDataError(
            f"{area.name}: sen_percent.csv is not there, so SEN support cannot be projected. "
            "Add the share of pupils on SEN support by January."
        )
    own, nation = support_shares(area), support_shares(setup.england)
    made = forecast_support_share(
        area.code, own, nation, setup.national.constants, start, setup.horizons, fade_years=setup.fade_years
    )
    share = np.exp(setup.paths(made, "support")) / 100
    share = np.concatenate([np.full((1, lanes), own[start] / 100), share])
    base = np.maximum(people.central()[0], 1)
    roll = on_roll(area, start) / base / people.pupils_per_resident
    profile = support_profile(area, setup.england)
    mix = profile.weight[..., None] * np.exp(profile.spread_sd * _mix_luck(setup)[:, None])
    mix /= mix.sum(axis=0)
    out = np.empty((len(share), len(NEEDS), len(AGES), lanes), dtype=np.int32)
    capped = 0
    with_plan = plans.with_plan()
    for t, percent in enumerate(share):
        by_age = roll[:, None] * people.persons[t]
        total = np.rint(percent * by_age.sum(axis=0)).astype(np.int64)
        cell = cohort.apportion(total, (mix * by_age).reshape(-1, lanes)).reshape(
            len(NEEDS), len(AGES), lanes
        )
        over = np.maximum(cell.sum(axis=0) - np.maximum(people.persons[t] - with_plan[t], 0), 0)
        for age, draw in zip(*np.nonzero(over), strict=True):  # never more children than have no plan
            column = cell[:, age, draw].astype(float)[:, None]
            cell[:, age, draw] = cohort.apportion(np.array([round(column.sum()) - over[age, draw]]), column)[
                :, 0
            ]
        capped += int(np.ceil(over.sum(axis=0).mean()))
        out[t] = cell
    notes = [
        f"SEN support: the area's share of pupils ({own[start]:g} % in January {start}) moves as England's has; "
        f"pupils are turned to residents at {people.pupils_per_resident:.3f} pupils on roll per resident aged 5 to 15.",
        *profile.notes,
    ]
    if capped:
        notes.append(
            f"Plans and SEN support together would exceed the residents of some ages by about {capped} "
            "children; SEN support gives way."
        )
    from_support, ended = (
        f"{100 * central:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
        for low, central, high in (FROM_SUPPORT, ENDED)
    )
    notes.append(
        f"Of new plans {from_support} go to children on SEN support, who then leave it; {ended} of SEN support "
        "end otherwise each year. Both are assumed; those newly identified are what the totals leave."
    )
    return Support(out, support_flows(setup, out.sum(axis=1), plans.new.sum(axis=1)), tuple(notes))


def support_flows(
    setup: Setup, stock_by_age: np.ndarray, new: np.ndarray
) -> dict[str, tuple[np.ndarray, str]]:
    """Return who left SEN support for a plan, who left otherwise, and who was newly identified.

    Parameters
    ----------
    setup : Setup
    stock_by_age : ndarray of int, shape (year, age, lane)
    new : ndarray of int, shape (calendar year, age, lane)
        New plans at the age the year closes.

    Returns
    -------
    dict of str to (ndarray of int32 of shape (calendar year, lane), str)
        ``to_plan``, ``ended``, ``identified``: an estimate, as the stock is.
    """
    parts = []
    for block in setup.blocks:
        lanes = slice(block * SEED_BLOCK, (block + 1) * SEED_BLOCK)
        stream = generator(setup.seed, setup.area.code, "support", "flows", block=block)
        luck = generator(setup.seed, "nation", "support", "flows", block=block).standard_normal(
            (2, SEED_BLOCK)
        )
        share, chance = (
            np.minimum(two_piece_lognormal(*interval, z), 1.0)
            for interval, z in zip((FROM_SUPPORT, ENDED), luck, strict=True)
        )
        before, after = stock_by_age[:-1, :, lanes], stock_by_age[1:, :, lanes]
        kept = np.zeros_like(before)
        kept[:, 1:] = before[:, :-1]
        to_plan = stream.binomial(np.minimum(new[..., lanes], kept), share)
        left = kept - to_plan
        ended = stream.binomial(left, chance)
        ended[:, LAST_AGE + 1 :] = left[:, LAST_AGE + 1 :]
        ended = np.maximum(ended, left - after)  # no fewer than the totals leave
        passed = before[:, -1]
        identified = after - left + ended
        parts.append((to_plan.sum(axis=1), ended.sum(axis=1) + passed, identified.sum(axis=1)))
    words = (
        "Children who left SEN support for a plan",
        "Children whose SEN support ended otherwise",
        "Children newly on SEN support",
    )
    arrays = (np.concatenate(a, axis=-1).astype(np.int32) for a in zip(*parts, strict=True))
    return dict(zip(("to_plan", "ended", "identified"), zip(arrays, words, strict=True), strict=True))


def support_shares(area: Area) -> dict[int, float]:
    """Return the percent of pupils on SEN support by January."""
    table = area.table("sen_percent")
    rows = table[table["provision"] == "K"]
    return {int(y): float(v) for y, v in zip(rows["census_january"], rows["percent_of_pupils"], strict=True)}


def on_roll(area: Area, census: int) -> np.ndarray:
    """Return pupils by single age in a January census, shape (age,), open groups spread."""
    table = area.table("pupils")
    rolls = table[table["census_january"] == census]
    groups = {"2_and_under": "0-2", "19_and_over": "19"}
    out = np.zeros(len(AGES))
    for age, count in zip(rolls["age"].astype(str), rolls["pupils"], strict=True):
        out += stock.spread_group(float(count), groups.get(age, age), stock.young_shape())
    return out


def _mix_luck(setup: Setup) -> np.ndarray:
    """Return one standard normal a need and lane, the nation's: the same in every area."""
    streams = [generator(setup.seed, "nation", "plans", "support mix", block=b) for b in setup.blocks]
    return np.concatenate([s.standard_normal((len(NEEDS), SEED_BLOCK)) for s in streams], axis=1)
