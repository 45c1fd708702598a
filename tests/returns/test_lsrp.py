"""The return of a local SEND reform plan: sums draw by draw, published bases, a case by hand, files."""

import io
from dataclasses import replace
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

import sendneeds as sn
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.placements import PHASES, SETTINGS
from sendneeds.returns import lsrp
from sendneeds.returns.adding_up import added_up, added_up_both_ways
from sendneeds.returns.ages import flow_by_age, new_plans_by_group
from sendneeds.returns.lsrp import lsrp_return
from sendneeds.returns.provisions import children_by_row, divided, shares_of_rows
from sendneeds.returns.rows import BY_NEED, FLOWS, NEEDS, PARENTS, PROVISIONS, TITLES, TOTAL
from sendneeds.waits.places.result import PlacesResult

OUTSIDE = ("ehe", "eotas", "other")
"""Rows of table 6 that no table by need is of."""


@pytest.fixture(scope="module")
def need(bedford):
    return sn.project(bedford, to=2030, draws=20, seed=1)


@pytest.fixture(scope="module")
def cells(bedford, need):
    return children_by_row(bedford, sn.project_places(bedford, need))


@pytest.fixture(scope="module")
def made(bedford):
    stands = sn.Scenario("stands", "Plans stand still", levers=[sn.levers.NeedGrowth(growth="none")])
    return lsrp_return(bedford, [stands], draws=20, seed=1)


def wide(made, number, figure="central", scenario="baseline"):
    return made.table(number, scenario, figure).set_index("row")


def test_every_child_with_a_plan_is_in_one_row_and_one_need(cells, need):
    total = need.total("E").transpose("year", "draw").values
    assert (cells.sum(("row", "need")).transpose("year", "draw").values == total).all()
    by_need = need.by_need("E").sel(need=[n for n in NEEDS if n not in ("OTH", "NSA")])
    assert (cells.sum("row").sel(need=by_need["need"].values).transpose(*by_need.dims) == by_need).all()
    assert not cells.sel(need="NSA").any()


def test_tables_by_need_and_the_rows_outside_them_make_table_6(cells):
    inside = [row for _, rows in BY_NEED.values() for row in rows]
    assert sorted([*inside, *OUTSIDE]) == sorted(PROVISIONS)


def test_the_base_is_as_published(bedford, made):
    plans = bedford.table("ehc_plans").query(
        "census_january == 2025 and need != 'all' and placement != 'all'"
    )
    published = plans.groupby("placement")["plans"].sum()
    base = wide(made, "6")[2024]
    special = published["Special - LA maintained"] + published["Special - Academy/free schools"]
    assert base[PROVISIONS["special"]] == special == 444
    assert base[PROVISIONS["specialist_bases"]] == published.filter(regex="resourced|SEN unit").sum() == 86
    assert base[PROVISIONS["alternative"]] == published.filter(like="AP/PRU").sum() == 25
    assert (
        base[PROVISIONS["independent"]]
        == published.filter(regex="Special - (ind|non)|Mainstream - ind").sum()
    )
    assert base[PROVISIONS["specialist_post_16"]] == published["FE - specialist post-16 institutions"] == 16
    assert base[PROVISIONS["ehe"]] == published["Educated elsewhere - elective home education"] == 36
    assert base[PROVISIONS["eotas"]] == published["Educated elsewhere - other arrangements by LA"] == 42
    assert wide(made, "5.1")[2024].tolist() == [131, 753, 772, 424, 90, 2170]
    assert wide(made, "7")[2024][NEEDS["ASD"]] == 541
    assert [wide(made, number)[2024][TOTAL] for number in FLOWS] == [473, 360, 358]


def test_new_plans_of_the_base_year_have_the_ages_of_its_own_august(made):
    """Published by age at the opening: 22 at 0-2, 101 at 3, 29 at 4, and so on; each is a year older at its August."""
    assert 22 + 101 == 123
    assert 29 + 12 + 23 + 16 + 23 + 18 == 121
    assert 23 + 11 + 22 + 25 + 20 == 101
    assert wide(made, "12")[2024].tolist() == [123, 121, 101, 7 + 3 + 3, 0, 358]
    notes = made.notes[made.notes["table"] == "12"]["note"]
    assert any("published by age at 31 August 2023" in note for note in notes)


def test_totals_are_those_of_the_projection(made, need):
    middle = need.total("E").median("draw")
    for number in ("5.1", "6", "7"):
        row = wide(made, number).loc[TOTAL, list(range(2025, 2030))]
        assert row.tolist() == [float(middle.sel(year=year + 1)) for year in row.index]
    new = need["new_plans"].sum(("plan_need", "age")).median("draw")
    assert wide(made, "12").loc[TOTAL, 2027] == float(new.sel(calendar_year=2027))


def test_tables_10_to_12_are_of_the_same_draws(bedford, need, made, monkeypatch):
    """Of 20 draws the first eight are followed: new plans are of these, and no more than assessments, as in each."""
    monkeypatch.setattr(lsrp, "CLOCK_DRAWS", 8)
    few = lsrp_return(bedford, draws=20, seed=1)
    new = need["new_plans"].sum(("plan_need", "age")).isel(draw=slice(8)).median("draw")
    told = wide(few, "12").loc[TOTAL, list(range(2025, 2030))].astype(float)
    assert told.tolist() == [float(new.sel(calendar_year=year)) for year in told.index]
    assert (told <= wide(few, "11").loc[TOTAL, told.index].astype(float)).all()
    assert (wide(few, "5.1") == wide(made, "5.1")).all(axis=None), "stocks are of all draws"
    notes = few.notes.query("table == '12'")["note"]
    assert notes.str.contains("Tables 10 to 12 are of the same draws").any()


def test_requests_and_assessments_are_those_of_a_run(bedford):
    """As many draws as a run follows: medians and intervals of the return are those of the run's clock to its end."""
    few = lsrp_return(bedford, draws=120, seed=1, last_year=2027).figures
    clock = sn.run(bedford, [], draws=120, seed=1, to=2030, until=date(2027, 12, 31)).clock["baseline"]
    for number, name in (("10", "requests"), ("11", "assessments")):
        rows = few[(few["table"] == number) & (few["row"] == TOTAL) & (few["kind"] == "projected")]
        told = rows.set_index("calendar_year")[["low", "central", "high"]]
        drawn = clock.yearly(name).transpose("calendar_year", "draw").sel(calendar_year=[2025, 2026, 2027])
        assert drawn.sizes["draw"] == 120
        assert np.allclose(told, np.quantile(drawn, (0.1, 0.5, 0.9), axis=1).T)


def test_a_board_s_return_is_that_of_its_councils_added_draw_by_draw():
    """Of places and requests too, as a run adds them; what the councils' packs do not divide stays with its parent."""
    asked = {"draws": 12, "seed": 3}
    board = sn.open_area("blmk")
    made = lsrp_return(board, last_year=2026, **asked).figures
    ran = sn.run(board, [], to=2029, until=date(2026, 12, 31), **asked)
    special = ran.places["baseline"].by_setting().sel(setting="state_special")
    clock = ran.clock["baseline"]
    for number, row, drawn in (
        ("6", PROVISIONS["special"], special.sel(year=2027)),
        ("6", TOTAL, ran.need.total("E").sel(year=2027)),
        ("10", TOTAL, clock.yearly("requests").sel(calendar_year=2026)),
        ("11", TOTAL, clock.yearly("assessments").sel(calendar_year=2026)),
    ):
        told = made[(made["table"] == number) & (made["row"] == row) & (made["calendar_year"] == 2026)]
        figures = told[["low", "central", "high"]].to_numpy()[0]
        assert np.allclose(figures, np.quantile(drawn, (0.1, 0.5, 0.9))), (number, row)
    lacking = made[made["flag"] == "unavailable"]["row"]
    assert {PROVISIONS[name] for name in PARENTS} <= set(lacking)


def test_a_row_that_one_council_alone_divides_stays_with_its_parent(bedford, need):
    places = sn.project_places(bedford, need)
    splits = pd.DataFrame({"row": ["support_bases"], "need": ["all"], "share": [0.5]})
    splitting = replace(bedford, tables=bedford.tables | {"lsrp_splits": splits})
    both = replace(bedford, parts=(splitting, bedford))
    assert divided(splitting) == {"support_bases"}
    assert divided(both) == set()
    assert children_by_row(splitting, places).sel(row="support_bases").sum() > 0
    assert children_by_row(splitting, places, both).equals(children_by_row(bedford, places))


def test_what_adds_up_adds_up_within_tables_and_between_them(made):
    for scenario in ("baseline", "stands"):
        tables = {number: wide(made, number, "adding_up", scenario).fillna(0) for number in TITLES}
        for number, table in tables.items():
            years = list(table.columns) if number not in FLOWS else list(range(2025, 2030))
            parts = table.drop(index=TOTAL)[years]
            assert (parts.sum() == table.loc[TOTAL, years]).all(), number
        six, seven = tables["6"], tables["7"]
        assert (six.loc[TOTAL] == tables["5.1"].loc[TOTAL]).all()
        assert (six.loc[TOTAL] == seven.loc[TOTAL]).all()
        for number, (_, rows) in BY_NEED.items():
            assert (tables[number].loc[TOTAL] == six.loc[[PROVISIONS[r] for r in rows]].sum()).all(), number
        inside = sum(tables[number].drop(index=TOTAL) for number in BY_NEED)
        assert (inside <= seven.drop(index=TOTAL)).all().all()


def test_rows_that_nothing_published_tells_apart_are_not_available(made):
    figures = made.figures.query("scenario == 'baseline'")
    rows = figures.query("table == '6' and flag == 'unavailable'")["row"].unique().tolist()
    assert rows == [PROVISIONS[name] for name in ("support_bases", "independent_other", "post_16_specialist")]
    assert figures.query("table == '10' and calendar_year == 2024")["flag"].tolist() == [
        *["unavailable"] * 5,
        "ok",
    ]


def test_a_scenario_stands_beside_the_baseline_with_the_same_luck(made):
    assert wide(made, "5.1", scenario="stands").loc[TOTAL, 2024] == 2170
    assert wide(made, "5.1", scenario="stands").loc[TOTAL, 2029] < wide(made, "5.1").loc[TOTAL, 2029]


def splits(bedford, rows):
    frame = pd.DataFrame(rows, columns=["row", "need", "share"]).assign(basis="local", source="Made up.")
    return replace(bedford, tables={**bedford.tables, "lsrp_splits": frame})


def test_the_pack_divides_what_nobody_publishes(bedford, need, cells):
    shares = [
        ("support_bases", "all", 0.25),
        ("support_bases", "ASD", 0.5),
        ("independent_other", "all", 1.0),
    ]
    own = children_by_row(splits(bedford, shares), sn.project_places(bedford, need))
    assert (own.sum("row") == cells.sum("row")).all()
    both = own.sel(row=["mainstream", "support_bases"]).sum("row")
    assert (both == cells.sel(row="mainstream")).all()
    half = own.sel(row="support_bases", need="ASD") - cells.sel(row="mainstream", need="ASD") / 2
    assert float(abs(half).max()) <= 0.5
    quarter = own.sel(row="support_bases", need="SLCN") - cells.sel(row="mainstream", need="SLCN") / 4
    assert float(abs(quarter).max()) < 1
    assert not own.sel(row="independent").any()
    assert not own.sel(row="post_16_specialist").any()


class Area:
    """An area of one January: twelve plans of ASD and Down syndrome, by placement."""

    code, parts = "E00000001", ()

    def __init__(self, rows):
        columns = ["census_january", "need", "placement", "plans"]
        self.plans = pd.DataFrame([(2025, *row) for row in rows], columns=columns)

    def table(self, name):
        return {"ehc_plans": self.plans}[name]

    def has(self, name):
        return name == "ehc_plans"

    def england(self):
        return self


SMALL = Area(
    [
        ("ASD", "Mainstream - academy", 3),
        ("ASD", "Mainstream - independent", 1),
        ("ASD", "FE - general FE and tertiary colleges", 2),
        ("ASD", "Educated elsewhere - elective home education", 1),
        ("DS", "Special - LA maintained", 4),
        ("DS", "Educated elsewhere - online provider", 1),
    ]
)


def small_places():
    """Eight children of ASD in mainstream at primary age, four at 16; two of Down syndrome educated elsewhere."""
    shape = (1, len(SETTINGS), 2, len(PHASES), 1)
    placed = np.zeros(shape, dtype=np.int32)
    settings, phases = list(SETTINGS), list(PHASES)
    placed[0, settings.index("mainstream"), 0, phases.index("primary")] = 8
    placed[0, settings.index("mainstream"), 0, phases.index("post_16")] = 4
    placed[0, settings.index("elsewhere"), 1, phases.index("secondary")] = 2
    placed[0, settings.index("notice_to_cease"), 1, phases.index("post_19")] = 1
    awaiting = np.zeros((1, 2, len(PHASES), 1), dtype=np.int32)
    awaiting[0, 0, phases.index("primary")] = 5
    dims = ("year", "setting", "need", "phase", "draw")
    coords = {"year": [2025], "setting": settings, "need": ["ASD", "DS"], "phase": phases, "draw": [0]}
    data = xr.Dataset(
        {"placed": (dims, placed), "awaiting": (("year", "need", "phase", "draw"), awaiting)}, coords=coords
    )
    return PlacesResult(data.assign_attrs(seed=1), {}, "Small")


def test_a_small_case_by_hand():
    """Of eight in mainstream a quarter is in independent schools, of four sixth-formers too; Down syndrome is other."""
    found = children_by_row(SMALL, small_places()).isel(year=0, draw=0)
    nonzero = {
        (row, need): int(found.sel(row=row, need=need))
        for row in PROVISIONS
        for need in NEEDS
        if found.sel(row=row, need=need)
    }
    assert nonzero == {
        ("mainstream", "ASD"): 6,
        ("independent", "ASD"): 3,
        ("post_16", "ASD"): 3,
        ("other", "ASD"): 5,
        ("other", "OTH"): 3,
    }


def test_a_need_with_nobody_in_a_setting_has_the_shares_of_all_needs():
    shares = shares_of_rows(SMALL, "elsewhere", ["ASD", "DS", "VI"])
    assert shares.loc["ASD"].to_dict() == {"ehe": 1.0, "eotas": 0.0, "other": 0.0}
    assert shares.loc["VI"].to_dict() == {"ehe": 0.5, "eotas": 0.0, "other": 0.5}


def test_requests_are_younger_than_their_plans():
    """Of ten requests at 20 weeks before: 8 x 5/13 = 3 and 2 x 5/13 = 1 a year younger, rounded to ten in all."""
    new = np.array([[[0], [0], [8], [2], [0]]])
    assert flow_by_age(np.array([[10]]), new, 5 / 13)[0, :, 0].tolist() == [0, 3, 6, 1, 0]
    assert flow_by_age(np.array([[10]]), new, 0.0)[0, :, 0].tolist() == [0, 0, 8, 2, 0]


def test_ages_turned_in_the_school_year(bedford, made):
    """Plans of those aged 4, 10, 15 and 19 at 31 August count one group later."""
    table = bedford.table("ehc_plans").query(
        "census_january == 2025 and placement == 'all' and need == 'all'"
    )
    by_age = table[table["age"] != "all"].set_index("age")["plans"].astype(int)
    moved = [by_age.get(age, 0) for age in ("4", "10", "15", "19")]
    basis = lsrp_return(bedford, draws=10, age_basis="school_year", last_year=2026)
    want = [131 - moved[0], 753 + moved[0] - moved[1], 772 + moved[1] - moved[2], 424 + moved[2] - moved[3]]
    assert wide(basis, "5.1")[2024].tolist() == [*want, 90 + moved[3], 2170]
    assert "year 6 counts in Age 11 to 15" in basis.provenance["age_basis"]
    assert new_plans_by_group(bedford, 2024, "31_august") is not None


def test_what_is_between_medians_goes_to_the_parts_that_vary():
    assert added_up(np.array([86.0, 40.0, 20.0]), 149.0, np.array([0.0, 20.0, 10.0])).tolist() == [86, 42, 21]
    assert added_up(np.array([0.0, 0.0]), 0.0).tolist() == [0, 0]
    cells = np.array([[5.0, 0.0], [0.0, 0.0]])
    assert added_up_both_ways(cells, np.array([5, 2]), np.array([5, 2])).tolist() == [[5, 0], [0, 2]]


def test_the_same_return_has_the_same_bytes_and_says_what_is_missing(made, tmp_path):
    first, second = (sn.build_return(made, tmp_path / name) for name in ("one", "two"))
    assert sorted(path.name for path in first.iterdir()) == [
        *("assumptions.csv", "figures.csv", "lsrp.xlsx", "notes.csv", "provenance.json"),
    ]
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    book = openpyxl.load_workbook(io.BytesIO((first / "lsrp.xlsx").read_bytes()))
    assert book.sheetnames == [
        *("Cover", "Contents", "Notes"),
        *(number.replace(".", "_") for number in TITLES),
        "Assumptions",
    ]
    (table,) = book["6"].tables.values()
    rows = [[cell.value for cell in row] for row in book["6"][table.ref]]
    assert rows[0][:3] == ["Calendar year", "2024 (published)", "2025"]
    assert [rows[0][n] for n in (7, 12, 17, 22)] == [
        "2025, adding up",
        "2025, low",
        "2025, high",
        "2025, stands",
    ]
    bases = next(row for row in rows if row[0].startswith("Support bases"))
    assert set(bases[1:]) == {"[x]"}
    printed = dict(zip(rows[0], rows[-1], strict=True))
    assert printed["Calendar year"] == TOTAL
    assert printed["2024 (published)"] == 2170
    assert printed["2029"] == round(wide(made, "6").loc[TOTAL, 2029])
    figures = pd.read_csv(first / "figures.csv", dtype={"table": str})
    assert len(figures) == len(made.figures)
    assert figures.loc[figures["kind"] == "projected", "low"].notna().sum() > 500


def test_a_folder_that_is_not_ours_is_refused(made, tmp_path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DomainError, match=r"did not write: letter\.txt"):
        sn.build_return(made, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"age_basis": "september"}, UnknownNameError),
        ({"last_year": 2024}, DomainError),
        ({"draws": 0}, DomainError),
    ],
)
def test_wrong_arguments_are_refused_before_any_work(bedford, wrong, error):
    with pytest.raises(error):
        lsrp_return(bedford, **wrong)


def test_the_command_writes_the_return(tmp_path, capsys):
    from sendneeds.__main__ import main

    out = tmp_path / "lsrp"
    assert main(["return", "lsrp", "luton", "--out", str(out), "--draws", "10", "--last-year", "2026"]) == 0
    assert (out / "lsrp.xlsx").is_file()
    shown = capsys.readouterr().out
    assert "2024" in shown
    assert "published" in shown


def test_a_base_year_of_the_area_s_own_records_with_small_counts_is_withheld(made, tmp_path):
    assert made.provenance["base_bases"] == ["published"]
    local = {"bases": ["local", "published"], "base_bases": ["local", "published"]}
    own = replace(made, provenance={**made.provenance, **local})
    base = made.figures["kind"] == "published"
    assert made.figures.loc[base, "central"].between(1, 4).any()
    for profile, gone in (("council", True), ("internal", False)):
        out = sn.build_return(own, tmp_path / profile, profile=profile)
        figures = pd.read_csv(out / "figures.csv", dtype={"table": str})
        assert figures.loc[figures["kind"] == "published", "central"].isna().all() == gone
        assert figures.loc[figures["kind"] == "projected", "central"].notna().any()
        sheet = openpyxl.load_workbook(out / "lsrp.xlsx")["6"]
        column = [[str(cell) for cell in row[:2]] for row in sheet.iter_rows(values_only=True)]
        assert any(cell == "[c]" for _, cell in column) == gone
    published = sn.build_return(made, tmp_path / "published")
    assert (published / "figures.csv").read_bytes() == (tmp_path / "internal" / "figures.csv").read_bytes()


def test_requests_of_a_year_do_not_depend_on_how_far_the_return_goes(bedford):
    """Of the plans of the two years after the last one: requests of 2027 lead to plans of 2027 and 2028."""
    found = [
        made.figures.query("table == '10' and row == 'Total' and calendar_year == 2027")["central"].tolist()
        for made in (sn.lsrp_return(bedford, draws=20, last_year=last) for last in (2027, 2029))
    ]
    assert len(found[0]) == 1
    assert found[0] == pytest.approx(found[1], rel=0.005)  # it was 3 % apart
