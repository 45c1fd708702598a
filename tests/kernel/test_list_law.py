"""The exact law against enumeration, against the simulation, and against the known law of M/D/c."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from sendneeds.kernel import streams
from sendneeds.kernel.lists import list_law, waiting_list
from sendneeds.kernel.random_streams import RandomStreams


def test_law_equals_enumeration_of_every_path():
    rate, slots, opening, hazard = 0.7, [1, 0, 2], 2, 0.25
    chance = {opening: 1.0}
    joining = stats.poisson.pmf(np.arange(25), rate)
    for slot in slots:
        after = {}
        for waiting, p in chance.items():
            leaving = stats.binom.pmf(np.arange(waiting + 1), waiting, hazard)
            for left, joined in product(range(waiting + 1), range(25)):
                q = p * leaving[left] * joining[joined]
                end = max(waiting - left + joined - slot, 0)
                after[end] = after.get(end, 0.0) + q
        chance = after
    law = list_law.list_law(np.full(3, rate), np.array(slots), opening, hazard=hazard)
    for number in range(8):
        exact = sum(p for waiting, p in chance.items() if waiting <= number)
        assert list_law.at_most(law, number)[-1] == pytest.approx(exact, abs=1e-12)
    centre = sum(n * p for n, p in chance.items())
    assert list_law.mean(law)[-1] == pytest.approx(centre, abs=1e-12)
    spread = sum(n * n * p for n, p in chance.items()) - centre**2
    assert list_law.sd(law)[-1] == pytest.approx(np.sqrt(spread), abs=1e-10)


@pytest.mark.parametrize(("hazard", "dispersion"), [(0.0, None), (0.0, 6.0), (0.01, None)])
def test_simulation_follows_the_law(hazard, dispersion):
    """Chi-squared on 40,000 lanes at the last of 60 weeks, 20 equal-chance cells, refused at one in 100,000."""
    weeks, lanes, opening = 60, 40_000, np.full(6, 5)
    slots = np.tile([20, 20, 21, 20, 21], 12)
    u = streams.uniforms(11, ("law", str(dispersion)), weeks, lanes)
    arrivals = (
        streams.poisson(20.0, u) if dispersion is None else streams.negative_binomial(20.0, dispersion, u)
    )
    luck = RandomStreams(11, ("law", "leaving"), lanes)
    path = waiting_list.run(arrivals, slots[:, None], opening, luck, 0.45, hazard or None)
    law = list_law.list_law(np.full(weeks, 20.0), slots, 30, dispersion, hazard)
    edges = np.unique([int(list_law.quantile(law, share)[-1]) for share in np.arange(0.05, 1.0, 0.05)])
    under = np.array([list_law.at_most(law, int(edge))[-1] for edge in edges])
    expected = np.diff(np.concatenate([[0.0], under, [1.0]])) * lanes
    seen = np.histogram(path.waiting[-1], bins=np.concatenate([[-np.inf], edges + 0.5, [np.inf]]))[0]
    assert stats.chisquare(seen, expected * lanes / expected.sum()).pvalue > 1e-5
    for week in (1, 20, 60):
        error = list_law.sd(law)[week] / np.sqrt(lanes)
        assert abs(path.waiting[week].mean() - list_law.mean(law)[week]) < 4.5 * error


def test_long_run_is_the_law_of_m_d_1():
    """Arrivals before service: the mean left over is rho^2 / (2 (1 - rho)), Pollaczek and Khinchine."""
    rho = 0.8
    law = list_law.list_law(np.full(2000, rho), np.ones(2000, int), 0)
    # after service one place in the system is empty again: left = max(system - 1, 0)
    assert list_law.mean(law)[-1] == pytest.approx(rho**2 / (2 * (1 - rho)), abs=1e-9)


def test_long_run_is_the_law_of_m_d_c():
    """Crommelin (1932): the roots of z**c = exp(rate (z - 1)) in the unit disc give the mean of M/D/c."""
    rate, servers = 8.5, 10
    roots = []
    for k in range(1, servers):
        z = 0.5 * np.exp(2j * np.pi * k / servers)
        for _ in range(500):
            z = np.exp(2j * np.pi * k / servers + rate * (z - 1) / servers)
        roots.append(z)
    queue = (rate**2 - servers * (servers - 1)) / (2 * (servers - rate)) + sum(
        1 / (1 - z) for z in roots
    ).real
    law = list_law.list_law(np.full(2000, rate), np.full(2000, servers), 0)
    system = list_law.mean(law)[-1] + rate
    assert system == pytest.approx(queue + rate, abs=1e-8)


def test_quantile_is_the_smallest_list_with_that_chance():
    law = list_law.list_law(np.full(30, 5.0), np.full(30, 5), 10)
    for share in (0.1, 0.5, 0.9, 0.99):
        q = list_law.quantile(law, share)
        assert (list_law.at_most(law, q) >= share - 1e-12).all()
        assert (list_law.at_most(law, q - 1) < share).all()
    assert law.lost < 1e-12


@pytest.mark.parametrize("dispersion", [0.02, 0.002])
def test_very_dispersed_arrivals_are_stepped_by_fourier_transforms_to_the_same_law(dispersion):
    """Without slots the list is the sum of the weeks' arrivals: negative binomial with k times the weeks."""
    weeks, rate, opening = 4, 10.0, 5
    law = list_law.list_law(np.full(weeks, rate), np.zeros(weeks, int), opening, dispersion)
    total = stats.nbinom(weeks * dispersion, dispersion / (dispersion + rate))
    for number in (0, 1, 10, 100, 1_000, 10_000):
        assert list_law.at_most(law, opening + number)[-1] == pytest.approx(total.cdf(number), abs=1e-10)
    assert list_law.mean(law)[-1] == pytest.approx(opening + weeks * rate, rel=1e-6)
    assert law.lost < 1e-9
    assert len(law.chance[-1]) > 2_000  # wide enough that the plain sum was not used


def test_what_is_cut_off_the_ends_of_a_law_is_told():
    # below 0.045: 0.02 at the bottom, 0.01 + 0.03 at the top
    law, first, cut = list_law._trimmed(np.array([0.02, 0.48, 0.46, 0.03, 0.01]), 3, 0.045)
    assert (law.tolist(), first) == ([0.48, 0.46], 4)
    assert cut == pytest.approx(0.06)


@pytest.mark.parametrize("dispersion", [1e9, 1e13, 1e17, 1e300])
def test_arrivals_that_are_hardly_dispersed_have_poisson_s_law(dispersion):
    """The variance is 10 + 100 / k: from k = 1e9 on it is Poisson's to nine digits."""
    law = list_law.list_law(np.full(1, 10.0), np.zeros(1, int), 0, dispersion)
    for number in (0, 5, 10, 20):
        assert list_law.at_most(law, number)[-1] == pytest.approx(stats.poisson(10).cdf(number), abs=1e-9)
