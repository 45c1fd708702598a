"""Options that ship beside those of the chapter run when they are named."""

import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.foundation.errors import ScenarioError, UnknownNameError

GENERIC = ["equal-identification", "fewer-refused", "requests-up-tenth", "special-places-40"]


def test_an_area_has_its_own_and_the_generic_ones(bedford):
    luton = [s.name for s in sn.library_scenarios(shipped("luton"))]
    assert luton == ["baseline", *GENERIC]
    own = [s.name for s in sn.library_scenarios(bedford)]
    assert own[:5] == luton
    assert {"needs-first-autism", "package-therapies", "slt-initiative-year"} < set(own[5:])


def test_those_of_the_library_do_not_run_unless_named(bedford):
    assert not {s.name for s in sn.open_scenarios(bedford)} & {
        s.name for s in sn.library_scenarios(bedford)[1:]
    }
    made = sn.run(bedford, sn.library_scenarios(bedford, ["package-therapies"]), draws=10, to=2029)
    assert [s.name for s in made.scenarios] == ["baseline", "package-therapies"]
    with pytest.raises(UnknownNameError, match="special-places-40"):
        sn.library_scenarios(bedford, ["special-places"])


def test_the_chapter_runs_four_options_and_the_library_has_the_rest(bedford):
    """Carry on, two of three posts filled, two psychologists, 60 resourced places; by name, in the order of files."""
    ran = {s.name: s for s in sn.open_scenarios(bedford)}
    assert list(ran) == ["baseline", "fill-two-slt-posts", "resourced-places-60", "two-psychologists"]
    assert not ran["baseline"].levers
    (posts,), (places,), (staff,) = (s.levers for s in list(ran.values())[1:])
    assert (posts.kind, posts.service, posts.posts) == ("fill_vacancies", "SLT", 2)
    assert (places.kind, places.setting, places.places) == ("new_places", "resourced", 60)
    assert (staff.kind, staff.service, staff.wte) == ("fund_posts", "EP", 2)
    own = {s.name for s in sn.library_scenarios(bedford)}
    assert own - {"baseline", *GENERIC} == {
        "fill-slt-posts",  # all three
        "slt-initiative-year",
        "fill-slt-posts-and-initiative",
        "slt-groups-and-attendance",
        "needs-first-autism",
        "package-therapies",
        "package-psychologists-and-places",
    }


def test_an_option_of_the_chapter_or_of_the_reform_runs_when_named(bedford):
    named = ["phase-reviews", "two-psychologists", "special-places-40"]
    found = sn.library_scenarios(bedford, named)
    assert [s.name for s in found] == ["baseline", *named]
    reform = {s.name: s for s in sn.reform_scenarios(bedford)}
    assert found[1] == reform["phase-reviews"]
    with pytest.raises(UnknownNameError, match="two-psychologists"):
        sn.library_scenarios(bedford, ["two-psychologist"])


def test_what_an_area_lacks_is_told_where_it_is_named(bedford, monkeypatch):
    from sendneeds.scenarios import library

    def none(_, name, levers):
        return [sn.errors.Fault(name, 0, "service", "SLT", "none", "Add it.")] if "slt" in name else []

    monkeypatch.setattr(library.Checked, "faults", none)
    assert "fill-slt-posts" not in {s.name for s in sn.library_scenarios(bedford)}
    with pytest.raises(ScenarioError, match="fill-slt-posts"):
        sn.library_scenarios(bedford, ["fill-slt-posts"])
