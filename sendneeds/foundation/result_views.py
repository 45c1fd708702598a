"""How a result shows itself: as text, and in a notebook as tables."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from sendneeds.foundation.intervals import interval_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def variables_table(data: xr.Dataset) -> pd.DataFrame:
    """Return what a dataset holds, a row a variable: its name, what it is, its units, and by what it is.

    Examples
    --------
    >>> import xarray as xr
    >>> children = (("year", "draw"), [[1, 2]], {"long_name": "Children", "units": "persons", "kind": "stock"})
    >>> print(variables_table(xr.Dataset({"children": children})).to_string(index=False))
    variable     what   units  kind          by
    children Children persons stock year x draw
    """
    import pandas as pd

    rows = [
        (
            str(name),
            str(array.attrs.get("long_name", name)),
            str(array.attrs.get("units", "")),
            str(array.attrs.get("kind", "")),
            " x ".join(map(str, array.dims)),
        )
        for name, array in data.data_vars.items()
    ]
    return pd.DataFrame(rows, columns=["variable", "what", "units", "kind", "by"])


def as_text(heading: str, figures: pd.DataFrame | None, notes: list[str], variables: pd.DataFrame) -> str:
    """Return a result as text: its heading, notes, main figures, and a line a variable."""
    lines = [heading, *(f"  {note}" for note in notes)]
    if figures is not None:
        lines.append(figures.to_string(max_colwidth=None))
    for row in variables.itertuples():
        unit = ", ".join(part for part in (row.units, row.kind) if part)
        by = f" by {row.by}" if row.by else ""
        lines.append(f"  {row.variable}: {row.what}{f' [{unit}]' if unit else ''}{by}")
    return "\n".join(lines)


def as_html(heading: str, figures: pd.DataFrame | None, notes: list[str], variables: pd.DataFrame) -> str:
    """Return a result as HTML: its notes, its main figures as a table, and its variables as a table to unfold."""
    head = f"<p><b>{html.escape(heading)}</b></p>"
    told = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    listed = f"<ul>{told}</ul>" if told else ""
    if figures is None:
        return head + listed + table_html(variables, index=False)
    folded = ""
    if len(variables):
        shown = table_html(variables, index=False)
        folded = f"<details><summary>{len(variables)} variables</summary>{shown}</details>"
    return head + listed + table_html(figures) + folded


def table_html(table: pd.DataFrame, index: bool = True) -> str:
    """Return a table as HTML, every cell escaped and none cut short.

    Examples
    --------
    >>> import pandas as pd
    >>> "<td>&lt;b&gt;</td>" in table_html(pd.DataFrame({"name": ["<b>"]}))
    True
    """
    import pandas as pd

    with pd.option_context("display.max_colwidth", None):
        return table.to_html(index=index, border=0, escape=True)


def shown_years(years: np.ndarray, scored_to: int) -> dict[int, str]:
    """Return the first year, the last with a track record and the last, each with its heading.

    Examples
    --------
    >>> shown_years(np.arange(2025, 2036), 2030)
    {2025: '2025', 2030: '2030', 2035: '2035 (scenario range)'}
    """
    first, last = int(years[0]), int(years[-1])
    chosen = sorted({first, min(max(scored_to, first), last), last})
    return {year: year_heading(year, scored_to) for year in chosen}


def year_heading(year: int, scored_to: int) -> str:
    """Return a year as a column is headed: one without a track record says that it is a scenario range."""
    return f"{year} (scenario range)" if year > scored_to else str(year)


def figures_by_year(
    arrays: Mapping[str, xr.DataArray], years: np.ndarray, scored_to: int, form: str = "{:,.0f}"
) -> pd.DataFrame:
    """Return medians with 80 % intervals as text: a row an array (year, draw), a column a year shown."""
    import pandas as pd

    columns = {
        heading: [interval_text(array.sel(year=year), form) for array in arrays.values()]
        for year, heading in shown_years(years, scored_to).items()
    }
    return pd.DataFrame(columns, index=list(arrays))
