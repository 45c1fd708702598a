"""Services with stages: Bedford's, their identities, and what options do to them on shared luck."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.waits.services import (
    NoFollowUpLoadWarning,
    ServiceOption,
    simulate_services,
    staged_services,
)
from sendneeds.waits.staff import Post, staff_at_work


@pytest.fixture(scope="module")
def bedford():
    return sn.open_area("bedford")


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=40, seed=3)


@pytest.fixture(scope="module")
def base(bedford, need):
    return simulate_services(bedford, need)


def test_identities_by_name(base):
    data = base.data
    flow = data["joined"] - data["left"] - data["seen"]
    moved = data["waiting"].diff("week", label="lower").rename(week="week_commencing")
    assert (moved.values == flow.transpose(*moved.dims).values).all()
    assert (data["waiting_by_band"].sum("band") == data["waiting"]).all()
    assert (data["seen_by_band"].sum("band") == data["seen"]).all()
    assert set(data["service"].values) == set(staged_services(sn.open_area("bedford")))
    assert {"SLT", "OT", "PT", "ASD_DX", "CAMHS", "COMM_PAEDS", "EP"} <= set(data["service"].values)


def test_protected_firsts_hide_the_backlog_of_therapy(bedford, need, base):
    green = simulate_services(bedford, need, ["SLT"], options={"SLT": ServiceOption(fence=1.0)})
    assert (green.data["joined"] == base.data["joined"].sel(service=["SLT"])).all()  # shared luck
    last = {"service": "SLT", "week": -1}
    assert (
        green.data["waiting"][{"week": -1}].median()
        < base.data["waiting"].sel(service="SLT")[:, -1:].values.mean()
    )
    hidden = green.data["overdue_sessions"].sel(service="SLT").isel(week=last["week"]).median()
    open_ = base.data["overdue_sessions"].sel(service="SLT").isel(week=last["week"]).median()
    assert hidden > open_ + 100


def test_load_and_its_probability(base):
    table = base.overload()
    assert table["probability_over_1"].between(0, 1).all()
    load = base.data["load"].sel(service="SLT", calendar_year=2026)
    row = table[(table["service"] == "SLT") & (table["calendar_year"] == 2026)].iloc[0]
    assert row["probability_over_1"] == pytest.approx(float((load > 1).mean()))


def test_more_staff_and_a_second_provider_shorten_the_list(bedford, need, base):
    weeks = base.data.sizes["week_commencing"]
    waiting = {}
    for name, option in {
        "none": ServiceOption(),
        "staff": ServiceOption(extra_wte=3.0),
        "provider": ServiceOption(outsourced=np.full(weeks, 3)),
        "initiative": ServiceOption(first_slots=np.full(weeks, 6.0)),
        "fewer missed": ServiceOption(missed_share=0.02),
    }.items():
        run = simulate_services(bedford, need, ["SLT"], options={"SLT": option})
        waiting[name] = float(run.data["waiting"].mean())
    assert all(waiting[name] < waiting["none"] for name in waiting if name != "none")


def test_needs_first_sees_children_sooner_and_diagnoses_fewer(bedford, need, base):
    first = simulate_services(bedford, need, ["ASD_DX"], pathway="needs_first")
    sessions = first.data["sessions"].sum("week_commencing").median()
    assert sessions < base.data["sessions"].sel(service="ASD_DX").sum("week_commencing").median()


def test_the_load_at_the_start_is_asked_for(bedford, need):
    with pytest.warns(NoFollowUpLoadWarning, match="begin with no child in follow-up"):
        empty = simulate_services(bedford, need, ["OT"], follow_up_load="none")
    warm = simulate_services(bedford, need, ["OT"], follow_up_load=30)
    assert int(empty.data["in_service"][:, 0].max()) == 0 < int(warm.data["in_service"][:, 0].min())


def test_annual_reviews_take_slots_of_psychologists(need, base):
    """Slots by use add up to those left after reviews, which grow with the plans in place."""
    used = base.data["slots"].sel(service="EP").sum("use").groupby("week_commencing.year").sum()
    assert float(used.sel(year=2027).median()) < float(used.sel(year=2025).median())
    plans = need.data["children"].sel(provision="E").sum(("need", "age"))
    assert float(plans.sel(year=2027).median()) > float(plans.sel(year=2025).median())


def test_children_reach_the_age_limit_waiting(bedford, need, base):
    """Those who turn 18 are so many of a hundred waiting a year; none at an age that nobody on the list is near."""
    aged, waiting = base.data["aged_out"].sum(), base.data["waiting"].sum()
    share = need.data["children"].sel(provision=["K", "E"]).isel(year=0).sum(("provision", "need", "draw"))
    chance = float(share[17] / share[:18].sum()) / (365.25 / 7)
    assert float(aged / waiting) == pytest.approx(chance, rel=0.1)
    assert (base.data["aged_out"] <= base.data["left"]).all()


def test_errors_name_what_is_wrong(bedford, need):
    with pytest.raises(UnknownNameError, match="Did you mean SLT"):
        simulate_services(bedford, need, ["SALT"])
    with pytest.raises(DomainError, match="1 week or more"):
        simulate_services(bedford, need, ["OT"], follow_up_load=0)
    with pytest.raises(DomainError, match="slots for 3 weeks"):
        simulate_services(bedford, need, ["OT"], options={"OT": ServiceOption(first_slots=np.ones(3))})
    with pytest.raises(DomainError, match="diagnosis_first or needs_first"):
        simulate_services(bedford, need, ["ASD_DX"], pathway="needs-first")


def test_posts_leave_stand_vacant_and_are_filled():
    posts = [
        Post("band 7", 1.0),
        Post("band 6", 1.0, filled=False),
        Post("agency", 0.5, ends=10, agency=True),
    ]
    staff = staff_at_work(posts, 520, 400, 1, ("test",), turnover=0.2)
    assert np.median(staff[0]) == 1.5 == staff[0].max()  # the vacant post is empty in week 0
    assert staff.max() <= 2.5
    vacant = 12 / 52.18  # years a post stands empty; somebody stays 1 / -log(1 - 0.2) years
    stays = -1 / np.log(0.8)
    steady = stays / (stays + vacant)
    assert abs(staff[104:].mean() / 2 - steady) < 0.04  # the ramp takes a little more
    alone = staff_at_work(posts[:2], 520, 400, 1, ("test",), turnover=0.2)
    assert (staff[10:] == alone[10:]).all()  # a post has luck of its own
