"""Areas added up, and many areas with little kept of each."""

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError
from sendneeds.need.adding import add_up
from sendneeds.need.aggregate import project_areas, totals_by_need

BLMK = ("bedford", "luton", "milton-keynes", "central-bedfordshire")


@pytest.fixture(scope="module")
def four():
    return [sn.project(shipped(slug), to=2030, draws=1024) for slug in BLMK]


def test_the_care_board_is_the_sum_of_its_places(four):
    whole = add_up(four, "BLMK")
    np.testing.assert_array_equal(whole.total("E"), sum(p.total("E") for p in four))
    assert int(whole.total("E").sel(year=2025, draw=0)) == 2170 + 2723 + 2982 + 4035
    assert whole.provenance["added"] == [shipped(slug).code for slug in BLMK]


def test_stock_and_flow_still_agree_when_moves_between_areas_cancel(four):
    whole = add_up(four, "BLMK", internal_moves=0.4)
    d = whole.data
    plans = (
        d["children"]
        .sel(provision="E", need=d["plan_need"].values)
        .sum(("need", "age"))
        .transpose("year", "draw")
    )
    flow = {
        k: d[k].sum([n for n in d[k].dims if n not in ("calendar_year", "draw")])
        for k in ("new_plans", "moved_in", "ceased", "aged_out")
    }
    gained = flow["new_plans"] + flow["moved_in"] - flow["ceased"] - flow["aged_out"]
    np.testing.assert_array_equal(plans.diff("year").values, gained.transpose("calendar_year", "draw").values)
    assert int(flow["moved_in"].sum()) < sum(int(p.data["moved_in"].sum()) for p in four)


def test_the_national_shock_does_not_average_away(four):
    alone = [float(np.log(p.total("E").sel(year=2030)).std()) for p in four]
    whole = float(np.log(add_up(four, "BLMK").total("E").sel(year=2030)).std())
    assert whole < max(alone)
    logs = np.stack([np.log(p.total("E").sel(year=2030)) for p in four])
    pairs = np.corrcoef(logs)[np.triu_indices(4, 1)]
    assert pairs.mean() > 3.5 / np.sqrt(
        1024 * 6
    )  # independent areas would be this far off once in 4,000 runs


def test_the_whole_is_judged_by_its_own_plans_and_keeps_no_table_of_a_part(four):
    whole = add_up(four, "BLMK")
    plans = whole.area.table("ehc_plans")
    total = plans[
        (plans["census_january"] == 2025) & (plans[["need", "age", "placement"]] == "all").all(axis=1)
    ]
    assert total["plans"].tolist() == [2170 + 2723 + 2982 + 4035]
    assert whole.area.code == "+".join(p.area.code for p in four)
    assert list(whole.area.tables) == ["ehc_plans"]
    # the first area's 2,170 plans against the whole's would be a rise beyond any record
    assert whole.findings == []
    assert [f.name for f in whole.area.findings if f.severity == "serious"] == []


def test_the_whole_has_need_types_and_is_saved(four, tmp_path):
    whole = add_up(four[:2], "Bedford and Luton")
    asd = sn.need_types(whole, ["ASD"])["children"]
    parts = [sn.need_types(p, ["ASD"])["children"].drop_attrs() for p in four[:2]]
    np.testing.assert_array_equal(asd, parts[0] + parts[1])
    again = sn.open_result(whole.to_netcdf(tmp_path / "whole.nc"))
    assert again.area.name == "Bedford and Luton"
    pd.testing.assert_frame_equal(again.area.table("ehc_plans"), whole.area.table("ehc_plans"))


def test_areas_that_do_not_match_are_refused(four):
    other = sn.project(shipped("luton"), to=2030, draws=1024, seed=2)
    with pytest.raises(DomainError, match="same seed"):
        add_up([four[0], other], "mixed")
    with pytest.raises(DomainError, match="twice"):
        add_up([four[0], four[0]], "double")
    with pytest.raises(DomainError, match="share from 0 to 1"):
        add_up(four, "BLMK", internal_moves=2)
    with pytest.raises(DomainError, match="nothing"):
        add_up([], "none")


def test_many_areas_are_the_same_on_one_process_and_two():
    areas = [shipped(slug) for slug in BLMK[:3]]
    one = pd.concat(project_areas(areas, to=2027, draws=20))
    two = pd.concat(project_areas(areas, to=2027, draws=20, processes=2))
    pd.testing.assert_frame_equal(one, two)
    alone = totals_by_need(sn.project(areas[1], to=2027, draws=20))
    pd.testing.assert_frame_equal(one[one["area_code"] == areas[1].code].reset_index(drop=True), alone)
