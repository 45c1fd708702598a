"""The weeks of plans through a year: they join at New Year, keep the year's share, and space requests evenly."""

import numpy as np
import pytest

from sendneeds.waits.ehc.published_rates import Autoregression, Rates
from sendneeds.waits.ehc.requests_law import joined
from sendneeds.waits.ehc.weeks_law import decision_law
from sendneeds.waits.ehc.within_year import (
    STEPS,
    Path,
    YearWeeks,
    path,
    path_to_share,
    places,
    weeks_by_year,
)

WEEKS = 365.25 / 7


def of(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_years_meet_half_way_and_keep_their_mean():
    one, two = path(*of(10.0, 16.0, 14.0)), path(*of(16.0, 14.0, 20.0))
    assert (one.first[0], one.last[0]) == (13.0, 15.0) == (13.0, two.first[0])
    x = (np.arange(1000) + 0.5) / 1000
    assert one.at(np.zeros(1000, int), x).mean() == pytest.approx(16.0, abs=1e-5)
    assert one.everywhere(0.5)[0] == pytest.approx(
        [17.0]
    )  # bend 6 x (16 - 14) = 12: a quarter of it above 14
    assert one.everywhere(0.0)[1] == pytest.approx([14.0])  # 2 + 12
    assert one.everywhere(1.0)[1] == pytest.approx([-10.0])


def test_plans_end_sooner_after_each_other_where_waits_grow_shorter():
    """From 20 weeks down to 10 over the year: 62 weeks of requests in 52, evenly but for the change of pace."""
    spread = np.array([1e-6])
    falling = Path(*of(np.log(20.0), np.log(10.0), 0.0))
    level = Path(*of(np.log(20.0), np.log(20.0), 0.0))
    place = places(falling, spread)[0]
    # before x: the part of the year and the weeks gained, 20 - 20 x 0.5 ** x, of 62
    for x in (0.25, 0.5, 0.75):
        ended = (x * WEEKS + 20 - 20 * 0.5**x) / (WEEKS + 10)
        assert np.interp(ended, np.linspace(0, 1, STEPS + 1), place) == pytest.approx(x, abs=0.002)
    assert places(level, spread)[0] == pytest.approx(np.linspace(0, 1, STEPS + 1))
    year = YearWeeks(falling, falling, falling, level, spread, places(falling, spread))
    assert year.mean_weeks(0.0) == pytest.approx([25.0])
    assert year.mean_weeks(1.0) == pytest.approx([15.0])
    assert np.exp(year.log_years_of_requests()) == pytest.approx([1 + 10 / WEEKS])
    # requests are as far apart at the start of the year as at its end
    ends = year.ends(np.zeros(4001, int), np.linspace(0, 1, 4001)) * WEEKS
    made = ends - 20 * 0.5 ** (ends / WEEKS)
    assert np.diff(made) == pytest.approx(np.full(4000, (WEEKS + 10) / 4000), rel=0.02)


def test_a_year_taken_as_a_whole_has_its_share():
    share, prompt, spread = of(0.4, 0.9, 0.7)
    found = path_to_share(path(*of(2.0, 2.9, 3.3)), share, prompt, spread)
    assert (found.first[0], found.last[0]) == pytest.approx((2.45, 3.1))
    weeks, x = np.arange(3, 20), (np.arange(2000) + 0.5) / 2000
    from scipy.special import ndtr

    log_median = found.at(np.zeros(2000, int), x)
    in_time = (decision_law(weeks, prompt) * ndtr((np.log(20 - weeks)[:, None] - log_median) / spread)).sum(
        axis=0
    )
    slope = 3.1 - 2.45 + found.bend[0] * (1 - 2 * x)
    plans = np.maximum(1 - np.exp(log_median + 0.245) * slope / WEEKS, 0.2)
    assert (in_time * plans).sum() / plans.sum() == pytest.approx(0.4, abs=0.003)


def test_plans_come_sooner_where_advice_is_never_short():
    def at(share: float) -> float:
        return float(np.log(share / (1 - share)))

    def still(**shares: float) -> Rates:
        series = {
            name.replace("_", " "): Autoregression({2024: odds}, 0.0, 1.0, 0.0, 1, 1, (name,))
            for name, odds in shares.items()
        }
        return Rates(series, 2024)

    rates = still(
        decided_in_time=at(0.9),
        in_time=at(0.5),
        in_time_excepted=at(0.3),
        not_issued_in_time=at(0.4),
        spread=0.0,
    )
    assert rates.at("spread", 2025) == pytest.approx([0.5])
    found = weeks_by_year(rates, [2025], np.array([0.9]))[2025]
    assert found.plan.bend == pytest.approx([0.0], abs=0.001)
    assert found.excepted.first[0] > found.plan.first[0]  # fewer in time
    assert found.quicker.first[0] < -0.3
    assert weeks_by_year(rates, [2025], np.array([0.4]))[2025].quicker.first == pytest.approx([0.0])


def test_a_year_that_becomes_punctual_needs_no_more_requests(monkeypatch):
    """As many plans as ever from requests of 1.25 years: a year of requests is a fifth fewer, all else alike."""
    from types import SimpleNamespace

    from sendneeds.waits.ehc import requests_law

    def series(value: float, variance: float) -> SimpleNamespace:
        return SimpleNamespace(
            scale=lambda year: np.full(1, value),
            centre=lambda year: value,
            covariance=lambda year, other: variance,
        )

    class Law:
        known, log_most, log_base = True, np.inf, np.log(200.0)

        def __init__(self, *args):
            pass

        def covariance(self, year, other):
            return 0.04 * (year == other)

        def log_requests(self, year):
            return np.log(np.array([160.0]))

    monkeypatch.setattr(requests_law, "RequestLaw", Law)
    found = Rates({"assessed": series(0.0, 1e-9), "planned": series(30.0, 1e-9)}, 2024)
    weeks = SimpleNamespace(
        mean_weeks=lambda x: np.zeros(1), log_years_of_requests=lambda: np.log(np.array([1.25]))
    )
    out = joined(None, found, {2025: np.array([100.0])}, 1, 1, {2024: weeks, 2025: weeks})
    # 160 requests a year for 1.25 years and half of them: 100 plans, as they are, so nothing is moved
    assert out.at("assessed", 2025) * out.at("planned", 2025) == pytest.approx([0.5], rel=1e-6)
    # plans that take half a year are those of requests of the year before in part: sqrt(200 x 160) = 179 a year
    weeks.mean_weeks = lambda x: np.full(1, WEEKS / 2)
    weeks.log_years_of_requests = lambda: np.zeros(1)
    plans = np.array([0.5 * np.sqrt(200.0 * 160.0)])
    out = joined(None, found, {2025: plans}, 1, 1, {2024: weeks, 2025: weeks})
    assert out.at("assessed", 2025) * out.at("planned", 2025) == pytest.approx([0.5], rel=1e-6)
