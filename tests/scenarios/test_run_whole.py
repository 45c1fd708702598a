"""A run as a whole: services, the EHC clock and places on one luck; saved, opened, tidy."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.beside import Beside
from sendneeds.foundation.errors import ScenarioError
from sendneeds.scenarios import clocks
from sendneeds.waits.services.simulate import simulate_with_advice

OPTIONS = """
name = "more"
title = "More psychologists, and a special school"
[[levers]]
kind = "fund_posts"
service = "EP"
from = 2025-06-02
wte = 6
funders = { council_general_fund = 1.0 }
[[levers]]
kind = "new_places"
setting = "state_special"
places = 80
january = 2027
fill_years = 2
funders = { council_high_needs = 1.0 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("options")
    (made / "more.toml").write_text(OPTIONS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def whole(bedford, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clocks, "CLOCK_DRAWS", 24)
        return sn.run(bedford, sn.open_scenarios(folder, bedford), draws=40, seed=2, to=2029)


def test_advice_of_the_services_is_that_of_the_clock(whole, bedford):
    """The clock alone, on as many draws as the run follows children in, gives the run's own clock."""
    alone = sn.ehc_process(
        bedford, sn.project(bedford, draws=24, seed=2, to=2029), shared=("EP", "SLT", "OT")
    )
    xr.testing.assert_equal(whole.clock["baseline"].data, alone.data)
    given = whole.lists["advice_done"].sel(scenario="baseline", service="EP").sum("month")
    finished = whole.clock["baseline"].data["assessments"].sum("quarter")
    asked = given.isel(draw=slice(24)).transpose("draw").values
    assert abs(float(np.median(asked / finished.values)) - 1.0) < 0.15  # a psychologist advises on each


def test_more_psychologists_bring_plans_in_time(whole):
    base, more = (
        whole.clock[name].share_in_time("excluding", "calendar_year").sel(calendar_year=2027).mean("draw")
        for name in ("baseline", "more")
    )
    assert float(more) > float(base) + 0.05
    in_time = whole.waits.advice_in_time().sel(service="EP", calendar_year=2027).mean("draw")
    assert float(in_time.sel(scenario="more")) > float(in_time.sel(scenario="baseline")) + 0.05


def test_later_draws_are_asked_for_advice_in_turn(whole):
    given = whole.lists["advice_done"].sel(service="EP", scenario="baseline")
    held = whole.lists["advice_waiting"].sel(service="EP", scenario="baseline")
    came = given.sum("month") + held.isel(week=-1) - held.isel(week=0)
    np.testing.assert_array_equal(came.isel(draw=slice(24, 40)).values, came.isel(draw=slice(16)).values)


def test_new_places_keep_children_near(whole):
    away = {n: whole.places[n].by_setting("placed").sel(setting="independent") for n in ("baseline", "more")}
    gain = (away["more"] - away["baseline"]).mean("draw")
    assert float(gain.sel(year=2026)) == 0 > float(gain.sel(year=2029))
    capital = whole.costs[(whole.costs["item"] == "new places") & (whole.costs["funder"] != "all")]
    assert set(capital["financial_year"]) == {2025, 2026}
    assert capital["central"].sum() == pytest.approx(80 * 67_000, rel=0.1)
    assert set(capital["cost_type"]) == {"capital"}


def test_a_run_is_saved_whole_and_told(whole, bedford, tmp_path):
    again = sn.open_result(whole.to_netcdf(tmp_path / "run.nc"))
    for name in ("baseline", "more"):
        np.testing.assert_array_equal(again.clock[name].data["issued"], whole.clock[name].data["issued"])
        np.testing.assert_array_equal(again.places[name].data["placed"], whole.places[name].data["placed"])
    assert repr(again) == repr(whole)
    assert repr(sn.compare(again)) == repr(sn.compare(whole))
    assert [s.title for s in again.scenarios] == [s.title for s in whole.scenarios]
    assert again.costs.shape == whole.costs.shape
    assert "plans within 20 weeks, 2028" in repr(whole)
    table = again.summary()
    told = set(table["variable"])
    assert {"children", "waiting", "issued", "share_in_time_excluding", "placed", "cost"} <= told
    assert set(table.loc[table["variable"] == "placed", "scenario"]) == {"baseline", "more"}


def test_an_area_without_services_has_a_clock_and_places():
    made = sn.run(shipped("luton"), draws=10, to=2028)
    assert made.waits is None
    assert made.clock["baseline"].data.sizes["draw"] == 10
    plans = made.places["baseline"].data
    assert (plans["placed"].sum("setting") + plans["awaiting"] == plans["children"]).all()


def test_places_that_cannot_be_opened_are_told(bedford, tmp_path):
    wrong = OPTIONS.replace("january = 2027", "january = 2040").replace('"EP"', '"ASD_DX"')
    (tmp_path / "wrong.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        sn.open_scenarios(tmp_path, bedford, to=2028)
    assert "a January from 2026 to 2028" in str(caught.value)
    assert "a service with staff" in str(caught.value)
    (tmp_path / "wrong.toml").write_text(OPTIONS.replace("state_special", "academy"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="resourced, state_special"):
        sn.open_scenarios(tmp_path, bedford)


def test_two_processes_give_the_numbers_of_one(bedford):
    """Lists run by a process beside this one, with options of staff, of places and of a stress test, among them."""
    options = sn.library_scenarios(bedford, ["fill-slt-posts", "resourced-places-60"])
    one = sn.run(bedford, options, draws=20, to=2028, jobs=1)
    two = sn.run(bedford, options, draws=20, to=2028, jobs=2)
    assert one.parts.keys() == two.parts.keys()
    for name, part in one.parts.items():
        if hasattr(part, "data"):
            xr.testing.assert_identical(part.data.drop_attrs(), two.parts[name].data.drop_attrs())
    pd.testing.assert_frame_equal(one.costs, two.costs)
    assert one.missing == two.missing
    assert one.notes == two.notes
    assert one.waits.provenance == two.waits.provenance


def test_lists_run_beside_come_in_their_places(bedford, need):
    """Each service as if alone, whoever runs it."""
    names = ["SLT", "OT", "PT", "CAMHS"]
    alone = simulate_with_advice(bedford, need, names, until=date(2026, 3, 1))[0]
    with Beside("sendneeds.kernel.services.simulate", processes=1) as beside:
        both = simulate_with_advice(bedford, need, names, until=date(2026, 3, 1), beside=beside)[0]
        few = simulate_with_advice(bedford, need, names[:1], until=date(2026, 3, 1), beside=beside)[0]
    xr.testing.assert_identical(alone.data, both.data)
    xr.testing.assert_identical(alone.data.sel(service=names[:1]), few.data)
    assert alone.provenance["waits"] == both.provenance["waits"]
