"""The forecasting rules on made-up series, every number worked by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sendneeds.foundation.errors import DomainError
from sendneeds.need.inputs.change import FlowMultiplier, NeedChange
from sendneeds.need.inputs.forecast import Forecast, Term, draw_paths, horizon_factor
from sendneeds.need.inputs.history import ENGLAND, History, National, growth, known, recent_growth, rolled_on
from sendneeds.need.total import signals
from sendneeds.need.total.by_need import all_needs, need_design
from sendneeds.need.total.sen_support import forecast_support_share
from sendneeds.need.total.targets import changed_mean, total_notes
from sendneeds.need.total.trend import (
    Design,
    build_up,
    check_base,
    check_length,
    combine,
    fade,
    record_factor,
    total_design,
)

LN2 = np.log(2)


def one_year(df: float, sd: float = 0.1) -> Forecast:
    """Return a forecast of 100 with the standard deviation of its log."""
    return Forecast("E1", 2025, np.array([1]), np.log([100.0]), np.zeros(1), np.array([sd]), df)


class Given:
    """A generator whose standard normals are given."""

    def __init__(self, values):
        self.values = np.array(values, dtype=float)

    def standard_normal(self, shape):
        assert np.shape(self.values) == (shape if isinstance(shape, tuple) else (shape,))
        return self.values


# quantiles and paths


def test_scale_of_a_t_gives_the_standard_deviation_asked_for():
    # a t with 8 degrees of freedom has variance 8/6, so its scale is sqrt(6/8) of the standard deviation
    made = one_year(8.0)
    assert made.scale == pytest.approx([0.0866025], abs=1e-7)
    # t_8 at 0.9 is 1.396815 and at 0.975 is 2.306004
    assert made.quantile(0.9) == pytest.approx([100 * np.exp(0.0866025 * 1.396815)], rel=1e-6)
    low, high = made.quantile([0.025, 0.975])[0]
    assert (low, high) == pytest.approx((81.8972, 122.1043), rel=1e-6)


def test_spreads_add_as_squares_and_the_normal_is_not_rescaled():
    made = replace(one_year(np.inf, 0.4), sd_shared=np.array([0.3]))
    assert made.sd == pytest.approx([0.5])
    assert made.scale == pytest.approx([0.5])


def test_paths_are_the_shared_shock_and_the_areas_own():
    made = replace(one_year(np.inf, 0.4), sd_shared=np.array([0.3]))
    # 0.3 x 1 + 0.4 x 2 = 1.1 and 0.3 x -1 + 0.4 x 0.5 = -0.1
    paths = draw_paths(made, 2, Given([1.0, -1.0]), Given([[2.0, 0.5]]))
    assert paths[0] - np.log(100) == pytest.approx([1.1, -0.1])


def test_paths_with_heavy_tails_go_through_the_quantiles_of_the_t():
    # the sum over its spread is 1.2815516, the normal at 0.9: so t_8 at 0.9, 1.396815, times the scale
    paths = draw_paths(one_year(8.0), 1, Given([5.0]), Given([[1.2815516]]))
    assert paths[0, 0] - np.log(100) == pytest.approx(0.0866025 * 1.396815, abs=1e-6)


@pytest.mark.parametrize(
    ("power", "correlation"),
    # (1 + 2^p - 1) / 2 over sqrt(2^p): half of sqrt(2^p)
    [(1.0, 0.70710678), (1.5, 0.84089642)],
)
def test_how_years_hang_together(power, correlation):
    factor = horizon_factor(np.array([1, 2]), power)
    assert factor[0] == pytest.approx([1.0, 0.0])
    assert factor[1] == pytest.approx([correlation, np.sqrt(1 - correlation**2)], abs=1e-7)


# series


def test_recent_growth_weighs_the_last_three_years():
    series = {2021: 100.0, 2022: 100 * np.exp(0.1), 2023: 100 * np.exp(0.3), 2024: 100 * np.exp(0.6)}
    assert recent_growth(series, 2024) == pytest.approx(0.7 * 0.3 + 0.21 * 0.2 + 0.09 * 0.1)
    del series[2021]
    assert recent_growth(series, 2024) == pytest.approx((0.7 * 0.3 + 0.21 * 0.2) / 0.91)
    assert recent_growth({**series, 2020: 1.0}, 2024) == pytest.approx((0.7 * 0.3 + 0.21 * 0.2) / 0.91)


def test_growth_is_the_mean_of_one_two_and_three_years():
    series = {2021: 100.0, 2022: 100 * np.exp(0.1), 2023: 100 * np.exp(0.3), 2024: 100 * np.exp(0.6)}
    assert growth(series, 2024) == pytest.approx((0.3 + 0.5 / 2 + 0.6 / 3) / 3)
    assert growth(series, 2024, (3,)) == pytest.approx(0.2)
    assert growth(series, 2025) is None


def test_what_counts_as_known():
    series = {2020: -1.0, 2021: 0.0, 2022: np.inf, 2023: 7.0}
    assert [known(series, y) for y in range(2019, 2024)] == [None, None, None, None, 7.0]
    assert [known(series, y, zero=True) for y in (2020, 2021)] == [None, 0.0]


def test_lateness_of_a_year():
    history = History(
        "E1", {}, issued={2022: 50.0, 2023: 50.0, 2024: 50.0}, issued_20={2022: 30.0, 2023: 50.0, 2024: 51}
    )
    assert history.late(2022) == pytest.approx(0.4)
    assert history.late(2023) == 0.0
    assert history.late(2024) is None


def test_flows_are_known_to_the_year_before_and_stocks_to_the_january():
    series = {2022: 1.0, 2023: 2.0, 2024: 3.0}
    flows = ("requests", "new_plans", "issued", "issued_20", "refused", "undecided")
    whole = History("E1", series, series, pupils_by_need={"ASD": series}, **dict.fromkeys(flows, series))
    seen = whole.known_at(2023)
    for stock in (seen.plans, seen.pupils_5_15, seen.pupils_by_need["ASD"]):
        assert stock == {2022: 1.0, 2023: 2.0}
    for flow in flows:
        assert getattr(seen, flow) == {2022: 1.0}, flow
    national = National(whole, series, {}).known_at(2023)
    assert national.median_late == {2022: 1.0}
    assert national.england.plans == {2022: 1.0, 2023: 2.0}


def test_pupils_of_all_needs_add_up_year_by_year():
    assert all_needs({"ASD": {2024: 1.0, 2025: 2.0}, "SLD": {2025: 3.0, 2026: np.nan}}) == {
        2024: 1.0,
        2025: 5.0,
        2026: 0.0,
    }


def test_a_stock_is_rolled_on_by_its_flows():
    found = rolled_on(
        {2020: 9.0, 2021: 50.0},
        {2021: 99.0, 2022: 100.0, 2023: 10.0, 2024: 10.0},
        [{2022: 60.0, 2023: 80.0, 2024: 1.0}, {2022: 10.0, 2023: 0.0}],
        {2022: 10.0},
    )
    # 50 + 100 - 60 - 10 - 10 = 70; 70 + 10 - 80 is none; 2024 lacks a flow
    assert found == {2020: 9.0, 2021: 50.0, 2022: 70.0, 2023: 0.0}
    assert rolled_on({}, {1: 5.0}, [{1: 1.0}], {}) == {}


# signals


def nation(**fields) -> National:
    return National(History(ENGLAND, **fields), {}, {})


def test_rate_is_plans_a_pupil_against_englands():
    here = History("E1", {2025: 100.0}, pupils_5_15={2025: 1000.0})
    there = nation(plans={2025: 400.0}, pupils_5_15={2025: 8000.0})
    found = signals.rate(here, there, 2025, here.plans, there.england.plans)
    assert found == pytest.approx(LN2)  # 10 % against 5 %
    assert signals.rate(there.england, there, 2025, {}, {}) == 0.0


@pytest.mark.parametrize(
    ("last", "before", "expected"),
    [
        (12.0, 12.0, np.log(1.2)),  # 12 % of plans against 10 %; no rise in either
        (12.0, 10.0, 2 * np.log(1.2)),  # and a rise of a fifth
        (20.0, 10.0, 0.8),  # twice ln 2 is over the bound
        (5.0, 10.0, -0.8),
        (33.0, 20.0, 0.8),  # ln 3.3 = 1.194, within belief
        (34.0, 34.0, None),  # ln 3.4 = 1.224, beyond it
        (3.0, 3.0, None),  # ln 0.3 = -1.204, beyond it
        (12.0, 3.0, np.log(1.2)),  # a rise to four times is beyond belief: the level alone
        (12.0, 3.9, np.log(1.2) + np.log(12 / 3.9)),  # to 3.08 times is not, but is held below
    ],
)
def test_requests_against_englands(last, before, expected):
    here = History("E1", {2025: 100.0}, requests={2024: last, 2023: before})
    there = nation(plans={2025: 400.0}, requests={2024: 40.0, 2023: 40.0})
    found = signals.requests(here, there, 2025)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(np.clip(expected, -0.8, 0.8))


def test_requests_rise_is_less_englands_rise():
    here = History("E1", {2025: 100.0}, requests={2024: 12.0, 2023: 10.0})
    there = nation(plans={2025: 400.0}, requests={2024: 40.0, 2023: 50.0})
    # level ln(12 % / 10 %), rise ln(1.2) less ln(0.8)
    assert signals.requests(here, there, 2025) == pytest.approx(np.log(1.2) + np.log(1.5))
    assert signals.requests(replace(here, area_code=ENGLAND), there, 2025) == 0.0


def test_lateness_is_that_of_the_year_before_against_the_median():
    issued, in_time = {2023: 50.0, 2024: 50.0, 2025: 50.0}, {2023: 50.0, 2024: 30.0, 2025: 10.0}
    here = History("E1", {}, issued=issued, issued_20=in_time)
    there = National(History(ENGLAND, {}), {2023: 0.1, 2024: 0.25, 2025: 0.7}, {})
    assert signals.lateness(here, there, 2025) == pytest.approx(0.15)
    assert signals.lateness(replace(here, area_code=ENGLAND), there, 2025) == 0.0
    assert signals.lateness(here, replace(there, median_late={2024: 0.0}), 2025) == pytest.approx(0.4)


def test_englands_lateness_is_against_the_three_years_before():
    issued = dict.fromkeys(range(2020, 2025), 100.0)
    in_time = {2020: 10.0, 2021: 80.0, 2022: 70.0, 2023: 60.0, 2024: 50.0}
    there = nation(plans={}, issued=issued, issued_20=in_time)
    assert signals.england_lateness(there, 2025) == pytest.approx(0.5 - 0.3)
    del issued[2022]
    assert signals.england_lateness(
        nation(plans={}, issued=issued, issued_20=in_time), 2025
    ) == pytest.approx(0.5 - 0.3)
    del issued[2023]
    assert signals.england_lateness(
        nation(plans={}, issued=issued, issued_20=in_time), 2025
    ) == pytest.approx(0.5 - 0.2)


@pytest.mark.parametrize(("undecided", "expected"), [(8.0, 0.03), (0.0, -0.05), (30.0, 0.05), (np.nan, None)])
def test_pipeline_is_undecided_assessments_a_plan_against_englands(undecided, expected):
    here = History("E1", {2025: 100.0}, undecided={2024: undecided})
    there = nation(plans={2025: 400.0}, undecided={2024: 20.0})
    assert signals.pipeline(here, there, 2025) == (None if expected is None else pytest.approx(expected))
    assert signals.pipeline(there.england, there, 2025) == 0.0


@pytest.mark.parametrize(
    ("refused", "received", "expected"),
    [(4.8, 12.0, 0.15), (0.0, 12.0, -0.2), (9.0, 12.0, 0.2), (4.8, 120.0, None), (4.8, 0.0, None)],
)
def test_refusals_are_a_share_of_requests_where_those_are_believed(refused, received, expected):
    here = History("E1", {2025: 100.0}, requests={2024: received}, refused={2024: refused})
    there = nation(plans={2025: 400.0}, requests={2024: 40.0}, refused={2024: 10.0})
    assert signals.refusals(here, there, 2025) == (None if expected is None else pytest.approx(expected))
    assert signals.refusals(there.england, there, 2025) == 0.0


def test_an_areas_own_errors_widen_or_narrow_its_interval_with_shrinkage():
    assert record_factor([]) == 1.0
    # (10 + 1 + 4) / 12, and errors of 5 standard deviations count as 3: (10 + 9) / 11
    assert record_factor([1.0, -2.0]) == pytest.approx(1.25)
    assert record_factor([5.0]) == pytest.approx(19 / 11)
    assert record_factor([0.0] * 10) == pytest.approx(0.5)


def test_a_count_that_cannot_be_is_refused():
    check_base("E1", {2024: 1000.0, 2025: 700.0}, 2025)
    check_base("E1", {2024: 100.0, 2025: 40.0}, 2025)  # so few that chance may do it
    with pytest.raises(DomainError, match=r"699 EHC plans in January 2025 after 1,000.*origin=2024"):
        check_base("E1", {2024: 1000.0, 2025: 699.0}, 2025)


@pytest.mark.parametrize(("value", "held"), [(0.6, 0.25), (-0.6, -0.25), (0.1, 0.1)])
def test_bounds_hold_both_ways(value, held):
    assert signals.bounded(value, 0.25) == held


# the rule


def test_an_effect_that_fades_adds_up_to_a_geometric_sum():
    assert build_up(np.array([1.0, 2, 3])) == pytest.approx([1, 1.5, 1.75])
    assert build_up(np.array([1.0, 2, 3]), 0.8) == pytest.approx([1, 1.8, 2.44])


def design(horizons: int, spread: float) -> Design:
    """Return a rule for 400 plans: 5 % growth a year, and one fitted term of 10 % a year."""
    h = np.arange(1.0, horizons + 1)
    fixed = (Term("plans now", np.full(horizons, np.log(400.0))), Term("growth", 0.05 * h))
    return Design(400.0, fixed, {"rate": 0.1 * h}, ("requests",), spread)


def made_of(code: str, horizons, later, spread: float = 1.0) -> Forecast:
    return combine(
        design(max(horizons), spread),
        code,
        2025,
        horizons,
        {"rate": -0.2},
        widen=1.5,
        sd_area=0.12,
        power=2.0,
        sd_shared=0.01,
        later=later,
    )


def test_a_rule_put_together():
    made = made_of("E1", [1, 2, 5, 6, 7], (2, {2031: 0.01, 2032: 0.02}))
    # 0.05 - 0.2 x 0.1 = 0.03 a year for five; then half of it and half of 0.01; then the population's 0.02
    assert made.log_mean - np.log(400) == pytest.approx([0.03, 0.06, 0.15, 0.17, 0.19])
    # own: 1.5 x sqrt(0.12^2 + 1/400) x h = 1.5 x 0.13 h; shared 0.01 h^0.75
    assert made.sd_own == pytest.approx([0.195, 0.39, 0.975, 1.17, 1.365])
    assert made.sd_shared == pytest.approx([0.01, 0.0168179, 0.0334370, 0.0383366, 0.0430352], abs=1e-7)
    assert made.scored.tolist() == [True, True, True, False, False]
    assert made.horizons.tolist() == [1, 2, 5, 6, 7]
    assert (made.left_out, made.df) == (("requests",), 20.0)
    fading = made.terms[-1].by_horizon
    assert fading == pytest.approx([0, 0, 0, -0.01, -0.02])


def test_four_times_the_variance_is_twice_the_spread_of_the_area_alone():
    made = made_of("E1", [1, 2], (5, {}))
    wide = made_of("E1", [1, 2], (5, {}), spread=4.0)
    assert wide.sd_own == pytest.approx([0.39, 0.78])
    assert wide.sd_shared == pytest.approx(made.sd_shared)


def test_englands_own_spread_is_chance_alone():
    assert made_of(ENGLAND, [1, 2], (5, {})).sd_own == pytest.approx([0.075, 0.15])  # 1.5 x sqrt(1/400) h


def test_fading_begins_from_the_last_year_where_fewer_than_five_are_asked():
    h = np.arange(1.0, 4)
    assert fade([Term("now", np.zeros(3)), Term("g", 0.1 * h)], h, 2025, 1, {}).by_horizon.tolist() == [
        0,
        0,
        0,
    ]


def test_growth_fades_in_equal_steps():
    h = np.arange(1.0, 11)
    terms = [Term("now", np.full(10, 3.0)), Term("g", 0.1 * h)]
    fading = np.diff(fade(terms, h, 2025, 4, {}).by_horizon, prepend=0)
    # growth of 0.1 falls to 0.075, 0.05, 0.025 and 0 in years 6 to 9
    assert fading == pytest.approx([0] * 5 + [-0.025, -0.05, -0.075, -0.1, -0.1], abs=1e-12)


def test_least_length_of_a_series():
    series = {2022: 1.0, 2023: 0.0, 2024: 2.0, 2025: 3.0, 2026: 4.0}
    check_length("E1", series, 2025, 3, "plans")
    with pytest.raises(DomainError, match=r"3 January count\(s\) of plans up to 2025; at least 4"):
        check_length("E1", series, 2025, 4, "plans")


def steady() -> National:
    """Return an England of 400 plans, and 200 pupils with a plan, that grow by 10 and 5 % a year."""
    years = range(2020, 2026)
    plans = {y: 400 * np.exp(0.1 * (y - 2025)) for y in years}
    pupils = dict.fromkeys(years, 8000.0)
    by_need = {
        "ASD": {y: 50 * np.exp(0.15 * (y - 2025)) for y in years},
        "SLD": {y: 200 * np.exp(0.05 * (y - 2025)) - 50 * np.exp(0.15 * (y - 2025)) for y in years},
    }
    england = History(
        ENGLAND,
        plans,
        pupils_5_15=pupils,
        requests=dict.fromkeys(years, 40.0),
        issued=dict.fromkeys(years, 100.0),
        issued_20=dict.fromkeys(years, 60.0),
        refused={2024: 10.0},
        undecided={2024: 20.0},
        pupils_by_need=by_need,
    )
    return National(england, {2024: 0.25}, {})


def local() -> History:
    """Return an area of 100 plans at 1.2 times England's rate, whose pupils with autism grow by 25 % a year."""
    return History(
        "E1",
        dict.fromkeys(range(2020, 2026), 100.0),
        pupils_5_15={2025: 100.0 / 0.06},
        requests={2024: 12.0, 2023: 12.0},
        issued={2024: 50.0},
        issued_20={2024: 30.0},
        refused={2024: 4.8},
        undecided={2024: 8.0},
        pupils_by_need={"ASD": {y: 20 * np.exp(0.25 * (y - 2025)) for y in range(2020, 2026)}},
    )


def test_terms_of_the_rule_for_the_total():
    h = np.array([1.0, 2.0, 3.0])
    made = total_design(local(), steady(), 2025, h)
    assert made.start == 100.0
    assert made.fixed[0].by_horizon == pytest.approx([np.log(100)] * 3)
    # England's growth weighs 1, 0.975 and 0.95
    assert made.fixed[1].by_horizon == pytest.approx([0.1, 0.1975, 0.2925])
    assert made.columns["rate"] == pytest.approx(np.log(1.2) * h)
    assert made.columns["requests"] == pytest.approx(np.log(1.2) * np.array([1, 1.5, 1.75]))
    assert made.columns["lateness"] == pytest.approx(0.15 * np.array([1, 1.5, 1.75]))
    assert made.columns["england_lateness"] == pytest.approx([0, 0, 0])
    # 8 of 100 against 20 of 400 plans undecided; 4.8 of 12 against 10 of 40 requests refused
    assert made.columns["pipeline"] == pytest.approx(0.03 * np.array([1, 1.5, 1.75]))
    assert made.columns["refusals"] == pytest.approx(0.15 * np.array([1, 1.5, 1.75]))
    assert (made.left_out, made.spread) == ((), 1.0)


def test_terms_of_the_rule_for_a_need():
    h = np.array([1.0, 2.0, 3.0])
    made = need_design(local(), steady(), "ASD", 2025, h)
    now, every, lead, beyond = (term.by_horizon for term in made.fixed)
    assert now == pytest.approx([np.log(20)] * 3)
    assert every == pytest.approx([0.05, 0.1, 0.15])
    assert lead == pytest.approx(0.3 * 0.05 * h)  # plans grow by 10 %, pupils with a plan by 5 %
    assert beyond == pytest.approx(0.1 * np.array([1, 1.9, 2.71]))  # autism by 15 %, all needs by 5 %
    assert made.columns["own_growth"] == pytest.approx(0.1 * np.array([1, 1.7, 2.19]))  # 25 % against 15 %
    # 20 of 1,667 pupils is 1.2 %, England's 50 of 8,000 is 0.625 %; for a need the rate has no bound
    assert made.columns["rate"] == pytest.approx(np.log(1.92) * h)
    assert made.columns["requests"] == pytest.approx(np.log(1.2) * np.array([1, 1.5, 1.75]))
    assert made.columns["lateness"] == pytest.approx(0.15 * np.array([1, 1.5, 1.75]))


def test_growth_of_an_areas_own_is_bounded():
    faster = replace(local(), pupils_by_need={"ASD": {2024: 10.0, 2023: 5.0, 2025: 20.0}})
    made = need_design(faster, steady(), "ASD", 2025, np.array([1.0]))
    assert made.columns["own_growth"] == pytest.approx([0.3])  # ln 2 less 0.15 is over it
    of_england = need_design(steady().england, steady(), "ASD", 2025, np.array([1.0, 2.0]))
    assert of_england.columns["own_growth"].tolist() == [0, 0]


def test_sen_support_grows_as_englands_share_has():
    shares = {
        2022: 10.0,
        2023: 10 * np.exp(0.04),
        2024: 10 * np.exp(0.04),
        2025: 10 * np.exp(0.06),
        2026: 99.0,
    }
    made = forecast_support_share(
        "E1",
        {2025: 12.0},
        shares,
        {"support_sd_area": 0.04, "support_power": 1.0},
        2025,
        [1, 4, 7],
        fade_years=2,
    )
    # yearly growth over one, two and three years: 0.02, 0.01 and 0.02; its mean for five years, then half, then none
    rate = 0.05 / 3
    assert made.log_mean - np.log(12) == pytest.approx([rate, 4 * rate, 5.5 * rate])
    assert made.sd_own == pytest.approx([0.04, 0.08, 0.04 * np.sqrt(7)])
    assert made.sd_shared.tolist() == [0, 0, 0]
    assert made.scored.tolist() == [True, True, False]


# what a scenario changes


def people(*totals: float, ages: int = 2):
    """Return residents whose central number is a total a year, evenly over the ages."""
    by_age = np.repeat(np.array(totals)[:, None] / ages, ages, axis=1)
    return SimpleNamespace(central=lambda: by_age)


def start_of(*totals: float):
    return SimpleNamespace(start=2025, history=History("E1", {2025: 100.0}), people=people(*totals))


def central(*growth_a_year: float) -> Forecast:
    log_mean = np.log(100) + np.cumsum(growth_a_year)
    n = len(log_mean)
    return Forecast("E1", 2025, np.arange(1, n + 1), log_mean, np.zeros(n), np.ones(n))


def test_growth_after_an_ambition_is_that_of_residents():
    setup = start_of(1000, 1100, 1210, 1331, 1464.1)
    found = np.exp(changed_mean(setup, central(0.3, 0.3, 0.3, 0.3), NeedChange("plans", plans=200, by=2027)))
    # half the way to 200 on the log scale, 200 in 2027, then residents' 10 % a year
    assert found == pytest.approx([np.sqrt(100 * 200), 200, 220, 242])


def test_an_ambition_after_the_last_year_is_on_its_way():
    setup = start_of(1000, 1100, 1210)
    found = np.exp(changed_mean(setup, central(0.3, 0.3), NeedChange("plans", plans=1600, by=2029)))
    assert found == pytest.approx([200, 400])  # a quarter and half of the way to sixteen times


def test_damped_growth_and_none():
    damped = changed_mean(start_of(), central(0.1, 0.2, 0.4), NeedChange("damped", damping=0.5))
    assert damped - np.log(100) == pytest.approx([0.05, 0.05 + 0.05, 0.1 + 0.05])
    assert changed_mean(start_of(), central(0.1, 0.2), NeedChange("none")) == pytest.approx([np.log(100)] * 2)
    rule = central(0.1, 0.2)
    assert changed_mean(start_of(), rule, NeedChange()) is rule.log_mean


def test_an_ambition_for_the_year_of_the_start_is_refused():
    with pytest.raises(DomainError, match="by=2025: give a January after 2025"):
        changed_mean(start_of(1, 1), central(0.1), NeedChange("plans", plans=200, by=2025))


def test_multipliers_act_from_their_year_on_their_ages():
    change = NeedChange(
        new_plans=(FlowMultiplier(2026, 0.5, 0.5, 0.5, 4, 5), FlowMultiplier(2027, 0.8, 0.8, 0.8, 5, 25))
    )
    found = change.multipliers("new_plans", [2025, 2026, 2027], 0, 1)[..., 0]
    assert found.shape == (3, 26)
    assert found[0].tolist() == [1.0] * 26
    assert found[1, 3:7] == pytest.approx([1, 0.5, 0.5, 1])
    assert found[2, 3:7] == pytest.approx([1, 0.5, 0.4, 0.8])
    assert found[2, 25] == pytest.approx(0.8)
    assert (change.multipliers("ceased", [2025, 2026], 0, 1) == 1).all()


@pytest.mark.parametrize(
    "values",
    [
        {"low": 0.0, "central": 1.0, "high": 1.0},
        {"low": 1.0, "central": 1.0, "high": 0.9},
        {"low": 1.0, "central": 1.0, "high": 1.0, "first_age": 6, "last_age": 5},
        {"low": 1.0, "central": 1.0, "high": 1.0, "first_age": -1},
    ],
)
def test_multipliers_that_cannot_be(values):
    with pytest.raises(DomainError):
        FlowMultiplier(2027, **values)
    FlowMultiplier(2027, 1.0, 1.0, 1.0, 5, 5)
    every = FlowMultiplier(2027, 1.0, 1.0, 1.0)
    assert (every.first_age, every.last_age) == (0, 25)


@pytest.mark.parametrize("damping", [-0.01, 1.01])
def test_damping_is_a_share(damping):
    with pytest.raises(DomainError, match="from 0"):
        NeedChange("damped", damping=damping)
    assert [NeedChange("damped", damping=d).damping for d in (0, 1)] == [0, 1]


def test_the_first_year_in_words():
    terms = (
        Term("plans now", np.log([100.0])),
        Term("England's growth", np.log([1.1])),
        Term("rate", np.log([0.95])),
        Term("lateness", np.array([4e-5])),
    )
    made = replace(central(0.1), terms=terms, left_out=("requests",))
    first, second = total_notes(made)
    assert first.endswith("England's growth +10.0 %; the area's rate against England's -5.0 %.")
    assert second.endswith("requests for assessment.")
