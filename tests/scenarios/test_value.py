"""Value for money: prices, break-even and the share of draws in which one is cheaper, worked out by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.scenarios.money import Money
from sendneeds.scenarios.outcomes import OUTCOMES, over_years
from sendneeds.scenarios.value import cheaper, price


def test_prices_of_four_draws_by_hand():
    # 600 for 3; 600 for nothing; 600 for one fewer; 200 less for 4 more; 200 less for fewer
    found = price(np.array([600, 600, 600, -200, -200]), np.array([3, 0, -1, 4, -1]))
    np.testing.assert_array_equal(found, [200, np.inf, np.inf, -50, np.nan])


def test_cheaper_counts_draws_ties_half():
    a, b = np.array([1.0, 5.0, 3.0, np.inf]), np.array([2.0, 4.0, 3.0, 1.0])
    assert cheaper(a, b) == (1 + 0.5) / 4
    assert cheaper(b, a) == (2 + 0.5) / 4


def money(running, capital, cash):
    rows = [np.array(part, float)[:, None] for part in (running, capital, cash)]
    return Money(
        np.array([2026, 2027, 2028, 2029]), rows[0], rows[1], np.zeros(1), None, rows[2], 0 * rows[2], False
    )


@pytest.mark.parametrize(
    ("cash", "year"),
    [
        ([0, 60, 60, 60], 2028),  # 100 spent, 120 back by the end of 2028
        ([0, 10, 10, 10], np.nan),
        ([0, 100, -10, 20], 2029),  # even in 2027, behind again in 2028
        ([0, 100, 0, 0], 2027),
    ],
)
def test_an_option_breaks_even_when_cash_has_made_up_for_what_was_spent_and_stays_so(cash, year):
    np.testing.assert_array_equal(money([0, 0, 0, 0], [100, 0, 0, 0], cash).breaks_even(), [year])


def test_cost_is_running_and_capital_and_net_takes_cash_off():
    one = money([5, 5, 5, 5], [100, 0, 0, 0], [0, 30, 30, 30])
    assert one.cost.tolist() == [120]
    assert one.net.tolist() == [30]


def test_later_years_count_for_less():
    import xarray as xr

    array = xr.DataArray([[10.0], [10.0]], dims=("year", "draw"), coords={"year": [2025, 2026]})
    assert over_years(array, OUTCOMES["child_weeks"], 0.25, 2025).tolist() == [18]  # 10 + 10 / 1.25
    assert over_years(array, OUTCOMES["sessions_past_due"], 0.25, 2025).tolist() == [10]  # a mean stays one


@pytest.fixture(scope="module")
def found(result):
    return sn.value(result)


def test_the_price_of_a_child_week_is_cost_over_weeks_of_the_same_draws(result, found):
    """Recomputed from the lists and the spending of the run."""
    waiting = result.lists["waiting"].sel(service=result.waits.with_list).isel(week=slice(None, -1))
    waiting = waiting.sel(week=waiting["week"].dt.year <= 2030).astype(int).sum(("service", "week"))
    fewer = (waiting.sel(scenario="baseline") - waiting.sel(scenario="fill-slt-posts")).values
    cost = result.spending.by_funder("fill-slt-posts").sum(("funder", "financial_year")).values
    row = found.value[
        (found.value["option"] == "fill-slt-posts") & (found.value["outcome"] == "child_weeks")
    ].iloc[0]
    assert (fewer > 0).all()
    assert row["central"] == pytest.approx(np.median(cost / fewer))
    assert row["probability_gain"] == 1.0


def test_two_options_share_the_draws_between_them(found):
    table = found.better.set_index(["outcome", "option", "than"])["probability"]
    for (outcome, option, than), chance in table.items():
        assert chance + table[(outcome, than, option)] == pytest.approx(1)


def test_options_without_an_outcome_in_common_are_named(found):
    rows = [("a", "seen_within"), ("a", "child_weeks"), ("b", "child_weeks"), ("c", "independent")]
    value = pd.DataFrame(rows, columns=["option", "outcome"])
    apart = replace(found, value=value)
    assert apart.apart() == [("a", "c"), ("b", "c")]
    assert any(line.startswith("a and c share no outcome") for line in apart._notes())


def test_money_adds_up(found):
    for _, rows in found.money.groupby("option"):
        central = rows.set_index("measure")["central"]
        assert central["running"] >= central["first_year"]
        assert central["capital"] == 0


def test_discounting_lowers_what_later_years_cost(result, found):
    less = sn.value(result, ["child_weeks"], discount=0.035)
    assert (
        less.value["cost_central"].values < found.sel(outcome="child_weeks").value["cost_central"].values
    ).all()
    assert "discounted at 3.5% a year" in repr(less)


def test_the_frontier_has_the_baseline_and_no_option_beaten_by_a_cheaper_one(found):
    table = found.frontier
    assert table[table["option"] == "baseline"]["cost_central"].tolist() == [0]
    best = table[table["on_frontier"]].sort_values("cost_central")
    assert best["probability"].is_monotonic_increasing


def test_paired_draws_of_an_option_and_the_baseline(result):
    table = result.draws("fill-slt-posts", "child_weeks", "SLT")
    assert len(table) == table["year"].nunique() * 100
    assert (table["difference"] == table["option"] - table["baseline"]).all()
    assert table["difference"].sum() < 0
    cost = result.draws("fill-slt-posts", "cost")
    assert cost["option"].sum() == pytest.approx(float(result.spending.by_funder("fill-slt-posts").sum()))
    assert (result.draws("fill-slt-posts", "plans_in_time")["difference"] == 0).any()


def test_what_cannot_be_valued_is_told(result, bedford):
    with pytest.raises(UnknownNameError, match="child_weeks"):
        sn.value(result, ["child_week"])
    with pytest.raises(DomainError, match=r"0\.035"):
        sn.value(result, discount=3.5)
    with pytest.raises(UnknownNameError, match="cost"):
        result.draws("fill-slt-posts", "costs")
    with pytest.raises(UnknownNameError, match="fill-slt-posts"):
        result.draws("fill-slt-post", "cost")
    with pytest.raises(MissingDataError, match="No option of the run costs anything"):
        sn.value(result.sel(scenario="baseline"))


def test_a_saved_value_opens_as_it_was(found, tmp_path):
    again = sn.open_result(found.to_netcdf(tmp_path / "value.nc"))
    assert repr(again) == repr(found)
    assert again.plot("SLT").get_ylabel() == "probability"
    with pytest.raises(UnknownNameError, match="SLT"):
        again.plot("OT")
