"""The SEN2 release: read as published, read when a layout moves, refused by name when it cannot be."""

import time
import zipfile
from functools import cache

import pytest

import sendneeds as sn
from sendneeds.evidence.area import open_area, shipped
from sendneeds.evidence.importing.release import area_from_release, import_sen2, read_sen2
from sendneeds.evidence.pack.read import check_folder
from sendneeds.evidence.published.authorities import code_of
from sendneeds.evidence.published.sen2 import read_release
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.series import implausible_new_plans
from sendneeds.foundation.errors import ReleaseError, UnknownNameError

BEDFORD = "E06000055"


@cache
def whole(path, code):
    """Return an area of the published release, read once for all tests that only look at it."""
    return read_sen2(path, code)


def count(area, stage, year=2024, need="all", age="all", reason="all"):
    flow = area.table("ehc_flow")
    row = flow.query(
        "stage == @stage and calendar_year == @year and need == @need and age == @age and reason == @reason"
    )
    return int(row["count"].iloc[0])


def names(area):
    return {f.name for f in area.findings}


@pytest.mark.parametrize("slug", ["bedford", "luton", "england"])
def test_the_release_gives_the_figures_of_the_shipped_packs(sen2_zip, slug):
    pack = shipped(slug)
    began = time.perf_counter()
    area = read_sen2(sen2_zip, pack.code)
    assert time.perf_counter() - began < 15
    for table, figures in (
        ("ehc_plans", ["plans", "flag"]),
        ("ehc_flow", ["count", "flag"]),
        ("ehc_timeliness", ["issued", "within_20_weeks", "flag"]),
    ):
        key = list(TABLES[table].key)
        both = area.table(table).merge(pack.table(table), on=key, suffixes=("", "_pack"))
        assert len(both) == len(area.table(table))
        for figure in figures:
            same = both[figure].fillna(-1) == both[f"{figure}_pack"].fillna(-1)
            assert same.all(), both[~same]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E06000056", {"code_contradicts_name"}),  # Central Bedfordshire bears Cambridgeshire's number
        ("E10000030", {"detail_imputed", "release_footnote"}),  # Surrey: needs without ages
        ("E09000001", {"small_area", "every_plan_an_exception"}),  # City of London
        ("E09000012", {"detail_imputed"}),  # Hackney: no ages in January 2024
        ("E06000063", {"series_from_predecessor", "reorganised_authority"}),  # Cumberland
        ("E08000021", {"stock_flow_residual"}),  # Newcastle upon Tyne
    ],
)
def test_areas_with_known_defects_run_and_say_so(sen2_zip, code, expected):
    area = whole(sen2_zip, code)
    assert expected | {"population_from_rolls", "description_contradicts_content"} <= names(area)
    assert area.table("population")["persons"].sum() > 0


def test_an_area_is_named_as_a_sentence_has_it_and_found_as_the_release_has_it(sen2_zip):
    for name in ("Kingston upon Hull, City of", "kingston-upon-hull-city-of", "kingston upon hull"):
        assert code_of(name, sen2_zip) == "E06000010"
    assert code_of("Herefordshire", sen2_zip) == "E06000019", "and not Hertfordshire"
    assert sn.read_sen2(sen2_zip, "E06000010").name == "Kingston upon Hull"


@pytest.mark.parametrize("code", ["E10000030", "E09000001", "E09000012"])
def test_the_corridor_runs_from_the_zip_alone(sen2_zip, code):
    need = sn.project(whole(sen2_zip, code), to=2027, draws=8, seed=1)
    assert int(need.data["children"].sel(provision="E", year=2025).sum(["need", "age"])[0]) > 0


def test_the_regions_new_plans_of_2022_are_doubted_in_its_authorities_alone(sen2_zip):
    region = ["E06000010", "E06000014", "E08000035", "E10000023"]  # of 15: Hull, York, Leeds, North Yorkshire
    others = ["E06000018", "E08000013", "E10000032", "E06000055"]  # Nottingham and others with a large change
    release = read_release(sen2_zip, {*region, *others, "E92000001"})
    for code in (*region, *others):
        area = area_from_release(release, code)
        assert list(implausible_new_plans(area)) == ([2022] if code in region else [])
        assert ("implausible_new_plans" in names(area)) == (code in region)


def test_what_is_odd_in_the_release_is_told(sen2_zip):
    text = " ".join(f"{s.name} {s.where} {s.found}" for s in read_release(sen2_zip, {BEDFORD}).detections)
    assert "column_twice annual_reviews.csv 'review_meeting_prior_24'" in text
    for words in ("'Aged 10'", "'age 10'", "'202425'", "'2024'", "byte-order mark", "other reasons"):
        assert words in text


def test_every_authority_is_in_the_release(sen2_zip):
    release = read_release(sen2_zip)
    assert len(release.areas()) == 153
    assert area_from_release(release, "E08000021").name == "Newcastle upon Tyne"


def test_a_small_release_is_read(small_release):
    area = read_sen2(small_release(), BEDFORD)
    assert area.table("ehc_plans").query("need == 'all' and age == 'all'")["plans"].tolist() == list(
        range(900, 1501, 100)
    )
    assert count(area, "new_plans", age="20-25") == 3
    assert count(area, "ceased", age="unknown") == 0
    assert count(area, "ceased", reason="transfer") == 1
    assert count(area, "new_plans_by_cohort_age", need="ASD", age="10") == 1
    assert {"every_plan_an_exception", "parts_short_of_total", "table_missing"} <= names(area)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("caseload.csv", "ehcplans", "EHCplans"),
        ("caseload.csv", "ehcplans", "EHC_Plans"),
        ("caseload.csv", "breakdown_topic", "Breakdown_Topic"),
        ("caseload.csv", "202425", "2024/25"),
        ("caseload.csv", "Child or young persons age", "Age"),
        ("requests.csv", "requests_received_in_year", "requests_recieved_in_year"),
        ("ceased_plans.csv", "moved_outside_eng", "moved_outsde_eng"),
        ("newplans.csv", "age 20 and over", "Aged 20 or over"),
        ("timeliness_20_week.csv", "plans_issued_20_weeks_ex", "plans_issued_within_20_weeks_ex"),
        ("newplans.csv", "new_ehc_plans", "new_ehc_plans,extra_column"),
    ],
)
def test_a_layout_that_moved_is_read_the_same(small_release, file, old, new):
    before = read_sen2(small_release(), BEDFORD)
    folder = small_release()
    text = (folder / file).read_bytes().decode("utf-8-sig").replace(old, new)
    if "extra_column" in new:
        head, *rest = text.splitlines()
        text = "\n".join([head, *(f"{row},7" for row in rest)]) + "\n"
    (folder / file).write_text(text, encoding="utf-8")
    after = read_sen2(folder, BEDFORD)
    for table in ("ehc_plans", "ehc_flow", "ehc_timeliness"):
        assert after.table(table).equals(before.table(table))


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("requests.csv", "requests_withdrawn", "gone", "column_missing"),
        ("requests.csv", "requests_withdrawn", "requests_received_in_year", "column_twice"),
        ("caseload.csv", "age 10", "the tenth year", "figures_not_read"),
        ("caseload.csv", "201819", "2018", "figures_not_read"),
        ("sen_needs_all_plans.csv", "Mainstream - academy", "Mainstream - abbey", "figures_not_read"),
        ("requests.csv", "requests_received_in_year", "requests_recieved_in_year", "release_layout"),
    ],
)
def test_what_was_odd_is_told(small_release, file, old, new, finding):
    assert finding in names(read_sen2(small_release({file: {old: new}}), BEDFORD))


@pytest.mark.parametrize("column", ["time_period", "geographic_level", "new_la_code", "breakdown_topic"])
def test_a_release_without_a_column_that_places_rows_is_refused_by_name(small_release, column):
    with pytest.raises(ReleaseError, match=column):
        read_sen2(small_release({"caseload.csv": {column: "zzz"}}), BEDFORD)


def test_a_renamed_file_is_known_by_its_columns(small_release):
    folder = small_release()
    (folder / "requests.csv").rename(folder / "table-seven.csv")
    assert count(read_sen2(folder, BEDFORD), "requests_received_in_year") == 200
    (folder / "newplans.csv").rename(folder / "newplans_2026.csv")
    assert count(read_sen2(folder, BEDFORD), "new_plans") == 150


def test_suppressed_counts_keep_their_range(small_release):
    folder = small_release({"ceased_plans.csv": {",10\n": ",c\n"}})
    flow = (
        read_sen2(folder, BEDFORD)
        .table("ehc_flow")
        .query("stage == 'ceased' and age == 'all' and reason == 'all'")
    )
    row = flow.iloc[0]
    assert (row["flag"], row["at_least"], row["at_most"]) == ("suppressed", 1, 4)


def test_unknown_areas_and_paths_are_errors(small_release, tmp_path):
    with pytest.raises(UnknownNameError, match=r"E06000055 \(Bedford\)"):
        read_sen2(small_release(), "E06000054")
    with pytest.raises(UnknownNameError, match="Bedford is E06000055"):
        read_sen2(small_release(), "bedford")
    with pytest.raises(ReleaseError, match="no such file"):
        read_sen2(tmp_path / "nothing.zip", BEDFORD)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReleaseError, match=r"caseload\.csv"):
        read_sen2(tmp_path / "empty", BEDFORD)


def test_an_import_is_a_pack_without_faults_that_round_trips(small_release, tmp_path):
    folder = import_sen2(small_release(), BEDFORD, tmp_path / "pack")
    assert check_folder(folder) == []
    first, opened = read_sen2(small_release(), BEDFORD), open_area(folder)
    assert names(first) == names(opened)
    assert first.read_findings == opened.read_findings
    again = import_sen2(small_release(), BEDFORD, tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_archives_that_hide_a_flood_are_refused(tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("caseload.csv", b"0" * 50_000_000)
    with pytest.raises(ReleaseError, match="packed into"):
        read_sen2(bomb, BEDFORD)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for i in range(2_100):
            archive.writestr(f"{i}.csv", "a")
    with pytest.raises(ReleaseError, match="files"):
        read_sen2(many, BEDFORD)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(bomb.read_bytes()[:300])
    with pytest.raises(ReleaseError, match="not a zip file"):
        read_sen2(broken, BEDFORD)


def test_names_that_point_outside_are_only_names(small_release, tmp_path):
    folder = small_release()
    path = tmp_path / "outside.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.writestr(f"../../{file.name}", file.read_bytes())
    before = sorted(p.name for p in tmp_path.iterdir())
    assert count(read_sen2(path, BEDFORD), "new_plans") == 150
    assert sorted(p.name for p in tmp_path.iterdir()) == before
