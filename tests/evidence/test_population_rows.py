"""Population downloads: the row of the total, and a refusal where it cannot be told which that is."""

import pytest

from sendneeds.evidence.published.population import read_population
from sendneeds.foundation.errors import DomainError, ReleaseError

CODE = "E06000055"
HEAD = "DATE,GEOGRAPHY_CODE,"


def persons(tmp_path, text, **given):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    tables, _, findings = read_population(path, CODE, **given)
    frame = tables["population"]
    return dict(zip(frame["age"], frame["persons"], strict=True)), [f.found for f in findings]


def rows(*ends):
    return "".join(f"2023,{CODE},{end}\n" for end in ends)


@pytest.mark.parametrize(
    ("column", "ends"),
    [
        ("GENDER", ["0,0,2000", "1,0,1020", "2,0,980"]),
        ("SEX", ["7,0,2000", "5,0,1020", "6,0,980"]),
        ("SEX", ["3,0,2000", "1,0,1020", "2,0,980"]),
        ("SEX_NAME", ["Person,0,2000", "Males,0,1020", "Females,0,980"]),
        ("SEX_NAME", ["Both sexes,0,2000", "Male,0,1020", "Female,0,980"]),
        ("SEX", ["M,0,1020", "F,0,980"]),
        ("Sex (2 categories) Code", ["1,0,1020", "2,0,980"]),
        ("sex_label", ["Male,0,1020", "Female,0,980"]),
        ("SEX", ["1,0,1020", "2,0,980"]),
        ("MEASURES", ["20100,0,2000", "20301,0,1.1"]),
        ("MEASURES_NAME", ["Value,0,2000", "Percent,0,1.1"]),
        ("COMPONENT", ["Births,0,2100", "Population,0,2000", "Deaths,0,5"]),
    ],
)
def test_the_row_of_the_total_is_taken(tmp_path, column, ends):
    found, _ = persons(tmp_path, f"{HEAD}{column},AGE,OBS_VALUE\n{rows(*ends)}")
    assert found == {0: 2000}


def test_rows_that_occur_twice_are_read_once_and_told(tmp_path):
    found, told = persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000', '0,2000', '1,2100')}")
    assert found == {0: 2000, 1: 2100}
    assert told[-1].startswith("1 rows")


@pytest.mark.parametrize(
    ("column", "ends", "where"),
    [
        ("SEX", ["1,0,1020"], "SEX"),
        ("SEX", ["0,0,1020", "1,0,980"], "SEX"),
        ("Sex (2 categories)", ["Male,0,1020"], "Sex (2 categories)"),
        ("Gender code", ["2,0,980"], "Gender code"),
        ("CATEGORY", ["Females,0,980"], "CATEGORY"),
        ("SEX", ["Male,0,1020", "Female,0,980", "Other,0,3"], "SEX"),
        ("VARIANT", ["Principal,0,2000", "High,0,2050"], "VARIANT"),
        ("COMPONENT", ["Births,0,2100", "Deaths,0,5"], "COMPONENT"),
        ("MEASURES_NAME", ["Percent,0,1.1"], "MEASURES_NAME"),
        ("MEASURES", ["20301,0,1.1"], "MEASURES"),
        ("SEX_NAME", ["Females,0,980"], "SEX_NAME"),
        ("ETHNICITY", ["White,0,900", "Asian,0,600"], ""),
    ],
)
def test_what_leaves_more_than_one_figure_is_refused(tmp_path, column, ends, where):
    with pytest.raises(ReleaseError) as error:
        persons(tmp_path, f"{HEAD}{column},AGE,OBS_VALUE\n{rows(*ends)}")
    (fault,) = error.value.faults
    assert fault.column == where
    if not where:
        assert "ETHNICITY" in fault.found
        assert fault.found.startswith("2 figures for age 0 in 2023")


def test_a_variant_that_is_asked_for_is_chosen(tmp_path):
    text = f"{HEAD}VARIANT,AGE,OBS_VALUE\n{rows('Principal projection,0,2000', 'High,0,2050')}"
    assert persons(tmp_path, text, variant="high")[0] == {0: 2050}
    assert persons(tmp_path, text, variant="principal")[0] == {0: 2000}


def test_bands_are_not_read_as_ages(tmp_path):
    named = f"{HEAD}AGE,AGE_NAME,OBS_VALUE\n"
    bands = rows("1,Aged under 1 year,2100", "2,Aged 1 - 4 years,8700", "3,Aged 5-9 years,11900")
    with pytest.raises(ReleaseError, match="Aged 1 - 4 years"):
        persons(tmp_path, named + bands)
    codes = rows("1,2100", "2,8700", "3,11900")
    with pytest.raises(ReleaseError, match="2,100 at age 1 and 8,700 at age 2"):
        persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{codes}")
    first_ages = rows("0,10800", "5,11900", "10,11700")
    with pytest.raises(ReleaseError, match="ages 0, 5, 10"):
        persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{first_ages}")
    total = rows("0,190000", "1,2100", "2,2200")
    with pytest.raises(ReleaseError, match="190,000 at age 0"):
        persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{total}")


def test_single_ages_of_a_full_download_are_used(tmp_path):
    text = f"{HEAD}C_AGE,C_AGE_NAME,OBS_VALUE\n" + rows(
        "200,All ages,190000",
        "201,Aged 0 to 1,4300",
        "101,Age 0,2100",
        "102,Age 1,2200",
        "221,Aged under 16,40000",
        "191,Aged 90+,1500",
    )
    assert persons(tmp_path, text)[0] == {0: 2100, 1: 2200}
    coded = f"{HEAD}C_AGE,OBS_VALUE\n" + rows("200,190000", "101,2100", "102,2200", "5,11000")
    assert persons(tmp_path, coded)[0] == {0: 2100, 1: 2200}


def test_the_column_of_codes_is_told_from_that_of_names(tmp_path):
    text = f"Area,Code,Age,2023\nBedford,{CODE},0,2000\nLuton,E06000032,0,3000\n"
    assert persons(tmp_path, text)[0] == {0: 2000}


def test_a_figure_that_cannot_be_read_is_left_out_and_told(tmp_path):
    found, told = persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000', '1,x', '2,2100')}")
    assert found == {0: 2000, 2: 2100}
    assert told[-1].startswith("1 figures")


@pytest.mark.parametrize(
    ("column", "label", "found"),
    [
        ("component", "Deaths", "only 'Deaths'"),
        ("component", "Births", "only 'Births'"),
        ("ETHNIC_GROUP", "White", "only 'White'"),
        ("C_RELPUK11", "0", ""),
        ("ETHNIC_GROUP", "All usual residents", ""),
        ("C_ETHPUK11", "0", ""),
        ("RELIGION_NAME", "Christian", "only 'Christian'"),
        ("COMPONENT", "Population", ""),
        ("COMPONENT", "", ""),
        ("OBS_STATUS", "A", ""),
        ("UNIT_MULT", "3", "to the power 3"),
        ("UNIT_MULT", "0", ""),
    ],
)
def test_one_label_on_every_row_is_of_all_residents(tmp_path, column, label, found):
    text = f"{HEAD}{column},AGE,OBS_VALUE\n{rows(f'{label},0,2000', f'{label},1,2100')}"
    if not found:
        assert persons(tmp_path, text)[0] == {0: 2000, 1: 2100}
        return
    with pytest.raises(ReleaseError, match=found) as error:
        persons(tmp_path, text)
    assert error.value.faults[0].column == column


@pytest.mark.parametrize(
    ("label", "asked", "want"),
    [
        ("High", None, "high"),
        ("Principal projection", None, "principal"),
        ("Principal projection", "principal", "principal"),
        ("2022-based", "high", "high"),
        ("2022-based", None, "principal"),
    ],
)
def test_a_file_of_one_variant_is_labelled_as_it_says(tmp_path, label, asked, want):
    path = tmp_path / "p.csv"
    path.write_text(f"{HEAD}VARIANT,AGE,OBS_VALUE\n{rows(f'{label},0,2000')}", encoding="utf-8")
    frame = read_population(path, CODE, asked)[0]["population"]
    assert frame["variant"].tolist() == [want]


def test_another_variant_than_the_file_holds_is_refused(tmp_path):
    text = f"{HEAD}VARIANT,AGE,OBS_VALUE\n{rows('Principal projection,0,2000')}"
    with pytest.raises(ReleaseError, match="figures of the variant 'principal'"):
        persons(tmp_path, text, variant="high")


def test_the_year_projected_is_taken_and_not_that_of_the_projection(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(f"DATE,PROJECTED_YEAR,CODE,AGE,OBS_VALUE\n2018,2025,{CODE},0,2000\n", encoding="utf-8")
    assert read_population(path, CODE)[0]["population"]["mid_year"].tolist() == [2025]


def test_a_comma_at_the_end_of_a_row_loses_nothing(tmp_path):
    found, told = persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000', '1,2100,', '2,2200,,')}")
    assert found == {0: 2000, 1: 2100, 2: 2200}
    assert told == []
    assert persons(tmp_path, f"{HEAD}AGE,OBS_VALUE,\n{rows('0,2000')}")[0] == {0: 2000}
    found, told = persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000', '1,2,100', '2')}")
    assert found == {0: 2000}
    assert told == [f"2 rows of {CODE} have too few or too many cells and were not read"]


@pytest.mark.parametrize("code", [None, 5])
def test_a_code_that_is_no_text_is_told(tmp_path, code):
    with pytest.raises(DomainError, match="area_code="):
        read_population(tmp_path, code)


def test_a_file_that_ends_in_the_middle_of_a_row_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match="The file was cut short"):
        persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000')}2023,E0600")
    # a last row that is whole needs no end, and a note below the table is no row of it
    for end in ("", "Source: ONS, mid-year"):
        found, _ = persons(tmp_path, f"{HEAD}AGE,OBS_VALUE\n{rows('0,2000', '1,2010')}{end}".rstrip("\n"))
        assert found == {0: 2000, 1: 2010}


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("DATE,GEOGRAPHY_CODE,AGE,VALUE,VALUE", f"2023,{CODE},0,2000,2010"),
        ("DATE,GEOGRAPHY_CODE,AGE,VALUE,PERSONS", f"2023,{CODE},0,2000,2010"),
        ("DATE,YEAR,GEOGRAPHY_CODE,AGE,VALUE", f"2022,2023,{CODE},0,2000"),
        ("DATE,GEOGRAPHY_CODE,AGE,AGE,VALUE", f"2023,{CODE},0,5,2000"),
    ],
)
def test_two_columns_for_one_thing_that_differ_are_refused(tmp_path, head, row):
    with pytest.raises(ReleaseError, match="which differ"):
        persons(tmp_path, f"{head}\n{row}\n")
    same = row.replace("2010", "2000").replace("2022", "mid-2023").replace(",5,", ",0,")
    assert persons(tmp_path, f"{head}\n{same}\n")[0] == {0: 2000}
