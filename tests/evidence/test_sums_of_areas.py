"""Areas that are sums: their tables by hand, their packs and faults, and a gate that differences do not open."""

import shutil

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import Area, shipped
from sendneeds.evidence.disclosure.protected import protect_area
from sendneeds.evidence.pack.read import check_folder, shipped_packs
from sendneeds.evidence.pack.saved import area_dataset, area_of
from sendneeds.evidence.pack.together import ADDED, added, added_tables
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import PackError

CODES = ("E06000055", "E06000032")
FOUR = ("bedford", "central-bedfordshire", "luton", "milton-keynes")


def plans(code, rows, **more):
    frame = pd.DataFrame(rows, columns=["census_january", "need", "age", "plans", "flag"])
    frame.insert(0, "area_code", code)
    frame["placement"] = "all"
    return frame.astype({"plans": "Int64"}).assign(**more)


def area(code, table, basis="local"):
    meta = {"ehc_plans": TableMeta("plans", "made up", "none", None, basis)}
    return Area(f"a{code[-2:]}", code, f"Area {code[-2:]}", "local_authority", {}, {"ehc_plans": table}, meta)


def whole(parts):
    tables, meta = added_tables(parts, "E54000024")
    return Area(
        "both", "E54000024", "Both", "integrated_care_board", {}, tables, meta, None, [], tuple(parts)
    )


def test_a_sum_by_hand_with_a_kind_that_one_lacks_one_suppressed_and_one_never_published():
    first = plans(
        CODES[0],
        [(2025, "ASD", "all", 10, "ok"), (2025, "VI", "all", 3, "ok"), (2025, "all", "all", 20, "ok"),
         (2024, "all", "all", 18, "ok"), (2025, "HI", "all", 5, "ok"), (2025, "all", "9", 6, "ok")],
    )  # fmt: skip
    second = plans(
        CODES[1],
        [(2025, "ASD", "all", 7, "ok"), (2025, "all", "all", 30, "imputed"), (2024, "all", "all", None, "unavailable"),
         (2025, "HI", "all", None, "suppressed")],
    )  # fmt: skip
    out = added("ehc_plans", [first, second], "E54000024").set_index(["census_january", "need", "age"])
    got = {key: (None if pd.isna(row.plans) else int(row.plans), row.flag) for key, row in out.iterrows()}
    assert got == {
        (2024, "all", "all"): (None, "unavailable"),
        (2025, "ASD", "all"): (17, "ok"),
        (2025, "HI", "all"): (None, "suppressed"),
        (2025, "VI", "all"): (3, "ok"),  # the second prints no row for a need that no plan there has
        (2025, "all", "all"): (50, "imputed"),
        (2025, "all", "9"): (None, "unavailable"),  # the second published nothing by age
    }
    held = out.loc[(2025, "HI", "all")]
    assert (held["at_least"], held["at_most"]) == (5 + 1, 5 + 4)
    assert set(out["area_code"]) == {"E54000024"}


def test_the_range_of_a_suppressed_part_is_the_one_it_states():
    first = plans(CODES[0], [(2025, "ASD", "all", 10, "ok")])
    second = plans(CODES[1], [(2025, "ASD", "all", None, "suppressed")], at_least=2, at_most=9)
    row = added("ehc_plans", [first, second], "E54000024").iloc[0]
    assert (row["at_least"], row["at_most"], row["flag"]) == (12, 19, "suppressed")


@pytest.mark.parametrize("name", sorted(ADDED))
def test_each_table_of_the_shipped_board_is_the_sum_of_its_four_councils(name):
    board, parts = shipped("blmk"), [shipped(slug) for slug in FOUR]
    mine = board.table(name)
    keys = [
        c for c in mine if c not in (*ADDED[name], "area_code", "flag", "at_least", "at_most", "mean_weeks")
    ]
    theirs = pd.concat([part.table(name) for part in parts], ignore_index=True)
    for column in ADDED[name]:
        known = mine.dropna(subset=[column])
        sums = theirs.assign(key=list(zip(*(theirs[k].astype(str) for k in keys), strict=True)))
        by_hand = sums.groupby("key")[column].sum()
        key = list(zip(*(known[k].astype(str) for k in keys), strict=True))
        assert known[column].astype(float).tolist() == by_hand[key].astype(float).tolist()
        assert len(known)


def test_the_share_of_pupils_is_that_of_all_pupils_together():
    board, parts = shipped("blmk"), [shipped(slug) for slug in FOUR]
    with_plan = rolls = 0.0
    for part in parts:
        pupils = part.table("pupils")
        here = float(pupils[pupils["census_january"] == 2025]["pupils"].sum())
        share = part.table("sen_percent").set_index(["census_january", "provision"])["percent_of_pupils"][
            2025, "E"
        ]
        with_plan, rolls = with_plan + share * here / 100, rolls + here
    table = board.table("sen_percent").set_index(["census_january", "provision"])["percent_of_pupils"]
    assert table[2025, "E"] == round(100 * with_plan / rolls, 1)


def test_lists_that_the_nhs_prints_for_the_board_are_not_counted_twice():
    board = shipped("blmk").table("nhs_waiting_list")
    assert len(board) == len(shipped("bedford").table("nhs_waiting_list"))


def test_services_of_one_council_are_not_the_boards():
    board = shipped("blmk")
    assert shipped("bedford").has("service_parameters")
    assert not board.has("service_parameters")
    assert [part.slug for part in board.parts] == list(FOUR)


def test_a_sum_is_saved_with_its_parts():
    board = shipped("blmk")
    again = area_of(area_dataset(board))
    assert [part.code for part in again.parts] == [part.code for part in board.parts]
    for one, other in zip((board, *board.parts), (again, *again.parts), strict=True):
        assert all(one.table(name).equals(other.table(name)) for name in one.tables)


def edited(tmp_path, was, now):
    folder = tmp_path / "board"
    shutil.copytree(shipped_packs()["blmk"], folder)
    path = folder / "area.toml"
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, now), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ('parts = ["bedford", "lutton"]', "'lutton'"),
        ('parts = ["bedford", "bedford"]', "bedford (E06000055) again"),
        ('parts = ["bedford", "blmk"]', "blmk, itself a sum of areas"),
        ('parts = ["bedford"]', "1 pack"),
        ("parts = []", "nothing"),
        ("", "nothing"),
        ('parts = ["bedford", "../board"]', "'../board'"),
    ],
)
def test_parts_that_cannot_be_are_told(tmp_path, parts, found):
    line = 'parts = ["bedford", "central-bedfordshire", "luton", "milton-keynes"]'
    faults = check_folder(edited(tmp_path, line, parts))
    assert [fault.found for fault in faults] == [found]
    assert faults[0].column.startswith("area.parts")


def test_a_council_has_no_parts(tmp_path):
    faults = check_folder(edited(tmp_path, "integrated_care_board", "local_authority"))
    assert [fault.found for fault in faults] == ["parts of a local_authority"]


def test_a_fault_of_a_part_is_told_with_its_folder(tmp_path):
    folder = edited(tmp_path, '"luton"', '"mine"')
    shutil.copytree(shipped_packs()["luton"], tmp_path / "mine")
    assert check_folder(folder) == []
    path = tmp_path / "mine" / "sen_percent.csv"
    path.write_text(path.read_text().replace("2016,E,2.5", "2016,E,two"), encoding="utf-8")
    with pytest.raises(PackError, match=r"mine/sen_percent\.csv"):
        sn.open_area(folder)


def test_a_count_withheld_of_one_council_is_not_the_difference_of_the_boards_and_the_other():
    small = [(2025, "all", "all", 60, "ok"), (2025, "ASD", "all", 3, "ok"), (2025, "SEMH", "all", 40, "ok"),
             (2025, "SLCN", "all", 17, "ok")]  # fmt: skip
    large = [(2025, "all", "all", 100, "ok"), (2025, "ASD", "all", 30, "ok"), (2025, "SEMH", "all", 45, "ok"),
             (2025, "SLCN", "all", 25, "ok")]  # fmt: skip
    parts = [area(CODES[0], plans(CODES[0], small)), area(CODES[1], plans(CODES[1], large))]
    both = whole(parts)
    assert (
        both.table("ehc_plans").set_index("need")["plans"]["ASD"] == 33
    )  # large enough to be shown by itself
    seen = protect_area(both)
    counts = seen.area.table("ehc_plans").set_index("need")["plans"]
    assert counts.dropna().to_dict() == {"all": 160, "SEMH": 85}
    alone = [protect_area(part).area.table("ehc_plans").set_index("need")["plans"] for part in parts]
    for need in ("all", "ASD", "SEMH", "SLCN"):  # whoever sets the board's chapter against the large one's
        if pd.isna(alone[0][need]):
            assert pd.isna(counts[need])
        else:
            assert counts[need] == alone[0][need] + alone[1][need]
    assert seen.local == ["ehc_plans"]
    assert seen.statement()["small_counts_withheld"] >= 1


def test_a_sum_of_published_tables_is_left_as_it_is():
    board = shipped("blmk")
    assert protect_area(board).area is board
