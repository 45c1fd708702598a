"""Scores: closed forms against draws and quadrature, and the ranks they must give."""

import numpy as np
import pytest
from scipy import integrate, stats

from sendneeds.need.validation import scores


@pytest.mark.parametrize("df", [3.0, 8.0, 20.0, np.inf])
@pytest.mark.parametrize("y", [-1.3, 0.0, 2.4])
def test_crps_is_the_integral_that_defines_it(df, y):
    law = stats.t(df, 0.2, 0.7)
    left = integrate.quad(lambda x: law.cdf(x) ** 2, -np.inf, y)[0]
    right = integrate.quad(lambda x: (1 - law.cdf(x)) ** 2, y, np.inf)[0]
    assert float(scores.crps_t(y, 0.2, 0.7, df)) == pytest.approx(left + right, rel=1e-5)


def test_crps_of_draws_nears_the_closed_form():
    draws = stats.t(8, 0.2, 0.7).rvs(200_000, random_state=1)
    assert float(scores.crps_draws(1.0, draws)) == pytest.approx(
        float(scores.crps_t(1.0, 0.2, 0.7, 8)), rel=0.01
    )


def test_crps_of_draws_is_the_mean_over_pairs():
    x = np.array([1.0, 4.0, 9.0])
    expected = np.abs(x - 2).mean() - np.abs(x[:, None] - x).mean() / 2
    assert float(scores.crps_draws(2.0, x)) == pytest.approx(expected)


def test_wis_of_many_levels_nears_the_crps():
    levels = np.arange(1, 200) / 200
    wis = float(scores.weighted_interval_score(0.8, 0.0, 1.0, 8.0, levels))
    assert wis == pytest.approx(float(scores.crps_t(0.8, 0.0, 1.0, 8.0)), rel=0.02)


def test_the_true_law_scores_best():
    y = stats.t(8, 0, 1).rvs(20_000, random_state=2)
    for score in (scores.crps_t, scores.weighted_interval_score):
        right = score(y, 0.0, 1.0, 8.0).mean()
        assert right < score(y, 0.3, 1.0, 8.0).mean()
        assert right < score(y, 0.0, 0.6, 8.0).mean()
        assert right < score(y, 0.0, 1.6, 8.0).mean()


def test_coverage_and_pit_of_the_true_law():
    y = stats.t(8, 5, 2).rvs(20_000, random_state=3)
    for level in scores.WIS_LEVELS:
        assert scores.covered(y, 5, 2, 8, level).mean() == pytest.approx(level, abs=0.01)
    assert stats.kstest(scores.pit(y, 5, 2, 8), "uniform").statistic < 0.02


def test_width_is_that_of_the_counts():
    half = 0.1 * stats.t(8).ppf(0.9)
    assert float(scores.interval_width(0.1, 8, 0.8)) == pytest.approx(100 * (np.exp(half) - np.exp(-half)))
