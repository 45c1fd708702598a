"""The pack as a contract: pages are made from the descriptions, packs round-trip, templates can be filled."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import openpyxl
import pandas as pd
import pytest

from data_dictionary import PAGES, table_schema
from sendneeds.evidence.area import Area, open_area, shipped
from sendneeds.evidence.definitions import DEFINITIONS, differences
from sendneeds.evidence.pack.read import check_folder, shipped_packs
from sendneeds.evidence.pack.settings import SCHEMA, read_settings
from sendneeds.evidence.pack.templates import FOR_AN_AREA, new_pack
from sendneeds.evidence.pack.workbook import read_workbook, write_workbook
from sendneeds.evidence.pack.write import table_text, write_pack
from sendneeds.evidence.quality.changes import changes
from sendneeds.evidence.quality.coverage import ASPECTS, coverage, coverage_page
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.suppressed import draw_counts
from sendneeds.evidence.types import TableMeta
from sendneeds.foundation.errors import DomainError, PackError, UnknownNameError
from sendneeds.foundation.vocabulary import SERVICES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("place", sorted(PAGES))
def test_the_pages_are_those_of_the_descriptions(place):
    again = "run: python data/_build/data_dictionary.py ."
    assert (ROOT / place).read_text(encoding="utf-8") == PAGES[place](), again


@pytest.mark.parametrize("slug", sorted(shipped_packs()))
def test_a_pack_that_was_written_is_written_again_byte_for_byte(slug, tmp_path):
    area = open_area(slug)
    first = write_pack(area, tmp_path / "a")
    again = open_area(first)
    second = write_pack(again, tmp_path / "b")
    assert sorted(p.name for p in first.iterdir()) == sorted(p.name for p in second.iterdir())
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()
    assert changes(area, again).empty


def test_cells_that_a_spreadsheet_would_run_are_made_harmless_and_come_back():
    rows = shipped("bedford").table("claims").head(6).copy()
    rows["caution"] = ["=1+1", "@x", "+1", "-1", "'=x", "\tx"]
    text = table_text(rows, TABLES["claims"])
    assert not any(f",{bad}" in text for bad in ("=1", "@x", "+1", "-1"))
    from sendneeds.evidence.checking.checker import read_table

    frame, faults = read_table(text.encode(), TABLES["claims"])
    assert faults == []
    assert frame["caution"].tolist() == rows["caution"].tolist()


def test_settings_and_tables_pass_their_json_schemas():
    for folder in shipped_packs().values():
        settings, _ = read_settings((folder / "area.toml").read_bytes())
        jsonschema.validate(json.loads(json.dumps(settings, default=str)), SCHEMA)
    area = shipped("bedford")
    for name, frame in area.tables.items():
        for row in json.loads(frame.head(3).to_json(orient="records")):
            jsonschema.validate(row, table_schema(TABLES[name]))


def test_a_blank_pack_asks_for_what_is_to_be_filled_and_nothing_else(tmp_path):
    folder = new_pack(tmp_path / "My Area!")
    assert {f.column for f in check_folder(folder)} == {"area.code", "area.name"}
    filled = new_pack(tmp_path / "torbay", "E06000027", "Torbay")
    assert check_folder(filled) == []
    assert open_area(filled).tables == {}
    with pytest.raises(UnknownNameError, match="population"):
        new_pack(tmp_path / "x", tables=("populaton",))


def test_the_template_workbook_is_filled_and_read(tmp_path):
    folder = new_pack(tmp_path / "torbay", "E06000027", "Torbay")
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    assert book.sheetnames == ["notes", *FOR_AN_AREA, "words"]
    sheet = book["waiting_list"]
    columns = TABLES["waiting_list"].names()
    assert [cell.value for cell in sheet[1]] == columns
    row = {
        "area_code": "E06000027",
        "service": "SLT",
        "stage": "first_appointment",
        "snapshot": dt.datetime(2025, 1, 6),
    }
    sheet.append(
        [
            {**row, "weeks_band": "0-1", "priority": "all", "waiting": 7.0, "flag": "ok"}.get(c)
            for c in columns
        ]
    )
    lists = {
        str(rule.sqref).split(":")[0][0]: rule.formula1 for rule in sheet.data_validations.dataValidation
    }
    assert lists[chr(ord("A") + columns.index("flag"))].startswith('"ok,')
    assert lists[chr(ord("A") + columns.index("weeks_band"))].startswith("words!")
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(DomainError, match="may be filled in"):
        write_workbook(tmp_path / "filled.xlsx", FOR_AN_AREA)
    assert [p.name for p in read_workbook(tmp_path / "filled.xlsx", folder)] == ["waiting_list.csv"]
    assert open_area(folder).table("waiting_list")["waiting"].tolist() == [7]
    table = folder / "waiting_list.csv"
    mine = table.read_text(encoding="utf-8").replace(",7,", ",8,")
    table.write_text(mine, encoding="utf-8")
    with pytest.raises(PackError, match="a table with other rows"):
        read_workbook(tmp_path / "filled.xlsx", folder)
    assert table.read_text(encoding="utf-8") == mine
    read_workbook(tmp_path / "filled.xlsx", folder, replace=True)
    assert open_area(folder).table("waiting_list")["waiting"].tolist() == [7]
    sheet.append(["Torbay", "SALT"])
    book.save(tmp_path / "faulty.xlsx")
    with pytest.raises(PackError, match="sheet waiting_list row 3"):
        read_workbook(tmp_path / "faulty.xlsx", folder)


def test_coverage_says_who_supplied_what():
    area = shipped("bedford")
    table = area.coverage()
    assert len(table) == len(SERVICES) * len(ASPECTS)
    cell = table.set_index(["service", "aspect"])
    assert cell.loc[("COMM_PAEDS", "waiting list"), ["state", "as_of"]].tolist() == ["supplied", "2023-10"]
    assert cell.loc[("SLT", "demand"), "state"] == "scaled"
    assert cell.loc[("SHORT_BREAK", "staff"), "state"] == "missing"
    assert (table["missing_for"] == "").equals(table["state"] == "supplied")
    named = replace(
        area, settings={"partners": [{"role": "other", "name": "<b>Trust</b>", "services": ["SLT"]}]}
    )
    assert "<b>Trust</b>" in set(coverage(named)["partner"])
    assert "<b>Trust" not in coverage_page(named)


def test_definitions_that_differ_say_so():
    assert differences("ehc_plans", "pupils_with_plan")
    assert differences("issued_in_20_weeks_excluding", "issued_in_20_weeks_including")
    assert differences("new_plans", "new_plans_by_cohort_age")
    assert differences("share_waiting_within_18", "share_seen_within_18")
    assert differences("percent_with_plan", "percent_with_sen_support") == []
    for one in DEFINITIONS.values():
        assert not one.table or one.column in TABLES[one.table].names()
    with pytest.raises(UnknownNameError, match="ehc_plans"):
        differences("ehc_plan", "pupils")


def test_changes_between_vintages():
    old = shipped("luton")
    table = old.table("ehc_plans").copy()
    table.loc[0, "plans"] = 999
    table = table.drop(index=1)
    rest = {k: v for k, v in old.tables.items() if k != "sen_percent"}
    found = changes(old, replace(old, tables={**rest, "ehc_plans": table}))
    plans = found[found["table"] == "ehc_plans"]
    assert sorted(plans["change"]) == ["moved", "removed", "removed"]
    assert plans[plans["change"] == "moved"]["difference"].tolist() == [999 - 835]
    assert set(found[found["table"] == "sen_percent"]["change"]) == {"removed"}
    with pytest.raises(DomainError):
        changes(old, 3)


def test_changes_between_releases(small_release):
    from sendneeds.evidence.published.sen2 import read_release

    old = read_release(small_release())
    new = read_release(small_release({"newplans.csv": {",150": ",160"}}))
    found = changes(old, new)
    assert set(found["table"]) == {"new"}
    assert found["difference"].tolist() == [10.0] * 6


def test_suppressed_counts_are_drawn_from_their_range():
    table = pd.DataFrame(
        {
            "plans": pd.array([5, None, None], dtype="Int64"),
            "at_least": pd.array([None, 1, None], dtype="Int64"),
            "at_most": pd.array([None, 9, None], dtype="Int64"),
            "flag": ["ok", "suppressed", "unavailable"],
        }
    )
    made = draw_counts(table, "plans", 4000, np.random.default_rng(2))
    assert set(made[0]) == {5}
    assert set(made[1]) == set(range(1, 10))
    assert abs(made[1].mean() - 5) < 0.2
    assert set(made[2]) == {-1}


def test_an_area_made_by_hand_has_findings_too():
    meta = TableMeta("t", "s", "l", None, "local")
    frame = shipped("bedford").table("sen_pupils")
    area = Area(
        "x", "E06000055", "X", "local_authority", tables={"sen_pupils": frame}, meta={"sen_pupils": meta}
    )
    assert "need_at_wrong_provision" in {f.name for f in area.findings}
