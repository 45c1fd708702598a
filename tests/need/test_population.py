"""Residents by age: aged on, moved by school rolls, replaced by a projection where there is one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sendneeds.foundation.errors import MissingDataError
from sendneeds.need.inputs.population import august, residents, roll_factors


def with_population(area, frame):
    return replace(area, tables={**area.tables, "population": frame})


def test_a_cohort_follows_its_school_roll(bedford):
    people = residents(bedford, 2021, 2025, np.random.default_rng(1), draws=3)
    rolls = bedford.table("pupils")

    def roll(year, age):
        return float(rolls[(rolls["census_january"] == year) & (rolls["age"] == str(age))]["pupils"].iloc[0])

    for age in (5, 8, 11):
        moved = people.persons[4, age + 4, 0] / people.persons[0, age, 0]
        assert moved == pytest.approx(roll(2025, age + 4) / roll(2021, age), rel=0.002)


def test_figures_note_of_pupils_aged_13_is_met(bedford):
    # 2,490 pupils aged 13 in January 2025 against 2,364 residents aged on from mid-2020: people moved in
    people = residents(bedford, 2025, 2025, np.random.default_rng(1), draws=1)
    assert people.persons[0, 13, 0] > 2490


def test_projection_in_the_pack_replaces_ageing_on(bedford):
    rows = [
        {"area_code": bedford.code, "mid_year": y, "age": a, "variant": "principal", "persons": 1000 + a}
        for y in (2024, 2025, 2026)
        for a in range(26)
    ]
    area = with_population(bedford, pd.concat([bedford.table("population"), pd.DataFrame(rows)]))
    people = residents(area, 2025, 2027, np.random.default_rng(1), draws=2)
    expected = np.rint(august(np.arange(1000.0, 1026.0)))
    np.testing.assert_array_equal(people.persons[1, :, 0], expected)
    assert "population projection" in people.assumptions[0]
    with pytest.raises(MissingDataError, match="no mid-year 2027"):
        residents(area, 2025, 2028, np.random.default_rng(1), draws=2)


def test_no_estimate_is_told(bedford):
    area = with_population(bedford, bedford.table("population").iloc[:0])
    with pytest.raises(MissingDataError, match="no mid-year estimate"):
        residents(area, 2025, 2026, np.random.default_rng(1), draws=1)


def test_roll_factors_are_ratios_of_a_cohort():
    rolls = pd.DataFrame(
        {
            "census_january": [2024] * 3 + [2025] * 3,
            "age": ["4", "5", "6"] * 2,
            "pupils": [100, 100, 100, 90, 110, 120],
        }
    )
    factor = roll_factors(rolls)[2025]
    assert factor[4] == pytest.approx(1.1)
    assert factor[5] == pytest.approx(1.2)
    assert factor[0] == pytest.approx(1.15)
    assert np.isnan(factor[15])
