"""What an analyst at the end of a day types, and what is said of it."""

import shutil

import pytest

import sendneeds as sn
from sendneeds.evidence.area import shipped
from sendneeds.evidence.checking.checker import check_table
from sendneeds.evidence.schema.tables import TABLES


def cures(table, text):
    return [(fault.row, fault.column, fault.cure) for fault in check_table(text.encode(), TABLES[table])]


def test_a_per_cent_sign_is_told_what_it_is_here():
    head = "area_code,census_january,provision,percent_of_pupils\n"
    found = cures("sen_percent", head + "E06000055,2025,K,12.5%\n")
    assert found == [(2, "percent_of_pupils", "Write 12.5: this column is per cent.")]


def test_a_code_in_lower_case_is_written_out():
    head = "area_code,census_january,provision,percent_of_pupils\n"
    found = cures("sen_percent", head + "e06000055,2025,K,12.5\n")
    assert found == [(2, "area_code", "Write E06000055.")]


def test_a_row_of_totals_is_named_as_one():
    head = "area_code,census_january,provision,percent_of_pupils\n"
    (_, column, cure), *more = cures("sen_percent", head + "E06000055,2025,Total,12.5\n")
    assert (column, more) == ("provision", [])
    assert cure.startswith("This is a row of totals")


@pytest.mark.parametrize("share", ["5%", " 5 % ", "5.0%"])
def test_five_per_cent_as_a_parameter_is_a_twentieth(share, tmp_path):
    pack = shutil.copytree(shipped("bedford").folder, tmp_path / "mine")
    path = pack / "service_parameters.csv"
    text = path.read_text(encoding="utf-8")
    (old,) = (
        line
        for line in text.splitlines()
        if line.startswith("SLT,absence_share") or ",SLT,absence_share" in line
    )
    cells = old.split(",")
    at = text.splitlines()[0].split(",").index("central")
    cells[at] = share
    path.write_text(text.replace(old, ",".join(cells)), encoding="utf-8")
    (fault,) = sn.check_folder(pack)
    assert fault.column == "central"
    assert fault.cure == "Write 0.05 where the unit is a share, 5 where it is per cent."


def test_a_workbook_in_place_of_a_table_and_locks_of_excel(tmp_path):
    pack = shutil.copytree(shipped("bedford").folder, tmp_path / "mine")
    (pack / "~$pupils.csv").write_bytes(b"\x05owner")
    assert sn.check_folder(pack) == []
    (pack / "pupils.csv").rename(pack / "pupils.xlsx")
    (fault,) = sn.check_folder(pack)
    assert (
        fault.cure
        == "pupils.xlsx is there and is not read: save its sheet as CSV, under the name pupils.csv."
    )


def test_a_code_in_lower_case_in_the_settings_is_one_fault_and_written_out(tmp_path):
    """Its rows are those of the code meant: none of them is another area's."""

    folder = tmp_path / "my-area"
    shutil.copytree(shipped("luton").folder, folder)
    settings = folder / "area.toml"
    text = settings.read_text(encoding="utf-8")
    assert 'code = "E06000032"' in text
    settings.write_text(text.replace('code = "E06000032"', 'code = "e06000032"', 1), encoding="utf-8")
    (fault,) = sn.check_folder(folder)
    assert (fault.column, fault.found, fault.cure) == ("area.code", "'e06000032'", "Write E06000032.")
