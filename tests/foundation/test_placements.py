"""Each published placement has one setting, and each setting one group."""

import pytest

from sendneeds.foundation.errors import UnknownNameError
from sendneeds.foundation.placements import (
    AWAITING,
    NOT_RECORDED,
    PLACEMENTS,
    SETTING_GROUPS,
    SETTINGS,
    setting_group,
    setting_of,
)


def placements_in(setting):
    return {placement for placement in PLACEMENTS if setting_of(placement) == setting}


def test_every_setting_has_a_placement_and_no_placement_another_setting():
    assert {setting_of(placement) for placement in PLACEMENTS} == {*SETTINGS, AWAITING, NOT_RECORDED}


def test_only_special_schools_are_independent():
    assert placements_in("independent") == {"Special - independent", "Special - non-maintained"}
    assert placements_in("state_special") == {"Special - LA maintained", "Special - Academy/free schools"}
    assert setting_of("Mainstream - independent") == "mainstream"
    assert setting_of("FE - specialist post-16 institutions") == "college"
    assert setting_of("Non-maintained early years") == "early_years"


def test_units_are_apart_from_mainstream_classes():
    assert placements_in("resourced") == {
        f"Mainstream - {school} ({unit})"
        for school in ("LA maintained", "academy", "free school")
        for unit in ("resourced provision", "SEN unit")
    }
    assert len(placements_in("mainstream")) == 4


def test_each_placement_is_in_a_group_and_no_group_is_empty():
    assert {setting_group(placement) for placement in PLACEMENTS} == set(SETTING_GROUPS)


@pytest.mark.parametrize(
    ("placement", "group"),
    [
        ("Mainstream - independent", "Mainstream"),
        ("Special - independent", "Independent or non-maintained special school"),
        ("FE - UKRLP provider", "Further education"),
        ("Educated elsewhere - NEET", "Not in education"),
        ("Educated elsewhere - elective home education", "Educated at home"),
        ("Educated elsewhere - other arrangements by LA", "Arranged by the council"),
        ("Educated elsewhere - other placement settings", "Elsewhere or not recorded"),
    ],
)
def test_groups(placement, group):
    assert setting_group(placement) == group


@pytest.mark.parametrize("function", [setting_of, setting_group])
def test_an_unknown_placement_is_refused_with_the_nearest(function):
    with pytest.raises(
        UnknownNameError, match=r"'Special - independant' is not known.*Special - independent"
    ):
        function("Special - independant")
