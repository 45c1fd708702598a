"""The labelled lists: conserved, started from the real list, shared luck, the same whatever is asked beside."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.area import TableMeta
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.waits.capacity import Change, slots_a_child
from sendneeds.waits.opening import opening_list, spread_bands


@pytest.fixture(scope="module")
def lists(bedford, need):
    return sn.simulate(bedford, need, ["SLT", "OT"], until=date(2027, 12, 31))


def test_every_child_on_a_list_is_accounted_for(lists):
    d = lists.data
    waiting = d["waiting"].transpose("scenario", "service", "week", "draw").values.astype(int)
    flow = {
        k: d[k].transpose("scenario", "service", "week_commencing", "draw").values
        for k in ("referrals", "seen", "removed")
    }
    np.testing.assert_array_equal(
        waiting[:, :, 1:], waiting[:, :, :-1] + flow["referrals"] - flow["seen"] - flow["removed"]
    )
    assert np.all(flow["seen"] <= d["slots"].values)
    assert np.all(d["waiting_within_18"] + d["waiting_over_52"] <= d["waiting"])
    at = d["waiting"].sel(week=d["january"].values).rename(week="january")
    xr.testing.assert_equal(
        d["waiting_by_band"].sum("band").astype(int).transpose(*at.dims).drop_attrs(),
        at.astype(int).drop_attrs(),
    )


def test_start_is_the_week_of_6_january_2025(lists):
    assert str(lists.data["week"].values[0])[:10] == "2025-01-06"
    opening = lists.data["waiting"].sel(service="SLT", scenario="baseline").isel(week=0)
    np.testing.assert_allclose(np.quantile(opening, [0.1, 0.5, 0.9]), [210, 231, 257], rtol=0.03)


def test_opening_ages_lie_as_the_national_bands(bedford):
    weeks, basis, how = opening_list(bedford, "SLT", Parameters(bedford), 500, 1)
    table = bedford.england().table("nhs_waiting_list")
    rows = table[(table["service"] == "SLT") & (table["month"] == "2023-10")].set_index("weeks_band")[
        "waiting"
    ]
    share = weeks[18:].sum() / weeks.sum()
    assert share == pytest.approx((rows[">18-52"] + rows[">52"]) / (rows.sum() - rows["all"]), rel=0.02)
    assert basis == "scaled"
    assert "England" in how


def test_an_areas_own_bands_are_taken_with_suppressed_ones_drawn(bedford):
    bands = ["0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52"]
    own = pd.DataFrame(
        {
            "area_code": bedford.code,
            "service": "SLT",
            "stage": "first_appointment",
            "snapshot": "2025-01-06",
            "weeks_band": bands,
            "waiting": pd.array([10, 8, 20, 60, 40, 90, None], "Int64"),
            "flag": ["ok"] * 6 + ["suppressed"],
        }
    )
    meta = TableMeta("waiting_list", "synthetic", "none", None, "local", "")
    area = replace(
        bedford, tables={**bedford.tables, "waiting_list": own}, meta={**bedford.meta, "waiting_list": meta}
    )
    weeks, basis, how = opening_list(area, "SLT", Parameters(area), 200, 1)
    assert set(weeks.sum(axis=0)) == {229, 230, 231, 232}
    assert (weeks[:18].sum(axis=0) == 138).all()
    assert (basis, how) == ("local", "the area's own bands")


def test_bands_are_refused_by_name():
    with pytest.raises(DomainError, match="'0-6' is not a band"):
        spread_bands({"0-6": 3})


def test_a_service_asked_alone_is_the_same_service(bedford, need, lists):
    alone = sn.simulate(bedford, need, ["OT"], until=date(2027, 12, 31)).data
    xr.testing.assert_equal(alone["waiting"], lists.data["waiting"].sel(service=["OT"]))


def test_more_slots_never_lengthen_a_list(bedford, need):
    weeks, draws = 156, need.data.sizes["draw"]
    more = {"more": {"SLT": Change(starts=np.full((weeks, draws), 2.0))}}
    d = sn.simulate(bedford, need, ["SLT", "OT"], until=date(2027, 12, 31), changes=more).data
    waiting = d["waiting"].astype(int)
    assert d.sizes["week_commencing"] == weeks
    slt = waiting.sel(service="SLT")
    assert np.all(slt.sel(scenario="more") <= slt.sel(scenario="baseline"))
    assert int((slt.sel(scenario="more") < slt.sel(scenario="baseline")).sum()) > 0
    xr.testing.assert_equal(
        waiting.sel(service="OT", scenario="more", drop=True),
        waiting.sel(service="OT", scenario="baseline", drop=True),
    )


def test_a_child_takes_up_the_slots_of_the_whole_package(bedford):
    assert np.median(slots_a_child(Parameters(bedford), "SLT", 4000, 1)) == pytest.approx(
        2 + 0.7 * 7 + 0.25 * 12, rel=0.03
    )


def test_what_is_asked_in_error_is_told(bedford, need):
    with pytest.raises(UnknownNameError, match="Did you mean SLT"):
        sn.simulate(bedford, need, ["SALT"])
    with pytest.raises(DomainError, match="no further than the projection"):
        sn.simulate(bedford, need, ["SLT"], until=date(2040, 1, 1))
    elsewhere = sn.open_area("central-bedfordshire")
    with pytest.raises(MissingDataError, match="service_parameters"):
        sn.simulate(elsewhere, need)


def test_result_plots_in_one_call(lists):
    assert "Speech and language therapy" in lists.plot("SLT").get_title(loc="left")
    assert lists.plot("SLT", "share_within_18").get_ylabel() == "share"
    bars = lists.plot_bands("SLT")
    first = lists.data["waiting_by_band"].sel(service="SLT", scenario="baseline").isel(january=0)
    heights = sum(container[0].get_height() for container in bars.containers)
    assert heights == pytest.approx(float(first.median("draw").sum()), abs=1e-6)
    assert lists.data["area"].item() == "E06000055"
    assert lists.plot_probability("OT").get_ylim() == (0, 1)
    with pytest.raises(UnknownNameError):
        lists.plot("CAMHS")
