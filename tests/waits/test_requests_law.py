"""Requests and plans joined once: growth, the return to England's rate, and how a gap is shared."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.waits.ehc import requests_law
from sendneeds.waits.ehc.process import EhcClock, ehc_process
from sendneeds.waits.ehc.published_rates import rates
from sendneeds.waits.ehc.requests_law import RequestLaw, joined, mean_growth


def test_mean_growth_of_one_two_and_three_years():
    counts = {2021: 100.0, 2022: 100.0, 2023: 100.0, 2024: 200.0}
    assert mean_growth(counts, 2024) == pytest.approx(np.log(2) * (1 + 1 / 2 + 1 / 3) / 3)
    assert mean_growth({2024: 5.0}, 2024) == 0
    assert mean_growth({2023: 5.0}, 2024) == 0


def test_the_centre_of_requests_is_englands_growth_and_a_return_to_its_rate(bedford):
    """473 requests of 2024; England grew from 93,302, 114,482 and 138,242 to 154,489."""
    law = RequestLaw(bedford, 2024, 40_000, 1)
    growth = (np.log(154_489 / 138_242) + np.log(154_489 / 114_482) / 2 + np.log(154_489 / 93_302) / 3) / 3
    assert law.growth == pytest.approx(growth)
    centre = np.log(473) + 1.9 * growth + law.relative * (0.72**2 - 1)
    drawn = law.log_requests(2026)
    assert drawn.mean() == pytest.approx(centre, abs=0.01)
    spread = np.sqrt(2 * 0.13**2 + 0.27**2 * (1 - 0.72**4))
    assert drawn.std() == pytest.approx(spread, abs=0.01)
    assert law.covariance(2026, 2026) == pytest.approx(spread**2)
    assert law.covariance(2025, 2026) == pytest.approx(0.13**2 + 0.72 * 0.27**2 * (1 - 0.72**2))


def test_areas_share_the_nations_part(bedford):
    laws = [RequestLaw(shipped(name), 2024, 4000, 1) for name in ("luton", "milton-keynes")]
    one, two = (law.log_requests(2027) for law in laws)
    # 3 x 0.13 squared is theirs together; the rest is their own
    assert np.cov(one, two)[0, 1] == pytest.approx(3 * 0.13**2, abs=0.006)


def test_a_gap_is_shared_by_variance_and_plans_are_kept(bedford, monkeypatch):
    """Variances 3 to 1: requests take three quarters of the gap, the share a quarter."""
    found = rates(bedford, 2, 1)
    scale = {"assessed": 0.0, "planned": 30.0}  # a share of one half, and all issued

    def series(name, variance):
        return SimpleNamespace(
            scale=lambda year: np.full(2, scale[name]),
            centre=lambda year: scale[name],
            covariance=lambda year, other: variance,
        )

    mine = {**found.series, "assessed": series("assessed", 0.04), "planned": series("planned", 0.04)}

    class Law:
        known, log_most = True, np.inf

        def __init__(self, *args):
            pass

        def covariance(self, year, other):
            return 0.03  # (1 - 1/2)^2 x 0.04 = 0.01 is the share's

        def log_requests(self, year):
            return np.log(np.array([200.0, 100.0]))

    monkeypatch.setattr(requests_law, "RequestLaw", Law)
    plans = np.array([100.0, 50.0 * np.exp(0.4)])  # the first agrees; the second is 0.4 too many
    shares = joined(bedford, type(found)(mine, found.year), {2025: plans}, 2, 1)
    ending = shares.at("assessed", 2025) * shares.at("planned", 2025)
    assert ending == pytest.approx([0.5, 0.5 * np.exp(0.1)], rel=1e-6)
    assert plans / ending == pytest.approx([200, 100 * np.exp(0.3)], rel=1e-6)


def test_requests_keep_within_what_areas_have_done(bedford):
    """At most one draw in five has a year above three times the record, one in a hundred above six times."""
    need = sn.project(bedford, to=2031, draws=256, seed=1)
    run = ehc_process(bedford, need)
    most = run._yearly(run.data["requests"]).max("calendar_year")
    assert float((most > 3 * 473).mean()) < 0.2
    assert float((most > 6 * 473).mean()) <= 0.01


def test_an_option_with_more_plans_has_more_requests_at_the_shares_of_the_baseline(bedford):
    need = sn.project(bedford, to=2027, draws=30, seed=3)
    base = EhcClock(bedford, need)
    more = sn.project(bedford, to=2027, draws=30, seed=3, change=sn.NeedChange(growth="none"))
    clock = EhcClock(bedford, more, base=base)
    assert clock.rates.at("assessed", 2026) == pytest.approx(base.rates.at("assessed", 2026))
    half = EhcClock(bedford, need, base=base, ending_in_plan={2026: np.full(30, 0.5)})
    assert half.rates.at("assessed", 2026) == pytest.approx(base.rates.at("assessed", 2026) / 2)


def test_requests_are_bounded_a_pupil_and_the_share_gives_way(bedford):
    """Plans of nine tenths of the most requests there can be: at least nine in ten of these end in a plan."""
    law = RequestLaw(bedford, 2024, 50, 1)
    table = shipped("england").folder / "pupils_5_to_15.csv"
    pupils = (
        pd.read_csv(table).query("authority_code == 'E06000055' and census_january == 2024")["pupils"].sum()
    )
    assert np.exp(law.log_most) == pytest.approx(0.06 * pupils)
    plans = {2025: np.full(50, 0.9 * 0.06 * pupils)}
    found = joined(bedford, rates(bedford, 50, 1), plans, 50, 1)
    share = found.at("assessed", 2025) * found.at("planned", 2025)
    assert (share >= 0.9 - 1e-6).all()


def test_the_record_of_the_chain_holds_what_is_asked_of_it(root):
    """Of every shipped pack and ten areas: no impossible year of requests, and no count that another contradicts."""
    record = pd.read_csv(root / "data" / "_build" / "chain_record.csv")
    assert len(record) == 15
    assert (record["over_3"] < 20).all()  # percent of draws
    assert (record[["over_6", "over_8_per_100"]] <= 1).all(axis=None)
    assert (record["reviews_over_plans"] <= 1).all()
    assert (record["stock_gap"] == 0).all()
    own = record["area_code"] != "E92000001"
    assert (record.loc[own, "issued_gap"] == 0).all()  # each request of England stands for several
    assert record.loc[own, "sd_requests"].between(0.12, 0.31).all()  # as 74 areas moved, 2016 to 2024
