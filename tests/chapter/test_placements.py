"""Where children with a plan are educated: Bedford, January 2025, added up by hand from data/bedford/ehc_plans.csv."""

import csv

import pytest

from sendneeds.waits.places.mix import placement_mix

FIRST = (
    "Mainstream",
    "Mainstream, resourced provision or SEN unit",
    "State special school",
    "Independent or non-maintained special school",
    "Further education",
)
BY_HAND = {
    # maintained 74, academy 124, free school 18, independent 5; units 1, 40; special 92, 16; independent special 10;
    # colleges 38, 55, 5; early years 5; AP 3; NEET 11 and not in education 28; the council 5; home 10 and by parents 1
    "ASD": {
        **dict(zip(FIRST, (221, 41, 108, 10, 98), strict=True)),
        **{"Early years provider": 5, "Alternative provision": 3, "Not in education": 39},
        **{"Arranged by the council": 5, "Educated at home": 11},
    },
    # 49, 96, 23, 7; 6, 22; 14; 8; 30, 23; AP 17; NEET 23 and not in education 24; the council 22; home 11; others 2,
    # not recorded 1; no child in early years
    "SEMH": {
        **dict(zip(FIRST, (175, 28, 14, 8, 53), strict=True)),
        **{"Alternative provision": 17, "Not in education": 47, "Arranged by the council": 22},
        **{"Educated at home": 11, "Elsewhere or not recorded": 3},
    },
    # 133, 177, 23, 3; 3, 10; 109, 29; 3; 10, 34; early years 12; AP 1; NEET 6 and not in education 9; the council 8;
    # home 8 and by parents 1
    "SLCN": {
        **dict(zip(FIRST, (336, 13, 138, 3, 44), strict=True)),
        **{"Early years provider": 12, "Alternative provision": 1, "Not in education": 15},
        **{"Arranged by the council": 8, "Educated at home": 9},
    },
}
TOTAL = {"ASD": 541, "SEMH": 378, "SLCN": 579}


def values(folder, name, column):
    with (folder / "tables" / f"{name}.csv").open(encoding="utf-8") as file:
        return {r["row"]: float(r["value"]) for r in csv.DictReader(file) if r["column"] == column}


@pytest.mark.parametrize("need", BY_HAND)
def test_plans_by_setting(chapter, need):
    assert values(chapter, f"placed_{need.lower()}", "Plans") == BY_HAND[need]
    assert sum(BY_HAND[need].values()) == TOTAL[need]
    shares = values(chapter, f"placed_{need.lower()}", "Share")
    assert shares["Mainstream"] == pytest.approx(100 * BY_HAND[need]["Mainstream"] / TOTAL[need], abs=1e-6)


@pytest.mark.parametrize("need", BY_HAND)
def test_places_are_projected_from_the_same_counts(bedford, need):
    placed = placement_mix(bedford).loc[need]
    assert [placed[s] for s in ("mainstream", "resourced", "state_special", "independent", "college")] == [
        BY_HAND[need][name] for name in FIRST
    ]
