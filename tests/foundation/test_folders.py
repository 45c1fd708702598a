"""A folder of results is written whole or not at all, and nothing of the user's is lost."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

import sendneeds as sn
from sendneeds.__main__ import main
from sendneeds.evidence.area import shipped
from sendneeds.evidence.importing.release import import_sen2
from sendneeds.evidence.pack.templates import new_pack
from sendneeds.evidence.pack.write import write_pack
from sendneeds.foundation.errors import DomainError
from sendneeds.foundation.folders import check_replaceable, whole_folder

AREA_TOML = '[area]\nslug = "my-area"\ncode = "E06000027"\nname = "My area"\nkind = "local_authority"\n'


def write(out, text="1", force=False):
    with whole_folder(out, {"seed": 1}, force=force) as folder:
        (folder / "tables").mkdir()
        (folder / "tables" / "a.csv").write_text(text, encoding="utf-8")


def pack(folder):
    """Write a small pack by hand."""
    folder.mkdir(parents=True)
    (folder / "area.toml").write_text(AREA_TOML, encoding="utf-8")
    (folder / "notes.md").write_text("of the board", encoding="utf-8")


def everything(folder):
    """Return the files, links and folders under a folder, with what each holds."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "new" / "results"
    write(out, "1")
    with whole_folder(out, {"seed": 2}) as folder:
        (folder / "b.csv").write_text("2", encoding="utf-8")
    assert sorted(path.name for path in out.iterdir()) == ["b.csv", "provenance.json"]
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))["seed"] == 2
    assert list(out.parent.iterdir()) == [out], "nothing is left beside it"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "results").mkdir()
    write(tmp_path / "results")
    assert set(everything(tmp_path / "results")) == {"tables", "tables/a.csv", "provenance.json"}


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder_as_it_was(tmp_path, failure):
    out = tmp_path / "results"
    write(out, "old")
    before = everything(tmp_path)

    def fail_half_way():
        with whole_folder(out, {}) as folder:
            (folder / "half.csv").write_text("half", encoding="utf-8")
            raise failure

    with pytest.raises(failure):
        fail_half_way()
    assert everything(tmp_path) == before


def test_a_failure_to_rename_puts_the_old_folder_back(tmp_path, monkeypatch):
    out = tmp_path / "results"
    write(out, "old")
    before = everything(tmp_path)
    rename = Path.rename

    def fail(self, target):
        if ".part-" in self.name:
            raise OSError("the disk went away")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="went away"):
        write(out, "new")
    assert everything(tmp_path) == before


def test_a_failure_leaves_no_folder_where_there_was_none(tmp_path):
    def fail():
        with whole_folder(tmp_path / "results", {}):
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_comes_in_while_results_are_written_is_kept(tmp_path):
    out = tmp_path / "results"
    write(out, "old")

    def write_slowly():
        with whole_folder(out, {}, force=True):
            (out / "minutes.txt").write_text("of the board", encoding="utf-8")

    with pytest.raises(DomainError, match=r"minutes\.txt"):
        write_slowly()
    assert (out / "minutes.txt").read_text(encoding="utf-8") == "of the board"
    assert (out / "tables" / "a.csv").read_text(encoding="utf-8") == "old"


def a_pack(out):
    pack(out)


def a_pack_within(out):
    pack(out / "areas" / "my-area")


def a_pack_put_into_results(out):
    write(out)
    pack(out / "my-area")


def a_pack_that_was_written(out):
    new_pack(out, "E06000027", "Torbay")


def a_pack_without_its_settings(out):
    new_pack(out, "E06000027", "Torbay")
    (out / "area.toml").unlink()
    (out / "ehc_plans.csv").write_text("mine", encoding="utf-8")


def options(out):
    out.mkdir()
    (out / "fill-posts.TOML").write_text('name = "fill-posts"\n', encoding="utf-8")


def options_in_results(out):
    write(out)
    (out / "tables" / "fill-posts.toml").write_text('name = "fill-posts"\n', encoding="utf-8")


def a_foreign_folder(out):
    out.mkdir()
    (out / "minutes.txt").write_text("of the board", encoding="utf-8")


def a_foreign_file_in_results(out):
    write(out)
    (out / "tables" / "minutes.txt").write_text("of the board", encoding="utf-8")


def a_foreign_folder_in_results(out):
    write(out)
    (out / "photographs").mkdir()


def results_of_another_program(out):
    write(out)
    text = (out / "provenance.json").read_text(encoding="utf-8").replace('"sendneeds"', '"other"')
    (out / "provenance.json").write_text(text, encoding="utf-8")


def results_without_provenance(out):
    write(out)
    (out / "provenance.json").unlink()


def a_link_in_the_place_of_a_table(out):
    write(out)
    (out / "tables" / "a.csv").rename(out.parent / "a.csv")
    (out / "tables" / "a.csv").symlink_to(out.parent / "a.csv")


def a_link_to_a_pack(out):
    pack(out.parent / "my-area")
    out.symlink_to(out.parent / "my-area", target_is_directory=True)


def a_link_to_results(out):
    write(out.parent / "elsewhere")
    out.symlink_to(out.parent / "elsewhere", target_is_directory=True)


def a_link_to_nothing(out):
    out.symlink_to(out.parent / "gone", target_is_directory=True)


def a_file(out):
    out.write_text("mine", encoding="utf-8")


CASES = [
    (a_pack, r"holds a pack or options \(area.toml\)"),
    (a_pack_within, r"\(areas/my-area/area.toml\)"),
    (a_pack_put_into_results, r"\(my-area/area.toml\)"),
    (a_pack_that_was_written, r"\(area.toml\)"),
    (a_pack_without_its_settings, r"\(area.toml\)"),
    (options, r"\(fill-posts.TOML\)"),
    (options_in_results, r"\(tables/fill-posts.toml\)"),
    (a_foreign_folder, r"did not write: minutes.txt"),
    (a_foreign_file_in_results, r"did not write: tables/minutes.txt"),
    (a_foreign_folder_in_results, r"did not write: photographs"),
    (results_of_another_program, r"did not write: provenance.json, tables/a.csv"),
    (results_without_provenance, r"did not write: tables/a.csv"),
    (a_link_in_the_place_of_a_table, r"did not write: tables/a.csv"),
    (a_link_to_a_pack, r"is a link"),
    (a_link_to_results, r"is a link"),
    (a_link_to_nothing, r"is a link"),
    (a_file, r"is a file"),
]


@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
@pytest.mark.parametrize(("case", "message"), CASES, ids=[case.__name__ for case, _ in CASES])
def test_what_sendneeds_did_not_write_is_kept(tmp_path, case, message, force):
    out = tmp_path / "out"
    case(out)
    before = everything(tmp_path)
    with pytest.raises(DomainError, match=message):
        write(out, "new", force)
    assert everything(tmp_path) == before


def home_itself(home, work):
    return home


def a_parent_of_home(home, work):
    return home.parent


def working_folder(home, work):
    return "."


def working_folder_by_name(home, work):
    return work


def a_parent_of_the_working_folder(home, work):
    return work / ".."


def a_link_in_the_path(home, work):
    link = work.parents[1] / "link"
    link.symlink_to(work.parent, target_is_directory=True)
    return link / work.name


def root(home, work):
    return work.anchor


@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
@pytest.mark.parametrize(
    "where",
    [
        *(home_itself, a_parent_of_home, working_folder, working_folder_by_name),
        *(a_parent_of_the_working_folder, a_link_in_the_path, root),
    ],
)
def test_home_and_the_working_folder_are_kept_even_if_empty(tmp_path, monkeypatch, where, force):
    home, work = tmp_path / "users" / "analyst", tmp_path / "share" / "work"
    home.mkdir(parents=True)
    work.mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.chdir(work)
    out = where(home, work)
    before = everything(tmp_path)
    with pytest.raises(DomainError, match=r"is the (home|working) folder or holds it, and is never replaced"):
        write(out, "new", force)
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "found", "mine"), [("tables/a.csv", "1", "2"), ("provenance.json", '"seed": 1', '"seed": 2')]
)
def test_edited_results_are_replaced_by_force_alone(tmp_path, name, found, mine):
    out = tmp_path / "results"
    write(out, "1")
    text = (out / name).read_text(encoding="utf-8")
    (out / name).write_text(text.replace(found, mine), encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(DomainError, match=f"edited since: {name}.*--force"):
        write(out, "3")
    assert everything(tmp_path) == before
    write(out, "3", force=True)
    assert (out / "tables" / "a.csv").read_text(encoding="utf-8") == "3"


def test_results_from_which_a_file_was_taken_away_are_replaced(tmp_path):
    out = tmp_path / "results"
    write(out)
    (out / "tables" / "a.csv").unlink()
    (out / ".DS_Store").write_bytes(b"\0")  # what a file manager leaves
    write(out, "2")
    assert set(everything(out)) == {"tables", "tables/a.csv", "provenance.json"}


def test_the_same_results_give_the_same_bytes(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "two")
    assert everything(tmp_path / "one") == everything(tmp_path / "two")


class RunResult(SimpleNamespace):
    """A run that is never looked into: the folder is refused before."""


WRITERS = {
    "write_pack": lambda out: write_pack(shipped("luton"), out, force=True),
    "new_pack": lambda out: new_pack(out, force=True),
    "import_sen2": lambda out: import_sen2("no-such-release.zip", "E06000055", out, force=True),
    "build_chapter": lambda out: sn.build_chapter(
        shipped("luton"), RunResult(area=shipped("luton")), out, force=True
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_function_that_writes_a_folder_keeps_a_pack(tmp_path, writer):
    pack(tmp_path / "my-area")
    before = everything(tmp_path)
    for out in (tmp_path / "my-area", tmp_path):
        with pytest.raises(DomainError, match="holds a pack or options"):
            WRITERS[writer](out)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["chapter", "project", "run", "compare"])
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
def test_no_command_that_computes_replaces_a_pack(tmp_path, monkeypatch, capsys, command, force):
    write_pack(shipped("luton"), tmp_path / "build" / "my-area")
    before = everything(tmp_path)
    monkeypatch.chdir(tmp_path)
    for out in ("build/my-area", "build", "."):
        assert main([command, "build/my-area", "--draws", "10", "--out", out, *force]) == 2
        assert "never replaced" in capsys.readouterr().err
    assert everything(tmp_path) == before


def test_the_chapter_of_a_pack_in_build_does_not_take_its_place(tmp_path, monkeypatch, capsys):
    write_pack(shipped("luton"), tmp_path / "build" / "my-area")
    before = everything(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["chapter", "build/my-area"]) == 2
    assert (
        "build/my-area holds a pack or options (area.toml), which are never replaced"
        in capsys.readouterr().err
    )
    assert everything(tmp_path) == before


def test_new_pack_and_import_keep_the_working_folder(tmp_path, monkeypatch, capsys):
    (tmp_path / "minutes.txt").write_text("of the board", encoding="utf-8")
    pack(tmp_path / "my-area")
    before = everything(tmp_path)
    monkeypatch.chdir(tmp_path)
    for out in (".", "my-area", ".."):
        assert main(["new-pack", out, "--force"]) == 2
        assert "never replaced" in capsys.readouterr().err
        assert main(["import-sen2", "release.zip", "E06000055", out, "--force"]) == 2
        assert "never replaced" in capsys.readouterr().err
    assert everything(tmp_path) == before


def test_check_writes_over_its_own_report_and_nothing_else(tmp_path, capsys):
    pack(tmp_path / "my-area")
    report = tmp_path / "report.txt"
    for _ in range(2):
        assert main(["check", str(tmp_path / "my-area"), "--out", str(report)]) == 0
        assert report.read_text(encoding="utf-8") == capsys.readouterr().out
    before = everything(tmp_path)
    assert main(["check", str(tmp_path / "my-area"), "--out", str(tmp_path / "my-area" / "area.toml")]) == 2
    assert "not a report of `check`" in capsys.readouterr().err
    assert everything(tmp_path) == before


def test_what_may_be_written_is_passed(tmp_path):
    check_replaceable(tmp_path / "none")
    write(tmp_path / "results")
    check_replaceable(tmp_path / "results")
