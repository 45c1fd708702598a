"""Where children with a plan are educated: Bedford, January 2025, added up by hand from data/bedford/ehc_plans.csv."""

import csv

import pytest

from sendneeds.waits.places.mix import placement_mix

GROUPS = (
    "Mainstream",
    "Mainstream, resourced provision or SEN unit",
    "State special school",
    "Independent or non-maintained special school",
    "Further education",
    "Early years, elsewhere or not recorded",
)
BY_HAND = {
    # maintained 74, academy 124, free school 18, independent 5; units 1, 40; special 92, 16; independent special 10;
    # colleges 38, 55, 5; AP 3, NEET 11, home 10, not in education 28, other arrangements 5, 1, early years 5
    "ASD": (221, 41, 108, 10, 98, 63),
    # 49, 96, 23, 7; 6, 22; 14; 8; 30, 23; AP 17, NEET 23, home 11, not in education 24, others 22, 2, not recorded 1
    "SEMH": (175, 28, 14, 8, 53, 100),
    # 133, 177, 23, 3; 3, 10; 109, 29; 3; 10, 34; AP 1, NEET 6, home 8, not in education 9, others 8, 1, early years 12
    "SLCN": (336, 13, 138, 3, 44, 45),
}
TOTAL = {"ASD": 541, "SEMH": 378, "SLCN": 579}


def values(folder, name, column):
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return {r["row"]: float(r["value"]) for r in csv.DictReader(file) if r["column"] == column}


@pytest.mark.parametrize("need", BY_HAND)
def test_plans_by_setting(chapter, need):
    assert values(chapter, f"placed_{need.lower()}", "Plans") == dict(zip(GROUPS, BY_HAND[need], strict=True))
    assert sum(BY_HAND[need]) == TOTAL[need]
    shares = values(chapter, f"placed_{need.lower()}", "Share")
    assert shares["Mainstream"] == pytest.approx(100 * BY_HAND[need][0] / TOTAL[need], abs=1e-6)


@pytest.mark.parametrize("need", BY_HAND)
def test_places_are_projected_from_the_same_counts(bedford, need):
    placed = placement_mix(bedford).loc[need]
    assert [
        placed[s] for s in ("mainstream", "resourced", "state_special", "independent", "college")
    ] == list(BY_HAND[need][:5])
