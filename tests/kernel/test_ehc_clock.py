"""The EHC clock against its twin, and what must hold of any clock."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.kernel.ehc import annual_reviews as ehc_reviews
from sendneeds.kernel.ehc import clock as ehc_clock
from sendneeds.kernel.twins import ehc_clock as twin


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lanes, weeks, children = draw(st.integers(1, 3)), draw(st.integers(1, 30)), draw(st.integers(0, 40))
    lane = rng.integers(0, lanes, children)
    decided = rng.integers(-10, weeks, children)
    shared = []
    for _ in range(draw(st.integers(0, 2))):
        asked = rng.random(children) < draw(st.sampled_from([0.3, 1.0]))
        came = ehc_clock.tallied(np.maximum(decided[asked], 0), lane[asked], weeks, lanes)
        backlog, done = np.zeros(lanes, int), np.zeros((weeks, lanes), int)
        for week in range(weeks):
            backlog += came[week]
            done[week] = np.minimum(backlog, rng.integers(0, 4, lanes))
            backlog -= done[week]
        shared.append((asked, done))
    return lane, decided, decided + rng.integers(0, 9, children), rng.integers(0, 9, children), shared


@given(case=cases())
def test_fast_equals_twin(case):
    lane, decided, advised, writing, shared = case
    fast = ehc_clock.issued(lane, decided, advised, writing, [ehc_clock.Shared(*one) for one in shared])
    slow = twin.issued(
        lane.tolist(),
        decided.tolist(),
        advised.tolist(),
        writing.tolist(),
        [(asked.tolist(), done.tolist()) for asked, done in shared],
    )
    assert [None if week == ehc_clock.NOT_YET else week for week in fast.tolist()] == slow


@given(case=cases())
def test_nobody_is_lost_or_early(case):
    lane, decided, advised, writing, shared = case
    lanes, weeks = int(lane.max(initial=0)) + 1, 30
    week = ehc_clock.issued(lane, decided, advised, writing, [ehc_clock.Shared(*one) for one in shared])
    assert (week >= advised + writing).all()
    counts = ehc_clock.ByPeriod(np.arange(weeks), weeks, lane, lanes)
    stock = counts.stock(decided, week, np.ones(lane.size, bool))
    begun, ended = (ehc_clock.tallied(w, lane, weeks, lanes) for w in (decided, week))
    assert (np.diff(stock, axis=0) == begun - ended).all()
    assert (stock >= 0).all()


def test_more_slots_make_no_plan_later():
    rng = np.random.default_rng(4)
    lane, decided = np.zeros(60, int), np.sort(rng.integers(0, 40, 60))
    came = ehc_clock.tallied(decided, lane, 80, 1)
    weeks = {}
    for slots in (1, 2):
        backlog, done = 0, np.zeros((80, 1), int)
        for week in range(80):
            backlog += came[week, 0]
            done[week] = min(backlog, slots)
            backlog -= done[week, 0]
        asked = [ehc_clock.Shared(np.ones(60, bool), done)]
        weeks[slots] = ehc_clock.issued(lane, decided, decided + 4, np.full(60, 5), asked)
    assert (weeks[2] <= weeks[1]).all()
    assert (weeks[2] < weeks[1]).any()


@given(seed=st.integers(0, 2**32 - 1), weeks=st.integers(0, 30), each=st.integers(1, 12))
def test_advice_given_alone_equals_its_twin(seed, weeks, each):
    rng = np.random.default_rng(seed)
    asked, room = rng.integers(0, 5, (weeks, 3)), rng.integers(0, 40, (weeks, 3))
    opening = rng.integers(0, 6, 3)
    fast = ehc_clock.advice_done(asked, room, opening, each)
    for lane in range(3):
        slow = twin.advice_done(asked[:, lane].tolist(), room[:, lane].tolist(), int(opening[lane]), each)
        assert fast[:, lane].tolist() == slow


@given(
    refused=st.integers(-50, 50),
    mediated=st.booleans(),
    appealed=st.booleans(),
    weeks=st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 60)),
)
def test_a_dispute_equals_its_twin(refused, mediated, appealed, weeks):
    fast = ehc_clock.settled(*(np.array([x]) for x in (refused, mediated, appealed, *weeks)))
    ends, begins, settled = twin.settled(refused, mediated, appealed, *weeks)
    assert int(fast[2][0]) == settled
    assert ends is None or int(fast[0][0]) == ends
    assert begins is None or int(fast[1][0]) == begins


@given(seed=st.integers(0, 2**32 - 1), weeks=st.integers(1, 60))
def test_a_year_parted_over_its_weeks_is_whole(seed, weeks):
    rng = np.random.default_rng(seed)
    year, weight = rng.integers(0, 5000, 4), rng.integers(0, 2, weeks).astype(float)
    weight[-1] = 1.0
    parted = ehc_reviews.spread_over(year, weight)
    assert (parted.sum(axis=0) == year).all()
    assert (parted >= 0).all()
    assert (parted[weight == 0] == 0).all()


def test_lanes_in_16_bits_find_their_week():
    """The 100th lane of 400 weeks lies 40,000 weeks along, past what 16 bits hold."""
    lane = np.arange(100, dtype=np.int16)
    done = np.zeros((400, 100), int)
    done[2] = 1
    assert ehc_clock.finished(np.zeros(100, np.int16), lane, done).tolist() == [2] * 100
