"""Residents aged 0-25 by single year of age, at the 31 August before each January census."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.errors import MissingDataError
from sendneeds.foundation.vocabulary import AGES
from sendneeds.kernel.streams import SEED_BLOCK

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

ROLL_AGES = range(4, 15)
"""Ages whose cohort is on school rolls both this January and the next, at 4-15."""


@dataclass(frozen=True)
class Population:
    """Residents by census year, age and draw.

    Parameters
    ----------
    years : tuple of int
        January censuses; residents stand at the 31 August before.
    persons : ndarray of int32, shape (year, age, draw)
    pupils_per_resident : float
        Pupils on roll in the area for each resident, ages 5-15, in the last year with a school census.
    assumptions : tuple of str
        Every assumption made, in plain words.
    """

    years: tuple[int, ...]
    persons: np.ndarray
    pupils_per_resident: float
    assumptions: tuple[str, ...]

    def central(self) -> np.ndarray:
        """Return median residents by year and age, over the first seed block: the same however many draws are asked."""
        return np.median(self.persons[..., :SEED_BLOCK], axis=-1)

    def growth(self) -> dict[int, float]:
        """Return the median yearly log growth of residents aged 4-19, by the census year it leads to."""
        total = self.central()[:, 4:20].sum(axis=1)
        return {y: float(np.log(total[i + 1] / total[i])) for i, y in enumerate(self.years[1:])}


def august(june: np.ndarray) -> np.ndarray:
    """Return residents by age at 31 August from residents by age at 30 June of the same year.

    Birthdays fall evenly over the year, so one in six of an age turns a year older in two months:
    ``P_Aug[a] = 5/6 P_Jun[a] + 1/6 P_Jun[a-1]``; at age 0 the births of July and August are taken to be as
    many as those who turn one.

    Parameters
    ----------
    june : ndarray, shape (age, ...)
        Persons by single year of age from 0.

    Returns
    -------
    ndarray of float, shape (age, ...)

    Examples
    --------
    >>> august(np.array([600.0, 1200.0])).round(6)
    array([ 600., 1100.])
    """
    before = np.concatenate([june[:1], june[:-1]])
    return june * 5 / 6 + before / 6


def _by_age(frame: pd.DataFrame, year_column: str, value: str) -> dict[int, np.ndarray]:
    """Return the single years of age of a table as one vector a year (nan where an age is absent)."""
    single = frame[frame["age"].astype(str).str.fullmatch(r"\d+")]
    out: dict[int, np.ndarray] = {}
    for year, group in single.groupby(year_column):
        vector = np.full(len(AGES), np.nan)
        ages = group["age"].astype(int).to_numpy()
        keep = ages <= AGES[-1]
        vector[ages[keep]] = group[value].to_numpy(float)[keep]
        out[int(str(year))] = vector
    return out


def roll_factors(pupils: pd.DataFrame) -> dict[int, np.ndarray]:
    """Return how each cohort on school rolls changed from one January to the next.

    Parameters
    ----------
    pupils : DataFrame
        Columns ``census_january``, ``age`` (at the preceding 31 August) and ``pupils``.

    Returns
    -------
    dict of int to ndarray, shape (age,)
        By the later census year: ratio for those who were `age` at the earlier one. Ages 4 to 14 are
        observed; under 4 take the mean of ages 4 to 6; over 14 are nan (rolls do not hold them all).

    Examples
    --------
    >>> import pandas as pd
    >>> rolls = pd.DataFrame({"census_january": [2024, 2025], "age": ["4", "5"], "pupils": [200, 210]})
    >>> float(roll_factors(rolls)[2025][4])
    1.05
    """
    rolls = _by_age(pupils, "census_january", "pupils")
    out = {}
    for year in sorted(rolls):
        if year - 1 not in rolls:
            continue
        factor = np.full(len(AGES), np.nan)
        for age in ROLL_AGES:
            factor[age] = rolls[year][age + 1] / rolls[year - 1][age]
        observed = factor[4:7][~np.isnan(factor[4:7])]
        factor[:4] = observed.mean() if observed.size else 1.0
        out[year] = factor
    return out


def _estimates(area: Area, variant: str) -> dict[int, np.ndarray]:
    table = area.table("population")
    return _by_age(table[table["variant"] == variant], "mid_year", "persons")


def residents(area: Area, start: int, to: int, generator: np.random.Generator, draws: int) -> Population:
    """Project residents aged 0-25 by single year of age.

    A projections table in the pack (``variant`` ``principal``) is used as it stands. Otherwise the latest
    mid-year estimate is aged on: at ages 0-14 people move in or out as school rolls show, at 15-24 as the last
    two estimates show (students come and go at the same ages every year), and births follow the
    youngest age.

    Parameters
    ----------
    area : Area
        With the table ``population``; ``pupils`` where no projection is given.
    start, to : int
        First and last January census wanted.
    generator : numpy.random.Generator
        Draws how far recent births and moves go on.
    draws : int

    Returns
    -------
    Population

    Raises
    ------
    MissingDataError
        If the pack has neither a projection that reaches `to` nor an estimate.
    """
    years = tuple(range(start, to + 1))
    pupils = area.table("pupils") if area.has("pupils") else None
    projection = _estimates(area, "principal")
    if projection:
        lacking = [y - 1 for y in years if y - 1 not in projection]
        if lacking:
            raise MissingDataError(
                f"{area.name}: the projection in population.csv has no mid-year {lacking[0]} (of {len(lacking)} "
                f"lacking). Add rows for every mid-year {start - 1} to {to - 1}, or ask for years that it covers."
            )
        path = np.stack([august(projection[y - 1]) for y in years])
        persons = np.repeat(np.rint(path).astype(np.int32)[..., None], draws, axis=-1)
        notes = [
            f"Residents come from the population projection in the pack ({area.meta['population'].source})."
        ]
    else:
        persons, notes = _aged_on(area, years, pupils, generator, draws)
    meta = area.meta.get("population")
    if meta is not None and meta.basis != "published":
        notes.insert(
            0, f"Residents by age are {meta.basis}, not published for the area: {meta.note or meta.source}"
        )
    made = Population(years, persons, 1.0, tuple(notes))
    return replace(made, pupils_per_resident=_pupils_per_resident(pupils, made))


def _aged_on(
    area: Area,
    years: tuple[int, ...],
    pupils: pd.DataFrame | None,
    generator: np.random.Generator,
    draws: int,
) -> tuple[np.ndarray, list[str]]:
    estimates = _estimates(area, "estimate")
    if not estimates:
        raise MissingDataError(
            f"{area.name}: population.csv has no mid-year estimate (variant 'estimate') by single year of age. "
            "Add the ONS mid-year estimate, ages 0 to 25."
        )
    latest = max(estimates)
    factors = roll_factors(pupils) if pupils is not None else {}
    recent = [factors[y] for y in sorted(factors)[-3:]]
    usual = np.mean(recent, axis=0) if recent else np.ones(len(AGES))
    older = np.ones(len(AGES))
    if latest - 1 in estimates:
        older[:-1] = estimates[latest][1:] / estimates[latest - 1][:-1]
    last_births = estimates[latest][0]
    change = np.log(last_births / estimates[latest - 1][0]) if latest - 1 in estimates else 0.0
    # one luck for the nation: recent moves and the trend of births go on in part (0) to in full (1)
    moves_share, births_share = generator.random((draws, 2)).T

    now = np.repeat(august(estimates[latest])[:, None], draws, axis=1)
    out = {latest + 1: now}
    for census in range(latest + 2, years[-1] + 1):
        seen = census in factors
        factor = (factors[census] if seen else usual)[:, None] - 1
        factor = 1 + (factor if seen else factor * moves_share)
        factor[15:] = older[15:, None]
        since = census - 1 - latest  # years from the last estimate to this August
        births = last_births * np.exp(change * min(since, 5) * births_share)
        now = np.concatenate([births[None, :], (now * factor)[:-1]])
        out[census] = now
    missing = [y for y in years if y not in out]
    if missing:
        raise MissingDataError(
            f"{area.name}: the latest mid-year estimate is {latest}; January {missing[0]} lies before it. "
            f"Start from January {latest + 1} or add earlier estimates."
        )
    persons = np.rint(np.stack([out[y] for y in years])).astype(np.int32)
    notes = [
        f"Residents are the mid-{latest} estimate aged on to 31 August of each year, birthdays even over the year.",
        "Moves in and out at ages 4 to 14 are read from school rolls up to "
        f"January {max(factors) if factors else latest + 1}; under 4 they are the mean of ages 4 to 6.",
        f"From age 15 a cohort changes yearly as between the mid-{latest - 1} and mid-{latest} estimates, "
        "so that students come and go at the same ages every year.",
        "After the last school census the mean moves of the last three years go on in part or in full: "
        "each draw takes a share between none and all.",
        f"Births start from the {latest} count of age 0 ({last_births:,.0f}) and follow its last yearly change "
        f"({100 * np.expm1(change):+.1f} %) for five years: each draw takes a share between none and all.",
        f"The mid-{latest} estimate itself is taken as exact: its own error is in no interval.",
    ]
    return persons, notes


def _pupils_per_resident(pupils: pd.DataFrame | None, people: Population) -> float:
    """Return pupils on roll per resident aged 5-15 in the first year with a school census; 1 where there is none."""
    if pupils is None:
        return 1.0
    rolls = _by_age(pupils, "census_january", "pupils")
    for year, by_age in zip(people.years, people.central(), strict=True):
        if year in rolls:
            return float(np.nansum(rolls[year][5:16]) / by_age[5:16].sum())
    return 1.0
