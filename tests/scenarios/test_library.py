"""Options that ship beside those of the chapter run when they are named."""

import pytest

import sendneeds as sn
from sendneeds.foundation.errors import ScenarioError, UnknownNameError

GENERIC = ["equal-identification", "fewer-refused", "requests-up-tenth", "special-places-40"]


def test_an_area_has_its_own_and_the_generic_ones(bedford):
    luton = [s.name for s in sn.library_scenarios(sn.open_area("luton"))]
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


def test_what_an_area_lacks_is_told_where_it_is_named(bedford, monkeypatch):
    from sendneeds.scenarios import library

    def none(_, name, levers):
        return [sn.errors.Fault(name, 0, "service", "SLT", "none", "Add it.")] if "slt" in name else []

    monkeypatch.setattr(library.Checked, "faults", none)
    assert "fill-two-slt-posts" not in {s.name for s in sn.library_scenarios(bedford)}
    with pytest.raises(ScenarioError, match="fill-two-slt-posts"):
        sn.library_scenarios(bedford, ["fill-two-slt-posts"])
