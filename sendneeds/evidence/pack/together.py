"""Tables of areas added up: an integrated care board's or a region's, from those of its councils.

A sum has a figure where every part has one. What one part's source suppressed is suppressed in the sum, between the
least and the most that it can be; what one part lacks is not available: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sendneeds.evidence.schema.columns import ALL, RANGE
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import DEFAULT_RANGE
from sendneeds.evidence.types import AreaTables, TableMeta
from sendneeds.foundation.vocabulary import BASES, FLAGS, FLAGS_WITHOUT_VALUE

if TYPE_CHECKING:
    from collections.abc import Hashable

ADDED = {
    "population": ("persons",),
    "pupils": ("pupils",),
    "ehc_plans": ("plans",),
    "ehc_flow": ("count",),
    "ehc_timeliness": ("issued", "within_20_weeks", "from_20_to_52_weeks", "over_52_weeks"),
    "appeals": ("appeals_registered", "appealable_decisions"),
    "personal_budgets": ("plans",),
    "sen_pupils": ("pupils",),
    "ehc_plans_by_group": ("plans",),
    "residential_places": ("plans",),
}
"""Tables that are added up, with the columns that are counts."""
LISTED = ("claims", "nhs_waiting_list")
"""Tables of which every row is kept, once: what documents print, and lists that NHS England names by board."""
WEIGHTED = "sen_percent"
MEANT = ("stage", "exceptions", "characteristic", "provision", "variant")
"""Columns whose every word is a count of its own, and no part of a whole."""


def added_tables(
    parts: Sequence[AreaTables], code: str
) -> tuple[dict[str, pd.DataFrame], dict[str, TableMeta]]:
    """Return the tables of areas added up, and where each came from.

    Parameters
    ----------
    parts : sequence of AreaTables
    code : str
        ONS code of the whole.

    Returns
    -------
    (dict of str to DataFrame, dict of str to TableMeta)
        Counts of tables that every part has; the share of pupils with SEN weighted by pupils; and documents and lists
        of the board that any part has. Staff, lists and plans of one part's services are that part's alone.
    """
    tables: dict[str, pd.DataFrame] = {}
    meta: dict[str, TableMeta] = {}
    names = ", ".join(part.name for part in parts)
    for name in TABLES:
        having = [part for part in parts if name in part.tables]
        if name in LISTED and having:
            rows = pd.concat([part.tables[name] for part in having], ignore_index=True)
            tables[name] = rows.drop_duplicates(list(TABLES[name].key), ignore_index=True)
            meta[name] = _meta(having, name, having[0].meta[name].note)
        elif len(having) < len(parts):
            continue
        elif name in ADDED:
            tables[name] = added(name, [part.tables[name] for part in parts], code)
            note = having[0].meta[name].note
            meta[name] = _meta(having, name, f"{note} The sum of {names}.".strip())
        elif name == WEIGHTED and all("pupils" in part.tables for part in parts):
            tables[name] = _weighted(parts, code)
            meta[name] = _meta(having, name, f"The mean of {names}, weighted by pupils on roll.")
    return tables, meta


def added(name: str, frames: Sequence[pd.DataFrame], code: str) -> pd.DataFrame:
    """Return the sum of one table over areas, each count with the state that the parts leave it in.

    A row that a part does not have counts as none where the part has others of that kind for that period (sources
    print no row for a kind of school that nobody attends), and else as not available.

    Parameters
    ----------
    name : str
        A key of `ADDED`.
    frames : sequence of DataFrame
        Of each area.
    code : str

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> two = [pd.DataFrame({"area_code": [c], "mid_year": [2020], "age": [3], "variant": ["estimate"], "persons": [n]})
    ...        for c, n in (("E06000055", 12), ("E06000032", 30))]
    >>> int(added("population", two, "E54000024")["persons"].iloc[0])
    42
    """
    table, values = TABLES[name], ADDED[name]
    keys = [key for key in table.key if key != "area_code" and all(key in frame for frame in frames)]
    every = pd.concat([frame[keys] for frame in frames], ignore_index=True).drop_duplicates(ignore_index=True)
    index = _rows(every, keys)
    kind = _kinds(every, keys)
    flagged = any("flag" in frame for frame in frames)
    out = every.copy()
    flags = np.zeros(len(every), dtype=int)
    for position, column in enumerate(values):
        if not all(column in frame for frame in frames):
            continue
        cells = [_cells(frame, keys, column, index, kind) for frame in frames]
        count = np.array([cell["count"] for cell in cells])
        state = np.array([cell["state"] for cell in cells])
        out[column] = pd.Series(count.sum(axis=0)).astype(frames[0][column].dtype)
        if position == 0:
            flags = state.max(axis=0)
            held = flags == _RANK["suppressed"]
            if held.any() and all(end in table.names() for end in RANGE):
                for end in RANGE:
                    total = np.array([cell[end] for cell in cells]).sum(axis=0)
                    out[end] = pd.Series(np.where(held, total, np.nan)).astype("Int64")
    if flagged:
        out["flag"] = pd.Series([_STATES[n] for n in flags]).astype(
            next(frame["flag"].dtype for frame in frames if "flag" in frame)
        )
    out.insert(0, "area_code", code)
    out = out.astype({key: frames[0][key].dtype for key in keys})
    order = [column for column in table.names() if column in out]
    return out[order].sort_values(keys, kind="stable", ignore_index=True)


_STATES = [
    *(flag for flag in FLAGS if flag not in FLAGS_WITHOUT_VALUE),
    "not_applicable",
    "suppressed",
    "unavailable",
]
_RANK = {state: rank for rank, state in enumerate(_STATES)}


def _kinds(rows: pd.DataFrame, keys: Sequence[str]) -> list[Hashable]:
    """Return of what kind each row is: its period, its words of `MEANT`, and which other keys have all in one."""
    period, *rest = keys
    parts = [rows[period].astype(str)]
    parts += [rows[key].astype(str) if key in MEANT else rows[key].astype(str) == ALL for key in rest]
    return list(zip(*parts, strict=True))


def _rows(frame: pd.DataFrame, keys: Sequence[str]) -> pd.Index:
    """Return the words by which each row is known, as one label."""
    return pd.Index(list(zip(*(frame[key].astype(str) for key in keys), strict=True)), tupleize_cols=False)


def _cells(
    frame: pd.DataFrame, keys: Sequence[str], column: str, index: pd.Index, kind: Sequence[Hashable]
) -> dict[str, np.ndarray]:
    """Return one area's counts (NaN where there is none), states and ranges, in the order of the sum's rows."""
    own = frame.set_axis(_rows(frame, keys))
    place = own.index.get_indexer(index)
    known = set(_kinds(frame, keys))
    count = own[column].astype("float64").to_numpy()[place]
    flag = own["flag"].astype("object").to_numpy()[place] if "flag" in own else np.full(len(index), "ok")
    none = (place < 0) & np.array([one in known for one in kind])
    count = np.where(none, 0.0, np.where(place < 0, np.nan, count))
    state = np.array([_RANK.get(str(word), 0) for word in flag])
    state = np.where(none, 0, np.where(place < 0, _RANK["unavailable"], state))
    lost = np.isnan(count) & (state < _RANK["not_applicable"])  # an empty figure that no flag explains
    out = {"count": count, "state": np.where(lost, _RANK["unavailable"], state)}
    for end, usual in zip(RANGE, DEFAULT_RANGE, strict=True):
        stated = own[end].astype("float64").to_numpy()[place] if end in own else np.full(len(index), np.nan)
        out[end] = np.where(np.isnan(count), np.where(np.isnan(stated), usual, stated), count)
    return out


def _weighted(parts: Sequence[AreaTables], code: str) -> pd.DataFrame:
    """Return the shares of pupils with SEN of all pupils of the parts, in Januaries that all of them have."""
    rows = []
    for part in parts:
        pupils = part.tables["pupils"]
        rolls = pupils[pupils["age"] != ALL].groupby("census_january")["pupils"].sum()
        frame = part.tables[WEIGHTED]
        rows.append(frame.assign(rolls=frame["census_january"].map(rolls)))
    every = pd.concat(rows, ignore_index=True).dropna(subset=["rolls", "percent_of_pupils"])
    every["with_sen"] = every["percent_of_pupils"].astype(float) * every["rolls"].astype(float)
    found = every.groupby(["census_january", "provision"], observed=True, as_index=False, sort=False).agg(
        rolls=("rolls", "sum"), with_sen=("with_sen", "sum"), areas=("area_code", "nunique")
    )
    found = found[found["areas"] == len(parts)].reset_index(drop=True)
    found["percent_of_pupils"] = (found["with_sen"] / found["rolls"].astype(float)).round(1)
    found.insert(0, "area_code", code)
    like = parts[0].tables[WEIGHTED]
    return found[list(like.columns)].astype(like.dtypes)


def _meta(parts: Sequence[AreaTables], name: str, note: str) -> TableMeta:
    """Return the source of a sum: its basis is the least certain of its parts'."""
    of = [part.meta[name] for part in parts]
    days = [one.extracted_on for one in of if one.extracted_on is not None]
    bases = [one.basis for one in of]
    basis = bases[0] if len(set(bases)) == 1 else _least_certain(bases)
    sources = list(dict.fromkeys(one.source for one in of))
    licences = list(dict.fromkeys(one.licence for one in of))
    return TableMeta(
        of[0].title, "; ".join(sources), "; ".join(licences), max(days, default=None), basis, note
    )


def _least_certain(bases: Sequence[str]) -> str:
    """Return the basis of a sum; one own record among its parts makes it a record."""
    if "local" in bases:
        return "local"
    return max((word for word in bases if word in BASES), key=list(BASES).index)
