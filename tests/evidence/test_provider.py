"""Provider spreadsheets: read through a mapping, counted as read, no row about a child kept."""

import datetime as dt
from dataclasses import replace

import openpyxl
import pytest

from sendneeds.evidence.checking.checker import read_table
from sendneeds.evidence.importing.provider import import_provider, write_into
from sendneeds.evidence.importing.provider_cells import band_word
from sendneeds.evidence.importing.provider_counts import whole_of
from sendneeds.evidence.importing.provider_mapping import Mapping, read_mapping
from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.foundation.dates import day_of
from sendneeds.foundation.errors import DomainError, PackError, ReleaseError

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


def test_of_several_sheets_with_the_columns_one_has_to_be_named(tmp_path):
    """A cover, June with 5 and 7 children, July with 8 and 9: only a sheet with the headings can be meant."""
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active.append(["Monthly list"])
    june = book.create_sheet("June")
    for row in (["Weeks", "Children"], ["0-1", 5], ["Over 52", 7]):
        june.append(row)
    book.save(tmp_path / "list.xlsx")
    columns = {"weeks_band": "weeks", "waiting": "Children"}
    mapping = Mapping("bands", "OT", CODE, columns, snapshot=dt.date(2026, 6, 30))
    assert import_provider(tmp_path / "list.xlsx", mapping).frame["waiting"].sum() == 12
    july = book.create_sheet("July")
    for row in (["Weeks", "Children"], ["0-1", 8], ["Over 52", 9]):
        july.append(row)
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(PackError) as caught:
        import_provider(tmp_path / "list.xlsx", mapping)
    assert "2 sheets with these columns: 'June', 'July'" in str(caught.value)
    assert "Write sheet = 'July'" in str(caught.value)
    named = replace(mapping, sheet="July")
    assert import_provider(tmp_path / "list.xlsx", named).frame["waiting"].sum() == 17


@pytest.mark.parametrize(
    ("total", "told"),
    [("18", []), ("21", []), ("17", ["18 to 21"]), ("22", ["18 to 21"]), ("<5", ["18 to 21"])],
)
def test_a_total_to_which_bands_cannot_add_up_is_told(sheet, total, told):
    """5 + 12 and 1 to 4 in <5: 18 to 21."""
    text = f"Weeks,Children\n0-1,5\n1-2,12\nOver 52,<5\nTotal,{total}\n"
    mapping = Mapping(
        "bands", "OT", CODE, {"weeks_band": "Weeks", "waiting": "Children"}, snapshot=dt.date(2025, 1, 6)
    )
    notes = [note for note in import_provider(sheet(text), mapping).notes if "total of the sheet" in note]
    assert [note.split("add up to ")[1].split(",")[0] for note in notes] == told


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


def bands(sheet, text, **given):
    given = {"columns": {"weeks_band": "Band", "waiting": "Waiting"}, **given}
    mapping = Mapping("bands", "SLT", CODE, snapshot=dt.date(2026, 1, 5), **given)
    return import_provider(sheet(text), mapping)


def figures(found):
    """Band -> figure, range of a suppressed one, or None where unavailable."""
    rows = found.frame.to_dict("records")
    shown = {"ok": lambda r: r["waiting"], "suppressed": lambda r: (r["at_least"], r["at_most"])}
    return {r["weeks_band"]: shown.get(r["flag"], lambda r: None)(r) for r in rows}


def test_what_cannot_be_read_is_unavailable_and_never_nought(sheet):
    text = (
        "Band,Waiting\n0-1,0\n1-2,1\u00a0234\n2-4,n/a\n4-12,\n12-18,2026-01-04 00:00:00\n18-52,12%\n"
        "18-52,3\nTotal,99\n"
    )
    found = bands(sheet, text)
    assert figures(found) == {
        "0-1": 0,
        ">1-2": 1234,
        ">2-4": None,
        ">4-12": None,
        ">12-18": None,
        ">18-52": None,
        ">52": None,
    }
    assert found.rows_counted == 3
    assert found.left_out == {
        "no figure that can be read: its band is unavailable": 4,
        "a total or a note": 1,
    }
    assert "unavailable: the bands >2-4, >4-12, >12-18, >18-52, >52" in found.text()
    assert (
        read_table(table_text(found.frame, TABLES["waiting_list"]).encode(), TABLES["waiting_list"])[1] == []
    )


@pytest.mark.parametrize("cell", ["LT5", "lt5", "lt 5", "under five", "fewer than five", "one to four"])
def test_suppressed_counts_in_letters(sheet, cell):
    assert figures(bands(sheet, f"Band,Waiting\n0-1,{cell}\n"))["0-1"] == (1, 4)


def test_commas_in_words_separate_no_cells(sheet):
    text = "Clinic;Band;Waiting\nA, in town, by the river, and B;0-1;3\nC, D, E, F, and G;0-1;4\n"
    assert figures(bands(sheet, text))["0-1"] == 7


@pytest.mark.parametrize(("zero", "least"), [("0", 1), ("1", 0)])
def test_spellings_of_suppressed_counts(sheet, zero, least):
    text = f"Band,Waiting\n0-1,< 5\n1-2,≤5\n2-4,5 or fewer\n4-12,under 5\n12-18,<5*\n18-52,1–4\n52+,{zero}\n"
    want = [(1, 4), (least, 5), (least, 5), (1, 4), (1, 4), (1, 4), int(zero)]
    assert list(figures(bands(sheet, text)).values()) == want


def test_rows_of_one_band_are_added_with_their_ranges(sheet):
    text = "Clinic,Band,Waiting\nAll Saints,18-52,<5\n***12,18-52,<5\nA,52+,12\nB,52+,<5\nTotal,52+,16\nB,0-1,3\n"
    found = bands(sheet, text)
    assert figures(found)[">18-52"] == (2, 8)
    assert figures(found)[">52"] == (13, 16)
    assert found.left_out == {"a total or a note": 1}
    assert "added up: >18-52 (2 figures), >52 (2 figures)" in found.text()


def test_parts_of_a_band_are_added_where_none_is_missing(sheet):
    text = "Band,Waiting\n0-1,1\n5-8 weeks,2\n9-12 weeks,3\n19-26,4\n52-104 weeks,5\n104+,6\n0-18 weeks,70\n"
    found = figures(bands(sheet, text))
    assert found == {
        "0-1": 1,
        ">1-2": None,
        ">2-4": None,
        ">4-12": 5,
        ">12-18": None,
        ">18-52": None,
        ">52": 11,
    }


def test_a_band_of_no_width_ends_the_search_for_parts():
    assert whole_of(0, 1, {(0, 0), (0, 1)}) == [(0, 1)]
    assert whole_of(0, 2, {(0, 0), (5, 9)}) == []


@pytest.mark.parametrize("cell", ["2026-02-01 00:00:00", "01-Feb", "46054"])
def test_dates_for_bands_are_refused(sheet, cell):
    with pytest.raises(PackError) as error:
        bands(sheet, f"Band,Waiting\n0-1,3\n{cell},4\n")
    (fault,) = error.value.faults
    assert (fault.column, fault.found) == ("Band", cell)


def test_dates_for_bands_in_a_workbook_are_refused(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Band", "Waiting"], ["0-1", 3], [dt.datetime(2026, 12, 4), 20]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    columns = {"weeks_band": "Band", "waiting": "Waiting"}
    mapping = Mapping("bands", "SLT", CODE, columns, snapshot=dt.date(2026, 1, 5))
    with pytest.raises(PackError, match="2026-12-04"):
        import_provider(tmp_path / "list.xlsx", mapping)


def test_any_file_of_bands_is_read_by_its_mapping(sheet, tmp_path):
    """A file of several providers and months, with a column for each band."""
    text = (
        "Period,Provider,Service,0-18,Over 18 to 52,Over 52,Total\nMay 25,Our Trust,CYP SLT,100,40,<5,143\n"
        "May 25,Our Trust,CYP OT,7,1,0,8\nMay 25,Other,CYP SLT,9,9,9,27\nJun 25,Our Trust,CYP SLT,1,1,1,3\n"
    )
    path = tmp_path / "map.toml"
    path.write_text(
        'kind = "bands"\nservice = "SLT"\narea_code = "E06000055"\nsnapshot = 2025-05-31\n'
        '[only]\nPeriod = "may 25"\nProvider = ["Our Trust"]\nService = "CYP SLT"\n'
        '[bands]\n"Over 18 to 52" = ">18-52"\n"Over 52" = ">52"\n',
        encoding="utf-8",
    )
    found = import_provider(sheet(text), path)
    assert figures(found)[">18-52"] == 40
    assert figures(found)[">52"] == (1, 4)
    assert figures(found)["0-1"] is None
    assert found.left_out == {"other rows than those chosen by [only]": 3}
    path.write_text('kind = "list"\nservice = "SLT"\narea_code = "E06000055"\nsnapshot = 2025-05-31\n'
                    'only = 1\n[columns]\nreferred_on = "x"\n[bands]\nOver = "long"\n', encoding="utf-8")  # fmt: skip
    with pytest.raises(PackError) as error:
        read_mapping(path)
    assert {f.column for f in error.value.faults} == {"only", "bands", "bands.Over"}


def referrals(sheet, cells, **given):
    text = "Date,Accepted\n" + "".join(f"05/01/2026,{cell}\n" for cell in cells)
    columns = {"referred_on": "Date", "accepted": "Accepted"}
    return import_provider(sheet(text), Mapping("referrals", "SLT", CODE, columns, **given))


def test_accepted_is_a_range_where_some_are_not_recorded(sheet):
    found = referrals(sheet, ["1.0", "1.0", "0.0", ""])
    row = found.frame.iloc[0]
    assert (row["referrals"], row["accepted_at_least"], row["accepted_at_most"]) == (4, 2, 3)
    assert found.frame["accepted"].isna().all()
    assert "accepted 2 to 3" in found.text()
    assert read_table(table_text(found.frame, TABLES["referrals"]).encode(), TABLES["referrals"])[1] == []
    exact = referrals(sheet, ["Accept", "Accepted - routine", "Not accepted", "Rejected (age)"])
    assert exact.frame["accepted"].tolist() == [2]


def test_words_that_are_neither_yes_nor_no_are_refused(sheet):
    with pytest.raises(PackError, match="1 rows with 'pending'"):
        referrals(sheet, ["Y", "Pending", "N"])
    both = {"accepted": frozenset(["y"]), "rejected": frozenset(["n", "pending"])}
    assert referrals(sheet, ["Y", "Pending", "N"], **both).frame["accepted"].tolist() == [1]


def test_a_row_with_a_date_of_its_own_is_no_total(sheet):
    text = "School,Date\nAll Saints Primary,05/01/2026\n***1234,06/01/2026\nTotal,2\n* masked,\n"
    found = import_provider(sheet(text), Mapping("referrals", "SLT", CODE, {"referred_on": "Date"}))
    assert found.frame["referrals"].tolist() == [2]
    assert found.left_out == {"a total or a note": 2}


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-05T10:00:00+00:00",
        "2026-01-04T23:30:00-05:00",
        "2026-01-05 10:00:00.000Z",
        "05/01/2026 10:30 AM",
        "05/01/2026 10.30",
        "2026-01-05 10:00:00+00",
        "2026-01-05T10:00:00+01",
        "2026-01-06T00:30:00+01",
        "20260105T100000Z",
        "20260105T1000",
        "20260105",
        "Mon 05 Jan 2026",
        "Monday, 5 January 2026",
        "05-JAN-2026",
        "January 5, 2026",
    ],
)
def test_dates_with_times_offsets_and_names_of_days(cell):
    assert day_of(cell) == dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("52 weeks or more", ">52"),
        ("no less than 52 weeks", ">52"),
        ("52 weeks plus", ">52"),
        ("greater than 52", ">52"),
        ("less than 1 week", "0-1"),
        ("not more than 1 week", "0-1"),
        ("1 week or less", "0-1"),
        (">4 to <=12 weeks (29 to 84 days)", ">4-12"),
        ("2-4 months", None),
        ("<0", None),
        ("≤ 0 weeks", None),
        ("52 weeks", None),
    ],
)
def test_bands_in_words(text, band):
    assert band_word(text) == band


def test_what_says_that_nothing_is_recorded_is_neither_yes_nor_no(sheet):
    found = referrals(sheet, ["Yes", "n/a", "not known", "No - age", "nan", "#N/A"])
    assert found.frame[["accepted_at_least", "accepted_at_most"]].values.tolist() == [[1, 5]]
    own = referrals(sheet, ["Yes", "unknown"], rejected=frozenset(["unknown"]))
    assert own.frame["accepted"].tolist() == [1]


@pytest.mark.parametrize(
    "label",
    [
        *("Total:", "Total SLT", "SLT Total", "Trust total", "Grand total:", "Total*", "Total (all)"),
        *(
            "Overall total",
            "Total waiting",
            "Sub total",
            "Sum",
            "Average",
            "Cyfanswm",
            "% of total",
            "Target",
        ),
        *("Change on last month", "Subtotal", "Grand-total", "TOTALS [note 1]", "Total – therapies"),
    ],
)
def test_rows_of_totals_and_comparisons_are_left_out(sheet, label):
    found = bands(sheet, f"Clinic,Band,Waiting\nA,0-1,3\nB,0-1,3\n{label},0-1,6\n")
    assert figures(found)["0-1"] == 6
    assert found.left_out == {"a total or a note": 1}
    wide = bands(sheet, f"Clinic,0-1,1-2\nA,3,1\nB,3,1\n{label},6,2\n", columns={}, bands=WIDE)
    assert [figures(wide)[band] for band in ("0-1", ">1-2")] == [6, 2]
    assert wide.left_out == {"a total or a note": 1}


@pytest.mark.parametrize(
    "label",
    [
        "Summerfield",
        "Total Communication team",
        "Targeted team",
        "Averham",
        "Meanwood",
        "Allerton",
        "Changes",
    ],
)
def test_clinics_with_names_like_totals_are_counted(sheet, label):
    found = bands(sheet, f"Clinic,Band,Waiting\nA,0-1,3\n{label},0-1,4\n")
    assert figures(found)["0-1"] == 7


def test_a_total_that_is_chosen_by_its_name_is_counted(sheet):
    text = "Clinic,Band,Waiting\nA,0-1,3\nB,0-1,3\nTotal,0-1,6\n"
    assert figures(bands(sheet, text, only={"Clinic": ("Total",)}))["0-1"] == 6


@pytest.mark.parametrize("code", ["bedford", "e06000055", "", None])
def test_a_code_that_no_pack_can_hold_is_refused(sheet, tmp_path, code):
    with pytest.raises(PackError, match="an ONS code"):
        import_provider(sheet(LIST), replace(REFERRALS, area_code=code))
    text = f'kind = "referrals"\nservice = "SLT"\narea_code = "{code or ""}"\n[columns]\nreferred_on = "d"\n'
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match="an ONS code"):
        read_mapping(tmp_path / "map.toml")


def test_counts_of_another_area_are_not_added_to_a_pack(sheet, tmp_path):
    area = '[area]\nslug = "x"\ncode = "E06000055"\nname = "X"\nkind = "local_authority"\n'
    (tmp_path / "area.toml").write_text(area, encoding="utf-8")
    other = import_provider(sheet(LIST), replace(REFERRALS, area_code="W06000015"))
    with pytest.raises(PackError, match="'W06000015'"):
        write_into(other, tmp_path)
    assert not (tmp_path / "referrals.csv").exists()
    assert write_into(import_provider(sheet(LIST), REFERRALS), tmp_path).name == "referrals.csv"


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"columns": {"weeks_band": "Band", "waiting": ""}}, "columns.waiting"),
        ({"columns": {"weeks_band": "Band", "waiting": " "}}, "columns.waiting"),
        ({"columns": {"weeks_band": "Band"}}, "columns.waiting"),
        ({"only": {"": ("x",)}}, "only"),
        ({"columns": {}, "bands": {"": "0-1"}}, "bands."),
        ({"snapshot": dt.datetime(2026, 1, 5)}, "snapshot"),
        ({"snapshot": None}, "snapshot"),
        ({"snapshot": dt.date(1826, 1, 5)}, "snapshot"),
        ({"kind": "lists"}, "kind"),
        ({"kind": ["bands"]}, "kind"),
        ({"service": "SALT"}, "service"),
        ({"stage": "first"}, "stage"),
        ({"header_row": 1.0}, "header_row"),
        ({"header_row": True}, "header_row"),
        ({"header_rows": 0}, "header_rows"),
        ({"day_first": "no"}, "date_order"),
        ({"only": ["Band"]}, "only"),
        ({"columns": {}, "bands": ["0-1"]}, "bands"),
        ({"columns": {}, "bands": {"Waiting": 1}}, "bands.Waiting"),
        ({"accepted": 1}, "accepted_words"),
        ({"accepted": {"Not accepted "}}, "rejected_words"),
    ],
)
def test_a_mapping_made_in_python_is_checked(sheet, changed, where):
    columns = {"weeks_band": "Band", "waiting": "Waiting"}
    mapping = replace(Mapping("bands", "SLT", CODE, columns, snapshot=dt.date(2026, 1, 5)), **changed)
    with pytest.raises(PackError) as error:
        import_provider(sheet("Band,,Waiting\n0-1,7,3\n"), mapping)
    assert [fault.column for fault in error.value.faults] == [where]


def test_a_mapping_file_with_a_blank_heading_or_a_time_of_day_is_refused(tmp_path):
    (tmp_path / "map.toml").write_text(
        'kind = "bands"\nservice = "SLT"\narea_code = "E06000055"\nsnapshot = 2026-01-05T00:00:00\n'
        '[only]\n"" = "x"\n[columns]\nweeks_band = "Band"\nwaiting = ""\n',
        encoding="utf-8",
    )
    with pytest.raises(PackError) as error:
        read_mapping(tmp_path / "map.toml")
    assert {"columns.waiting", "snapshot", "only"} <= {fault.column for fault in error.value.faults}


@pytest.mark.parametrize("mapping", [None, 5, {"kind": "bands"}])
def test_what_is_no_mapping_is_told(sheet, mapping):
    with pytest.raises(DomainError, match="mapping="):
        import_provider(sheet(LIST), mapping)


WIDE = {"0-1": "0-1", "1-2": ">1-2"}


def test_a_last_row_of_sums_without_a_label_is_a_total(sheet):
    total = bands(sheet, "Clinic,0-1,1-2\nA,3,<5\nB,4,1\n,7,4\n", columns={}, bands=WIDE)
    assert [figures(total)[band] for band in ("0-1", ">1-2")] == [7, (2, 5)]
    assert total.left_out == {"a total or a note": 1}
    more = bands(sheet, "Clinic,0-1,1-2\nA,3,0\nB,4,1\n,5,2\n", columns={}, bands=WIDE)
    assert [figures(more)[band] for band in ("0-1", ">1-2")] == [12, 3]


@pytest.mark.parametrize("again", ["Clinic,0-1,1-2", "Clinic,0-1 weeks,>1 to 2 weeks"])
def test_the_heading_of_a_further_page_is_no_count(sheet, again):
    text = f"Clinic,0-1,1-2\nA,3,1\n{again}\nB,4,<5\n"
    found = bands(sheet, text, columns={}, bands=WIDE)
    assert [figures(found)[band] for band in ("0-1", ">1-2")] == [7, (2, 5)]
    assert found.left_out == {"the heading once more": 1}
    long = bands(sheet, "Clinic,Band,Waiting\nA,0-1,3\nClinic,Band,Waiting\nB,0-1,4\n")
    assert long.left_out == {"the heading once more": 1}


def test_figures_like_a_heading_of_numbers_are_counted(sheet):
    found = bands(sheet, "Clinic,1,2\nA,1,2\n", columns={}, bands={"1": "0-1", "2": ">1-2"})
    assert [figures(found)[band] for band in ("0-1", ">1-2")] == [1, 2]


def test_a_column_is_mapped_to_one_thing(sheet):
    with pytest.raises(PackError, match="the column 'Band' for weeks_band and waiting"):
        bands(sheet, "Band,Waiting\n0-1,3\n", columns={"weeks_band": "Band", "waiting": "Band"})
    with pytest.raises(PackError, match="the column '0-1' for 0-1 and 0-1 "):
        bands(sheet, "Band,0-1\nA,3\n", columns={}, bands={"0-1": "0-1", "0-1 ": ">1-2"})


@pytest.mark.parametrize("unit", ["mths", "mth", "mos", "m", "yrs", "y", "hrs", "hours", "misoedd", "months"])
def test_bands_of_months_years_or_hours_are_not_of_weeks(sheet, unit):
    with pytest.raises(PackError, match="not one of the seven"):
        bands(sheet, f"Band,Waiting\n0-1 {unit},3\n52+ {unit},4\n52+{unit},4\n")
    with pytest.raises(PackError, match="bands of weeks"):
        bands(sheet, f"{unit} waiting,Waiting\n0-1,3\n",
              columns={"weeks_band": f"{unit} waiting", "waiting": "Waiting"})  # fmt: skip


def test_a_sheet_that_is_too_long_is_refused_and_not_cut(sheet, tmp_path, monkeypatch):
    monkeypatch.setattr("sendneeds.evidence.importing.provider_cells.MOST_ROWS", 3)
    columns = {"weeks_band": "Band", "waiting": "Waiting"}
    mapping = Mapping("bands", "SLT", CODE, columns, snapshot=dt.date(2026, 1, 5))
    book = openpyxl.Workbook()
    for row in (["Band", "Waiting"], ["0-1", 3], ["1-2", 4]):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    assert bands(sheet, "Band,Waiting\n0-1,3\n1-2,4\n").rows_counted == 2
    assert import_provider(tmp_path / "list.xlsx", mapping).rows_counted == 2
    book.active.append(["2-4", 5])
    book.save(tmp_path / "list.xlsx")
    for path in (sheet("Band,Waiting\n0-1,3\n1-2,4\n2-4,5\n"), tmp_path / "list.xlsx"):
        with pytest.raises(ReleaseError, match="up to 3 rows"):
            import_provider(path, mapping)


def test_words_and_cells_of_a_mapping_made_in_python_are_folded_as_those_of_a_file_are():
    mapping = replace(REFERRALS, accepted={"Yes,  Seen", 1}, rejected="Out", only={"Band": "0-1", "Age": 3})
    assert mapping.accepted == {"yes, seen", "1"}
    assert mapping.rejected == {"out"}
    assert mapping.only == {"Band": ("0-1",), "Age": ("3",)}


def test_a_word_that_means_both_is_neither_unless_it_is_listed(sheet):
    cells = ["Y", "Yes - declined", "N (accepted)"]
    with pytest.raises(PackError, match=r"2 rows with 'yes - declined', 'n \(accepted\)'"):
        referrals(sheet, cells)
    listed = {"rejected": {"n", "Yes - declined"}, "accepted": {"y", "yes", "N (accepted)"}}
    # Y and the one listed as accepted
    assert referrals(sheet, cells, **listed).frame["accepted"].tolist() == [2]


def test_bands_that_a_spreadsheet_wrote_with_a_year_are_no_bands(sheet):
    for cell in ("4-Dec-12", "02-Apr-04", "Feb-2004", "12-Apr 00:00", "4 December", "1900-01-02 00:00:00"):
        with pytest.raises(PackError, match="type the bands again"):
            bands(sheet, f"Band,Waiting\n0-1,3\n{cell},4\n")


def test_a_row_that_holds_the_sums_of_all_others_is_their_total_under_any_name(sheet):
    wide = {"A": "0-1", "B": ">1-2"}
    clinics = "X,13,4\nY,5,6\n"
    for text in (f"Clinic,A,B\n{clinics}Trust,18,10\n", f"Clinic,A,B\nEngland,18,10\n{clinics}"):
        assert bands(sheet, text, columns={}, bands=wide).frame["waiting"].tolist()[:2] == [18, 10]
    # one child more in a band, and few enough for chance: a clinic of its own
    other = bands(sheet, f"Clinic,A,B\n{clinics}Z,18,11\n", columns={}, bands=wide)
    assert other.frame["waiting"].tolist()[:2] == [36, 21]
    few = bands(sheet, "Clinic,A,B\nX,1,0\nY,0,1\nZ,1,1\n", columns={}, bands=wide)
    assert few.frame["waiting"].tolist()[:2] == [2, 2]
