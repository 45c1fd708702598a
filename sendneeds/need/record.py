"""The track record that ships, and what it says of needs that are forecast to one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.foundation.vocabulary import NEEDS
from sendneeds.need.inputs.national import shipped_record
from sendneeds.need.total import trend

if TYPE_CHECKING:
    import pandas as pd

ONE_SIDED = 5.0
"""Percent of mean signed error, at the last scored year, from which plans of a need are said to be forecast to one
side."""


def shipped_record_table() -> pd.DataFrame:
    """Return the track record that ships with the package, numbers as floats."""
    import pandas as pd

    frame = pd.DataFrame(shipped_record())
    numeric = [c for c in frame.columns if c not in ("method", "target", "origin")]
    return frame.astype(dict.fromkeys(numeric, float))


def bias_notes(record: pd.DataFrame) -> list[str]:
    """Return a note on each need whose plans have been forecast to one side at the last scored year.

    Parameters
    ----------
    record : pandas.DataFrame
        Rows of ``forecast_record``.
    """
    rows = record[(record["method"] == "default") & (record["origin"] == "all")]
    rows = rows[(rows["horizon"] == trend.SCORED_YEARS) & (rows["bias"].abs() >= ONE_SIDED)]
    return [
        f"{NEEDS[row.target]}: forecasts of past years were {abs(row.bias):.0f}% too "
        f"{'low' if row.bias < 0 else 'high'} on the mean at {row.horizon:.0f} years, and their 80% intervals held "
        f"{row.coverage_80:.0%}; they are not corrected."
        for row in rows[rows["target"].isin(list(NEEDS))].itertuples()
    ]
