"""A projection from an earlier January, and its score against what was published later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.evidence.area import Area, shipped
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.as_published import as_published, has_needs_by_age
from sendneeds.need.projection import NeedProjection


@pytest.fixture(scope="module")
def earlier(bedford):
    return sn.project(bedford, to=2026, draws=64, seed=1, origin=2024)


def test_an_earlier_january_knows_nothing_later(bedford):
    then = as_published(bedford, 2024)
    for name, table in then.tables.items():
        for column, last in (("census_january", 2024), ("calendar_year", 2023), ("mid_year", 2023)):
            if column in table:
                assert table[column].max() <= last, name
    assert stock.total_plans(then)[2024] == 1899


def test_needs_by_age_made_for_the_start_add_up_to_what_was_published(bedford):
    then = as_published(bedford, 2024)
    made = stock.plans(then, 2024)
    assert made.sum() == 1899
    by_age = stock.plans_by_age(then, 2024)
    assert np.abs(made.sum(axis=0)[3:] - by_age[3:]).max() <= 3  # cells are whole numbers
    pupils = bedford.table("sen_pupils").query(
        "census_january == 2024 and provision == 'E' and year_group == 'all'"
    )
    shares = pupils.groupby("need")["pupils"].sum() / pupils["pupils"].sum()
    found = pd.Series(made.sum(axis=1) / 1899, index=list(stock.PLAN_NEEDS))
    assert abs(found["ASD"] - shares["ASD"]) < 0.005
    assert not has_needs_by_age(then, 2024)
    assert has_needs_by_age(bedford, 2025)


def test_what_comes_later_changes_nothing(bedford, earlier):
    plans = bedford.table("ehc_plans").copy()
    plans.loc[plans["census_january"] == 2025, "plans"] *= 2
    other = replace(bedford, tables={**bedford.tables, "ehc_plans": plans})
    again = sn.project(other, to=2026, draws=64, seed=1, origin=2024)
    xr.testing.assert_equal(again.data, earlier.data)


def test_an_earlier_january_without_ages_is_refused(bedford):
    with pytest.raises(MissingDataError, match=r"origin=2020.*2024, 2025"):
        sn.project(bedford, to=2026, draws=4, origin=2020)


def test_an_earlier_projection_starts_where_it_should_and_says_so(earlier):
    assert int(earlier.data.attrs["start"]) == 2024
    assert (earlier.total("E").sel(year=2024) == 1899).all()
    assert any("Projected from January 2024" in note for note in earlier.assumptions)


def made_up(
    plans: dict[int, dict[str, int]], settings: dict[int, dict[str, int]], pupils: dict[int, int]
) -> Area:
    """Return an area with plans by age and by setting, and pupils with autism."""
    rows = []
    for year, ages in plans.items():
        rows.append((year, "all", "all", sum(ages.values())))
        rows += [(year, age, "all", n) for age, n in ages.items()]
        rows += [(year, "all", place, n) for place, n in settings[year].items()]
    table = pd.DataFrame(rows, columns=["census_january", "age", "placement", "plans"])
    table = table.assign(area_code="E1", need="all", flag="ok")
    sen = pd.DataFrame({"census_january": list(pupils), "pupils": list(pupils.values())})
    sen = sen.assign(area_code="E1", provision="E", need="ASD", year_group="all")
    return Area("made-up", "E1", "Made-up", "local_authority", tables={"ehc_plans": table, "sen_pupils": sen})


MAINSTREAM, SPECIAL = "Mainstream - academy", "Special - LA maintained"


def test_scores_by_hand():
    """100 plans, all autism, 40 of them at age 5; three draws of 110, 120 and 130 a year on, half at age 6."""
    start = {2024: {"5": 40, "9": 60}}
    came = {**start, 2025: {"6": 63, "10": 63}}
    places = {2024: {MAINSTREAM: 80, SPECIAL: 20}, 2025: {MAINSTREAM: 90, SPECIAL: 36}}
    cube = np.zeros((2, 3, len(NEEDS), len(AGES), 3), dtype=np.int32)
    asd = list(NEEDS).index("ASD")
    cube[0, 2, asd, 5], cube[0, 2, asd, 9] = 40, 60
    cube[1, 2, asd, 6] = cube[1, 2, asd, 10] = [55, 60, 65]
    dims = ("year", "provision", "need", "age", "draw")
    coords = {"year": [2024, 2025], "provision": ["N", "K", "E"], "need": list(NEEDS), "age": list(AGES)}
    data = xr.Dataset({"children": (dims, cube)}, coords=coords, attrs={"start": 2024, "scored_to": 2025})
    then = made_up(start, places, {2024: 50})
    projection = NeedProjection(data, {"assumptions": []}, then, pd.DataFrame())
    found = sn.score(projection, made_up(came, places, {2024: 50, 2025: 66}))
    table = found["rows"].set_index(["measure", "item"])
    # of 110, 120 and 130: the quantiles at 0.1 and 0.9 are 112 and 128; 126 came
    total = table.loc[("total", "all")]
    assert total[["published", "low", "central", "high"]].tolist() == pytest.approx([126, 112, 120, 128])
    assert total["error"] == pytest.approx(-100 * 6 / 126)
    assert total["inside_80"]
    logs = np.log([110, 120, 130])
    spread = 2 * (logs[2] - logs[0] + logs[1] - logs[0] + logs[2] - logs[1]) / 9
    assert total["crps_x100"] == pytest.approx(100 * (np.abs(logs - np.log(126)).mean() - spread / 2))
    # 63 of 55, 60 and 65: within 56 to 64
    assert table.loc[("age", "6"), ["published", "central"]].tolist() == [63, 60]
    # four in five stay in mainstream: 96 against 90; a fifth in special schools, 24 of 36, outside 22.4 to 25.6
    assert table.loc[("setting", "mainstream"), "central"] == pytest.approx(96)
    assert table.loc[("setting", "state_special"), "error"] == pytest.approx(-100 * 12 / 36)
    assert not table.loc[("setting", "state_special"), "inside_80"]
    # pupils with autism grow as its plans: 50 x 1.2
    assert table.loc[("need", "ASD"), ["published", "central"]].tolist() == pytest.approx([66, 60])
    assert found["refused"]["measure"].tolist() == ["need by age"]
    summary = found.summary().set_index("measure")
    assert summary.loc["setting", "outcomes"] == 2
    assert summary.loc["setting", "bias"] == pytest.approx(100 * (6 / 90 - 12 / 36) / 2)


def test_settings_are_added_up_over_ages_where_all_ages_are_not_published(bedford, earlier):
    """Bedford's plans by placement in January 2024 are by age alone; those of 2025 are summed alike."""
    table = sn.score(earlier, bedford)["rows"].query("measure == 'setting'").set_index("item")
    plans = bedford.table("ehc_plans").query("census_january == 2025 and need == 'all' and age != 'all'")
    special = plans[plans["placement"].str.startswith("Special - LA maintained")]["plans"].astype(float).sum()
    academies = plans[plans["placement"].str.startswith("Special - Academy")]["plans"].astype(float).sum()
    assert table.loc["state_special", "published"] == special + academies > 400


def test_what_cannot_be_scored_is_told(bedford, earlier):
    found = sn.score(earlier, bedford)
    assert set(found["refused"]["measure"]) == {"need by age"}
    assert set(found["rows"]["january"]) == {2025}
    with pytest.raises(DomainError, match="Luton"):
        sn.score(earlier, shipped("luton"))
    with pytest.raises(DomainError, match="no January from 2026"):
        sn.score(sn.project(bedford, to=2026, draws=4), bedford)
