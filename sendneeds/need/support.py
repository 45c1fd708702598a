"""SEN support (K): the total by the share of pupils, by need and age from a table or by estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.kernel import cohort
from sendneeds.kernel.streams import SEED_BLOCK, generator
from sendneeds.need import stock
from sendneeds.need.sen_support import forecast_support_share
from sendneeds.need.setup import Setup
from sendneeds.need.support_profile import support_profile

if TYPE_CHECKING:
    from sendneeds.evidence.area import Area


def sen_support(setup: Setup, plans: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return children on SEN support, shape (year, need, age, lane), in the order of `NEEDS`; and the notes.

    Parameters
    ----------
    setup : Setup
    plans : ndarray of int, shape (year, need, age, lane)
        Children with a plan, who are not on SEN support.

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
    for t, percent in enumerate(share):
        by_age = roll[:, None] * people.persons[t]
        total = np.rint(percent * by_age.sum(axis=0)).astype(np.int64)
        cell = cohort.apportion(total, (mix * by_age).reshape(-1, lanes)).reshape(
            len(NEEDS), len(AGES), lanes
        )
        over = np.maximum(cell.sum(axis=0) - (people.persons[t] - plans[t].sum(axis=0)), 0)
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
    return out, tuple(notes)


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
