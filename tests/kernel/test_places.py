"""Placements against their twin, and what must hold of any filling."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sendneeds.kernel import places
from sendneeds.kernel.twins import places as twin


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    settings_, groups, lanes = draw(st.integers(1, 5)), draw(st.integers(1, 4)), 2
    want = rng.integers(0, 9, (settings_, groups, lanes))
    ceiling = rng.integers(-1, 20, (settings_, lanes))
    passed_to = [int(rng.choice([places.NOWHERE, *range(s + 1, settings_)])) for s in range(settings_)]
    return want, ceiling, passed_to


@settings(max_examples=200)
@given(case=cases())
def test_fast_equals_twin_and_nobody_is_lost(case):
    want, ceiling, passed_to = case
    placed, unplaced = places.filled(want, ceiling, passed_to)
    for lane in range(2):
        slow = twin.filled(want[..., lane].tolist(), ceiling[:, lane].tolist(), passed_to)
        assert placed[..., lane].tolist() == slow[0]
        assert unplaced[..., lane].tolist() == slow[1]
    awaiting = unplaced[[after == places.NOWHERE for after in passed_to]].sum(axis=0)
    assert (placed.sum(axis=0) + awaiting == want.sum(axis=0)).all()
    assert (placed >= 0).all()
    assert (unplaced >= 0).all()
    full = ceiling >= 0
    assert (placed.sum(axis=1)[full] <= ceiling[full]).all()


@settings(max_examples=60)
@given(case=cases(), more=st.integers(1, 5))
def test_more_places_never_leave_more_children_without(case, more):
    want, ceiling, passed_to = case
    ceiling = ceiling.copy()
    _, before = places.filled(want, ceiling, passed_to)
    ceiling[0] = np.where(ceiling[0] >= 0, ceiling[0] + more, -1)
    _, after = places.filled(want, ceiling, passed_to)
    nowhere = [to == places.NOWHERE for to in passed_to]
    assert (after[nowhere].sum(axis=(0, 1)) <= before[nowhere].sum(axis=(0, 1))).all()


@given(children=st.integers(0, 500), weights=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(sum))
def test_wanted_adds_up(children, weights):
    want = places.wanted(np.array([[children]]), np.array([weights], dtype=float))[:, 0, 0]
    assert want.sum() == children
    assert (np.abs(want - children * np.array(weights) / sum(weights)) < 1).all()


def test_openings_fill_and_close():
    found = places.opened(np.array([50, -1, 20]), [(0, 2, 16, 2), (2, 1, -30, 1), (1, 0, 5, 1)], 4)
    assert found[:, 0].tolist() == [50, 50, 58, 66]
    assert found[:, 1].tolist() == [-1] * 4
    assert found[:, 2].tolist() == [20, 0, 0, 0]
