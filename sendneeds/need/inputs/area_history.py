"""An area's published series, read out of its pack as the forecasting rules take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendneeds.evidence.series import implausible_new_plans
from sendneeds.need.inputs.history import History, rolled_on
from sendneeds.need.inputs.national import authority_series
from sendneeds.need.inputs.stock import total_plans

if TYPE_CHECKING:
    import pandas as pd

    from sendneeds.evidence.area import Area

DECIDED = (
    "requests_decided_not_to_assess",
    "assess_issued",
    "assess_not_issued",
)
"""Flows by which a request, or the assessment that it led to, is decided."""


def area_history(area: Area) -> History:
    """Return what is published about the area's plans, pupils, requests, assessments and timeliness.

    Pupils are those of the pack; where it has none, or only some made from England's, those that ship for every
    authority. Assessments undecided ship to 2021 and are rolled on by the flows of the pack.

    Parameters
    ----------
    area : Area
        With ``ehc_plans``; the other tables are used where they are there.

    Returns
    -------
    History
        New plans without the years whose count is implausible
        (`sendneeds.evidence.quality.plan_checks.implausible_new_plans`).

    Examples
    --------
    >>> import sendneeds as sn
    >>> area_history(sn.open_area("bedford")).plans[2025]
    2170.0
    """
    series: dict[str, dict[int, float]] = {}
    if area.has("ehc_flow"):
        flow = area.table("ehc_flow")
        whole = flow[(flow["need"] == "all") & (flow["age"] == "all") & (flow["reason"] == "all")]
        flows = {
            stage: _series(whole[whole["stage"] == stage], "calendar_year", "count")
            for stage in ("requests_received_in_year", "new_plans", "requests_withdrawn", *DECIDED)
        }
        series["requests"], series["new_plans"] = flows["requests_received_in_year"], flows["new_plans"]
        series["refused"] = flows["requests_decided_not_to_assess"]
        series["undecided"] = rolled_on(
            authority_series("assessments_undecided", "undecided").get(area.code, {}),
            flows["requests_received_in_year"],
            [flows[stage] for stage in DECIDED],
            flows["requests_withdrawn"],
        )
        for year in implausible_new_plans(area):
            del series["new_plans"][year]
    if area.has("ehc_timeliness"):
        table = area.table("ehc_timeliness")
        table = table[table["exceptions"] == "excluding"]
        series["issued"] = _series(table, "calendar_year", "issued")
        series["issued_20"] = _series(table, "calendar_year", "within_20_weeks")
    series["pupils_5_15"] = dict(authority_series("pupils_5_to_15", "pupils").get(area.code, {}))
    if area.has("pupils") and area.meta["pupils"].basis != "scaled":
        pupils = area.table("pupils")
        ages = pupils[pupils["age"].astype(str).isin([str(a) for a in range(5, 16)])]
        series["pupils_5_15"] |= {
            int(y): float(n) for y, n in ages.groupby("census_january")["pupils"].sum().items()
        }
    by_need: dict[str, dict[int, float]] = {}
    if area.has("sen_pupils"):
        table = area.table("sen_pupils")
        rows = table[(table["provision"] == "E") & (table["year_group"] == "all")]
        by_need = {
            str(need): _series(part, "census_january", "pupils") for need, part in rows.groupby("need")
        }
    return History(area.code, plans=total_plans(area), pupils_by_need=by_need, **series)


def _series(rows: pd.DataFrame, year: str, value: str) -> dict[int, float]:
    rows = rows[rows[value].notna()]
    return {int(y): float(v) for y, v in zip(rows[year], rows[value], strict=True)}
