"""The reform as a change of need: who has an individual support plan, sums, and the cut that a fall takes."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.demand.bridge import across
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.need.cohort.individual import individual_plans
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.reform import PhaseReviews, SpecialistPlans, solved_cut

REVIEWS = PhaseReviews(2029, 0.14)
SPECIALIST = SpecialistPlans(2030, 640 / 910, 2035)


@pytest.fixture(scope="module")
def england():
    return shipped("england")


@pytest.fixture(scope="module")
def baseline(england):
    return sn.project(england, to=2035, draws=20)


@pytest.fixture(scope="module")
def reviewed(england):
    return sn.project(england, to=2035, draws=20, change=NeedChange(reviews=REVIEWS))


@pytest.fixture(scope="module")
def specialist(england):
    return sn.project(england, to=2035, draws=20, change=NeedChange(reviews=REVIEWS, specialist=SPECIALIST))


def test_everybody_is_in_one_provision(specialist):
    assert specialist.data["provision"].values.tolist() == ["N", "K", "I", "E"]
    whole = specialist.data["children"].sum(("provision", "need"))
    assert (whole == specialist.data["population"]).all()


def test_plans_and_individual_plans_are_followed_to_the_child(specialist):
    """Plans[t + 1] = plans[t] + new + moved in - ceased - passed 25; ceased has those who have another kind of plan."""
    data = specialist.data
    plans = data["children"].sel(provision="E").sum(("need", "age")).transpose("year", "draw").values
    both = ("plan_need", "age")
    inward = data["new_plans"].sum(both) + data["moved_in"].sum(both)
    outward = data["ceased"].sum(both) + data["aged_out"].sum("plan_need")
    assert (np.diff(plans, axis=0) == (inward - outward).transpose("calendar_year", "draw").values).all()
    assert (data["to_individual"] <= data["ceased"]).all()
    left = data["ceased"].sum(both) - data["to_individual"].sum(both)
    assert (data["ceased_by_reason"].sum("reason") == left).all()


def test_plans_become_individual_plans_at_two_moves_from_2029(reviewed):
    moved = reviewed["to_individual"].sum(("plan_need", "draw"))
    ages = moved["age"].values[moved.sum("calendar_year").values > 0].tolist()
    years = moved["calendar_year"].values[moved.sum("age").values > 0].tolist()
    assert (ages, years) == ([11, 16], list(range(2029, 2035)))
    assert not reviewed["individual_instead"].any()


def test_one_in_eight_has_moved_by_2035(baseline, reviewed):
    """The share that ships with the scenario files is the one with which England comes to the department's estimate."""
    moved = float(reviewed["to_individual"].sum(("plan_need", "age", "calendar_year")).mean())
    assert moved / float(baseline.total("E").sel(year=2030).mean()) == pytest.approx(1 / 8, abs=0.004)


def test_nothing_changes_before_the_reform_begins(baseline, reviewed):
    before = slice(2025, 2029)
    assert (reviewed.total("E").sel(year=before) == baseline.total("E").sel(year=before)).all()


def test_plans_fall_as_far_as_they_are_to(specialist):
    cut = specialist.provenance["cut"]
    plans = specialist.total("E").mean("draw")
    assert 0.9 < cut["share"] < 1
    assert cut["peak"] == int(plans["year"][int(plans.argmax("year"))]) == 2031
    assert float(plans.sel(year=2035) / plans.max()) == pytest.approx(640 / 910, abs=0.005)
    assert any("4.7 % for England" in text for text in specialist.assumptions)


def test_those_not_given_a_plan_have_an_individual_one(baseline, specialist):
    """In each year a new plan of the baseline is made, or not; a sixth of a per cent is lost to rounding and room."""
    made = specialist["new_plans"].sum(("plan_need", "age")) + specialist["individual_instead"].sum(
        ("plan_need", "age")
    )
    wanted = baseline["new_plans"].sum(("plan_need", "age"))
    assert float(abs(made / wanted - 1).max()) < 0.005
    first = (
        specialist["individual_instead"].sel(calendar_year=2030).sum() / made.sel(calendar_year=2030).sum()
    )
    assert float(first) == pytest.approx(specialist.provenance["cut"]["share"] / 3, abs=0.01)


def test_the_percent_of_pupils_starts_as_published(baseline):
    assert set(baseline.percent_of_pupils().sel(year=2025).values) == {5.3}


def test_who_loses_a_plan_keeps_the_need_for_therapy(reviewed):
    """The same children with plans of the one kind or the other are referred as often."""
    from dataclasses import replace

    renamed = reviewed.data.drop_sel(provision="I").assign_coords(provision=["N", "K", "I"])
    as_individual = across(replace(reviewed, data=renamed), "referral_rate", 1, ["SLT"])
    with_plan = across(
        replace(reviewed, data=reviewed.data.drop_sel(provision="I")), "referral_rate", 1, ["SLT"]
    )
    assert (as_individual.sel(provision="I").values == with_plan.sel(provision="E").values).all()


def test_without_a_reform_there_is_no_such_provision(baseline):
    assert baseline.data["provision"].values.tolist() == ["N", "K", "E"]
    with pytest.raises(UnknownNameError, match="'I'"):
        baseline.total("I")


def test_individual_plans_by_hand():
    """With a chance of a tenth to end otherwise and of a half at a move, 0.45 of the 0.55 that end became another."""
    ceased = np.zeros((3, 1, 4, 1), dtype=int)
    ceased[0, 0, 1] = 110_000
    leave = np.full((3, 1, 4, 1), 0.1)
    moves = np.zeros((3, 4))
    moves[0, 0] = 0.5
    not_made = np.array([[[0]], [[7]], [[0]]])
    weights = np.zeros((3, 1, 4, 1))
    weights[1, 0, 2:] = [[1.0], [3.0]]
    found = individual_plans(ceased, leave, moves, not_made, weights, np.random.default_rng(1))
    assert found.from_plan[0, 0, :, 0].tolist() == pytest.approx([0, 90_000, 0, 0], rel=0.01)
    assert found.instead[1, 0, :, 0].tolist() == [0, 0, 2, 5]
    assert found.stock[1, 0, :, 0].tolist() == found.from_plan[0, 0, :, 0].tolist()
    assert found.stock[2, 0, 2, 0] == pytest.approx(81_000 + 2, rel=0.01)
    assert found.stock[3, 0, 3, 0] == pytest.approx(72_900, rel=0.01)


@pytest.mark.parametrize(
    ("none", "every", "share", "reached", "peak"),
    [
        # 140 - 80 c = 0.8 (120 - 10 c): c = 44/72
        ([100, 120, 140], [100, 110, 60], 44 / 72, 0.8, 2031),
        # 140 - 40 c = 0.8 (120 - 10 c) has c over 1: no new plan leaves 100 of 110
        ([100, 120, 140], [100, 110, 100], 1.0, 100 / 110, 2031),
        # falls far enough by itself
        ([100, 90, 70], [100, 80, 50], 0.0, 0.7, 2030),
    ],
)
def test_the_cut_by_hand(none, every, share, reached, peak):
    cut = solved_cut(np.array(none, float), np.array(every, float), 2030, SpecialistPlans(2030, 0.8, 2032))
    assert (cut.share, cut.reached, cut.peak) == (pytest.approx(share), pytest.approx(reached), peak)


def test_a_projection_that_ends_too_soon_is_refused(bedford):
    with pytest.raises(DomainError, match=r"project to 2035 \(to=2035\)"):
        sn.project(bedford, to=2033, draws=10, change=NeedChange(specialist=SPECIALIST))
    early = sn.project(bedford, to=2030, draws=10, change=NeedChange(specialist=SPECIALIST))
    assert any("after this projection" in text for text in early.assumptions)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PhaseReviews(2029, 1.2),
        lambda: SpecialistPlans(2030, 1.0, 2035),
        lambda: SpecialistPlans(2030, 0.7, 2030),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(DomainError):
        wrong()
