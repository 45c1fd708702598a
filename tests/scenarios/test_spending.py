"""Spending draw by draw: funders add up to the whole, and its intervals are those of the table of costs."""

from datetime import date

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.scenarios.lever_context import Effect, LeverEffect
from sendneeds.scenarios.spending import no_spending, spending
from sendneeds.waits.services.options import ServiceOption


def payment(units, price, kind="recurrent", **funders):
    lever = sn.levers.Initiative(
        service="SLT", start=date(2027, 1, 4), children_per_week=1, gbp_per_child=(1, 1, 1), funders=funders
    )
    made = Effect(ServiceOption(), np.asarray(units, float), np.asarray(price, float), "docs", kind)
    return LeverEffect("more", "SLT", lever, made)


# the last two weeks of March 2027 and the first two of April
DAYS = np.array(["2027-03-22", "2027-03-29", "2027-04-05", "2027-04-12"], "datetime64[D]")


def test_payments_by_financial_year_and_funder_by_hand():
    # 3 + 3 units before April, 3 + 3 after, at 10 in one draw and 20 in the other; a quarter is the ICB's
    made = spending([payment(np.full((4, 2), 3), [10, 20], icb=0.25, schools=0.75)], DAYS, 2, {})
    paid = made.by_funder("more")
    assert paid["financial_year"].values.tolist() == [2026, 2027]
    assert paid.sel(funder="icb").values.tolist() == [[15, 30], [15, 30]]
    assert paid.sel(funder="schools").values.tolist() == [[45, 90], [45, 90]]
    # a year later at 3.5 %: 60 / 1.035
    assert made.by_funder("more", discount=0.035).sum("funder").values[1, 0] == pytest.approx(60 / 1.035)
    assert made.by_funder("more", discount=0.035, base=2027).sum("funder").values[0, 0] == pytest.approx(
        60 * 1.035
    )


def test_kinds_of_cost_are_kept_apart():
    both = [payment(np.full((4, 1), 1), [10], icb=1.0), payment(np.full((4, 1), 1), [7], "capital", icb=1.0)]
    made = spending(both, DAYS, 1, {})
    assert float(made.by_funder("more").sum()) == 68
    assert float(made.by_funder("more", cost_types=("capital",)).sum()) == 28
    assert np.isnan(made["weeks"].values[1]).all()
    assert made["weeks"].values[0].tolist() == [2, 2]
    assert float(made.by_funder("less").sum()) == 0


def test_both_rooms_price_new_places_alike(bedford):
    at = {"january": 2028, "funders": {"council_high_needs": 1.0}}
    levers = [
        sn.levers.NewPlaces(setting="resourced", places=40, gbp_per_place=(20_000, 35_000, 60_000), **at),
        sn.levers.NewPlaces(setting="state_special", places=10, **at),
    ]
    run = sn.run(bedford, [sn.Scenario("own", "Own", levers=levers)], draws=6, to=2029)
    paid = run.spending.by_funder("own", cost_types=("capital",)).sum(("financial_year", "funder"))
    capital = sn.compare_places(run.places["baseline"], run.places["own"])["capital"].sum("year")
    assert len(set(capital.values)) == 6
    np.testing.assert_allclose(capital, paid)


def test_no_spending_has_nobody_who_pays():
    assert no_spending().by_funder("baseline").size == 0


def test_intervals_are_those_of_the_table_of_costs(result):
    totals = result.costs[result.costs["funder"] == "all"].set_index(["scenario", "financial_year"])
    for (scenario, year), row in totals.iterrows():
        paid = result.spending.by_funder(scenario).sel(financial_year=year).sum("funder")
        np.testing.assert_allclose(
            np.quantile(paid, (0.1, 0.5, 0.9)), row[["low", "central", "high"]].astype(float)
        )
    assert len(totals)


def test_shares_add_up_to_one(result):
    assert np.allclose(result.spending["funder_share"].sum("funder"), 1)


def test_a_selected_run_keeps_the_spending_of_its_options(result):
    part = result.sel(scenario="fill-slt-posts").spending
    assert set(part.data["scenario"].values) == {"fill-slt-posts"}
