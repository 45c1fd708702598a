"""Advice from services that share their slots, held to the record of the year before or as the pack states it."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import DomainError, MissingDataError
from sendneeds.waits.ehc.process import ehc_process
from sendneeds.waits.services.single_option import ServiceOption


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=100, seed=2)


@pytest.fixture(scope="module")
def calibrated(bedford, need):
    return ehc_process(bedford, need, staffing="fixed", shared=["EP"])


def share(run, year):
    return float(run.share_in_time(by="calendar_year").sel(calendar_year=year).mean())


def test_the_year_before_is_as_published(calibrated):
    """259 of 349 plans in time and 360 assessments in 2024."""
    in_time, assessments = calibrated.data["share_before"], calibrated.data["assessments_before"]
    assert abs(float(in_time.median()) - 259 / 349) < 0.02
    low, high = assessments.quantile([0.1, 0.9])
    assert low <= 360 <= high
    assert abs(float(assessments.median()) / 360 - 1) < 0.06


def test_the_factor_is_told_in_words(calibrated):
    assert (calibrated.data["advice_factor"] > 0).all()
    note = calibrated.provenance["ehc_notes"]
    assert "the 7.5 WTE stated would have to write" in note
    assert "the pack states 0.9" in note


def test_more_psychologists_issue_more_in_time(bedford, need, calibrated):
    options = {"EP": ServiceOption(extra_wte=8.0)}
    many = ehc_process(bedford, need, staffing="fixed", shared=["EP"], service_options=options)
    assert share(many, 2027) > share(calibrated, 2027) + 0.2
    assert (many.data["advice_factor"] == calibrated.data["advice_factor"]).all()
    assert (many.data["requests"] == calibrated.data["requests"]).all()
    issued = [run.data["issued"].cumsum("quarter") for run in (many, calibrated)]
    assert (issued[0] >= issued[1]).all()


def test_returned_assessments_take_advice_again(bedford, need, calibrated):
    """An assessment that follows a refusal overturned waits for the same psychologists."""
    alone = ehc_process(bedford, need)
    back = [run.data["assessments_returned"].cumsum("quarter") for run in (calibrated, alone)]
    assert int(alone.data["assessments_returned"].sum()) > 0
    last = [float(b.isel(quarter=-1).mean()) for b in back]
    assert last[0] < last[1]


def test_services_with_clinics_are_not_scaled(bedford, need):
    """Speech and language advice comes before its clinics and is not short: nothing to calibrate."""
    run = ehc_process(bedford, need, staffing="fixed", shared=["SLT"])
    assert "advice_factor" not in run.data
    apart = ehc_process(bedford, need)
    assert abs(share(run, 2026) - share(apart, 2026)) < 0.1


def test_large_areas_are_not_shared():
    england = shipped("england")
    need = sn.project(england, to=2026, draws=3)
    with pytest.raises(DomainError, match="20000 requests a year at most"):
        ehc_process(england, need, staffing="fixed", shared=["EP"])


def test_draws_do_not_depend_on_how_many(bedford):
    few, more = (sn.project(bedford, to=2026, draws=n, seed=4) for n in (10, 20))
    one, two = (
        ehc_process(bedford, n, staffing="fixed", shared=["EP"]).data["issued"].values for n in (few, more)
    )
    assert np.array_equal(one, two[:, :10])


@pytest.fixture(scope="module")
def late(bedford):
    """Bedford with 9 % of its plans in time in every year."""
    table = bedford.table("ehc_timeliness").copy()
    table["within_20_weeks"] = (table["issued"] * 0.09).round()
    return replace(bedford, tables=dict(bedford.tables) | {"ehc_timeliness": table})


def test_where_most_plans_were_late_the_start_goes_on_from_the_record(late):
    """A queue cleared within the year before would give its share in time, and then nearly all in time."""
    need = sn.project(late, to=2027, draws=40, seed=2)
    run, record = ehc_process(late, need, staffing="fixed", shared=["EP"]), ehc_process(late, need)
    assert float(run.data["share_before"].median()) == pytest.approx(0.09, abs=0.02)
    assert float(run.data["assessments_before"].median()) == pytest.approx(360, rel=0.06)
    first = run.share_in_time().isel(quarter=0)
    assert float(first.quantile(0.9)) < 0.25
    assert share(run, 2025) < share(record, 2025) + 0.05
    begun = [float(r.data["in_progress"].isel(bound=0).median()) for r in (run, record)]
    assert begun[0] == pytest.approx(begun[1], rel=0.02)
    issued = [
        float(r.data["issued"].isel(quarter=slice(0, 2)).sum("quarter").median()) for r in (run, record)
    ]
    assert issued[0] == pytest.approx(issued[1], rel=0.2)
    note = run.provenance["ehc_notes"]
    assert "9% in time" in note
    assert "too few to tell" in note


def test_a_real_area_with_few_in_time_starts_where_its_record_ends(reference):
    """Newcastle: 9 % of 476 plans in time and 571 assessments in 2024."""
    area = sn.read_sen2(reference / "published" / "education-health-and-care-plans_2025.zip", "E08000021")
    with pytest.raises(MissingDataError, match="no staff figure for EP"):
        ehc_process(area, sn.project(area, to=2026, draws=3), staffing="fixed", shared=["EP"])
    parameters = shipped("bedford").table("service_parameters")
    own = pd.concat([area.table("service_parameters"), parameters[parameters["service"] == "EP"]])
    own = own.drop_duplicates(["service", "parameter"], ignore_index=True)
    area = replace(area, tables={**area.tables, "service_parameters": own})
    run = ehc_process(area, sn.project(area, to=2026, draws=30, seed=1), staffing="fixed", shared=["EP"])
    assert float(run.data["share_before"].median()) == pytest.approx(0.09, abs=0.02)
    assert float(run.data["assessments_before"].median()) == pytest.approx(571, rel=0.06)
    assert float(run.share_in_time().isel(quarter=0).quantile(0.9)) < 0.25
    assert float(run.data["issued"].isel(quarter=0).median()) > 90


def test_more_psychologists_clear_a_queue(late):
    need = sn.project(late, to=2027, draws=40, seed=2)
    more = ehc_process(
        late, need, staffing="fixed", shared=["EP"], service_options={"EP": ServiceOption(extra_wte=8.0)}
    )
    assert share(more, 2026) > share(ehc_process(late, need, staffing="fixed", shared=["EP"]), 2026) + 0.3


def test_print_and_picture_say_which_question_they_answer(bedford, need, calibrated):
    record = ehc_process(bedford, need)
    optioned = ehc_process(
        bedford, need, staffing="fixed", shared=["EP"], service_options={"EP": ServiceOption(extra_wte=8.0)}
    )
    for run, condition, whom in (
        (record, "if staff for advice grow as demand does", "no service"),
        (calibrated, "if staff stay as they are", "ducational psychology"),
        (optioned, "if staff stay as they are, but for what an option changes", "ducational psychology"),
    ):
        top = "\n".join(repr(run).splitlines()[1:3])
        title = run.plot().get_title(loc="left").replace("\n", " ")
        plt.close("all")
        for text in (top, title):
            assert condition in text
            assert f"waits for {whom}" in text or whom in text
