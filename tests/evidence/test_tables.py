"""The table checker: every fault at once, told with its cure, and never a traceback."""

import time
from pathlib import Path

import pytest

from sendneeds.evidence.checking.checker import check_table, read_table
from sendneeds.evidence.schema.tables import TABLES

PLANS = "area_code,census_january,need,age,placement,plans,flag"
GOOD = f"{PLANS}\nE06000055,2025,all,all,all,2170,ok\nE06000055,2025,ASD,all,all,,suppressed\n"


def faults(text, name="ehc_plans", codes=("E06000055",)):
    data = text if isinstance(text, bytes) else text.encode()
    return check_table(data, TABLES[name], codes)


def rows(*lines):
    return "\n".join([PLANS, *lines]) + "\n"


def test_a_good_table_has_no_fault_and_typed_columns():
    frame, found = read_table(GOOD.encode(), TABLES["ehc_plans"])
    assert found == []
    assert frame["plans"].dtype == "Int64"
    assert frame["census_january"].dtype == "int64"
    assert frame["plans"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("line", "column", "cure"),
    [
        ("E06000055,2025,SEHM,all,all,3,ok", "need", "SEMH"),
        ("E06000055,2025,BESD,all,all,3,ok", "need", "SEMH"),
        ("E06000055,2025,ASD,all,all,-3,ok", "plans", "negative"),
        ("E06000055,2025,ASD,all,all,3.5,ok", "plans", "whole number"),
        ("E06000055,2025,ASD,all,all,,ok", "plans", "flag"),
        ("E06000055,2025,ASD,all,all,3,suppressed", "plans", "Empty the cell"),
        ("E06000056,2025,ASD,all,all,3,ok", "area_code", "partner"),
        ("Bedford,2025,ASD,all,all,3,ok", "area_code", "code"),
        ("E06000055,202425,ASD,all,all,3,ok", "census_january", "2100"),
        ("E06000055,2025,ASD,26,all,3,ok", "age", "25"),
        ("E06000055,2025,ASD,all,Mainstream - acadamy,3,ok", "placement", "Mainstream - academy"),
    ],
)
def test_a_wrong_cell_is_told_with_its_cure(line, column, cure):
    (fault,) = faults(rows("E06000055,2025,all,all,all,9,ok", line))
    assert (fault.row, fault.column) == (3, column)
    assert cure in fault.cure


@pytest.mark.parametrize(
    ("cell", "write"),
    [
        ("c", "flag suppressed"),
        ("*", "flag suppressed"),
        ("~", "flag suppressed"),
        ("<5", "flag suppressed"),
        ("1-4", "flag suppressed"),
        ("x", "flag unavailable"),
        ("..", "flag unavailable"),
        (":", "flag unavailable"),
        ("z", "flag not_applicable"),
        ('"1,043"', "1043"),
        ("0.60%", "0.6 where it is per cent"),
        (" - ", "0 if the source means none"),
        ("£100k", "100000"),
        ("about ten", "plain number"),
        ("9" * 40, "run together"),
        ("1e3", "plain number"),
        ("nan", "flag unavailable"),
    ],
)
def test_symbols_are_told_with_what_to_write(cell, write):
    (fault,) = faults(rows(f"E06000055,2025,all,all,all,{cell},ok"))
    assert fault.column == "plans"
    assert write in fault.cure


def test_all_faults_are_told_at_once():
    text = "area_code,census_january,ned,age,placement,plans,plans\nE06000056,20x,ASD,all,all,1,2\n"
    found = {(f.column, f.row) for f in faults(text)}
    assert {
        ("ned", 1),
        ("need", 1),
        ("plans", 1),
        ("flag", 1),
        ("area_code", 2),
        ("census_january", 2),
    } <= found
    assert "need" in next(f.cure for f in faults(text) if f.column == "ned")


def test_a_key_may_stand_once():
    (fault,) = faults(GOOD + "E06000055,2025,all,all,all,2171,ok\n")
    assert "second row" in fault.found
    assert fault.row == 4


def test_low_central_high_must_not_fall():
    text = (
        "service,parameter,unit,low,central,high,basis,source,note\n"
        "SLT,first_slots,slots,2,1,3,illustrative,none,\n"
    )
    (fault,) = faults(text, "service_parameters")
    assert fault.found == "low 2 above central 1"


def test_shares_of_a_service_are_checked_together():
    """Of 70 % with a block and 50 % with reviews at least 20 % have both, and at most half."""
    head = "service,parameter,unit,low,central,high,basis,source,note\n"
    rows = head + (
        "SLT,block_share,share,0.7,0.7,0.7,local,clinic,\nSLT,review_share,share,0.5,0.5,0.5,local,clinic,\n"
    )
    both = "SLT,block_and_review_share,share,{0},{0},{0},local,clinic,\n"
    for share in (0.2, 0.35, 0.5):
        assert faults(rows + both.format(share), "service_parameters") == []
    for share in (0.1, 0.6):
        (fault,) = faults(rows + both.format(share), "service_parameters")
        assert fault.found == f"SLT: {share} have both"
        assert fault.allowed == "from 0.2 to 0.5, since 0.7 have a block and 0.5 have reviews"


def test_shares_of_a_list_by_age_band_add_up():
    head = "service,parameter,unit,low,central,high,basis,source,note\n"
    row = "SLT,list_age_{0}_share,share,{1},{1},{1},local,clinic,\n"
    two = row.format("0_to_4", 0.5) + row.format("5_to_10", 0.4)
    assert faults(head + two, "service_parameters") == []  # what is left is in the bands that have no row
    (fault,) = faults(head + two + row.format("11_to_15", 0.2), "service_parameters")
    assert fault.found == "SLT: age bands of the list add up to 1.1"
    rest = "".join(row.format(band, 0.02) for band in ("11_to_15", "16_to_18", "19_to_25"))
    (fault,) = faults(head + two + rest, "service_parameters")
    assert fault.found == "SLT: age bands of the list add up to 0.96"


def test_figures_of_a_service_that_cannot_be_are_faults():
    head = "service,parameter,unit,low,central,high,basis,source,note\n"
    text = head + (
        "SLT,missed_share,share,5,8,12,local,clinic,\n"
        "SLT,first_slot,slots,1,2,3,local,clinic,\n"
        "SLT,funded_wte,WTE,9,10,11,local,clinic,\n"
        "SLT,in_post_wte,WTE,60,seventy,80,local,clinic,\n"
        "SLT,opening_list,children,210,231,200,local,clinic,\n"
        "SLT,opening_list,children,210,231,257,local,clinic,\n"
    )
    told = [f.text() for f in faults(text, "service_parameters")]
    for words in (
        "0.08 for 8 per cent",
        "Write first_slots",
        "'seventy'",
        "231 above high 200",
        "a second row",
    ):
        assert any(words in t for t in told), words
    mended = text.replace("seventy", "70")
    assert any("up to the 10 funded" in f.allowed for f in faults(mended, "service_parameters"))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (GOOD.encode("utf-16"), "NUL"),
        (GOOD.replace("2170", "2\x00170").encode(), "NUL"),
        (GOOD.replace("ASD", "Asd é").encode("cp1252"), "0xe9"),
        (b"", "empty file"),
        (b"\xef\xbb\xbf", "empty file"),
        (GOOD.replace(",", ";").encode(), "semicolons"),
        (GOOD.replace(",", "\t").encode(), "tabs"),
        (GOOD[:-20].encode(), "middle of a line"),
        (GOOD.replace("E06000055,2025,ASD", "E06000055,2025,ASD,x").encode(), "8 cells"),
        (GOOD.replace("E06000055,2025,ASD", '"E06000055,2025,ASD').encode(), "cannot be read"),
        (GOOD.replace("\nE06000055,2025,ASD", "\n\nE06000055,2025,ASD").encode(), "empty row"),
        ((",".join(f"c{i}" for i in range(2000)) + "\n").encode(), "2000 columns"),
    ],
)
def test_damaged_files_are_faults(data, found):
    told = faults(data)
    assert told
    assert any(found in fault.found for fault in told), [f.found for f in told]


def test_a_byte_order_mark_and_windows_line_ends_are_let_pass():
    assert faults(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == []


def test_the_list_of_faults_is_bounded():
    found = faults(rows(*(f"E06000055,2025,ASD,all,all,bad{i},ok" for i in range(5000))))
    unread = [f for f in found if f.column == "plans"]
    assert len(unread) == 21
    assert "4,980 more" in unread[-1].found
    assert len(found) == 42, "and the rows are there twice, told beside"


def test_a_missing_file_is_a_fault():
    assert check_table(Path("nowhere/ehc_plans.csv"), TABLES["ehc_plans"])[0].found


def test_a_million_rows_are_checked_in_seconds():
    lines = [f"E06000055,{1990 + i % 100},all,all,all,{i},ok" for i in range(300_000)]
    began = time.process_time()
    found = faults(rows(*lines))
    assert len(found) == 21  # the keys repeat
    assert time.process_time() - began < 12


def population(*ages):
    rows = [f"E06000055,2020,{age},estimate,{900 + age}" for age in ages]
    return "\n".join(["area_code,mid_year,age,variant,persons", *rows, ""]).encode()


def test_an_age_that_the_population_lacks_is_a_fault_with_its_row():
    assert check_table(population(*range(27)), TABLES["population"]) == []
    (fault,) = check_table(population(*range(7), *range(8, 24)), TABLES["population"])
    assert (fault.row, fault.column, fault.found) == (
        2,
        "age",
        "no row for age 7, 24, 25 in E06000055 2020 estimate",
    )


def test_pupils_need_every_age_of_compulsory_schooling():
    def pupils(ages):
        rows = [f"E06000055,2025,{age},100" for age in ages]
        return "\n".join(["area_code,census_january,age,pupils", *rows, ""]).encode()

    assert check_table(pupils(["2_and_under", *range(5, 16), "19_and_over"]), TABLES["pupils"]) == []
    (fault,) = check_table(pupils([*range(5, 9), *range(10, 16)]), TABLES["pupils"])
    assert fault.found == "no row for age 9 in E06000055 2025"


@pytest.mark.parametrize(("numbers", "faults"), [("0,0,0", 0), ("0.1,2,3", 0), ("0,2,3", 1), ("0,0,3", 1)])
def test_an_interval_from_nought_is_a_fault(numbers, faults):
    text = f"service,parameter,unit,low,central,high,basis,source,note\nSLT,opening_list,children,{numbers},local,s,\n"
    assert len(check_table(text.encode(), TABLES["service_parameters"])) == faults
