"""Cohorts, tables and bounds of need at their edges, worked by hand on a few made-up children."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.evidence.area import Area
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.vocabulary import AGES, NEEDS
from sendneeds.need.cohort.support_profile import _own_table
from sendneeds.need.inputs.plausibility import LARGEST_RISES, SIZES, rise_beyond_record
from sendneeds.need.inputs.stock import januaries_by_need_and_age
from sendneeds.need.prevalence import slope_index
from sendneeds.need.projection import NeedProjection
from sendneeds.need.validation.score import _by_setting


def area(code: str = "E1", **tables) -> Area:
    """Return an area with some tables, and nothing else."""
    meta = {name: TableMeta(name, "made up", "none", None, "published") for name in tables}
    return Area("made-up", code, "Made-up", "local_authority", tables=tables, meta=meta)


def projected(plans: list[list[float]], place: Area | None = None, **attrs) -> NeedProjection:
    """Return plans by January from 2025 (rows) and age from 0, of one need and draw, among ten children of each age."""
    array = np.array(plans, float)[:, None, None, :, None]
    coords = {"year": 2025 + np.arange(len(plans)), "provision": ["E"], "age": np.arange(len(plans[0]))}
    data = xr.Dataset(
        {
            "children": (("year", "provision", "need", "age", "draw"), array),
            "population": (("year", "age", "draw"), np.full((len(plans), len(plans[0]), 1), 10.0)),
        },
        coords=coords,
        attrs=attrs,
    )
    return NeedProjection(data, {}, place or area(), pd.DataFrame())


def plans(*rows) -> pd.DataFrame:
    """Return rows (January, need, age, placement, plans) as published."""
    columns = ["census_january", "need", "age", "placement", "plans"]
    return pd.DataFrame(rows, columns=columns).assign(flag="ok")


def test_a_cohort_is_set_beside_itself_a_year_younger():
    """One of 0 and none of 1 in 2025; two of 1 and five of 2 in 2026; one of 1 and three of 2 in 2027."""
    found = projected([[1, 0, 9], [4, 2, 5], [9, 1, 3]]).cohort_ratios().isel(draw=0)
    assert found["year"].values.tolist() == [2026, 2027]
    assert found["age"].values.tolist() == [0, 1]
    assert found.values.ravel().tolist() == pytest.approx([2 / 1, np.nan, 1 / 4, 3 / 2], nan_ok=True)


def test_new_plans_of_all_needs_and_ages():
    """Two years, two needs, two ages and two draws; the first draw has 1 to 4 of 2025 and 5 to 8 of 2026."""
    first = np.arange(1, 9).reshape(2, 2, 2)
    array = np.stack([first, first * 10], axis=-1)
    dims = ("calendar_year", "plan_need", "age", "draw")
    made = NeedProjection(xr.Dataset({"new_plans": (dims, array)}), {}, area(), pd.DataFrame())
    assert made.new_plans.dims == ("calendar_year", "draw")
    assert made.new_plans.values.tolist() == [[10, 100], [26, 260]]


def test_pupils_are_those_of_4_to_18():
    """Fifteen ages of ten pupils: 15 plans in 2025 are the 5 % that is published; 30 at 4 and 15 at 18 more are 20 %.

    Plans at 3 and at 19, however many, are of no pupil.
    """
    first, second = (np.array([0.0] * 3 + [40.0] + [1.0] * 15 + [40.0]) for _ in range(2))
    second[[3, 4, 18, 19]] = 0, 31, 16, 0
    table = pd.DataFrame({"provision": ["E"], "census_january": [2025], "percent_of_pupils": [5.0]})
    made = projected([first.tolist(), second.tolist()], area(sen_percent=table), start=2025)
    assert made.percent_of_pupils().values.ravel().tolist() == pytest.approx([5, 20])


def test_what_others_project_is_told_beside_england_alone():
    table = pd.DataFrame({"value": [910_000]})
    assert projected([[1.0, 1.0]], area("E1", forecasts_of_others=table)).others() is None
    assert projected([[1.0, 1.0]], area("E92000001")).others() is None
    told = projected([[1.0, 1.0]], area("E92000001", forecasts_of_others=table)).others()
    assert told["value"].tolist() == [910_000]


def test_needs_by_age_are_known_where_they_are_of_all_placements():
    table = plans(
        (2023, "ASD", "5", "Mainstream - academy", 3),
        (2024, "ASD", "all", "all", 3),
        (2024, "all", "5", "all", 3),
        (2025, "ASD", "5", "all", 3),
    )
    assert januaries_by_need_and_age(area(ehc_plans=table)) == [2025]


def test_plans_by_setting_are_those_of_all_needs_and_ages_where_they_are_published():
    """Whole rows: 9 and 4. By age: 5 and 2 in mainstream. By need: 3 in mainstream."""
    mainstream, special = "Mainstream - academy", "Special - LA maintained"
    by_need = [(2025, "ASD", "all", mainstream, 3), (2025, "ASD", "5", mainstream, 1)]
    by_age = [(2025, "all", "5", mainstream, 5), (2025, "all", "6", mainstream, 2)]
    whole = [
        (2025, "all", "all", mainstream, 9),
        (2025, "all", "all", special, 4),
        (2025, "all", "all", "all", 99),
    ]
    every = plans(*by_need, *by_age, *whole)
    assert _by_setting(area(ehc_plans=every), 2025) == {"mainstream": 9, "state_special": 4}
    assert _by_setting(area(ehc_plans=plans(*by_need, *by_age)), 2025) == {"mainstream": 7}
    assert _by_setting(area(ehc_plans=plans(*by_need)), 2025) == {"mainstream": 3}


def test_the_mix_of_needs_of_an_area_is_that_of_all_its_year_groups_in_the_last_census():
    """Of 40 pupils on support 30 have SLCN and 10 SEMH; a year group, a plan and the census before say otherwise."""
    rows = [
        (2025, "K", "all", "SLCN", 30),
        (2025, "K", "all", "SEMH", 10),
        (2025, "K", "all", "all", 40),
        (2025, "K", "7", "SEMH", 8),
        (2025, "E", "all", "ASD", 50),
        (2024, "K", "all", "ASD", 70),
    ]
    table = pd.DataFrame(rows, columns=["census_january", "provision", "year_group", "need", "pupils"])
    found = _own_table(area(sen_pupils=table))
    shares = dict(zip(found.needs, found.weight[:, 0].tolist(), strict=True))
    assert {need: share for need, share in shares.items() if share} == {"SLCN": 0.75, "SEMH": 0.25}
    assert found.weight.shape == (len(NEEDS), len(AGES))


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_area_has_a_largest_rise_for_each_of_five_years(size):
    """Just at the largest rise nothing is found; a hundredth over it one is. Longer, plans have risen by more."""
    start = max(size, 100)
    assert list(LARGEST_RISES[size]) == sorted(LARGEST_RISES[size])
    for years, rise in enumerate(LARGEST_RISES[size], 1):
        assert rise_beyond_record({2025: start}, {2025 + years: start * (rise - 0.01)}) == []
        assert len(rise_beyond_record({2025: start}, {2025 + years: start * (rise + 0.01)})) == 1


def test_three_groups_have_a_slope_and_two_have_none():
    """A line: 6, 4 and 2 at ranks of a sixth, a half and five sixths fall by 2 in a third, so by 6 from end to end."""
    assert slope_index(np.array([6.0, 4.0, 2.0]), np.ones(3)) == pytest.approx(6)
    with pytest.raises(DomainError, match="three groups or more"):
        slope_index(np.array([6.0, 2.0]), np.ones(2))
