"""Short breaks, personal budgets and equipment: whole children, stated figures, known laws."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.waits.allowances import equipment, inpatient_beds, personal_budgets, short_breaks


@pytest.fixture(scope="module")
def bedford():
    return sn.open_area("bedford")


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=200, seed=4)


def test_nights_against_capacity(bedford, need):
    data = short_breaks(bedford, need).data
    assert (data["nights_unmet"] == (data["nights_wanted"] - data["nights_available"]).clip(0)).all()
    every = short_breaks(bedford, need, uptake=1.0).data["children"]
    plans = need.data["children"].sel(provision="E", age=slice(0, 17)).sum(("need", "age"))
    assert (every == plans.transpose(*every.dims)).all()
    assert short_breaks(bedford, need, uptake=0.0).data["nights_wanted"].max() == 0


def test_a_budget_costs_what_is_left_after_what_it_replaces(bedford, need):
    data = personal_budgets(bedford, need).data
    np.testing.assert_allclose(data["net_cost"] + data["substituted"], data["cost"])
    few, many = (personal_budgets(bedford, need, uptake=share).data["children"] for share in (0.05, 0.2))
    assert (few <= many).all()  # shared luck


def test_orders_in_hand_follow_their_law(bedford, need):
    data = equipment(bedford, need).data
    mean = 8 * np.exp((np.log(16 / 4) / (2 * 1.2815515655)) ** 2 / 2) / (365.25 / 7)
    ratio = float(data["on_order"].mean() / data["orders"].mean())
    assert ratio == pytest.approx(mean, rel=0.05)
    assert 0.8 < float(data["delivered_within"].max()) < 1


def test_beds_needed_are_poisson(bedford, need):
    data = inpatient_beds(bedford, need).data
    assert (data["beds"] >= 0).all()
    short = (data["beds_needed"] >= data["beds"]).mean()
    assert float(short) == pytest.approx(float(data["chance_full"].mean()), abs=0.06)


def test_what_is_missing_or_wrong_is_named(bedford, need):
    with pytest.raises(DomainError, match="a share, 0 to 1"):
        personal_budgets(bedford, need, uptake=2.0)
    with pytest.raises(DomainError, match="over 0"):
        equipment(bedford, need, within_weeks=0)
    luton = sn.open_area("luton")
    with pytest.raises(MissingDataError, match="service_parameters"):
        short_breaks(luton, sn.project(luton, to=2027, draws=10))
