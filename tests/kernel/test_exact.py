"""Lines of the kernel whose faults larger tests do not see: each at the values where a fault would show."""

import numpy as np
import pytest
from scipy import stats

from sendneeds.kernel import streams
from sendneeds.kernel.inverse_tables import _GRID_ROWS, _GRID_STEP, POISSON, Law, _grid_step, settled
from sendneeds.kernel.lists import waiting_list
from sendneeds.kernel.lists.incremental_percentiles import step
from sendneeds.kernel.random_streams import RandomStreams

CDF = np.array([0.2, 0.5, 0.75, 0.9, 1.0])
STEPPED = Law(lambda k, *_: np.where(k < 0, 0.0, CDF[np.clip(k.astype(int), 0, 4)]), lambda u, *_: u)


@pytest.mark.parametrize("guess", range(5))
def test_the_inverse_is_exact_whatever_it_is_guessed_to_be(guess):
    """The smallest k whose cumulative probability exceeds u: k + 1 at a step itself, k just below it."""
    at = np.concatenate([[0.0], CDF[:-1], np.nextafter(CDF, 0.0)])
    expected = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    asked: list[np.ndarray] = []

    def counted(k, *parameters):
        asked.append(k)
        return STEPPED.cdf(k, *parameters)

    found = settled(Law(counted, STEPPED.guess), (), at, np.full(at.size, guess))
    assert found.tolist() == expected
    # a cumulative probability is looked up once for each step down or up, and once more to stop
    steps = sum(abs(guess - k) for k in expected)
    assert sum(k.size for k in asked) <= steps + 2 * at.size
    assert min(float(k.min()) for k in asked if k.size) >= 0


def test_each_value_has_parameters_of_its_own():
    u = np.array([0.5, 0.5, 0.999])
    mean = np.array([1.0, 30.0, 4.0])
    found = settled(POISSON, (mean,), u, np.array([9, 9, 9]))
    assert found.tolist() == [int(k) for k in stats.poisson.ppf(u, mean)] == [1, 30, 11]


def test_the_step_of_a_grid_is_the_least_doubling_that_holds_the_means():
    whole = _GRID_STEP * _GRID_ROWS  # 32: the widest that the finest step holds
    for width, times in (
        (0.0, 1),
        (whole, 1),
        (whole + 0.5, 2),
        (2 * whole, 2),
        (3 * whole, 4),
        (5 * whole, 8),
    ):
        assert _grid_step(np.array([7.0, 7.0 + width])) == times * _GRID_STEP


def test_the_key_of_a_draw_is_splitmix_of_its_place_in_the_block():
    def mixed(z: int) -> int:
        mask = (1 << 64) - 1
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    keys = streams.lane_keys(3, ("a", "b"), 600, 100)
    for lane in (0, 1, 155, 156, 157, 411, 412, 599):
        block, place = divmod(100 + lane, 256)
        base = int.from_bytes(streams._digest(3, ("a", "b"), block)[:8], "little")
        assert int(keys[lane]) == mixed((base + place * 0x9E3779B97F4A7C15) & ((1 << 64) - 1))
    assert len(set(keys.tolist())) == 600


@pytest.mark.parametrize("first", [0, 1, 3, 6])
def test_a_percentile_is_stepped_up_or_down_to_the_least_wait(first):
    """Ten children, of whom 9, 6, 3, 1, 0 have waited over 0, 1, 2, 3, 4 weeks."""
    over = np.array([9, 6, 3, 1, 0, 0, 0, 0])
    for limit, wait in ((9, 0), (8, 1), (6, 1), (5, 2), (3, 2), (2, 3), (1, 3), (0, 4)):
        found = np.array([first])
        step(found, np.array([limit]), lambda lane, weeks: over[np.maximum(weeks, 0)])
        assert found.tolist() == [wait]


def test_percentiles_of_the_very_oldest_and_the_very_newest():
    """Two of the opening list have waited 3 whole weeks and a part; nobody is seen for three weeks, then those two."""
    opening = np.array([0, 0, 0, 2])
    joining = np.array([[0], [0], [4], [0]])
    slots = np.array([[0], [0], [0], [2]])
    path = waiting_list.run(
        joining,
        slots,
        opening,
        RandomStreams(1, ("exact",), 1),
        in_order_share=1.0,
        leaving=0.0,
        shares=(0.5, 0.92),
    )
    half, most = path.percentiles.waiting[:, :, 0].tolist()
    # all as old as can be, under 4, 5 and 6 weeks; then four of six are new; then the two are gone
    assert half == [4, 5, 6, 1, 2]
    assert most == [4, 5, 6, 7, 2]
    # who had waited 3 whole weeks at the start joined in week -4, and is seen in week 3
    assert path.percentiles.seen[:, :, 0].tolist() == [[-1, -1, -1, 7], [-1, -1, -1, 7]]
