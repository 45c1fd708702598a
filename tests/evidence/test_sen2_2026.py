"""The release of 2026 as its catalogue shows it, files known by their columns alone, and files that are damaged."""

import random
import zipfile

import pytest

from sendneeds.evidence.importing.release import read_sen2
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.foundation.errors import ReleaseError, SendneedsError
from sendneeds.need.cohort.area_rates import ending_by_need
from sendneeds.need.inputs.stock import januaries_by_need_and_age

from .conftest import IDS, NEEDS, line

BEDFORD = "E06000055"
JANUARY, YEAR = ("202526", "Academic year"), ("2025", "Calendar year")
AGES = [str(age) for age in range(3, 20)]
SPLIT = "special_la_maintained,special_academy,special_free_school"


def table(header, *rows):
    return "\n".join([f"{IDS},{header}", *rows]) + "\n"


@pytest.fixture
def files():
    """File -> text of a made-up release of 2026: names that say nothing, columns as the catalogue shows them."""
    need_header = ",".join(f"number_{n}" for n in [*NEEDS[:-1], "ds", "need_unknown"])
    shares = "asd_pc,ds_pc"
    old = ("202425", "Academic year")
    by_need = [
        line(*period, topic, label, plans, *needs, 1.0, share)
        for period, plans, needs, share in (
            (old, 130, [10] * 12 + ["x", 10], "x"),
            (JANUARY, 140, [10] * 14, 7.1),
        )
        for topic, label in (("All EHC plans", "All EHC plans"),)
    ]
    ages = [
        line(*JANUARY, "Child or young persons age", f"age {age}", 14, *[1] * 14, 1.0, 7.1) for age in AGES
    ]
    budgets = "personal_budget,org_arrangments,pb_health,pb_education,pb_social,pb_integrated"
    return {
        "t1.csv": table(
            f"ehcplans,mainstream_total,{SPLIT}",
            *(line(f"{y - 1}{y % 100}", "Academic year", "All EHC plans", "All", 100 * (y - 2018), 1, 1, 1, 1)
              for y in range(2019, 2027)),
            *(line(*JANUARY, "Child or young persons age", f"age {age}", 40, 1, 1, 1, 1) for age in AGES),
        ),
        "t4.csv": table(f"ehc_plans,{need_header},{shares}", *by_need, *ages),
        "t3.csv": table(
            f"new_ehc_plans,mainstream_total,{SPLIT},ap_pru_total_pc",
            line(*YEAR, "New EHC plans", "New EHC plans", 150, 1, 1, 1, 1, 0.1),
        ),
        "t2.csv": table(
            f"ehc_plans,{need_header},{shares}",
            line(*YEAR, "All EHC plans", "All EHC plans", 56, *[4] * 14, 1.0, 7.1),
        ),
        "t5.csv": table(
            "max_age,needs_met,he,employ,transfer,no_engage,moved_outside_eng,deceased,other,total_ceased",
            line(*YEAR, "All ceased EHC plans", "All ceased EHC plans", *[1] * 9, 9),
        ),
        "t6.csv": table(
            "requests_received_in_year,requests_rya,requests_decided_to_assess,requests_decided_not_to_assess,"
            "requests_decision_not_made,requests_withdrawn,request_outcome_six_weeks,request_outcome_over_6_weeks",
            line(*YEAR, *["All requests for an EHC needs assessment"] * 2, 210, 0, 150, 30, 20, 10, 190, 30),
        ),
        "t7.csv": table(
            "assess_in_year,assess_issued,assess_not_issued,assess_not_made,assess_withdrawn,"
            "outcome_decision_within_time,outcome_decision_over_time",
            line(*YEAR, "All EHC needs assessments", "All", 160, 150, 5, 3, 2, 4, 1),
        ),
        "t8.csv": table(
            "plans_issued_den,plans_issued_den_ex,plans_issued_within_20_weeks,plans_issued_20_weeks_ex,"
            "plans_issued_gt20weeks_ltyear,plans_issued_gt20weeks_ltyear_ex,plans_issued_gt_1_year,"
            "plans_issued_gt_1_year_ex,avg_weeks_issue_plan,avg_weeks_issue_plan_exc",
            line(*YEAR, "All EHC plans issued", "All", 150, 140, 90, 88, 55, 48, 5, 4, 22.5, 21.25),
        ),
        "t9.csv": table(
            "review_expected,review_not_expected,review_meeting_26,review_meeting_25,review_meeting_prior_25,"
            "no_review_meeting,review_decision26,review_decision25,outcome_amend,outcome_cease,outcome_maintan,"
            "number_decsion_4weeks,number_decision_gt_4weeks",
            line(*YEAR, "All annual reviews", "All", 100, 20, 5, 60, 15, 20, 1, 2, 40, 3, 7, 18, 32),
        ),
        "t10.csv": table(budgets, line(*JANUARY, "All personal budgets", "All", 30, 1, 2, 20, 5, 2)),
        "t11.csv": table("Res_3851,Res_52,Res_tot", line(*JANUARY, "All residential placements", "All", 3, 6, 9)),
        "t12.csv": "title\nLocal authority,LA code,2024,,2025,\n"
        ",,Appeals registered4,Total Appealable Decisions1,Appeals registered4,Total Appealable Decisions1\n"
        'Bedford,822,26,"2,330",31,"2,500"\n',
    }  # fmt: skip


@pytest.fixture
def folder(files, tmp_path):
    where = tmp_path / "release-2026"
    where.mkdir()
    for name, text in files.items():
        (where / name).write_text(text, encoding="utf-8")
    return where


def flow(area, stage, **where):
    rows = area.table("ehc_flow").query(f"stage == '{stage}' and calendar_year == 2025")
    for column in ("need", "age", "reason"):
        rows = rows[rows[column] == where.get(column, "all")]
    return rows["count"].iloc[0]


def test_every_file_is_known_by_its_columns(folder):
    area = read_sen2(folder, BEDFORD)
    plans = area.table("ehc_plans").query("placement == 'all'")
    total = plans.query("need == 'all' and age == 'all'").set_index("census_january")["plans"]
    assert (total[2019], total[2026]) == (100, 800)
    assert plans.query("census_january == 2026 and need == 'ASD' and age == '7'")["plans"].tolist() == [1]
    assert flow(area, "new_plans") == 150
    assert flow(area, "new_plans_by_cohort_age", need="ASD") == 4
    assert flow(area, "ceased") == 9
    assert flow(area, "requests_received_in_year") == 210
    assert flow(area, "assess_issued") == 150
    assert area.table("personal_budgets").set_index("budget").loc["education", "plans"] == 20
    assert area.table("residential_places").set_index("weeks").loc["52", "plans"] == 6
    assert area.table("appeals").set_index("calendar_year").loc[2025, "appeals_registered"] == 31


def test_plans_in_time_that_are_no_counts_are_unavailable(folder):
    path = folder / "t8.csv"
    text = (
        path.read_text(encoding="utf-8").replace(",150,140,90,88,", ",150,-3,90.5,88,").replace("22.5", "-1")
    )
    path.write_text(text, encoding="utf-8")
    rows = read_sen2(folder, BEDFORD).table("ehc_timeliness").set_index("exceptions")
    assert rows.loc[["excluding", "including"], "flag"].tolist() == ["unavailable"] * 2
    assert rows[["issued", "within_20_weeks"]].isna().all(axis=None)
    assert rows.loc["excluding", "mean_weeks"] == 21.25
    assert rows["mean_weeks"].isna().sum() == 1


def test_two_januaries_by_need_and_down_syndrome(folder):
    rows = read_sen2(folder, BEDFORD).table("ehc_plans").query("placement == 'all' and age == 'all'")
    down = rows[rows["need"] == "DS"].set_index("census_january")
    assert down.loc[2025, "flag"] == "unavailable"
    assert down.loc[2026, "plans"] == 10
    assert rows.query("need == 'ASD'")["plans"].tolist() == [10, 10]


def test_two_januaries_by_need_and_age_are_seen(folder):
    """Survival by need is not taken from them, and the assumptions say so."""
    assert januaries_by_need_and_age(read_sen2(folder, BEDFORD)) == [2026]
    path = folder / "t4.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    earlier = [text.replace("202526", "202425") for text in lines if "persons age" in text]
    path.write_text("\n".join([*lines, *earlier, ""]), encoding="utf-8")
    found = januaries_by_need_and_age(read_sen2(folder, BEDFORD))
    assert found == [2025, 2026]
    assert ending_by_need(found).startswith("by need alike: what the Januaries 2025 and 2026 say")
    assert ending_by_need([]) == "by need alike, for no January is published by need and age."


def test_mean_weeks_to_issue(folder):
    table = read_sen2(folder, BEDFORD).table("ehc_timeliness").set_index("exceptions")
    assert table["mean_weeks"].to_dict() == {"excluding": 21.25, "including": 22.5}
    assert table.loc["excluding", ["issued", "within_20_weeks", "from_20_to_52_weeks"]].tolist() == [
        140,
        88,
        48,
    ]


@pytest.mark.parametrize(
    ("including", "excluding", "told"),
    [
        (
            22.5,
            21.25,
            [],
        ),  # (20 * 55 + 52 * 5) / 150 = 9.07 and (20 * 48 + 52 * 4) / 140 = 8.34 are the least
        (9.0, 8.4, ["a mean of 9 weeks; plans by weeks make it at least 9.07"]),
        (90.0, 8.3, ["a mean of 8.3 weeks; plans by weeks make it at least 8.34"]),
    ],
)
def test_mean_weeks_are_held_to_the_plans_by_weeks(folder, including, excluding, told):
    text = (folder / "t8.csv").read_text(encoding="utf-8").replace("22.5,21.25", f"{including},{excluding}")
    (folder / "t8.csv").write_text(text, encoding="utf-8")
    found = read_sen2(folder, BEDFORD).findings
    assert [f.found for f in found if f.name == "mean_weeks_contradicted"] == told


def test_years_in_the_names_of_review_columns_move_on(folder):
    area = read_sen2(folder, BEDFORD)
    held = [flow(area, f"reviews_held_{when}") for when in ("in_year", "since", "before")]
    assert held == [60, 5, 15]
    assert any("named after 2025" in f.found for f in area.findings)
    text = (folder / "t9.csv").read_text(encoding="utf-8").replace("2025,Calendar", "2024,Calendar")
    (folder / "t9.csv").write_text(text, encoding="utf-8")
    told = read_sen2(folder, BEDFORD).findings
    assert any(f.found == "columns are named after 2025, the latest period is 2024" for f in told)


def test_the_new_base_of_age_is_named_and_marked(folder, small_release):
    area = read_sen2(folder, BEDFORD)
    assert "age_base_of_2026" in {f.name for f in area.findings}
    assert "start of the academic year" in area.meta["ehc_plans"].note
    assert 2026 in area.breaks().query("table == 'ehc_plans'")["year"].tolist()
    assert "age_base_of_2026" not in {f.name for f in read_sen2(small_release(), BEDFORD).findings}


def test_what_left_the_release_is_no_fault(folder):
    found = read_release(folder).detections
    assert not [d for d in found if d.name == "column_missing" and "no column" in d.found]


@pytest.mark.parametrize("codes", [None, {BEDFORD}])
def test_a_renamed_breakdown_is_told_for_one_area_as_for_all(small_release, codes):
    changes = {"sen_need_newplans.csv": {"Child or young persons age": "Stage of education"}}
    found = [
        d.found for d in read_release(small_release(changes), codes).detections if d.name == "column_missing"
    ]
    assert "no breakdown 'Child or young persons age'; new: 'Stage of education'" in found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "an empty file"),
        ("\ufeff\n", "an empty file"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4422\n", "a Git LFS pointer"),
        ("<!DOCTYPE html><html></html>", "a web page"),
        ("/annex/objects/SHA256E-s4422--0123.csv\n", "a git-annex pointer"),
        ("404: Not Found", "a server's refusal"),
        ('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "XML"),
        ("<Error><Code>AccessDenied</Code></Error>", "XML"),
        ('{"error": "gone"}', "JSON"),
        ("%PDF-1.7\n", "a PDF"),
        ("\x00" * 600, "nothing but NUL bytes"),
    ],
)
def test_files_that_hold_no_table_are_all_told_at_once(small_release, content, words):
    folder = small_release()
    for name in ("caseload.csv", "requests.csv"):
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ReleaseError) as error:
        read_sen2(folder, BEDFORD)
    assert [f.file for f in error.value.faults] == ["caseload.csv", "requests.csv"]
    assert all(f.found.startswith(words) for f in error.value.faults)


def test_what_is_named_as_a_zip_and_is_none_is_told(tmp_path):
    path = tmp_path / "release.zip"
    for content, found in (
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4422\n", "a Git LFS pointer"),
        (b"\x1f\x8b\x08\x00rest", "a file packed by gzip"),
        (b"PK\x03\x04cut", "not a zip file"),
    ):
        path.write_bytes(content)
        with pytest.raises(ReleaseError, match=found):
            read_sen2(path, BEDFORD)


def test_a_release_before_2023_is_named_as_such(tmp_path):
    for name in ("sen2_age_caseload.csv", "sen2_mi.csv", "sen2_new_plans.csv"):
        (tmp_path / name).write_text(
            "time_period,geographic_level,new_la_code,num\n2022,National,,1\n", encoding="utf-8"
        )
    with pytest.raises(ReleaseError) as error:
        read_sen2(tmp_path, BEDFORD)
    (fault,) = error.value.faults
    assert fault.found.startswith("a release laid out as before 2023: sen2_age_caseload.csv")
    assert "2023 or later" in fault.cure


def zipped(folder, path, names=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            for name in (names or (lambda n: [n]))(file.name):
                archive.writestr(name, file.read_bytes())
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused_unless_they_are_alike(small_release, tmp_path):
    folder = small_release()
    twice = zipped(folder, tmp_path / "twice.zip", lambda n: [n, n])
    with pytest.raises(ReleaseError, match="more than one file called"):
        read_sen2(twice, BEDFORD)
    alike = zipped(folder, tmp_path / "alike.zip", lambda n: [f"a/{n}", f"b/{n}"])
    assert read_sen2(alike, BEDFORD).code == BEDFORD
    with zipfile.ZipFile(alike, "a") as archive:
        archive.writestr("c/requests.csv", "other")
    with pytest.raises(ReleaseError, match="which differ"):
        read_sen2(alike, BEDFORD)


def test_a_damaged_or_cut_release_gives_a_sentence(small_release, tmp_path):
    whole = zipped(small_release(), tmp_path / "whole.zip").read_bytes()
    draw = random.Random(1)
    path = tmp_path / "damaged.zip"
    refused = 0
    for trial in range(60):
        data = bytearray(whole)
        if trial % 3:
            for _ in range(draw.randint(1, 12)):
                data[draw.randrange(len(data))] = draw.randrange(256)
        else:
            del data[draw.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            read_release(path)
        except SendneedsError:  # any other exception fails the test
            refused += 1
    assert refused > 20


def test_a_table_cut_at_a_row_is_told(small_release):
    folder = small_release()
    text = (folder / "caseload.csv").read_text(encoding="utf-8")
    (folder / "caseload.csv").write_text(text[:-12], encoding="utf-8")
    found = read_release(folder).detections
    assert ("figures_not_read", "1 rows with too few or too many cells") in {(d.name, d.found) for d in found}
