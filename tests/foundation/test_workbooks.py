"""Accessible workbooks: what is in which cell, what is refused, and the same bytes each time."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest

from sendneeds.foundation.errors import FaultsError
from sendneeds.foundation.workbook_writer import cell_value, workbook_bytes
from sendneeds.foundation.workbooks import FLAG_SYMBOLS, Column, Cover, Sheet

COVER = Cover("Plans, Testshire", [("Source", ["A table made up.", "Another."]), ("Symbols", ["[x]"])])
AGES = Sheet(
    "5_1",
    "Plans by age",
    ["Age", Column("2025", 0), Column("2026 (%)", 1, notes=("Of all.",))],
    [["Under 5", 1234, 3.25], ["=HYPERLINK(1)", "[x]", 0.01], ["+ others", 7, -2.0]],
    about=("Period: January.",),
    notes=("Medians do not add up.", "Of all."),
    row_notes={2: ("Made up.",)},
)
NEEDS = Sheet("7", "Plans by need", ["Need", "Day", "Counted"], [["ASD", dt.date(2025, 1, 16), True]])


@pytest.fixture(scope="module")
def written() -> bytes:
    return workbook_bytes(COVER, [AGES, NEEDS])


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(io.BytesIO(written))


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_sheets_come_in_order_and_each_has_its_title_first(book):
    assert book.sheetnames == ["Cover", "Contents", "Notes", "5_1", "7"]
    titles = [sheet["A1"].value for sheet in book.worksheets]
    assert titles == [
        "Plans, Testshire",
        "Contents",
        "Notes",
        "Plans by age [note 1] [note 2]",
        "Plans by need",
    ]


def test_a_table_stands_cell_for_cell_under_its_lines(book):
    assert cells(book["5_1"]) == [
        ["Plans by age [note 1] [note 2]", None, None],
        ["This sheet has one table.", None, None],
        ["Period: January.", None, None],
        ["Symbols: [low] over 0, and rounds to 0; [x] not available.", None, None],
        ["Words in brackets such as [note 1] refer to the sheet of notes.", None, None],
        ["Contents of the workbook", None, None],
        ["Age", "2025", "2026 (%) [note 2]"],
        ["Under 5", 1234, 3.2],
        ["'=HYPERLINK(1)", "[x]", "[low]"],
        ["'+ others [note 3]", 7, -2],
    ]
    assert cells(book["7"])[3:] == [["Need", "Day", "Counted"], ["ASD", "2025-01-16", "yes"]]


def test_notes_are_numbered_as_a_reader_meets_them_and_each_is_told_once(book):
    assert cells(book["Notes"])[2:] == [
        ["Note", "What it says"],
        ["note 1", "Medians do not add up."],
        ["note 2", "Of all."],
        ["note 3", "Made up."],
    ]


def test_contents_link_to_every_sheet(book):
    rows = cells(book["Contents"])[3:]
    assert rows == [["Notes", "Notes on the tables"], ["5_1", "Plans by age"], ["7", "Plans by need"]]
    links = [book["Contents"].cell(row, 1).hyperlink.location for row in (4, 5, 6)]
    assert links == ["'Notes'!A1", "'5_1'!A1", "'7'!A1"]


def test_one_table_a_sheet_and_nothing_merged_hidden_frozen_or_run(book):
    ranges = {sheet.title: [table.ref for table in sheet.tables.values()] for sheet in book.worksheets}
    assert ranges == {
        "Cover": [],
        "Contents": ["A3:B6"],
        "Notes": ["A3:B6"],
        "5_1": ["A7:C10"],
        "7": ["A4:C5"],
    }
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes is None
        assert not any(d.hidden for d in [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()])
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_letters_are_large_and_plain(book):
    fonts = {
        (c.font.name, c.font.sz) for s in book.worksheets for row in s.iter_rows() for c in row if c.value
    }
    assert {name for name, _ in fonts} == {"Arial"}
    assert min(size for _, size in fonts) == 12


def test_the_same_content_gives_the_same_bytes_whatever_the_clock_says(written):
    assert workbook_bytes(COVER, [AGES, NEEDS]) == written
    archive = zipfile.ZipFile(io.BytesIO(written))
    assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}
    assert "Plans, Testshire" in core


def test_every_fault_is_told_at_once():
    bad = Sheet(
        "a/b", "Bad", ["Age", "age"], [["x"], ["y", None], ["z", float("nan")]], row_notes={9: ("n",)}
    )
    with pytest.raises(FaultsError) as raised:
        workbook_bytes(COVER, [NEEDS, bad, Sheet("7", "Again", ["Need"], [["ASD"]])])
    found = [(fault.file, fault.row, fault.column, fault.found) for fault in raised.value.faults]
    assert found == [
        ("sheet 'a/b'", 0, "name", "'a/b'"),
        ("sheet 'a/b'", 0, "columns", "'age'"),
        ("sheet 'a/b'", 1, "Age", "1 cells"),
        ("sheet 'a/b'", 2, "age", "None"),
        ("sheet 'a/b'", 3, "age", "nan"),
        ("sheet 'a/b'", 0, "row_notes", "notes on row 9"),
        ("sheet '7'", 0, "name", "'7'"),
    ]


def test_a_table_without_rows_says_so():
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(COVER, [Sheet("t", "None", ["Need"], [])])))
    assert cells(book["t"])[1] == ["The table of this sheet has no rows."]
    assert not book["t"].tables
    assert "Notes" not in book.sheetnames


@pytest.mark.parametrize(
    ("cell", "decimals", "value"),
    [
        (0.49, 0, "[low]"),
        (-0.4, 0, "[low]"),
        (0.0, 0, 0),
        (2.5, 0, 2),
        (12.345, None, 12.345),
        ("-", 0, "'-"),
        (False, None, "no"),
        (7, 1, 7),
    ],
)
def test_values_of_cells(cell, decimals, value):
    assert cell_value(cell, decimals) == value


def test_states_without_a_figure_have_their_symbols():
    assert FLAG_SYMBOLS == {"suppressed": "[c]", "unavailable": "[x]", "not_applicable": "[z]"}


def test_rows_of_wrapped_text_are_high_enough_and_a_table_prints_on_one_page_across(tmp_path):
    """Heading of 14 letters in 12 units of width: two lines of 12 points, 1.35 apart; a title has one of 16 points."""
    path = tmp_path / "book.xlsx"
    words = " ".join(["children"] * 30)  # 269 letters; 95 fit on a line of the notes: three lines
    sheet = Sheet("a", "A", ["Age", "2025, adding up"], [["Under 5", 1]], notes=(words,))
    path.write_bytes(workbook_bytes(Cover("C", [("H", ["p"])]), [sheet]))
    book = openpyxl.load_workbook(path)
    table = book["a"]
    top = next(row for row in range(1, 10) if table.cell(row, 1).value == "Age")
    assert table.row_dimensions[1].height == pytest.approx(16 * 1.35, abs=0.5)
    assert table.row_dimensions[top].height == pytest.approx(2 * 12 * 1.35, abs=0.5)
    assert table.row_dimensions[top + 1].height == pytest.approx(12 * 1.35, abs=0.5)
    assert book["Notes"].row_dimensions[4].height == pytest.approx(3 * 12 * 1.35, abs=0.5)
    assert (table.page_setup.orientation, table.page_setup.fitToHeight) == ("landscape", 0)
    assert table.print_title_rows == f"${top}:${top}"
