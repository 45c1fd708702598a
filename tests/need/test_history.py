"""What an area's history is read from: its pack, and the series of every authority that ship."""

import pandas as pd
import pytest

import forecast_inputs
import reference_series
import sendneeds as sn
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.history import rolled_on
from sendneeds.need.inputs.national import authority_series

LEEDS = "E08000035"


@pytest.fixture(scope="module")
def release(reference):
    return reference / "published" / "education-health-and-care-plans_2025.zip"


def test_shipped_series_are_the_published_ones(reference, root):
    for file, table in forecast_inputs.make_tables(reference).items():
        shipped = pd.read_csv(root / "data" / "england" / file)
        pd.testing.assert_frame_equal(shipped, table)


def test_an_area_from_the_release_takes_its_rate_from_real_pupils(release):
    area = sn.read_sen2(release, LEEDS)
    assert area.meta["pupils"].basis == "scaled"
    pupils = area_history(area).pupils_5_15
    # the school census, not England's pupils by the area's share of plans
    assert pupils == authority_series("pupils_5_to_15", "pupils")[LEEDS]
    made = area.table("pupils").query("census_january == 2025 and age in @ages", local_dict={"ages": AGES})
    assert made["pupils"].sum() == pupils[2025]  # England's by age, scaled to the area's published number


AGES = [str(age) for age in range(5, 16)]


def test_a_pack_with_a_school_census_uses_its_own(bedford):
    table = bedford.table("pupils").query(
        "census_january == 2025 and age in @ages", local_dict={"ages": AGES}
    )
    assert area_history(bedford).pupils_5_15[2025] == table["pupils"].sum() == 26487


def test_assessments_undecided_are_rolled_on_by_what_joined_and_left(bedford):
    flow = bedford.table("ehc_flow").query("need == 'all' and age == 'all' and reason == 'all'")
    counts = flow.set_index(["stage", "calendar_year"])["count"]
    undecided = area_history(bedford).undecided
    assert undecided[2021] == 44
    for year in (2022, 2023, 2024):
        joined = counts["requests_received_in_year", year]
        left = sum(
            counts[stage, year]
            for stage in ("requests_decided_not_to_assess", "assess_issued", "assess_not_issued")
        )
        withdrawn = counts.get(("requests_withdrawn", year), 0)
        withdrawn = 0 if pd.isna(withdrawn) else withdrawn
        assert undecided[year] == max(undecided[year - 1] + joined - left - withdrawn, 0)


def test_a_stock_rolled_on_stops_at_a_gap_and_at_nothing():
    gap = rolled_on({2020: 5.0}, {2021: 9.0, 2022: 9.0}, [{2021: 20.0, 2023: 1.0}], {})
    assert gap == {2020: 5.0, 2021: 0.0}
    assert rolled_on({}, {2021: 9.0}, [{2021: 1.0}], {}) == {}


def test_the_recipe_and_the_pack_read_the_same_flows(reference, release, bedford):
    flows = reference_series.read_flows(release)
    made = reference_series.pipeline(bedford.code, flows)
    history = area_history(bedford)
    assert made["undecided"] == history.undecided
    assert made["refused"] == history.refused
