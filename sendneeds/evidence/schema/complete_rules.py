"""Rules that hold the rows of a table together: no age left out, no interval that nothing can be drawn from."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sendneeds.evidence.schema.types import Wrong

LAST_AGE = 25
SCHOOL_AGES = range(5, 16)


def population_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield the ages from 0 to 25 that a year of ``population`` lacks."""
    keys = [name for name in ("area_code", "mid_year", "sex", "variant") if name in table]
    if "age" not in table or table["age"].isna().any():
        return
    for key, rows in table.groupby(keys, sort=False):
        yield from _ages_missing(rows["age"].astype(int), range(LAST_AGE + 1), key)


def pupils_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield the ages from 5 to 15 that a January of ``pupils`` lacks."""
    if "age" not in table:
        return
    for key, rows in table.groupby([n for n in ("area_code", "census_january") if n in table], sort=False):
        single = rows.loc[rows["age"].astype(str).str.fullmatch(r"\d+"), "age"].astype(int)
        yield from _ages_missing(
            single if len(single) else rows["age"].iloc[:0].astype(int), SCHOOL_AGES, key
        )


def _ages_missing(ages: pd.Series, wanted: range, key: object) -> Iterator[Wrong]:
    missing = sorted(set(wanted) - set(ages))
    if missing and len(ages):
        named = ", ".join(map(str, missing[:6])) + (" ..." if len(missing) > 6 else "")
        where = " ".join(str(part) for part in (key if isinstance(key, tuple) else (key,)))
        yield Wrong(
            int(ages.index[0]),
            "age",
            f"no row for age {named} in {where}",
            f"a row for every age from {wanted[0]} to {wanted[-1]}",
            "Add the rows; a year that is not known by single age is left out as a whole.",
        )


def interval_rule(table: pd.DataFrame) -> Iterator[Wrong]:
    """Yield the intervals from 0: a figure is drawn on the scale of ratios, where 0 has no place."""
    for row, (low, central, high) in enumerate(
        zip(table["low"], table["central"], table["high"], strict=True)
    ):
        if low == 0 and high > 0:
            cure = "Write the smallest figure that is thought possible; 0 in all three columns means none at all."
            yield Wrong(row, "low", f"0 to {high:g}, central {central:g}", "low over 0, or all three 0", cure)
