"""The tables of a comparison, on results small enough to work out by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sendneeds.scenarios import compare_tables as tables
from sendneeds.waits.services.result import WaitsResult

WEEKS = np.arange("2027-01-04", "2027-03-15", 7, dtype="datetime64[D]").astype("datetime64[ns]")
SCENARIOS = ["baseline", "posts"]


def waits(**weekly):
    """Return ten weeks of one service; draws have 1, 2 and 3 times what is given by scenario and week."""
    draws = np.array([1, 2, 3])
    stocks = {
        "waiting": 100,
        "waiting_within_18": 80,
        "waiting_over_52": 5,
        "waiting_p92": 30,
        "overdue_sessions": 0,
    }
    flows = {"late_weeks": 0, "sessions": 10}
    data = {}
    for names, time in ((stocks, "week"), (flows, "week_commencing")):
        for name, usual in names.items():
            each = np.broadcast_to(np.asarray(weekly.get(name, usual), float), (2, len(WEEKS)))
            varies = draws if name in weekly else np.ones(3)
            data[name] = (
                ("scenario", "service", time, "draw"),
                each[:, None, :, None] * varies,
                {"units": "children"},
            )
    data["has_list"] = ("service", [True])
    coords = {"scenario": SCENARIOS, "service": ["SLT"], "week": WEEKS, "week_commencing": WEEKS}
    return WaitsResult(xr.Dataset(data, coords=coords), {}, pd.DataFrame(), "an area")


def by_option(baseline, option):
    return [[baseline] * len(WEEKS), [option] * len(WEEKS)]


def test_differences_are_taken_draw_by_draw_at_each_months_first_monday():
    found = tables.differences(waits(waiting=by_option(100, 90)))
    rows = found[found["measure"] == "waiting"]
    assert [f"{month:%Y-%m-%d}" for month in rows["month"]] == ["2027-01-04", "2027-02-01", "2027-03-01"]
    # draws differ by -10, -20 and -30: a fifth of the way from one to the next at either end
    np.testing.assert_allclose(rows[["low", "central", "high"]], [[-28, -20, -12]] * 3)
    assert set(rows["scenario"]) == {"posts"}
    still = found[found["measure"] != "waiting"].set_index("measure").loc["waiting_over_52"]
    assert (still[["low", "central", "high"]] == 0).all(axis=None)


def test_a_share_is_within_18_weeks_and_1_where_nobody_waits():
    result = waits(waiting=[[100] * 10, [0] * 10])
    share = result.share_within_18().isel(draw=0, service=0)
    np.testing.assert_allclose(share.sel(scenario="baseline"), 0.8)
    np.testing.assert_allclose(share.sel(scenario="posts"), 1.0)


def test_sessions_past_due_are_told_when_most_and_at_the_end():
    own = [0, 5, 40, 30, 20, 10, 9, 8, 7, 6]
    base = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    late = [[10] * 10, [30] * 10]
    found = tables.sessions(waits(overdue_sessions=[base, own], late_weeks=late)).set_index("measure")
    most = found.loc["overdue_sessions_most"]
    assert (most["when"], most["baseline"], most["central"]) == ("2027-01-18", 6, 80)  # twice 3, twice 40
    assert most[["difference_low", "difference_central", "difference_high"]].tolist() == pytest.approx(
        [44.4, 74, 103.6]
    )
    last = found.loc["overdue_sessions_last"]
    assert (last["when"], last["baseline"], last["central"], last["difference_central"]) == (
        "2027-03-08",
        20,
        12,
        -8,
    )
    weeks = found.loc["weeks_late"]  # 30 weeks late over 10 sessions, less 10 over 10
    assert (weeks["when"], weeks["baseline"], weeks["central"], weeks["difference_central"]) == (
        "2027",
        2,
        6,
        4,
    )


def clock(**by_year):
    """Return a stand-in for the EHC process of an option: its shares in time by year, a list of draws each."""
    shares = xr.DataArray(
        np.array(list(by_year.values()), float), dims=("calendar_year", "draw"),
        coords={"calendar_year": [int(year[1:]) for year in by_year]},
    )  # fmt: skip
    return SimpleNamespace(share_in_time=lambda exceptions, by: shares)


def test_plans_in_time_count_the_draws_that_reach_the_target():
    base = clock(y2027=[0.5, 0.6, 0.7, 0.55], y2028=[np.nan] * 4)
    option = clock(y2027=[0.6, 0.6, 0.9, np.nan], y2028=[np.nan] * 4)
    found = tables.plans({"baseline": base, "posts": option}, 0.6).set_index("scenario")
    assert len(found) == 2, "a year in which no plan is issued is left out"
    assert found.loc["baseline", "probability"] == 0.5  # 0.6 reaches 0.6
    assert found.loc["posts", "probability"] == 1.0  # of the three draws that issue plans
    assert found.loc["posts", "difference_central"] == pytest.approx(0.1)  # of 0.1, 0 and 0.2
    assert found.loc["baseline", ["difference_low", "difference_high"]].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("share", "draws", "error"), [(0.0, 100, 0.5 / 101), (1.0, 100, 0.5 / 101), (0.5, 99, 0.05)]
)
def test_a_standard_error_is_half_of_wilsons_interval_of_one_error(share, draws, error):
    """With z = 1 the half-width is sqrt(p q / n + 1 / (4 n^2)) / (1 + 1 / n): 1 / (2 (n + 1)) at p = 0."""
    assert float(tables.standard_error(share, draws)) == pytest.approx(error, rel=1e-6)
