"""Classes, rising ranks, stages and slots against their twins, and the identities between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sendneeds.kernel import classes, slots, stages, streams
from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import waits
from sendneeds.kernel.twins import lists as twin


@st.composite
def cases(draw, number=2):
    weeks = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrivals = [
        rng.poisson(draw(st.sampled_from([0.4, 2.0])), (weeks, 2)).astype(np.int32) for _ in range(number)
    ]
    opening = [rng.poisson(1.0, (draw(st.integers(0, 12)), 2)).astype(np.int32) for _ in range(number)]
    offered = rng.poisson(draw(st.sampled_from([1.0, 3.0])), (weeks, 2)).astype(np.int32)
    return arrivals, offered, opening


RANKS = {
    "strict": [[0], [1], [2]],
    "joins the class above": [[0, 0, 0, 0, 0], [1, 1, 1, 1, 0], [2, 2, 2, 1, 1]],
    "one list": [[0], [0], [0]],
}


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.parametrize("hazard", [None, 0.06])
@settings(max_examples=10, deadline=None)
@given(case=cases(3), seed=st.integers(0, 1000))
def test_classes_equal_the_twin(ranks, hazard, case, seed):
    arrivals, offered, opening = case
    table = RANKS[ranks]
    longest = max(map(len, table))
    wide = np.array([row + row[-1:] * (longest - len(row)) for row in table])
    keys = [streams.lane_keys(seed, ("test", str(c)), 2) for c in range(3)]
    paths = classes.escalating(arrivals, offered, opening, wide, hazard, keys)
    weeks = len(offered)
    for lane in range(2):
        groups = [
            twin.Group(a[:, lane].tolist(), o[:, lane].tolist(), key[[lane]])
            for a, o, key in zip(arrivals, opening, keys, strict=True)
        ]
        for path, children in zip(
            paths, twin.classes(groups, offered[:, lane].tolist(), table, hazard), strict=True
        ):
            assert path.waiting[:, lane].tolist() == twin.waiting(children, weeks)
            for within in (0, 2, 6):
                fast = waits.seen_within(path, within)[:, lane].tolist()
                assert fast == twin.seen_within(children, weeks, within)
                fast = waits.waiting_over(path, within)[:, lane].tolist()
                assert fast == twin.waiting_over(children, weeks, within)
    if ranks == "strict":
        nested = classes.strict(arrivals, offered, opening, hazard, keys)
        for one, other in zip(paths, nested, strict=True):
            assert (one.waiting == other.waiting).all()
            assert (one.served == other.served).all()


@pytest.mark.parametrize("ranks", RANKS)
@given(case=cases(3))
def test_class_lists_sum_to_the_pooled_list(ranks, case):
    arrivals, offered, opening = case
    table = RANKS[ranks]
    longest = max(map(len, table))
    wide = np.array([row + row[-1:] * (longest - len(row)) for row in table])
    paths = classes.escalating(arrivals, offered, opening, wide)
    oldest = max(map(len, opening))
    together = sum(np.pad(o, ((0, oldest - len(o)), (0, 0))) for o in opening)
    pooled = lists.fifo(sum(arrivals), offered, together)
    assert (sum(path.waiting for path in paths) == pooled.waiting).all()
    assert (sum(path.seen for path in paths) == pooled.seen).all()
    if ranks == "one list":  # with one rank the pooled list is the same children in the same order
        for within in (0, 1, 3, 8):
            each = sum(waits.seen_within(path, within) for path in paths)
            assert (each == waits.seen_within(pooled, within)).all()


def test_rising_rank_caps_the_wait_of_the_last_class():
    rng = np.random.default_rng(5)
    arrivals = [rng.poisson(6.0, (200, 50)).astype(np.int32), rng.poisson(3.0, (200, 50)).astype(np.int32)]
    opening = [np.zeros(1, int), np.zeros(1, int)]
    offered = np.full(200, 9)
    fixed = classes.strict(arrivals, offered, opening)[1]
    ranks = np.array([[0] * 9, [1] * 8 + [0]])
    raised = classes.escalating(arrivals, offered, opening, ranks)[1]
    late = waits.waiting_over(fixed, 20).sum(), waits.waiting_over(raised, 20).sum()
    assert late[1] < late[0] / 2


@settings(max_examples=20, deadline=None)
@given(case=cases(1), seed=st.integers(0, 1000), conversion=st.sampled_from([0.0, 0.6, 1.0]))
def test_stages_equal_a_child_by_child_count(case, seed, conversion):
    (arrivals,), offered, (opening,) = case
    u = streams.uniforms(seed, ("test",), len(arrivals), 2)
    delay = (0.2, 0.5, 0.3)
    first, second = stages.in_a_row(
        arrivals,
        [
            stages.Stage(offered, opening, conversion=conversion, delay=delay, u=u),
            stages.Stage(offered, opening),
        ],
    )
    weeks = len(arrivals)
    joining = np.zeros((weeks + len(delay), 2), int)
    for (week, lane), seen in np.ndenumerate(first.seen):
        one = u[week : week + 1, lane]
        going = streams.binomial(int(seen), conversion, one).item()
        rest = 1.0
        for late, chance in enumerate(delay):
            now = streams.binomial(going, min(chance / rest, 1.0), streams.hashed(one, late + 1)).item()
            joining[week + late, lane] += now
            going, rest = going - now, rest - chance
        assert going == 0
    assert (second.arrivals == joining[:weeks]).all()


def test_conversion_and_delay_follow_their_laws():
    u = streams.uniforms(4, ("stages",), 1, 40_000)
    seen = np.full((4, 40_000), 0, np.int32)
    seen[0] = 10
    joined = stages.onward(seen, 0.7, (0.0, 0.5, 0.3, 0.2), np.concatenate([u, u, u, u]))
    assert stats.chisquare(*_binned(joined.sum(axis=0), 10, 0.7)).pvalue > 1e-5
    for late, chance in ((1, 0.5), (2, 0.3), (3, 0.2)):
        assert stats.chisquare(*_binned(joined[late], 10, 0.7 * chance)).pvalue > 1e-5


def _binned(x, n, p):
    expected = stats.binom.pmf(np.arange(n + 1), n, p) * x.size
    keep = expected > 5
    found = np.bincount(x, minlength=n + 1)
    return (
        np.append(found[keep], found[~keep].sum() + 0.0),
        np.append(expected[keep], expected[~keep].sum()),
    )


def test_stage_that_another_follows_needs_uniforms():
    arrivals = np.ones((2, 1), np.int32)
    stage = stages.Stage(np.ones(2, int), np.zeros(1, int))
    with pytest.raises(TypeError, match="uniforms"):
        stages.in_a_row(arrivals, [stage, stage])


@given(wte=st.floats(0, 20), per=st.floats(0, 30), absence=st.floats(0, 0.5), weeks=st.integers(1, 60))
def test_whole_slots_do_not_drift(wte, per, absence, weeks):
    whole = slots.whole_slots(np.full((weeks, 1), wte), per, absence)
    exact = np.arange(1, weeks + 1) * wte * per * (1 - absence)
    assert (np.abs(np.cumsum(whole[:, 0]) - exact) <= 1.001).all()
    assert (whole >= 0).all()


def test_new_staff_ramp_up_and_leave():
    found = slots.in_post(
        np.array([1.0, 0.6]), np.array([[2, 3], [-100, -100]]), np.array([9, 99]), 10, ramp_weeks=4
    )
    assert found[:, 0].tolist() == pytest.approx([0.6, 0.6, 1.1, 1.225, 1.35, 1.475, 1.6, 1.6, 1.6, 0.6])
    assert found[3, 1] == pytest.approx(1.1)


def test_weeks_until_somebody_leaves_follow_their_law():
    u = streams.uniforms(2, ("hire",), 1, 40_000)
    leaving = slots.geometric_weeks(u, 0.02)
    assert abs(leaving.mean() - 49) < 4 * 49.5 / 200
    each = slots.geometric_weeks(u, np.tile([0.02, 0.0], 20_000)[None, :])
    assert (each[:, ::2] == leaving[:, ::2]).all()
    assert (each[:, 1::2] > 10**9).all()
    assert (slots.geometric_weeks(u, 0.0) > 10**9).all()
