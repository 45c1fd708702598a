"""Pupils who will need a special or resourced place: sums, the published base, a case by hand, files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.returns.rows import NEEDS, SCAP_PHASES, SCAP_TITLES, TOTAL
from sendneeds.returns.scap import published_places, scap_return, seeking
from sendneeds.waits.places.result import PlacesResult


@pytest.fixture(scope="module")
def made(bedford):
    return scap_return(bedford, draws=20)


def test_the_years_ahead_are_those_asked_for(made):
    for table in SCAP_TITLES:
        years = made.table(table).columns.tolist()[1:]
        assert years == list(range(2025, 2026 + SCAP_PHASES[table.split()[1]][1]))
    assert (made.heading(2025), made.heading(2032)) == ("2024/25", "2031/32")


def test_it_is_what_the_projection_of_places_needs(bedford, made):
    places = sn.project_places(bedford, sn.project(bedford, to=2032, draws=20))
    special = places["needed"].sel(setting="state_special", phase="secondary")
    total = special.sum("need").median("draw")
    row = made.table("state_special secondary").set_index("row").loc[TOTAL]
    assert row.loc[[2026, 2032]].tolist() == [float(total.sel(year=2026)), float(total.sel(year=2032))]
    every = seeking(places, "state_special", "secondary").sum("row").transpose("year", "draw")
    assert (every.values == special.sum("need").transpose("year", "draw").values).all()


def test_a_board_s_places_are_those_of_its_councils_added_draw_by_draw():
    """As a run adds them."""
    asked = {"draws": 6, "seed": 3}
    made = scap_return(sn.open_area("blmk"), **asked)
    ran = sn.run(sn.open_area("blmk"), [], to=2032, **asked).places["baseline"]
    drawn = ran["needed"].sel(setting="state_special", phase="primary", year=2029).sum("need")
    told = made.table("state_special primary").set_index("row").loc[TOTAL, 2029]
    assert told == float(drawn.median("draw"))
    assert made.assumptions["assumption"].str.contains("Places commissioned at the start").any()


def test_the_base_is_as_published(bedford, made):
    """Bedford's special schools have 444 children and its bases 86 at all ages: most are in the phases asked for."""
    for setting, published in (("state_special", 444), ("resourced", 86)):
        base = sum(float(made.table(f"{setting} {phase}").iloc[-1][2025]) for phase in SCAP_PHASES)
        assert 0.9 * published < base <= published


def test_what_adds_up_adds_up(made):
    for table in SCAP_TITLES:
        whole = made.table(table, figure="adding_up").set_index("row")
        assert (whole.drop(index=TOTAL).sum() == whole.loc[TOTAL]).all()
        middle = made.table(table).set_index("row").loc[TOTAL]
        assert (abs(whole.loc[TOTAL] - middle) <= 0.5).all()


def test_a_small_case_by_hand():
    """Three of Down syndrome and two whose need is not known are two rows of the model and one of the return."""
    needed = np.zeros((1, len(SETTINGS), 3, len(PHASES), 1), dtype=int)
    at = list(SETTINGS).index("resourced"), slice(None), list(PHASES).index("primary"), 0
    needed[(0, *at)] = [4, 3, 2]
    dims = ("year", "setting", "need", "phase", "draw")
    coords = {
        "year": [2030],
        "setting": list(SETTINGS),
        "need": ["ASD", "DS", "UNK"],
        "phase": list(PHASES),
        "draw": [0],
    }
    found = seeking(
        PlacesResult(xr.Dataset({"needed": (dims, needed)}, coords=coords), {}), "resourced", "primary"
    )
    nonzero = found.isel(year=0, draw=0).to_series().loc[lambda s: s > 0].to_dict()
    assert nonzero == {"ASD": 4, "OTH": 5}


def test_published_places_are_told_beside_what_is_needed(bedford):
    rows = [
        (2023, "primary", "all", 40),
        (2024, "primary", "all", 50),
        (2024, "primary", "ASD", 20),
        (2024, "all", "all", 90),
    ]
    frame = pd.DataFrame(rows, columns=["academic_year", "phase", "need", "commissioned"]).assign(
        setting="resourced"
    )
    area = replace(bedford, tables={**bedford.tables, "places": frame})
    assert published_places(area, "resourced", "primary") == ("2023/24", 50)
    assert published_places(area, "resourced", "secondary") is None
    assert published_places(bedford, "resourced", "primary") is None


def test_the_command_writes_it_and_refuses_what_it_does_not_take(tmp_path, capsys):
    from sendneeds.__main__ import main

    out = tmp_path / "scap"
    assert main(["return", "scap", "luton", "--out", str(out), "--draws", "10"]) == 0
    files = ["assumptions.csv", "figures.csv", "notes.csv", "provenance.json", "scap.xlsx"]
    assert sorted(path.name for path in out.iterdir()) == files
    assert "2031/32" in capsys.readouterr().out
    figures = pd.read_csv(out / "figures.csv")
    assert set(figures["row"]) == {*(name for code, name in NEEDS.items() if code != "NSA"), TOTAL}
    assert main(["return", "scap", "luton", "--last-year", "2030", "--out", str(out)]) == 2
