"""Rates: what is published fixes what can be known, small areas lean on England."""

from dataclasses import replace

import numpy as np
import pytest

import sendneeds as sn
from cohort_constants import fit, gamma_shape
from sendneeds.evidence.area import shipped
from sendneeds.need.cohort import rates
from sendneeds.need.cohort.area_rates import LEAST_OF_ENGLAND, area_evidence, moved_in
from sendneeds.need.inputs import stock
from sendneeds.need.inputs.population import residents


@pytest.fixture(scope="module")
def england():
    return shipped("england")


@pytest.fixture(scope="module")
def national(england):
    people = residents(england, 2025, 2025, np.random.default_rng(1), 1)
    return rates.national_rates(england, people.persons[0, :, 0])


def test_net_survival_is_matched_stocks_less_new_plans(england, national):
    opening, before, after = stock.matched_stocks(england)
    assert (opening, round(before.sum()), round(after.sum())) == (2024, 570324, 632156)
    covered = after.sum() / 638745
    net = (after[1:] - national.new.sum(axis=0)[:-1] * covered) / before[:-1]
    np.testing.assert_allclose((1 - national.leave + national.moved_in)[3:25], net[3:25], rtol=1e-9)


def test_residual_of_the_identity_is_the_published_one(england, bedford):
    totals = stock.total_plans(england)
    gaps = {y: round(r * totals[y]) for y, r in rates.residual_rates(england).items()}
    assert gaps == {2022: 11811, 2023: 14417, 2024: 9386}
    totals = stock.total_plans(bedford)
    assert {y: round(r * totals[y]) for y, r in rates.residual_rates(bedford).items()} == {
        2022: 24,
        2023: -16,
        2024: 75,
    }


def with_flow(area, stage, counts):
    """Return the area with other counts of a stage by year, over all needs, ages and reasons."""
    flow = area.table("ehc_flow").copy()
    whole = flow["stage"].eq(stage) & flow[["need", "age", "reason"]].eq("all").all(axis=1)
    for year, count in counts.items():
        flow.loc[whole & flow["calendar_year"].eq(year), "count"] = count
    return replace(area, tables={**area.tables, "ehc_flow": flow})


def test_moves_in_are_midway_as_the_register_says(bedford, england):
    rate, note = moved_in(bedford, england)
    # England: 11,811, 14,417 and 9,386 of 473,255, 517,048 and 576,474, on average 2.30 %; Bedford: 24 of 1,486
    assert 100 * rate == pytest.approx(1.96, abs=0.01)
    assert "2.0 % of the stock a year, midway between the median (+1.6 %)" in note
    assert "Far out" not in note
    assert "left out" not in note


def test_one_odd_year_neither_rules_moves_in_nor_goes_unnamed(bedford, england):
    plain, _ = moved_in(bedford, england)
    # 600 new plans against 228 published: a residual of -23 % of the stock, near enough to be believed
    rate, note = moved_in(with_flow(bedford, "new_plans", {2022: 600}), england)
    own = rates.residual_rates(with_flow(bedford, "new_plans", {2022: 600}))
    assert own[2022] < -0.2
    assert abs(rate - plain) < 0.015  # half the way from the middle residual to the next
    assert rate > 2 * LEAST_OF_ENGLAND * 0.023
    assert "Far out, and more likely errors of the returns than moves: 2022: -23.4 %." in note


def test_an_implausible_year_is_left_out_of_moves_in_with_the_reason(bedford, england):
    area = with_flow(bedford, "new_plans", {2022: 6078})
    assert sorted(rates.residual_rates(area)) == [2023, 2024]
    rate, note = moved_in(area, england)
    without = with_flow(bedford, "new_plans", {2022: None})
    assert rate == moved_in(without, england)[0]
    assert "2022 is left out as implausible: 6,078 new plans against 215 and 340" in note


def test_fewer_than_none_moved_in_is_held_and_said(bedford, england):
    fewer = {2022: 300, 2023: 450, 2024: 600}
    rate, note = moved_in(with_flow(bedford, "new_plans", fewer), england)
    assert rate == pytest.approx(0.002304, abs=1e-6)  # a tenth of 2.304 %
    assert "0.2 % of the stock a year, a tenth of England's, the least supposed" in note


def test_an_area_without_residuals_has_englands_moves_in(bedford, england):
    rate, note = moved_in(with_flow(bedford, "ceased", dict.fromkeys((2022, 2023, 2024))), england)
    assert rate == pytest.approx(0.02304, abs=1e-5)
    assert "none of the area's own can be made" in note


def test_area_hazards_lie_between_its_own_and_england(bedford, england, national):
    people = residents(bedford, 2025, 2025, np.random.default_rng(1), 1).persons[0, :, 0]
    table = england.table("cohort_constants")
    constants = dict(zip(table["name"], table["value"], strict=True))
    made = area_evidence(bedford, england, national, people, constants).draw(np.random.default_rng(1), 400)
    mld = stock.PLAN_NEEDS.index("MLD")
    own = rates.spread_new(bedford.table("ehc_flow"), 2024, stock.plans_by_age(england, 2025))[mld].sum()
    due = (
        national.hazard[mld] * rates.without_plan(people, stock.plans_by_age(bedford, 2024), national.net)
    ).sum()
    ratio = (made.hazard[mld].mean(axis=-1)[3:16] / national.hazard[mld][3:16]).mean()
    assert min(1, own / due) < ratio < max(1, own / due)
    assert (made.hazard[:, 3:16] >= 0).all()
    assert made.leave.shape == (26, 400)
    assert (made.leave[25] == 1).all()


def test_age_groups_spread_and_add_up(bedford):
    by_need = stock.plans(bedford, 2025)
    assert by_need.sum() == 2170
    assert by_need.min() >= 0
    assert stock.plans_by_age(bedford, 2024).sum() == pytest.approx(1899)


def test_gamma_shape_finds_what_made_the_counts():
    rng = np.random.default_rng(5)
    expected = rng.uniform(1, 10, 6000)
    observed = rng.poisson(expected * rng.gamma(3.0, 1 / 3.0, 6000))
    assert gamma_shape(observed, expected) == pytest.approx(3.0, rel=0.1)


def test_shipped_constants_are_those_the_release_gives(england, reference):
    table = england.table("cohort_constants")
    assert {c.name: c.value for c in fit(reference)} == dict(zip(table["name"], table["value"], strict=True))


def test_a_suppressed_count_is_drawn_from_its_range(bedford):
    table = bedford.table("ehc_plans").copy()
    at = table.index[(table["need"] == "VI") & (table["age"] == "7") & (table["census_january"] == 2025)]
    table.loc[at, "plans"] = None
    table.loc[at, "flag"] = "suppressed"
    area = replace(bedford, tables={**bedford.tables, "ehc_plans": table})
    drawn = stock.plan_draws(area, 2025, np.random.default_rng(1), 400)[stock.PLAN_NEEDS.index("VI"), 7]
    assert set(drawn) == {1, 2, 3, 4}
    assert stock.plans(area, 2025)[stock.PLAN_NEEDS.index("VI"), 7] in (2, 3)
    made = sn.project(area, to=2026, draws=300)
    assert set(made.data["children"].sel(year=2025, provision="E", need="VI", age=7).values) == {1, 2, 3, 4}


def test_a_suppressed_count_of_new_plans_is_drawn_too(bedford, england, national):
    flow = bedford.table("ehc_flow").copy()
    new = (flow["stage"] == "new_plans_by_cohort_age") & (flow["need"] == "SLCN") & (flow["age"] == "5")
    flow.loc[new, "count"] = None
    flow.loc[new, "flag"] = "suppressed"
    drawn = rates.spread_new(flow, 2024, stock.plans_by_age(england, 2025), np.random.default_rng(1), 300)
    assert set(drawn[stock.PLAN_NEEDS.index("SLCN"), 5]) == {1.0, 2.0, 3.0, 4.0}
    area = replace(bedford, tables={**bedford.tables, "ehc_flow": flow})
    assert sn.project(area, to=2026, draws=20).data.sizes["draw"] == 20


def test_reasons_add_up_to_plans_ended(need):
    by_reason = need.data["ceased_by_reason"].sum("reason")
    ended = need.data["ceased"].sum(("plan_need", "age"))
    np.testing.assert_array_equal(
        by_reason.transpose("calendar_year", "draw"), ended.transpose("calendar_year", "draw")
    )
    assert "transfer" in need.data["reason"].values
    old = need.data["ceased_by_reason"].sel(reason="no_engage").sum()
    assert int(old) > 0
