"""Known breaks in the series, to be marked on charts."""

from __future__ import annotations

import pandas as pd

from sendneeds.evidence.series import CHILD_LEVEL, CONVERSION, REORGANISED, SAME_BOUNDARY
from sendneeds.evidence.types import AreaTables

PLANS = ("ehc_plans", "ehc_flow", "ehc_timeliness")
KNOWN = (
    (("ehc_plans",), CONVERSION[0] + 1, CONVERSION[1], "statements became EHC plans"),
    (PLANS, CHILD_LEVEL, CHILD_LEVEL, "one record per child in place of totals from the authority"),
    (("ehc_plans",), 2026, 2026, "age at the start of the academic year, as the release of 2026 names it"),
    (("sen_pupils", "sen_percent"), 2015, 2015, "SEN support replaced School Action; BESD became SEMH"),
    (("sen_pupils",), 2025, 2025, "Down syndrome counted separately from other difficulty"),
)
"""Tables, first and last year of the change (January, or calendar year of a flow), and what changed."""


def breaks(area: AreaTables) -> pd.DataFrame:
    """Return the known breaks within the area's series.

    Parameters
    ----------
    area : AreaTables

    Returns
    -------
    DataFrame
        Columns table, year (first year counted in the new way), until (last year of a gradual change) and what
        (changed).

    Examples
    --------
    >>> import sendneeds as sn
    >>> breaks(sn.open_area("bedford"))[["table", "year"]].values.tolist()[:2]
    [['ehc_flow', 2023], ['ehc_plans', 2015]]
    """
    rows = []
    known = list(KNOWN)
    if area.code in REORGANISED and area.code not in SAME_BOUNDARY:
        name, year, what = REORGANISED[area.code]
        # a change in April first appears the January after
        known.append(
            (("ehc_plans", "pupils", "sen_pupils", "sen_percent"), year + 1, year + 1, f"{name}: {what}")
        )
    for tables, year, until, what in known:
        for name in tables:
            if not area.has(name):
                continue
            table = area.table(name)
            when = table["census_january" if "census_january" in table else "calendar_year"]
            if when.min() < year <= when.max():
                rows.append([name, year, until, what])
    frame = pd.DataFrame(rows, columns=["table", "year", "until", "what"])
    return frame.sort_values(["table", "year"], ignore_index=True)
