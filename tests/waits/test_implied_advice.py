"""The advice that the record's pace asks for, by hand, and what a psychologist more does to plans."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.demand.calendar import in_term
from sendneeds.demand.parameters import Parameters
from sendneeds.waits.ehc.clock import EhcClock
from sendneeds.waits.ehc.implied_advice import ImpliedAdvice
from sendneeds.waits.ehc.process import ehc_process
from sendneeds.waits.services.options import ServiceOption
from sendneeds.waits.services.rules_from_parameters import figures
from sendneeds.waits.services.simulate import weeks_of


def test_ratio_and_staff_by_hand():
    found = ImpliedAdvice((2024, 2025), np.array([[200.0], [300.0]]), np.array([4.0]))
    assert found.ratio.ravel().tolist() == [1.0, 1.5]
    data = found.dataset()
    assert data["implied_wte"].values.ravel().tolist() == [4.0, 6.0]
    weeks = np.array(["2024-12-30", "2025-01-06", "2026-01-05"], dtype="datetime64[D]")
    assert found.weekly(weeks).ravel().tolist() == [4.0, 6.0, 6.0]


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=60, seed=2)


def test_advice_of_the_year_before_is_about_its_assessments(bedford, need):
    """360 assessments in 2024; psychologists attend a share of 1,447 reviews on top."""
    run = ehc_process(bedford, need)
    assert (run.data["advice_ratio"].sel(calendar_year=2024) == 1).all()
    given = run.data["advice_given"].sel(calendar_year=2024)
    assert float(given.median()) > 340
    assert float(run.data["implied_wte"].sel(calendar_year=2024).median()) == pytest.approx(7.5, rel=0.05)


def test_under_the_record_plans_are_issued_as_need_has_them_with_any_services(bedford, need):
    run = ehc_process(bedford, need, shared=["EP"])
    for year in (2025, 2026, 2027):
        issued = run.data["issued"].sel(quarter=str(year)).sum("quarter")
        made = need.data["new_plans"].sel(calendar_year=year).sum(("plan_need", "age"))
        assert (issued.values == made.transpose("draw").values).all()


def test_more_psychologists_bring_plans_forward_once(bedford, need):
    """Issued so far is more in every quarter; at the end of the run by what came forward."""
    plain = ehc_process(bedford, need, shared=["EP"])
    more = ehc_process(bedford, need, shared=["EP"], service_options={"EP": ServiceOption(extra_wte=4.0)})
    so_far = [run.data["issued"].cumsum("quarter") for run in (more, plain)]
    ahead = so_far[0] - so_far[1]
    assert (ahead.mean("draw") > 10).all()
    assert (
        float((ahead < 0).mean()) < 0.02
    )  # a few at the end of the run, where the last requests are not answered
    share = [run.share_in_time(by="calendar_year").sel(calendar_year=2026).mean() for run in (more, plain)]
    assert float(share[0] - share[1]) > 0.1
    assert (more.data["requests"] == plain.data["requests"]).all()


@pytest.mark.parametrize("staffing", ["follows_record", "fixed"])
def test_n_psychologists_more_are_n_times_the_reports_of_a_post_more(bedford, need, staffing):
    """On top of those that the pace asks for, or of the 7.5 in post: 1.5, 0.9 reports a week at the pace kept."""
    clock = EhcClock(bedford, need, staffing=staffing, shared=["EP"])
    days, draws = weeks_of(bedford, need, None), need.data.sizes["draw"]
    staff = np.full((len(days), draws), 7.5)

    def reports(options):
        option = clock.staffed(options)["EP"]
        found = figures(Parameters(bedford), "EP", days, draws, 2, staff, option)
        return (found.slots / found.units)[in_term(days)].mean(axis=0)

    more = reports({"EP": ServiceOption(extra_wte=1.5)}) - reports({})
    np.testing.assert_allclose(more, 1.5 * 0.9 * clock.factor["EP"], atol=0.02)
    if staffing == "fixed":
        np.testing.assert_allclose(reports({}), 7.5 * 0.9 * clock.factor["EP"], atol=0.02)
