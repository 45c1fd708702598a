"""Places by need and phase: which children each place is for, and how many such places there are year by year.

A cell is a setting and the groups (need and phase) that its places are for. A setting whose places are known in all has
one cell, of everybody. Where the table ``places`` says for whom they are, each group belongs to the finest kind of row
there is, by need and phase, else by need, else by phase. Groups that no row names have what is left of the row of
totals, or as many places as they filled at the latest count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.kernel.places import year as kernel
from sendneeds.waits.places.settings import CAPPED, LIMITED, PlaceChange

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

EVERY = "all"
REST = "other"
"""Need, or phase, of the cell of those that no row of its setting names."""


@dataclass(frozen=True)
class Cell:
    """Places of a setting for some children.

    Parameters
    ----------
    setting : str
    need, phase : str
        Whom they are for: a code, ``all``, or ``other`` for those that no row names.
    groups : ndarray of bool, (G,)
    places : int
        At the start.
    """

    setting: str
    need: str
    phase: str
    groups: np.ndarray
    places: int


class Ceilings(NamedTuple):
    """Places year by year: ``total`` (Y, S), -1 where there is no ceiling; ``places`` (Y, S, C) of each cell of a
    setting, -1 where there is none; ``of``, (S, G), the cell that a group belongs to; ``cells``, with their number.
    """

    total: np.ndarray
    places: np.ndarray
    of: np.ndarray
    cells: list[tuple[Cell, int]]


def cells_of(area: Area, needs: Sequence[str], filled: np.ndarray, room: Mapping[str, int]) -> list[Cell]:
    """Return the places at the start by setting and whom they are for.

    Parameters
    ----------
    area : Area
    needs : sequence of str
    filled : ndarray of int, (S, G)
        Children placed at the latest count.
    room : mapping of setting to int
        Places in all, of settings for which a figure stands before the table.
    """
    everybody = np.ones(filled.shape[1], dtype=bool)
    table = area.table("places") if area.has("places") else None
    out = []
    for name in CAPPED:
        own = filled[list(SETTINGS).index(name)]
        if name in room:
            out.append(Cell(name, EVERY, EVERY, everybody, room[name]))
            continue
        found = [] if table is None else published_cells(table, name, needs, own)
        if not found and name in LIMITED:
            found = [Cell(name, EVERY, EVERY, everybody, int(own.sum()))]
        out += found
    return out


def published_cells(
    table: pd.DataFrame, setting: str, needs: Sequence[str], filled: np.ndarray
) -> list[Cell]:
    """Return the cells of a setting in the latest year of the table ``places`` that gives its places; none without.

    Parameters
    ----------
    table : pandas.DataFrame
    setting : str
    needs : sequence of str
    filled : ndarray of int, (G,)
        Children in the setting at the latest count, by need and phase.
    """
    rows = table[(table["setting"] == setting) & table["commissioned"].notna()]
    for year in sorted(set(rows["academic_year"]), reverse=True):
        own = rows[rows["academic_year"] == year]
        lacking = table[
            (table["setting"] == setting) & (table["academic_year"] == year) & table["commissioned"].isna()
        ]
        for kind in (("need", "phase"), ("need",), ("phase",)):
            part = _rows(own, kind)
            if len(part) and not len(_rows(lacking, kind)):
                return _cells(setting, part, _rows(own, ()), needs, filled)
        whole = _rows(own, ())
        if len(whole):
            everybody = np.ones(filled.size, dtype=bool)
            return [Cell(setting, EVERY, EVERY, everybody, int(whole["commissioned"].iloc[0]))]
    return []


def _rows(table: pd.DataFrame, kind: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows that name a need, a phase or both, and no other."""
    keep = np.ones(len(table), dtype=bool)
    for column in ("need", "phase"):
        keep &= (table[column] != EVERY).to_numpy() == (column in kind)
    return table[keep]


def _cells(
    setting: str, part: pd.DataFrame, whole: pd.DataFrame, needs: Sequence[str], filled: np.ndarray
) -> list[Cell]:
    out, left = [], np.ones(filled.size, dtype=bool)
    for row in part.to_dict("records"):
        groups = groups_of(needs, str(row["need"]), str(row["phase"])) & left
        out.append(Cell(setting, str(row["need"]), str(row["phase"]), groups, int(row["commissioned"])))
        left &= ~groups
    if left.any():
        given = sum(cell.places for cell in out)
        rest = max(int(whole["commissioned"].iloc[0]) - given, 0) if len(whole) else int(filled[left].sum())
        out.append(Cell(setting, REST, REST, left, rest))
    return out


def groups_of(needs: Sequence[str], need: str, phase: str) -> np.ndarray:
    """Return which groups, need by need and phase by phase, a need and a phase are, (G,).

    Examples
    --------
    >>> int(groups_of(["ASD", "SEMH"], "ASD", "all").sum())
    5
    """
    of_need = np.array([need in (EVERY, one) for one in needs])
    of_phase = np.array([phase in (EVERY, one) for one in PHASES])
    return (of_need[:, None] & of_phase[None, :]).ravel()


def by_year(
    cells: Sequence[Cell], needs: Sequence[str], years: np.ndarray, changes: Sequence[PlaceChange]
) -> Ceilings:
    """Return the places of every cell year by year, with those that open and close.

    Parameters
    ----------
    cells : sequence of Cell
    needs : sequence of str
    years : ndarray of int
    changes : sequence of PlaceChange

    Raises
    ------
    DomainError
        If places open for a need or a phase where the places of the setting are not known by it.
    """
    names, groups = list(SETTINGS), len(needs) * len(PHASES)
    numbered: list[tuple[Cell, int]] = []
    for cell in cells:
        numbered.append((cell, sum(other.setting == cell.setting for other, _ in numbered)))
    most = max((number for _, number in numbered), default=0) + 1
    base, of = np.full((len(names), most), -1), np.zeros((len(names), groups), dtype=np.int64)
    for cell, number in numbered:
        base[names.index(cell.setting), number] = cell.places
        of[names.index(cell.setting), cell.groups] = number
    planned = [
        (names.index(cell.setting) * most + number, int(change.year - years[0]), places, change.fill_years)
        for change in changes
        for cell, number, places in _shared(change, needs, numbered)
    ]
    places = kernel.opened(base.ravel(), planned, len(years)).reshape(len(years), *base.shape)
    total = np.where((places >= 0).any(axis=2), np.maximum(places, 0).sum(axis=2), -1)
    return Ceilings(total, places, of, numbered)


def _shared(
    change: PlaceChange, needs: Sequence[str], numbered: Sequence[tuple[Cell, int]]
) -> list[tuple[Cell, int, int]]:
    """Return the cells in which places open or close, with how many: in proportion to those there are."""
    wanted = groups_of(needs, change.need, change.phase)
    own = [
        (cell, n) for cell, n in numbered if cell.setting == change.setting and (cell.groups & wanted).any()
    ]
    whole = change.need == change.phase == EVERY
    if not whole:  # children of theirs whom no row names share places with others
        own = [(cell, n) for cell, n in own if cell.need != REST] or own
    if not own or (not whole and any((cell.groups & ~wanted).any() for cell, _ in own)):
        who = " and ".join(word for word in (change.need, change.phase) if word != EVERY)
        raise DomainError(
            f"Places in {change.setting} for {who}: how many there are is not known so finely. Give them in the table "
            "places, by need and phase, with no figure commissioned_places_... that stands before it, or open "
            "places for all."
        )
    weights = np.array([max(cell.places, 0) for cell, _ in own], dtype=float)
    weights = weights if weights.sum() > 0 else np.ones(len(own))
    edges = np.rint(np.cumsum(weights) / weights.sum() * change.places).astype(int)
    parts = np.diff(edges, prepend=0)
    return [(cell, n, int(part)) for (cell, n), part in zip(own, parts, strict=True)]
