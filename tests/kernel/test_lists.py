"""The list kernel against its twin, child by child, and the identities that must hold whatever the input."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sendneeds.kernel.lists import fifo as lists
from sendneeds.kernel.lists import waits
from sendneeds.kernel.twins import lists as twin


@st.composite
def cases(draw):
    weeks, oldest = draw(st.integers(1, 40)), draw(st.integers(0, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrivals = rng.poisson(draw(st.sampled_from([0.3, 2.0, 6.0])), (weeks, 2)).astype(np.int32)
    slots = rng.poisson(draw(st.sampled_from([0.5, 2.0, 5.0])), (weeks, 2)).astype(np.int32)
    return arrivals, slots, rng.poisson(1.5, (oldest, 2)).astype(np.int32)


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_fast_equals_twin(case):
    arrivals, slots, opening = case
    path = lists.fifo(arrivals, slots, opening)
    weeks = len(arrivals)
    for lane in range(2):
        inputs = (arrivals[:, lane].tolist(), slots[:, lane].tolist(), opening[:, lane].tolist())
        children = twin.fifo(*inputs)
        seen = [c for c in children if c.seen is not None]
        assert path.waiting[:, lane].tolist() == twin.waiting(children, weeks)
        assert path.seen[:, lane].tolist() == [sum(c.seen == t for c in seen) for t in range(weeks)]
        for over in (0, 1, 4, 18, 60):
            assert waits.seen_within(path, over)[:, lane].tolist() == twin.seen_within(children, weeks, over)
            assert waits.waiting_over(path, over)[:, lane].tolist() == twin.waiting_over(
                children, weeks, over
            )
        all_waits = [c.seen - c.joined for c in seen]
        waited = [[t - c.joined for c in children if c.waits_at(t)] for t in range(weeks + 1)]
        recent = [[c.seen - c.joined for c in seen if t - 4 < c.seen <= t] for t in range(weeks)]
        for share in (0.5, 0.92, 1.0):
            assert waits.waiting_percentile(path, share)[:, lane].tolist() == [
                twin.percentile(w, share) for w in waited
            ]
            assert waits.seen_percentile(path, share)[:, lane].tolist() == [
                twin.percentile(w, share) for w in recent
            ]
            assert waits.seen_percentile(path, share, None)[lane] == twin.percentile(all_waits, share)
        np.testing.assert_allclose(waits.seen_mean(path, None)[lane], np.mean(all_waits or [np.nan]))
        np.testing.assert_allclose(
            waits.waiting_mean(path)[:, lane], [np.mean(w or [np.nan]) for w in waited]
        )
        np.testing.assert_allclose(waits.seen_mean(path)[:, lane], [np.mean(w or [np.nan]) for w in recent])


@given(case=cases())
def test_opening_plus_in_less_out_is_closing(case):
    arrivals, slots, opening = case
    path = lists.fifo(arrivals, slots, opening)
    assert (path.waiting[1:] == path.waiting[:-1] + arrivals - path.seen).all()
    bands = waits.waiting_bands(path, (0, 1, 2, 4, 12, 18, 52))
    assert (bands >= 0).all()
    assert (bands.sum(axis=0) == path.waiting).all()


@given(case=cases())
def test_little_identity_to_the_integer(case):
    """The weeks waited by all, seen or not, are the list summed over the week ends."""
    arrivals, slots, opening = case
    path = lists.fifo(arrivals, slots, opening)
    weeks = np.arange(len(arrivals))[:, None]
    before = np.arange(1, len(opening) + 1)[:, None]
    waited = (weeks * path.seen).sum(axis=0) + len(arrivals) * path.waiting[-1]
    joined = (weeks * arrivals).sum(axis=0) - (before * opening).sum(axis=0)
    assert (waited - joined == path.waiting[1:].sum(axis=0) + (before * opening).sum(axis=0)).all()


@given(case=cases(), extra=st.integers(1, 3), week=st.integers(0, 39))
def test_more_slots_never_lengthen_and_more_arrivals_never_shorten(case, extra, week):
    arrivals, slots, opening = case
    base = lists.fifo(arrivals, slots, opening)
    more = slots.copy()
    more[week % len(more)] += extra
    eased = lists.fifo(arrivals, more, opening)
    assert (eased.waiting <= base.waiting).all()
    fuller = arrivals.copy()
    fuller[week % len(fuller)] += extra
    assert (lists.fifo(fuller, slots, opening).waiting >= base.waiting).all()
    for over in (1, 4, 18):
        assert (waits.waiting_over(eased, over) <= waits.waiting_over(base, over)).all()


@given(case=cases(), cut=st.integers(1, 39))
def test_restart_equals_straight_run(case, cut):
    arrivals, slots, opening = case
    cut = min(cut, len(arrivals))
    whole = lists.fifo(arrivals, slots, opening)
    first = lists.fifo(arrivals[:cut], slots[:cut], opening)
    reach = len(opening) + cut
    left = waits.waiting_bands(first, tuple(range(reach)))[:, -1]
    second = lists.fifo(arrivals[cut:], slots[cut:], left)
    assert (second.waiting == whole.waiting[cut:]).all()
    assert (waits.seen_within(second, 5) == waits.seen_within(whole, 5)[cut:]).all()
