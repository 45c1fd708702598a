"""The back-test: what it scores and refuses, methods of one's own, and the published record with its floor."""

import numpy as np
import pandas as pd
import pytest

import forecast_fit
import forecast_record
import forecast_record_page
import forecast_rules_fit
from sendneeds.foundation.errors import DomainError, MissingDataError, UnknownNameError
from sendneeds.need.inputs.area_history import area_history
from sendneeds.need.inputs.history import History
from sendneeds.need.inputs.national import shipped_national, shipped_record
from sendneeds.need.validation.backtest import ORIGINS, backtest
from sendneeds.need.validation.methods import METHODS, of_counts, plain_forecast


@pytest.fixture(scope="module")
def found(bedford):
    return backtest(bedford, list(METHODS))


def test_every_method_is_scored_at_every_origin(found):
    assert set(found.rows["method"]) == set(METHODS)
    counts = found.rows.groupby("method").size()
    assert (counts == 5 * 4 + 4 + 3 + 2 + 1).all()
    assert found.refused.empty


def test_a_row_is_the_outcome_against_the_forecast(found, bedford):
    plans = area_history(bedford).plans
    row = found.rows.query("method == 'naive' and origin == 2019 and horizon == 3").iloc[0]
    assert row["outcome"] == plans[2022]
    assert np.exp(row["centre"]) == pytest.approx(plans[2019])
    assert row["error"] == pytest.approx(100 * (plans[2019] - plans[2022]) / plans[2022])
    assert row["size_of_error"] == abs(row["error"])


def test_methods_see_nothing_later_than_their_origin(bedford):
    seen = []

    def mine(history, national, origin, horizons):
        seen.append((origin, max(history.plans), max(history.requests), max(national.england.plans)))
        n = len(horizons)
        return plain_forecast(history, origin, horizons, np.full(n, np.log(1e3)), np.full(n, 0.1))

    made = backtest(bedford, {"mine": mine}, [2020, 2023], [1, 2])
    assert seen == [(2020, 2020, 2019, 2020), (2023, 2023, 2022, 2023)]
    assert set(made.rows["method"]) == {"mine"}


def test_an_interval_with_too_few_outcomes_is_refused(bedford):
    table = backtest(bedford, ["default"], [2020, 2021], [1, 2]).table("method")
    assert table["interval"].tolist() == ["refused: fewer than 5 outcomes"]
    assert table["coverage_80"].isna().all()
    assert table["mape"].notna().all()


def test_a_history_too_short_is_refused_with_its_reason(bedford):
    whole = area_history(bedford)
    short = History(whole.area_code, {y: n for y, n in whole.plans.items() if y >= 2020})
    made = backtest(short, ["default", "naive"], [2021, 2022, 2023])
    refused = made.refused.query("method == 'default'")
    assert refused["origin"].tolist() == [2021, 2022]
    assert "at least 4" in refused["reason"].iloc[0]
    assert made.rows.query("method == 'default'")["origin"].unique().tolist() == [2023]
    with pytest.raises(DomainError, match="Nothing could be scored"):
        backtest(History("E1", {2020: 1.0}), ["default"])


def test_names_that_nothing_defines_are_errors(bedford, found):
    with pytest.raises(UnknownNameError, match="half"):
        backtest(bedford, ["halff"])
    with pytest.raises(UnknownNameError):
        found.table("place")
    with pytest.raises(UnknownNameError):
        found.plot("mine")


def test_the_figure_shows_every_method(found):
    error, _, coverage, pit = found.plot()
    assert {line.get_label() for line in error.get_lines()} == set(METHODS)
    assert len(coverage.patches) == len(ORIGINS)
    assert sum(bar.get_height() for bar in pit.patches) == (found.rows["method"] == "default").sum()


def test_statsmodels_methods_follow_a_straight_line():
    line = {year: 1000.0 + 50 * (year - 2010) for year in range(2010, 2026)}
    for name in ("linear", "ets", "local_linear_trend"):
        made = METHODS[name](History("E1", line), shipped_national(), 2025, [1, 5])
        np.testing.assert_allclose(made.quantile(0.5), [1800, 2000], rtol=0.02)
        with pytest.raises(DomainError, match="in a row"):
            METHODS[name](History("E1", {2025: 1.0, 2024: 1.0}), shipped_national(), 2025, [1])


def test_a_model_that_goes_below_nothing_is_held_at_one():
    made = of_counts(History("E1", {}), 2025, [1], np.array([-5.0]), np.array([2.0]))
    assert made.quantile(0.5).tolist() == [1.0]


def test_by_need_methods_work_on_that_need(bedford):
    made = backtest(bedford, ["naive", "half", "default"], [2019, 2020, 2021], series="ASD")
    pupils = area_history(bedford).pupils_by_need["ASD"]
    naive = made.rows.query("method == 'naive' and origin == 2020 and horizon == 2").iloc[0]
    assert naive["outcome"] == pupils[2022]
    assert np.exp(naive["centre"]) == pytest.approx(pupils[2020])


def test_the_shipped_record_beats_its_rivals():
    table = pd.DataFrame(shipped_record())
    table = table[(table["target"] == "total") & (table["origin"] == "all")]
    real_time = table[table["method"] == "real_time"].astype({"crps_x100": float})
    assert real_time["crps_x100"].mean() <= 4.75
    table = table[table["method"] != "real_time"]
    crps = table.astype({"crps_x100": float}).groupby("method")["crps_x100"].mean()
    assert crps.idxmin() == "default"
    assert crps["default"] <= 4.65


def test_the_fit_finds_the_constants_that_made_the_errors():
    rng = np.random.default_rng(5)
    n = 4000
    horizon = rng.integers(1, 6, n).astype(float)
    columns = rng.standard_normal((n, 2))
    sd = np.sqrt((0.04**2 + 1 / 2000) * horizon**1.2)
    error = columns @ [0.05, -0.02] + sd * np.sqrt(18 / 20) * rng.standard_t(20, n)
    sample = forecast_rules_fit.Sample(
        rng.integers(0, 40, n),
        np.zeros(n, int),
        np.full(n, 2020),
        horizon,
        np.full(n, 2000.0),
        error,
        np.full(n, 1 / n),
        columns,
        np.ones(n),
    )
    fitted = forecast_rules_fit.fit_rule(sample, np.zeros(1))
    np.testing.assert_allclose(fitted.terms, [0.05, -0.02], atol=0.004)
    assert fitted.sd_area[0] == pytest.approx(0.04, abs=0.003)
    assert fitted.power == pytest.approx(1.2, abs=0.08)
    assert len(fitted.by_fold) == forecast_rules_fit.FOLDS
    assert fitted.widen[0] > fitted.widen[1] > 1


def test_an_areas_later_forecasts_carry_its_earlier_errors_alone():
    """Errors one year ahead of 2 and 0 standard deviations; an error five years ahead says nothing."""
    n = 4
    sample = forecast_rules_fit.Sample(
        np.zeros(n, int),
        np.zeros(n, int),
        np.array([2020, 2021, 2022, 2022]),
        np.array([1.0, 1.0, 1.0, 5.0]),
        np.full(n, np.inf),
        np.array([0.2, 0.0, 9.0, 9.0]),
        np.full(n, 1 / n),
        np.zeros((n, 0)),
        np.array([1.0, 1.0, 2.0, 1.0]),
    )
    fitted = forecast_rules_fit.Fitted(np.zeros(0), np.array([0.1]), 1.0, [], np.zeros(0))
    made = forecast_rules_fit.with_own_record(sample, fitted, np.zeros(1))
    # nothing before 2020; (10 + 4) / 11 at 2021; (10 + 4 + 0) / 12 at 2022, times the two it had
    np.testing.assert_allclose(made.spread, [1.0, 14 / 11, 2 * 14 / 12, 14 / 12])


def test_outcomes_known_by_a_year():
    n = 3
    sample = forecast_rules_fit.Sample(
        np.arange(n),
        np.zeros(n, int),
        np.array([2018, 2019, 2019]),
        np.array([2.0, 1.0, 2.0]),
        *(np.full(n, 1.0) for _ in range(2)),
        np.array([0.2, 0.3, 0.5]),
        np.zeros((n, 0)),
        np.ones(n),
    )
    known = sample.known_by(2020)
    assert known.area.tolist() == [0, 1]
    np.testing.assert_allclose(known.weight, [0.4, 0.6])


def test_what_areas_share_is_englands_error_widened_for_so_few_origins():
    """Errors of 1 % one year ahead and 4^0.75 % four ahead are alike; t_2 at 0.9 is 1.8856, the normal 1.28155."""
    n = 2
    sample = forecast_rules_fit.Sample(
        np.zeros(n, int),
        np.zeros(n, int),
        np.array([2020, 2021]),
        np.array([1.0, 4.0]),
        np.full(n, 1e5),
        np.array([0.01, -0.01 * 4**0.75]),
        np.full(n, 0.5),
        np.zeros((n, 0)),
        np.ones(n),
    )
    assert forecast_fit.shared_sd(sample)[0] == pytest.approx(0.01 * 1.8856 / 1.28155, rel=1e-4)


def test_the_page_replaces_what_stands_between_its_marks():
    page = f"before\n{forecast_record_page.BEGIN}\nold\n{forecast_record_page.END}\nafter\n"
    made = forecast_record_page.with_record(page, "new")
    assert made == f"before\n{forecast_record_page.BEGIN}\n\nnew\n\n{forecast_record_page.END}\nafter\n"
    with pytest.raises(MissingDataError, match="lacks"):
        forecast_record_page.with_record("no marks", "new")


@pytest.mark.slow
def test_the_record_holds_the_bar_and_is_what_ships(reference, root):
    """Refit everything, each area scored with constants fitted without it, and hold the floors."""
    made = forecast_record.make_record(reference)
    total = made.tests["total"].table(["method", "horizon"]).set_index(["method", "horizon"])
    mape = total["mape"]["default"]
    assert mape[1] <= 3.5
    assert mape[3] <= 6.85
    assert mape[5] <= 9.1
    assert total["crps_x100"]["default"].mean() <= 4.62
    whole = made.tests["total"].table("method").set_index("method").loc["default"]
    assert 0.78 <= whole["coverage_80"] <= 0.82
    assert 0.94 <= whole["coverage_95"] <= 0.96
    by_origin = made.tests["total"].table(["method", "origin"]).query("method == 'default'")
    assert by_origin["coverage_80"].min() >= 0.70
    then = made.real_time.table("origin")
    assert then["coverage_80"].min() >= 0.70
    assert made.of_england.rows["covered_80"].mean() >= 0.70
    for need in ("ASD", "SEMH", "SLCN"):
        error = made.tests[need].table(["method", "horizon"]).set_index(["method", "horizon"])["mape"]
        assert error["default", 3] <= 0.90 * error["half", 3]
    shipped = pd.read_csv(root / "data" / "england" / "forecast_constants.csv").set_index("name")["value"]
    refitted = made.constants.set_index("name")["value"]
    np.testing.assert_allclose(shipped[refitted.index], refitted, atol=2e-3)
    table = pd.read_csv(root / "data" / "england" / "forecast_national.csv")
    pd.testing.assert_frame_equal(table, made.national, check_dtype=False)
