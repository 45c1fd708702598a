"""Imputing, scaling and drawing, on figures worked out by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sendneeds.evidence.area import Area
from sendneeds.evidence.importing.impute import (
    fit_margins,
    impute_ages,
    impute_new_plans,
    impute_plans,
    predecessor_plans,
    whole_numbers,
)
from sendneeds.evidence.importing.scaled import scaled_population, scaled_schools, share_of_england
from sendneeds.evidence.suppressed import draw_counts
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import MissingDataError


def area(name, **tables):
    meta = {table: TableMeta(table, "", "", dt.date(2025, 6, 1), "published") for table in tables}
    return Area(name.lower(), "E06000055", name, "local_authority", tables=tables, meta=meta)


def plans(counts):
    return pd.DataFrame(
        {
            **{"census_january": list(counts), "need": "all", "age": "all", "placement": "all"},
            "plans": pd.array(list(counts.values()), "Int64"),
        }
    )


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "expected"),
    [
        ([[1, 1], [1, 1]], [6, 4], [5, 5], [[3, 3], [2, 2]]),
        (
            [[1, 0], [1, 1]],
            [4, 6],
            [7, 3],
            [[4, 0], [3, 3]],
        ),  # a cell of 0 stays 0, so the rest is determined
        ([[2, 1], [2, 1]], [30, 60], [60, 30], [[20, 10], [40, 20]]),
        ([[1, 1], [1, 1]], [6, 4], [1, 1], [[3, 3], [2, 2]]),  # columns are scaled to the total of the rows
    ],
)
def test_a_table_is_scaled_to_its_margins(seed, rows, columns, expected):
    table = fit_margins(np.array(seed, float), np.array(rows, float), np.array(columns, float))
    np.testing.assert_allclose(table, expected, atol=1e-6)


def test_rows_are_rounded_by_largest_remainders():
    assert whole_numbers(np.array([[0.6, 0.3, 1.1], [2.4, 2.4, 0.2]])).tolist() == [[1, 0, 1], [3, 2, 0]]


def test_ages_are_imputed_in_proportion_to_the_nearest_january():
    rows = [
        *[(2023, "all", 100), (2023, "5", 30), (2023, "6", 70)],
        *[(2024, "all", 50), (2024, "5", None), (2024, "6", None)],
        *[(2026, "all", 90), (2026, "5", 10), (2026, "6", 80)],
    ]
    table = pd.DataFrame(rows, columns=["census_january", "age", "plans"]).astype({"plans": "Int64"})
    table = table.assign(need="all", placement="all", flag="ok")
    filled, detections = impute_ages(table)
    made = filled[filled["census_january"] == 2024].set_index("age")
    assert made["plans"].to_dict() == {"all": 50, "5": 15, "6": 35}, "2023 is nearer than 2026"
    assert made["flag"].to_dict() == {"all": "ok", "5": "imputed", "6": "imputed"}
    assert [d.name for d in detections] == ["detail_imputed"]


def test_a_successor_has_its_share_of_the_predecessor():
    series = {
        "E10000006": pd.Series({2022: 90, 2023: 100, 2024: 5}),
        "E06000063": pd.Series({2024: 60, 2025: 61}),
        "E06000064": pd.Series({2024: 140, 2025: 150}),
    }
    first, how = predecessor_plans("E06000063", series)  # 60 of 200
    assert first.to_dict() == {2022: 27, 2023: 30}
    assert how.startswith("30.0% of the predecessor E10000006")
    assert predecessor_plans("E06000064", series)[0].to_dict() == {2022: 63, 2023: 70}
    assert predecessor_plans("E06000055", series)[0].empty


def test_the_share_of_england_is_the_mean_over_seven_januaries_in_common():
    own = area("Here", ehc_plans=plans(dict.fromkeys(range(2018, 2024), 10) | {2024: 30, 2025: 30}))
    nation = area("England", ehc_plans=plans(dict.fromkeys(range(2010, 2025), 100)))
    # 2018 to 2024: six times 0.10 and once 0.30; 2025 is not in England's
    assert share_of_england(own, nation) == pytest.approx((6 * 0.10 + 0.30) / 7)
    with pytest.raises(MissingDataError, match="no January"):
        share_of_england(area("Here", ehc_plans=plans({2026: 1})), nation)


def england():
    ages = [str(age) for age in range(5, 16)]
    return area(
        "England",
        ehc_plans=plans({2025: 1000}),
        pupils=pd.DataFrame({"census_january": 2025, "age": ages, "pupils": 100}),
        population=pd.DataFrame(
            {
                "mid_year": 2024,
                "age": [3, 5, 6, 20],
                "persons": [1000, 1000, 1010, 2000],
                "variant": "estimate",
            }
        ),
    )


def test_residents_are_scaled_by_the_rolls_of_their_own_or_the_nearest_age():
    ages = [str(age) for age in range(5, 16)]
    own = area(
        "Here",
        ehc_plans=plans({2025: 50}),
        pupils=pd.DataFrame({"census_january": 2025, "age": ages, "pupils": [10] + [20] * 10}),
    )
    frame, meta = scaled_population(own, england())
    assert frame["persons"].tolist() == [100, 100, 202, 400]  # 10 % at 5 and under, 20 % from 6
    assert meta.basis == "scaled"


def test_without_rolls_residents_and_pupils_are_scaled_by_plans():
    own = area("Here", ehc_plans=plans({2025: 50}))  # 5 % of 1,000
    assert scaled_population(own, england())[0]["persons"].tolist() == [
        50,
        50,
        50,
        100,
    ]  # 50.5 is rounded to even
    tables, meta = scaled_schools(
        own, area("England", **england().tables, sen_percent=pd.DataFrame({"a": [1]}))
    )
    assert tables["pupils"]["pupils"].tolist() == [5] * 11
    assert {name: source.basis for name, source in meta.items()} == {
        "pupils": "scaled",
        "sen_percent": "scaled",
    }


class Uniforms:
    """Stands in for a generator whose draws are known."""

    def random(self, shape):
        return np.broadcast_to([0.0, 0.26, 0.5, 0.9999], shape)


def test_suppressed_counts_are_drawn_evenly_from_their_range():
    table = pd.DataFrame(
        {
            "count": pd.array([7, None, None, None], "Int64"),
            "flag": ["ok", "suppressed", "suppressed", "unavailable"],
            "at_least": pd.array([None, None, 2, None], "Int64"),
            "at_most": pd.array([None, None, 3, None], "Int64"),
        }
    )
    assert draw_counts(table, "count", 4, Uniforms()).tolist() == [
        [7, 7, 7, 7],
        [1, 2, 3, 4],  # from 1 to 4 where the source does not say
        [2, 2, 3, 3],
        [-1, -1, -1, -1],
    ]


def by_need_and_age(cells):
    rows = [(2025, need, age, count) for (need, age), count in cells.items()]
    table = pd.DataFrame(rows, columns=["census_january", "need", "age", "plans"]).astype({"plans": "Int64"})
    return table.assign(placement="all", flag="ok")


def test_need_by_age_is_imputed_from_the_two_margins_and_englands_cells():
    pattern = {("ASD", "5"): 30, ("ASD", "6"): 10, ("SEMH", "6"): 20}  # nobody aged 5 has SEMH
    nation = area("England", ehc_plans=by_need_and_age(pattern))
    cells = {("ASD", "5"): None, ("ASD", "6"): None, ("SEMH", "5"): None, ("SEMH", "6"): None}
    margins = {("ASD", "all"): 44, ("SEMH", "all"): 20, ("all", "5"): 30, ("all", "6"): 34}
    filled, detections = impute_plans(by_need_and_age(margins | cells), nation)
    made = filled.set_index(["need", "age"])
    assert made.loc[list(cells), "plans"].tolist() == [30, 14, 0, 20]
    assert set(made.loc[list(cells), "flag"]) == {"imputed"}
    assert set(made.loc[list(margins), "flag"]) == {"ok"}
    assert [d.where for d in detections] == ["ehc_plans 2025"]


def test_a_cell_that_is_given_keeps_the_year_from_being_imputed():
    nation = area("England", ehc_plans=by_need_and_age({("ASD", "5"): 30, ("SEMH", "5"): 10}))
    table = by_need_and_age({("ASD", "all"): 4, ("all", "5"): 4, ("ASD", "5"): 4, ("SEMH", "5"): None})
    filled, detections = impute_plans(table, nation)
    assert filled.equals(table)
    assert detections == []


def test_new_plans_by_need_are_imputed_from_their_ages():
    def new(cells):
        rows = [("new_plans_by_cohort_age", 2024, need, age, count) for (need, age), count in cells.items()]
        names = ["stage", "calendar_year", "need", "age", "count"]
        return pd.DataFrame(rows, columns=names).astype({"count": "Int64"}).assign(flag="unavailable")

    nation = area("England", ehc_flow=new({("ASD", "5"): 30, ("SEMH", "5"): 10, ("ASD", "6"): 5}))
    cells = dict.fromkeys([(need, age) for need in ("ASD", "SEMH") for age in ("5", "6", "all")])
    filled, _ = impute_new_plans(new(cells), pd.Series({"5": 8, "6": 3}), 2024, nation)
    made = filled.set_index(["need", "age"])["count"]
    assert made.loc["ASD"].to_dict() == {"5": 6, "6": 3, "all": 9}  # three quarters of 8, and all 3
    assert made.loc["SEMH"].to_dict() == {"5": 2, "6": 0, "all": 2}
    assert set(filled["flag"]) == {"imputed"}
