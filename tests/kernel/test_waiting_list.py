"""A list seen partly in order: worked by hand, against its twin child by child, and what must hold of any list."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendneeds.kernel import streams
from sendneeds.kernel.lists import fifo, waits
from sendneeds.kernel.lists.cohort_curve import CohortCurve
from sendneeds.kernel.lists.leaving import LeavingLaw
from sendneeds.kernel.lists.waiting_list import EDGES, WaitingList, run, start_of
from sendneeds.kernel.random_streams import RandomStreams
from sendneeds.kernel.twins import lists as twin

KEY = ("test", "list")
SHARES = (0.5, 0.92, 1.0)
ORDERS = st.sampled_from([1.0, 0.8, 0.45, 0.1, 0.0])


def one_lane(*counts):
    return np.array(counts)[:, None]


def test_a_list_of_ten_by_hand():
    """Three A have waited longest, then three B, then four C. Half of six appointments go in order: the three A.

    Seven are left, of whom three go at random with U = 2: child k goes where (3 k + 2) // 7 rises. That is 0, 0, 1, 1,
    2, 2, 2, 3 for k = 0 .. 7: the second, the fourth and the seventh, which are one B and two C.
    """
    curve = CohortCurve(one_lane(4, 3, 3), 1)
    curve.remove_longest(np.array([3]))
    assert curve.read(np.arange(1, 4))[:, 0].tolist() == [0, 3, 7]
    curve.sample(np.array([3]), np.array([7]), np.array([2]))
    assert curve.read(np.arange(1, 4))[:, 0].tolist() == [0, 2, 4]
    curve.append(np.array([5]))
    assert curve.read(np.arange(5))[:, 0].tolist() == [0, 0, 2, 4, 9]
    assert curve.summed().tolist() == [2 + 4 + 9]


def test_leavers_of_a_band_by_hand():
    """Of three A, three B and four C, two leave among B and C with U = 3: child k of seven where (2 k + 3) // 7 rises.

    That is 0, 0, 1, 1, 1, 1, 2, 2 for k = 0 .. 7: the second and the sixth, one B and one C.
    """
    curve = CohortCurve(one_lane(4, 3, 3), 0)
    nobody = np.array([3]), np.array([0])
    curve.sample(np.array([2]), np.array([7]), np.array([3]), first=2, last=4, older=nobody)
    assert curve.read(np.arange(1, 4))[:, 0].tolist() == [3, 5, 8]


@pytest.mark.parametrize(("total", "count"), [(10, 4), (7, 7), (7, 0), (97, 31), (1, 1)])
def test_each_child_is_equally_likely(total, count):
    """Over every start U, 0 .. m - 1, each child of m is taken exactly r times."""
    starts = np.arange(total)
    curve = CohortCurve(np.ones((total, total), int), 0)
    curve.sample(np.full(total, count), np.full(total, total), starts)
    stays = np.diff(curve.read(np.arange(total + 1)), axis=0)
    assert ((stays == 0) | (stays == 1)).all()
    assert (stays.sum(axis=0) == total - count).all()
    assert (stays.sum(axis=1) == total - count).all()


def test_a_start_is_uniform_over_the_list():
    pieces = (np.arange(70_000, dtype=np.uint64) * np.uint64(2**32) + np.uint64(2**31)) // np.uint64(70_000)
    starts = start_of(pieces, np.full(70_000, 7))
    assert np.bincount(starts.astype(int)).tolist() == [10_000] * 7


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([3, 50, 2_000, 90_000]))
def test_removals_are_exact_whatever_the_size(seed, size):
    """The rows are those of whole-number arithmetic, in 32 bits and in 64."""
    rng = np.random.default_rng(seed)
    opening = rng.poisson(size / 20, (20, 8))
    total = opening.sum(axis=0)
    count = rng.integers(0, total + 1)
    start = rng.integers(0, np.maximum(total, 1))
    curve = CohortCurve(opening, 0)
    curve.hold(int(total.max()), int(count.max()))
    curve.sample(count, total, start)
    before = np.cumsum(opening[::-1], axis=0)
    expected = before - (before * count + start) // np.maximum(total, 1)
    assert (curve.read(np.arange(1, 21)) == expected).all()


def test_weeks_of_a_long_list_are_added_up_exactly():
    """300 weeks of 401 children each: 401 (1 + 2 + ... + 300) weeks since they joined, past what 32 bits hold."""
    curve = CohortCurve(np.full((300, 1), 401), 0)
    curve.hold(300 * 401, 0)
    assert curve.summed().tolist() == [401 * 300 * 301 // 2]
    assert 401 * 300 * 301 // 2 > 2**24


@st.composite
def cases(draw):
    weeks, oldest = draw(st.integers(1, 40)), draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrivals = rng.poisson(draw(st.sampled_from([0.3, 2.0, 6.0])), (weeks, 2))
    slots = rng.poisson(draw(st.sampled_from([0.5, 2.0, 5.0])), (weeks, 2))
    return arrivals, slots, rng.poisson(1.5, (oldest, 2))


@settings(max_examples=60, deadline=None)
@given(case=cases(), seed=st.integers(0, 1000), order=ORDERS, leaving=st.sampled_from([None, 0.02, 0.3]))
def test_fast_equals_twin(case, seed, order, leaving):
    arrivals, slots, opening = case
    path = run(arrivals, slots, opening, RandomStreams(seed, KEY, 2), order, leaving, shares=SHARES)
    pieces, weeks = streams.uniforms(seed, (*KEY, "order 0"), len(arrivals), 2), len(arrivals)
    for lane in range(2):
        columns = (x[:, lane].tolist() for x in (arrivals, path.seen, path.left, opening))
        children = twin.in_part_order(*columns, round(order * 65536), pieces[:, lane].tolist())
        seen = [child for child in children if child.seen is not None]
        assert path.waiting[:, lane].tolist() == twin.waiting(children, weeks)
        over = np.cumsum(path.waiting_bands[::-1, :, lane], axis=0)[::-1]
        seen_over = np.cumsum(path.seen_bands[::-1, :, lane], axis=0)[::-1]
        for band, edge in enumerate(EDGES):
            assert over[band].tolist() == twin.waiting_over(children, weeks, edge)
            if edge:
                within = twin.seen_within(children, weeks, edge)
                assert (path.seen[:, lane] - seen_over[band]).tolist() == within
        waited = [sum(t - child.joined for child in seen if child.seen == t) for t in range(weeks)]
        assert path.seen_weeks[:, lane].tolist() == waited
        so_far = [[t - child.joined for child in children if child.waits_at(t)] for t in range(weeks + 1)]
        recent = [[c.seen - c.joined for c in seen if t - 4 < c.seen <= t] for t in range(weeks)]
        for number, share in enumerate(SHARES):
            percentiles = path.percentiles.waiting[number, :, lane].tolist()
            assert percentiles == [twin.percentile(list_now, share) for list_now in so_far]
            percentiles = path.percentiles.seen[number, :, lane].tolist()
            assert percentiles == [twin.percentile(month, share) for month in recent]


@settings(max_examples=60, deadline=None)
@given(
    case=cases(),
    seed=st.integers(0, 1000),
    order=ORDERS,
    leaving=st.sampled_from([None, 0.1, np.array([0.0, 0.3, 0.02]), np.array([[0.0, 0.4]])]),
    age_out=st.sampled_from([None, 0.05]),
)
def test_opening_plus_in_less_out_is_closing(case, seed, order, leaving, age_out):
    arrivals, slots, opening = case
    path = run(arrivals, slots, opening, RandomStreams(seed, KEY, 2), order, leaving, age_out)
    assert (path.waiting[1:] == path.waiting[:-1] + arrivals - path.seen - path.left).all()
    assert (path.waiting_bands >= 0).all()
    assert (path.waiting_bands.sum(axis=0) == path.waiting).all()
    assert (path.seen_bands >= 0).all()
    assert (path.seen_bands.sum(axis=0) == path.seen).all()
    assert (path.aged_out <= path.left).all()
    if leaving is None and age_out is None:
        # Little: every week each child waiting grows a week older, and takes its weeks with it when it is seen
        before = np.arange(1, len(opening) + 1)[:, None]
        age = (before * opening).sum(axis=0) + path.waiting[1:].sum(axis=0)
        later = WaitingList(opening, len(arrivals), RandomStreams(seed, KEY, 2), None, order)
        for week, joining in enumerate(arrivals):
            later.join(joining)
            later.see(week, path.seen[week])
        held = later.curve.summed()
        assert (age == path.seen_weeks.sum(axis=0) + held).all()


@settings(max_examples=30, deadline=None)
@given(case=cases(), seed=st.integers(0, 1000), order=ORDERS)
def test_how_many_wait_does_not_depend_on_the_order(case, seed, order):
    arrivals, slots, opening = case
    one, other = (
        run(arrivals, slots, opening, RandomStreams(seed, KEY, 2), theta, 0.05) for theta in (1.0, order)
    )
    assert (one.waiting == other.waiting).all()
    assert (one.left == other.left).all()
    assert (one.seen == other.seen).all()


@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_all_in_order_is_first_in_first_out(case):
    arrivals, slots, opening = case
    path = run(arrivals, slots, opening, RandomStreams(1, KEY, 2), shares=SHARES)
    curves = fifo.fifo(arrivals.astype(np.int32), slots, opening)
    assert (path.waiting == curves.waiting).all()
    assert (path.waiting_bands == waits.waiting_bands(curves, EDGES)).all()
    assert (path.percentiles.waiting == waits.waiting_percentile(curves, SHARES)).all()
    assert (path.percentiles.seen == waits.seen_percentile(curves, SHARES)).all()


def test_no_fraction_of_a_child_is_lost():
    """One child a week at a share of 0.45: the longest waiter goes in weeks 3, 5, 7, 9, 12 ..., nine times in twenty.

    The opening list is so old that a child of it, seen at random or in order, can be told from those who join.
    """
    opening = np.zeros((200, 1), int)
    opening[150:170] = 1  # twenty of different ages, a row each
    waiting_list = WaitingList(opening, 20, RandomStreams(3, KEY, 1), None, 0.45)
    in_order = []
    for week in range(20):
        waiting_list.join(np.array([0]))
        oldest = waiting_list.curve.read(np.arange(waiting_list.curve.end))[:, 0]
        due = waiting_list._rest.copy()
        waiting_list.see(week, np.array([1]))
        in_order.append(int(waiting_list._rest[0] < due[0]))
        assert oldest[-1] - 1 == waiting_list.waiting[0]
    assert np.cumsum(in_order).tolist() == [int(0.45 * (week + 1) - 1e-4) for week in range(20)]


def test_less_order_keeps_long_waiters_waiting():
    """A list that stands still: in order nobody waits over 18 weeks, at random one in e."""
    arrivals = slots = np.full((200, 1), 20)
    within = {}
    for order in (1.0, 0.45, 0.0):
        path = run(arrivals, slots, np.full(18, 20), RandomStreams(2, KEY, 1), order)
        within[order] = path.waiting_bands[:5, -1, 0].sum() / path.waiting[-1, 0]
    assert within[1.0] == 1.0
    assert within[0.0] == pytest.approx(1 - (1 - 20 / 380) ** 18, abs=0.03)
    assert within[0.0] < within[0.45] < 1.0


def test_lanes_do_not_depend_on_the_block_computed():
    arrivals = streams.poisson(5.0, streams.uniforms(3, ("a", "referrals"), 30, 300))
    slots, opening = np.full((30, 1), 4), np.full(20, 3)
    whole = run(arrivals, slots, opening, RandomStreams(3, KEY, 300), 0.45, 0.02)
    part = run(arrivals[:, 250:270], slots, opening, RandomStreams(3, KEY, 20, 250), 0.45, 0.02)
    for name in ("waiting", "left", "seen_weeks"):
        assert (getattr(whole, name)[:, 250:270] == getattr(part, name)).all()
    assert (whole.waiting_bands[..., 250:270] == part.waiting_bands).all()


def test_leaving_bands_by_hand():
    """Chances of 0, 0, then 10 % make two bands; with an age limit of 20 %, 1 - 0.9 x 0.8 = 28 % go in the second."""
    law = LeavingLaw(np.array([0.0, 0.0, 0.1]), 0.2)
    assert law.edges == [0, 2]
    assert [chance.tolist() for chance in law.chances] == [[pytest.approx(0.2)], [pytest.approx(0.28)]]
    assert [share.tolist() for share in law.aged] == [[1.0], [pytest.approx(0.2 / 0.28)]]
