"""Readers of the other releases, in the layouts that they have had."""

import pytest

from sendneeds.evidence.area import shipped
from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.published.community_waits import read_community_waits
from sendneeds.evidence.published.population import read_population
from sendneeds.evidence.published.sen_in_england import read_sen_in_england
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.errors import ReleaseError, UnknownNameError

CODE = "E06000055"
MYE = (
    "ladcode23,laname23,country,sex,age,population_2022,population_2023\n"
    "E06000055,Bedford,E,M,0,1000,1010\nE06000055,Bedford,E,F,0,900,910\n"
    "E06000055,Bedford,E,M,27,5,5\nE06000056,Central Bedfordshire,E,M,0,1,2\n"
)
SNPP = (
    "AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP,2022,2023\n"
    "E06000055,Bedford,Population,persons,All ages,9,9\nE06000055,Bedford,Population,persons,0,1900.4,1919.6\n"
    "E06000055,Bedford,Population,males,0,1,1\nE06000055,Bedford,Population,persons,90 and over,7,7\n"
)
LONG = "Title of the table\n\ndate,geography,geography code,age,value\n" + "".join(
    f'{y},Bedford,E06000055,{a},"{v}"\n'
    for y, a, v in ((2022, "Aged under 1", "1,900"), (2023, "Age 0", "1,920"))
)


def faults_but_for_ages(frame, name):
    """Return the faults of a table as it would be written, but for the ages that these short downloads leave out."""
    found = read_table(table_text(frame, TABLES[name]).encode(), TABLES[name])[1]
    return [fault for fault in found if not fault.found.startswith("no row for age")]


@pytest.mark.parametrize(
    ("name", "text", "variant", "persons"),
    [
        ("mye.csv", MYE, "estimate", [1900, 1920]),
        ("snpp.csv", SNPP, "principal", [1900, 1920]),
        ("nomis.csv", LONG, "estimate", [1900, 1920]),
    ],
)
def test_residents_are_read_in_each_layout(tmp_path, name, text, variant, persons):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    tables, meta, findings = read_population(path, CODE)
    frame = tables["population"]
    assert frame["persons"].tolist() == persons
    assert set(frame["variant"]) == {variant}
    assert frame["mid_year"].tolist() == [2022, 2023]
    assert meta["population"].basis == "published"
    assert ("rounded" in " ".join(f.found for f in findings)) == (variant == "principal")
    assert faults_but_for_ages(frame, "population") == []


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "age,code\n1,E06000055\n", MYE.replace(CODE, "E06000054"), ""]
)
def test_what_is_no_population_is_refused(tmp_path, text):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError):
        read_population(path, CODE)


PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,new_la_code,old_la_code,la_name"
)
AT = "202425,Academic year,Local authority,E92000001,England,E06000055,822,Bedford"
WIDE = "\n".join(
    [
        f"{PLACE},phase_type_grouping,sen_status,sen_primary_need,number_of_pupils,age_2_and_under,age_3,nc_reception",
        f"{AT},Total,Total,Total,1000,10,990,500",
        f"{AT},Total,EHC plans,Total,50,0,50,20",
        f"{AT},Total,SEN support / SEN without an EHC plan,Total,150,1,149,60",
        f"{AT},Total,EHC plans,Autistic Spectrum Disorder,20,0,20,c",
        f"{AT},Primary,EHC plans,Autistic Spectrum Disorder,7,0,7,7",
        f"{AT},Total,SEN support,SEN support but no specialist assessment of type of need,5,0,5,1",
    ]
)
TIDY = "\n".join(
    [
        f"{PLACE},version,phase_type_grouping,age,year_group,sen_provision,sen_primary_need,first_language,pupil_count,pupil_percent",
        *(
            f"{AT},1,Total,{age},{group},{status},{need},{language},{count},1"
            for age, group, status, need, language, count in (
                ("Total", "Total", "Total", "Total", "Total", "1000"),
                ("2 and under", "Total", "Total", "Total", "Total", "10"),
                ("3", "Total", "Total", "Total", "Total", "990"),
                ("Total", "Total", "EHC plans", "Total", "Total", "50"),
                ("Total", "Total", "SEN support", "Total", "Total", "150"),
                ("Total", "Total", "EHC plans", "Autistic spectrum disorder", "Total", "20"),
                ("Total", "Total", "EHC plans", "Autistic spectrum disorder", "English", "12"),
                ("Total", "Reception", "EHC plans", "Autistic spectrum disorder", "Total", "c"),
                ("Total", "Total", "SEN support", "No specialist assessment of type of need", "Total", "5"),
            )
        ),
    ]
)


@pytest.mark.parametrize("text", [WIDE, TIDY], ids=["wide", "tidy-long"])
def test_pupils_and_needs_are_read_in_both_layouts(tmp_path, text):
    path = tmp_path / "sen.csv"
    path.write_text(text, encoding="utf-8-sig")
    tables, _, findings = read_sen_in_england(path, CODE)
    assert tables["pupils"]["pupils"].tolist() == [10, 990]
    needs = tables["sen_pupils"].set_index(["provision", "need", "year_group"])
    assert needs.loc[("E", "ASD", "all"), "pupils"] == 20
    assert needs.loc[("E", "ASD", "nc_reception"), "flag"] == "suppressed"
    assert needs.loc[("K", "NSA", "all"), "pupils"] == 5
    assert tables["sen_percent"]["percent_of_pupils"].tolist() == [5.0, 15.0]
    assert findings == []
    for name, frame in tables.items():
        assert faults_but_for_ages(frame, name) == []


NEXT = AT.replace("202425", "202526")
LONG = (
    (("Total (all phases)", "All pupils", "Total", "Total", "Total"), 1000),
    (("Total (all phases)", "All pupils", "2 and under", "Total", "Total"), 10),
    (("Total (all phases)", "All pupils", "3", "Total", "Total"), 990),
    (("Total (all phases)", "All pupils", "Total", "EHC plan", "Total"), 60),
    (("Total (all phases)", "All pupils", "Total", "SEN support", "Total"), 148),
    (("Total (all phases)", "All pupils", "Total", "EHC plan", "Down syndrome"), 4),
    (("Total (all phases)", "Girls", "Total", "EHC plan", "Down syndrome"), 3),
    (("Primary", "All pupils", "Total", "EHC plan", "Down syndrome"), 2),
)


@pytest.mark.parametrize("indicator", [False, True], ids=["a column for the count", "an indicator a row"])
def test_the_long_release_of_2026_is_read(tmp_path, indicator):
    """Totals are named, not bare; sexes and phases are filters; a row may be a count or a percentage."""
    header = f"{PLACE},education_phase,sex,age,sen_provision,sen_primary_need,"
    lines = [header + ("indicator,value" if indicator else "pupil_count,pupil_percent")]
    for labels, count in LONG:
        row = ",".join([NEXT, *labels])
        lines += [f"{row},Number,{count}", f"{row},Percent,1.5"] if indicator else [f"{row},{count},1.5"]
    path = tmp_path / "sen.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables, _, findings = read_sen_in_england(path, CODE)
    assert tables["pupils"][["census_january", "age", "pupils"]].values.tolist() == [
        [2026, "2_and_under", 10],
        [2026, "3", 990],
    ]
    assert tables["sen_pupils"][["need", "pupils"]].values.tolist() == [["DS", 4]]
    shares = tables["sen_percent"].set_index("provision")["percent_of_pupils"]
    assert shares.to_dict() == {"E": 6.0, "K": 14.8}
    assert findings == []


def test_england_in_january_2026_as_published():
    england = shipped("england")
    points = england.table("sen_support").set_index(["measure", "period"])["value"]
    plans, support = points["pupils with an EHC plan"], points["pupils at SEN support"]
    assert (plans["2026-01"], round(plans["2026-01"] / plans["2025-01"] - 1, 3)) == (538_547, 0.116)
    assert (support["2026-01"], round(support["2026-01"] / support["2025-01"] - 1, 3)) == (1_319_780, 0.028)
    shares = england.table("sen_percent").query("census_january == 2025").set_index("provision")
    assert shares.loc["E", "percent_of_pupils"] == points["share of pupils with an EHC plan", "2025-01"]
    pupils = {
        p: points[f"share of pupils {p}", "2026-01"] / 100 for p in ("with an EHC plan", "at SEN support")
    }
    roll = {p: points[f"pupils {p}", "2026-01"] / share for p, share in pupils.items()}
    assert abs(roll["with an EHC plan"] / roll["at SEN support"] - 1) < 0.01  # one roll beneath both


def test_a_total_of_pupils_with_sen_is_not_taken_for_all_pupils(tmp_path):
    path = tmp_path / "sen.csv"
    path.write_text(WIDE.replace("Total,Total,1000,10,990", "Total,Total,200,1,199"), encoding="utf-8")
    assert set(read_sen_in_england(path, CODE)[0]) == {"sen_pupils"}


def test_shares_are_read_from_the_table_of_provision(tmp_path):
    path = tmp_path / "phase.csv"
    text = f"{PLACE},phase_type_grouping,type_of_establishment,sen_support,sen_support_percent,ehc_plan_percent\n"
    path.write_text(f"{text}{AT},Total,Total,10,12.5,4.1\n{AT},Primary,Total,1,1,1\n", encoding="utf-8")
    frame = read_sen_in_england(path, CODE)[0]["sen_percent"]
    assert frame.set_index("provision")["percent_of_pupils"].to_dict() == {"E": 4.1, "K": 12.5}


def test_unknown_labels_are_told_and_other_files_refused(tmp_path):
    path = tmp_path / "sen.csv"
    path.write_text(WIDE.replace("Autistic Spectrum Disorder", "Mood"), encoding="utf-8")
    assert [f.name for f in read_sen_in_england(path, CODE)[2]] == ["figures_not_read"]
    with pytest.raises(ReleaseError):
        read_sen_in_england(path, "E06000001")


@pytest.mark.parametrize("slug", ["england", "bedford"])
def test_the_workbook_gives_the_figures_of_the_shipped_pack(waits_workbook, slug):
    pack = shipped(slug).table("nhs_waiting_list").query("month == '2023-06'")
    names = {"england": "England", "bedford": "BEDFORDSHIRE, Luton and Milton Keynes icb"}
    tables, _, findings = read_community_waits(waits_workbook, names[slug], pack["area_code"].iloc[0])
    frame = tables["nhs_waiting_list"]
    both = frame.merge(pack, on=["service", "weeks_band"], suffixes=("", "_pack"))
    assert len(both) >= len(pack) - 2
    known = both[both["waiting"].notna()]
    assert (known["waiting"] == known["waiting_pack"]).all()
    assert len(frame) == 6 * 8
    assert findings == []


def test_a_name_that_the_workbook_does_not_have_is_told(waits_workbook):
    with pytest.raises(UnknownNameError, match="Cambridgeshire Community Services NHS Trust"):
        read_community_waits(waits_workbook, "Cambridgeshire Community Service", CODE)


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "w.xlsx"
    for data in (b"", b"PK\x03\x04", b"a,b\n1,2\n"):
        path.write_bytes(data)
        with pytest.raises(ReleaseError):
            read_community_waits(path, "England", "E92000001")
