"""Groups, residential places, review decisions, budgets and appeals: read from a release and carried into packs."""

import pandas as pd
import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.release import import_sen2, read_sen2
from sendneeds.evidence.pack.read import check_folder
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.published.sen2_area import area_tables

from .conftest import IDS, line

BEDFORD, TORBAY = "E06000055", "E06000027"
PACKS = ("bedford", "central-bedfordshire", "luton", "milton-keynes", "england")


@pytest.fixture
def release(small_release):
    """A small release with the tables that describe plans otherwise."""
    sexes = "\n".join(
        line("202425", "Academic year", "Sex", sex, plans)
        for sex, plans in (("Female", 500), ("Male", 999), ("Not known", 1))
    )
    groups = "\n".join(
        line("202425", "Academic year", "Ethnicity", group, plans)
        for group, plans in (("White - White British", 1400), ("Asian - Indian", "c"), ("Martian", 2))
    )
    needs = line("202425", "Academic year", "Sex", "Female", 39, *[3] * 13)
    folder = small_release()
    for file, more in (("caseload.csv", f"{sexes}\n{groups}"), ("sen_needs_all_plans.csv", needs)):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")
    (folder / "residential_settings.csv").write_text(
        f"{IDS},Res_3851,Res_52,Res_tot\n"
        + line("202425", "Academic year", "All residential placements", "All", 3, 6, 9)
        + "\n",
        encoding="utf-8",
    )
    (folder / "annual_reviews.csv").write_text(
        f"{IDS},review_expected,review_not_expected,review_meeting_25,review_meeting_24,review_meeting_prior_24,"
        "no_review_meeting,outcome_amend,outcome_cease,outcome_maintan,number_decsion_4weeks,number_decision_gt_4weeks\n"
        + line("2024", "Calendar year", "All annual reviews", "All", 100, 20, 5, 60, 15, 20, 40, 3, 7, 18, 32)
        + "\n",
        encoding="utf-8",
    )
    (folder / "personal_budgets.csv").write_text(
        f"{IDS},personal_budget,org_arrangments,pb_health,pb_education,pb_social,pb_integrated\n"
        + line("202425", "Academic year", "All personal budgets", "All", 30, 1, 2, 20, 5, 2)
        + "\n",
        encoding="utf-8",
    )
    (folder / "SEND appeals to the tribunal.csv").write_text(
        "title\nLocal authority,LA code,2023,,2024,\n"
        ",,Appeals registered4,Total Appealable Decisions1,Appeals registered4,Total Appealable Decisions1\n"
        'Bedford,822,21,"1,979",26,"2,330"\n',
        encoding="utf-8",
    )
    return folder


def test_plans_by_sex_and_ethnic_group(release):
    area = read_sen2(release, BEDFORD)
    table = area.table("ehc_plans_by_group")
    whole = table[table["need"] == "all"].set_index("group")
    assert whole.loc[["female", "male", "unknown"], "plans"].tolist() == [500, 999, 1]
    assert whole.loc["White - White British", "plans"] == 1400
    hidden = whole.loc["Asian - Indian"]
    assert (hidden["flag"], hidden["at_least"], hidden["at_most"]) == ("suppressed", 1, 4)
    assert table.query("need == 'ASD'")[["group", "plans"]].values.tolist() == [["female", 3]]
    assert any("Martian" in f.found for f in area.findings)
    assert len(area.table("ehc_plans").query("need == 'all' and placement == 'all' and age == 'all'")) == 7


def test_residential_places(release):
    table = read_sen2(release, BEDFORD).table("residential_places")
    assert table[["weeks", "plans"]].values.tolist() == [["all", 9], ["38_to_51", 3], ["52", 6]]


def test_review_decisions_within_four_weeks(release):
    flow = read_sen2(release, BEDFORD).table("ehc_flow").set_index("stage")["count"]
    told = [flow["review_decisions_within_4_weeks"], flow["review_decisions_over_4_weeks"]]
    assert told == [18, 32]
    assert [flow[f"review_outcome_{what}"] for what in ("amend", "cease", "maintain")] == [40, 3, 7]


def test_personal_budgets_and_appeals(release):
    area = read_sen2(release, BEDFORD)
    assert area.table("personal_budgets").set_index("budget")["plans"].to_dict() == {
        "all": 30, "organised_arrangements": 1, "health": 2, "education": 20, "social_care": 5, "integrated": 2,
    }  # fmt: skip
    assert area.table("appeals").iloc[:, 1:4].values.tolist() == [[2023, 21, 1979.0], [2024, 26, 2330.0]]


def test_an_import_carries_them(release, tmp_path):
    folder = import_sen2(release, BEDFORD, tmp_path / "pack")
    assert check_folder(folder) == []
    opened, first = sn.open_area(folder), read_sen2(release, BEDFORD)
    for name in ("ehc_plans_by_group", "residential_places", "personal_budgets", "appeals", "ehc_flow"):
        pd.testing.assert_frame_equal(opened.table(name), first.table(name))


@pytest.mark.parametrize("slug", PACKS)
def test_packs_that_ship_have_them_and_their_parts_add_up(slug):
    area = shipped(slug)
    groups = area.table("ehc_plans_by_group")
    plans = area.table("ehc_plans").query("need == 'all' and age == 'all' and placement == 'all'")
    whole = plans.set_index("census_january")["plans"]
    short = {year for year, n in whole.items() if n == 572_829 + 3_645}  # England in 2024: see the finding
    for (year, _, need), rows in groups.groupby(["census_january", "characteristic", "need"]):
        if need == "all" and rows["plans"].notna().all():
            assert (rows["plans"].sum() == whole[year]) == (year not in short)
    places = area.table("residential_places").pivot_table(
        index="census_january", columns="weeks", values="plans"
    )
    gap = places["all"] - places["38_to_51"] - places["52"]
    assert gap[gap != 0].to_dict() == ({2023: 4488 - 1415 - 781} if slug == "england" else {})
    told = [f.found for f in area.findings if f.where.startswith("residential_places")]
    assert len(told) == (slug == "england")
    assert area.table("appeals")["calendar_year"].tolist() == list(range(2014, 2025))
    assert area.table("personal_budgets")["census_january"].unique().tolist() == list(range(2020, 2026))


def test_bedford_as_published():
    area = shipped("bedford")
    flow = area.table("ehc_flow").query("calendar_year == 2024").set_index("stage")["count"]
    within, over = flow["review_decisions_within_4_weeks"], flow["review_decisions_over_4_weeks"]
    assert (within, within + over) == (266, 1476)
    assert area.table("appeals").set_index("calendar_year").loc[2024, "appeals_registered"] == 26
    groups = (
        area.table("ehc_plans_by_group").query("census_january == 2025 and need == 'all'").set_index("group")
    )
    assert groups.loc[["female", "male"], "plans"].tolist() == [645, 1525]
    assert groups.loc["White - White British", "plans"] == 1061
    assert area.table("residential_places").query("weeks == 'all'")["plans"].tolist() == [
        9,
        10,
        6,
        5,
        2,
        0,
        0,
    ]


@pytest.mark.slow
def test_every_authority_has_its_appeals(sen2_zip):
    release = read_release(sen2_zip)
    for code in release.areas().index:
        appeals = area_tables(release, code)[0]["appeals"]
        assert appeals["calendar_year"].max() == 2024, code
    tables = area_tables(release, TORBAY)[0]
    assert tables["appeals"].set_index("calendar_year").loc[2024, "appeals_registered"] == 39
    budgets = tables["personal_budgets"].query("census_january == 2025").set_index("budget")["plans"]
    assert budgets["all"] == 143
