"""The EHC clock of an area: how many comes from need, when from what is published."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.waits.ehc.process import ehc_process, replay_ehc
from sendneeds.waits.ehc.published_rates import Autoregression, rates, yearly_sd
from sendneeds.waits.services.options import ServiceOption

REFERENCE = os.environ.get("SENDNEEDS_REFERENCE")


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=60, seed=2)


@pytest.fixture(scope="module")
def clock(bedford, need):
    return ehc_process(bedford, need)


@pytest.fixture(scope="module")
def short(bedford, need):
    few = {"EP": ServiceOption(throughput_factor=0.6)}
    return ehc_process(bedford, need, staffing="fixed", shared=["EP"], service_options=few)


@pytest.fixture(scope="module")
def from_the_zip():
    if REFERENCE is None:
        pytest.skip("SENDNEEDS_REFERENCE is not set")
    area = sn.read_sen2(
        Path(REFERENCE) / "published" / "education-health-and-care-plans_2025.zip", "E08000021"
    )
    return ehc_process(area, sn.project(area, to=2027, draws=20, seed=3))


def between(array, value, levels=(0.1, 0.9)):
    low, high = array.quantile(levels)
    return bool(low <= value <= high)


def test_england_2024_is_within_its_interval():
    """Shares and lateness published to 2023 and the plans of 2024 give what was published for 2024."""
    run = replay_ehc(shipped("england"), 2024, draws=60)
    total = run.data.sum("quarter")
    published = {
        "requests": 154_489,
        "assessments": 105_340,
        "decided_in_time": 126_160,
        "not_issued": 6_404,
    }
    for name, value in published.items():
        assert between(total[name], value), name
    assert between(total["refusals_final"].sel(refusal="to assess"), 38_889)
    assert abs(float(total["issued"].median()) / 98_547 - 1) < 0.001  # given
    for exceptions, share in (("excluding", 39_407 / 84_866), ("including", 41_448 / 90_392)):
        assert between(run.share_in_time(exceptions, "calendar_year"), share), exceptions
    assert between(total["issued_over_52"] / total["issued_including"], 6_478 / 90_392)
    assert between(total["not_issued_in_time"] / total["not_issued"], 2_179 / 6_391)


def test_a_replay_rests_on_nothing_later():
    england = shipped("england")
    found = rates(england, 4, 1, 2023)
    assert max(y for series in found.series.values() for y in series.published) == 2023


def test_plans_are_made_once(need, clock):
    """Each whole year issues the plans that need has made, in every draw."""
    year = clock.data["quarter"].dt.year
    for one in (2025, 2026, 2027):
        issued = clock.data["issued"].isel(quarter=(year == one).values).sum("quarter")
        made = need.data["new_plans"].sel(calendar_year=one).sum(("plan_need", "age"))
        assert (issued.values == made.transpose("draw").values).all()


def test_a_late_service_makes_no_plan_and_loses_none(bedford, need, clock, short):
    """What is issued late is under way meanwhile: under way and issued are as they were, together."""
    fixed = ehc_process(bedford, need, staffing="fixed", shared=["EP"])
    whole = [
        run.data["issued"].sum("quarter") + run.data["in_progress"].isel(bound=-1) for run in (fixed, short)
    ]
    assert (whole[0] == whole[1]).all()
    so_far = [run.data["issued"].cumsum("quarter") for run in (fixed, short)]
    assert (so_far[1] <= so_far[0]).all()
    assert float((so_far[0] - so_far[1]).isel(quarter=-1).mean()) > 50
    assert (short.data["requests"] == clock.data["requests"]).all()


@pytest.mark.parametrize("which", ["clock", "short", "from_the_zip"])
def test_every_count_conserves(which, request):
    data = request.getfixturevalue(which).data

    def moved(stock):
        return stock.diff("bound").values

    refused = data["refusals"].sel(refusal="to assess")
    at_issue = data["refusals"].sel(refusal="to issue")
    assert (data["decided"].values == (data["decided_to_assess"] + refused + data["withdrawn"]).values).all()
    assert ((data["requests"] - data["decided"]).values == moved(data["undecided"])).all()
    begun = data["decided_to_assess"] + data["refusals_overturned"].sel(refusal="to assess")
    assert ((begun - data["assessments"]).values == moved(data["under_assessment"])).all()
    left = data["refusals"] - data["refusals_final"] - data["refusals_overturned"]
    assert (
        left.transpose("refusal", "quarter", "draw").values
        == data["in_dispute"].diff("bound").transpose("refusal", "bound", "draw").values
    ).all()
    at_first = data["issued"] - data["issued_ordered"]
    assert (data["assessments"].values == (at_first + at_issue + data["assessments_withdrawn"]).values).all()
    parts = data["issued_including"] + data["issued_returned"] + data["issued_ordered"]
    assert (data["issued"].values == parts.values).all()
    for part, whole in (
        ("issued_in_time", "issued_including"),
        ("decided_in_time", "decided"),
        ("issued_excluding", "issued_including"),
        ("issued_in_time_excluding", "issued_in_time"),
        ("drafts_in_time", "drafts"),
        ("not_issued_in_time", "not_issued"),
        ("assessments_returned", "assessments"),
        ("issued_returned", "assessments_returned"),
    ):
        assert (data[part] <= data[whole]).all(), part
    for stock in ("undecided", "under_assessment", "in_progress", "in_dispute"):
        assert (data[stock] >= 0).all(), stock
    assert data["requests"].dtype.kind == "i"
    if "reviews_held" in data:
        left = data["reviews_due"] - data["reviews_held"]
        assert (left.values == moved(data["reviews_overdue"])).all()


def test_the_share_in_time_is_that_published_or_drawn(bedford, clock):
    """A year's share is its law's: nothing drifts between the figure and the simulation."""
    drawn = rates(bedford, 60, 2).at("in time", 2026)
    found = clock.share_in_time(by="calendar_year").sel(calendar_year=2026).values
    assert np.abs(found - drawn).mean() < 0.03
    assert abs(float((found - drawn).mean())) < 0.01


def test_a_share_begins_where_the_record_ends_and_returns_to_the_mean_of_areas(bedford):
    assert np.allclose(rates(bedford, 4, 2).at("in time", 2024), 259.5 / 350)
    series = Autoregression({2023: 1.0, 2024: 2.0}, 0.5, 0.6, 1.5, 20_000, 1, ("test",))
    assert series.scale(2023)[0] == 1.0
    assert series.centre(2026) == pytest.approx(0.5 + 0.36 * 1.5)  # 0.6 squared of the way back
    assert series.covariance(2026, 2026) == pytest.approx(2.25 * (1 - 0.6**4))
    assert series.covariance(2025, 2027) == pytest.approx(0.36 * series.covariance(2025, 2025))
    assert series.covariance(2024, 2026) == 0
    drawn = series.scale(2026)
    assert drawn.mean() == pytest.approx(1.04, abs=0.03)
    assert drawn.std() == pytest.approx(1.5 * np.sqrt(1 - 0.6**4), abs=0.03)
    assert series.scale(2060).std() == pytest.approx(1.5, abs=0.03)  # and never more


def test_englands_yearly_spread_is_that_of_its_own_changes():
    assert yearly_sd({2020: 0.0}) == 0.15
    assert yearly_sd({2020: 0.0, 2021: 1.0, 2022: 3.0}) == pytest.approx(np.sqrt(2.5))


def test_a_draft_is_due_four_weeks_before_the_plan(clock):
    """Sixteen and twenty weeks are in the proportion of the law, so that both shares go together."""
    drafts = clock.share_drafted("calendar_year").sel(calendar_year=2026)
    plans = clock.share_in_time("including", "calendar_year").sel(calendar_year=2026)
    assert float(np.abs(drafts - plans).mean()) < 0.06


def test_mean_weeks_are_held_to_the_mean_published(bedford, need, clock):
    """The share of the year stays as it is; the same plans take longer on the mean where the record says so."""
    by_year = clock.mean_weeks(by="calendar_year")
    data = clock.data.sel(quarter="2026")
    whole = data["weeks_to_issue_excluding"].sum("quarter") / data["issued_excluding"].sum("quarter")
    assert np.allclose(by_year.sel(calendar_year=2026), whole - 0.5)
    table = bedford.table("ehc_timeliness")
    newest = table["calendar_year"] == table["calendar_year"].max()
    slow = replace(
        bedford,
        tables={**bedford.tables, "ehc_timeliness": table.assign(mean_weeks=np.where(newest, 30.0, np.nan))},
    )
    other = ehc_process(slow, need)
    gap = other.mean_weeks(by="calendar_year") - by_year
    assert float(gap.sel(calendar_year=2025).median()) > 2
    shares = [run.share_in_time(by="calendar_year").sel(calendar_year=2025) for run in (clock, other)]
    assert abs(float((shares[1] - shares[0]).mean())) < 0.02
    assert "the published mean of 30 weeks" in other.provenance["ehc_notes"]
    with pytest.raises(DomainError):
        clock.mean_weeks("both")


def test_it_prints_and_plots_itself(clock):
    text = repr(clock)
    for words in ("within 20 weeks, excluding", "appeals", "the share held stays", "2026"):
        assert words in text
    tidy = clock.summary("appeals")
    assert set(tidy["dispute"]) == {"refusal to assess", "refusal to issue", "content or placement"}
    ax = clock.plot()
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "excluding exceptions",
        "published, of the year",
        "including exceptions",
    ]
    ax.figure.clear()


def test_what_is_missing_is_named(bedford):
    with pytest.raises(MissingDataError, match="requests_decided_to_assess for 2021"):
        replay_ehc(bedford, 2022)
    with pytest.raises(DomainError, match="Write year=2024"):
        replay_ehc(bedford, "2024")
    with pytest.raises(DomainError, match="excluding or including"):
        replay_ehc(bedford, 2024).share_in_time("both")
    with pytest.raises(DomainError, match="quarter or calendar_year"):
        replay_ehc(bedford, 2024).share_drafted("month")


def test_the_same_seed_gives_the_same_integers(bedford):
    one, two = (replay_ehc(bedford, 2024, draws=15, seed=9) for _ in range(2))
    assert one.data.equals(two.data)
    more = replay_ehc(bedford, 2024, draws=30, seed=9)
    assert np.array_equal(more.data["issued"].values[:, :15], one.data["issued"].values)
