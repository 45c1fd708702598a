"""Places: every child placed or awaiting, ceilings kept, openings that draw children back from further off."""

import pytest

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.vocabulary import PLACEMENTS
from sendneeds.waits.places import CAPPED, SETTINGS, Opening, placement_mix, project_places, setting_of


@pytest.fixture(scope="module")
def bedford():
    return sn.open_area("bedford")


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2030, draws=40, seed=2)


@pytest.fixture(scope="module")
def base(bedford, need):
    return project_places(bedford, need)


def test_every_placement_has_a_setting(bedford):
    assert {setting_of(placement) for placement in PLACEMENTS} == set(SETTINGS)
    table = bedford.table("ehc_plans")
    listed = table[(table["placement"] != "all") & (table["need"] != "all")]["plans"].astype(float).sum()
    assert placement_mix(bedford).to_numpy().sum() == listed


def test_nobody_is_lost_and_no_ceiling_is_passed(base, need):
    data = base.data
    plans = need.data["children"].sel(provision="E").sum(("need", "age"))
    placed = data["placed"].sum(("setting", "need", "phase"))
    assert (placed + data["awaiting"] == plans.transpose(*placed.dims)).all()
    for setting in CAPPED:
        full = data["placed"].sel(setting=setting).sum(("need", "phase"))
        assert (full <= data["places"].sel(capped_setting=setting)).all()
    college = data["placed"].sel(setting="college").sum(("need", "draw", "year"))
    assert int(college.sel(phase=["early_years", "primary", "secondary"]).sum()) == 0


def test_the_first_january_is_near_the_published_one(base, bedford):
    first = base.data["placed"].isel(year=0).sum(("need", "phase")).median("draw").to_series()
    published = placement_mix(bedford).sum()
    assert (abs(first - published) <= 0.05 * published.sum()).all()


def test_new_places_bring_children_back(base, bedford, need):
    more = project_places(bedford, need, openings=[Opening("state_special", 2027, 90, 3)])
    before, after = (
        run.data["placed"].sel(setting="independent").sum(("need", "phase")).median("draw")
        for run in (base, more)
    )
    assert float(after.sel(year=2026)) == float(before.sel(year=2026))
    assert 0 < float(before.sel(year=2027) - after.sel(year=2027)) <= 30
    assert 60 <= float(before.sel(year=2030) - after.sel(year=2030)) <= 90
    assert (base.data["shortfall"].sel(year=2030, capped_setting="state_special").median()) > 0


def test_errors_name_what_is_wrong(bedford, need):
    with pytest.raises(UnknownNameError, match="setting with a ceiling 'mainstream'"):
        project_places(bedford, need, commissioned={"mainstream": 100})
    with pytest.raises(DomainError, match="a January from 2025 to 2030"):
        project_places(bedford, need, openings=[Opening("resourced", 2040, 10)])
    with pytest.raises(DomainError, match="observed or england"):
        project_places(bedford, need, mix="preferred")
