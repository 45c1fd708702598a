"""How well children's settings foretell where the next year's newcomers go, over England's areas."""

import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sendneeds.evidence.area import shipped
from sendneeds.foundation.placements import PHASES
from sendneeds.waits.places import mix as place_mix

SPECIAL, OTHER = "Special - LA maintained", "Mainstream - academy"
STATE = place_mix.COLUMNS.index("state_special")
AGES = "Child or young persons age"


@pytest.fixture(scope="module")
def release(reference):
    """Return plans by area, January, age and placement (state special or other), and new plans by age."""
    with zipfile.ZipFile(reference / "published/education-health-and-care-plans_2025.zip") as zipped:
        plans, new = (
            pd.read_csv(
                zipped.open(f"data/{name}.csv"), dtype=str, na_values=["x", "z"], encoding="utf-8-sig"
            )
            for name in ("caseload", "sen_need_newplans")
        )
    out = []
    for frame in (plans, new):
        rows = frame[(frame["breakdown_topic"] == AGES) & (frame["geographic_level"] != "Regional")]
        age = (
            rows["breakdown"].str.extract(r"(\d+)")[0].where(~rows["breakdown"].str.contains("under"), "0-2")
        )
        out.append(
            rows.assign(area_code=rows["new_la_code"].fillna("E92000001"), age=age).dropna(subset=["age"])
        )
    plans, new = out
    plans = plans.assign(census_january=plans["time_period"].str[:4].astype(int) + 1)
    count = plans[["special_la_maintained", "special_academy_free", "ehcplans", "placement_unknown"]].astype(
        float
    )
    special = count["special_la_maintained"] + count["special_academy_free"]
    given = count["ehcplans"].notna() & (count["ehcplans"] > 0)
    plans, count, special = plans[given], count[given], special[given]
    keys = plans[["area_code", "census_january", "age"]]
    both = [
        keys.assign(need="all", placement=name, plans=values)
        for name, values in (
            (SPECIAL, special),
            (OTHER, count["ehcplans"] - count["placement_unknown"] - special),
        )
    ]
    unknown = (
        count["placement_unknown"].groupby(plans["area_code"]).sum()
        / count["ehcplans"].groupby(plans["area_code"]).sum()
    )
    flow = new[["area_code", "age"]].assign(
        calendar_year=2024,
        stage="new_plans_by_cohort_age",
        need="ASD",
        reason="all",
        count=new["ehc_plans"].astype(float),
    )
    return pd.concat(both), flow, unknown


@pytest.mark.slow
def test_englands_ratio_foretells_newcomers_to_special_schools(release):
    plans, flow, unknown = release
    bedford = shipped("bedford")

    def tables(code):
        """Return who came to each phase in 2024, and who was there in January 2024."""
        parts = {"ehc_plans": plans[plans["area_code"] == code], "ehc_flow": flow[flow["area_code"] == code]}
        area = replace(bedford, tables=parts)
        before = place_mix.by_age(area)[2024]
        there = np.stack([before[low : high + 1].sum(axis=0) for low, high in PHASES.values()])
        return place_mix.coming(area), there

    def share(array):
        return array / np.maximum(array.sum(axis=1, keepdims=True), 1e-9)

    came, there = tables("E92000001")
    ratio = share(came) / np.maximum(share(there), 1e-9)
    wrong = []
    for code in unknown.index[unknown < 0.05].drop("E92000001", errors="ignore"):
        januaries = set(plans.loc[plans["area_code"] == code, "census_january"])
        if januaries != {2024, 2025} or code not in set(flow["area_code"]):
            continue
        came, there = tables(code)
        if came is None or there.sum() < 300:
            continue
        each = came.sum(axis=1, keepdims=True)
        as_placed, with_ratio = (
            (share(p) * each)[:, STATE].sum() for p in (share(there), share(there) * ratio)
        )
        wrong.append((as_placed / came[:, STATE].sum() - 1, with_ratio / came[:, STATE].sum() - 1))
    as_placed, with_ratio = np.array(wrong).T
    assert len(wrong) == 141
    assert np.median(as_placed) > 0.2, "as placed, newcomers to special schools are too many"
    assert np.median(np.abs(with_ratio)) < 0.15
    assert abs(np.median(with_ratio)) < 0.08
