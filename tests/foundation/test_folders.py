"""A folder of results is written whole or not at all, and nobody's file is lost."""

import json

import pytest

from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import whole_folder


def write(out, text="1", force=False):
    with whole_folder(out, {"seed": 1}, force=force) as folder:
        (folder / "tables").mkdir()
        (folder / "tables" / "a.csv").write_text(text, encoding="utf-8")


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "new" / "results"
    write(out, "1")
    with whole_folder(out, {"seed": 2}) as folder:
        (folder / "b.csv").write_text("2", encoding="utf-8")
    assert sorted(path.name for path in out.iterdir()) == ["b.csv", "provenance.json"]
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))["seed"] == 2
    assert list(out.parent.iterdir()) == [out], "nothing is left beside it"


def test_a_failure_leaves_the_old_folder_as_it_was(tmp_path):
    out = tmp_path / "results"
    write(out, "old")

    def fail_half_way():
        with whole_folder(out, {}) as folder:
            (folder / "half.csv").write_text("half", encoding="utf-8")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail_half_way()
    assert (out / "tables" / "a.csv").read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_failure_leaves_no_folder_where_there_was_none(tmp_path):
    def fail():
        with whole_folder(tmp_path / "results", {}):
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("case", ["a foreign folder", "a file put in", "a file changed", "a file in the way"])
def test_what_somebody_else_wrote_is_kept(tmp_path, case):
    out = tmp_path / "results"
    if case == "a file in the way":
        out.write_text("mine", encoding="utf-8")
    elif case == "a foreign folder":
        out.mkdir()
        (out / "mine.txt").write_text("mine", encoding="utf-8")
    else:
        write(out)
        name = "tables/a.csv" if case == "a file changed" else "mine.txt"
        (out / name).write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(DomainError, match=r"did not write|is a file"):
        write(out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    if case != "a file in the way":
        write(out, force=True)
        assert (out / "tables" / "a.csv").read_text(encoding="utf-8") == "1"


def test_the_same_results_give_the_same_bytes(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "two")
    assert (tmp_path / "one" / "provenance.json").read_bytes() == (
        tmp_path / "two" / "provenance.json"
    ).read_bytes()
