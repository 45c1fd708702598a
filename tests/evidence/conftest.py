"""The releases as published, where the tester has them, and a small release in the same layout."""

import os
from pathlib import Path

import pytest

IDS = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "new_la_code,old_la_code,la_name,breakdown_topic,breakdown"
)


def published(file):
    """Return a file of the releases as published, or skip."""
    folder = os.environ.get("SENDNEEDS_REFERENCE")
    path = Path(folder or "", "published", file)
    if not folder or not path.is_file():
        pytest.skip("SENDNEEDS_REFERENCE does not name a folder with the published releases")
    return path


@pytest.fixture(scope="session")
def sen2_zip():
    return published("education-health-and-care-plans_2025.zip")


@pytest.fixture(scope="session")
def waits_workbook():
    return published("community_health_2023-08.xlsx")


def line(period, kind, topic, label, *values, code="E06000055", dfe="822", name="Bedford"):
    """Return a row of a SEN2 table."""
    return ",".join(
        [period, kind, "Local authority", "E92000001", "England", "", "", code, dfe, name, topic, label]
        + [str(v) for v in values]
    )


NEEDS = ["asd", "hi", "mld", "msi", "oth", "pd", "pmld", "semh", "slcn", "sld", "spld", "vi", "need_unknown"]


@pytest.fixture
def small_release(tmp_path):
    """A folder with the tables of a release for one authority, as text to be changed by a test."""
    ages = [str(a) for a in range(3, 20)]
    need_header = ",".join(f"number_{n}" for n in NEEDS)
    files = {
        "caseload.csv": [
            f"{IDS},ehcplans",
            *(
                line(
                    f"{y - 1}{y % 100}",
                    "Academic year",
                    "All EHC plans",
                    "All EHC plans",
                    900 + 100 * (y - 2019),
                )
                for y in range(2019, 2026)
            ),
            *(
                line(f"{y - 1}{y % 100}", "Academic year", "Child or young persons age", f"age {a}", 70)
                for y in (2024, 2025)
                for a in ages
            ),
        ],
        "sen_needs_all_plans.csv": [
            f"{IDS},ehc_plans,{need_header}",
            line("202425", "Academic year", "All EHC plans", "All EHC plans", 221, *[17] * 13),
            *(
                line("202425", "Academic year", "Child or young persons age", f"age {a}", 13, *[1] * 13)
                for a in ages
            ),
            line("202425", "Academic year", "Type of placement", "Mainstream - academy", 26, *[2] * 13),
        ],
        "newplans.csv": [
            f"{IDS},new_ehc_plans",
            *(
                line(str(y), "Calendar year", "New EHC plans", "New EHC plans", 150)
                for y in range(2019, 2025)
            ),
            line("2024", "Calendar year", "Age when plan started", "age 20 and over", 3),
        ],
        "sen_need_newplans.csv": [
            f"{IDS},ehc_plans,{need_header}",
            line("2024", "Calendar year", "All EHC plans", "All EHC plans", 130, *[10] * 13),
            *(
                line("2024", "Calendar year", "Child or young persons age", f"age {a}", 13, *[1] * 13)
                for a in ages
            ),
        ],
        "ceased_plans.csv": [
            f"{IDS},max_age,needs_met,he,employ,transfer,no_engage,moved_outside_eng,deceased,not_rec,other,total_ceased",
            line("2024", "Calendar year", "All ceased EHC plans", "All ceased EHC plans", *[1] * 10, 10),
            line("2024", "Calendar year", "Age plan ceased", "Age unknown", *[0] * 11),
        ],
        "requests.csv": [
            f"{IDS},requests_received_in_year,requests_rya,requests_decided_to_assess,"
            "requests_decided_not_to_assess,requests_decision_not_made,requests_withdrawn,"
            "request_outcome_six_weeks,request_outcome_over_6_weeks",
            line(
                "2024",
                "Calendar year",
                "All requests for EHC needs assessments",
                "All",
                200,
                0,
                150,
                30,
                10,
                10,
                190,
                30,
            ),
        ],
        "assessments.csv": [
            f"{IDS},assess_in_year,assess_issued,assess_not_issued,assess_not_made,assess_withdrawn,"
            "outcome_decision_within_time,outcome_decision_over_time",
            line("2024", "Calendar year", "All EHC needs assessments", "All", 160, 150, 5, 3, 2, 4, 1),
        ],
        "timeliness_20_week.csv": [
            f"{IDS},plans_issued_den,plans_issued_den_ex,plans_issued_within_20_weeks,plans_issued_20_weeks_ex,"
            "plans_issued_gt20weeks_ltYear,plans_issued_gt20weeks_ltYear_ex,plans_issued_gt_1_year,"
            "plans_issued_gt_1_year_ex",
            line("2024", "Calendar year", "All EHC plans issued", "All", 150, 0, 100, 0, 45, 0, 5, 0),
        ],
    }
    folder = tmp_path / "release"
    folder.mkdir()

    def write(changes=None):
        for name, lines in files.items():
            text = "\n".join(lines) + "\n"
            for old, new in (changes or {}).get(name, {}).items():
                assert old in text, (name, old)
                text = text.replace(old, new)
            (folder / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
        return folder

    return write
