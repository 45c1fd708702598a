"""Staff in post to whole slots: exact ramps, no drift, and the law of leaving."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.kernel import slots, streams


@given(wte=st.floats(0, 20), per=st.floats(0, 30), absence=st.floats(0, 0.5), weeks=st.integers(1, 60))
def test_whole_slots_do_not_drift(wte, per, absence, weeks):
    whole = slots.whole_slots(np.full((weeks, 1), wte), per, absence)
    exact = np.arange(1, weeks + 1) * wte * per * (1 - absence)
    assert (np.abs(np.cumsum(whole[:, 0]) - exact) <= 1.001).all()
    assert (whole >= 0).all()


def test_new_staff_ramp_up_and_leave():
    """From week 2 to 8; from 3 to 7, and the next from 10 on; of long standing, gone in week 1; and nobody at all."""
    start = np.array([[2, 3, -100, 0], [12, 9, 1, 1], [12, 10, 4, 12]])
    end = np.array([[9, 8, 1, 0], [13, 9, 1, 1], [13, 99, 2, 13]])
    found = slots.strength_in_turn(start, end, 11, ramp_weeks=4, ramp_from=0.6)
    assert found[:, 0].tolist() == pytest.approx([0, 0, 0.6, 0.7, 0.8, 0.9, 1, 1, 1, 0, 0])
    assert found[:, 1].tolist() == pytest.approx([0, 0, 0, 0.6, 0.7, 0.8, 0.9, 1, 0, 0, 0.6])
    assert found[:, 2].tolist() == [1] + [0] * 10
    assert found[:, 3].tolist() == [0] * 11


def test_a_post_passes_from_one_to_the_next_within_a_week():
    start, end = np.array([[-1], [2], [4]]), np.array([[2], [4], [9]])
    found = slots.strength_in_turn(start, end, 6, ramp_weeks=2, ramp_from=0.0)
    assert found[:, 0].tolist() == [0.5, 1.0, 0.0, 0.5, 0.0, 0.5]


def test_weeks_until_somebody_leaves_follow_their_law():
    u = streams.uniforms(2, ("hire",), 1, 40_000)
    leaving = slots.geometric_weeks(u, 0.02)
    assert abs(leaving.mean() - 49) < 4 * 49.5 / 200
    each = slots.geometric_weeks(u, np.tile([0.02, 0.0], 20_000)[None, :])
    assert (each[:, ::2] == leaving[:, ::2]).all()
    assert (each[:, 1::2] > 10**9).all()
    assert (slots.geometric_weeks(u, 0.0) > 10**9).all()
