"""The cohort kernel: equal to its slow twin, conserving every child, bounded by the population."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.kernel import cohort
from sendneeds.kernel.twins import cohort as twin


def setting(seed, needs=3, ages=6, lanes=4, growth=1.3, residents=400):
    rng = np.random.default_rng(seed)
    opening = rng.poisson(20, (needs, ages, lanes))
    return {
        "opening": opening,
        "leave": rng.uniform(0, 0.3, (needs, ages, lanes)),
        "moved_total": rng.poisson(5, lanes),
        "moved_weight": rng.uniform(0.5, 1.5, ages),
        "target": (opening.sum(axis=1) * growth).astype(int),
        "hazard": rng.uniform(0, 1, (needs, ages, lanes)),
        "residents": np.full((ages, lanes), residents),
    }


@given(st.integers(0, 10_000))
def test_fast_kernel_equals_its_twin(seed):
    case = setting(seed)
    fast = cohort.year(**case, generator=np.random.default_rng(seed))
    slow = twin.year(**case, generator=np.random.default_rng(seed))
    for name in ("closing", "ceased", "moved_in", "new", "aged_out"):
        np.testing.assert_array_equal(getattr(fast, name), slow[name], err_msg=name)


@given(st.integers(0, 10_000), st.floats(0.3, 1.6), st.integers(0, 60))
def test_the_least_new_plans_are_those_of_the_twin(seed, growth, least):
    case = setting(seed, growth=growth, residents=400)
    floor = np.array([0, least, 2 * least, 5])
    fast = cohort.year(**case, generator=np.random.default_rng(seed), least=floor)
    slow = twin.year(**case, generator=np.random.default_rng(seed), least=floor)
    for name in ("closing", "ceased", "moved_in", "new", "aged_out"):
        np.testing.assert_array_equal(getattr(fast, name), slow[name], err_msg=name)


def test_fewer_new_plans_than_the_least_are_made_up_by_plans_that_end():
    """Two needs of 40 and 20 plans that nobody leaves; 66 and 63 wanted: 6 and 3 new, or 10 new and 4 and 7 ended."""
    opening = np.zeros((2, 3, 2), dtype=int)
    opening[0, 0], opening[1, 0] = 40, 20
    case = {
        "opening": opening, "leave": np.zeros((2, 3, 2)), "moved_total": np.zeros(2, dtype=int),
        "moved_weight": np.ones(3),
        "target": np.array([[44, 42], [22, 21]]), "hazard": np.ones((2, 3, 2)), "residents": np.full((3, 2), 500),
    }  # fmt: skip
    free = cohort.year(**case, generator=np.random.default_rng(1))
    assert free.new.sum(axis=(0, 1)).tolist() == [6, 3]
    assert free.cut.tolist() == [0, 0]
    held = cohort.year(**case, generator=np.random.default_rng(1), least=np.array([10, 10]))
    assert held.new.sum(axis=1).tolist() == [[7, 7], [3, 3]]  # 4 and 2 wanted, 2 and 1: two to one
    assert held.cut.tolist() == held.ceased.sum(axis=(0, 1)).tolist() == [4, 7]
    assert held.closing.sum(axis=(0, 1)).tolist() == [66, 63]


def test_the_least_go_to_needs_by_hazard_where_no_need_falls_short():
    opening = np.full((2, 2, 1), 10)
    hazard = np.ones((2, 2, 1))
    hazard[1] = 3.0
    step = cohort.year(
        opening, np.zeros((2, 2, 1)), np.array([0]), np.ones(2), np.array([[5], [5]]), hazard, np.full((2, 1), 90),
        np.random.default_rng(1), least=np.array([8]),
    )  # fmt: skip
    assert step.new.sum(axis=1).tolist() == [[2], [6]]
    assert step.closing.sum() == 10


def test_needs_may_change_and_nobody_is_lost():
    case = setting(6)
    recode = np.random.default_rng(6).dirichlet([8.0, 1.0, 1.0], size=(3, 4))
    fast = cohort.year(**case, generator=np.random.default_rng(6), recode=recode)
    slow = twin.year(**case, generator=np.random.default_rng(6), recode=recode)
    np.testing.assert_array_equal(fast.closing, slow["closing"])
    assert not fast.changed_need.sum(axis=0).any()
    assert fast.changed_need.any()
    aged_on = np.zeros_like(case["opening"])
    aged_on[:, 1:] = case["opening"][:, :-1]
    flows = fast.changed_need + fast.moved_in + fast.new - fast.ceased
    np.testing.assert_array_equal(fast.closing, aged_on + flows)


def test_new_plans_may_be_given_instead_of_a_target():
    case = setting(4)
    given_new = np.arange(12).reshape(3, 4)
    fast = cohort.year(**case, generator=np.random.default_rng(4), new_by_need=given_new)
    slow = twin.year(**case, generator=np.random.default_rng(4), new_by_need=given_new)
    np.testing.assert_array_equal(fast.new, slow["new"])
    np.testing.assert_array_equal(fast.new.sum(axis=1), given_new)


@given(st.integers(0, 10_000), st.floats(0.2, 4), st.integers(60, 400))
def test_every_child_is_accounted_for(seed, growth, residents):
    case = setting(seed, growth=growth, residents=residents)
    step = cohort.year(**case, generator=np.random.default_rng(seed))
    aged_on = np.zeros_like(case["opening"])
    aged_on[:, 1:] = case["opening"][:, :-1]
    np.testing.assert_array_equal(step.closing, aged_on - step.ceased + step.moved_in + step.new)
    np.testing.assert_array_equal(step.aged_out, case["opening"][:, -1])
    assert min(a.min() for a in step) >= 0
    held = aged_on - step.ceased + step.moved_in
    room = np.maximum(case["residents"] - held.sum(axis=0), 0)
    assert np.all(step.new.sum(axis=0) <= room)


def test_target_of_every_need_is_met_where_feasible():
    case = setting(1)
    step = cohort.year(**case, generator=np.random.default_rng(1))
    np.testing.assert_array_equal(step.closing.sum(axis=1), case["target"])


def test_total_is_met_when_it_lies_below_the_survivors():
    case = setting(2, growth=0.4)
    step = cohort.year(**case, generator=np.random.default_rng(2))
    assert step.new.sum() == 0
    np.testing.assert_array_equal(step.closing.sum(axis=(0, 1)), case["target"].sum(axis=0))


def test_a_need_below_its_survivors_gives_its_share_to_the_others():
    case = setting(3)
    case["target"][0] = 0
    step = cohort.year(**case, generator=np.random.default_rng(3))
    assert step.new[0].sum() == 0
    np.testing.assert_array_equal(
        step.closing.sum(axis=(0, 1)),
        case["target"].sum(axis=0).clip(min=(step.closing - step.new).sum(axis=(0, 1))),
    )


@pytest.mark.parametrize("total", [0, 1, 7, 100])
def test_apportionment_sums_and_is_fair(total):
    weight = np.random.default_rng(total).uniform(0, 1, (5, 50))
    parts = cohort.apportion(np.full(50, total), weight)
    np.testing.assert_array_equal(parts.sum(axis=0), total)
    assert np.all(np.abs(parts - total * weight / weight.sum(axis=0)) < 1)


def test_weights_as_chances():
    assert cohort._chances(np.array([[1.0, 3], [0, 0]])).tolist() == [[0.25, 0.75], [0.5, 0.5]]
