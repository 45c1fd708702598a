"""Short breaks, beds, continuing care, nursing, budgets and equipment: whole children, stated figures, known laws."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.waits.allowances.entitlements import (
    community_nursing,
    continuing_care,
    equipment,
    inpatient_beds,
    personal_budgets,
    short_breaks,
)

EVERY = (short_breaks, inpatient_beds, continuing_care, community_nursing, personal_budgets, equipment)


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=200, seed=4)


@pytest.mark.parametrize(
    ("question", "what"),
    [
        (short_breaks, "nights"),
        (continuing_care, "hours"),
        (continuing_care, "nights"),
        (community_nursing, "contacts"),
        (inpatient_beds, "admissions"),
    ],
)
def test_what_is_wanted_is_given_got_elsewhere_or_unmet(bedford, need, question, what):
    data = question(bedford, need).data
    given, away, unmet = (data[f"{what}_{part}"] for part in ("given", "elsewhere", "unmet"))
    assert (given + away + unmet == data[f"{what}_wanted"]).all()
    assert (data[f"{what}_overflow"] == away + unmet).all()
    for part in (given, away, unmet):
        assert (part >= 0).all()
        assert part.dtype.kind == "i"
    if f"{what}_available" in data:
        assert (given == np.minimum(data[f"{what}_wanted"], data[f"{what}_available"])).all()
    assert int(away.sum()) > 0
    assert int(unmet.sum()) > 0


def test_more_nights_leave_fewer_unmet_draw_by_draw(bedford, need):
    base = short_breaks(bedford, need).data
    more = short_breaks(bedford, need, available={2027: 2500}).data
    assert (more["nights_available"].sel(year=2028) == 2500).all()
    assert (more["nights_wanted"] == base["nights_wanted"]).all()
    assert (more["nights_unmet"] <= base["nights_unmet"]).sel(year=2028).all()
    every = short_breaks(bedford, need, uptake=1.0).data["children"]
    plans = need.data["children"].sel(provision="E", age=slice(0, 17)).sum(("need", "age"))
    assert (every == plans.transpose(*every.dims)).all()
    assert short_breaks(bedford, need, uptake=0.0).data["nights_wanted"].max() == 0


def test_continuing_care_is_shared_between_council_and_health(bedford, need):
    data = continuing_care(bedford, need).data
    np.testing.assert_allclose(data["cost_council"] + data["cost_icb"], data["cost"])
    none = continuing_care(bedford, need, hours={2025: 0}, nights={2025: 0}).data
    assert int(none["hours_given"].sum()) == int(none["nights_given"].sum()) == 0
    assert (none["cost"] <= data["cost"] + 1e-6).mean() > 0.99


def test_a_budget_costs_what_is_left_after_what_it_replaces(bedford, need):
    found = personal_budgets(bedford, need)
    data = found.data
    np.testing.assert_allclose(data["net_cost"] + data["substituted"], data["cost"])
    few, many = (personal_budgets(bedford, need, uptake=share).data["children"] for share in (0.05, 0.2))
    assert (few <= many).all()  # shared luck
    days = np.arange(np.datetime64("2024-12-30"), np.datetime64("2028-06-01"), 7)
    weekly = found.sessions_a_week("SLT", days)
    assert weekly.shape == (len(days), 200)
    inside = (days >= np.datetime64("2026-01-01")) & (days < np.datetime64("2027-01-01"))
    yearly = data["sessions_replaced"].sel(year=2026, service="SLT").values
    np.testing.assert_allclose(weekly[inside].mean(axis=0) * 365.25 / 7, yearly)
    assert (weekly[0] == weekly[2]).all()


def test_uptake_of_budgets_is_the_published_one(bedford, need):
    share = personal_budgets(bedford, need).data["children"].sel(year=2025).median() / 2170
    assert 4 / 2170 <= float(share) <= 0.005


def test_orders_in_hand_follow_their_law(bedford, need):
    data = equipment(bedford, need).data
    mean = 8 * np.exp((np.log(16 / 4) / (2 * 1.2815515655)) ** 2 / 2) / (365.25 / 7)
    ratio = float(data["on_order"].mean() / data["orders"].mean())
    assert ratio == pytest.approx(mean, rel=0.05)
    assert 0.8 < float(data["delivered_within"].max()) < 1
    late = float(data["delivered_late"].sum() / data["orders"].sum())
    assert late == pytest.approx(1 - float(data["delivered_within"].max()), rel=0.1)


def test_beds_follow_erlang(bedford, need):
    data = inpatient_beds(bedford, need, available={2025: 2}).data
    mean = data["beds_needed"].mean()
    assert float((data["beds_needed"] == 0).mean()) > float(
        np.exp(-mean)
    )  # mixed over figures: more spread than Poisson
    share = float(data["admissions_overflow"].sum() / data["admissions_wanted"].sum())
    heavy = (data["chance_full"] * data["admissions_wanted"]).sum() / data["admissions_wanted"].sum()
    assert share == pytest.approx(float(heavy), rel=0.05)
    none = inpatient_beds(bedford, need, available={2025: 0}).data
    assert (none["admissions_overflow"] == none["admissions_wanted"]).all()


@pytest.mark.parametrize("question", EVERY)
def test_every_result_prints_and_plots(bedford, need, question):
    found = question(bedford, need)
    assert repr(found).startswith("Bedford: ")
    assert "illustrative" in found.about
    assert found.provenance["figures"]
    assert len(found.summary())
    assert found.plot().shape == (len(found.shown),)
    plt.close("all")


def test_what_is_missing_or_wrong_is_named(bedford, need):
    with pytest.raises(DomainError, match="a share, 0 to 1"):
        personal_budgets(bedford, need, uptake=2.0)
    with pytest.raises(DomainError, match="over 0"):
        equipment(bedford, need, within_weeks=0)
    with pytest.raises(DomainError, match="from a January of 2025 to 2028"):
        short_breaks(bedford, need, available={2040: 10})
    for given in ({2026: np.nan}, {2026: np.inf}, {2026: -1}, {2026.5: 1}, {"2026": 1}, {2026: "1"}, 3):
        with pytest.raises(DomainError, match="from a January of 2025 to 2028"):
            inpatient_beds(bedford, need, available=given)
    with pytest.raises(DomainError, match="from a January of 2025 to 2028"):
        continuing_care(bedford, need, hours={2026: np.nan})
    for weeks in (np.nan, np.inf, -1, "18"):
        with pytest.raises(DomainError, match="over 0"):
            equipment(bedford, need, within_weeks=weeks)
    for uptake in (True, np.nan, "0.1"):
        with pytest.raises(DomainError, match="a share, 0 to 1"):
            personal_budgets(bedford, need, uptake=uptake)
    luton = shipped("luton")
    with pytest.raises(MissingDataError, match="service_parameters"):
        short_breaks(luton, sn.project(luton, to=2027, draws=10))


@pytest.mark.parametrize("question", EVERY)
def test_the_print_has_the_main_figures_of_three_januaries(bedford, need, question):
    """The first January, the last that is scored and the last: here the last two are one."""
    found = question(bedford, need)
    top = repr(found).splitlines()[1:]
    assert top[0].split() == ["2025", "2028"]
    name = found.shown[0][0]
    array = found.data[name].sel(year=2028)
    low, central, high = array.quantile([0.1, 0.5, 0.9]).values
    form = "{:.0%}" if array.attrs["units"] == "probability" else "{:,.0f}"
    text = f"{form.format(central)} ({form.format(low)} to {form.format(high)})"
    assert text in repr(found)


def test_years_after_the_scored_ones_are_a_scenario_range(bedford):
    longer = sn.project(bedford, to=2033, draws=20)
    table = short_breaks(bedford, longer, uptake=0.05).by_year()
    assert table.columns.tolist() == ["2025", "2030", "2033 (scenario range)"]
    assert "Cost of nights given and bought, GBP thousand a year" in table.index
    with pytest.raises(DomainError, match="a January from 2025 to 2033"):
        short_breaks(bedford, longer).by_year([2040])
