"""The mix of settings: as observed in an area or England, as preferred, and how it differs between draws."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from sendneeds.foundation.errors import DomainError, MissingDataError, unknown
from sendneeds.foundation.placements import AWAITING, NOT_RECORDED, PHASES, SETTINGS, setting_of
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.kernel.places.tables import fitted, rounded
from sendneeds.kernel.streams import as_real, uniforms
from sendneeds.waits.places.need_prior import as_shares, prior_by_need

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

COLUMNS = (*SETTINGS, AWAITING, NOT_RECORDED)
WHOLE = 1 << 20
"""What the weights of a mix add up to, about."""
PRIOR = 30.0
"""Children's worth of England's ratio of those who come to those placed, beside an area's own. Assumed."""
GROUPED = 20
"""First age of the group 20-25, in which some releases count the oldest."""
_EVERY = "all"


def placement_mix(area: Area) -> pd.DataFrame:
    """Return plans by need and setting at the latest count, as observed: bound by the places there are.

    Parameters
    ----------
    area : Area

    Returns
    -------
    pandas.DataFrame
        Index need, columns settings, with those awaiting provision and those not recorded apart.

    Raises
    ------
    MissingDataError
        If the area has no plans by placement and need.

    Examples
    --------
    >>> import sendneeds as sn
    >>> int(placement_mix(sn.open_area("bedford")).loc["ASD", "state_special"])
    108
    """
    rows = _placed(area)
    rows = rows[rows["need"] != _EVERY]
    if not len(rows):
        raise MissingDataError(
            f"{area.name}: ehc_plans.csv has no plans by placement and need, which places are projected from."
        )
    rows = rows[rows["census_january"] == rows["census_january"].max()]
    wide = rows.pivot_table(index="need", columns="setting", values="plans", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=list(COLUMNS), fill_value=0.0)


def _placed(area: Area) -> pd.DataFrame:
    table = area.table("ehc_plans")
    if "placement" not in table:
        table = table.assign(placement=_EVERY)
    rows = table[(table["placement"] != _EVERY) & table["plans"].notna()]
    return rows.assign(setting=rows["placement"].map(setting_of), plans=rows["plans"].astype(float))


def _youngest(age: str) -> int:
    """Return the age that a row stands for, -1 where it is not known: those of 0-2 stand at 2, of 20-25 at 20."""
    first = {"0-2": "2", "20-25": "20"}.get(age, age)
    return int(first) if first.isdigit() and int(first) in AGES else -1


def _phase_of(age: str) -> str | None:
    first = _youngest(age)
    return next((phase for phase, (low, high) in PHASES.items() if low <= first <= high), None)


def by_age(area: Area) -> dict[int, np.ndarray]:
    """Return plans by age and setting, (26, S), for each January with plans by placement and age.

    A table that falls short of the January's plans, because some areas gave no detail, is raised to them.
    """
    return _nation_by_age(area) if area is area.england() else _by_age(area)


@lru_cache(maxsize=1)
def _nation_by_age(england: Area) -> dict[int, np.ndarray]:
    return _by_age(england)


def _by_age(area: Area) -> dict[int, np.ndarray]:
    rows = _placed(area)
    rows = rows[(rows["need"] == _EVERY) & (rows["age"] != _EVERY)]
    rows = rows.assign(first=rows["age"].astype(str).map(_youngest))
    totals = area.table("ehc_plans")
    if "placement" in totals:
        totals = totals[totals["placement"] == _EVERY]
    totals = totals[(totals["need"] == _EVERY) & (totals["age"] == _EVERY)].dropna(subset=["plans"])
    out = {}
    for january, part in rows[rows["first"] >= 0].groupby("census_january"):
        wide = part.pivot_table(
            index="first", columns="setting", values="plans", aggfunc="sum", fill_value=0.0
        )
        found = wide.reindex(index=list(AGES), columns=list(COLUMNS), fill_value=0.0).to_numpy()
        whole = totals.loc[totals["census_january"] == january, "plans"].astype(float)
        out[int(january)] = found * max(float(whole.sum()) / found.sum(), 1.0) if len(whole) else found
    return out


def _spread(by_age: np.ndarray) -> np.ndarray:
    """Return rows by age with what stands at 20 for 20 to 25 spread over these ages, where those have none.

    So a year's ageing does not make those who stay in the group count as new to it.
    """
    rows = by_age.astype(float)
    if rows[GROUPED:].sum() > 0 and rows[GROUPED + 1 :].sum() == 0:
        rows = rows.copy()
        rows[GROUPED:] = rows[GROUPED] / len(rows[GROUPED:])
    return rows


def by_phase(area: Area) -> np.ndarray | None:
    """Return plans by phase and setting at the latest count, (P, S), or None where the area has none by age."""
    tables = by_age(area)
    if not tables:
        return None
    latest = tables[max(tables)]
    return np.stack([latest[first : last + 1].sum(axis=0) for first, last in PHASES.values()])


def coming(area: Area) -> np.ndarray | None:
    """Return the children who came into each phase and setting in the latest year, (P, S), or None.

    Those there at the second of two Januaries, less those of the first whose plan lasted and whose phase did:
    new plans and children from another phase, with moves inside the phase counted where they came to. What
    moved out of a setting makes its figure less, at worst 0. Of an age as many lasted as there are a year on,
    new plans left out, in every setting alike.

    Parameters
    ----------
    area : Area
        With plans by placement and age at two Januaries running, and the year's new plans on the age base of
        the caseload.
    """
    tables = by_age(area)
    last = max(tables, default=0)
    if last - 1 not in tables or not area.has("ehc_flow"):
        return None
    flow = area.table("ehc_flow")
    rows = flow[
        (flow["stage"] == "new_plans_by_cohort_age")
        & (flow["calendar_year"] == last - 1)
        & flow["count"].notna()
    ]
    rows = rows[(rows["need"] != _EVERY) & (rows["age"] != _EVERY)]
    if not len(rows):
        return None
    ages = rows["age"].astype(str).map(_youngest)
    new = rows["count"].astype(float).groupby(ages).sum().reindex(list(AGES), fill_value=0.0).to_numpy()
    before, after = (_spread(tables[january]) for january in (last - 1, last))
    new = _spread(new[:, None])[:, 0]
    there = np.maximum(after.sum(axis=1) - new, 0)[1:]
    share = np.minimum(there / np.maximum(before.sum(axis=1)[:-1], 1), 1.0)
    lasted = before[:-1] * share[:, None]  # by age at the close, from 1
    out = [after[low : high + 1].sum(axis=0) - lasted[low:high].sum(axis=0) for low, high in PHASES.values()]
    return np.maximum(np.stack(out), 0.0)


def by_need_and_phase(area: Area, needs: list[str]) -> np.ndarray:
    """Return plans by need and phase at the latest count with plans by need and age, (N, P)."""
    table = area.table("ehc_plans")
    rows = table[(table["placement"] == _EVERY) & (table["need"] != _EVERY) & table["plans"].notna()]
    rows = rows.assign(phase=rows["age"].astype(str).map(_phase_of), plans=rows["plans"].astype(float))
    rows = rows.dropna(subset=["phase"])
    rows = rows[rows["census_january"] == rows["census_january"].max()]
    wide = rows.pivot_table(index="need", columns="phase", values="plans", aggfunc="sum", fill_value=0.0)
    return wide.reindex(index=needs, columns=list(PHASES), fill_value=0.0).to_numpy()


def settings_table(area: Area, needs: list[str], need_phase: np.ndarray) -> np.ndarray:
    """Return children by need, phase and setting that agree with all that is published of them.

    The area's settings by need and, where it gives them, settings by phase; where it does not, England's
    settings by phase give the shape. A need without children in the area has England's.

    Parameters
    ----------
    area : Area
    needs : list of str
    need_phase : ndarray, (N, P)

    Returns
    -------
    ndarray of float, (N, P, S), S of `COLUMNS`
    """
    mix = placement_mix(area).reindex(needs, fill_value=0.0).to_numpy()
    children = need_phase.sum(axis=1, keepdims=True)
    mix = (
        mix
        * np.where(mix.sum(axis=1, keepdims=True) > 0, children, 0)
        / np.maximum(mix.sum(axis=1, keepdims=True), 1)
    )
    own = by_phase(area)
    nation = by_phase(area.england())
    seed = np.ones((len(PHASES), len(COLUMNS))) if nation is None else nation
    target = None
    if own is not None:
        target = own * (need_phase.sum(axis=0) / np.maximum(own.sum(axis=1), 1))[:, None]
        seed = own + 1e-3 * seed / np.maximum(seed.sum(), 1)
    everyone = mix.sum(axis=0)
    mix = np.where(mix.sum(axis=1, keepdims=True) > 0, mix, children * everyone / max(everyone.sum(), 1))
    return fitted(np.repeat(seed[None], len(needs), axis=0), need_phase, mix, target)


def opening(table: np.ndarray, children: np.ndarray) -> np.ndarray:
    """Return a table as whole children, (N, P, S), with `children` for sums over settings and its own over phases.

    Parameters
    ----------
    table : ndarray of float, (N, P, S)
    children : ndarray of int, (N, P)
    """
    out = np.zeros(table.shape, dtype=np.int64)
    for n, cells in enumerate(table):
        if not children[n].sum():
            continue
        columns = cells.sum(axis=0)
        columns = columns * children[n].sum() / columns.sum()
        whole = np.floor(columns + 1e-6).astype(np.int64)
        short = int(children[n].sum() - whole.sum())
        whole[np.argsort(whole - columns, kind="stable")[:short]] += 1
        out[n] = rounded(cells, children[n].astype(np.int64), whole)
    return out


def shares(table: np.ndarray, fallback: np.ndarray) -> np.ndarray:
    """Return the mix of `SETTINGS`, (N, P, S), each adding up to 1; those awaiting and not recorded are left out.

    Parameters
    ----------
    table : ndarray of float, (N, P, S of COLUMNS)
    fallback : ndarray of float, (N, P, S of COLUMNS)
        For a need and phase in which `table` has nobody.
    """
    inner = table[..., : len(SETTINGS)]
    other = fallback[..., : len(SETTINGS)]
    for wider in (other, other.sum(axis=0, keepdims=True), other.sum(axis=(0, 1), keepdims=True)):
        inner = np.where(inner.sum(axis=-1, keepdims=True) > 1e-6, inner, wider)
    return inner / inner.sum(axis=-1, keepdims=True)


def sought(
    area: Area, table: np.ndarray, national: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mix in which children without a place seek one, and the children whom it was counted on.

    Who comes is not who is there: of those who came into a phase in the latest year fewer went to special
    schools than are in them. The area's own count by phase is taken together with a prior of `PRIOR`
    children, who come as the area's children are placed, times England's ratio of those who came to those
    placed. By need the odds are those of the children placed, together with
    `prior_by_need`.

    Parameters
    ----------
    area : Area
    table : ndarray of float, (N, P, S of COLUMNS)
        Children by need, phase and setting.
    national : ndarray of float, (N, P, S of COLUMNS), optional
        England's; settings by need are the area's own when left out.

    Returns
    -------
    (ndarray (N, P, S) of shares, ndarray (P, S) of children)
    """
    width = len(SETTINGS)
    placed = as_shares(table.sum(axis=0)[:, :width])
    nation = area.england()
    came, there = coming(nation), by_phase(nation)
    if there is not None:  # a phase in which the area has nobody is as England's
        placed = np.where(placed.sum(axis=-1, keepdims=True) > 0, placed, as_shares(there[:, :width]))
    if came is not None and there is not None:
        ratio = as_shares(came[:, :width]) / np.maximum(as_shares(there[:, :width]), 1e-12)
        placed = as_shares(placed * ratio)
    own = coming(area)
    counted = PRIOR * placed + (0.0 if own is None else own[:, :width])
    children = table.sum(axis=2) + 1e-9
    target = as_shares(counted) * children.sum(axis=0)[:, None]
    like = table[..., :width] if national is None else table[..., :width] + prior_by_need(table, national)
    fit = fitted(like + 1e-9, children, phase_setting=target)
    total = fit.sum(axis=-1, keepdims=True)
    # a need and phase with nobody in any setting that has children: as those of the phase who come
    empty = np.broadcast_to(as_shares(counted), fit.shape)
    return np.where(total > 0, fit / np.where(total > 0, total, 1.0), empty), counted


def drawn(
    mix: np.ndarray, by_need: np.ndarray, by_phase: np.ndarray, seed: int, code: str, draws: int
) -> np.ndarray:
    """Return a mix as whole weights, one for each draw, as sure as the children it was counted on make it.

    Settings are multiplied, by need and again by phase, by gamma deviates with the count for shape and mean
    1, which makes a mix Dirichlet (the Bayesian bootstrap of the children counted).

    Parameters
    ----------
    mix : ndarray of float, (N, P, S)
    by_need : ndarray of float, (N, S)
    by_phase : ndarray of float, (P, S)
    seed : int
    code : str
    draws : int

    Returns
    -------
    ndarray of int64, (S, N x P, draws)
    """
    weight = mix[..., None]
    for name, counts in (("need", by_need), ("phase", by_phase)):
        luck = as_real(uniforms(seed, (code, "places", "mix", name), counts.size, draws))
        shape = np.maximum(counts.reshape(-1, 1), 0.5)
        factor = special.gammaincinv(shape, np.clip(luck, 1e-9, 1 - 1e-9)) / shape
        factor = factor.reshape(*counts.shape, draws)
        weight = weight * (factor[:, None] if name == "need" else factor[None])
    weight /= weight.sum(axis=2, keepdims=True)
    return whole_weights(weight)


def whole_weights(mix: np.ndarray) -> np.ndarray:
    """Return shares (N, P, S, draws) as whole weights (S, N x P, draws), in units of 2**-20."""
    weight = np.rint(mix * WHOLE).astype(np.int64)
    return weight.transpose(2, 0, 1, 3).reshape(mix.shape[2], -1, mix.shape[3])


def preferred_mix(given: pd.DataFrame, needs: list[str], fallback: np.ndarray) -> np.ndarray:
    """Return a preferred mix as shares by need, phase and setting.

    Parameters
    ----------
    given : pandas.DataFrame
        Columns need, setting, share, and phase where it differs by phase; ``all`` stands for every need or
        phase.
    needs : list of str
    fallback : ndarray of float, (N, P, S)
        Shares where `given` says nothing.

    Returns
    -------
    ndarray of float, (N, P, S)

    Raises
    ------
    DomainError
        If a column is missing, a share is not one, or the shares of a need and phase do not add up to 1
        within 0.01.
    UnknownNameError
        If a need, phase or setting is not one.
    """
    lacking = [name for name in ("need", "setting", "share") if name not in given]
    if lacking:
        raise DomainError(
            f"The preferred mix lacks {', '.join(lacking)}: its columns are need, phase, setting, share."
        )
    rows = given.assign(phase=given.get("phase", _EVERY))
    for column, known in (("need", NEEDS), ("phase", PHASES), ("setting", SETTINGS)):
        for word in dict.fromkeys(rows[column]):
            if word not in known and (word != _EVERY or column == "setting"):
                raise unknown(column, str(word), known)
    out = fallback.copy()
    groups = list(rows.groupby(["need", "phase"], sort=False))
    for (need, phase), part in sorted(groups, key=lambda g: sum(word != _EVERY for word in g[0])):
        share = part.set_index("setting")["share"].astype(float)
        if (share < 0).any() or abs(share.sum() - 1) > 0.01 or share.index.duplicated().any():
            raise DomainError(
                f"The preferred mix of {need}, {phase}: shares of settings, each once, that add up to 1; "
                f"found {share.sum():g}."
            )
        n = slice(None) if need == _EVERY else ([needs.index(need)] if need in needs else [])
        p = (
            slice(None)
            if phase == _EVERY
            else slice(list(PHASES).index(phase), list(PHASES).index(phase) + 1)
        )
        out[n, p] = share.reindex(list(SETTINGS), fill_value=0.0).to_numpy() / share.sum()
    return out
