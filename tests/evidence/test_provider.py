"""Provider spreadsheets: read through a mapping, counted as read, no row about a child kept."""

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest

from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.importing.provider import import_provider, write_into
from sendneeds.evidence.importing.provider_cells import band_word
from sendneeds.evidence.importing.provider_mapping import Mapping, read_mapping
from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.dates import day_of
from sendneeds.foundation.errors import PackError, ReleaseError

CODE = "E06000055"
LIST = (
    "Community therapies,,,\n,,,\nChild,Referral,,Outcome\nname,date,source,accepted?\n"
    "A Child,03/01/2025,GP,Y\nB Child,2025-01-06,School,N\nC Child,6-Jan-25,School,Yes\nD Child,45690,GP,Y\n"
    "E Child,31/31/2025,GP,Y\nF Child,,GP,Y\nTotal,6,,\n"
)
REFERRALS = Mapping(
    "referrals",
    "SLT",
    CODE,
    {"referred_on": "Referral date", "accepted": "Outcome accepted?"},
    header_row=3,
    header_rows=2,
)


@pytest.fixture
def sheet(tmp_path):
    def write(text, name="list.csv", encoding="utf-8-sig"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16"), (",", "cp1252")]
)
def test_a_list_of_referrals_becomes_counts_by_month(sheet, separator, encoding):
    found = import_provider(sheet(LIST.replace(",", separator), encoding=encoding), REFERRALS)
    assert found.frame[["month", "referrals", "accepted"]].values.tolist() == [
        ["2025-01", 3, 2],
        ["2025-02", 1, 1],
    ]
    assert found.rows_read == 7
    assert found.rows_counted == 4
    assert sum(found.left_out.values()) == 3
    preview = found.text()
    assert "Referral date" in preview
    assert "Child" not in preview + found.frame.to_csv()
    assert read_table(table_text(found.frame, TABLES["referrals"]).encode(), TABLES["referrals"])[1] == []


def test_a_list_of_children_waiting_becomes_bands(sheet):
    mapping = Mapping(
        "list",
        "SLT",
        CODE,
        {"referred_on": "Referral date"},
        snapshot=dt.date(2025, 1, 20),
        header_row=3,
        header_rows=2,
    )
    found = import_provider(sheet(LIST), mapping)
    assert found.frame.set_index("weeks_band")["waiting"].to_dict()[">1-2"] == 2
    assert found.frame["waiting"].sum() == 3
    assert found.left_out["referred after the day of the count"] == 1
    assert (
        read_table(table_text(found.frame, TABLES["waiting_list"]).encode(), TABLES["waiting_list"])[1] == []
    )


def test_a_banded_snapshot_keeps_what_is_suppressed_as_a_range(sheet):
    text = 'Weeks,Children\n0-1 weeks,"1,043"\n1 to 2 weeks,<5\nover 52 weeks,7\nlong,3\nTotal,1053\n'
    mapping = Mapping(
        "bands", "OT", CODE, {"weeks_band": "Weeks", "waiting": "Children"}, snapshot=dt.date(2025, 1, 6)
    )
    frame = import_provider(sheet(text), mapping).frame.set_index("weeks_band")
    assert frame.loc["0-1", "waiting"] == 1043
    assert frame.loc[">1-2", ["flag", "at_least", "at_most"]].tolist() == ["suppressed", 1, 4]
    assert frame.loc[">52", "waiting"] == 7


def test_a_workbook_with_dates_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Referral date"])
    for day in (dt.datetime(2025, 1, 3), dt.datetime(2025, 2, 3), None, "total"):
        book.active.append([day])
    book.save(tmp_path / "list.xlsx")
    mapping = Mapping("referrals", "SLT", CODE, {"referred_on": "referral  DATE"})
    found = import_provider(tmp_path / "list.xlsx", mapping)
    assert found.frame["referrals"].tolist() == [1, 1]
    with pytest.raises(ReleaseError, match="sheet"):
        import_provider(
            tmp_path / "list.xlsx", Mapping("referrals", "SLT", CODE, mapping.columns, sheet="Gone")
        )


def test_counts_go_into_a_pack_and_replace_others_only_when_asked_to(sheet, tmp_path):
    found = import_provider(sheet(LIST), REFERRALS)
    with pytest.raises(PackError, match=r"area\.toml"):
        write_into(found, tmp_path)
    (tmp_path / "area.toml").write_text("", encoding="utf-8")
    path = write_into(found, tmp_path)
    before = path.read_bytes()
    write_into(found, tmp_path)
    assert path.read_bytes() == before
    assert len(read_table(path, TABLES["referrals"])[0]) == 2
    revised = replace(found, frame=found.frame.assign(referrals=[9, 1]))
    with pytest.raises(PackError, match="other figures for 1 of the rows"):
        write_into(revised, tmp_path)
    assert path.read_bytes() == before
    write_into(revised, tmp_path, replace=True)
    assert read_table(path, TABLES["referrals"])[0]["referrals"].tolist() == [9, 1]


def test_a_wrong_heading_gives_the_nearest(sheet):
    wrong = Mapping("referrals", "SLT", CODE, {"referred_on": "Referal date"}, header_row=3, header_rows=2)
    with pytest.raises(PackError, match="'Referral date'"):
        import_provider(sheet(LIST), wrong)
    with pytest.raises(PackError, match="order given"):
        import_provider(sheet("d\n31/31/2025\n"), Mapping("referrals", "SLT", CODE, {"referred_on": "d"}))


def test_every_fault_of_a_mapping_is_told(tmp_path):
    path = tmp_path / "map.toml"
    text = 'kind = "lists"\nservice = "SALT"\nheader_row = 0\nfoo = 1\n[columns]\nname = "Child"\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as error:
        read_mapping(path)
    told = {f.column for f in error.value.faults}
    assert told == {"kind", "service", "header_row", "foo", "area_code", "columns.name"}
    path.write_text('kind = "list"\nservice = "SLT"\narea_code = "E06000055"\n[columns]\n', encoding="utf-8")
    with pytest.raises(PackError) as error:
        read_mapping(path)
    assert {f.column for f in error.value.faults} == {"columns.referred_on", "snapshot"}


def test_no_date_is_guessed():
    assert day_of("03/04/2025") == dt.date(2025, 4, 3)
    assert day_of("03/04/2025", day_first=False) == dt.date(2025, 3, 4)
    assert [day_of(t) for t in ("", "30/02/2025", "12", "soon", "2025", "99999")] == [None] * 6
    assert band_word("nonsense") is None
