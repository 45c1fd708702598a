"""Streams and samplers: the same integers whatever is asked beside them, and exact in distribution."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from sendneeds.kernel import inverse_tables, streams

KEY = ("bedford", "slt", "referrals")


@settings(max_examples=40, deadline=None)
@given(
    weeks=st.integers(1, 12), draws=st.integers(1, 600), first=st.integers(0, 700), seed=st.integers(0, 2**63)
)
def test_a_uniform_depends_on_its_place_alone(weeks, draws, first, seed):
    part = streams.uniforms(seed, KEY, weeks, draws, first)
    whole = streams.uniforms(seed, KEY, 12, 1300)
    assert (part == whole[:weeks, first : first + draws]).all()
    keys = streams.lane_keys(seed, KEY, draws, first)
    assert (keys == streams.lane_keys(seed, KEY, 1300)[first : first + draws]).all()


FIRST = [[4072160541578134142, 14680613130683569922], [8400139803423485212, 12447844922643888873]]
FIRST_KEY = [1663291713288664194]
FIRST_POISSON = [[16, 24], [19, 22], [20, 9], [22, 15]]


def test_integers_are_the_same_for_ever():
    """The first uniforms of a seed, fixed: a change here changes every published figure."""
    assert streams.uniforms(1, KEY, 2, 2).tolist() == FIRST
    assert streams.lane_keys(1, KEY, 1).tolist() == FIRST_KEY
    assert streams.poisson(20.0, streams.uniforms(1, KEY, 4, 2)).tolist() == FIRST_POISSON


def test_threads_change_nothing():
    alone = [streams.poisson(7.0, streams.uniforms(5, KEY, 50, 256, 256 * block)) for block in range(4)]
    found = [None] * 4

    def work(block):
        found[block] = streams.poisson(7.0, streams.uniforms(5, KEY, 50, 256, 256 * block))

    threads = [threading.Thread(target=work, args=(block,)) for block in (2, 0, 3, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((a == b).all() for a, b in zip(alone, found, strict=True))


def test_keys_do_not_run_together():
    keys = [("ab", "c"), ("a", "bc"), ("abc",), ("a", "b", "c"), ("c", "ab")]
    firsts = {streams.uniforms(1, key, 1, 1).item() for key in keys}
    firsts |= {streams.uniforms(2, keys[0], 1, 1).item(), streams.generator(1, "ab", "c", block=1).random()}
    assert len(firsts) == len(keys) + 2


def test_neighbouring_streams_are_independent():
    a = streams.as_real(streams.uniforms(1, ("a",), 200, 512))
    b = streams.as_real(streams.uniforms(1, ("b",), 200, 512))
    c = streams.as_real(streams.hashed(streams.lane_keys(1, ("a",), 512)[None, :], np.arange(200)[:, None]))
    for one, other in (
        (a, b),
        (a[:, 1:], a[:, :-1]),
        (a[1:], a[:-1]),
        (a, c),
        (c[1:], c[:-1]),
        (c[:, 1:], c[:, :-1]),
    ):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 4.5 / np.sqrt(one.size)
    for real in (a, c):
        assert stats.kstest(real.ravel()[:100_000], "uniform").pvalue > 1e-5


LAWS = {
    "poisson 20": (lambda u: streams.poisson(20.0, u), stats.poisson(20.0)),
    "poisson 0.3": (lambda u: streams.poisson(0.3, u), stats.poisson(0.3)),
    "negative binomial 20, 5": (lambda u: streams.negative_binomial(20.0, 5.0, u), stats.nbinom(5.0, 0.2)),
    "binomial 50, 0.3": (lambda u: streams.binomial(50, 0.3, u), stats.binom(50, 0.3)),
}


@pytest.mark.parametrize("name", LAWS)
def test_exact_in_distribution_on_twenty_million_draws(name):
    """Chi-squared over every value expected five times or more, the tails beyond, and two moments."""
    sample, law = LAWS[name]
    blocks, weeks, lanes = 20, 1000, 1000
    top = int(law.ppf(1 - 1e-12)) + 50
    found, total = np.zeros(top + 1), blocks * weeks * lanes
    for block in range(blocks):
        found += np.bincount(sample(streams.uniforms(block, KEY, weeks, lanes)).ravel(), minlength=top + 1)
    number = np.arange(top + 1)
    expected = law.pmf(number) * total
    keep = np.flatnonzero(expected >= 5)
    low, high = keep[0], keep[-1]
    cells = np.concatenate([[found[:low].sum()], found[low : high + 1], [found[high + 1 :].sum()]])
    chance = np.concatenate([[law.cdf(low - 1)], law.pmf(number[low : high + 1]), [law.sf(high)]])
    use = chance * total > 0.5
    assert stats.chisquare(cells[use], chance[use] / chance[use].sum() * cells[use].sum()).pvalue > 1e-5
    centre = (found * number).sum() / total
    assert abs(centre - law.mean()) < 4.5 * law.std() / np.sqrt(total)
    fourth = ((number - law.mean()) ** 4 * law.pmf(number)).sum()
    spread = (found * (number - law.mean()) ** 2).sum() / total
    assert abs(spread - law.var()) < 4.5 * np.sqrt((fourth - law.var() ** 2) / total)


def exact(cdf, u, *parameters):
    """Return whether an answer k is the inverse: cdf(k - 1) <= u < cdf(k)."""
    real = streams.as_real(u)

    def check(k):
        k = k.astype(float)
        under = np.where(k > 0, cdf(np.maximum(k - 1, 0), *parameters), 0.0)
        return ((under <= real) & (real < cdf(k, *parameters))).all()

    return check


def test_every_path_through_the_tables_is_the_inverse():
    """Constant, by week, by draw, small, large, and few: the tables alter the speed and not the value."""
    rng = np.random.default_rng(3)
    u = streams.uniforms(9, KEY, 60, 500)
    u[0, :3] = 0, 2**64 - 1, 2**63  # the ends of the unit interval
    lane, week = 20 * np.exp(0.3 * rng.standard_normal((1, 500))), 1 + 0.5 * np.sin(np.arange(60))[:, None]
    rates = [
        20.0,
        20 * week,
        lane * week,
        lane * week * 12,
        lane * 0.01,
        np.where(lane > 20, lane, 0.0),
        3000 * week,
    ]
    top = 1 - 2.0**-40
    for rate in rates:
        for part in (np.s_[:], np.s_[:5, :7]):
            here = np.broadcast_to(rate, u.shape)[part]
            inside = streams.as_real(u[part]) < top
            found = streams.poisson(here if np.ndim(rate) else rate, u[part])
            assert exact(special.pdtr, u[part][inside], here[inside])(found[inside])
            found = streams.negative_binomial(here if np.ndim(rate) else rate, 4.0, u[part])
            assert exact(inverse_tables.NEGATIVE_BINOMIAL.cdf, u[part][inside], here[inside], 4.0)(
                found[inside]
            )
    trials = streams.poisson(20.0, u)
    chances = [0.3, 0.0, 1.0, np.broadcast_to(rng.uniform(0, 1, (1, 500)), u.shape), np.full(u.shape, 0.004)]
    for n in (trials, trials * 40, np.full(u.shape, 50)):
        for p in chances:
            found = streams.binomial(n, p, u)
            assert ((found >= 0) & (found <= n)).all()
            inside = streams.as_real(u) < top
            spread = np.broadcast_to(p, u.shape)[inside]
            cdf = inverse_tables.BINOMIAL.cdf
            near = (
                np.abs(cdf(found[inside].astype(float), n[inside], spread) - streams.as_real(u)[inside])
                < 1e-12
            )
            ok = ~near
            assert exact(cdf, u[inside][ok], n[inside][ok], spread[ok])(found[inside][ok])


@settings(max_examples=20, deadline=None)
@given(low=st.floats(0.0, 60.0), more=st.floats(0.0, 5.0), seed=st.integers(0, 99))
def test_monotone_in_the_rate_at_shared_uniforms(low, more, seed):
    u = streams.uniforms(seed, KEY, 100, 300)
    assert (streams.poisson(low, u) <= streams.poisson(low + more, u)).all()
    assert (streams.negative_binomial(low, 3.0, u) <= streams.negative_binomial(low + more, 3.0, u)).all()
    shape = np.linspace(0.5, 1.5, 300)[None, :]
    assert (streams.poisson(low * shape, u) <= streams.poisson((low + more) * shape, u)).all()
    p = low / 100
    assert (streams.binomial(30, p, u) <= streams.binomial(31, min(p + more / 100, 1.0), u)).all()
