"""Odd spreadsheets, downloads and releases: the right value, or a clear refusal. Figures are made up."""

import datetime as dt
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from sendneeds.evidence.importing.provider import import_provider
from sendneeds.evidence.importing.provider_mapping import Mapping
from sendneeds.evidence.importing.release import read_sen2
from sendneeds.evidence.published.authorities import authorities, code_of
from sendneeds.evidence.published.population import read_population
from sendneeds.foundation.errors import DomainError, PackError, ReleaseError, UnknownNameError

CODE = "E06000055"
BANDS = ("0-1", ">1-2", ">2-4", ">4-12", ">12-18", ">18-52", ">52")
ROWS = ("0-1", "1-2", "2-4", "4-12", "12-18", "18-52", "52+")
PLAIN = dict(zip(BANDS, range(1, 8), strict=True))


def case(name):
    """Return the folder of a case that was reported, or skip."""
    folder = os.environ.get("SENDNEEDS_REFERENCE")
    path = Path(folder or "", "cases", name)
    if not folder or not path.is_dir():
        pytest.skip("SENDNEEDS_REFERENCE does not name a folder with the cases")
    return path


def by_band(imported):
    """Band -> figure, (least, greatest) of a suppressed one, or None where unavailable."""
    found = {}
    for row in imported.frame.to_dict("records"):
        ranged = (row.get("at_least"), row.get("at_most"))
        found[row["weeks_band"]] = {"ok": row["waiting"], "suppressed": ranged}.get(row["flag"])
    return found


def read(tmp_path, content, name="list.csv", kind="bands", columns=None, **given):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if kind != "referrals":
        given = {"snapshot": dt.date(2026, 1, 5), **given}
    columns = {"weeks_band": "Band", "waiting": "Waiting"} if columns is None else columns
    return import_provider(path, Mapping(kind, "SLT", CODE, columns, **given))


def seven(*figures, separator=","):
    lines = [separator.join(pair) for pair in zip(ROWS, map(str, figures), strict=True)]
    return "\n".join([f"Band{separator}Waiting", *lines]) + "\n"


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("provider_lt5_with_space", [(1, 4), (0, 5), (0, 5), (1, 4), (1, 4), (1, 4), (1, 4)]),
        ("provider_two_rows_one_suppressed", [3, 4, 5, 20, 10, (2, 8), (13, 16)]),
        ("provider_unread_count_becomes_zero", [3, 4, 5, 20, None, None, 7]),
    ],
)
def test_reported_bands(name, want):
    folder = case(name)
    assert list(by_band(import_provider(folder / "list.csv", folder / "map.toml")).values()) == want


@pytest.mark.parametrize(
    ("name", "referrals", "accepted"),
    [
        ("provider_accepted_float", 4, (2, 3)),
        ("provider_iso_offset", 5, 5),
        ("provider_total_by_first_cell", 3, 2),
    ],
)
def test_reported_referrals(name, referrals, accepted):
    folder = case(name)
    (row,) = import_provider(folder / "list.csv", folder / "map.toml").frame.to_dict("records")
    ranged = (row.get("accepted_at_least"), row.get("accepted_at_most"))
    assert (row["month"], row["referrals"]) == ("2026-01", referrals)
    assert (ranged if isinstance(accepted, tuple) else row["accepted"]) == accepted


def test_reported_refusals():
    folder = case("provider_excel_dates_as_bands")
    with pytest.raises(PackError) as error:
        import_provider(folder / "list.csv", folder / "map.toml")
    assert [f.found[:10] for f in error.value.faults] == ["2026-02-01", "2026-04-02", "2026-12-04"]
    with pytest.raises(ReleaseError, match="bands of ages: 'Aged 1 - 4 years'"):
        read_population(case("population_nm31_download") / "nm31.csv", CODE)
    tables, _, _ = read_population(case("population_gender_codes") / "p.csv", CODE)
    assert tables["population"]["persons"].tolist() == [2000]
    with pytest.raises(ReleaseError, match="a Git LFS pointer"):
        read_sen2(case("sen2_empty_or_pointer_file"), CODE)


@pytest.mark.parametrize(
    ("figures", "want"),
    [
        (
            ["１２", "＜５", "５ or less", "1−4", "0", "１，２３４", "7"],
            [12, (1, 4), (1, 5), (1, 4), 0, 1234, 7],
        ),
        (["c", "z", "..", "low", "*", "[x]", ":"], [(1, 4), None, None, None, (1, 4), None, None]),
        (
            ["suppressed", "Suppressed (<8)", "(c)", "redacted", "<10", "small number", "1 to 7"],
            [(1, 4), (1, 7), (1, 4), (1, 4), (1, 9), (1, 4), (1, 7)],
        ),
        (
            ["\u00a012\u00a0", "<\u00a05", "1\u202f234", "\u200b7", "\ufeff3", "12²", "9†"],
            [12, (1, 4), 1234, 7, 3, 12, 9],
        ),
        (["5%", "-1", "3.5", "1'234", "£7", "seven", "12.0"], [None, None, None, None, None, None, 12]),
    ],
)
def test_spellings_of_figures(tmp_path, figures, want):
    rows = "\n".join(f'{band},"{figure}"' for band, figure in zip(ROWS, figures, strict=True))
    assert list(by_band(read(tmp_path, f"Band,Waiting\n{rows}\n")).values()) == want


@pytest.mark.parametrize(
    "content",
    [
        seven(*range(1, 8), separator=";"),
        "sep=;\n" + seven(*range(1, 8), separator=";"),
        seven(*range(1, 8)).encode("utf-16"),
        seven(*range(1, 8)).encode("utf-16-le"),
        ("\ufeff" + seven(*range(1, 8))).encode("utf-16-be"),
        ("\ufeff\ufeff" + seven(*range(1, 8))).encode(),
        seven(*range(1, 8)).replace("\n", "\r\n").replace("Band", "\u00a0BAND "),
        "Band,Waiting\n０－１,1\n１〜２,2\n2–4,3\n4 — 12,4\nover 12 and up to 18,5\n19-52,6\n＞52,7\n".replace(
            "〜", "-"
        ),
        "Band,Waiting\n0-7 days,1\n8-14 days,2\n15-28 days,3\n29-84 days,4\n85-126 days,5\n"
        "127-364 days,6\n365+ days,7\n",
        "Band,Waiting\n0-1,1\n1-2,2\n0-18,15\n2-4,3\nSub-total,6\n4-12,4\n12-18,5\nTotal waiting,28\n18-52,6\n"
        "52+,7\nOf which over 52 weeks,7\nTotal over 52 weeks,7\nAll,28\n",
        "Band,Waiting\n0-1,1\n1-2,2\n2-4,3\n4-12,4\n12-18,5\n18-52,6\nTotal over 52 weeks,7\n",
    ],
)
def test_one_list_however_it_is_written(tmp_path, content):
    assert by_band(read(tmp_path, content)) == PLAIN


def test_merged_labels(tmp_path):
    """A label stands for the rows below it: totals once, and one clinic's rows alone."""
    text = "Clinic,Band,Waiting\nA,0-1,1\n,1-2,2\n,52+,7\nB,0-1,3\n,52+,1\nTotal,0-1,4\n,1-2,2\n,52+,8\n"
    found = read(tmp_path, text)
    assert by_band(found) == {**dict.fromkeys(BANDS), "0-1": 4, ">1-2": 2, ">52": 8}
    assert found.left_out == {"a total or a note": 3}
    assert found.notes[0] == "blank labels taken from the row above, as merged cells: 5 rows"
    one = by_band(read(tmp_path, text, only={"Clinic": ("A",)}))
    assert one == {**dict.fromkeys(BANDS), "0-1": 1, ">1-2": 2, ">52": 7}
    apart = by_band(read(tmp_path, text.replace("\nB,", "\n\nB,"), only={"Clinic": ("B",)}))
    assert apart == {**dict.fromkeys(BANDS), "0-1": 3, ">52": 1}
    nested = "Trust,Clinic,Band,Waiting\nT,A,0-1,1\n,B,0-1,2\nU,A,0-1,4\n,,1-2,9\n"
    chosen = read(tmp_path, nested, only={"Trust": ("T",)})
    assert by_band(chosen)["0-1"] == 3
    assert by_band(read(tmp_path, nested, only={"Clinic": ("A",)}))[">1-2"] == 9


def test_merged_headings_of_a_workbook_and_dates_of_excel(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["Community therapies", None, None],
        ["Referral", None, "Outcome"],
        ["date", "source", "accepted"],
        [dt.datetime(2026, 1, 5), "GP", 1.0],
        [46028, "School", 0.0],
        ["7 Jan 2026", "School", "Y"],
        ["Total", None, 3],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:B2")
    book.save(tmp_path / "list.xlsx")
    columns = {"referred_on": "Referral date", "accepted": "Outcome accepted"}
    mapping = Mapping("referrals", "SLT", CODE, columns, header_row=2, header_rows=2)
    found = import_provider(tmp_path / "list.xlsx", mapping).frame
    assert found[["month", "referrals", "accepted"]].values.tolist() == [["2026-01", 3, 2]]


def test_rows_alike_are_counted_and_told(tmp_path):
    found = read(tmp_path, "Clinic,Band,Waiting\nA,0-1,2\nA,0-1,2\nB,0-1,2\n")
    assert by_band(found)["0-1"] == 6
    assert "alike in every cell, and each counted: 1 rows" in found.notes


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("Band,Waiting,Waiting\n0-1,5,9\n", PackError, "2 columns 'Waiting'"),
        ("Band,Waiting (%)\n0-1,5\n", PackError, r"the column 'Waiting \(%\)'"),
        ("Band,Waiting (000s)\n0-1,5\n", PackError, r"the column 'Waiting \(000s\)'"),
        ("Band,Waiting\n0-3 months,5\n", PackError, "0-3 months"),
        ("Band,Waiting\n0-10 days,5\n", PackError, "0-10 days"),
        (seven("5%", "10%", "10%", "20%", "5%", "30%", "20%"), PackError, "7 rows, no figure"),
        ("", ReleaseError, "an empty file"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", ReleaseError, "a Git LFS pointer"),
        ("<!DOCTYPE html><html></html>", ReleaseError, "a web page"),
        (b"PK\x03\x04" + bytes(60), ReleaseError, "a workbook named as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), ReleaseError, "a workbook named as CSV"),
    ],
)
def test_lists_that_are_refused(tmp_path, content, error, words):
    heading = content.split("\n")[0].split(",") if isinstance(content, str) else []
    waiting = next((h for h in heading if h.startswith("Waiting")), "Waiting")
    with pytest.raises(error, match=words):
        read(tmp_path, content, columns={"weeks_band": "Band", "waiting": waiting})


def test_two_orders_of_dates_in_one_column_are_refused(tmp_path):
    text = "Date\n05/01/2026\n01/25/2026\n01/26/2026\n"
    with pytest.raises(PackError, match="2 rows with a date that is month first only"):
        read(tmp_path, text, kind="referrals", columns={"referred_on": "Date"})
    own = read(tmp_path, text, kind="referrals", columns={"referred_on": "Date"}, day_first=False)
    assert own.frame[["month", "referrals"]].values.tolist() == [["2026-01", 2], ["2026-05", 1]]
    assert own.notes == ["months: 2026-01 to 2026-05"]


HEAD = "DATE,GEOGRAPHY_CODE,"


def residents(tmp_path, content, **given):
    path = tmp_path / "p.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    tables, _, findings = read_population(path, CODE, **given)
    rows = tables["population"][["mid_year", "age", "persons"]].values.tolist()
    return {(year, age): persons for year, age, persons in rows}, [f.found for f in findings]


def ages(*ends):
    return "".join(f"2023,{CODE},{end}\n" for end in ends)


SINGLE = f"{HEAD}AGE,OBS_VALUE\n" + ages("0,2000", "1,2100")
TWO = {(2023, 0): 2000, (2023, 1): 2100}


@pytest.mark.parametrize(
    "content",
    [
        SINGLE.replace(",", ";"),
        SINGLE.replace(",", "\t"),
        SINGLE.encode("utf-16"),
        ("\ufeff" + SINGLE).encode(),
        SINGLE.replace(CODE, CODE.lower()),
        SINGLE.replace(",0,", ",Age\u00a00,")
        .replace("2100", "2\u00a0100")
        .replace("2000", "２，０００".replace("，", "")),
        SINGLE.replace(",0,", ",0 [note 1],").replace(",1,", ",1.0,"),
        SINGLE.replace(",0,", ",under 1,").replace(",1,", ",1 yr old,"),
        SINGLE.replace("2023,", "30/06/2023,"),
        SINGLE.replace("2023,", "mid-2023,"),
        f"{HEAD}AGE,OBS_VALUE\n" + ages("0,2000", "1,2100", "90+,900", "All ages,190000", "0 to 1,4100"),
        f"{HEAD}ETHNIC_GROUP,AGE,OBS_VALUE\n"
        + ages(
            "Total: All groups,0,2000",
            "White,0,1500",
            "Asian,0,500",
            "Total: All groups,1,2100",
            "White,1,2100",
        ),
        f"Title\n\nAREA_CODE,COMPONENT,SEX,AGE_GROUP,2023\n{CODE},Population,persons,0,2000\n"
        f"{CODE},Population,males,0,1020\n{CODE},Population,females,0,980\n{CODE},Births,persons,0,2150\n"
        f"{CODE},Population,persons,1,2100\nNote,,,,\n",
        f"ladcode23,laname23,country,sex,age,population_2023\n{CODE},Bedford,E,M,0,1020\n{CODE},Bedford,E,F,0,980\n"
        f"{CODE},Bedford,E,M,1,1100\n{CODE},Bedford,E,F,1,1000\n",
    ],
)
def test_residents_however_they_are_written(tmp_path, content):
    assert residents(tmp_path, content)[0] == TWO


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEAD}AGE,OBS_VALUE\n" + ages("0 to 4,10000", "5 to 9,11000"), "bands of ages: '0 to 4'"),
        (f"{HEAD}UNIT,AGE,OBS_VALUE\n" + ages("Thousands,0,2.0"), "Thousands"),
        (f"{HEAD}MEASURES_NAME,AGE,OBS_VALUE\n" + ages("Rate per 1000,0,11"), "Rate per 1000"),
        (f"{HEAD}AGE,OBS_VALUE\n" + ages("0,2000", "0,2001"), "2 figures for age 0 in 2023"),
        (f"{HEAD}ETHNIC_GROUP,AGE,OBS_VALUE\n" + ages("White,0,1500", "Asian,0,500"), "ETHNIC_GROUP"),
        (f"{HEAD}VARIANT,AGE,OBS_VALUE\n" + ages("Low,0,1500", "Zero net migration,0,900"), "VARIANT"),
        (SINGLE.replace("2023,", "2023/24,"), f"no figures of {CODE}"),
        (SINGLE.replace("2000", "5%").replace("2100", "6%"), f"no figures of {CODE}"),
        ("Area,Age,2023\nBedford,0,2000\n", f"no rows of {CODE}"),
        (f"{HEAD}AGE,OBS_VALUE\n", f"no rows of {CODE}"),
        (
            f"Code,Name,All ages,0,1,2\n{CODE},Bedford,190000,2000,2100,2200\n",
            "no header with a column for age",
        ),
        ("", "an empty file"),
        (b"PK\x03\x04" + bytes(60), "a workbook named as CSV"),
    ],
)
def test_downloads_that_are_refused(tmp_path, content, words):
    with pytest.raises(ReleaseError, match=words):
        residents(tmp_path, content)


def test_ages_that_are_not_understood_are_told(tmp_path):
    found, told = residents(tmp_path, SINGLE + ages("Reception,2050"))
    assert (found, told) == (TWO, ["ages not understood: 'Reception'"])
    with pytest.raises(DomainError, match="variant='Hi'"):
        residents(tmp_path, SINGLE, variant="Hi")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("E06000061", "E10000021"),
        ("E06000063", "E10000006"),
        ("E06000058", "E06000028"),
        ("E06000060", "E10000002"),
    ],
)
def test_codes_of_reorganised_authorities_are_told(tmp_path, small_release, now, before):
    path = tmp_path / "p.csv"
    path.write_text(f"AREA_CODE,AGE,2019\n{before},0,8000\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match=f"no rows of {now}, and rows of {before}, an authority that was"):
        read_population(path, now)
    folder = small_release()
    for file in folder.iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace(CODE, before), encoding="utf-8")
    with pytest.raises(UnknownNameError, match=f"reorganised: see {before}"):
        read_sen2(folder, now)
    for file in folder.iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace(before, now), encoding="utf-8")
    with pytest.raises(UnknownNameError, match=f"reorganised: see {now}"):
        read_sen2(folder, before)


def january(area):
    plans = area.table("ehc_plans").query("need == 'all' and placement == 'all' and census_january == 2025")
    return plans.set_index("age")["plans"]


def change(folder, file, made):
    path = folder / file
    path.write_bytes(made(path.read_bytes()))
    return folder


def text(pairs, encoding="utf-8"):
    def made(data):
        content = data.decode("utf-8-sig")
        for old, new in pairs:
            assert old in content
            content = content.replace(old, new)
        return content.encode(encoding)

    return made


@pytest.mark.parametrize(
    "made",
    [
        lambda data: data.replace(b",", b";"),
        lambda data: data.replace(b",", b"\t"),
        text([], "utf-16"),
        text([], "utf-32"),
        lambda data: b"\xef\xbb\xbfTable 1: EHC plans at January\n\n" + data[3:],
        text([("202425", "2024/25")]),
        text([("202425", "2025"), ("Academic year", "January")]),
        text([("Local authority", "LA")]),
        text([("new_la_code", "New LA code"), ("breakdown_topic,breakdown", "Breakdown topic,BREAKDOWN")]),
        text([("ehcplans", "num_caseload")]),
        text([("age 10,", "Aged 10,"), ("age 11,", "11 years old,"), ("age 12,70", "AGE 12,７０")]),
        text([("All EHC plans,All EHC plans", "All plans,All plans")]),
        lambda data: data + data.splitlines()[-1] + b"\n",
        lambda data: (
            data
            + b"202425,Academic year,Regional,E92000001,England,E12000006,East,,,,All EHC plans,All,9999\n"
        ),
    ],
)
def test_a_caseload_however_it_is_written(small_release, made):
    plans = january(read_sen2(change(small_release(), "caseload.csv", made), CODE))
    assert (plans["all"], plans["10"], plans["12"]) == (1500, 70, 70)
    assert len(plans) == 18


@pytest.mark.parametrize("end", [1, 8, 60])
def test_a_table_cut_short_is_told_as_such(small_release, end):
    def cut(data):
        rows = data.rstrip().split(b"\n")
        return b"\n".join([*rows[:-1], rows[-1][:-end]]) if end > 1 else data.rstrip()

    folder = change(small_release(), "caseload.csv", cut)
    said = [found for found in told(read_sen2(folder, CODE), "figures_not_read") if "was cut short" in found]
    assert len(said) == (end > 1)  # a last row that is whole needs no end of its line


def told(area, name):
    return [f.found for f in area.findings if f.name == name]


def test_cells_that_are_no_counts_are_unavailable_and_told(small_release):
    cells = [
        ("age 3,70", "age 3,70%"),
        ("age 4,70", "age 4,70.4"),
        ("age 5,70", "age 5,<5"),
        ("age 6,70", "age 6,5 or less"),
        ("age 7,70", "age 7,-3"),
    ]
    area = read_sen2(change(small_release(), "caseload.csv", text(cells)), CODE)
    rows = area.table("ehc_plans").query("need == 'all' and placement == 'all' and census_january == 2024")
    rows = rows.set_index("age")
    assert rows.loc[["3", "4", "7"], "flag"].tolist() == ["unavailable"] * 3
    assert rows.loc[["3", "4", "7"], "plans"].isna().all()
    assert rows.loc["5", ["at_least", "at_most"]].tolist() == [1, 4]
    assert rows.loc["6", ["at_least", "at_most"]].tolist() == [0, 5]
    assert "6 that are no counts: '70%', '70.4', '-3'" in told(area, "figures_not_read")


def test_a_total_by_another_name_is_told(small_release):
    area = read_sen2(
        change(
            small_release(), "caseload.csv", text([("All EHC plans,All EHC plans", "All plans,All plans")])
        ),
        CODE,
    )
    assert "the breakdown 'All plans' was read as the total" in told(area, "release_layout")
    assert not [f for f in told(area, "column_missing") if "All" in f]


def test_a_label_that_is_no_age_is_told(small_release):
    area = read_sen2(change(small_release(), "caseload.csv", text([("age 11,", "Year 6,")])), CODE)
    assert "unknown labels: 'Year 6'" in told(area, "figures_not_read")
    assert "11" not in january(area)


def test_a_breakdown_that_one_area_lacks_is_told(small_release):
    """The other authority of the file has the ages; Bedford has a total alone."""

    def made(data):
        lines = data.decode("utf-8-sig").splitlines()
        other = [
            line.replace(CODE, "E06000056").replace("822,Bedford", "823,Central Bedfordshire")
            for line in lines[1:]
        ]
        own = [line for line in lines if "persons age" not in line]
        return "\n".join([*own, *other, ""]).encode()

    folder = change(small_release(), "caseload.csv", made)
    area = read_sen2(folder, CODE)
    assert january(area)["all"] == 1500
    (found,) = [f for f in area.findings if f.name == "detail_missing" and f.where == "caseload"]
    assert found.found == "no rows by age"
    assert set(january(area).index) == {"all"}
    assert set(authorities(folder)["code"]) == {CODE, "E06000056"}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda data: data.splitlines()[0] + b"\n", "no rows of any authority"),
        (text([(CODE, "")]), "41 rows with no code in new_la_code"),
        (text([("Local authority", "Ward")]), "41 rows with the level 'Ward'"),
        (text([("All EHC plans,All EHC plans", "Plans,Plans")]), "no breakdown 'All EHC plans'"),
        (text([("ehcplans", "something")]), "ehcplans"),
        (text([("new_la_code", "council")]), "new_la_code"),
        (lambda data: data + data.splitlines()[-1][:-2] + b"71\n", f"two rows of {CODE} in 2025 that differ"),
        (lambda _: b"PK\x03\x04" + bytes(60), "a workbook named as CSV"),
        (lambda _: b"\xef\xbb\xbf\n", "an empty file"),
    ],
)
def test_caseloads_that_are_refused(small_release, made, words):
    with pytest.raises(ReleaseError, match=words):
        read_sen2(change(small_release(), "caseload.csv", made), CODE)


def test_codes_in_small_letters_and_numbers_of_the_department(small_release):
    folder = small_release()
    assert read_sen2(folder, CODE.lower()).code == CODE
    assert {code_of(name, folder) for name in (CODE.lower(), "822", "bedford", "BEDFORD", " Bedford ")} == {
        CODE
    }


def test_what_a_mac_packs_beside_the_tables_is_left_out(small_release, tmp_path):
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(small_release().iterdir()):
            archive.writestr(file.name, file.read_bytes())
            archive.writestr(f"__MACOSX/._{file.name}", b"\x00\x05\x16\x07 notes")
    assert january(read_sen2(path, CODE))["all"] == 1500


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022])
def test_releases_before_2023_are_named_as_such(tmp_path, year):
    head = "time_period,time_identifier,geographic_level,new_la_code,la_name,num_caseload\n"
    for name in ("sen2_caseload.csv", "sen2_mi.csv"):
        (tmp_path / name).write_text(
            f"{head}{year},Reporting year,Local authority,{CODE},Bedford,1900\n", "utf-8"
        )
    with pytest.raises(ReleaseError, match=r"laid out as before 2023: sen2_caseload\.csv, sen2_mi\.csv"):
        read_sen2(tmp_path, CODE)


def test_an_authority_that_ended_is_not_read_as_it_was(small_release):
    """Plans of Northamptonshire to 2020, of its successor from 2021."""
    folder = small_release()
    lines = (folder / "caseload.csv").read_text(encoding="utf-8-sig").splitlines()
    made = [lines[0]]
    for line in lines[1:]:
        old = line[:6] in ("201819", "201920")
        code, name = ("E10000021", "Northamptonshire") if old else ("E06000061", "North Northamptonshire")
        made.append(line.replace(CODE, code).replace("Bedford", name))
    (folder / "caseload.csv").write_text("\n".join([*made, ""]), encoding="utf-8")
    with pytest.raises(UnknownNameError, match="reorganised: see North Northamptonshire"):
        code_of("northamptonshire", folder)
    england = [
        line.replace("Local authority", "National").replace(CODE, "")
        for line in lines[1:]
        if "All EHC" in line
    ]
    (folder / "caseload.csv").write_text("\n".join([*made, *england, ""]), encoding="utf-8")
    with pytest.raises(UnknownNameError, match=r"'E10000021' after 2020\. It was reorganised: see E06000061"):
        read_sen2(folder, "E10000021")
