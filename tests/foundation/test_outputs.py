"""Tables and files on their way out: formulas disarmed, numbers left alone, whole or not at all."""

import ast
import csv
import datetime as dt
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sendneeds
from sendneeds.evidence.area import shipped
from sendneeds.foundation.csv_text import csv_text, escape_formula, shortest, table_csv, unescape_formula
from sendneeds.foundation.errors import DomainError, UnknownNameError
from sendneeds.foundation.outputs import NO_FIGURES, Basis, write_output

FORMULAS = ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "'=1", "''-x", "-", "=", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_disarmed_wherever_text_stands(text):
    table = pd.DataFrame(
        {text: [text], "category": pd.Categorical([text]), "object": np.array([text], object)}
    )
    for written in (table_csv(table), csv_text([text, "category", "object"], [[text, text, text]])):
        head, row = csv.reader(io.StringIO(written, newline=""))
        assert [head[0], *row] == ["'" + text] * 4
    assert unescape_formula(escape_formula(text)) == text


def test_text_that_is_no_formula_stays_as_it_is():
    assert csv_text(["name"], [["St Ives' school"], ["a=b"], ["'quoted'"], ["<5"], [">12-18"]]) == (
        "name\nSt Ives' school\na=b\n'quoted'\n<5\n>12-18\n"
    )


def test_numbers_dates_and_gaps_are_written_as_such():
    table = pd.DataFrame(
        {
            "change": [-2.5, float("nan"), -1868.0],
            "count": pd.array([-3, None, 4], "Int64"),
            "week": pd.to_datetime(["2025-01-06", None, "2025-01-13"]),
            "when": ["2025-01", None, ""],
            "held": [True, False, True],
            "mixed": [-1, "-1", dt.date(2026, 4, 1)],
        }
    )
    assert table_csv(table) == (
        "change,count,week,when,held,mixed\n"
        "-2.5,-3,2025-01-06,2025-01,True,-1\n"
        ",,,,False,'-1\n"
        "-1868,4,2025-01-13,,True,2026-04-01\n"
    )


def test_each_caller_says_how_fractions_are_written():
    third = pd.DataFrame({"share": [1 / 3]})
    assert table_csv(third) == "share\n0.3333333333\n"
    assert table_csv(third, shortest) == "share\n0.3333333333333333\n"
    assert table_csv(third, "{:.1%}".format) == "share\n33.3%\n"


def test_an_output_is_written_whole_or_not_at_all(tmp_path):
    write_output(tmp_path, "tables/a.csv", "first\r\n", NO_FIGURES)
    assert (tmp_path / "tables" / "a.csv").read_bytes() == b"first\r\n"

    def half(path):
        path.write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(DomainError, match="the disk is full"):
        write_output(tmp_path, "tables/a.csv", half, NO_FIGURES)
    assert [p.name for p in (tmp_path / "tables").iterdir()] == ["a.csv"]
    assert (tmp_path / "tables" / "a.csv").read_bytes() == b"first\r\n"
    with pytest.raises(DomainError, match="Give a file in a folder that is there"):
        write_output(tmp_path / "none", "a.csv", b"", NO_FIGURES)


def test_a_basis_is_of_known_words_and_open_without_local_records():
    with pytest.raises(UnknownNameError, match="Did you mean local"):
        Basis(frozenset({"locl"}))
    assert not Basis(frozenset({"published", "local"})).is_open


def test_an_area_rests_on_the_words_of_its_tables_and_rows():
    bedford = shipped("bedford")
    assert bedford.basis.words == {"published", "scaled", "illustrative"}
    assert sendneeds.project(bedford, to=2026, draws=5).provenance["bases"] == sorted(bedford.basis.words)


WRITERS = {
    "write_text",
    "write_bytes",
    "to_csv",
    "to_netcdf",
    "writer",
    "DictWriter",
    "savefig",
    "print_svg",
    "print_png",
}
MAY_WRITE = {
    "foundation/outputs.py": {"write_bytes"},
    "foundation/folders.py": {"write_text"},  # the seal of a folder: versions and hashes
    "foundation/result_files.py": {"to_netcdf"},  # handed to write_output
    "scenarios/areas.py": {"to_netcdf"},  # handed to write_output
    "evidence/pack/saved.py": {"to_csv"},  # bytes within a saved result, not a file for a reader
    "chapter/charts/style.py": {"print_svg", "print_png"},  # into memory
}


def test_nothing_is_written_past_the_one_output_function():
    package = Path(sendneeds.__file__).parent
    found = {}
    for path in sorted(package.rglob("*.py")):
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        if calls & WRITERS:
            found[path.relative_to(package).as_posix()] = calls & WRITERS
    assert found == MAY_WRITE
