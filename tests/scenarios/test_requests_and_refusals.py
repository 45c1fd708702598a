"""Levers on requests and refusals: plans, requests and disputes move as the process has it."""

import datetime

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange, decided_shares

YEARS = [2025, 2026, 2027]


def test_the_factor_on_plans_by_hand():
    """Bedford 2024: 320 agreed, 153 refused and 0 withdrawn of 473. A fifth fewer refused are 350.6 agreed."""
    bedford = shipped("bedford")
    flow = bedford.table("ehc_flow").set_index(["stage", "calendar_year"])["count"]
    agreed = float(flow["requests_decided_to_assess", 2024])
    refused = float(flow["requests_decided_not_to_assess", 2024])
    gone = float(flow["requests_withdrawn", 2024])
    decided = agreed + refused + gone
    assert decided_shares(bedford) == pytest.approx((refused / decided, gone / decided))
    fewer = NeedChange(refusals=(FlowMultiplier(2026, 0.8, 0.8, 0.8, last_year=2026),))
    found = fewer.plans_started(bedford, YEARS, 0, 1)
    assert found[1] == pytest.approx(np.full((26, 256), (agreed + 0.2 * refused) / agreed))
    assert (found[[0, 2]] == 1).all()
    more = NeedChange(requests=(FlowMultiplier(2026, 1.1, 1.1, 1.1, first_age=5, last_age=9),))
    found = more.plans_started(bedford, YEARS, 0, 1)
    assert found[1, 5:10] == pytest.approx(np.full((5, 256), 1.1))
    assert (found[1, :5] == 1).all()
    assert "Legal risk" in " ".join(NeedChange(refusals=(FlowMultiplier(2026, 1.1, 1.2, 1.3),)).notes())


@pytest.fixture(scope="module")
def result():
    start = datetime.date(2026, 1, 1)
    options = [
        sn.Scenario(
            "more",
            title="Requests rise 10 %",
            levers=[sn.levers.Requests(start=start, ratio=(1.1, 1.1, 1.1))],
        ),
        sn.Scenario(
            "fewer", title="Fewer refused", levers=[sn.levers.Refusals(start=start, ratio=(0.8, 0.8, 0.8))]
        ),
    ]
    return sn.run(shipped("bedford"), options, draws=40, seed=1, to=2029)


def mean(result, scenario, name, year):
    array = result.clock[scenario].data[name]
    whole = array.isel(quarter=(array["quarter"].dt.year == year).values)
    return float(whole.sum([d for d in whole.dims if d != "draw"]).mean())


def test_more_requests_are_more_plans_and_more_refusals(result):
    base, more = (mean(result, name, "issued", 2027) for name in ("baseline", "more"))
    assert more / base == pytest.approx(1.1, abs=0.01)
    asked = [mean(result, name, "requests", 2027) for name in ("baseline", "more")]
    assert asked[1] / asked[0] == pytest.approx(1.1, abs=0.02)
    assert mean(result, "more", "refusals", 2027) > 1.04 * mean(result, "baseline", "refusals", 2027)


def test_fewer_refusals_are_more_plans_from_as_many_requests(result):
    """A fifth fewer of 0.32 refused are 1.096 times as many agreed, and no more requests."""
    base, fewer = (mean(result, name, "issued", 2027) for name in ("baseline", "fewer"))
    assert fewer / base == pytest.approx(1.096, abs=0.015)
    asked = [mean(result, name, "requests", 2027) for name in ("baseline", "fewer")]
    assert asked[1] / asked[0] == pytest.approx(1.0, abs=0.03)
    assert mean(result, "fewer", "appeals", 2027) < mean(result, "baseline", "appeals", 2027)


def test_an_option_with_more_requests_says_how_much_advice_it_asks_for(result):
    """A tenth more requests from 2026 on are a tenth more reports in 2027, but for the few for annual reviews."""
    asked = result.implied_advice().set_index(["scenario", "measure", "calendar_year"])["central"]
    assert asked["more", "ratio", 2024] == asked["baseline", "ratio", 2024] == 1
    assert asked["more", "ratio", 2027] / asked["baseline", "ratio", 2027] == pytest.approx(1.1, abs=0.02)
    assert asked["more", "wte", 2027] / asked["baseline", "wte", 2027] == pytest.approx(1.1, abs=0.02)
    (note,) = (text for text in result.notes if text.startswith("more: "))
    assert f"in 2028, where the baseline asks for {asked['baseline', 'ratio', 2028]:.2f}" in note
    assert f"{asked['more', 'wte', 2028]:.1f}" in note
