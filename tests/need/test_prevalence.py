"""Expected against identified; intervals against printed values."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.scaled import PLANS_MISS, ROLLS_MISS
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.prevalence import byar, inequality, prevalence, slope_index, wilson


def test_england_is_as_expected_of_itself():
    table = prevalence(shipped("england"))
    np.testing.assert_allclose(table["ratio"], 1.0, rtol=1e-6)
    assert (table["standing"] == "similar").all()


def test_bedford_expected_is_rates_times_residents(bedford):
    table = prevalence(bedford).set_index("need")
    assert table["identified"].sum() == 2170
    assert table.loc["SLCN", "standing"] == "above"
    assert table.loc["ASD", "standing"] == "below"
    np.testing.assert_allclose(table["gap"], table["expected"] - table["identified"])


def test_scaled_residents_widen_the_interval_and_can_make_it_untold(bedford):
    own = prevalence(bedford).set_index("need")
    meta = replace(bedford.meta["population"], basis="scaled")
    by_rolls = replace(bedford, meta={**bedford.meta, "population": meta})
    by_plans = replace(
        by_rolls,
        code="E06000999",  # of which no release gives the pupils
        meta={**by_rolls.meta, "pupils": replace(bedford.meta["pupils"], basis="scaled")},
    )
    for area, (least, most) in ((by_rolls, ROLLS_MISS), (by_plans, PLANS_MISS)):
        made = prevalence(area).set_index("need")
        np.testing.assert_allclose(made["ratio"], own["ratio"], rtol=1e-9)  # the same residents, less sure
        np.testing.assert_allclose(made["low"], own["low"] * (1 + least), rtol=1e-9)
        np.testing.assert_allclose(made["high"], own["high"] * (1 + most), rtol=1e-9)
        unsure = (made["low"] <= 1) & (made["high"] >= 1)
        assert set(made.loc[unsure & (own["standing"] != "similar"), "standing"]) == {"cannot tell"}
        assert (made.loc[~unsure, "standing"] == own.loc[~unsure, "standing"]).all()
        assert (made.loc[own["standing"] == "similar", "standing"] == "similar").all()
    assert own.loc["ASD", "standing"] == "below"
    assert made.loc["ASD", "standing"] == "cannot tell"


def test_a_study_replaces_englands_rate(bedford):
    table = prevalence(bedford, studies={"ASD": 0.0176}).set_index("need")
    assert table.loc["ASD", "basis"] == "stated study"
    assert table.loc["ASD", "expected"] == pytest.approx(0.0176 * 57400, rel=0.01)
    with pytest.raises(DomainError, match="between 0 and 1"):
        prevalence(bedford, studies={"ASD": 1.76})


def test_byar_and_wilson_meet_exact_limits():
    from scipy import stats

    for count in (1, 5, 20, 200):
        low, high = byar(count)
        assert float(low) == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2, rel=0.04, abs=0.08)
        assert float(high) == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=0.02)
    low, high = wilson(5, 50)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0435, 0.2136)
    with pytest.raises(DomainError):
        wilson(5, 4)
    with pytest.raises(DomainError):
        byar(-1)


def test_slope_index_is_the_weighted_line():
    rates, weights = np.array([9.0, 7.5, 6.0, 5.5, 3.0]), np.array([100.0, 200, 150, 120, 80])
    share = weights / weights.sum()
    rank = np.cumsum(share) - share / 2
    slope = np.polyfit(rank, rates, 1, w=np.sqrt(share))[0]
    assert slope_index(rates, weights) == pytest.approx(-slope)
    with pytest.raises(DomainError):
        slope_index(rates[:2], weights[:2])


def test_inequality_reads_the_packs_quintiles(bedford):
    rows = pd.DataFrame(
        {
            "area_code": bedford.code,
            "census_january": 2025,
            "provision": "E+K",
            "need": "all",
            "quintile": ["1", "2", "3", "4", "5"],
            "identified": [300, 240, 180, 120, 60],
            "persons": 1500,
        }
    )
    meta = TableMeta("deprivation", "synthetic", "none", None, "local", "")
    area = replace(
        bedford, tables={**bedford.tables, "deprivation": rows}, meta={**bedford.meta, "deprivation": meta}
    )
    found = inequality(area).iloc[0]
    assert found["slope"] == pytest.approx(20.0)
    assert found["low"] < 20 < found["high"]
    assert found["low"] > 15
    with pytest.raises(MissingDataError, match="deprivation"):
        inequality(bedford)
