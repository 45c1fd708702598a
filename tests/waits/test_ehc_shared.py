"""Advice from services that share their slots, held to the record of the year before or as the pack states it."""

import numpy as np
import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError
from sendneeds.waits.ehc import ehc_process
from sendneeds.waits.services import ServiceOption


@pytest.fixture(scope="module")
def bedford():
    return sn.open_area("bedford")


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2028, draws=100, seed=2)


@pytest.fixture(scope="module")
def calibrated(bedford, need):
    return ehc_process(bedford, need, shared=["EP"])


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


def test_calibrated_staff_keep_more_in_time_than_stated_ones(bedford, need, calibrated):
    """The pack's psychologists contradict the record: as stated they would let the share fall at once."""
    stated = ehc_process(bedford, need, shared=["EP"], calibrated=False)
    assert share(stated, 2025) < 0.45
    assert share(calibrated, 2025) > share(stated, 2025) + 0.15
    assert "advice_factor" not in stated.data


def test_more_psychologists_issue_more_in_time(bedford, need, calibrated):
    options = {"EP": ServiceOption(extra_wte=8.0)}
    many = ehc_process(bedford, need, shared=["EP"], options=options)
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
    run = ehc_process(bedford, need, shared=["SLT"])
    assert "advice_factor" not in run.data
    apart = ehc_process(bedford, need)
    assert abs(share(run, 2026) - share(apart, 2026)) < 0.1


def test_large_areas_are_not_shared():
    england = sn.open_area("england")
    need = sn.project(england, to=2026, draws=3)
    with pytest.raises(DomainError, match="20000 requests a year at most"):
        ehc_process(england, need, shared=["EP"])


def test_draws_do_not_depend_on_how_many(bedford):
    few, more = (sn.project(bedford, to=2026, draws=n, seed=4) for n in (10, 20))
    one, two = (ehc_process(bedford, n, shared=["EP"]).data["issued"].values for n in (few, more))
    assert np.array_equal(one, two[:, :10])
