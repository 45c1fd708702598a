"""Disputes of refusals and plans, and annual reviews."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.waits.ehc.disputes import Disputes, law, plans_in_place
from sendneeds.waits.ehc.process import ehc_process
from sendneeds.waits.ehc.published_rates import rates, stage_counts
from sendneeds.waits.ehc.requests import numbers


@pytest.fixture(scope="module")
def england():
    return shipped("england")


@pytest.fixture(scope="module")
def need():
    return sn.project(shipped("bedford"), to=2028, draws=40, seed=5)


def test_england_s_ratios_are_those_published(england):
    found = law(england, 2024, 50, 1)
    requests = found.refusals["to assess"]
    assert requests.mediated == pytest.approx((10_507 - 1_473) / 38_889)
    assert requests.appealed + requests.both == pytest.approx(4_655 / 38_889)
    assert float(np.median(found.content["appeals"])) == pytest.approx(
        (22_276 - 4_655 - 1_445) / 638_745, rel=0.15
    )


def test_plans_that_follow_a_dispute_are_near_those_published_without_weeks(england):
    """In 2024 8,155 plans issued are not among those with their weeks: about as many follow a dispute here."""
    found = numbers(np.full(400, 98_547), rates(england, 400, 1), law(england, 2024, 400, 1), 2024)
    after = found[2] + found[3]
    low, high = np.quantile(after, [0.02, 0.98])
    assert low <= 98_547 - 90_392 <= high


@pytest.fixture(scope="module")
def rules():
    """Return Bedford's rates and what becomes of its disputes, in 20 draws."""
    bedford = shipped("bedford")
    return rates(bedford, 20, 1), law(bedford, 2024, 20, 1)


@given(plans=st.integers(0, 5000), year=st.integers(2023, 2030))
def test_requests_behind_plans_add_up(rules, plans, year):
    found = numbers(np.full(20, plans), *rules, year)
    assert all((n >= 0).all() for n in found)
    assert (found[0] + found[2] + found[3] == plans).all()


@given(
    ratios=st.tuples(*[st.floats(0, 0.4)] * 3),
    won=st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
    seed=st.integers(0, 2**32 - 1),
)
def test_disputes_are_as_frequent_as_stated(ratios, won, seed):
    """Over refusals that stand and that do not, mediations and appeals are as many as was said."""
    some = Disputes(*ratios, np.array([won[0]]), np.array([won[1]]))
    rng, stand = np.random.default_rng(seed), 40_000
    back = round(stand * float(some.overturned()[0]))
    overturned = np.arange(stand + back) < back
    lane = np.zeros(overturned.size, int)
    mediated, appealed = some.paths(overturned, lane, rng.random(overturned.size))
    assert ((mediated | appealed) | ~overturned).all()
    crowded = sum(r * (1 - w) for r, w in zip(ratios, (won[0], won[1], won[1]), strict=True)) > 0.95
    if not crowded:
        assert abs(mediated.sum() / stand - ratios[0] - ratios[2]) < 0.02
        assert abs(appealed.sum() / stand - ratios[1] - ratios[2]) < 0.02


def test_a_pack_replaces_what_is_illustrative(need):
    """Where no appeal or mediation ever succeeds nothing is overturned, and no work returns."""
    bedford = shipped("bedford")
    table = bedford.table("service_parameters").copy()
    won = table["parameter"].isin(["mediation_resolved_share", "appeal_resolved_share"])
    table.loc[won, ["low", "central", "high"]] = 1e-9
    pack = replace(bedford, tables=bedford.tables | {"service_parameters": table})
    lost = ehc_process(pack, need)
    assert int(lost.data["refusals_overturned"].sum()) == 0
    assert int(lost.data["assessments_returned"].sum()) == 0
    assert int(lost.data["mediations"].sum()) > 0


def test_reviews_fall_in_term_and_some_are_attended(need):
    bedford = shipped("bedford")
    run = ehc_process(bedford, need, reviews_a_year=10_000)
    overdue = run.data["reviews_overdue"]
    assert int(overdue.isel(bound=0)[0]) == 339 + 73
    assert int(overdue.isel(bound=-1).max()) == 0
    attended = run.data["reviews_attended"].sel(service="EP")
    assert (attended <= run.data["reviews_held"]).all()
    summer = run.data["reviews_due"].sel(quarter="2026-07-01").median()
    assert float(summer) < 0.8 * float(run.data["reviews_due"].sel(quarter="2026-01-01").median())


def test_plans_in_place_go_in_a_straight_line():
    days = np.array(["2025-01-01", "2025-07-02", "2030-01-01"], dtype="datetime64[D]")
    found = plans_in_place(np.array([[100.0], [200.0]]), np.array([2025, 2026]), days)
    assert found.ravel() == pytest.approx([100.0, 150.0, 200.0], abs=0.5)


def test_without_figures_of_reviews_the_share_held_is_englands_and_said(need):
    bedford = shipped("bedford")
    flow = bedford.table("ehc_flow")
    flow = flow[~flow["stage"].str.startswith("reviews_")]
    run = ehc_process(replace(bedford, tables=bedford.tables | {"ehc_flow": flow}), need)
    england = stage_counts(bedford.england())
    held = england["reviews_held_in_year"][2024] + england["reviews_held_since"][2024]
    share = held / england["reviews_expected"][2024]
    plans = need.data["children"].sel(provision="E", year=2026).sum(("need", "age"))
    due = plans - 0.96 * need.data["new_plans"].sel(calendar_year=2025).sum(("plan_need", "age"))
    late = run.data["reviews_overdue"].sel(bound="2026-01-05")
    assert np.abs(late - due * (1 - share)).max() < 2
    assert "England's, for want of its own" in run.provenance["ehc_notes"]


def test_a_share_that_an_area_lacks_is_england_s_and_said(need):
    bedford = shipped("bedford")
    flow = bedford.table("ehc_flow")
    flow = flow[~flow["stage"].str.startswith("request_outcome_")]
    run = ehc_process(replace(bedford, tables=bedford.tables | {"ehc_flow": flow}), need)
    assert "for want of the area's own: decided in time" in run.provenance["ehc_notes"]
    told = run.share_decided("calendar_year").sel(calendar_year=2025).median()
    assert abs(float(told) - 126_160 / 148_753) < 0.12
