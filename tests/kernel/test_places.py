"""Placements against their twin, and what must hold of any year of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendneeds.kernel.places import tables as place_tables
from sendneeds.kernel.places import year as places
from sendneeds.kernel.twins import places as twin

ONE = 1 << places.BITS
LANES = 3


@st.composite
def years(draw):
    """Return the arguments of a year whose staying and children agree with its opening."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    many, groups = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    placed = rng.integers(0, 9, (many, groups, LANES))
    awaiting = rng.integers(0, 4, (groups, LANES))
    staying = rng.integers(0, placed.sum(axis=0) + awaiting + 1)
    children = staying + rng.integers(0, 9, (groups, LANES))
    mix = rng.integers(0, 50, (many, groups, LANES))
    mix[rng.integers(many)] += 1
    held_back = rng.integers(0, draw(st.sampled_from([1, ONE // 4])), (groups, 1))
    looking = rng.integers(0, draw(st.sampled_from([1, ONE // 2, ONE + 1])), LANES)
    ceiling = rng.integers(-1, 30, many)
    phases = draw(st.sampled_from([n for n in range(1, groups + 1) if groups % n == 0]))
    onward = rng.integers(0, 9, (many, many + 1, phases, LANES))
    for setting in range(many):
        onward[setting, setting] = 0
        onward[setting, :setting][ceiling[:setting] >= 0] = 0  # a full setting is not gone back to
        if rng.random() < 0.3:
            onward[setting] = 0
    luck = rng.integers(0, ONE, (places.PURPOSES, max(many, groups), LANES))
    return placed, awaiting, staying, children, mix, held_back, looking, ceiling, onward, luck


@given(case=years())
def test_fast_equals_twin(case):
    placed, awaiting, staying, children, mix, held_back, looking, ceiling, onward, luck = case
    found = places.year(*case)
    for lane in range(LANES):
        closing, waiting, turned, moved = twin.year(
            *(a[..., lane].tolist() for a in (placed, awaiting, staying, children, mix)),
            held_back[:, 0].tolist(),
            int(looking[lane]),
            ceiling.tolist(),
            np.tile(onward[..., lane], (1, 1, children.shape[0] // onward.shape[2]))
            .transpose(0, 2, 1)
            .tolist(),
            luck[..., lane].tolist(),
        )
        assert found.placed[..., lane].tolist() == closing
        assert found.awaiting[..., lane].tolist() == waiting
        assert found.turned_away[:, lane].tolist() == turned
        assert found.moved[lane] == moved


def test_places_of_a_cell_are_for_its_groups_alone():
    """Six autistic children and two others seek a special school with two places for the first, three for the rest."""
    want = np.array([[[0], [0]], [[6], [2]]])
    room = np.array([[[-1], [-1]], [[2], [3]]])
    onward, luck = np.zeros((2, 3, 1, 1), int), np.zeros((2, 1), int)
    onward[1, 0] = 1
    found, turned, awaiting = places.filled(want, room, onward, luck, luck, np.array([[0, 0], [0, 1]]))
    assert found[..., 0].tolist() == [[4, 0], [2, 2]]
    assert turned[..., 0].tolist() == [[0, 0], [4, 0]]
    assert awaiting.ravel().tolist() == [0, 0]


@given(case=years(), split=st.integers(0, 3), spare=st.integers(0, 9))
def test_no_cell_holds_more_than_its_places_or_those_it_held(case, split, spare):
    placed, ceiling = case[0], case[7]
    groups = placed.shape[1]
    of = np.tile((np.arange(groups) >= split).astype(int), (len(ceiling), 1))
    by_cell = np.stack([ceiling, np.where(ceiling < 0, -1, spare)], axis=1)
    found = places.year(*case[:7], by_cell, *case[8:], of)
    assert (found.placed.sum(axis=0) + found.awaiting == case[3]).all()
    for cell in (0, 1):
        inside = of[0] == cell
        most = np.maximum(by_cell[:, cell, None], placed[:, inside].sum(axis=1))
        held = found.placed[:, inside].sum(axis=1)
        assert (held <= most)[ceiling >= 0].all()
    one = np.zeros_like(of)
    alike = zip(places.year(*case), places.year(*case[:7], ceiling[:, None], *case[8:], one), strict=True)
    assert all((a == b).all() for a, b in alike)


@given(case=years())
def test_nobody_is_lost_and_a_full_setting_takes_nobody(case):
    placed, _, staying, children, _, _, looking, ceiling, _, _ = case
    found = places.year(*case)
    assert (found.placed.sum(axis=0) + found.awaiting == children).all()
    assert (found.placed >= 0).all()
    assert (found.awaiting >= 0).all()
    capped = ceiling >= 0
    most = np.maximum(ceiling[:, None], placed.sum(axis=1))
    assert (found.placed.sum(axis=1)[capped] <= most[capped]).all()
    if (looking == 0).all():
        turned = capped[:, None] & (found.turned_away > 0)
        assert (found.placed.sum(axis=1) >= ceiling[:, None])[turned].all(), "turned away from a free place"
    still = (staying == placed.sum(axis=0)) & (children == staying) & (looking == 0)
    if still.all() and (case[1] == 0).all():
        assert (found.placed == placed).all(), "where nobody comes or goes, nobody moves"


@given(case=years(), more=st.integers(1, 9))
def test_a_new_place_goes_to_those_without_one_first(case, more):
    placed, awaiting, staying, children, mix, held_back, looking, ceiling, onward, luck = case
    looking = np.zeros_like(looking)
    wider = np.where(ceiling >= 0, ceiling + more, -1)
    one = places.year(placed, awaiting, staying, children, mix, held_back, looking, ceiling, onward, luck)
    two = places.year(placed, awaiting, staying, children, mix, held_back, looking, wider, onward, luck)
    assert (two.moved == 0).all()
    # shares of those turned away are whole, so each group and setting may be out by one
    slack = len(ceiling) * len(children)
    assert (two.awaiting.sum(axis=0) <= one.awaiting.sum(axis=0) + slack).all()
    stayed = places.split(staying, np.concatenate([placed, awaiting[None]]), luck[0][: len(staying)])[:-1]
    assert (two.placed >= stayed).all(), "nobody with a place is drawn out of it"


@given(
    total=st.integers(0, 500),
    weights=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(sum),
    luck=st.integers(0, ONE - 1),
)
def test_a_split_adds_up_and_is_within_one(total, weights, luck):
    parts = places.split(np.array([total]), np.array(weights)[:, None], np.array([luck]))[:, 0]
    assert parts.sum() == total
    assert (np.abs(parts - total * np.array(weights) / sum(weights)) < 1).all()
    if total <= sum(weights):
        assert (parts <= weights).all()


def test_a_split_is_right_in_the_mean():
    luck = np.arange(0, ONE, 16)
    parts = places.split(np.full(luck.shape, 7), np.repeat([[5], [1], [3]], len(luck), axis=1), luck)
    assert parts.mean(axis=1) == pytest.approx(np.array([35, 7, 21]) / 9, abs=2e-3)


def test_openings_fill_and_close():
    found = places.opened(np.array([50, -1, 20]), [(0, 2, 16, 2), (2, 1, -30, 1), (1, 0, 5, 1)], 4)
    assert found[:, 0].tolist() == [50, 50, 58, 66]
    assert found[:, 1].tolist() == [-1] * 4
    assert found[:, 2].tolist() == [20, 0, 0, 0]
    assert places.opened(np.array([50]), [(0, 0, -5, 3)], 3)[:, 0].tolist() == [49, 47, 45]


@given(seed=st.integers(0, 10_000))
def test_a_fitted_table_keeps_its_sums_and_rounds_to_them(seed):
    rng = np.random.default_rng(seed)
    whole = rng.integers(0, 7, (3, 4, 5))
    sums = [whole.sum(axis=axis) for axis in (2, 1, 0)]
    found = place_tables.fitted(np.ones(whole.shape), *map(np.asarray, sums), rounds=500)
    assert np.abs(found.sum(axis=2) - sums[0]).max() < 1e-6
    for need in range(3):
        cells = place_tables.rounded(found[need], sums[0][need], sums[1][need])
        assert (cells.sum(axis=1) == sums[0][need]).all()
        assert (cells.sum(axis=0) == sums[1][need]).all()
        assert (cells >= 0).all()
        assert np.abs(cells - found[need]).max() < 2


def test_those_turned_away_stay_or_go_on_in_the_shares_stated():
    """A hundred seek 20 units: of 80 turned away a tenth go on, a fifth await, the rest stay in mainstream."""
    onward = np.zeros((3, 4, 1, 1), int)
    onward[1, :, 0, 0] = 7, 0, 1, 2
    want = np.array([[[50]], [[100]], [[5]]])
    placed, turned, awaiting = places.filled(
        want, np.array([[-1], [20], [-1]]), onward, np.zeros((3, 1), int), np.zeros((1, 1), int)
    )
    assert placed[:, 0, 0].tolist() == [106, 20, 13]
    assert turned[:, 0, 0].tolist() == [0, 80, 0]
    assert awaiting.ravel().tolist() == [16]


def test_nobody_is_split_into_nobody():
    """None of one total over two parts of three groups: no child in any of the six."""
    nobody = places.split(np.zeros(1, int), np.ones((2, 3, 1), int), np.zeros((3, 1), int))
    assert nobody.tolist() == [[[0], [0], [0]], [[0], [0], [0]]]
