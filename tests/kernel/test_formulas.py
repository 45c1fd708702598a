"""The closed forms against published values, exact rational arithmetic, and the equations they solve."""

from fractions import Fraction
from math import factorial, log

import numpy as np
import pytest
from scipy.optimize import brentq

from sendneeds import formulas
from sendneeds.foundation.errors import DomainError


def test_the_published_ear_nose_and_throat_example():
    """Fong et al. (2022): 30 a week join, 27 are seen, 1,200 wait, target 52 weeks."""
    assert formulas.queue_load(30, 27) == pytest.approx(1.1111111, abs=5e-8)
    assert formulas.target_mean_wait(52) == 13
    assert formulas.target_queue_size(30, 52) == 390
    assert formulas.relief_capacity(30, 1200, 390, 26) == pytest.approx(61.1538462, abs=5e-8)
    assert formulas.target_capacity(30, 52, factor=1) == pytest.approx(30.0192308, abs=5e-8)
    assert formulas.target_capacity(30, 52, factor=6.58) == pytest.approx(30.1265385, abs=5e-8)
    assert formulas.waiting_list_pressure(63, 52) == pytest.approx(2.4230769, abs=5e-8)
    assert formulas.waiting_list_pressure(24, 4) == 12


def test_percentile_factor_is_the_exponential_law():
    assert formulas.percentile_factor(0.92) == pytest.approx(2.5257286, abs=5e-8)
    assert formulas.percentile_factor(1 - np.exp(-4.0)) == pytest.approx(4.0, abs=1e-12)


@pytest.mark.parametrize(("offered", "servers"), [(10, 10), (1, 1), (1, 2), (8, 10), (95, 100), (400, 3)])
def test_erlang_b_equals_rational_arithmetic(offered, servers):
    terms = [Fraction(offered) ** k / factorial(k) for k in range(servers + 1)]
    exact = float(terms[-1] / sum(terms))
    assert formulas.erlang_b(offered, servers) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(("offered", "servers"), [(1, 2), (2, 3), (8, 10), (95, 100), (Fraction(1, 2), 1)])
def test_erlang_c_equals_rational_arithmetic(offered, servers):
    a = Fraction(offered)
    tail = a**servers / factorial(servers) * servers / (servers - a)
    exact = tail / (sum(a**k / factorial(k) for k in range(servers)) + tail)
    assert formulas.erlang_c(float(a), 1.0, servers) == pytest.approx(float(exact), rel=1e-12)


def test_published_values_of_the_delay_formula():
    """Textbook cases: M/M/1 waits with chance rho; two servers at one erlang 1/3; Gross and Harris, 3 servers."""
    assert formulas.erlang_c(0.7, 1.0, 1) == pytest.approx(0.7, abs=1e-12)
    assert formulas.erlang_c(1.0, 1.0, 2) == pytest.approx(1 / 3, abs=1e-12)
    assert formulas.erlang_c(6.0, 3.0, 3) == pytest.approx(4 / 9, abs=1e-12)
    assert formulas.mmc_mean_wait(6.0, 3.0, 3) == pytest.approx(4 / 27, abs=1e-12)


def test_mmc_solves_the_balance_equations():
    """The chance of waiting is that of `servers` or more in a birth-death chain solved numerically."""
    arrivals, service, servers, top = 4.6, 0.5, 11, 2000
    log_ratio = np.log(arrivals / (service * np.minimum(np.arange(1, top), servers)))
    weight = np.exp(np.concatenate([[0.0], np.cumsum(log_ratio)]))
    chance = weight / weight.sum()
    assert formulas.erlang_c(arrivals, service, servers) == pytest.approx(chance[servers:].sum(), rel=1e-10)
    queue = (np.maximum(np.arange(top) - servers, 0) * chance).sum()
    assert formulas.mmc_mean_wait(arrivals, service, servers) == pytest.approx(queue / arrivals, rel=1e-9)


def test_mmc_quantile_inverts_the_wait():
    arrivals, service, servers = 8.0, 1.0, 10
    waits = formulas.erlang_c(arrivals, service, servers)
    root = brentq(lambda t: 1 - waits * np.exp(-(servers * service - arrivals) * t) - 0.92, 0, 10, xtol=1e-14)
    assert formulas.mmc_wait_quantile(0.92, arrivals, service, servers) == pytest.approx(root, abs=1e-10)
    assert formulas.mmc_wait_quantile(0.5, arrivals, service, servers) == 0
    one = formulas.mmc_wait_quantile(0.9, 0.8, 1.0, 1)
    assert one == pytest.approx(log(0.8 / 0.1) / 0.2, rel=1e-12)


def test_array_in_array_out():
    loads = formulas.queue_load([10, 20], [[20], [40]])
    assert loads.shape == (2, 2)
    assert loads.tolist() == [[0.5, 1.0], [0.25, 0.5]]
    waits = formulas.erlang_c([[4.0], [6.0]], 1.0, [8, 10])
    assert waits[1, 0] == pytest.approx(formulas.erlang_c(6, 1, 8))
    assert isinstance(formulas.queue_load(1, 2), float)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: formulas.queue_load(30, 0), "capacity: found 0; allowed: over 0"),
        (lambda: formulas.queue_load(-1, 5), "demand: found -1"),
        (lambda: formulas.queue_load(np.nan, 5), "demand: found nan"),
        (lambda: formulas.percentile_factor(92), "0.92, not 92"),
        (lambda: formulas.percentile_factor(1.0), "under 1"),
        (lambda: formulas.erlang_c(30, 1, 30), "grows by 0 a week"),
        (lambda: formulas.erlang_c([5, 32], 1, 30), "grows by 2 a week"),
        (lambda: formulas.erlang_c(3, 1, 4.5), "servers: found 4.5"),
        (lambda: formulas.mmc_wait_quantile(0.9, 5, 1, 5), "under 1"),
        (lambda: formulas.relief_capacity(30, 100, 390, 26), "target_capacity"),
        (lambda: formulas.target_mean_wait(np.inf), "found inf"),
    ],
)
def test_refusal_outside_the_domain(call, words):
    with pytest.raises(DomainError, match=words):
        call()
