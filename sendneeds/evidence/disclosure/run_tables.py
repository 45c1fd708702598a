"""Tables of a run as a profile of disclosure control shows them: rows that repeat the area's records are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sendneeds.evidence.disclosure.cells import PEOPLE, PEOPLE_PARAMETERS
from sendneeds.evidence.disclosure.protected import ProtectedArea

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = ["low", "central", "high"]
TIMES = ("year", "january", "week")
"""Columns of the time of a stock, of which the first is the position from which a run starts."""
SERVICES, NEED = "simulation", "projection"
WITHHELD, OWN, INTERNAL_OWN = "withheld", "own record, may be shown", "own record, not for publication"


def shown_table(table: pd.DataFrame, protected: ProtectedArea, made_by: str = NEED) -> pd.DataFrame:
    """Return a table of a run without what may not be shown, with a column ``disclosure`` that says so row by row.

    A row at the start of a run, or in which every draw agrees, projects nothing: it repeats the area's records
    or follows from them.

    Parameters
    ----------
    table : DataFrame
        With the columns low, central and high, and ``units`` unless it counts children.
    protected : ProtectedArea
    made_by : str
        `SERVICES` or `NEED`: says which of the area's tables it starts from.

    Returns
    -------
    DataFrame
        The same, where nothing that it rests on is the area's own record.

    Examples
    --------
    >>> import pandas as pd
    >>> import sendneeds as sn
    >>> from sendneeds.evidence.disclosure.protected import protect_area
    >>> table = pd.DataFrame({"year": [2025], "low": [3], "central": [3], "high": [3]})
    >>> shown_table(table, protect_area(sn.open_area("bedford"))).columns.tolist()
    ['year', 'low', 'central', 'high']
    """
    if protected.is_open or not set(INTERVAL) <= set(table):
        return table
    table = table.reset_index(drop=True)
    if "parameter" in table:
        own = table["basis"] == "local"
        small = table["central"].map(lambda value: bool(protected.profile.is_small(value)))
        withheld = own & small & table["parameter"].isin(PEOPLE_PARAMETERS)
    else:
        units = table["units"] if "units" in table else ["children"] * len(table)
        people = np.array([bool(PEOPLE & set(str(unit).split())) for unit in units], bool)
        first = next((table[time] == table[time].min() for time in TIMES if time in table), False)
        own = ((table["low"] == table["high"]) | first) & people & (table["central"] != 0)
        own &= protected.starts_from_records(made_by)
        known = {v: protected.hides_fact(v, "children", made_by) for v in table.loc[own, "central"].unique()}
        withheld = own & table["central"].map(lambda value: known.get(value, False)).astype(bool)
    out = table.copy()
    out[INTERVAL] = out[INTERVAL].astype(float).mask(withheld, axis=0)
    rest = OWN if protected.profile.withholds else INTERNAL_OWN
    out["disclosure"] = ["" if not o else WITHHELD if w else rest for o, w in zip(own, withheld, strict=True)]
    return out
