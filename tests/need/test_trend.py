"""The default rules: what they return, what they leave out, what faults do to them, and paths as scored."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.forecast import Forecast, draw_paths, horizon_factor
from sendneeds.need.inputs.history import ENGLAND, History, National, recent_growth
from sendneeds.need.inputs.national import shipped_national
from sendneeds.need.total.by_need import all_needs, forecast_need
from sendneeds.need.total.sen_support import forecast_support_share
from sendneeds.need.total.signals import REQUESTS_BOUND, england_lateness, lateness, requests
from sendneeds.need.total.trend import forecast

ORIGIN = 2025


@pytest.fixture(scope="module")
def national() -> National:
    return shipped_national()


@pytest.fixture(scope="module")
def history(bedford) -> History:
    return area_history(bedford)


def test_terms_sum_to_the_centre(history, national):
    made = forecast(history, national, ORIGIN)
    assert made.left_out == ()
    np.testing.assert_allclose(sum(term.by_horizon for term in made.terms), made.log_mean)
    assert [term.name for term in made.terms] == [
        "plans now",
        "England's growth",
        "rate",
        "requests",
        "lateness",
        "england_lateness",
        "pipeline",
        "refusals",
        "fade to population growth",
    ]


def test_centre_is_the_rule_written_out(history, national):
    c, e = national.constants, national.england
    log = np.log
    growth = sum(
        w * log(e.plans[ORIGIN - k] / e.plans[ORIGIN - k - 1]) for k, w in enumerate((0.7, 0.21, 0.09))
    )
    rate = log(history.plans[ORIGIN] / history.pupils_5_15[ORIGIN])
    rate -= log(e.plans[ORIGIN] / e.pupils_5_15[ORIGIN])
    ahead = log(history.requests[2024] / history.plans[ORIGIN]) - log(e.requests[2024] / e.plans[ORIGIN])
    ahead += log(history.requests[2024] / history.requests[2023]) - log(e.requests[2024] / e.requests[2023])
    late = history.late(2024) - national.median_late[2024]
    backlog = e.late(2024) - np.mean([e.late(y) for y in (2021, 2022, 2023)])
    undecided = history.undecided[2024] / history.plans[ORIGIN] - e.undecided[2024] / e.plans[ORIGIN]
    refused = history.refused[2024] / history.requests[2024] - e.refused[2024] / e.requests[2024]
    h = np.arange(1, 6)
    signal = c["total_requests"] * np.clip(ahead, -0.8, 0.8)
    signal += c["total_lateness"] * late + c["total_england_lateness"] * backlog
    signal += c["total_pipeline"] * np.clip(undecided, -0.05, 0.05)
    signal += c["total_refusals"] * np.clip(refused, -0.2, 0.2)
    expected = log(history.plans[ORIGIN]) + growth * np.cumsum(1 - 0.025 * (h - 1))
    expected += h * c["total_rate"] * np.clip(rate, -0.25, 0.25)
    expected += signal * (2 - 0.5 ** (h - 1))
    np.testing.assert_allclose(forecast(history, national, ORIGIN, range(1, 6)).log_mean, expected)


def test_nothing_after_the_origin_is_used(history, national):
    cut = forecast(history.known_at(2020), national.known_at(2020), 2020)
    whole = forecast(history, national, 2020)
    np.testing.assert_array_equal(cut.log_mean, whole.log_mean)
    np.testing.assert_array_equal(cut.sd, whole.sd)


@pytest.mark.parametrize(
    ("field", "term"),
    [
        ("pupils_5_15", ("rate",)),
        ("issued", ("lateness",)),
        ("issued_20", ("lateness",)),
        ("undecided", ("pipeline",)),
        ("refused", ("refusals",)),
        ("requests", ("requests", "refusals")),
    ],
)
def test_a_missing_term_is_left_out_and_widens(history, national, field, term):
    whole = forecast(history, national, ORIGIN)
    series = getattr(history, field)
    earlier = {year: value for year, value in series.items() if year < max(series)}
    without = forecast(replace(history, **{field: earlier}), national, ORIGIN)
    assert without.left_out == term
    widen = np.prod([national.constants[f"total_widen_{name}"] for name in term])
    np.testing.assert_allclose(without.sd_own, widen * whole.sd_own)
    np.testing.assert_array_equal(without.sd_shared, whole.sd_shared)


@pytest.mark.parametrize("wrong", [0.0, np.nan])
def test_zero_and_blank_requests_are_missing_not_small(history, national, wrong):
    faulty = replace(history, requests={**history.requests, 2024: wrong})
    assert forecast(faulty, national, ORIGIN).left_out == ("requests", "refusals")
    # the year before may be faulty too: then the level alone speaks
    faulty = replace(history, requests={**history.requests, 2023: wrong})
    assert forecast(faulty, national, ORIGIN).left_out == ()


@pytest.mark.parametrize("factor", [0.02, 0.1, 10, 50])
def test_requests_beyond_belief_are_left_out(history, national, factor):
    wrong = replace(history, requests={**history.requests, 2024: factor * history.requests[2024]})
    assert forecast(wrong, national, ORIGIN).left_out == ("requests", "refusals")
    # a wrong year before spoils only the rise: the level alone is what a series without that year gives
    wrong = replace(history, requests={**history.requests, 2023: factor * history.requests[2023]})
    level = replace(history, requests={2024: history.requests[2024]})
    made, alone = forecast(wrong, national, ORIGIN), forecast(level, national, ORIGIN)
    np.testing.assert_array_equal(made.log_mean, alone.log_mean)


@pytest.mark.parametrize("factor", [0.5, 2])
def test_requests_move_the_forecast_within_bounds(history, national, factor):
    right = forecast(history, national, ORIGIN, [1, 3, 5]).log_mean
    wrong = {**history.requests, 2024: factor * history.requests[2024]}
    moved = forecast(replace(history, requests=wrong), national, ORIGIN, [1, 3, 5]).log_mean - right
    assert (np.sign(moved) == np.sign(factor - 1)).all()
    # an effect that halves every year adds up to twice its first year at most
    assert (np.abs(moved) < 2 * 2 * REQUESTS_BOUND * national.constants["total_requests"]).all()


def test_too_short_a_history_is_refused(history, national):
    short = replace(history, plans={y: history.plans[y] for y in (2023, 2024, 2025)})
    with pytest.raises(DomainError, match=r"3 January count\(s\).*at least 4"):
        forecast(short, national, ORIGIN)
    with pytest.raises(MissingDataError, match="January 2025"):
        forecast(replace(history, plans={2024: 1900.0}), national, ORIGIN)
    with pytest.raises(DomainError, match="fade_years"):
        forecast(history, national, ORIGIN, fade_years=0)


def test_england_has_no_scatter_between_areas(national):
    made = forecast(national.england, national, ORIGIN)
    assert made.area_code == ENGLAND
    assert made.left_out == ()
    assert (made.sd_own < made.sd_shared).all()


def test_growth_fades_to_that_of_the_population(history, national):
    people = dict.fromkeys(range(2026, 2046), 0.004)
    made = forecast(history, national, ORIGIN, range(1, 21), fade_years=5, population_growth=people)
    yearly = np.diff(made.log_mean)
    np.testing.assert_allclose(yearly[9:], 0.004)
    assert (np.diff(yearly[3:9]) < 0).all()
    assert made.scored.tolist() == [True] * 5 + [False] * 15
    unfaded = forecast(history, national, ORIGIN, range(1, 6))
    np.testing.assert_allclose(made.log_mean[:5], unfaded.log_mean)


def test_margins_of_paths_are_the_scored_t(history, national):
    made = forecast(history, national, ORIGIN, [1, 3, 5])
    paths = draw_paths(made, 40_000, np.random.default_rng(1), np.random.default_rng(2))
    for j in range(3):
        z = (paths[j] - made.log_mean[j]) / made.scale[j]
        assert stats.kstest(z, stats.t(made.df).cdf).statistic < 0.01


def test_areas_share_the_national_shock_and_nothing_else(history, national):
    made = forecast(history, national, ORIGIN, [1, 5])
    one = draw_paths(made, 40_000, np.random.default_rng(1), np.random.default_rng(2))
    two = draw_paths(made, 40_000, np.random.default_rng(1), np.random.default_rng(3))
    expected = (made.sd_shared / made.sd) ** 2
    for j in range(2):
        assert np.corrcoef(one[j], two[j])[0, 1] == pytest.approx(expected[j], abs=0.02)


def test_horizon_factor_is_a_random_walk_at_power_one():
    factor = horizon_factor(np.array([1, 2, 4]), 1.0)
    expected = np.sqrt([[1, 1 / 2, 1 / 4], [1 / 2, 1, 1 / 2], [1 / 4, 1 / 2, 1]])
    np.testing.assert_allclose(factor @ factor.T, expected)


def test_quantiles_are_in_counts():
    sd = np.array([0.1])
    made = Forecast("E1", 2025, np.array([1]), np.log([100.0]), 0 * sd, sd, np.inf)
    low, mid, high = made.quantile([0.1, 0.5, 0.9])[0]
    assert mid == pytest.approx(100)
    assert (low, high) == pytest.approx((100 / np.exp(0.12816), 100 * np.exp(0.12816)), rel=1e-4)


def test_recent_growth_shares_the_weights_of_missing_years():
    assert recent_growth({2023: 100.0, 2024: 110.0}, 2024) == pytest.approx(np.log(1.1))
    assert recent_growth({2024: 110.0}, 2024) is None


def test_signals_are_none_where_they_cannot_be_known(national):
    bare = History("E06000099", {2025: 10.0})
    assert requests(bare, national, 2025) is None
    assert lateness(bare, national, 2025) is None
    assert england_lateness(national.known_at(2015), 2014) is None


@pytest.mark.parametrize("need", ["ASD", "SEMH", "SLCN"])
def test_a_need_is_forecast_like_the_total(history, national, need):
    made = forecast_need(history, national, need, ORIGIN)
    np.testing.assert_allclose(sum(term.by_horizon for term in made.terms), made.log_mean)
    assert made.terms[0].by_horizon[0] == pytest.approx(np.log(history.pupils_by_need[need][ORIGIN]))
    assert (np.diff(made.sd) > 0).all()


def test_a_need_without_a_record_is_refused(history, national):
    with pytest.raises(MissingDataError, match="ASD, SEMH, SLCN only"):
        forecast_need(history, national, "MLD", ORIGIN)
    short = replace(history, pupils_by_need={"ASD": {2024: 9.0, 2025: 10.0}})
    with pytest.raises(DomainError, match="ASD"):
        forecast_need(short, national, "ASD", ORIGIN)


def test_all_needs_is_the_sum():
    assert all_needs({"ASD": {2024: 1.0, 2025: 2.0}, "SLD": {2025: 3.0}}) == {2024: 1.0, 2025: 5.0}


def test_support_share_needs_england(national):
    with pytest.raises(MissingDataError, match="England"):
        forecast_support_share("E1", {2025: 12.0}, {2025: 14.2}, national.constants, 2025)
