"""Levers on need: each does what its name says, and nothing else."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange


@pytest.fixture(scope="module")
def projected(bedford):
    def run(change=None):
        return sn.project(bedford, to=2033, draws=256, change=change)

    return run


@pytest.fixture(scope="module")
def rule(projected):
    return projected()


def median(made, year):
    return float(made.total("E").sel(year=year).median())


def test_damped_growth_lies_between_none_and_the_rule(projected, rule):
    damped, none = projected(NeedChange("damped")), projected(NeedChange("none"))
    assert median(none, 2030) == pytest.approx(2170, rel=0.015)
    assert median(none, 2030) < median(damped, 2030) < median(rule, 2030)
    assert "damped by 0.8" in " ".join(damped.assumptions)


def test_a_local_ambition_is_reached_when_it_says(projected):
    made = projected(NeedChange("plans", plans=2500, by=2030))
    assert median(made, 2030) == pytest.approx(2500, rel=0.015)
    assert median(made, 2027) < 2400


def test_englands_rate_is_reached(projected):
    made = projected(NeedChange("england_rate", by=2030))
    nation = sn.project(shipped("england"), to=2033, draws=256)

    def rate(p, year):
        return median(p, year) / float(p.data["population"].sel(year=year).sum("age").median())

    assert rate(made, 2030) == pytest.approx(rate(nation, 2030), rel=0.02)


def test_a_policy_break_cuts_new_plans_from_its_year_only(projected, rule):
    made = projected(NeedChange(new_plans=(FlowMultiplier(2027, 0.7, 0.7, 0.7),)))
    new, before = (p.data["new_plans"].sum(("plan_need", "age")) for p in (made, rule))
    np.testing.assert_array_equal(new.sel(calendar_year=[2025, 2026]), before.sel(calendar_year=[2025, 2026]))
    np.testing.assert_allclose(new.sel(calendar_year=2027), 0.7 * before.sel(calendar_year=2027), atol=8)
    np.testing.assert_array_equal(made.total("E").sel(year=2027), rule.total("E").sel(year=2027))


def test_a_break_at_some_ages_leaves_the_others(projected, rule):
    made = projected(NeedChange(new_plans=(FlowMultiplier(2026, 0.5, 0.5, 0.5, first_age=0, last_age=4),)))
    new, before = (
        p.data["new_plans"].sum("plan_need").sel(calendar_year=2026).mean("draw") for p in (made, rule)
    )
    assert float(new.sel(age=slice(1, 5)).sum() / before.sel(age=slice(1, 5)).sum()) == pytest.approx(
        0.5, abs=0.04
    )
    assert float(new.sel(age=slice(6, 25)).sum() / before.sel(age=slice(6, 25)).sum()) == pytest.approx(
        1, abs=0.03
    )


def test_more_cessations_at_16_shorten_plans_there(projected, rule):
    made = projected(NeedChange(ceased=(FlowMultiplier(2026, 2.0, 2.0, 2.0, first_age=16, last_age=18),)))
    ended, before = (
        p.data["ceased"].sel(calendar_year=2026).sum("plan_need").mean("draw") for p in (made, rule)
    )
    ages = slice(17, 19)
    assert float(ended.sel(age=ages).sum() / before.sel(age=ages).sum()) == pytest.approx(2, rel=0.06)
    young = slice(0, 15)
    assert float(ended.sel(age=young).sum()) == pytest.approx(float(before.sel(age=young).sum()), rel=0.02)
    assert median(made, 2030) < median(rule, 2030)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"growth": "fast"}, "Allowed: rule, damped"),
        ({"growth": "plans", "by": 2030}, "needs plans="),
        ({"growth": "england_rate"}, "needs by="),
        ({"damping": 2}, "from 0"),
    ],
)
def test_a_change_that_cannot_be_is_refused(values, words):
    with pytest.raises(DomainError, match=words):
        NeedChange(**values)


def test_a_ratio_out_of_order_is_refused():
    with pytest.raises(DomainError, match="0 < low"):
        FlowMultiplier(2027, 1.2, 1.0, 1.1)
    with pytest.raises(DomainError, match="none infinite"):
        FlowMultiplier(2026, 0.5, np.inf, np.inf)
    with pytest.raises(DomainError, match="within 0 to 25"):
        FlowMultiplier(2027, 1, 1, 1, first_age=20, last_age=30)
