"""Two vintages of an area or a release compared: which figures were revised, and by how much."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sendneeds.evidence.area import Area
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import DomainError

COLUMNS = ["table", "where", "column", "change", "old", "new", "difference", "relative"]
ADDED, REMOVED, MOVED, FLAGGED = "added", "removed", "moved", "flag changed"


def changes(old: Any, new: Any) -> pd.DataFrame:
    """Return the figures that differ between two areas, or between two SEN2 releases.

    Parameters
    ----------
    old, new : Area or Release
        Two Areas, or two of ``sendneeds.evidence.published.sen2.Release``.

    Returns
    -------
    DataFrame
        One row per figure that differs: ``table``; ``where`` (its key); ``column``; ``change`` (added, removed,
        moved or flag changed); ``old``, ``new``; for numbers ``difference`` and ``relative`` (to the old).

    Raises
    ------
    DomainError
        One is an Area and the other a release.

    Examples
    --------
    >>> import sendneeds as sn
    >>> from dataclasses import replace
    >>> first = sn.open_area("bedford")
    >>> table = first.table("sen_percent").copy()
    >>> table.loc[0, "percent_of_pupils"] += 1.0
    >>> second = replace(first, tables={**first.tables, "sen_percent": table})
    >>> changes(first, second)[["where", "old", "new"]].values.tolist()
    [['E06000055, 2016, E', 2.9, 3.9]]
    """
    if isinstance(old, Area) and isinstance(new, Area):
        pairs = [
            (name, old.tables.get(name), new.tables.get(name), list(TABLES[name].key))
            for name in TABLES
            if name in old.tables or name in new.tables
        ]
    elif hasattr(old, "frames") and hasattr(new, "frames"):
        key = ["code", "year", "topic", "label"]
        names = [n for n in old.frames if n in new.frames]
        ids = ["dfe_code", "name"]
        pairs = [(n, old.frames[n].drop(columns=ids), new.frames[n].drop(columns=ids), key) for n in names]
    else:
        kinds = f"{type(old).__name__} and {type(new).__name__}"
        raise DomainError(f"old and new have to be two Areas, or two releases; found {kinds}.")
    found = [_table(*pair) for pair in pairs]
    found = [frame for frame in found if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _table(name: str, old: pd.DataFrame | None, new: pd.DataFrame | None, key: list[str]) -> pd.DataFrame:
    """Return the cells of a table that differ, with rows aligned by key."""
    frames = [f for f in (old, new) if f is not None]
    key = [k for k in key if all(k in f for f in frames)]
    sides = [
        _long(f, key) if f is not None else pd.DataFrame(columns=[*key, "column", "figure"])
        for f in (old, new)
    ]
    both = sides[0].merge(
        sides[1], on=[*key, "column"], how="outer", suffixes=("_old", "_new"), indicator=True
    )
    before, after = both["figure_old"], both["figure_new"]
    differ = (both["_merge"] != "both") | (before.fillna("").astype(str) != after.fillna("").astype(str))
    both = both[differ]
    if both.empty:
        return pd.DataFrame(columns=COLUMNS)
    numbers = [pd.to_numeric(both[c], errors="coerce").astype(float) for c in ("figure_old", "figure_new")]
    change = pd.Series(MOVED, index=both.index)
    change[both["column"] == "flag"] = FLAGGED
    change[both["_merge"] == "left_only"] = REMOVED
    change[both["_merge"] == "right_only"] = ADDED
    return pd.DataFrame(
        {
            "table": name,
            "where": both[key].astype(str).agg(", ".join, axis=1),
            "column": both["column"],
            "change": change,
            "old": both["figure_old"],
            "new": both["figure_new"],
            "difference": numbers[1] - numbers[0],
            "relative": (numbers[1] - numbers[0]) / numbers[0].where(numbers[0] != 0),
        }
    )


def _long(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    rest = [c for c in frame if c not in key]
    long = frame.astype(object).melt(id_vars=key, value_vars=rest, var_name="column", value_name="figure")
    for name in key:
        long[name] = long[name].astype(str)
    return long
