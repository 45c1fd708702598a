"""SEN support by need: an estimate that adds up and says that it is one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.need.cohort.support_profile import england_shares, support_profile


def test_england_shares_are_those_printed():
    shares = england_shares(shipped("england"))
    assert shares["SLCN"] == 0.23
    assert 0.06 < shares["ASD"] < 0.1
    assert sum(shares.values()) < 1


def test_profile_adds_up_at_every_age(bedford):
    profile = support_profile(bedford, bedford.england())
    np.testing.assert_allclose(profile.weight.sum(axis=0), 1.0)
    assert (profile.weight >= 0).all()
    slcn = profile.weight[profile.needs.index("SLCN")]
    assert slcn[5] > slcn[10] > slcn[14]
    assert "estimate" in profile.notes[0]


def test_total_is_the_share_of_pupils_turned_to_residents(need, bedford):
    percent = bedford.table("sen_percent")
    share = percent[(percent["census_january"] == 2025) & (percent["provision"] == "K")][
        "percent_of_pupils"
    ].iloc[0]
    pupils = bedford.table("pupils")
    on_roll = pupils[pupils["census_january"] == 2025]["pupils"].sum()
    base = need.total("K").sel(year=2025).values
    assert abs(np.median(base) - share / 100 * on_roll / 0.949) < 0.01 * np.median(base)


def test_flows_of_sen_support_agree_with_its_stock(need):
    stock = need.total("K").transpose("year", "draw").values.astype(int)
    to_plan, ended, identified = (
        need.data[f"support_{k}"].transpose("calendar_year", "draw").values
        for k in ("to_plan", "ended", "identified")
    )
    np.testing.assert_array_equal(stock[1:], stock[:-1] - to_plan - ended + identified)
    assert min(to_plan.min(), ended.min(), identified.min()) >= 0
    new = need.data["new_plans"].sum(("plan_need", "age")).transpose("calendar_year", "draw").values
    assert (to_plan <= new).all()


def test_a_table_of_needs_replaces_the_estimate(bedford):
    rows = pd.DataFrame(
        {
            "area_code": bedford.code,
            "census_january": 2025,
            "provision": "K",
            "need": ["ASD", "SLCN", "NSA"],
            "year_group": "all",
            "pupils": [200, 600, 200],
            "flag": "ok",
        }
    )
    area = replace(
        bedford, tables={**bedford.tables, "sen_pupils": pd.concat([bedford.table("sen_pupils"), rows])}
    )
    made = sn.project(area, to=2026, draws=10)
    base = made.data["children"].sel(year=2025, provision="K").sum("age")
    share = (base / base.sum("need")).mean("draw")
    assert float(share.sel(need="SLCN")) == pytest.approx(0.6, abs=0.002)
    assert float(share.sel(need="NSA")) == pytest.approx(0.2, abs=0.002)
    assert "own table" in " ".join(made.assumptions)
