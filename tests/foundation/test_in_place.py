"""What stands in place of a table or of a file of options is told as what it is, and not as what it lacks."""

import pytest

from sendneeds.evidence.checking.csv_reader import read_text
from sendneeds.evidence.published.table_text import unreadable
from sendneeds.foundation.in_place import in_place_of
from sendneeds.foundation.toml_text import read_toml

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4422\n"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (POINTER, "a Git LFS pointer in place of the"),
        (b"\xef\xbb\xbf" + POINTER.replace(b"\n", b"\r\n"), "a Git LFS pointer in place of the"),
        (b"/annex/objects/MD5E-s12--34.csv\n", "a git-annex pointer in place of the"),
        (b" \n<!DOCTYPE HTML><html></html>", "a web page in place of the"),
        (b"\x1f\x8b\x08\x00", "a file packed by gzip in place of the"),
        (b"PK\x03\x04", "a workbook"),
    ],
)
def test_one_fault_says_what_a_file_is(data, found):
    table, faults = read_text(data, "population.csv")
    assert table is None
    assert [fault.found.startswith(found) for fault in faults] == [True]
    assert unreadable(data, "population.csv") == faults[0] == in_place_of(data, "population.csv")
    content, faults = read_toml(data, "option.toml", "Mend it.")
    assert content == {}
    assert [fault.found.startswith(found) for fault in faults] == [True]
    assert faults[0].allowed == "TOML"


def test_tables_and_options_stand_for_themselves():
    assert read_text(b"version,https\n1,2\n", "t.csv")[1] == []
    assert read_toml(b"[git]\nlfs = 1\n", "o.toml", "")[1] == []
