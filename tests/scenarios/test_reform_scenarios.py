"""Scenarios of the reform: those that ship, their scale in an area, and what experts do to its services."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.demand.parameters import Parameters
from sendneeds.evidence.area import shipped
from sendneeds.foundation.constants import WEEKS_PER_YEAR
from sendneeds.foundation.errors import ScenarioError
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.reform import PhaseReviews, SpecialistPlans
from sendneeds.scenarios.checks import Checked, notes
from sendneeds.scenarios.effects import expert_effects
from sendneeds.scenarios.lever_context import RunContext
from sendneeds.scenarios.levers.need import need_change
from sendneeds.scenarios.reform import reform_scenarios, share_of_pupils
from sendneeds.waits.services.simulate import weeks_of

NAMES = [
    "baseline",
    "bases-in-mainstream",
    "experts-at-hand",
    "experts-at-hand-fewer-requests",
    "experts-at-hand-more-requests",
    "phase-reviews",
    "phase-reviews-double",
    "phase-reviews-half",
    "specialist-plans",
]


def named(area):
    return {scenario.name: scenario for scenario in reform_scenarios(area)}


def test_they_ship_dated_and_with_a_source():
    scenarios = named(shipped("england"))
    assert list(scenarios) == NAMES
    for name, scenario in scenarios.items():
        if name != "baseline":
            assert "20" in scenario.title
            assert "Department for Education" in scenario.note, name
    assert scenarios["bases-in-mainstream"].levers[0].places == 60_000
    assert scenarios["experts-at-hand"].levers[0].wte == 7500


def test_an_area_has_its_share_of_experts_and_places(root, bedford):
    counts = pd.read_csv(root / "data" / "england" / "pupils_5_to_15.csv")
    counts = counts[counts["census_january"] == counts["census_january"].max()]
    share = counts.loc[counts["authority_code"] == "E06000055", "pupils"].sum() / counts["pupils"].sum()
    assert share_of_pupils(bedford) == pytest.approx(share)
    assert 0.003 < share < 0.004
    scenarios = named(bedford)
    assert scenarios["experts-at-hand"].levers[0].wte == pytest.approx(7500 * share)
    assert scenarios["bases-in-mainstream"].levers[0].places == round(60_000 * share)


def test_a_file_reads_as_its_levers():
    reviews, specialist = named(shipped("england"))["specialist-plans"].levers
    assert reviews == sn.levers.PhaseReviews(start=date(2029, 9, 1), share=0.14)
    assert specialist == sn.levers.SpecialistPlans(start=date(2030, 9, 1), share_of_peak=0.7033, by=2035)
    assert need_change([reviews, specialist]) == NeedChange(
        reviews=PhaseReviews(2029, 0.14), specialist=SpecialistPlans(2030, 0.7033, 2035)
    )


@pytest.fixture(scope="module")
def context(bedford, need):
    return RunContext(bedford, Parameters(bedford), need, weeks_of(bedford, need, None))


def experts(**changed):
    given = {
        "start": date(2026, 9, 7),
        "end": date(2027, 9, 5),
        "wte": 8.0,
        "professions": {"SLT": 0.5, "EP": 0.25, "teachers": 0.25},
        "own_posts_share": (0.25, 0.25, 0.25),
        "gbp_per_wte_year": (52_000, 52_000, 52_000),
        "funders": {"dfe": 1.0},
    }
    return sn.levers.ExpertsAtHand(**{**given, **changed})


def test_experts_leave_posts_of_the_area_and_are_paid_for(context):
    """Eight, half of them therapists, a quarter from own posts: one post of SLT, half a post of EP; 52 weeks of 8."""
    found = expert_effects(experts(), context)
    assert [service for service, _ in found] == ["PLACES", "SLT", "EP"]
    inside = slice(context.week_of(date(2026, 9, 7)), context.week_of(date(2027, 9, 5)) + 1)
    paid = found[0][1].units * found[0][1].price
    assert paid[inside].sum(axis=0).tolist() == pytest.approx(
        [8 * 52_000 * 52 / WEEKS_PER_YEAR] * context.draws
    )
    assert paid.sum() == pytest.approx(paid[inside].sum())
    for (_, effect), lost in zip(found[1:], (1.0, 0.5), strict=True):
        assert set(np.unique(effect.option.extra_wte)) == {0.0, -lost}
        assert not effect.units.any()


def test_no_more_leave_than_are_in_post(context):
    service, effect = expert_effects(experts(wte=8000.0, professions={"SLT": 1.0}), context)[1]
    assert service == "SLT"
    assert 1 < -effect.option.extra_wte.min() < 100


def test_an_area_without_figures_of_staff_has_their_cost_alone(context):
    found = expert_effects(experts(), replace(context, figures=None))
    assert [service for service, _ in found] == ["PLACES"]


def test_the_run_says_how_many_experts_and_whence(context):
    (text,) = notes("e", [experts()], context)
    whole = "8.0 whole-time equivalents of experts (4.0 SLT, 2.0 EP, 2.0 teachers)"
    assert f"{whole}, of whom 2.0 (2.0 to 2.0) leave posts of the area" in text


def test_the_run_says_that_individual_plans_have_no_cost_here(context):
    levers = named(context.area)["specialist-plans"].levers
    (text,) = notes("s", levers, context)
    assert text.startswith("s: what individual support plans cost is in no figure")


@pytest.mark.parametrize(
    "wrong",
    [{"professions": {"SLT": 0.5}}, {"professions": {"pilots": 1.0}}, {"wte": 0}, {"funders": {"dfe": 0.5}}],
)
def test_experts_that_cannot_be_are_refused(wrong):
    with pytest.raises(ScenarioError):
        experts(**wrong)


def test_one_of_each_and_within_the_projection(bedford):
    review = sn.levers.PhaseReviews(start=date(2029, 9, 1), share=0.1)
    with pytest.raises(ScenarioError, match="a plan is reviewed once at a move"):
        sn.Scenario("twice", "Twice", levers=[review, review])
    late = sn.levers.SpecialistPlans(start=date(2030, 9, 1))
    (fault,) = Checked(bedford, to=2033).faults("s", [late])
    assert (fault.column, fault.found, fault.allowed) == (
        "levers[1] (specialist_plans).by",
        "2035",
        "a January to 2033",
    )


def test_they_run_and_the_return_has_them_beside_the_baseline(bedford):
    scenarios = [s for s in reform_scenarios(bedford) if s.name in ("experts-at-hand", "phase-reviews")]
    run = sn.run(bedford, scenarios, draws=10, to=2031)
    assert set(run.needs) == {"experts-at-hand", "phase-reviews"}
    slt = run.waits.data["sessions"].sel(service="SLT")
    slt = slt.sum([dim for dim in slt.dims if dim != "scenario"])
    assert float(slt.sel(scenario="experts-at-hand")) < float(slt.sel(scenario="baseline"))
    made = sn.lsrp_return(bedford, scenarios, draws=10)
    last = {name: made.table("5.1", name).iloc[-1][2029] for name in ("baseline", "phase-reviews")}
    assert last["phase-reviews"] < last["baseline"]
