"""The EHC clock against its twin, and what must hold of any clock."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sendneeds.kernel import ehc_clock
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


@settings(max_examples=150)
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


@settings(max_examples=60)
@given(case=cases())
def test_nobody_is_lost_or_early(case):
    lane, decided, advised, writing, shared = case
    lanes, weeks = int(lane.max(initial=0)) + 1, 30
    week = ehc_clock.issued(lane, decided, advised, writing, [ehc_clock.Shared(*one) for one in shared])
    assert (week >= advised + writing).all()
    stock = ehc_clock.in_progress(decided, week, lane, weeks, lanes)
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
