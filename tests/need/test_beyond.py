"""A projected rise that no area of its size has shown in the record is a finding of the projection."""

from dataclasses import replace

import pytest

import sendneeds as sn
from reference_series import read_histories
from sendneeds.need.inputs.change import NeedChange
from sendneeds.need.inputs.history import ENGLAND
from sendneeds.need.inputs.plausibility import LARGEST_RISES, SIZES, largest_rises, rise_beyond_record

LEEDS = "E08000035"


def test_the_largest_rises_are_those_of_the_development_areas(reference):
    histories = [h for h in read_histories(reference) if h.area_code != ENGLAND]
    assert len(histories) == 74
    assert largest_rises(histories) == LARGEST_RISES


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("h", [1, 3, 5])
def test_a_rise_is_told_from_the_largest_on(size, h):
    start = max(size, 200.0)
    most = start * LARGEST_RISES[size][h - 1]
    assert rise_beyond_record({2025: start}, {2025 + h: most * 0.999}) == []
    (found,) = rise_beyond_record({2025: start}, {2025 + h: most * 1.02})
    assert (found.name, found.severity) == ("rise_beyond_record", "serious")


def test_only_the_years_with_a_record_count():
    assert rise_beyond_record({2025: 6000.0}, {2030: 9000.0, 2035: 30000.0}) == []
    assert rise_beyond_record({2025: 6000.0}, {2025: 6000.0}) == []


def test_the_projections_of_the_packs_that_ship_are_not_told(need):
    assert need.findings == []
    assert not any("no area with" in line for line in need.assumptions)


def test_a_projection_says_so_and_so_does_its_register(bedford):
    rise = NeedChange(growth="plans", plans=6000, by=2027)
    made = sn.project(bedford, to=2027, draws=8, seed=1, change=rise)
    (found,) = made.findings
    assert "% from January 2025 to 2027; no area with 2,000 to 2,999 plans" in found.found
    centre = float(made.total("E").sel(year=2027).median())
    assert any(
        line.startswith(f"Plans rise by {100 * (centre / 2170 - 1):.0f} %") for line in made.assumptions
    )
    assert sn.project(bedford, to=2027, draws=8, seed=1, change=replace(rise, plans=2500)).findings == []


def test_leeds_rises_beyond_the_record(reference):
    release = reference / "published" / "education-health-and-care-plans_2025.zip"
    made = sn.project(sn.read_sen2(release, LEEDS), to=2030, draws=64, seed=1)
    (found,) = made.findings
    assert "no area with 5,000 plans or more rose by over 88 % in 5 years" in found.found
    assert "this area's own rose by 40 %" in found.found
    (moved,) = (line for line in made.assumptions if line.startswith("Plans moved in"))
    assert moved.startswith("Plans moved in: 2.1 % of the stock a year, midway between the median (+1.9 %)")
    assert "2022 is left out as implausible: 6,078 new plans" in moved
