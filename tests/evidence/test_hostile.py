"""Hostile input: whatever the bytes, faults or a named error, soon, and never a traceback."""

import io
import os
import zipfile
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendneeds.evidence.checking.checker import check_table, read_table
from sendneeds.evidence.checking.xlsx import open_workbook, rows_of_sheet
from sendneeds.evidence.importing.provider import import_provider
from sendneeds.evidence.importing.provider_mapping import Mapping
from sendneeds.evidence.importing.release import read_sen2
from sendneeds.evidence.pack.read import check_folder
from sendneeds.evidence.pack.settings import read_settings, settings_text
from sendneeds.evidence.pack.write import table_text
from sendneeds.evidence.published.population import read_population
from sendneeds.evidence.schema.tables import TABLES
from sendneeds.evidence.symbols import read_symbol
from sendneeds.foundation.errors import Fault, SendneedsError

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HARD = (
    *(
        "",
        "E06000055",
        "2025",
        "all",
        "ASD",
        "ok",
        "suppressed",
        "c",
        "x",
        "<5",
        "1-4",
        "1,043",
        "-1",
        "1e400",
    ),
    *(
        "nan",
        "=1+1",
        "9" * 30,
        "٣",
        "0.1",
        "\x00",
        '"',
        "'",
        ";",
        "\ufeff",
        "2025-02-30",
        "2025-13",
        "E" * 30,
    ),
)
CELLS = st.one_of(st.sampled_from(HARD), st.text(max_size=12), st.integers(-(10**20), 10**20).map(str))
PARTS = ("E06000055", "age 10", "202425", "ehcplans", "breakdown", ",", "\n", "70", "Local authority")


@QUICK
@given(name=st.sampled_from(sorted(TABLES)), rows=st.lists(st.lists(CELLS, max_size=12), max_size=8))
def test_any_cells_are_faults_or_a_table(name, rows):
    table = TABLES[name]
    text = "\n".join([",".join(table.names()), *(",".join(row) for row in rows)])
    frame, faults = read_table(text.encode("utf-8", "surrogatepass"), table, {"E06000055"})
    assert (frame is None) == bool(faults)
    assert all(f.cure and f.found for f in faults)
    if frame is not None:
        assert read_table(table_text(frame, table).encode(), table)[1] == []


@QUICK
@given(data=st.binary(max_size=400), name=st.sampled_from(sorted(TABLES)))
def test_any_bytes_are_faults_or_a_table(data, name):
    check_table(data, TABLES[name])
    header = ",".join(TABLES[name].names()).encode() + b"\n"
    check_table(header + data, TABLES[name])


@QUICK
@given(data=st.binary(max_size=300), text=st.text(max_size=200))
def test_any_settings_are_faults_or_settings(data, text):
    read_settings(data)
    says, faults = read_settings(text.encode("utf-8", "surrogatepass"))
    assert faults or says == {} or settings_text(says) is not None


@QUICK
@given(cell=st.text(max_size=40))
def test_any_cell_has_a_reading(cell):
    read = read_symbol(cell)
    assert read.value is None or abs(read.value) < 1e12


@QUICK
@given(data=st.binary(max_size=600), cut=st.integers(0, 600), flip=st.integers(0, 599))
def test_any_zip_is_read_or_refused_by_name(data, cut, flip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zip")
    path = folder / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/caseload.csv", data)
        archive.writestr("../evil.csv", b"time_period,breakdown\n1,2\n")
    raw = bytearray(path.read_bytes())
    raw[flip % len(raw)] ^= 0x55
    for blob in (bytes(raw), bytes(raw[: max(1, cut % len(raw))]), data):
        path.write_bytes(blob)
        with pytest.raises(SendneedsError):
            read_sen2(path, "E06000055")
    assert [p.name for p in folder.iterdir()] == ["release.zip"]


@settings(QUICK, max_examples=20)
@given(old=st.sampled_from(PARTS), new=CELLS)
def test_any_change_of_a_release_is_read_or_refused_by_name(old, new, small_release):
    folder = small_release()
    file = folder / "caseload.csv"
    file.write_bytes(file.read_bytes().decode("utf-8-sig").replace(old, new).encode("utf-8", "surrogatepass"))
    try:
        area = read_sen2(folder, "E06000055")
    except SendneedsError:
        return
    assert area.findings


@QUICK
@given(data=st.binary(max_size=400), text=st.lists(st.lists(CELLS, max_size=4), max_size=6))
def test_any_spreadsheet_is_counted_or_refused_by_name(data, text, tmp_path):
    mapping = Mapping("referrals", "SLT", "E06000055", {"referred_on": "d"})
    blob = ("d,e\n" + "\n".join(",".join(row) for row in text)).encode("utf-8", "surrogatepass")
    for name, content in (("a.csv", data), ("a.xlsx", data), ("b.csv", blob)):
        path = tmp_path / name
        path.write_bytes(content)
        for read in (lambda p: import_provider(p, mapping), lambda p: read_population(p, "E06000055")):
            with suppress(SendneedsError):
                read(path)


def test_a_folder_of_nonsense_is_told(tmp_path):
    (tmp_path / "area.toml").write_bytes(b"\x00\xff")
    for name in ("population", "ehc_plans", "claims"):
        (tmp_path / f"{name}.csv").write_bytes(bytes(range(256)) * 20)
    found = check_folder(tmp_path)
    assert {f.file for f in found} == {"area.toml", "population.csv", "ehc_plans.csv", "claims.csv"}


def _workbook():
    book = openpyxl.Workbook()
    book.active.append(["referred_on", "accepted"])
    for day in range(1, 20):
        book.active.append([f"2025-01-{day:02d}", "yes"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORKBOOK = _workbook()


@QUICK
@given(
    data=st.data(),
    how=st.sampled_from(["flip", "cut", "empty", "cut a part", "break a part"]),
)
def test_any_damage_to_a_workbook_is_read_or_refused_by_name(data, how, tmp_path_factory):
    content = bytearray(WORKBOOK)
    if how == "flip":
        for _ in range(data.draw(st.integers(1, 10))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    elif how == "cut":
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        content = _with_a_part_changed(data, how)
    path = tmp_path_factory.mktemp("books") / "list.xlsx"
    path.write_bytes(bytes(content))
    with suppress(SendneedsError), open_workbook(path) as book:
        for sheet in book.worksheets:
            rows_of_sheet(sheet, 100, 10)


def _with_a_part_changed(data, how):
    whole = zipfile.ZipFile(io.BytesIO(WORKBOOK))
    part = data.draw(st.sampled_from(whole.namelist()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in whole.namelist():
            text = whole.read(name)
            if name == part:
                at = data.draw(st.integers(0, len(text)))
                text = {"empty": b"", "cut a part": text[:at], "break a part": text[:at] + b"<&" + text[at:]}[
                    how
                ]
            changed.writestr(name, text)
    return out.getvalue()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["area.toml", "pupils.csv"])
def test_a_pipe_in_a_pack_is_a_fault_and_does_not_hang(tmp_path, name):
    (tmp_path / "area.toml").write_text(
        '[area]\nslug = "x"\ncode = "E06000055"\nname = "X"\nkind = "local_authority"\n', encoding="utf-8"
    )
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    assert [f.file for f in check_folder(tmp_path)] == [name]


def test_a_link_out_of_a_pack_is_a_fault(tmp_path):
    (tmp_path / "mine.csv").write_text("secret", encoding="utf-8")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "area.toml").write_text(
        '[area]\nslug = "x"\ncode = "E06000055"\nname = "X"\nkind = "local_authority"\n', encoding="utf-8"
    )
    (pack / "pupils.csv").symlink_to(tmp_path / "mine.csv")
    assert [f.found for f in check_folder(pack)] == ["a link to a file outside the pack"]


def test_control_characters_in_a_name_are_written_out():
    text = Fault("plans\x1b[2J.csv", 2, "", "\x07", "text", "Rename it.").text()
    assert "\x1b" not in text
    assert "plans\\x1b[2J.csv row 2" in text
